//! Application usages: what each fixes for its documents (RFC 4825 section 5).

use std::borrow::Cow;

use crate::answer::ResourceKind;

use super::document::Tree;

/// What an application usage fixes: media type, namespace, root element, filename and tree
/// (RFC 4825 section 5).
///
/// The usages in the registry are found by [`lookup`](Self::lookup); one of your own is made
/// with [`new`](Self::new) and told to a client by
/// [`XCAPClientBuilder::application`](crate::XCAPClientBuilder::application).
///
/// ```
/// use xcaplib::Application;
///
/// let lists = Application::lookup("resource-lists").unwrap();
/// assert_eq!(lists.media_type, "application/resource-lists+xml");
/// assert_eq!(lists.filename, "index");
///
/// let own = Application {
///     media_type: "application/vnd.example.calls+xml".into(),
///     default_namespace: Some("urn:example:calls".into()),
///     ..Application::new("calls.example.com")
/// };
/// assert_eq!(own.root, None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// The application unique ID, for instance `resource-lists` (section 5.1).
    pub auid: Cow<'static, str>,
    /// The media type of its documents; also sent as their `Content-Type`.
    pub media_type: Cow<'static, str>,
    /// The default document namespace: what an element name without a prefix in a node selector
    /// means (section 5.2). `None` says that it is not known: where a document is at hand, such a
    /// name then means the namespace of its root element. An empty one says that there is none.
    pub default_namespace: Option<Cow<'static, str>>,
    /// The root element that its documents must have; `None` accepts any.
    pub root: Option<RootElement>,
    /// The name of a user's document where there is only one (section 5.5).
    pub filename: Cow<'static, str>,
    /// The tree in which its documents are found.
    pub tree: Tree,
}

/// The root element of an application usage's documents.
///
/// ```
/// use xcaplib::{Application, RootElement, XCAPClient};
///
/// let calls = Application {
///     root: Some(RootElement::new("urn:example:calls", "calls")),
///     default_namespace: Some("urn:example:calls".into()),
///     ..Application::new("calls.example.com")
/// };
/// let client = XCAPClient::builder("http://xcap.example.com", "alice@example.com")
///     .application(calls)
///     .build()?;
/// let refused = client.put("calls.example.com", "<lists/>", None, None, None).unwrap_err();
/// assert!(refused.is_invalid_input());
/// # Ok::<(), xcaplib::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RootElement {
    /// Its namespace URI.
    pub namespace: Cow<'static, str>,
    /// Its name, without a prefix.
    pub name: Cow<'static, str>,
}

impl RootElement {
    /// The root element of this name, without a prefix, in this namespace. An empty one says that
    /// it has none.
    #[must_use]
    pub fn new(
        namespace: impl Into<Cow<'static, str>>,
        name: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { namespace: namespace.into(), name: name.into() }
    }
}

impl Application {
    /// A usage of which nothing is known but its AUID: documents of type `application/xml` named
    /// `index` in the users tree, any root element, a default namespace that is not known.
    #[must_use]
    pub fn new(auid: impl Into<Cow<'static, str>>) -> Self {
        Self {
            auid: auid.into(),
            media_type: Cow::Borrowed("application/xml"),
            default_namespace: None,
            root: None,
            filename: Cow::Borrowed("index"),
            tree: Tree::Users,
        }
    }

    /// The media type that RFC 4825 gives a kind of node (sections 7.1 to 7.10); of a document, the
    /// usage's own.
    pub(crate) fn media_type_of(&self, kind: ResourceKind) -> &str {
        match kind {
            ResourceKind::Document => &self.media_type,
            ResourceKind::Element => "application/xcap-el+xml",
            ResourceKind::Attribute => "application/xcap-att+xml",
            ResourceKind::NamespaceBindings => "application/xcap-ns+xml",
        }
    }
}
