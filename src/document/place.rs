//! Where a new element goes (RFC 4825 section 8.2.3).

use roxmltree::Node;

use crate::selector::{NameOrAny, Step};
use crate::xml;

use super::change::Change;
use super::select::{Names, is_named};
use super::{fragment, tag};

/// The place that a step gives a new child of `parent`; `None` where there is none, as for a
/// position beyond the end.
pub(super) fn of(
    names: &Names<'_>,
    parent: Node<'_, '_>,
    step: &Step,
    fragment: &str,
) -> Option<Change> {
    let Step::Element { name, position, .. } = step else { return None };
    if !parent.is_element() {
        // A document has one element alone.
        return None;
    }
    let named = || parent.children().filter(|node| names.is_named(*node, name));
    match (position, name) {
        (Some(1), _) => Some(match named().next() {
            Some(first) => Change::insert(first.range().start),
            None => last(parent),
        }),
        (Some(n), _) => {
            let before = named().nth(n.checked_sub(2)?)?;
            Some(Change::insert(before.range().end))
        }
        (None, NameOrAny::Name(_)) => Some(behind(named().next_back(), parent)),
        (None, NameOrAny::Any) => Some(behind(of_same_name(parent, fragment), parent)),
    }
}

/// The earliest last place: right behind the last of its name, or behind everything.
fn behind(sibling: Option<Node<'_, '_>>, parent: Node<'_, '_>) -> Change {
    sibling.map_or_else(|| last(parent), |sibling| Change::insert(sibling.range().end))
}

fn of_same_name<'a, 'd>(parent: Node<'a, 'd>, fragment: &str) -> Option<Node<'a, 'd>> {
    let (namespace, local) = fragment::expanded_name(fragment, parent)?;
    parent.children().rfind(|node| is_named(*node, namespace.as_deref(), &local))
}

/// Behind all that an element holds.
pub(super) fn last(parent: Node<'_, '_>) -> Change {
    let range = parent.range();
    let text = parent.document().input_text().get(range.clone()).unwrap_or_default();
    match tag::StartTag::read(text) {
        Some(start) if start.is_empty => Change {
            range: range.start + start.close..range.end,
            before: ">".to_owned(),
            after: format!("</{}>", xml::written_name(parent)),
        },
        _ => Change::insert(range.start + text.rfind('<').unwrap_or(text.len())),
    }
}
