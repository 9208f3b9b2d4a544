//! Tests of when a call ends without success, and what it may send until then.

use super::super::refusal::Refusal;
use super::super::{Plan, Verdict};
use super::server::{Answer, COUNTED, Policy, REALM, Server};
use super::talk::{again, auth, call, costs, end, reply, value, wrong};

#[test]
fn nothing_is_sent_unasked_and_nothing_asked_for_a_public_answer() {
    let (auth, _) = auth();
    let call = call(&auth, "PUT");
    assert_eq!(call.plan(), Plan::Send(None));
    assert_eq!(end(call, &Answer { status: 404, ..Answer::default() }), Verdict::Accept);
    assert_eq!(auth.pool().idle(), 0);
}

// Wrong passwords.

#[test]
fn a_wrong_password_costs_two_requests_every_time() {
    for policy in [COUNTED, Policy::Once, Policy::OnceChallenged { stale: true }, Policy::NextNonce]
    {
        let (auth, _) = auth();
        let server = Server::new(policy);
        server.set_password("another");
        for _ in 0..3 {
            costs(&auth, &server, "GET", wrong(), 2);
        }
        server.set_password("secret");
        costs(&auth, &server, "GET", Verdict::Accept, 2);
        assert_eq!(auth.pool().idle(), 1);
    }
}

#[test]
fn a_changed_password_teaches_nothing() {
    for policy in [COUNTED, Policy::OnceChallenged { stale: false }] {
        let (auth, _) = auth();
        let server = Server::new(policy);
        costs(&auth, &server, "GET", Verdict::Accept, 2);
        server.set_password("another");
        costs(&auth, &server, "GET", wrong(), 2);
        server.set_password("secret");
        costs(&auth, &server, "GET", Verdict::Accept, 2);
        assert!(!auth.pool().is_one_time());
        assert_eq!(auth.pool().idle(), 1);
    }
}

#[test]
fn a_forbidden_document_of_openxcap_teaches_nothing() {
    let (auth, _) = auth();
    let server = Server::new(Policy::Once);
    costs(&auth, &server, "GET", Verdict::Accept, 2);
    server.set_password("another");
    costs(&auth, &server, "GET", wrong(), 3);
    assert!(!auth.pool().is_one_time());
}

// Limits.

#[test]
fn three_sends_at_most() {
    let (auth, _) = auth();
    let server = Server::new(Policy::NeverPleased);
    let exhausted = || Verdict::Refused(Refusal::Exhausted { sends: 3 });
    costs(&auth, &server, "GET", exhausted(), 3);
    costs(&auth, &server, "PUT", exhausted(), 3);
}

#[test]
fn what_was_not_sent_is_not_counted() {
    let (auth, _) = auth();
    let server = Server::new(Policy::NeverPleased);
    let mut call = call(&auth, "GET");
    for _ in 0..2 {
        call = call.unsent();
        let answer = reply(&server, &call, "GET");
        call = again(call, &answer);
    }
    call = call.unsent();
    let answer = reply(&server, &call, "GET");
    assert_eq!(end(call, &answer), Verdict::Refused(Refusal::Exhausted { sends: 3 }));
}

#[test]
fn stale_allows_one_more_answer() {
    let (auth, _) = auth();
    let refused = |stale| {
        let challenge = format!("Digest realm=\"{REALM}\", nonce=\"n\", qop=\"auth\"{stale}");
        Answer { status: 401, challenge: Some(challenge), info: None }
    };
    let call = again(call(&auth, "GET"), &refused(""));
    let call = again(call, &refused(", stale=TRUE"));
    assert_eq!(end(call, &refused(", stale=\"false\"")), wrong());
}

#[test]
fn a_nonce_fetched_in_vain_is_followed_by_the_bare_request() {
    let (auth, _) = auth();
    auth.pool().one_time_for_tests();
    let server = Server::new(Policy::Once);
    let call = call(&auth, "PUT");
    assert_eq!(call.plan(), Plan::FetchNonce);
    let call = again(call, &Answer { status: 404, ..Answer::default() });
    assert_eq!(call.plan(), Plan::Send(None));
    let call = again(call, &server.answer("PUT", "/t", None));
    let answer = server.answer("PUT", "/t", Some(&value(&call)));
    assert_eq!(end(call, &answer), Verdict::Accept);
}

// rspauth.

#[test]
fn a_wrong_rspauth_is_no_answer() {
    let (auth, _) = auth();
    let server = Server::new(COUNTED);
    for status in [200, 404, 412] {
        let call = again(call(&auth, "GET"), &server.answer("GET", "/t", None));
        let info = Some("rspauth=\"0123\", nextnonce=\"evil\"".to_owned());
        let verdict = end(call, &Answer { status, challenge: None, info });
        assert_eq!(verdict, Verdict::Unproven(Refusal::BadProof));
        assert_eq!(auth.pool().idle(), 0);
    }
}
