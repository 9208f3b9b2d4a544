//! The markup of one element, read where the parser keeps no positions.

use std::ops::Range;

use memchr::{memchr, memchr3};
use roxmltree::Attribute;

use crate::xml;

/// Where a start tag can be changed: offsets into the element's text.
pub(super) struct StartTag {
    /// Behind the name and the last attribute.
    pub(super) attributes_end: usize,
    /// Where its `>` or `/>` begins.
    pub(super) close: usize,
    pub(super) is_empty: bool,
}

impl StartTag {
    /// Reads the tag at the start of the text; `None` where it has no end.
    pub(super) fn read(element: &str) -> Option<Self> {
        let bytes = element.as_bytes();
        let mut at = 0;
        loop {
            let rest = bytes.get(at..)?;
            let found = at + memchr3(b'>', b'"', b'\'', rest)?;
            let quote = *bytes.get(found)?;
            if quote == b'>' {
                return Self::closed_at(element, found);
            }
            let value = bytes.get(found + 1..)?;
            at = found + 1 + memchr(quote, value)? + 1;
        }
    }

    fn closed_at(element: &str, end: usize) -> Option<Self> {
        let open = element.get(..end)?;
        let inside = open.strip_suffix('/').unwrap_or(open);
        Some(Self {
            attributes_end: inside.trim_end_matches(xml::is_whitespace).len(),
            close: inside.len(),
            is_empty: inside.len() < open.len(),
        })
    }
}

/// An element's name as it is written, prefix included.
pub(super) fn qname(element: &str) -> &str {
    let name = element.strip_prefix('<').unwrap_or(element);
    name.split(|c| xml::is_whitespace(c) || matches!(c, '/' | '>')).next().unwrap_or(name)
}

/// An attribute's value with its quotes. The parser gives up on long names and wide `=`.
pub(super) fn att_value_range(xml: &str, attribute: Attribute<'_, '_>) -> Range<usize> {
    let Range { start, end } = attribute.range();
    let name_end = xml.get(start..end).and_then(|text| text.find(['"', '\'']));
    start + name_end.unwrap_or_default()..end
}
