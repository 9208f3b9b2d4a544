//! `<add>` (RFC 5261 section 4.3).

use roxmltree::{Document, Node, NodeType};

use crate::xml::{self, Splice};

use super::fault::{Fault, PatchErrorKind};
use super::graft::{self, Graft};
use super::locate::{self, Target};
use super::operation::Operation;
use super::path::{Added, Last, Name, Path};
use super::work::Work;
use super::{attribute, extent, namespace};

/// Where new nodes go: beside the located node, or into it.
#[derive(Clone, Copy)]
enum Place {
    Before,
    After,
    First,
    Last,
}

impl Place {
    fn parse(pos: Option<&str>) -> Result<Self, Fault> {
        match pos {
            None => Ok(Self::Last),
            Some("prepend") => Ok(Self::First),
            Some("before") => Ok(Self::Before),
            Some("after") => Ok(Self::After),
            Some(other) => Err(Fault::new(
                PatchErrorKind::InvalidAttributeValue,
                format!(
                    "pos: expected `before`, `after` or `prepend`, not `{}`",
                    crate::text::printable(other)
                ),
            )),
        }
    }
}

pub(super) fn change(
    document: &Document<'_>,
    operation: &Operation,
    work: &mut Work,
) -> Result<Splice<'static>, Fault> {
    let sel = operation.required_selector()?;
    let path = Path::parse(sel, &operation.scope)?;
    if let Some(Last::Attribute(_) | Last::Namespace(_)) = path.last {
        return Err(Fault::new(
            PatchErrorKind::InvalidAttributeValue,
            "sel: nothing can be added to an attribute or a namespace; name it in `type` to add one",
        ));
    }
    let added = operation.added.as_deref().map(|text| Added::parse(text, &operation.scope));
    let place = Place::parse(operation.pos.as_deref())?;
    let Some(added) = added.transpose()? else {
        let target = locate::locate(document, &path, sel, work)?;
        return nodes(node(target)?, place, operation, work);
    };
    if operation.pos.is_some() {
        return Err(Fault::new(
            PatchErrorKind::InvalidPatchDirective,
            "`pos` and `type` exclude each other",
        ));
    }
    let element = node(locate::locate(document, &path, sel, work)?)?;
    if !element.is_element() {
        return Err(no_element());
    }
    match added {
        Added::Attribute(prefix, name) => new_attribute(element, prefix, name, operation),
        Added::Namespace(prefix) => namespace::add(element, prefix, operation.value()?),
    }
}

fn node<'a, 'd>(target: Target<'a, 'd>) -> Result<Node<'a, 'd>, Fault> {
    match target {
        Target::Node(node) => Ok(node),
        Target::Attribute(_) | Target::Namespace(..) => Err(no_element()),
    }
}

fn no_element() -> Fault {
    Fault::new(
        PatchErrorKind::InvalidNodeTypes,
        "the node that was found is not an element, so nothing can be added to it",
    )
}

fn nodes(
    target: Node<'_, '_>,
    place: Place,
    operation: &Operation,
    work: &mut Work,
) -> Result<Splice<'static>, Fault> {
    let (parent, at) = match place {
        Place::Before => (target.parent(), extent::range(target).start),
        Place::After => (target.parent(), extent::range(target).end),
        Place::First | Place::Last if !target.is_element() => return Err(no_element()),
        Place::First => (Some(target), extent::content(target).map_or(0, |range| range.start)),
        Place::Last => (Some(target), extent::content(target).map_or(0, |range| range.end)),
    };
    let parent = parent.unwrap_or(target);
    if !parent.is_element() {
        check_beside_root(operation)?;
        return Ok(Splice::of_markup(at..at, operation.content().to_owned()));
    }
    let new = Graft::new(&operation.scope, parent).write(operation.content(), work)?;
    if parent == target && extent::content(target).is_none() {
        return Ok(fill(target, &new));
    }
    Ok(Splice::of_content(at..at, new))
}

/// Gives content to an element with an empty-element tag.
fn fill(element: Node<'_, '_>, new: &str) -> Splice<'static> {
    let range = element.range();
    match extent::tag(element) {
        Some(tag) if !new.is_empty() => {
            let text = format!(">{new}</{}>", xml::written_name(element));
            Splice::of_markup(range.start + tag.close..range.end, text)
        }
        _ => Splice::of_markup(range.end..range.end, String::new()),
    }
}

fn check_beside_root(operation: &Operation) -> Result<(), Fault> {
    if operation.has(NodeType::Element) {
        return Err(Fault::new(
            PatchErrorKind::InvalidRootElementOperation,
            "the document element cannot have a sibling element",
        ));
    }
    let is_blank = operation.text().chars().all(xml::is_whitespace);
    // Here even white space has to be plain: no references, no CDATA.
    let is_bare = operation.text_pieces().all(|piece| !piece.contains(['&', '<']));
    if !is_blank || !is_bare {
        return Err(Fault::new(
            PatchErrorKind::InvalidXmlPrologOperation,
            "there can be no text beside the document element",
        ));
    }
    Ok(())
}

/// A new attribute after the existing ones (section 4.3.2).
fn new_attribute(
    element: Node<'_, '_>,
    prefix: &str,
    name: Name<'_>,
    operation: &Operation,
) -> Result<Splice<'static>, Fault> {
    let refuse = |reason: String| Fault::new(PatchErrorKind::InvalidAttributeValue, reason);
    if prefix.is_empty() && name.local == "xmlns" {
        return Err(refuse("type: a default namespace cannot be added".to_owned()));
    }
    let value = operation.value()?;
    if locate::attribute(element, name).is_some() {
        return Err(refuse(format!("the element has an attribute `{}` already", name.local)));
    }
    let graft = Graft::new(&operation.scope, element);
    let prefix = if prefix.is_empty() { "" } else { graft.attribute_prefix(prefix)? };
    Ok(attribute::add(element, &graft::qualified(prefix, name.local), value))
}
