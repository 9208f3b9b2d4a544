//! The server that a test starts, and its builder.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::answer::{ETag, Result};
use crate::client::{XCAPClient, XCAPClientBuilder};
use crate::selector::Application;

use super::access::{Access, Auth};
use super::connection::Connection;
use super::connections::Connections;
use super::digest::{Algorithm, Nonces};
use super::fault::{Fault, Faults};
use super::lock::lock;
use super::profile::Profile;
use super::profile::behaviour::new_etag;
use super::record::{RecordedRequest, Records};
use super::shared::Shared;
use super::site::Site;
use super::store::{Owner, Place, Store, StoredDocument};
use super::user::User;

/// How long to wait when the system cannot give a connection.
const PAUSE: Duration = Duration::from_millis(10);
/// How long waking the accepting thread may take.
const WAKE: Duration = Duration::from_secs(5);

/// An XCAP server in this process, on 127.0.0.1 and a free port.
///
/// It keeps its documents in memory and lives until it is dropped. Then it closes its connections
/// and ends its threads. A process may have any number of servers.
///
/// ```
/// use xcaplib::testing::Server;
///
/// let server = Server::start()?;
/// let client = server.client("alice@example.com")?;
/// let lists = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
/// let put = client.put("resource-lists", lists, None, None, None)?;
/// assert!(put.is_created());
///
/// let stored = server.document("resource-lists", "alice@example.com", "index").unwrap();
/// assert_eq!(stored.text(), lists);
/// assert_eq!(Some(stored.etag()), put.etag());
/// assert_eq!(server.requests()[0].method(), "PUT");
///
/// // What no client could put; and what is gone.
/// server.set_document("resource-lists", None, "index", "<not-well-formed>");
/// let taken = server.remove_document("resource-lists", "alice@example.com", "index");
/// assert!(taken.is_some());
///
/// assert_eq!(server.root(), format!("http://{}/xcap-root", server.address()));
/// assert_eq!(server.connections(), 1);
/// server.clear_requests();
/// assert!(server.requests().is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "the server stops when it is dropped"]
pub struct Server {
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts a server of the profile [`Rfc4825`](Profile::Rfc4825). It lets everybody in, and
    /// takes everybody for a user.
    ///
    /// ```
    /// let server = xcaplib::testing::Server::start()?;
    /// assert!(server.root().starts_with("http://127.0.0.1:"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The system has no free port or no thread.
    pub fn start() -> io::Result<Self> {
        Self::builder().start()
    }

    /// Begins a server with options.
    ///
    /// ```
    /// use xcaplib::testing::Server;
    ///
    /// let server = Server::builder().user("alice@example.com", "secret").start()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn builder() -> ServerBuilder {
        ServerBuilder::default()
    }

    /// The XCAP root: a URL without a trailing slash.
    #[must_use]
    pub fn root(&self) -> String {
        self.shared.site.root()
    }

    /// The address that the server listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.shared.site.address
    }

    /// Makes a client for a user of this server, with the user's password, if there is one, and the
    /// application usages of the test.
    ///
    /// ```
    /// use xcaplib::testing::{Auth, Server};
    ///
    /// let server = Server::builder().auth(Auth::Basic).user("alice@example.com", "secret");
    /// let server = server.start()?;
    /// let client = server.client("alice@example.com")?;
    /// assert!(client.request("resource-lists").optional().get()?.is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](crate::Error::is_invalid_input) for a user id that no client accepts.
    pub fn client(&self, user: &str) -> Result<XCAPClient> {
        self.client_builder(user).build()
    }

    /// Makes the builder of [`client`](Self::client), for further options.
    ///
    /// ```
    /// use xcaplib::testing::Server;
    ///
    /// let server = Server::start()?;
    /// let client = server.client_builder("alice@example.com").user_agent("buddies/1.0").build()?;
    /// client.capabilities()?;
    /// assert_eq!(server.requests()[0].header("user-agent"), Some("buddies/1.0"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn client_builder(&self, user: &str) -> XCAPClientBuilder {
        let mut builder = XCAPClient::builder(&self.root(), user);
        if let Some(user) = self.shared.access.user(user) {
            builder = builder.password(&user.password);
        }
        self.shared.site.applications.iter().cloned().fold(builder, XCAPClientBuilder::application)
    }

    /// A document as it is now. The user `None` means the global tree.
    ///
    /// `None` if there is no document, and for those that the server generates itself: `xcap-caps`
    /// and `org.openmobilealliance.xcap-directory`.
    #[must_use]
    pub fn document<'u>(
        &self,
        application: &str,
        user: impl Into<Option<&'u str>>,
        filename: &str,
    ) -> Option<StoredDocument> {
        lock(&self.shared.store).get(&place(application, user.into(), filename)).cloned()
    }

    /// Stores a document, whatever was there before and whatever the text is, and returns its new
    /// ETag. The user `None` means the global tree.
    ///
    /// Nothing is checked, so a test can have documents that no client could put. A `/` in the
    /// filename makes subdirectories, which no client can make, and which stay. If the server would
    /// generate the document itself, it uses this one instead.
    pub fn set_document<'u>(
        &self,
        application: &str,
        user: impl Into<Option<&'u str>>,
        filename: &str,
        text: &str,
    ) -> ETag {
        let place = place(application, user.into(), filename);
        let etag = new_etag(self.shared.behaviour);
        lock(&self.shared.store).set(place, text, etag).etag().clone()
    }

    /// Removes a document and returns it.
    pub fn remove_document<'u>(
        &self,
        application: &str,
        user: impl Into<Option<&'u str>>,
        filename: &str,
    ) -> Option<StoredDocument> {
        lock(&self.shared.store).remove(&place(application, user.into(), filename))
    }

    /// The requests that the server has read completely, in the order of their completion: the last
    /// 10,000 since the start or since the last [`clear_requests`](Self::clear_requests).
    ///
    /// Anything that is not HTTP is not among them.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        lock(&self.shared.records).all()
    }

    /// Forgets the requests that were read.
    pub fn clear_requests(&self) {
        lock(&self.shared.records).clear();
    }

    /// How many connections were accepted since the start.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.connections.accepted()
    }

    /// Makes something go wrong with the next `requests` requests, after the faults that were asked
    /// for earlier. Each request counts, even one that would have got a 401.
    ///
    /// ```
    /// use xcaplib::testing::{Fault, Server};
    ///
    /// let server = Server::start()?;
    /// let client = server.client("alice@example.com")?;
    /// server.misbehave(1, Fault::status(503, "come back later"));
    /// let error = client.get("resource-lists", None, None, None).unwrap_err();
    /// assert_eq!(error.status(), Some(503));
    /// let error = client.get("resource-lists", None, None, None).unwrap_err();
    /// assert!(error.is_not_found());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn misbehave(&self, requests: usize, fault: Fault) {
        lock(&self.shared.faults).add(requests, fault);
    }

    /// Takes back all faults that have not happened yet.
    ///
    /// ```
    /// use xcaplib::testing::{Fault, Server};
    ///
    /// let server = Server::start()?;
    /// let client = server.client("alice@example.com")?;
    /// server.misbehave(usize::MAX, Fault::status(503, "closed"));
    /// assert_eq!(client.capabilities().unwrap_err().status(), Some(503));
    /// server.behave();
    /// client.capabilities()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn behave(&self) {
        lock(&self.shared.faults).clear();
    }
}

fn place(application: &str, user: Option<&str>, filename: &str) -> Place {
    Place { auid: application.to_owned(), owner: Owner::named(user), filename: filename.to_owned() }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("root", &self.root()).finish_non_exhaustive()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.connections.stop();
        // The accepting thread looks up only when a connection comes.
        let woken = TcpStream::connect_timeout(&self.shared.site.address, WAKE);
        if let (Ok(_), Some(accepting)) = (woken, self.accepting.take()) {
            // A panic has been reported already.
            let _ = accepting.join();
        }
        self.shared.connections.join();
    }
}

fn accept(shared: &Arc<Shared>, listener: &TcpListener) {
    loop {
        let goes_on = match listener.accept() {
            Ok((stream, _)) => {
                let of_thread = Arc::clone(shared);
                shared.connections.accept(stream, |stream, number| {
                    Connection::new(of_thread, number).run(stream);
                })
            }
            // The connection is gone already, or the system has no descriptor for it.
            Err(_) => shared.connections.wait(PAUSE),
        };
        if !goes_on {
            return;
        }
    }
}

/// The options of a [`Server`]. [`start`](Self::start) starts it.
///
/// ```
/// use std::time::Duration;
/// use xcaplib::Application;
/// use xcaplib::testing::{Algorithm, Auth, Nonces, Profile, Server};
///
/// let server = Server::builder()
///     .profile(Profile::Rfc4825)
///     .auth(Auth::Digest)
///     .algorithms([Algorithm::Sha256, Algorithm::Md5])
///     .nonces(Nonces::Uses(3))
///     .realm("xcap.example.com")
///     .user("alice@example.com", "secret")
///     .application(Application::new("notes.example.com"))
///     .writable_global(true)
///     .root_path("/services")
///     .keep_alive(Duration::from_secs(5))
///     .start()?;
/// let client = server.client("alice@example.com")?;
/// for _ in 0..5 {
///     client.request("notes.example.com").global().put("<notes/>")?;
/// }
/// // Five changes, and two challenges: a nonce is good for three.
/// assert_eq!(server.requests().len(), 7);
/// assert!(server.root().ends_with("/services"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[must_use = "a builder makes a server when `start` is called"]
pub struct ServerBuilder {
    profile: Profile,
    auth: Auth,
    algorithms: Vec<Algorithm>,
    nonces: Option<Nonces>,
    realm: String,
    users: Vec<User>,
    applications: Vec<Application>,
    has_writable_global: bool,
    path: String,
    keep_alive: Option<Duration>,
}

impl Default for ServerBuilder {
    fn default() -> Self {
        Self {
            profile: Profile::default(),
            auth: Auth::default(),
            algorithms: vec![Algorithm::Md5],
            nonces: None,
            realm: "example.com".to_owned(),
            users: Vec::new(),
            applications: Vec::new(),
            has_writable_global: false,
            path: "/xcap-root".to_owned(),
            keep_alive: None,
        }
    }
}

impl ServerBuilder {
    /// Which server to imitate. Default: [`Profile::Rfc4825`].
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// Adds a user. Once there is a user, nobody else has a home directory (404).
    ///
    /// The user id is what [`XCAPClient::new`] takes. The user name for authentication is the part
    /// before the `@`, or all of it if there is no `@`.
    pub fn user(mut self, id: &str, password: &str) -> Self {
        self.users.push(User::new(id, password));
        self
    }

    /// How the server finds out who asks. Default: it does not.
    pub fn auth(mut self, auth: Auth) -> Self {
        self.auth = auth;
        self
    }

    /// The algorithms that Digest offers, each in a challenge of its own, the preferred one first.
    /// Default: MD5.
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.algorithms = algorithms.into_iter().collect();
        self
    }

    /// How long a nonce can be used. Default: what the profile does, which is [`Nonces::Once`] for
    /// [`Profile::OpenXcap`] and [`Nonces::Reusable`] for the others.
    pub fn nonces(mut self, nonces: Nonces) -> Self {
        self.nonces = Some(nonces);
        self
    }

    /// The realm of the challenges, without quotes. Default: `example.com`.
    ///
    /// In [`Profile::OpenXcap`] the realm is the domain of the user whose document is asked for.
    /// This realm is used only if that user has no domain.
    pub fn realm(mut self, realm: &str) -> Self {
        self.realm = realm.to_owned();
        self
    }

    /// Adds an application usage of the test's own, or describes one of the
    /// [registry](Application::registry) differently.
    pub fn application(mut self, application: Application) -> Self {
        self.applications.push(application);
        self
    }

    /// Whether clients may change documents in the global tree, except `xcap-caps`. Default: they
    /// may not (403; 500 and 404 in [`Profile::OpenXcap`]).
    pub fn writable_global(mut self, is_writable: bool) -> Self {
        self.has_writable_global = is_writable;
        self
    }

    /// The path of the XCAP root. An empty text means no path. Default: `/xcap-root`.
    pub fn root_path(mut self, path: &str) -> Self {
        let path = path.trim_matches('/');
        self.path = if path.is_empty() { String::new() } else { format!("/{path}") };
        self
    }

    /// How long a connection may be idle before the server closes it. Default: what the profile
    /// does, which is 5 seconds for [`Profile::OpenXcap`], and a minute or more for the others.
    pub fn keep_alive(mut self, time: Duration) -> Self {
        self.keep_alive = Some(time);
        self
    }

    /// Starts the server.
    ///
    /// ```
    /// let server = xcaplib::testing::Server::builder().root_path("").start()?;
    /// assert_eq!(server.root(), format!("http://{}", server.address()));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The system has no free port or no thread.
    pub fn start(self) -> io::Result<Server> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let behaviour = self.profile.behaviour();
        let nonces = self.nonces.unwrap_or_else(|| behaviour.nonces());
        let site = Site {
            address: listener.local_addr()?,
            path: self.path,
            usages: behaviour.usages(),
            applications: self.applications,
            has_writable_global: self.has_writable_global,
        };
        let shared = Arc::new(Shared {
            site,
            behaviour,
            access: Access::new(
                self.auth,
                self.algorithms,
                self.realm,
                self.users,
                nonces,
                behaviour.max_nonce_count(),
            ),
            // The standard library takes a timeout of zero for an error.
            keep_alive: self
                .keep_alive
                .unwrap_or_else(|| behaviour.keep_alive())
                .max(Duration::from_millis(1)),
            connections: Connections::default(),
            store: Mutex::new(Store::default()),
            faults: Mutex::new(Faults::default()),
            records: Mutex::new(Records::default()),
        });
        let of_thread = Arc::clone(&shared);
        let accepting = thread::Builder::new()
            .name("xcap-server".to_owned())
            .spawn(move || accept(&of_thread, &listener))?;
        Ok(Server { shared, accepting: Some(accepting) })
    }
}

/// Shows no password.
impl fmt::Debug for ServerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerBuilder")
            .field("profile", &self.profile)
            .field("auth", &self.auth)
            .finish_non_exhaustive()
    }
}
