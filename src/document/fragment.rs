//! The bodies of PUTs: an element, or the value of an attribute (RFC 4825 section 8.2.2).

use roxmltree::{Node, TextPos};

use crate::document::validate;
use crate::xml::{self, Fault, Tag};

use super::bindings;
use super::refusal::Refusal;

/// A body as text without its byte order mark.
fn utf8(body: &[u8]) -> Result<&str, Refusal> {
    let text = std::str::from_utf8(body).map_err(|error| Refusal::not_utf8(error.valid_up_to()))?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Text that may be an element, without the white space around it.
pub(super) fn element(body: &[u8]) -> Result<&str, Refusal> {
    utf8(body).map(|text| text.trim_matches(xml::is_whitespace))
}

/// An attribute's value in quotes. It keeps its own quotes, or gets a pair that needs no escape.
pub(super) fn att_value(body: &[u8]) -> Result<String, Refusal> {
    let text = utf8(body)?;
    validate::att_value(text).map_err(|fault| Refusal::not_att_value(&fault))?;
    if text.starts_with(['"', '\'']) {
        return Ok(text.to_owned());
    }
    match (text.find('"'), text.contains('\'')) {
        (None, _) => Ok(format!("\"{text}\"")),
        (Some(_), false) => Ok(format!("'{text}'")),
        // If one of the quotes were escaped, a GET would return another text than the PUT sent.
        (Some(at), true) => Err(Refusal::not_att_value(&Fault::at(
            xml::position(text, at),
            "the value holds both kinds of quotes; put it in quotes, with `&quot;` for those \
             inside",
        ))),
    }
}

/// The namespace and local name that an element would have as a child of `parent`.
pub(super) fn expanded_name(
    fragment: &str,
    parent: Node<'_, '_>,
) -> Option<(Option<String>, String)> {
    let tag = fragment.get(..Tag::read(fragment)?.close)?;
    let wrapped = format!("<w{}>{tag}/></w>", bindings::declarations(parent));
    let source = xml::Source::new(&wrapped);
    let document = source.parse().ok()?;
    let (namespace, local) = xml::expanded_name(document.root_element().first_element_child()?);
    Some((namespace.map(str::to_owned), local.to_owned()))
}

/// Why the text is not an element that can be put. `found` is the parser's error for the document
/// that contains it.
pub(super) fn fault(fragment: &str, found: Option<Fault>) -> Fault {
    let alone = xml::check(fragment).err();
    match (alone, found) {
        // A prefix that the document binds is not a fault.
        (Some(alone), found) if alone.unbound_prefix.is_none() || same_prefix(&alone, &found) => {
            alone
        }
        (_, Some(found)) => Fault::at(TextPos::new(1, 1), found.reason),
        (_, None) => Fault::at(TextPos::new(1, 1), "something stands beside the element"),
    }
}

fn same_prefix(alone: &Fault, found: &Option<Fault>) -> bool {
    found.as_ref().is_some_and(|found| found.unbound_prefix == alone.unbound_prefix)
}
