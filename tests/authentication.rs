//! Challenges on the wire: the bytes that come, and those that go back.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

#[path = "support/raw.rs"]
mod raw;

use md5::{Digest as _, Md5};
use raw::{Reply, Server, ok, raw, reply};
use xcaplib::{Error, ErrorKind, XCAPClient, XCAPClientBuilder};

fn builder(server: &Server) -> XCAPClientBuilder {
    XCAPClient::builder(&server.origin(), "sip:alice@example.com").password("secret")
}

/// A 401 with these bytes as its challenge.
fn challenge(value: &[u8]) -> Reply {
    let head = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nWWW-Authenticate: ";
    raw([head, value, b"\r\n\r\n"].concat())
}

fn md5(parts: &[&[u8]]) -> String {
    let bytes = Md5::digest(parts.join(&b':'));
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// The bytes between two others.
#[track_caller]
fn between<'a>(bytes: &'a [u8], before: &[u8], after: &[u8]) -> &'a [u8] {
    let find = |bytes: &[u8], part: &[u8]| {
        bytes.windows(part.len()).position(|window| window == part).unwrap_or_else(|| {
            panic!("{}: {}", String::from_utf8_lossy(part), String::from_utf8_lossy(bytes))
        })
    };
    let rest = &bytes[find(bytes, before) + before.len()..];
    &rest[..find(rest, after)]
}

#[test]
fn what_is_not_ascii_goes_back_byte_for_byte() {
    for (realm, nonce, opaque) in [
        (&b"B\xfcro"[..], &b"n"[..], &b"o"[..]),
        ("B\u{fc}ro".as_bytes(), b"n", b"o"),
        ("\u{65e5}\u{672c} \u{1f600}".as_bytes(), b"n", b"o"),
        (b"r", b"\xe4\x80\xff", b"o"),
        (b"r", b"n", b"\xf6\t\xff"),
        (b"a\tb", b"n\t20", b"\t"),
        (b"\xc3", b"\xfe", b"\xfd\xc3\xa9"),
    ] {
        let asked = [b"Digest realm=\"", realm, b"\", nonce=\"", nonce, b"\", opaque=\"", opaque];
        let asked = [&asked.concat(), &b"\", qop=\"auth\""[..]].concat();
        let server = Server::start([challenge(&asked), ok("<a/>"), ok("<a/>")]);
        let client = builder(&server).build().unwrap();
        for number in [1, 2] {
            client.put("x", "<a/>", None, None, None).unwrap();
            let (head, target) = (server.last().head, server.last().target());
            assert_eq!(between(&head, b" realm=\"", b"\""), realm);
            assert_eq!(between(&head, b" nonce=\"", b"\""), nonce);
            assert_eq!(between(&head, b" opaque=\"", b"\""), opaque);
            let cnonce = between(&head, b"cnonce=\"", b"\"");
            let key = md5(&[b"alice", realm, b"secret"]);
            let request = md5(&[b"PUT", target.as_bytes()]);
            let count = format!("{number:08x}");
            let parts = [key.as_bytes(), nonce, count.as_bytes(), cnonce, b"auth"];
            let response = md5(&[&parts.join(&b':')[..], request.as_bytes()]);
            assert_eq!(between(&head, b"response=\"", b"\""), response.as_bytes(), "{asked:?}");
        }
        assert_eq!(server.requests().len(), 3);
    }
}

#[test]
fn what_is_not_ascii_goes_back_byte_for_byte_through_a_proxy() {
    let realm = b"B\xfcro\t20\t\t09";
    let asked = [b"Digest realm=\"", &realm[..], b"\", nonce=\"n\""].concat();
    let connected = raw("HTTP/1.1 200 OK\r\n\r\n");
    let server = Server::start([connected, challenge(&asked), ok("<a/>")]);
    let proxy = server.origin();
    let client = XCAPClient::builder("http://xcap.example.com", "sip:alice@example.com")
        .password("secret")
        .proxy(proxy.as_str())
        .build()
        .unwrap();
    client.put("x", "<a/>", None, None, None).unwrap();
    assert_eq!(between(&server.last().head, b" realm=\"", b"\""), realm);
}

#[test]
fn a_head_of_several_parts_and_a_body_stay_as_they_are() {
    let realm = b"B\xfcro";
    let asked = [b"Digest realm=\"", &realm[..], b"\", nonce=\"n\""].concat();
    let server = Server::start([challenge(&asked), ok("<a/>")]);
    let client = builder(&server).validate(false).build().unwrap();
    let long = "x".repeat(100_000);
    let headers = [("X-A", long.as_str()), ("X-B", &long), ("X-C", &long)];
    let body = "authorization: a\tfcb\r\n\r\n\r\nauthorization: \tfc\r\n".repeat(10_000);
    client.put("x", &body, None, None, &headers).unwrap();
    let last = server.last();
    assert_eq!(between(&last.head, b" realm=\"", b"\""), realm);
    assert!(["x-a", "x-b", "x-c"].iter().all(|name| last.fields(name) == [long.as_str()]));
    assert!(last.body == body.as_bytes(), "the body is another");
}

#[test]
fn a_tab_of_the_callers_stays_one() {
    let server = Server::start([ok("<a/>")]);
    let client = builder(&server).build().unwrap();
    let headers = [("Authorization", "Own a\t09b"), ("X-A", "a\t09b")];
    client.get("x", None, None, &headers).unwrap();
    assert_eq!(server.last().fields("authorization"), ["Own a\t09b"]);
    assert_eq!(server.last().fields("x-a"), ["a\t09b"]);
}

#[test]
fn a_challenge_that_no_request_can_answer_is_unauthorized() {
    let nonce = vec![0xe4; 60_000];
    let asked = [b"Digest realm=\"r\", qop=\"auth\", nonce=\"", &nonce[..], b"\""].concat();
    let server = Server::start([challenge(&asked), challenge(&asked)]);
    let client = builder(&server).build().unwrap();
    let error = client.put("x", "<a/>", None, None, None).unwrap_err();
    assert!(error.is_unauthorized() && !error.is_unsure(), "{error}");
    assert!(error.to_string().contains("too long to be answered"), "{error}");
    assert_eq!(server.requests().len(), 1);
    // A third of it is none too long.
    let asked = [b"Digest realm=\"r\", qop=\"auth\", nonce=\"", &nonce[..30_000], b"\""].concat();
    let server = Server::start([challenge(&asked), ok("<a/>")]);
    builder(&server).build().unwrap().put("x", "<a/>", None, None, None).unwrap();
    assert_eq!(between(&server.last().head, b" nonce=\"", b"\""), &nonce[..30_000]);
}

#[test]
fn a_password_that_no_request_can_hold_is_unauthorized() {
    let asked = || reply(401, &["WWW-Authenticate: Basic realm=\"r\""], "");
    let put = |length: usize, server: &Server| {
        let client = builder(server).password(&"x".repeat(length)).build().unwrap();
        client.put("x", "<a/>", None, None, None)
    };
    let server = Server::start([asked(), asked(), ok("<a/>")]);
    let error = put(92_149, &server).unwrap_err();
    assert!(error.is_unauthorized() && !error.is_unsure(), "{error}");
    assert!(error.to_string().ends_with("longer than a request can carry"), "{error}");
    assert_eq!(server.requests().len(), 1);
    // With `alice:` and in base64, as long as a value may be.
    put(92_148, &server).unwrap();
}

/// Bad input of the caller's: nothing is sent, and the text says so of no server.
#[track_caller]
fn is_refused(call: impl FnOnce(XCAPClientBuilder) -> Error, text: &str) {
    let server = Server::start([]);
    let error = call(builder(&server));
    assert_eq!(error.to_string(), text);
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(!error.is_unsure());
    assert_eq!(server.connections(), 0);
}

#[test]
fn what_a_caller_gives_is_ascii() {
    for name in ["Authorization", "host"] {
        let put = |builder: XCAPClientBuilder| {
            let headers = [(name, "B\u{fc}ro")];
            builder.build().unwrap().put("x", "<a/>", None, None, &headers).unwrap_err()
        };
        let text = format!("header `{name}`: the value holds a character that is not ASCII");
        is_refused(put, &text);
    }
    is_refused(
        |builder| {
            let client = builder.authorization(|_| Some("Bearer B\u{fc}ro".to_owned())).build();
            client.unwrap().put("x", "<a/>", None, None, None).unwrap_err()
        },
        "the Authorization value, a header or what the `authorization` closure made, holds a character that no header can carry; \
         only ASCII without control characters can be sent",
    );
}

#[test]
fn a_header_longer_than_a_connection_carries_is_bad_input() {
    let text = "header `X-A`: the value is longer than 122880 bytes";
    is_refused(
        |builder| {
            let long = "x".repeat(200_000);
            let headers = [("X-A", long.as_str())];
            builder.build().unwrap().put("x", "<a/>", None, None, &headers).unwrap_err()
        },
        text,
    );
    let long = "x".repeat(122_880);
    let server = Server::start([ok("<a/>")]);
    let headers = [("X-A", long.as_str())];
    builder(&server).build().unwrap().get("x", None, None, &headers).unwrap();
}

#[test]
fn two_realms_on_one_origin_cost_one_request_a_call() {
    let of = |realm: &str| {
        challenge(format!("Digest realm=\"{realm}\", nonce=\"{realm}1\", qop=auth").as_bytes())
    };
    let good = || ok("<a/>");
    let server = Server::start(
        [of("lists"), good(), of("rules"), good()].into_iter().chain((0..6).map(|_| good())),
    );
    let root = format!("{}/xcap-root", server.origin());
    let client = XCAPClient::new(&root, "sip:alice@example.com", "secret").unwrap();
    for _ in 0..4 {
        for usage in ["resource-lists", "rls-services"] {
            client.get(usage, None, None, None).unwrap();
        }
    }
    let realms: Vec<_> = server
        .requests()
        .iter()
        .flat_map(|request| request.fields("authorization"))
        .map(|value| value.split('"').nth(3).unwrap().to_owned())
        .collect();
    assert_eq!(realms[..2], ["lists", "lists"], "the second was tried with what was known");
    assert_eq!(realms[2..], ["rules", "lists", "rules", "lists", "rules", "lists", "rules"]);
    assert_eq!(server.requests().len(), 10);
}

#[test]
fn every_authentication_info_is_read() {
    let asked = || challenge(b"Digest realm=\"r\", nonce=\"one\", qop=\"auth\"");
    let info = |value: &str| {
        let second = format!("Authentication-Info: {value}");
        reply(200, &["Authentication-Info: qop=auth", &second], "<a/>")
    };
    let server = Server::start([asked(), info("nextnonce=\"two\""), ok("<a/>")]);
    let client = builder(&server).build().unwrap();
    client.get("x", None, None, None).unwrap();
    client.get("x", None, None, None).unwrap();
    assert_eq!(between(&server.last().head, b" nonce=\"", b"\""), b"two");

    let server = Server::start([asked(), info("rspauth=\"0123\"")]);
    let error = builder(&server).build().unwrap().put("x", "<a/>", None, None, None).unwrap_err();
    assert!(error.is_malformed_response() && error.is_unsure(), "{error}");
}

#[test]
fn a_realm_cannot_hide_the_response_that_comes_back() {
    let realm = "a response=b";
    let asked =
        challenge(format!("Digest realm=\"{realm}\", nonce=\"n\", qop=\"auth\"").as_bytes());
    let server = Server::start([asked, ok("<a/>")]);
    let client = builder(&server).build().unwrap();
    client.get("x", None, None, None).unwrap();
    let response = between(&server.last().head, b" response=\"", b"\"").to_vec();
    let response = String::from_utf8(response).unwrap();
    assert_ne!(response, "b");
    // The next response is another: the server sends back the one of the request itself, which it
    // is made to know by the cnonce of the session.
    let cnonce = between(&server.last().head, b"cnonce=\"", b"\"").to_vec();
    let target = server.last().target();
    let key = md5(&[b"alice", realm.as_bytes(), b"secret"]);
    let request = md5(&[b"GET", target.as_bytes()]);
    let parts = [key.as_bytes(), b"n", b"00000002", &cnonce, b"auth", request.as_bytes()];
    let next = md5(&parts);
    server.add([reply(307, &[&format!("Location: /elsewhere?{next}")], "")]);
    let error = client.get("x", None, None, None).unwrap_err();
    assert_eq!(between(&server.last().head, b" response=\"", b"\""), next.as_bytes());
    assert!(!error.to_string().contains(&next), "{error}");
    assert!(error.to_string().contains("a redirect to a target that repeats the credentials"));
}
