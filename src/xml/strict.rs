//! Finds what XML 1.0 and Namespaces in XML 1.0 forbid but the parser accepts.

use std::sync::LazyLock;

use memchr::memmem::Finder;
use memchr::{memchr_iter, memrchr};

use crate::text::printable;

use super::chars::{is_char, is_whitespace};
use super::declaration::Declaration;
use super::escape::{numeric, reference};
use super::fault::{Fault, position};
use super::guard::XMLNS;
use super::markup::{Attribute, Tag, Token, Tokens};

const COLON: &str = "a name cannot begin with a colon; take it away";
const TARGET_COLON: &str =
    "the target of a processing instruction cannot hold a colon; take it away";
const TARGET_END: &str =
    "white space is expected behind the target of a processing instruction; add a space";
const RESERVED: &str =
    "a processing instruction cannot have the name of the XML declaration; take another";
pub(super) const LATE_DECLARATION: &str = "an XML declaration can stand at the very beginning only";

static REFERENCE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("&#"));
static INSTRUCTION: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("<?"));

/// The first fault of a text that the parser accepts.
///
/// A quick search looks for the few things that could be a fault, so that most documents cost next
/// to nothing. If there are any, one pass finds out whether one is a fault, and where.
pub(super) fn fault(text: &str) -> Option<Fault> {
    let is_suspect = has_odd_colon(text.as_bytes())
        || has_odd_reference(text)
        || has_odd_instruction(text)
        || has_odd_declaration(text);
    if !is_suspect {
        return None;
    }
    let (at, reason) = first(text)?;
    Some(Fault::at(position(text, at), reason))
}

/// Whether a colon stands where a name would begin.
fn has_odd_colon(bytes: &[u8]) -> bool {
    memchr_iter(b':', bytes).any(|at| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        matches!(before, Some(b'<' | b'/' | b' ' | b'\t' | b'\n' | b'\r'))
    })
}

fn has_odd_reference(text: &str) -> bool {
    let mut found = REFERENCE.find_iter(text.as_bytes());
    found.any(|at| text.as_bytes().get(at + 2..).is_none_or(|digits| !is_character(digits)))
}

/// Whether the digits, and what follows them, are the number of a character.
fn is_character(digits: &[u8]) -> bool {
    let (radix, digits) = match digits.split_first() {
        Some((b'x', hex)) => (16, hex),
        _ => (10, digits),
    };
    let mut code: u32 = 0;
    for digit in digits.iter().map_while(|byte| char::from(*byte).to_digit(radix)) {
        code = code.saturating_mul(radix).saturating_add(digit);
    }
    char::from_u32(code).is_some_and(is_char)
}

fn has_odd_instruction(text: &str) -> bool {
    let mut found = INSTRUCTION.find_iter(text.as_bytes());
    found.any(|at| {
        !is_declaration(text, at)
            && text.get(at..).is_some_and(|markup| instruction_fault(markup).is_some())
    })
}

/// Whether a namespace declaration looks like a forbidden one.
fn has_odd_declaration(text: &str) -> bool {
    let bytes = text.as_bytes();
    // Whether the current tag has a declaration without a prefix.
    let mut has_default = false;
    let mut seen = 0;
    XMLNS.find_iter(bytes).any(|at| {
        let between = bytes.get(seen..at).unwrap_or_default();
        has_default &= memrchr(b'<', between).is_none();
        seen = at;
        let rest = text.get(at + 5..).unwrap_or_default();
        match rest.strip_prefix(':') {
            _ if between.last() == Some(&b':') => true,
            Some(name) => name.starts_with("xmlns") || is_empty_value(name),
            None if rest.starts_with(|c| is_whitespace(c) || c == '=') => {
                std::mem::replace(&mut has_default, true)
            }
            None => false,
        }
    })
}

/// Whether an empty value follows the name.
fn is_empty_value(name: &str) -> bool {
    let is_end = |c| is_whitespace(c) || matches!(c, '=' | ':' | '"' | '\'' | '<' | '>' | '/');
    let value = name.trim_start_matches(|c| !is_end(c)).trim_start_matches(is_whitespace);
    let value = value.strip_prefix('=').map(|value| value.trim_start_matches(is_whitespace));
    value.is_some_and(|value| value.starts_with("\"\"") || value.starts_with("''"))
}

/// The place of a fault in the part that was read, and what the fault is.
type Found = (usize, String);

/// Goes through the text, markup by markup.
fn first(text: &str) -> Option<Found> {
    let mut read = 0;
    for (range, token) in Tokens::new(text) {
        if let Some(found) = value_fault(text.get(read..range.start)?) {
            return Some(shifted(read, found));
        }
        let markup = text.get(range.clone())?;
        let found = match &token {
            Token::Start(tag) => tag_fault(tag),
            Token::End(name) => name.starts_with(':').then(|| (2, COLON.to_owned())),
            Token::Other if markup.starts_with("<?") && !is_declaration(text, range.start) => {
                instruction_fault(markup)
            }
            Token::Other => None,
        };
        if let Some(found) = found {
            return Some(shifted(range.start, found));
        }
        read = range.end;
    }
    None
}

fn shifted(by: usize, (at, reason): Found) -> Found {
    (by + at, reason)
}

/// Whether it is the XML declaration of the text, which is checked separately.
fn is_declaration(text: &str, at: usize) -> bool {
    matches!(text.get(..at), Some("" | "\u{feff}"))
        && text.get(at..).is_some_and(Declaration::is_first)
}

fn instruction_fault(markup: &str) -> Option<Found> {
    let target = markup.get(2..)?;
    let is_end = |c: char| is_whitespace(c) || c == '?';
    let target = target.get(..target.find(is_end)?)?;
    if let Some(colon) = target.find(':') {
        return Some((2 + colon, TARGET_COLON.to_owned()));
    }
    let end = 2 + super::chars::ncname_len(target);
    let behind = markup.get(end..).unwrap_or_default();
    if !behind.starts_with("?>") && !behind.starts_with(is_whitespace) {
        return Some((end, TARGET_END.to_owned()));
    }
    match target {
        "xml" => Some((0, LATE_DECLARATION.to_owned())),
        _ if target.eq_ignore_ascii_case("xml") => Some((2, RESERVED.to_owned())),
        _ => None,
    }
}

/// What is wrong with the reference at the start of the text.
fn reference_fault(text: &str) -> Option<String> {
    if reference(text).is_some() {
        return None;
    }
    let (name, rest) = text.get(1..)?.split_once(';')?;
    let code = numeric(name.strip_prefix('#')?)?;
    if let Some(whole) = low_surrogate(rest).and_then(|low| pair(code, low)) {
        let whole = u32::from(whole);
        return Some(format!(
            "two references stand for the halves of one character; write `&#{whole};`, or the character itself"
        ));
    }
    Some(format!(
        "`&{};` stands for no character that XML allows; write the one that is meant, or leave it out",
        printable(name)
    ))
}

/// The code in the reference at the start of the text.
fn low_surrogate(text: &str) -> Option<u32> {
    let (name, _) = text.strip_prefix("&#")?.split_once(';')?;
    numeric(name)
}

/// The character that two halves of UTF-16 make.
fn pair(high: u32, low: u32) -> Option<char> {
    let units = [u16::try_from(high).ok()?, u16::try_from(low).ok()?];
    let mut decoded = char::decode_utf16(units);
    let whole = decoded.next()?.ok()?;
    decoded.next().is_none().then_some(whole)
}

fn tag_fault(tag: &Tag<'_>) -> Option<Found> {
    if tag.name.starts_with(':') {
        return Some((1, COLON.to_owned()));
    }
    let mut has_default = false;
    tag.attributes().find_map(|attribute| {
        let Attribute { name, value, .. } = attribute;
        match attribute_fault(name, value, &mut has_default) {
            Some(reason) => Some((attribute.range.start, reason)),
            None => value_fault(value).map(|found| shifted(attribute.value_start(), found)),
        }
    })
}

/// What is wrong with an attribute's name or with a declaration. `has_default` tells whether its
/// tag already has a declaration without a prefix.
fn attribute_fault(name: &str, value: &str, has_default: &mut bool) -> Option<String> {
    match name.split_once(':') {
        Some(("", _)) => Some(COLON.to_owned()),
        Some(("xmlns", "xmlns")) => {
            Some("the prefix `xmlns` cannot be declared; leave `xmlns:xmlns` out".to_owned())
        }
        Some(("xmlns", prefix)) if value.is_empty() => {
            let prefix = printable(prefix);
            Some(format!(
                "the prefix `{prefix}` is declared with an empty namespace; give it one, or leave `xmlns:{prefix}` out"
            ))
        }
        // The parser takes it for a declaration.
        Some((prefix, "xmlns")) => {
            let prefix = printable(prefix);
            Some(format!(
                "`{prefix}:xmlns` cannot be told from a declaration; give the attribute another name"
            ))
        }
        None if name == "xmlns" && std::mem::replace(has_default, true) => {
            Some("the attribute `xmlns` is given twice; leave one of them out".to_owned())
        }
        _ => None,
    }
}

fn value_fault(value: &str) -> Option<Found> {
    let mut references = memchr_iter(b'&', value.as_bytes());
    references.find_map(|at| Some((at, reference_fault(value.get(at..)?)?)))
}

#[cfg(test)]
mod tests {
    use crate::xml::check;

    #[track_caller]
    fn refused(text: &str, shown: &str) {
        let fault = check(text).unwrap_err();
        assert_eq!(format!("{}: {}", fault.position, fault.reason), shown);
    }

    #[track_caller]
    fn taken(text: &str) {
        assert_eq!(check(text).err(), None, "{text}");
    }

    #[test]
    fn references_are_to_characters() {
        let none = |shown: &str| {
            format!(
                "`{shown}` stands for no character that XML allows; write the one that is meant, or leave it out"
            )
        };
        for reference in ["&#55357;", "&#xDFFF;", "&#x110000;", "&#4294967295;", "&#xd800;"] {
            refused(&format!("<a>\né{reference}</a>"), &format!("2:2: {}", none(reference)));
            refused(
                &format!("<a>\n<b c='é{reference}'/></a>"),
                &format!("2:8: {}", none(reference)),
            );
            taken(&format!("<a><!-- {reference} --><?p {reference}?></a>"));
            taken(&format!("<a><![CDATA[{reference}]]></a>"));
        }
        let halves = "two references stand for the halves of one character; write `&#128512;`, or the character itself";
        refused("<a>&#55357;&#56832;</a>", &format!("1:4: {halves}"));
        refused("<a b='&amp;&#xD83D;&#xDE00;'/>", &format!("1:12: {halves}"));
        refused("<a>&#xDE00;&#xD83D;</a>", &format!("1:4: {}", none("&#xDE00;")));
        refused("<a>&#xD83D;&#65;</a>", &format!("1:4: {}", none("&#xD83D;")));
        taken("<a b='&#x1F600;&#128512;'>&#x10FFFF;&#0000000065;&#xFFFD;&#xE000;&#xD7FF;</a>");
    }

    #[test]
    fn no_name_begins_with_a_colon() {
        let colon = "a name cannot begin with a colon; take it away";
        refused("<b></:b>", &format!("1:6: {colon}"));
        refused("<a><b>\n</:b></a>", &format!("2:3: {colon}"));
        refused("<a :i='1'/>", &format!("1:4: {colon}"));
        refused("<a b=':'\n:i='1'/>", &format!("2:1: {colon}"));
        refused("<!-- :a </:a> --><a\t:i='1'/>", &format!("1:21: {colon}"));
        taken("<a b=' :i=&quot;1&quot;' c='/:b' d=' :b'/>");
        taken("<a> :-) :i='1' /:b <!-- <:b </:b> --><![CDATA[ </:b> <:b ]]><?p </:b> :i='1'?></a>");
    }

    #[test]
    fn instructions_have_names_of_their_own() {
        let reserved =
            "a processing instruction cannot have the name of the XML declaration; take another";
        refused("<?XML x?><a/>", &format!("1:3: {reserved}"));
        refused("<a>\n<?xMl?></a>", &format!("2:3: {reserved}"));
        let late = "an XML declaration can stand at the very beginning only";
        refused("<a><?xml?></a>", &format!("1:4: {late}"));
        refused("<?xml?><a/>", &format!("1:1: {late}"));
        refused(" <?xml\tversion='1.0'?><a/>", &format!("1:2: {late}"));
        refused(" <?xml version='1.0'?><a/>", &format!("1:2: {late}"));
        refused("<a/><?xml\nversion='1.0'?>", &format!("1:5: {late}"));
        let space =
            "white space is expected behind the target of a processing instruction; add a space";
        refused("<?p'1'?><a/>", &format!("1:4: {space}"));
        refused("<a><?p+?></a>", &format!("1:7: {space}"));
        refused("<a><?p??></a>", &format!("1:7: {space}"));
        let target = "the target of a processing instruction cannot hold a colon; take it away";
        refused("<?xml:p?><a/>", &format!("1:6: {target}"));
        taken("<?xml-stylesheet href='x'?><a><?p?><?xmlx y?><?p ??><?é\n?></a><?p\tXML?>");
        taken("<a><!-- <?XML?> --><![CDATA[<?p'1'?>]]><?p <?XML?></a>");
    }

    #[test]
    fn the_declaration_is_read() {
        let version = |version: &str| format!("`{version}` is not a version of XML 1; write `1.0`");
        refused("<?xml version=\"2.0\"?><a/>", &format!("1:16: {}", version("2.0")));
        refused("\u{feff}<?xml version=\"2.0\"?><a/>", &format!("1:17: {}", version("2.0")));
        refused("<?xml versionX=\"1.0\"?><a/>", "1:14: `=` is expected here");
        refused(
            "<?xml version='1.0' standalone='y'?><a/>",
            "1:33: `standalone` is `yes` or `no`, not `y`; write one of them, or leave it out",
        );
        taken("\u{feff}<?xml\tversion=\"1.1\" encoding='x' standalone='yes'\n?><a/>");
        taken("<?xml\r\nversion='1.0'?>\n<a/>");
    }
}
