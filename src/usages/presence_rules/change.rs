//! The changes that make up an edit of the rules. There are few, and each concerns one node.

use crate::answer::Result;
use crate::document::{Draft, Selected};
use crate::selector::NodeSelector;
use crate::usages::policy::free_id;
use crate::xml::Element;

use super::condition::Except;
use super::handling::Handling;
use super::names::{ROOT, policy_children};
use super::provided::{EVERYTHING, with_elements};
use super::style::Style;

pub(super) enum Change {
    Remove(NodeSelector),
    Insert(NodeSelector, Element),
    /// Puts an element in the place of another.
    Put(NodeSelector, String),
}

impl Change {
    pub(super) fn apply(self, draft: &mut Draft) -> Result<()> {
        match self {
            Self::Remove(selector) => draft.delete(selector),
            Self::Insert(selector, element) => draft.insert(selector, element),
            Self::Put(selector, element) => draft.put(selector, element).map(drop),
        }
    }
}

/// The place after all children of an element.
pub(super) fn last_in(parent: &Selected<'_>) -> NodeSelector {
    parent.selector().any_child().nth(parent.children().len() + 1)
}

/// Where a new rule goes among the rules.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In front of all: on some servers the first matching rule decides.
    First,
    Last,
}

/// Adds a rule whose identity is made by `identity`. If the rule allows, it gets all
/// transformations. Its id begins with `stem` and occurs nowhere in the text, so no element has it.
pub(super) fn insert_rule(
    draft: &mut Draft,
    place: Place,
    handling: Handling,
    (stem, identity): (&str, impl FnOnce(&Style) -> Element),
) -> Result<()> {
    let root = ROOT.of(draft)?;
    let style = Style::inside(draft, &root)?;
    let id = free_id(draft.text(), &policy_children(&root, "rule"), stem);
    let conditions = style.policy("identity").child(identity(&style));
    let actions = style.presence("sub-handling").text(&handling.to_string());
    let shown: &[&str] = if handling == Handling::Allow { &EVERYTHING } else { &[] };
    let shown = with_elements(style.policy("transformations"), shown, &style)?;
    let rule = style
        .policy("rule")
        .attr("id", &id)
        .child(style.policy("conditions").child(conditions))
        .child(style.policy("actions").child(actions))
        .child(shown);
    let selector = match place {
        Place::First => root.selector().any_child().nth(1),
        Place::Last => last_in(&root),
    };
    draft.insert(selector.with_attr("id", &id), rule)
}

/// The `except` element.
pub(super) fn except_element(style: &Style, except: &Except) -> Element {
    let mut element = style.policy("except");
    if let Some(domain) = &except.domain {
        element = element.attr("domain", &domain.text);
    }
    if let Some(id) = &except.id {
        element = element.attr("id", &id.text);
    }
    element
}
