//! A user name and a password.

use std::fmt;

/// A user name and a password, for the closure of
/// [`XCAPClientBuilder::credentials`](crate::XCAPClientBuilder::credentials).
///
/// ```
/// use xcaplib::Credentials;
///
/// let alice = Credentials::new("alice", "secret");
/// assert_eq!(format!("{alice:?}"), "Credentials { user: \"alice\", .. }");
/// assert!(alice != Credentials::new("alice", "another"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    user: String,
    password: Vec<u8>,
}

impl Credentials {
    /// The user name is text. The password is any bytes, which are hashed (Digest, RFC 7616 section
    /// 3.4.2) or encoded (Basic, RFC 7617 section 2) as they are. A text goes in as UTF-8, and the
    /// RES of AKA (RFC 3310 section 3.3) goes in as its bytes. `Debug` does not show the password.
    ///
    /// ```
    /// use xcaplib::Credentials;
    ///
    /// let text = Credentials::new("alice", "secret");
    /// let bytes = Credentials::new(String::from("alice"), [0xff, 0x00, 0xa5, 0x4b]);
    /// assert_eq!(format!("{text:?}"), format!("{bytes:?}"));
    /// ```
    #[must_use]
    pub fn new(user: impl Into<String>, password: impl AsRef<[u8]>) -> Self {
        Self { user: user.into(), password: password.as_ref().to_vec() }
    }

    pub(super) fn user(&self) -> &str {
        &self.user
    }

    pub(super) fn password(&self) -> &[u8] {
        &self.password
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("user", &self.user).finish_non_exhaustive()
    }
}
