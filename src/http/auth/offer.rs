//! The challenges of a 401, and the choice of the one to answer.

use crate::http_types::text_of;

use super::authorization::Authorization;
use super::basic;
use super::challenge::read_challenges;
use super::credentials::Credentials;
use super::digest::{DigestChallenge, Flaw};
use super::refusal::Refusal;

/// The challenges of one 401, sorted by what can be done with them.
#[derive(Default)]
pub(super) struct Offers {
    /// The strongest; of equals the first, as the server prefers it (RFC 7616 section 3.7).
    digest: Option<DigestChallenge>,
    /// The realm.
    basic: Option<String>,
    /// What the first incomplete Digest challenge lacks.
    missing: Option<&'static str>,
    unknown: Vec<String>,
}

/// The challenge to answer.
pub(super) enum Chosen<'c> {
    Digest(DigestChallenge, &'c Credentials),
    Basic { value: Authorization, realm: String },
}

impl Offers {
    pub(super) fn read<'h>(headers: impl Iterator<Item = &'h [u8]>) -> Self {
        let mut offers = Self::default();
        for challenge in read_challenges(headers) {
            if challenge.is("Digest") {
                offers.add_digest(DigestChallenge::read(&challenge));
            } else if challenge.is("Basic") {
                let realm = challenge.get("realm").unwrap_or_default();
                offers.basic.get_or_insert_with(|| text_of(realm).into_owned());
            } else {
                offers.unknown.push(text_of(challenge.scheme()).into_owned());
            }
        }
        offers
    }

    fn add_digest(&mut self, read: Result<DigestChallenge, Flaw>) {
        match read {
            Ok(found) => {
                if self.digest.as_ref().is_none_or(|best| best.hash < found.hash) {
                    self.digest = Some(found);
                }
            }
            Err(Flaw::Missing(name)) => {
                self.missing.get_or_insert(name);
            }
            Err(Flaw::Unknown(name, value)) => {
                self.unknown.push(format!("Digest {name}={}", text_of(&value)));
            }
        }
    }

    /// Whether the 401 had no challenge at all.
    pub(super) fn is_empty(&self) -> bool {
        self.digest.is_none()
            && self.basic.is_none()
            && self.missing.is_none()
            && self.unknown.is_empty()
    }

    /// Whether the challenge to answer says that only the nonce was wrong.
    pub(super) fn is_stale(&self) -> bool {
        self.digest.as_ref().is_some_and(DigestChallenge::is_stale)
    }

    /// Whether they are of another realm than this.
    pub(super) fn is_elsewhere(&self, realm: &[u8]) -> bool {
        match (&self.digest, &self.basic) {
            (Some(challenge), _) => challenge.realm != realm,
            (None, basic) => basic.is_some(),
        }
    }

    /// The challenge to answer: the strongest, Basic last.
    pub(super) fn choose(
        self,
        credentials: Option<&Credentials>,
        basic_allowed: bool,
    ) -> Result<Chosen<'_>, Refusal> {
        match (self.digest, self.basic, credentials) {
            (Some(challenge), _, Some(credentials)) => Ok(Chosen::Digest(challenge, credentials)),
            (Some(challenge), _, None) => Err(Refusal::NoPassword {
                scheme: "Digest",
                realm: text_of(&challenge.realm).into_owned(),
            }),
            (None, Some(realm), None) => Err(Refusal::NoPassword { scheme: "Basic", realm }),
            (None, Some(_), Some(_)) if !basic_allowed => Err(Refusal::BasicOverHttp),
            (None, Some(realm), Some(Credentials { username, password })) => {
                basic::authorization(username, password)
                    .map(|value| Chosen::Basic { value, realm })
                    .ok_or(Refusal::ColonInUserName)
            }
            (None, None, _) => Err(match self.missing {
                Some(parameter) => Refusal::Incomplete { parameter },
                None if self.unknown.is_empty() => Refusal::NoChallenge,
                None => Refusal::Unsupported { offered: self.unknown },
            }),
        }
    }
}
