//! The client for event loops (feature `green`): every call of the blocking client as a future, on
//! any executor.
//!
//! [`XCAPClient`] is made from a [blocking client](crate::XCAPClient) and shares its connections and
//! its authentication. Its calls take the same arguments and end in the same errors. The work is
//! done by the threads of the [`blocking`] crate, a pool that all of a process shares (up to 500
//! threads, or `BLOCKING_MAX_THREADS`), so no call holds up the thread that polls it.
//!
//! ```
//! use xcaplib::green::XCAPClient;
//!
//! # let server = xcaplib::testing::Server::start()?;
//! # let root = server.root();
//! # let document = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="old"/></resource-lists>"#;
//! # server.set_document("resource-lists", "sip:alice@example.com", "index", document);
//! # pollster::block_on(async {
//! let client = XCAPClient::new(&root, "sip:alice@example.com", "secret")?;
//! let lists = client.get("resource-lists", None, None, None).await?;
//! let rules = client.request("pres-rules").optional().get().await?;
//! println!("{lists}\n{}", rules.map_or(String::new(), |rules| rules.to_string()));
//!
//! let mut copy = client.open("resource-lists").await?.retries(3);
//! copy.delete(r#"/resource-lists/list[@name="old"]"#).await?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # When a future is dropped
//!
//! Nothing is sent before a future is polled first. One that is dropped later leaves nothing broken:
//! what was not begun is not sent, and a request that is under way is carried to its end by its
//! thread, its answer read and thrown away. **So a change whose future was dropped may still be made**:
//! its PUT or DELETE may reach the server, now or later. A [`CachedDocument`] of which a change was
//! dropped [is stale](CachedDocument::is_stale), and reads the document before its next change.

#![allow(
    clippy::redundant_closure_for_method_calls,
    reason = "the path of a method fits requests of one lifetime alone"
)]

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::cached::Applied;
use crate::caps::Capabilities;
use crate::diff::XcapDiff;
use crate::directory::DocumentEntry;
use crate::document::Selected;
use crate::error::Result;
use crate::etag::{ETag, ETagArg};
use crate::headers::HeadersArg;
use crate::request::{Method, Options};
use crate::resource::{Resource, Response};
use crate::target::NodeArg;

/// A call that is under way, or will be when it is polled first: a future of its result.
///
/// That of a client or a request owns all that it needs and is `'static`; that of a change of a
/// [`CachedDocument`] borrows the copy. All are `Send`. What happens when it is dropped is said
/// [above](self#when-a-future-is-dropped).
///
/// ```
/// # let server = xcaplib::testing::Server::start()?;
/// # let blocking = server.client("sip:alice@example.com")?;
/// # let client = xcaplib::green::XCAPClient::from(blocking);
/// # pollster::block_on(async {
/// use xcaplib::Resource;
/// use xcaplib::green::Call;
///
/// let call: Call<'static, Resource> = client.get("resource-lists", None, None, None);
/// assert!(server.requests().is_empty()); // nothing is sent before it is polled
/// assert!(call.await.unwrap_err().is_not_found());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a call does nothing until it is polled"]
pub struct Call<'f, T>(Pin<Box<dyn Future<Output = Result<T>> + Send + 'f>>);

impl<T: Send + 'static> Call<'static, T> {
    fn new(work: impl FnOnce() -> Result<T> + Send + 'static) -> Self {
        Self(Box::pin(async { blocking::unblock(work).await }))
    }
}

impl<T> Future for Call<'_, T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(context)
    }
}

impl<T> fmt::Debug for Call<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").finish_non_exhaustive()
    }
}

/// A client of one XCAP root, as one user, whose calls are futures.
///
/// It shares connections and authentication with the [blocking client](crate::XCAPClient) that it
/// was made from, and with its clones.
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
    /// A client for the documents below `xcap_root`, as the user `xcap_user_id`, with defaults for
    /// all else: as [`crate::XCAPClient::new`]. Nothing is sent.
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
    /// Those of [`crate::XCAPClient::new`].
    pub fn new<'p>(
        xcap_root: &str,
        xcap_user_id: &str,
        password: impl Into<Option<&'p str>>,
    ) -> Result<Self> {
        crate::XCAPClient::new(xcap_root, xcap_user_id, password).map(Self::from)
    }

    /// The blocking client that this one works with.
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
    /// Those of [`crate::XCAPClient::get`], when the future is polled.
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
    /// Those of [`crate::XCAPClient::put`], when the future is polled.
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
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let blocking = server.client("sip:alice@example.com")?;
    /// # let client = xcaplib::green::XCAPClient::from(blocking);
    /// # pollster::block_on(async {
    /// # let lists = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
    /// # client.blocking().put("resource-lists", lists, None, None, None)?;
    /// client.delete("resource-lists", None, None, None).await?;
    /// assert!(server.document("resource-lists", "sip:alice@example.com", "index").is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`crate::XCAPClient::delete`], when the future is polled.
    pub fn delete<'a>(
        &self,
        application: &str,
        node: impl Into<NodeArg<'a>>,
        etag: impl Into<ETagArg<'a>>,
        headers: impl Into<HeadersArg<'a>>,
    ) -> Call<'static, Response> {
        self.call(application, node.into(), etag.into(), headers.into()).delete()
    }

    /// Creates a document, element or attribute where nothing is: [`crate::XCAPClient::insert`].
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
    /// Those of [`crate::XCAPClient::insert`], when the future is polled.
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

    /// Replaces a document, element or attribute that is there, and gives back what was:
    /// [`crate::XCAPClient::replace`].
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let blocking = server.client("sip:alice@example.com")?;
    /// # let client = xcaplib::green::XCAPClient::from(blocking);
    /// # pollster::block_on(async {
    /// # let lists = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
    /// # client.blocking().put("resource-lists", lists, None, None, None)?;
    /// let (old, _) = client.replace("resource-lists", lists, None, None, None).await?;
    /// assert_eq!(old, lists);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`crate::XCAPClient::replace`], when the future is polled.
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

    /// The URL of a document or node: [`crate::XCAPClient::url`]. Nothing is sent, so there is
    /// nothing to wait for and this is no future.
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
    /// Those of [`crate::XCAPClient::url`].
    pub fn url<'a>(&self, application: &str, node: impl Into<NodeArg<'a>>) -> Result<String> {
        self.client.url(application, node)
    }

    /// Fetches a document, to be kept and edited in step with the server:
    /// [`crate::XCAPClient::open`].
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let blocking = server.client("sip:alice@example.com")?;
    /// # let client = xcaplib::green::XCAPClient::from(blocking);
    /// # pollster::block_on(async {
    /// # let lists = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
    /// # client.blocking().put("resource-lists", lists, None, None, None)?;
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
    /// Those of [`crate::XCAPClient::open`], when the future is polled.
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
    /// Those of [`crate::XCAPClient::capabilities`], when the future is polled.
    pub fn capabilities(&self) -> Call<'static, Capabilities> {
        let client = self.client.clone();
        Call::new(move || client.capabilities())
    }

    /// Lists the documents that the user has there: [`crate::XCAPClient::documents`].
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let blocking = server.client("sip:alice@example.com")?;
    /// # let client = xcaplib::green::XCAPClient::from(blocking);
    /// # pollster::block_on(async {
    /// # let lists = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
    /// # client.blocking().put("resource-lists", lists, None, None, None)?;
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
    /// Those of [`crate::XCAPClient::documents`], when the future is polled.
    pub fn documents(&self) -> Call<'static, Vec<DocumentEntry>> {
        let client = self.client.clone();
        Call::new(move || client.documents())
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
        Request { client: self.client.clone(), options: request.into_options() }
    }
}

/// A request with every option, begun by [`XCAPClient::request`], whose senders are futures.
///
/// It has the options of the blocking [`Request`](crate::Request). Its time begins when a thread
/// takes it up.
///
/// ```
/// use std::time::Duration;
/// use xcaplib::Method;
///
/// # let server = xcaplib::testing::Server::start()?;
/// # let blocking = server.client("sip:alice@example.com")?;
/// # let client = xcaplib::green::XCAPClient::from(blocking);
/// # pollster::block_on(async {
/// # let lists = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list/></resource-lists>"#;
/// # client.blocking().put("resource-lists", lists, None, None, None)?;
/// let request = client
///     .request("resource-lists")
///     .user("sip:alice@example.com")
///     .filename("index")
///     .header("X-Device", "phone")
///     .validate(true)
///     .timeout(Duration::from_secs(5));
/// let lists = request.clone().get().await?;
/// let newer = request.clone().if_none_match(lists.etag()).get().await;
/// assert!(newer.unwrap_err().is_not_modified());
///
/// let list = request.node("/resource-lists/list");
/// println!("{}", list.clone().with_namespaces().get().await?);
/// list.if_match(lists.etag()).content_type("application/xcap-el+xml").put("<list/>").await?;
///
/// assert!(client.request("resource-lists").global().optional().get().await?.is_none());
/// let answer = client.request("rls-services").send_raw(Method::Get, None).await?;
/// assert_eq!(answer.status(), 404);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[must_use = "a request does nothing until it is sent"]
pub struct Request {
    client: crate::XCAPClient,
    options: Options,
}

impl Request {
    /// Addresses the global tree: [`crate::Request::global`].
    pub fn global(self) -> Self {
        self.with(|request| request.global())
    }

    /// Addresses the home directory of another user: [`crate::Request::user`].
    pub fn user(self, user: &str) -> Self {
        self.with(|request| request.user(user))
    }

    /// The document's name: [`crate::Request::filename`].
    pub fn filename(self, filename: &str) -> Self {
        self.with(|request| request.filename(filename))
    }

    /// The node of the document that is meant: [`crate::Request::node`].
    pub fn node<'a>(self, node: impl Into<NodeArg<'a>>) -> Self {
        self.with(|request| request.node(node))
    }

    /// Goes through only if the document's ETag is this one: [`crate::Request::if_match`].
    pub fn if_match<'a>(self, etag: impl Into<ETagArg<'a>>) -> Self {
        self.with(|request| request.if_match(etag))
    }

    /// Goes through only if the document's ETag is not this one: [`crate::Request::if_none_match`].
    pub fn if_none_match<'a>(self, etag: impl Into<ETagArg<'a>>) -> Self {
        self.with(|request| request.if_none_match(etag))
    }

    /// Adds a header: [`crate::Request::header`].
    pub fn header(self, name: &str, value: &str) -> Self {
        self.with(|request| request.header(name, value))
    }

    /// The media type of the body: [`crate::Request::content_type`].
    pub fn content_type(self, media_type: &str) -> Self {
        self.with(|request| request.content_type(media_type))
    }

    /// Whether to check the body and the node selector: [`crate::Request::validate`].
    pub fn validate(self, validate: bool) -> Self {
        self.with(|request| request.validate(validate))
    }

    /// Makes [`get`](Self::get) give an element with the declarations that it inherits:
    /// [`crate::Request::with_namespaces`].
    pub fn with_namespaces(self) -> Self {
        self.with(|request| request.with_namespaces())
    }

    /// The time for this call: [`crate::Request::timeout`].
    pub fn timeout(self, timeout: Duration) -> Self {
        self.with(|request| request.timeout(timeout))
    }

    /// Makes [`get`](OptionalRequest::get) give `None` where nothing is there.
    pub fn optional(self) -> OptionalRequest {
        OptionalRequest(self)
    }

    /// Fetches the whole document, to be kept and edited in step with the server:
    /// [`crate::Request::open`].
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let blocking = server.client("sip:alice@example.com")?;
    /// # let client = xcaplib::green::XCAPClient::from(blocking);
    /// # pollster::block_on(async {
    /// # let lists = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
    /// # client.blocking().put("resource-lists", lists, None, None, None)?;
    /// let copy = client.request("resource-lists").open().await?;
    /// assert_eq!(copy.text(), lists);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`crate::XCAPClient::open`], when the future is polled.
    pub fn open(self) -> Call<'static, CachedDocument> {
        self.send(|request| request.open().map(CachedDocument::from))
    }

    /// Fetches the document or node.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let blocking = server.client("sip:alice@example.com")?;
    /// # let client = xcaplib::green::XCAPClient::from(blocking);
    /// # pollster::block_on(async {
    /// # let lists = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
    /// # client.blocking().put("resource-lists", lists, None, None, None)?;
    /// let root = client.request("resource-lists").node("/resource-lists").get().await?;
    /// assert_eq!(root, lists);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`crate::XCAPClient::get`], when the future is polled.
    pub fn get(self) -> Call<'static, Resource> {
        self.send(|request| request.get())
    }

    /// Creates or replaces the document, element or attribute.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let blocking = server.client("sip:alice@example.com")?;
    /// # let client = xcaplib::green::XCAPClient::from(blocking);
    /// # pollster::block_on(async {
    /// let lists = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
    /// client.request("resource-lists").filename("backup").put(lists).await?;
    /// assert!(server.document("resource-lists", "sip:alice@example.com", "backup").is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`crate::XCAPClient::put`], when the future is polled.
    pub fn put(self, body: impl AsRef<[u8]>) -> Call<'static, Response> {
        let body = body.as_ref().to_vec();
        self.send(|request| request.put(body))
    }

    /// Deletes the document, element or attribute.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let blocking = server.client("sip:alice@example.com")?;
    /// # let client = xcaplib::green::XCAPClient::from(blocking);
    /// # pollster::block_on(async {
    /// # let lists = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
    /// # client.blocking().put("resource-lists", lists, None, None, None)?;
    /// client.request("resource-lists").delete().await?;
    /// assert!(client.request("resource-lists").optional().get().await?.is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`crate::XCAPClient::delete`], when the future is polled.
    pub fn delete(self) -> Call<'static, Response> {
        self.send(|request| request.delete())
    }

    /// Creates the document, element or attribute where nothing is.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let blocking = server.client("sip:alice@example.com")?;
    /// # let client = xcaplib::green::XCAPClient::from(blocking);
    /// # pollster::block_on(async {
    /// # let lists = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
    /// # client.blocking().put("resource-lists", lists, None, None, None)?;
    /// let error = client.request("resource-lists").insert(lists).await.unwrap_err();
    /// assert!(error.is_already_exists());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`crate::XCAPClient::insert`], when the future is polled.
    pub fn insert(self, body: impl AsRef<[u8]>) -> Call<'static, Response> {
        let body = body.as_ref().to_vec();
        self.send(|request| request.insert(body))
    }

    /// Replaces what is there, and gives it back.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let blocking = server.client("sip:alice@example.com")?;
    /// # let client = xcaplib::green::XCAPClient::from(blocking);
    /// # pollster::block_on(async {
    /// # let lists = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
    /// # client.blocking().put("resource-lists", lists, None, None, None)?;
    /// let (old, _) = client.request("resource-lists").replace(lists).await?;
    /// assert_eq!(old, lists);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`crate::XCAPClient::replace`], when the future is polled.
    pub fn replace(self, body: impl AsRef<[u8]>) -> Call<'static, (Resource, Response)> {
        let body = body.as_ref().to_vec();
        self.send(|request| request.replace(body))
    }

    /// Sends any method with or without a body and gives the answer whatever its status:
    /// [`crate::Request::send_raw`].
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let blocking = server.client("sip:alice@example.com")?;
    /// # let client = xcaplib::green::XCAPClient::from(blocking);
    /// # pollster::block_on(async {
    /// use xcaplib::Method;
    ///
    /// let answer = client.request("resource-lists").send_raw(Method::Get, None).await?;
    /// assert_eq!(answer.status(), 404);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Bad input and transport failures alone, when the future is polled.
    pub fn send_raw(self, method: Method, body: Option<&[u8]>) -> Call<'static, Response> {
        let body = body.map(<[u8]>::to_vec);
        self.send(move |request| request.send_raw(method, body.as_deref()))
    }

    fn with(self, option: impl FnOnce(crate::Request<'_>) -> crate::Request<'_>) -> Self {
        let Self { client, options } = self;
        let options = option(crate::Request::with(&client, options)).into_options();
        Self { client, options }
    }

    fn send<T: Send + 'static>(
        self,
        send: impl FnOnce(crate::Request<'_>) -> Result<T> + Send + 'static,
    ) -> Call<'static, T> {
        Call::new(move || send(crate::Request::with(&self.client, self.options)))
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::Request::with(&self.client, self.options.clone()).fmt(f)
    }
}

/// A [`Request`] of which nothing found is no error.
///
/// ```
/// # let server = xcaplib::testing::Server::start()?;
/// # let blocking = server.client("sip:alice@example.com")?;
/// # let client = xcaplib::green::XCAPClient::from(blocking);
/// # pollster::block_on(async {
/// let rules = client.request("pres-rules").optional().get().await?;
/// println!("{}", if rules.is_some() { "there are rules" } else { "there are none" });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct OptionalRequest(Request);

impl OptionalRequest {
    /// Fetches the document or node; `None` where the server answers 404.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let blocking = server.client("sip:alice@example.com")?;
    /// # let client = xcaplib::green::XCAPClient::from(blocking);
    /// # pollster::block_on(async {
    /// assert!(client.request("pres-rules").optional().get().await?.is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`crate::XCAPClient::get`], 404 excepted, when the future is polled.
    pub fn get(self) -> Call<'static, Option<Resource>> {
        self.0.send(|request| request.optional().get())
    }
}

/// A document's text and ETag, kept in step with the server by changes that are futures.
///
/// It does what the blocking [`CachedDocument`](crate::CachedDocument) does. Reading the copy needs
/// no server and is no future. A change works on a copy of the copy, which takes its place when the
/// change has ended; until then, and for good where its future is dropped, the copy
/// [is stale](Self::is_stale), and the next change reads the document first.
///
/// ```
/// use xcaplib::Element;
///
/// # let server = xcaplib::testing::Server::start()?;
/// # let blocking = server.client("sip:alice@example.com")?;
/// # let client = xcaplib::green::XCAPClient::from(blocking);
/// # pollster::block_on(async {
/// # let lists = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends"/></resource-lists>"#;
/// # client.blocking().put("resource-lists", lists, None, None, None)?;
/// let mut lists = client.open("resource-lists").await?.retries(3);
/// let carol = r#"/resource-lists/list[@name="friends"]/entry[@uri="sip:carol@example.com"]"#;
/// lists.insert(carol, Element::new("entry").attr("uri", "sip:carol@example.com")).await?;
/// assert!(lists.get(carol).is_ok());
/// println!("{}", lists.text());
///
/// assert!(!lists.is_stale());
/// drop(lists.delete(carol)); // never polled, so nothing has begun
/// assert!(!lists.is_stale());
/// let etag = lists.etag().cloned();
/// assert_eq!(lists.into_blocking().etag(), etag.as_ref());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct CachedDocument {
    copy: crate::CachedDocument,
}

impl From<crate::CachedDocument> for CachedDocument {
    fn from(copy: crate::CachedDocument) -> Self {
        Self { copy }
    }
}

impl CachedDocument {
    /// How often a change is made again after a 412: [`crate::CachedDocument::retries`].
    #[must_use]
    pub fn retries(self, retries: u32) -> Self {
        self.copy.retries(retries).into()
    }

    /// The copy for blocking calls.
    #[must_use]
    pub fn into_blocking(self) -> crate::CachedDocument {
        self.copy
    }

    /// The text of the document, as far as it is known here.
    #[must_use]
    pub fn text(&self) -> &str {
        self.copy.text()
    }

    /// The ETag of the text, unless the server sent none.
    #[must_use]
    pub fn etag(&self) -> Option<&ETag> {
        self.copy.etag()
    }

    /// Whether the server's document may have become another by a change of ours: as
    /// [`crate::CachedDocument::is_stale`], or because the future of a change was dropped.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.copy.is_stale()
    }

    /// An element, attribute or set of namespace bindings of the copy:
    /// [`crate::CachedDocument::get`]. Nothing is sent, so this is no future.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let blocking = server.client("sip:alice@example.com")?;
    /// # let client = xcaplib::green::XCAPClient::from(blocking);
    /// # pollster::block_on(async {
    /// # let lists = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="a"/></resource-lists>"#;
    /// # client.blocking().put("resource-lists", lists, None, None, None)?;
    /// let lists = client.open("resource-lists").await?;
    /// assert_eq!(lists.get("/resource-lists/list/@name")?.as_str(), "a");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`crate::CachedDocument::get`].
    pub fn get<'a>(&self, node: impl Into<NodeArg<'a>>) -> Result<Selected<'_>> {
        self.copy.get(node)
    }

    /// Creates or replaces an element or attribute: [`crate::CachedDocument::put`].
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let blocking = server.client("sip:alice@example.com")?;
    /// # let client = xcaplib::green::XCAPClient::from(blocking);
    /// # pollster::block_on(async {
    /// # let lists = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="a"/></resource-lists>"#;
    /// # client.blocking().put("resource-lists", lists, None, None, None)?;
    /// let mut lists = client.open("resource-lists").await?;
    /// lists.put("/resource-lists/list/@name", "b").await?;
    /// assert!(lists.text().contains("\"b\""));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`crate::CachedDocument::put`], when the future is polled.
    pub fn put<'a>(
        &mut self,
        node: impl Into<NodeArg<'a>>,
        body: impl AsRef<[u8]>,
    ) -> Call<'_, Response> {
        let (node, body) = (node.into().into_owned(), body.as_ref().to_vec());
        self.change(|copy| copy.put(node, body))
    }

    /// Creates an element or attribute where the copy has none: [`crate::CachedDocument::insert`].
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let blocking = server.client("sip:alice@example.com")?;
    /// # let client = xcaplib::green::XCAPClient::from(blocking);
    /// # pollster::block_on(async {
    /// # let lists = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="a"/></resource-lists>"#;
    /// # client.blocking().put("resource-lists", lists, None, None, None)?;
    /// let mut lists = client.open("resource-lists").await?;
    /// let error = lists.insert("/resource-lists/list/@name", "b").await.unwrap_err();
    /// assert!(error.is_already_exists());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`crate::CachedDocument::insert`], when the future is polled.
    pub fn insert<'a>(
        &mut self,
        node: impl Into<NodeArg<'a>>,
        body: impl AsRef<[u8]>,
    ) -> Call<'_, Response> {
        let (node, body) = (node.into().into_owned(), body.as_ref().to_vec());
        self.change(|copy| copy.insert(node, body))
    }

    /// Replaces an element or attribute that the copy has: [`crate::CachedDocument::replace`].
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let blocking = server.client("sip:alice@example.com")?;
    /// # let client = xcaplib::green::XCAPClient::from(blocking);
    /// # pollster::block_on(async {
    /// # let lists = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="a"/></resource-lists>"#;
    /// # client.blocking().put("resource-lists", lists, None, None, None)?;
    /// let mut lists = client.open("resource-lists").await?;
    /// let error = lists.replace("/resource-lists/list/entry", "<entry/>").await.unwrap_err();
    /// assert!(error.is_not_found());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`crate::CachedDocument::replace`], when the future is polled.
    pub fn replace<'a>(
        &mut self,
        node: impl Into<NodeArg<'a>>,
        body: impl AsRef<[u8]>,
    ) -> Call<'_, Response> {
        let (node, body) = (node.into().into_owned(), body.as_ref().to_vec());
        self.change(|copy| copy.replace(node, body))
    }

    /// Deletes an element or attribute: [`crate::CachedDocument::delete`].
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let blocking = server.client("sip:alice@example.com")?;
    /// # let client = xcaplib::green::XCAPClient::from(blocking);
    /// # pollster::block_on(async {
    /// # let lists = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="a"/></resource-lists>"#;
    /// # client.blocking().put("resource-lists", lists, None, None, None)?;
    /// let mut lists = client.open("resource-lists").await?;
    /// lists.delete("/resource-lists/list").await?;
    /// assert!(!lists.text().contains("<list "));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`crate::CachedDocument::delete`], when the future is polled.
    pub fn delete<'a>(&mut self, node: impl Into<NodeArg<'a>>) -> Call<'_, Response> {
        let node = node.into().into_owned();
        self.change(|copy| copy.delete(node))
    }

    /// Replaces the whole document by what `change` makes of its text:
    /// [`crate::CachedDocument::update`].
    ///
    /// `change` is called on a thread of the pool, and again after a 412 if
    /// [`retries`](Self::retries) says so.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let blocking = server.client("sip:alice@example.com")?;
    /// # let client = xcaplib::green::XCAPClient::from(blocking);
    /// # pollster::block_on(async {
    /// # let lists = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="a"/></resource-lists>"#;
    /// # client.blocking().put("resource-lists", lists, None, None, None)?;
    /// let mut lists = client.open("resource-lists").await?.retries(10);
    /// lists.update(|text| text.replace("\"a\"", "\"b\"")).await?;
    /// assert!(lists.get(r#"/resource-lists/list[@name="b"]"#).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`crate::CachedDocument::update`], when the future is polled.
    pub fn update(
        &mut self,
        change: impl FnMut(&str) -> String + Send + 'static,
    ) -> Call<'_, Response> {
        self.change(|copy| copy.update(change))
    }

    /// Fetches the document if it is another than the copy; whether it was:
    /// [`crate::CachedDocument::refresh`]. If its future is dropped, the copy is as it was.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let blocking = server.client("sip:alice@example.com")?;
    /// # let client = xcaplib::green::XCAPClient::from(blocking);
    /// # pollster::block_on(async {
    /// # let lists = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="a"/></resource-lists>"#;
    /// # client.blocking().put("resource-lists", lists, None, None, None)?;
    /// let mut lists = client.open("resource-lists").await?;
    /// assert!(!lists.refresh().await?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`crate::CachedDocument::refresh`], when the future is polled.
    pub fn refresh(&mut self) -> Call<'_, bool> {
        Call(Box::pin(async {
            let copy = self.copy.clone();
            self.work(copy, crate::CachedDocument::refresh).await
        }))
    }

    /// Brings the copy up to date with a notification of changes. Nothing is sent.
    ///
    /// See [`crate::CachedDocument::apply`].
    ///
    /// ```
    /// use xcaplib::Applied;
    /// use xcaplib::diff::XcapDiff;
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let blocking = server.client("sip:alice@example.com")?;
    /// # let client = xcaplib::green::XCAPClient::from(blocking);
    /// # pollster::block_on(async {
    /// # let lists = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="a"/></resource-lists>"#;
    /// # client.blocking().put("resource-lists", lists, None, None, None)?;
    /// let other = XcapDiff::parse(
    ///     r#"<xcap-diff xmlns="urn:ietf:params:xml:ns:xcap-diff" xcap-root="http://xcap.example.com/">
    ///     <document sel="pres-rules/users/sip:alice@example.com/index" new-etag="a"/></xcap-diff>"#,
    /// )?;
    /// let mut lists = client.open("resource-lists").await?;
    /// assert_eq!(lists.apply(&other), Applied::Other);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn apply(&mut self, diff: &XcapDiff) -> Applied {
        self.copy.apply(diff)
    }

    fn change<T: Send + 'static>(
        &mut self,
        change: impl FnOnce(&mut crate::CachedDocument) -> Result<T> + Send + 'static,
    ) -> Call<'_, T> {
        Call(Box::pin(async {
            let copy = self.copy.clone();
            // If this future is dropped, nobody learns what became of the change.
            self.copy.mark_stale();
            self.work(copy, change).await
        }))
    }

    /// Works on a copy of the copy, which then takes its place.
    async fn work<T: Send + 'static>(
        &mut self,
        mut copy: crate::CachedDocument,
        work: impl FnOnce(&mut crate::CachedDocument) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let work = blocking::unblock(move || {
            let result = work(&mut copy);
            (result, copy)
        });
        let (result, copy) = work.await;
        self.copy = copy;
        result
    }
}
