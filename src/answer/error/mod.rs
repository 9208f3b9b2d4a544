//! What can go wrong, and what the caller can do about it.

mod kind;
mod predicates;
mod texts;

use std::fmt;

use super::conflict::Conflict;
use super::response::Response;

pub use kind::ErrorKind;
pub(crate) use kind::is_unsure_status;

/// The result of this crate's calls.
///
/// ```
/// fn display_name(client: &xcaplib::XCAPClient) -> xcaplib::Result<String> {
///     let node = "/resource-lists/list[1]/display-name";
///     Ok(client.get("resource-lists", node, None, None)?.into_string())
/// }
/// # let (server, client) = xcaplib::testing::example()?;
/// assert!(display_name(&client).unwrap_err().is_not_found());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call failed: bad input, no answer, or an answer that is not a success.
///
/// [`kind`](Self::kind) and the `is_..` predicates tell which. The text says what happened, to
/// which request, and what to do. [`response`](Self::response) has the status, headers and body of
/// the answer, and [`conflict`](Self::conflict) has the report of a 409.
///
/// Bad input is found before anything is sent. Neither the text nor the [`Debug`](std::fmt::Debug)
/// form contains a password or an `Authorization` field.
///
/// ```
/// # let (server, client) = xcaplib::testing::example()?;
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
#[derive(thiserror::Error)]
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

impl Error {
    /// Wraps a failure of the caller's own, for a closure of
    /// [`CachedDocument::edit`](crate::CachedDocument::edit) or
    /// [`update`](crate::CachedDocument::update). Then nothing is sent, and the call returns this
    /// error as it is. Its text is that of the failure, and [`source`](std::error::Error::source)
    /// is the failure itself.
    ///
    /// ```
    /// use xcaplib::{Error, ErrorKind};
    ///
    /// let error = Error::other("no contact has this name");
    /// assert_eq!(error.kind(), ErrorKind::Other);
    /// assert_eq!(error.to_string(), "no contact has this name");
    /// ```
    #[must_use]
    pub fn other(failure: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let failure = failure.into();
        let text = failure.to_string();
        Self { source: Some(failure), ..Self::new(ErrorKind::Other, text) }
    }

    /// What kind of failure this is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The status of the server's answer, or of the answer that the client predicted. `None` if
    /// there was neither.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.answer.as_deref().map(|answer| answer.status)
    }

    /// The server's answer, if there was one.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// let error = client.get("resource-lists", None, None, None).unwrap_err();
    /// assert_eq!(error.status(), Some(404));
    /// assert_eq!(error.response().map(|answer| answer.reason()), Some("Not Found"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn response(&self) -> Option<&Response> {
        self.answer.as_deref().and_then(|answer| answer.response.as_ref())
    }

    /// The report in the body of a 409, if there is one (RFC 4825 section 11), or the predicted
    /// report.
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example()?;
    /// let client = server.client_builder("sip:alice@example.com").validate(false).build()?;
    /// let entry = "/resource-lists/list/entry";
    /// let error = client.put("resource-lists", "<list/>", entry, None, None).unwrap_err();
    /// assert_eq!(error.conflict().map(|conflict| conflict.name()), Some("cannot-insert"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn conflict(&self) -> Option<&Conflict> {
        self.answer.as_deref().and_then(|answer| answer.conflict.as_ref())
    }

    /// The line and column of the fault in the caller's body. Both count from 1, and columns are
    /// characters. `None` for every other error.
    ///
    /// ```
    /// # let client = xcaplib::XCAPClient::new("http://example.com", "alice@example.com", None)?;
    /// let error = client.put("resource-lists", "<lists/>", None, None, None).unwrap_err();
    /// assert_eq!(error.body_position(), Some((1, 1)));
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    #[must_use]
    pub fn body_position(&self) -> Option<(u32, u32)> {
        self.position
    }
}

/// The sentence, and then the kind. A `main` that returns an error prints this. `{:#?}` has all
/// that is known.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            return write!(f, "{} ({:?})", self.text, self.kind);
        }
        f.debug_struct("Error")
            .field("text", &self.text)
            .field("kind", &self.kind)
            .field("answer", &self.answer)
            .field("body_position", &self.position)
            .field("is_unsure", &self.is_unsure)
            .field("source", &self.source)
            .finish()
    }
}
