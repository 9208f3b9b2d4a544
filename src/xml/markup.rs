//! The one reader of tags. It finds the names, prefixes and places that the parser does not keep.
//!
//! It is for text that a parser accepts. In any other text it may stop early, though not before a
//! parser does, and may find tags after the fault. All places are byte offsets into the given text.

use std::ops::Range;

use memchr::{memchr, memchr3, memmem};

use super::chars::is_whitespace;

pub(super) const CDATA: &str = "<![CDATA[";
pub(super) const CDATA_END: &str = "]]>";
/// Markup that begins like a tag but holds no tags, and what ends it.
const OPAQUE: [(&str, &str); 3] = [("<!--", "-->"), (CDATA, CDATA_END), ("<?", "?>")];

/// A start tag.
pub(crate) struct Tag<'x> {
    pub(crate) name: &'x str,
    /// Where the name or the last attribute ends.
    pub(crate) attributes_end: usize,
    /// Where its `>` or `/>` begins.
    pub(crate) close: usize,
    /// The place after its `>`.
    pub(crate) end: usize,
    pub(crate) is_empty: bool,
    /// The tag up to `attributes_end`.
    head: &'x str,
}

impl<'x> Tag<'x> {
    /// Reads the tag at the start of the text. `None` if it has no end.
    pub(crate) fn read(text: &'x str) -> Option<Self> {
        let gt = closing(text)?;
        let open = text.get(..gt)?;
        let inside = open.strip_suffix('/').unwrap_or(open);
        let head = inside.trim_end_matches(is_whitespace);
        Some(Self {
            name: qname(head),
            attributes_end: head.len(),
            close: inside.len(),
            end: gt + 1,
            is_empty: inside.len() < open.len(),
            head,
        })
    }

    /// The attributes and namespace declarations, in their order.
    pub(crate) fn attributes(&self) -> Attributes<'x> {
        Attributes { text: self.head, at: 1 + self.name.len() }
    }

    /// The prefixes that the tag declares, and the values as written. The prefix for `xmlns` is
    /// empty.
    pub(crate) fn declarations(&self) -> impl Iterator<Item = (&'x str, &'x str)> {
        self.attributes().filter_map(|attribute| Some((attribute.declares()?, attribute.value)))
    }

    pub(crate) fn declaration(&self, prefix: &str) -> Option<Attribute<'x>> {
        self.attributes().find(|attribute| attribute.declares() == Some(prefix))
    }
}

/// Where the `>` of the tag at the start of the text is: the first one outside quotes.
fn closing(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        let found = at + memchr3(b'>', b'"', b'\'', bytes.get(at..)?)?;
        let quote = *bytes.get(found)?;
        if quote == b'>' {
            return Some(found);
        }
        at = found + 2 + memchr(quote, bytes.get(found + 1..)?)?;
    }
}

/// An attribute or namespace declaration as it is written.
pub(crate) struct Attribute<'x> {
    pub(crate) name: &'x str,
    /// What stands between the quotes.
    pub(crate) value: &'x str,
    /// From the name to the closing quote.
    pub(crate) range: Range<usize>,
}

impl<'x> Attribute<'x> {
    /// The prefix that it declares, empty for `xmlns`. `None` if it is not a declaration.
    pub(crate) fn declares(&self) -> Option<&'x str> {
        if self.name == "xmlns" { Some("") } else { self.name.strip_prefix("xmlns:") }
    }

    /// Where the value begins, behind its quote.
    pub(crate) fn value_start(&self) -> usize {
        self.range.end - 1 - self.value.len()
    }
}

/// Attributes, each with white space before it. The iteration ends when no other one follows.
pub(crate) struct Attributes<'x> {
    text: &'x str,
    at: usize,
}

impl<'x> Attributes<'x> {
    /// The attributes at the start of the text.
    pub(crate) fn at_start(text: &'x str) -> Self {
        Self { text, at: 0 }
    }

    /// What follows the attributes read so far.
    pub(crate) fn rest(&self) -> &'x str {
        self.text.get(self.at..).unwrap_or_default()
    }
}

impl<'x> Iterator for Attributes<'x> {
    type Item = Attribute<'x>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest().strip_prefix(is_whitespace)?.trim_start_matches(is_whitespace);
        let start = self.text.len() - rest.len();
        let (name, value) = rest.split_at_checked(memchr(b'=', rest.as_bytes())?)?;
        let value = value.strip_prefix('=')?.trim_start_matches(is_whitespace);
        let quote = *value.as_bytes().first().filter(|byte| matches!(byte, b'"' | b'\''))?;
        let rest = value.get(1..)?;
        let value = rest.get(..memchr(quote, rest.as_bytes())?)?;
        self.at = self.text.len() - rest.len() + value.len() + 1;
        Some(Attribute { name: name.trim_end_matches(is_whitespace), value, range: start..self.at })
    }
}

/// A piece of markup met on the way through a text.
pub(crate) enum Token<'x> {
    Start(Tag<'x>),
    /// An end tag and its name.
    End(&'x str),
    /// A comment, a CDATA section or a processing instruction.
    Other,
}

/// The markup of a text, each piece with its range.
pub(crate) struct Tokens<'x> {
    text: &'x str,
    at: usize,
}

impl<'x> Tokens<'x> {
    pub(crate) fn new(text: &'x str) -> Self {
        Self { text, at: 0 }
    }
}

impl<'x> Iterator for Tokens<'x> {
    type Item = (Range<usize>, Token<'x>);

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.at + memchr(b'<', self.text.as_bytes().get(self.at..)?)?;
        let markup = self.text.get(start..)?;
        let (token, length) = if let Some(length) = opaque(markup) {
            (Token::Other, length)
        } else if let Some(tag) = markup.strip_prefix("</") {
            let length = memchr(b'>', tag.as_bytes())?;
            (Token::End(tag.get(..length)?.trim_end_matches(is_whitespace)), length + 3)
        } else {
            let tag = Tag::read(markup)?;
            let end = tag.end;
            (Token::Start(tag), end)
        };
        self.at = start + length;
        Some((start..self.at, token))
    }
}

/// The length of the comment, CDATA section or processing instruction at the start of the text. If
/// nothing ends it, this is the length of the whole text.
pub(super) fn opaque(text: &str) -> Option<usize> {
    // Most markup is a tag.
    if !matches!(text.as_bytes().get(1), Some(b'!' | b'?')) {
        return None;
    }
    let (start, end) = OPAQUE.into_iter().find(|(start, _)| text.starts_with(start))?;
    let found = memmem::find(text.as_bytes().get(start.len()..)?, end.as_bytes());
    Some(found.map_or(text.len(), |at| start.len() + at + end.len()))
}

/// Where the first tag or the document type declaration begins, after comments and processing
/// instructions.
pub(crate) fn first_tag(text: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        let start = at + memchr(b'<', text.as_bytes().get(at..)?)?;
        let markup = text.get(start..)?;
        match opaque(markup) {
            Some(length) if !markup.starts_with(CDATA) => at = start + length,
            _ => return Some(start),
        }
    }
}

/// The name in the tag at the start of the text, or the name that the text itself begins with.
pub(crate) fn qname(tag: &str) -> &str {
    let name = tag.strip_prefix('<').unwrap_or(tag);
    name.split(|c| is_whitespace(c) || matches!(c, '/' | '>')).next().unwrap_or(name)
}

/// A qualified name as its prefix, which may be empty, and its local part.
pub(crate) fn split_qname(name: &str) -> (&str, &str) {
    name.split_once(':').unwrap_or(("", name))
}

/// Where the end tag of an element begins. `None` if the element is an empty-element tag.
pub(crate) fn end_tag(element: &str) -> Option<usize> {
    if element.ends_with("/>") { None } else { element.rfind("</") }
}

/// The range of an element's content. `None` if the element is an empty-element tag.
pub(crate) fn content(element: &str) -> Option<Range<usize>> {
    let end = end_tag(element)?;
    Some(Tag::read(element)?.end..end)
}

/// The range of an attribute's value with its quotes, found from the range of the whole attribute
/// or declaration. The parser does not give it for long names and wide `=`.
pub(crate) fn att_value(text: &str, attribute: Range<usize>) -> Range<usize> {
    let Range { start, end } = attribute;
    let name_end = text.get(start..end).and_then(|text| text.find(['"', '\'']));
    start + name_end.unwrap_or_default()..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_read_with_its_places() {
        let text = "<p:a  b = '>\"/' xmlns=\"u\"\n\txmlns:p='' />x";
        let tag = Tag::read(text).unwrap();
        assert_eq!((tag.name, tag.is_empty), ("p:a", true));
        assert_eq!(text.get(tag.attributes_end..), Some(" />x"));
        assert_eq!(text.get(tag.close..tag.end), Some("/>"));
        let attributes: Vec<_> = tag
            .attributes()
            .map(|found| (found.name, found.value, text.get(found.range.clone()).unwrap()))
            .collect();
        let expected = [
            ("b", ">\"/", "b = '>\"/'"),
            ("xmlns", "u", "xmlns=\"u\""),
            ("xmlns:p", "", "xmlns:p=''"),
        ];
        assert_eq!(attributes, expected);
        assert_eq!(tag.declarations().collect::<Vec<_>>(), [("", "u"), ("p", "")]);
        let declaration = tag.declaration("p").unwrap();
        assert_eq!(text.get(declaration.value_start()..), Some("' />x"));
        assert!(tag.declaration("b").is_none());
        let tag = Tag::read("<a>").unwrap();
        assert_eq!((tag.name, tag.attributes_end, tag.close, tag.end), ("a", 2, 2, 3));
        for text in ["", "<a", "<a b='>", "<a b='1\">"] {
            assert!(Tag::read(text).is_none(), "{text}");
        }
    }

    #[test]
    fn attributes_end_where_no_other_follows() {
        for (text, count, rest) in [
            (" a='1'  b='2' ", 2, " "),
            (" a='1'b='2'", 1, "b='2'"),
            (" a='1' b='2", 1, " b='2"),
            (" a='1' b", 1, " b"),
            (" a=1", 0, " a=1"),
            ("a='1'", 0, "a='1'"),
        ] {
            let mut attributes = Attributes::at_start(text);
            assert_eq!((attributes.by_ref().count(), attributes.rest()), (count, rest), "{text}");
        }
    }

    #[test]
    fn tags_are_told_from_what_looks_like_them() {
        let text = "<!-- <a> --><a>é<b c='</a>'/><![CDATA[<d>]]><?e <f> ?></a\n>";
        let shown: Vec<_> = Tokens::new(text)
            .map(|(range, token)| {
                let name = match token {
                    Token::Start(tag) => tag.name,
                    Token::End(name) => name,
                    Token::Other => "",
                };
                (name, text.get(range).unwrap())
            })
            .collect();
        let expected = [
            ("", "<!-- <a> -->"),
            ("a", "<a>"),
            ("b", "<b c='</a>'/>"),
            ("", "<![CDATA[<d>]]>"),
            ("", "<?e <f> ?>"),
            ("a", "</a\n>"),
        ];
        assert_eq!(shown, expected);
        assert_eq!(first_tag(text), Some(12));
        assert_eq!(Tokens::new("<a><!-- <b>").count(), 2);
        assert_eq!(first_tag("<?a?> x"), None);
    }

    #[test]
    fn the_content_is_between_the_tags() {
        let content = |text: &'static str| content(text).and_then(|range| text.get(range));
        assert_eq!(content("<a b='>'> <c></c> </a >"), Some(" <c></c> "));
        assert_eq!(content("<a></a>"), Some(""));
        assert_eq!(content("<a b='</a>'/>"), None);
    }
}
