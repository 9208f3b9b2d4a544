//! How many requests the changes of a copy take, counted between the client and the server.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

#[path = "support/between.rs"]
mod between;
#[path = "support/kamailio.rs"]
mod kamailio;

use std::net::SocketAddr;

use between::Between;
use between::nature::Nature;
use kamailio::{Kamailio, Mode};
use xcaplib::testing::{Profile, Server};
use xcaplib::{CachedDocument, Element, XCAPClient};

const ALICE: &str = "sip:alice@example.com";
const AUID: &str = "resource-lists";
const LISTS: &str = r#"<?xml version="1.0"?>
<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists">
 <list name="friends"><entry uri="sip:a@x"/><entry uri="sip:b@x"/></list>
 <list name="others"/>
</resource-lists>"#;
const RULES: &str = r#"<cr:ruleset xmlns:cr="urn:ietf:params:xml:ns:common-policy" xmlns:pr="urn:ietf:params:xml:ns:pres-rules">
 <cr:rule id="a"><cr:actions><pr:sub-handling>allow</pr:sub-handling></cr:actions></cr:rule>
</cr:ruleset>"#;

fn between(address: SocketAddr, auid: &str, natures: &[Nature]) -> Between {
    let path = format!("/xcap-root/{auid}/users/{ALICE}/index");
    let between = Between::start(address, &path, natures);
    between.create(if auid == AUID { LISTS } else { RULES });
    between
}

fn client(between: &Between) -> XCAPClient {
    XCAPClient::new(&between.root(), ALICE, None).unwrap()
}

/// A kind of change, some of which many servers cannot do or do otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    IntoAnEmptyList,
    Entry,
    LastEntry,
    Attribute,
    BelowAnyStep,
    WithALineEnd,
    Deletion,
    Text,
}

const KINDS: [Kind; 8] = [
    Kind::IntoAnEmptyList,
    Kind::Entry,
    Kind::LastEntry,
    Kind::Attribute,
    Kind::BelowAnyStep,
    Kind::WithALineEnd,
    Kind::Deletion,
    Kind::Text,
];

fn change(copy: &mut CachedDocument, kind: Kind, n: usize) {
    let entry = |user: &str| format!("/resource-lists/list[@name='friends']/entry[@uri='{user}']");
    let named = |user: &str| {
        let name = Element::new("display-name").text(&format!("{n}, Zo\u{eb} & co"));
        Element::new("entry").attr("uri", user).child(name)
    };
    let user = format!("sip:u{n}@x");
    let result = match kind {
        Kind::IntoAnEmptyList => {
            let list = Element::new("list").attr("name", &user);
            copy.insert(format!("/resource-lists/list[@name='{user}']"), list).map(drop)
        }
        Kind::Entry => copy.insert(entry(&user), named(&user)).map(drop),
        Kind::LastEntry => copy.replace(entry("sip:a@x"), named("sip:a@x")).map(drop),
        Kind::Attribute => {
            copy.put("/resource-lists/list[@name='friends']/@note", format!("\"{n}\"")).map(drop)
        }
        Kind::BelowAnyStep => copy.put("/*/*[2]/@note", format!("'{n} &amp; &lt;'")).map(drop),
        Kind::WithALineEnd => {
            copy.put(entry("sip:b@x"), format!("{}\n", named("sip:b@x"))).map(drop)
        }
        Kind::Deletion => {
            copy.delete(format!("/resource-lists/list[@name='sip:u{}@x']", n - 6)).map(drop)
        }
        Kind::Text => copy
            .update(|text| {
                text.replacen(
                    "<list name=\"others\"",
                    &format!("<!--{n}--><list name=\"others\""),
                    1,
                )
            })
            .map(drop),
    };
    result.unwrap_or_else(|error| panic!("{kind:?} {n}: {error}\n{}", copy.text()));
}

/// Makes changes, each kind in turn, and gives what each took.
fn costs(
    between: &Between,
    copy: &mut CachedDocument,
    from: usize,
    count: usize,
) -> Vec<(Kind, usize)> {
    (from..from + count)
        .map(|n| {
            let kind = KINDS[n % KINDS.len()];
            between.begin();
            change(copy, kind, n);
            assert_eq!(copy.text(), between.text(), "{kind:?} {n}");
            assert!(!copy.is_stale());
            (kind, between.requests().len())
        })
        .collect()
}

#[track_caller]
fn a_hundred_edits(name: &str, address: SocketAddr) {
    let between = between(address, AUID, &[]);
    let client = client(&between);
    between.begin();
    let mut copy = client.open(AUID).unwrap();
    let opening = between.requests().len();
    let costs = costs(&between, &mut copy, 0, 100);
    assert_eq!(opening, 1);
    assert!(costs[0].1 <= 4, "{name}: the first: {:?}", costs[0]);
    for (n, (kind, requests)) in costs.iter().enumerate().skip(1) {
        assert_eq!(*requests, 1, "{name}: change {n}, {kind:?}");
    }
    let total = opening + costs.iter().map(|(_, requests)| requests).sum::<usize>();
    assert!(total <= 104, "{name}: {total}");
}

fn profile(profile: Profile) -> Server {
    Server::builder().profile(profile).start().unwrap()
}

#[test]
fn a_hundred_edits_in_profile_rfc_4825() {
    a_hundred_edits("Rfc4825", profile(Profile::Rfc4825).address());
}

#[test]
fn a_hundred_edits_in_profile_openxcap() {
    a_hundred_edits("OpenXcap", profile(Profile::OpenXcap).address());
}

#[test]
fn a_hundred_edits_in_profile_kamailio() {
    a_hundred_edits("Kamailio", profile(Profile::Kamailio).address());
}

#[test]
fn a_hundred_edits_on_kamailio() {
    let Some(server) = Kamailio::start(Mode::Open, false, &[("alice", "secret")]) else { return };
    let root = server.root();
    let address = root.trim_start_matches("http://").trim_end_matches("/xcap-root");
    a_hundred_edits("Kamailio itself", address.parse().unwrap());
}

/// What the changes after the first take where the server is of some nature: those of a node, and
/// those of the whole text.
#[track_caller]
fn costs_of(natures: &[Nature], node: usize, text: usize) {
    for name in [Profile::Rfc4825, Profile::OpenXcap, Profile::Kamailio] {
        // Others change nodes in ways of their own, or not at all.
        if name != Profile::Rfc4825 && natures.iter().any(|nature| !nature.honours_conditions()) {
            continue;
        }
        let server = profile(name);
        let between = between(server.address(), AUID, natures);
        let mut copy = client(&between).open(AUID).unwrap();
        let costs = costs(&between, &mut copy, 0, 24);
        assert!(costs[0].1 <= 4, "{name:?} {natures:?}: the first: {:?}", costs[0]);
        for (n, (kind, requests)) in costs.into_iter().enumerate().skip(1) {
            let expected = if kind == Kind::Text { text } else { node };
            assert_eq!(requests, expected, "{name:?} {natures:?}: change {n}, {kind:?}");
        }
    }
}

#[test]
fn a_document_that_is_altered_is_read_back() {
    costs_of(&[Nature::AddsLineEnds], 2, 2);
    costs_of(&[Nature::AddsSpaces], 2, 2);
}

#[test]
fn where_conditions_are_ignored_a_look_comes_before_the_change() {
    costs_of(&[Nature::IgnoresConditions], 3, 2);
}

#[test]
fn where_whole_documents_are_refused_a_change_of_a_node_is_read_back() {
    let server = profile(Profile::Rfc4825);
    let between = between(server.address(), AUID, &[Nature::RefusesDocuments(403)]);
    let mut copy = client(&between).open(AUID).unwrap();
    for n in 0..24 {
        let kind = KINDS[n % KINDS.len()];
        if kind == Kind::Text {
            continue;
        }
        between.begin();
        change(&mut copy, kind, n);
        assert_eq!(copy.text(), between.text(), "{kind:?} {n}");
        // The first finds the refusal out, and the second whether conditions are looked at.
        assert!(between.requests().len() == 2 || n < 2, "{kind:?} {n}: {:?}", between.requests());
    }
}

/// What one copy found out of the server, the others of the client and of its clones know.
#[test]
fn a_server_is_learnt_once_for_a_client_and_a_usage() {
    for name in [Profile::Rfc4825, Profile::OpenXcap, Profile::Kamailio] {
        let server = profile(name);
        let lists = between(server.address(), AUID, &[]);
        let client = client(&lists);
        let mut first = client.open(AUID).unwrap();
        costs(&lists, &mut first, 0, 1);
        let mut second = client.clone().open(AUID).unwrap();
        assert_eq!(costs(&lists, &mut second, 1, 1), [(KINDS[1], 1)], "{name:?}");

        // Presence rules are stored by another part of a server, or by another server.
        let rules = r#"<cr:ruleset xmlns:cr="urn:ietf:params:xml:ns:common-policy"></cr:ruleset>"#;
        client.put("pres-rules", rules, None, None, None).unwrap();
        let mut copy = client.open("pres-rules").unwrap();
        let requests: Vec<usize> = (0..3)
            .map(|n| {
                lists.begin();
                let comment = format!("<!--{n}--></cr:ruleset>");
                copy.update(|text| text.replace("</cr:ruleset>", &comment)).unwrap();
                let rule = format!(
                    "<cr:rule xmlns:cr=\"urn:ietf:params:xml:ns:common-policy\" id=\"r{n}\"/>"
                );
                let node = xcaplib::NodeSelector::root("p:ruleset").child("p:rule");
                let node = node.with_attr("id", &format!("r{n}"));
                let node = node.bind("p", "urn:ietf:params:xml:ns:common-policy");
                let spent = lists.requests().len();
                copy.insert(node, rule).unwrap();
                if n == 0 { spent } else { lists.requests().len() - spent }
            })
            .collect();
        assert!(requests[0] > 1 && requests[0] <= 4, "{name:?}: {requests:?}");
        assert_eq!(requests[1..], [1, 1], "{name:?}");
    }
}

/// Rules with prefixes, by selectors whose prefixes are bound in the selector alone.
#[test]
fn presence_rules_are_changed_by_selectors_with_prefixes() {
    for name in [Profile::Rfc4825, Profile::OpenXcap, Profile::Kamailio] {
        let server = profile(name);
        let between = between(server.address(), "pres-rules", &[]);
        let mut copy = client(&between).open("pres-rules").unwrap();
        let policy = "urn:ietf:params:xml:ns:common-policy";
        let rule = xcaplib::NodeSelector::root("p:ruleset").child("p:rule").with_attr("id", "a");
        let handling = rule.child("p:actions").child("sub-handling").bind("p", policy);
        copy.put(&handling, "<pr:sub-handling>block</pr:sub-handling>").unwrap();
        assert_eq!(
            copy.get(&handling).unwrap().as_str(),
            "<pr:sub-handling>block</pr:sub-handling>"
        );
        assert_eq!(copy.text(), between.text());
    }
}
