//! Where nodes stand in the text of their document.

use std::ops::Range;

use roxmltree::Node;

use crate::xml::{self, Tag};

/// An element's text.
pub(super) fn markup<'d>(element: Node<'_, 'd>) -> &'d str {
    element.document().input_text().get(element.range()).unwrap_or_default()
}

/// An element's start tag; places in it count from the element's start.
pub(super) fn tag<'d>(element: Node<'_, 'd>) -> Option<Tag<'d>> {
    if element.is_element() { Tag::read(markup(element)) } else { None }
}

/// Where what an element holds begins and ends; `None` where its tag is an empty one.
pub(super) fn content(element: Node<'_, '_>) -> Option<Range<usize>> {
    let start = element.range().start;
    let content = xml::content(markup(element))?;
    Some(start + content.start..start + content.end)
}

/// The range of a node. Of a text the parser keeps the first piece alone: CDATA sections and what
/// stands between them are one node.
pub(super) fn range(node: Node<'_, '_>) -> Range<usize> {
    if !node.is_text() {
        return node.range();
    }
    let within = || node.parent_element().and_then(content).unwrap_or_else(|| node.range());
    let start = node.prev_sibling().map_or_else(|| within().start, |before| before.range().end);
    let end = node.next_sibling().map_or_else(|| within().end, |after| after.range().start);
    start..end
}
