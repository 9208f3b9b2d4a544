//! The client whose calls are futures.

use crate::answer::{ETagArg, HeadersArg, Resource, Response, Result};
use crate::client::{Capabilities, DocumentEntry};
use crate::selector::NodeArg;

use super::cached::CachedDocument;
use super::call::Call;
use super::request::Request;

/// A client of one XCAP root, as one user, whose calls are futures.
///
/// It shares connections and authentication with the [blocking client](crate::XCAPClient) from
/// which it was made, and with its clones.
///
/// ```
/// use std::time::Duration;
/// use xcaplib::green;
///
/// # let server = xcaplib::testing::Server::start()?;
/// # let root = server.root();
/// let blocking = xcaplib::XCAPClient::builder(&root, "sip:alice@example.com")
///     .timeout(Duration::from_secs(5))
///     .build()?;
/// let client = green::XCAPClient::from(blocking);
/// # pollster::block_on(async {
/// let lists = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
/// let list = "/resource-lists/list";
/// client.insert("resource-lists", lists, None, None, None).await?;
/// let put = client.put("resource-lists", r#"<list name="a"/>"#, list, None, None).await?;
/// let name = "/resource-lists/list/@name";
/// let (old, _) = client.replace("resource-lists", "b", name, None, None).await?;
/// assert_eq!(old.attribute_value().as_deref(), Some("a"));
/// let error = client.delete("resource-lists", list, put.etag(), None).await.unwrap_err();
/// assert!(error.is_precondition_failed());
///
/// assert!(client.get("resource-lists", None, None, None).await?.as_str().contains("list"));
/// assert!(client.request("pres-rules").optional().get().await?.is_none());
/// assert_eq!(client.capabilities().await?.supports_application("pres-rules"), Some(true));
/// let copy = client.open("resource-lists").await?;
/// assert_eq!(client.url("resource-lists", list)?, client.blocking().url("resource-lists", list)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct XCAPClient {
    client: crate::XCAPClient,
}

impl From<crate::XCAPClient> for XCAPClient {
    fn from(client: crate::XCAPClient) -> Self {
        Self { client }
    }
}

impl XCAPClient {
    /// Makes a client for the documents below `xcap_root`, as the user `xcap_user_id`, with the
    /// defaults of [`crate::XCAPClient::new`]. Nothing is sent.
    ///
    /// ```
    /// use xcaplib::green::XCAPClient;
    ///
    /// let client = XCAPClient::new("http://xcap.example.com", "sip:alice@example.com", "secret")?;
    /// assert!(XCAPClient::new("xcap.example.com", "sip:alice@example.com", None).is_err());
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`crate::XCAPClient::new`].
    pub fn new<'p>(
        xcap_root: &str,
        xcap_user_id: &str,
        password: impl Into<Option<&'p str>>,
    ) -> Result<Self> {
        crate::XCAPClient::new(xcap_root, xcap_user_id, password).map(Self::from)
    }

    /// The blocking client that does the work.
    #[must_use]
    pub fn blocking(&self) -> &crate::XCAPClient {
        &self.client
    }

    /// Fetches a document, element, attribute or set of namespace bindings:
    /// [`crate::XCAPClient::get`].
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let blocking = server.client("sip:alice@example.com")?;
    /// # let client = xcaplib::green::XCAPClient::from(blocking);
    /// # pollster::block_on(async {
    /// let error = client.get("resource-lists", None, None, None).await.unwrap_err();
    /// assert!(error.is_not_found());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`crate::XCAPClient::get`], when the future is polled.
    pub fn get<'a>(
        &self,
        application: &str,
        node: impl Into<NodeArg<'a>>,
        etag: impl Into<ETagArg<'a>>,
        headers: impl Into<HeadersArg<'a>>,
    ) -> Call<'static, Resource> {
        self.call(application, node.into(), etag.into(), headers.into()).get()
    }

    /// Creates or replaces a document, element or attribute: [`crate::XCAPClient::put`].
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let blocking = server.client("sip:alice@example.com")?;
    /// # let client = xcaplib::green::XCAPClient::from(blocking);
    /// # pollster::block_on(async {
    /// let lists = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
    /// let put = client.put("resource-lists", lists, None, None, None).await?;
    /// assert!(put.is_created());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`crate::XCAPClient::put`], when the future is polled.
    pub fn put<'a>(
        &self,
        application: &str,
        resource: impl AsRef<[u8]>,
        node: impl Into<NodeArg<'a>>,
        etag: impl Into<ETagArg<'a>>,
        headers: impl Into<HeadersArg<'a>>,
    ) -> Call<'static, Response> {
        self.call(application, node.into(), etag.into(), headers.into()).put(resource)
    }

    /// Deletes a document, element or attribute: [`crate::XCAPClient::delete`].
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example_of("")?;
    /// # let client = xcaplib::green::XCAPClient::from(client);
    /// # pollster::block_on(async {
    /// client.delete("resource-lists", None, None, None).await?;
    /// assert!(server.document("resource-lists", "sip:alice@example.com", "index").is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`crate::XCAPClient::delete`], when the future is polled.
    pub fn delete<'a>(
        &self,
        application: &str,
        node: impl Into<NodeArg<'a>>,
        etag: impl Into<ETagArg<'a>>,
        headers: impl Into<HeadersArg<'a>>,
    ) -> Call<'static, Response> {
        self.call(application, node.into(), etag.into(), headers.into()).delete()
    }

    /// Creates a document, element or attribute if it does not exist yet:
    /// [`crate::XCAPClient::insert`].
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let blocking = server.client("sip:alice@example.com")?;
    /// # let client = xcaplib::green::XCAPClient::from(blocking);
    /// # pollster::block_on(async {
    /// let lists = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
    /// client.insert("resource-lists", lists, None, None, None).await?;
    /// let error = client.insert("resource-lists", lists, None, None, None).await.unwrap_err();
    /// assert!(error.is_already_exists());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`crate::XCAPClient::insert`], when the future is polled.
    pub fn insert<'a>(
        &self,
        application: &str,
        resource: impl AsRef<[u8]>,
        node: impl Into<NodeArg<'a>>,
        etag: impl Into<ETagArg<'a>>,
        headers: impl Into<HeadersArg<'a>>,
    ) -> Call<'static, Response> {
        self.call(application, node.into(), etag.into(), headers.into()).insert(resource)
    }

    /// Replaces a document, element or attribute that exists, and returns the old one:
    /// [`crate::XCAPClient::replace`].
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example()?;
    /// # let client = xcaplib::green::XCAPClient::from(client);
    /// # pollster::block_on(async {
    /// let name = "/resource-lists/list/@name";
    /// let (old, _) = client.replace("resource-lists", "family", name, None, None).await?;
    /// assert_eq!(old.attribute_value().as_deref(), Some("friends"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`crate::XCAPClient::replace`], when the future is polled.
    pub fn replace<'a>(
        &self,
        application: &str,
        resource: impl AsRef<[u8]>,
        node: impl Into<NodeArg<'a>>,
        etag: impl Into<ETagArg<'a>>,
        headers: impl Into<HeadersArg<'a>>,
    ) -> Call<'static, (Resource, Response)> {
        self.call(application, node.into(), etag.into(), headers.into()).replace(resource)
    }

    /// The URL of a document or node: [`crate::XCAPClient::url`]. Nothing is sent, so this is not a
    /// future.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let blocking = server.client("sip:alice@example.com")?;
    /// # let client = xcaplib::green::XCAPClient::from(blocking);
    /// # pollster::block_on(async {
    /// let url = client.url("resource-lists", "/resource-lists/list[1]")?;
    /// assert!(url.ends_with("/index/~~/resource-lists/list%5B1%5D"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`crate::XCAPClient::url`].
    pub fn url<'a>(&self, application: &str, node: impl Into<NodeArg<'a>>) -> Result<String> {
        self.client.url(application, node)
    }

    /// Fetches a document, to keep it and edit it in step with the server:
    /// [`crate::XCAPClient::open`].
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example_of("")?;
    /// # let client = xcaplib::green::XCAPClient::from(client);
    /// # pollster::block_on(async {
    /// let mut copy = client.open("resource-lists").await?;
    /// copy.insert("/resource-lists/list", "<list/>").await?;
    /// assert!(copy.text().contains("<list/>"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`crate::XCAPClient::open`], when the future is polled.
    pub fn open(&self, application: &str) -> Call<'static, CachedDocument> {
        self.request(application).open()
    }

    /// Asks what the server can do: [`crate::XCAPClient::capabilities`].
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let blocking = server.client("sip:alice@example.com")?;
    /// # let client = xcaplib::green::XCAPClient::from(blocking);
    /// # pollster::block_on(async {
    /// let capabilities = client.capabilities().await?;
    /// assert!(capabilities.is_known());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`crate::XCAPClient::capabilities`], when the future is polled.
    pub fn capabilities(&self) -> Call<'static, Capabilities> {
        let client = self.client.clone();
        Call::new(move || client.capabilities())
    }

    /// Lists the documents that the user has on the server: [`crate::XCAPClient::documents`].
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example_of("")?;
    /// # let client = xcaplib::green::XCAPClient::from(client);
    /// # pollster::block_on(async {
    /// for entry in client.documents().await? {
    ///     println!("{}", client.request_for(&entry).open().await?.text());
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`crate::XCAPClient::documents`], when the future is polled.
    pub fn documents(&self) -> Call<'static, Vec<DocumentEntry>> {
        let client = self.client.clone();
        Call::new(move || client.documents())
    }

    /// Lists the documents of another user: [`crate::XCAPClient::documents_of`].
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = xcaplib::green::XCAPClient::from(server.client("sip:alice@example.com")?);
    /// # pollster::block_on(async {
    /// assert!(client.documents_of("sip:bob@example.com").await?.is_empty());
    /// # Ok::<(), xcaplib::Error>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`crate::XCAPClient::documents_of`], when the future is polled.
    pub fn documents_of(&self, user: &str) -> Call<'static, Vec<DocumentEntry>> {
        let (client, user) = (self.client.clone(), user.to_owned());
        Call::new(move || client.documents_of(&user))
    }

    /// Begins a request for a path below the XCAP root: [`crate::XCAPClient::at`].
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = xcaplib::green::XCAPClient::from(server.client("sip:alice@example.com")?);
    /// # pollster::block_on(async {
    /// let path = "resource-lists/users/sip:alice@example.com/index";
    /// assert!(client.at(path)?.optional().get().await?.is_none());
    /// # Ok::<(), xcaplib::Error>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`crate::XCAPClient::at`].
    pub fn at(&self, path: &str) -> Result<Request> {
        self.client.at(path).map(|request| self.own(request))
    }

    /// Begins a request with every option.
    pub fn request(&self, application: &str) -> Request {
        self.own(self.client.request(application))
    }

    /// Begins a request for a document that [`documents`](Self::documents) has listed:
    /// [`DocumentEntry::request`].
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # server.set_document("resource-lists", "sip:alice@example.com", "index", "<resource-lists/>");
    /// # let blocking = server.client("sip:alice@example.com")?;
    /// # let client = xcaplib::green::XCAPClient::from(blocking);
    /// # pollster::block_on(async {
    /// for entry in client.documents().await? {
    ///     client.request_for(&entry).if_match(entry.etag()).delete().await?;
    /// }
    /// assert!(client.documents().await?.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn request_for(&self, entry: &DocumentEntry) -> Request {
        self.own(entry.request(&self.client))
    }

    fn call(
        &self,
        application: &str,
        node: NodeArg<'_>,
        etag: ETagArg<'_>,
        headers: HeadersArg<'_>,
    ) -> Request {
        let request = self.client.request(application);
        self.own(request.node(node).if_match(etag).headers(headers))
    }

    fn own(&self, request: crate::Request<'_>) -> Request {
        Request::of(&self.client, request)
    }
}
