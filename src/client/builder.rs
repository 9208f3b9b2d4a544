//! The options of a client.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::core::Core;
use super::habits::Habits;
use super::xcap_client::XCAPClient;
use crate::answer::Result;
use crate::http::{
    Ask, Auth, AuthorizationRequest, Challenge, Credentials, Exchange, Hook, Identity, TlsOptions,
    Transport, TransportOptions, check_text, of_every_request, proxy, resolved,
};
use crate::selector::{Application, Root, UserId, shown_user, username};

/// The options of an [`XCAPClient`], ended by [`build`](Self::build).
///
/// ```
/// use std::time::Duration;
/// use xcaplib::{Application, XCAPClient};
///
/// # let notes = Application::new("notes.example.com");
/// # let server = xcaplib::testing::Server::builder().application(notes).start()?;
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
///     .header("X-3GPP-Intended-Identity", "\"sip:alice@example.com\"")
///     .proxy(None)
///     .resolve("xcap.example.com", ([127, 0, 0, 1], 8443).into())
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
    headers: Vec<(String, String)>,
    resolved: Vec<(String, SocketAddr)>,
    credentials: Option<Ask>,
    proxy: proxy::Setting,
    retries: u32,
    validate: bool,
    applications: Vec<Application>,
    options: TransportOptions,
}

impl XCAPClientBuilder {
    pub(crate) fn new(root: &str, user: &str) -> Self {
        Self {
            root: root.to_owned(),
            user: user.to_owned(),
            password: None,
            auth_username: None,
            allow_basic_over_http: false,
            authorization: None,
            headers: Vec::new(),
            resolved: Vec::new(),
            credentials: None,
            proxy: proxy::Setting::default(),
            retries: 1,
            validate: true,
            applications: Vec::new(),
            options: TransportOptions {
                timeout: Duration::from_secs(60),
                connect_timeout: Duration::from_secs(10),
                // OpenXCAP closes after 5; one about to be closed is not worth a try.
                idle_timeout: Duration::from_secs(4),
                user_agent: concat!("xcaplib/", env!("CARGO_PKG_VERSION")).to_owned(),
                max_body: 16 * 1024 * 1024,
                tls: TlsOptions::default(),
            },
        }
    }

    /// The password that answers the server's challenges, whatever their realm. Default: none, and
    /// a challenge is an error. [`credentials`](Self::credentials) replaces it.
    pub fn password(mut self, password: &str) -> Self {
        self.password = Some(password.to_owned());
        self
    }

    /// The user name for authentication. Default: the part of the user id before the `@`.
    pub fn auth_username(mut self, username: &str) -> Self {
        self.auth_username = Some(username.to_owned());
        self
    }

    /// The user name for authentication that a user id stands for.
    #[doc(hidden)]
    #[must_use]
    pub fn username_of(user_id: &str) -> &str {
        username(user_id)
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

    /// How long a connection may have been idle and still be used for the next call; what was found
    /// for the server's name is kept as long. Shorter than the time after which the server closes
    /// an idle connection, it keeps changes from being sent on one that is just being closed, where
    /// they are [lost or not](crate::Error::is_unsure). Zero makes a connection for each request. Default:
    /// 4 seconds, since OpenXCAP closes after 5.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # let server = xcaplib::testing::Server::start()?;
    /// let builder = server.client_builder("sip:alice@example.com");
    /// // Its server closes after 60 seconds.
    /// let client = builder.idle_timeout(Duration::from_secs(55)).build()?;
    /// client.request("resource-lists").optional().get()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.options.idle_timeout = timeout;
        self
    }

    /// The `User-Agent`; an empty one sends none. Default: `xcaplib/` and the version.
    pub fn user_agent(mut self, user_agent: &str) -> Self {
        self.options.user_agent = user_agent.to_owned();
        self
    }

    /// Sends a header with every request to the server: each that a call makes, those of
    /// [`capabilities`](XCAPClient::capabilities) and [`documents`](XCAPClient::documents), those
    /// that a copy reads by, that fetch a fresh nonce or follow a redirect. A proxy gets none.
    ///
    /// Of several of one name, in whatever case, the last counts; several values go into one,
    /// separated by commas. A header of that name given for one call replaces it there, and an
    /// empty one removes it there. An empty value here sends none, also where the client has one by
    /// itself (`Accept`, `User-Agent`). A `Content-Type` goes with bodies alone, of documents and
    /// nodes alike, and [`Request::content_type`](crate::Request::content_type) wins over it; a
    /// `User-Agent` wins over [`user_agent`](Self::user_agent). An `Authorization` goes before
    /// password and [`authorization`](Self::authorization), so that no challenge is answered, and
    /// over http as it does over https.
    ///
    /// No value is shown or logged. Default: none.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// let client = server
    ///     .client_builder("sip:alice@example.com")
    ///     .header("X-3GPP-Intended-Identity", "\"sip:alice@example.com\"")
    ///     .header("X-Device", "phone")
    ///     .build()?;
    /// client.documents()?;
    /// client.request("pres-rules").header("x-device", "").optional().get()?;
    /// let sent = server.requests();
    /// assert_eq!(sent[0].header("x-device"), Some("phone"));
    /// assert_eq!(sent[1].header("x-device"), None);
    /// let identity = sent[1].header("x-3gpp-intended-identity");
    /// assert_eq!(identity, Some("\"sip:alice@example.com\""));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The largest body of an answer that is read, in bytes, whatever its status; a larger one
    /// makes the answer an error, [`is_too_large`](crate::Error::is_too_large). Default: 16 MiB.
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
    /// Digest with the client's password or [`credentials`](Self::credentials), if that applies, or
    /// sends it bare. A value that was just
    /// refused is not sent again, and one call sends at most three times to one target. An
    /// `Authorization` given as a header, of one request or of [all](Self::header), goes before the
    /// closure. The value is never logged or shown, and goes over http as it does over https: a bearer token wants https.
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

    /// Says who the client is in a realm, while Basic and Digest stay the client's own.
    ///
    /// The closure is asked once for each challenge that the client is about to answer, and gives
    /// the user name and password for its [realm](Challenge::realm). It takes the place of
    /// [`password`](Self::password) and [`auth_username`](Self::auth_username), which then count
    /// for nothing. A session that worked is used again without a question, as the user that it was
    /// made for: for the application usages of its realm, and first of all for one that is new to
    /// the client. When it is refused, with `stale=true` or without, the closure is asked about the
    /// new challenge. So an identity that has run out, such as the B-TID and key of a GBA
    /// bootstrapping, is replaced, and the client stays the same.
    ///
    /// `None` ends the call, and so do the user name and password that were just refused: the error
    /// [is unauthorized](crate::Error::is_unauthorized) and names the realm. Another pair is tried, as far
    /// as three sends to one target allow. An `Authorization` given as a header of one request goes
    /// before all else, and where the closure of [`authorization`](Self::authorization) gives a
    /// value, this one is not asked. Basic goes over http as a password does: to this machine, or
    /// if [`allow_basic_over_http`](Self::allow_basic_over_http) is set.
    ///
    /// The closure runs in the thread of the call and within its time, in several at once where
    /// they share the client. No lock is held meanwhile: it may use a client, even this one, as
    /// long as that does not lead to the same question. If it panics, the call does, and the client
    /// can be used again.
    ///
    /// With this option Digest also knows `AKAv1-MD5` (RFC 3310), which is answered where the
    /// server offers no other algorithm that is known here. The closure takes RAND and AUTN out of
    /// the [nonce](Challenge::nonce) and gives the bytes of RES as the password. After a
    /// synchronization failure (section 3.4) it gives `None`. To send `auts` instead, make that
    /// value in `authorization`, which gets the same challenge first and passes on the next one.
    ///
    /// Default: none.
    ///
    /// ```
    /// use xcaplib::{Challenge, Credentials};
    /// # use xcaplib::testing::{Auth, Server};
    /// # use xcaplib::XCAPClient;
    ///
    /// /// What the card makes of a nonce: RES, or nothing if AUTN is wrong.
    /// fn aka(nonce: &str) -> Option<Vec<u8>> {
    /// #   Some(nonce.as_bytes().to_vec())
    /// }
    ///
    /// fn who(challenge: &Challenge) -> Option<Credentials> {
    ///     let is_aka = |name: &str| name.eq_ignore_ascii_case("AKAv1-MD5");
    ///     match challenge.realm() {
    ///         "ims.example.com" if challenge.algorithm().is_some_and(is_aka) => {
    ///             let res = aka(challenge.nonce()?)?;
    ///             Some(Credentials::new("alice@ims.example.com", res))
    ///         }
    ///         "example.com" => Some(Credentials::new("alice", "secret")),
    ///         _ => None,
    ///     }
    /// }
    ///
    /// # let server = Server::builder().auth(Auth::Digest).user("alice@example.com", "secret");
    /// # let server = server.start()?;
    /// # let root = server.root();
    /// let client = XCAPClient::builder(&root, "sip:alice@example.com").credentials(who).build()?;
    /// client.request("resource-lists").optional().get()?;
    /// # assert_eq!(server.requests().len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn credentials(
        mut self,
        ask: impl Fn(&Challenge) -> Option<Credentials> + Send + Sync + 'static,
    ) -> Self {
        self.credentials = Some(Arc::new(ask));
        self
    }

    /// Sends everything through an HTTP proxy, by CONNECT: `http://proxy.example.com:3128`, with
    /// `user:password@` before the host, percent-encoded, where it asks for Basic authentication.
    /// `None` uses no proxy, whatever the environment says.
    ///
    /// Default: the environment's `https_proxy` or `HTTPS_PROXY` for an https root, `http_proxy`
    /// for an http one, or else `all_proxy` or `ALL_PROXY`, unless `no_proxy` or `NO_PROXY` names
    /// the root's host, a domain above it, or `*`, where a `:port` behind it means that port alone.
    /// This machine (`localhost`, `127.0.0.0/8`, `::1`) is always reached directly, also where
    /// [`resolve`](Self::resolve) says that a host is on it.
    pub fn proxy<'p>(mut self, url: impl Into<Option<&'p str>>) -> Self {
        self.proxy = match url.into() {
            Some(url) => proxy::Setting::Url(url.to_owned()),
            None => proxy::Setting::Direct,
        };
        self
    }

    /// Connects to this address and port where the root names this host, as curl's `--connect-to`:
    /// for a server behind a tunnel, or one that DNS does not know yet. `Host`, the name that TLS
    /// asks for (SNI) and the one that the certificate has to be of stay those of the root.
    ///
    /// The host is a name or an address alone, in whatever case; an IPv6 address with or without
    /// brackets. Several hosts may be given, and of several addresses for one the last counts. A
    /// host that the root does not name is of no effect: redirects stay within the root's origin.
    ///
    /// An address of this machine is reached directly and never through a proxy, whatever
    /// [`proxy`](Self::proxy) or the environment says, and Basic may go there over http. For
    /// another address the proxy, where there is one, is asked by CONNECT for the address and not
    /// for the host; `NO_PROXY` is compared with the host. Default: the host is looked up.
    ///
    /// ```
    /// use xcaplib::XCAPClient;
    ///
    /// # let server = xcaplib::testing::Server::builder().root_path("/xcap-root").start()?;
    /// # let tunnel = server.address();
    /// // Where `ssh -L 8443:xcap.example.com:443 gateway` listens: `([127, 0, 0, 1], 8443).into()`.
    /// let client = XCAPClient::builder("http://xcap.example.com/xcap-root", "alice@example.com")
    ///     .resolve("xcap.example.com", tunnel)
    ///     .build()?;
    /// client.documents()?;
    /// assert_eq!(server.requests()[0].header("host"), Some("xcap.example.com"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn resolve(mut self, host: &str, address: SocketAddr) -> Self {
        self.resolved.push((host.to_owned(), address));
        self
    }

    /// How often a request is sent again, within the time for the call, when its connection failed
    /// and a repetition can do no harm: a GET if the connection was an idle one and was closed
    /// under it; any request if the connection was refused. Default: 1.
    ///
    /// After a refused connection there is a pause of random length first, up to 4 milliseconds
    /// before the first retry, then growing to at most 250.
    pub fn retries(mut self, retries: u32) -> Self {
        self.retries = retries;
        self
    }

    /// Trusts the authorities whose certificates stand in this PEM text, beside the usual ones. May
    /// be called again. Default: the usual ones alone, which are Mozilla's, or the system's with
    /// the feature `platform-verifier`.
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

    /// Shows this certificate to servers that ask for one. The PEM text holds the certificate,
    /// those between it and its authority, and its private key, not encrypted; with `native-tls`
    /// the key has to be PKCS #8. Default: none.
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

    /// Registers an application usage of your own, or another description of a registered one. Of
    /// several with one AUID the last counts.
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
    /// [`is_invalid_input`](crate::Error::is_invalid_input) for what [`XCAPClient::new`] refuses, a
    /// header, user agent or user name that cannot be sent, a header that is meant for one request
    /// (a condition or range) or for the proxy, no time to connect, certificates that are not PEM,
    /// a private key that is not its certificate's, a host to resolve that is none or that is at
    /// port 0, and a proxy that is no URL of one.
    pub fn build(self) -> Result<XCAPClient> {
        let root = Root::new(&self.root)?;
        let user = UserId::new(&self.user)?;
        let username = self.auth_username.unwrap_or_else(|| user.username().to_owned());
        check_text("user name for authentication", &username)?;
        let address = resolved::address(&root, &self.resolved)?;
        let is_local = address.map_or(root.is_loopback(), resolved::is_loopback);
        let basic_allowed = root.is_https() || is_local || self.allow_basic_over_http;
        let identity = match (self.credentials, self.password) {
            (Some(ask), _) => Identity::Asked(ask),
            (None, Some(password)) => Identity::Known(Credentials::new(username, password)),
            (None, None) => Identity::Nobody,
        };
        check_text("user agent", &self.options.user_agent)?;
        let headers = of_every_request(&self.headers)?;
        let proxy = proxy::of(&root, is_local, &self.proxy)?;
        let exchange = Exchange {
            auth: Auth::new(identity, basic_allowed)
                .below(root.path())
                .with_hook(self.authorization),
            transport: Transport::new(&self.options, proxy, address)?,
            root,
            retries: self.retries,
        };
        Ok(XCAPClient::of(Core {
            user,
            exchange,
            headers,
            applications: self.applications,
            validate: self.validate,
            timeout: self.options.timeout,
            habits: Habits::default(),
        }))
    }
}

impl fmt::Debug for XCAPClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("XCAPClientBuilder")
            .field("user", &shown_user(&self.user))
            .finish_non_exhaustive()
    }
}
