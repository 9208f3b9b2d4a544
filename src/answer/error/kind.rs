//! The kinds of errors.

use crate::http_types::Method;

/// The kinds of [`Error`](crate::Error). More may come: match with a `_` arm.
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
    /// The caller's input cannot be sent; nothing was sent.
    InvalidInput,
    /// An `insert` found that its target exists. The status is that of the answer that showed it.
    AlreadyExists,
    /// 304: the resource still has the given ETag.
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
    /// 412: the document does not, or no longer, have the given ETag.
    PreconditionFailed,
    /// Any other status that is not a success.
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
    /// A failure of the caller's own, made by [`Error::other`](crate::Error::other).
    Other,
}

impl ErrorKind {
    pub(super) fn of_status(status: u16) -> Self {
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

/// A gateway that got no answer from the server does not know whether the change was made.
pub(crate) fn is_unsure_status(method: &Method, status: u16) -> bool {
    *method != Method::GET && matches!(status, 502 | 504)
}
