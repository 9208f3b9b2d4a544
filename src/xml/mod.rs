//! XML as this crate needs it: one guarded parse, character classes, escaping.

mod chars;
mod element;
mod escape;
mod guard;
mod names;

pub(crate) use chars::{is_char, is_ncname, is_plain, is_whitespace, ncname_len};
pub use element::Element;
pub(crate) use escape::{escape_text, resolve_references, unquoted, write_attribute};

use std::sync::LazyLock;

use memchr::memmem::Finder;
use roxmltree::{Document, Error, TextPos};

use crate::text::printable;

const MID_TAG: &str = "the text ends in the middle of a tag";
pub(crate) const UNCLOSED: &str = "the text ends before all its elements are closed";

/// What begins a declaration. Made once: to make it takes as long as to search a small document.
static XMLNS: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("xmlns"));

/// Why a text is not XML that this crate reads, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) position: TextPos,
    pub(crate) reason: String,
    /// The prefix that nothing binds, where that is the fault.
    pub(crate) unbound_prefix: Option<String>,
}

/// Parses a document, or says why not; what would take the parser quadratic time is refused first,
/// and names that it should not take are refused then.
pub(crate) fn parse(text: &str) -> Result<Document<'_>, Fault> {
    if let Some(excess) = guard::excess(text) {
        return Err(Fault::at(excess.position, excess.reason));
    }
    let document = Document::parse(text).map_err(|error| Fault::of(&error, text))?;
    match names::fault(text, &document) {
        None => Ok(document),
        Some(fault) => Err(fault),
    }
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
                "this is no reference that XML allows; a bare `&` is written `&amp;`".to_owned()
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
        fault(
            "<a>1 < 2</a>",
            "1:7: an XML name is expected here: it begins with a letter or `_` and has one colon at most; a bare `<` is written `&lt;`",
        );
        fault("<a b='1' b='2'/>", "1:10: the attribute `b` is given twice; leave one of them out");
        fault(
            "<a xmlns:b='1' xmlns:b='2'/>",
            "1:16: the prefix `b` is declared twice; leave one of them out",
        );
        fault("<a>\u{1}</a>", "1:4: U+0001 stands here, which XML does not allow; leave it out");
        fault("<a b=c/>", "1:6: an attribute value stands in quotes; put it between `\"` and `\"`");
        fault("<a b='c'd='e'/>", "1:9: white space is expected here; add a space");
        fault("<a b/>", "1:5: `=` is expected here");
        fault("<?xml version='1.0' x-encoding='y'?><a/>", "1:21: `?>` is expected here");
        fault("<xmlns:a/>", "1:2: an element cannot have the prefix `xmlns`; take another");
        fault(
            "<a xmlns:p='http://www.w3.org/2000/xmlns/'/>",
            "1:4: the namespace of `xmlns` cannot be declared; leave the declaration out",
        );
        fault("<é é='&b;'/>", "1:7: nothing declares the entity `b`; write the character itself");
    }

    #[test]
    fn names_are_those_of_namespaces_in_xml() {
        let empty = "the prefix `p` is declared with an empty namespace; give it one, or leave `xmlns:p` out";
        for declaration in ["xmlns:p=''", "xmlns:p=\"\"", "xmlns:p =\n ''"] {
            fault(&format!("<a>\n<b {declaration}/></a>"), &format!("2:4: {empty}"));
        }
        let twice = "the attribute `xmlns` is given twice; leave one of them out";
        fault("<a xmlns='u' b='c' xmlns = 'v'/>", &format!("1:20: {twice}"));
        fault("<a><b/><c xmlns='' xmlns=''/></a>", &format!("1:20: {twice}"));
        let declared = "the prefix `xmlns` cannot be declared; leave `xmlns:xmlns` out";
        fault("<a xmlns:xmlns='u'/>", &format!("1:4: {declared}"));
        let other = "`p:xmlns` cannot be told from a declaration; give the attribute another name";
        fault("<a xmlns:p='u' p:xmlns='v'/>", &format!("1:16: {other}"));
        let colon = "a name cannot begin with a colon; take it away";
        fault("<!-- <:a --><:a/>", &format!("1:14: {colon}"));
        fault("<:a></:a>", &format!("1:2: {colon}"));
        fault("<a :xmlns='u'/>", &format!("1:4: {colon}"));
        let target = "the target of a processing instruction cannot hold a colon; take it away";
        fault("<?p:q r?><a/>", &format!("1:4: {target}"));
        fault("<a><?p:?></a>", &format!("1:7: {target}"));

        for text in [
            "<?p q:r?><a/>",
            "<a><!-- xmlns:p='' <:b <?p:q?> </:a>--><![CDATA[<b xmlns:p=''/></:a>]]></a>",
            "<?p <:a xmlns:p=''><?q:r ?><a/>",
            "<a b=' xmlns:p=\"\" p:xmlns=\"u\" xmlns=' xmlns='u'> xmlns:p='' xmlns= xmlns= :xmlns</a>",
            "<a xmlns='u'><b xmlns=''/></a>",
            "<a xmlns='u' xmlnsb='v' xmlns:p='xmlns' xmlns:q='u'/>",
        ] {
            assert_eq!(parse(text).err(), None, "{text}");
        }
    }

    #[test]
    fn odd_names_take_linear_time() {
        let start = std::time::Instant::now();
        for odd in ["xmlns", " xmlns=''", " xmlns:p=''", ":xmlns", "xmlns:", "&lt;:", "xmlns: "] {
            let text = odd.repeat(100_000);
            assert!(parse(&format!("<a>{text}</a>")).is_ok(), "{odd}");
            assert!(parse(&format!("<a b=\"{text}\"/>")).is_ok(), "{odd}");
        }
        for odd in ["<:a>", "</:a>", "</:", "<b :xmlns ", "<?p:q", "<b xmlns:p=''>", "<b a="] {
            assert!(parse(&format!("<a><!--{}--></a>", odd.repeat(100_000))).is_ok(), "{odd}");
        }
        assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
    }
}
