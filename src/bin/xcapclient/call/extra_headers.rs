//! The headers of `--add-header`.

use xcaplib::{Request, XCAPClientBuilder};

/// Headers to add, and names of default headers to leave out.
#[derive(Default)]
pub(crate) struct ExtraHeaders<'a> {
    given: Vec<(&'a str, &'a str)>,
    removed: Vec<&'a str>,
}

impl<'a> ExtraHeaders<'a> {
    /// An empty value removes the headers of its name that were given before it.
    pub(crate) fn new(options: &'a [(String, String)]) -> Self {
        let mut headers = Self::default();
        for (name, value) in options {
            if value.is_empty() {
                headers.given.retain(|(given, _)| !given.eq_ignore_ascii_case(name));
                headers.removed.push(name);
            } else {
                headers.removed.retain(|removed| !removed.eq_ignore_ascii_case(name));
                headers.given.push((name, value));
            }
        }
        headers
    }

    pub(crate) fn removes(&self, name: &str) -> bool {
        self.removed.iter().any(|removed| removed.eq_ignore_ascii_case(name))
    }

    /// Removes defaults that are set on the client.
    pub(crate) fn of_client(&self, builder: XCAPClientBuilder) -> XCAPClientBuilder {
        if self.removes("user-agent") { builder.user_agent("") } else { builder }
    }

    /// Adds the headers to a request, and removes defaults that are set on it.
    pub(crate) fn of_request<'c>(&self, mut request: Request<'c>) -> Request<'c> {
        for (name, value) in &self.given {
            request = request.header(name, value);
        }
        if self.removes("content-type") {
            request = request.content_type("");
        }
        if self.removes("accept") {
            request = request.header("Accept", "");
        }
        request
    }
}
