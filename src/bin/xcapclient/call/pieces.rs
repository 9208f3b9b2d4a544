//! Splits a text at everything that looks like XML markup.

use std::iter;

/// A piece of a text.
#[derive(Clone, Copy)]
pub(crate) enum Piece<'a> {
    Start(&'a str),
    End(&'a str),
    /// The tag of an element without content.
    Empty(&'a str),
    /// A comment, a processing instruction or a declaration.
    Note(&'a str),
    /// Text, including CDATA sections.
    Text(&'a str),
}

/// The pieces of a well-formed text. In any other text they are whatever looks like markup. Markup
/// without an end forms one piece with the rest of the text.
pub(crate) fn pieces(xml: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = xml;
    iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let length = if rest.starts_with('<') { markup(rest) } else { rest.find('<') };
        let (piece, after) = rest.split_at(length.unwrap_or(rest.len()));
        rest = after;
        Some(match piece {
            text if !text.starts_with('<') || text.starts_with("<![CDATA[") => Piece::Text(text),
            tag if tag.starts_with("</") => Piece::End(tag),
            note if note.starts_with("<!") || note.starts_with("<?") => Piece::Note(note),
            tag if tag.ends_with("/>") => Piece::Empty(tag),
            tag => Piece::Start(tag),
        })
    })
}

/// Where the markup at the beginning of a text ends.
fn markup(text: &str) -> Option<usize> {
    for (begin, end) in [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")] {
        if text.starts_with(begin) {
            return text.find(end).map(|at| at + end.len());
        }
    }
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            (None, '>') => return Some(at + 1),
            _ => {}
        }
    }
    None
}
