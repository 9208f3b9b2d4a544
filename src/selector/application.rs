//! Application usages: what each fixes for its documents (RFC 4825 section 5).

use std::borrow::Cow;

use crate::answer::ResourceKind;

use super::document::Tree;

/// What an application usage fixes: media type, namespace, root element, filename and tree
/// (RFC 4825 section 5).
///
/// [`lookup`](Self::lookup) finds a usage of the registry. [`new`](Self::new) makes one of your
/// own, which you give to a client with
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
///
/// # A usage of your own
///
/// If the registry lacks a usage, set its fields one by one. Leave a field as `new` made it if you
/// do not know its value. If a server differs from the registry, change the registry's description.
/// In this example an operator keeps OMA's group documents under an AUID of its own, and uses the
/// later filename of the profile for mission-critical push-to-talk:
///
/// ```
/// use xcaplib::testing::Server;
/// use xcaplib::{Application, RootElement, XCAPClient};
///
/// let groups = Application {
///     media_type: "application/vnd.oma.poc.groups+xml".into(),
///     default_namespace: Some("urn:oma:xml:poc:list-service".into()),
///     root: Some(RootElement::new("urn:oma:xml:poc:list-service", "group")),
///     ..Application::new("groups.example.com")
/// };
/// let registered = Application::lookup("org.3gpp.mcptt.user-profile").unwrap();
/// let profile =
///     Application { filename: "mcptt-user-profile-1.xml".into(), ..registered.clone() };
///
/// let server = Server::builder().application(groups.clone()).start()?;
/// let client = XCAPClient::builder(&server.root(), "sip:alice@example.com")
///     .application(groups)
///     .application(profile)
///     .build()?;
///
/// // Each group has a document of its own, so that its name has to be given.
/// let club = r#"<group xmlns="urn:oma:xml:poc:list-service"><list-service uri="sip:club@example.com"/></group>"#;
/// client.request("groups.example.com").filename("club").put(club)?;
/// let request = client.request("groups.example.com").filename("club");
/// let uri = request.node("/group/list-service/@uri").get()?;
/// assert_eq!(uri.attribute_value().as_deref(), Some("sip:club@example.com"));
///
/// let profile = r#"<mcptt-user-profile xmlns="urn:3gpp:mcptt:user-profile:1.0"/>"#;
/// client.put("org.3gpp.mcptt.user-profile", profile, None, None, None)?;
/// # let (user, name) = ("sip:alice@example.com", "mcptt-user-profile-1.xml");
/// # assert!(server.document("org.3gpp.mcptt.user-profile", user, name).is_some());
/// # let sent: Vec<_> = server.requests().iter().map(|r| r.header("content-type").map(str::to_owned)).collect();
/// # assert_eq!(sent[0].as_deref(), Some("application/vnd.oma.poc.groups+xml"));
/// # assert_eq!(sent[2].as_deref(), Some("application/vnd.3gpp.mcptt-user-profile+xml"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// The application unique ID, for instance `resource-lists` (section 5.1).
    pub auid: Cow<'static, str>,
    /// The media type of its documents, which is also sent as their `Content-Type`.
    pub media_type: Cow<'static, str>,
    /// The default document namespace, which is what an element name without a prefix means in a
    /// node selector (section 5.2). `None` says that it is not known. If the document is at hand,
    /// such a name then means the namespace of the root element. An empty text says that there is
    /// none.
    pub default_namespace: Option<Cow<'static, str>>,
    /// The root element that its documents must have. `None` accepts any.
    pub root: Option<RootElement>,
    /// The name of a user's document if there is only one (section 5.5). If each document has a
    /// name of its own, this is a stopgap, and a request has to say which document it means.
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
    /// The root element of this name, without a prefix, in this namespace. An empty namespace says
    /// that the element has none.
    #[must_use]
    pub fn new(
        namespace: impl Into<Cow<'static, str>>,
        name: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { namespace: namespace.into(), name: name.into() }
    }
}

impl Application {
    /// A usage of which only the AUID is known. Its documents have the type `application/xml`, the
    /// name `index` in the users tree, and any root element. Its default namespace is not known.
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

    /// The media type that RFC 4825 gives to a kind of node (sections 7.1 to 7.10). A document has
    /// the media type of its usage.
    pub(crate) fn media_type_of(&self, kind: ResourceKind) -> &str {
        match kind {
            ResourceKind::Document => &self.media_type,
            ResourceKind::Element => "application/xcap-el+xml",
            ResourceKind::Attribute => "application/xcap-att+xml",
            ResourceKind::NamespaceBindings => "application/xcap-ns+xml",
        }
    }
}
