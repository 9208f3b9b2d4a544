//! What holds of every document and every change.

use roxmltree::{Document, Node};
use xcaplib::document::Draft;
use xcaplib::usages::{Bar, SimServs};

use crate::generate::Rng;
use crate::schema::{assert_valid, faults};

use super::cases::CALLS as CASES;
use super::generate::{Call, document};
use super::naive::{
    CALLERS, MEDIA, Readings, SERVICES, active, attribute, barred, barring_of, caller, diversion,
    library, naive, rules_for, target,
};

/// Documents with elements in the wrong namespace or the wrong place, or rules without an id.
const INVALID: [&str; 5] =
    ["wrong-namespace", "struct-mapper", "timer-in-conditions", "exceptions", "several"];

const DOCUMENTS: u64 = 300;
const CALLS: usize = 4;

#[test]
fn both_readings_agree() {
    let mut diverted = 0;
    let mut bars = 0;
    for seed in 0..3 * DOCUMENTS {
        let text = document(&mut Rng::new(seed));
        let read = library(&text);
        assert_eq!(read, naive(&text), "seed {seed}: {text}");
        let about = |what: &'static str| read.iter().filter(move |(key, _)| key.starts_with(what));
        diverted += about("diversion").filter(|(_, value)| *value != "-").count();
        bars +=
            about("barred").chain(about("caller")).filter(|(_, value)| *value == "true").count();
    }
    assert!(diverted > 150 && bars > 250, "{diverted} diversions, {bars} bars");
}

/// What a change has to make of the readings, and which of them it may change beside that.
fn expected(call: Call, before: &Readings, text: &str) -> (Readings, Vec<String>) {
    let mut after = before.clone();
    let mut free = Vec::new();
    let mut is_active = |service: &str| after.insert(active(service), "Some(true)".to_owned());
    match call {
        Call::Divert(when, media, to) => {
            is_active(SERVICES[0]);
            after.insert(diversion(when, media), to.to_owned());
            after.insert(target(when, media), to.to_owned());
        }
        Call::Stop(when, media) => {
            after.insert(diversion(when, media), "-".to_owned());
            if rules_for(text, when, media) > 1 {
                free.push(target(when, media));
            }
        }
        Call::Time(time) => {
            if before[&active(SERVICES[0])] == "None" {
                is_active(SERVICES[0]);
            }
            after.insert("time".to_owned(), format!("Some({time})"));
        }
        Call::Bar(what, media) => {
            let (service, condition) = barring_of(what);
            is_active(service);
            after.insert(barred(what, media), "true".to_owned());
            if condition.is_none() {
                // A rule that let all calls through, and does so no more, hid what others bar.
                let others = Bar::ALL.iter().filter(|other| barring_of(**other).0 == service);
                let others = others.flat_map(|other| MEDIA.map(|media| barred(*other, media)));
                free = others.filter(|other| *other != barred(what, media)).collect();
                free.extend((0..3).map(caller));
            } else if media.is_none() {
                free.extend(MEDIA.map(|media| barred(what, media)).into_iter().skip(1));
            }
        }
        Call::StopBarring(what, media) => {
            after.insert(barred(what, media), "false".to_owned());
        }
        Call::Caller(uri) => {
            is_active(SERVICES[1]);
            after.insert(caller(who(uri)), "true".to_owned());
        }
        Call::StopCaller(uri) => {
            after.insert(caller(who(uri)), "false".to_owned());
        }
        Call::Active(service, is_active) => {
            after.insert(active(service), format!("Some({is_active})"));
            let is_of = |key: &&String| {
                ["diversion", "target", "barred", "caller"].iter().any(|kind| key.starts_with(kind))
            };
            free.extend(before.keys().filter(is_of).cloned());
        }
    }
    (after, free)
}

fn who(uri: &str) -> usize {
    CALLERS.iter().find(|(known, _)| *known == uri).unwrap().1
}

#[test]
fn a_change_makes_what_was_asked_for_and_nothing_else() {
    let (mut changed, mut unchanged, mut refused) = (0, 0, 0);
    for seed in 0..DOCUMENTS {
        let mut rng = Rng::new(seed ^ 0xca11);
        let mut text = document(&mut rng);
        for _ in 0..CALLS {
            let call = Call::made_up(&mut rng);
            let what = format!("seed {seed}: {call:?} on {text}");
            let default_ns = [None, Some("urn:other")][rng.below(2)];
            let mut draft = Draft::new(text.as_str(), default_ns).unwrap();
            if let Err(error) = call.make(&mut draft) {
                assert!(error.is_invalid_input(), "{error}: {what}");
                assert!(error.to_string().contains("that wins"), "{error}: {what}");
                assert!(text.contains("allow>true<") || text.contains("allow> 1 <"), "{what}");
                assert_eq!(draft.text(), text, "{what}");
                refused += 1;
                continue;
            }
            let (mut before, free) = expected(call, &naive(&text), &text);
            let mut after = naive(draft.text());
            for key in &free {
                before.remove(key);
                after.remove(key);
            }
            assert_eq!(after, before, "{what}\nmade {}", draft.text());
            assert_eq!(library(draft.text()), naive(draft.text()), "{what}\nmade {}", draft.text());
            assert_eq!(others(draft.text(), &text), others(&text, &text), "{what}");
            let made = draft.text().to_owned();
            call.make(&mut draft).unwrap();
            assert_eq!(draft.text(), made, "again: {what}");
            if made == text {
                unchanged += 1;
            } else {
                changed += 1;
            }
            text = made;
        }
    }
    let counts = format!("{changed} changed, {unchanged} did not, {refused} were refused");
    assert!(changed > 400 && unchanged > 200 && refused > 5, "{counts}");
}

/// The text without what a change may touch, where that is: the switch of a rule or a service, what
/// a rule says of its target or of allowing, timers, and callers; and without what was not in the
/// document before.
fn others(text: &str, before: &str) -> String {
    let ids = |text: &str| -> Vec<String> {
        let document = Document::parse(text).unwrap();
        let ids = document.descendants().filter_map(|node| attribute(node, "id"));
        ids.map(str::to_owned).collect()
    };
    let known = ids(before);
    let document = Document::parse(text).unwrap();
    let previous = Document::parse(before).unwrap();
    let had = |name: &str| previous.root_element().children().any(|n| n.tag_name().name() == name);
    let had_ruleset = |service: &str| {
        let mut services = previous.root_element().children();
        let service = services.find(|node| node.tag_name().name() == service);
        service.is_some_and(|s| s.children().any(|n| n.tag_name().name() == "ruleset"))
    };
    let is_gone = |node: &Node<'_, '_>| {
        let is_ours = node.tag_name().namespace().is_some_and(|namespace| namespace != "urn:v");
        let is_new = || attribute(*node, "id").is_some_and(|id| !known.iter().any(|own| own == id));
        let holds_switches_alone = || {
            let mut elements = node.children().filter(|child| !child.is_text());
            elements.all(|child| child.tag_name().name() == "rule-deactivated")
        };
        is_ours
            && match node.tag_name().name() {
                "rule-deactivated" | "NoReplyTimer" | "forward-to" | "allow" | "one" => true,
                "rule" => {
                    is_new() || node.descendants().any(|node| node.tag_name().name() == "identity")
                }
                "conditions" => holds_switches_alone(),
                "actions" => node.children().all(|c| {
                    ["forward-to", "allow", "NoReplyTimer"].contains(&c.tag_name().name())
                }),
                "ruleset" => !had_ruleset(node.parent().unwrap().tag_name().name()),
                name => SERVICES.contains(&name) && !had(name),
            }
    };
    let mut ranges: Vec<_> =
        document.descendants().filter(is_gone).map(|node| node.range()).collect();
    for service in document.root_element().children() {
        let active = service.attributes().filter(|attribute| attribute.name() == "active");
        ranges.extend(active.map(|attribute| attribute.range().start - 1..attribute.range().end));
    }
    ranges.sort_by_key(|range| range.start);
    let (mut out, mut at) = (String::new(), 0);
    for range in ranges {
        if range.start >= at {
            out += &text[at..range.start];
            at = range.end;
        }
    }
    out += &text[at..];
    // An empty tag is opened for what comes into it.
    for service in SERVICES {
        for prefix in ["", "ss:", "s:", "cp:"] {
            out = out.replace(
                &format!("<{prefix}{service}/>"),
                &format!("<{prefix}{service}></{prefix}{service}>"),
            );
        }
    }
    out
}

#[test]
fn documents_made_from_empty_are_valid() {
    let mut documents = vec![("empty".to_owned(), SimServs::empty().to_owned())];
    for seed in 0..100 {
        let mut rng = Rng::new(seed);
        let mut draft = Draft::new(SimServs::empty(), None).unwrap();
        for _ in 0..12 {
            let call = Call::made_up(&mut rng);
            call.make(&mut draft).unwrap();
        }
        assert_eq!(library(draft.text()), naive(draft.text()), "{}", draft.text());
        documents.push((format!("seed {seed}"), draft.text().to_owned()));
    }
    assert_valid("simservs", &documents);
}

/// Documents that keep to the schema do so after each change.
#[test]
fn what_a_change_makes_is_valid() {
    let cases = CASES.iter().filter(|case| !INVALID.contains(&case.file));
    let documents: Vec<_> = cases.map(|case| (case.name(), case.expected())).collect();
    assert!(documents.len() > 40, "{} documents", documents.len());
    assert_valid("simservs", &documents);
}

#[test]
fn what_the_schema_does_not_allow_is_found() {
    let documents = INVALID.map(|file| {
        let case = CASES.iter().find(|case| case.file == file).unwrap();
        (file.to_owned(), case.text())
    });
    let faults = faults("simservs", &documents);
    assert!(faults.iter().all(Option::is_some), "{faults:?}");
}
