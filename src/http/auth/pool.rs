//! What the calls of a client share: idle sessions, and what was learnt about the server's nonces.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::authorization::Authorization;
use super::counts::{Count, Counts};
use super::session::Session;

/// A nonce that rested longer than this between two uses may have expired.
const YOUNG: Duration = Duration::from_secs(5);
/// If every refusal comes with a challenge, this many sessions in a row must end after one success
/// before the pool learns from them.
const BRIEF_SESSIONS: u8 = 3;

/// The state behind the mutex.
///
/// Some servers accept every nonce only once. With such a server, reusing a nonce costs each call
/// one refused request. With any other server, never reusing one costs each call one bare request.
/// So the pool reuses sessions until two things happen in one call: a reuse is refused after
/// exactly one earlier success, and a fresh nonce then succeeds. That rules out a changed password,
/// a nonce whose count is used up, and a target that refuses the user.
///
/// OpenXCAP refuses without a challenge. No server that counts nonces does that, so one such
/// refusal is enough. A refusal with a challenge can also mean that the server restarted or that
/// the nonce grew old, and it costs no more than the bare request would. There the nonce must have
/// been young, several times in a row.
///
/// The pool keeps what it learnt, so that such a server never again gets a nonce twice. Only
/// evidence that costs nothing refutes it: a nonce that succeeds a second time, in a call that was
/// already under way. Nonces from `nextnonce` are unused and are kept here even then. With a server
/// that sends them, the lesson costs nothing, right or wrong.
#[derive(Default)]
pub(super) struct Pool {
    /// The last one is taken first. The others may rest until they are too old, instead of all
    /// being kept half alive.
    idle: Vec<Session>,
    /// What the server last accepted for each application usage.
    usages: VecDeque<(String, Key)>,
    counts: Counts,
    is_one_time: bool,
    brief_sessions: u8,
}

/// How many application usages are remembered. The limit is needed because a redirect may lead to
/// any path.
const MAX_USAGES: usize = 64;

enum Key {
    /// A session of this realm.
    Realm(Vec<u8>),
    /// This value. A password is sent only where the server asked for it.
    Basic(Authorization),
}

/// What the server accepted last. It is tried first.
pub(super) enum Remembered {
    Digest(Box<Session>),
    Basic(Authorization),
}

/// A reused session was refused after exactly one success. This proves nothing until a fresh nonce
/// succeeds.
pub(super) struct Suspicion {
    identity: String,
    was_challenged: bool,
}

impl Suspicion {
    pub(super) fn of(refused: &Session, was_challenged: bool, now: Instant) -> Option<Self> {
        let young = refused.rested(now).is_some_and(|rested| rested <= YOUNG);
        (refused.successes() == 1 && (young || !was_challenged))
            .then(|| Self { identity: refused.identity().to_owned(), was_challenged })
    }
}

impl Pool {
    /// What the server last accepted for this application usage. If that is not known, a session of
    /// any realm.
    pub(super) fn take(&mut self, usage: &str) -> Option<Remembered> {
        let known = self.usages.iter().find(|(known, _)| known == usage).map(|(_, key)| key);
        let session = match known {
            Some(Key::Basic(value)) => return Some(Remembered::Basic(value.clone())),
            Some(Key::Realm(realm)) => {
                let place = self.idle.iter().rposition(|session| session.realm() == realm);
                // If all sessions of this realm are in use, none is taken: those of other realms
                // would be refused.
                place.map(|place| self.idle.remove(place))
            }
            None => self.idle.pop(),
        };
        session.map(|session| Remembered::Digest(Box::new(session)))
    }

    /// Keeps a working session for the next call. It keeps only one session for each nonce: if two
    /// calls used the same nonce at once, its counts could arrive out of order.
    pub(super) fn put(&mut self, session: Session) {
        let is_double = self.idle.iter().any(|idle| idle.has_nonce_of(&session));
        let is_good = session.is_unused() || (session.is_countable() && !self.is_one_time);
        if is_good && !is_double {
            self.idle.push(session);
        }
    }

    /// Keeps a session that the server accepted for this application usage.
    pub(super) fn let_in_by(&mut self, usage: &str, session: Session) {
        self.note(usage, Key::Realm(session.realm().to_vec()));
        self.put(session);
    }

    pub(super) fn let_in_by_basic(&mut self, usage: &str, value: Authorization) {
        self.note(usage, Key::Basic(value));
    }

    fn note(&mut self, usage: &str, key: Key) {
        if let Some(known) = self.usages.iter_mut().find(|(known, _)| known == usage) {
            known.1 = key;
            return;
        }
        if self.usages.len() >= MAX_USAGES {
            self.usages.pop_front();
        }
        self.usages.push_back((usage.to_owned(), key));
    }

    pub(super) fn forget(&mut self, usage: &str) {
        self.usages.retain(|(known, _)| known != usage);
    }

    /// The count of a nonce, whether it came from a challenge or from `nextnonce`.
    pub(super) fn count(&mut self, nonce: &[u8]) -> Count {
        self.counts.of(nonce)
    }

    pub(super) fn idle(&self) -> usize {
        self.idle.len()
    }

    pub(super) fn is_one_time(&self) -> bool {
        self.is_one_time
    }

    #[cfg(test)]
    pub(super) fn one_time_for_tests(&mut self) {
        self.is_one_time = true;
    }

    /// Learns from a success that `session` has already counted.
    pub(super) fn learn(&mut self, session: &Session, suspicion: Option<Suspicion>) {
        if session.successes() > 1 {
            self.brief_sessions = 0;
            self.is_one_time = false;
        }
        // If the refused session was for another realm or its credentials are no longer good, it
        // was the wrong session, not a used nonce.
        let Some(suspicion) = suspicion.filter(|it| it.identity == session.identity()) else {
            return;
        };
        self.brief_sessions = self.brief_sessions.saturating_add(1);
        if !suspicion.was_challenged || self.brief_sessions >= BRIEF_SESSIONS {
            self.brief_sessions = 0;
            self.is_one_time = true;
            self.idle.retain(Session::is_unused);
        }
    }
}
