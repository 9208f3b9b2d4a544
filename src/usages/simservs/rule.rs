//! A rule of a service, as it was read (RFC 4745 section 6).

use crate::document::Selected;
use crate::usages::{policy, uri};
use crate::xml;

use super::names::{child, children, is_named};

/// A rule that diverts or bars calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CallRule {
    id: Option<String>,
    /// Whether it contains only what the RFC allows in a rule.
    is_regular: bool,
    pub(super) is_on: bool,
    /// The names of the conditions that have no field of their own below.
    conditions: Vec<String>,
    /// The media that it is limited to.
    media: Vec<String>,
    /// The callers that the identity names individually.
    pub(super) callers: Vec<String>,
    /// Whether the identity contains nothing but these callers.
    pub(super) names_callers_alone: bool,
    /// Where calls go. `None` if the target is empty.
    pub(super) target: Option<String>,
    /// Whether a barring rule lets calls through.
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
            // The first holds for every call, and the second is a misplaced timer.
            if !(is("unconditional") || is("NoReplyTimer")) {
                self.conditions.push(condition.name().to_owned());
            }
        } else {
            // The namespace is part of the entry, so that the condition is not mistaken for one of
            // ours.
            let namespace = condition.namespace().unwrap_or_default();
            self.conditions.push(format!("{{{namespace}}}{}", condition.name()));
        }
    }

    /// Whether the rule has this condition and no other. A switched-off rule still counts.
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

    /// Whether the identity may match the caller: it names him, or it names more than individual
    /// callers. `many`, for instance, may include him.
    pub(super) fn may_mean_caller(&self, uri: &str) -> bool {
        !self.names_callers_alone || self.names_caller(uri)
    }

    /// How an error names the rule.
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
