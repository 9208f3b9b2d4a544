//! What this server accepts as a body, before it looks at the document.

use std::collections::BTreeSet;

use roxmltree::ParsingOptions;

use crate::testing::denial::Denial;
use crate::xml;

/// The text of a document. A body that looks like UTF-16 gets another error than other faulty
/// bodies.
pub(super) fn document(body: &[u8]) -> Result<&str, Denial> {
    let is_utf_16 = body.starts_with(b"\xff\xfe") || body.starts_with(b"\xfe\xff");
    let name = if is_utf_16 { "not-utf-8" } else { "not-well-formed" };
    std::str::from_utf8(body).map_err(|_| Denial::conflict(name, "the body is not UTF-8"))
}

/// The text of an element. It has to be well-formed, but may use any prefixes. A declaration,
/// document type, comments or white space beside it are accepted. They are kept, and cause errors
/// later.
pub(super) fn element(body: &[u8]) -> Result<&str, Denial> {
    let text = std::str::from_utf8(body).map_err(|_| malformed("the body is not UTF-8"))?;
    let mut prefixes = BTreeSet::new();
    loop {
        let fault = match xml::check(&declared(text, &prefixes)) {
            Ok(()) => return Ok(text),
            Err(_) if has_document_type(text) => return Ok(text),
            Err(fault) => fault,
        };
        match fault.unbound_prefix {
            Some(prefix) if prefixes.insert(prefix.clone()) => {}
            _ => return Err(malformed(&fault.reason)),
        }
    }
}

fn malformed(phrase: &str) -> Denial {
    Denial::conflict("not-xml-frag", phrase)
}

/// The text with these prefixes declared in its first tag.
fn declared(text: &str, prefixes: &BTreeSet<String>) -> String {
    let Some(start) = xml::first_tag(text).filter(|_| !prefixes.is_empty()) else {
        return text.to_owned();
    };
    let (before, tag) = text.split_at_checked(start).unwrap_or((text, ""));
    let (name, rest) = tag.split_at_checked(1 + xml::qname(tag).len()).unwrap_or((tag, ""));
    let declarations: String =
        prefixes.iter().map(|prefix| format!(" xmlns:{prefix}=\"urn:x\"")).collect();
    [before, name, declarations.as_str(), rest].concat()
}

fn has_document_type(text: &str) -> bool {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    text.contains("<!DOCTYPE") && roxmltree::Document::parse_with_options(text, options).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_and_what_may_stand_beside_them() {
        for text in [
            "<a/>",
            "\n<a/>\n",
            "<!-- <b> --><p:a q:b=''><r:c/></p:a>",
            "<?xml version=\"1.0\"?><a/>",
            "<!DOCTYPE a><a/>",
        ] {
            assert!(element(text.as_bytes()).is_ok(), "{text}");
        }
        for text in ["", "a", "<a>", "<a/><b/>", "<p:a><b></p:a>", "<a/>x", "<!DOCTYPE a><a>"] {
            assert!(element(text.as_bytes()).is_err(), "{text}");
        }
        assert!(element(b"<a>\xe9</a>").is_err());
    }
}
