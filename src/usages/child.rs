//! Children of an element in a draft, by kind: finding, adding, naming and removing them.

use crate::answer::Result;
use crate::document::{Draft, Selected};
use crate::selector::NodeSelector;
use crate::xml;

use super::kind::{Kind, RESOURCE_LISTS};
use super::root::is;

/// The child of this kind with this key: the one in the same spelling, or else the first one that
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

/// Removes all children with this key. Returns whether there were any.
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

/// Where to put a new element, and its text. It goes after the last element of its kind, or else
/// after the last one of its namespace. If XCAP itself would put it there, it is sent as a node of
/// its own; otherwise its parent is written anew.
///
/// XCAP puts a new element after the last one of its name. If there is none, it goes after
/// everything (RFC 4825 section 8.2.3). That may be after a phone's extensions, where the schema
/// allows none of our elements. Also, some servers do not put anything into an empty element, or
/// refuse a selector with a binding.
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

/// Where to put what, so that an element has this display name.
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
