//! The ranges of nodes in the text of their document.

use std::ops::Range;

use roxmltree::Node;

use crate::xml::{self, Tag};

/// The text of an element.
pub(super) fn markup<'d>(element: Node<'_, 'd>) -> &'d str {
    element.document().input_text().get(element.range()).unwrap_or_default()
}

/// The start tag of an element. Offsets in it count from the start of the element.
pub(super) fn tag<'d>(element: Node<'_, 'd>) -> Option<Tag<'d>> {
    if element.is_element() { Tag::read(markup(element)) } else { None }
}

/// The range of an element's content. `None` for an empty-element tag.
pub(super) fn content(element: Node<'_, '_>) -> Option<Range<usize>> {
    let start = element.range().start;
    let content = xml::content(markup(element))?;
    Some(start + content.start..start + content.end)
}

/// The range of a node. CDATA sections and the text around them are one text node, but the parser
/// keeps only the range of the first piece.
pub(super) fn range(node: Node<'_, '_>) -> Range<usize> {
    if !node.is_text() {
        return node.range();
    }
    let within = || node.parent_element().and_then(content).unwrap_or_else(|| node.range());
    let start = node.prev_sibling().map_or_else(|| within().start, |before| before.range().end);
    let end = node.next_sibling().map_or_else(|| within().end, |after| after.range().start);
    start..end
}
