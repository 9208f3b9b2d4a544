//! What authentication costs, counted on the wire: against a real Kamailio, and against the
//! in-process server in the profiles whose nonces work once and again and again.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[path = "support/kamailio.rs"]
mod kamailio;
#[path = "support/relay.rs"]
mod relay;

use std::net::{Ipv4Addr, SocketAddr};
use std::thread;

use kamailio::{Kamailio, Mode};
use relay::Relay;
use xcaplib::testing::{Auth, Profile, Server};
use xcaplib::{AuthorizationRequest, XCAPClient};

const ALICE: &str = "sip:alice@example.com";
const PASSWORD: &str = "p\"\u{e4}:'\\ ";
const LISTS: &str = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;

fn document(number: usize) -> String {
    format!(
        r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="{number}"/></resource-lists>"#
    )
}

#[track_caller]
fn get(client: &XCAPClient) {
    assert_eq!(client.get("resource-lists", None, None, None).unwrap(), LISTS);
}

/// As many threads as asked for, each with this many GETs.
fn share(client: &XCAPClient, threads: usize, calls: usize) {
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| (0..calls).for_each(|_| get(client)));
        }
    });
}

/// A Kamailio with Alice's document, behind a relay that counts.
struct Peer {
    relay: Relay,
    // Dropped after the relay.
    _server: Kamailio,
}

impl Peer {
    fn start(mode: Mode) -> Option<Self> {
        let server = Kamailio::start(mode, false, &[("alice", PASSWORD)])?;
        let client = XCAPClient::new(&server.root(), ALICE, PASSWORD).unwrap();
        client.put("resource-lists", LISTS, None, None, None).unwrap();
        let port = server.root().rsplit(':').next().unwrap().split('/').next().unwrap().parse();
        let upstream = SocketAddr::from((Ipv4Addr::LOCALHOST, port.unwrap()));
        Some(Self { relay: Relay::unseen(upstream), _server: server })
    }

    fn client(&self, password: &str) -> XCAPClient {
        let root = format!("http://127.0.0.1:{}/xcap-root", self.relay.port());
        XCAPClient::new(&root, ALICE, password).unwrap()
    }
}

/// A server in this process with Alice's document.
fn server(profile: Profile, auth: Auth) -> Server {
    let server = Server::builder().profile(profile).auth(auth).user(ALICE, PASSWORD);
    let server = server.start().unwrap();
    server.set_document("resource-lists", ALICE, "index", LISTS);
    server
}

fn client(server: &Server, password: &str) -> XCAPClient {
    XCAPClient::new(&server.root(), ALICE, password).unwrap()
}

// A nonce that can be used again.

fn a_thousand_gets_on_kamailio(mode: Mode) {
    let Some(peer) = Peer::start(mode) else { return };
    let client = peer.client(PASSWORD);
    (0..1000).for_each(|_| get(&client));
    // The first is challenged, and the nonce is retired after each 255 uses.
    assert_eq!(peer.relay.requests(), 1001 + 3);
    assert_eq!(peer.relay.connections(), 1);
}

#[test]
fn a_thousand_gets_on_kamailio_with_md5() {
    a_thousand_gets_on_kamailio(Mode::DigestMd5);
}

#[test]
fn a_thousand_gets_on_kamailio_with_sha256() {
    a_thousand_gets_on_kamailio(Mode::DigestSha256);
}

#[test]
fn eight_threads_on_kamailio() {
    let Some(peer) = Peer::start(Mode::DigestSha256) else { return };
    share(&peer.client(PASSWORD), 8, 100);
    let (requests, connections) = (peer.relay.requests(), peer.relay.connections());
    // A nonce for each thread at most, and one for each that is retired.
    assert!((801..=800 + 8 + 3).contains(&requests), "{requests} requests");
    assert!(connections <= 8, "{connections} connections");
}

#[test]
fn sixteen_threads_share_a_client_for_ten_thousand_calls() {
    let server = server(Profile::Rfc4825, Auth::Digest);
    share(&client(&server, PASSWORD), 16, 625);
    assert!(server.connections() <= 16, "{} connections", server.connections());
}

// Nonces that work once.

#[test]
fn a_thousand_gets_with_nonces_that_work_once() {
    let server = server(Profile::OpenXcap, Auth::Digest);
    let client = client(&server, PASSWORD);
    (0..1000).for_each(|_| get(&client));
    let requests = server.requests();
    assert!(requests.len() <= 2002, "{} requests", requests.len());
    assert_eq!(server.connections(), 1);
    // Two that taught it, and then no nonce twice.
    assert_eq!(repeated_nonces(requests.iter().filter_map(|r| r.header("authorization"))), 1);
}

/// How many of these values use a nonce that one before used.
fn repeated_nonces<'v>(values: impl Iterator<Item = &'v str>) -> usize {
    let mut seen = std::collections::HashSet::new();
    let nonces = values.map(|value| value.split("nonce=\"").nth(1).unwrap().split('"').next());
    nonces.filter(|nonce| !seen.insert(*nonce)).count()
}

#[test]
fn puts_with_nonces_that_work_once_upload_their_body_once() {
    let server = server(Profile::OpenXcap, Auth::Digest);
    let client = client(&server, PASSWORD);
    let put = |number| client.put("resource-lists", document(number), None, None, None).unwrap();
    (0..2).for_each(|number| drop(put(number)));
    server.clear_requests();
    (2..102).for_each(|number| drop(put(number)));
    let requests = server.requests();
    let puts: Vec<_> = requests.iter().filter(|request| request.method() == "PUT").collect();
    assert_eq!((requests.len(), puts.len()), (200, 100));
    for (number, put) in puts.iter().enumerate() {
        assert_eq!(put.body(), document(number + 2).as_bytes());
    }
    assert!(requests.iter().all(|r| r.method() == "PUT" || r.body().is_empty()));
}

#[test]
fn eight_threads_with_nonces_that_work_once() {
    let server = server(Profile::OpenXcap, Auth::Digest);
    share(&client(&server, PASSWORD), 8, 125);
    let requests = server.requests().len();
    // Each thread may learn by itself.
    assert!((2000..=2000 + 8).contains(&requests), "{requests} requests");
    assert!(server.connections() <= 8, "{} connections", server.connections());
}

// Wrong passwords.

#[track_caller]
fn is_refused(client: &XCAPClient) {
    let error = client.get("resource-lists", None, None, None).unwrap_err();
    assert!(error.is_unauthorized(), "{error}");
    assert!(error.to_string().contains("refused the user name and password"), "{error}");
}

#[test]
fn a_wrong_password_costs_two_requests_and_one_error() {
    for profile in [Profile::Rfc4825, Profile::OpenXcap, Profile::Kamailio] {
        for auth in [Auth::Digest, Auth::Basic] {
            let server = server(profile, auth);
            let client = client(&server, "another");
            for count in 1..=100 {
                is_refused(&client);
                assert_eq!(server.requests().len(), 2 * count, "{profile:?} {auth:?}");
            }
        }
    }
}

#[test]
fn a_wrong_password_on_kamailio_costs_two_requests_and_one_error() {
    for mode in [Mode::DigestMd5, Mode::DigestSha256] {
        let Some(peer) = Peer::start(mode) else { return };
        let client = peer.client("another");
        for _ in 0..100 {
            is_refused(&client);
            assert_eq!(peer.relay.requests(), 2);
        }
    }
}

// Basic.

#[test]
fn basic_is_sent_at_once_after_it_worked_in_utf_8() {
    let server = server(Profile::Rfc4825, Auth::Basic);
    let client = client(&server, PASSWORD);
    (0..10).for_each(|_| get(&client));
    let requests = server.requests();
    let values: Vec<_> = requests.iter().map(|request| request.header("authorization")).collect();
    assert_eq!(values.len(), 11);
    // base64 of `alice:p"\u{e4}:'\ ` in UTF-8.
    assert_eq!(values[0], None);
    assert!(
        values[1..].iter().all(|value| *value == Some("Basic YWxpY2U6cCLDpDonXCA=")),
        "{values:?}"
    );
}

#[test]
fn basic_takes_no_user_name_with_a_colon() {
    let server = server(Profile::Rfc4825, Auth::Basic);
    let client = XCAPClient::builder(&server.root(), ALICE)
        .auth_username("alice:more")
        .password(PASSWORD)
        .build()
        .unwrap();
    let error = client.get("resource-lists", None, None, None).unwrap_err();
    assert!(error.is_unauthorized(), "{error}");
    assert!(error.to_string().contains("cannot carry a user name with `:`"), "{error}");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn basic_goes_over_http_to_another_machine_only_if_that_is_allowed() {
    let server = server(Profile::Rfc4825, Auth::Basic);
    // Another machine as far as the client knows.
    let relay = Relay::proxy(server.address(), None);
    let client = |is_allowed| {
        XCAPClient::builder("http://xcap.example.com/xcap-root", ALICE)
            .password(PASSWORD)
            .proxy(format!("http://127.0.0.1:{}", relay.port()).as_str())
            .allow_basic_over_http(is_allowed)
            .build()
            .unwrap()
    };
    let error = client(false).get("resource-lists", None, None, None).unwrap_err();
    assert!(error.is_unauthorized(), "{error}");
    assert!(error.to_string().contains("`allow_basic_over_http`"), "{error}");
    assert_eq!(server.requests().len(), 1);
    get(&client(true));
    assert_eq!(server.requests().len(), 3);
}

// The caller's own way.

#[test]
fn a_closure_authorizes_every_request() {
    // The server knows Basic alone; what the closure sends could be any token.
    let server = server(Profile::Rfc4825, Auth::Basic);
    let hook = |request: &AuthorizationRequest<'_>| {
        assert_eq!(request.target(), "/xcap-root/resource-lists/users/sip:alice@example.com/index");
        assert_eq!(request.body().is_empty(), request.method() == "GET");
        Some("Basic YWxpY2U6cCLDpDonXCA=".to_owned())
    };
    let client = XCAPClient::builder(&server.root(), ALICE).authorization(hook).build().unwrap();
    get(&client);
    client.put("resource-lists", LISTS, None, None, None).unwrap();
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    assert!(
        requests.iter().all(|r| r.header("authorization") == Some("Basic YWxpY2U6cCLDpDonXCA="))
    );
}

#[test]
fn a_token_that_is_refused_is_asked_for_once_more_with_the_challenge() {
    let server = server(Profile::Rfc4825, Auth::Basic);
    let hook = |request: &AuthorizationRequest<'_>| match request.challenges() {
        [] => Some("Bearer expired".to_owned()),
        [challenge] => {
            assert_eq!(challenge, "Basic realm=\"example.com\"");
            Some("Bearer fresh".to_owned())
        }
        _ => None,
    };
    let client = XCAPClient::builder(&server.root(), ALICE).authorization(hook).build().unwrap();
    for count in 1..=3 {
        let error = client.get("resource-lists", None, None, None).unwrap_err();
        assert!(error.is_unauthorized(), "{error}");
        assert!(error.to_string().contains("`authorization` closure"), "{error}");
        assert_eq!(server.requests().len(), 2 * count);
    }
}

#[test]
fn a_closure_that_passes_leaves_it_to_the_password() {
    let server = server(Profile::Rfc4825, Auth::Digest);
    let builder = XCAPClient::builder(&server.root(), ALICE).password(PASSWORD);
    let client = builder.authorization(|_| None).build().unwrap();
    (0..10).for_each(|_| get(&client));
    assert_eq!(server.requests().len(), 11);
}

#[test]
fn a_value_that_no_header_can_carry_is_refused_unseen() {
    let server = server(Profile::Rfc4825, Auth::Basic);
    let builder = XCAPClient::builder(&server.root(), ALICE);
    let client =
        builder.authorization(|_| Some("Bearer hunter2\r\nX: y".to_owned())).build().unwrap();
    let error = client.get("resource-lists", None, None, None).unwrap_err();
    assert!(error.is_invalid_input(), "{error}");
    assert!(!format!("{error:?}").contains("hunter2"));
    assert_eq!(server.requests().len(), 0);
}
