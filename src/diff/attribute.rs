//! Edits of an attribute or a namespace declaration in its tag.

use std::ops::Range;

use roxmltree::Node;

use crate::xml::{self, Splice};

use super::extent;

/// Writes an attribute or a declaration at the end of the element's tag.
pub(super) fn add(element: Node<'_, '_>, name: &str, value: &str) -> Splice<'static> {
    let at = element.range().start + extent::tag(element).map_or(0, |tag| tag.attributes_end);
    let mut text = format!(" {name}=");
    let written = xml::write_attribute(&mut text, value);
    debug_assert!(written.is_ok(), "a String takes all text");
    Splice::of_markup(at..at, text)
}

/// Replaces the text between the quotes of an attribute or declaration.
pub(super) fn replace(node: Node<'_, '_>, attribute: Range<usize>, new: &str) -> Splice<'static> {
    let text = node.document().input_text();
    let Range { start, end } = xml::att_value(text, attribute);
    let quote =
        if text.get(start..end).is_some_and(|value| value.starts_with('\'')) { '\'' } else { '"' };
    let inside = start + 1..end.saturating_sub(1).max(start + 1);
    Splice::of_markup(inside, xml::escape_value(new, quote))
}

/// Removes an attribute or declaration, with the white space before it.
pub(super) fn remove(node: Node<'_, '_>, range: Range<usize>) -> Splice<'static> {
    let text = node.document().input_text();
    let before = text.get(..range.start).unwrap_or_default();
    let start = before.trim_end_matches(xml::is_whitespace).len();
    Splice::of_markup(start..range.end, String::new())
}
