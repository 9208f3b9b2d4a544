//! What goes over the wire, byte for byte, and what comes of answers that are not whole.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

#[path = "support/raw.rs"]
mod raw;

use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use raw::{Reply, Request, Server, nothing, ok, raw, reply};
use xcaplib::{
    ETag, Element, Error, Method, NodeSelector, Request as Builder, Resource, Response, Result,
    XCAPClient, XCAPClientBuilder,
};

const LISTS: &str = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
const INDEX: &str = "/resource-lists/users/sip:alice@example.com/index";

fn client(server: &Server) -> XCAPClient {
    builder(server).build().unwrap()
}

fn builder(server: &Server) -> XCAPClientBuilder {
    XCAPClient::builder(&server.origin(), "sip:alice@example.com")
}

/// The one request that a call of a client without options sends.
#[track_caller]
fn sent<T>(call: impl FnOnce(&XCAPClient) -> Result<T>) -> Request {
    let server = Server::start([ok("<a/>")]);
    call(&client(&server)).unwrap();
    assert_eq!(server.requests().len(), 1);
    server.last()
}

/// The one request that this builder call and a GET send.
#[track_caller]
fn got(options: impl for<'c> FnOnce(Builder<'c>) -> Builder<'c>) -> Request {
    sent(|client| options(client.request("resource-lists")).get())
}

/// The same for a PUT of a document.
#[track_caller]
fn put(options: impl for<'c> FnOnce(Builder<'c>) -> Builder<'c>) -> Request {
    sent(|client| options(client.request("resource-lists")).put(LISTS))
}

/// Asserts that the call is refused before a connection is made, with this text.
#[track_caller]
fn refused<T>(call: impl FnOnce(&XCAPClient) -> Result<T>, text: &str) {
    let server = Server::start([]);
    let error = call(&client(&server)).err().unwrap();
    assert_eq!(error.to_string(), text);
    assert!(error.is_invalid_input());
    assert_eq!(server.connections(), 0);
}

#[track_caller]
fn failed(replies: impl IntoIterator<Item = Reply>) -> (Error, Server) {
    let server = Server::start(replies);
    let error = client(&server).get("resource-lists", None, None, None).unwrap_err();
    (error, server)
}

/// Asserts that the bytes after the request are this text, `HOST` being the server's.
#[track_caller]
fn head(server: &Server, expected: &str) {
    let head = String::from_utf8(server.last().head).unwrap();
    let host = server.address().to_string();
    assert_eq!(head, expected.replace("HOST", &host).replace('\n', "\r\n"));
}

// Requests.

#[test]
fn a_request_is_these_bytes_and_no_others() {
    let server = Server::start([ok("<a/>"), ok(""), ok("")]);
    let client = builder(&server).user_agent("test/1").build().unwrap();
    client.get("resource-lists", None, None, None).unwrap();
    head(
        &server,
        "GET /resource-lists/users/sip:alice@example.com/index HTTP/1.1\n\
         user-agent: test/1\naccept: */*\nhost: HOST\n\n",
    );
    client.delete("resource-lists", "/resource-lists/list", None, None).unwrap();
    head(
        &server,
        "DELETE /resource-lists/users/sip:alice@example.com/index/~~/resource-lists/list HTTP/1.1\n\
         user-agent: test/1\naccept: */*\nhost: HOST\n\n",
    );
    client.put("resource-lists", LISTS, None, "one", None).unwrap();
    head(
        &server,
        "PUT /resource-lists/users/sip:alice@example.com/index HTTP/1.1\n\
         content-length: 63\nuser-agent: test/1\naccept: */*\nhost: HOST\n\
         if-match: \"one\"\ncontent-type: application/resource-lists+xml\n\n",
    );
    assert_eq!(server.last().body, LISTS.as_bytes());
}

#[test]
fn the_media_type_is_that_of_what_is_put() {
    let entry = || Element::new("entry").attr("uri", "sip:bob@example.com");
    let types = [
        (
            sent(|c| c.put("resource-lists", LISTS, None, None, None)),
            "application/resource-lists+xml",
        ),
        (sent(|c| c.put("unheard-of", "<a/>", None, None, None)), "application/xml"),
        (
            sent(|c| c.put("resource-lists", entry(), "resource-lists/list/entry", None, None)),
            "application/xcap-el+xml",
        ),
        (
            sent(|c| c.put("resource-lists", "friends", "resource-lists/list/@name", None, None)),
            "application/xcap-att+xml",
        ),
    ];
    for (request, media_type) in types {
        assert_eq!(request.fields("content-type"), [media_type]);
        assert_eq!(request.fields("content-length"), [request.body.len().to_string()]);
    }
}

#[test]
fn a_body_goes_out_as_it_is() {
    for body in ["\u{feff}<é>\r\n\t</é>\n".as_bytes(), b"", b"\xff\0", &[b'x'; 300_000]] {
        let request = sent(|c| c.request("unheard-of").validate(false).put(body));
        assert_eq!(request.body, body);
        assert_eq!(request.fields("content-length"), [body.len().to_string()]);
        assert_eq!(request.fields("transfer-encoding"), [""; 0]);
    }
}

#[test]
fn conditions_have_the_form_of_the_field() {
    for (given, field) in [
        ("abc", "\"abc\""),
        ("\"abc\"", "\"abc\""),
        ("*", "*"),
        ("W/\"abc\"", "W/\"abc\""),
        ("\"a\", \"b\"", "\"a\", \"b\""),
        ("", "\"\""),
    ] {
        let request = got(|request| request.if_none_match(given));
        assert_eq!(request.fields("if-none-match"), [field]);
        assert_eq!(request.fields("if-match"), [""; 0]);
        assert_eq!(put(|request| request.if_match(given)).fields("if-match"), [field]);
    }
    assert_eq!(got(|r| r.if_match(None).if_none_match(None)).fields("if-match"), [""; 0]);
}

#[test]
fn an_etag_goes_back_byte_for_byte() {
    for field in [
        &b"\"sr-17-4711-3\""[..],
        b"W/\"weak\"",
        b"bare",
        b"*",
        b"\"\xe9\xff\"",
        "\"é\"".as_bytes(),
        b"\"a\"b\"",
        b"\"a\\b, c\"",
    ] {
        let head = [b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nETag: ", field, b"\r\n\r\n<a/>"];
        let server = Server::start([raw(head.concat()), ok("")]);
        let client = client(&server);
        let found = client.get("resource-lists", None, None, None).unwrap();
        client.delete("resource-lists", None, found.etag(), None).unwrap();
        let expected = [b"\r\nif-match: ", field, b"\r\n"].concat();
        assert!(server.last().head.windows(expected.len()).any(|bytes| bytes == expected));
    }
}

#[test]
fn headers_of_the_caller_win_whatever_their_case() {
    let request = put(|request| {
        let request = request.header("uSER-agent", "mine").header("ACCEPT", "text/xml");
        let request = request.header("hOst", "xcap.example.com").header("content-TYPE", "a/b");
        request.header("if-MATCH", "\"mine\"").if_match("other").header("IF-none-match", "*")
    });
    for (name, value) in [
        ("user-agent", "mine"),
        ("accept", "text/xml"),
        ("host", "xcap.example.com"),
        ("content-type", "a/b"),
        ("if-match", "\"mine\""),
        ("if-none-match", "*"),
    ] {
        assert_eq!(request.fields(name), [value], "{name}");
    }
    let by_call = |headers: &[(&str, &str)]| sent(|c| c.get("resource-lists", None, "a", headers));
    assert_eq!(by_call(&[("IF-MATCH", "b")]).fields("if-match"), ["b"]);
    assert_eq!(by_call(&[("X-A", "1"), ("x-a", "é\t2")]).fields("x-a"), ["1", "Ã©\t2"]);
}

#[test]
fn an_empty_content_type_sends_none() {
    for request in [put(|r| r.content_type("")), put(|r| r.header("CONTENT-TYPE", ""))] {
        assert_eq!(request.fields("content-type"), [""; 0]);
        assert_eq!(request.body, LISTS.as_bytes());
    }
    assert_eq!(put(|r| r.content_type("text/xml")).fields("content-type"), ["text/xml"]);
}

#[test]
fn a_field_that_a_request_has_once_is_sent_once() {
    let media_types = |request: Request| request.fields("content-type");
    assert_eq!(media_types(put(|r| r.content_type("a/b").content_type("c/d"))), ["c/d"]);
    assert_eq!(media_types(put(|r| r.content_type("").content_type("c/d"))), ["c/d"]);
    assert_eq!(media_types(put(|r| r.content_type("a/b").content_type(""))), [""; 0]);
    let by_header = put(|r| r.header("Content-type", "a/b").content_type("c/d"));
    assert_eq!(media_types(by_header), ["a/b"]);
    assert_eq!(media_types(put(|r| r.header("Content-type", "").content_type("c/d"))), [""; 0]);
    // It is about a body.
    assert_eq!(media_types(got(|r| r.content_type("a/b"))), [""; 0]);
    for name in ["Content-Type", "If-Match", "User-Agent", "Host", "Authorization"] {
        let request =
            put(|r| r.header(name, "").header(&name.to_lowercase(), "a").header(name, "b"));
        assert_eq!(request.fields(name), ["b"], "{name}");
    }
    for name in ["If-None-Match", "Accept", "X-A"] {
        let request = put(|r| r.header(name, "a").header(name, "b"));
        assert_eq!(request.fields(name), ["a", "b"], "{name}");
    }
}

#[test]
fn what_no_header_can_carry_is_refused_before_a_byte_is_sent() {
    let control = |name| {
        format!("header `{name}`: the value holds a line break, NUL or another control character")
    };
    for value in ["a\r\nX-B: c", "a\nb", "a\rb", "a\0b", "\u{7f}"] {
        refused(|c| c.get("resource-lists", None, None, &[("X-A", value)]), &control("X-A"));
        refused(|c| c.request("x").content_type(value).put("<a/>"), &control("content-type"));
        refused(|c| c.request("x").content_type(value).insert("<a/>"), &control("content-type"));
        refused(|c| c.delete("resource-lists", None, value, None), &control("if-match"));
        refused(|c| c.request("x").if_none_match(value).get(), &control("if-none-match"));
    }
    for (name, shown) in [
        ("", ""),
        ("X A", "X A"),
        ("X-A:", "X-A:"),
        ("X\r\nY", "X\\r\\nY"),
        ("é", "é"),
        ("\0", "\\0"),
    ] {
        let text = format!("header `{shown}` is not a header name");
        refused(|c| c.put("x", "<a/>", None, None, &[(name, "v")]), &text);
    }
    for name in ["Content-Length", "TRANSFER-ENCODING", "expect", "TE", "Trailer"] {
        let text = format!(
            "header `{}` frames the message and cannot be given",
            name.to_ascii_lowercase()
        );
        refused(|c| c.request("x").header(name, "1").put("<a/>"), &text);
        refused(|c| c.request("x").header(name, "1").insert("<a/>"), &text);
    }
}

#[test]
fn what_would_name_another_document_is_refused_before_a_byte_is_sent() {
    refused(|c| c.get("", None, None, None), "application `` is empty");
    refused(|c| c.get("~~", None, None, None), "application `~~` would end the document selector");
    refused(
        |c| c.request("x").user("..").get(),
        "user id `..` is a relative path, which would name another document",
    );
    refused(
        |c| c.request("x").user("a\r\nb@c").get(),
        "user id `sip:a\\r\\nb@c` holds a line break or NUL",
    );
    refused(
        |c| c.request("x").filename("a/../b").get(),
        "filename `..` is a relative path, which would name another document",
    );
    refused(
        |c| c.request("x").filename("").get(),
        "filename `` is empty; leave it out for the application usage's own",
    );
    refused(
        |c| c.put("x", "<a/>", "/a/namespace::*", None, None),
        "namespace bindings can only be fetched; put the element that declares them",
    );
}

// Targets.

const VALUES: [&str; 19] = [
    "a b",
    "é",
    "\"",
    "'",
    "\"'",
    "&",
    "<",
    ">",
    "]",
    "/",
    "?",
    "#",
    "%",
    "+",
    "~~",
    "%22",
    "*",
    "/~~/",
    "\u{1F600}\t\r\n",
];

/// The expression that a target's node selector decodes to, by the letter of RFC 3986.
fn decoded(target: &str) -> String {
    let (_, node) = target.split_once("/~~").unwrap();
    let mut bytes = Vec::new();
    let mut rest = node.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn every_value_arrives_as_it_was_meant() {
    for value in VALUES {
        let selector = NodeSelector::root("resource-lists")
            .child("list")
            .with_attr("name", value)
            .child("entry")
            .nth(2)
            .with_attr("uri", value);
        let by_builder = sent(|c| c.get("resource-lists", &selector, None, None)).target();
        let text = selector.to_string();
        let by_text = sent(|c| c.get("resource-lists", text.as_str(), None, None)).target();
        assert_eq!(decoded(&by_builder), text);
        assert_eq!(by_text, by_builder);
        let (document, node) = by_builder.split_once("/~~/").unwrap();
        assert_eq!(document, INDEX);
        assert_eq!(node.split('/').count(), 3, "{node}");
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~!$&'()*,;=:@%/".contains(c);
        assert!(node.chars().all(is_plain), "{node}");
        assert_eq!(text.parse::<NodeSelector>().unwrap(), selector);
    }
}

#[test]
fn bindings_are_the_query() {
    let selector = NodeSelector::root("cr:ruleset")
        .child("cr:rule")
        .with_attr("id", "a?b")
        .bind("cr", "urn:ietf:params:xml:ns:common-policy")
        .bind("p", "urn:x(1)^");
    let request = sent(|c| c.get("pres-rules", selector, None, None));
    assert_eq!(
        request.target(),
        "/pres-rules/users/sip:alice@example.com/index/~~/cr:ruleset/cr:rule%5B@id=%22a%3Fb%22%5D\
         ?xmlns(cr=urn:ietf:params:xml:ns:common-policy)xmlns(p=urn:x%5E(1%5E)%5E%5E)"
    );
}

#[test]
fn trees_users_and_filenames_are_in_the_path() {
    fn target(application: &str, options: for<'c> fn(Builder<'c>) -> Builder<'c>) -> String {
        sent(|client| options(client.request(application)).get()).target()
    }
    for (found, expected) in [
        (target("resource-lists", |r| r), INDEX),
        (target("resource-lists", |r| r.global().filename("a")), "/resource-lists/global/a"),
        (target("xcap-caps", |r| r), "/xcap-caps/global/index"),
        (
            target("resource-lists", |r| r.user("bob@example.com").global()),
            "/resource-lists/global/index",
        ),
        // A user who is not asked for is not looked at.
        (target("resource-lists", |r| r.user("").global()), "/resource-lists/global/index"),
        (
            target("resource-lists", |r| r.global().user("bob@example.com")),
            "/resource-lists/users/sip:bob@example.com/index",
        ),
        (
            target("xcap-caps", |r| r.user("bob@example.com")),
            "/xcap-caps/users/sip:bob@example.com/index",
        ),
        (
            target("resource-lists", |r| r.user("tel:+49;x=1/2")),
            "/resource-lists/users/tel:%2B49;x=1%2F2/index",
        ),
        (
            target("resource-lists", |r| r.filename("a b/ü~~/c.xml").node("/x")),
            "/resource-lists/users/sip:alice@example.com/a%20b/%C3%BC~~/c.xml/~~/x",
        ),
        (
            target("org.openmobilealliance.pres-rules", |r| r),
            "/org.openmobilealliance.pres-rules/users/sip:alice@example.com/pres-rules",
        ),
    ] {
        assert_eq!(found, expected);
    }
    let server = Server::start([ok("<a/>")]);
    let root = format!("{}/xcap/r%C3%B6ot/", server.origin());
    let client = XCAPClient::new(&root, "alice@example.com", None).unwrap();
    client.get("resource-lists", None, None, None).unwrap();
    assert_eq!(server.last().target(), format!("/xcap/r%C3%B6ot{INDEX}"));
    let url = format!("{}/xcap/r%C3%B6ot{INDEX}", server.origin());
    assert_eq!(client.url("resource-lists", None).unwrap(), url);
}

#[test]
fn without_validation_everything_goes_out() {
    let request = sent(|client| {
        client.request("resource-lists").node("a[[b c]/x:y?#%").validate(false).put("<not <xml")
    });
    assert_eq!(request.target(), format!("{INDEX}/~~/a%5B%5Bb%20c%5D/x:y%3F%23%25"));
    assert_eq!(request.body, b"<not <xml");
    assert_eq!(request.fields("content-type"), ["application/xcap-el+xml"]);
    let prefixed = sent(|c| c.request("x").node("/p:a/@p:b").validate(false).get());
    assert_eq!(prefixed.target(), "/x/users/sip:alice@example.com/index/~~/p:a/@p:b");
}

#[test]
fn raw_requests_carry_a_body_or_none() {
    for (method, name) in [(Method::Get, "GET"), (Method::Put, "PUT"), (Method::Delete, "DELETE")] {
        let request = sent(|c| c.request("x").send_raw(method, Some(b"<a/>")));
        assert_eq!(request.line().split(' ').next(), Some(name));
        assert_eq!(
            (request.fields("content-length"), &request.body[..]),
            (vec!["4".into()], &b"<a/>"[..])
        );
        let request = sent(|c| c.request("x").validate(false).send_raw(method, None));
        assert_eq!(request.fields("transfer-encoding"), [""; 0]);
        // A PUT has always a body.
        let (length, media_type) = match method {
            Method::Put => (vec!["0"], vec!["application/xml"]),
            _ => (vec![], vec![]),
        };
        assert_eq!(request.fields("content-length"), length);
        assert_eq!(request.fields("content-type"), media_type);
    }
    for body in [None, Some(&b""[..])] {
        let request = sent(|c| c.request("x").node("/a/@b").send_raw(Method::Put, body));
        assert_eq!(request.fields("content-length"), ["0"]);
        assert_eq!(request.fields("content-type"), ["application/xcap-att+xml"]);
    }
}

#[test]
fn raw_requests_are_checked_like_others() {
    for (method, body) in [
        (Method::Put, None),
        (Method::Put, Some(&b"<a/>"[..])),
        (Method::Delete, None),
        (Method::Delete, Some(b"<a/>")),
    ] {
        refused(
            |c| c.request("x").node("/a/namespace::*").send_raw(method, body),
            "namespace bindings can only be fetched; put the element that declares them",
        );
        let unchecked =
            sent(|c| c.request("x").node("/a/namespace::*").validate(false).send_raw(method, body));
        assert!(unchecked.target().ends_with("/a/namespace::*"));
    }
    for body in [None, Some(&b"<a/>"[..])] {
        let got = sent(|c| c.request("x").node("/a/namespace::*").send_raw(Method::Get, body));
        assert_eq!(got.body, body.unwrap_or_default());
    }
    for body in [None, Some(&b""[..])] {
        refused(
            |c| c.request("x").send_raw(Method::Put, body),
            "document body, line 1, column 1: there is no element",
        );
    }
}

// Connections.

#[test]
fn many_calls_share_one_connection() {
    let statuses = [200, 404, 201, 409, 412, 429, 304, 204];
    let server = Server::start(statuses.into_iter().cycle().take(40).map(|status| match status {
        // These have no body, whatever they say.
        204 => raw("HTTP/1.1 204 No Content\r\n\r\n"),
        304 => raw("HTTP/1.1 304 Not Modified\r\nContent-Length: 99999999\r\n\r\n"),
        _ => reply(status, &[], "<a/>"),
    }));
    let client = client(&server);
    for _ in 0..40 {
        client.clone().request("x").send_raw(Method::Get, None).unwrap();
    }
    assert_eq!(server.requests().len(), 40);
    assert_eq!(server.connections(), 1);
}

#[test]
fn a_challenge_is_answered_on_its_connection() {
    let challenge = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"";
    let refusal = "x".repeat(100_000);
    let server = Server::start([reply(401, &[challenge], &refusal), ok("<a/>")]);
    let client = builder(&server).password("secret").build().unwrap();
    assert_eq!(client.get("x", None, None, None).unwrap(), "<a/>");
    assert_eq!(server.connections(), 1);
    let [authorization] = &server.last().fields("authorization")[..] else { panic!("not one") };
    // Some servers split at `", "` and at the first `=`.
    assert!(authorization.starts_with("Digest username=\"alice\", realm=\"r\", nonce=\"n\", "));
    let uri = format!(", uri=\"{}\", ", server.last().target());
    assert!(authorization.contains(&uri), "{authorization}");
}

/// A client with one idle connection, which the server ends when the next request has come.
fn closed_under_the_request(then: Reply) -> (XCAPClient, Server) {
    let server = Server::start([ok("<a/>"), nothing(), then]);
    let client = client(&server);
    client.get("x", None, None, None).unwrap();
    (client, server)
}

#[test]
fn a_get_is_sent_again_where_its_idle_connection_was_closed() {
    let (client, server) = closed_under_the_request(ok("<b/>"));
    assert_eq!(client.get("x", None, None, None).unwrap(), "<b/>");
    let connections: Vec<_> = server.requests().iter().map(|r| r.connection).collect();
    assert_eq!(connections, [0, 0, 1]);
}

#[test]
fn a_get_is_sent_again_once() {
    let (client, server) = closed_under_the_request(nothing());
    let error = client.get("x", None, None, None).unwrap_err();
    assert!(error.is_transport());
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn a_get_on_a_new_connection_is_not_sent_again() {
    let (error, server) = failed([nothing(), ok("<a/>")]);
    assert!(error.is_transport() && !error.is_timeout());
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_change_is_not_sent_again() {
    let calls: [fn(&XCAPClient) -> Result<Response>; 2] =
        [|c| c.put("x", "<a/>", None, None, None), |c| c.delete("x", None, None, None)];
    for call in calls {
        let (client, server) = closed_under_the_request(ok(""));
        assert!(call(&client).unwrap_err().is_transport());
        assert_eq!(server.requests().len(), 2);
    }
}

#[test]
fn a_get_sent_again_spends_another_nonce_count() {
    let challenge = r#"WWW-Authenticate: Digest realm="r", nonce="n", qop="auth""#;
    let server = Server::start([reply(401, &[challenge], ""), ok("<a/>"), nothing(), ok("<a/>")]);
    let client = XCAPClient::new(&server.origin(), "alice@example.com", "secret").unwrap();
    client.get("x", None, None, None).unwrap();
    client.get("x", None, None, None).unwrap();
    let counts: Vec<_> = server
        .requests()
        .iter()
        .flat_map(|request| request.fields("authorization"))
        .map(|value| value.split_once("nc=").unwrap().1.chars().take(8).collect::<String>())
        .collect();
    assert_eq!(counts, ["00000001", "00000002", "00000003"]);
}

#[test]
fn what_a_fetched_nonce_comes_with_is_not_asked_for() {
    let challenge = |nonce: &str| {
        let field = format!(r#"WWW-Authenticate: Digest realm="r", nonce="{nonce}", qop="auth""#);
        reply(401, &[&field], "")
    };
    let server = Server::start([
        challenge("one"),
        ok("<a/>"),
        // The nonce was good once, which is learnt.
        reply(401, &[], ""),
        challenge("two"),
        ok("<a/>"),
        // A document that everybody may read, larger than the client takes.
        ok(&"x".repeat(100)),
        ok(""),
    ]);
    let builder = XCAPClient::builder(&server.origin(), "alice@example.com");
    let client = builder.password("secret").max_body(10).build().unwrap();
    client.get("x", None, None, None).unwrap();
    client.get("x", None, None, None).unwrap();
    client.put("x", "<a/>", None, None, None).unwrap();
    let methods: Vec<_> =
        server.requests().iter().map(|r| r.line().chars().take(3).collect::<String>()).collect();
    assert_eq!(methods, ["GET", "GET", "GET", "GET", "GET", "GET", "PUT"]);
}

#[test]
fn a_connection_closed_while_idle_is_not_used() {
    let server = Server::start([ok("<a/>").close(), ok("")]);
    let client = client(&server);
    client.get("x", None, None, None).unwrap();
    server.wait_closed(0);
    client.put("x", "<a/>", None, None, None).unwrap();
    assert_eq!(server.last().connection, 1);
}

#[test]
fn a_connection_is_not_kept_where_the_server_says_so() {
    let server = Server::start([reply(200, &["Connection: close"], "<a/>"), ok("<b/>")]);
    let client = client(&server);
    client.get("x", None, None, None).unwrap();
    assert_eq!(client.get("x", None, None, None).unwrap(), "<b/>");
    assert_eq!(server.last().connection, 1);
}

// Answers that are late, missing, too large or not whole.

#[test]
fn a_refused_connection_is_a_transport_error() {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let root = format!("http://127.0.0.1:{port}");
    let client = XCAPClient::new(&root, "alice@example.com", None).unwrap();
    let error = client.put("x", "<a/>", None, None, None).unwrap_err();
    assert!(error.is_transport() && !error.is_timeout() && !error.is_tls());
    assert!(error.response().is_none() && error.status().is_none());
    assert!(std::error::Error::source(&error).is_some());
}

/// A 200 of ten bytes, of which four come.
fn partial() -> Reply {
    raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n<abc")
}

#[test]
fn the_time_for_a_call_runs_out() {
    let hanging = [raw("").hang(), raw("HTTP/1.1 200 OK\r\nContent-").hang(), partial().hang()];
    for reply in hanging {
        let server = Server::start([reply.clone(), reply]);
        let short = Duration::from_millis(50);
        let by_call = client(&server).request("x").timeout(short).get().unwrap_err();
        let by_client = builder(&server).timeout(short).build().unwrap();
        let by_client = by_client.get("x", None, None, None).unwrap_err();
        for error in [by_call, by_client] {
            assert!(error.is_timeout() && error.is_transport(), "{error}");
        }
    }
}

#[test]
fn one_time_is_for_all_requests_of_a_call() {
    let server = Server::start([reply(404, &[], ""), raw("").hang(), ok("")]);
    let call = client(&server);
    let error = call.request("x").timeout(Duration::from_millis(100)).insert("<a/>").unwrap_err();
    assert!(error.is_timeout());
    assert!(server.requests().len() <= 2);
}

#[test]
fn no_time_sends_nothing_and_endless_time_is_no_panic() {
    let server = Server::start([ok("<a/>"), ok("<a/>")]);
    let client = client(&server);
    let error = client.request("x").timeout(Duration::ZERO).get().unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(server.connections(), 0);
    assert_eq!(client.request("x").timeout(Duration::MAX).get().unwrap(), "<a/>");
    let endless = builder(&server).timeout(Duration::MAX).connect_timeout(Duration::MAX);
    assert_eq!(endless.build().unwrap().get("x", None, None, None).unwrap(), "<a/>");
}

#[test]
fn a_body_over_the_limit_is_an_error() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
                   4\r\n<a/>\r\n4\r\n<!--\r\n3\r\n-->\r\n0\r\n\r\n";
    let until_close = "HTTP/1.0 200 OK\r\n\r\n<a/><!---->";
    let declared = reply(200, &[], "<a/><!---->");
    for reply in [declared, raw(chunked), raw(until_close).close()] {
        let get = |max_body| -> Result<Resource> {
            let server = Server::start([reply.clone()]);
            builder(&server).max_body(max_body).build().unwrap().get("x", None, None, None)
        };
        assert_eq!(get(11).unwrap(), "<a/><!---->");
        let error = get(10).unwrap_err();
        assert!(error.is_too_large() && error.status() == Some(200), "{error}");
    }
}

#[test]
fn a_body_over_the_limit_is_not_waited_for() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n";
    let (error, _) = failed([raw(head).hang()]);
    assert!(error.is_too_large());
}

#[test]
fn an_answer_that_is_not_whole_is_an_error() {
    for cut in [
        partial(),
        raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n<a/>\r\n"),
        raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n<a"),
        raw("HTTP/1.1 200 OK\r\nContent-"),
        raw("HTTP/1.1 409 Conflict\r\nContent-Length: 10\r\n\r\n<abc"),
    ] {
        let (error, _) = failed([cut.close()]);
        assert!(error.is_transport() && !error.is_timeout(), "{error}");
    }
}

#[test]
fn what_is_not_http_is_a_malformed_response() {
    for text in ["SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/1.1 two hundred\r\n\r\n", "<a/>\r\n\r\n"] {
        let (error, _) = failed([raw(text).close()]);
        assert!(error.is_malformed_response() && !error.is_transport(), "{text:?}: {error}");
    }
}

#[test]
fn an_etag_that_is_none_is_left_out() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nETag:  \r\n\r\n<a/>";
    let server = Server::start([raw(head)]);
    let found = client(&server).get("x", None, None, None).unwrap();
    assert_eq!(found.etag(), None::<&ETag>);
}
