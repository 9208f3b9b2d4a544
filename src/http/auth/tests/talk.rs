//! A call of `alice`, step by step and from end to end.

use std::ops::ControlFlow::{self, Break, Continue};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::super::refusal::Refusal;
use super::super::shared::{Auth, Environment};
use super::super::{Call, Credentials, Identity, Plan, Verdict};
use super::server::{Answer, REALM, Server};
use crate::http_types::text_of;

pub(super) fn alice(password: &str) -> Identity {
    Identity::Known(Credentials::new("alice", password))
}

/// An `Auth` with a fixed cnonce and a clock that the test moves.
pub(super) fn auth() -> (Auth, Arc<AtomicU64>) {
    let seconds = Arc::new(AtomicU64::new(0));
    let (start, clock) = (Instant::now(), Arc::clone(&seconds));
    let mut auth = Auth::new(alice("secret"), true);
    auth.environment = Environment {
        cnonce: Box::new(|| "0123456789abcdef".to_owned()),
        now: Box::new(move || start + Duration::from_secs(clock.load(Ordering::SeqCst))),
    };
    (auth, seconds)
}

pub(super) fn call<'a>(auth: &'a Auth, method: &'a str) -> Call<'a> {
    call_of(auth, method, "/t")
}

pub(super) fn call_of<'a>(auth: &'a Auth, method: &'a str, target: &'a str) -> Call<'a> {
    Call::new(auth, method, target, if method == "PUT" { b"<a/>" } else { b"" })
}

/// Runs the exchange loop and returns how the call ended.
pub(super) fn exchange(auth: &Auth, server: &Server, method: &str) -> Verdict {
    let mut call = call(auth, method);
    loop {
        let answer = reply(server, &call, method);
        match hear(call, &answer) {
            Continue(next) => call = next,
            Break(verdict) => return verdict,
        }
    }
}

/// The server's answer to what the call plans.
pub(super) fn reply(server: &Server, call: &Call<'_>, method: &str) -> Answer {
    match call.plan() {
        Plan::Send(_) => server.answer(method, "/t", sends(call).as_deref()),
        Plan::FetchNonce => server.answer("GET", "/t", None),
    }
}

/// The `Authorization` that the call plans to send, if any.
#[track_caller]
pub(super) fn sends(call: &Call<'_>) -> Option<String> {
    match call.plan() {
        Plan::Send(sent) => sent.map(|sent| text_of(sent.value()).into_owned()),
        Plan::FetchNonce => panic!("fetch"),
    }
}

pub(super) fn hear<'a>(call: Call<'a>, answer: &Answer) -> ControlFlow<Verdict, Call<'a>> {
    let challenges = answer.challenge.iter().map(String::as_bytes);
    call.answered(answer.status, challenges, answer.info.iter().map(String::as_bytes))
}

/// The call after an answer that does not end it.
#[track_caller]
pub(super) fn again<'a>(call: Call<'a>, answer: &Answer) -> Call<'a> {
    match hear(call, answer) {
        Continue(call) => call,
        Break(verdict) => panic!("{verdict:?}"),
    }
}

/// The verdict of an answer that ends the call.
#[track_caller]
pub(super) fn end(call: Call<'_>, answer: &Answer) -> Verdict {
    match hear(call, answer) {
        Break(verdict) => verdict,
        Continue(call) => panic!("again: {:?}", call.plan()),
    }
}

/// The `Authorization` value that the call plans.
#[track_caller]
pub(super) fn value(call: &Call<'_>) -> String {
    sends(call).unwrap()
}

pub(super) fn wrong() -> Verdict {
    let realm = REALM.to_owned();
    Verdict::Refused(Refusal::WrongPassword { realm })
}

/// Makes one call, and checks its verdict and how many requests it took.
#[track_caller]
pub(super) fn costs(
    auth: &Auth,
    server: &Server,
    method: &str,
    expected: Verdict,
    requests: usize,
) {
    server.requests();
    assert_eq!(exchange(auth, server, method), expected);
    assert_eq!(server.requests(), requests, "requests");
}
