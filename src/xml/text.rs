//! Character data with its meaning resolved.

use std::borrow::Cow;

use memchr::memchr2;
use roxmltree::Node;

use super::escape::reference;
use super::markup::{CDATA, CDATA_END};

/// The characters of a text node: references are resolved and line ends become LF (XML 1.0 section
/// 2.11). Other nodes have no characters of their own.
///
/// The parser leaves a bare CR beside a reference as it is, so text from the parser that contains a
/// CR is read again.
pub(crate) fn text<'a>(node: Node<'a, '_>) -> Cow<'a, str> {
    let text = if node.is_text() { node.text().unwrap_or_default() } else { "" };
    if !text.contains('\r') {
        return Cow::Borrowed(text);
    }
    let markup = node.document().input_text().get(node.range().start..).unwrap_or_default();
    Cow::Owned(meant(markup))
}

/// The characters of the texts and CDATA sections at the start of the markup.
fn meant(markup: &str) -> String {
    let mut out = String::new();
    let mut rest = markup;
    while let Some((piece, length)) = next(rest) {
        match piece {
            Piece::Text(text) => add(&mut out, text, reference),
            Piece::Data(text) => add(&mut out, text, |_| None),
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    out
}

enum Piece<'x> {
    Text(&'x str),
    Data(&'x str),
}

/// The piece at the start of the markup, and its length including the delimiters.
fn next(markup: &str) -> Option<(Piece<'_>, usize)> {
    if let Some(data) = markup.strip_prefix(CDATA) {
        let (data, _) = data.split_once(CDATA_END)?;
        return Some((Piece::Data(data), CDATA.len() + data.len() + CDATA_END.len()));
    }
    let text = markup.split('<').next().filter(|text| !text.is_empty())?;
    Some((Piece::Text(text), text.len()))
}

/// Adds the text. Line ends become LF, and references that `reference` knows are resolved.
fn add(out: &mut String, text: &str, reference: impl Fn(&str) -> Option<(char, usize)>) {
    let mut rest = text;
    while let Some((before, special)) =
        memchr2(b'&', b'\r', rest.as_bytes()).and_then(|at| rest.split_at_checked(at))
    {
        out.push_str(before);
        let (c, length) = match special.strip_prefix('\r') {
            Some(next) => ('\n', if next.starts_with('\n') { 2 } else { 1 }),
            None => reference(special).unwrap_or(('&', 1)),
        };
        out.push(c);
        rest = special.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use roxmltree::Node;

    use super::text;
    use crate::xml::Source;

    #[track_caller]
    fn check(content: &str, expected: &str) {
        let xml = format!("<a>{content}<b/></a>");
        let source = Source::new(&xml);
        let document = source.parse().unwrap();
        let texts: String =
            document.descendants().filter(Node::is_text).map(|node| text(node)).collect();
        assert_eq!(texts, expected, "{content:?}");
    }

    #[test]
    fn line_ends_beside_references_are_line_ends() {
        check("x\r&#65;", "x\nA");
        check("&#65;\r", "A\n");
        check("&#65;\r\n&#66;\r", "A\nB\n");
        check("\r&#10;", "\n\n");
        check("\r&#13;", "\n\r");
        check("&#13;\r", "\r\n");
        check("&#13;\n&amp;\r\r\n", "\r\n&\n\n");
        check("&#13;", "\r");
        check("\r<![CDATA[\n\r&#65;]]>\r&lt;<![CDATA[]]>x", "\n\n\n&#65;\n<x");
        check("<![CDATA[\r]]>&#13;é<!--\r-->\r", "\n\ré\n");
        check("\r\r\n\n x", "\n\n\n x");
        check("plain", "plain");
    }
}
