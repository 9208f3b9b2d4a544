//! Who the client is, realm by realm.

use std::fmt;
use std::sync::Arc;

use super::challenge::Challenge;
use super::credentials::Credentials;
use super::refusal::Refusal;
use crate::http::fields::MAX_VALUE;

/// The closure behind
/// [`XCAPClientBuilder::credentials`](crate::XCAPClientBuilder::credentials).
pub(crate) type Ask = Arc<dyn Fn(&Challenge) -> Option<Credentials> + Send + Sync>;

/// Who the client is.
#[derive(Clone)]
pub(crate) enum Identity {
    /// A challenge is an error.
    Nobody,
    /// The same credentials in every realm.
    Known(Credentials),
    /// The caller's closure gives the credentials, once for each challenge.
    Asked(Ask),
}

impl Identity {
    /// The credentials that answer a challenge. The caller's code may run here, so no lock is held.
    pub(super) fn answer(&self, challenge: &Challenge) -> Result<Credentials, Refusal> {
        let (scheme, realm) = (challenge.scheme, || challenge.realm.clone());
        match self {
            Self::Nobody => Err(Refusal::NoPassword { scheme, realm: realm() }),
            Self::Known(credentials) => Ok(credentials.clone()),
            Self::Asked(ask) => {
                let given = ask(challenge);
                let given = given.ok_or_else(|| Refusal::NotGiven { scheme, realm: realm() })?;
                let is_sendable =
                    given.user().len() <= MAX_VALUE && !given.user().chars().any(char::is_control);
                is_sendable.then_some(given).ok_or_else(|| Refusal::BadUserName { realm: realm() })
            }
        }
    }

    /// Whether the client can answer AKA. Only a closure can compute its response to a nonce.
    pub(super) fn knows_aka(&self) -> bool {
        matches!(self, Self::Asked(_))
    }

    /// How the caller can give another user name.
    pub(super) fn another_user_name(&self) -> &'static str {
        match self {
            Self::Nobody | Self::Known(_) => "give another with `auth_username`",
            Self::Asked(_) => "give another with `credentials`",
        }
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody => f.write_str("Nobody"),
            Self::Known(credentials) => f.debug_tuple("Known").field(credentials).finish(),
            Self::Asked(_) => f.debug_tuple("Asked").finish_non_exhaustive(),
        }
    }
}
