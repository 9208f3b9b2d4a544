//! Finds out who asks (RFC 7616, RFC 7617), and what they may do (RFC 4825 section 5.7).

use std::collections::HashMap;
use std::sync::Mutex;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};

use super::denial::{Denial, Unauthorized};
use super::digest::{Algorithm, Answer, NonceTable, NonceUse, Nonces};
use super::http::Request;
use super::lock::lock;
use super::profile::behaviour::Behaviour;
use super::store::{Owner, xui};
use super::user::User;

/// How a server finds out who asks.
///
/// ```
/// use xcaplib::testing::{Auth, Server};
///
/// let server = Server::builder().auth(Auth::Digest).user("alice@example.com", "secret").start()?;
/// let stranger = server.client_builder("alice@example.com").password("guess").build()?;
/// let error = stranger.get("resource-lists", None, None, None).unwrap_err();
/// assert!(error.is_unauthorized());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Auth {
    /// It does not: everybody may do everything in the users tree.
    #[default]
    None,
    /// Basic.
    Basic,
    /// Digest with `qop=auth`.
    Digest,
}

const BASE64: GeneralPurpose =
    GeneralPurpose::new(&alphabet::STANDARD, NO_PAD.with_decode_allow_trailing_bits(true));

pub(super) struct Access {
    auth: Auth,
    algorithms: Vec<Algorithm>,
    realm: String,
    users: Vec<User>,
    nonces: Mutex<NonceTable>,
}

impl Access {
    pub(super) fn new(
        auth: Auth,
        algorithms: Vec<Algorithm>,
        realm: String,
        users: Vec<User>,
        nonces: Nonces,
        max_count: u32,
    ) -> Self {
        let nonces = Mutex::new(NonceTable::new(nonces, max_count));
        Self { auth, algorithms, realm, users, nonces }
    }

    pub(super) fn user(&self, id: &str) -> Option<&User> {
        let xui = xui(id);
        self.users.iter().find(|user| user.xui == xui)
    }

    /// Whether this owner exists here. A server without users takes everybody for a user.
    pub(super) fn knows(&self, owner: &Owner) -> bool {
        match owner {
            Owner::Global => true,
            Owner::User(xui) => self.users.is_empty() || self.users.iter().any(|u| u.xui == *xui),
        }
    }

    /// The `WWW-Authenticate` fields of a 401, the strongest first.
    pub(super) fn challenges(
        &self,
        behaviour: &dyn Behaviour,
        realm: Option<String>,
        is_stale: bool,
    ) -> Vec<String> {
        let realm = realm.as_deref().unwrap_or(&self.realm);
        match self.auth {
            Auth::None => Vec::new(),
            Auth::Basic => vec![format!("Basic realm=\"{realm}\"")],
            Auth::Digest => self
                .algorithms
                .iter()
                .map(|algorithm| {
                    behaviour.challenge(realm, &lock(&self.nonces).issue(), *algorithm, is_stale)
                })
                .collect(),
        }
    }

    /// The user who asks. `None` if the server does not ask.
    pub(super) fn authenticate(
        &self,
        behaviour: &dyn Behaviour,
        request: &Request,
    ) -> Result<Option<&User>, Denial> {
        let user = match self.auth {
            Auth::None => return Ok(None),
            Auth::Basic => self.basic(behaviour, credentials(behaviour, request, "Basic")?)?,
            Auth::Digest => {
                let parameters = behaviour.parameters(credentials(behaviour, request, "Digest")?);
                self.digest(behaviour, request, parameters.as_ref())
                    .map_err(Denial::Unauthorized)?
            }
        };
        Ok(Some(user))
    }

    fn basic(&self, behaviour: &dyn Behaviour, encoded: &str) -> Result<&User, Denial> {
        let text = base64(encoded).and_then(|bytes| String::from_utf8(bytes).ok());
        let (name, password) = behaviour.name_and_password(text.as_deref())?;
        self.users
            .iter()
            .find(|user| behaviour.is_called(user, name) && user.password == password)
            .ok_or(Denial::Unauthorized(Unauthorized::Wrong))
    }

    fn digest(
        &self,
        behaviour: &dyn Behaviour,
        request: &Request,
        parameters: Option<&HashMap<String, String>>,
    ) -> Result<&User, Unauthorized> {
        let answer = parameters.and_then(Answer::new).ok_or(Unauthorized::Malformed)?;
        let count = behaviour.check_answer(&answer, request)?;
        let algorithm =
            behaviour.algorithm(&answer, &self.algorithms).ok_or(Unauthorized::Wrong)?;
        let user = self
            .users
            .iter()
            .find(|user| {
                let identity = behaviour.identity(user, &answer, &self.realm);
                identity.is_some_and(|(name, realm)| {
                    answer.proves(algorithm, name, realm, &user.password, &request.method)
                })
            })
            .ok_or(Unauthorized::Wrong)?;
        match lock(&self.nonces).spend(&answer.nonce, count) {
            NonceUse::Granted => Ok(user),
            NonceUse::Stale => Err(Unauthorized::Stale),
            NonceUse::Spent => Err(Unauthorized::Spent),
        }
    }
}

/// The part of `Authorization` after the scheme.
fn credentials<'a>(
    behaviour: &dyn Behaviour,
    request: &'a Request,
    scheme: &str,
) -> Result<&'a str, Denial> {
    request
        .fields
        .get("authorization")
        .and_then(|field| field.trim().split_once(' '))
        .filter(|(found, _)| behaviour.is_scheme(found, scheme))
        .map(|(_, rest)| rest.trim())
        .ok_or(Denial::Unauthorized(Unauthorized::Missing))
}

/// The bytes of a base64 text (RFC 4648 section 4), with or without padding. Unused bits may have
/// any value.
fn base64(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text.trim_end_matches('=')).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_reads_back() {
        for (text, expected) in
            [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYmFy", "foobar")]
        {
            assert_eq!(base64(text).unwrap(), expected.as_bytes());
        }
        assert_eq!(base64("+/+/").unwrap(), [0xfb, 0xff, 0xbf]);
        assert_eq!(base64("a b"), None);
    }
}
