//! Which request an answer or an error is about.

use std::fmt;

use crate::http_types::Method;
use crate::text::shown_url;

/// The method of a request and the URL it goes to.
#[derive(Clone, Debug)]
pub(crate) struct RequestLine {
    pub(crate) method: Method,
    pub(crate) url: RequestUrl,
}

/// A URL below an origin. It is put together only once, so that the same text goes on the wire and
/// into Digest's `uri`.
#[derive(Clone, Debug)]
pub(crate) struct RequestUrl {
    text: String,
    /// Where the path begins.
    path_at: usize,
}

impl RequestUrl {
    pub(crate) fn new(origin: &str, path_and_query: &str) -> Self {
        Self { text: [origin, path_and_query].concat(), path_at: origin.len() }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Path and query: the request-target.
    pub(crate) fn target(&self) -> &str {
        self.text.get(self.path_at..).unwrap_or_default()
    }

    /// Adds to the path or the query.
    pub(crate) fn push_str(&mut self, text: &str) {
        self.text.push_str(text);
    }
}

impl fmt::Display for RequestLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, shown_url(self.url.as_str()))
    }
}
