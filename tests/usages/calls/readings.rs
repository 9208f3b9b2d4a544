//! What is read of the documents, as the table in `tests/data/usages/calls.txt` has it.

use std::fmt::Write as _;
use std::fs;

use xcaplib::document::{self, Draft};
use xcaplib::usages::{Bar, Divert, SimServs, SimServsData};

const FOLDER: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/usages/simservs.ngn.etsi.org");
const TABLE: &str = include_str!("../../data/usages/calls.txt");
const SERVICES: [&str; 9] = [
    "communication-diversion",
    "incoming-communication-barring",
    "outgoing-communication-barring",
    "originating-identity-presentation",
    "originating-identity-presentation-restriction",
    "terminating-identity-presentation",
    "terminating-identity-presentation-restriction",
    "communication-waiting",
    "communication-barring-serv-cap",
];

fn text(file: &str) -> String {
    fs::read_to_string(format!("{FOLDER}/{file}.xml")).unwrap()
}

/// All that is read of a document, a line for each thing.
fn reading(xml: &str) -> String {
    let calls = SimServs::read(xml).unwrap();
    let mut out = String::new();
    for service in SERVICES {
        if let Some(active) = calls.is_active(service) {
            writeln!(out, "{service}: {}", if active { "active" } else { "not active" }).unwrap();
        }
    }
    if let Some(time) = calls.no_answer_after() {
        writeln!(out, "no answer after: {} s", time.as_secs()).unwrap();
    }
    out + &settings("", &calls)
        + &settings("audio ", &calls.clone().media("audio"))
        + &settings("video ", &calls.clone().media("video"))
}

fn settings(media: &str, calls: &SimServsData) -> String {
    let mut out = String::new();
    for when in Divert::ALL {
        match (calls.diversion(when), calls.target(when)) {
            (Some(to), target) => {
                assert_eq!(Some(to), target);
                writeln!(out, "{media}{when:?}: to {to}").unwrap();
            }
            (None, Some(target)) => writeln!(out, "{media}{when:?}: off, {target}").unwrap(),
            (None, None) => {}
        }
    }
    for what in Bar::ALL.iter().copied().filter(|what| calls.is_barred(*what)) {
        writeln!(out, "{media}{what:?}: barred").unwrap();
    }
    for caller in calls.barred_callers() {
        writeln!(out, "{media}caller: {caller}").unwrap();
    }
    out
}

#[test]
fn documents_are_read_as_the_table_says() {
    let mut read = Vec::new();
    let lines: Vec<_> = TABLE.lines().filter(|line| !line.starts_with('#')).collect();
    for block in lines.join("\n").split("\n\n").map(str::trim).filter(|block| !block.is_empty()) {
        let (file, expected) = block.split_once('\n').unwrap();
        let file = file.strip_prefix("document: ").unwrap();
        assert_eq!(reading(&text(file)).trim_end(), expected, "{file}");
        read.push(format!("{file}.xml"));
    }
    let entries = fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().file_name());
    let mut files: Vec<_> = entries.map(|name| name.into_string().unwrap()).collect();
    files.sort_unstable();
    read.sort_unstable();
    assert_eq!(read, files);
}

/// A phone cuts conditions out of a document, and sends them with the prefixes and without their
/// declarations.
#[test]
fn what_a_phone_puts_without_declarations_is_read() {
    let phones = "<cp:conditions><ss:not-reachable/><ss:rule-deactivated/></cp:conditions>";
    let mut draft = Draft::new(text("forward-to"), None).unwrap();
    let node = r#"/simservs/communication-diversion/*[1]/*[@id="cfnrc"]/*[1]"#;
    draft.put(node, phones).unwrap();
    assert_eq!(SimServs::read(draft.text()).unwrap().diversion(Divert::NotReachable), None);
    SimServs::of(&mut draft).unwrap().divert(Divert::NotReachable, "tel:+15550100").unwrap();
    let calls = SimServs::read(draft.text()).unwrap();
    assert_eq!(calls.diversion(Divert::NotReachable), Some("tel:+15550100"));
    assert!(draft.text().contains("<cp:conditions><ss:not-reachable/></cp:conditions>"));
}

#[test]
fn an_empty_document_has_no_settings() {
    assert_eq!(reading(SimServs::empty()), "");
    document::check(SimServs::empty(), None, None).unwrap();
}

/// What the attribute of a service may be.
#[test]
fn a_service_is_active_unless_it_says_otherwise() {
    for (attribute, is_active) in [
        ("", true),
        ("active='true'", true),
        ("active=' 1 '", true),
        ("active='false'", false),
        ("active='0'", false),
        ("active='TRUE'", false),
        ("active=''", false),
        ("xmlns:x='urn:x' x:active='false'", true),
    ] {
        let xml = format!(
            "<simservs xmlns='http://uri.etsi.org/ngn/params/xml/simservs/xcap'>\
             <communication-waiting {attribute}/></simservs>"
        );
        let read = SimServs::read(&xml).unwrap();
        assert_eq!(read.is_active("communication-waiting"), Some(is_active), "{attribute}");
    }
}

/// Of the rules that match one call, one that allows it wins (TS 24.611).
#[test]
fn a_rule_that_allows_wins_over_those_that_bar() {
    let bars = |rules: &str| {
        let rules: String = rules
            .split_terminator(';')
            .map(|rule| {
                let (conditions, actions) = rule.split_once('|').unwrap();
                format!("<cp:rule><cp:conditions>{conditions}</cp:conditions><cp:actions>{actions}</cp:actions></cp:rule>")
            })
            .collect();
        let xml = format!(
            "<simservs xmlns='http://uri.etsi.org/ngn/params/xml/simservs/xcap' \
             xmlns:cp='urn:ietf:params:xml:ns:common-policy'><incoming-communication-barring>\
             <cp:ruleset>{rules}</cp:ruleset></incoming-communication-barring></simservs>"
        );
        let calls = SimServs::read(&xml).unwrap();
        let caller = calls.is_caller_barred("sip:bob@example.com");
        assert_eq!(caller, !calls.barred_callers().is_empty(), "{rules}");
        (calls.is_barred(Bar::Incoming), calls.is_barred(Bar::Anonymous), caller)
    };
    let bob = "<cp:identity><cp:one id='sip:bob@example.com'/></cp:identity>";
    for (rules, expected) in [
        ("", (false, false, false)),
        ("|<allow>false</allow>;", (true, false, false)),
        ("|<allow>0</allow>;", (true, false, false)),
        ("|;", (true, false, false)),
        ("|<allow>true</allow>;", (false, false, false)),
        ("|<allow> 1 </allow>;", (false, false, false)),
        ("<anonymous/>|;|<allow>true</allow>;", (false, false, false)),
        ("<anonymous/>|;<anonymous/>|<allow>true</allow>;", (false, false, false)),
        ("<anonymous/>|;<rule-deactivated/>|<allow>true</allow>;", (false, true, false)),
        ("<anonymous/>|;<roaming/>|<allow>true</allow>;", (false, true, false)),
        ("<anonymous/><roaming/>|;", (false, false, false)),
        ("{bob}|;", (false, false, true)),
        ("{bob}<roaming/>|;", (false, false, false)),
        ("{bob}|;|<allow>true</allow>;", (false, false, false)),
        ("{bob}|;{bob}|<allow>true</allow>;", (false, false, false)),
        ("{bob}|;<media>audio</media>|<allow>true</allow>;", (false, false, true)),
        ("|;{bob}|<allow>true</allow>;", (true, false, false)),
    ] {
        assert_eq!(bars(&rules.replace("{bob}", bob)), expected, "{rules}");
    }
}
