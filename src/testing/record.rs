//! The requests that a server got.

use std::collections::VecDeque;
use std::fmt;

use super::http::Request;

/// How many requests are remembered, and how many bytes of their bodies. The oldest are forgotten
/// first.
const MAX_REQUESTS: usize = 10_000;
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// A request that a server has read, as it came.
///
/// ```
/// use xcaplib::testing::Server;
///
/// let server = Server::start()?;
/// let client = server.client("alice@example.com")?;
/// let lists = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
/// client.put("resource-lists", lists, None, None, None)?;
/// let request = &server.requests()[0];
/// assert_eq!(request.method(), "PUT");
/// assert_eq!(request.target(), "/xcap-root/resource-lists/users/sip:alice@example.com/index");
/// assert_eq!(request.header("Content-Type"), Some("application/resource-lists+xml"));
/// assert!(request.headers().all(|(name, _)| !name.eq_ignore_ascii_case("authorization")));
/// assert_eq!(request.body(), lists.as_bytes());
/// assert_eq!(request.connection(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct RecordedRequest {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    connection: usize,
}

impl RecordedRequest {
    pub(super) fn new(request: &Request, connection: usize) -> Self {
        Self {
            method: request.method.clone(),
            target: request.target.clone(),
            headers: request.fields.0.clone(),
            body: request.body.clone(),
            connection,
        }
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The request-target, with path and query, exactly as it was on the wire.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The value of the first header of this name, whatever its case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// All headers in their order, with their names spelt as they came.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The body, without the framing of its chunks.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The number of the connection on which it came. The first one that the server accepted is 1.
    #[must_use]
    pub fn connection(&self) -> usize {
        self.connection
    }

    fn size(&self) -> usize {
        let head: usize = self.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
        self.target.len() + head + self.body.len()
    }
}

/// Leaves out the credentials, since test logs are often public.
impl fmt::Debug for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<(&str, &str)> = self
            .headers()
            .map(|(name, value)| {
                (name, if name.eq_ignore_ascii_case("authorization") { "..." } else { value })
            })
            .collect();
        f.debug_struct("RecordedRequest")
            .field("method", &self.method)
            .field("target", &self.target)
            .field("headers", &headers)
            .field("body", &String::from_utf8_lossy(&self.body))
            .field("connection", &self.connection)
            .finish()
    }
}

#[derive(Default)]
pub(super) struct Records {
    requests: VecDeque<RecordedRequest>,
    size: usize,
}

impl Records {
    pub(super) fn add(&mut self, request: RecordedRequest) {
        self.size += request.size();
        self.requests.push_back(request);
        while self.requests.len() > MAX_REQUESTS || self.size > MAX_BYTES {
            let Some(oldest) = self.requests.pop_front() else { break };
            self.size -= oldest.size();
        }
    }

    pub(super) fn all(&self) -> Vec<RecordedRequest> {
        self.requests.iter().cloned().collect()
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}
