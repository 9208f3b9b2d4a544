//! Seeded resource-lists documents, full of what the views do not know, and calls.

#[path = "../support/generate.rs"]
mod support;

use xcaplib::document::Draft;
use xcaplib::usages::{List, ResourceLists};
use xcaplib::{Error, Result};

pub(crate) use support::Rng;

pub(crate) const RESOURCE_LISTS: &str = "urn:ietf:params:xml:ns:resource-lists";

/// Spellings, and who is meant.
pub(crate) const CONTACTS: [(&str, usize); 9] = [
    ("sip:bob@example.com", 0),
    ("SIP:%62ob@EXAMPLE.com", 0),
    ("sip:bob@example.com;transport=tcp", 1),
    ("sip:bob@example.com;Transport=TCP", 1),
    ("sip:o'hara@example.com", 2),
    ("sip:a&b@example.com", 3),
    ("tel:+1-201-555-0123", 4),
    ("tel:+1(201)5550123", 4),
    ("pres:carol@example.com", 5),
];
const LISTS: [&str; 4] = ["friends", "work", "a \"b\" & <c>", ""];
const NAMES: [&str; 6] = ["Bob", "Bob & co", "<Bob>", "", "]]>", "Bøb\n\t\r'\""];
const NOISE: [&str; 12] = [
    "\n  ",
    "\r\n\t",
    " ",
    "<!-- <entry uri='sip:bob@example.com'/> -->",
    "<?p <list name='friends'>?>",
    "<![CDATA[<entry uri='sip:bob@example.com'/>]]>",
    "text &amp; &#x41;",
    "<x:e uri='sip:bob@example.com' name='friends'/>",
    "<x:e><l:entry uri='sip:bob@example.com'/></x:e>",
    "<display-name xmlns='urn:x'>not ours</display-name>",
    "<x:list name='friends'>\n</x:list>",
    "<list xmlns='' name='friends'/>",
];

/// A call, on the list at a path.
#[derive(Clone, Debug)]
pub(crate) enum Call {
    Set(Vec<&'static str>, usize, Option<&'static str>),
    Remove(Vec<&'static str>, usize),
    Move(Vec<&'static str>, usize, Vec<&'static str>),
    Name(Vec<&'static str>, &'static str),
    Make(Vec<&'static str>),
    RemoveList(Vec<&'static str>),
}

impl Call {
    pub(crate) fn made_up(rng: &mut Rng) -> Self {
        let path = path(rng);
        let contact = rng.below(CONTACTS.len());
        match rng.below(10) {
            0..=3 => Self::Set(path, contact, rng.percent(70).then(|| rng.pick(&NAMES))),
            4..=5 => Self::Remove(path, contact),
            6..=7 => Self::Move(path, contact, self::path(rng)),
            8 => Self::Name(path, rng.pick(&NAMES)),
            _ if rng.percent(50) => Self::Make(path),
            _ => Self::RemoveList(path),
        }
    }

    /// Makes the call; whether it says that it changed anything.
    pub(crate) fn make(&self, draft: &mut Draft) -> Result<bool> {
        let before = draft.text().to_owned();
        match self {
            Self::Set(path, contact, name) => list(draft, path)?.set(CONTACTS[*contact].0, *name),
            Self::Remove(path, contact) => list(draft, path)?.remove(CONTACTS[*contact].0),
            Self::Move(path, contact, to) => list(draft, path)?.move_to(CONTACTS[*contact].0, to),
            Self::Name(path, name) => list(draft, path)?.set_display_name(name),
            Self::Make(path) => list(draft, path).map(drop).map(|()| draft.text() != before),
            Self::RemoveList(path) => {
                let (name, above) = path.split_last().unwrap();
                match above {
                    [] => ResourceLists::of(draft)?.remove_list(name),
                    above => list(draft, above)?.remove_list(name),
                }
            }
        }
    }
}

fn list<'d>(draft: &'d mut Draft, path: &[&str]) -> Result<List<'d>> {
    let (name, rest) = path.split_first().ok_or_else(|| Error::other("no path"))?;
    rest.iter().try_fold(ResourceLists::of(draft)?.list(name)?, |list, name| list.list(name))
}

fn path(rng: &mut Rng) -> Vec<&'static str> {
    let depth = 1 + usize::from(rng.percent(30));
    (0..depth).map(|_| rng.pick(&LISTS)).collect()
}

pub(crate) fn document(rng: &mut Rng) -> String {
    let root = tag(rng, "resource-lists");
    let mut out = String::from(rng.pick(&["", "<?xml version='1.0'?>\n", "<!-- first -->"]));
    out += &format!(
        "<{root} xmlns=\"{RESOURCE_LISTS}\" xmlns:l='{RESOURCE_LISTS}' xmlns:x=\"urn:x\">"
    );
    for _ in 0..rng.below(4) {
        noise(rng, &mut out);
        list_element(rng, &mut out, 0);
    }
    noise(rng, &mut out);
    out + &format!("</{root}>") + rng.pick(&["", "\n", "<!-- last -->"])
}

fn list_element(rng: &mut Rng, out: &mut String, depth: usize) {
    let tag = tag(rng, "list");
    *out += &format!("<{tag}");
    if rng.percent(85) {
        let name = rng.pick(&LISTS);
        attribute(rng, out, "name", name);
    }
    foreign_attribute(rng, out);
    if rng.percent(10) {
        *out += rng.pick(&["/>", " />"]);
        return;
    }
    *out += ">";
    display_name(rng, out);
    for _ in 0..rng.below(5) {
        noise(rng, out);
        if depth < 2 && rng.percent(20) {
            list_element(rng, out, depth + 1);
        } else {
            entry(rng, out);
        }
    }
    noise(rng, out);
    *out += &format!("</{tag}{}>", rng.pick(&["", " "]));
}

fn entry(rng: &mut Rng, out: &mut String) {
    let tag = tag(rng, "entry");
    *out += &format!("<{tag}");
    foreign_attribute(rng, out);
    let uri = rng.pick(&CONTACTS).0;
    attribute(rng, out, "uri", uri);
    if rng.percent(30) {
        *out += "/>";
        return;
    }
    *out += ">";
    display_name(rng, out);
    noise(rng, out);
    *out += &format!("</{tag}>");
}

fn display_name(rng: &mut Rng, out: &mut String) {
    if rng.percent(50) {
        return;
    }
    noise(rng, out);
    let tag = tag(rng, "display-name");
    let text = rng.pick(&["Bob", "Bob &amp; co", "<![CDATA[Bob]]> &#38; co", "", "B<!-- -->ob"]);
    *out += &match (text, rng.percent(50)) {
        ("", true) => format!("<{tag}/>"),
        _ => format!("<{tag} xml:lang='de'>{text}</{tag}>"),
    };
}

fn tag(rng: &mut Rng, local: &str) -> String {
    let prefix = if rng.percent(30) { "l:" } else { "" };
    format!("{prefix}{local}")
}

fn attribute(rng: &mut Rng, out: &mut String, name: &str, value: &str) {
    let escaped = value.replace('&', "&amp;").replace('<', "&lt;");
    let escaped = match rng.percent(10) {
        true => escaped.replace('b', "&#98;"),
        false => escaped,
    };
    let equals = rng.pick(&["=", " = "]);
    *out += &match rng.percent(50) {
        true => format!(" {name}{equals}\"{}\"", escaped.replace('"', "&quot;")),
        false => format!("\n{name}{equals}'{}'", escaped.replace('\'', "&apos;")),
    };
}

fn foreign_attribute(rng: &mut Rng, out: &mut String) {
    *out += rng.pick(&["", "", " x:a='1'", " x:uri=\"sip:bob@example.com\"", " x:name='friends'"]);
}

fn noise(rng: &mut Rng, out: &mut String) {
    for _ in 0..rng.below(3) {
        *out += rng.pick(&NOISE);
    }
}
