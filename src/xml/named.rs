//! Elements recognised by their names.

use roxmltree::Node;

use super::renamed::expanded_name;

/// Whether the node is an element with this expanded name. Local names are compared first, because
/// they differ sooner than namespaces.
pub(crate) fn is_named(node: Node<'_, '_>, namespace: Option<&str>, local: &str) -> bool {
    if !node.is_element() {
        return false;
    }
    let (found, name) = expanded_name(node);
    name == local && found == namespace
}

/// Whether the node is an element with this name, in this namespace or in none. Some servers leave
/// the namespace of their documents out. No other namespace is accepted.
pub(crate) fn is_named_or_bare(node: Node<'_, '_>, namespace: &str, local: &str) -> bool {
    is_named(node, Some(namespace), local) || is_named(node, None, local)
}

#[cfg(test)]
mod tests {
    use super::{is_named, is_named_or_bare};
    use crate::xml::Source;

    #[test]
    fn the_namespace_may_be_left_out_and_not_be_another() {
        for (text, is_it, is_bare) in [
            ("<a xmlns='u'/>", true, false),
            ("<p:a xmlns:p='u'/>", true, false),
            ("<a/>", false, true),
            ("<a xmlns=''/>", false, true),
            ("<a xmlns='v'/>", false, false),
            ("<b xmlns='u'/>", false, false),
            ("<xml:a/>", false, false),
        ] {
            let source = Source::new(text);
            let document = source.parse().unwrap();
            let root = document.root_element();
            assert_eq!(is_named(root, Some("u"), "a"), is_it, "{text}");
            assert_eq!(is_named(root, None, "a"), is_bare, "{text}");
            assert_eq!(is_named_or_bare(root, "u", "a"), is_it || is_bare, "{text}");
            assert!(!is_named_or_bare(document.root(), "u", ""), "{text}");
        }
    }
}
