//! The challenges of a 401, and the choice of the one to answer.

use crate::http_types::text_of;

use super::challenge::Challenge;
use super::digest::{DigestChallenge, Flaw};
use super::params::read_challenges;
use super::refusal::Refusal;

/// The challenges of one 401, sorted by what can be done with them.
#[derive(Default)]
pub(super) struct Offers {
    /// The strongest challenge. Between equal ones the first wins, since the server prefers it (RFC
    /// 7616 section 3.7).
    digest: Option<DigestChallenge>,
    /// The realm.
    basic: Option<String>,
    /// What the first incomplete Digest challenge lacks.
    missing: Option<&'static str>,
    unknown: Vec<String>,
}

/// The challenge to answer.
pub(super) enum Offer {
    Digest(DigestChallenge),
    Basic { realm: String },
}

impl Offers {
    /// `knows_aka`: whether the client can answer AKA.
    pub(super) fn read<'h>(headers: impl Iterator<Item = &'h [u8]>, knows_aka: bool) -> Self {
        let mut offers = Self::default();
        for challenge in read_challenges(headers) {
            if challenge.is("Digest") {
                offers.add_digest(DigestChallenge::read(&challenge, knows_aka));
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
                if self.digest.as_ref().is_none_or(|best| found.is_stronger_than(best)) {
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

    /// Whether the challenges are for another realm than this one.
    pub(super) fn is_elsewhere(&self, realm: &[u8]) -> bool {
        match (&self.digest, &self.basic) {
            (Some(challenge), _) => challenge.realm != realm,
            (None, basic) => basic.is_some(),
        }
    }

    /// The challenge to answer: the strongest one. Basic comes last.
    pub(super) fn strongest(self) -> Result<Offer, Refusal> {
        match (self.digest, self.basic, self.missing) {
            (Some(challenge), ..) => Ok(Offer::Digest(challenge)),
            (None, Some(realm), _) => Ok(Offer::Basic { realm }),
            (None, None, Some(parameter)) => Err(Refusal::Incomplete { parameter }),
            (None, None, None) if self.unknown.is_empty() => Err(Refusal::NoChallenge),
            (None, None, None) => Err(Refusal::Unsupported { offered: self.unknown }),
        }
    }
}

impl Offer {
    /// What the caller may know about the challenge.
    pub(super) fn challenge(&self) -> Challenge {
        let text = |bytes| text_of(bytes).into_owned();
        match self {
            Self::Digest(challenge) => Challenge {
                scheme: "Digest",
                realm: text(&challenge.realm),
                algorithm: challenge.algorithm.clone(),
                nonce: Some(text(&challenge.nonce)),
            },
            Self::Basic { realm } => {
                Challenge { scheme: "Basic", realm: realm.clone(), algorithm: None, nonce: None }
            }
        }
    }
}
