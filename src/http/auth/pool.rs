//! What the calls of a client share: the sessions that wait for one, and what was learnt about the server's nonces.

use std::time::{Duration, Instant};

use super::session::Session;

/// A nonce that rests longer between two uses may have expired.
const YOUNG: Duration = Duration::from_secs(5);
/// How many sessions in a row must have lived for one success, if each refusal has a challenge, to be learnt from.
const BRIEF_SESSIONS: u8 = 3;

/// The state behind the mutex.
///
/// Some servers take every nonce once only. Reusing one with them costs a refused request per call, not reusing one
/// with others a bare request per call. So a session is reused until a reuse is refused that had succeeded exactly once
/// before and a fresh nonce then succeeds in the same call, which rules out a changed password, a nonce used up by
/// count, and a target that refuses the user.
///
/// OpenXCAP refuses without a challenge, which no server does that counts nonces: one such refusal is enough. A refusal
/// with a challenge is also what follows a restart or a nonce that grew old, and costs no more than the bare request
/// would: there the nonce must have been young, several times in a row.
///
/// What is learnt is kept, so that such a server is never again sent a nonce twice. It is refuted only by what costs
/// nothing: a nonce that succeeds a second time, in a call that was under way. Nonces from `nextnonce` are unused and
/// wait here even then, so with a server that names them the lesson costs nothing, right or wrong.
#[derive(Default)]
pub(super) struct Pool {
    /// The last is taken first: the others may rest until they are too old, instead of all being kept half alive.
    idle: Vec<Session>,
    /// The `Authorization` value that worked.
    basic: Option<String>,
    is_one_time: bool,
    brief_sessions: u8,
}

/// A reused session was refused after exactly one success. It teaches nothing before a fresh nonce succeeds.
pub(super) struct Suspicion {
    realm: Vec<u8>,
    was_challenged: bool,
}

impl Suspicion {
    pub(super) fn of(refused: &Session, was_challenged: bool, now: Instant) -> Option<Self> {
        let young = refused.rested(now).is_some_and(|rested| rested <= YOUNG);
        (refused.successes() == 1 && (young || !was_challenged))
            .then(|| Self { realm: refused.realm().to_vec(), was_challenged })
    }
}

impl Pool {
    pub(super) fn take(&mut self) -> Option<Session> {
        self.idle.pop()
    }

    /// Keeps a session that worked for the next call.
    pub(super) fn put(&mut self, session: Session) {
        if session.is_unused() || (session.is_countable() && !self.is_one_time) {
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
        // A session refused in another realm was the wrong session, not a used nonce.
        let Some(suspicion) = suspicion.filter(|suspicion| suspicion.realm == session.realm())
        else {
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
