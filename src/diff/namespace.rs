//! Namespace declarations added, replaced and removed (RFC 5261 sections 4.3.3, 4.4.3 and 4.5.3).

use std::ops::Range;

use roxmltree::Node;

use crate::xml::Splice;

use super::fault::{Fault, PatchErrorKind};
use super::graft::uses_prefix;
use super::{attribute, extent};

/// The namespace of `xmlns` itself.
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

pub(super) fn add(
    element: Node<'_, '_>,
    prefix: &str,
    namespace: &str,
) -> Result<Splice<'static>, Fault> {
    if matches!(prefix, "xml" | "xmlns") {
        return Err(bad_prefix(format!("the prefix `{prefix}` cannot be declared")));
    }
    check_namespace(namespace)?;
    if extent::tag(element).is_some_and(|tag| tag.declaration(prefix).is_some()) {
        return Err(bad_prefix(format!("the element declares the prefix `{prefix}` already")));
    }
    let changes_meaning =
        element.lookup_namespace_uri(Some(prefix)).is_some_and(|inherited| inherited != namespace);
    if changes_meaning && uses_prefix(extent::markup(element), prefix) {
        return Err(bad_prefix(format!(
            "the prefix `{prefix}` is in use here for another namespace"
        )));
    }
    Ok(attribute::add(element, &format!("xmlns:{prefix}"), namespace))
}

pub(super) fn replace(
    element: Node<'_, '_>,
    prefix: &str,
    namespace: &str,
) -> Result<Splice<'static>, Fault> {
    check_namespace(namespace)?;
    Ok(attribute::replace(element, declaration(element, prefix), namespace))
}

pub(super) fn remove(element: Node<'_, '_>, prefix: &str) -> Result<Splice<'static>, Fault> {
    if uses_prefix(extent::markup(element), prefix) {
        return Err(bad_prefix(format!("the prefix `{prefix}` is still in use")));
    }
    Ok(attribute::remove(element, declaration(element, prefix)))
}

/// The range of an element's declaration of a prefix. Empty, at the element's start, if there is
/// none.
fn declaration(element: Node<'_, '_>, prefix: &str) -> Range<usize> {
    let start = element.range().start;
    let tag = extent::tag(element);
    let found = tag.as_ref().and_then(|tag| tag.declaration(prefix));
    found.map_or(start..start, |found| start + found.range.start..start + found.range.end)
}

fn check_namespace(namespace: &str) -> Result<(), Fault> {
    let reason = match namespace {
        "" => "a prefix cannot be bound to an empty namespace",
        roxmltree::NS_XML_URI | XMLNS => "no other prefix can be bound to this namespace",
        _ => return Ok(()),
    };
    Err(Fault::new(PatchErrorKind::InvalidNamespaceUri, reason))
}

fn bad_prefix(reason: String) -> Fault {
    Fault::new(PatchErrorKind::InvalidNamespacePrefix, reason)
}
