//! The conversation as a specification, against small simulated servers.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use std::ops::ControlFlow::{self, Break, Continue};

use super::challenge::{Challenge, read_challenges};
use super::hash::Hash;
use super::refusal::Refusal;
use super::shared::{Surroundings, random_cnonce};
use super::*;

const REALM: &str = "example.com";

fn credentials(password: &str) -> Option<Credentials> {
    Some(Credentials { username: "alice".to_owned(), password: password.to_owned() })
}

/// An `Auth` with a fixed cnonce and a clock that the test moves.
fn auth() -> (Auth, Arc<AtomicU64>) {
    let seconds = Arc::new(AtomicU64::new(0));
    let (start, clock) = (Instant::now(), Arc::clone(&seconds));
    let mut auth = Auth::new(credentials("secret"), true);
    auth.surroundings = Surroundings {
        cnonce: Box::new(|| "0123456789abcdef".to_owned()),
        now: Box::new(move || start + Duration::from_secs(clock.load(Ordering::SeqCst))),
    };
    (auth, seconds)
}

/// How a simulated server treats a nonce that it has seen before, and what it says of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Policy {
    /// Kamailio: a growing nc up to 255, then a challenge, `stale=true` or not.
    Counted { stale: bool },
    /// OpenXCAP: once, then a 401 without a challenge.
    Once,
    /// Once, then a challenge, stale or not.
    OnceChallenged { stale: bool },
    /// Once, but every success names the next.
    NextNonce,
    /// Calls every nonce stale.
    NeverPleased,
}

const COUNTED: Policy = Policy::Counted { stale: true };

struct Server {
    policy: Policy,
    memory: Mutex<Memory>,
    requests: AtomicUsize,
    refused_puts: AtomicUsize,
}

struct Memory {
    password: &'static str,
    realm: &'static str,
    issued: u32,
    /// The last nc, and how many uses there were.
    nonces: HashMap<String, (u32, u32)>,
}

#[derive(Default)]
struct Answer {
    status: u16,
    challenge: Option<String>,
    info: Option<String>,
}

impl Server {
    fn new(policy: Policy) -> Self {
        let memory = Memory { password: "secret", realm: REALM, issued: 0, nonces: HashMap::new() };
        Self {
            policy,
            memory: Mutex::new(memory),
            requests: AtomicUsize::new(0),
            refused_puts: AtomicUsize::new(0),
        }
    }

    fn requests(&self) -> usize {
        self.requests.swap(0, Ordering::SeqCst)
    }

    fn refused_puts(&self) -> usize {
        self.refused_puts.swap(0, Ordering::SeqCst)
    }

    fn set_password(&self, password: &'static str) {
        self.memory.lock().unwrap().password = password;
    }

    fn set_realm(&self, realm: &'static str) {
        self.memory.lock().unwrap().realm = realm;
    }

    fn forget_nonces(&self) {
        self.memory.lock().unwrap().nonces.clear();
    }

    fn answer(&self, method: &str, target: &str, authorization: Option<&str>) -> Answer {
        self.requests.fetch_add(1, Ordering::SeqCst);
        let answer = self.judge(method, target, authorization);
        if answer.status == 401 && method == "PUT" {
            self.refused_puts.fetch_add(1, Ordering::SeqCst);
        }
        answer
    }

    fn judge(&self, method: &str, target: &str, authorization: Option<&str>) -> Answer {
        let mut memory = self.memory.lock().unwrap();
        let Some(given) = authorization else {
            return memory.challenge("");
        };
        let given = read_challenges([given.as_bytes()].into_iter()).remove(0);
        let nonce = field(&given, "nonce");
        let nc = u32::from_str_radix(&field(&given, "nc"), 16).unwrap();
        let right = memory.accepts(&given, method, target);
        let seen = memory.nonces.get(&nonce).copied();
        let fresh = matches!(seen, Some((_, 0)));
        match self.policy {
            Policy::NeverPleased => return memory.challenge(", stale=true"),
            Policy::Counted { stale } => match seen {
                Some((last, _)) if nc > last && nc <= 255 && right => {}
                Some((last, _)) if nc > last && nc <= 255 => return memory.challenge(""),
                _ => return memory.challenge(if stale { ", stale=true" } else { "" }),
            },
            Policy::Once if fresh && right => {}
            Policy::Once => {
                return Answer { status: 401, ..Answer::default() };
            }
            Policy::OnceChallenged { .. } | Policy::NextNonce if fresh && right => {}
            Policy::OnceChallenged { stale: true } if !fresh => {
                return memory.challenge(", stale=true");
            }
            Policy::OnceChallenged { .. } | Policy::NextNonce => {
                return memory.challenge(", stale=false");
            }
        }
        memory.nonces.insert(nonce, (nc, 1));
        let info =
            (self.policy == Policy::NextNonce).then(|| format!("nextnonce=\"{}\"", memory.issue()));
        Answer { status: 200, challenge: None, info }
    }
}

impl Memory {
    fn issue(&mut self) -> String {
        self.issued += 1;
        let nonce = format!("MTc{}==", self.issued);
        self.nonces.insert(nonce.clone(), (0, 0));
        nonce
    }

    fn challenge(&mut self, more: &str) -> Answer {
        let (nonce, realm) = (self.issue(), self.realm);
        Answer {
            status: 401,
            challenge: Some(format!("Digest realm=\"{realm}\", nonce=\"{nonce}\", qop=auth{more}")),
            info: None,
        }
    }

    fn accepts(&self, given: &Challenge, method: &str, target: &str) -> bool {
        let hash = |text: String| Hash::Md5.hex(&[text.as_bytes()]);
        let key = hash(format!("alice:{}:{}", self.realm, self.password));
        let request = hash(format!("{method}:{target}"));
        let [nonce, nc, cnonce] = ["nonce", "nc", "cnonce"].map(|name| field(given, name));
        assert_eq!(field(given, "uri"), target);
        field(given, "response") == hash(format!("{key}:{nonce}:{nc}:{cnonce}:auth:{request}"))
    }
}

fn field(challenge: &Challenge, name: &str) -> String {
    String::from_utf8(challenge.get(name).unwrap().to_vec()).unwrap()
}

fn call<'a>(auth: &'a Auth, method: &'a str) -> Call<'a> {
    Call::new(auth, method, "/t", if method == "PUT" { b"<a/>" } else { b"" })
}

/// The exchange loop; what became of the call.
fn exchange(auth: &Auth, server: &Server, method: &str) -> Verdict {
    let mut call = call(auth, method);
    loop {
        let answer = reply(server, &call, method);
        match hear(call, &answer) {
            Continue(next) => call = next,
            Break(verdict) => return verdict,
        }
    }
}

/// What the server says to what the call plans.
fn reply(server: &Server, call: &Call<'_>, method: &str) -> Answer {
    match call.plan() {
        Plan::Send(authorization) => server.answer(method, "/t", authorization),
        Plan::FetchNonce => server.answer("GET", "/t", None),
    }
}

fn hear<'a>(call: Call<'a>, answer: &Answer) -> ControlFlow<Verdict, Call<'a>> {
    let challenges = answer.challenge.iter().map(String::as_bytes);
    call.answered(answer.status, challenges, answer.info.as_deref().map(str::as_bytes))
}

/// The call after an answer that does not end it.
#[track_caller]
fn again<'a>(call: Call<'a>, answer: &Answer) -> Call<'a> {
    match hear(call, answer) {
        Continue(call) => call,
        Break(verdict) => panic!("{verdict:?}"),
    }
}

/// What an answer says that ends the call.
#[track_caller]
fn end(call: Call<'_>, answer: &Answer) -> Verdict {
    match hear(call, answer) {
        Break(verdict) => verdict,
        Continue(call) => panic!("again: {:?}", call.plan()),
    }
}

/// The `Authorization` value that the call plans.
#[track_caller]
fn value<'c>(call: &'c Call<'_>) -> &'c str {
    match call.plan() {
        Plan::Send(Some(value)) => value,
        plan => panic!("{plan:?}"),
    }
}

fn wrong() -> Verdict {
    let realm = REALM.to_owned();
    Verdict::Refused(Refusal::WrongPassword { realm })
}

/// One call, and what it took.
#[track_caller]
fn costs(auth: &Auth, server: &Server, method: &str, expected: Verdict, requests: usize) {
    server.requests();
    assert_eq!(exchange(auth, server, method), expected);
    assert_eq!(server.requests(), requests, "requests");
}

// Steady states.

#[test]
fn a_reusable_nonce_is_used_until_it_is_retired() {
    let (auth, _) = auth();
    let server = Server::new(COUNTED);
    for method in ["GET", "PUT", "DELETE", "GET"].iter().cycle().take(1000) {
        assert_eq!(exchange(&auth, &server, method), Verdict::Accept);
    }
    // 255, 510 and 765 requests, each one more refused.
    assert_eq!(server.requests(), 1001 + 3);
}

#[test]
fn one_time_nonces_are_learnt_with_one_wasted_request() {
    let (auth, seconds) = auth();
    let server = Server::new(Policy::Once);
    costs(&auth, &server, "GET", Verdict::Accept, 2);
    seconds.fetch_add(3600, Ordering::SeqCst);
    costs(&auth, &server, "PUT", Verdict::Accept, 3);
    server.refused_puts();
    for method in ["GET", "PUT", "DELETE"].iter().cycle().take(1000) {
        seconds.fetch_add(3600, Ordering::SeqCst);
        costs(&auth, &server, method, Verdict::Accept, 2);
    }
    assert_eq!(server.refused_puts(), 0);
}

#[test]
fn one_time_nonces_refused_with_a_challenge_are_learnt_by_counting() {
    for stale in [false, true] {
        let (auth, _) = auth();
        let server = Server::new(Policy::OnceChallenged { stale });
        for _ in 0..4 {
            costs(&auth, &server, "PUT", Verdict::Accept, 2);
        }
        server.refused_puts();
        for method in ["GET", "PUT", "DELETE"].iter().cycle().take(1000) {
            costs(&auth, &server, method, Verdict::Accept, 2);
        }
        assert_eq!(server.refused_puts(), 0);
    }
}

#[test]
fn nextnonce_is_one_request_per_call() {
    let (auth, _) = auth();
    let server = Server::new(Policy::NextNonce);
    costs(&auth, &server, "GET", Verdict::Accept, 2);
    for _ in 0..100 {
        costs(&auth, &server, "PUT", Verdict::Accept, 1);
    }
    // Noticed even after the server was taken for one that names none.
    auth.pool().take();
    auth.pool().one_time_for_tests();
    costs(&auth, &server, "PUT", Verdict::Accept, 2);
    costs(&auth, &server, "PUT", Verdict::Accept, 1);
}

#[test]
fn nothing_is_sent_unasked_and_nothing_asked_for_a_public_answer() {
    let (auth, _) = auth();
    let call = call(&auth, "PUT");
    assert_eq!(call.plan(), Plan::Send(None));
    assert_eq!(end(call, &Answer { status: 404, ..Answer::default() }), Verdict::Accept);
    assert_eq!(auth.pool().idle(), 0);
}

// Threads.

fn sixteen_threads(auth: &Auth, server: &Server) {
    std::thread::scope(|scope| {
        for thread in 0..16 {
            scope.spawn(move || {
                for number in 0..625 {
                    let method = if (thread + number) % 2 == 0 { "GET" } else { "PUT" };
                    assert_eq!(exchange(auth, server, method), Verdict::Accept);
                }
            });
        }
    });
}

#[test]
fn threads_share_reusable_nonces() {
    let (auth, _) = auth();
    let server = Server::new(COUNTED);
    sixteen_threads(&auth, &server);
    let extra = server.requests() - 10_000;
    // At most a nonce for each thread, and one refusal for each 255 uses.
    assert!((1..=16 + 10_000 / 255).contains(&extra), "{extra}");
    assert!(auth.pool().idle() <= 16);
}

#[test]
fn threads_share_what_is_learnt_of_one_time_nonces() {
    let (auth, _) = auth();
    let server = Server::new(Policy::Once);
    sixteen_threads(&auth, &server);
    let extra = server.requests() - 20_000;
    assert!((1..=16).contains(&extra), "{extra}");
    assert_eq!(auth.pool().idle(), 0);
}

#[test]
fn threads_share_nextnonces() {
    let (auth, _) = auth();
    let server = Server::new(Policy::NextNonce);
    sixteen_threads(&auth, &server);
    assert!(server.requests() <= 10_016);
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

// What must not be learnt, or not for long.

#[test]
fn nonces_that_expire_with_stale_are_not_one_time() {
    let (auth, seconds) = auth();
    let server = Server::new(COUNTED);
    for (uses, rest) in
        [(1, 0), (1, 0), (2, 0), (1, 0), (1, 0), (1, 300), (1, 300), (1, 6), (1, 6), (3, 0)]
    {
        for _ in 0..uses {
            assert_eq!(exchange(&auth, &server, "GET"), Verdict::Accept);
        }
        server.forget_nonces();
        seconds.fetch_add(rest, Ordering::SeqCst);
        assert!(!auth.pool().is_one_time());
    }
}

#[test]
fn a_restarted_server_is_not_one_time() {
    for stale in [false, true] {
        let (auth, _) = auth();
        let server = Server::new(Policy::Counted { stale });
        for _ in 0..5 {
            for _ in 0..2 {
                server.forget_nonces();
                costs(&auth, &server, "GET", Verdict::Accept, 2);
            }
            costs(&auth, &server, "GET", Verdict::Accept, 1);
        }
    }
}

#[test]
fn a_second_success_refutes_what_was_learnt() {
    let (auth, _) = auth();
    let server = Server::new(COUNTED);
    costs(&auth, &server, "GET", Verdict::Accept, 2);
    let call = call(&auth, "GET");
    let answer = server.answer("GET", "/t", Some(value(&call)));
    auth.pool().one_time_for_tests();
    assert_eq!(end(call, &answer), Verdict::Accept);
    costs(&auth, &server, "GET", Verdict::Accept, 1);
}

#[test]
fn another_realm_is_not_a_used_nonce() {
    let (auth, _) = auth();
    let server = Server::new(Policy::OnceChallenged { stale: false });
    costs(&auth, &server, "GET", Verdict::Accept, 2);
    server.set_realm("elsewhere.example");
    costs(&auth, &server, "GET", Verdict::Accept, 2);
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
    let answer = server.answer("PUT", "/t", Some(value(&call)));
    assert_eq!(end(call, &answer), Verdict::Accept);
}

// Answers that never came.

/// The nonce count that the call plans.
#[track_caller]
fn nc<'c>(call: &'c Call<'_>) -> &'c str {
    let (_, nc) = value(call).split_once("nc=").unwrap();
    &nc[..8]
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

// Basic, and what cannot be answered.

/// A call of two requests at most, answered 401 with these challenges and then with `second`.
fn ask(auth: &Auth, challenges: &[&str], second: u16) -> (Verdict, Option<String>) {
    let call = call(auth, "GET");
    assert_eq!(call.plan(), Plan::Send(None));
    let headers = || challenges.iter().map(|challenge| challenge.as_bytes());
    match call.answered(401, headers(), None) {
        Continue(call) => {
            let sent = value(&call).to_owned();
            match call.answered(second, headers(), None) {
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
    assert_eq!(put.plan(), Plan::Send(value.as_deref()));
    // The password was changed, and no challenge says so: bare once, and the challenge of that is answered once.
    let put = again(put, &Answer { status: 401, ..Answer::default() });
    assert_eq!(put.plan(), Plan::Send(None));
    let challenge = Some("Basic realm=\"example.com\"".to_owned());
    let refused = Answer { status: 401, challenge, info: None };
    let put = again(put, &refused);
    assert_eq!(put.plan(), Plan::Send(value.as_deref()));
    assert_eq!(end(put, &refused), wrong());
    assert_eq!(call(&auth, "GET").plan(), Plan::Send(None));
}

#[test]
fn the_strongest_challenge_is_answered() {
    let (auth, _) = auth();
    let offers = [
        "Basic realm=b",
        "Digest realm=r, nonce=1",
        "Digest realm=r, nonce=2, algorithm=SHA-256, Digest realm=r, nonce=3, algorithm=sha-512-256-sess, qop=auth",
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
    let (alice, _) = auth();
    refused(
        &alice,
        &[],
        "the server asks for authentication without a challenge; its WWW-Authenticate header is missing, empty or unreadable",
    );
    refused(
        &alice,
        &["Negotiate, Digest realm=r, nonce=n, algorithm=SHA-1"],
        "the server offers only authentication that this client does not know: \
         `Negotiate`, `Digest algorithm=SHA-1`; Digest or Basic is needed",
    );
    refused(
        &alice,
        &["Negotiate, Digest realm=r, qop=auth"],
        "the server's Digest challenge has no `nonce` and cannot be answered; the server needs to be corrected",
    );
    let http = Auth::new(credentials("secret"), false);
    refused(&http, &["Basic realm=r", "Digest realm=r"], &Refusal::BasicOverHttp.to_string());
    assert!(
        ask(&http, &["Basic realm=r", "Digest realm=r, nonce=n"], 200)
            .1
            .unwrap()
            .starts_with("Digest ")
    );
    let nobody = Auth::new(None, true);
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
    let mut colon = credentials("secret");
    colon.as_mut().unwrap().username = "a:b".to_owned();
    let colon = Auth::new(colon, true);
    refused(&colon, &["Basic realm=r"], &Refusal::ColonInUserName.to_string());
}

// The caller's own closure.

fn hooked(
    hook: impl Fn(&AuthorizationRequest<'_>) -> Option<String> + Send + Sync + 'static,
) -> Auth {
    auth().0.with_hook(Some(Arc::new(hook)))
}

fn own_refused() -> Verdict {
    Verdict::Refused(Refusal::OwnRefused)
}

/// What each of the sends of a call was, when every answer is a 401 with a Digest challenge.
fn always_refused(auth: &Auth) -> (Vec<Option<String>>, Verdict) {
    let server = Server::new(Policy::NeverPleased);
    let (mut call, mut sent) = (call(auth, "PUT"), Vec::new());
    loop {
        let Plan::Send(value) = call.plan() else { panic!("fetch") };
        sent.push(value.map(str::to_owned));
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
    assert_eq!(call.plan(), Plan::Send(Some("Bearer token")));
    let call = again(call, &server.answer("GET", "/t", None));
    let answer = server.answer("GET", "/t", Some(value(&call)));
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

// Secrets.

#[test]
fn nothing_secret_is_shown() {
    let (auth, _) = auth();
    let server = Server::new(COUNTED);
    exchange(&auth, &server, "GET");
    assert_eq!(
        format!("{auth:?}"),
        "Auth { credentials: Some(Credentials { username: \"alice\", .. }), basic_allowed: true, has_hook: false, idle_sessions: 1, .. }"
    );
    assert_eq!(format!("{:?}", call(&auth, "GET").plan()), "Send(authorized)");
}

#[test]
fn a_cnonce_is_128_bits_and_another_each_time() {
    let (one, other) = (random_cnonce(), random_cnonce());
    assert!(one.len() == 32 && one.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_ne!(one, other);
}

#[test]
fn an_auth_is_shared_by_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Auth>();
}

#[test]
fn one_time_mode_fetches_a_nonce_for_everything_but_a_get() {
    let (auth, _) = auth();
    auth.pool().one_time_for_tests();
    assert_eq!(call(&auth, "GET").plan(), Plan::Send(None));
    assert_eq!(call(&auth, "PUT").plan(), Plan::FetchNonce);
    assert_eq!(call(&auth, "DELETE").plan(), Plan::FetchNonce);
}

#[test]
fn a_lost_answer_to_a_fresh_nonce_does_not_call_the_password_wrong() {
    let (auth, _) = auth();
    let server = Server::new(Policy::Once);
    let call = again(call(&auth, "GET"), &server.answer("GET", "/t", None));
    assert_eq!(server.answer("GET", "/t", Some(value(&call))).status, 200);
    let call = call.unanswered();
    let answer = server.answer("GET", "/t", Some(value(&call)));
    assert_eq!(end(call, &answer), Verdict::Refused(Refusal::Exhausted { sends: 3 }));
}
