//! Requests for which a 404 is not an error.

use crate::answer::{Resource, Result};

use super::request::Request;

impl<'c> Request<'c> {
    /// Makes [`get`](OptionalRequest::get) return `None` if nothing is there.
    pub fn optional(self) -> OptionalRequest<'c> {
        OptionalRequest(self)
    }
}

/// A [`Request`] for which a 404 is not an error.
///
/// ```
/// # let server = xcaplib::testing::Server::start()?;
/// # let client = server.client("sip:alice@example.com")?;
/// match client.request("pres-rules").optional().get()? {
///     Some(rules) => println!("{rules}"),
///     None => println!("there are no rules yet"),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct OptionalRequest<'c>(Request<'c>);

impl OptionalRequest<'_> {
    /// Fetches the document or node. Returns `None` if the server answers 404.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// assert!(client.request("pres-rules").optional().get()?.is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`XCAPClient::get`](crate::XCAPClient::get), except for a 404.
    pub fn get(self) -> Result<Option<Resource>> {
        none_if_missing(self.0.get())
    }
}

/// Turns the error of a missing resource into `None`.
pub(super) fn none_if_missing<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}
