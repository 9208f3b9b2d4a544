//! The request whose final calls are futures.

#![allow(
    clippy::redundant_closure_for_method_calls,
    reason = "the path of a method fits requests of one lifetime alone"
)]

use std::fmt;
use std::time::Duration;

use crate::answer::{ETagArg, Resource, Response, Result};
use crate::client::{Method, RequestOptions};
use crate::selector::NodeArg;

use super::cached::CachedDocument;
use super::call::Call;

/// A request with every option, whose final calls are futures.
/// [`XCAPClient::request`](super::XCAPClient::request) begins it.
///
/// It has the options of the blocking [`Request`](crate::Request). Its time begins when a thread
/// starts to work on it.
///
/// ```
/// use std::time::Duration;
/// use xcaplib::Method;
///
/// # let (server, client) = xcaplib::testing::example_of("<list/>")?;
/// # let client = xcaplib::green::XCAPClient::from(client);
/// # pollster::block_on(async {
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
    options: RequestOptions,
}

impl Request {
    /// Turns a request into one that owns its client.
    pub(super) fn of(client: &crate::XCAPClient, request: crate::Request<'_>) -> Self {
        Self { client: client.clone(), options: request.into_options() }
    }

    /// Addresses the global tree: [`crate::Request::global`].
    pub fn global(self) -> Self {
        self.with(|request| request.global())
    }

    /// Addresses the home directory of another user: [`crate::Request::user`].
    pub fn user(self, user: &str) -> Self {
        self.with(|request| request.user(user))
    }

    /// The name of the document: [`crate::Request::filename`].
    pub fn filename(self, filename: &str) -> Self {
        self.with(|request| request.filename(filename))
    }

    /// The node of the document to read or change: [`crate::Request::node`].
    pub fn node<'a>(self, node: impl Into<NodeArg<'a>>) -> Self {
        self.with(|request| request.node(node))
    }

    /// Makes the call succeed only if this is the document's ETag: [`crate::Request::if_match`].
    pub fn if_match<'a>(self, etag: impl Into<ETagArg<'a>>) -> Self {
        self.with(|request| request.if_match(etag))
    }

    /// Makes the call succeed only if this is not the document's ETag:
    /// [`crate::Request::if_none_match`].
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

    /// Makes [`get`](Self::get) return an element with the declarations that it inherits:
    /// [`crate::Request::with_namespaces`].
    pub fn with_namespaces(self) -> Self {
        self.with(|request| request.with_namespaces())
    }

    /// The time limit for this call: [`crate::Request::timeout`].
    pub fn timeout(self, timeout: Duration) -> Self {
        self.with(|request| request.timeout(timeout))
    }

    /// Makes [`get`](OptionalRequest::get) return `None` if nothing is there.
    pub fn optional(self) -> OptionalRequest {
        OptionalRequest(self)
    }

    /// Fetches the whole document, to keep it and edit it in step with the server:
    /// [`crate::Request::open`].
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example()?;
    /// # let client = xcaplib::green::XCAPClient::from(client);
    /// # pollster::block_on(async {
    /// let copy = client.request("resource-lists").open().await?;
    /// assert_eq!(copy.get("/resource-lists/list/@name")?.as_str(), "friends");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`crate::XCAPClient::open`], when the future is polled.
    pub fn open(self) -> Call<'static, CachedDocument> {
        self.send(|request| request.open().map(CachedDocument::from))
    }

    /// The path to which the request goes, below the XCAP root: [`crate::Request::path`].
    ///
    /// ```
    /// # let client = xcaplib::XCAPClient::new("http://example.com", "alice@example.com", None)?;
    /// # let client = xcaplib::green::XCAPClient::from(client);
    /// let path = client.request("pres-rules").path()?;
    /// assert_eq!(path, "pres-rules/users/sip:alice@example.com/index");
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`crate::Request::path`].
    pub fn path(&self) -> Result<String> {
        self.client.request_with(self.options.clone()).path()
    }

    /// Opens a copy of a document, which is put first if it does not exist:
    /// [`crate::Request::open_or_insert`].
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = xcaplib::green::XCAPClient::from(server.client("sip:alice@example.com")?);
    /// # pollster::block_on(async {
    /// let empty = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
    /// let lists = client.request("resource-lists").open_or_insert(empty).await?;
    /// assert_eq!(lists.text(), empty);
    /// # Ok::<(), xcaplib::Error>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`crate::Request::open_or_insert`], when the future is polled.
    pub fn open_or_insert(self, body: impl AsRef<[u8]>) -> Call<'static, CachedDocument> {
        let body = body.as_ref().to_vec();
        self.send(|request| request.open_or_insert(body).map(CachedDocument::from))
    }

    /// Makes a copy from a text that was kept elsewhere: [`crate::Request::resume`]. Nothing is
    /// sent.
    ///
    /// ```
    /// # let client = xcaplib::XCAPClient::new("http://example.com", "alice@example.com", None)?;
    /// # let client = xcaplib::green::XCAPClient::from(client);
    /// let text = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
    /// let lists = client.request("resource-lists").resume(text, "\"7\"")?;
    /// assert_eq!(lists.text(), text);
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`crate::Request::resume`].
    pub fn resume<'a>(
        self,
        text: impl Into<String>,
        etag: impl Into<ETagArg<'a>>,
    ) -> Result<CachedDocument> {
        self.client.request_with(self.options).resume(text, etag).map(CachedDocument::from)
    }

    /// Fetches the document or node.
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example()?;
    /// # let client = xcaplib::green::XCAPClient::from(client);
    /// # pollster::block_on(async {
    /// let node = "/resource-lists/list/entry";
    /// let entry = client.request("resource-lists").node(node).get().await?;
    /// assert_eq!(entry, r#"<entry uri="sip:bob@example.com"/>"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`crate::XCAPClient::get`], when the future is polled.
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
    /// The errors of [`crate::XCAPClient::put`], when the future is polled.
    pub fn put(self, body: impl AsRef<[u8]>) -> Call<'static, Response> {
        let body = body.as_ref().to_vec();
        self.send(|request| request.put(body))
    }

    /// Deletes the document, element or attribute.
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example_of("")?;
    /// # let client = xcaplib::green::XCAPClient::from(client);
    /// # pollster::block_on(async {
    /// client.request("resource-lists").delete().await?;
    /// assert!(client.request("resource-lists").optional().get().await?.is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`crate::XCAPClient::delete`], when the future is polled.
    pub fn delete(self) -> Call<'static, Response> {
        self.send(|request| request.delete())
    }

    /// Creates the document, element or attribute if it does not exist yet.
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example()?;
    /// # let client = xcaplib::green::XCAPClient::from(client);
    /// # pollster::block_on(async {
    /// let friends = r#"/resource-lists/list[@name="friends"]"#;
    /// let list = client.request("resource-lists").node(friends);
    /// let error = list.insert(r#"<list name="friends"/>"#).await.unwrap_err();
    /// assert!(error.is_already_exists());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`crate::XCAPClient::insert`], when the future is polled.
    pub fn insert(self, body: impl AsRef<[u8]>) -> Call<'static, Response> {
        let body = body.as_ref().to_vec();
        self.send(|request| request.insert(body))
    }

    /// Replaces what is there, and returns the old version.
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example()?;
    /// # let client = xcaplib::green::XCAPClient::from(client);
    /// # pollster::block_on(async {
    /// let name = client.request("resource-lists").node("/resource-lists/list/@name");
    /// let (old, _) = name.replace("family").await?;
    /// assert_eq!(old.attribute_value().as_deref(), Some("friends"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`crate::XCAPClient::replace`], when the future is polled.
    pub fn replace(self, body: impl AsRef<[u8]>) -> Call<'static, (Resource, Response)> {
        let body = body.as_ref().to_vec();
        self.send(|request| request.replace(body))
    }

    /// Sends any method, with or without a body, and returns the answer whatever its status:
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
    /// Bad input, transport failures, and answers that cannot be used, when the future is polled.
    /// No status is an error.
    pub fn send_raw(self, method: Method, body: Option<&[u8]>) -> Call<'static, Response> {
        let body = body.map(<[u8]>::to_vec);
        self.send(move |request| request.send_raw(method, body.as_deref()))
    }

    fn with(self, option: impl FnOnce(crate::Request<'_>) -> crate::Request<'_>) -> Self {
        let Self { client, options } = self;
        let options = option(client.request_with(options)).into_options();
        Self { client, options }
    }

    fn send<T: Send + 'static>(
        self,
        send: impl FnOnce(crate::Request<'_>) -> Result<T> + Send + 'static,
    ) -> Call<'static, T> {
        Call::new(move || send(self.client.request_with(self.options)))
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.client.request_with(self.options.clone()).fmt(f)
    }
}

/// A [`Request`] for which a 404 is not an error.
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
    /// Fetches the document or node. Returns `None` if the server answers 404.
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
    /// The errors of [`crate::XCAPClient::get`], except for a 404, when the future is polled.
    pub fn get(self) -> Call<'static, Option<Resource>> {
        self.0.send(|request| request.optional().get())
    }
}
