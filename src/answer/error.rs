//! What can go wrong, and what the caller can do about it.

use std::fmt;

use crate::http_types::Method;
use crate::text::{printable, printable_reason, shown_url};

use super::conflict::Conflict;
use super::request_line::RequestLine;
use super::response::Response;

/// How the text of an error ends after which it may be that a change was made. Programs look for it.
const UNSURE: &str = "whether the change was made is not known";

/// The result of this crate's calls.
///
/// ```
/// fn display_name(client: &xcaplib::XCAPClient) -> xcaplib::Result<String> {
///     let node = "/resource-lists/list[1]/display-name";
///     Ok(client.get("resource-lists", node, None, None)?.into_string())
/// }
/// # let server = xcaplib::testing::Server::start()?;
/// # let client = server.client("sip:alice@example.com")?;
/// # let document = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends"><entry uri="sip:bob@example.com"/></list></resource-lists>"#;
/// # server.set_document("resource-lists", "sip:alice@example.com", "index", document);
/// assert!(display_name(&client).unwrap_err().is_not_found());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call failed: bad input, no answer, or an answer that is no success.
///
/// [`kind`](Self::kind) and the `is_..` predicates tell which; the text says what happened, to which
/// request, and what to do. An answer's status, headers and body stay at hand in
/// [`response`](Self::response), and the report of a 409 in [`conflict`](Self::conflict).
///
/// Bad input is found before anything is sent. No text and no [`Debug`](fmt::Debug) form holds a
/// password or an `Authorization` field.
///
/// ```
/// # let server = xcaplib::testing::Server::start()?;
/// # let client = server.client("sip:alice@example.com")?;
/// # let document = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends"><entry uri="sip:bob@example.com"/></list></resource-lists>"#;
/// # server.set_document("resource-lists", "sip:alice@example.com", "index", document);
/// # let etag = client.get("resource-lists", None, None, None)?.etag().cloned().unwrap();
/// # client.put("resource-lists", "family", "/resource-lists/list/@name", None, None)?;
/// match client.delete("resource-lists", "/resource-lists/list[2]", &etag, None) {
///     Ok(_) => println!("deleted"),
///     Err(error) if error.is_not_found() => println!("it was not there"),
///     Err(error) if error.is_precondition_failed() => println!("somebody changed the document"),
///     Err(error) => return Err(error.into()),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// ```
/// use std::time::Duration;
/// use xcaplib::testing::{Fault, Server};
/// use xcaplib::{Error, ErrorKind};
///
/// let server = Server::start()?;
/// let client = server.client_builder("sip:alice@example.com").max_body(1000).retries(0).build()?;
/// let is: [(Fault, fn(&Error) -> bool); 11] = [
///     (Fault::status(303, ""), Error::is_redirect),
///     (Fault::status(304, ""), Error::is_not_modified),
///     (Fault::status(401, ""), Error::is_unauthorized),
///     (Fault::status(403, ""), Error::is_forbidden),
///     (Fault::status(404, ""), Error::is_not_found),
///     (Fault::status(409, ""), Error::is_conflict),
///     (Fault::status(412, ""), Error::is_precondition_failed),
///     (Fault::status(200, &"long".repeat(1000)), Error::is_too_large),
///     (Fault::Answer { status: 200, headers: vec![], body: b"\xff".to_vec() }, Error::is_not_utf8),
///     (Fault::status(204, ""), Error::is_malformed_response),
///     (Fault::CloseBeforeAnswer, Error::is_transport),
/// ];
/// for (fault, predicate) in is {
///     server.misbehave(1, fault);
///     let error = client.get("resource-lists", None, None, None).unwrap_err();
///     assert!(predicate(&error), "{error}");
///     // Where there was an answer it stays at hand.
///     assert_eq!(error.status(), error.response().map(|answer| answer.status()));
/// }
///
/// let late = client.request("resource-lists").timeout(Duration::ZERO).get().unwrap_err();
/// assert!(late.is_timeout() && late.is_transport() && !late.is_tls());
/// assert_eq!(late.kind(), ErrorKind::Timeout);
///
/// let refused = client.put("resource-lists", "<lists/>", None, None, None).unwrap_err();
/// assert!(refused.is_invalid_input());
/// assert_eq!(refused.body_position(), Some((1, 1)));
///
/// let empty = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
/// client.put("resource-lists", empty, None, None, None)?;
/// let twice = client.insert("resource-lists", empty, None, None, None).unwrap_err();
/// assert!(twice.is_already_exists());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
pub struct Error {
    kind: ErrorKind,
    text: String,
    answer: Option<Box<Answer>>,
    position: Option<(u32, u32)>,
    is_unsure: bool,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// What was answered, or would have been.
#[derive(Debug)]
struct Answer {
    status: u16,
    conflict: Option<Conflict>,
    response: Option<Response>,
}

/// The kinds of [`Error`]. More may come: match with a `_` arm.
///
/// ```
/// use xcaplib::ErrorKind;
/// # let server = xcaplib::testing::Server::start()?;
/// # let client = server.client("sip:alice@example.com")?;
/// let error = client.get("resource-lists", None, None, None).unwrap_err();
/// match error.kind() {
///     ErrorKind::NotFound => println!("nothing is there"),
///     ErrorKind::Timeout | ErrorKind::Transport => println!("try again later"),
///     _ => return Err(error.into()),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The caller's input cannot be sent; nothing was.
    InvalidInput,
    /// An `insert` found its target in place; the status is that of the answer that showed it.
    AlreadyExists,
    /// 304: the resource is still what the given ETag names.
    NotModified,
    /// A redirect (3xx) that is not followed.
    Redirect,
    /// 401: no credentials, or credentials that the server does not accept.
    Unauthorized,
    /// 403
    Forbidden,
    /// 404: there is no such document or node.
    NotFound,
    /// 409: the change would break the document.
    Conflict,
    /// 412: the document is not, or no longer, the one that the given ETag names.
    PreconditionFailed,
    /// Any other status that is no success.
    Status,
    /// The time for the call ran out.
    Timeout,
    /// The server's certificate or TLS is at fault, before an answer began.
    Tls,
    /// No answer, or only a part of one.
    Transport,
    /// The answer is larger than the limit.
    TooLarge,
    /// The answer to a GET is not UTF-8.
    NotUtf8,
    /// The answer is not what HTTP or XCAP allows.
    MalformedResponse,
    /// A failure of the caller's own, by [`Error::other`].
    Other,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, text: String) -> Self {
        Self { kind, text, answer: None, position: None, is_unsure: false, source: None }
    }

    /// A failure of the caller's own, for a closure of
    /// [`CachedDocument::edit`](crate::CachedDocument::edit) or
    /// [`update`](crate::CachedDocument::update): nothing is sent, and it comes back as it is. Its text
    /// is the failure's, and [`source`](std::error::Error::source) is the failure itself.
    ///
    /// ```
    /// use xcaplib::{Error, ErrorKind};
    ///
    /// let error = Error::other("no contact has this name");
    /// assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Other, "no contact has this name"));
    /// ```
    #[must_use]
    pub fn other(failure: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let failure = failure.into();
        let text = failure.to_string();
        Self { source: Some(failure), ..Self::new(ErrorKind::Other, text) }
    }

    pub(crate) fn with_response(mut self, response: Option<Response>) -> Self {
        self.answer = response.map(|response| {
            Box::new(Answer { status: response.status(), conflict: None, response: Some(response) })
        });
        self
    }

    /// Of a change: it may have been made all the same.
    pub(crate) fn unsure(mut self) -> Self {
        self.text.push_str("; ");
        self.text.push_str(UNSURE);
        Self { is_unsure: true, ..self }
    }

    pub(crate) fn invalid_input(text: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidInput, text.into())
    }

    /// A body that is refused at this line and column.
    pub(crate) fn refused_body(text: String, position: (u32, u32)) -> Self {
        Self { position: Some(position), ..Self::invalid_input(text) }
    }

    pub(crate) fn already_exists(url: &str, response: Option<Response>) -> Self {
        let text = format!("{} exists already; nothing was changed", shown_url(url));
        Self::new(ErrorKind::AlreadyExists, text).with_response(response)
    }

    /// An answer that is no success. `advice` is what this crate knows beyond the status, and
    /// `is_secret` whether the text may not repeat a server's words.
    pub(crate) fn of_answer(
        line: &RequestLine,
        response: Response,
        advice: Option<String>,
        is_secret: impl FnOnce(&str) -> bool,
    ) -> Self {
        let kind = ErrorKind::of_status(response.status());
        let mut text = format!("{line}: the server answered {}", response.status());
        if !response.reason().is_empty() {
            text.push(' ');
            text.push_str(response.reason());
        }
        let conflict = match kind {
            ErrorKind::Conflict => response.text().and_then(Conflict::parse),
            _ => None,
        };
        if let Some(more) = advice.or_else(|| conflict.as_ref().map(describe)) {
            text.push_str(": ");
            text.push_str(if is_secret(&more) {
                "what it says repeats the credentials"
            } else {
                &more
            });
        }
        let status = response.status();
        let answer = Some(Box::new(Answer { status, conflict, response: Some(response) }));
        let error = Self { answer, ..Self::new(kind, text) };
        if is_unsure_status(&line.method, status) { error.unsure() } else { error }
    }

    /// What a conforming server would refuse was not asked of one.
    pub(crate) fn predicted(
        what: &impl fmt::Display,
        status: u16,
        conflict: Option<Conflict>,
        reason: &impl fmt::Display,
    ) -> Self {
        let text = format!("{what}: not sent, the answer would be {status}: {reason}");
        let answer = Some(Box::new(Answer { status, conflict, response: None }));
        Self { answer, ..Self::new(ErrorKind::of_status(status), text) }
    }

    /// What was asked for is not in the document that the server sent.
    pub(crate) fn not_in_document(line: &RequestLine, reason: &impl fmt::Display) -> Self {
        let text = format!("{line}: not found in the document that the server sent: {reason}");
        let answer = Some(Box::new(Answer { status: 404, conflict: None, response: None }));
        Self { answer, ..Self::new(ErrorKind::NotFound, text) }
    }

    /// A change whose target another change reached first.
    pub(crate) fn target_changed(mut self) -> Self {
        self.add("what it would change is no longer what it was, so it was not tried again");
        self
    }

    /// A replacement of nothing is not made.
    pub(crate) fn nothing_to_replace(url: &str) -> Self {
        let text = format!("there is nothing to replace at {}; nothing was sent", shown_url(url));
        Self::new(ErrorKind::NotFound, text)
    }

    /// Says more. What is not known stays the end of the text.
    fn add(&mut self, more: &str) {
        let end = if self.is_unsure { UNSURE } else { "" };
        self.text.truncate(self.text.len() - end.len());
        let separator = if self.is_unsure { "" } else { "; " };
        self.text.push_str(separator);
        self.text.push_str(more);
        if self.is_unsure {
            self.text.push_str("; ");
        }
        self.text.push_str(end);
    }

    /// The same error, for a change of a node that may do as a change of the document.
    pub(crate) fn or_by_copy(mut self) -> Self {
        self.add(
            "an open copy, `client.open(..)`, puts the whole document instead, which may do it",
        );
        self
    }

    /// The same error, where changes of nodes went out before it.
    pub(crate) fn after_changes(mut self, made: usize) -> Self {
        let those = if made == 1 { "the change" } else { "the changes" };
        self.add(&format!("{those} before it, {made} in all, went through"));
        self
    }

    /// The same error, for a change that was sent in another way before: `what` was refused then.
    pub(crate) fn after(mut self, what: &str, first: &Self) -> Self {
        self.add(&format!("before that, the {what} was refused: {first}"));
        self
    }

    /// No usable answer came. `reason` says why.
    pub(crate) fn failed(
        line: &RequestLine,
        kind: ErrorKind,
        reason: &str,
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self { source, ..Self::new(kind, format!("{line}: {reason}")) }
    }

    pub(crate) fn malformed_response(
        line: Option<&RequestLine>,
        reason: String,
        response: Option<Response>,
    ) -> Self {
        let text = match line {
            Some(line) => format!("{line}: {reason}"),
            None => reason,
        };
        Self::new(ErrorKind::MalformedResponse, text).with_response(response)
    }

    pub(crate) fn not_utf8(line: &RequestLine, response: Response) -> Self {
        let text = format!(
            "{line}: the body of the answer is not UTF-8; its bytes are in the error's response"
        );
        Self::new(ErrorKind::NotUtf8, text).with_response(Some(response))
    }

    /// What kind of failure this is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The status of the server's answer, or of the answer that was predicted; `None` where there
    /// was neither.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.answer.as_deref().map(|answer| answer.status)
    }

    /// The server's answer, if there was one.
    #[must_use]
    pub fn response(&self) -> Option<&Response> {
        self.answer.as_deref().and_then(|answer| answer.response.as_ref())
    }

    /// The report in a 409's body, if it holds one (RFC 4825 section 11), or the predicted one.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// # let document = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends"><entry uri="sip:bob@example.com"/></list></resource-lists>"#;
    /// # server.set_document("resource-lists", "sip:alice@example.com", "index", document);
    /// let client = server.client_builder("sip:alice@example.com").validate(false).build()?;
    /// let error = client.put("resource-lists", "<list/>", "/resource-lists/list/entry", None, None);
    /// let error = error.unwrap_err();
    /// assert_eq!(error.conflict().map(|conflict| conflict.name()), Some("cannot-insert"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn conflict(&self) -> Option<&Conflict> {
        self.answer.as_deref().and_then(|answer| answer.conflict.as_ref())
    }

    /// The line and column of the caller's body at which it was refused, both from 1; columns are
    /// characters. `None` for every other error.
    #[must_use]
    pub fn body_position(&self) -> Option<(u32, u32)> {
        self.position
    }

    /// 404: there is no such document or node.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.kind == ErrorKind::NotFound
    }

    /// 412: the document is not, or no longer, the one that the given ETag names.
    #[must_use]
    pub fn is_precondition_failed(&self) -> bool {
        self.kind == ErrorKind::PreconditionFailed
    }

    /// 409: the change would break the document; [`conflict`](Self::conflict) may say how.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.kind == ErrorKind::Conflict
    }

    /// 401: no credentials, or credentials that the server does not accept.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.kind == ErrorKind::Unauthorized
    }

    /// 403: these credentials may not do this.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.kind == ErrorKind::Forbidden
    }

    /// 304: the resource is still what the given ETag names.
    #[must_use]
    pub fn is_not_modified(&self) -> bool {
        self.kind == ErrorKind::NotModified
    }

    /// An `insert` found its target in place.
    ///
    /// [`status`](Self::status) is that of the answer that showed it: of the GET that found
    /// something, as a rule 200, or 412 of the PUT.
    #[must_use]
    pub fn is_already_exists(&self) -> bool {
        self.kind == ErrorKind::AlreadyExists
    }

    /// A redirect that is not followed; the text names its target.
    #[must_use]
    pub fn is_redirect(&self) -> bool {
        self.kind == ErrorKind::Redirect
    }

    /// The time for the call ran out. Whether a change may have been made is told by
    /// [`is_unsure`](Self::is_unsure).
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.kind == ErrorKind::Timeout
    }

    /// No answer came, or only a part of one, timeouts and TLS failures included. Whether a change may
    /// have been made is told by [`is_unsure`](Self::is_unsure).
    #[must_use]
    pub fn is_transport(&self) -> bool {
        matches!(self.kind, ErrorKind::Transport | ErrorKind::Timeout | ErrorKind::Tls)
    }

    /// The server's certificate or TLS is at fault, before an answer began.
    ///
    /// A certificate that is refused is refused before anything is sent. A fault that may have come
    /// later [leaves it unknown](Self::is_unsure) whether a change was made.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.kind == ErrorKind::Tls
    }

    /// Whether the change was made is not known: a PUT or DELETE went out, and no answer tells what
    /// became of it.
    ///
    /// Set where the text says it, and nowhere else. 502 and 504 of a PUT or DELETE are among them:
    /// they are the words of a gateway that does not know. To find out, read again; to send again
    /// what may have been done, guard it with an ETag.
    ///
    /// ```
    /// use xcaplib::testing::{Fault, Server};
    ///
    /// let server = Server::start()?;
    /// let client = server.client("sip:alice@example.com")?;
    /// let empty = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
    /// server.misbehave(2, Fault::CloseBeforeAnswer);
    /// let lost = client.put("resource-lists", empty, None, None, None).unwrap_err();
    /// assert!(lost.is_unsure() && lost.to_string().ends_with("is not known"));
    /// let refused = client.put("resource-lists", "<lists/>", None, None, None).unwrap_err();
    /// assert!(!refused.is_unsure());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn is_unsure(&self) -> bool {
        self.is_unsure
    }

    /// The caller's input cannot be sent; nothing was.
    #[must_use]
    pub fn is_invalid_input(&self) -> bool {
        self.kind == ErrorKind::InvalidInput
    }

    /// The answer is larger than the client's limit.
    ///
    /// Where its body is, [`status`](Self::status) and the headers of [`response`](Self::response)
    /// are the answer's, whatever the status, and the response's body is empty.
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        self.kind == ErrorKind::TooLarge
    }

    /// The answer to a GET is not UTF-8; [`response`](Self::response) has its bytes.
    #[must_use]
    pub fn is_not_utf8(&self) -> bool {
        self.kind == ErrorKind::NotUtf8
    }

    /// The answer is not what HTTP or XCAP allows.
    #[must_use]
    pub fn is_malformed_response(&self) -> bool {
        self.kind == ErrorKind::MalformedResponse
    }
}

impl ErrorKind {
    fn of_status(status: u16) -> Self {
        match status {
            304 => Self::NotModified,
            300..=399 => Self::Redirect,
            401 => Self::Unauthorized,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            409 => Self::Conflict,
            412 => Self::PreconditionFailed,
            _ => Self::Status,
        }
    }
}

/// A gateway that got no answer of the server's does not know what became of a change.
pub(crate) fn is_unsure_status(method: &Method, status: u16) -> bool {
    *method != Method::GET && matches!(status, 502 | 504)
}

/// The xcap-error in one line.
fn describe(conflict: &Conflict) -> String {
    let mut text = conflict.name().to_owned();
    if let Some(phrase) = conflict.phrase() {
        text.push_str(&format!(" (\"{}\")", printable(phrase)));
    }
    if let Some(ancestor) = conflict.ancestor() {
        text.push_str(&format!("; the closest ancestor that exists is {}", printable(ancestor)));
    }
    for exists in conflict.exists() {
        text.push_str(&format!("; the value of {} is taken", printable(&exists.field)));
        if !exists.alt_values.is_empty() {
            let values: Vec<_> = exists.alt_values.iter().take(5).map(|v| printable(v)).collect();
            text.push_str(&format!(", free would be {}", values.join(", ")));
        }
    }
    // The list of taken values is the server's to make long.
    printable_reason(&text)
}
