//! Namespace bindings in scope at an element (RFC 4825 section 10).

use roxmltree::Node;

use crate::xml;

/// A prefix, `None` for the default namespace, and the URI it is bound to.
pub(super) type Binding<'a> = (Option<&'a str>, &'a str);

/// The bindings in scope: the default namespace first, then the prefixes in order.
pub(super) fn in_scope<'a>(element: Node<'a, '_>) -> Vec<Binding<'a>> {
    let mut bindings: Vec<_> = element
        .namespaces()
        // `xmlns=""` removes a binding.
        .filter(|namespace| !namespace.uri().is_empty() && namespace.name() != Some("xml"))
        .map(|namespace| (namespace.name(), namespace.uri()))
        .collect();
    bindings.sort_unstable();
    bindings
}

/// The declarations of the bindings in scope, each after a space.
pub(super) fn declarations(element: Node<'_, '_>) -> String {
    written(in_scope(element))
}

/// The declarations, each after a space.
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

/// A prefix that is bound to the namespace at the element. It is `preferred` if that one is bound
/// to it.
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
