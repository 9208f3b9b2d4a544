//! A service, as it was read.

use crate::document::Selected;
use crate::usages::root::is;
use crate::xml;

use super::names::{SIMSERVS, child, children};
use super::rule::{CallRule, trimmed};

/// An element of the document that can be switched on and off as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ServiceData {
    pub(super) name: String,
    pub(super) is_active: bool,
    pub(super) rules: Vec<CallRule>,
    /// In seconds.
    pub(super) no_reply_timer: Option<u64>,
}

impl ServiceData {
    pub(super) fn read(element: &Selected<'_>) -> Self {
        let elements = rules_of(element);
        let own = child(element, "NoReplyTimer");
        let timer = own.or_else(|| elements.iter().flat_map(timers_of).next());
        Self {
            name: element.name().to_owned(),
            is_active: is_active(element),
            rules: elements.iter().map(CallRule::read).collect(),
            no_reply_timer: timer.and_then(|timer| trimmed(&timer).parse().ok()),
        }
    }
}

/// The element of a service.
pub(super) fn service_of<'x>(root: &Selected<'x>, name: &str) -> Option<Selected<'x>> {
    root.children().into_iter().find(|child| is(child, SIMSERVS, name))
}

/// A service without the attribute is active (TS 24.623 section 6.1).
pub(super) fn is_active(service: &Selected<'_>) -> bool {
    let active = service.attr("active");
    active.is_none_or(|active| matches!(active.trim_matches(xml::is_whitespace), "true" | "1"))
}

/// The rules of a service, in document order.
pub(super) fn rules_of<'x>(service: &Selected<'x>) -> Vec<Selected<'x>> {
    let rulesets = children(service, "ruleset");
    rulesets.iter().flat_map(|ruleset| children(ruleset, "rule")).collect()
}

/// The timers that networks keep in a rule for calls without an answer.
pub(super) fn timers_of<'x>(rule: &Selected<'x>) -> Vec<Selected<'x>> {
    if !CallRule::read(rule).has("no-answer") {
        return Vec::new();
    }
    let parts = ["conditions", "actions"];
    let parts = parts.iter().flat_map(|part| children(rule, part));
    parts.flat_map(|part| children(&part, "NoReplyTimer")).collect()
}
