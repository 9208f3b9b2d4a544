//! An element with the inherited namespace declarations that it uses.

use roxmltree::Node;

use crate::random;
use crate::xml;

use super::bindings::{self, Binding};

/// The element's text, with the declarations of its ancestors that it uses.
pub(super) fn declared(xml: &str, element: Node<'_, '_>) -> String {
    let text = xml.get(element.range()).unwrap_or_default();
    with_declarations(text, &needed(text, element))
}

/// The same, for a place below another element. Declarations that are in scope there are left out.
#[cfg(feature = "usages")]
pub(super) fn declared_within(text: &str, element: Node<'_, '_>, parent: Node<'_, '_>) -> String {
    let held = bindings::in_scope(parent);
    let mut needed = needed(text, element);
    needed.retain(|binding| !held.contains(binding));
    with_declarations(text, &needed)
}

/// The bindings of its ancestors that an element uses.
fn needed<'a>(text: &str, element: Node<'a, '_>) -> Vec<Binding<'a>> {
    let inherited = element.parent_element().map(bindings::in_scope).unwrap_or_default();
    let used = used(text, &inherited);
    let inherited = inherited.into_iter().zip(used);
    inherited.filter_map(|(binding, is_used)| is_used.then_some(binding)).collect()
}

fn with_declarations(text: &str, needed: &[Binding<'_>]) -> String {
    let name_end = text.len().min(1 + xml::qname(text).len());
    let (name, rest) = text.split_at_checked(name_end).unwrap_or((text, ""));
    [name, &bindings::written(needed.iter().copied()), rest].concat()
}

/// Which of the inherited bindings a text uses. The text is parsed again with each prefix bound to
/// a URI of its own. If that URI comes out, the text uses the prefix and has not bound it anew.
fn used(text: &str, inherited: &[Binding<'_>]) -> Vec<bool> {
    let mut used = vec![false; inherited.len()];
    if inherited.is_empty() {
        return used;
    }
    // Random, so that no document can contain it on purpose.
    let mark = format!("{}-", random::hex());
    let uris: Vec<String> = (0..inherited.len()).map(|index| format!("{mark}{index}")).collect();
    let marked = inherited.iter().zip(&uris).map(|((prefix, _), uri)| (*prefix, uri.as_str()));
    let wrapped = format!("<w{}>{text}</w>", bindings::written(marked));
    let source = xml::Source::new(&wrapped);
    let Ok(document) = source.parse() else { return used };
    for element in document.root_element().descendants().skip(1).filter(Node::is_element) {
        for uri in namespaces(element) {
            let index = uri.strip_prefix(&mark).and_then(|index| index.parse().ok());
            if let Some(is_used) = index.and_then(|index: usize| used.get_mut(index)) {
                *is_used = true;
            }
        }
    }
    used
}

/// The namespaces that an element uses: in its name, in the names of its attributes, and in each
/// value or text that looks like a name with a prefix, as the value of `xsi:type` does.
fn namespaces<'a>(element: Node<'a, 'a>) -> impl Iterator<Item = &'a str> {
    let (name, _) = xml::expanded_name(element);
    let attributes = element.attributes().filter_map(|attribute| attribute.namespace());
    let values = element.attributes().map(|attribute| attribute.value());
    let texts = element.children().filter(Node::is_text).filter_map(|text| text.text());
    let in_values = values
        .chain(texts)
        .filter_map(prefix)
        .filter_map(move |prefix| element.lookup_namespace_uri(Some(prefix)));
    name.into_iter().chain(attributes).chain(in_values)
}

/// The prefix, if the text is a name with one.
fn prefix(text: &str) -> Option<&str> {
    let (prefix, local) = text.trim_matches(xml::is_whitespace).split_once(':')?;
    (xml::is_ncname(prefix) && xml::is_ncname(local)).then_some(prefix)
}
