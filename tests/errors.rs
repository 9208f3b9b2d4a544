//! The text of every error, to the letter, and what its predicates say.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

#[path = "support/raw.rs"]
mod raw;

use std::fmt::Debug;
use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use raw::{Reply, Server, nothing, ok, raw, reply};
use xcaplib::{Credentials, Error, ErrorKind, NodeSelector, Result, XCAPClient};

/// The user's document, `ROOT` being the XCAP root.
const DOCUMENT: &str = "ROOT/x/users/sip:alice@example.com/index";

fn client(server: &Server, password: Option<&str>) -> XCAPClient {
    XCAPClient::new(&server.origin(), "sip:alice@example.com", password).unwrap()
}

/// The error of a call that gets these answers.
#[track_caller]
fn error<T>(
    replies: impl IntoIterator<Item = Reply>,
    call: impl FnOnce(&XCAPClient) -> Result<T>,
) -> Error {
    let server = Server::start(replies);
    call(&client(&server, Some("secret"))).err().unwrap()
}

#[track_caller]
fn get_error(reply: Reply) -> Error {
    error([reply], |c| c.get("x", None, None, None))
}

#[track_caller]
fn put_error(reply: Reply) -> Error {
    error([reply], |c| c.put("x", "<a/>", None, None, None))
}

/// Asserts the text of an error: the method and the document, then this.
#[track_caller]
fn says(error: &Error, method: &str, expected: &str) {
    let text = anonymous(error);
    assert_eq!(text, format!("{method} {DOCUMENT}: {expected}"));
}

/// The text with `ROOT` for a server whose port is another every time.
fn anonymous(error: &Error) -> String {
    let text = error.to_string();
    let Some((before, after)) = text.split_once("http://127.0.0.1:") else { return text };
    format!("{before}ROOT{}", after.trim_start_matches(|c: char| c.is_ascii_digit()))
}

/// Asserts that these predicates hold and no others.
#[track_caller]
fn is(error: &Error, kind: ErrorKind, expected: &[&str]) {
    let predicates = [
        ("not_found", error.is_not_found()),
        ("precondition_failed", error.is_precondition_failed()),
        ("conflict", error.is_conflict()),
        ("unauthorized", error.is_unauthorized()),
        ("forbidden", error.is_forbidden()),
        ("not_modified", error.is_not_modified()),
        ("already_exists", error.is_already_exists()),
        ("redirect", error.is_redirect()),
        ("timeout", error.is_timeout()),
        ("transport", error.is_transport()),
        ("tls", error.is_tls()),
        ("invalid_input", error.is_invalid_input()),
        ("too_large", error.is_too_large()),
        ("not_utf8", error.is_not_utf8()),
        ("malformed_response", error.is_malformed_response()),
    ];
    let held: Vec<_> = predicates.into_iter().filter(|(_, holds)| *holds).map(|(n, _)| n).collect();
    assert_eq!((error.kind(), held), (kind, expected.to_vec()), "{error}");
}

// Statuses.

#[test]
fn a_status_that_is_no_success() {
    for (status, reason, kind, predicates) in [
        (304, "304 Not Modified", ErrorKind::NotModified, &["not_modified"][..]),
        (400, "400 Bad Request", ErrorKind::Status, &[]),
        (403, "403 Forbidden", ErrorKind::Forbidden, &["forbidden"]),
        (404, "404 Not Found", ErrorKind::NotFound, &["not_found"]),
        (405, "405 Method Not Allowed", ErrorKind::Status, &[]),
        (409, "409 Conflict", ErrorKind::Conflict, &["conflict"]),
        (412, "412 Precondition Failed", ErrorKind::PreconditionFailed, &["precondition_failed"]),
        (415, "415 Unsupported Media Type", ErrorKind::Status, &[]),
        (500, "500 Internal Server Error", ErrorKind::Status, &[]),
        (503, "503 Service Unavailable", ErrorKind::Status, &[]),
        (599, "599", ErrorKind::Status, &[]),
        (999, "999", ErrorKind::Status, &[]),
    ] {
        let body = if status == 304 { "" } else { "why" };
        let error = error([reply(status, &["X-A: b"], body)], |c| c.delete("x", None, None, None));
        says(&error, "DELETE", &format!("the server answered {reason}"));
        is(&error, kind, predicates);
        let response = error.response().unwrap();
        assert_eq!((error.status(), response.body()), (Some(status), body.as_bytes()));
        assert_eq!(response.header("x-a"), Some("b"));
        assert!(error.conflict().is_none() && std::error::Error::source(&error).is_none());
    }
}

#[test]
fn a_condition_that_fails_is_explained() {
    let failed = || [reply(412, &[], "")];
    for (etag, advice) in [
        ("abc", "the document is not the one with the ETag \"abc\"; fetch it again"),
        (
            "W/\"abc\"",
            "the ETag W/\"abc\" is weak, and If-Match never matches a weak one (RFC 9110 section 13.1.1)",
        ),
        ("*", "If-Match: * needs a document that is there"),
    ] {
        let error = error(failed(), |c| c.put("x", "<a/>", None, etag, None));
        says(&error, "PUT", &format!("the server answered 412 Precondition Failed: {advice}"));
    }
    for (etag, advice) in
        [("*", "there is one already"), ("abc", "the document has the ETag \"abc\"")]
    {
        let error = error(failed(), |c| c.request("x").if_none_match(etag).put("<a/>"));
        says(&error, "PUT", &format!("the server answered 412 Precondition Failed: {advice}"));
    }
    let not_modified = |etag: &'static str| {
        error([reply(304, &[], "")], |c| c.request("x").if_none_match(etag).get())
    };
    let text = "the server answered 304 Not Modified";
    says(&not_modified("abc"), "GET", &format!("{text}: the document has the ETag \"abc\""));
    says(&not_modified("W/\"a\", \"b\""), "GET", text);
    for list in ["\"a\", \"b\"", "W/\"a\", \"b\"", "\"a\", W/\"b\""] {
        for call in [
            |c: &XCAPClient, list: &str| c.put("x", "<a/>", None, list, None),
            |c: &XCAPClient, list: &str| c.request("x").if_none_match(list).put("<a/>"),
        ] {
            let error = error(failed(), |c| call(c, list));
            says(&error, "PUT", "the server answered 412 Precondition Failed");
        }
    }
}

#[test]
fn a_media_type_that_is_refused_is_named() {
    let call = |media_type: &'static str| {
        error([reply(415, &[], "")], |c| c.request("x").content_type(media_type).put("<a/>"))
    };
    let text = "the server answered 415 Unsupported Media Type";
    says(&call("a/b"), "PUT", &format!("{text}: the server does not take a/b there"));
    says(&call(""), "PUT", text);
}

#[test]
fn a_401_says_what_to_do() {
    let challenge = |value: &str| reply(401, &[&format!("WWW-Authenticate: {value}")], "");
    let digest = || challenge("Digest realm=\"example.com\", nonce=\"n\", qop=\"auth\"");
    for (replies, advice) in [
        (
            vec![reply(401, &[], "")],
            "the server asks for authentication without a challenge; its WWW-Authenticate header is missing, empty or unreadable",
        ),
        (
            vec![digest(), digest()],
            "the server refused the user name and password for realm `example.com`; check both, and whether the user may do this",
        ),
        (
            vec![challenge("Negotiate")],
            "the server offers only authentication that this client does not know: `Negotiate`; Digest or Basic is needed",
        ),
    ] {
        let error = error(replies, |c| c.get("x", None, None, None));
        says(&error, "GET", &format!("the server answered 401 Unauthorized: {advice}"));
        is(&error, ErrorKind::Unauthorized, &["unauthorized"]);
    }
    let server = Server::start([digest(), digest(), digest()]);
    let error = client(&server, None).get("x", None, None, None).unwrap_err();
    says(
        &error,
        "GET",
        "the server answered 401 Unauthorized: the server asks for Digest authentication of realm `example.com` \
         and the client has no password",
    );
    for (user, advice) in [
        (
            None,
            "the server asks for Digest authentication of realm `example.com` and the client's `credentials` closure gives nothing for it",
        ),
        (
            Some("a\n"),
            "the user name that the client's `credentials` closure gives for realm `example.com` holds a control character or is longer than 122880 bytes",
        ),
    ] {
        let client = XCAPClient::builder(&server.origin(), "sip:alice@example.com")
            .credentials(move |_| user.map(|user| Credentials::new(user, "secret")))
            .build()
            .unwrap();
        let error = client.get("x", None, None, None).unwrap_err();
        says(&error, "GET", &format!("the server answered 401 Unauthorized: {advice}"));
        is(&error, ErrorKind::Unauthorized, &["unauthorized"]);
    }
}

#[test]
fn a_server_that_does_not_know_the_password_is_not_believed() {
    let error = error(
        [
            reply(401, &["WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\""], ""),
            reply(200, &["Authentication-Info: rspauth=\"0123\""], "<a/>"),
        ],
        |c| c.get("x", None, None, None),
    );
    says(
        &error,
        "GET",
        "the server's answer does not prove that the server knows the password, its `rspauth` is wrong",
    );
    is(&error, ErrorKind::MalformedResponse, &["malformed_response"]);
}

#[test]
fn a_redirect_names_its_target() {
    let to = |status, location: &str| reply(status, &[&format!("Location: {location}")], "");
    for (reply, advice) in [
        (
            to(302, "https://other.example.com/a"),
            "302 Found: a redirect to https://other.example.com/a, not followed to another origin; \
             if it is right, make it the client's root",
        ),
        (
            to(303, "https://other.example.com/a"),
            "303 See Other: a redirect to https://other.example.com/a, not followed for this method and status",
        ),
        (reply(301, &[], ""), "301 Moved Permanently: a redirect without a Location"),
        (
            to(301, "http://["),
            "301 Moved Permanently: a redirect to `http://[`, which is not a URL",
        ),
        (
            to(301, "http://bob:hunter2@[bad/x"),
            "301 Moved Permanently: a redirect to `..@[bad/x`, which is not a URL",
        ),
        (
            to(301, "http://bob:hunter@2@[bad/x"),
            "301 Moved Permanently: a redirect to `..@[bad/x`, which is not a URL",
        ),
    ] {
        let error = get_error(reply);
        says(&error, "GET", &format!("the server answered {advice}"));
        is(&error, ErrorKind::Redirect, &["redirect"]);
    }
    let long = format!("https://other.example.com/{}", "x".repeat(1_000));
    assert!(get_error(to(302, &long)).to_string().contains(&format!("{long}, not followed")));
    let server = Server::start([]);
    server.add((0..6).map(|_| to(307, "/a")));
    let error = client(&server, None).get("x", None, None, None).unwrap_err();
    assert_eq!(
        error.to_string().replace(&server.origin(), "ROOT"),
        "GET ROOT/a: the server answered 307 Temporary Redirect: \
         a redirect to ROOT/a, more than 5 redirects are not followed"
    );
}

// Conflicts.

/// The report of a 409 with this element.
fn report(element: &str) -> String {
    format!(
        "\u{feff}<?xml version='1.0'?>\n<!-- why -->\
         <xcap-error xmlns='urn:ietf:params:xml:ns:xcap-error'>\n<!-- because -->{element}</xcap-error>"
    )
}

#[test]
fn every_xcap_error_is_named() {
    for name in [
        "not-well-formed",
        "not-xml-frag",
        "no-parent",
        "schema-validation-error",
        "not-xml-att-value",
        "cannot-insert",
        "cannot-delete",
        "uniqueness-failure",
        "constraint-failure",
        "extension",
        "not-utf-8",
    ] {
        // The rest of an extension is for those who know it.
        let shown = if name == "extension" { "" } else { " (\"so it is\")" };
        for (element, text) in [
            (format!("<{name}/>"), name.to_owned()),
            (format!("<{name} phrase='so it is'><x xmlns=''/></{name}>"), format!("{name}{shown}")),
        ] {
            let body = report(&element);
            let error = put_error(reply(409, &["Content-Type: text/plain"], &body));
            says(&error, "PUT", &format!("the server answered 409 Conflict: {text}"));
            is(&error, ErrorKind::Conflict, &["conflict"]);
            assert_eq!(error.conflict().unwrap().name(), name);
            assert_eq!(error.response().unwrap().body(), body.as_bytes());
        }
    }
}

#[test]
fn a_conflict_tells_its_details() {
    let error = put_error(reply(
        409,
        &[],
        report(
            "<uniqueness-failure phrase='taken\n'>\
             <exists field='rls-services/service/@uri'><alt-value>sip:b@c</alt-value>\
             <alt-value> sip:d@e </alt-value></exists><exists field='x'/><exists/></uniqueness-failure>",
        ),
    ));
    says(
        &error,
        "PUT",
        "the server answered 409 Conflict: uniqueness-failure (\"taken \"); \
         the value of rls-services/service/@uri is taken, free would be sip:b@c, sip:d@e; the value of x is taken",
    );
    let conflict = error.conflict().unwrap();
    assert_eq!(conflict.phrase(), Some("taken "));
    let [uri, x] = conflict.exists() else { panic!("not two values: {conflict:?}") };
    assert_eq!((uri.field.as_str(), x.field.as_str()), ("rls-services/service/@uri", "x"));
    assert_eq!(uri.alt_values, ["sip:b@c", "sip:d@e"]);
    assert!(x.alt_values.is_empty());
    assert_eq!(conflict.ancestor(), None);

    let error = put_error(reply(
        409,
        &[],
        report("<no-parent><ancestor><!-- c -->/index/~~/a</ancestor></no-parent>"),
    ));
    says(
        &error,
        "PUT",
        "the server answered 409 Conflict: no-parent; the closest ancestor that exists is /index/~~/a",
    );
    assert_eq!(error.conflict().unwrap().ancestor(), Some("/index/~~/a"));
}

#[test]
fn a_text_is_one_line_of_bounded_length() {
    let long = "&#13;&#10;\u{9b}".to_owned() + &"é".repeat(5_000);
    let exists =
        format!("<exists field='{long}'><alt-value>{long}</alt-value></exists>").repeat(50);
    let body =
        report(&format!("<uniqueness-failure phrase='{long}'>{exists}</uniqueness-failure>"));
    let text = put_error(reply(409, &[], body)).to_string();
    assert!(text.chars().count() < 1_200 && text.ends_with(".."));
    assert!(!text.contains(char::is_control));
}

/// As some telephone networks send them.
#[test]
fn a_conflict_is_read_without_the_declaration_of_its_prefix() {
    for body in [
        "<xe:xcap-error><xe:constraint-failure phrase=\"Not for this subscriber\"/></xe:xcap-error>",
        "\u{feff}<?xml version='1.0'?>\n<e:xcap-error x='y'><e:constraint-failure phrase='Not for this subscriber'/></e:xcap-error>",
    ] {
        let error = put_error(reply(409, &["Content-Type: application/xcap-error+xml"], body));
        let text =
            "the server answered 409 Conflict: constraint-failure (\"Not for this subscriber\")";
        says(&error, "PUT", text);
        assert_eq!(error.conflict().unwrap().phrase(), Some("Not for this subscriber"));
    }
}

#[test]
fn a_409_that_reports_nothing_is_a_409_all_the_same() {
    for body in [
        "".as_bytes(),
        b"{\"detail\": \"no\"}",
        b"<html><body>no</body></html>",
        b"<!DOCTYPE html><html><p>no",
        b"\xff\xfe<\0",
        b"<xcap-error xmlns='urn:ietf:params:xml:ns:xcap-error'><no-par",
        report("<unheard-of/>").as_bytes(),
        report("<no-parent xmlns='urn:other'/>").as_bytes(),
        report("").as_bytes(),
        b"<no-parent xmlns='urn:ietf:params:xml:ns:xcap-error'/>",
        b"<xe:no-parent/>",
        b"<xe:xcap-error><ye:no-parent/></xe:xcap-error>",
        b"<xe:xcap-error xmlns:xe='urn:other'><xe:no-parent/></xe:xcap-error>",
        b"\0",
    ] {
        let error = put_error(reply(409, &["Content-Type: application/xcap-error+xml"], body));
        says(&error, "PUT", "the server answered 409 Conflict");
        is(&error, ErrorKind::Conflict, &["conflict"]);
        assert!(error.conflict().is_none());
        assert_eq!(error.response().unwrap().body(), body);
    }
}

// Answers that are no resource.

#[test]
fn an_answer_to_a_get_must_be_a_resource() {
    let malformed = |reply, reason: &str| {
        let error = get_error(reply);
        says(&error, "GET", reason);
        is(&error, ErrorKind::MalformedResponse, &["malformed_response"]);
        assert!(error.status().is_some());
    };
    for media_type in ["text/html", "TEXT/html ; charset=utf-8"] {
        malformed(
            reply(200, &[&format!("Content-Type: {media_type}")], "<html>Sign in</html>"),
            "the server answered with an HTML page; is the XCAP root right, and no login page in between",
        );
    }
    for status in [201, 202, 206] {
        malformed(
            reply(status, &[], "<a/>"),
            &format!("the server answered {status} to a GET, which brings no resource"),
        );
    }
    malformed(
        raw("HTTP/1.1 204 No Content\r\n\r\n"),
        "the server answered 204 to a GET, which brings no resource",
    );

    let error = get_error(reply(200, &[], b"<a>\xe9</a>"));
    says(
        &error,
        "GET",
        "the body of the answer is not UTF-8; its bytes are in the error's response",
    );
    is(&error, ErrorKind::NotUtf8, &["not_utf8"]);
    assert_eq!(error.response().unwrap().body(), b"<a>\xe9</a>");
}

#[test]
fn what_insert_and_replace_find() {
    let exists = error([ok("<a/>")], |c| c.insert("x", "<a/>", None, None, None));
    assert_eq!(anonymous(&exists), format!("{DOCUMENT} exists already; nothing was changed"));
    is(&exists, ErrorKind::AlreadyExists, &["already_exists"]);
    let untagged = error([reply(200, &[], "<a/>")], |c| c.replace("x", "<a/>", None, None, None));
    says(&untagged, "GET", "the server sent no ETag, so the change cannot be guarded; use put");
    is(&untagged, ErrorKind::MalformedResponse, &["malformed_response"]);
    assert_eq!(exists.status(), Some(200));
    let refused = error([], |c| c.insert("x", "<a/>", None, "abc", None));
    assert_eq!(
        refused.to_string(),
        "insert of a document takes no ETag; before the document is there it has none"
    );
    is(&refused, ErrorKind::InvalidInput, &["invalid_input"]);
}

#[test]
fn insert_and_replace_set_their_own_conditions() {
    let text = |call| {
        format!("{call} takes no If-None-Match, it sets the conditions that it needs; use put")
    };
    let headers = [("if-none-match", "\"a\"")];
    for node in [None, Some("/a/b")] {
        for refused in [
            error([], |c| c.request("x").node(node).if_none_match("*").insert("<b/>")),
            error([], |c| c.insert("x", "<b/>", node, None, &headers)),
        ] {
            assert_eq!(refused.to_string(), text("insert"));
            is(&refused, ErrorKind::InvalidInput, &["invalid_input"]);
        }
        for refused in [
            error([], |c| c.request("x").node(node).if_none_match("a").replace("<b/>")),
            error([], |c| c.replace("x", "<b/>", node, None, &headers)),
        ] {
            assert_eq!(refused.to_string(), text("replace"));
            is(&refused, ErrorKind::InvalidInput, &["invalid_input"]);
        }
    }
}

#[test]
fn an_answer_that_is_too_large() {
    let missing = || reply(404, &["X-A: b", "ETag: \"one\""], "not here");
    let server = Server::start([ok("<a></a>"), ok("<a></a>"), missing(), missing()]);
    let client = XCAPClient::builder(&server.origin(), "alice@example.com").max_body(6).build();
    let client = client.unwrap();
    let reason = "the body of the answer is larger than 6 bytes, the client's max_body";
    let error = client.get("x", None, None, None).unwrap_err();
    says(&error, "GET", &format!("{reason}; its status is 200"));
    is(&error, ErrorKind::TooLarge, &["too_large"]);
    // So the change was made.
    let error = client.put("x", "<a/>", None, None, None).unwrap_err();
    says(&error, "PUT", &format!("{reason}; its status is 200"));
    for result in [
        client.get("x", None, None, None).map(drop),
        client.request("x").optional().get().map(drop),
    ] {
        let error = result.unwrap_err();
        says(&error, "GET", &format!("{reason}; its status is 404"));
        is(&error, ErrorKind::TooLarge, &["too_large"]);
        let response = error.response().unwrap();
        assert_eq!((error.status(), response.status()), (Some(404), 404));
        assert_eq!((response.header("x-a"), response.body()), (Some("b"), &b""[..]));
        assert_eq!(response.etag().unwrap().opaque(), "one");
    }
}

// No answer.

#[test]
fn the_time_that_ran_out_is_named() {
    let get = error([raw("").hang()], |c| c.request("x").timeout(Duration::from_millis(20)).get());
    says(&get, "GET", "no complete answer came within 20ms, the time for the call");
    is(&get, ErrorKind::Timeout, &["timeout", "transport"]);
    let none = error([], |c| c.request("x").timeout(Duration::ZERO).delete());
    says(&none, "DELETE", "no complete answer came within 0ns, the time for the call");
}

#[test]
fn a_failed_connection_says_how_far_it_came() {
    let lost = "the connection was closed before an answer came";
    let cut = "the connection was closed in the middle of the answer";
    let unsure = "whether the change was made is not known";
    let partial = || raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<a").close();
    for (reply, reason) in [(nothing(), lost), (partial(), cut)] {
        let error = get_error(reply.clone());
        says(&error, "GET", reason);
        is(&error, ErrorKind::Transport, &["transport"]);
        assert!(error.response().is_none());
        says(&put_error(reply), "PUT", &format!("{reason}; {unsure}"));
    }
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let nobody = XCAPClient::new(&format!("http://127.0.0.1:{port}"), "alice@example.com", None);
    let error = nobody.unwrap().put("x", "<a/>", None, None, None).unwrap_err();
    says(&error, "PUT", "the connection was refused");
    is(&error, ErrorKind::Transport, &["transport"]);
}

#[test]
fn a_host_that_is_not_found_is_named() {
    let client = XCAPClient::new("http://no-such-host.invalid", "alice@example.com", None).unwrap();
    let error = client.put("x", "<a/>", None, None, None).unwrap_err();
    assert_eq!(
        error.to_string(),
        "PUT http://no-such-host.invalid/x/users/sip:alice@example.com/index: \
         the host no-such-host.invalid was not found"
    );
    is(&error, ErrorKind::Transport, &["transport"]);
    assert!(std::error::Error::source(&error).is_some());
}

#[test]
fn an_answer_that_cannot_be_read_leaves_a_change_unknown() {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let endless = || raw(format!("{head}4;a={}", "x".repeat(1 << 20))).hang();
    let reason = "the answer could not be read: body data reading stalled";
    says(&get_error(endless()), "GET", reason);
    let error = put_error(endless());
    says(&error, "PUT", &format!("{reason}; whether the change was made is not known"));
    is(&error, ErrorKind::Transport, &["transport"]);
    for chunk in ["x\r\n", "4\r\n<a/>x\r\n"] {
        let text = anonymous(&put_error(raw(format!("{head}{chunk}")).close()));
        assert!(text.ends_with("; whether the change was made is not known"), "{text}");
    }
}

#[test]
fn what_is_not_http_is_said_to_be_none() {
    let error = get_error(raw("SSH-2.0-OpenSSH_9.2\r\n\r\n").close());
    let text = anonymous(&error);
    assert!(text.starts_with(&format!("GET {DOCUMENT}: the answer is not HTTP: ")), "{text}");
    is(&error, ErrorKind::MalformedResponse, &["malformed_response"]);
    let head = format!("HTTP/1.1 200 OK\r\nX-A: {}\r\n\r\n", "x".repeat(200_000));
    let error = get_error(raw(head).close());
    says(&error, "GET", "the head of the answer is larger than 65536 bytes");
    is(&error, ErrorKind::TooLarge, &["too_large"]);
}

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
#[test]
fn https_without_tls_names_the_features() {
    let server = Server::start([]);
    let root = server.origin().replace("http", "https");
    let client = XCAPClient::new(&root, "alice@example.com", None).unwrap();
    let error = client.get("x", None, None, None).unwrap_err();
    let advice = "https needs TLS; turn on one of the features `rustls`, `platform-verifier` and `native-tls`";
    assert!(error.to_string().ends_with(&format!("/index: {advice}")), "{error}");
    is(&error, ErrorKind::Tls, &["transport", "tls"]);
}

#[test]
fn a_uri_that_is_too_long_is_refused_in_few_words() {
    let selector = NodeSelector::root("a").with_attr("b", &"x".repeat(70_000));
    let error = error([], |c| c.get("x", &selector, None, None));
    let text = error.to_string();
    assert!(text.ends_with("..: the URI is longer than 65534 bytes") && text.len() < 2_100);
    is(&error, ErrorKind::InvalidInput, &["invalid_input"]);
}

#[test]
fn what_a_builder_refuses() {
    let builder = || XCAPClient::builder("http://localhost", "alice@example.com");
    for text in ["a\r\nX-B: c", "a\0", "\u{1b}[2J"] {
        for (builder, what) in [
            (builder().user_agent(text), "user agent"),
            (builder().auth_username(text), "user name for authentication"),
        ] {
            let error = builder.build().unwrap_err();
            assert_eq!(error.to_string(), format!("the {what} holds a control character"));
            is(&error, ErrorKind::InvalidInput, &["invalid_input"]);
        }
    }
    let error = builder().connect_timeout(Duration::ZERO).build().unwrap_err();
    assert_eq!(error.to_string(), "connect_timeout is zero, which leaves no time to connect");
    is(&error, ErrorKind::InvalidInput, &["invalid_input"]);
}

// Secrets, and what threads need.

#[test]
fn nothing_shows_a_password() {
    let server = Server::start([]);
    let digest = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"";
    server.add((0..2).map(|_| reply(401, &[digest], "")));
    server.add((0..2).map(|_| reply(401, &["WWW-Authenticate: Basic realm=\"r\""], "")));
    server.add([nothing(), nothing()]);
    let builder = XCAPClient::builder(&server.origin(), "alice@example.com").password("secret");
    let client = builder.clone().build().unwrap();
    let request = client
        .request("x")
        .header("Authorization", "Basic YWxpY2U6c2VjcmV0")
        .header("X-Api-Key", "secret");
    let mut shown =
        vec![show(&builder), show(&client), show(&request), show(&request.clone().optional())];
    for _ in 0..3 {
        let error = client.get("x", None, None, None).unwrap_err();
        shown.extend([show(&error), error.to_string()]);
    }
    let error = request.get().unwrap_err();
    shown.extend([show(&error), error.to_string()]);
    let headers = [("Authorization", "secret\n")];
    let error = client.get("x", None, None, &headers).unwrap_err();
    shown.extend([show(&error), error.to_string()]);
    let rooted = XCAPClient::new("http://alice:secret@localhost", "alice", "secret").unwrap_err();
    shown.extend([show(&rooted), rooted.to_string()]);
    for user in ["sip:alice:secret@localhost", "SIPS:alice:secret\n@localhost"] {
        let error = XCAPClient::new("http://localhost", user, "secret").unwrap_err();
        shown.extend([show(&error), error.to_string()]);
        shown.push(show(&XCAPClient::builder("http://localhost", user)));
        let request = client.request("x").user(user);
        shown.push(show(&request));
        let error = request.get().unwrap_err();
        shown.extend([show(&error), error.to_string()]);
    }
    for text in shown {
        // The last is the Base64 of `alice:secret`, without its ends.
        assert!(!text.contains("secret") && !text.contains("pY2U6c2Vjcm"), "{text}");
    }
}

fn show(value: &dyn Debug) -> String {
    format!("{value:?}")
}

#[test]
fn debug_forms_tell_what_they_may() {
    let client = XCAPClient::new("http://localhost/r/", "alice@example.com", "secret").unwrap();
    assert_eq!(
        show(&client),
        "XCAPClient { root: http://localhost/r, user: \"sip:alice@example.com\", .. }"
    );
    let request = client.request("x").header("X-A", "b");
    assert!(show(&request).contains("headers: [\"X-A\"]"), "{request:?}");
}

#[test]
fn the_debug_form_of_an_error_begins_with_its_sentence() {
    let client = XCAPClient::new("http://localhost/r/", "alice@example.com", None).unwrap();
    let error = client.put("resource-lists", "<lists/>", None, None, None).unwrap_err();
    assert_eq!(format!("{error:?}"), format!("{error} (InvalidInput)"));
    let whole = format!("{error:#?}");
    assert!(whole.starts_with("Error {\n    text: \""), "{whole}");
    assert!(whole.contains("body_position: Some("), "{whole}");
}

#[test]
fn threads_may_share_them() {
    fn shared<T: Send + Sync + 'static>() {}
    fn cloned<T: Clone>() {}
    shared::<Error>();
    shared::<XCAPClient>();
    cloned::<XCAPClient>();
}
