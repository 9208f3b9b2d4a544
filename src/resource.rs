//! What a server answered: a [`Response`], and the [`Resource`] that a GET found.

use std::borrow::Cow;
use std::fmt;

use crate::error::{Error, Result};
use crate::etag::ETag;
use crate::transport::http::header::CONTENT_TYPE;
use crate::transport::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use crate::xml::{self, Fault};

/// A server's answer: status, headers and body.
///
/// [`Debug`](fmt::Debug) shows the status, the ETag and the body's length, never its text.
#[derive(Clone)]
pub struct Response {
    status: u16,
    headers: HeaderMap,
    etag: Option<ETag>,
    body: Body,
}

/// A body, looked at once.
#[derive(Clone)]
enum Body {
    Text(String),
    Bytes(Vec<u8>),
}

impl Response {
    pub(crate) fn new(status: u16, headers: HeaderMap, etag: Option<ETag>, body: Vec<u8>) -> Self {
        let body = String::from_utf8(body).map_or_else(|e| Body::Bytes(e.into_bytes()), Body::Text);
        Self { status, headers, etag, body }
    }

    /// The status code, from 100 to 999.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The reason phrase that HTTP gives the status, empty for a status it does not know.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        StatusCode::from_u16(self.status).ok().and_then(|s| s.canonical_reason()).unwrap_or("")
    }

    /// Whether the change created what it was sent to (201) rather than replaced it.
    #[must_use]
    pub fn is_created(&self) -> bool {
        self.status == 201
    }

    /// The ETag of the document after this exchange, where the server sent one.
    ///
    /// After a change it guards the next one (RFC 4825 section 7.11).
    #[must_use]
    pub fn etag(&self) -> Option<&ETag> {
        self.etag.as_ref()
    }

    /// The first field of this name, whatever the case of either.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| std::str::from_utf8(value.as_bytes()).ok())
    }

    /// All fields of this name, for the parsers of this crate.
    pub(crate) fn header_bytes(&self, name: HeaderName) -> impl Iterator<Item = &[u8]> {
        self.headers.get_all(name).into_iter().map(HeaderValue::as_bytes)
    }

    /// All fields, names in lower case. Bytes that are not UTF-8 are shown as Latin-1.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().filter_map(|(name, value)| {
            Some((name.as_str(), std::str::from_utf8(value.as_bytes()).ok()?))
        })
    }

    /// The body, byte for byte; empty where there was none.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        match &self.body {
            Body::Text(text) => text.as_bytes(),
            Body::Bytes(bytes) => bytes,
        }
    }

    /// The body as text, or `None` where it is not UTF-8.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.body {
            Body::Text(text) => Some(text),
            Body::Bytes(_) => None,
        }
    }

    fn into_text(self) -> String {
        match self.body {
            Body::Text(text) => text,
            Body::Bytes(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// Whether the body is a web page, by its media type.
    pub(crate) fn is_html(&self) -> bool {
        let media_type = self.headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
        let essence = media_type.and_then(|field| field.split(|byte| *byte == b';').next());
        essence.is_some_and(|found| found.trim_ascii().eq_ignore_ascii_case(b"text/html"))
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("etag", &self.etag)
            .field("content_type", &self.header("content-type"))
            .field("body", &format_args!("{} bytes", self.body().len()))
            .finish()
    }
}

/// What kind of node a resource is, known from what was asked for (RFC 4825 section 8.3): servers
/// differ in the media types they answer with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ResourceKind {
    /// A whole document.
    Document,
    /// One element with all that it holds.
    Element,
    /// The value of one attribute.
    Attribute,
    /// The namespace bindings in scope at an element.
    NamespaceBindings,
}

/// What a GET found: its text, and the ETag of its document.
///
/// It compares with `&str` and prints as its text.
#[derive(Clone)]
pub struct Resource {
    kind: ResourceKind,
    response: Response,
}

impl Resource {
    /// The caller has looked at the body: it is text.
    pub(crate) fn new(kind: ResourceKind, response: Response) -> Self {
        Self { kind, response }
    }

    /// A part of the document that this resource is.
    pub(crate) fn part(self, kind: ResourceKind, text: String) -> Self {
        Self { kind, response: Response { body: Body::Text(text), ..self.response } }
    }

    /// The text, exactly as the server sent it.
    ///
    /// For an attribute that is an `AttValue`: quoted by most servers, bare from some. Its value is
    /// [`attribute_value`](Self::attribute_value).
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.response.text().unwrap_or_default()
    }

    /// The bytes of the text.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.response.body()
    }

    /// The text, without a copy.
    #[must_use]
    pub fn into_string(self) -> String {
        self.response.into_text()
    }

    /// The ETag of the document that the resource is part of (RFC 4825 section 8.5).
    #[must_use]
    pub fn etag(&self) -> Option<&ETag> {
        self.response.etag()
    }

    /// The media type as the server sent it, parameters included.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.response.header("content-type")
    }

    /// What was asked for.
    #[must_use]
    pub fn kind(&self) -> ResourceKind {
        self.kind
    }

    /// The value of an attribute: its quotes removed where it has them, its references resolved.
    ///
    /// `None` for what is no attribute. A value with a `&` that begins no reference, as servers that
    /// do not escape send it, is given as it stands.
    ///
    /// ```no_run
    /// # let client = xcaplib::XCAPClient::new("https://xcap.example.com", "sip:alice@example.com", None)?;
    /// let uri = client.get("resource-lists", "/resource-lists/list/entry[2]/@uri", None, None)?;
    /// assert_eq!(uri.attribute_value().as_deref(), Some("sip:nancy@example.com"));
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    #[must_use]
    pub fn attribute_value(&self) -> Option<Cow<'_, str>> {
        if self.kind != ResourceKind::Attribute {
            return None;
        }
        let text = self.as_str();
        let value = unquoted(text).unwrap_or(text);
        Some(xml::resolve_references(value).unwrap_or(Cow::Borrowed(value)))
    }

    /// The prefixes and namespace URIs of an `application/xcap-ns+xml` answer (RFC 4825
    /// section 10); the default namespace has the prefix `""`.
    ///
    /// What OpenXCAP sends, `<{urn:x}list  xmlns="urn:x"/>` with nothing escaped, is understood too.
    ///
    /// # Errors
    ///
    /// [`is_malformed_response`](Error::is_malformed_response) where the answer is not one element
    /// with declarations, or this resource is no set of namespace bindings.
    pub fn namespace_bindings(&self) -> Result<Vec<(String, String)>> {
        let malformed = |reason: String| {
            Error::malformed_response(
                None,
                format!("namespace bindings: {reason}"),
                Some(self.response.clone()),
            )
        };
        if self.kind != ResourceKind::NamespaceBindings {
            return Err(malformed("the resource is not the answer to `namespace::*`".to_owned()));
        }
        let text = self.as_str();
        strict_bindings(text).or_else(|fault| {
            loose_bindings(text)
                .ok_or_else(|| malformed(format!("{} at {}", fault.reason, fault.position)))
        })
    }

    /// The whole answer.
    #[must_use]
    pub fn response(&self) -> &Response {
        &self.response
    }
}

/// Prefixes and namespace URIs.
type Bindings = Vec<(String, String)>;

fn strict_bindings(text: &str) -> Result<Bindings, Fault> {
    let document = xml::parse(text)?;
    let bindings = document.root_element().namespaces();
    Ok(bindings
        .filter(|ns| ns.name() != Some("xml"))
        .map(|ns| (ns.name().unwrap_or_default().to_owned(), ns.uri().to_owned()))
        .collect())
}

/// The bindings of a tag that a server wrote without an XML library: its name may have the namespace
/// in braces before it, and a URI may stand as it is.
fn loose_bindings(text: &str) -> Option<Bindings> {
    let tag = text.trim_matches(xml::is_whitespace).strip_prefix('<')?.strip_suffix("/>")?;
    let mut rest = behind_name(tag)?;
    let mut bindings = Vec::new();
    while !rest.is_empty() {
        let inside = rest.strip_prefix(xml::is_whitespace)?.trim_start_matches(xml::is_whitespace);
        if inside.is_empty() {
            break;
        }
        let (declared, value) = inside.split_once('=')?;
        let prefix = match declared.strip_prefix("xmlns")? {
            "" => "",
            prefix => prefix.strip_prefix(':').filter(|prefix| xml::is_ncname(prefix))?,
        };
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (uri, after) = value.strip_prefix(quote)?.split_once(quote)?;
        let uri = xml::resolve_references(uri).unwrap_or(Cow::Borrowed(uri));
        bindings.push((prefix.to_owned(), uri.into_owned()));
        rest = after;
    }
    bindings.retain(|(prefix, _)| prefix != "xml");
    Some(bindings)
}

/// What stands behind a name, which may have its namespace in braces before it.
fn behind_name(tag: &str) -> Option<&str> {
    let Some(braced) = tag.strip_prefix('{') else {
        return behind_ncname(tag);
    };
    // The namespace may hold a brace itself.
    braced.match_indices('}').find_map(|(at, _)| {
        let rest = behind_ncname(braced.get(at + 1..)?)?;
        (rest.is_empty() || rest.starts_with(xml::is_whitespace)).then_some(rest)
    })
}

fn behind_ncname(text: &str) -> Option<&str> {
    let length = xml::ncname_len(text);
    text.get(length..).filter(|_| length > 0)
}

/// The text between the quotes of an `AttValue`.
pub(crate) fn unquoted(text: &str) -> Option<&str> {
    ['"', '\''].into_iter().find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote))
}

impl AsRef<[u8]> for Resource {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl AsRef<str> for Resource {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resource")
            .field("kind", &self.kind)
            .field("response", &self.response)
            .finish()
    }
}

impl PartialEq<str> for Resource {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Resource {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(kind: ResourceKind, body: &str) -> Resource {
        Resource::new(kind, Response::new(200, HeaderMap::new(), None, body.into()))
    }

    #[test]
    fn attribute_values_are_unquoted_and_unescaped() {
        for (body, value) in [
            ("\"sip:a@b\"", "sip:a@b"),
            ("'say \"hi\"'", "say \"hi\""),
            ("sip:a@b", "sip:a@b"),
            ("\"a&amp;b&#65;\"", "a&bA"),
            ("a&b", "a&b"),
            ("\"\"", ""),
            ("", ""),
            ("\"", "\""),
        ] {
            let resource = resource(ResourceKind::Attribute, body);
            assert_eq!(resource.attribute_value().unwrap(), value, "{body}");
            assert_eq!(resource, body);
        }
        assert_eq!(resource(ResourceKind::Element, "<a/>").attribute_value(), None);
    }

    #[test]
    fn bindings_are_read_from_the_element() {
        let body = r#"<baz xmlns="urn:test:one" xmlns:ns1="urn:test:two"/>"#;
        let bindings =
            resource(ResourceKind::NamespaceBindings, body).namespace_bindings().unwrap();
        let expected = [("", "urn:test:one"), ("ns1", "urn:test:two")];
        assert_eq!(bindings, expected.map(|(p, u)| (p.to_owned(), u.to_owned())));

        for (body, expected) in [
            (r#"<{urn:x}list  xmlns="urn:x"/>"#, vec![("", "urn:x")]),
            (
                "\n<{u}}a}list  xmlns:p='a&b' xmlns=\"a&amp;<b\"/> ",
                vec![("p", "a&b"), ("", "a&<b")],
            ),
            ("<{urn:x}list  />", vec![]),
            (r#"<list  xmlns:p="a&b"/>"#, vec![("p", "a&b")]),
        ] {
            let found =
                resource(ResourceKind::NamespaceBindings, body).namespace_bindings().unwrap();
            let expected: Vec<_> =
                expected.iter().map(|(p, u)| ((*p).to_owned(), (*u).to_owned())).collect();
            assert_eq!(found, expected, "{body}");
        }
        for body in [
            "<{urn:x}  xmlns='u'/>",
            "<{urn:x}list  xmlns='u'>",
            "<{urn:x}list  xmlns='u/>",
            "<{urn:x}list  a='u'/>",
            "<{urn:x}list  xmlns:='u'/>",
            "<{urn:x}list xmlns='u'xmlns:a='u'/>",
            "<{urn:x",
            "",
        ] {
            let result = resource(ResourceKind::NamespaceBindings, body).namespace_bindings();
            assert!(result.unwrap_err().is_malformed_response(), "{body}");
        }

        let error = resource(ResourceKind::NamespaceBindings, "<{urn:x}list  xmlns=../>")
            .namespace_bindings()
            .unwrap_err();
        assert!(error.is_malformed_response());
        assert_eq!(
            error.to_string(),
            "namespace bindings: an XML name is expected here: it begins with a letter or `_` and has one colon at most; a bare `<` is written `&lt;` at 1:2"
        );
        let error = resource(ResourceKind::Element, "<a/>").namespace_bindings().unwrap_err();
        assert_eq!(
            error.to_string(),
            "namespace bindings: the resource is not the answer to `namespace::*`"
        );
    }
}
