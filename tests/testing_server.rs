//! The test server itself, from outside: raw sockets for what no client sends, and the client.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests")]

#[path = "support/digest.rs"]
mod digest;

use std::error::Error;
use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use digest::{Asked, Digest};
use xcaplib::testing::{Algorithm, Auth, Fault, Nonces, Profile, Server, ServerBuilder};
use xcaplib::{Application, NodeSelector, RootElement, XCAPClient};

type Result<T = (), E = Box<dyn Error>> = std::result::Result<T, E>;

const ALICE: &str = "sip:alice@example.com";
const LISTS: &str = concat!(
    r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists">"#,
    r#"<list name="friends"><entry uri="sip:bob@example.com"/></list></resource-lists>"#
);
const INDEX: &str = "/resource-lists/users/sip:alice@example.com/index";
const LISTS_TYPE: &str = "Content-Type: application/resource-lists+xml\r\n";
const ELEMENT_TYPE: &str = "Content-Type: application/xcap-el+xml\r\n";
const ATTRIBUTE_TYPE: &str = "Content-Type: application/xcap-att+xml\r\n";

/// A connection that sends what it is given.
struct Wire {
    stream: TcpStream,
    buffer: Vec<u8>,
    host: String,
}

#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.head.lines().skip(1).filter_map(|line| line.split_once(": "))
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.fields().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

impl Wire {
    fn to(server: &Server) -> Self {
        let stream = TcpStream::connect(server.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        Self { stream, buffer: Vec::new(), host: server.address().to_string() }
    }

    fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).unwrap();
    }

    fn head(&mut self) -> io::Result<String> {
        loop {
            if let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                let rest = self.buffer.split_off(end + 4);
                let head = std::mem::replace(&mut self.buffer, rest);
                return Ok(String::from_utf8(head).unwrap());
            }
            self.fill()?;
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        let mut piece = [0; 4096];
        match self.stream.read(&mut piece)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            read => {
                self.buffer.extend(&piece[..read]);
                Ok(())
            }
        }
    }

    /// Reads an answer; `has_body` is whether a body follows the head.
    fn read(&mut self, has_body: bool) -> Answer {
        let head = self.head().unwrap();
        let status = head[9..12].parse().unwrap();
        let mut answer = Answer { status, head, body: String::new() };
        let length = answer.header("content-length").map_or(0, |length| length.parse().unwrap());
        if has_body {
            while self.buffer.len() < length {
                self.fill().unwrap();
            }
            let rest = self.buffer.split_off(length);
            let body = std::mem::replace(&mut self.buffer, rest);
            answer.body = String::from_utf8(body).unwrap();
        }
        answer
    }

    /// One request below the root, with further header lines.
    fn ask(&mut self, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        let host = &self.host;
        let length = body.len();
        let request = format!(
            "{method} /xcap-root{path} HTTP/1.1\r\nHost: {host}\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
        );
        self.send(request);
        self.read(method != "HEAD")
    }

    fn is_closed(&mut self) -> bool {
        match self.fill() {
            Ok(()) => false,
            Err(error) => error.kind() != io::ErrorKind::WouldBlock,
        }
    }
}

fn conflict(answer: &Answer) -> &str {
    assert_eq!(answer.status, 409);
    assert_eq!(answer.header("content-type"), Some("application/xcap-error+xml"));
    let (_, rest) = answer.body.split_once("<xcap-error xmlns=").unwrap();
    let (_, rest) = rest.split_once("><").unwrap();
    rest.split([' ', '/', '>']).next().unwrap()
}

#[test]
fn a_document_is_put_got_and_deleted() -> Result {
    let server = Server::start()?;
    let wire = &mut Wire::to(&server);
    let put = wire.ask("PUT", INDEX, LISTS_TYPE, LISTS);
    assert_eq!((put.status, put.body.as_str()), (201, ""));
    let first = put.header("etag").unwrap().to_owned();
    assert!(first.starts_with('"'));
    assert!(put.header("date").unwrap().ends_with(" GMT"));

    let got = wire.ask("GET", INDEX, "", "");
    assert_eq!((got.status, got.body.as_str()), (200, LISTS));
    assert_eq!(got.header("etag"), Some(first.as_str()));
    assert_eq!(got.header("content-type"), Some("application/resource-lists+xml"));
    let head = wire.ask("HEAD", INDEX, "", "");
    assert_eq!(head.header("content-length"), Some(LISTS.len().to_string().as_str()));
    assert_eq!(head.header("etag"), Some(first.as_str()));

    let again = wire.ask("PUT", INDEX, LISTS_TYPE, LISTS);
    assert_eq!(again.status, 200);
    assert_ne!(again.header("etag"), Some(first.as_str()));

    let deleted = wire.ask("DELETE", INDEX, "", "");
    assert_eq!((deleted.status, deleted.header("etag")), (200, None));
    assert_eq!(wire.ask("DELETE", INDEX, "", "").status, 404);
    assert_eq!(wire.ask("GET", INDEX, "", "").status, 404);
    assert_eq!(server.connections(), 1);
    Ok(())
}

#[test]
fn nodes_are_got_with_their_media_types() -> Result {
    let server = Server::start()?;
    server.set_document("resource-lists", ALICE, "index", LISTS);
    let wire = &mut Wire::to(&server);
    let mut get = |node: &str| wire.ask("GET", &format!("{INDEX}/~~{node}"), "", "");
    let list = get("/resource-lists/list");
    assert_eq!(list.body, r#"<list name="friends"><entry uri="sip:bob@example.com"/></list>"#);
    assert_eq!(list.header("content-type"), Some("application/xcap-el+xml"));
    assert!(list.header("etag").is_some());
    let name = get("/resource-lists/list/@name");
    assert_eq!(name.body, r#""friends""#);
    assert_eq!(name.header("content-type"), Some("application/xcap-att+xml"));
    let bindings =
        get("/rl:resource-lists/list/namespace::*?xmlns(rl=urn:ietf:params:xml:ns:resource-lists)");
    assert_eq!(bindings.body, r#"<list xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#);
    assert_eq!(bindings.header("content-type"), Some("application/xcap-ns+xml"));
    for node in ["/resource-lists/list%5B2%5D", "/resource-lists/@x", "", "/", "/a/foo()"] {
        assert_eq!(get(node).status, 404, "{node}");
    }
    for node in ["/p:resource-lists", "/a%5B@x=%22%ff%22%5D", "/a[1]", "/a?xmlns(a=", "/a%"] {
        assert_eq!(get(node).status, 400, "{node}");
    }
    Ok(())
}

#[test]
fn nodes_are_put_and_deleted() -> Result {
    let server = Server::start()?;
    let first = server.set_document("resource-lists", ALICE, "index", LISTS).to_string();
    let wire = &mut Wire::to(&server);
    let list = format!("{INDEX}/~~/resource-lists/list%5B@name=%22friends%22%5D");
    let carol = format!("{list}/entry%5B@uri=%22sip:carol@example.com%22%5D");
    let created = wire.ask("PUT", &carol, ELEMENT_TYPE, r#"<entry uri="sip:carol@example.com"/>"#);
    assert_eq!(created.status, 201);
    let etag = created.header("etag").unwrap().to_owned();
    assert_ne!(etag, first);
    let replaced =
        wire.ask("PUT", &carol, ELEMENT_TYPE, r#"<entry uri="sip:carol@example.com"> </entry>"#);
    assert_eq!(replaced.status, 200);
    let display = format!("{list}/@x");
    assert_eq!(wire.ask("PUT", &display, ATTRIBUTE_TYPE, "'y'").status, 201);
    let deleted = wire.ask("DELETE", &display, "", "");
    assert_eq!(deleted.status, 200);
    let stored = server.document("resource-lists", ALICE, "index").unwrap();
    assert_eq!(deleted.header("etag"), Some(stored.etag().to_string().as_str()));
    assert_eq!(
        stored.text(),
        LISTS.replace("</list>", r#"<entry uri="sip:carol@example.com"> </entry></list>"#)
    );

    for (path, media_type, body, expected) in [
        ("/resource-lists/list/list/entry", ELEMENT_TYPE, "<entry/>", "no-parent"),
        ("/resource-lists/list", ELEMENT_TYPE, "<list/><list/>", "not-xml-frag"),
        ("/resource-lists/list", ELEMENT_TYPE, "<lost/>", "cannot-insert"),
        ("/resource-lists/list/@name", ATTRIBUTE_TYPE, "'<'", "not-xml-att-value"),
        ("/*", ELEMENT_TYPE, "<resource-lists/>", "schema-validation-error"),
        (
            "/resource-lists/list/entry%5B3%5D",
            ELEMENT_TYPE,
            r#"<entry uri="sip:bob@example.com"/>"#,
            "uniqueness-failure",
        ),
    ] {
        let put = wire.ask("PUT", &format!("{INDEX}/~~{path}"), media_type, body);
        assert_eq!(conflict(&put), expected, "{path}");
    }
    let first = format!("{list}/entry%5B1%5D");
    assert_eq!(conflict(&wire.ask("DELETE", &first, "", "")), "cannot-delete");
    assert_eq!(wire.ask("DELETE", &format!("{list}/x"), "", "").status, 404);
    let nowhere = INDEX.replace("index", "other") + "/~~/resource-lists/list";
    assert_eq!(conflict(&wire.ask("PUT", &nowhere, ELEMENT_TYPE, "<list/>")), "no-parent");
    for method in ["PUT", "DELETE"] {
        let bindings = format!("{list}/namespace::*");
        let answer = wire.ask(method, &bindings, "", "");
        assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, HEAD")));
    }
    Ok(())
}

#[test]
fn documents_that_cannot_be_put() -> Result {
    let server = Server::start()?;
    let wire = &mut Wire::to(&server);
    for (body, expected) in [
        ("<a>", "not-well-formed"),
        ("", "not-well-formed"),
        ("<?xml version='1.0' encoding='ISO-8859-1'?><a/>", "not-utf-8"),
        ("<resource-lists/>", "schema-validation-error"),
        ("<lists xmlns='urn:ietf:params:xml:ns:resource-lists'/>", "schema-validation-error"),
        (
            "<resource-lists xmlns='urn:ietf:params:xml:ns:resource-lists'><list name='a'/><list name='a'/></resource-lists>",
            "uniqueness-failure",
        ),
    ] {
        assert_eq!(conflict(&wire.ask("PUT", INDEX, LISTS_TYPE, body)), expected, "{body}");
    }
    for (media_type, status) in [
        ("", 415),
        ("Content-Type: application/xml\r\n", 415),
        ("Content-Type: application/xcap-el+xml\r\n", 415),
        ("Content-Type: APPLICATION/Resource-Lists+xml ;charset=\"utf-8\"\r\n", 201),
    ] {
        assert_eq!(wire.ask("PUT", INDEX, media_type, LISTS).status, status, "{media_type}");
    }
    let node = format!("{INDEX}/~~/resource-lists/list");
    assert_eq!(wire.ask("PUT", &node, LISTS_TYPE, "<list/>").status, 415);
    assert_eq!(wire.ask("PUT", &format!("{node}/@a"), ELEMENT_TYPE, "'a'").status, 415);

    let sub = INDEX.replace("index", "sub/deep/index");
    let put = wire.ask("PUT", &sub, LISTS_TYPE, LISTS);
    assert_eq!(conflict(&put), "no-parent");
    let home = format!("<ancestor>{}/resource-lists/users/sip:alice@example.com/</", server.root());
    assert!(put.body.contains(&home), "{}", put.body);
    server.set_document("resource-lists", ALICE, "sub/other", LISTS);
    let put = wire.ask("PUT", &sub, LISTS_TYPE, LISTS);
    assert!(put.body.contains("/sub/</ancestor>"), "{}", put.body);
    let flat = INDEX.replace("index", "sub/index");
    assert_eq!(wire.ask("PUT", &flat, LISTS_TYPE, LISTS).status, 201);
    let directory = INDEX.replace("index", "sub");
    assert_eq!(conflict(&wire.ask("PUT", &directory, LISTS_TYPE, LISTS)), "constraint-failure");

    let mut wire = Wire::to(&server);
    wire.send(format!("PUT /xcap-root{INDEX} HTTP/1.1\r\nHost: x\r\n{LISTS_TYPE}Content-Length: 4\r\n\r\n<\u{e9}>").as_bytes());
    assert_eq!(wire.read(true).status, 409);
    wire.send(
        format!(
            "PUT /xcap-root{INDEX} HTTP/1.1\r\nHost: x\r\n{LISTS_TYPE}Content-Length: 1\r\n\r\n"
        )
        .as_bytes(),
    );
    wire.send(b"\xff");
    assert_eq!(conflict(&wire.read(true)), "not-utf-8");
    Ok(())
}

#[test]
fn conditions_guard_every_change() -> Result {
    let server = Server::start()?;
    let wire = &mut Wire::to(&server);
    let node = format!("{INDEX}/~~/resource-lists/list");
    let missing = format!("{INDEX}/~~/resource-lists/none");
    let star = "If-None-Match: *\r\n";
    assert_eq!(wire.ask("PUT", INDEX, &format!("If-Match: *\r\n{LISTS_TYPE}"), LISTS).status, 412);
    assert_eq!(wire.ask("PUT", INDEX, &format!("{star}{LISTS_TYPE}"), LISTS).status, 201);
    assert_eq!(wire.ask("PUT", INDEX, &format!("{star}{LISTS_TYPE}"), LISTS).status, 412);
    let etag = server.document("resource-lists", ALICE, "index").unwrap().etag().to_string();
    for (method, path, condition, status) in [
        ("GET", INDEX, format!("If-None-Match: {etag}"), 304),
        ("GET", INDEX, format!("If-None-Match: \"x\", W/{etag}"), 304),
        ("HEAD", INDEX, format!("If-None-Match: {etag}"), 304),
        ("GET", node.as_str(), format!("If-None-Match: {etag}"), 304),
        ("GET", INDEX, "If-None-Match: *".to_owned(), 304),
        ("GET", INDEX, "If-None-Match: \"x\"".to_owned(), 200),
        ("GET", INDEX, format!("If-Match: \"x\", {etag}"), 200),
        ("GET", INDEX, format!("If-Match: \"x\"\r\nIf-Match: {etag}"), 200),
        ("GET", INDEX, "If-Match: *".to_owned(), 200),
        ("GET", INDEX, format!("If-Match: W/{etag}"), 412),
        ("GET", INDEX, format!("If-Match: \"x\"\r\nIf-None-Match: {etag}"), 412),
        ("GET", INDEX, "If-Match: x".to_owned(), 400),
        // What fails anyway fails for its own reason.
        ("GET", missing.as_str(), "If-Match: \"x\"".to_owned(), 404),
        ("DELETE", missing.as_str(), "If-Match: \"x\"".to_owned(), 404),
        ("DELETE", node.as_str(), "If-Match: \"x\"".to_owned(), 412),
        ("DELETE", INDEX, "If-Match: \"x\"".to_owned(), 412),
        ("DELETE", INDEX, format!("If-None-Match: {etag}"), 412),
        ("PUT", node.as_str(), format!("{ELEMENT_TYPE}If-None-Match: *"), 412),
        ("PUT", node.as_str(), format!("{ELEMENT_TYPE}If-Match: \"x\""), 412),
        ("PUT", node.as_str(), format!("{LISTS_TYPE}If-Match: \"x\""), 415),
        ("PUT", INDEX, format!("{LISTS_TYPE}If-Match: \"x\""), 412),
    ] {
        let answer = wire.ask(method, path, &format!("{condition}\r\n"), "");
        assert_eq!(answer.status, status, "{method} {path} {condition}");
        if status == 304 {
            assert_eq!(answer.header("etag"), Some(etag.as_str()));
            assert_eq!(answer.header("content-length"), None);
        }
    }
    let stored = server.document("resource-lists", ALICE, "index").unwrap();
    assert_eq!((stored.text(), stored.etag().to_string()), (LISTS, etag.clone()));

    let condition = format!("If-Match: {etag}\r\n{ELEMENT_TYPE}");
    let put = wire.ask("PUT", &node, &condition, "<list name='b'/>");
    assert_eq!(put.status, 200);
    assert_eq!(wire.ask("PUT", &node, &condition, "<list name='c'/>").status, 412);
    let condition = format!("If-Match: {}\r\n", put.header("etag").unwrap());
    assert_eq!(wire.ask("DELETE", &node, &condition, "").status, 200);
    Ok(())
}

#[test]
fn what_is_nowhere_and_what_is_not_allowed() -> Result {
    let server = Server::builder().user(ALICE, "").start()?;
    let wire = &mut Wire::to(&server);
    for path in [
        "/unknown/users/sip:alice@example.com/index",
        "/resource-lists/users/sip:bob@example.com/index",
        "/resource-lists/others/sip:alice@example.com/index",
        "/resource-lists/users/sip:alice@example.com",
        "/resource-lists/global/index",
        "/xcap-caps/users/sip:alice@example.com/index",
        "/",
        "",
    ] {
        assert_eq!(wire.ask("GET", path, "", "").status, 404, "{path}");
    }
    for method in ["POST", "OPTIONS", "PATCH", "FOO"] {
        let answer = wire.ask(method, INDEX, "", "");
        assert_eq!(answer.status, 405);
        assert_eq!(answer.header("allow"), Some("GET, HEAD, PUT, DELETE"));
    }
    let global = "/resource-lists/global/index";
    assert_eq!(wire.ask("PUT", global, LISTS_TYPE, LISTS).status, 403);
    server.set_document("resource-lists", None, "index", LISTS);
    assert_eq!(wire.ask("GET", global, "", "").status, 200);
    let server = Server::builder().writable_global(true).start()?;
    assert_eq!(Wire::to(&server).ask("PUT", global, LISTS_TYPE, LISTS).status, 201);
    Ok(())
}

#[test]
fn the_server_describes_itself() -> Result {
    let own = Application {
        media_type: "application/calls+xml".into(),
        root: Some(RootElement::new("urn:calls", "calls")),
        ..Application::new("calls.example.com")
    };
    let server = Server::builder().application(own).start()?;
    let client = server.client(ALICE)?;
    let caps = client.get("xcap-caps", None, None, None)?;
    for part in [
        "<auid>xcap-caps</auid>",
        "<auid>calls.example.com</auid>",
        "<auid>resource-lists</auid>",
        "<namespace>urn:calls</namespace>",
        "<namespace>urn:ietf:params:xml:ns:xcap-caps</namespace>",
    ] {
        assert!(caps.as_str().contains(part), "{caps}");
    }
    let auid = client.get("xcap-caps", "/xcap-caps/auids/auid[1]", None, None)?;
    assert_eq!(auid.etag(), caps.etag());
    assert_eq!(
        client.put("calls.example.com", "<calls xmlns='urn:calls'/>", None, None, None)?.status(),
        201
    );
    client.put("resource-lists", LISTS, None, None, None)?;
    server.set_document("resource-lists", ALICE, "a b", LISTS);

    let directory = client.get("org.openmobilealliance.xcap-directory", None, None, None)?;
    let index = server.document("resource-lists", ALICE, "index").unwrap();
    let entry = format!(
        r#"<entry uri="{}{INDEX}" etag="{}" last-modified=""#,
        server.root(),
        index.etag().opaque()
    );
    assert!(directory.as_str().contains(&entry), "{directory}");
    assert!(directory.as_str().contains("/a%20b\""), "{directory}");
    assert_eq!(directory.as_str().matches("<folder auid=").count(), 2);
    assert_eq!(directory.as_str().matches("<entry ").count(), 3);
    assert!(directory.as_str().contains(r#"xmlns="urn:oma:xml:xdm:xcap-directory""#));

    let wire = &mut Wire::to(&server);
    for path in [
        "/xcap-caps/global/index",
        "/org.openmobilealliance.xcap-directory/users/sip:alice@example.com/directory.xml",
    ] {
        for method in ["PUT", "DELETE"] {
            let answer = wire.ask(method, path, "", "<a/>");
            assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, HEAD")));
        }
    }
    server.set_document("xcap-caps", None, "index", "<mine/>");
    assert_eq!(client.get("xcap-caps", None, None, None)?, "<mine/>");
    Ok(())
}

#[test]
fn the_documented_usage_works() -> Result {
    let server = Server::builder().auth(Auth::Digest).user(ALICE, "secret").start()?;
    let client = server.client(ALICE)?;
    client.put("resource-lists", LISTS, None, None, None)?;
    let got = client.get("resource-lists", None, None, None)?;
    let bob = NodeSelector::root("resource-lists").child("list").child("entry").nth(1);
    let element = r#"<entry uri="sip:robert@example.com"/>"#;
    let put = client.put("resource-lists", element, &bob, got.etag(), None)?;
    assert_eq!(client.get("resource-lists", &bob, None, None)?, element);
    let stale = client.delete("resource-lists", &bob, got.etag(), None).unwrap_err();
    assert!(stale.is_precondition_failed());
    let list = "/resource-lists/list";
    client.delete("resource-lists", list, put.etag(), None)?;
    assert!(client.get("resource-lists", list, None, None).unwrap_err().is_not_found());
    let conflict = client
        .put("resource-lists", "<entry/>", "/resource-lists/list/entry", None, None)
        .unwrap_err();
    assert_eq!(conflict.conflict().unwrap().name(), "no-parent");
    // One challenge, then nothing but answers to it.
    let challenged =
        server.requests().iter().filter(|r| r.header("authorization").is_none()).count();
    assert_eq!(challenged, 1);
    Ok(())
}

// HTTP

#[test]
fn requests_are_answered_in_their_order() -> Result {
    let server = Server::start()?;
    let wire = &mut Wire::to(&server);
    let host = wire.host.clone();
    let put = format!("PUT /xcap-root{INDEX} HTTP/1.1\r\nHost: {host}\r\n{LISTS_TYPE}");
    let get = format!("GET {}{INDEX} HTTP/1.1\r\nHost: {host}\r\n\r\n", server.root());
    let (front, back) = LISTS.split_at(20);
    let chunked = format!(
        "{put}Transfer-Encoding: chunked\r\n\r\n{:x};a=b\r\n{front}\r\n{:X}\r\n{back}\r\n0\r\nTrailer: x\r\n\r\n",
        front.len(),
        back.len()
    );
    let plain = format!("{put}Content-Length: {}\r\n\r\n{LISTS}", LISTS.len());
    wire.send(format!("{chunked}{get}{plain}\r\n{get}"));
    let statuses: Vec<u16> = (0..4).map(|_| wire.read(true).status).collect();
    assert_eq!(statuses, [201, 200, 200, 200]);
    // Byte for byte.
    for byte in chunked.as_bytes() {
        wire.send([*byte]);
    }
    assert_eq!(wire.read(true).status, 200);
    let requests = server.requests();
    assert_eq!(requests.len(), 5);
    assert!(requests.iter().all(|request| request.connection() == 1));
    assert_eq!(requests[0].body(), LISTS.as_bytes());
    assert_eq!(requests[0].target(), format!("/xcap-root{INDEX}"));
    assert_eq!(requests[2].header("CONTENT-length"), Some(LISTS.len().to_string().as_str()));

    wire.send(format!(
        "GET /xcap-root{INDEX} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    ));
    assert_eq!(wire.read(true).header("connection"), Some("close"));
    assert!(wire.is_closed());
    let wire = &mut Wire::to(&server);
    wire.send(format!("GET /xcap-root{INDEX} HTTP/1.0\r\n\r\n"));
    assert_eq!(wire.read(true).status, 200);
    assert!(wire.is_closed());
    assert_eq!(server.connections(), 2);
    Ok(())
}

#[test]
fn a_client_may_wait_before_its_body() -> Result {
    for (profile, interim) in [
        (Profile::Rfc4825, "HTTP/1.1 100 Continue\r\n\r\n"),
        (Profile::Kamailio, "HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n"),
    ] {
        let server = Server::builder().profile(profile).start()?;
        let wire = &mut Wire::to(&server);
        let length = LISTS.len();
        wire.send(format!(
            "PUT /xcap-root{INDEX} HTTP/1.1\r\nHost: x\r\n{LISTS_TYPE}Content-Length: {length}\r\nExpect: 100-continue\r\n\r\n"
        ));
        assert_eq!(wire.head()?, interim);
        wire.send(LISTS);
        assert!(matches!(wire.read(true).status, 200 | 201));
    }
    Ok(())
}

#[test]
fn what_no_server_should_take_is_refused() -> Result {
    let server = Server::start()?;
    let host = "Host: x\r\n";
    for (request, status) in [
        ("nonsense\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/3.0\r\n\r\n".to_owned(), 505),
        ("GET /xcap-root/ HTTP/1.1\r\n\r\n".to_owned(), 400),
        (format!("GET / HTTP/1.1\r\n{host}Content-Length: 1\r\nContent-Length: 1\r\n\r\nx"), 400),
        (format!("GET / HTTP/1.1\r\n{host}Content-Length: +1\r\n\r\nx"), 400),
        (format!("GET / HTTP/1.1\r\n{host}Content-Length: 99999999999999999999\r\n\r\n"), 413),
        (format!("PUT / HTTP/1.1\r\n{host}Content-Length: 17000000\r\n\r\n"), 413),
        (
            format!(
                "PUT / HTTP/1.1\r\n{host}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
            ),
            400,
        ),
        (format!("PUT / HTTP/1.1\r\n{host}Transfer-Encoding: gzip, chunked\r\n\r\n"), 501),
        (format!("PUT / HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\nx\r\n"), 400),
        (format!("PUT / HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\nffffffff\r\n"), 413),
        (format!("PUT / HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\n1\r\nxyz\r\n"), 400),
        (format!("PUT / HTTP/1.1\r\n{host}Expect: magic\r\n\r\n"), 417),
        (format!("GET /{} HTTP/1.1\r\n{host}\r\n", "a".repeat(70_000)), 431),
        (format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(101)), 431),
    ] {
        let wire = &mut Wire::to(&server);
        wire.send(&request);
        let answer = wire.read(true);
        assert_eq!(answer.status, status, "{}", &request[..request.len().min(200)]);
    }
    Ok(())
}

#[test]
fn nothing_that_is_sent_brings_the_server_down() -> Result {
    let server = Server::start()?;
    server.set_document("resource-lists", ALICE, "index", LISTS);
    let request = format!(
        "PUT /xcap-root{INDEX}/~~/resource-lists/list%5B@name=%22friends%22%5D?xmlns(a=b) HTTP/1.1\r\nHost: x\r\nIf-Match: \"a\", W/\"b\"\r\nAuthorization: Digest a=\"b\\\"\", c=d\r\n{ELEMENT_TYPE}Content-Length: 7\r\n\r\n<list/>"
    );
    let mut seed = 1_u32;
    let mut random = move |limit: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        usize::try_from(seed).unwrap() % limit
    };
    for _ in 0..300 {
        let mut bytes = request.clone().into_bytes();
        for _ in 0..=random(4) {
            let at = random(bytes.len());
            match random(3) {
                0 => bytes[at] = u8::try_from(random(256)).unwrap(),
                1 => drop(bytes.remove(at)),
                _ => bytes.insert(at, b"\"\\%,=/~[\r\n\0\xff"[random(12)]),
            }
        }
        let mut stream = TcpStream::connect(server.address())?;
        stream.write_all(&bytes)?;
        stream.shutdown(Shutdown::Write)?;
        // The server may close with something unread: then the end is a reset.
        let _ = stream.read_to_end(&mut Vec::new());
    }
    assert_eq!(Wire::to(&server).ask("GET", INDEX, "", "").status, 200);
    Ok(())
}

#[test]
fn idle_connections_are_closed() -> Result {
    let server = Server::builder().keep_alive(Duration::from_millis(20)).start()?;
    let wire = &mut Wire::to(&server);
    assert_eq!(wire.ask("GET", INDEX, "", "").status, 404);
    assert!(wire.is_closed());
    Ok(())
}

// Life and death

#[test]
fn servers_come_and_go() -> Result {
    for _ in 0..300 {
        let server = Server::start()?;
        let address = server.address();
        let mut wire = Wire::to(&server);
        assert_eq!(wire.ask("GET", INDEX, "", "").status, 404);
        drop(server);
        assert!(wire.is_closed());
        assert!(TcpStream::connect(address).is_err());
    }
    Ok(())
}

#[test]
fn a_drop_ends_a_delay() -> Result {
    let server = Server::start()?;
    let hour = Duration::from_secs(3600);
    server.misbehave(1, Fault::Delay(hour));
    let mut wire = Wire::to(&server);
    wire.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    while server.requests().is_empty() {
        std::thread::yield_now();
    }
    let begun = Instant::now();
    drop(server);
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert!(wire.is_closed());
    Ok(())
}

#[test]
fn threads_share_a_server() -> Result {
    let server = guarded(Auth::Digest).start()?;
    let client = server.client(ALICE)?;
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let client = client.clone();
            scope.spawn(move || {
                let name = format!("list{thread}");
                for _ in 0..20 {
                    let request = || client.request("resource-lists").filename(&name);
                    let put = request().put(LISTS).unwrap();
                    assert_eq!(request().get().unwrap().etag(), put.etag());
                }
            });
        }
    });
    fn is_shared<T: Send + Sync>(_: &T) {}
    is_shared(&server);
    Ok(())
}

#[test]
fn a_test_arranges_what_it_needs() -> Result {
    for (path, root) in [("", ""), ("/", ""), ("a/b", "/a/b"), ("/a/b/", "/a/b")] {
        let server = Server::builder().root_path(path).start()?;
        assert_eq!(server.root(), format!("http://{}{root}", server.address()));
        let client = server.client("alice@example.com")?;
        let etag = server.set_document("resource-lists", ALICE, "index", "no XML");
        assert_eq!(client.get("resource-lists", None, None, None)?, "no XML");
        let list = client.get("resource-lists", "/resource-lists/list", None, None).unwrap_err();
        assert_eq!(list.status(), Some(409));
        let again = server.set_document("resource-lists", ALICE, "index", LISTS);
        assert_ne!(etag, again);
        let removed = server.remove_document("resource-lists", ALICE, "index").unwrap();
        assert_eq!((removed.text(), removed.etag()), (LISTS, &again));
        assert!(server.remove_document("resource-lists", ALICE, "index").is_none());
        assert!(client.get("resource-lists", None, None, None).unwrap_err().is_not_found());
    }
    Ok(())
}

#[test]
fn no_debug_form_shows_a_password() -> Result {
    let builder = guarded(Auth::Basic);
    let server = builder.clone().start()?;
    server.client(ALICE)?.put("resource-lists", LISTS, None, None, None)?;
    let shown = format!("{builder:?} {server:?} {:?}", server.requests());
    assert!(!shown.contains("secret") && !shown.contains("YWxpY2U6c2VjcmV0"), "{shown}");
    Ok(())
}

// Faults

#[test]
fn faults_happen_in_their_order() -> Result {
    let server = Server::start()?;
    server.set_document("resource-lists", ALICE, "index", LISTS);
    let ask = |request: &str| -> Vec<u8> {
        let mut stream = TcpStream::connect(server.address()).unwrap();
        let host = server.address();
        write!(
            stream,
            "{request} /xcap-root{INDEX} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        answer
    };
    server.misbehave(2, Fault::status(503, "later"));
    server.misbehave(0, Fault::NotUtf8);
    server.misbehave(1, Fault::CloseBeforeAnswer);
    server.misbehave(
        1,
        Fault::Answer {
            status: 302,
            headers: vec![("Location".to_owned(), "/a\r\nb".to_owned())],
            body: Vec::new(),
        },
    );
    for _ in 0..2 {
        let answer = String::from_utf8(ask("DELETE")).unwrap();
        assert!(answer.starts_with("HTTP/1.1 503 ") && answer.ends_with("\r\n\r\nlater"));
    }
    assert_eq!(ask("DELETE"), b"");
    assert!(String::from_utf8(ask("GET")).unwrap().contains("Location: /a  b\r\n"));
    assert!(server.document("resource-lists", ALICE, "index").is_some());

    let body_of = |answer: &[u8]| {
        let at = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
        answer[at..].to_vec()
    };
    server.misbehave(1, Fault::CloseInAnswer);
    assert_eq!(body_of(&ask("GET")), LISTS.as_bytes()[..LISTS.len() / 2]);
    server.misbehave(1, Fault::NotUtf8);
    assert_eq!(body_of(&ask("GET")), [LISTS.as_bytes(), b"\xff\xfe"].concat());
    for (fault, length) in
        [(Fault::LengthTooLong, LISTS.len() + 16), (Fault::LengthTooShort, LISTS.len() / 2)]
    {
        server.misbehave(1, fault);
        let answer = ask("GET");
        let head = String::from_utf8_lossy(&answer).into_owned();
        assert!(head.contains(&format!("Content-Length: {length}\r\n")), "{head}");
        assert!(body_of(&answer).starts_with(LISTS.as_bytes()));
    }
    server.misbehave(1, Fault::Delay(Duration::from_millis(5)));
    assert_eq!(body_of(&ask("GET")), LISTS.as_bytes());
    server.misbehave(1, Fault::CloseAfterChange);
    assert_eq!(ask("DELETE"), b"");
    assert!(server.document("resource-lists", ALICE, "index").is_none());
    server.misbehave(1, Fault::CloseInAnswer);
    server.behave();
    assert!(ask("GET").starts_with(b"HTTP/1.1 404 "));
    server.clear_requests();
    assert!(server.requests().is_empty());
    Ok(())
}

#[test]
fn the_client_meets_the_faults() -> Result {
    let server = Server::start()?;
    server.set_document("resource-lists", ALICE, "index", LISTS);
    for fault in [
        Fault::CloseBeforeAnswer,
        Fault::CloseInAnswer,
        Fault::CloseAfterChange,
        Fault::LengthTooLong,
        Fault::LengthTooShort,
        Fault::NotUtf8,
    ] {
        server.misbehave(1, fault.clone());
        let client = server.client(ALICE)?;
        match client.get("resource-lists", None, None, None) {
            Ok(got) => {
                assert_eq!((fault, got.as_str().len()), (Fault::LengthTooShort, LISTS.len() / 2));
            }
            Err(error) if fault == Fault::NotUtf8 => assert!(error.is_not_utf8()),
            Err(error) => assert!(error.is_transport(), "{fault:?}: {error}"),
        }
    }
    let client = server.client_builder(ALICE).timeout(Duration::from_millis(50)).build()?;
    server.misbehave(1, Fault::Delay(Duration::from_secs(3600)));
    assert!(client.get("resource-lists", None, None, None).unwrap_err().is_timeout());
    Ok(())
}

// Authentication

fn guarded(auth: Auth) -> ServerBuilder {
    Server::builder().auth(auth).user(ALICE, "secret").user("bob@example.com", "hidden")
}

fn sha(algorithm: Algorithm) -> ServerBuilder {
    guarded(Auth::Digest).algorithms([algorithm])
}

#[test]
fn the_client_logs_in() -> Result {
    for builder in [
        guarded(Auth::Basic),
        guarded(Auth::Digest),
        sha(Algorithm::Sha256),
        guarded(Auth::Digest).algorithms([Algorithm::Sha256, Algorithm::Md5]),
        guarded(Auth::Digest).nonces(Nonces::Once),
        guarded(Auth::Digest).nonces(Nonces::Uses(2)),
        guarded(Auth::Digest).nonces(Nonces::Lifetime(Duration::from_secs(60))),
        guarded(Auth::Digest).profile(Profile::OpenXcap),
        guarded(Auth::Basic).profile(Profile::OpenXcap),
        guarded(Auth::Digest).profile(Profile::Kamailio),
        sha(Algorithm::Sha256).profile(Profile::Kamailio),
    ] {
        let server = builder.clone().start()?;
        let client = server.client(ALICE)?;
        for _ in 0..5 {
            client.put("resource-lists", LISTS, None, None, None)?;
            assert_eq!(client.get("resource-lists", None, None, None)?, LISTS, "{builder:?}");
        }
        let stranger = XCAPClient::new(&server.root(), ALICE, "wrong")?;
        let error = stranger.get("resource-lists", None, None, None).unwrap_err();
        assert!(error.is_unauthorized(), "{builder:?}: {error}");
        let error =
            XCAPClient::new(&server.root(), ALICE, None)?.get("resource-lists", None, None, None);
        assert!(error.unwrap_err().is_unauthorized());
    }
    Ok(())
}

#[test]
fn nobody_gets_at_anothers_documents() -> Result {
    let server = guarded(Auth::Digest).start()?;
    server.set_document("resource-lists", ALICE, "index", LISTS);
    server.set_document("resource-lists", None, "index", LISTS);
    let bob = server.client("bob@example.com")?;
    let error = bob.request("resource-lists").user(ALICE).get().unwrap_err();
    assert!(error.is_forbidden(), "{error}");
    assert!(bob.request("resource-lists").user(ALICE).delete().unwrap_err().is_forbidden());
    assert_eq!(bob.request("resource-lists").global().get()?, LISTS);
    assert!(bob.request("resource-lists").global().delete().unwrap_err().is_forbidden());
    assert!(
        bob.request("resource-lists").user("carol@example.com").get().unwrap_err().is_not_found()
    );

    let server = guarded(Auth::Digest).profile(Profile::OpenXcap).start()?;
    let bob = server.client("bob@example.com")?;
    assert!(bob.request("resource-lists").user(ALICE).get().unwrap_err().is_unauthorized());
    Ok(())
}

/// An `Authorization` field whose response was made with the password, from the outside.
fn authorization(challenge: &str, nc: &str, target: &str) -> String {
    let asked = Asked { user: "alice", password: "secret", method: "GET", target, body: b"" };
    Digest::answer(challenge, u32::from_str_radix(nc, 16).unwrap(), &asked)
}

#[test]
fn a_nonce_lives_as_long_as_its_policy_says() -> Result {
    let target = format!("/xcap-root{INDEX}");
    for (nonces, counts) in [
        (Nonces::Reusable, vec![("1", 404), ("3", 404), ("3", 401), ("2", 401), ("4", 404)]),
        (Nonces::Uses(2), vec![("1", 404), ("2", 404), ("3", 401)]),
        (Nonces::Lifetime(Duration::ZERO), vec![("1", 401)]),
    ] {
        let server = sha(Algorithm::Sha256).nonces(nonces).start()?;
        let wire = &mut Wire::to(&server);
        let challenge = wire.ask("GET", INDEX, "", "");
        assert_eq!(challenge.status, 401);
        let challenge = challenge.header("www-authenticate").unwrap().to_owned();
        assert!(!challenge.contains("stale"));
        for (nc, status) in counts {
            let field = format!("Authorization: {}\r\n", authorization(&challenge, nc, &target));
            let answer = wire.ask("GET", INDEX, &field, "");
            assert_eq!(answer.status, status, "{nonces:?} {nc}");
            if status == 401 {
                let again = answer.header("www-authenticate").unwrap();
                assert!(again.contains("stale=true"), "{again}");
            }
        }
    }
    Ok(())
}

#[test]
fn credentials_are_read_with_care() -> Result {
    let server = guarded(Auth::Digest).start()?;
    let wire = &mut Wire::to(&server);
    let target = format!("/xcap-root{INDEX}");
    let challenge = wire.ask("GET", INDEX, "", "").header("www-authenticate").unwrap().to_owned();
    let good = authorization(&challenge, "1", &target);
    let mut ask = |field: &str| wire.ask("GET", INDEX, &format!("Authorization: {field}\r\n"), "");
    for (field, status) in [
        (good.replace("qop=auth", "qop=auth-int"), 400),
        (good.replace("nc=00000001", "nc=1"), 400),
        (good.replace("cnonce=", "nonsense="), 400),
        (good.replace("Digest ", "Digest ,,x "), 400),
        (authorization(&challenge, "1", "/other"), 400),
        (good.replace("response=\"", "response=\"0"), 401),
        (good.replace("realm=\"example.com\"", "realm=\"other\""), 401),
        (good.replace("opaque=\"", "opaque=\"0"), 401),
        (good.replace("username=\"alice\"", "username=\"bob\""), 401),
        (good.replace("algorithm=MD5", "algorithm=SHA-256"), 401),
        ("Basic YWxpY2U6c2VjcmV0".to_owned(), 401),
        (good.replace(", ", ","), 404),
    ] {
        let answer = ask(&field);
        assert_eq!(answer.status, status, "{field}");
        if status == 401 {
            let again = answer.header("www-authenticate").unwrap();
            assert!(!again.contains("stale"), "{field}: {again}");
        }
    }
    // A nonce that the server never gave out, with the right password.
    let invented = challenge.replace("nonce=\"", "nonce=\"0");
    let answer = ask(&authorization(&invented, "1", &target));
    assert!(answer.header("www-authenticate").unwrap().contains("stale=true"));

    // The reason of a request that nobody could make is for those who may ask.
    let answer = wire.ask("GET", &format!("{INDEX}/~~/p:a"), "", "");
    assert_eq!(answer.status, 401);
    assert_eq!(wire.ask("GET", "/unknown/global/index", "", "").status, 404);
    Ok(())
}

// OpenXCAP

#[test]
fn openxcap_refuses_in_its_own_way() -> Result {
    let server = guarded(Auth::Digest).profile(Profile::OpenXcap).start()?;
    let wire = &mut Wire::to(&server);
    let bare = wire.ask("GET", INDEX, "", "");
    assert_eq!((bare.status, bare.fields().filter(|(name, _)| *name == "Date").count()), (401, 2));
    assert_eq!(bare.header("content-type"), Some("application/json"));
    let challenge = bare.header("www-authenticate").unwrap().to_owned();
    for part in
        ["Digest realm=\"example.com\", nonce=\"", ", opaque=eee38d", ", algorithm=MD5, qop=auth"]
    {
        assert!(challenge.contains(part), "{challenge}");
    }
    let target = format!("/xcap-root{INDEX}");
    let good = authorization(&challenge, "1", &target);
    let wrong = good.replace("response=\"", "response=\"0");
    let commas = good.replace(", ", ",");
    for (field, status) in [(&wrong, 401), (&commas, 401), (&good, 404), (&good, 401)] {
        let answer = wire.ask("GET", INDEX, &format!("Authorization: {field}\r\n"), "");
        assert_eq!(answer.status, status, "{field}");
        assert_eq!(answer.header("www-authenticate"), None);
        if status == 401 {
            assert!(answer.body.starts_with("{\"detail\":"), "{}", answer.body);
        }
    }
    for method in ["HEAD", "OPTIONS", "POST"] {
        assert_eq!(wire.ask(method, INDEX, "", "").status, 405);
    }
    wire.host = "xcap.example.com".to_owned();
    assert_eq!(wire.ask("GET", INDEX, "", "").status, 404);

    let server = Server::builder()
        .profile(Profile::OpenXcap)
        .auth(Auth::Basic)
        .user(ALICE, "a:b")
        .start()?;
    let error = server.client(ALICE)?.get("resource-lists", None, None, None).unwrap_err();
    assert_eq!(error.status(), Some(500));
    Ok(())
}

#[test]
fn openxcap_has_its_own_answers() -> Result {
    let server = Server::builder().profile(Profile::OpenXcap).start()?;
    let wire = &mut Wire::to(&server);
    let put = wire.ask("PUT", INDEX, "Content-Type: text/plain\r\n", LISTS);
    assert_eq!(put.status, 201);
    let etag = put.header("etag").unwrap().to_owned();
    assert_eq!(
        (put.header("content-type"), etag.len()),
        (Some("application/resource-lists+xml"), 34)
    );
    let same = wire.ask("PUT", INDEX, "If-Match: \"other\"\r\n", LISTS);
    assert_eq!((same.status, same.body.as_str()), (200, LISTS));
    assert_eq!(same.header("etag"), Some(etag.as_str()));

    let list = format!("{INDEX}/~~/resource-lists/list");
    assert_eq!(
        wire.ask(
            "PUT",
            &list,
            "Content-Type: application/xcap-el+xml; charset=utf-8\r\n",
            "<list/>"
        )
        .status,
        415
    );
    let name = format!("{list}/@name");
    assert_eq!(wire.ask("GET", &name, "", "").body, "friends");
    assert_eq!(wire.ask("PUT", &name, ATTRIBUTE_TYPE, "\"a\" & b").status, 200);
    assert!(
        server
            .document("resource-lists", ALICE, "index")
            .unwrap()
            .text()
            .contains(r#"name="&quot;a&quot; &amp; b""#)
    );
    assert_eq!(wire.ask("GET", &name, "", "").body, "\"a\" & b");
    let bindings = wire.ask("GET", &format!("{list}/namespace::*"), "", "");
    assert!(
        bindings.body.starts_with("<{urn:ietf:params:xml:ns:resource-lists}list  xmlns="),
        "{}",
        bindings.body
    );
    for node in
        ["/p:resource-lists?xmlns(p=urn:ietf:params:xml:ns:resource-lists)", "/a%5B@b=%22%23%22%5D"]
    {
        let answer = wire.ask("GET", &format!("{INDEX}/~~{node}"), "", "");
        assert_eq!(answer.status, 400);
        assert!(answer.body.starts_with("{\"detail\":["));
    }
    let twice = wire.ask("GET", &format!("{INDEX}/~~/resource-lists/list%255B1%255D"), "", "");
    assert_eq!(twice.status, 200);

    let etag = twice.header("etag").unwrap().to_owned();
    for (condition, status) in [
        (format!("If-None-Match: {etag}"), 304),
        ("If-None-Match: \"a\", \"b\"".to_owned(), 500),
        ("If-None-Match: W/\"a\"".to_owned(), 500),
        ("If-Match: \"a\"".to_owned(), 412),
        (format!("If-Match: {etag}"), 200),
    ] {
        // After a 500 the connection is closed.
        let answer = Wire::to(&server).ask("GET", INDEX, &format!("{condition}\r\n"), "");
        assert_eq!(answer.status, status, "{condition}");
        assert_eq!(answer.header("etag").is_some(), status == 200);
        if status == 412 {
            assert!(answer.header("content-type").unwrap().starts_with("text/html"));
        }
    }
    let put = wire.ask("PUT", &format!("{list}/x/y"), ELEMENT_TYPE, "<y/>");
    assert_eq!(put.status, 409);
    assert!(put.body.ends_with("><no-parent/></xcap-error>"), "{}", put.body);
    let put = wire.ask("PUT", &list, ELEMENT_TYPE, "<list>");
    assert!(put.body.contains("<not-xml-frag><!--\n"), "{}", put.body);
    let client = server.client(ALICE)?;
    let error =
        client.put("resource-lists", "<y/>", "/resource-lists/x/y", None, None).unwrap_err();
    assert_eq!(error.conflict().unwrap().name(), "no-parent");
    assert_eq!(
        wire.ask("GET", "/simservs.ngn.etsi.org/users/sip:alice@example.com/index", "", "").status,
        404
    );
    assert_eq!(wire.ask("PUT", "/resource-lists/global/index", "", LISTS).status, 500);

    server.set_document("resource-lists", ALICE, "index", &LISTS.replace("friends", "fr\u{e9}"));
    assert!(!Wire::to(&server).ask("GET", &list, "", "").body.ends_with("</list>"));
    assert_eq!(Wire::to(&server).ask("PUT", &list, ELEMENT_TYPE, "<list/>").status, 500);
    assert_eq!(Wire::to(&server).ask("DELETE", &list, "", "").status, 500);
    let wire = &mut Wire::to(&server);
    let gone = wire.ask("DELETE", INDEX, "", "");
    assert_eq!((gone.status, gone.header("etag")), (200, None));
    assert_eq!(wire.ask("DELETE", INDEX, "", "").status, 404);
    Ok(())
}

// Kamailio

#[test]
fn kamailio_has_its_own_answers() -> Result {
    let server = Server::builder().profile(Profile::Kamailio).start()?;
    let wire = &mut Wire::to(&server);
    let put = wire.ask("PUT", INDEX, "", LISTS);
    assert_eq!(put.status, 200);
    let etag = put.header("etag").unwrap().to_owned();
    assert!(etag.starts_with("\"sr-") && etag.matches('-').count() == 3, "{etag}");
    let list = format!("{INDEX}/~~/resource-lists/list");
    let bob = format!("{list}/entry%5B@uri=%22sip:bob@example.com%22%5D");
    for (method, path, body, status) in [
        (
            "PUT",
            format!("{list}/entry%5B@uri=%22sip:carol@example.com%22%5D"),
            "<entry uri='sip:carol@example.com'/>",
            200,
        ),
        ("PUT", bob.clone(), "<entry uri='sip:bob@example.com'><a/></entry>", 200),
        ("PUT", format!("{bob}/@a"), "'b'", 500),
        ("PUT", format!("{list}/x/y"), "<y/>", 500),
        ("PUT", list.clone(), "<list>", 500),
        ("PUT", list.clone(), "", 500),
        ("PUT", INDEX.to_owned(), "<a>", 500),
        ("PUT", INDEX.replace("index", "none") + "/~~/a/b", "<b/>", 500),
        ("DELETE", format!("{list}/x"), "", 500),
        ("DELETE", INDEX.replace("index", "none"), "", 500),
        ("DELETE", format!("{list}/@name"), "", 200),
        ("GET", format!("{list}/x"), "", 404),
        ("GET", format!("{list}/namespace::*"), "", 501),
        ("GET", format!("{list}/{}", "a".repeat(250)), "", 414),
        ("POST", INDEX.to_owned(), "", 405),
        ("GET", format!("{list}?xmlns(p"), "", 200),
    ] {
        let answer = wire.ask(method, &path, "", body);
        assert_eq!(answer.status, status, "{method} {path}");
        if matches!(status, 404 | 500) {
            assert_eq!(answer.body, "");
        }
    }
    let stored = server.document("resource-lists", ALICE, "index").unwrap();
    assert!(
        stored.text().contains(
            r#"<list name=""><entry uri="sip:carol@example.com"/><entry uri="sip:bob@example.com"><a/></entry></list>"#
        ),
        "{}",
        stored.text()
    );
    let entries = wire.ask("GET", &format!("{list}/entry"), "", "");
    assert!(entries.body.contains("/>,<entry"), "{}", entries.body);
    assert_eq!(entries.header("content-type"), Some("application/resource-lists+xml"));
    let etag = stored.etag().to_string();
    for (method, condition, status) in [
        ("GET", format!("If-None-Match: {etag}"), 304),
        ("GET", format!("If-None-Match: \"a\", {etag}"), 304),
        ("PUT", "If-Match: *".to_owned(), 412),
        ("PUT", "If-Match: \"a\"".to_owned(), 412),
        ("PUT", format!("If-Match: {etag}"), 200),
        ("PUT", "If-None-Match: *".to_owned(), 200),
    ] {
        assert_eq!(
            wire.ask(method, INDEX, &format!("{condition}\r\n"), LISTS).status,
            status,
            "{condition}"
        );
    }
    for path in [INDEX.replace("index", "none"), INDEX.replace("index", "sub/new")] {
        assert_eq!(wire.ask("PUT", &path, "If-Match: *\r\n", LISTS).status, 412);
        assert_eq!(wire.ask("PUT", &path, "", LISTS).status, 200);
    }
    for path in ["/resource-lists", "/rl:resource-lists/rl:list?xmlns(rl=x)", "/a%5B"] {
        let node = format!("{INDEX}/~~{path}");
        assert_eq!(wire.ask("GET", &node, "", "").status, 500, "{path}");
    }
    let caps = wire.ask("GET", "/xcap-caps/global/index", "", "");
    assert_eq!(caps.header("etag"), None);
    assert_eq!(caps.body.matches("<auid>").count(), 5);
    assert_eq!(wire.ask("DELETE", INDEX, "", "").header("etag"), None);
    let directory =
        "/org.openmobilealliance.xcap-directory/users/sip:alice@example.com/directory.xml";
    let directory = wire.ask("GET", directory, "", "");
    assert_eq!((directory.status, directory.header("etag")), (200, None));
    assert!(!directory.body.contains("last-modified"), "{}", directory.body);

    for request in [
        format!("GET /xcap-root{INDEX} HTTP/1.1\r\n\r\n"),
        format!("HEAD /xcap-root{INDEX} HTTP/1.1\r\nHost: x\r\n\r\n"),
    ] {
        let wire = &mut Wire::to(&server);
        wire.send(request);
        assert!(wire.is_closed());
    }
    let wire = &mut Wire::to(&server);
    wire.stream.set_read_timeout(Some(Duration::from_millis(50)))?;
    wire.send(format!(
        "PUT /xcap-root{INDEX} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    ));
    assert_eq!(wire.fill().unwrap_err().kind(), io::ErrorKind::WouldBlock);
    Ok(())
}

#[test]
fn kamailio_counts_to_255() -> Result {
    let server = guarded(Auth::Digest).profile(Profile::Kamailio).start()?;
    let wire = &mut Wire::to(&server);
    let challenge = wire.ask("GET", INDEX, "", "").header("www-authenticate").unwrap().to_owned();
    assert!(!challenge.contains("algorithm") && !challenge.contains("opaque"), "{challenge}");
    let target = format!("/xcap-root{INDEX}");
    for (nc, status) in [("ff", 404), ("100", 401)] {
        let field = format!("Authorization: {}\r\n", authorization(&challenge, nc, &target));
        let answer = wire.ask("GET", INDEX, &field, "");
        assert_eq!(answer.status, status);
        let again = answer.header("www-authenticate");
        assert_eq!(again.is_some_and(|again| again.contains("stale=true")), status == 401);
    }
    let bob = "/resource-lists/users/sip:bob@example.com/index";
    let field = authorization(&challenge, "1", &format!("/xcap-root{bob}"));
    assert_eq!(wire.ask("GET", bob, &format!("Authorization: {field}\r\n"), "").status, 401);
    let fresh = wire.ask("GET", bob, "", "").header("www-authenticate").unwrap().to_owned();
    let field = authorization(&fresh, "1", &format!("/xcap-root{bob}"));
    assert_eq!(wire.ask("GET", bob, &format!("Authorization: {field}\r\n"), "").status, 403);
    Ok(())
}
