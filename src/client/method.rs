//! The methods of XCAP.

/// The methods of XCAP (RFC 4825 section 7), for [`Request::send_raw`](crate::Request::send_raw).
///
/// ```
/// use xcaplib::Method;
/// # let server = xcaplib::testing::Server::start()?;
/// # let client = server.client("sip:alice@example.com")?;
/// let answer = client.request("resource-lists").send_raw(Method::Get, None)?;
/// assert_eq!(answer.status(), 404);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Fetch a document, element, attribute or set of namespace bindings.
    Get,
    /// Create or replace a document, element or attribute.
    Put,
    /// Delete a document, element or attribute.
    Delete,
}
