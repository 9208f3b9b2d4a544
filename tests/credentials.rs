//! Who the client is in each realm, by a closure: on the wire.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

#[path = "support/raw.rs"]
mod raw;
#[path = "support/relay.rs"]
mod relay;

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;

use md5::{Digest as _, Md5};
use raw::{Reply, Request, ok, reply};
use relay::Relay;
use xcaplib::testing::{Auth, Nonces, Profile, RecordedRequest, Server};
use xcaplib::{Challenge, Credentials, Error, Method, XCAPClient, green};

const ALICE: &str = "sip:alice@example.com";
const LISTS: &str = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="a"/></resource-lists>"#;
const LIST: &str = r#"/resource-lists/list[@name="a"]"#;

fn who(challenge: &Challenge) -> Option<Credentials> {
    (challenge.realm() == "example.com").then(|| Credentials::new("alice", "secret"))
}

/// `who`, and how often it was asked.
fn counting() -> (impl Fn(&Challenge) -> Option<Credentials> + Send + Sync, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let of_closure = Arc::clone(&count);
    let ask = move |challenge: &Challenge| {
        of_closure.fetch_add(1, Ordering::SeqCst);
        who(challenge)
    };
    (ask, count)
}

fn server(profile: Profile, auth: Auth) -> Server {
    Server::builder().profile(profile).auth(auth).user(ALICE, "secret").start().unwrap()
}

// Every kind of request.

fn every_kind_of_request(client: &XCAPClient) -> Result<(), Error> {
    let app = "resource-lists";
    client.insert(app, LISTS, None, None, None)?;
    client.put(app, LISTS, None, None, None)?;
    client.get(app, None, None, None)?;
    client.put(app, r#"<list name="a"/>"#, LIST, None, None)?;
    client.replace(app, r#"<list name="a"/>"#, LIST, None, None)?;
    client.request(app).send_raw(Method::Get, None)?;
    client.request(app).node(LIST).with_namespaces().get()?;
    assert!(client.request("rls-services").optional().get()?.is_none());
    let mut copy = client.open(app)?;
    copy.put(LIST, r#"<list name="a"><entry uri="sip:b@example.com"/></list>"#)?;
    copy.edit(|draft| draft.remove_all("/resource-lists/list/entry").map(drop))?;
    copy.refresh()?;
    client.delete(app, LIST, None, None)?;
    client.request(app).filename("other").open_or_insert(LISTS)?.delete_document()?;
    client.delete(app, None, None, None)?;
    Ok(())
}

fn is_alice(request: &RecordedRequest, auth: Auth) -> bool {
    let value = request.header("authorization");
    value.is_none_or(|value| match auth {
        Auth::Basic => value == "Basic YWxpY2U6c2VjcmV0",
        _ => value.starts_with("Digest username=\"alice\", "),
    })
}

#[test]
fn every_kind_of_request_is_of_the_closures_user() {
    for profile in [Profile::Rfc4825, Profile::OpenXcap, Profile::Kamailio] {
        for auth in [Auth::Digest, Auth::Basic] {
            let server = server(profile, auth);
            let (ask, asked) = counting();
            let client = XCAPClient::builder(&server.root(), ALICE).credentials(ask);
            let client = client.build().unwrap();
            every_kind_of_request(&client).unwrap_or_else(|error| panic!("{profile:?}: {error}"));
            if profile == Profile::Rfc4825 {
                client.capabilities().unwrap();
                client.documents().unwrap();
                client.documents_of(ALICE).unwrap();
            }
            let requests = server.requests();
            assert!(requests.iter().all(|request| is_alice(request, auth)), "{requests:?}");
            let bare = requests.iter().filter(|it| it.header("authorization").is_none()).count();
            assert_eq!(asked.load(Ordering::SeqCst), bare, "{profile:?} {auth:?}");
        }
    }
}

#[test]
fn a_nonce_is_fetched_for_a_change_where_nonces_work_once() {
    let server = server(Profile::OpenXcap, Auth::Digest);
    let (ask, asked) = counting();
    let client = XCAPClient::builder(&server.root(), ALICE).credentials(ask).build().unwrap();
    let put = || client.put("resource-lists", LISTS, None, None, None).unwrap();
    (0..2).for_each(|_| drop(put()));
    server.clear_requests();
    asked.store(0, Ordering::SeqCst);
    (0..50).for_each(|_| drop(put()));
    let requests = server.requests();
    let methods: Vec<_> = requests.iter().map(RecordedRequest::method).collect();
    assert_eq!(methods, ["GET", "PUT"].repeat(50));
    assert!(requests.iter().all(|it| (it.method() == "PUT") != it.body().is_empty()));
    assert_eq!(asked.load(Ordering::SeqCst), 50);
}

#[test]
fn a_stale_nonce_is_asked_about_again() {
    let server = Server::builder().auth(Auth::Digest).nonces(Nonces::Uses(2)).user(ALICE, "secret");
    let server = server.start().unwrap();
    let (ask, asked) = counting();
    let client = XCAPClient::builder(&server.root(), ALICE).credentials(ask).build().unwrap();
    (0..6).for_each(|_| drop(client.put("resource-lists", LISTS, None, None, None).unwrap()));
    // The first challenge, and each time that a nonce was used up.
    assert_eq!((server.requests().len(), asked.load(Ordering::SeqCst)), (9, 3));
}

#[test]
fn a_green_client_asks_the_same_closure() {
    let server = server(Profile::Rfc4825, Auth::Digest);
    let blocking = XCAPClient::builder(&server.root(), ALICE).credentials(who).build().unwrap();
    let client = green::XCAPClient::from(blocking);
    pollster::block_on(async {
        client.put("resource-lists", LISTS, None, None, None).await.unwrap();
        client.capabilities().await.unwrap();
        client.documents().await.unwrap();
    });
    assert_eq!(server.requests().len(), 4);
}

// Who is asked, and who is not.

#[test]
fn the_closure_replaces_the_password() {
    let server = server(Profile::Rfc4825, Auth::Digest);
    let builder = || XCAPClient::builder(&server.root(), ALICE);
    for builder in [
        builder().password("another").auth_username("mallory").credentials(who),
        builder().credentials(who).password("another").auth_username("mallory"),
    ] {
        builder.build().unwrap().put("resource-lists", LISTS, None, None, None).unwrap();
    }
    let client = builder().password("secret").credentials(|_| None).build().unwrap();
    let error = client.get("resource-lists", None, None, None).unwrap_err();
    assert!(error.is_unauthorized(), "{error}");
    assert!(
        error.to_string().contains(
            "realm `example.com` and the client's `credentials` closure gives nothing for it"
        ),
        "{error}"
    );
}

#[test]
fn what_is_made_by_hand_goes_before_the_closure() {
    let server = server(Profile::Rfc4825, Auth::Basic);
    let alice = [("Authorization", "Basic YWxpY2U6c2VjcmV0")];
    let unasked = |_: &Challenge| -> Option<Credentials> { panic!("asked") };
    let builder = || XCAPClient::builder(&server.root(), ALICE).credentials(unasked);
    let client = builder().build().unwrap();
    client.put("resource-lists", LISTS, None, None, &alice).unwrap();
    let wrong = [("Authorization", "Basic eDp5")];
    assert!(client.get("resource-lists", None, None, &wrong).unwrap_err().is_unauthorized());
    let hooked = builder().authorization(|_| Some("Basic YWxpY2U6c2VjcmV0".to_owned()));
    hooked.build().unwrap().get("resource-lists", None, None, None).unwrap();
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn basic_over_http_is_held_to_the_same_rule() {
    let server = server(Profile::Rfc4825, Auth::Basic);
    // Another machine as far as the client knows.
    let relay = Relay::proxy(server.address(), None);
    let client = |is_allowed| {
        XCAPClient::builder("http://xcap.example.com/xcap-root", ALICE)
            .credentials(who)
            .proxy(format!("http://127.0.0.1:{}", relay.port()).as_str())
            .allow_basic_over_http(is_allowed)
            .build()
            .unwrap()
    };
    let error = client(false).get("resource-lists", None, None, None).unwrap_err();
    assert!(error.to_string().contains("`allow_basic_over_http`"), "{error}");
    assert!(server.requests().iter().all(|request| request.header("authorization").is_none()));
    client(true).put("resource-lists", LISTS, None, None, None).unwrap();
}

// Realms. What follows is said by a server of the test's own.

/// A server on which each application usage is a realm.
struct Realms {
    /// By realm: user name and password.
    users: Mutex<HashMap<String, (String, Vec<u8>)>>,
    /// What is said after a right answer, by path.
    answers: HashMap<&'static str, Reply>,
    more: &'static str,
}

impl Realms {
    fn new(users: &[(&str, &str, &[u8])]) -> Self {
        let user = |(realm, name, password): &(&str, &str, &[u8])| {
            ((*realm).to_owned(), ((*name).to_owned(), password.to_vec()))
        };
        let users = Mutex::new(users.iter().map(user).collect());
        Self { users, answers: HashMap::new(), more: "" }
    }

    fn answer(&self, request: &Request) -> Reply {
        let target = request.target();
        let realm = target.split('/').nth(1).unwrap();
        let users = self.users.lock().unwrap();
        let Some((name, password)) = users.get(realm) else { return reply(404, &[], "") };
        let given = request.fields("authorization").pop().unwrap_or_default();
        if !is_right(&given, request, name, realm, password) {
            let challenge = format!("Digest realm=\"{realm}\", nonce=\"n-{realm}\"{}", self.more);
            return reply(401, &[&format!("WWW-Authenticate: {challenge}")], "");
        }
        self.answers.get(realm).cloned().unwrap_or_else(|| ok("<a/>"))
    }

    fn start(self) -> (raw::Server, Arc<Self>) {
        let realms = Arc::new(self);
        let of_server = Arc::clone(&realms);
        (raw::Server::answering(move |request| of_server.answer(request)), realms)
    }
}

fn md5(parts: &[&[u8]]) -> String {
    let bytes = Md5::digest(parts.join(&b':'));
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// Whether an answer to a Digest challenge is this user's (RFC 7616 section 3.4.1).
fn is_right(given: &str, request: &Request, name: &str, realm: &str, password: &[u8]) -> bool {
    let fields: HashMap<_, _> = given
        .trim_start_matches("Digest ")
        .split(", ")
        .filter_map(|field| field.split_once('='))
        .map(|(name, value)| (name, value.trim_matches('"').as_bytes()))
        .collect();
    let get = |name| fields.get(name).copied().unwrap_or_default();
    let method = request.line().split(' ').next().unwrap().to_owned();
    let key = md5(&[name.as_bytes(), realm.as_bytes(), password]);
    let mut asked = vec![method.into_bytes(), request.target().into_bytes()];
    if get("qop") == b"auth-int" {
        asked.push(md5(&[&request.body]).into_bytes());
    }
    let asked = md5(&asked.iter().map(Vec::as_slice).collect::<Vec<_>>());
    let (key, asked) = (key.as_bytes(), asked.as_bytes());
    let response = match get("qop") {
        b"" => md5(&[key, get("nonce"), asked]),
        qop => md5(&[key, get("nonce"), get("nc"), get("cnonce"), qop, asked]),
    };
    get("username") == name.as_bytes() && get("response") == response.as_bytes()
}

/// The user of a realm is `of-realm`, with the password `realm-secret`.
fn by_realm(challenge: &Challenge) -> Option<Credentials> {
    let realm = challenge.realm();
    Some(Credentials::new(format!("of-{realm}"), format!("{realm}-secret")))
}

const TWO: [(&str, &str, &[u8]); 2] =
    [("lists", "of-lists", b"lists-secret"), ("rules", "of-rules", b"rules-secret")];

fn client(
    server: &raw::Server,
    ask: impl Fn(&Challenge) -> Option<Credentials> + Send + Sync + 'static,
) -> XCAPClient {
    XCAPClient::builder(&server.origin(), ALICE).credentials(ask).build().unwrap()
}

/// The users and realms of the requests, in order.
fn users(server: &raw::Server) -> Vec<String> {
    let requests = server.requests();
    let values = requests.iter().flat_map(|request| request.fields("authorization"));
    let user = |value: String| {
        let quoted: Vec<_> = value.split('"').collect();
        format!("{} {}", quoted[1], quoted[3])
    };
    values.map(user).collect()
}

#[test]
fn two_realms_have_two_users_in_eight_threads() {
    for more in ["", ", qop=\"auth\"", ", qop=\"auth-int\""] {
        let (server, _) = Realms { more, ..Realms::new(&TWO) }.start();
        let client = client(&server, by_realm);
        thread::scope(|scope| {
            for thread in 0..8 {
                let client = &client;
                scope.spawn(move || {
                    for number in 0..20 {
                        let usage = if (thread + number) % 2 == 0 { "lists" } else { "rules" };
                        client.get(usage, None, None, None).unwrap();
                        client.put(usage, "<a/>", None, None, None).unwrap();
                    }
                });
            }
        });
        let users = users(&server);
        assert!(users.len() >= 320);
        assert!(users.iter().all(|it| it == "of-lists lists" || it == "of-rules rules"));
    }
}

#[test]
fn a_redirect_into_another_realm_is_another_users() {
    let mut realms = Realms::new(&TWO);
    let location = "Location: /rules/users/sip:alice@example.com/index";
    realms.answers.insert("lists", reply(307, &[location], ""));
    let (server, _) = realms.start();
    let client = client(&server, by_realm);
    client.put("lists", "<a/>", None, None, None).unwrap();
    let requests = server.requests();
    assert_eq!(requests.last().unwrap().body, b"<a/>");
    let users = users(&server);
    // The second realm is tried with what is known.
    assert_eq!(users, ["of-lists lists", "of-lists lists", "of-rules rules"]);
}

#[test]
fn a_new_bootstrapped_identity_needs_no_new_client() {
    let bootstrapped = Arc::new(Mutex::new(("b-tid-1", b"key-1".to_vec())));
    let of_closure = Arc::clone(&bootstrapped);
    let (server, realms) = Realms::new(&[("naf", "b-tid-1", b"key-1")]).start();
    let client = client(&server, move |_| {
        let (user, key) = of_closure.lock().unwrap().clone();
        Some(Credentials::new(user, key))
    });
    client.get("naf", None, None, None).unwrap();
    // The server takes the second alone, and then the client has it too.
    let second = ("b-tid-2", vec![0xff, 0, 0x80]);
    let known = (second.0.to_owned(), second.1.clone());
    realms.users.lock().unwrap().insert("naf".to_owned(), known);
    let error = client.get("naf", None, None, None).unwrap_err();
    assert!(error.to_string().contains("refused the user name and password for realm `naf`"));
    *bootstrapped.lock().unwrap() = second;
    client.put("naf", "<a/>", None, None, None).unwrap();
    client.put("naf", "<a/>", None, None, None).unwrap();
    let users = users(&server);
    let expected = [["b-tid-1 naf"; 3].as_slice(), &["b-tid-2 naf"; 2]].concat();
    assert_eq!(users, expected);
}

#[test]
fn another_pair_is_tried_and_the_refused_one_ends_the_call() {
    let (server, _) = Realms::new(&TWO).start();
    let number = AtomicUsize::new(0);
    let old_then_new = client(&server, move |challenge| {
        let is_first = number.fetch_add(1, Ordering::SeqCst) == 0;
        if is_first { Some(Credentials::new("of-lists", "old")) } else { by_realm(challenge) }
    });
    old_then_new.put("lists", "<a/>", None, None, None).unwrap();
    assert_eq!(server.requests().len(), 3);

    let old = client(&server, |_| Some(Credentials::new("of-lists", "old")));
    let error = old.put("lists", "<a/>", None, None, None).unwrap_err();
    let text = error.to_string();
    assert!(text.ends_with(
        "the server refused the user name and password for realm `lists`; \
         check both, and whether the user may do this"
    ));
    assert!(error.is_unauthorized() && !error.is_unsure());
    assert_eq!(server.requests().len(), 3 + 2);
}

// AKA (RFC 3310).

#[test]
fn aka_answers_with_res() {
    let res = [0xff, 0x00, 0xa5, 0x4b, 0x8e, 0x3d, 0x2c, 0x81];
    let more = ", algorithm=AKAv1-MD5, qop=\"auth-int\"";
    let (server, _) = Realms { more, ..Realms::new(&[("ims", "alice@ims", &res)]) }.start();
    let card = client(&server, move |challenge| {
        assert_eq!(challenge.algorithm(), Some("AKAv1-MD5"));
        assert_eq!(challenge.nonce(), Some("n-ims"));
        Some(Credentials::new("alice@ims", res))
    });
    card.put("ims", "<a/>", None, None, None).unwrap();
    card.get("ims", None, None, None).unwrap();
    let values: Vec<_> =
        server.requests().iter().flat_map(|it| it.fields("authorization")).collect();
    assert_eq!(values.len(), 2);
    assert!(values.iter().all(|value| value.contains(", algorithm=AKAv1-MD5, ")), "{values:?}");

    // After a synchronization failure there is no RES.
    let lost = client(&server, |_| None);
    let error = lost.put("ims", "<a/>", None, None, None).unwrap_err();
    assert!(error.to_string().contains("of realm `ims`"), "{error}");
    // A password says nothing of AKA.
    let password = XCAPClient::new(&server.origin(), ALICE, "secret").unwrap();
    let error = password.put("ims", "<a/>", None, None, None).unwrap_err();
    assert!(error.to_string().contains("`Digest algorithm=AKAv1-MD5`"), "{error}");
}

// What a closure may do.

#[test]
fn a_closure_may_call_its_own_client() {
    static CLIENT: OnceLock<XCAPClient> = OnceLock::new();
    let mut realms = Realms::new(&TWO);
    realms.answers.insert("rules", ok("lists-secret"));
    let (server, _) = realms.start();
    let client = client(&server, |challenge| match challenge.realm() {
        // The password of one realm stands in a document of the other.
        "lists" => {
            let key = CLIENT.get()?.request("rules").send_raw(Method::Get, None).ok()?;
            Some(Credentials::new("of-lists", key.body()))
        }
        _ => by_realm(challenge),
    });
    let client = CLIENT.get_or_init(|| client);
    client.put("lists", "<a/>", None, None, None).unwrap();
    assert_eq!(users(&server), ["of-rules rules", "of-lists lists"]);
}

#[test]
fn a_closure_that_panics_takes_only_its_call_with_it() {
    let (server, _) = Realms::new(&TWO).start();
    let is_calm = Arc::new(AtomicBool::new(true));
    let of_closure = Arc::clone(&is_calm);
    let client = client(&server, move |challenge| {
        if !of_closure.load(Ordering::SeqCst) {
            // Without a message on the terminal.
            resume_unwind(Box::new("no card"));
        }
        by_realm(challenge)
    });
    let put = |usage| client.put(usage, "<a/>", None, None, None).map(drop);
    put("lists").unwrap();
    is_calm.store(false, Ordering::SeqCst);
    for _ in 0..3 {
        let panicked = catch_unwind(AssertUnwindSafe(|| put("rules"))).unwrap_err();
        assert_eq!(panicked.downcast_ref::<&str>(), Some(&"no card"));
    }
    // The realm that works goes on, here and in other threads, and so does the other.
    let before = server.requests().len();
    put("lists").unwrap();
    assert_eq!(server.requests().len(), before + 1);
    is_calm.store(true, Ordering::SeqCst);
    thread::scope(|scope| {
        scope.spawn(|| put("rules").unwrap());
    });
    put("rules").unwrap();
}
