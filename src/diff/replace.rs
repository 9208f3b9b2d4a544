//! `<replace>` (RFC 5261 section 4.4).

use roxmltree::{Document, Node, NodeType};

use crate::xml::Splice;

use super::fault::{Fault, PatchErrorKind};
use super::graft::Graft;
use super::locate::{self, Target};
use super::operation::Operation;
use super::path::Path;
use super::work::Work;
use super::{attribute, extent, namespace};

pub(super) fn change(
    document: &Document<'_>,
    operation: &Operation,
    work: &mut Work,
) -> Result<Splice<'static>, Fault> {
    let sel = operation.required_selector()?;
    let path = Path::parse(sel, &operation.scope)?;
    match locate::locate(document, &path, sel, work)? {
        Target::Node(found) => node(found, operation, work),
        Target::Attribute(found) => {
            let new = operation.value()?;
            Ok(attribute::replace(document.root(), found.range(), new))
        }
        Target::Namespace(element, prefix) => {
            namespace::replace(element, prefix, operation.value()?)
        }
    }
}

fn node(
    found: Node<'_, '_>,
    operation: &Operation,
    work: &mut Work,
) -> Result<Splice<'static>, Fault> {
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
        NodeType::PI | NodeType::Root => only(operation, NodeType::PI).ok_or_else(|| {
            mismatch(
                "a processing instruction",
                "one processing instruction, without white space around",
            )
        })?,
    };
    Ok(if parent.is_element() {
        Splice::of_content(range, new)
    } else {
        Splice::of_markup(range, new)
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
