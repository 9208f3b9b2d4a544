//! The client and its builder.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::application::Application;
use crate::auth::{Auth, AuthorizationRequest, Credentials, Hook};
use crate::cached::CachedDocument;
use crate::caps::Capabilities;
use crate::directory::{self, DocumentEntry};
use crate::error::{Error, Result};
use crate::etag::ETagArg;
use crate::exchange::Exchange;
use crate::headers::HeadersArg;
use crate::proxy;
use crate::request::Request;
use crate::resource::{Resource, Response};
use crate::root::Root;
use crate::selector::{UserId, shown_user};
use crate::target::NodeArg;
use crate::transport::{Options, TlsOptions, Transport};

/// A client of one XCAP root, as one user (RFC 4825 section 7).
///
/// A clone shares its connections and its authentication, and so do threads: it is
/// `Clone + Send + Sync`. [`Debug`](fmt::Debug) shows neither the password nor anything made
/// from it.
///
/// `get`, `put`, `delete`, `insert` and `replace` take their arguments in the documented order;
/// whatever is not needed is `None`. All other options are in [`request`](Self::request).
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

struct Core {
    user: UserId,
    exchange: Exchange,
    applications: Vec<Application>,
    validate: bool,
    timeout: Duration,
    /// A change was answered without a document.
    answers_bare: AtomicBool,
}

impl XCAPClient {
    /// A client for the documents below `xcap_root`, as the user `xcap_user_id`, with defaults for
    /// all else.
    ///
    /// The user id (XUI) is a SIP address, `sip:` left out or not, another URI, or a name without
    /// `@`. `password` is `None` or a text; a `&String` needs `.as_str()`. The user name for
    /// authentication is the part of the user id before the `@`.
    ///
    /// ```
    /// use xcaplib::XCAPClient;
    ///
    /// let password = String::from("secret");
    /// XCAPClient::new("http://xcap.example.com/xcap-root", "alice@example.com", password.as_str())?;
    /// XCAPClient::new("http://xcap.example.com", "tel:+358555000001", None)?;
    ///
    /// let error = XCAPClient::new("xcap.example.com", "alice@example.com", None).unwrap_err();
    /// assert!(error.is_invalid_input());
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input), naming the part at fault: a root that is no
    /// http or https URL with a host, or has a user name, query or fragment; a user id that is
    /// empty or has a password in it.
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

    /// Begins a client with options of its own.
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

    /// The XCAP root that a client may assume where none was given to it: `https://xcap.` and the
    /// user's domain (RFC 4825 section 6.1).
    ///
    /// ```
    /// # use xcaplib::XCAPClient;
    /// assert_eq!(XCAPClient::default_root("sip:alice@example.com")?, "https://xcap.example.com");
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) where the user id has no domain.
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
    /// `etag` goes out as `If-Match`; to fetch only what has changed, use
    /// [`Request::if_none_match`].
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// # let document = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends"><entry uri="sip:bob@example.com"/></list></resource-lists>"#;
    /// # server.set_document("resource-lists", "sip:alice@example.com", "index", document);
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
    /// Bad input, before anything is sent; transport failures; any status that is no success, 404
    /// as [`is_not_found`](Error::is_not_found); an answer that is no resource: not UTF-8, too
    /// large, a web page.
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
    /// `resource` is a text, bytes or an [`Element`](crate::Element); for an attribute it is the
    /// value, with or without quotes. With an `etag` the change goes through only if the document
    /// is still the one it names (RFC 4825 section 7.11). [`Response::is_created`] tells creation
    /// from replacement on servers that do.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// # let document = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends"><entry uri="sip:bob@example.com"/></list></resource-lists>"#;
    /// # server.set_document("resource-lists", "sip:alice@example.com", "index", document);
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
    /// Bad input, before anything is sent: a body that a conforming server is certain to refuse is
    /// named with line and column. Transport failures, after which it is not known whether the
    /// change was made. Any status that is no success: 409 as [`is_conflict`](Error::is_conflict),
    /// 412 as [`is_precondition_failed`](Error::is_precondition_failed).
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
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// # let document = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends"><entry uri="sip:bob@example.com"/></list></resource-lists>"#;
    /// # server.set_document("resource-lists", "sip:alice@example.com", "index", document);
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
    /// Those of [`put`](Self::put), without a body; 404 as [`is_not_found`](Error::is_not_found).
    pub fn delete<'a>(
        &self,
        application: &str,
        node: impl Into<NodeArg<'a>>,
        etag: impl Into<ETagArg<'a>>,
        headers: impl Into<HeadersArg<'a>>,
    ) -> Result<Response> {
        self.call(application, node.into(), etag.into(), headers.into()).delete()
    }

    /// Creates a document, element or attribute where nothing is.
    ///
    /// A document: a GET that must find nothing, then one PUT with `If-None-Match: *`. That nobody
    /// creates it in between is the server's part of the promise; a server that ignores
    /// `If-None-Match: *` (Kamailio does) overwrites what came in between.
    ///
    /// An element or attribute: the document's ETag, a GET of the node that must find nothing, and
    /// a PUT with that ETag in `If-Match`; from the beginning when the document changed in between,
    /// up to 5 times. With an `etag` of the caller's there is one try, with that ETag.
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
    /// [`is_already_exists`](Error::is_already_exists) where something is;
    /// [`is_not_found`](Error::is_not_found) where the document of a node is missing; a document
    /// takes no `etag`; an `If-None-Match` is bad input; those of [`put`](Self::put).
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

    /// Replaces a document, element or attribute that is there, and gives back what was.
    ///
    /// A GET, then a PUT with the ETag found in `If-Match`; again when the document changed in
    /// between, up to 5 times. With an `etag` of the caller's there is one try, with that ETag.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// # let document = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends"><entry uri="sip:bob@example.com"/></list></resource-lists>"#;
    /// # server.set_document("resource-lists", "sip:alice@example.com", "index", document);
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
    /// [`is_not_found`](Error::is_not_found) where nothing is; an `If-None-Match` is bad input;
    /// those of [`put`](Self::put).
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
    /// # let client = xcaplib::XCAPClient::new("https://xcap.example.com", "alice@example.com", None)?;
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
    /// [`is_invalid_input`](Error::is_invalid_input) for what cannot be sent.
    pub fn url<'a>(&self, application: &str, node: impl Into<NodeArg<'a>>) -> Result<String> {
        self.request(application).node(node).url()
    }

    /// Fetches a document, to be kept and edited in step with the server
    /// (RFC 4825 section 7.11).
    ///
    /// A document that is not there yet is made by [`insert`](Self::insert) first.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// # let document = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends"><entry uri="sip:bob@example.com"/></list></resource-lists>"#;
    /// # server.set_document("resource-lists", "sip:alice@example.com", "index", document);
    /// let mut lists = client.open("resource-lists")?;
    /// lists.delete(r#"/resource-lists/list/entry[@uri="sip:bob@example.com"]"#)?;
    /// assert!(!lists.text().contains("bob"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`get`](Self::get): [`is_not_found`](Error::is_not_found) where there is none.
    pub fn open(&self, application: &str) -> Result<CachedDocument> {
        self.request(application).open()
    }

    /// Asks what the server can do: `xcap-caps` (RFC 4825 section 12).
    ///
    /// A server that has no such document (404, 405 or 501) leaves it
    /// [unknown](Capabilities::is_known); that is no error.
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
    /// [`is_malformed_response`](Error::is_malformed_response) where the answer is something else:
    /// nothing, a web page, a part of a document, another document. Those of [`get`](Self::get).
    pub fn capabilities(&self) -> Result<Capabilities> {
        Capabilities::fetch(self)
    }

    /// Lists the documents that the user has there: the directory of OMA XDM,
    /// `org.openmobilealliance.xcap-directory`.
    ///
    /// An entry whose URI names no document is left out; what is not understood of an ETag or a size
    /// is as if it were not given. The list is the server's, in its order: some name documents
    /// twice, or documents of others.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// # let document = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends"><entry uri="sip:bob@example.com"/></list></resource-lists>"#;
    /// # server.set_document("resource-lists", "sip:alice@example.com", "index", document);
    /// for entry in client.documents()? {
    ///     println!("{}/{}: {:?} bytes", entry.application(), entry.filename(), entry.size());
    /// }
    /// # assert_eq!(client.documents()?.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Any status that is no success, also where the server has no directories: 404 as
    /// [`is_not_found`](Error::is_not_found), 405 and 501 by their [`status`](Error::status).
    /// [`is_malformed_response`](Error::is_malformed_response) where the answer is something else:
    /// nothing, a web page, a part of a document, another document. Those of [`get`](Self::get).
    pub fn documents(&self) -> Result<Vec<DocumentEntry>> {
        directory::fetch(self)
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
        Request::new(self, application)
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

    /// What is known about an application usage: the user's own first, then the registry.
    pub(crate) fn application(&self, auid: &str) -> Cow<'static, Application> {
        let own = self.core.applications.iter().rfind(|application| application.auid == auid);
        match (own, Application::lookup(auid)) {
            (Some(own), _) => Cow::Owned(own.clone()),
            (None, Some(registered)) => Cow::Borrowed(registered),
            (None, None) => Cow::Owned(Application::new(auid.to_owned())),
        }
    }

    /// Takes note of the answer to a PUT that succeeded.
    pub(crate) fn learn_answer(&self, response: &Response) {
        if response.body().is_empty() {
            self.core.answers_bare.store(true, Ordering::Relaxed);
        }
    }

    /// Whether the server is known to answer a change without a document, so that a PUT answered with
    /// one changed nothing.
    pub(crate) fn answers_bare(&self) -> bool {
        self.core.answers_bare.load(Ordering::Relaxed)
    }

    pub(crate) fn exchange(&self) -> &Exchange {
        &self.core.exchange
    }

    pub(crate) fn user(&self) -> &UserId {
        &self.core.user
    }

    pub(crate) fn validates(&self) -> bool {
        self.core.validate
    }

    pub(crate) fn timeout(&self) -> Duration {
        self.core.timeout
    }
}

impl fmt::Debug for XCAPClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("XCAPClient")
            .field(
                "root",
                &format_args!(
                    "{}{}",
                    self.core.exchange.root.origin(),
                    self.core.exchange.root.path()
                ),
            )
            .field("user", &self.core.user.as_str())
            .finish_non_exhaustive()
    }
}

/// The options of an [`XCAPClient`], ended by [`build`](Self::build).
///
/// ```
/// use std::time::Duration;
/// use xcaplib::{Application, XCAPClient};
///
/// # let server = xcaplib::testing::Server::builder().application(Application::new("notes.example.com")).start()?;
/// # let root = server.root();
/// let client = XCAPClient::builder(&root, "sip:alice@example.com")
///     .password("secret")
///     .auth_username("alice")
///     .allow_basic_over_http(false)
///     .timeout(Duration::from_secs(15))
///     .connect_timeout(Duration::from_secs(3))
///     .max_body(64 * 1024)
///     .retries(0)
///     .validate(true)
///     .user_agent("buddies/1.0")
///     .proxy(None)
///     .application(Application::new("notes.example.com"))
///     .build()?;
/// client.put("notes.example.com", "<notes/>", None, None, None)?;
/// # assert_eq!(server.requests()[0].header("user-agent"), Some("buddies/1.0"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[must_use = "a builder makes a client when `build` is called"]
pub struct XCAPClientBuilder {
    root: String,
    user: String,
    password: Option<String>,
    auth_username: Option<String>,
    allow_basic_over_http: bool,
    authorization: Option<Hook>,
    proxy: proxy::Setting,
    retries: u32,
    validate: bool,
    applications: Vec<Application>,
    options: Options,
}

impl XCAPClientBuilder {
    fn new(root: &str, user: &str) -> Self {
        Self {
            root: root.to_owned(),
            user: user.to_owned(),
            password: None,
            auth_username: None,
            allow_basic_over_http: false,
            authorization: None,
            proxy: proxy::Setting::default(),
            retries: 1,
            validate: true,
            applications: Vec::new(),
            options: Options {
                timeout: Duration::from_secs(60),
                connect_timeout: Duration::from_secs(10),
                user_agent: concat!("xcaplib/", env!("CARGO_PKG_VERSION")).to_owned(),
                max_body: 16 * 1024 * 1024,
                tls: TlsOptions::default(),
            },
        }
    }

    /// The password that answers the server's challenges. Default: none, and a challenge is an
    /// error.
    pub fn password(mut self, password: &str) -> Self {
        self.password = Some(password.to_owned());
        self
    }

    /// The user name for authentication. Default: the part of the user id before the `@`.
    pub fn auth_username(mut self, username: &str) -> Self {
        self.auth_username = Some(username.to_owned());
        self
    }

    /// The time for a call, from connecting to the last byte of the answer, whatever number of
    /// requests it takes. Default: 60 seconds.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = timeout;
        self
    }

    /// The time to connect, within the time for the call; not zero. Default: 10 seconds.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.options.connect_timeout = timeout;
        self
    }

    /// The `User-Agent`. Default: `xcaplib/` and the version.
    pub fn user_agent(mut self, user_agent: &str) -> Self {
        self.options.user_agent = user_agent.to_owned();
        self
    }

    /// The largest body of an answer that is read, in bytes, whatever its status; a larger one makes
    /// the answer an error, [`is_too_large`](Error::is_too_large). Default: 16 MiB.
    pub fn max_body(mut self, bytes: u64) -> Self {
        self.options.max_body = bytes;
        self
    }

    /// Whether bodies and node selectors are checked before anything is sent. Default: they are.
    pub fn validate(mut self, validate: bool) -> Self {
        self.validate = validate;
        self
    }

    /// Allows the password to be sent by Basic authentication over http, readable for everybody in
    /// between. Default: only over https, and over http to this machine.
    pub fn allow_basic_over_http(mut self, allow: bool) -> Self {
        self.allow_basic_over_http = allow;
        self
    }

    /// Makes the `Authorization` of requests in a way of your own: 3GPP AKA or GBA, a bearer token.
    ///
    /// The closure is asked before each request, and again after a 401 with its challenges, in the
    /// thread of the call; what it gives is the whole value. `None` leaves the request to Basic and
    /// Digest with the client's password, if that applies, or sends it bare. A value that was just
    /// refused is not sent again, and one call sends at most three times to one target. An
    /// `Authorization` given as a header of one request goes before the closure. The value is never
    /// logged or shown, and goes over http as it does over https: a bearer token wants https.
    ///
    /// Default: none.
    ///
    /// ```
    /// use xcaplib::XCAPClient;
    ///
    /// # fn fresh_token() -> String { String::new() }
    /// let client = XCAPClient::builder("https://xcap.example.com", "sip:alice@example.com")
    ///     .authorization(|request| {
    ///         let is_bearer = |challenge: &String| challenge.starts_with("Bearer");
    ///         match request.challenges() {
    ///             [] => None, // wait for the challenge
    ///             challenges if challenges.iter().any(is_bearer) => {
    ///                 Some(format!("Bearer {}", fresh_token()))
    ///             }
    ///             _ => None,
    ///         }
    ///     })
    ///     .build()?;
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    pub fn authorization(
        mut self,
        authorize: impl Fn(&AuthorizationRequest<'_>) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.authorization = Some(Arc::new(authorize));
        self
    }

    /// Sends everything through an HTTP proxy, by CONNECT: `http://proxy.example.com:3128`, with
    /// `user:password@` before the host, percent-encoded, where it asks for Basic authentication.
    /// `None` uses no proxy, whatever the environment says.
    ///
    /// Default: the environment's `https_proxy` or `HTTPS_PROXY` for an https root, `http_proxy` for
    /// an http one, or else `all_proxy` or `ALL_PROXY`, unless `no_proxy` or `NO_PROXY` names the
    /// root's host, a domain above it, or `*`. This machine (`localhost`, `127.0.0.0/8`, `::1`) is
    /// always reached directly.
    pub fn proxy<'p>(mut self, url: impl Into<Option<&'p str>>) -> Self {
        self.proxy = match url.into() {
            Some(url) => proxy::Setting::Url(url.to_owned()),
            None => proxy::Setting::Direct,
        };
        self
    }

    /// How often a request is sent again, within the time for the call, when its connection failed
    /// and a repetition can do no harm: a GET if the connection was an idle one and was closed under
    /// it; any request if the connection was refused. Default: 1.
    pub fn retries(mut self, retries: u32) -> Self {
        self.retries = retries;
        self
    }

    /// Trusts the authorities whose certificates stand in this PEM text, beside the usual ones. May
    /// be called again. Default: the usual ones alone, which are Mozilla's, or the system's with the
    /// feature `platform-verifier`.
    ///
    /// ```
    /// use xcaplib::XCAPClient;
    ///
    /// // That of a file, most often: `std::fs::read("/etc/xcap/ca.pem")?`.
    /// let pem = "not a certificate";
    /// let builder = XCAPClient::builder("https://xcap.example.com", "sip:alice@example.com");
    /// let error = builder.ca_certificates(pem).build().unwrap_err();
    /// assert!(error.is_invalid_input());
    /// ```
    pub fn ca_certificates(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.options.tls.ca_certificates.push(pem.as_ref().to_vec());
        self
    }

    /// Shows this certificate to servers that ask for one. The PEM text holds the certificate, those
    /// between it and its authority, and its private key, not encrypted; with `native-tls` the key
    /// has to be PKCS #8. Default: none.
    ///
    /// ```
    /// use xcaplib::XCAPClient;
    ///
    /// // Certificate and key, for instance `std::fs::read("/etc/xcap/device.pem")?`.
    /// let pem = "not a certificate";
    /// let builder = XCAPClient::builder("https://xcap.example.com", "sip:alice@example.com");
    /// let error = builder.client_certificate(pem).build().unwrap_err();
    /// assert!(error.is_invalid_input());
    /// ```
    pub fn client_certificate(mut self, pem_chain_and_key: impl AsRef<[u8]>) -> Self {
        self.options.tls.client_certificate = Some(pem_chain_and_key.as_ref().to_vec());
        self
    }

    /// DANGER: takes any certificate of any server, expired, self-signed or of another name.
    ///
    /// Whoever can get between the client and the server can then read and change everything,
    /// **passwords included**. It is for a test bench. For a server with an authority of its own
    /// there is [`ca_certificates`](Self::ca_certificates). Default: `false`.
    ///
    /// ```
    /// use xcaplib::XCAPClient;
    ///
    /// let builder = XCAPClient::builder("https://127.0.0.1:8443", "sip:alice@example.com");
    /// let client = builder.danger_accept_invalid_certs(true).build();
    /// // A build without TLS refuses an option of it.
    /// assert!(client.is_ok() || client.unwrap_err().is_invalid_input());
    /// ```
    pub fn danger_accept_invalid_certs(mut self, accept: bool) -> Self {
        self.options.tls.accept_invalid = accept;
        self
    }

    /// Registers an application usage of your own, or another description of a registered one.
    pub fn application(mut self, application: Application) -> Self {
        self.applications.push(application);
        self
    }

    /// Makes the client. Nothing is sent.
    ///
    /// ```
    /// use std::time::Duration;
    /// use xcaplib::XCAPClient;
    ///
    /// let builder = XCAPClient::builder("http://xcap.example.com", "sip:alice@example.com");
    /// builder.clone().build()?;
    /// let error = builder.clone().connect_timeout(Duration::ZERO).build().unwrap_err();
    /// assert!(error.is_invalid_input());
    /// assert!(builder.proxy("no proxy").build().is_err());
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) for what [`XCAPClient::new`] refuses, a user
    /// agent or user name that no header can carry, no time to connect, certificates that are not
    /// PEM, a private key that is not its certificate's, and a proxy that is no URL of one.
    pub fn build(self) -> Result<XCAPClient> {
        let root = Root::new(&self.root)?;
        let user = UserId::new(&self.user)?;
        let username = self.auth_username.unwrap_or_else(|| user.username().to_owned());
        check_text("user name for authentication", &username)?;
        let credentials = self.password.map(|password| Credentials { username, password });
        let basic_allowed = root.is_https() || root.is_loopback() || self.allow_basic_over_http;
        check_text("user agent", &self.options.user_agent)?;
        let proxy = proxy::of(&root, &self.proxy)?;
        let exchange = Exchange {
            root,
            auth: Auth::new(credentials, basic_allowed).with_hook(self.authorization),
            transport: Transport::new(&self.options, proxy)?,
            retries: self.retries,
        };
        Ok(XCAPClient {
            core: Arc::new(Core {
                user,
                exchange,
                applications: self.applications,
                validate: self.validate,
                timeout: self.options.timeout,
                answers_bare: AtomicBool::new(false),
            }),
        })
    }
}

/// Refuses what no header can carry.
fn check_text(what: &str, text: &str) -> Result<()> {
    if text.chars().any(char::is_control) {
        return Err(Error::invalid_input(format!("the {what} holds a control character")));
    }
    Ok(())
}

impl fmt::Debug for XCAPClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("XCAPClientBuilder")
            .field("user", &shown_user(&self.user))
            .finish_non_exhaustive()
    }
}
