//! Basic (RFC 7617) and Digest (RFC 7616) authentication: what to send, and what an answer means. No I/O.
//!
//! An [`Auth`] is shared by all clones of a client. A [`Call`] is one exchange of it: the loop asks [`Call::plan`] what
//! to send, sends it, and tells [`Call::answered`] what came back.
//!
//! Nothing is sent before a challenge, except by a session that already worked or by the caller's own [`Hook`], which
//! is asked first. A session belongs to one call at a time, so that its nonce count never overtakes itself on another
//! connection.

mod basic;
mod challenge;
mod credentials;
mod digest;
mod hook;
mod offer;
mod pool;
mod refusal;
#[cfg(test)]
mod tests;

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::http_types::text_of;

use challenge::read_info;
pub(crate) use credentials::Credentials;
use digest::Session;
pub use hook::AuthorizationRequest;
pub(crate) use hook::Hook;
use hook::Message;
use offer::{Chosen, Offers};
use pool::{Pool, Suspicion};
pub(crate) use refusal::Refusal;

/// How often one call may send to one target.
const MAX_SENDS: u8 = 3;

/// What all calls of a client know about authentication.
pub(crate) struct Auth {
    credentials: Option<Credentials>,
    basic_allowed: bool,
    hook: Option<Hook>,
    surroundings: Surroundings,
    pool: Mutex<Pool>,
}

/// What is not computed from the arguments: chance and the time.
struct Surroundings {
    cnonce: Box<dyn Fn() -> String + Send + Sync>,
    now: Box<dyn Fn() -> Instant + Send + Sync>,
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auth")
            .field("credentials", &self.credentials)
            .field("basic_allowed", &self.basic_allowed)
            .field("has_hook", &self.hook.is_some())
            .field("idle_sessions", &self.pool().idle())
            .finish_non_exhaustive()
    }
}

impl Auth {
    /// `basic_allowed`: the connection is private (https, loopback), or the builder allowed Basic without that.
    pub(crate) fn new(credentials: Option<Credentials>, basic_allowed: bool) -> Self {
        let surroundings =
            Surroundings { cnonce: Box::new(random_cnonce), now: Box::new(Instant::now) };
        Self { credentials, basic_allowed, hook: None, surroundings, pool: Mutex::default() }
    }

    /// Asks `hook` before anything else.
    pub(crate) fn with_hook(self, hook: Option<Hook>) -> Self {
        Self { hook, ..self }
    }

    /// Starts one call. A redirect to another target may go on with it or start another.
    pub(crate) fn call(&self) -> Call<'_> {
        Call { auth: self, step: Step::Start, sends: 0, suspicion: None }
    }

    /// What the caller's own closure makes of a request, after a 401 with these challenges.
    fn own(&self, message: Message<'_>, challenges: &[&[u8]]) -> Option<String> {
        let hook = self.hook.as_ref()?;
        let challenges: Vec<_> =
            challenges.iter().map(|bytes| text_of(bytes).into_owned()).collect();
        hook(&AuthorizationRequest { message, challenges: &challenges })
    }

    /// How a call begins, with what is known.
    fn begin(&self, message: Message<'_>) -> Way {
        if let Some(value) = self.own(message, &[]) {
            return Way::Own { value };
        }
        let mut pool = self.pool();
        if let Some(session) = pool.take() {
            return Way::digest(session, Origin::Pool);
        }
        if let Some(value) = pool.basic() {
            return Way::Basic { value: value.to_owned(), realm: None };
        }
        // The answer will be a challenge: a body would be uploaded for nothing.
        if pool.is_one_time() && (message.method != "GET" || !message.body.is_empty()) {
            return Way::Probe;
        }
        Way::Bare
    }

    fn now(&self) -> Instant {
        (self.surroundings.now)()
    }

    /// Never held while anything of a caller's runs, so a poisoned lock guards a whole state.
    fn pool(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// 128 bits. They foil precomputed tables (RFC 7616 section 5.10) and are no key, so the seeds of std's hasher suffice.
fn random_cnonce() -> String {
    let half = || RandomState::new().hash_one(0_u8);
    format!("{:016x}{:016x}", half(), half())
}

/// What to send next.
#[derive(PartialEq, Eq)]
pub(crate) enum Plan {
    /// The request, with this `Authorization` value or none. The value may hold bytes above 0x7F (UTF-8).
    Send(Option<String>),
    /// A bare GET of the same target without a body, whose answer goes to [`Call::answered`] in place of the request's.
    FetchNonce,
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Send(Some(_)) => "Send(authorized)",
            Self::Send(None) => "Send(bare)",
            Self::FetchNonce => "FetchNonce",
        })
    }
}

/// What an answer means.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The answer is the caller's.
    Accept,
    /// Plan and send again.
    Again,
    /// The 401 is the caller's, with the reason.
    Refused(Refusal),
    /// The answer is not to be trusted, whatever its status: an error with this reason.
    ///
    /// A wrong `rspauth` means that whoever answered does not know the password, so a 404 or 412 is worth as little as
    /// a 200: each would be acted upon. It does not mean that the request was not carried out.
    Unproven(Refusal),
}

/// One call of the client. Dropped without an answer, it leaves the nonce count it sent spent.
pub(crate) struct Call<'a> {
    auth: &'a Auth,
    step: Step<'a>,
    sends: u8,
    suspicion: Option<Suspicion>,
}

enum Step<'a> {
    Start,
    Ready(Way),
    Sent { way: Way, message: Message<'a> },
}

/// One way to send a request.
enum Way {
    Probe,
    Bare,
    /// What the caller's own closure made.
    Own {
        value: String,
    },
    /// The realm is that of the challenge, if this call got one.
    Basic {
        value: String,
        realm: Option<String>,
    },
    Digest {
        session: Box<Session>,
        origin: Origin,
    },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// It worked before.
    Pool,
    /// Challenged for in this call, and not sent yet or once.
    Challenge,
    /// The same, sent again because the answer never came: if it is refused, the first may have used it up.
    Resent,
}

impl Way {
    fn digest(session: Session, origin: Origin) -> Self {
        Self::Digest { session: Box::new(session), origin }
    }

    fn again(self) -> Self {
        match self {
            Self::Digest { session, origin: Origin::Challenge } => {
                Self::Digest { session, origin: Origin::Resent }
            }
            way => way,
        }
    }
}

impl<'a> Call<'a> {
    /// What to send next. `target` is the exact request-target. Without an answer to the last plan this is the same
    /// again, with the next nonce count, and counts as another send.
    pub(crate) fn plan(&mut self, method: &'a str, target: &'a str, body: &'a [u8]) -> Plan {
        let message = Message { method, target, body };
        let mut way = match mem::replace(&mut self.step, Step::Start) {
            Step::Start => self.auth.begin(message),
            Step::Ready(way) => way,
            // A value of the closure's may be good for one request alone: it is asked again.
            Step::Sent { way: Way::Own { .. }, .. } => self.auth.begin(message),
            Step::Sent { way, .. } => way.again(),
        };
        let plan = match &mut way {
            Way::Probe => Plan::FetchNonce,
            Way::Bare => Plan::Send(None),
            Way::Own { value } | Way::Basic { value, .. } => Plan::Send(Some(value.clone())),
            Way::Digest { session, .. } => {
                Plan::Send(Some(session.authorize(method, target, body)))
            }
        };
        self.step = Step::Sent { way, message };
        self.sends = self.sends.saturating_add(1);
        plan
    }

    /// The last plan came to nothing: there was no connection to send it on.
    pub(crate) fn was_not_sent(&mut self) {
        self.sends = self.sends.saturating_sub(1);
    }

    /// What the answer to the last plan means: its status, all its `WWW-Authenticate` and its `Authentication-Info`.
    pub(crate) fn answered<'h>(
        &mut self,
        status: u16,
        www_authenticate: impl Iterator<Item = &'h [u8]>,
        authentication_info: Option<&[u8]>,
    ) -> Verdict {
        let (way, message) = match mem::replace(&mut self.step, Step::Start) {
            Step::Sent { way, message } => (way, message),
            Step::Start | Step::Ready(_) => (Way::Bare, Message::default()),
        };
        let verdict = match way {
            way if status == 401 => {
                let challenges: Vec<_> = www_authenticate.collect();
                match self.auth.own(message, &challenges) {
                    Some(value) => self.again_with(value, &way),
                    None => self.challenged(way, Offers::read(challenges.into_iter())),
                }
            }
            Way::Probe => self.go(Way::Bare),
            Way::Own { .. } | Way::Bare => Verdict::Accept,
            Way::Basic { value, .. } => {
                self.auth.pool().set_basic(Some(value));
                Verdict::Accept
            }
            Way::Digest { session, .. } => {
                self.authorized(*session, message.target, authentication_info)
            }
        };
        if verdict != Verdict::Again {
            self.sends = 0;
            self.suspicion = None;
        }
        verdict
    }

    /// A session was let in: it is checked, learnt from and kept.
    fn authorized(&mut self, mut session: Session, target: &str, info: Option<&[u8]>) -> Verdict {
        let info = info.map(read_info).unwrap_or_default();
        if !session.proves(&info, target) {
            return Verdict::Unproven(Refusal::BadProof);
        }
        session.succeeded(self.auth.now());
        let mut pool = self.auth.pool();
        pool.learn(&session, self.suspicion.take());
        if let Some(nonce) = info.get("nextnonce").filter(|nonce| !nonce.is_empty()) {
            session.renew(nonce);
        }
        pool.put(session);
        Verdict::Accept
    }

    fn challenged(&mut self, way: Way, offers: Offers) -> Verdict {
        match way {
            Way::Probe | Way::Bare | Way::Own { .. } => self.answer(offers),
            Way::Basic { realm: None, .. } => {
                self.auth.pool().set_basic(None);
                self.refused_unasked(offers)
            }
            Way::Basic { realm: Some(realm), .. } => {
                Verdict::Refused(Refusal::WrongPassword { realm })
            }
            Way::Digest { session, origin: Origin::Challenge } if !offers.is_stale() => {
                wrong_password(&session)
            }
            Way::Digest { session, origin: Origin::Pool } => {
                self.suspicion = Suspicion::of(&session, !offers.is_empty(), self.auth.now());
                self.refused_unasked(offers)
            }
            Way::Digest { .. } => self.refused_unasked(offers),
        }
    }

    /// What was sent without a challenge for it is refused: its challenge is answered, or there is none to answer.
    fn refused_unasked(&mut self, offers: Offers) -> Verdict {
        if offers.is_empty() { self.again(Way::Bare) } else { self.answer(offers) }
    }

    fn answer(&mut self, offers: Offers) -> Verdict {
        match offers.choose(self.auth.credentials.as_ref(), self.auth.basic_allowed) {
            Ok(Chosen::Digest(challenge, credentials)) => {
                let cnonce = (self.auth.surroundings.cnonce)();
                let session = Session::new(challenge, credentials, cnonce);
                self.again(Way::digest(session, Origin::Challenge))
            }
            Ok(Chosen::Basic { value, realm }) => {
                let realm = Some(realm);
                self.again(Way::Basic { value, realm })
            }
            Err(refusal) => Verdict::Refused(refusal),
        }
    }

    /// Sends what the caller's own closure made of a 401, unless that is what was refused.
    fn again_with(&mut self, value: String, refused: &Way) -> Verdict {
        let is_refused = matches!(refused, Way::Own { value: last } if *last == value);
        if is_refused || self.sends >= MAX_SENDS {
            return Verdict::Refused(Refusal::OwnRefused);
        }
        self.go(Way::Own { value })
    }

    /// Sends again while the call may.
    fn again(&mut self, way: Way) -> Verdict {
        if self.sends >= MAX_SENDS {
            return Verdict::Refused(Refusal::Exhausted { sends: self.sends });
        }
        self.go(way)
    }

    fn go(&mut self, way: Way) -> Verdict {
        self.step = Step::Ready(way);
        Verdict::Again
    }
}

fn wrong_password(session: &Session) -> Verdict {
    let realm = text_of(session.realm()).into_owned();
    Verdict::Refused(Refusal::WrongPassword { realm })
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        if let Step::Sent { way: Way::Digest { session, origin: Origin::Pool }, .. } =
            mem::replace(&mut self.step, Step::Start)
        {
            // Its count was spent when it was sent, whether or not the server saw it. A nonce that
            // never worked may have been used up by that.
            if session.successes() > 0 {
                self.auth.pool().put(*session);
            }
        }
    }
}
