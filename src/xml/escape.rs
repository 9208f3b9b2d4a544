//! Escaping of text and attribute values, and its way back.

use std::borrow::Cow;
use std::fmt::{self, Write};

use super::chars::{is_char, is_plain};

/// Writes a quoted attribute value that reads back as `value` (XML 1.0 section 3.3.3).
///
/// The delimiter is `"`, or `'` if only `"` occurs in the value, so that it needs no escape.
pub(crate) fn write_attribute(out: &mut impl Write, value: &str) -> fmt::Result {
    let holds = |quote| value.bytes().any(|byte| byte == quote);
    let delimiter = if holds(b'"') && !holds(b'\'') { '\'' } else { '"' };
    out.write_char(delimiter)?;
    write_value(out, value, delimiter)?;
    out.write_char(delimiter)
}

/// The text that reads back as `value` between these quotes.
pub(crate) fn escape_value(value: &str, quote: char) -> String {
    let mut out = String::with_capacity(value.len());
    let written = write_value(&mut out, value, quote);
    debug_assert!(written.is_ok(), "a String takes all text");
    out
}

fn write_value(out: &mut impl Write, value: &str, quote: char) -> fmt::Result {
    write_escaped(out, value, |byte| match byte {
        b'"' if quote == '"' => Some("&quot;"),
        b'\'' if quote == '\'' => Some("&apos;"),
        b'\t' => Some("&#9;"),
        b'\n' => Some("&#10;"),
        byte => escaped(byte),
    })
}

/// Element content that reads back as `text`.
pub(crate) fn escape_text(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '\r']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let written = write_escaped(&mut out, text, |byte| match byte {
        // `>` only matters in `]]>`, but a reference for it is never wrong.
        b'>' => Some("&gt;"),
        byte => escaped(byte),
    });
    debug_assert!(written.is_ok(), "a String takes all text");
    Cow::Owned(out)
}

/// Writes the text with a reference in place of each byte that has one. Only ASCII bytes may have
/// one.
fn write_escaped(
    out: &mut impl Write,
    text: &str,
    reference: impl Fn(u8) -> Option<&'static str>,
) -> fmt::Result {
    let mut written = 0;
    for (at, byte) in text.bytes().enumerate() {
        if let Some(reference) = reference(byte) {
            out.write_str(text.get(written..at).unwrap_or_default())?;
            out.write_str(reference)?;
            written = at + 1;
        }
    }
    out.write_str(text.get(written..).unwrap_or_default())
}

fn escaped(byte: u8) -> Option<&'static str> {
    match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'\r' => Some("&#13;"),
        _ => None,
    }
}

/// A `&` that begins no reference a document without a DTD can use, and its byte offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BadReference(pub(crate) usize);

/// The value that attribute text stands for: references resolved, white space normalised
/// (XML 1.0 section 3.3.3).
pub(crate) fn resolve_references(text: &str) -> Result<Cow<'_, str>, BadReference> {
    if is_plain(text) || !text.contains(['&', '\t', '\n', '\r']) {
        return Ok(Cow::Borrowed(text));
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let taken = match c {
            '&' => {
                let offset = text.len() - rest.len();
                let (c, len) = reference(rest).ok_or(BadReference(offset))?;
                out.push(c);
                len
            }
            // A line end is one character, however it is written (section 2.11).
            '\r' if rest.starts_with("\r\n") => {
                out.push(' ');
                2
            }
            '\t' | '\n' | '\r' => {
                out.push(' ');
                1
            }
            c => {
                out.push(c);
                c.len_utf8()
            }
        };
        rest = rest.get(taken..).unwrap_or_default();
    }
    Ok(Cow::Owned(out))
}

/// The character that the reference at the start of the text stands for, and its length in bytes.
pub(super) fn reference(text: &str) -> Option<(char, usize)> {
    let (name, _) = text.strip_prefix('&')?.split_once(';')?;
    let c = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "apos" => '\'',
        "quot" => '"',
        _ => char::from_u32(numeric(name.strip_prefix('#')?)?).filter(|c| is_char(*c))?,
    };
    Some((c, name.len() + 2))
}

/// The code in a numeric reference, whether or not there is such a character.
pub(super) fn numeric(digits: &str) -> Option<u32> {
    let (digits, radix) = match digits.strip_prefix('x') {
        Some(hex) => (hex, 16),
        None => (digits, 10),
    };
    // `from_str_radix` accepts a sign, which XML does not.
    if !digits.starts_with(|c: char| c.is_digit(radix)) {
        return None;
    }
    u32::from_str_radix(digits, radix).ok()
}

/// The text between the quotes of an `AttValue`.
pub(crate) fn unquoted(text: &str) -> Option<&str> {
    ['"', '\''].into_iter().find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(value: &str) -> String {
        let mut out = String::new();
        write_attribute(&mut out, value).unwrap();
        out
    }

    #[test]
    fn values_are_quoted_so_that_they_read_back() {
        for (value, expected) in [
            ("a", r#""a""#),
            ("it's", r#""it's""#),
            (r#"say "hi""#, r#"'say "hi"'"#),
            (r#"it's "both""#, r#""it's &quot;both&quot;""#),
            ("a&b<c>d", r#""a&amp;b&lt;c>d""#),
            ("\t\n\r", r#""&#9;&#10;&#13;""#),
        ] {
            let text = quoted(value);
            assert_eq!(text, expected);
            let inner = &text[1..text.len() - 1];
            assert_eq!(resolve_references(inner).unwrap(), value);
        }
    }

    #[test]
    fn content_reads_back() {
        assert_eq!(escape_text("plain"), "plain");
        assert_eq!(escape_text("a<b>&\r\n]]>"), "a&lt;b&gt;&amp;&#13;\n]]&gt;");
    }

    #[test]
    fn references_are_resolved_and_white_space_is_normalised() {
        assert_eq!(resolve_references("&#65;&#x42;&quot;&apos;&gt;").unwrap(), "AB\"'>");
        assert_eq!(resolve_references("a\tb\nc\r\nd\re").unwrap(), "a b c d e");
        for (text, offset) in [
            ("a&b", 1),
            ("&;", 0),
            ("&nbsp;", 0),
            ("é&#0;", 2),
            ("&#+65;", 0),
            ("&#x;", 0),
            ("&#xD800;", 0),
            ("&#99999999999;", 0),
            ("&#X41;", 0),
        ] {
            assert_eq!(resolve_references(text), Err(BadReference(offset)), "{text}");
        }
    }
}
