//! The answer to `namespace::*` (RFC 4825 section 10), as servers write it.

use crate::xml::{self, Fault};

/// Prefixes and namespace URIs.
pub(crate) type Bindings = Vec<(String, String)>;

/// Reads an answer, which is one element. The fault is that of its XML.
pub(crate) fn read(text: &str) -> Result<Bindings, Fault> {
    strict(text).or_else(|fault| loose(text).ok_or(fault))
}

fn strict(text: &str) -> Result<Bindings, Fault> {
    let source = xml::Source::new(text);
    let document = source.parse()?;
    let bindings = document.root_element().namespaces();
    Ok(bindings
        .filter(|ns| ns.name() != Some("xml"))
        .map(|ns| (ns.name().unwrap_or_default().to_owned(), ns.uri().to_owned()))
        .collect())
}

/// The bindings of a tag that a server wrote without an XML library. Its name may have the
/// namespace in braces before it, and a URI may be unescaped.
fn loose(text: &str) -> Option<Bindings> {
    let tag = text.trim_matches(xml::is_whitespace).strip_prefix('<')?.strip_suffix("/>")?;
    let mut attributes = xml::Attributes::at_start(behind_name(tag)?);
    let mut bindings = Vec::new();
    for attribute in attributes.by_ref() {
        let prefix = attribute.declares()?;
        if !xml::is_ncname(prefix) && attribute.name != "xmlns" {
            return None;
        }
        let uri = xml::resolve_references(attribute.value).unwrap_or(attribute.value.into());
        bindings.push((prefix.to_owned(), uri.into_owned()));
    }
    if !attributes.rest().chars().all(xml::is_whitespace) {
        return None;
    }
    bindings.retain(|(prefix, _)| prefix != "xml");
    Some(bindings)
}

/// What follows a name. The name may have its namespace in braces before it.
fn behind_name(tag: &str) -> Option<&str> {
    let Some(braced) = tag.strip_prefix('{') else {
        return behind_ncname(tag);
    };
    // The namespace itself may contain a brace.
    braced.match_indices('}').find_map(|(at, _)| {
        let rest = behind_ncname(braced.get(at + 1..)?)?;
        (rest.is_empty() || rest.starts_with(xml::is_whitespace)).then_some(rest)
    })
}

fn behind_ncname(text: &str) -> Option<&str> {
    let length = xml::ncname_len(text);
    text.get(length..).filter(|_| length > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bindings_are_read_from_the_element() {
        for (text, expected) in [
            (
                r#"<baz xmlns="urn:test:one" xmlns:ns1="urn:test:two"/>"#,
                vec![("", "urn:test:one"), ("ns1", "urn:test:two")],
            ),
            (r#"<{urn:x}list  xmlns="urn:x"/>"#, vec![("", "urn:x")]),
            (
                "\n<{u}}a}list  xmlns:p='a&b' xmlns=\"a&amp;<b\"/> ",
                vec![("p", "a&b"), ("", "a&<b")],
            ),
            ("<{urn:x}list  />", vec![]),
            (r#"<list  xmlns:p="a&b"/>"#, vec![("p", "a&b")]),
        ] {
            let found = read(text).ok().unwrap();
            let found: Vec<_> = found.iter().map(|(p, u)| (p.as_str(), u.as_str())).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_element_with_declarations_has_none() {
        for text in [
            "<{urn:x}  xmlns='u'/>",
            "<{urn:x}list  xmlns='u'>",
            "<{urn:x}list  xmlns='u/>",
            "<{urn:x}list  a='u'/>",
            "<{urn:x}list  xmlns:='u'/>",
            "<{urn:x}list xmlns='u'xmlns:a='u'/>",
            "<{urn:x",
            "",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
