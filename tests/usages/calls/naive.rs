//! The readings of call settings, written a second time: on the tree, by names alone.

use std::collections::BTreeMap;

use roxmltree::{Document, Node};
use xcaplib::usages::{Bar, Divert, SimServs};

const SIMSERVS: &str = "http://uri.etsi.org/ngn/params/xml/simservs/xcap";
const COMMON_POLICY: &str = "urn:ietf:params:xml:ns:common-policy";

pub(super) const SERVICES: [&str; 4] = [
    "communication-diversion",
    "incoming-communication-barring",
    "outgoing-communication-barring",
    "communication-waiting",
];
pub(super) const MEDIA: [Option<&str>; 3] = [None, Some("audio"), Some("video")];

/// Spellings, and who is meant.
pub(super) const CALLERS: [(&str, usize); 5] = [
    ("sip:eve@example.com", 0),
    ("SIP:eve@EXAMPLE.com", 0),
    ("tel:+1-555-0150", 1),
    ("tel:+15550150", 1),
    ("sip:mallory@example.com", 2),
];

/// What is read of a document, by what it is about.
pub(super) type Readings = BTreeMap<String, String>;

pub(super) fn diversion(when: Divert, media: Option<&str>) -> String {
    format!("diversion {when:?} {media:?}")
}

pub(super) fn target(when: Divert, media: Option<&str>) -> String {
    format!("target {when:?} {media:?}")
}

pub(super) fn barred(what: Bar, media: Option<&str>) -> String {
    format!("barred {what:?} {media:?}")
}

pub(super) fn caller(who: usize) -> String {
    format!("caller {who}")
}

pub(super) fn active(service: &str) -> String {
    format!("active {service}")
}

/// The readings of the library.
pub(super) fn library(xml: &str) -> Readings {
    let all = SimServs::read(xml).unwrap();
    let mut out = Readings::new();
    for media in MEDIA {
        let calls = match media {
            Some(media) => all.clone().media(media),
            None => all.clone(),
        };
        for when in Divert::ALL {
            out.insert(diversion(when, media), calls.diversion(when).unwrap_or("-").to_owned());
            out.insert(target(when, media), calls.target(when).unwrap_or("-").to_owned());
        }
        for what in Bar::ALL.iter().copied() {
            out.insert(barred(what, media), calls.is_barred(what).to_string());
        }
    }
    for (uri, who) in CALLERS {
        out.insert(caller(who), all.is_caller_barred(uri).to_string());
    }
    for service in SERVICES {
        out.insert(active(service), format!("{:?}", all.is_active(service)));
    }
    out.insert("time".to_owned(), format!("{:?}", all.no_answer_after().map(|t| t.as_secs())));
    out
}

/// The readings of this file.
pub(super) fn naive(xml: &str) -> Readings {
    let document = Document::parse(xml).unwrap();
    let root = document.root_element();
    let mut out = Readings::new();
    for media in MEDIA {
        for when in Divert::ALL {
            let rules = of(root, "communication-diversion", condition_of(when), media);
            let on = || rules.iter().find(|rule| is_on(**rule));
            let is_active = is_active(root, "communication-diversion") == Some(true);
            let in_force = on().filter(|_| is_active);
            let shown = |rule: Option<&Node<'_, '_>>| {
                let target =
                    rule.and_then(|rule| path(*rule, &["actions", "forward-to", "target"]));
                let text = target.map(text).unwrap_or_default();
                if text.is_empty() { "-".to_owned() } else { text }
            };
            out.insert(diversion(when, media), shown(in_force));
            out.insert(target(when, media), shown(in_force.or(rules.first())));
        }
        for what in Bar::ALL.iter().copied() {
            let (service, condition) = barring_of(what);
            let rules = |condition, media| {
                let mut rules = of(root, service, condition, media);
                rules.retain(|rule| is_on(*rule) && is_active(root, service) == Some(true));
                rules
            };
            let bars = rules(condition, media).iter().any(|rule| !allows(*rule));
            let mut wins = Vec::new();
            for media in [None, media] {
                wins.extend(rules(None, media));
                wins.extend(rules(condition, media));
            }
            let is_barred = bars && !wins.iter().any(|rule| allows(*rule));
            out.insert(barred(what, media), is_barred.to_string());
        }
    }
    for (_, who) in CALLERS {
        let service = "incoming-communication-barring";
        let is_active = is_active(root, service) == Some(true);
        let mut rules = of(root, service, Some("identity"), None);
        rules.retain(|rule| names(*rule, who));
        rules.extend(of(root, service, None, None).into_iter().filter(|rule| allows(*rule)));
        rules.retain(|rule| is_on(*rule));
        let is_barred = is_active && !rules.is_empty() && !rules.iter().any(|rule| allows(*rule));
        out.insert(caller(who), is_barred.to_string());
    }
    for service in SERVICES {
        out.insert(active(service), format!("{:?}", is_active(root, service)));
    }
    out.insert("time".to_owned(), format!("{:?}", time(root)));
    out
}

/// How many rules there are for a diversion.
pub(super) fn rules_for(xml: &str, when: Divert, media: Option<&str>) -> usize {
    let document = Document::parse(xml).unwrap();
    of(document.root_element(), "communication-diversion", condition_of(when), media).len()
}

fn condition_of(when: Divert) -> Option<&'static str> {
    match when {
        Divert::Always => None,
        Divert::Busy => Some("busy"),
        Divert::NoAnswer => Some("no-answer"),
        Divert::NotReachable => Some("not-reachable"),
        Divert::NotRegistered => Some("not-registered"),
    }
}

pub(super) fn barring_of(what: Bar) -> (&'static str, Option<&'static str>) {
    let (incoming, outgoing) = (SERVICES[1], SERVICES[2]);
    match what {
        Bar::Incoming => (incoming, None),
        Bar::Anonymous => (incoming, Some("anonymous")),
        Bar::IncomingRoaming => (incoming, Some("roaming")),
        Bar::Outgoing => (outgoing, None),
        Bar::OutgoingRoaming => (outgoing, Some("roaming")),
        Bar::International => (outgoing, Some("international")),
        Bar::InternationalExceptHome => (outgoing, Some("international-exHC")),
        other => panic!("{other:?} is not known here"),
    }
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    let namespace = node.tag_name().namespace();
    node.is_element()
        && node.tag_name().name() == name
        && [Some(SIMSERVS), Some(COMMON_POLICY)].contains(&namespace)
}

/// The value of an attribute in no namespace.
pub(super) fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    let mut attributes = node.attributes();
    let found = attributes.find(|found| found.name() == name && found.namespace().is_none())?;
    Some(found.value())
}

fn path<'a, 'd>(from: Node<'a, 'd>, names: &[&str]) -> Option<Node<'a, 'd>> {
    names.iter().try_fold(from, |node, name| node.children().find(|child| is(*child, name)))
}

fn text(node: Node<'_, '_>) -> String {
    let texts = node.descendants().filter(Node::is_text);
    texts.map(|node| node.text().unwrap()).collect::<String>().trim().to_owned()
}

fn service<'a, 'd>(root: Node<'a, 'd>, name: &str) -> Option<Node<'a, 'd>> {
    let is_it =
        |node: &Node<'_, '_>| is(*node, name) && node.tag_name().namespace() == Some(SIMSERVS);
    root.children().find(is_it)
}

fn is_active(root: Node<'_, '_>, name: &str) -> Option<bool> {
    let service = service(root, name)?;
    Some(["true", "1"].contains(&attribute(service, "active").unwrap_or("true")))
}

fn rules<'a, 'd>(root: Node<'a, 'd>, name: &str) -> Vec<Node<'a, 'd>> {
    let Some(service) = service(root, name) else { return Vec::new() };
    service
        .descendants()
        .filter(|node| is(*node, "rule") && is(node.parent().unwrap(), "ruleset"))
        .collect()
}

/// The rules of a service that have this one condition and no other.
fn of<'a, 'd>(
    root: Node<'a, 'd>,
    service: &str,
    condition: Option<&str>,
    media: Option<&str>,
) -> Vec<Node<'a, 'd>> {
    let mut wanted: Vec<String> = condition.iter().map(ToString::to_string).collect();
    wanted.extend(media.map(|media| format!("media {media}")));
    let mut rules = rules(root, service);
    rules.retain(|rule| {
        let foreign =
            rule.children().any(|n| n.is_element() && !is(n, "conditions") && !is(n, "actions"));
        !foreign && conditions(*rule) == wanted
    });
    rules
}

/// The conditions, media last.
fn conditions(rule: Node<'_, '_>) -> Vec<String> {
    let Some(conditions) = path(rule, &["conditions"]) else { return Vec::new() };
    let (mut named, mut media) = (Vec::new(), Vec::new());
    for condition in conditions.children().filter(Node::is_element) {
        let name = condition.tag_name().name();
        if !is(condition, name) {
            named.push("of another namespace".to_owned());
        } else if name == "media" {
            media.push(format!("media {}", text(condition)));
        } else if !["rule-deactivated", "unconditional"].contains(&name) {
            named.push(name.to_owned());
        }
    }
    [named, media].concat()
}

fn is_on(rule: Node<'_, '_>) -> bool {
    path(rule, &["conditions", "rule-deactivated"]).is_none()
}

fn allows(rule: Node<'_, '_>) -> bool {
    let allow = path(rule, &["actions", "allow"]).map(text);
    allow.is_some_and(|allow| allow == "true" || allow == "1")
}

fn names(rule: Node<'_, '_>, who: usize) -> bool {
    let spellings = CALLERS.iter().filter(|(_, other)| *other == who).map(|(uri, _)| *uri);
    let spellings: Vec<_> = spellings.collect();
    rule.descendants()
        .filter(|node| is(*node, "one"))
        .any(|node| attribute(node, "id").is_some_and(|id| spellings.contains(&id)))
}

fn time(root: Node<'_, '_>) -> Option<u64> {
    let service = service(root, "communication-diversion")?;
    let own = path(service, &["NoReplyTimer"]);
    let of_rules = || {
        let rules = rules(root, "communication-diversion").into_iter();
        let mut rules = rules.filter(|rule| path(*rule, &["conditions", "no-answer"]).is_some());
        rules.find_map(|rule| path(rule, &["actions", "NoReplyTimer"]))
    };
    own.or_else(of_rules).map(|timer| text(timer).parse().unwrap())
}
