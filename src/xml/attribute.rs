//! Attributes without a prefix: those of the formats that this crate reads.

use roxmltree::{Attribute, Node};

/// The value of the attribute of this name in no namespace.
///
/// The parser's own look-up takes a bare name for that of any namespace, so that `x:uri` before
/// `uri` would be read for it.
pub(crate) fn attribute<'a>(element: Node<'a, '_>, name: &str) -> Option<&'a str> {
    attribute_node(element, name).map(|found| found.value())
}

/// The attribute of this name in no namespace.
pub(crate) fn attribute_node<'a, 'd>(
    element: Node<'a, 'd>,
    name: &str,
) -> Option<Attribute<'a, 'd>> {
    element.attributes().find(|found| found.namespace().is_none() && found.name() == name)
}
