//! XML as this crate needs it: one guarded parse, character classes, escaping.

mod chars;
mod escape;
mod guard;

pub(crate) use chars::{is_char, is_ncname, is_whitespace, ncname_len};
pub(crate) use escape::{escape_text, resolve_references, write_attribute};

use roxmltree::{Document, Error, TextPos};

const MID_TAG: &str = "the text ends in the middle of a tag";
pub(crate) const UNCLOSED: &str = "the text ends before all its elements are closed";

/// Why a text is not XML that this crate reads, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) position: TextPos,
    pub(crate) reason: String,
    /// The prefix that nothing binds, where that is the fault.
    pub(crate) unbound_prefix: Option<String>,
}

/// Parses a document, or says why not; what would take the parser quadratic time is refused first.
pub(crate) fn parse(text: &str) -> Result<Document<'_>, Fault> {
    if let Some(excess) = guard::excess(text) {
        return Err(Fault::at(excess.position, excess.reason));
    }
    Document::parse(text).map_err(|error| Fault::of(&error, text))
}

impl Fault {
    pub(crate) fn at(position: TextPos, reason: impl Into<String>) -> Self {
        Self { position, reason: reason.into(), unbound_prefix: None }
    }

    fn of(error: &Error, text: &str) -> Self {
        let position = match error {
            Error::DtdDetected => position(text, first_tag(text)),
            Error::UnclosedRootNode | Error::NoRootNode | Error::UnexpectedEndOfStream => {
                position(text, text.len())
            }
            other => other.pos(),
        };
        let starts = |markup| text.get(first_tag(text)..).is_some_and(|t| t.starts_with(markup));
        let reason = match error {
            Error::DtdDetected => "a document type declaration is not allowed; leave it out".to_owned(),
            Error::UnexpectedEndOfStream => MID_TAG.to_owned(),
            Error::UnclosedRootNode => UNCLOSED.to_owned(),
            Error::UnexpectedCloseTag(expected, found, _) => {
                format!("`</{found}>` stands where `</{expected}>` is expected")
            }
            Error::DuplicatedAttribute(name, _) => format!("the attribute `{name}` is given twice"),
            Error::InvalidAttributeValue(_) | Error::InvalidChar(b'"' | b'\'', b'<', _) => {
                "a `<` stands in an attribute value; write `&lt;`".to_owned()
            }
            Error::MalformedEntityReference(_) => {
                "this is no reference that XML allows; a bare `&` is written `&amp;`".to_owned()
            }
            Error::UnknownEntityReference(name, _) => {
                format!("nothing declares the entity `{name}`; write the character itself")
            }
            Error::NonXmlChar(c, _) => {
                format!("U+{:04X} stands here, which XML does not allow", u32::from(*c))
            }
            Error::UnexpectedDeclaration(_) => {
                "an XML declaration can stand at the very beginning only".to_owned()
            }
            Error::UnknownToken(_) => "this cannot stand here; a document is one element, with comments and white space around it".to_owned(),
            Error::InvalidCharacterData(_) => "`]]>` stands in the text; write `]]&gt;`".to_owned(),
            Error::InvalidComment(_) => "a comment holds `--`".to_owned(),
            Error::NoRootNode if starts("<") => MID_TAG.to_owned(),
            Error::NoRootNode => "there is no element".to_owned(),
            Error::InvalidName(_) if starts("</") => {
                "an end tag stands here without its start tag".to_owned()
            }
            Error::UnknownNamespace(prefix, _) => format!("nothing declares the prefix `{prefix}`; add `xmlns:{prefix}=\"..\"`"),
            other => strip_position(&other.to_string(), position),
        };
        let unbound_prefix = match error {
            Error::UnknownNamespace(prefix, _) => Some(prefix.clone()),
            _ => None,
        };
        Self { position, reason, unbound_prefix }
    }
}

/// Where the first tag or the document type declaration begins: after comments and processing
/// instructions at most.
fn first_tag(text: &str) -> usize {
    let mut at = 0;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let end = match rest.find('<').and_then(|start| rest.get(start..)) {
            Some(markup) if markup.starts_with("<!--") => "-->",
            Some(markup) if markup.starts_with("<?") => "?>",
            _ => return at + rest.find('<').unwrap_or(0),
        };
        match rest.find(end) {
            Some(found) => at += found + end.len(),
            None => return at,
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn fault(text: &str, shown: &str) {
        let fault = parse(text).unwrap_err();
        assert_eq!(format!("{}: {}", fault.position, fault.reason), shown);
    }

    #[test]
    fn a_fault_has_a_place_and_a_reason() {
        fault("", "1:1: there is no element");
        fault("<a>\n <b>", "2:5: the text ends before all its elements are closed");
        fault("<a", "1:3: the text ends in the middle of a tag");
        fault("<a b", "1:5: the text ends in the middle of a tag");
        fault("<a>\n<b></c></a>", "2:4: `</c>` stands where `</b>` is expected");
        fault(
            "<a/>\n<!-- <!DOCTYPE --> <b/>",
            "2:20: this cannot stand here; a document is one element, with comments and white space around it",
        );
        fault(
            "<!--<!DOCTYPE -->\n<!DOCTYPE a><a/>",
            "2:1: a document type declaration is not allowed; leave it out",
        );
        fault("<x:a/>", "1:2: nothing declares the prefix `x`; add `xmlns:x=\"..\"`");
        fault("<é é='&b;'/>", "1:7: nothing declares the entity `b`; write the character itself");
    }
}
