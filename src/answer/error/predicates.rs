//! The predicates of an error.

use super::{Error, ErrorKind};

/// The predicates, one for each kind of failure.
///
/// ```
/// use std::time::Duration;
/// use xcaplib::testing::{Fault, Server};
/// use xcaplib::{Error, ErrorKind};
///
/// let server = Server::start()?;
/// let client = server.client_builder("sip:alice@example.com").max_body(1000).retries(0).build()?;
/// let not_utf8 = Fault::Answer { status: 200, headers: vec![], body: b"\xff".to_vec() };
/// let is: [(Fault, fn(&Error) -> bool); 11] = [
///     (Fault::status(303, ""), Error::is_redirect),
///     (Fault::status(304, ""), Error::is_not_modified),
///     (Fault::status(401, ""), Error::is_unauthorized),
///     (Fault::status(403, ""), Error::is_forbidden),
///     (Fault::status(404, ""), Error::is_not_found),
///     (Fault::status(409, ""), Error::is_conflict),
///     (Fault::status(412, ""), Error::is_precondition_failed),
///     (Fault::status(200, &"long".repeat(1000)), Error::is_too_large),
///     (not_utf8, Error::is_not_utf8),
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
///
/// let empty = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
/// client.put("resource-lists", empty, None, None, None)?;
/// let twice = client.insert("resource-lists", empty, None, None, None).unwrap_err();
/// assert!(twice.is_already_exists());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl Error {
    /// 404: there is no such document or node.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.kind == ErrorKind::NotFound
    }

    /// 412: the document does not, or no longer, have the given ETag.
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

    /// 304: the resource still has the given ETag.
    #[must_use]
    pub fn is_not_modified(&self) -> bool {
        self.kind == ErrorKind::NotModified
    }

    /// An `insert` found that its target exists.
    ///
    /// [`status`](Self::status) is that of the answer that showed it: usually 200 of the GET that
    /// found something, or 412 of the PUT.
    #[must_use]
    pub fn is_already_exists(&self) -> bool {
        self.kind == ErrorKind::AlreadyExists
    }

    /// A redirect that is not followed. The text names its target.
    #[must_use]
    pub fn is_redirect(&self) -> bool {
        self.kind == ErrorKind::Redirect
    }

    /// The time for the call ran out. [`is_unsure`](Self::is_unsure) says whether a change may have
    /// been made.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.kind == ErrorKind::Timeout
    }

    /// No answer came, or only a part of one. Timeouts and TLS failures count as well.
    /// [`is_unsure`](Self::is_unsure) says whether a change may have been made.
    #[must_use]
    pub fn is_transport(&self) -> bool {
        matches!(self.kind, ErrorKind::Transport | ErrorKind::Timeout | ErrorKind::Tls)
    }

    /// The server's certificate or TLS is at fault, before an answer began.
    ///
    /// A certificate is refused before anything is sent. After a fault that may have come later, it
    /// [is not known](Self::is_unsure) whether a change was made.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.kind == ErrorKind::Tls
    }

    /// It is not known whether the change was made: a PUT or DELETE went out, and no answer tells
    /// what became of it.
    ///
    /// This is true if the text says so, and for no other error. A 502 or 504 in answer to a PUT or
    /// DELETE is one of these, because a gateway that sends it does not know. To find out, read
    /// again. To send the change again, guard it with an ETag, since it may have been made.
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

    /// The caller's input cannot be sent; nothing was sent.
    #[must_use]
    pub fn is_invalid_input(&self) -> bool {
        self.kind == ErrorKind::InvalidInput
    }

    /// The answer is larger than the client's limit.
    ///
    /// If only the body is too large, [`status`](Self::status) and the headers of
    /// [`response`](Self::response) are those of the answer, whatever the status. The body of the
    /// response is empty.
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
