//! `<replace>` (RFC 5261 section 4.4).

use std::ops::Range;

use roxmltree::{Document, Node, NodeType};

use super::add::reserved_instruction;
use super::change::Change;
use super::error::{Fault, PatchErrorKind};
use super::graft::Graft;
use super::locate::{self, Target};
use super::operation::Operation;
use super::path::Path;
use super::work::Work;
use super::{extent, namespace};

pub(super) fn change(
    document: &Document<'_>,
    operation: &Operation,
    work: &mut Work,
) -> Result<Change, Fault> {
    let sel = operation.required_selector()?;
    let path = Path::parse(sel, &operation.scope)?;
    match locate::locate(document, &path, sel, work)? {
        Target::Node(found) => node(found, operation, work),
        Target::Attribute(attribute) => {
            let new = operation.value()?;
            Ok(value(document.root(), attribute.range(), new))
        }
        Target::Namespace(element, prefix) => {
            namespace::replace(element, prefix, operation.value()?)
        }
    }
}

fn node(found: Node<'_, '_>, operation: &Operation, work: &mut Work) -> Result<Change, Fault> {
    let range = extent::range(found);
    let parent = found.parent().unwrap_or(found);
    let new = match found.node_type() {
        NodeType::Text if operation.is_text() => operation.content().to_owned(),
        NodeType::Text => return Err(mismatch("a text", "text alone, or nothing")),
        NodeType::Element => {
            let new = operation
                .only(NodeType::Element)
                .ok_or_else(|| mismatch("an element", "one element, without white space around"))?;
            Graft::new(&operation.scope, parent).write(new, work)?
        }
        NodeType::Comment => only(operation, NodeType::Comment)
            .ok_or_else(|| mismatch("a comment", "one comment, without white space around"))?,
        NodeType::PI | NodeType::Root => {
            if operation.has_reserved_instruction() {
                return Err(reserved_instruction());
            }
            only(operation, NodeType::PI).ok_or_else(|| {
                mismatch(
                    "a processing instruction",
                    "one processing instruction, without white space around",
                )
            })?
        }
    };
    Ok(if parent.is_element() {
        Change::of_content(range, new)
    } else {
        Change::of_markup(range, new)
    })
}

fn only(operation: &Operation, node_type: NodeType) -> Option<String> {
    operation.only(node_type).map(str::to_owned)
}

fn mismatch(found: &str, wanted: &str) -> Fault {
    Fault::new(
        PatchErrorKind::InvalidNodeTypes,
        format!("{found} was found; the content of `replace` has to be {wanted}"),
    )
}

/// Changes what stands between the quotes of an attribute or declaration.
pub(super) fn value(node: Node<'_, '_>, attribute: Range<usize>, new: &str) -> Change {
    let text = node.document().input_text().get(attribute.clone()).unwrap_or_default();
    let quote = if text.ends_with('\'') { '\'' } else { '"' };
    let start = text.find(quote).map_or(attribute.end, |at| attribute.start + at + 1);
    let end = attribute.end.saturating_sub(1).max(start);
    Change::of_markup(start..end, escaped(new, quote))
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
