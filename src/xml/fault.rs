//! Why this crate does not accept a text as XML, and where the fault is.

use roxmltree::{Error, TextPos};

use crate::text::printable;

use super::markup;

const MID_TAG: &str = "the text ends in the middle of a tag";
pub(crate) const UNCLOSED: &str = "the text ends before all its elements are closed";

/// Why this crate does not accept a text as XML, and where the fault is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) position: TextPos,
    pub(crate) reason: String,
    /// The prefix that nothing binds, if that is the fault.
    pub(crate) unbound_prefix: Option<String>,
}

impl Fault {
    pub(crate) fn at(position: TextPos, reason: impl Into<String>) -> Self {
        Self { position, reason: reason.into(), unbound_prefix: None }
    }

    pub(super) fn of(error: &Error, text: &str) -> Self {
        let first_tag = markup::first_tag(text).unwrap_or(text.len());
        let position = match error {
            Error::DtdDetected => position(text, first_tag),
            Error::UnclosedRootNode | Error::NoRootNode | Error::UnexpectedEndOfStream => {
                position(text, text.len())
            }
            other => other.pos(),
        };
        let starts = |markup| text.get(first_tag..).is_some_and(|t| t.starts_with(markup));
        let reason = match error {
            Error::DtdDetected => "a document type declaration is not allowed; leave it out".to_owned(),
            Error::UnexpectedEndOfStream => MID_TAG.to_owned(),
            Error::UnclosedRootNode => UNCLOSED.to_owned(),
            Error::UnexpectedCloseTag(expected, found, _) => format!(
                "`</{}>` stands where `</{}>` is expected",
                printable(found),
                printable(expected)
            ),
            Error::DuplicatedAttribute(name, _) => {
                format!("the attribute `{}` is given twice; leave one of them out", printable(name))
            }
            Error::DuplicatedNamespace(prefix, _) => {
                format!("the prefix `{}` is declared twice; leave one of them out", printable(prefix))
            }
            Error::InvalidAttributeValue(_) | Error::InvalidChar(b'"' | b'\'', b'<', _) => {
                "a `<` stands in an attribute value; write `&lt;`".to_owned()
            }
            Error::InvalidChar(wanted, _, _) => {
                format!("`{}` is expected here", char::from(*wanted))
            }
            Error::InvalidChar2("a quote", ..) => {
                "an attribute value stands in quotes; put it between `\"` and `\"`".to_owned()
            }
            Error::InvalidChar2("a whitespace", ..) => {
                "white space is expected here; add a space".to_owned()
            }
            Error::InvalidString(wanted, _) => format!("`{wanted}` is expected here"),
            Error::MalformedEntityReference(_) => {
                "this is not a reference that XML allows; a bare `&` is written `&amp;`".to_owned()
            }
            Error::UnknownEntityReference(name, _) => {
                format!(
                    "nothing declares the entity `{}`; write the character itself",
                    printable(name)
                )
            }
            Error::NonXmlChar(c, _) => format!(
                "U+{:04X} stands here, which XML does not allow; leave it out",
                u32::from(*c)
            ),
            Error::UnexpectedDeclaration(_) => {
                "an XML declaration can stand at the very beginning only".to_owned()
            }
            Error::UnknownToken(_) => "this cannot stand here; a document is one element, with comments and white space around it".to_owned(),
            Error::InvalidCharacterData(_) => "`]]>` stands in the text; write `]]&gt;`".to_owned(),
            Error::InvalidComment(_) => "a comment holds `--`; leave one of them out".to_owned(),
            Error::NoRootNode if starts("<") => MID_TAG.to_owned(),
            Error::NoRootNode => "there is no element".to_owned(),
            Error::InvalidName(_) if starts("</") => {
                "an end tag stands here without its start tag".to_owned()
            }
            Error::InvalidName(_) => "an XML name is expected here: it begins with a letter or `_` and has one colon at most; a bare `<` is written `&lt;`".to_owned(),
            Error::UnknownNamespace(prefix, _) => {
                let prefix = printable(prefix);
                format!("nothing declares the prefix `{prefix}`; add `xmlns:{prefix}=\"..\"`")
            }
            Error::InvalidElementNamePrefix(_) => {
                "an element cannot have the prefix `xmlns`; take another".to_owned()
            }
            Error::InvalidXmlPrefixUri(_) => {
                "the prefix `xml` cannot be declared for another namespace; take another prefix".to_owned()
            }
            Error::UnexpectedXmlUri(_) => {
                "the namespace of `xml` cannot have another prefix; write `xml:`, which needs no declaration".to_owned()
            }
            Error::UnexpectedXmlnsUri(_) => {
                "the namespace of `xmlns` cannot be declared; leave the declaration out".to_owned()
            }
            Error::NamespacesLimitReached => {
                "more than 65,536 different namespace declarations; leave some out".to_owned()
            }
            other => strip_position(&other.to_string(), position),
        };
        let unbound_prefix = match error {
            Error::UnknownNamespace(prefix, _) => Some(prefix.clone()),
            _ => None,
        };
        Self { position, reason, unbound_prefix }
    }
}

/// The parser's message without the position that it repeats.
fn strip_position(message: &str, position: TextPos) -> String {
    message.replacen(&format!(" at {position}"), "", 1)
}

/// The row and column (both from 1, in characters) of a byte offset.
pub(crate) fn position(text: &str, offset: usize) -> TextPos {
    let before = text.get(..offset).unwrap_or(text);
    let row = memchr::memchr_iter(b'\n', before.as_bytes()).count() + 1;
    let col = before.rsplit('\n').next().unwrap_or(before).chars().count() + 1;
    TextPos::new(saturate(row), saturate(col))
}

fn saturate(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
