//! Attributes without a prefix. The formats that this crate reads have only these.

use roxmltree::{Attribute, Node};

/// The value of the attribute of this name in no namespace.
///
/// The parser's own look-up matches a bare name in any namespace. If `x:uri` came before `uri`, it
/// would be read instead.
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
