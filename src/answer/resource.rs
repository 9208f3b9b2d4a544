//! What a GET found.

use std::borrow::Cow;
use std::fmt;

use crate::xml::{self, unquoted};

use super::bindings;
use super::error::{Error, Result};
use super::etag::ETag;
use super::kind::ResourceKind;
use super::response::Response;

/// What a GET found: its text, and the ETag of its document.
///
/// It can be compared with a `&str`, and prints as its text.
///
/// ```
/// use xcaplib::ResourceKind;
/// # let (server, client) = xcaplib::testing::example()?;
/// let entry = client.get("resource-lists", "/resource-lists/list/entry", None, None)?;
/// assert_eq!(entry, r#"<entry uri="sip:bob@example.com"/>"#);
/// assert_eq!(entry.as_str().as_bytes(), entry.as_bytes());
/// assert_eq!(entry.content_type(), Some("application/xcap-el+xml"));
/// assert_eq!((entry.kind(), entry.response().status()), (ResourceKind::Element, 200));
///
/// // It guards the next change of any part of the document.
/// let deleted = client.delete("resource-lists", "/resource-lists/list", entry.etag(), None);
/// assert!(deleted.is_ok());
/// println!("{}", entry.into_string());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Resource {
    kind: ResourceKind,
    response: Response,
}

impl Resource {
    /// Makes a resource from an answer. The caller has checked that its body is text.
    pub(crate) fn new(kind: ResourceKind, response: Response) -> Self {
        Self { kind, response }
    }

    /// Makes a resource from a part of this document.
    pub(crate) fn part(self, kind: ResourceKind, text: String) -> Self {
        Self { kind, response: self.response.with_text(text) }
    }

    /// The text, exactly as the server sent it.
    ///
    /// For an attribute that is an `AttValue`, which most servers send with quotes and some
    /// without. [`attribute_value`](Self::attribute_value) is its value.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.response.text().unwrap_or_default()
    }

    /// The bytes of the text.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.response.body()
    }

    /// The text, without a copy.
    #[must_use]
    pub fn into_string(self) -> String {
        self.response.into_text()
    }

    /// The ETag of the document that the resource is part of (RFC 4825 section 8.5), if the server
    /// sent one.
    ///
    /// **If you pass a `None` to a change, nothing guards it**: the change goes out without a
    /// condition, and overwrites what others did. To prevent that, use
    /// [`require_etag`](Self::require_etag).
    #[must_use]
    pub fn etag(&self) -> Option<&ETag> {
        self.response.etag()
    }

    /// The media type as the server sent it, parameters included.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.response.header("content-type")
    }

    /// What kind of resource was asked for.
    #[must_use]
    pub fn kind(&self) -> ResourceKind {
        self.kind
    }

    /// The value of an attribute, without its quotes if it has any, and with its references
    /// resolved.
    ///
    /// `None` if the resource is not an attribute. Some servers do not escape values. So a value
    /// that contains a `&` which begins no reference is returned as it stands.
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example()?;
    /// let uri = client.get("resource-lists", "/resource-lists/list/entry[1]/@uri", None, None)?;
    /// assert_eq!(uri.as_str(), "\"sip:bob@example.com\"");
    /// assert_eq!(uri.attribute_value().as_deref(), Some("sip:bob@example.com"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn attribute_value(&self) -> Option<Cow<'_, str>> {
        if self.kind != ResourceKind::Attribute {
            return None;
        }
        let text = self.as_str();
        let value = unquoted(text).unwrap_or(text);
        Some(xml::resolve_references(value).unwrap_or(Cow::Borrowed(value)))
    }

    /// The prefixes and namespace URIs of an `application/xcap-ns+xml` answer (RFC 4825 section
    /// 10). The default namespace has the prefix `""`.
    ///
    /// OpenXCAP sends `<{urn:x}list  xmlns="urn:x"/>` with nothing escaped. This is understood,
    /// too.
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example()?;
    /// let node = "/resource-lists/list/namespace::*";
    /// let bindings = client.get("resource-lists", node, None, None)?.namespace_bindings()?;
    /// let lists = "urn:ietf:params:xml:ns:resource-lists";
    /// assert_eq!(bindings, [(String::new(), lists.to_owned())]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_malformed_response`](Error::is_malformed_response) if the answer is not one element
    /// with declarations, or if this resource is not a set of namespace bindings.
    pub fn namespace_bindings(&self) -> Result<Vec<(String, String)>> {
        let malformed = |reason: String| {
            Error::malformed_response(
                None,
                format!("namespace bindings: {reason}"),
                Some(self.response.clone()),
            )
        };
        if self.kind != ResourceKind::NamespaceBindings {
            return Err(malformed("the resource is not the answer to `namespace::*`".to_owned()));
        }
        bindings::read(self.as_str())
            .map_err(|fault| malformed(format!("{} at {}", fault.reason, fault.position)))
    }

    /// The whole answer.
    #[must_use]
    pub fn response(&self) -> &Response {
        &self.response
    }
}

impl AsRef<[u8]> for Resource {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl AsRef<str> for Resource {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resource")
            .field("kind", &self.kind)
            .field("response", &self.response)
            .finish()
    }
}

impl PartialEq<str> for Resource {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Resource {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http_types::HeaderMap;

    fn resource(kind: ResourceKind, body: &str) -> Resource {
        Resource::new(kind, Response::new(200, HeaderMap::new(), None, body.into()))
    }

    #[test]
    fn attribute_values_are_unquoted_and_unescaped() {
        for (body, value) in [
            ("\"sip:a@b\"", "sip:a@b"),
            ("'say \"hi\"'", "say \"hi\""),
            ("sip:a@b", "sip:a@b"),
            ("\"a&amp;b&#65;\"", "a&bA"),
            ("a&b", "a&b"),
            ("\"\"", ""),
            ("", ""),
            ("\"", "\""),
        ] {
            let resource = resource(ResourceKind::Attribute, body);
            assert_eq!(resource.attribute_value().unwrap(), value, "{body}");
            assert_eq!(resource, body);
        }
        assert_eq!(resource(ResourceKind::Element, "<a/>").attribute_value(), None);
    }

    #[test]
    fn bindings_are_those_of_an_answer_to_their_selector() {
        let body = r#"<baz xmlns="urn:test:one" xmlns:ns1="urn:test:two"/>"#;
        let bindings =
            resource(ResourceKind::NamespaceBindings, body).namespace_bindings().unwrap();
        let expected = [("", "urn:test:one"), ("ns1", "urn:test:two")];
        assert_eq!(bindings, expected.map(|(p, u)| (p.to_owned(), u.to_owned())));

        let error = resource(ResourceKind::NamespaceBindings, "<{urn:x}list  xmlns=../>")
            .namespace_bindings()
            .unwrap_err();
        assert!(error.is_malformed_response());
        assert_eq!(
            error.to_string(),
            "namespace bindings: an XML name is expected here: it begins with a letter or `_` and \
             has one colon at most; a bare `<` is written `&lt;` at 1:2"
        );
        let error = resource(ResourceKind::Element, "<a/>").namespace_bindings().unwrap_err();
        assert_eq!(
            error.to_string(),
            "namespace bindings: the resource is not the answer to `namespace::*`"
        );
    }
}
