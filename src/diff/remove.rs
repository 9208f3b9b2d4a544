//! `<remove>` (RFC 5261 section 4.5).

use std::ops::Range;

use roxmltree::{Document, Node};

use crate::xml::{self, Splice};

use super::fault::{Fault, PatchErrorKind};
use super::locate::{self, Target};
use super::operation::Operation;
use super::path::Path;
use super::work::Work;
use super::{attribute, extent, namespace};

/// Which white space to remove along with the node.
#[derive(Clone, Copy)]
struct Space {
    before: bool,
    after: bool,
}

impl Space {
    fn parse(ws: &str) -> Result<Self, Fault> {
        let (before, after) = match ws {
            "before" => (true, false),
            "after" => (false, true),
            "both" => (true, true),
            other => {
                return Err(Fault::new(
                    PatchErrorKind::InvalidAttributeValue,
                    format!(
                        "ws: expected `before`, `after` or `both`, not `{}`",
                        crate::text::printable(other)
                    ),
                ));
            }
        };
        Ok(Self { before, after })
    }
}

pub(super) fn change(
    document: &Document<'_>,
    operation: &Operation,
    work: &mut Work,
) -> Result<Splice<'static>, Fault> {
    let sel = operation.required_selector()?;
    let path = Path::parse(sel, &operation.scope)?;
    let space = operation.ws.as_deref().map(Space::parse).transpose()?;
    if !operation.is_text() || !operation.text().chars().all(xml::is_whitespace) {
        return Err(Fault::new(PatchErrorKind::InvalidDiffFormat, "`remove` has no content"));
    }
    let target = locate::locate(document, &path, sel, work)?;
    match (target, space) {
        (Target::Node(found), None) if found.is_text() => Ok(plain(found, extent::range(found))),
        (Target::Node(found), space) if !found.is_text() => node(document, found, space),
        (Target::Attribute(found), None) => Ok(attribute::remove(document.root(), found.range())),
        (Target::Namespace(element, prefix), None) => namespace::remove(element, prefix),
        (_, _) => Err(Fault::new(
            PatchErrorKind::InvalidWhitespaceDirective,
            "`ws` goes with elements, comments and processing instructions alone",
        )),
    }
}

fn node(
    document: &Document<'_>,
    found: Node<'_, '_>,
    space: Option<Space>,
) -> Result<Splice<'static>, Fault> {
    if found == document.root_element() {
        return Err(Fault::new(
            PatchErrorKind::InvalidRootElementOperation,
            "the document element cannot be removed",
        ));
    }
    let mut range = extent::range(found);
    if space.is_some_and(|space| space.before) {
        range.start = blank(found.prev_sibling(), "before")?.start;
    }
    if space.is_some_and(|space| space.after) {
        range.end = blank(found.next_sibling(), "behind")?.end;
    }
    Ok(plain(found, range))
}

/// The range of a white space text.
fn blank(sibling: Option<Node<'_, '_>>, side: &str) -> Result<Range<usize>, Fault> {
    sibling
        .filter(|node| locate::is_text(*node))
        .filter(|node| node.text().is_some_and(|text| text.chars().all(xml::is_whitespace)))
        .map(extent::range)
        .ok_or_else(|| {
            Fault::new(
                PatchErrorKind::InvalidWhitespaceDirective,
                format!("there is no white space {side} the node, or more than that"),
            )
        })
}

fn plain(found: Node<'_, '_>, range: Range<usize>) -> Splice<'static> {
    if found.parent_element().is_some() {
        Splice::of_content(range, String::new())
    } else {
        Splice::of_markup(range, String::new())
    }
}
