//! The caller's own closure.

use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::super::refusal::Refusal;
use super::super::{Auth, AuthorizationRequest, Verdict};
use super::server::{COUNTED, Policy, Server};
use super::talk::{again, auth, call, costs, end, hear, sends, value};

fn hooked(
    hook: impl Fn(&AuthorizationRequest<'_>) -> Option<String> + Send + Sync + 'static,
) -> Auth {
    auth().0.with_hook(Some(Arc::new(hook)))
}

fn own_refused() -> Verdict {
    Verdict::Refused(Refusal::OwnRefused)
}

/// What each send of a call carried, if every answer is a 401 with a Digest challenge.
fn always_refused(auth: &Auth) -> (Vec<Option<String>>, Verdict) {
    let server = Server::new(Policy::NeverPleased);
    let (mut call, mut sent) = (call(auth, "PUT"), Vec::new());
    loop {
        sent.push(sends(&call));
        match hear(call, &server.answer("PUT", "/t", None)) {
            Continue(next) => call = next,
            Break(verdict) => return (sent, verdict),
        }
    }
}

#[test]
fn the_closure_is_asked_first_and_after_a_401() {
    let auth = hooked(|request| {
        assert_eq!((request.method(), request.target()), ("PUT", "/t"));
        assert_eq!(request.body(), b"<a/>");
        let shown = format!(
            "AuthorizationRequest {{ method: \"PUT\", target: \"/t\", challenges: {}, .. }}",
            request.challenges().len()
        );
        assert_eq!(format!("{request:?}"), shown);
        match request.challenges() {
            [] => Some("Bearer old".to_owned()),
            [challenge] if challenge.starts_with("Digest realm=") => Some("Bearer new".to_owned()),
            _ => None,
        }
    });
    let (sent, verdict) = always_refused(&auth);
    assert_eq!(sent, [Some("Bearer old".to_owned()), Some("Bearer new".to_owned())]);
    assert_eq!(verdict, own_refused());
    assert_eq!(auth.pool().idle(), 0);
}

#[test]
fn the_same_token_is_not_sent_twice_in_a_call() {
    let (sent, verdict) = always_refused(&hooked(|_| Some("Bearer token".to_owned())));
    assert_eq!((sent.len(), verdict), (1, own_refused()));
}

#[test]
fn another_token_each_time_is_sent_three_times_at_most() {
    let count = AtomicUsize::new(0);
    let auth = hooked(move |_| Some(format!("Bearer {}", count.fetch_add(1, Ordering::SeqCst))));
    let (sent, verdict) = always_refused(&auth);
    assert_eq!((sent.len(), verdict), (3, own_refused()));
}

#[test]
fn a_closure_that_passes_leaves_it_to_the_password() {
    let auth = hooked(|_| None);
    let server = Server::new(COUNTED);
    costs(&auth, &server, "PUT", Verdict::Accept, 2);
    costs(&auth, &server, "PUT", Verdict::Accept, 1);
    let once = hooked(|request| request.challenges().is_empty().then(|| "Bearer token".to_owned()));
    let call = call(&once, "GET");
    assert_eq!(value(&call), "Bearer token");
    let call = again(call, &server.answer("GET", "/t", None));
    let answer = server.answer("GET", "/t", Some(&value(&call)));
    assert_eq!(end(call, &answer), Verdict::Accept);
}

#[test]
fn the_closure_is_asked_again_after_a_lost_answer() {
    let count = AtomicUsize::new(0);
    let auth = hooked(move |_| Some(format!("Bearer {}", count.fetch_add(1, Ordering::SeqCst))));
    let first = call(&auth, "GET");
    assert_eq!(value(&first), "Bearer 0");
    assert_eq!(value(&first.unanswered()), "Bearer 1");
}

#[test]
fn a_closure_may_wait_for_the_challenge() {
    let auth = hooked(|request| request.challenges().first().map(|_| "AKA response".to_owned()));
    let (sent, verdict) = always_refused(&auth);
    assert_eq!(sent, [None, Some("AKA response".to_owned())]);
    assert_eq!(verdict, own_refused());
}
