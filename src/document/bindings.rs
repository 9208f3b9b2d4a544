//! Namespace bindings in scope at an element (RFC 4825 section 10).

use roxmltree::Node;

use crate::xml;

/// A prefix, `None` for the default namespace, and the URI it is bound to.
pub(super) type Binding<'a> = (Option<&'a str>, &'a str);

/// The bindings in scope: the default namespace first, then the prefixes in their order.
pub(super) fn in_scope<'a>(element: Node<'a, '_>) -> Vec<Binding<'a>> {
    let mut bindings: Vec<_> = element
        .namespaces()
        // `xmlns=""` takes a binding away.
        .filter(|namespace| !namespace.uri().is_empty() && namespace.name() != Some("xml"))
        .map(|namespace| (namespace.name(), namespace.uri()))
        .collect();
    bindings.sort_unstable();
    bindings
}

/// The declarations that bind what is in scope, each with a space before it.
pub(super) fn declarations(element: Node<'_, '_>) -> String {
    written(in_scope(element))
}

/// Declarations, each with a space before it.
pub(super) fn written<'a>(bindings: impl IntoIterator<Item = Binding<'a>>) -> String {
    let mut out = String::new();
    for (prefix, uri) in bindings {
        out.push_str(" xmlns");
        if let Some(prefix) = prefix {
            out.push(':');
            out.push_str(prefix);
        }
        out.push('=');
        let written = xml::write_attribute(&mut out, uri);
        debug_assert!(written.is_ok(), "a String takes all text");
    }
    out
}

/// A prefix that is bound to the namespace at the element, `preferred` where it is.
pub(super) fn prefix_of<'a>(
    element: Node<'a, '_>,
    namespace: &str,
    preferred: &'a str,
) -> Option<&'a str> {
    if namespace == roxmltree::NS_XML_URI {
        return Some("xml");
    }
    let bound = || element.namespaces().filter(|found| found.uri() == namespace);
    if bound().any(|found| found.name() == Some(preferred)) {
        return Some(preferred);
    }
    bound().filter_map(roxmltree::Namespace::name).min()
}
