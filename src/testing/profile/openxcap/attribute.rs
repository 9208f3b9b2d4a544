//! Attributes and namespace bindings. This server finds them with XPath in the parsed document, and
//! not by scanning the text.
//!
//! It rewrites the selector for that. Values get references, which XPath does not resolve. `*`
//! becomes something that is not XPath, so nothing below it is ever found.

use roxmltree::{Document, Node};

use crate::testing::denial::Denial;
use crate::xml::{self, Source};

use super::answer::{failed, no_parent, not_found};
use super::rewrite::{Change, declarations, rewritten};
use super::steps::{Step, attribute, every, walk};

/// The bare value of the attribute.
pub(super) fn get(text: &str, steps: &[Step], name: &str) -> Result<String, Denial> {
    let source = Source::new(text);
    let document = parse(&source)?;
    let elements = if steps.is_empty() { every(&document) } else { elements(&document, steps) };
    let values: Vec<&str> =
        elements.into_iter().flat_map(|element| values(element, name)).collect();
    match values.as_slice() {
        [value] => Ok((*value).to_owned()),
        _ => Err(not_found("")),
    }
}

/// The values of an attribute. `*` stands for every attribute.
fn values<'a>(element: Node<'a, '_>, name: &str) -> Vec<&'a str> {
    match name {
        "*" => element.attributes().map(|attribute| attribute.value()).collect(),
        name => attribute(element, name).into_iter().collect(),
    }
}

/// The document with the body, as it is, as the attribute's value.
pub(super) fn put(text: &str, steps: &[Step], name: &str, body: &[u8]) -> Result<String, Denial> {
    let source = Source::new(text);
    let document = parse(&source)?;
    let element = only(&document, steps).ok_or_else(no_parent)?;
    let is_text = |byte: &u8| byte.is_ascii() && (*byte >= b' ' || b"\t\n\r".contains(byte));
    let value = std::str::from_utf8(body).ok().filter(|_| body.iter().all(is_text));
    let value = Some(value.filter(|_| xml::is_ncname(name)).ok_or_else(failed)?);
    rewritten(&document, &Change { element: element.id(), name, value }).ok_or_else(failed)
}

/// The document without the attribute. An empty attribute counts as missing.
pub(super) fn delete(text: &str, steps: &[Step], name: &str) -> Result<String, Denial> {
    let source = Source::new(text);
    let document = parse(&source)?;
    let element = only(&document, steps)
        .filter(|element| attribute(*element, name).is_some_and(|value| !value.is_empty()))
        .ok_or_else(|| not_found(""))?;
    rewritten(&document, &Change { element: element.id(), name, value: None }).ok_or_else(failed)
}

/// The bindings in scope as `<{namespace}name  xmlns="namespace"/>`, the innermost first. This is
/// not XML.
pub(super) fn bindings(text: &str, steps: &[Step]) -> Result<String, Denial> {
    let source = Source::new(text);
    let document = parse(&source)?;
    let element = only(&document, steps).ok_or_else(|| not_found(""))?;
    let mut found: Vec<(Option<&str>, String)> = Vec::new();
    for above in element.ancestors().filter(Node::is_element) {
        for (prefix, namespace) in declarations(above).ok_or_else(failed)? {
            if found.iter().all(|(known, _)| *known != prefix) {
                found.push((prefix, namespace));
            }
        }
    }
    let declare = |(prefix, namespace): &(Option<&str>, String)| match prefix {
        Some(prefix) => format!(" xmlns:{prefix}=\"{namespace}\""),
        None => format!(" xmlns=\"{namespace}\""),
    };
    let declarations: String = found.iter().map(declare).collect();
    let tag = element.tag_name();
    let namespace = tag.namespace().map(|namespace| format!("{{{namespace}}}"));
    Ok(format!("<{}{} {declarations}/>", namespace.unwrap_or_default(), tag.name()))
}

fn parse<'x>(source: &'x Source<'_>) -> Result<Document<'x>, Denial> {
    source.parse().map_err(|_| failed())
}

fn only<'a, 'd>(document: &'a Document<'d>, steps: &[Step]) -> Option<Node<'a, 'd>> {
    match elements(document, steps).as_slice() {
        [element] => Some(*element),
        _ => None,
    }
}

fn elements<'a, 'd>(document: &'a Document<'d>, steps: &[Step]) -> Vec<Node<'a, 'd>> {
    if steps.is_empty() || steps.iter().any(|step| step.name.is_none()) {
        return Vec::new();
    }
    let steps: Vec<Step> = steps.iter().cloned().map(escaped).collect();
    walk(document, &steps)
}

/// The step with its value escaped as in XML.
fn escaped(mut step: Step) -> Step {
    if let Some((_, value)) = &mut step.test {
        *value = xml::escape_text(value).replace('\t', "&#9;").replace('\n', "&#10;");
    }
    step
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::profile::openxcap::selector;

    const TEXT: &str = "<a xmlns='u'><b i='1&amp;2'/><b xmlns:p='v' i='' j='3'/></a>";

    fn at(selector: &str) -> Vec<Step> {
        selector::read(selector, Some("u")).unwrap().steps
    }

    #[test]
    fn values_are_bare() {
        assert_eq!(get(TEXT, &at("/a/b[1]"), "i").unwrap(), "1&2");
        assert_eq!(get(TEXT, &at("/a/b"), "j").unwrap(), "3");
        for selector in ["/a/b", "/a/*[1]", "/a/b[@i='1&amp;2']"] {
            assert!(get(TEXT, &at(selector), "i").is_err(), "{selector}");
        }
    }

    #[test]
    fn a_body_is_a_value_if_it_is_ascii() {
        let put = |body: &str| put("<a xmlns='u' b='1'/>", &at("/a"), "b", body.as_bytes());
        assert!(put("\"<\"").unwrap().ends_with("<a xmlns=\"u\" b=\"&quot;&lt;&quot;\"/>"));
        assert!(put("\u{e9}").is_err() && put("\u{1}").is_err());
        assert!(delete(TEXT, &at("/a/b[2]"), "i").is_err());
    }

    #[test]
    fn bindings_are_no_xml() {
        assert_eq!(bindings(TEXT, &at("/a/b[2]")).unwrap(), r#"<{u}b  xmlns:p="v" xmlns="u"/>"#);
        let none = selector::read("/a", None).unwrap().steps;
        assert_eq!(bindings("<a/>", &none).unwrap(), "<a />");
    }
}
