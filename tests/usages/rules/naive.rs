//! A second implementation, after the words of RFC 4745 and RFC 5025, on a plain tree.
//! It decides as a server does, in a world: whether each condition holds that no document tells
//! about. What is certain holds in every world.

use std::cell::Cell;

use roxmltree::{Document, Node};
use xcaplib::usages::Handling;

const CP: &str = "urn:ietf:params:xml:ns:common-policy";
const PR: &str = "urn:ietf:params:xml:ns:pres-rules";
const OMA: &str = "urn:oma:xml:xdm:common-policy";

/// Spellings of URIs, who is meant, and his domain.
pub(crate) const PEOPLE: [(&str, usize, Option<usize>); 12] = [
    ("sip:bob@example.com", 0, Some(0)),
    ("SIP:%62ob@Example.COM", 0, Some(0)),
    ("sip:carol@example.com", 1, Some(0)),
    ("sips:bob@example.com", 2, Some(0)),
    ("tel:+1-201-555-0123", 3, None),
    ("tel:+1(201)5550123", 3, None),
    ("sip:+12015550123@example.com;user=phone", 4, Some(0)),
    ("sip:kurt@xn--bcher-kva.example", 5, Some(1)),
    ("sip:eve@spam.example", 6, Some(2)),
    ("pres:bob@example.com", 7, Some(0)),
    ("sip:dave@elsewhere.example", 8, Some(3)),
    ("sip:o'hara@a.example.com", 9, Some(4)),
];
pub(crate) const DOMAINS: [(&str, usize); 5] = [
    ("example.com", 0),
    ("EXAMPLE.com", 0),
    ("b\u{fc}cher.example", 1),
    ("xn--bcher-kva.example", 1),
    ("spam.example", 2),
];
/// Somebody whom no rule names.
pub(crate) const STRANGER: &str = "sip:zoe@nowhere.example";

/// Who is meant; a URI that is not in the table stands for itself.
fn who(uri: &str) -> Result<usize, &str> {
    let known = PEOPLE.iter().find(|(known, _, _)| *known == uri);
    known.map(|(_, who, _)| *who).ok_or(uri)
}

fn domain_of(uri: &str) -> Option<usize> {
    PEOPLE.iter().find(|(known, _, _)| *known == uri).and_then(|(_, _, domain)| *domain)
}

fn domain(name: &str) -> usize {
    DOMAINS.iter().find(|(known, _)| *known == name).unwrap().1
}

/// What holds of the conditions that are not known, in document order.
#[derive(Debug)]
pub(crate) struct World {
    holds: Vec<bool>,
    next: Cell<usize>,
}

impl World {
    pub(crate) fn of(holds: Vec<bool>) -> Self {
        Self { holds, next: Cell::new(0) }
    }

    /// All of them, for so many conditions.
    pub(crate) fn all(count: usize) -> impl Iterator<Item = Self> {
        (0..1_usize << count)
            .map(move |world| Self::of((0..count).map(|bit| world >> bit & 1 == 1).collect()))
    }

    fn ask(&self) -> bool {
        self.next.set(self.next.get() + 1);
        self.holds.get(self.next.get() - 1).copied().unwrap_or_default()
    }
}

type Element<'a> = Node<'a, 'a>;

pub(crate) struct Naive<'x>(Document<'x>);

fn children<'a>(element: Element<'a>, namespace: &str, name: &str) -> Vec<Element<'a>> {
    elements(element).into_iter().filter(|child| is(*child, namespace, name)).collect()
}

fn elements(element: Element<'_>) -> Vec<Element<'_>> {
    element.children().filter(Node::is_element).collect()
}

fn is(element: Element<'_>, namespace: &str, name: &str) -> bool {
    element.tag_name().name() == name && element.tag_name().namespace() == Some(namespace)
}

fn attribute<'a>(element: Element<'a>, name: &str) -> Option<&'a str> {
    let mut attributes = element.attributes();
    attributes.find(|attribute| attribute.name() == name).map(|attribute| attribute.value())
}

impl<'x> Naive<'x> {
    pub(crate) fn read(xml: &'x str) -> Self {
        Self(Document::parse(xml).unwrap())
    }

    fn rules(&self) -> Vec<Element<'_>> {
        children(self.0.root_element(), CP, "rule")
    }

    /// How many conditions are not known.
    pub(crate) fn unknown(&self) -> usize {
        let world = World::of(Vec::new());
        self.decide(STRANGER, &world);
        world.next.get()
    }

    /// What a server makes of a watcher: the maximum over all rules that match (section 10.2).
    pub(crate) fn decide(&self, uri: &str, world: &World) -> Option<Handling> {
        world.next.set(0);
        let rules = self.rules();
        let matching: Vec<_> =
            rules.into_iter().filter(|rule| matches(*rule, uri, world)).collect();
        matching.into_iter().map(handling).max()
    }

    /// The least and the most over all worlds.
    pub(crate) fn bounds(&self, uri: &str) -> (Option<Handling>, Option<Handling>) {
        let decided = || World::all(self.unknown()).map(|world| self.decide(uri, &world));
        (decided().min().unwrap(), decided().max().unwrap())
    }

    /// What a rule says to a server that lets the first that matches decide, and compares URIs byte
    /// by byte.
    pub(crate) fn first(&self, uri: &str, world: &World) -> Option<Handling> {
        world.next.set(0);
        let rules = self.rules();
        // Every rule asks the world, so that the next is asked the right question.
        let asked = rules.iter().map(|rule| (*rule, matches_bytes(*rule, uri, world)));
        for (rule, matches) in asked.collect::<Vec<_>>() {
            match matches {
                Some(true) => return Some(handling(rule)),
                Some(false) => {}
                // The evaluation ends.
                None => return None,
            }
        }
        None
    }

    /// Whether a rule may give the watcher more from which nobody can be taken out: it asks for more
    /// than one identity, or for less, or for what is not known.
    pub(crate) fn is_in_the_way(&self, uri: &str, than: Handling) -> bool {
        self.rules().into_iter().any(|rule| {
            let all = World::of(vec![true; 8]);
            let conditions: Vec<_> =
                children(rule, CP, "conditions").into_iter().flat_map(elements).collect();
            let is_known = |child: &Element<'_>| is(*child, CP, "one") || is(*child, CP, "many");
            let is_open = match conditions[..] {
                [identity] if is(identity, CP, "identity") => {
                    let children = elements(identity);
                    !children.is_empty() && children.iter().all(is_known)
                }
                _ => false,
            };
            handling(rule) > than && matches(rule, uri, &all) && !is_open
        })
    }

    /// Whether a rule that asks for nothing else names the watcher, for less.
    pub(crate) fn is_named_for_less(&self, uri: &str, than: Handling) -> bool {
        self.rules().into_iter().any(|rule| {
            let conditions: Vec<_> =
                children(rule, CP, "conditions").into_iter().flat_map(elements).collect();
            let identities =
                conditions.into_iter().filter(|condition| is(*condition, CP, "identity"));
            let ones = identities.flat_map(|identity| children(identity, CP, "one"));
            let mut ids = ones.filter_map(|one| attribute(one, "id"));
            handling(rule) < than && ids.any(|id| who(id) == who(uri))
        })
    }
}

/// A rule matches if all its conditions are true (section 10.1).
fn matches(rule: Element<'_>, uri: &str, world: &World) -> bool {
    let conditions: Vec<_> =
        children(rule, CP, "conditions").into_iter().flat_map(elements).collect();
    let truths: Vec<_> =
        conditions.into_iter().map(|condition| is_true(condition, uri, world)).collect();
    truths.into_iter().all(|is_true| is_true)
}

fn is_true(condition: Element<'_>, uri: &str, world: &World) -> bool {
    if is(condition, OMA, "anonymous-request") {
        return false;
    }
    if !is(condition, CP, "identity") {
        return world.ask();
    }
    let children = elements(condition);
    if children.is_empty() {
        // The two RFCs differ.
        return world.ask();
    }
    // True if any of the children is (section 7.1.1).
    let truths: Vec<_> = children.into_iter().map(|child| names(child, uri, world)).collect();
    truths.into_iter().any(|is_true| is_true)
}

fn names(child: Element<'_>, uri: &str, world: &World) -> bool {
    if is(child, CP, "one") {
        return who(attribute(child, "id").unwrap()) == who(uri);
    }
    if !is(child, CP, "many") {
        return world.ask();
    }
    let is_inside =
        attribute(child, "domain").is_none_or(|name| Some(domain(name)) == domain_of(uri));
    let is_excepted = children(child, CP, "except").into_iter().any(|except| {
        match (attribute(except, "id"), attribute(except, "domain")) {
            (Some(id), _) => who(id) == who(uri),
            (_, Some(name)) => Some(domain(name)) == domain_of(uri),
            _ => false,
        }
    });
    is_inside && !is_excepted
}

/// The maximum of what is said; block where nothing is (RFC 5025 section 3.2.1).
fn handling(rule: Element<'_>) -> Handling {
    let actions = children(rule, CP, "actions").into_iter();
    let said = actions.flat_map(|actions| children(actions, PR, "sub-handling"));
    let value = |said: Element<'_>| match said.text().unwrap_or_default().trim() {
        "block" => Handling::Block,
        "confirm" => Handling::Confirm,
        "polite-block" => Handling::PoliteBlock,
        "allow" => Handling::Allow,
        other => panic!("{other}"),
    };
    said.map(value).max().unwrap_or(Handling::Block)
}

/// `None` where the server gives up: there are conditions without an identity.
fn matches_bytes(rule: Element<'_>, uri: &str, world: &World) -> Option<bool> {
    let conditions: Vec<_> =
        children(rule, CP, "conditions").into_iter().flat_map(elements).collect();
    if conditions.is_empty() {
        return Some(false);
    }
    let mut all = true;
    let mut identities = 0;
    for condition in conditions {
        if !is(condition, CP, "identity") {
            all &= is(condition, OMA, "anonymous-request") || world.ask();
            continue;
        }
        identities += 1;
        let children = elements(condition);
        if children.is_empty() {
            world.ask();
        }
        let named: Vec<_> =
            children.into_iter().map(|child| names_bytes(child, uri, world)).collect();
        all &= named.into_iter().any(|named| named);
    }
    (identities > 0).then_some(all)
}

fn names_bytes(child: Element<'_>, uri: &str, world: &World) -> bool {
    let host = uri.split_once('@').map(|(_, host)| host.split([';', ':']).next().unwrap());
    if is(child, CP, "one") {
        return attribute(child, "id") == Some(uri);
    }
    if !is(child, CP, "many") {
        world.ask();
        return false;
    }
    let is_inside = attribute(child, "domain").is_none_or(|name| Some(name) == host);
    let mut excepts = children(child, CP, "except").into_iter();
    let is_excepted = excepts.any(|except| {
        attribute(except, "id") == Some(uri)
            || attribute(except, "domain").is_some_and(|name| Some(name) == host)
    });
    is_inside && !is_excepted
}
