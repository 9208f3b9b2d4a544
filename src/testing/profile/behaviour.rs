//! What each kind of server decides: who may ask, how the target is read, what is answered.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::answer::ETag;
use crate::selector::Application;
use crate::testing::call::Call;
use crate::testing::denial::{Denial, Unauthorized};
use crate::testing::digest::{self, Algorithm, Answer, Nonces};
use crate::testing::http::{Request, Response};
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
pub(in crate::testing) trait Behaviour: Sync {
    /// How long a connection may be idle.
    fn keep_alive(&self) -> Duration {
        Duration::from_secs(60)
    }

    /// What answers `Expect: 100-continue`.
    fn interim(&self) -> &'static [u8] {
        b"HTTP/1.1 100 Continue\r\n\r\n"
    }

    /// How long after an answer the connection is closed, without a word of it.
    fn closes_after(&self, _response: &Response) -> Option<Duration> {
        None
    }

    /// The application usages that it has, beside the test's own.
    fn usages(&self) -> &'static [Application] {
        Application::registry()
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

    /// Whether a request needs no credentials.
    fn is_public(&self, _request: &Request, _target: &Target) -> bool {
        false
    }

    /// Whether nobody hears which usages and users there are before it is known who asks.
    fn hides_from_strangers(&self) -> bool {
        false
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

    /// The realm of a challenge, if it is not the one that the test has set.
    fn realm(&self, _target: &Target) -> Option<String> {
        None
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

    /// Whether the scheme of an `Authorization` field is the one that is wanted.
    fn is_scheme(&self, found: &str, wanted: &str) -> bool {
        found.eq_ignore_ascii_case(wanted)
    }

    /// The parameters of an `Authorization: Digest` field.
    fn parameters(&self, text: &str) -> Option<HashMap<String, String>> {
        digest::parameters(text)
    }

    /// What has to be right of an answer beside its hash; gives its nonce count.
    fn check_answer(&self, answer: &Answer, request: &Request) -> Result<u32, Unauthorized> {
        let count = answer.count().filter(|_| answer.qop == "auth");
        let count = count.ok_or(Unauthorized::Malformed)?;
        if answer.uri != request.target {
            return Err(Unauthorized::OtherTarget);
        }
        match self.opaque() {
            Some(opaque) if answer.opaque.as_deref() != Some(opaque) => Err(Unauthorized::Wrong),
            _ => Ok(count),
        }
    }

    /// The algorithm of an answer, if it was offered; none is MD5 (RFC 7616 section 3.3).
    fn algorithm(&self, answer: &Answer, offered: &[Algorithm]) -> Option<Algorithm> {
        let name = answer.algorithm.as_deref().unwrap_or("MD5");
        offered.iter().copied().find(|known| known.name().eq_ignore_ascii_case(name))
    }

    /// Whether a client may mean this user by the name.
    fn is_called(&self, user: &User, name: &str) -> bool {
        user.is_called(name)
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
        (is_realm && self.is_called(user, name)).then_some((name, realm))
    }

    /// The name and the password in what Basic sent, if that was a text in base64.
    fn name_and_password<'a>(&self, text: Option<&'a str>) -> Result<(&'a str, &'a str), Denial> {
        let pair = text.and_then(|text| text.split_once(':'));
        pair.ok_or(Denial::Unauthorized(Unauthorized::Malformed))
    }

    /// The answer to a user who asks for another's documents.
    fn other_user(&self) -> Denial {
        Denial::Forbidden("these are another user's documents")
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
pub(in crate::testing) fn new_etag(behaviour: &(impl Behaviour + ?Sized)) -> ETag {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    ETag::strong(&behaviour.etag(NEXT.fetch_add(1, Ordering::Relaxed)))
}
