//! What `CachedDocument::apply` says of a notification.

use crate::diff::FetchReason;

/// What a notification meant for a copy, as [`CachedDocument::apply`](crate::CachedDocument::apply)
/// says.
///
/// ```
/// use xcaplib::Applied;
/// use xcaplib::diff::XcapDiff;
/// # let (server, client) = xcaplib::testing::example()?;
/// let mut lists = client.open("resource-lists")?;
/// let other = XcapDiff::parse(
///     r#"<xcap-diff xmlns="urn:ietf:params:xml:ns:xcap-diff" xcap-root="http://xcap.example.com/">
///     <document sel="pres-rules/users/sip:alice@example.com/index" new-etag="a"/></xcap-diff>"#,
/// )?;
/// assert_eq!(lists.apply(&other), Applied::Other);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Applied {
    /// As far as the notification tells, the copy is now what the document is: either it was
    /// brought up to date, or it had seen the change before.
    UpToDate,
    /// The copy is out of date, and the notification does not say enough to mend it: call
    /// [`CachedDocument::refresh`](crate::CachedDocument::refresh).
    Fetch(FetchReason),
    /// The document was removed.
    Gone,
    /// The notification is about other documents.
    Other,
}
