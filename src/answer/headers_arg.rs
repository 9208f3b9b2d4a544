//! Headers as a caller gives them.

use std::fmt;

/// Headers to send in addition to the client's own: nothing, or a slice of names and values.
///
/// A header replaces the client's own header of that name, whatever its case, and an empty one
/// removes it. The client's own headers are those of [`header`](crate::XCAPClientBuilder::header),
/// and the `Accept`, `User-Agent` and `Content-Type` that it sends by itself. If an
/// `Authorization`, `Content-Type`, `Host`, `If-Match` or `User-Agent` is given twice, the last one
/// is sent. A header of any other name that is given twice is sent twice.
///
/// [`Debug`](fmt::Debug) shows only the names, because a value may be a secret.
///
/// ```
/// # let (server, client) = xcaplib::testing::example()?;
/// let headers = [("X-Device", "phone"), ("User-Agent", "buddies/1.0")];
/// client.get("resource-lists", None, None, &headers)?;
/// let sent = server.requests();
/// assert_eq!(sent[0].header("x-device"), Some("phone"));
/// assert_eq!(sent[0].header("user-agent"), Some("buddies/1.0"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Default)]
pub struct HeadersArg<'a>(&'a [(&'a str, &'a str)]);

impl<'a> HeadersArg<'a> {
    pub(crate) fn pairs(self) -> &'a [(&'a str, &'a str)] {
        self.0
    }
}

impl<'a> From<Option<&'a [(&'a str, &'a str)]>> for HeadersArg<'a> {
    fn from(headers: Option<&'a [(&'a str, &'a str)]>) -> Self {
        Self(headers.unwrap_or_default())
    }
}

impl<'a> From<&'a [(&'a str, &'a str)]> for HeadersArg<'a> {
    fn from(headers: &'a [(&'a str, &'a str)]) -> Self {
        Self(headers)
    }
}

impl<'a, const N: usize> From<&'a [(&'a str, &'a str); N]> for HeadersArg<'a> {
    fn from(headers: &'a [(&'a str, &'a str); N]) -> Self {
        Self(headers)
    }
}

impl<'a> From<&'a Vec<(&'a str, &'a str)>> for HeadersArg<'a> {
    fn from(headers: &'a Vec<(&'a str, &'a str)>) -> Self {
        Self(headers)
    }
}

impl fmt::Debug for HeadersArg<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}
