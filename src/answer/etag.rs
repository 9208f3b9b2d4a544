//! Entity tags: kept as the server sent them.

use std::borrow::Cow;
use std::fmt;

use crate::http_types::text_of;
use crate::random;

/// The ETag of a document, exactly as the server sent it (RFC 9110 section 8.8.3).
///
/// Every element and attribute of a document shares the document's ETag (RFC 4825 section 8.5),
/// so the ETag of one answer guards the next change of any other part.
///
/// [`Display`](fmt::Display) and the `If-Match` field both have the tag with its quotes, and with
/// `W/` if it is weak. [`opaque`](Self::opaque) is the text between the quotes. A tag that the
/// server sends without quotes goes back without quotes.
///
/// ```
/// use xcaplib::ETag;
///
/// let etag = ETag::new("\"sr-17-4711-3\"").unwrap();
/// assert_eq!(etag.opaque(), "sr-17-4711-3");
/// assert_eq!(etag.to_string(), "\"sr-17-4711-3\"");
/// assert!(!etag.is_weak());
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ETag {
    text: Box<str>,
    /// The bytes were not UTF-8, so `text` holds each byte as one character.
    latin1: bool,
}

impl ETag {
    /// The ETag with this field value, or `None` if the value is empty or has a control character.
    ///
    /// White space around the value is dropped; nothing else is changed.
    #[must_use]
    pub fn new(field: &str) -> Option<Self> {
        Self::from_bytes(field.as_bytes())
    }

    pub(crate) fn from_bytes(field: &[u8]) -> Option<Self> {
        let field = field.trim_ascii();
        if field.is_empty() || field.iter().any(u8::is_ascii_control) {
            return None;
        }
        let text = text_of(field);
        Some(Self { latin1: matches!(text, Cow::Owned(_)), text: text.into() })
    }

    /// The strong tag with this text between its quotes.
    #[cfg(feature = "test-server")]
    pub(crate) fn strong(opaque: &str) -> Self {
        Self { text: format!("\"{opaque}\"").into(), latin1: false }
    }

    /// A tag that no document has.
    pub(crate) fn unmatchable() -> Self {
        Self { text: format!("\"none-{}\"", random::hex()).into(), latin1: false }
    }

    /// The tag without its quotes and without `W/`.
    #[must_use]
    pub fn opaque(&self) -> &str {
        let tag = self.text.strip_prefix("W/").unwrap_or(&self.text);
        tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).unwrap_or(tag)
    }

    /// Whether the tag is weak.
    ///
    /// `If-Match` never matches a weak tag (RFC 9110 section 13.1.1). The answer to a change that
    /// is guarded by one is a 412, and the text of that error says so.
    #[must_use]
    pub fn is_weak(&self) -> bool {
        self.text.starts_with("W/")
    }

    /// Whether the field is `*`, which stands for any tag in a condition.
    pub(crate) fn is_any(&self) -> bool {
        &*self.text == "*"
    }

    /// Whether the field can be the tag of one document: not `*`, not a list, and not half a tag.
    pub(crate) fn is_single(&self) -> bool {
        !self.is_any() && !self.opaque().contains('"')
    }

    /// Whether the field is one tag by the grammar, and not a list of tags (RFC 9110 section
    /// 8.8.3).
    pub(crate) fn is_entity_tag(&self) -> bool {
        let tag = self.text.strip_prefix("W/").unwrap_or(&self.text);
        let opaque = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
        opaque.is_some_and(|opaque| !opaque.contains(['"', ' ']))
    }

    /// The tag in an attribute of a document. There it mostly has no quotes, or the kind of quotes
    /// that differs from the attribute's own.
    pub(crate) fn from_attribute(value: &str) -> Option<Self> {
        let value = value.trim();
        let (weak, tag) = match value.strip_prefix("W/") {
            Some(tag) => ("W/", tag),
            None => ("", value),
        };
        if value.is_empty() || tag.starts_with('"') {
            return Self::new(value);
        }
        let single = tag.strip_prefix('\'').and_then(|tag| tag.strip_suffix('\''));
        // In quotes even a `*` is a tag, and can guard a change.
        Self::new(&format!("{weak}\"{}\"", single.unwrap_or(tag)))
    }

    /// The bytes of the field value.
    pub(crate) fn to_field(&self) -> Cow<'_, [u8]> {
        if self.latin1 {
            self.text.chars().filter_map(|c| u8::try_from(c).ok()).collect()
        } else {
            Cow::Borrowed(self.text.as_bytes())
        }
    }
}

impl fmt::Display for ETag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for ETag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ETag({})", self.text)
    }
}

/// The value of an `If-Match` or `If-None-Match` field, as a caller may give it: nothing, a text
/// or an [`ETag`].
///
/// A text goes out as it stands if it is `*`, or begins with `"` or `W/"`; a list of tags does,
/// too. Any other text gets quotes, so `"abc"` with and without its quotes mean the same. White
/// space around the text is dropped, as in [`ETag::new`].
///
/// ```
/// use xcaplib::ETag;
/// # let (server, client) = xcaplib::testing::example()?;
/// // All of these are an ETag of a call; here none is the document's.
/// let etag = ETag::new("\"abc\"").unwrap();
/// for error in [
///     client.get("resource-lists", None, "abc", None),
///     client.get("resource-lists", None, "\"abc\"", None),
///     client.get("resource-lists", None, &etag, None),
///     client.get("resource-lists", None, Some(&etag), None),
///     client.get("resource-lists", None, &String::from("abc"), None),
/// ] {
///     assert!(error.unwrap_err().is_precondition_failed());
/// }
/// client.get("resource-lists", None, "*", None)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct ETagArg<'a>(Option<Condition<'a>>);

#[derive(Clone, Debug)]
enum Condition<'a> {
    Text(&'a str),
    ETag(&'a ETag),
}

impl ETagArg<'_> {
    /// The ETag as it stands. A text gets no quotes here, and may not be a valid ETag.
    pub(crate) fn as_sent(&self) -> Option<Option<ETag>> {
        self.0.as_ref().map(|condition| match condition {
            Condition::ETag(etag) => Some((*etag).clone()),
            Condition::Text(text) => ETag::new(text),
        })
    }

    /// The bytes of the field value, if there is one to send.
    pub(crate) fn to_field(&self) -> Option<Vec<u8>> {
        self.0.as_ref().map(|condition| match condition {
            Condition::ETag(etag) => etag.to_field().into_owned(),
            Condition::Text(text) => match text.trim_ascii() {
                text if is_field(text) => text.as_bytes().to_vec(),
                text => format!("\"{text}\"").into_bytes(),
            },
        })
    }
}

fn is_field(text: &str) -> bool {
    text == "*" || text.starts_with('"') || text.starts_with("W/\"")
}

impl<'a> From<Option<&'a ETag>> for ETagArg<'a> {
    fn from(etag: Option<&'a ETag>) -> Self {
        Self(etag.map(Condition::ETag))
    }
}

impl<'a> From<&'a ETag> for ETagArg<'a> {
    fn from(etag: &'a ETag) -> Self {
        Self(Some(Condition::ETag(etag)))
    }
}

impl<'a> From<&'a str> for ETagArg<'a> {
    fn from(text: &'a str) -> Self {
        Self(Some(Condition::Text(text)))
    }
}

impl<'a> From<&'a String> for ETagArg<'a> {
    fn from(text: &'a String) -> Self {
        Self(Some(Condition::Text(text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(field: &[u8], shown: &str, opaque: &str, weak: bool) {
        let etag = ETag::from_bytes(field).unwrap();
        assert_eq!(etag.to_string(), shown);
        assert_eq!(etag.opaque(), opaque);
        assert_eq!(etag.is_weak(), weak);
        assert_eq!(ETagArg::from(&etag).to_field().unwrap(), field.trim_ascii());
    }

    #[test]
    fn a_tag_goes_back_as_it_came() {
        check(b"\"abc\"", "\"abc\"", "abc", false);
        check(b" \"abc\"\t", "\"abc\"", "abc", false);
        check(b"W/\"abc\"", "W/\"abc\"", "abc", true);
        check(b"abc", "abc", "abc", false);
        check(b"\"\"", "\"\"", "", false);
        check(b"\"a\"b\"", "\"a\"b\"", "a\"b", false);
        check(b"\"", "\"", "\"", false);
        check("\"\u{e9}\"".as_bytes(), "\"\u{e9}\"", "\u{e9}", false);
        check(b"\"\xe9\"", "\"\u{e9}\"", "\u{e9}", false);
    }

    #[test]
    fn a_tag_in_a_document_gets_the_quotes_it_lacks() {
        let field = |value| ETag::from_attribute(value).map(|etag| etag.to_string());
        assert_eq!(field("abc").as_deref(), Some("\"abc\""));
        assert_eq!(field(" \"abc\" ").as_deref(), Some("\"abc\""));
        assert_eq!(field("W/\"abc\"").as_deref(), Some("W/\"abc\""));
        assert_eq!(field("W/'7-1'").as_deref(), Some("W/\"7-1\""));
        assert_eq!(field("W/7-1").as_deref(), Some("W/\"7-1\""));
        assert_eq!(field("'7-1'").as_deref(), Some("\"7-1\""));
        assert_eq!(field("it's").as_deref(), Some("\"it's\""));
        assert_eq!(field("'").as_deref(), Some("\"'\""));
        assert_eq!(field("*").as_deref(), Some("\"*\""));
        assert_eq!(field(" "), None);
        assert_eq!(field("a\nb"), None);
    }

    #[test]
    fn what_is_no_tag() {
        assert_eq!(ETag::new(""), None);
        assert_eq!(ETag::new("  "), None);
        assert_eq!(ETag::new("\"a\rb\""), None);
    }

    #[test]
    fn a_text_gets_the_quotes_it_lacks() {
        let field =
            |text: &str| String::from_utf8(ETagArg::from(text).to_field().unwrap()).unwrap();
        assert_eq!(field("abc"), "\"abc\"");
        assert_eq!(field("\"abc\""), "\"abc\"");
        assert_eq!(field("*"), "*");
        assert_eq!(field("W/\"abc\""), "W/\"abc\"");
        assert_eq!(field("W/abc"), "\"W/abc\"");
        assert_eq!(field(" \"q\""), "\"q\"");
        assert_eq!(field("\tabc \r\n"), "\"abc\"");
        assert_eq!(field(" * "), "*");
        assert_eq!(field("\na\nb"), "\"a\nb\"");
        assert_eq!(field("\"a\", \"b\""), "\"a\", \"b\"");
        assert_eq!(ETagArg::from(None).to_field(), None);
    }
}
