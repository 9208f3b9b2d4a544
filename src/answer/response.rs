//! What a server answered.

use std::fmt;

use crate::http_types::header::{CONTENT_TYPE, TRANSFER_ENCODING};
use crate::http_types::{HeaderMap, HeaderName, HeaderValue, StatusCode, text_of};

use super::conflict::Conflict;
use super::etag::ETag;

/// A server's answer: status, headers and body.
///
/// [`Debug`](fmt::Debug) shows the status, the ETag and the length of the body, but never its text.
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
    reason_text: Option<String>,
}

/// A body. Whether it is text is found out once.
#[derive(Clone)]
enum Body {
    Text(String),
    Bytes(Vec<u8>),
}

impl Response {
    pub(crate) fn new(status: u16, headers: HeaderMap, etag: Option<ETag>, body: Vec<u8>) -> Self {
        let body = String::from_utf8(body).map_or_else(|e| Body::Bytes(e.into_bytes()), Body::Text);
        Self { status, headers, etag, body, reason_text: None }
    }

    /// The status code, from 100 to 999.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The reason phrase that HTTP gives the status. It is empty for a status that HTTP does not
    /// know.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        StatusCode::from_u16(self.status).ok().and_then(|s| s.canonical_reason()).unwrap_or("")
    }

    /// What is known about why the status is not a success, in a sentence without URL and status.
    /// `None` for a success, and if nothing more is known than the status.
    ///
    /// The text of an [`Error`](crate::Error) has this sentence after the status: why credentials
    /// were refused or not sent, where a redirect leads that was not followed, what an xcap-error
    /// wants (RFC 4825 section 11), which ETag a condition named. It contains no password, and a
    /// server's words in it cannot control a terminal.
    ///
    /// ```
    /// use xcaplib::Method;
    /// # let (server, client) = xcaplib::testing::example()?;
    /// let request = client.request("resource-lists").if_match("abc");
    /// let answer = request.send_raw(Method::Delete, None)?;
    /// assert_eq!(answer.status(), 412);
    /// let text = "the document is not the one with the ETag \"abc\"; fetch it again";
    /// assert_eq!(answer.reason_text(), Some(text));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn reason_text(&self) -> Option<&str> {
        self.reason_text.as_deref()
    }

    pub(crate) fn with_reason_text(self, reason_text: Option<String>) -> Self {
        Self { reason_text, ..self }
    }

    /// Whether the change created its target (201), rather than replaced it.
    #[must_use]
    pub fn is_created(&self) -> bool {
        self.status == 201
    }

    /// The ETag of the document after this exchange, if the server sent one.
    ///
    /// After a change it guards the next one (RFC 4825 section 7.11).
    ///
    /// **If you pass a `None` to a change, nothing guards it**: the change goes out without a
    /// condition, and overwrites what others did. To prevent that, use
    /// [`require_etag`](Self::require_etag).
    #[must_use]
    pub fn etag(&self) -> Option<&ETag> {
        self.etag.as_ref()
    }

    /// The first field of this name, in whatever case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| std::str::from_utf8(value.as_bytes()).ok())
    }

    /// All fields of this name, for the parsers of this crate.
    pub(crate) fn header_bytes(&self, name: HeaderName) -> impl Iterator<Item = &[u8]> {
        self.headers.get_all(name).into_iter().map(HeaderValue::as_bytes)
    }

    /// All fields, for the log.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&HeaderName, &HeaderValue)> {
        self.headers.iter()
    }

    /// All fields, with their names in lower case. Bytes that are not UTF-8 are shown as Latin-1.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().filter_map(|(name, value)| {
            Some((name.as_str(), std::str::from_utf8(value.as_bytes()).ok()?))
        })
    }

    /// The body, byte for byte. It is empty if there was none.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        match &self.body {
            Body::Text(text) => text.as_bytes(),
            Body::Bytes(bytes) => bytes,
        }
    }

    /// The body as text, or `None` if it is not UTF-8.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.body {
            Body::Text(text) => Some(text),
            Body::Bytes(_) => None,
        }
    }

    /// The report in the body of a 409, if there is one (RFC 4825 section 11). It is parsed at each
    /// call. Only [`send_raw`](crate::Request::send_raw) returns a 409 as an answer; after any
    /// other call the report is in [`Error::conflict`](crate::Error::conflict).
    ///
    /// ```
    /// use xcaplib::Method;
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// let request = client.request("resource-lists").node("/resource-lists/list");
    /// let answer = request.send_raw(Method::Put, Some(b"<list/>"))?;
    /// assert_eq!(answer.status(), 409);
    /// assert!(answer.conflict().is_some_and(|conflict| conflict.name() == "no-parent"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn conflict(&self) -> Option<Conflict> {
        self.text().filter(|_| self.status == 409).and_then(Conflict::parse)
    }

    /// The same answer with another body.
    pub(super) fn with_text(self, text: String) -> Self {
        Self { body: Body::Text(text), ..self }
    }

    pub(super) fn into_text(self) -> String {
        match self.body {
            Body::Text(text) => text,
            Body::Bytes(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// The transfer codings of the body, if the client did not undo all of them. The bytes of the
    /// body are then not the server's text (RFC 9112 section 6.1).
    pub(crate) fn foreign_coding(&self) -> Option<String> {
        let fields: Vec<_> = self.header_bytes(TRANSFER_ENCODING).map(text_of).collect();
        let codings = fields.join(", ");
        let is = |coding: &&str, name: &str| coding.trim().eq_ignore_ascii_case(name);
        let (chunked, others): (Vec<_>, Vec<_>) =
            codings.split(',').partition(|coding| is(coding, "chunked"));
        // The first version of HTTP/1.1 says that `identity` means no coding at all.
        let is_undone = chunked.len() < 2 && others.iter().all(|c| is(c, "") || is(c, "identity"));
        (!is_undone).then_some(codings)
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
