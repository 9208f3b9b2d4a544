//! An attribute or a declaration, as it is written in its tag.

use std::ops::Range;

use roxmltree::Node;

use crate::xml;

use super::change::Change;
use super::extent;

/// Writes an attribute or a declaration at the end of the element's tag.
pub(super) fn add(element: Node<'_, '_>, name: &str, value: &str) -> Change {
    let at = element.range().start + extent::tag(element).map_or(0, |tag| tag.attributes_end);
    let mut text = format!(" {name}=");
    let written = xml::write_attribute(&mut text, value);
    debug_assert!(written.is_ok(), "a String takes all text");
    Change::of_markup(at..at, text)
}

/// Changes what stands between the quotes of an attribute or declaration.
pub(super) fn replace(node: Node<'_, '_>, attribute: Range<usize>, new: &str) -> Change {
    let text = node.document().input_text().get(attribute.clone()).unwrap_or_default();
    let quote = if text.ends_with('\'') { '\'' } else { '"' };
    let start = text.find(quote).map_or(attribute.end, |at| attribute.start + at + 1);
    let end = attribute.end.saturating_sub(1).max(start);
    Change::of_markup(start..end, escaped(new, quote))
}

/// Removes an attribute or declaration with the white space before it.
pub(super) fn remove(node: Node<'_, '_>, range: Range<usize>) -> Change {
    let text = node.document().input_text();
    let before = text.get(..range.start).unwrap_or_default();
    let start = before.trim_end_matches(xml::is_whitespace).len();
    Change::of_markup(start..range.end, String::new())
}

/// An attribute's value that reads back as `value` between these quotes (XML 1.0 section 3.3.3).
fn escaped(value: &str, quote: char) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '"' if c == quote => out.push_str("&quot;"),
            '\'' if c == quote => out.push_str("&apos;"),
            '\t' => out.push_str("&#9;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            c => out.push(c),
        }
    }
    out
}
