//! The changes on servers: the copy and the server both end with the text that is expected, and
//! nothing is sent the second time.

use xcaplib::document::Draft;
use xcaplib::testing::{Profile, Server};
use xcaplib::usages::{Handling, PresenceRules};
use xcaplib::{CachedDocument, Result, XCAPClient};

use super::cases::{CASES, Case};
use super::kamailio::{Kamailio, Mode};
use super::rules::cases as rules;

const USER: &str = "sip:alice@example.com";
const PROFILES: [Profile; 3] = [Profile::Rfc4825, Profile::OpenXcap, Profile::Kamailio];

fn edit(copy: &mut CachedDocument, call: fn(&mut Draft) -> Result<()>) -> Result<bool> {
    Ok(copy.edit(call)?.is_some())
}

#[track_caller]
fn check(client: &XCAPClient, case: &Case, server: &str) {
    let what = format!("{} on {server}", case.name());
    client.put(case.usage, case.text(), None, None, None).unwrap();
    let mut copy = client.open(case.usage).unwrap();
    let sent = edit(&mut copy, case.call).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(sent, case.text() != case.expected(), "{what}");
    assert_eq!(copy.text(), case.expected(), "{what}");
    assert_eq!(client.get(case.usage, None, None, None).unwrap(), *case.expected(), "{what}");
    assert!(!edit(&mut copy, case.call).unwrap(), "the second time: {what}");
}

#[test]
fn each_profile_takes_what_a_change_makes() {
    for profile in PROFILES {
        let server = Server::builder().profile(profile).start().unwrap();
        let client = server.client(USER).unwrap();
        for case in CASES {
            check(&client, case, &format!("{profile:?}"));
        }
    }
}

#[test]
fn kamailio_takes_what_a_change_makes() {
    let Some(server) = Kamailio::start(Mode::Open, false, &[]) else { return };
    let client = XCAPClient::new(&server.root(), USER, None).unwrap();
    for case in CASES {
        check(&client, case, "Kamailio");
    }
}

/// Each change is one of nodes, too. The two servers make what they can of selectors by prefixes, of
/// long ones, and of names with prefixes; where they do, they end with all that was meant.
#[test]
fn a_change_goes_out_node_by_node() {
    let least = [(Profile::Rfc4825, CASES.len()), (Profile::OpenXcap, 39), (Profile::Kamailio, 41)];
    for (profile, least) in least {
        let server = Server::builder().profile(profile).start().unwrap();
        let client = server.client(USER).unwrap();
        let mut made = 0;
        for case in CASES {
            client.put(case.usage, case.text(), None, None, None).unwrap();
            let mut copy = client.open(case.usage).unwrap().by_node(true);
            if edit(&mut copy, case.call).is_err() {
                continue;
            }
            made += 1;
            // Kamailio moves what it changes to the end.
            if profile == Profile::Rfc4825 {
                assert_eq!(copy.text(), case.expected(), "{}", case.name());
            }
            assert!(!edit(&mut copy, case.call).unwrap(), "{profile:?}: {}", case.name());
        }
        assert!(made >= least, "{profile:?}: {made} of {}", CASES.len());
    }
}

/// Changes of presence rules, as whole documents.
#[test]
fn each_profile_takes_changed_rules() {
    for profile in PROFILES {
        let server = Server::builder().profile(profile).start().unwrap();
        let client = server.client(USER).unwrap();
        for case in rules::CASES {
            check_rules(&client, case, &format!("{profile:?}"));
        }
    }
}

#[test]
fn kamailio_takes_changed_rules() {
    let Some(server) = Kamailio::start(Mode::Open, false, &[]) else { return };
    let client = XCAPClient::new(&server.root(), USER, None).unwrap();
    for case in rules::CASES {
        check_rules(&client, case, "Kamailio");
    }
}

#[track_caller]
fn check_rules(client: &XCAPClient, case: &rules::Case, server: &str) {
    let what = format!("{} on {server}", case.name());
    client.put(case.usage(), case.text(), None, None, None).unwrap();
    let mut copy = client.open(case.usage()).unwrap();
    let sent =
        copy.edit(|draft| case.make(draft)).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(sent.is_some(), case.text() != case.expected(), "{what}");
    assert_eq!(client.get(case.usage(), None, None, None).unwrap(), *case.expected(), "{what}");
    assert!(copy.edit(|draft| case.make(draft)).unwrap().is_none(), "the second time: {what}");
}

/// A server may refuse any of the changes that go out one by one, and what went before stays.
#[test]
fn nobody_gets_more_on_the_way() {
    let text = "<ruleset xmlns='urn:ietf:params:xml:ns:common-policy' \
        xmlns:pr='urn:ietf:params:xml:ns:pres-rules'><rule id='a'><conditions><identity><many/>\
        </identity></conditions><actions><pr:sub-handling>block</pr:sub-handling></actions></rule>\
        <rule id='b'><conditions><identity><one id='sip:eve@example.com'/></identity></conditions>\
        <actions><pr:sub-handling>confirm</pr:sub-handling></actions></rule></ruleset>";
    let server = Server::start().unwrap();
    let client = server.client(USER).unwrap();
    client.put("pres-rules", text, None, None, None).unwrap();
    let mut copy = client.open("pres-rules").unwrap().by_node(true);
    server.clear_requests();
    copy.edit(|draft| PresenceRules::of(draft)?.set_default(Handling::Allow)).unwrap();
    let requests = server.requests();
    let first = |what: &str| {
        let mut bodies = requests.iter().map(|request| String::from_utf8_lossy(request.body()));
        bodies.position(|body| body.contains(what)).unwrap()
    };
    assert!(first("<except id=\"sip:eve@example.com\"/>") < first(">allow</pr:sub-handling>"));
}

/// The changes of rules are changes of nodes, too.
#[test]
fn changed_rules_go_out_node_by_node() {
    let server = Server::builder().profile(Profile::Rfc4825).start().unwrap();
    let client = server.client(USER).unwrap();
    for case in rules::CASES {
        client.put(case.usage(), case.text(), None, None, None).unwrap();
        let mut copy = client.open(case.usage()).unwrap().by_node(true);
        copy.edit(|draft| case.make(draft)).unwrap_or_else(|e| panic!("{}: {e}", case.name()));
        assert_eq!(copy.text(), case.expected(), "{}", case.name());
    }
}
