//! Tests of the caller's closure that gives the credentials.

use std::collections::VecDeque;
use std::ops::ControlFlow::{Break, Continue};
use std::sync::{Arc, Mutex};

use super::super::params::read_challenges;
use super::super::refusal::Refusal;
use super::super::{Auth, Challenge, Credentials, Identity, Verdict};
use super::server::{COUNTED, Policy, Server};
use super::talk::{again, auth, call, call_of, costs, end, exchange, sends, value};

fn asking(ask: impl Fn(&Challenge) -> Option<Credentials> + Send + Sync + 'static) -> Auth {
    let mut auth = auth().0;
    auth.identity = Identity::Asked(Arc::new(ask));
    auth
}

/// An `Auth` whose closure gives these credentials in turn (`user:password`, `-` for nothing), and
/// the challenges that the closure was asked about.
fn given(pairs: &str) -> (Auth, Arc<Mutex<Vec<Challenge>>>) {
    let pairs: VecDeque<_> = pairs.split_whitespace().map(str::to_owned).collect();
    let (pairs, asked) = (Mutex::new(pairs), Arc::new(Mutex::new(Vec::new())));
    let of_closure = Arc::clone(&asked);
    let auth = asking(move |challenge| {
        of_closure.lock().unwrap().push(challenge.clone());
        let pair = pairs.lock().unwrap().pop_front().unwrap();
        pair.split_once(':').map(|(user, password)| Credentials::new(user, password))
    });
    (auth, asked)
}

/// The challenges of a 401. `r` is Digest for realm r, `r!` is the same but stale, `r$` is Basic,
/// `?` is an unknown scheme, `-` is no challenge.
fn challenges(short: &str, number: usize) -> Vec<String> {
    let one = |short: &str| match (short.strip_suffix('!'), short.strip_suffix('$')) {
        (Some(realm), _) => format!("Digest realm={realm}, nonce=n{number}, qop=auth, stale=true"),
        (_, Some(realm)) => format!("Basic realm={realm}"),
        _ if short == "?" => "Negotiate".to_owned(),
        _ => format!("Digest realm={short}, nonce=n{number}, qop=auth"),
    };
    short.split('+').filter(|short| *short != "-").map(one).collect()
}

/// Answers a call with these challenges in turn and then with 200. Returns the users that it sent,
/// with `-` for a bare request.
fn talk(auth: &Auth, answers: &str) -> (Vec<String>, Verdict) {
    let (mut call, mut sent) = (call(auth, "GET"), Vec::new());
    let mut answers = answers.split_whitespace().enumerate();
    loop {
        sent.push(user(sends(&call)));
        let (status, challenges) = match answers.next() {
            Some((number, answer)) => (401, challenges(answer, number)),
            None => (200, Vec::new()),
        };
        let challenges = challenges.iter().map(String::as_bytes);
        match call.answered(status, challenges, std::iter::empty()) {
            Continue(next) => call = next,
            Break(verdict) => {
                assert_eq!(answers.next(), None);
                return (sent, verdict);
            }
        }
    }
}

fn user(value: Option<String>) -> String {
    let Some(value) = value else { return "-".to_owned() };
    let read = read_challenges([value.as_bytes()].into_iter()).remove(0);
    let user = read.get("username").map(|user| String::from_utf8(user.to_vec()).unwrap());
    user.unwrap_or(value)
}

#[derive(Clone, Copy)]
enum End {
    Accepted,
    Wrong(&'static str),
    NotGiven(&'static str),
    Other(&'static str),
}

impl End {
    #[track_caller]
    fn is(self, verdict: Verdict, row: &str) {
        let realm = str::to_owned;
        match (self, verdict) {
            (Self::Accepted, verdict) => assert_eq!(verdict, Verdict::Accept, "{row}"),
            (Self::Wrong(r), Verdict::Refused(refusal)) => {
                assert_eq!(refusal, Refusal::WrongPassword { realm: realm(r) }, "{row}");
            }
            (Self::NotGiven(r), Verdict::Refused(Refusal::NotGiven { realm, .. })) => {
                assert_eq!(r, realm, "{row}");
            }
            (Self::Other(text), Verdict::Refused(refusal)) => {
                assert!(refusal.to_string().contains(text), "{row}: {refusal}");
            }
            (_, verdict) => panic!("{row}: {verdict:?}"),
        }
    }
}

#[test]
fn what_a_closure_says_and_what_comes_of_it() {
    use End::{Accepted, NotGiven, Other, Wrong};
    let exhausted = Other("was sent 3 times");
    // What the closure gives, what the server asks for, what is sent, the realms that the closure
    // was asked about, and the end.
    for (pairs, answers, sent, asked, end) in [
        ("a:1", "r", "- a", "r", Accepted),
        ("", "-", "-", "", Other("without a challenge")),
        ("", "?", "-", "", Other("`Negotiate`")),
        ("-", "r", "-", "r", NotGiven("r")),
        ("-", "r$", "-", "r", NotGiven("r")),
        ("a:1", "?+r$+s", "- a", "s", Accepted),
        // Refused. The same pair ends the call, and another pair is tried.
        ("a:1 a:1", "r r", "- a", "r r", Wrong("r")),
        ("a:1 a:2", "r r", "- a a", "r r", Accepted),
        ("a:1 b:1", "r r", "- a b", "r r", Accepted),
        ("a:1 b:1", "r r r", "- a b", "r r", Wrong("r")),
        ("a:1 -", "r r", "- a", "r r", Wrong("r")),
        ("a:1", "r -", "- a", "r", Wrong("r")),
        ("a:1", "r ?", "- a", "r", Wrong("r")),
        // Another realm, in the same call.
        ("a:1 b:2", "r s", "- a b", "r s", Accepted),
        ("a:1 a:1", "r s", "- a", "r s", Wrong("r")),
        ("a:1 -", "r s", "- a", "r s", Wrong("r")),
        // Stale: the password was right.
        ("a:1 a:1", "r r!", "- a a", "r r", Accepted),
        ("a:1 b:2", "r r!", "- a b", "r r", Accepted),
        ("a:1 -", "r r!", "- a", "r r", NotGiven("r")),
        ("a:1 a:1", "r r! r", "- a a", "r r", Wrong("r")),
        ("a:1 a:1", "r r! r!", "- a a", "r r", exhausted),
        // Basic.
        ("a:1", "r$", "- Basic YTox", "r", Accepted),
        ("a:1 a:1", "r$ r$", "- Basic YTox", "r r", Wrong("r")),
        ("a:1 a:2", "r$ r$", "- Basic YTox Basic YToy", "r r", Accepted),
        ("a:1 b:2", "r$ s", "- Basic YTox b", "r s", Accepted),
        ("a:1 a:1", "r s$", "- a", "r s", Wrong("r")),
        ("a\u{1}:1", "r", "-", "r", Other("for realm `r` holds a control character")),
    ] {
        let row = format!("{pairs:?}, {answers:?}");
        let (auth, heard) = given(pairs);
        let (found, verdict) = talk(&auth, answers);
        assert_eq!(found.join(" "), sent, "{row}");
        end.is(verdict, &row);
        let heard: Vec<_> = heard.lock().unwrap().iter().map(|it| it.realm().to_owned()).collect();
        assert_eq!(heard.join(" "), asked, "{row}");
    }
}

#[test]
fn a_challenge_tells_what_the_server_wrote() {
    let (auth, asked) = given("- - -");
    let header = |bytes: &'static [u8]| [bytes].into_iter();
    for bytes in [
        &b"dIGEST realm=\"B\xfcro \\\"1\\\"\", nonce=\"n==\", algorithm=sha-256"[..],
        b"Digest realm=r, nonce=n",
        b"basic",
    ] {
        let verdict = call(&auth, "GET").answered(401, header(bytes), std::iter::empty());
        assert!(verdict.is_break());
    }
    let asked = asked.lock().unwrap();
    let read: Vec<_> =
        asked.iter().map(|it| (it.scheme(), it.realm(), it.algorithm(), it.nonce())).collect();
    assert_eq!(
        read,
        [
            ("Digest", "B\u{fc}ro \"1\"", Some("sha-256"), Some("n==")),
            ("Digest", "r", None, Some("n")),
            ("Basic", "", None, None),
        ]
    );
}

#[test]
fn a_closure_is_held_to_the_rules_of_basic() {
    let mut auth = given("a:1").0;
    auth.basic_allowed = false;
    End::Other("`allow_basic_over_http`").is(talk(&auth, "r$").1, "over http");
    let auth = asking(|_| Some(Credentials::new("a:b", "1")));
    End::Other("give another with `credentials`").is(talk(&auth, "r$").1, "a colon");
    let auth = asking(|_| Some(Credentials::new("a".repeat(122_881), "1")));
    End::Other("is longer than 122880 bytes").is(talk(&auth, "r").1, "long");
}

#[test]
fn a_password_need_not_be_text() {
    let auth = asking(|_| Some(Credentials::new("a", [0xff, 0, b':', 0x80])));
    let (sent, verdict) = talk(&auth, "r$");
    assert_eq!((sent[1].as_str(), verdict), ("Basic YTr/ADqA", Verdict::Accept));
}

// Sessions that worked.

/// The password is `secret` until the test sets another.
fn changeable() -> (Auth, Arc<Mutex<&'static str>>) {
    let password = Arc::new(Mutex::new("secret"));
    let of_closure = Arc::clone(&password);
    (asking(move |_| Some(Credentials::new("alice", *of_closure.lock().unwrap()))), password)
}

#[test]
fn a_session_goes_on_without_a_question() {
    let (auth, asked) = given("alice:secret alice:secret");
    let server = Server::new(COUNTED);
    for requests in [2, 1, 1, 1] {
        costs(&auth, &server, "PUT", Verdict::Accept, requests);
    }
    assert_eq!(asked.lock().unwrap().len(), 1);
    // After a refusal as stale, the closure is asked again and may give the same credentials.
    server.forget_nonces();
    costs(&auth, &server, "PUT", Verdict::Accept, 2);
    assert_eq!(asked.lock().unwrap().len(), 2);
}

#[test]
fn a_new_identity_needs_no_new_client_and_teaches_nothing() {
    for policy in [COUNTED, Policy::Once, Policy::OnceChallenged { stale: false }] {
        let (auth, password) = changeable();
        let server = Server::new(policy);
        costs(&auth, &server, "GET", Verdict::Accept, 2);
        for next in ["second", "third", "fourth", "fifth"] {
            *password.lock().unwrap() = next;
            server.set_password(next);
            assert_eq!(exchange(&auth, &server, "GET"), Verdict::Accept);
            assert!(!auth.pool().is_one_time());
        }
    }
}

#[test]
fn one_time_nonces_cost_what_they_cost_a_password() {
    let (auth, _) = changeable();
    let server = Server::new(Policy::Once);
    costs(&auth, &server, "GET", Verdict::Accept, 2);
    costs(&auth, &server, "PUT", Verdict::Accept, 3);
    server.refused_puts();
    for method in ["GET", "PUT", "DELETE"].iter().cycle().take(300) {
        costs(&auth, &server, method, Verdict::Accept, 2);
    }
    assert_eq!(server.refused_puts(), 0);
    assert!(auth.pool().is_one_time());
}

#[test]
fn two_realms_have_two_users_and_neither_password_strays() {
    let auth = asking(|challenge| {
        let realm = challenge.realm();
        Some(Credentials::new(format!("of-{realm}"), realm))
    });
    let realms = [
        ("/lists", "r", "of-r"),
        // The user name and password `of-s:s`.
        ("/old", "s$", "Basic b2Ytczpz"),
        ("/rules", "t", "of-t"),
    ];
    for (target, challenge, sent) in realms {
        let first = call_of(&auth, "GET", target);
        // A session for another realm is tried, and refused. A password is never sent unasked.
        assert!(!sends(&first).is_some_and(|value| value.starts_with("Basic")));
        let challenge = challenges(challenge, 0).remove(0);
        let headers = [challenge.as_bytes()].into_iter();
        let Continue(second) = first.answered(401, headers, std::iter::empty()) else {
            panic!("{target}")
        };
        assert_eq!(user(sends(&second)), sent);
        assert!(second.answered(200, std::iter::empty(), std::iter::empty()).is_break());
    }
    for (target, _, sent) in realms.into_iter().cycle().take(9) {
        let call = call_of(&auth, "PUT", target);
        assert_eq!(user(sends(&call)), sent);
        assert!(call.answered(200, std::iter::empty(), std::iter::empty()).is_break());
    }
}

// AKA.

const AKA: &str = "Digest realm=r, nonce=\"EBESEw==\", qop=auth, algorithm=AKAv1-MD5";

#[test]
fn aka_counts_last_and_only_where_a_closure_is() {
    for (algorithms, chosen) in [
        ("AKAv1-MD5", "AKAv1-MD5"),
        ("akaV1-md5", "akaV1-md5"),
        ("AKAv1-MD5 MD5", "MD5"),
        ("MD5 AKAv1-MD5", "MD5"),
        ("AKAv1-MD5 SHA-256", "SHA-256"),
        ("AKAv1-MD5 AKAv2-MD5", "AKAv1-MD5"),
    ] {
        let (auth, asked) = given("a:1");
        let digest = |name| format!("Digest realm=r, nonce=n, algorithm={name}");
        let headers: Vec<_> = algorithms.split(' ').map(digest).collect();
        let headers = ["Basic realm=r".to_owned()].into_iter().chain(headers);
        let headers: Vec<_> = headers.collect();
        let headers = headers.iter().map(String::as_bytes);
        let next = call(&auth, "GET").answered(401, headers, std::iter::empty());
        let Continue(next) = next else { panic!("{algorithms}") };
        assert!(value(&next).ends_with(&format!(", algorithm={chosen}")), "{}", value(&next));
        assert_eq!(asked.lock().unwrap()[0].algorithm(), Some(chosen));
    }
    let (auth, _) = auth();
    let ask = |headers: &[&str]| {
        let headers = headers.iter().map(|header| header.as_bytes());
        call(&auth, "GET").answered(401, headers, std::iter::empty())
    };
    let Break(Verdict::Refused(refusal)) = ask(&[AKA]) else { panic!("answered") };
    assert!(refusal.to_string().contains("`Digest algorithm=AKAv1-MD5`"), "{refusal}");
    let Continue(next) = ask(&[AKA, "Basic realm=r"]) else { panic!("not answered") };
    assert!(value(&next).starts_with("Basic "));
}

/// An `Auth` that answers AKA. Each nonce has its own RES of the given length.
fn aka(length: usize) -> Auth {
    asking(move |challenge| {
        let nonce = challenge.nonce()?.bytes().cycle().take(length);
        Some(Credentials::new("alice", nonce.collect::<Vec<_>>()))
    })
}

fn let_in<'h>(auth: &Auth, info: impl Iterator<Item = &'h [u8]>) {
    let next = call(auth, "GET").answered(401, [AKA.as_bytes()].into_iter(), std::iter::empty());
    let Continue(next) = next else { panic!("not answered") };
    assert!(next.answered(200, std::iter::empty(), info).is_break());
}

#[test]
fn a_res_is_good_for_its_own_nonce() {
    let auth = aka(8);
    let_in(&auth, [&b"nextnonce=\"another\""[..]].into_iter());
    let next = value(&call(&auth, "GET"));
    assert!(next.contains("nonce=\"EBESEw==\"") && next.ends_with("nc=00000002"), "{next}");
}

#[test]
fn a_res_of_32_bits_is_used_once() {
    for (length, is_kept) in [(4, false), (5, true), (16, true)] {
        let auth = aka(length);
        let_in(&auth, std::iter::empty());
        assert_eq!(sends(&call(&auth, "GET")).is_some(), is_kept, "{length}");
    }
}

#[test]
fn nonces_of_aka_that_work_once_are_learnt_too() {
    let auth = aka(8);
    let challenge = |number| format!("Digest realm=r, nonce=n{number}, algorithm=AKAv1-MD5");
    for number in 0..4 {
        let mut next = call(&auth, "PUT");
        let header = challenge(number);
        if let Continue(again) = next.answered(401, [header.as_bytes()].into_iter(), [].into_iter())
        {
            next = again;
        } else {
            panic!("not answered");
        }
        assert!(next.answered(200, [].into_iter(), [].into_iter()).is_break());
    }
    assert!(auth.pool().is_one_time());
}

#[test]
fn the_other_closure_can_send_auts() {
    let (auth, asked) = given("alice:res");
    let auth = auth.with_hook(Some(Arc::new(|request| {
        let is_lost = |challenge: &String| challenge.contains("n0");
        let is_out_of_step = request.challenges().iter().any(is_lost);
        is_out_of_step.then(|| "Digest username=\"alice\", auts=\"x\"".to_owned())
    })));
    let challenge = |number| {
        let challenge = format!("Digest realm=r, nonce=n{number}, algorithm=AKAv1-MD5");
        super::server::Answer { status: 401, challenge: Some(challenge), info: None }
    };
    let call = again(call(&auth, "GET"), &challenge(0));
    assert!(value(&call).ends_with("auts=\"x\""));
    let call = again(call, &challenge(1));
    assert!(value(&call).contains("nonce=\"n1\""));
    let good = super::server::Answer { status: 200, ..Default::default() };
    assert_eq!(end(call, &good), Verdict::Accept);
    assert_eq!(asked.lock().unwrap().len(), 1);
}
