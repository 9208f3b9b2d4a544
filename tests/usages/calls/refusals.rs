//! What is refused, and that the draft stays as it was.

use std::time::Duration;

use xcaplib::Result;
use xcaplib::document::Draft;
use xcaplib::usages::{Bar, Divert, SimServs};

type Call = fn(&mut SimServs<'_>) -> Result<()>;

const ALLOWS: &str = r#"<simservs xmlns="http://uri.etsi.org/ngn/params/xml/simservs/xcap" xmlns:cp="urn:ietf:params:xml:ns:common-policy"><incoming-communication-barring><cp:ruleset><cp:rule id="all"><cp:actions><allow>true</allow></cp:actions></cp:rule></cp:ruleset></incoming-communication-barring></simservs>"#;
const ALLOWS_BOB: &str = r#"<simservs xmlns="http://uri.etsi.org/ngn/params/xml/simservs/xcap" xmlns:cp="urn:ietf:params:xml:ns:common-policy"><incoming-communication-barring><cp:ruleset><cp:rule><cp:conditions><cp:identity><cp:one id="sip:bob@example.com"/></cp:identity></cp:conditions><cp:actions><allow>true</allow></cp:actions></cp:rule></cp:ruleset></incoming-communication-barring></simservs>"#;

const ALLOWS_MANY: &str = r#"<simservs xmlns="http://uri.etsi.org/ngn/params/xml/simservs/xcap" xmlns:cp="urn:ietf:params:xml:ns:common-policy"><incoming-communication-barring><cp:ruleset><cp:rule id="known"><cp:conditions><cp:identity><cp:many/></cp:identity></cp:conditions><cp:actions><allow>true</allow></cp:actions></cp:rule><cp:rule id="bar"><cp:conditions><cp:identity><cp:one id="sip:eve@example.com"/></cp:identity></cp:conditions></cp:rule></cp:ruleset></incoming-communication-barring></simservs>"#;

#[track_caller]
fn assert_refused(xml: &str, call: Call, expected: &str) {
    let mut draft = Draft::new(xml, None).unwrap();
    let error = call(&mut SimServs::of(&mut draft).unwrap()).unwrap_err();
    assert!(error.is_invalid_input(), "{error}");
    assert_eq!(error.to_string(), expected);
    assert_eq!(draft.text(), xml);
}

#[test]
fn what_cannot_be_is_refused() {
    let cases: [(&str, Call, &str); 13] = [
        (SimServs::empty(), |c| c.divert(Divert::Busy, ""), "the target is empty"),
        (
            SimServs::empty(),
            |c| c.divert(Divert::Busy, "5550100"),
            "the target `5550100` begins with no scheme, as `sip:` is",
        ),
        (
            SimServs::empty(),
            |c| c.divert(Divert::Busy, "tel:+1 555"),
            "the target `tel:+1 555` holds U+0020 where a URI does not allow it; write it as %20",
        ),
        (
            SimServs::empty(),
            |c| c.divert(Divert::Busy, "\"tel:+1555\""),
            "the target `\"tel:+1555\"` holds U+0022 where a URI does not allow it; write it as %22",
        ),
        (
            SimServs::empty(),
            |c| c.no_answer_after(Duration::from_secs(4)),
            "calls cannot be diverted after 4s without an answer; give whole seconds, from 5 to 180",
        ),
        (
            SimServs::empty(),
            |c| c.no_answer_after(Duration::from_secs(181)),
            "calls cannot be diverted after 181s without an answer; give whole seconds, from 5 to 180",
        ),
        (
            SimServs::empty(),
            |c| c.no_answer_after(Duration::from_millis(20_500)),
            "calls cannot be diverted after 20.5s without an answer; give whole seconds, from 5 to 180",
        ),
        (
            SimServs::empty(),
            |c| c.set_active("call-waiting", true),
            "there is no service `call-waiting` to be switched; there are communication-diversion, incoming-communication-barring, outgoing-communication-barring, originating-identity-presentation, originating-identity-presentation-restriction, terminating-identity-presentation, terminating-identity-presentation-restriction, communication-waiting",
        ),
        (
            SimServs::empty(),
            |c| c.bar_caller("bob"),
            "the URI of the caller `bob` begins with no scheme, as `sip:` is",
        ),
        (
            ALLOWS,
            |c| c.bar(Bar::Anonymous),
            "anonymous calls cannot be barred: the rule `all` allows them, and that wins; change or remove that rule",
        ),
        (
            ALLOWS,
            |c| c.bar_caller("sip:bob@example.com"),
            "the caller `sip:bob@example.com` cannot be barred: the rule `all` lets him through, and that wins; change or remove that rule",
        ),
        (
            ALLOWS_BOB,
            |c| c.bar_caller("sip:bob@EXAMPLE.com"),
            "the caller `sip:bob@EXAMPLE.com` cannot be barred: a rule without an id lets him through, and that wins; change or remove that rule",
        ),
        (
            ALLOWS_MANY,
            |c| c.bar_caller("sip:bob@example.com"),
            "the caller `sip:bob@example.com` cannot be barred: the rule `known` lets him through, and that wins; change or remove that rule",
        ),
    ];
    for (xml, call, expected) in cases {
        assert_refused(xml, call, expected);
    }
}

/// A rule that lets many through wins over one that bars a caller.
#[test]
fn a_caller_among_many_who_are_allowed_is_not_barred() {
    let calls = SimServs::read(ALLOWS_MANY).unwrap();
    assert!(!calls.is_caller_barred("sip:eve@example.com"));
    assert!(calls.barred_callers().is_empty());
}

/// The rule for the calls themselves is not in the way: it is the one that is changed.
#[test]
fn a_rule_that_allows_comes_to_bar() {
    let mut draft = Draft::new(ALLOWS, None).unwrap();
    SimServs::of(&mut draft).unwrap().bar(Bar::Incoming).unwrap();
    assert_eq!(draft.text(), ALLOWS.replace("true", "false"));
}

#[test]
fn a_medium_that_xml_cannot_hold_is_refused() {
    let mut draft = Draft::new(SimServs::empty(), None).unwrap();
    let calls = SimServs::of(&mut draft).unwrap();
    calls.media("\u{1}").divert(Divert::Busy, "tel:+15550100").unwrap_err();
    assert_eq!(draft.text(), SimServs::empty());
}

#[test]
fn other_documents_are_refused() {
    let other = "<resource-lists xmlns='urn:ietf:params:xml:ns:resource-lists'/>";
    let expected = "the root element of the document is `resource-lists` in the namespace \
        `urn:ietf:params:xml:ns:resource-lists`, where `simservs` in the namespace \
        `http://uri.etsi.org/ngn/params/xml/simservs/xcap` is expected";
    let mut draft = Draft::new(other, None).unwrap();
    assert_eq!(SimServs::of(&mut draft).unwrap_err().to_string(), expected);
    assert_eq!(SimServs::read(other).unwrap_err().to_string(), expected);
    assert!(SimServs::read("<simservs>").unwrap_err().is_conflict());
    // The error of a network, with a prefix that it does not bind.
    let refusal = "<xe:xcap-error><xe:constraint-failure phrase='No'/></xe:xcap-error>";
    assert!(SimServs::read(refusal).unwrap_err().is_conflict());
}
