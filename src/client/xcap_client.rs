//! The client: each documented call is one line of a request.

use std::fmt;
use std::sync::Arc;

use crate::answer::{ETagArg, Error, HeadersArg, Resource, Response, Result};
use crate::selector::{CAPABILITIES, DIRECTORY, NodeArg, NodeSelector, Root, UserId};
use crate::text::printable;

use super::builder::XCAPClientBuilder;
use super::cached::CachedDocument;
use super::core::Core;
use super::inventory::{Capabilities, DocumentEntry};
use super::place::Place;
use super::request::Request;
#[cfg(feature = "green")]
use super::request_options::RequestOptions;

/// A client of one XCAP root, as one user (RFC 4825 section 7).
///
/// Clones and threads can share a client: it is `Clone + Send + Sync`, and a clone uses the same
/// connections and authentication. [`Debug`](fmt::Debug) shows neither the password nor anything
/// made from it.
///
/// `get`, `put`, `delete`, `insert` and `replace` take their arguments in the documented order. An
/// argument that is not needed is `None`. All other options are in [`request`](Self::request).
///
/// ```
/// use xcaplib::XCAPClient;
///
/// # let server = xcaplib::testing::Server::builder().user("alice@example.com", "secret").start()?;
/// # let root = server.root();
/// // The root is, for instance, "https://xcap.example.com/xcap-root".
/// let client = XCAPClient::new(&root, "sip:alice@example.com", "secret")?;
/// let empty = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
/// client.put("resource-lists", empty, None, None, None)?;
/// let lists = client.get("resource-lists", None, None, None)?;
/// assert_eq!(lists, empty);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct XCAPClient {
    core: Arc<Core>,
}

impl XCAPClient {
    /// Makes a client for the documents below `xcap_root`, as the user `xcap_user_id`. All options
    /// have their defaults.
    ///
    /// The user id (XUI) is a SIP address (with or without `sip:`), another URI, or a name without
    /// `@`. `password` is `None` or a text; a `&String` needs `.as_str()`. The user name for
    /// authentication is the part of the user id before the `@`.
    ///
    /// ```
    /// use xcaplib::XCAPClient;
    ///
    /// let password = String::from("secret");
    /// let root = "http://xcap.example.com/xcap-root";
    /// XCAPClient::new(root, "alice@example.com", password.as_str())?;
    /// XCAPClient::new("http://xcap.example.com", "tel:+358555000001", None)?;
    ///
    /// let error = XCAPClient::new("xcap.example.com", "alice@example.com", None).unwrap_err();
    /// assert!(error.is_invalid_input());
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input), which names the part at fault. The root has
    /// to be an http or https URL with a host and without a user name, query or fragment. The user
    /// id must not be empty or have a password in it.
    pub fn new<'p>(
        xcap_root: &str,
        xcap_user_id: &str,
        password: impl Into<Option<&'p str>>,
    ) -> Result<Self> {
        let builder = Self::builder(xcap_root, xcap_user_id);
        match password.into() {
            Some(password) => builder.password(password).build(),
            None => builder.build(),
        }
    }

    /// Begins a client with options.
    ///
    /// ```
    /// use xcaplib::XCAPClient;
    ///
    /// let client = XCAPClient::builder("http://xcap.example.com", "sip:alice@example.com")
    ///     .password("secret")
    ///     .max_body(64 * 1024)
    ///     .build()?;
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    #[must_use]
    pub fn builder(xcap_root: &str, xcap_user_id: &str) -> XCAPClientBuilder {
        XCAPClientBuilder::new(xcap_root, xcap_user_id)
    }

    pub(crate) fn of(core: Core) -> Self {
        Self { core: Arc::new(core) }
    }

    /// The XCAP root that a client may assume if nobody gave it one: `https://xcap.` followed by
    /// the user's domain (RFC 4825 section 6.1).
    ///
    /// ```
    /// # use xcaplib::XCAPClient;
    /// assert_eq!(XCAPClient::default_root("sip:alice@example.com")?, "https://xcap.example.com");
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) if the user id has no domain.
    pub fn default_root(xcap_user_id: &str) -> Result<String> {
        let user = UserId::new(xcap_user_id)?;
        let domain = user.domain().ok_or_else(|| {
            Error::invalid_input(format!(
                "user id `{}` has no domain to make an XCAP root of; give the root",
                user.as_str().escape_debug()
            ))
        })?;
        let root = format!("https://xcap.{domain}");
        Root::new(&root)?;
        Ok(root)
    }

    /// Fetches a document, element, attribute or set of namespace bindings.
    ///
    /// `etag` goes out as `If-Match`. To fetch something only if it has changed, use
    /// [`Request::if_none_match`].
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example()?;
    /// let lists = client.get("resource-lists", None, None, None)?;
    /// println!("{lists}");
    /// let node = r#"/resource-lists/list[@name="friends"]/entry"#;
    /// let entry = client.get("resource-lists", node, None, None)?;
    /// assert_eq!(entry, r#"<entry uri="sip:bob@example.com"/>"#);
    /// assert_eq!(entry.etag(), lists.etag());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Bad input, before anything is sent; transport failures; any status that is not a success,
    /// 404 as [`is_not_found`](Error::is_not_found); an answer that is not a resource, because it
    /// is not UTF-8, too large, or a web page.
    pub fn get<'a>(
        &self,
        application: &str,
        node: impl Into<NodeArg<'a>>,
        etag: impl Into<ETagArg<'a>>,
        headers: impl Into<HeadersArg<'a>>,
    ) -> Result<Resource> {
        self.call(application, node.into(), etag.into(), headers.into()).get()
    }

    /// Creates or replaces a document, element or attribute.
    ///
    /// `resource` is a text, bytes or an [`Element`](crate::Element). For an attribute it is the
    /// value, with or without quotes. With an `etag`, the change goes through only if the document
    /// still has that ETag (RFC 4825 section 7.11). [`Response::is_created`] tells creation from
    /// replacement, if the server does.
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example()?;
    /// use xcaplib::Element;
    ///
    /// let lists = client.get("resource-lists", None, None, None)?;
    /// let carol = Element::new("entry").attr("uri", "sip:carol@example.com");
    /// let node = r#"/resource-lists/list/entry[@uri="sip:carol@example.com"]"#;
    /// let put = client.put("resource-lists", &carol, node, lists.etag(), None)?;
    /// assert!(put.is_created());
    ///
    /// let attribute = "/resource-lists/list/@name";
    /// client.put("resource-lists", "family", attribute, put.etag(), None)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Bad input, before anything is sent; if a conforming server is certain to refuse a body, the
    /// error has the line and column. Transport failures; unless the connection could not be made,
    /// it is then not known whether the change was made. Any status that is not a success: 409 as
    /// [`is_conflict`](Error::is_conflict), 412 as
    /// [`is_precondition_failed`](Error::is_precondition_failed).
    pub fn put<'a>(
        &self,
        application: &str,
        resource: impl AsRef<[u8]>,
        node: impl Into<NodeArg<'a>>,
        etag: impl Into<ETagArg<'a>>,
        headers: impl Into<HeadersArg<'a>>,
    ) -> Result<Response> {
        self.call(application, node.into(), etag.into(), headers.into()).put(resource)
    }

    /// Deletes a document, element or attribute.
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example()?;
    /// let lists = client.get("resource-lists", None, None, None)?;
    /// let node = r#"/resource-lists/list/entry[@uri="sip:bob@example.com"]"#;
    /// let deleted = client.delete("resource-lists", node, lists.etag(), None)?;
    ///
    /// // Again, with the ETag of the change before: nothing is there.
    /// let error = client.delete("resource-lists", node, deleted.etag(), None).unwrap_err();
    /// assert!(error.is_not_found());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`put`](Self::put), except for a body; 404 as
    /// [`is_not_found`](Error::is_not_found).
    pub fn delete<'a>(
        &self,
        application: &str,
        node: impl Into<NodeArg<'a>>,
        etag: impl Into<ETagArg<'a>>,
        headers: impl Into<HeadersArg<'a>>,
    ) -> Result<Response> {
        self.call(application, node.into(), etag.into(), headers.into()).delete()
    }

    /// Creates a document, element or attribute if it does not exist yet.
    ///
    /// A document takes a GET that must find nothing, and then one PUT with `If-None-Match: *`. It
    /// is up to the server that nobody creates the document in between: a server that ignores
    /// `If-None-Match: *`, such as Kamailio, overwrites what somebody created in between.
    ///
    /// An element or attribute takes the document's ETag, a GET of the node that must find nothing,
    /// and a PUT with that ETag in `If-Match`. If the document changed in between, all of this is
    /// done again, in at most 5 tries. If the caller gives an `etag`, there is only one try, with
    /// that ETag.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// let empty = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
    /// client.insert("resource-lists", empty, None, None, None)?;
    /// let error = client.insert("resource-lists", empty, None, None, None).unwrap_err();
    /// assert!(error.is_already_exists());
    ///
    /// let list = r#"<list name="friends"/>"#;
    /// let node = r#"/resource-lists/list[@name="friends"]"#;
    /// client.insert("resource-lists", list, node, None, None)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_already_exists`](Error::is_already_exists) if something exists;
    /// [`is_not_found`](Error::is_not_found) if the document of a node is missing. An `etag` for a
    /// document, and an `If-None-Match`, are bad input. The errors of [`put`](Self::put).
    pub fn insert<'a>(
        &self,
        application: &str,
        resource: impl AsRef<[u8]>,
        node: impl Into<NodeArg<'a>>,
        etag: impl Into<ETagArg<'a>>,
        headers: impl Into<HeadersArg<'a>>,
    ) -> Result<Response> {
        self.call(application, node.into(), etag.into(), headers.into()).insert(resource)
    }

    /// Replaces a document, element or attribute that exists, and returns the old one.
    ///
    /// This takes a GET, and then a PUT with the ETag of its answer in `If-Match`. If the document
    /// changed in between, both are done again, in at most 5 tries. If the caller gives an `etag`,
    /// there is only one try, with that ETag.
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example()?;
    /// let node = r#"/resource-lists/list[@name="friends"]"#;
    /// let empty = r#"<list name="friends"/>"#;
    /// let (old, response) = client.replace("resource-lists", empty, node, None, None)?;
    /// assert!(old.as_str().contains("sip:bob@example.com"));
    /// assert!(response.etag().is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if nothing exists. An `If-None-Match` is bad input.
    /// The errors of [`put`](Self::put).
    pub fn replace<'a>(
        &self,
        application: &str,
        resource: impl AsRef<[u8]>,
        node: impl Into<NodeArg<'a>>,
        etag: impl Into<ETagArg<'a>>,
        headers: impl Into<HeadersArg<'a>>,
    ) -> Result<(Resource, Response)> {
        self.call(application, node.into(), etag.into(), headers.into()).replace(resource)
    }

    /// The URL of a document or node, percent-encoded (RFC 4825 section 6).
    ///
    /// ```
    /// # use xcaplib::XCAPClient;
    /// # let client = XCAPClient::new("https://xcap.example.com", "alice@example.com", None)?;
    /// assert_eq!(
    ///     client.url("resource-lists", "/resource-lists/list[@name=\"friends\"]")?,
    ///     "https://xcap.example.com/resource-lists/users/sip:alice@example.com/index\
    ///      /~~/resource-lists/list%5B@name=%22friends%22%5D",
    /// );
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) for anything that cannot be sent.
    pub fn url<'a>(&self, application: &str, node: impl Into<NodeArg<'a>>) -> Result<String> {
        self.request(application).node(node).url()
    }

    /// Fetches a document, to keep it and edit it in step with the server (RFC 4825 section 7.11).
    ///
    /// If the document does not exist yet, create it first with [`insert`](Self::insert).
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example()?;
    /// let mut lists = client.open("resource-lists")?;
    /// lists.delete(r#"/resource-lists/list/entry[@uri="sip:bob@example.com"]"#)?;
    /// assert!(!lists.text().contains("bob"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`get`](Self::get); [`is_not_found`](Error::is_not_found) if there is no
    /// document.
    pub fn open(&self, application: &str) -> Result<CachedDocument> {
        self.request(application).open()
    }

    /// Asks what the server can do: `xcap-caps` (RFC 4825 section 12).
    ///
    /// If a server has no such document (404, 405 or 501), the result is
    /// [unknown](Capabilities::is_known). That is not an error.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// let capabilities = client.capabilities()?;
    /// if capabilities.supports_application("pres-rules") == Some(false) {
    ///     println!("no presence rules here, but {}", capabilities.auids().join(", "));
    /// }
    /// # assert_eq!(capabilities.supports_application("pres-rules"), Some(true));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_malformed_response`](Error::is_malformed_response) if the answer is something else:
    /// nothing, a web page, a part of a document, or another document. The errors of
    /// [`get`](Self::get).
    pub fn capabilities(&self) -> Result<Capabilities> {
        Capabilities::fetch(self.request(CAPABILITIES))
    }

    /// Lists the documents that the user has on the server. It reads the directory of OMA XDM,
    /// `org.openmobilealliance.xcap-directory`.
    ///
    /// An entry is left out if its URI names no document. An ETag or a size that cannot be
    /// understood counts as not given. The list is the server's and has its order: some servers
    /// name a document twice, or documents of other users.
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example()?;
    /// for entry in client.documents()? {
    ///     println!("{}/{}: {:?} bytes", entry.application(), entry.filename(), entry.size());
    /// }
    /// # assert_eq!(client.documents()?.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Any status that is not a success, also if the server has no directories: 404 as
    /// [`is_not_found`](Error::is_not_found), 405 and 501 by their [`status`](Error::status).
    /// [`is_malformed_response`](Error::is_malformed_response) if the answer is something else:
    /// nothing, a web page, a part of a document, or another document. The errors of
    /// [`get`](Self::get).
    pub fn documents(&self) -> Result<Vec<DocumentEntry>> {
        DocumentEntry::fetch_all(self.request(DIRECTORY), &self.core.exchange.root)
    }

    /// Lists the documents of another user, as [`documents`](Self::documents) does for the client's
    /// user.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// assert!(client.documents_of("sip:bob@example.com")?.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`documents`](Self::documents), and
    /// [`is_invalid_input`](Error::is_invalid_input) if the text is not a user id.
    pub fn documents_of(&self, user: &str) -> Result<Vec<DocumentEntry>> {
        let request = self.request(DIRECTORY).user(user);
        DocumentEntry::fetch_all(request, &self.core.exchange.root)
    }

    /// Begins a request for a path below the XCAP root. The path names a document or a node of it,
    /// like the `sel` of an xcap-diff or an entry of a directory.
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example_of(r#"<list name="friends"/>"#)?;
    /// let path = "resource-lists/users/sip:alice@example.com/index/~~/resource-lists/list/@name";
    /// assert_eq!(client.at(path)?.get()?.attribute_value().as_deref(), Some("friends"));
    /// assert!(client.at("resource-lists/users/../index").unwrap_err().is_invalid_input());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) if the path names no document, or has a node
    /// selector that does not parse.
    pub fn at(&self, path: &str) -> Result<Request<'_>> {
        let (document, node) = match path.split_once("/~~/") {
            Some((document, node)) => (document, Some(node)),
            None => (path, None),
        };
        let place = Place::below_root(document).ok_or_else(|| {
            Error::invalid_input(format!(
                "`{}` names no document below the XCAP root; give its application, tree, user and \
                 filename, such as `resource-lists/users/sip:alice@example.com/index`",
                printable(document)
            ))
        })?;
        let request = self.request(&place.application).placed(&place);
        match node {
            Some(node) => Ok(request.node(NodeSelector::from_encoded(node)?)),
            None => Ok(request),
        }
    }

    /// Begins a request with every option.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// let lists = client.request("resource-lists").user("sip:bob@example.com").optional().get()?;
    /// assert!(lists.is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn request(&self, application: &str) -> Request<'_> {
        Request::new(&self.core, application)
    }

    fn call(
        &self,
        application: &str,
        node: NodeArg<'_>,
        etag: ETagArg<'_>,
        headers: HeadersArg<'_>,
    ) -> Request<'_> {
        self.request(application).node(node).if_match(etag).headers(headers)
    }

    /// Begins a request with the options of another one.
    #[cfg(feature = "green")]
    pub(crate) fn request_with(&self, options: RequestOptions) -> Request<'_> {
        Request::with(&self.core, options)
    }
}

impl fmt::Debug for XCAPClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.core.fmt(f)
    }
}
