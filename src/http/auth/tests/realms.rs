//! Several realms on one server, and one nonce in several challenges.

use std::ops::ControlFlow::{Break, Continue};

use super::super::{Auth, Plan, Verdict};
use super::server::{Answer, COUNTED, Policy, Server};
use super::talk::{again, auth, call, call_of, end, hear, sends, value};

/// Sends a GET for a target, and returns how many requests it took.
#[track_caller]
fn requests(auth: &Auth, server: &Server, target: &str) -> usize {
    let mut call = call_of(auth, "GET", target);
    loop {
        let answer = match call.plan() {
            Plan::Send(_) => server.answer("GET", target, sends(&call).as_deref()),
            Plan::FetchNonce => server.answer("GET", target, None),
        };
        match hear(call, &answer) {
            Continue(next) => call = next,
            Break(verdict) => {
                assert_eq!(verdict, Verdict::Accept);
                return server.requests();
            }
        }
    }
}

fn realm(name: &'static str, policy: Policy) -> Server {
    let server = Server::new(policy);
    server.set_realm(name);
    server
}

#[test]
fn two_realms_cost_no_more_than_one() {
    let (auth, _) = auth();
    let (lists, rules) = (realm("lists", COUNTED), realm("rules", COUNTED));
    assert_eq!(requests(&auth, &lists, "/lists/users/a"), 2);
    assert_eq!(requests(&auth, &rules, "/rules/users/a"), 2);
    for _ in 0..100 {
        assert_eq!(requests(&auth, &lists, "/lists/users/b?xmlns(a=b)"), 1);
        assert_eq!(requests(&auth, &rules, "/rules/users/b"), 1);
    }
    // Another usage, in a realm that is already known.
    assert_eq!(requests(&auth, &rules, "/other"), 1);
    assert_eq!(requests(&auth, &lists, "/lists"), 1);
    assert_eq!(requests(&auth, &rules, "/other?"), 1);
    assert_eq!(auth.pool().idle(), 2);
}

#[test]
fn a_session_in_use_is_not_stood_in_for_by_one_of_another_realm() {
    let (auth, _) = auth();
    let (lists, rules) = (realm("lists", COUNTED), realm("rules", COUNTED));
    requests(&auth, &lists, "/lists");
    requests(&auth, &rules, "/rules");
    let first = call_of(&auth, "PUT", "/lists");
    assert!(value(&first).contains("realm=\"lists\""));
    assert_eq!(sends(&call_of(&auth, "PUT", "/lists")), None);
}

#[test]
fn usages_are_counted_below_the_root() {
    let auth = auth().0.below("/xcap-root");
    for (target, usage) in [
        ("/xcap-root/resource-lists/users/a/index", "resource-lists"),
        ("/xcap-root/resource-lists?a", "resource-lists"),
        ("/xcap-root", ""),
        ("/elsewhere/resource-lists", "elsewhere"),
    ] {
        assert_eq!(auth.usage(target), usage, "{target}");
    }
    assert_eq!(super::talk::auth().0.usage("/a/b"), "a");
}

#[test]
fn digest_and_basic_beside_each_other_cost_no_more() {
    let (auth, _) = auth();
    let lists = realm("lists", COUNTED);
    let basic = |asked: &str| {
        let challenge = Some("Basic realm=\"old\"".to_owned());
        let mut call = call_of(&auth, "GET", asked);
        for number in 1.. {
            let is_right = sends(&call).is_some_and(|value| value.starts_with("Basic "));
            let status = if is_right { 200 } else { 401 };
            match hear(call, &Answer { status, challenge: challenge.clone(), info: None }) {
                Continue(next) => call = next,
                Break(verdict) => {
                    assert_eq!(verdict, Verdict::Accept);
                    return number;
                }
            }
        }
        0
    };
    assert_eq!(requests(&auth, &lists, "/lists"), 2);
    assert_eq!(basic("/old/users/a"), 2);
    for _ in 0..10 {
        assert_eq!(requests(&auth, &lists, "/lists"), 1);
        assert_eq!(basic("/old/users/b"), 1);
    }
}

/// A challenge with the test's own nonce.
fn challenge(nonce: &str) -> Answer {
    let challenge = format!("Digest realm=\"r\", nonce=\"{nonce}\", qop=\"auth\"");
    Answer { status: 401, challenge: Some(challenge), info: None }
}

fn good() -> Answer {
    Answer { status: 200, ..Answer::default() }
}

#[track_caller]
fn is_count(value: &str, nonce: &str, count: &str) {
    assert!(value.contains(&format!("nonce=\"{nonce}\"")), "{value}");
    assert!(value.ends_with(&format!("nc={count}")), "{value}");
}

#[test]
fn a_nonce_in_two_challenges_is_counted_on() {
    let (auth, _) = auth();
    let first = again(call(&auth, "GET"), &challenge("n"));
    is_count(&value(&first), "n", "00000001");
    assert_eq!(end(first, &good()), Verdict::Accept);
    // Refused where the nonce worked before, with the same nonce in a new challenge.
    let second = call(&auth, "GET");
    is_count(&value(&second), "n", "00000002");
    let second = again(second, &challenge("n"));
    is_count(&value(&second), "n", "00000003");
    assert_eq!(end(second, &good()), Verdict::Accept);
    is_count(&value(&call(&auth, "GET")), "n", "00000004");
}

#[test]
fn a_nonce_of_two_calls_at_once_is_counted_once() {
    let (auth, _) = auth();
    let (one, two) = (call(&auth, "GET"), call(&auth, "GET"));
    let (one, two) = (again(one, &challenge("n")), again(two, &challenge("n")));
    is_count(&value(&one), "n", "00000001");
    is_count(&value(&two), "n", "00000002");
    assert_eq!((end(two, &good()), end(one, &good())), (Verdict::Accept, Verdict::Accept));
    assert_eq!(auth.pool().idle(), 1);
    is_count(&value(&call(&auth, "GET")), "n", "00000003");
}

#[test]
fn a_nextnonce_that_another_session_has_is_counted_on() {
    let (auth, _) = auth();
    let (one, two) = (call(&auth, "GET"), call(&auth, "GET"));
    let (one, two) = (again(one, &challenge("n")), again(two, &challenge("m")));
    let next = || Answer { info: Some("nextnonce=\"n\"".to_owned()), ..good() };
    assert_eq!(end(two, &next()), Verdict::Accept);
    is_count(&value(&call(&auth, "GET")), "n", "00000002");
    drop(one);
}
