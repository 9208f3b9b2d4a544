//! What a server can do: `xcap-caps` (RFC 4825 section 12).

use crate::client::request::Request;

use super::server_document::{ServerDocument, ServerElement};
use crate::answer::Result;
use crate::selector::XCAP_CAPS;

const KIND: ServerDocument = ServerDocument { namespace: XCAP_CAPS, root: "xcap-caps" };

/// What a server says it can do (RFC 4825 section 12), from
/// [`XCAPClient::capabilities`](crate::XCAPClient::capabilities).
///
/// Every server has to say this, but some do not. Then nothing [is known](Self::is_known): the
/// lists are empty, and whether something is supported is `None`.
///
/// ```
/// # let server = xcaplib::testing::Server::start()?;
/// # let client = server.client("sip:alice@example.com")?;
/// let capabilities = client.capabilities()?;
/// match capabilities.supports_application("pres-rules") {
///     Some(true) => println!("presence rules are kept there"),
///     Some(false) => println!("presence rules are kept elsewhere, if at all"),
///     None => println!("the server does not say; try"),
/// }
///
/// assert!(capabilities.is_known());
/// assert!(capabilities.auids().iter().any(|auid| auid == "xcap-caps"));
/// assert_eq!(capabilities.supports_namespace("urn:ietf:params:xml:ns:xcap-caps"), Some(true));
/// assert!(capabilities.namespaces().len() > 1);
/// assert!(capabilities.extensions().is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    is_known: bool,
    auids: Vec<String>,
    extensions: Vec<String>,
    namespaces: Vec<String>,
}

impl Capabilities {
    pub(crate) fn fetch(request: Request<'_>) -> Result<Self> {
        match KIND.fetch(request, Self::read) {
            // The server has no such document, or does not know the application usage or the path.
            Err(error) if matches!(error.status(), Some(404 | 405 | 501)) => Ok(Self::default()),
            result => result,
        }
    }

    fn read(root: ServerElement<'_, '_>) -> Result<Self, String> {
        // Without AUIDs the document does not say what it was asked for (section 12).
        if root.children("auids").next().is_none() {
            return Err("it has no <auids>".to_owned());
        }
        let list = |name, item| {
            let lists = root.children(name);
            lists.flat_map(|list| list.children(item)).filter_map(ServerElement::text).collect()
        };
        Ok(Self {
            is_known: true,
            auids: list("auids", "auid"),
            extensions: list("extensions", "extension"),
            namespaces: list("namespaces", "namespace"),
        })
    }

    /// Whether the server told. If it did not, all lists are empty.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.is_known
    }

    /// The AUIDs of the application usages that the server supports, in its order.
    #[must_use]
    pub fn auids(&self) -> &[String] {
        &self.auids
    }

    /// The extensions that the server supports: tokens that the extensions define.
    #[must_use]
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }

    /// The URIs of the namespaces whose schemas the server has.
    #[must_use]
    pub fn namespaces(&self) -> &[String] {
        &self.namespaces
    }

    /// Whether the server supports the application usage with this AUID. `None` if the server did
    /// not tell.
    #[must_use]
    pub fn supports_application(&self, auid: &str) -> Option<bool> {
        self.is_known.then(|| self.auids.iter().any(|found| found == auid))
    }

    /// Whether the server supports the namespace with this URI. `None` if the server did not tell.
    #[must_use]
    pub fn supports_namespace(&self, uri: &str) -> Option<bool> {
        self.is_known.then(|| self.namespaces.iter().any(|found| found == uri))
    }
}
