//! Children of an element in a draft, each of a kind: to find, add, name and remove them.

use crate::answer::Result;
use crate::document::{Draft, Selected};
use crate::selector::NodeSelector;
use crate::xml;

use super::kind::{Kind, RESOURCE_LISTS};
use super::root::is;

/// The child of a kind that is about this: the one in the same spelling, or else the first that
/// means the same.
pub(super) fn found<'x>(parent: &Selected<'x>, kind: Kind, key: &str) -> Option<Selected<'x>> {
    let is_same = kind.same_as(key);
    let mut same = Vec::new();
    for child in parent.children().into_iter().filter(|child| kind.is(child)) {
        match child.attr(kind.attribute()) {
            Some(value) if value == key => return Some(child),
            Some(value) if is_same(&value) => same.push(child),
            _ => {}
        }
    }
    same.into_iter().next()
}

/// Removes all that are about this; whether there were any.
pub(super) fn remove(
    draft: &mut Draft,
    parent: &NodeSelector,
    kind: Kind,
    key: &str,
) -> Result<bool> {
    let parent = draft.get(parent)?;
    let children = parent.children().into_iter().filter(|child| kind.is(child));
    let values = children.filter_map(|child| child.attr(kind.attribute()).map(String::from));
    let is_same = kind.same_as(key);
    let mut spellings: Vec<_> = values.filter(|value| is_same(value)).collect();
    spellings.sort_unstable();
    spellings.dedup();
    let of_kind = parent.child_selector(kind.namespace(), kind.name());
    let mut trial = draft.clone();
    for spelling in &spellings {
        trial.remove_all(of_kind.clone().with_attr(kind.attribute(), spelling))?;
    }
    *draft = trial;
    Ok(!spellings.is_empty())
}

/// What to put where, so that a new element stands behind the last of its kind, or else behind the
/// last of its namespace: a node of its own where XCAP puts it there, or else its parent anew.
///
/// XCAP puts an element behind the last of its name, and where there is none behind everything
/// (RFC 4825 section 8.2.3): behind a phone's extensions, where the schema wants none of ours. And
/// not every server puts anything into an empty element, or takes a selector with a binding.
pub(super) fn addition(
    parent: &Selected<'_>,
    kind: Kind,
    key: &str,
    new: &str,
) -> (NodeSelector, String) {
    let children = parent.children();
    let kin = children.iter().rfind(|child| kind.is(child));
    if kin.is_some() && parent.is_default(kind.namespace()) {
        let node = parent.child_selector(kind.namespace(), kind.name());
        return (node.with_attr(kind.attribute(), key), new.to_owned());
    }
    let ours = children.iter().rfind(|child| child.namespace() == Some(kind.namespace()));
    (parent.selector(), parent.with_child(kin.or(ours), new))
}

/// What to put where, so that an element has this name for people.
pub(super) fn renamed(element: &Selected<'_>, display_name: &str) -> (NodeSelector, String) {
    let children = element.children();
    match children.iter().find(|child| is(child, RESOURCE_LISTS, "display-name")) {
        Some(name) if name.text() == display_name => (name.selector(), name.as_str().to_owned()),
        Some(name) => (name.selector(), name.with_content(&xml::escape_text(display_name))),
        None => {
            let prefix = element.prefix_within(RESOURCE_LISTS);
            let name = prefix.outermost("display-name").text(display_name);
            (element.selector(), element.with_child(None, name.as_ref()))
        }
    }
}
