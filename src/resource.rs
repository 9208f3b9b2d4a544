//! What a server answered: a [`Response`], and the [`Resource`] that a GET found.

use std::borrow::Cow;
use std::fmt;

use crate::application::Application;
use crate::bindings;
use crate::conflict::Conflict;
use crate::error::{Error, Result};
use crate::etag::ETag;
use crate::selector::{NodeSelector, Terminal};
use crate::transport::http::header::CONTENT_TYPE;
use crate::transport::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use crate::xml;

/// A server's answer: status, headers and body.
///
/// [`Debug`](fmt::Debug) shows the status, the ETag and the body's length, never its text.
///
/// ```
/// # let server = xcaplib::testing::Server::start()?;
/// # let client = server.client("sip:alice@example.com")?;
/// let empty = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
/// let response = client.put("resource-lists", empty, None, None, None)?;
/// assert_eq!((response.status(), response.reason()), (201, "Created"));
/// assert!(response.is_created());
/// assert!(response.etag().is_some());
/// assert_eq!(response.header("Content-Length"), Some("0"));
/// assert!(response.headers().any(|(name, _)| name == "etag"));
/// assert_eq!((response.body(), response.text()), (&b""[..], Some("")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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

    /// The report that a 409 brings, if its body holds one (RFC 4825 section 11). It is looked for at
    /// each call, since only [`send_raw`](crate::Request::send_raw) gives such an answer; elsewhere it
    /// is in [`Error::conflict`](crate::Error::conflict).
    ///
    /// ```
    /// use xcaplib::Method;
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// let request = client.request("resource-lists").node("/resource-lists/list");
    /// let answer = request.send_raw(Method::Put, Some(b"<list/>"))?;
    /// assert_eq!(answer.status(), 409);
    /// assert_eq!(answer.conflict().map(|conflict| conflict.name().to_owned()).as_deref(), Some("no-parent"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn conflict(&self) -> Option<Conflict> {
        self.text().filter(|_| self.status == 409).and_then(Conflict::parse)
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
///
/// ```
/// use xcaplib::ResourceKind;
/// # let server = xcaplib::testing::Server::start()?;
/// # let client = server.client("sip:alice@example.com")?;
/// # let document = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends"><entry uri="sip:bob@example.com"/></list></resource-lists>"#;
/// # server.set_document("resource-lists", "sip:alice@example.com", "index", document);
/// let name = client.get("resource-lists", "/resource-lists/list/@name", None, None)?;
/// assert_eq!(name.kind(), ResourceKind::Attribute);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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

impl ResourceKind {
    /// What a selector points at.
    pub(crate) fn of(selector: &NodeSelector) -> Self {
        match selector.terminal() {
            None => Self::Element,
            Some(Terminal::Attribute(_)) => Self::Attribute,
            Some(Terminal::Namespaces) => Self::NamespaceBindings,
        }
    }

    /// The media type that RFC 4825 gives it (sections 7.1 to 7.10); of a document, its application
    /// usage's.
    pub(crate) fn media_type(self, application: &Application) -> &str {
        match self {
            Self::Document => &application.media_type,
            Self::Element => "application/xcap-el+xml",
            Self::Attribute => "application/xcap-att+xml",
            Self::NamespaceBindings => "application/xcap-ns+xml",
        }
    }
}

/// What a GET found: its text, and the ETag of its document.
///
/// It compares with `&str` and prints as its text.
///
/// ```
/// use xcaplib::ResourceKind;
/// # let server = xcaplib::testing::Server::start()?;
/// # let client = server.client("sip:alice@example.com")?;
/// # let document = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends"><entry uri="sip:bob@example.com"/></list></resource-lists>"#;
/// # server.set_document("resource-lists", "sip:alice@example.com", "index", document);
/// let entry = client.get("resource-lists", "/resource-lists/list/entry", None, None)?;
/// assert_eq!(entry, r#"<entry uri="sip:bob@example.com"/>"#);
/// assert_eq!(entry.as_str().as_bytes(), entry.as_bytes());
/// assert_eq!(entry.content_type(), Some("application/xcap-el+xml"));
/// assert_eq!((entry.kind(), entry.response().status()), (ResourceKind::Element, 200));
///
/// // It guards the next change of any part of the document.
/// let deleted = client.delete("resource-lists", "/resource-lists/list", entry.etag(), None);
/// assert!(deleted.is_ok());
/// println!("{}", entry.into_string());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// # let document = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends"><entry uri="sip:bob@example.com"/></list></resource-lists>"#;
    /// # server.set_document("resource-lists", "sip:alice@example.com", "index", document);
    /// let uri = client.get("resource-lists", "/resource-lists/list/entry[1]/@uri", None, None)?;
    /// assert_eq!(uri.as_str(), "\"sip:bob@example.com\"");
    /// assert_eq!(uri.attribute_value().as_deref(), Some("sip:bob@example.com"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
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
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// # let document = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends"><entry uri="sip:bob@example.com"/></list></resource-lists>"#;
    /// # server.set_document("resource-lists", "sip:alice@example.com", "index", document);
    /// let node = "/resource-lists/list/namespace::*";
    /// let bindings = client.get("resource-lists", node, None, None)?.namespace_bindings()?;
    /// let lists = "urn:ietf:params:xml:ns:resource-lists";
    /// assert_eq!(bindings, [(String::new(), lists.to_owned())]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
        bindings::read(self.as_str())
            .map_err(|fault| malformed(format!("{} at {}", fault.reason, fault.position)))
    }

    /// The whole answer.
    #[must_use]
    pub fn response(&self) -> &Response {
        &self.response
    }
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
    fn bindings_are_those_of_an_answer_to_their_selector() {
        let body = r#"<baz xmlns="urn:test:one" xmlns:ns1="urn:test:two"/>"#;
        let bindings =
            resource(ResourceKind::NamespaceBindings, body).namespace_bindings().unwrap();
        let expected = [("", "urn:test:one"), ("ns1", "urn:test:two")];
        assert_eq!(bindings, expected.map(|(p, u)| (p.to_owned(), u.to_owned())));

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
