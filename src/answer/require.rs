//! ETags for changes that must not go out unguarded.

use super::error::{Error, Result};
use super::etag::ETag;
use super::resource::Resource;
use super::response::Response;

impl Resource {
    /// The ETag, or an error if the server sent none, so that no change goes out unguarded.
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example()?;
    /// let lists = client.get("resource-lists", None, None, None)?;
    /// let list = "/resource-lists/list/@name";
    /// client.put("resource-lists", "family", list, lists.require_etag()?, None)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_malformed_response`](Error::is_malformed_response), with the answer.
    pub fn require_etag(&self) -> Result<&ETag> {
        self.response().require_etag()
    }
}

impl Response {
    /// The ETag, or an error if the server sent none, so that no change goes out unguarded.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// let empty = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
    /// let put = client.put("resource-lists", empty, None, None, None)?;
    /// let list = r#"/resource-lists/list[@name="friends"]"#;
    /// client.put("resource-lists", r#"<list name="friends"/>"#, list, put.require_etag()?, None)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_malformed_response`](Error::is_malformed_response), with the answer.
    pub fn require_etag(&self) -> Result<&ETag> {
        self.etag().ok_or_else(|| {
            let reason = format!(
                "the server sent no ETag with its {}, so nothing guards a change that depends on \
                 it; get the document for one, or change it without a condition if nobody else \
                 does",
                self.status()
            );
            Error::malformed_response(None, reason, Some(self.clone()))
        })
    }
}
