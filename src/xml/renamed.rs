//! Elements with the prefix `xml`. This prefix is always bound, but the parser knows that only for
//! attributes.
//!
//! A text with such elements is parsed with `:xmla` in place of `xml:a`, so that every byte keeps
//! its place. The parser accepts such a name. No other text has one, since no name begins with a
//! colon.

use std::borrow::Cow;

use memchr::memchr;
use roxmltree::{Document, NS_XML_URI, Node};

use super::chars::ncname_len;
use super::fault::{Fault, position};
use super::markup::{end_tag, opaque, qname};

const WRITTEN: &str = "xml:";
const PARSED: &str = ":xml";

/// The text that is parsed in place of this one.
pub(super) fn parsed(text: &str) -> String {
    swapped(text, WRITTEN, PARSED)
}

/// A name from the parsed text, as the original text has it.
pub(super) fn as_written(text: &str, name: String) -> String {
    match name.strip_prefix("xml").map(|local| format!("{WRITTEN}{local}")) {
        Some(written) if !text.contains(&name) => written,
        _ => name,
    }
}

/// The first end tag of another element that the parser accepts, such as `xmla` for `:xmla`.
pub(super) fn mismatch(document: &Document<'_>) -> Option<Fault> {
    let elements = document.descendants().filter(|node| node.tag_name().name().starts_with("xml"));
    elements.filter(Node::is_element).find_map(|element| {
        let text = markup(element);
        let at = end_tag(text)?;
        let (begun, ended) = (written_name(element), name(text.get(at + 2..)?));
        if begun == ended {
            return None;
        }
        let position = position(document.input_text(), element.range().start + at);
        Some(Fault::at(position, format!("`</{ended}>` stands where `</{begun}>` is expected")))
    })
}

/// The namespace and local name of an element. The parser may give an empty name where there is no
/// namespace.
pub(crate) fn expanded_name<'a, 'd: 'a>(element: Node<'a, 'd>) -> (Option<&'a str>, &'a str) {
    let name = element.tag_name();
    match name.name().strip_prefix("xml") {
        Some(local) if is_renamed(element) => (Some(NS_XML_URI), local),
        _ => (name.namespace().filter(|namespace| !namespace.is_empty()), name.name()),
    }
}

/// An element's name as it is written, prefix included.
pub(crate) fn written_name<'d>(element: Node<'_, 'd>) -> Cow<'d, str> {
    name(markup(element))
}

/// The name as it is written, in the tag that the text begins with or at the start of the text.
fn name(text: &str) -> Cow<'_, str> {
    let name = qname(text);
    match name.strip_prefix(PARSED) {
        Some(local) => Cow::Owned(format!("{WRITTEN}{local}")),
        None => Cow::Borrowed(name),
    }
}

/// An element's text as it is written.
pub(crate) fn written<'d>(element: Node<'_, 'd>) -> Cow<'d, str> {
    let text = markup(element);
    let is_renamed = element.descendants().any(|node| node.is_element() && is_renamed(node));
    if is_renamed { Cow::Owned(swapped(text, PARSED, WRITTEN)) } else { Cow::Borrowed(text) }
}

fn is_renamed(element: Node<'_, '_>) -> bool {
    markup(element).get(1..).is_some_and(|tag| tag.starts_with(PARSED))
}

/// An element's text as it is parsed.
fn markup<'d>(element: Node<'_, 'd>) -> &'d str {
    element.document().input_text().get(element.range()).unwrap_or_default()
}

/// The text with another beginning in the names of its tags. Both beginnings have one length.
fn swapped(text: &str, from: &str, to: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = memchr(b'<', rest.as_bytes()) {
        let Some((before, markup)) = rest.split_at_checked(start) else { break };
        out.push_str(before);
        let (open, name) = match markup.strip_prefix("</") {
            Some(name) => ("</", name),
            None => ("<", markup.get(1..).unwrap_or_default()),
        };
        let length = match name.strip_prefix(from).filter(|local| ncname_len(local) > 0) {
            Some(_) => {
                out.push_str(open);
                out.push_str(to);
                open.len() + from.len()
            }
            None => {
                let length = opaque(markup).unwrap_or(open.len());
                out.push_str(markup.get(..length).unwrap_or_default());
                length
            }
        };
        rest = markup.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::Source;

    #[test]
    fn only_names_of_tags_are_others() {
        let text = "<xml:a xml:b='<xml:c' c=\"\"><!--<xml:a>--><?p <xml:a>?><![CDATA[</xml:a>]]>xml:a</xml:a\n>";
        let parsed = parsed(text);
        let expected = "<:xmla xml:b='<:xmlc' c=\"\"><!--<xml:a>--><?p <xml:a>?><![CDATA[</xml:a>]]>xml:a</:xmla\n>";
        assert_eq!(parsed, expected);
        assert_eq!(swapped(&parsed, PARSED, WRITTEN), text);
        for text in ["<xml:1/>", "<xml:/>", "<xmlx:a/>", "< xml:a/>", "<", "</", "<!--<xml:a>"] {
            assert_eq!(super::parsed(text), text);
        }
    }

    #[test]
    fn the_prefix_xml_is_bound() {
        let text = "<r xmlns='u'><xml:a b='1'> <xmlb/><b/></xml:a ><xml:a/></r>";
        let source = Source::new(text);
        let document = source.parse().unwrap();
        let elements = document.descendants().filter(Node::is_element);
        let found: Vec<_> = elements
            .map(|element| (expanded_name(element), written_name(element), written(element)))
            .collect();
        let expected = [
            ((Some("u"), "r"), "r", text),
            ((Some(NS_XML_URI), "a"), "xml:a", "<xml:a b='1'> <xmlb/><b/></xml:a >"),
            ((Some("u"), "xmlb"), "xmlb", "<xmlb/>"),
            ((Some("u"), "b"), "b", "<b/>"),
            ((Some(NS_XML_URI), "a"), "xml:a", "<xml:a/>"),
        ];
        for (found, (name, written_name, written)) in found.iter().zip(expected) {
            assert_eq!(*found, (name, Cow::Borrowed(written_name), Cow::Borrowed(written)));
        }
    }

    #[test]
    fn what_else_is_wrong_is_told_with_the_names_as_they_are_written() {
        let fault = |text| {
            let source = Source::new(text);
            let fault = source.parse().map(drop).unwrap_err();
            (fault.position.to_string(), fault.reason)
        };
        let told = |position: &str, reason: &str| (position.to_owned(), reason.to_owned());
        let reason = "`</xml:b>` stands where `</xml:a>` is expected";
        assert_eq!(fault("<r>\n<xml:a></xml:b></r>"), told("2:8", reason));
        let reason = "`</xmla>` stands where `</xml:a>` is expected";
        assert_eq!(fault("<xml:a></xmla>"), told("1:8", reason));
        let reason = "nothing declares the prefix `p`; add `xmlns:p=\"..\"`";
        assert_eq!(fault("<xml:a><p:b/></xml:a>"), told("1:9", reason));
        let reason = "a name cannot begin with a colon; take it away";
        assert_eq!(fault("<xml:a><:xmlb/></xml:a>"), told("1:9", reason));
        assert_eq!(fault("<r><xml:a></:xmla></r>"), told("1:13", reason));
    }
}
