//! Answers that never came.

use super::super::refusal::Refusal;
use super::super::{Call, Verdict};
use super::server::{Answer, COUNTED, Policy, Server};
use super::talk::{again, auth, call, costs, end, value};

/// The nonce count that the call will send.
#[track_caller]
fn nc(call: &Call<'_>) -> String {
    let value = value(call);
    let (_, nc) = value.split_once("nc=").unwrap();
    nc[..8].to_owned()
}

#[test]
fn a_lost_answer_spends_its_nonce_count() {
    let (auth, _) = auth();
    let server = Server::new(COUNTED);
    costs(&auth, &server, "GET", Verdict::Accept, 2);
    assert_eq!(nc(&call(&auth, "GET")), "00000002");
    let call = call(&auth, "GET");
    assert_eq!(nc(&call), "00000003");
    let call = call.unanswered();
    assert_eq!(nc(&call), "00000004");
    drop(call);
    costs(&auth, &server, "GET", Verdict::Accept, 1);
}

#[test]
fn a_nextnonce_that_is_the_nonce_is_counted_on() {
    let (auth, _) = auth();
    let challenge = Some("Digest realm=\"r\", nonce=\"n\", qop=auth".to_owned());
    let mut next = again(call(&auth, "GET"), &Answer { status: 401, challenge, info: None });
    for count in 1..=3 {
        assert_eq!(nc(&next), format!("{count:08x}"));
        let info = Some("nextnonce=\"n\"".to_owned());
        assert_eq!(end(next, &Answer { status: 200, challenge: None, info }), Verdict::Accept);
        next = call(&auth, "GET");
    }
}

#[test]
fn a_session_that_never_worked_is_not_kept() {
    let (auth, _) = auth();
    let server = Server::new(COUNTED);
    let call = again(call(&auth, "GET"), &server.answer("GET", "/t", None));
    assert_eq!(nc(&call), "00000001");
    drop(call);
    assert_eq!(auth.pool().idle(), 0);
}

#[test]
fn a_nonce_that_never_worked_is_sent_once() {
    let (auth, _) = auth();
    let server = Server::new(Policy::NextNonce);
    costs(&auth, &server, "GET", Verdict::Accept, 2);
    assert_eq!(nc(&call(&auth, "GET")), "00000001");
    assert_eq!(auth.pool().idle(), 0);
}

#[test]
fn a_used_nonce_is_never_kept_in_one_time_mode() {
    let (auth, _) = auth();
    let server = Server::new(Policy::NextNonce);
    auth.pool().one_time_for_tests();
    costs(&auth, &server, "GET", Verdict::Accept, 2);
    assert_eq!(auth.pool().idle(), 1);
    drop(call(&auth, "GET"));
    assert_eq!(auth.pool().idle(), 0);
}

#[test]
fn a_lost_answer_to_a_fresh_nonce_does_not_call_the_password_wrong() {
    let (auth, _) = auth();
    let server = Server::new(Policy::Once);
    let call = again(call(&auth, "GET"), &server.answer("GET", "/t", None));
    assert_eq!(server.answer("GET", "/t", Some(&value(&call))).status, 200);
    let call = call.unanswered();
    let answer = server.answer("GET", "/t", Some(&value(&call)));
    assert_eq!(end(call, &answer), Verdict::Refused(Refusal::Exhausted { sends: 3 }));
}
