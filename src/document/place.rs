//! Where a new element goes (RFC 4825 section 8.2.3).

use roxmltree::Node;

use crate::selector::{NameOrAny, Step};
use crate::xml::{self, Splice, Tag};

use super::fragment;
use super::select::Names;

/// The place of a new child of `parent` for a step. `None` if there is none, as for a position
/// beyond the end.
pub(super) fn of<'n>(
    names: &Names<'_>,
    parent: Node<'_, '_>,
    step: &Step,
    new: &'n str,
) -> Option<Splice<'n>> {
    let Step::Element { name, position, .. } = step else { return None };
    if !parent.is_element() {
        // A document has only one element.
        return None;
    }
    let named = || parent.children().filter(|node| names.is_named(*node, name));
    match (position, name) {
        (Some(1), _) => Some(match named().next() {
            Some(first) => insert(first.range().start, new),
            None => last(parent, new),
        }),
        (Some(n), _) => {
            let before = named().nth(n.checked_sub(2)?)?;
            Some(insert(before.range().end, new))
        }
        (None, NameOrAny::Name(_)) => Some(behind(named().next_back(), parent, new)),
        (None, NameOrAny::Any) => Some(behind(of_same_name(parent, new), parent, new)),
    }
}

/// Right after the last sibling of its name, or else at the end of the parent.
fn behind<'n>(sibling: Option<Node<'_, '_>>, parent: Node<'_, '_>, new: &'n str) -> Splice<'n> {
    sibling.map_or_else(|| last(parent, new), |sibling| insert(sibling.range().end, new))
}

fn of_same_name<'a, 'd>(parent: Node<'a, 'd>, fragment: &str) -> Option<Node<'a, 'd>> {
    let (namespace, local) = fragment::expanded_name(fragment, parent)?;
    parent.children().rfind(|node| xml::is_named(*node, namespace.as_deref(), &local))
}

/// After everything that an element contains.
pub(super) fn last<'n>(parent: Node<'_, '_>, new: &'n str) -> Splice<'n> {
    let range = parent.range();
    let text = parent.document().input_text().get(range.clone()).unwrap_or_default();
    match Tag::read(text) {
        Some(tag) if tag.is_empty => Splice::of_markup(range.start + tag.close..range.end, new)
            .between(">".to_owned(), format!("</{}>", xml::written_name(parent))),
        _ => insert(range.start + xml::end_tag(text).unwrap_or(text.len()), new),
    }
}

/// Inserts the body of a PUT. It begins and ends with a tag, so no texts can touch.
fn insert(at: usize, new: &str) -> Splice<'_> {
    Splice::of_markup(at..at, new)
}
