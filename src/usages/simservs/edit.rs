//! The changes that make up a setting. Each of them puts one element in its place.

use crate::document::{Prefix, Selected};
use crate::selector::NodeSelector;
use crate::xml::{self, Element};

use super::names::{SIMSERVS, child, children};
use super::rule::trimmed;
use super::style::Style;

/// Where to put an element, and its text.
pub(super) type Edit = (NodeSelector, String);

/// Switches the rule on.
pub(super) fn switched_on(rule: &Selected<'_>) -> Option<Edit> {
    let mut conditions = children(rule, "conditions").into_iter();
    conditions.find_map(|conditions| {
        let switches = children(&conditions, "rule-deactivated");
        let gone: Vec<_> = switches.iter().map(|switch| (switch, "")).collect();
        (!gone.is_empty()).then(|| (conditions.selector(), conditions.with_replaced(&gone)))
    })
}

/// Switches off a rule that is on. The rule keeps everything it holds.
pub(super) fn switched_off(rule: &Selected<'_>) -> Edit {
    match child(rule, "conditions") {
        Some(conditions) => {
            let off = conditions.prefix_or(SIMSERVS, "ss").outermost("rule-deactivated");
            let last = conditions.children().pop();
            (conditions.selector(), conditions.with_child(last.as_ref(), off.as_ref()))
        }
        None => {
            let style = Style::inside(rule, "cp");
            let off = style.services.outermost("rule-deactivated");
            let conditions = style.policy.outermost("conditions").child(off);
            (rule.selector(), rule.with_child(None, conditions.as_ref()))
        }
    }
}

/// What a rule does with the calls that it matches.
#[derive(Clone, Copy)]
pub(super) enum Action<'a> {
    ForwardTo(&'a str),
    Bar,
}

impl Action<'_> {
    /// The action as a new element.
    pub(super) fn element(self, services: &Prefix) -> Element {
        match self {
            Self::ForwardTo(target) => {
                services.outermost("forward-to").child(services.element("target").text(target))
            }
            Self::Bar => services.outermost("allow").text("false"),
        }
    }

    /// Makes a rule take this action. Everything else in the rule stays.
    pub(super) fn set(self, rule: &Selected<'_>) -> Option<Edit> {
        let action = |name| child(rule, "actions").and_then(|actions| child(&actions, name));
        let written = match self {
            Self::ForwardTo(target) => {
                action("forward-to").map(|forward_to| with_target(&forward_to, target))
            }
            Self::Bar => action("allow").map(|allow| match trimmed(&allow).as_str() {
                "0" => None,
                _ => with_text(&allow, "false"),
            }),
        };
        written.unwrap_or_else(|| Some(with_action(rule, self)))
    }
}

fn with_target(forward_to: &Selected<'_>, target: &str) -> Option<Edit> {
    if let Some(old) = child(forward_to, "target") {
        return with_text(&old, target);
    }
    let new = forward_to.prefix_or(SIMSERVS, "ss").outermost("target").text(target);
    Some((forward_to.selector(), forward_to.with_child(None, new.as_ref())))
}

/// The rule with this as its first action. The actions go after the conditions.
fn with_action(rule: &Selected<'_>, action: Action<'_>) -> Edit {
    match child(rule, "actions") {
        Some(actions) => {
            let new = action.element(&actions.prefix_or(SIMSERVS, "ss"));
            (actions.selector(), actions.with_child(None, new.as_ref()))
        }
        None => {
            let style = Style::inside(rule, "cp");
            let new = style.policy.outermost("actions").child(action.element(&style.services));
            let conditions = child(rule, "conditions");
            (rule.selector(), rule.with_child(conditions.as_ref(), new.as_ref()))
        }
    }
}

/// The element with a new text. `None` if it has that text already.
pub(super) fn with_text(element: &Selected<'_>, text: &str) -> Option<Edit> {
    let is_other = trimmed(element) != text;
    is_other.then(|| (element.selector(), element.with_content(&xml::escape_text(text))))
}
