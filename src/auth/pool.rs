//! What the calls of a client share: the sessions that wait for one, and what was learnt about the server's nonces.

use std::time::{Duration, Instant};

use super::digest::Session;

/// How long a server is taken to use nonces once before that is tried again.
pub(super) const ONE_TIME_FOR: Duration = Duration::from_secs(600);
/// A nonce that rests longer between two uses may have expired.
const YOUNG: Duration = Duration::from_secs(5);
/// How many sessions in a row must have lived for one success, with `stale=true`, to teach the same.
const BRIEF_SESSIONS: u8 = 3;

/// The state behind the mutex.
///
/// Some servers take every nonce once only. Reusing one with them costs a refused request per call, not reusing one
/// with others a bare request per call. So a session is reused until a reuse is refused that had succeeded exactly once
/// before and a fresh nonce then succeeds in the same call, which rules out a changed password, a nonce used up by
/// count, and a target that refuses the user.
/// `stale=true` is also what is said of a nonce that grew old, so then the nonce must have been young, several times in
/// a row.
/// What is learnt can be wrong (nonces that expire between two calls look the same), so it holds for [`ONE_TIME_FOR`],
/// and a nonce that succeeds twice refutes it at once. Nonces from `nextnonce` are unused, and wait here even then.
#[derive(Default)]
pub(super) struct Pool {
    /// The last is taken first: the others may rest until they are too old, instead of all being kept half alive.
    idle: Vec<Session>,
    /// The `Authorization` value that worked.
    basic: Option<String>,
    one_time_until: Option<Instant>,
    brief_sessions: u8,
}

/// A reused session was refused after exactly one success. It teaches nothing before a fresh nonce succeeds.
pub(super) struct Suspicion {
    realm: Vec<u8>,
    stale: bool,
}

impl Suspicion {
    pub(super) fn of(refused: &Session, stale: bool, now: Instant) -> Option<Self> {
        let young = refused.rested(now).is_some_and(|rested| rested <= YOUNG);
        (refused.successes() == 1 && (young || !stale))
            .then(|| Self { realm: refused.realm().to_vec(), stale })
    }
}

impl Pool {
    pub(super) fn take(&mut self) -> Option<Session> {
        self.idle.pop()
    }

    /// Keeps a session that worked for the next call.
    pub(super) fn put(&mut self, session: Session, now: Instant) {
        if session.is_unused() || (session.is_countable() && !self.is_one_time(now)) {
            self.idle.push(session);
        }
    }

    pub(super) fn idle(&self) -> usize {
        self.idle.len()
    }

    pub(super) fn basic(&self) -> Option<&str> {
        self.basic.as_deref()
    }

    pub(super) fn set_basic(&mut self, value: Option<String>) {
        self.basic = value;
    }

    pub(super) fn is_one_time(&self, now: Instant) -> bool {
        self.one_time_until.is_some_and(|until| now < until)
    }

    #[cfg(test)]
    pub(super) fn one_time_for_tests(&mut self, now: Instant) {
        self.one_time_until = now.checked_add(ONE_TIME_FOR);
    }

    /// Learns from a success: `session` has counted it already.
    pub(super) fn learn(&mut self, session: &Session, suspicion: Option<Suspicion>, now: Instant) {
        if session.successes() > 1 {
            self.brief_sessions = 0;
            self.one_time_until = None;
        }
        // A session refused in another realm was the wrong session, not a used nonce.
        let Some(suspicion) = suspicion.filter(|suspicion| suspicion.realm == session.realm())
        else {
            return;
        };
        self.brief_sessions = self.brief_sessions.saturating_add(1);
        if !suspicion.stale || self.brief_sessions >= BRIEF_SESSIONS {
            self.brief_sessions = 0;
            self.one_time_until = now.checked_add(ONE_TIME_FOR);
            self.idle.retain(Session::is_unused);
        }
    }
}
