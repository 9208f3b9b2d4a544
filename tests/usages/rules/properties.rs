//! What holds of every rule set: against the second implementation, and of every change.

use roxmltree::{Document, Node};
use xcaplib::document::Draft;
use xcaplib::usages::{Handling, PresenceRules};

use super::generate::{is_canonical, ruleset};
use super::naive::{Naive, PEOPLE, STRANGER, World};
use crate::generate::Rng;
use crate::schema::assert_valid;

const HANDLINGS: [Handling; 4] =
    [Handling::Block, Handling::Confirm, Handling::PoliteBlock, Handling::Allow];

fn uris() -> impl Iterator<Item = &'static str> {
    PEOPLE.iter().map(|(uri, _, _)| *uri).chain([STRANGER])
}

fn is_same_person(one: &str, other: &str) -> bool {
    let who = |uri| PEOPLE.iter().find(|(known, _, _)| *known == uri).map(|(_, who, _)| *who);
    who(one) == who(other)
}

#[test]
fn both_implementations_agree() {
    let mut certain = [0; 5];
    for seed in 0..2500 {
        let text = ruleset(&mut Rng::new(seed), false);
        let rules = PresenceRules::read(&text).unwrap();
        let naive = Naive::read(&text);
        for uri in uris() {
            let found = (rules.handling(uri), rules.handling_at_most(uri));
            assert_eq!(found, naive.bounds(uri), "{uri} in the rules of seed {seed}: {text}");
            certain[found
                .0
                .map_or(4, |handling| HANDLINGS.iter().position(|h| *h == handling).unwrap())] += 1;
        }
    }
    assert!(certain.iter().all(|count| *count > 500), "{certain:?}");
}

/// The text without what a change of a watcher may touch: rules that come or go, and children of
/// identities.
fn untouched(text: &str, other: &str) -> String {
    let document = Document::parse(text).unwrap();
    let other = Document::parse(other).unwrap();
    let id = |rule: Node<'_, '_>| {
        rule.attributes().find(|attribute| attribute.name() == "id").map(|id| id.value().to_owned())
    };
    let kept: Vec<_> = other.root_element().children().filter(Node::is_element).map(id).collect();
    let mut left = String::new();
    let mut at = 0;
    for node in document.descendants().filter(Node::is_element) {
        let is_gone = match node.tag_name().name() {
            "rule" => !kept.contains(&id(node)),
            "one" | "many" => true,
            _ => false,
        };
        if is_gone && node.range().start >= at {
            left.push_str(&text[at..node.range().start]);
            at = node.range().end;
        }
    }
    left + &text[at..]
}

/// The elements of these names as they are written, but for those that mean the watcher, of rules
/// that are in both.
fn of_others(text: &str, uri: &str) -> Vec<String> {
    let document = Document::parse(text).unwrap();
    let is_other = |node: &Node<'_, '_>| {
        matches!(node.tag_name().name(), "one" | "except")
            && node.attributes().all(|a| a.name() != "id" || !is_same_person(a.value(), uri))
    };
    let nodes = document.descendants().filter(Node::is_element).filter(is_other);
    let mut written: Vec<_> = nodes.map(|node| text[node.range()].to_owned()).collect();
    written.sort();
    written
}

#[test]
fn a_watcher_gets_what_was_set_and_nobody_else_anything() {
    let mut counts = [0; 3];
    for seed in 0..2500 {
        let rng = &mut Rng::new(seed ^ 0x5e7);
        let canonical = rng.percent(50);
        let text = ruleset(rng, canonical);
        let (uri, _, _) = PEOPLE[rng.below(PEOPLE.len())];
        let handling = HANDLINGS[rng.below(4)];
        let what = format!("{uri} {handling} in the rules of seed {seed}: {text}");
        let default_ns = [None, Some("urn:ietf:params:xml:ns:pres-rules")][rng.below(2)];
        let mut draft = Draft::new(text.as_str(), default_ns).unwrap();
        let set = PresenceRules::of(&mut draft).unwrap().set(uri, handling);
        if let Err(error) = set {
            assert!(error.is_invalid_input(), "{error}: {what}");
            assert!(error.to_string().contains("the rule `r"), "{error}: {what}");
            assert!(Naive::read(&text).is_in_the_way(uri, handling), "{error}: {what}");
            assert_eq!(draft.text(), text, "{what}");
            counts[0] += 1;
            continue;
        }
        let after = draft.text().to_owned();
        counts[if after == text { 1 } else { 2 }] += 1;
        let naive = Naive::read(&after);
        let wanted = Some(handling);
        assert_eq!(naive.bounds(uri), (wanted, wanted), "{what}\nafter: {after}");
        let (old, new) =
            (PresenceRules::read(&text).unwrap(), PresenceRules::read(&after).unwrap());
        for other in uris().filter(|other| !is_same_person(other, uri)) {
            let of = |rules: &xcaplib::usages::PresenceRulesData| {
                (rules.handling(other), rules.handling_at_most(other))
            };
            assert_eq!(of(&new), of(&old), "{other} after {what}\nafter: {after}");
        }
        assert_eq!(untouched(&after, &text), untouched(&text, &after), "{what}\nafter: {after}");
        assert_eq!(of_others(&after, uri), of_others(&text, uri), "{what}\nafter: {after}");
        if after.contains("-watchers\"") {
            for world in World::all(naive.unknown()) {
                assert_eq!(naive.first(uri, &world), wanted, "{what}\nafter: {after}");
            }
        }
        if handling == Handling::Block && canonical && is_canonical(uri) {
            for world in World::all(naive.unknown()) {
                let first = naive.first(uri, &world);
                assert!(first <= Some(Handling::Block), "{first:?}: {what}\nafter: {after}");
            }
        }
        PresenceRules::of(&mut draft).unwrap().set(uri, handling).unwrap();
        assert_eq!(draft.text(), after, "the second time: {what}");
    }
    assert!(counts.iter().all(|count| *count > 200), "{counts:?}");
}

#[test]
fn a_default_opens_nothing_to_those_who_are_named_for_less() {
    let mut counts = [0; 3];
    for seed in 0..1500 {
        let rng = &mut Rng::new(seed ^ 0xdef);
        let text = ruleset(rng, false);
        let handling = HANDLINGS[rng.below(4)];
        let what = format!("{handling} in the rules of seed {seed}: {text}");
        let mut draft = Draft::new(text.as_str(), None).unwrap();
        if let Err(error) = PresenceRules::of(&mut draft).unwrap().set_default(handling) {
            assert!(error.to_string().starts_with("the default cannot get "), "{error}: {what}");
            assert!(Naive::read(&text).is_in_the_way(STRANGER, handling), "{error}: {what}");
            assert_eq!(draft.text(), text, "{what}");
            counts[0] += 1;
            continue;
        }
        let after = draft.text().to_owned();
        counts[if after == text { 1 } else { 2 }] += 1;
        let naive = Naive::read(&after);
        assert_eq!(
            naive.bounds(STRANGER),
            (Some(handling), Some(handling)),
            "{what}\nafter: {after}"
        );
        let before = Naive::read(&text);
        for uri in uris() {
            let (old, new) = (before.bounds(uri).1, naive.bounds(uri).1);
            let bound =
                if before.is_named_for_less(uri, handling) { old } else { old.max(Some(handling)) };
            assert!(new <= bound, "{uri}: {new:?} after {old:?}, {what}\nafter: {after}");
        }
        PresenceRules::of(&mut draft).unwrap().set_default(handling).unwrap();
        assert_eq!(draft.text(), after, "the second time: {what}");
    }
    assert!(counts.iter().all(|count| *count > 50), "{counts:?}");
}

/// Whatever is made of the empty document is valid, and ends as it was said last.
#[test]
fn what_is_made_from_nothing_is_valid() {
    const SHOWN: [&str; 5] = [
        "provide-services",
        "provide-persons",
        "provide-mood",
        "provide-user-input",
        "provide-all-attributes",
    ];
    let mut documents = vec![("empty".to_owned(), PresenceRules::empty().to_owned())];
    for seed in 0..300 {
        let rng = &mut Rng::new(seed ^ 0xe);
        let mut draft = Draft::new(PresenceRules::empty(), None).unwrap();
        let mut rules = PresenceRules::of(&mut draft).unwrap();
        for _ in 0..rng.below(12) {
            let handling = HANDLINGS[rng.below(4)];
            match rng.below(4) {
                0 => {
                    rules.set_default(handling).unwrap();
                    assert_eq!(rules.default_handling(), Some(handling));
                }
                1 => {
                    let allowing = rules.rules().iter().find(|r| r.handling() == Handling::Allow);
                    let Some(id) = allowing.and_then(|rule| rule.id()).map(str::to_owned) else {
                        continue;
                    };
                    let names: Vec<_> = SHOWN.into_iter().filter(|_| rng.percent(50)).collect();
                    rules.provide(&id, &names).unwrap();
                    let rule = rules.rules().iter().find(|rule| rule.id() == Some(&id)).unwrap();
                    assert_eq!(rule.provided(), names);
                }
                _ => {
                    let (uri, _, _) = PEOPLE[rng.below(PEOPLE.len())];
                    rules.set(uri, handling).unwrap();
                    assert_eq!(rules.handling_at_most(uri), Some(handling));
                }
            }
        }
        documents.push((format!("seed {seed}"), draft.text().to_owned()));
    }
    assert_valid("pres-rules", &documents);
}

/// The schema can say no.
#[test]
fn what_the_schema_does_not_allow_is_found() {
    let refused = [
        "<rule/>",
        "<rule id='a b'/>",
        "<rule id='a'/><rule id='a'/>",
        "<rule id='a'><actions/><conditions/></rule>",
        "<rule id='a'><conditions><identity/></conditions></rule>",
        "<rule id='a'><conditions><identity><one/></identity></conditions></rule>",
        "<rule id='a'><actions><sub-handling>block</sub-handling></actions></rule>",
        "<rule id='a'><actions><p:sub-handling>deny</p:sub-handling></actions></rule>",
        "<rule id='a'><transformations><p:provide-mood>yes</p:provide-mood></transformations></rule>",
        "<rule id='a'><transformations><p:provide-persons><p:all-devices/></p:provide-persons></transformations></rule>",
    ];
    for rules in refused {
        let text = format!(
            "<ruleset xmlns='urn:ietf:params:xml:ns:common-policy' \
             xmlns:p='urn:ietf:params:xml:ns:pres-rules'>{rules}</ruleset>"
        );
        for fault in crate::schema::faults("pres-rules", &[(String::new(), text.clone())]) {
            assert!(fault.is_some(), "the schema takes {text}");
        }
    }
}
