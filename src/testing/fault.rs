//! Misbehaviour on demand.

use std::collections::VecDeque;
use std::time::Duration;

/// What goes wrong with a request, for
/// [`Server::misbehave`](crate::testing::Server::misbehave).
///
/// ```
/// use xcaplib::testing::{Fault, Server};
///
/// let server = Server::start()?;
/// let client = server.client("alice@example.com")?;
/// server.misbehave(1, Fault::NotUtf8);
/// assert!(client.capabilities().unwrap_err().is_not_utf8());
/// server.misbehave(1, Fault::CloseInAnswer);
/// assert!(client.capabilities().unwrap_err().is_transport());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Sends this answer, whatever the request is. Nothing is looked up or changed. The body is a
    /// whole one: `Content-Length` is added. [`Fault::status`] makes a plain answer.
    Answer {
        /// The status.
        status: u16,
        /// The header fields, without those that frame the answer.
        headers: Vec<(String, String)>,
        /// The body.
        body: Vec<u8>,
    },
    /// Sends the right answer, but only after this time. The server does not look at the request
    /// before.
    Delay(Duration),
    /// Closes the connection after it has read the request. Nothing is changed.
    CloseBeforeAnswer,
    /// Carries the request out, and closes the connection in the middle of the answer: of its body,
    /// or of its head if there is no body.
    CloseInAnswer,
    /// Carries the request out, and closes the connection without an answer.
    CloseAfterChange,
    /// Sends the right answer with a `Content-Length` that is larger than the body, and then closes
    /// the connection.
    LengthTooLong,
    /// Sends the right answer with a `Content-Length` that is smaller than the body, and then
    /// closes the connection. An empty body gets some bytes to exceed it.
    LengthTooShort,
    /// Sends the right answer with bytes at the end of its body that are not UTF-8.
    NotUtf8,
}

impl Fault {
    /// An answer with this status and a plain text.
    ///
    /// ```
    /// use xcaplib::testing::Fault;
    ///
    /// let Fault::Answer { status, body, .. } = Fault::status(503, "closed") else { panic!() };
    /// assert_eq!((status, body.as_slice()), (503, &b"closed"[..]));
    /// ```
    #[must_use]
    pub fn status(status: u16, text: &str) -> Self {
        Self::Answer {
            status,
            headers: vec![("Content-Type".to_owned(), "text/plain; charset=utf-8".to_owned())],
            body: text.as_bytes().to_vec(),
        }
    }
}

/// The faults to come, in the order in which they were requested.
#[derive(Debug, Default)]
pub(super) struct Faults(VecDeque<(usize, Fault)>);

impl Faults {
    pub(super) fn add(&mut self, requests: usize, fault: Fault) {
        if requests > 0 {
            self.0.push_back((requests, fault));
        }
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// The fault of the next request.
    pub(super) fn next(&mut self) -> Option<Fault> {
        let (left, fault) = self.0.front_mut()?;
        *left -= 1;
        if *left > 0 {
            return Some(fault.clone());
        }
        self.0.pop_front().map(|(_, fault)| fault)
    }
}
