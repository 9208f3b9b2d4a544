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

/// The options of an [`XCAPClient`]. [`build`](Self::build) makes the client.
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
                // OpenXCAP closes after 5 s. A connection about to close is not worth a try.
                idle_timeout: Duration::from_secs(4),
                user_agent: concat!("xcaplib/", env!("CARGO_PKG_VERSION")).to_owned(),
                max_body: 16 * 1024 * 1024,
                tls: TlsOptions::default(),
            },
        }
    }

    /// The password that answers the server's challenges, whatever their realm. Default: none; then
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

    /// The time limit for a call, from connecting to the last byte of the answer, however many
    /// requests it takes. Default: 60 seconds.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = timeout;
        self
    }

    /// The time limit for connecting, which is part of the time for the call. It must not be zero.
    /// Default: 10 seconds.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.options.connect_timeout = timeout;
        self
    }

    /// How long a connection may be idle before it is no longer used. The address of the server's
    /// name is kept for the same time. Choose less than the time after which the server closes an
    /// idle connection. Otherwise a change may go out on a connection that is just being closed,
    /// and it is [not known whether it was made](crate::Error::is_unsure). Zero makes a connection
    /// for each request. Default: 4 seconds, since OpenXCAP closes after 5.
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

    /// The `User-Agent`. An empty text sends none. Default: `xcaplib/` and the version.
    pub fn user_agent(mut self, user_agent: &str) -> Self {
        self.options.user_agent = user_agent.to_owned();
        self
    }

    /// Sends a header with every request to the server, including those of
    /// [`capabilities`](XCAPClient::capabilities) and [`documents`](XCAPClient::documents), and
    /// those that read a document for a copy, fetch a fresh nonce or follow a redirect. A proxy
    /// does not get it.
    ///
    /// If a name is given several times, in whatever case, the last one counts. To send several
    /// values, put them into one text, separated by commas. A header that is given for one call
    /// replaces one of the same name for that call, and an empty one removes it. An empty value
    /// here sends no such header, even if the client has one by itself (`Accept`, `User-Agent`).
    ///
    /// A `Content-Type` goes only with bodies, of documents and of nodes;
    /// [`Request::content_type`](crate::Request::content_type) overrides it. A `User-Agent`
    /// overrides [`user_agent`](Self::user_agent). An `Authorization` replaces the password and
    /// [`authorization`](Self::authorization), so the client answers no challenge, and it goes over
    /// http as well. No value is shown or logged. Default: none.
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

    /// The largest body of an answer that the client reads, in bytes, whatever the status. A larger
    /// one is an error, [`is_too_large`](crate::Error::is_too_large). Default: 16 MiB.
    pub fn max_body(mut self, bytes: u64) -> Self {
        self.options.max_body = bytes;
        self
    }

    /// Whether bodies and node selectors are checked before anything is sent. Default: they are.
    pub fn validate(mut self, validate: bool) -> Self {
        self.validate = validate;
        self
    }

    /// Allows Basic authentication to send the password over http, where everybody on the way can
    /// read it. Default: Basic is used only over https, and over http to this machine.
    pub fn allow_basic_over_http(mut self, allow: bool) -> Self {
        self.allow_basic_over_http = allow;
        self
    }

    /// Makes the `Authorization` of requests in your own way (3GPP AKA or GBA, a bearer token).
    ///
    /// The client calls the closure before each request, and again after a 401 with its challenges,
    /// in the thread of the call. It returns the whole value. With `None`, Basic and Digest use the
    /// client's password or [`credentials`](Self::credentials), or the request goes out without. A
    /// value that was just refused is not sent again, and one call sends at most three times to one
    /// target. An `Authorization` that is given as a header, of one request or of
    /// [all](Self::header), takes precedence. The value is never logged or shown, and it also goes
    /// over http: use a bearer token only with https. Default: none.
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

    /// Says who the client is in a realm, while the client still does Basic and Digest itself.
    ///
    /// The client calls the closure for each challenge that it is about to answer. It returns the
    /// user name and password for the [realm](Challenge::realm) of that challenge.
    /// [`password`](Self::password) and [`auth_username`](Self::auth_username) then have no effect.
    ///
    /// A session that worked is used again without calling the closure, as the user that it was
    /// made for: for the application usages of its realm, and first of all for one that is new to
    /// the client. When the server refuses it, with `stale=true` or without, the client calls the
    /// closure with the new challenge. So an expired identity, such as the B-TID and key of a GBA
    /// bootstrapping, is replaced without a new client.
    ///
    /// If the closure returns `None`, or the user name and password that were just refused, the
    /// call ends. The error [is unauthorized](crate::Error::is_unauthorized) and names the realm.
    /// Another pair is tried, as far as three sends to one target allow. An `Authorization` that is
    /// a header of one request takes precedence, and so does a value from
    /// [`authorization`](Self::authorization). Over http, Basic goes to this machine, or if
    /// [`allow_basic_over_http`](Self::allow_basic_over_http) is set.
    ///
    /// The closure runs in the thread of the call and within its time limit, in several threads at
    /// once if they share the client. No lock is held meanwhile, so the closure may use a client,
    /// even this one, as long as that does not lead to the same question. If it panics, so does the
    /// call, and the client can still be used.
    ///
    /// With this option Digest also knows `AKAv1-MD5` (RFC 3310), which is used only if the server
    /// offers no other known algorithm. The closure takes RAND and AUTN out of the
    /// [nonce](Challenge::nonce) and returns the bytes of RES as the password. After a
    /// synchronization failure (section 3.4) it returns `None`. To send `auts` instead, make that
    /// value in `authorization`, which gets the same challenge first and passes on the next one.
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

    /// Sends everything through an HTTP proxy, by CONNECT: `http://proxy.example.com:3128`. If the
    /// proxy asks for Basic authentication, put `user:password@` before the host, percent-encoded.
    /// `None` uses no proxy, whatever the environment says.
    ///
    /// Default: what the environment names in `https_proxy` or `HTTPS_PROXY` for an https root, in
    /// `http_proxy` for an http root, or otherwise in `all_proxy` or `ALL_PROXY`. `no_proxy` or
    /// `NO_PROXY` excludes the root's host by its name, by a domain above it, or by `*`; a `:port`
    /// after one of them restricts it to that port. This machine (`localhost`, `127.0.0.0/8`,
    /// `::1`) is always reached directly, even if only [`resolve`](Self::resolve) says that a host
    /// is on it.
    pub fn proxy<'p>(mut self, url: impl Into<Option<&'p str>>) -> Self {
        self.proxy = match url.into() {
            Some(url) => proxy::Setting::Url(url.to_owned()),
            None => proxy::Setting::Direct,
        };
        self
    }

    /// Connects to this address and port if the root names this host, like curl's `--connect-to`:
    /// for a server behind a tunnel, or unknown to DNS. The `Host` field, the name that TLS asks
    /// for (SNI) and the name in the certificate remain those of the root.
    ///
    /// Give the host name or address alone, in whatever case; an IPv6 address may have brackets.
    /// For several addresses of one host, the last one counts. A host that the root does not name
    /// has no effect.
    ///
    /// An address of this machine is reached directly and never through a proxy, whatever
    /// [`proxy`](Self::proxy) or the environment says, and Basic may go there over http. For any
    /// other address, the client asks the proxy, if there is one, to CONNECT to the address and not
    /// to the host. `NO_PROXY` is compared with the host. Default: the host is looked up.
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

    /// How often a request is sent again, within the time for the call, after its connection failed
    /// and if that can do no harm: a GET whose idle connection was closed under it, and any request
    /// whose connection was refused. Before the latter there is a pause of random length, up to 4
    /// milliseconds at first, then growing to at most 250. Default: 1.
    pub fn retries(mut self, retries: u32) -> Self {
        self.retries = retries;
        self
    }

    /// Trusts the certificate authorities in this PEM text, in addition to the usual ones. May be
    /// called several times. Default: only the usual authorities, which are Mozilla's, or the
    /// system's with the feature `platform-verifier`.
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

    /// Presents this certificate to servers that ask for one. The PEM text contains the
    /// certificate, the intermediate certificates up to its authority, and its private key, which
    /// must not be encrypted. With `native-tls` the key has to be PKCS #8. Default: none.
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

    /// DANGER: accepts every certificate, even one that is expired, self-signed or for another
    /// name.
    ///
    /// Whoever can get between the client and the server can then read and change everything,
    /// **including passwords**. This is meant for a test bench. For a server with a certificate
    /// authority of its own, use [`ca_certificates`](Self::ca_certificates). Default: `false`.
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

    /// Registers an application usage of your own, or describes a registered one differently. If
    /// several have the same AUID, the last one counts.
    pub fn application(mut self, application: Application) -> Self {
        self.applications.push(application);
        self
    }

    /// Makes the client. This sends nothing.
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
    /// [`is_invalid_input`](crate::Error::is_invalid_input) for everything that [`XCAPClient::new`]
    /// refuses; a header, user agent or user name that cannot be sent; a header that fits only one
    /// request (a condition or range) or the proxy; no time to connect; certificates that are not
    /// PEM; a private key that does not belong to its certificate; a host to resolve that is not
    /// one, or port 0; a proxy that is not a URL of one.
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
