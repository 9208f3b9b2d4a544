//! What a GET takes for a success, and what it does not.

#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "support/raw.rs"]
mod raw;

use raw::{ok, reply};
use xcaplib::testing::{Profile, Server};
use xcaplib::{Error, Method, Resource, Result, XCAPClient};

const ALICE: &str = "sip:alice@example.com";
const RULES: &str = r#"<cr:ruleset xmlns:cr="urn:ietf:params:xml:ns:common-policy" xmlns:pr="urn:ietf:params:xml:ns:pres-rules"><cr:rule id="a"><cr:transformations/><cr:actions><pr:sub-handling>allow</pr:sub-handling></cr:actions></cr:rule></cr:ruleset>"#;
const HANDLING: &str = r#"/*/*[@id="a"]/*[2]/*[1]"#;
const WHOLE: &str = "get it `with_namespaces()`, which takes it from the whole document";

fn answered(body: &str, node: &str) -> Result<Resource> {
    let server = raw::Server::start([ok(body)]);
    client(&server.origin()).get("resource-lists", node, None, None)
}

fn client(root: &str) -> XCAPClient {
    XCAPClient::new(root, ALICE, None).unwrap()
}

#[track_caller]
fn is_malformed(result: Result<Resource>, body: &str, says: &str) {
    let error = result.unwrap_err();
    assert!(error.is_malformed_response(), "{error}");
    assert_eq!(error.response().unwrap().body(), body.as_bytes());
    assert_eq!(reason(&error), says);
}

/// The text without the method and the URL.
fn reason(error: &Error) -> String {
    error.to_string().split_once(": ").unwrap().1.to_owned()
}

#[test]
fn nothing_is_no_document_and_no_element() {
    let nothing = "the server answered 200 with nothing where";
    for body in ["", " \r\n", "\u{feff}"] {
        let put = "put the document anew, or take the answer as it is with `send_raw`";
        is_malformed(answered(body, ""), body, &format!("{nothing} a document should be; {put}"));
        let element = answered(body, "/resource-lists/list");
        is_malformed(element, body, &format!("{nothing} an element should be; {WHOLE}"));
        let bindings = answered(body, "/resource-lists/namespace::*");
        let instead = "namespace bindings should be; read them in the whole document";
        is_malformed(bindings, body, &format!("{nothing} {instead}"));
        let value = answered(body, "/resource-lists/list/@name").unwrap();
        assert_eq!(value, body);
    }
    let server = raw::Server::start([reply(203, &[], "")]);
    let error = client(&server.origin()).get("resource-lists", None, None, None).unwrap_err();
    assert!(reason(&error).starts_with("the server answered 203 with nothing"), "{error}");
}

#[test]
fn an_element_is_one_and_whole() {
    let not = "what the server sent is not one well-formed element, at";
    let beside = "something else stands beside the element; a body is one element, with white space around it at most";
    for (body, fault) in [
        ("<pr:sub-handling>allow", "1:23: the text ends before all its elements are closed"),
        ("<list><entry/>", "1:15: the text ends before all its elements are closed"),
        ("<list>\n<entry", "2:7: the text ends before all its elements are closed"),
        ("<entry/>,<entry/>", &format!("1:9: {beside}")),
        ("<a:entry/>,<a:entry/>", &format!("1:11: {beside}")),
        ("family", "1:1: there is no element"),
        ("<a:b c='&d;'/>", "1:9: nothing declares the entity `d`; write the character itself"),
    ] {
        let says = format!("{not} {fault}; {WHOLE}");
        is_malformed(answered(body, "/resource-lists/list"), body, &says);
    }
    for body in [
        "<list/>",
        " <list>\n</list>\r\n",
        "<cr:rule cr:id='1'><pr:b xmlns:pr='urn:x'/></cr:rule>",
        "<?xml version='1.0' encoding='UTF-8'?>\n<list/>",
        "<?xml version='1.0'?><cr:rule/>\n",
        "\u{feff}<list xml:lang='de'/>",
    ] {
        assert_eq!(answered(body, "/resource-lists/list").unwrap(), body);
    }
}

#[test]
fn documents_are_not_parsed_and_raw_answers_not_looked_at() {
    for body in ["no XML", "<resource-lists>"] {
        assert_eq!(answered(body, "").unwrap(), body);
    }
    // OpenXCAP's bindings are no XML.
    let bindings = r#"<{urn:x}list  xmlns="urn:x"/>"#;
    assert_eq!(answered(bindings, "/resource-lists/namespace::*").unwrap(), bindings);
    for (body, node) in [("", ""), ("", "/a/b"), ("<a>", "/a/b")] {
        let server = raw::Server::start([ok(body)]);
        let client = client(&server.origin());
        let answer = client.request("x").node(node).send_raw(Method::Get, None).unwrap();
        assert_eq!((answer.status(), answer.text()), (200, Some(body)));
    }
}

#[test]
fn what_reads_before_it_changes_changes_nothing() {
    for body in ["", "<list>"] {
        let server = raw::Server::start([ok(body)]);
        let client = client(&server.origin());
        let replaced = client.replace("resource-lists", "<list/>", "/*/list", None, None);
        assert!(replaced.unwrap_err().is_malformed_response());
        assert_eq!(server.requests().len(), 1);
        assert!(client.request("resource-lists").node("/*/list").optional().get().is_err());
    }
    let server = raw::Server::start([ok("")]);
    let replaced = client(&server.origin()).replace("x", "<a/>", None, None, None);
    assert!(replaced.unwrap_err().is_malformed_response());
    assert_eq!(server.requests().len(), 1);
    // Nothing says that nothing is there.
    let server = raw::Server::start([ok(""), ok("<a/>"), ok("<list>")]);
    let client = client(&server.origin());
    assert!(client.insert("x", "<a/>", None, None, None).unwrap_err().is_malformed_response());
    // What is cut off is there all the same.
    let error = client.insert("x", "<list/>", "/a/list", None, None).unwrap_err();
    assert!(error.is_already_exists(), "{error}");
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn an_etag_that_is_not_there_is_an_error_where_it_is_required() {
    let server = raw::Server::start([
        ok("<a/>"),
        reply(200, &[], "<a/>"),
        reply(204, &["ETag: \"2\""], ""),
        reply(201, &["ETag: "], ""),
    ]);
    let client = client(&server.origin());
    let get = || client.get("x", None, None, None).unwrap();
    let put = || client.put("x", "<a/>", None, None, None).unwrap();
    assert_eq!(get().require_etag().unwrap().opaque(), "one");
    let found = get();
    let error = found.require_etag().unwrap_err();
    let todo = "get the document for one, or change it without a condition if nobody else does";
    let nothing = "so nothing guards a change that depends on it";
    assert_eq!(
        error.to_string(),
        format!("the server sent no ETag with its 200, {nothing}; {todo}")
    );
    assert!(error.is_malformed_response());
    assert_eq!(error.response().unwrap().text(), Some("<a/>"));
    assert_eq!(put().require_etag().unwrap().opaque(), "2");
    let error = put().require_etag().map(drop).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("the server sent no ETag with its 201, {nothing}; {todo}")
    );
}

#[test]
fn a_cut_off_element_is_had_with_its_namespaces() {
    let server = Server::builder().profile(Profile::OpenXcap).start().unwrap();
    let client = server.client(ALICE).unwrap();
    client.put("pres-rules", RULES, None, None, None).unwrap();
    let error = client.get("pres-rules", HANDLING, None, None).unwrap_err();
    assert!(error.is_malformed_response(), "{error}");
    assert_eq!(error.response().unwrap().text(), Some("<pr:sub-handling>allow"));
    let whole = client.request("pres-rules").node(HANDLING).with_namespaces().get().unwrap();
    assert_eq!(
        whole,
        r#"<pr:sub-handling xmlns:pr="urn:ietf:params:xml:ns:pres-rules">allow</pr:sub-handling>"#
    );
}
