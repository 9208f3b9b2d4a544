//! A rule of a service, as it was read (RFC 4745 section 6).

use crate::document::Selected;
use crate::usages::{policy, uri};
use crate::xml;

use super::names::{child, children, is_named};

/// A rule that diverts or bars calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CallRule {
    id: Option<String>,
    /// Whether it holds just what the RFC lets a rule hold.
    is_regular: bool,
    pub(super) is_on: bool,
    /// The conditions that do not stand for themselves below, by their names.
    conditions: Vec<String>,
    /// The media that it is limited to.
    media: Vec<String>,
    /// Whom the identity names one by one.
    pub(super) callers: Vec<String>,
    /// Whether the identity names nobody else.
    pub(super) names_callers_alone: bool,
    /// Where calls go, unless that is empty.
    pub(super) target: Option<String>,
    /// Whether calls are let through, where it is about barring.
    pub(super) allows: bool,
}

impl CallRule {
    pub(super) fn read(element: &Selected<'_>) -> Self {
        let mut rule = Self {
            id: element.attr("id").map(Into::into),
            is_regular: policy::is_regular(element, is_named),
            is_on: true,
            conditions: Vec::new(),
            media: Vec::new(),
            callers: Vec::new(),
            names_callers_alone: true,
            target: target_of(element).map(|target| trimmed(&target)).filter(|to| !to.is_empty()),
            allows: child(element, "actions")
                .and_then(|actions| child(&actions, "allow"))
                .is_some_and(|allow| matches!(trimmed(&allow).as_str(), "true" | "1")),
        };
        for conditions in children(element, "conditions") {
            conditions.children().iter().for_each(|condition| rule.take(condition));
        }
        rule
    }

    fn take(&mut self, condition: &Selected<'_>) {
        let is = |name: &str| is_named(condition, name);
        if is("rule-deactivated") {
            self.is_on = false;
        } else if is("media") {
            self.media.push(trimmed(condition));
        } else if is("identity") {
            self.conditions.push("identity".to_owned());
            for named in condition.children() {
                match named.attr("id").filter(|_| is_named(&named, "one")) {
                    Some(id) => self.callers.push(id.trim_matches(xml::is_whitespace).to_owned()),
                    None => self.names_callers_alone = false,
                }
            }
        } else if is(condition.name()) {
            // Every call comes under the one, and the other is a timer that was misplaced.
            if !(is("unconditional") || is("NoReplyTimer")) {
                self.conditions.push(condition.name().to_owned());
            }
        } else {
            // Of another namespace, which the name alone must not hide.
            let namespace = condition.namespace().unwrap_or_default();
            self.conditions.push(format!("{{{namespace}}}{}", condition.name()));
        }
    }

    /// Whether this is the only condition that the rule has, but that it may be off.
    pub(super) fn is_just(&self, condition: Option<&str>, media: Option<&str>) -> bool {
        self.is_regular
            && self.conditions.iter().map(String::as_str).eq(condition)
            && self.media.iter().map(String::as_str).eq(media)
    }

    pub(super) fn has(&self, condition: &str) -> bool {
        self.conditions.iter().any(|own| own == condition)
    }

    pub(super) fn names_caller(&self, uri: &str) -> bool {
        self.callers.iter().any(|caller| uri::is_same(caller, uri))
    }

    /// Whether the identity names the caller, or somebody else than single callers: he may be
    /// among those, as everybody is in `many`.
    pub(super) fn may_mean_caller(&self, uri: &str) -> bool {
        !self.names_callers_alone || self.names_caller(uri)
    }

    /// How a person finds it.
    pub(super) fn shown(&self) -> String {
        policy::shown(self.id.as_deref())
    }
}

fn target_of<'x>(rule: &Selected<'x>) -> Option<Selected<'x>> {
    child(&child(&child(rule, "actions")?, "forward-to")?, "target")
}

/// The text of an element without the white space around it.
pub(super) fn trimmed(element: &Selected<'_>) -> String {
    element.text().trim_matches(xml::is_whitespace).to_owned()
}
