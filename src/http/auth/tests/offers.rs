//! Basic, and what cannot be answered.

use std::ops::ControlFlow::{Break, Continue};

use super::super::refusal::Refusal;
use super::super::{Auth, Credentials, Identity, Plan, Verdict};
use super::server::Answer;
use super::talk::{again, alice, auth, call, end, sends, value, wrong};

/// A call of at most two requests. The first answer is a 401 with these challenges, the next has
/// the status `second`.
fn ask(auth: &Auth, challenges: &[&str], second: u16) -> (Verdict, Option<String>) {
    let call = call(auth, "GET");
    assert_eq!(call.plan(), Plan::Send(None));
    let headers = || challenges.iter().map(|challenge| challenge.as_bytes());
    match call.answered(401, headers(), std::iter::empty()) {
        Continue(call) => {
            let sent = value(&call);
            match call.answered(second, headers(), std::iter::empty()) {
                Continue(call) => panic!("again: {:?}", call.plan()),
                Break(verdict) => (verdict, Some(sent)),
            }
        }
        Break(verdict) => (verdict, None),
    }
}

#[track_caller]
fn refused(auth: &Auth, challenges: &[&str], expected: &str) {
    match ask(auth, challenges, 401).0 {
        Verdict::Refused(refusal) => assert_eq!(refusal.to_string(), expected),
        verdict => panic!("{verdict:?}"),
    }
}

#[test]
fn basic_is_sent_at_once_after_it_worked() {
    let (auth, _) = auth();
    for _ in 0..2 {
        assert_eq!(ask(&auth, &["Basic realm=\"example.com\""], 401).0, wrong());
    }
    let (verdict, value) = ask(&auth, &["basic realm=x"], 200);
    assert_eq!((verdict, value.as_deref()), (Verdict::Accept, Some("Basic YWxpY2U6c2VjcmV0")));
    let put = call(&auth, "PUT");
    assert_eq!(sends(&put), value);
    // The password was changed, and no challenge says so. The call sends a bare request once, and
    // answers the challenge to that once.
    let put = again(put, &Answer { status: 401, ..Answer::default() });
    assert_eq!(put.plan(), Plan::Send(None));
    let challenge = Some("Basic realm=\"example.com\"".to_owned());
    let refused = Answer { status: 401, challenge, info: None };
    let put = again(put, &refused);
    assert_eq!(sends(&put), value);
    assert_eq!(end(put, &refused), wrong());
    assert_eq!(call(&auth, "GET").plan(), Plan::Send(None));
}

#[test]
fn the_strongest_challenge_is_answered() {
    let (auth, _) = auth();
    let offers = [
        "Basic realm=b",
        "Digest realm=r, nonce=1",
        "Digest realm=r, nonce=2, algorithm=SHA-256, Digest realm=r, nonce=3, \
         algorithm=sha-512-256-sess, qop=auth",
        "Digest realm=r, nonce=4, algorithm=SHA-512-256",
        "Digest realm=r, nonce=5, algorithm=SHA-1024, Digest realm=r, algorithm=SHA-512-256",
    ];
    let nonce = |offers: &[&str]| {
        let (_, value) = ask(&auth, offers, 401);
        let value = value.unwrap();
        value.split_once("nonce=\"").map_or(value.clone(), |(_, nonce)| nonce[..1].to_owned())
    };
    assert_eq!(nonce(&offers), "3");
    assert_eq!(nonce(&offers[..2]), "1");
    assert_eq!(nonce(&[offers[4], offers[3]]), "4");
    assert!(nonce(&[offers[4], offers[0]]).starts_with("Basic "));
}

#[test]
fn refusals_name_their_reason() {
    let (auth, _) = auth();
    refused(
        &auth,
        &[],
        "the server asks for authentication without a challenge; its WWW-Authenticate header is \
         missing, empty or unreadable",
    );
    refused(
        &auth,
        &["Negotiate, Digest realm=r, nonce=n, algorithm=SHA-1"],
        "the server offers only authentication that this client does not know: \
         `Negotiate`, `Digest algorithm=SHA-1`; Digest or Basic is needed",
    );
    refused(
        &auth,
        &["Negotiate, Digest realm=r, qop=auth"],
        "the server's Digest challenge has no `nonce` and cannot be answered; the server needs to \
         be corrected",
    );
    let http = Auth::new(alice("secret"), false);
    refused(&http, &["Basic realm=r", "Digest realm=r"], &Refusal::BasicOverHttp.to_string());
    assert!(
        ask(&http, &["Basic realm=r", "Digest realm=r, nonce=n"], 200)
            .1
            .unwrap()
            .starts_with("Digest ")
    );
    let nobody = Auth::new(Identity::Nobody, true);
    refused(
        &nobody,
        &["Digest realm=\"x\", nonce=n"],
        "the server asks for Digest authentication of realm `x` and the client has no password",
    );
    refused(
        &nobody,
        &["Basic realm=\"x\""],
        "the server asks for Basic authentication of realm `x` and the client has no password",
    );
    let colon = Auth::new(Identity::Known(Credentials::new("a:b", "secret")), true);
    let refusal = Refusal::ColonInUserName { advice: "give another with `auth_username`" };
    refused(&colon, &["Basic realm=r"], &refusal.to_string());
}
