//! The decisions of each kind of server: who may ask, how the target is read, and what is answered.

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

/// The result of a request.
#[derive(Debug)]
pub(in crate::testing) enum Outcome {
    Answer(Response),
    /// The connection is closed without an answer.
    Close,
    /// The connection stays open, and no answer ever comes.
    Silence,
}

/// The decisions of a profile. The provided methods follow RFC 4825.
pub(in crate::testing) trait Behaviour: Sync {
    /// How long a connection may be idle.
    fn keep_alive(&self) -> Duration {
        Duration::from_secs(60)
    }

    /// The answer to `Expect: 100-continue`.
    fn interim(&self) -> &'static [u8] {
        b"HTTP/1.1 100 Continue\r\n\r\n"
    }

    /// How long after an answer the connection is closed without an announcement.
    fn closes_after(&self, _response: &Response) -> Option<Duration> {
        None
    }

    /// The application usages of the server, in addition to the test's own.
    fn usages(&self) -> &'static [Application] {
        Application::registry()
    }

    /// The text of an ETag. Each number is used once.
    fn etag(&self, number: u64) -> String {
        format!("{number:08x}")
    }

    /// Whether a request gets no answer at all.
    fn ignores(&self, _request: &Request) -> Option<Outcome> {
        None
    }

    /// The checks before anything else.
    fn admit(&self, _site: &Site, request: &Request) -> Result<(), Denial> {
        rfc4825::check_host(request)
    }

    fn target(&self, site: &Site, request: &Request) -> Result<Target, Denial> {
        target::strict(&request.target, &site.path)
    }

    /// The checks after the user is known.
    fn admit_known(&self, _request: &Request) -> Result<(), Denial> {
        Ok(())
    }

    /// Whether a request needs no credentials.
    fn is_public(&self, _request: &Request, _target: &Target) -> bool {
        false
    }

    /// Whether unknown users are not told which usages and users exist.
    fn hides_from_strangers(&self) -> bool {
        false
    }

    /// Whether anybody may have documents, even an unknown user.
    fn takes_any_user(&self) -> bool {
        false
    }

    /// How long nonces can be used, unless the test sets it.
    fn nonces(&self) -> Nonces {
        Nonces::Reusable
    }

    /// The highest `nc` of a nonce.
    fn max_nonce_count(&self) -> u32 {
        u32::MAX
    }

    /// The realm of a challenge, if it differs from the one set by the test.
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

    /// The `opaque` of a challenge. The answer has to repeat it.
    fn opaque(&self) -> Option<&'static str> {
        Some(OPAQUE)
    }

    /// Whether the scheme of an `Authorization` field is the wanted one.
    fn is_scheme(&self, found: &str, wanted: &str) -> bool {
        found.eq_ignore_ascii_case(wanted)
    }

    /// The parameters of an `Authorization: Digest` field.
    fn parameters(&self, text: &str) -> Option<HashMap<String, String>> {
        digest::parameters(text)
    }

    /// Checks everything in an answer except its hash. Returns its nonce count.
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

    /// The algorithm of an answer, if it was offered. The default is MD5 (RFC 7616 section 3.3).
    fn algorithm(&self, answer: &Answer, offered: &[Algorithm]) -> Option<Algorithm> {
        let name = answer.algorithm.as_deref().unwrap_or("MD5");
        offered.iter().copied().find(|known| known.name().eq_ignore_ascii_case(name))
    }

    /// Whether the name may stand for this user.
    fn is_called(&self, user: &User, name: &str) -> bool {
        user.is_called(name)
    }

    /// The name and realm in the hash of an answer, if the answer may be this user's.
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

    /// The name and password of a Basic request. `text` is `None` if it was not text in base64.
    fn name_and_password<'a>(&self, text: Option<&'a str>) -> Result<(&'a str, &'a str), Denial> {
        let pair = text.and_then(|text| text.split_once(':'));
        pair.ok_or(Denial::Unauthorized(Unauthorized::Malformed))
    }

    /// The answer to a user who asks for another user's documents.
    fn other_user(&self) -> Denial {
        Denial::Forbidden("these are another user's documents")
    }

    /// Carries out a request that its user may make.
    fn serve(&self, call: &mut Call<'_>) -> Result<Response, Denial>;

    /// Whether a 401 for this reason contains a challenge.
    fn challenges(&self, why: Unauthorized) -> bool {
        !matches!(why, Unauthorized::Spent | Unauthorized::OtherUser)
    }

    /// The answer for a refusal.
    fn refuse(&self, denial: Denial) -> Response {
        rfc4825::refuse(denial)
    }

    /// Adds the fields that every answer has.
    fn finish(&self, response: Response) -> Response {
        response.date()
    }
}

/// An ETag that no document of this process has had.
pub(in crate::testing) fn new_etag(behaviour: &(impl Behaviour + ?Sized)) -> ETag {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    ETag::strong(&behaviour.etag(NEXT.fetch_add(1, Ordering::Relaxed)))
}
