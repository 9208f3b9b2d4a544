//! What documents make of watchers, each in a line of `tests/data/usages/presence-rules.txt`, and
//! the table of RFC 4745 section 10.3.

use std::fs;

use xcaplib::usages::{Handling, PresenceRules};

use super::naive::{Naive, World};

const TABLE: &str = include_str!("../../data/usages/presence-rules.txt");

fn document(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/usages");
    fs::read_to_string(format!("{folder}/{name}.xml")).unwrap()
}

fn shown(handling: Option<Handling>) -> String {
    handling.map_or("-".to_owned(), |handling| handling.to_string())
}

#[test]
fn watchers_get_what_the_table_says() {
    let mut count = 0;
    for line in TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let parts: Vec<_> = line.split(' ').collect();
        let [name, uri, certain, at_most] = parts[..] else { panic!("{line}") };
        let rules = PresenceRules::read(&document(name)).unwrap();
        assert_eq!(shown(rules.handling(uri)), certain, "{line}");
        assert_eq!(shown(rules.handling_at_most(uri)), at_most, "at most: {line}");
        count += 1;
    }
    assert!(count > 40, "{count} lines");
}

#[test]
fn what_rules_say_is_read() {
    let rules = PresenceRules::read(&document("pres-rules/rfc5025")).unwrap();
    let [rule] = rules.rules() else { panic!("{rules:?}") };
    assert_eq!((rule.id(), rule.handling()), (Some("a"), Handling::Allow));
    assert_eq!(
        rule.provided(),
        [
            "provide-services",
            "provide-persons",
            "provide-activities",
            "provide-user-input",
            "provide-unknown-attribute"
        ]
    );
    let rules = PresenceRules::read(&document("pres-rules/two-lists")).unwrap();
    assert_eq!(rules.watchers(Handling::Allow), ["sip:bob@example.com", "sip:carol@example.com"]);
    assert_eq!(rules.watchers(Handling::Block), ["sip:eve@example.com"]);
    assert_eq!(rules.watchers(Handling::Confirm), [""; 0]);
    assert_eq!(rules.default_handling(), None);
    let rules = PresenceRules::read(&document("pres-rules/declared-inside")).unwrap();
    // By the rules that match him he gets more than the one says that names him.
    assert_eq!(
        rules.watchers(Handling::PoliteBlock),
        ["sip:b%6Fb@EXAMPLE.com", "sip:bob@example.com;user=phone"]
    );
    assert_eq!(rules.default_handling(), Some(Handling::PoliteBlock));
    let about: Vec<_> = rules.about("sip:bob@example.com").filter_map(|rule| rule.id()).collect();
    assert_eq!(about, ["_1", "_2"]);
}

/// The rules of the table, with Y as the handling of the same order: 3, 5, 10 and 12.
fn table_of_section_10_3() -> String {
    const A1: &str = "2003-12-24T17:00:00+01:00";
    const A2: &str = "2003-12-24T21:00:00+01:00";
    const A3: &str = "2003-12-24T23:30:00+01:00";
    const B1: &str = "2003-12-22T17:00:00+01:00";
    const B2: &str = "2003-12-23T17:00:00+01:00";
    let rows = [
        (1, "bob", "home", A1, A2, "polite-block"),
        (2, "alice", "work", A1, A2, "confirm"),
        (3, "bob", "work", A1, A2, "block"),
        (4, "tom", "work", A1, A2, "confirm"),
        (5, "bob", "work", A1, A3, "allow"),
        (6, "bob", "work", B1, B2, "polite-block"),
    ];
    let rules: String = rows
        .iter()
        .map(|(id, who, sphere, from, until, handling)| {
            format!(
                "<rule id='r{id}'><conditions><identity><one id='sip:{who}@example.com'/></identity>\
                 <sphere value='{sphere}'/><validity><from>{from}</from><until>{until}</until></validity>\
                 </conditions><actions><p:sub-handling>{handling}</p:sub-handling></actions></rule>"
            )
        })
        .collect();
    format!(
        "<ruleset xmlns='urn:ietf:params:xml:ns:common-policy' \
         xmlns:p='urn:ietf:params:xml:ns:pres-rules'>{rules}</ruleset>"
    )
}

#[test]
fn the_table_of_rfc_4745_section_10_3() {
    let text = table_of_section_10_3();
    let rules = PresenceRules::read(&text).unwrap();
    let [bob, alice, tom] = ["bob", "alice", "tom"].map(|who| format!("sip:{who}@example.com"));
    // Whether a rule matches depends on sphere and time, of which the document tells nothing.
    for (who, at_most) in
        [(&bob, Handling::Allow), (&alice, Handling::Confirm), (&tom, Handling::Confirm)]
    {
        assert_eq!(rules.handling(who), None);
        assert_eq!(rules.handling_at_most(who), Some(at_most));
    }
    let about: Vec<_> = rules.about(&bob).filter_map(|rule| rule.id()).collect();
    assert_eq!(about, ["r1", "r3", "r5", "r6"]);

    // At work at 17:15, rules 3 and 5 fire: each row has a sphere and a validity.
    let holds =
        [(false, true), (true, true), (true, true), (true, true), (true, true), (true, false)];
    let world = holds.iter().flat_map(|(sphere, validity)| [*sphere, *validity]);
    let world = World::of(world.collect());
    let naive = Naive::read(&text);
    assert_eq!(naive.decide(&bob, &world), Some(Handling::Allow));
    assert_eq!(naive.decide(&alice, &world), Some(Handling::Confirm));
    // Without the condition that holds, the same rules match for certain.
    let mut certain = text;
    for (id, (sphere, validity)) in (1..).zip(holds) {
        let at = certain.find(&format!("<rule id='r{id}'")).unwrap();
        let end = at + certain[at..].find("</rule>").unwrap() + "</rule>".len();
        let rule = certain[at..end].to_owned();
        let from = rule.find("<sphere").unwrap();
        let until = rule.find("</conditions>").unwrap();
        let kept = format!("{}{}", &rule[..from], &rule[until..]);
        certain = certain.replacen(&rule, if sphere && validity { &kept } else { "" }, 1);
    }
    let rules = PresenceRules::read(&certain).unwrap();
    let about: Vec<_> = rules.about(&bob).filter_map(|rule| rule.id()).collect();
    assert_eq!(about, ["r3", "r5"]);
    assert_eq!(rules.handling(&bob), Some(Handling::Allow));
    assert_eq!(rules.handling(&alice), Some(Handling::Confirm));
}
