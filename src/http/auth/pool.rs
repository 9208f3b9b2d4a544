//! What the calls of a client share: the sessions that wait for one, and what was learnt about the
//! server's nonces.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::authorization::Authorization;
use super::counts::{Count, Counts};
use super::session::Session;

/// A nonce that rests longer between two uses may have expired.
const YOUNG: Duration = Duration::from_secs(5);
/// How many sessions in a row must have lived for one success, if each refusal has a challenge, to
/// be learnt from.
const BRIEF_SESSIONS: u8 = 3;

/// The state behind the mutex.
///
/// Some servers take every nonce once only. Reusing one with them costs a refused request per call,
/// not reusing one with others a bare request per call. So a session is reused until a reuse is
/// refused that had succeeded exactly once before and a fresh nonce then succeeds in the same call,
/// which rules out a changed password, a nonce used up by count, and a target that refuses the
/// user.
///
/// OpenXCAP refuses without a challenge, which no server does that counts nonces: one such refusal
/// is enough. A refusal with a challenge is also what follows a restart or a nonce that grew old,
/// and costs no more than the bare request would: there the nonce must have been young, several
/// times in a row.
///
/// What is learnt is kept, so that such a server is never again sent a nonce twice. It is refuted
/// only by what costs nothing: a nonce that succeeds a second time, in a call that was under way.
/// Nonces from `nextnonce` are unused and wait here even then, so with a server that names them the
/// lesson costs nothing, right or wrong.
#[derive(Default)]
pub(super) struct Pool {
    /// The last is taken first: the others may rest until they are too old, instead of all being
    /// kept half alive.
    idle: Vec<Session>,
    /// What last let in a request for each application usage.
    usages: VecDeque<(String, Key)>,
    counts: Counts,
    is_one_time: bool,
    brief_sessions: u8,
}

/// How many application usages are remembered: a redirect may lead to anything.
const MAX_USAGES: usize = 64;

enum Key {
    /// A session of this realm.
    Realm(Vec<u8>),
    /// This value: a password goes only where it was asked for.
    Basic(Authorization),
}

/// What let in the last request, and is tried first.
pub(super) enum Remembered {
    Digest(Box<Session>),
    Basic(Authorization),
}

/// A reused session was refused after exactly one success. It teaches nothing before a fresh nonce
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
    /// What last let in a request for this application usage; where that is not known, a session
    /// of any realm.
    pub(super) fn take(&mut self, usage: &str) -> Option<Remembered> {
        let known = self.usages.iter().find(|(known, _)| known == usage).map(|(_, key)| key);
        let session = match known {
            Some(Key::Basic(value)) => return Some(Remembered::Basic(value.clone())),
            Some(Key::Realm(realm)) => {
                let place = self.idle.iter().rposition(|session| session.realm() == realm);
                // Where all of them are in use, those of another realm would be refused.
                place.map(|place| self.idle.remove(place))
            }
            None => self.idle.pop(),
        };
        session.map(|session| Remembered::Digest(Box::new(session)))
    }

    /// Keeps a session that worked for the next call. Of two with one nonce one is enough: in two
    /// calls at once its count could overtake itself.
    pub(super) fn put(&mut self, session: Session) {
        let is_double = self.idle.iter().any(|idle| idle.has_nonce_of(&session));
        let is_good = session.is_unused() || (session.is_countable() && !self.is_one_time);
        if is_good && !is_double {
            self.idle.push(session);
        }
    }

    /// Keeps a session that let in a request for this application usage.
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

    /// The count of a nonce, however it came.
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

    /// Learns from a success: `session` has counted it already.
    pub(super) fn learn(&mut self, session: &Session, suspicion: Option<Suspicion>) {
        if session.successes() > 1 {
            self.brief_sessions = 0;
            self.is_one_time = false;
        }
        // A session refused in another realm, or of credentials that are no longer good, was the
        // wrong session, not a used nonce.
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
