//! The namespaces that the names in a selector are in (RFC 4825 section 6.4).

use super::node::NodeSelector;
use super::step::QName;

impl NodeSelector {
    /// The namespace URI that a prefix is bound to.
    pub(crate) fn namespace_of(&self, prefix: &str) -> Option<&str> {
        if prefix == "xml" {
            return Some(roxmltree::NS_XML_URI);
        }
        self.bindings.get(prefix).map(String::as_str)
    }

    /// The namespace of an element. A name without a prefix is in the default namespace.
    pub(crate) fn element_namespace<'s>(
        &'s self,
        name: &QName,
        default: Option<&'s str>,
    ) -> Option<&'s str> {
        match name.prefix() {
            Some(prefix) => self.namespace_of(prefix),
            None => default,
        }
    }

    /// The namespace of an attribute. A name without a prefix is in no namespace.
    pub(crate) fn attribute_namespace(&self, name: &QName) -> Option<&str> {
        self.namespace_of(name.prefix()?)
    }
}
