//! Markup read piece by piece: the prefixes and places that the parser does not keep.

use std::ops::Range;

use memchr::{memchr, memmem};

use crate::xml;

/// A start tag. All places are offsets into the text that it was read from.
pub(super) struct Tag<'x> {
    pub(super) name: &'x str,
    pub(super) attributes: Vec<RawAttribute<'x>>,
    /// Behind the name and the last attribute.
    pub(super) attributes_end: usize,
    /// Where its `>` or `/>` begins.
    pub(super) close: usize,
    /// Behind its `>`.
    pub(super) end: usize,
    pub(super) is_empty: bool,
}

/// An attribute or namespace declaration as it is written.
pub(super) struct RawAttribute<'x> {
    pub(super) name: &'x str,
    /// What stands between the quotes.
    pub(super) value: &'x str,
    /// From the name to the closing quote.
    pub(super) range: Range<usize>,
}

impl<'x> Tag<'x> {
    /// Reads the tag at the start of well-formed text; `None` where there is none.
    pub(super) fn read(text: &'x str) -> Option<Self> {
        let mut reader = Reader { text, at: 1 };
        let name = reader.take_until(|c| xml::is_whitespace(c) || matches!(c, '/' | '>'))?;
        let mut tag = Self {
            name,
            attributes: Vec::new(),
            attributes_end: reader.at,
            close: 0,
            end: 0,
            is_empty: false,
        };
        loop {
            reader.skip_whitespace();
            match *text.as_bytes().get(reader.at)? {
                c @ (b'>' | b'/') => {
                    tag.is_empty = c == b'/';
                    tag.close = reader.at;
                    tag.end = reader.at + if tag.is_empty { 2 } else { 1 };
                    return Some(tag);
                }
                _ => tag.attributes.push(reader.attribute()?),
            }
            tag.attributes_end = reader.at;
        }
    }

    /// The prefixes that the tag declares, the empty one for `xmlns`, and the values as written.
    pub(super) fn declarations(&self) -> impl Iterator<Item = (&'x str, &'x str)> {
        self.attributes.iter().filter_map(|attribute| {
            declared_prefix(attribute.name).map(|prefix| (prefix, attribute.value))
        })
    }

    pub(super) fn declaration(&self, prefix: &str) -> Option<&RawAttribute<'x>> {
        self.attributes.iter().find(|attribute| declared_prefix(attribute.name) == Some(prefix))
    }
}

pub(super) fn declared_prefix(attribute: &str) -> Option<&str> {
    if attribute == "xmlns" { Some("") } else { attribute.strip_prefix("xmlns:") }
}

/// A qualified name as its prefix, which may be empty, and its local part.
pub(super) fn split(name: &str) -> (&str, &str) {
    name.split_once(':').unwrap_or(("", name))
}

struct Reader<'x> {
    text: &'x str,
    at: usize,
}

impl<'x> Reader<'x> {
    fn take_until(&mut self, stop: impl Fn(char) -> bool) -> Option<&'x str> {
        let rest = self.text.get(self.at..)?;
        let taken = rest.get(..rest.find(stop)?)?;
        self.at += taken.len();
        Some(taken)
    }

    fn skip_whitespace(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        self.at += rest.len() - rest.trim_start_matches(xml::is_whitespace).len();
    }

    fn attribute(&mut self) -> Option<RawAttribute<'x>> {
        let start = self.at;
        let name = self.take_until(|c| xml::is_whitespace(c) || c == '=')?;
        self.take_until(|c| matches!(c, '"' | '\''))?;
        let quote = *self.text.as_bytes().get(self.at)?;
        let value_start = self.at + 1;
        let len = memchr(quote, self.text.as_bytes().get(value_start..)?)?;
        let value = self.text.get(value_start..value_start + len)?;
        self.at = value_start + len + 1;
        Some(RawAttribute { name, value, range: start..self.at })
    }
}

/// A tag met on the way through a text.
pub(super) enum Token<'x> {
    Start(Tag<'x>),
    /// An end tag and its name.
    End(&'x str),
}

/// The tags of well-formed content, each with its offset; all else is passed over.
pub(super) struct Tokens<'x> {
    text: &'x str,
    at: usize,
}

impl<'x> Tokens<'x> {
    pub(super) fn new(text: &'x str) -> Self {
        Self { text, at: 0 }
    }

    fn skip_past(&mut self, start: usize, end: &str) -> Option<()> {
        let rest = self.text.as_bytes().get(start..)?;
        self.at = start + memmem::find(rest, end.as_bytes())? + end.len();
        Some(())
    }
}

impl<'x> Iterator for Tokens<'x> {
    type Item = (usize, Token<'x>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let start = self.at + memchr(b'<', self.text.as_bytes().get(self.at..)?)?;
            let rest = self.text.get(start..)?;
            if rest.starts_with("<!--") {
                self.skip_past(start + 4, "-->")?;
            } else if rest.starts_with("<![CDATA[") {
                self.skip_past(start, "]]>")?;
            } else if rest.starts_with("<?") {
                self.skip_past(start, "?>")?;
            } else if rest.starts_with("</") {
                self.skip_past(start, ">")?;
                let name = self.text.get(start + 2..self.at - 1)?;
                return Some((start, Token::End(name.trim_end_matches(xml::is_whitespace))));
            } else {
                let tag = Tag::read(rest)?;
                self.at = start + tag.end;
                return Some((start, Token::Start(tag)));
            }
        }
    }
}
