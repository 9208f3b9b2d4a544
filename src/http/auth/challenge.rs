//! The challenge that a 401 asks the client to answer.

/// The challenge that is about to be answered, for the closure of
/// [`XCAPClientBuilder::credentials`](crate::XCAPClientBuilder::credentials).
///
/// Bytes from the server that are not UTF-8 are read as ISO 8859-1.
///
/// ```
/// use xcaplib::Credentials;
/// use xcaplib::testing::{Auth, Server};
///
/// let server = Server::builder().auth(Auth::Digest).user("sip:alice@example.com", "secret");
/// let server = server.start()?;
/// let client = xcaplib::XCAPClient::builder(&server.root(), "sip:alice@example.com")
///     .credentials(|challenge| {
///         assert_eq!((challenge.scheme(), challenge.realm()), ("Digest", "example.com"));
///         assert_eq!(challenge.algorithm(), Some("MD5"));
///         assert!(challenge.nonce().is_some());
///         Some(Credentials::new("alice", "secret"))
///     })
///     .build()?;
/// client.capabilities()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    pub(super) scheme: &'static str,
    pub(super) realm: String,
    pub(super) algorithm: Option<String>,
    pub(super) nonce: Option<String>,
}

impl Challenge {
    /// `Digest` or `Basic`, spelt like this however the server wrote it.
    #[must_use]
    pub fn scheme(&self) -> &str {
        self.scheme
    }

    /// The realm whose user is asked for, without quotes (RFC 9110 section 11.5). It is empty if a
    /// Basic challenge names no realm.
    #[must_use]
    pub fn realm(&self) -> &str {
        &self.realm
    }

    /// The algorithm as the server wrote it, in any case: `SHA-256`, `md5`, `AKAv1-MD5`. `None` if
    /// it wrote none, which means MD5 (RFC 7616 section 3.3), and for Basic.
    #[must_use]
    pub fn algorithm(&self) -> Option<&str> {
        self.algorithm.as_deref()
    }

    /// The nonce of a Digest challenge, without quotes. With `AKAv1-MD5` it is the base64 of RAND,
    /// AUTN and anything else that the server put there (RFC 3310 section 3.2).
    #[must_use]
    pub fn nonce(&self) -> Option<&str> {
        self.nonce.as_deref()
    }
}
