//! What calls do: which requests they make, and what comes of the answers.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

#[path = "support/digest.rs"]
mod digest;
#[path = "support/raw.rs"]
mod raw;

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use digest::{Asked, Digest};
use raw::{Reply, Request, Server};
use xcaplib::{
    Element, Error, ErrorKind, Method, NodeSelector, ResourceKind, Response, Result, XCAPClient,
    XCAPClientBuilder,
};

const INDEX: &str = "/resource-lists/users/sip:alice@example.com/index";
const LISTS: &str = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
const LIST: &str = "/resource-lists/list[2]";

/// A server and the requests it saw: method, path below [`INDEX`], conditions, authentication
/// scheme.
struct Seen {
    server: Server,
    log: Arc<Mutex<Vec<String>>>,
}

impl Seen {
    /// A server whose every request is answered by this function, told how many came before.
    fn answering(answer: impl Fn(usize, &Request) -> Reply + Send + Sync + 'static) -> Self {
        let log = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&log);
        let server = Server::answering(move |request| {
            let mut log = seen.lock().unwrap();
            log.push(line(request));
            answer(log.len() - 1, request)
        });
        Self { server, log }
    }

    /// A server that gives these answers in turn.
    fn script<const N: usize>(answers: [Reply; N]) -> Self {
        Self::answering(move |number, _| {
            answers.get(number).cloned().unwrap_or_else(|| answer(599, &[], "the end"))
        })
    }

    fn builder(&self) -> XCAPClientBuilder {
        XCAPClient::builder(&self.server.origin(), "sip:alice@example.com")
    }

    fn client(&self) -> XCAPClient {
        self.builder().password("secret").build().unwrap()
    }

    #[track_caller]
    fn saw<const N: usize>(&self, expected: [&str; N]) {
        assert_eq!(*self.log.lock().unwrap(), expected);
    }
}

fn line(request: &Request) -> String {
    let mut line = format!("{} {}", request.method(), request.target().replace(INDEX, ""));
    for name in ["If-Match", "If-None-Match"] {
        if let Some(value) = field(request, name) {
            line.push_str(&format!(" {name}: {value}"));
        }
    }
    let scheme = field(request, "Authorization");
    if let Some(scheme) = scheme.as_deref().and_then(|value| value.split(' ').next()) {
        line.push_str(&format!(" ({scheme})"));
    }
    line
}

fn field(request: &Request, name: &str) -> Option<String> {
    request.fields(name).into_iter().next()
}

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Reply {
    let headers: Vec<_> = headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let headers: Vec<_> = headers.iter().map(String::as_str).collect();
    raw::reply(status, &headers, body)
}

/// An answer with this ETag and no body.
fn tagged(status: u16, etag: &str) -> Reply {
    answer(status, &[("ETag", etag)], "")
}

fn missing() -> Reply {
    answer(404, &[], "")
}

// The documented usage.

#[test]
fn the_documented_usage_runs() -> Result<()> {
    let document = LISTS;
    let bob = Element::new("entry").attr("uri", "sip:bob@example.com");
    let selector = NodeSelector::root("resource-lists").child("list").child("entry").nth(1);
    let seen = Seen::script([
        tagged(201, "\"1\""),
        answer(200, &[("ETag", "\"1\"")], LISTS),
        answer(200, &[("ETag", "\"1\"")], "<display-name>Bob</display-name>"),
        tagged(200, "\"2\""),
        answer(200, &[], ""),
    ]);
    let client = seen.client();

    client.put("resource-lists", document, None, None, None)?;
    let got = client.get("resource-lists", None, None, None)?;
    let element =
        client.get("resource-lists", "/resource-lists/list/entry/display-name", None, None)?;
    #[rustfmt::skip]
    let res = client.put("resource-lists", bob, r#"/resource-lists/list/entry[@uri="sip:bob@example.com"]"#, got.etag(), None)?;
    client.delete("resource-lists", &selector, res.etag(), None)?;

    assert_eq!(got, LISTS);
    assert_eq!(element, "<display-name>Bob</display-name>");
    seen.saw([
        "PUT ",
        "GET ",
        "GET /~~/resource-lists/list/entry/display-name",
        "PUT /~~/resource-lists/list/entry%5B@uri=%22sip:bob@example.com%22%5D If-Match: \"1\"",
        "DELETE /~~/resource-lists/list/entry%5B1%5D If-Match: \"2\"",
    ]);
    Ok(())
}

#[test]
fn arguments_are_given_as_they_are() -> Result<()> {
    let seen = Seen::answering(|_, _| answer(200, &[("ETag", "\"1\"")], "<a/>"));
    let client = seen.client();
    let (node, etag) = (String::from("/resource-lists/list"), String::from("x"));
    let selector: NodeSelector = node.parse()?;
    let headers = [("X-A", "b")];
    let found = client.get("resource-lists", "", None, None)?;
    client.get("resource-lists", &node, &etag, &headers)?;
    client.get("resource-lists", node.clone(), "x", &headers[..])?;
    client.get("resource-lists", &selector, found.etag(), &vec![("X-A", "b")])?;
    client.get("resource-lists", selector, found.etag().unwrap(), None)?;
    let list = "GET /~~/resource-lists/list If-Match: \"x\"";
    let tagged = "GET /~~/resource-lists/list If-Match: \"1\"";
    seen.saw(["GET ", list, list, tagged, tagged]);
    Ok(())
}

// Results.

#[test]
fn a_resource_is_the_answer_to_a_get() {
    let media_type = "application/resource-lists+xml; charset=\"utf-8\"";
    let headers = [("Content-Type", media_type), ("ETag", "W/\"7\""), ("X-A", "1"), ("x-a", "2")];
    let seen = Seen::script([answer(200, &headers, "<é/>\n")]);
    let found = seen.client().get("resource-lists", None, None, None).unwrap();
    assert_eq!(found, "<é/>\n");
    assert_eq!(found.to_string(), "<é/>\n");
    assert_eq!(found.as_bytes(), "<é/>\n".as_bytes());
    assert_eq!(found.kind(), ResourceKind::Document);
    assert_eq!(found.content_type(), Some(media_type));
    let etag = found.etag().unwrap();
    assert_eq!((etag.opaque(), etag.is_weak(), etag.to_string()), ("7", true, "W/\"7\"".into()));
    assert_eq!(found.attribute_value(), None);
    assert_eq!(found.response().status(), 200);
    assert_eq!(found.response().header("x-A"), Some("1"));
    let repeated = found.response().headers().filter(|(name, _)| *name == "x-a");
    assert_eq!(repeated.map(|(_, value)| value).collect::<Vec<_>>(), ["1", "2"]);
    assert_eq!(found.into_string(), "<é/>\n");
}

#[test]
fn the_kind_is_that_of_what_was_asked_for() {
    for (node, kind, body, value) in [
        ("", ResourceKind::Document, "\"a&amp;b\"", None),
        ("/a", ResourceKind::Element, "<a/>", None),
        ("/a/@b", ResourceKind::Attribute, "\"a&amp;b\"", Some("a&b")),
        ("/a/namespace::*", ResourceKind::NamespaceBindings, "\"a&amp;b\"", None),
    ] {
        let seen = Seen::script([answer(200, &[("Content-Type", "text/plain")], body)]);
        let found = seen.client().get("x", node, None, None).unwrap();
        assert_eq!((found.kind(), found.attribute_value().as_deref()), (kind, value));
    }
}

#[test]
fn a_response_is_the_answer_to_a_change() {
    let seen = Seen::script([
        answer(201, &[("ETag", "\"1\""), ("X-A", "b")], "stored"),
        tagged(200, "\"2\""),
        answer(204, &[], ""),
    ]);
    let client = seen.client();
    let created = client.put("x", "<a/>", None, None, None).unwrap();
    assert!(created.is_created());
    assert_eq!(
        (created.status(), created.header("X-a"), created.body()),
        (201, Some("b"), &b"stored"[..])
    );
    assert_eq!(created.etag().unwrap().opaque(), "1");
    let replaced = client.put("x", "<a/>", None, created.etag(), None).unwrap();
    assert!(!replaced.is_created());
    let deleted = client.delete("x", None, replaced.etag(), None).unwrap();
    assert_eq!((deleted.status(), deleted.etag()), (204, None));
}

#[test]
fn optional_turns_404_into_none() {
    let seen = Seen::script([missing(), answer(200, &[], "<a/>"), answer(403, &[], ""), missing()]);
    let client = seen.client();
    let get = || client.request("x").optional().get();
    assert!(get().unwrap().is_none());
    assert_eq!(get().unwrap().unwrap(), "<a/>");
    assert!(get().unwrap_err().is_forbidden());
    assert!(client.request("x").get().unwrap_err().is_not_found());
}

#[test]
fn a_raw_request_gives_whatever_was_answered() {
    let client_error = "{\"detail\":\"no\"}";
    for status in [200, 201, 204, 302, 304, 404, 409, 412, 415, 500, 501, 599] {
        let body = if matches!(status, 204 | 304) { "" } else { client_error };
        let seen = Seen::script([answer(status, &[("X-A", "b")], body)]);
        let answer = seen.client().request("x").send_raw(Method::Put, Some(b"<a/>")).unwrap();
        assert_eq!((answer.status(), answer.body()), (status, body.as_bytes()));
        assert_eq!(answer.header("x-a"), Some("b"));
    }
}

// Insert and replace.

fn insert(seen: &Seen, node: Option<&str>, etag: Option<&str>) -> Result<Response> {
    let client = seen.client();
    let list = Element::new("list").to_string();
    let body = if node.is_some() { &list } else { LISTS };
    match etag {
        Some(etag) => client.insert("resource-lists", body, node, etag, None),
        None => client.insert("resource-lists", body, node, None, None),
    }
}

fn found(etag: &str) -> Reply {
    answer(200, &[("ETag", etag)], LISTS)
}

#[test]
fn a_document_is_inserted_where_none_is() {
    let seen = Seen::script([missing(), tagged(201, "\"1\"")]);
    assert!(insert(&seen, None, None).unwrap().is_created());
    seen.saw(["GET ", "PUT  If-None-Match: *"]);

    let seen = Seen::script([found("\"1\"")]);
    let error = insert(&seen, None, None).unwrap_err();
    assert!(error.is_already_exists());
    assert_eq!(error.response().unwrap().body(), LISTS.as_bytes());
    seen.saw(["GET "]);

    let seen = Seen::script([missing(), answer(412, &[], "")]);
    let error = insert(&seen, None, None).unwrap_err();
    assert!(error.is_already_exists() && error.status() == Some(412));

    let seen = Seen::script([answer(403, &[], "")]);
    assert!(insert(&seen, None, None).unwrap_err().is_forbidden());
    seen.saw(["GET "]);

    let seen = Seen::script([]);
    assert!(insert(&seen, None, Some("x")).unwrap_err().is_invalid_input());
    let client = seen.client();
    let by_header = client.request("resource-lists").header("IF-match", "\"x\"");
    assert!(by_header.insert(LISTS).unwrap_err().is_invalid_input());
    // A promise is not the caller's to weaken.
    let request = || client.request("resource-lists").if_none_match("x");
    assert!(request().insert(LISTS).unwrap_err().is_invalid_input());
    assert!(request().replace(LISTS).unwrap_err().is_invalid_input());
    seen.saw([]);
}

const GET_LIST: &str = "GET /~~/resource-lists/list%5B2%5D";
const PUT_LIST_1: &str = "PUT /~~/resource-lists/list%5B2%5D If-Match: \"1\"";
const PUT_LIST_2: &str = "PUT /~~/resource-lists/list%5B2%5D If-Match: \"2\"";

#[test]
fn a_node_is_inserted_where_none_is() {
    let seen = Seen::script([found("\"1\""), missing(), tagged(201, "\"2\"")]);
    assert!(insert(&seen, Some(LIST), None).unwrap().is_created());
    seen.saw(["GET ", GET_LIST, PUT_LIST_1]);

    let seen = Seen::script([found("\"1\""), answer(200, &[], "<list/>")]);
    assert!(insert(&seen, Some(LIST), None).unwrap_err().is_already_exists());
    seen.saw(["GET ", GET_LIST]);

    let seen = Seen::script([missing()]);
    assert!(insert(&seen, Some(LIST), None).unwrap_err().is_not_found());

    let seen = Seen::script([answer(200, &[], LISTS)]);
    assert!(insert(&seen, Some(LIST), None).unwrap_err().is_malformed_response());
    seen.saw(["GET "]);
}

#[test]
fn what_a_weak_etag_cannot_guard_is_tried_once() {
    let weak = || answer(200, &[("ETag", "W/\"7\"")], LISTS);
    let changed = || answer(412, &[], "");
    let put = "PUT /~~/resource-lists/list%5B2%5D If-Match: W/\"7\"";
    let seen = Seen::script([weak(), missing(), changed()]);
    let error = insert(&seen, Some(LIST), None).unwrap_err();
    assert!(error.is_precondition_failed() && error.to_string().contains("is weak"), "{error}");
    seen.saw(["GET ", GET_LIST, put]);

    let seen = Seen::script([weak(), changed()]);
    let error = seen.client().replace("resource-lists", "<list/>", LIST, None, None).unwrap_err();
    assert!(error.is_precondition_failed() && error.to_string().contains("is weak"), "{error}");
    seen.saw([GET_LIST, put]);
}

#[test]
fn a_node_is_inserted_again_when_the_document_changed() {
    let changed = || answer(412, &[], "");
    let seen = Seen::script([
        found("\"1\""),
        missing(),
        changed(),
        found("\"2\""),
        missing(),
        tagged(201, "\"3\""),
    ]);
    assert_eq!(insert(&seen, Some(LIST), None).unwrap().etag().unwrap().opaque(), "3");
    seen.saw(["GET ", GET_LIST, PUT_LIST_1, "GET ", GET_LIST, PUT_LIST_2]);

    // Somebody else was faster with the same node.
    let seen = Seen::script([found("\"1\""), missing(), changed(), found("\"2\""), found("\"2\"")]);
    assert!(insert(&seen, Some(LIST), None).unwrap_err().is_already_exists());

    let seen = Seen::answering(|number, _| match number % 3 {
        0 => found("\"1\""),
        1 => missing(),
        _ => answer(412, &[], ""),
    });
    assert!(insert(&seen, Some(LIST), None).unwrap_err().is_precondition_failed());
    let log = seen.log.lock().unwrap();
    assert_eq!((log.len(), log.iter().filter(|line| *line == PUT_LIST_1).count()), (15, 5));
}

#[test]
fn a_node_is_inserted_once_with_an_etag_of_the_callers() {
    let seen = Seen::script([missing(), tagged(201, "\"2\"")]);
    insert(&seen, Some(LIST), Some("1")).unwrap();
    seen.saw([GET_LIST, PUT_LIST_1]);

    let seen = Seen::script([missing(), answer(412, &[], "")]);
    assert!(insert(&seen, Some(LIST), Some("1")).unwrap_err().is_precondition_failed());
    seen.saw([GET_LIST, PUT_LIST_1]);

    let seen = Seen::script([missing(), answer(412, &[], "")]);
    let headers = [("if-match", "\"1\"")];
    let client = seen.client();
    let error = client.insert("resource-lists", "<list/>", LIST, None, &headers).unwrap_err();
    assert!(error.is_precondition_failed());
    seen.saw([GET_LIST, PUT_LIST_1]);
}

#[test]
fn replace_gives_back_what_was() {
    let old = || answer(200, &[("ETag", "\"1\"")], "<list name=\"a\"/>");
    let replace =
        |seen: &Seen| seen.client().replace("resource-lists", "<list/>", LIST, None, None);
    let seen = Seen::script([old(), tagged(200, "\"2\"")]);
    let (was, response) = replace(&seen).unwrap();
    assert_eq!(was, "<list name=\"a\"/>");
    assert_eq!(response.etag().unwrap().opaque(), "2");
    seen.saw([GET_LIST, PUT_LIST_1]);

    let seen = Seen::script([
        old(),
        answer(412, &[], ""),
        answer(200, &[("ETag", "\"2\"")], "<list name=\"b\"/>"),
        tagged(200, "\"3\""),
    ]);
    assert_eq!(replace(&seen).unwrap().0, "<list name=\"b\"/>");
    seen.saw([GET_LIST, PUT_LIST_1, GET_LIST, PUT_LIST_2]);

    let seen = Seen::answering(move |number, _| match number % 2 {
        0 => found("\"1\""),
        _ => answer(412, &[], ""),
    });
    assert!(replace(&seen).unwrap_err().is_precondition_failed());
    assert_eq!(seen.log.lock().unwrap().len(), 10);

    let seen = Seen::script([missing()]);
    assert!(replace(&seen).unwrap_err().is_not_found());
    seen.saw([GET_LIST]);

    let seen = Seen::script([answer(200, &[], "<list/>")]);
    assert!(replace(&seen).unwrap_err().is_malformed_response());
    seen.saw([GET_LIST]);

    let seen = Seen::script([old(), answer(412, &[], "")]);
    let client = seen.client();
    let error = client.replace("resource-lists", "<list/>", LIST, "9", None).unwrap_err();
    assert!(error.is_precondition_failed());
    seen.saw([GET_LIST, "PUT /~~/resource-lists/list%5B2%5D If-Match: \"9\""]);
}

#[test]
fn headers_of_the_caller_go_with_every_request_of_a_call() {
    let fields = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&fields);
    let server = Seen::answering(move |number, request| {
        let fields = ["X-A", "Content-Type"].map(|name| field(request, name).unwrap_or_default());
        seen.lock().unwrap().push(fields);
        if number == 1 { tagged(200, "\"2\"") } else { found("\"1\"") }
    });
    let client = server.client();
    client.request("x").header("X-A", "b").content_type("a/b").replace("<a/>").unwrap();
    assert_eq!(*fields.lock().unwrap(), [["b", ""], ["b", "a/b"]]);
}

// Authentication.

fn challenged(challenge: &str) -> Reply {
    answer(401, &[("WWW-Authenticate", challenge)], "{\"detail\":\"Unauthorized\"}")
}

/// Whether the request answers this challenge; a wrong answer fails the test.
fn is_answer(request: &Request, challenge: &str, user: &str, password: &str) -> bool {
    let Some(authorization) = field(request, "Authorization") else { return false };
    let answer = Digest::read(&authorization).unwrap();
    let challenge = Digest::read(challenge).unwrap();
    let (method, target, body) = (request.method(), request.target(), &request.body);
    answer.proves(&Asked { user, password, method: &method, target: &target, body }, &[]);
    ["realm", "nonce", "opaque", "algorithm", "qop"]
        .iter()
        .all(|name| answer.get(name) == challenge.get(name))
}

/// What the http-auth crate answers, which shares no code with what the tests compare with.
#[test]
fn the_other_implementation_is_right() {
    let table = include_str!("data/digest.txt");
    let mut answers = 0;
    for block in table.split("\n\n").skip(1) {
        let mut lines = block.lines();
        let (user, password) = lines.next().unwrap().split_once(' ').unwrap();
        let challenge = Digest::read(lines.next().unwrap()).unwrap();
        let asked = Asked { user, password, method: "PUT", target: "/a?b", body: b"<a/>" };
        // Without a qop it does not repeat the algorithm.
        let algorithm = match (challenge.get("algorithm"), challenge.get("qop")) {
            (algorithm @ ("SHA-256" | "SHA-512-256"), "") => format!(", algorithm={algorithm}"),
            _ => String::new(),
        };
        for answer in lines {
            Digest::read(&format!("{answer}{algorithm}")).unwrap().proves(&asked, &[]);
            answers += 1;
        }
    }
    assert_eq!(answers, 98);
}

/// A server that answers 200 where Digest credentials for this challenge are right.
fn guarded(challenge: &'static str, user: &'static str, password: &'static str) -> Seen {
    Seen::answering(move |_, request| {
        if is_answer(request, challenge, user, password) {
            found("\"1\"")
        } else {
            challenged(challenge)
        }
    })
}

const MD5: &str =
    r#"Digest realm="example.com", nonce="MTc5", qop="auth", opaque="o=p", algorithm=MD5"#;
const SHA_256: &str = r#"Digest realm="example.com", nonce="MTc5", qop="auth", algorithm=SHA-256"#;
const BASIC: &str = "Basic realm=\"example.com\"";

#[test]
fn digest_agrees_with_another_implementation() {
    for challenge in [MD5, SHA_256] {
        let seen = guarded(challenge, "alice", "secret");
        let client = seen.client();
        let bound = NodeSelector::root("p:a").with_attr("b", "é \"'&+").bind("p", "urn:x");
        client.put("resource-lists", LISTS, None, "1", None).unwrap();
        client.get("resource-lists", bound, None, None).unwrap();
        client.clone().delete("resource-lists", None, None, None).unwrap();
        seen.saw([
            "PUT  If-Match: \"1\"",
            "PUT  If-Match: \"1\" (Digest)",
            "GET /~~/p:a%5B@b=%22%C3%A9%20&quot;'&amp;%2B%22%5D?xmlns(p=urn:x) (Digest)",
            "DELETE  (Digest)",
        ]);
    }
}

/// A server whose nonces work once, that refuses a used one without a challenge, and that stands
/// behind a gateway which wants its key.
fn one_time() -> Seen {
    let used = Mutex::new(HashSet::new());
    Seen::answering(move |number, request| {
        let challenge = |nonce: &str| {
            format!("Digest realm=\"example.com\", nonce=\"{nonce}\", qop=\"auth\", algorithm=MD5")
        };
        if field(request, "X-Api-Key").is_none() {
            return answer(403, &[], "");
        }
        let Some(authorization) = field(request, "Authorization") else {
            return challenged(&challenge(&format!("n{number}")));
        };
        let digest = Digest::read(&authorization).unwrap();
        let nonce = digest.get("nonce");
        let is_fresh = used.lock().unwrap().insert(nonce.to_owned());
        if is_fresh && is_answer(request, &challenge(nonce), "alice", "secret") {
            found("\"1\"")
        } else {
            answer(401, &[], "{\"detail\":\"Invalid or expired nonce\"}")
        }
    })
}

#[test]
fn nonces_that_work_once_are_learnt() {
    let seen = one_time();
    let client = seen.client();
    for _ in 0..3 {
        client.put("resource-lists", LISTS, None, "1", &[("X-Api-Key", "k")]).unwrap();
    }
    let (bare, authorized) = ("PUT  If-Match: \"1\"", "PUT  If-Match: \"1\" (Digest)");
    // The last time the nonce is fetched before the body is sent.
    seen.saw([bare, authorized, authorized, bare, authorized, "GET ", authorized]);
}

#[test]
fn another_user_name_and_any_password() {
    let seen = guarded(MD5, "müller", "pä:ss\"\\");
    let client = seen.builder().auth_username("müller").password("pä:ss\"\\").build().unwrap();
    client.get("resource-lists", None, None, None).unwrap();
    seen.saw(["GET ", "GET  (Digest)"]);
}

#[test]
fn a_refused_password_is_one_error_after_two_requests() {
    for (challenge, authorized) in [(MD5, "GET  (Digest)"), (BASIC, "GET  (Basic)")] {
        let seen = Seen::answering(move |_, _| challenged(challenge));
        let error = seen.client().get("resource-lists", None, None, None).unwrap_err();
        assert!(error.is_unauthorized() && error.status() == Some(401));
        assert_eq!(error.response().unwrap().body(), b"{\"detail\":\"Unauthorized\"}");
        seen.saw(["GET ", authorized]);
    }
}

#[test]
fn without_a_password_a_challenge_is_an_error() {
    let seen = Seen::answering(|_, _| challenged(MD5));
    let client = seen.builder().build().unwrap();
    assert!(client.get("resource-lists", None, None, None).unwrap_err().is_unauthorized());
    assert_eq!(client.request("resource-lists").send_raw(Method::Get, None).unwrap().status(), 401);
    seen.saw(["GET ", "GET "]);
}

/// A server that asks for Basic and takes `alice` and `secret`.
fn basic() -> Seen {
    Seen::answering(|_, request| match field(request, "Authorization").as_deref() {
        Some("Basic YWxpY2U6c2VjcmV0") => found("\"1\""),
        _ => challenged(BASIC),
    })
}

#[test]
fn basic_is_sent_at_once_after_it_worked() {
    let seen = basic();
    let client = seen.client();
    client.put("resource-lists", LISTS, None, None, None).unwrap();
    client.get("resource-lists", None, None, None).unwrap();
    seen.saw(["PUT ", "PUT  (Basic)", "GET  (Basic)"]);
}

#[test]
fn basic_over_http_to_another_machine_must_be_allowed() {
    let seen = basic();
    // It leads to this machine and is no loopback address.
    let root = format!("http://0.0.0.0:{}", seen.server.address().port());
    let builder = || XCAPClient::builder(&root, "alice@example.com").password("secret");
    let client = builder().build().unwrap();
    let error = client.get("resource-lists", None, None, None).unwrap_err();
    assert!(error.is_unauthorized());
    assert!(error.to_string().ends_with("allow it with `allow_basic_over_http`"), "{error}");
    seen.saw(["GET "]);
    let client = builder().allow_basic_over_http(true).build().unwrap();
    client.get("resource-lists", None, None, None).unwrap();
    seen.saw(["GET ", "GET ", "GET  (Basic)"]);
}

#[test]
fn credentials_of_the_callers_own_are_sent_as_they_are() {
    let seen = Seen::answering(|_, _| challenged(MD5));
    let headers = [("authorization", "Bearer x")];
    let error = seen.client().get("resource-lists", None, None, &headers).unwrap_err();
    assert!(error.is_unauthorized());
    seen.saw(["GET  (Bearer)"]);
}

// Redirects.

fn redirect(status: u16, location: &str) -> Reply {
    answer(status, &[("Location", location)], "moved")
}

type Call = fn(&XCAPClient) -> Result<u16>;

const CALLS: [(&str, Call); 3] = [
    ("GET", |c| c.get("x", None, None, None).map(|found| found.response().status())),
    ("PUT", |c| c.put("x", "<a/>", None, None, None).map(|response| response.status())),
    ("DELETE", |c| c.delete("x", None, None, None).map(|response| response.status())),
];

#[test]
fn redirects_that_keep_the_method_are_followed_within_the_origin() {
    for (method, call) in CALLS {
        for status in [300, 301, 302, 303, 305, 307, 308, 399] {
            let is_followed =
                matches!(status, 307 | 308) || (method == "GET" && matches!(status, 301 | 302));
            let seen = Seen::script([redirect(status, "../a%20b?c#d"), found("\"1\"")]);
            let result = call(&seen.client());
            let first = format!("{method} /x/users/sip:alice@example.com/index");
            if is_followed {
                assert_eq!(result.unwrap(), 200);
                seen.saw([first.as_str(), &format!("{method} /x/users/a%20b?c")]);
            } else {
                let error = result.unwrap_err();
                assert!(error.is_redirect() && error.status() == Some(status));
                let named = format!("{}/x/users/a%20b?c", seen.server.origin());
                assert!(error.to_string().contains(&named), "{error}");
                seen.saw([first.as_str()]);
            }
        }
    }
}

#[test]
fn a_redirected_body_and_its_headers_arrive() {
    let seen = Seen::answering(|number, request| match number {
        0 => redirect(307, "/elsewhere"),
        _ => answer(
            200,
            &[],
            &(String::from_utf8(request.body.clone()).unwrap() + &field(request, "X-A").unwrap()),
        ),
    });
    let answer = seen.client().put("x", "<a/>", None, "1", &[("X-A", "b")]).unwrap();
    assert_eq!(answer.body(), b"<a/>b");
    seen.saw([
        "PUT /x/users/sip:alice@example.com/index If-Match: \"1\"",
        "PUT /elsewhere If-Match: \"1\"",
    ]);
}

#[test]
fn a_redirected_request_is_authorized_for_its_new_target() {
    let seen = Seen::answering(|_, request| {
        if !is_answer(request, MD5, "alice", "secret") {
            challenged(MD5)
        } else if request.target() == "/new?x" {
            found("\"1\"")
        } else {
            redirect(302, "/new?x")
        }
    });
    seen.client().get("resource-lists", None, None, None).unwrap();
    seen.saw(["GET ", "GET  (Digest)", "GET /new?x (Digest)"]);
}

#[test]
fn five_redirects_are_followed() {
    let endless = |number: usize| redirect(307, &format!("/{number}"));
    let seen = Seen::answering(move |number, _| endless(number));
    let error = seen.client().get("x", None, None, None).unwrap_err();
    assert!(error.is_redirect());
    assert!(error.to_string().contains(&format!("{}/5", seen.server.origin())), "{error}");
    assert_eq!(seen.log.lock().unwrap().len(), 6);
    let seen = Seen::answering(move |number, _| match number {
        5 => found("\"1\""),
        _ => endless(number),
    });
    seen.client().get("x", None, None, None).unwrap();
}

#[test]
fn no_redirect_leaves_the_origin() {
    let other = Seen::answering(|_, _| challenged(BASIC));
    let port = other.server.address().port();
    let own = |location: &str| {
        let location = location.to_owned();
        Seen::answering(move |_, request| match field(request, "Authorization") {
            Some(_) => redirect(307, &location),
            None => challenged(BASIC),
        })
    };
    for location in [
        format!("http://127.0.0.1:{port}/a"),
        format!("//127.0.0.1:{port}/a"),
        format!("http://localhost:{port}/a"),
        format!("https://127.0.0.1:{port}/a"),
        "mailto:a@example.com".to_owned(),
    ] {
        for (_, call) in CALLS {
            let error: Error = call(&own(&location).client()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Redirect);
            let named = location.trim_start_matches("//").to_owned();
            assert!(error.to_string().contains(&named), "{error}");
        }
    }
    other.saw([]);
}

#[test]
fn a_redirect_that_names_no_target_is_an_error() {
    for answer in [answer(301, &[], ""), redirect(301, "http://[::1/")] {
        let seen = Seen::script([answer]);
        assert!(seen.client().get("x", None, None, None).unwrap_err().is_redirect());
    }
    let seen = Seen::answering(|_, request| {
        redirect(301, &format!("http://u:hidden@{}/a", field(request, "Host").unwrap()))
    });
    let error = seen.client().get("x", None, None, None).unwrap_err();
    assert!(error.to_string().ends_with("/a, not followed with a user name in it"), "{error}");
    assert!(error.is_redirect() && !format!("{error} {error:?}").contains("hidden"), "{error}");
}
