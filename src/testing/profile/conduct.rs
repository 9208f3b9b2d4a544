//! What each kind of server decides: who may ask, how the target is read, what is answered.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::etag::ETag;
use crate::testing::call::Call;
use crate::testing::condition::{self, Verdict};
use crate::testing::denial::{Denial, Unauthorized};
use crate::testing::digest::{self, Algorithm, Answer, Nonces};
use crate::testing::http::{Fields, Request, Response};
use crate::testing::site::Site;
use crate::testing::target::{self, Target};
use crate::testing::user::User;

use super::rfc4825;

const OPAQUE: &str = "5ccc069c403ebaf9f0171e9517f40e41";

/// What comes of a request.
#[derive(Debug)]
pub(in crate::testing) enum Outcome {
    Answer(Response),
    /// The connection is closed without an answer.
    Close,
    /// The connection stays open, and no answer ever comes.
    Silence,
}

/// What a profile decides. The provided methods are RFC 4825.
pub(in crate::testing) trait Conduct: Sync {
    /// How long a connection may be idle.
    fn keep_alive(&self) -> Duration {
        Duration::from_secs(60)
    }

    /// What answers `Expect: 100-continue`.
    fn interim(&self) -> &'static [u8] {
        b"HTTP/1.1 100 Continue\r\n\r\n"
    }

    /// The text of an ETag, for a number that is given once.
    fn etag(&self, number: u64) -> String {
        format!("{number:08x}")
    }

    /// Whether a request gets no answer at all.
    fn ignores(&self, _request: &Request) -> Option<Outcome> {
        None
    }

    /// What is looked at before anything else.
    fn admit(&self, _site: &Site, request: &Request) -> Result<(), Denial> {
        rfc4825::check_host(request)
    }

    fn target(&self, site: &Site, request: &Request) -> Result<Target, Denial> {
        target::strict(&request.target, &site.path)
    }

    /// What is looked at once it is known who asks.
    fn admit_known(&self, _request: &Request) -> Result<(), Denial> {
        Ok(())
    }

    /// Whether anybody can have documents, known or not.
    fn takes_any_user(&self) -> bool {
        false
    }

    /// How long nonces live where the test does not say.
    fn nonces(&self) -> Nonces {
        Nonces::Reusable
    }

    /// The highest `nc` of a nonce.
    fn max_nonce_count(&self) -> u32 {
        u32::MAX
    }

    fn challenge(&self, realm: &str, nonce: &str, algorithm: Algorithm, is_stale: bool) -> String {
        let stale = if is_stale { ", stale=true" } else { "" };
        format!(
            "Digest realm=\"{realm}\", nonce=\"{nonce}\", opaque=\"{OPAQUE}\", algorithm={}, \
             qop=\"auth\"{stale}",
            algorithm.name()
        )
    }

    /// The `opaque` that a challenge has and an answer must have.
    fn opaque(&self) -> Option<&'static str> {
        Some(OPAQUE)
    }

    /// The parameters of an `Authorization: Digest` field.
    fn parameters(&self, text: &str) -> Option<HashMap<String, String>> {
        digest::parameters(text)
    }

    /// The name and realm that the hash of an answer is made of, if it may be this user's.
    fn identity<'a>(
        &self,
        user: &'a User,
        answer: &'a Answer,
        realm: &'a str,
    ) -> Option<(&'a str, &'a str)> {
        let is_realm = answer.realm.as_deref() == Some(realm);
        let name = answer.username.as_str();
        (is_realm && user.is_called(name)).then_some((name, realm))
    }

    /// What a password for Basic does to the server.
    fn check_password(&self, _password: &str) -> Result<(), Denial> {
        Ok(())
    }

    /// The answer to a user who asks for another's documents.
    fn other_user(&self) -> Denial {
        Denial::Forbidden("these are another user's documents")
    }

    fn evaluate(
        &self,
        fields: &Fields,
        current: Option<&str>,
        is_read: bool,
    ) -> Result<Verdict, Denial> {
        condition::evaluate(fields, current, is_read).map_err(|condition::Malformed(name)| {
            Denial::BadRequest(format!("{name} is no list of entity tags"))
        })
    }

    /// Carries out a request of somebody who may make it.
    fn serve(&self, call: &mut Call<'_>) -> Result<Response, Denial>;

    /// Whether a 401 for this reason says how to do better.
    fn challenges(&self, why: Unauthorized) -> bool {
        !matches!(why, Unauthorized::Spent | Unauthorized::OtherUser)
    }

    /// Puts a refusal into words.
    fn refuse(&self, denial: Denial) -> Response {
        rfc4825::refuse(denial)
    }

    /// Adds what every answer has.
    fn finish(&self, response: Response) -> Response {
        response.date()
    }
}

/// An ETag that no document of this process has had.
pub(in crate::testing) fn new_etag(conduct: &(impl Conduct + ?Sized)) -> ETag {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    ETag::strong(&conduct.etag(NEXT.fetch_add(1, Ordering::Relaxed)))
}
