//! The builder's headers: each request carries them, whatever made it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

#[path = "support/raw.rs"]
mod raw;
#[path = "support/relay.rs"]
mod relay;

use raw::{nothing, ok, reply};
use relay::Relay;
use xcaplib::testing::{Auth, Profile, RecordedRequest, Server};
use xcaplib::{Method, Request, XCAPClient, XCAPClientBuilder};

const ALICE: &str = "sip:alice@example.com";
const USAGE: &str = "resource-lists";
const LISTS: &str = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="a"/></resource-lists>"#;
const LIST: &str = r#"/resource-lists/list[@name="a"]"#;
const OTHER: &str = r#"/resource-lists/list[@name="b"]"#;
const NAME: &str = "X-3GPP-Intended-Identity";
const IDENTITY: &str = "\"sip:alice@example.com\"";

fn values<'r>(request: &'r RecordedRequest, name: &str) -> Vec<&'r str> {
    let fields = request.headers().filter(|(field, _)| field.eq_ignore_ascii_case(name));
    fields.map(|(_, value)| value).collect()
}

/// How many requests the server got since the last call, each with the client's header.
#[track_caller]
fn count(server: &Server) -> usize {
    let requests = server.requests();
    for request in &requests {
        let line = format!("{} {}", request.method(), request.target());
        assert_eq!(values(request, NAME), [IDENTITY], "{line}");
        assert_eq!(values(request, "x-device"), ["phone"], "{line}");
    }
    server.clear_requests();
    requests.len()
}

fn started(profile: Profile, auth: Auth) -> (Server, XCAPClient) {
    let server = Server::builder().profile(profile).auth(auth).user(ALICE, "secret");
    let server = server.start().unwrap();
    server.set_document(USAGE, ALICE, "index", LISTS);
    let client = XCAPClient::builder(&server.root(), ALICE)
        .password("secret")
        .header(NAME, "\"sip:mallory@example.com\"")
        .header("X-Device", "phone")
        .header(&NAME.to_uppercase(), IDENTITY)
        .build()
        .unwrap();
    (server, client)
}

#[test]
fn each_request_of_each_call_has_the_header() {
    for profile in [Profile::Rfc4825, Profile::OpenXcap, Profile::Kamailio] {
        for auth in [Auth::None, Auth::Digest, Auth::Basic] {
            let (server, client) = started(profile, auth);
            let sent = |call: &str, at_least: usize| {
                let count = count(&server);
                assert!(count >= at_least, "{call}: {count}");
            };
            client.get(USAGE, None, None, None).unwrap();
            sent("get", 1);
            let put = client.put(USAGE, LISTS, None, None, None).unwrap();
            sent("put", 1);
            let _ = client.insert(USAGE, r#"<list name="b"/>"#, OTHER, None, None);
            sent("insert", 3);
            let _ = client.replace(USAGE, r#"<list name="b"/>"#, OTHER, None, None);
            sent("replace", 2);
            let _ = client.delete(USAGE, OTHER, None, None);
            sent("delete", 1);
            let _ = client.capabilities();
            sent("capabilities", 1);
            let _ = client.documents();
            sent("documents", 1);
            let _ = client.documents_of("sip:bob@example.com");
            sent("documents_of", 1);
            let list = || client.request(USAGE).node(LIST);
            list().with_namespaces().get().unwrap();
            sent("with_namespaces", 1);
            let _ = client.request(USAGE).if_none_match(put.etag()).optional().get();
            sent("optional", 1);
            client.at("resource-lists/users/sip:alice@example.com/index").unwrap().get().unwrap();
            sent("at", 1);
            for method in [Method::Get, Method::Delete] {
                client.request(USAGE).filename("none").send_raw(method, None).unwrap();
                sent("send_raw", 1);
            }
            let body = Some(LISTS.as_bytes());
            client.request(USAGE).filename("raw").send_raw(Method::Put, body).unwrap();
            sent("send_raw", 1);
            client.request(USAGE).filename("new").insert(LISTS).unwrap();
            sent("insert of a document", 2);
        }
    }
}

#[test]
fn each_request_of_a_copy_has_the_header() {
    for profile in [Profile::Rfc4825, Profile::OpenXcap, Profile::Kamailio] {
        for auth in [Auth::None, Auth::Digest] {
            let (server, client) = started(profile, auth);
            let sent = |call: &str, at_least: usize| {
                let count = count(&server);
                assert!(count >= at_least, "{call}: {count}");
            };
            client.request(USAGE).filename("new").open_or_insert(LISTS).unwrap();
            sent("open_or_insert", 2);
            let mut copy = client.open(USAGE).unwrap().retries(3);
            sent("open", 1);
            // Conditions are tried, and what was stored is read back.
            copy.put(OTHER, r#"<list name="b"/>"#).unwrap();
            sent("put", 2);
            // Somebody else changes the document.
            let text = copy.text().to_owned();
            server.set_document(USAGE, ALICE, "index", &text.replace("\"b\"", "\"c\""));
            copy.edit(|draft| draft.delete(LIST).map(drop)).unwrap();
            sent("edit", 1);
            copy.update(|_| LISTS.to_owned()).unwrap();
            sent("update", 1);
            copy.refresh().unwrap();
            sent("refresh", 1);
            let mut by_node = client.open(USAGE).unwrap().by_node(true);
            let _ = by_node.put(OTHER, r#"<list name="b"/>"#);
            sent("by_node", 3);
            by_node.refresh().unwrap();
            by_node.delete_document().unwrap();
            sent("delete_document", 1);
        }
    }
}

#[test]
fn what_is_set_for_one_call_holds_for_all_of_its_requests() {
    let (server, client) = started(Profile::OpenXcap, Auth::Digest);
    let request = || client.request(USAGE).header(NAME, "b").header("x-device", "");
    let sent = |call: &str, at_least: usize| {
        let requests = server.requests();
        assert!(requests.len() >= at_least, "{call}: {requests:?}");
        for request in &requests {
            assert_eq!(values(request, NAME), ["b"], "{call}");
            assert_eq!(values(request, "x-device"), [""; 0], "{call}");
        }
        server.clear_requests();
    };
    let _ = request().node(OTHER).insert(r#"<list name="b"/>"#);
    sent("insert", 4);
    let _ = request().node(LIST).replace(r#"<list name="a"/>"#);
    sent("replace", 3);
    let mut copy = request().open().unwrap();
    copy.edit(|draft| draft.delete(LIST).map(drop)).unwrap();
    copy.refresh().unwrap();
    sent("copy", 4);
    let fields = request().header_fields(Method::Put).unwrap();
    assert!(fields.contains(&(NAME.to_lowercase(), "b".to_owned())), "{fields:?}");
    let fields = client.request(USAGE).header_fields(Method::Get).unwrap();
    assert!(fields.contains(&("x-device".to_owned(), "phone".to_owned())), "{fields:?}");
}

/// Nonces that work once: each call but the first asks for a fresh one by a bare GET.
#[test]
fn what_fetches_a_nonce_has_the_header() {
    let (server, client) = started(Profile::OpenXcap, Auth::Digest);
    for filename in ["a", "b", "c", "d"] {
        client.request(USAGE).filename(filename).put(LISTS).unwrap();
    }
    let is_probe =
        |r: &&RecordedRequest| r.method() == "GET" && r.header("authorization").is_none();
    let requests = server.requests();
    let probes = requests.iter().filter(is_probe).count();
    assert!(probes > 0, "{requests:?}");
    // It has no body to say the type of.
    assert!(requests.iter().filter(is_probe).all(|r| values(r, "content-type").is_empty()));
    count(&server);
    // A call's own header, and a removed one, hold for its probe as well.
    client
        .request(USAGE)
        .filename("e")
        .header(NAME, "b")
        .header("x-device", "")
        .put(LISTS)
        .unwrap();
    let requests = server.requests();
    assert!(requests.iter().any(|request| is_probe(&request)), "{requests:?}");
    for request in &requests {
        assert_eq!(values(request, NAME), ["b"]);
        assert_eq!(values(request, "x-device"), [""; 0]);
    }
}

#[test]
fn what_follows_a_redirect_has_the_header() {
    let calls: [fn(Request<'_>) -> xcaplib::Result<()>; 3] = [
        |request| request.get().map(drop),
        |request| request.put(LISTS).map(drop),
        |request| request.delete().map(drop),
    ];
    for call in calls {
        let server = raw::Server::start([
            reply(307, &["Location: /a"], ""),
            reply(308, &["Location: /b"], ""),
            ok(LISTS),
        ]);
        let client = XCAPClient::builder(&server.origin(), ALICE)
            .header(NAME, IDENTITY)
            .header("Authorization", "Bearer token-4711")
            .build()
            .unwrap();
        call(client.request(USAGE)).unwrap();
        let requests = server.requests();
        assert_eq!(requests.len(), 3);
        for request in requests {
            assert_eq!(request.fields(NAME), [IDENTITY]);
            assert_eq!(request.fields("authorization"), ["Bearer token-4711"]);
        }
    }
}

#[test]
fn what_is_sent_again_has_the_header() {
    // The second request is lost with its idle connection.
    let server = raw::Server::start([ok(LISTS), nothing(), ok(LISTS)]);
    let client =
        XCAPClient::builder(&server.origin(), ALICE).header(NAME, IDENTITY).build().unwrap();
    for _ in 0..2 {
        client.get(USAGE, None, None, None).unwrap();
    }
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    assert!(requests.iter().all(|request| request.fields(NAME) == [IDENTITY]));
}

#[test]
fn a_proxy_gets_no_header() {
    let (server, _) = started(Profile::Rfc4825, Auth::None);
    let relay = Relay::proxy(server.address(), None);
    let proxy = format!("http://127.0.0.1:{}", relay.port());
    let client = XCAPClient::builder("http://xcap.example.com/xcap-root", ALICE)
        .proxy(proxy.as_str())
        .header(NAME, IDENTITY)
        .header("X-Device", "phone")
        .header("User-Agent", "buddies/1.0")
        .build()
        .unwrap();
    client.get(USAGE, None, None, None).unwrap();
    assert_eq!(values(&server.requests()[0], "user-agent"), ["buddies/1.0"]);
    assert_eq!(count(&server), 1);
    let connects = relay.connects();
    assert_eq!(connects.len(), 1);
    let heads = connects.concat().to_lowercase();
    for part in ["x-3gpp", "alice", "x-device", "phone", "buddies"] {
        assert!(!heads.contains(part), "{heads}");
    }
}

#[cfg(feature = "green")]
#[test]
fn each_request_of_a_future_has_the_header() {
    use futures_lite::future::block_on;
    let (server, client) = started(Profile::OpenXcap, Auth::Digest);
    let client = xcaplib::green::XCAPClient::from(client);
    block_on(async {
        client.get(USAGE, None, None, None).await.unwrap();
        let _ = client.insert(USAGE, r#"<list name="b"/>"#, OTHER, None, None).await;
        let _ = client.capabilities().await;
        let _ = client.documents().await;
        let mut copy = client.open(USAGE).await.unwrap();
        copy.edit(|draft| draft.delete(LIST).map(drop)).await.unwrap();
        client.request(USAGE).send_raw(Method::Delete, None).await.unwrap();
    });
    assert!(count(&server) >= 8);
}

/// The fields of this name that a PUT of a list and a GET send.
#[track_caller]
fn sent(
    name: &str,
    client: impl FnOnce(XCAPClientBuilder) -> XCAPClientBuilder,
    call: impl for<'c> Fn(Request<'c>) -> Request<'c>,
) -> [Vec<String>; 2] {
    let server = raw::Server::start([ok(""), ok(LISTS)]);
    let client = client(XCAPClient::builder(&server.origin(), ALICE)).build().unwrap();
    call(client.request(USAGE).node(LIST)).put(r#"<list name="a"/>"#).unwrap();
    call(client.request(USAGE)).get().unwrap();
    let requests = server.requests();
    [requests[0].fields(name), requests[1].fields(name)]
}

fn both(values: &[&'static str]) -> [Vec<&'static str>; 2] {
    [values.to_owned(), values.to_owned()]
}

#[test]
fn a_header_of_one_call_wins() {
    let none: [&str; 0] = [];
    let by = |name: &'static str, value: &'static str| {
        move |builder: XCAPClientBuilder| builder.header(name, value)
    };
    assert_eq!(sent("x-a", by("X-A", "1"), |r| r), both(&["1"]));
    assert_eq!(sent("x-a", by("X-A", "1"), |r| r.header("x-a", "2")), both(&["2"]));
    assert_eq!(sent("x-a", by("X-A", "1"), |r| r.header("x-A", "")), both(&none));
    let twice = sent("x-a", by("X-A", "1"), |r| r.header("x-a", "2").header("X-A", "3"));
    assert_eq!(twice, both(&["2", "3"]));
    let after_none = sent("x-a", by("X-A", "1"), |r| r.header("x-a", "").header("x-a", "2"));
    assert_eq!(after_none, both(&["2"]));
    let then_none = sent("x-a", by("X-A", "1"), |r| r.header("x-a", "2").header("x-a", ""));
    assert_eq!(then_none, both(&none));
    assert_eq!(sent("x-a", by("X-A", ""), |r| r), both(&none));
    assert_eq!(sent("x-a", by("X-A", ""), |r| r.header("x-a", "2")), both(&["2"]));
    let removed = |builder: XCAPClientBuilder| builder.header("X-A", "1").header("x-a", "");
    assert_eq!(sent("x-a", removed, |r| r), both(&none));
}

#[test]
fn headers_that_the_client_has_by_itself_are_replaced() {
    let none: [&str; 0] = [];
    let by = |name: &'static str, value: &'static str| {
        move |builder: XCAPClientBuilder| builder.header(name, value)
    };
    for name in ["Accept", "User-Agent"] {
        assert_eq!(sent(name, by(name, "a"), |r| r), both(&["a"]));
        assert_eq!(sent(name, by(name, "a"), |r| r.header(name, "b")), both(&["b"]));
        assert_eq!(sent(name, by(name, "a"), |r| r.header(name, "")), both(&none));
        assert_eq!(sent(name, by(name, ""), |r| r), both(&none));
        assert_eq!(sent(name, |b| b, |r| r.header(name, "")), both(&none));
    }
    let agents = |builder: XCAPClientBuilder| builder.header("user-agent", "a").user_agent("b");
    assert_eq!(sent("user-agent", agents, |r| r), both(&["a"]));
    let host = sent("host", by("Host", "xcap.example.com"), |r| r);
    assert_eq!(host, both(&["xcap.example.com"]));
}

/// Of a body alone, whatever it is a part of.
#[test]
fn a_content_type_goes_with_bodies() {
    let none: [&str; 0] = [];
    let put = |value: &'static str| [vec![value], Vec::new()];
    let xml = |builder: XCAPClientBuilder| builder.header("Content-Type", "text/xml");
    let empty = |builder: XCAPClientBuilder| builder.header("content-type", "");
    let name = "content-type";
    assert_eq!(sent(name, |b| b, |r| r), put("application/xcap-el+xml"));
    assert_eq!(sent(name, xml, |r| r), put("text/xml"));
    assert_eq!(sent(name, xml, |r| r.content_type("a/b")), put("a/b"));
    assert_eq!(sent(name, xml, |r| r.content_type("")), both(&none));
    assert_eq!(sent(name, empty, |r| r), both(&none));
    assert_eq!(sent(name, empty, |r| r.content_type("a/b")), put("a/b"));
    let by_header = sent(name, xml, |r| r.header(name, "a/b").content_type("c/d"));
    assert_eq!(by_header, [["a/b"], ["a/b"]]);
    let removed = sent(name, xml, |r| r.header(name, "").content_type("c/d"));
    assert_eq!(removed, [none, none]);
}

#[test]
fn an_authorization_goes_before_the_password() {
    let server = Server::builder().auth(Auth::Digest).user(ALICE, "secret").start().unwrap();
    server.set_document(USAGE, ALICE, "index", LISTS);
    let client = XCAPClient::builder(&server.root(), ALICE)
        .password("secret")
        .authorization(|_| Some("Bearer of-the-closure".to_owned()))
        .header("Authorization", "Bearer token-4711")
        .build()
        .unwrap();
    let error = client.get(USAGE, None, None, None).unwrap_err();
    assert!(error.is_unauthorized());
    assert!(!format!("{error} {error:?} {client:?}").contains("4711"));
    let sent = |at: usize| server.requests()[at].header("authorization").map(str::to_owned);
    assert_eq!(server.requests().len(), 1);
    assert_eq!(sent(0).as_deref(), Some("Bearer token-4711"));
    // Without it, the closure is asked.
    let _ = client.request(USAGE).header("authorization", "").get();
    assert_eq!(sent(1).as_deref(), Some("Bearer of-the-closure"));
    let _ = client.request(USAGE).header("authorization", "Bearer of-the-call").get();
    assert_eq!(
        server.requests().last().unwrap().header("authorization"),
        Some("Bearer of-the-call")
    );
}

#[test]
fn no_value_is_shown() {
    let builder = XCAPClient::builder("http://xcap.example.com", ALICE)
        .header("Authorization", "Bearer token-4711")
        .header("X-Api-Key", "token-4711");
    assert!(!format!("{builder:?} {builder:#?}").contains("4711"));
    let client = builder.build().unwrap();
    assert!(!format!("{client:?} {:?}", client.request(USAGE)).contains("4711"));
}

#[track_caller]
fn refused(builder: XCAPClientBuilder, text: &str) {
    let error = builder.build().unwrap_err();
    assert!(error.is_invalid_input());
    assert_eq!(error.to_string(), text);
}

#[test]
fn what_no_request_can_carry_is_refused_by_build() {
    let builder = || XCAPClient::builder("http://xcap.example.com", ALICE);
    for value in ["a\r\nX-B: c", "a\nb", "a\rb", "a\0b", "\u{7f}", "\u{1}"] {
        refused(
            builder().header("X-A", value),
            "header `X-A`: the value holds a line break, NUL or another control character",
        );
    }
    for (name, shown) in [("", ""), ("X A", "X A"), ("X-A:", "X-A:"), ("X\r\nY", "X\\r\\nY")] {
        refused(builder().header(name, "a"), &format!("header `{shown}` is not a header name"));
    }
    for name in ["Content-Length", "Transfer-Encoding", "Expect", "TE", "Trailer"] {
        let text =
            format!("header `{}` frames the message and cannot be given", name.to_lowercase());
        refused(builder().header(name, "a"), &text);
        refused(builder().header(name, ""), &text);
    }
    let long = "a".repeat(120 * 1024 + 1);
    refused(builder().header("X-A", &long), "header `X-A`: the value is longer than 122880 bytes");
    for name in ["Authorization", "Host"] {
        refused(
            builder().header(name, "\u{e9}"),
            &format!("header `{name}`: the value holds a character that is not ASCII"),
        );
    }
    // One that another replaces is no better.
    refused(
        builder().header("X-A", "a\nb").header("X-A", "c"),
        "header `X-A`: the value holds a line break, NUL or another control character",
    );
}

#[test]
fn what_is_meant_for_one_request_is_refused_by_build() {
    let builder = || XCAPClient::builder("http://xcap.example.com", ALICE);
    for name in [
        "If-Match",
        "if-none-match",
        "If-Modified-Since",
        "If-Unmodified-Since",
        "If-Range",
        "Range",
    ] {
        refused(
            builder().header(name, "\"a\""),
            &format!(
                "header `{name}` cannot be meant for every request; give it to the one that it is \
                 meant for"
            ),
        );
    }
    refused(
        builder().header("Proxy-Authorization", "Basic dTpodW50ZXIy"),
        "header `Proxy-Authorization` would go to the server; put user name and password into the \
         URL of `proxy`",
    );
}
