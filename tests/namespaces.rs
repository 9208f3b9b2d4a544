//! Namespace bindings, and elements that come with the declarations they inherit.

#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "support/kamailio.rs"]
mod kamailio;
#[path = "support/raw.rs"]
mod raw;

use kamailio::{Kamailio, Mode};
use xcaplib::testing::{Profile, Server};
use xcaplib::{NodeSelector, ResourceKind, XCAPClient, document};

const ALICE: &str = "sip:alice@example.com";
const USAGE: &str = "pres-rules";
const RULES: &str = r#"<?xml version="1.0"?>
<cr:ruleset xmlns="urn:ietf:params:xml:ns:pres-rules" xmlns:cr="urn:ietf:params:xml:ns:common-policy" xmlns:x='urn:"x"&amp;' xmlns:y="urn:y">
  <cr:rule id='a' ><cr:conditions/><provide-services>p:q y:z</provide-services></cr:rule>
  <cr:rule  id="b"
   x:at = "y"/>
</cr:ruleset>"#;

fn rule(id: &str) -> NodeSelector {
    NodeSelector::root("cr:ruleset")
        .child("cr:rule")
        .with_attr("id", id)
        .bind("cr", "urn:ietf:params:xml:ns:common-policy")
}

const RULE_A: &str = r#"<cr:rule xmlns="urn:ietf:params:xml:ns:pres-rules" xmlns:cr="urn:ietf:params:xml:ns:common-policy" id='a' ><cr:conditions/><provide-services>p:q y:z</provide-services></cr:rule>"#;
const RULE_B: &str = "<cr:rule xmlns:cr=\"urn:ietf:params:xml:ns:common-policy\" xmlns:x='urn:\"x\"&amp;'  id=\"b\"\n   x:at = \"y\"/>";

/// The element of a document of a usage without a default namespace, with what it inherits.
#[track_caller]
fn check(xml: &str, selector: &str, expected: &str) {
    let selector: NodeSelector = selector.parse().unwrap();
    let selector = selector.bind("p", "urn:p").bind("q", "urn:q");
    let found = document::get_with_namespaces(xml, &selector, Some("")).unwrap();
    assert_eq!(found.as_str(), expected);
    assert_eq!(found.kind(), ResourceKind::Element);
}

#[test]
fn an_element_comes_with_what_it_uses() {
    check("<a><b/></a>", "a/b", "<b/>");
    check("<a xmlns:p='urn:p'><b/></a>", "a/b", "<b/>");
    check("<a xmlns:p='urn:p'><b p:c=''></b></a>", "a/b", "<b xmlns:p=\"urn:p\" p:c=''></b>");
    check("<a xmlns:p='urn:p'><b><p:c/></b></a>", "a/b", "<b xmlns:p=\"urn:p\"><p:c/></b>");
    check("<p:a xmlns:p='urn:p'><p:b\n/></p:a>", "p:a/p:b", "<p:b xmlns:p=\"urn:p\"\n/>");
    // The closest declaration counts.
    check(
        "<a xmlns:p='urn:o'><p:c xmlns:p='urn:p'><p:b/></p:c></a>",
        "a/p:c/p:b",
        "<p:b xmlns:p=\"urn:p\"/>",
    );
    // What the element or a descendant declares itself is not inherited.
    let own = "<p:b xmlns:p='urn:p'><p:c/></p:b>";
    check(&format!("<a xmlns:p='urn:o'>{own}</a>"), "a/p:b", own);
    check(&format!("<a xmlns:p='urn:p'>{own}</a>"), "a/p:b", own);
    let inner = "<b><p:c xmlns:p='urn:p'/></b>";
    check(&format!("<a xmlns:p='urn:p'>{inner}</a>"), "a/b", inner);
    check(
        "<a xmlns:p='urn:p'><b><p:c/><p:c xmlns:p='urn:p'/></b></a>",
        "a/b",
        "<b xmlns:p=\"urn:p\"><p:c/><p:c xmlns:p='urn:p'/></b>",
    );
    // The root element inherits nothing.
    check("<p:a xmlns:p='urn:p'/>", "p:a", "<p:a xmlns:p='urn:p'/>");
    check("<a xml:lang='x'><b xml:lang='y'/></a>", "a/b", "<b xml:lang='y'/>");
}

#[test]
fn default_namespaces_are_inherited_too() {
    check(
        "<q:a xmlns:q='urn:q' xmlns='urn:p'><b><q:c/></b></q:a>",
        "q:a/p:b",
        "<b xmlns=\"urn:p\" xmlns:q=\"urn:q\"><q:c/></b>",
    );
    check("<p:a xmlns:p='urn:p'><b xmlns=''/></p:a>", "p:a/b", "<b xmlns=''/>");
    check(
        "<a xmlns='urn:p'><q:b xmlns:q='urn:q'><c xmlns=''/></q:b></a>",
        "p:a/q:b",
        "<q:b xmlns:q='urn:q'><c xmlns=''/></q:b>",
    );
    check("<a xmlns='urn:p'><c xmlns=''><b/></c></a>", "p:a/c/b", "<b/>");
    // An attribute without a prefix is in no namespace.
    check(
        "<q:a xmlns:q='urn:q' xmlns='urn:p'><q:b c='d'/></q:a>",
        "q:a/q:b",
        "<q:b xmlns:q=\"urn:q\" c='d'/>",
    );
}

#[test]
fn names_in_values_are_uses() {
    let inherits = "<a xmlns:p='urn:p' xmlns:i='urn:i'>";
    let check =
        |body: &str, expected: &str| check(&format!("{inherits}{body}</a>"), "a/b", expected);
    check("<b i:type=' p:c '/>", "<b xmlns:i=\"urn:i\" xmlns:p=\"urn:p\" i:type=' p:c '/>");
    check("<b><c><!-- --> p:c</c></b>", "<b xmlns:p=\"urn:p\"><c><!-- --> p:c</c></b>");
    check("<b><!--p:c--><?i p:c?></b>", "<b><!--p:c--><?i p:c?></b>");
    check("<b c='p:c d'>p: c, i:@</b>", "<b c='p:c d'>p: c, i:@</b>");
    check("<b c='x:c'/>", "<b c='x:c'/>");
}

#[test]
fn other_nodes_are_as_ever() {
    let xml = "<a xmlns:p='urn:p'><b p:c='d'/></a>";
    let b: NodeSelector = "/a/b".parse().unwrap();
    let b = b.bind("q", "urn:p");
    for selector in [b.clone().attribute("q:c"), b.clone().namespaces()] {
        assert_eq!(
            document::get_with_namespaces(xml, &selector, None),
            document::get(xml, &selector, None)
        );
    }
    let refusal = document::get_with_namespaces(xml, &b.nth(2), None).unwrap_err();
    assert_eq!(refusal.status(), 404);
}

#[test]
fn get_with_namespaces_works_on_each_profile() {
    for profile in [Profile::Rfc4825, Profile::OpenXcap, Profile::Kamailio] {
        let server = Server::builder().profile(profile).start().unwrap();
        let etag = server.set_document(USAGE, ALICE, "index", RULES);
        let client = server.client(ALICE).unwrap();
        for (id, expected) in [("a", RULE_A), ("b", RULE_B)] {
            let rule = rule(id);
            let found = client.request(USAGE).node(&rule).with_namespaces().get().unwrap();
            assert_eq!(found, expected);
            assert_eq!((found.etag(), found.kind()), (Some(&etag), ResourceKind::Element));
        }
        assert_eq!(server.requests().len(), 2);
        assert!(server.requests().iter().all(|request| !request.target().contains("~~")));

        let request = client.request(USAGE).with_namespaces();
        let error = request.clone().node(rule("c")).get().unwrap_err();
        assert!(error.is_not_found() && error.response().is_none(), "{error}");
        assert!(error.to_string().ends_with(
            "not found in the document that the server sent: step 2, `cr:rule[@id=\"c\"]`, matches no element"
        ), "{error}");
        assert!(request.clone().node(rule("c")).optional().get().unwrap().is_none());
        let error = request.clone().node(rule("a")).if_none_match(&etag).get().unwrap_err();
        assert!(error.is_not_modified());
        let error = request.clone().user("bob").node(rule("a")).get().unwrap_err();
        assert!(error.is_not_found() && error.response().is_some());
        assert_eq!(request.get().unwrap(), RULES);
    }
}

#[test]
fn get_with_namespaces_works_on_a_real_server() {
    let Some(server) = Kamailio::start(Mode::Open, false, &[("alice", "secret")]) else { return };
    let client = XCAPClient::new(&server.root(), ALICE, None).unwrap();
    let put = client.put(USAGE, RULES, None, None, None).unwrap();
    let found = client.request(USAGE).node(rule("b")).with_namespaces().get().unwrap();
    assert_eq!(found, RULE_B);
    assert_eq!(found.etag(), put.etag());
}

#[test]
fn get_with_namespaces_needs_a_selector_and_a_document() {
    let server = raw::Server::start([raw::ok("<broken"), raw::ok("<a><b/></a>")]);
    let client = XCAPClient::new(&server.origin(), ALICE, None).unwrap();
    let request = || client.request("x").validate(false).with_namespaces();
    for node in ["/a/[", "/p:a"] {
        let error = request().node(node).get().unwrap_err();
        assert!(error.is_invalid_input(), "{error}");
    }
    assert!(server.requests().is_empty());
    let error = request().node("/a").get().unwrap_err();
    assert!(error.is_malformed_response() && error.response().is_some(), "{error}");
    // What it does not concern goes its usual way.
    let put = request().node("/a/b").put("<b/>").unwrap();
    assert_eq!(put.status(), 200);
    assert!(server.last().target().ends_with("/~~/a/b"));
}

#[test]
fn bindings_are_understood_whoever_writes_them() {
    for profile in [Profile::Rfc4825, Profile::OpenXcap] {
        let server = Server::builder().profile(profile).start().unwrap();
        let usage = "resource-lists";
        let lists = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists" xmlns:x="urn:x"><list/></resource-lists>"#;
        server.set_document(usage, ALICE, "index", lists);
        let client = server.client(ALICE).unwrap();
        let found = client.get(usage, "/resource-lists/list/namespace::*", None, None).unwrap();
        let bindings = found.namespace_bindings().unwrap();
        let expected = [("", "urn:ietf:params:xml:ns:resource-lists"), ("x", "urn:x")];
        assert_eq!(bindings, expected.map(|(p, u)| (p.to_owned(), u.to_owned())), "{found}");
    }
}
