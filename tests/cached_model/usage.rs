//! The documents that sequences begin with: two application usages, spelt in several ways.

use std::fmt::Write as _;

use crate::generate::Rng;
use crate::marker::Markers;

pub(crate) const LISTS: &str = "urn:ietf:params:xml:ns:resource-lists";
pub(crate) const POLICY: &str = "urn:ietf:params:xml:ns:common-policy";
pub(crate) const RULES: &str = "urn:ietf:params:xml:ns:pres-rules";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Usage {
    ResourceLists,
    PresenceRules,
}

impl Usage {
    pub(crate) fn auid(self) -> &'static str {
        match self {
            Self::ResourceLists => "resource-lists",
            Self::PresenceRules => "pres-rules",
        }
    }

    pub(crate) fn default_namespace(self) -> &'static str {
        match self {
            Self::ResourceLists => LISTS,
            Self::PresenceRules => RULES,
        }
    }

    /// A document to begin with.
    pub(crate) fn document(self, rng: &mut Rng, markers: &mut Markers) -> String {
        let declaration = rng.pick(&[
            "",
            "<?xml version=\"1.0\"?>\n",
            "<?xml version='1.0' encoding='UTF-8'?>\n<!-- of a phone -->\n",
        ]);
        let between = rng.pick(&["", "\n ", "\n\t"]);
        let end = rng.pick(&["", "\n"]);
        let root = match self {
            Self::ResourceLists => lists(rng, markers, between),
            Self::PresenceRules => rules(rng, markers, between),
        };
        format!("{declaration}{root}{end}")
    }
}

fn lists(rng: &mut Rng, markers: &mut Markers, between: &str) -> String {
    let (p, declared) = rng.pick(&[("", "xmlns"), ("", "xmlns"), ("rl:", "xmlns:rl")]);
    let mut out = format!("<{p}resource-lists {declared}=\"{LISTS}\">");
    for _ in 0..1 + rng.below(3) {
        let name = markers.next();
        if rng.percent(30) {
            write!(out, "{between}<{p}list name=\"{name}\"/>").unwrap();
            continue;
        }
        write!(out, "{between}<{p}list name='{name}'>").unwrap();
        for _ in 0..rng.below(4) {
            let (uri, name) = (markers.next(), markers.next());
            let more = rng.pick(&["", "", "&amp;co", "é"]);
            write!(out, "{between}<{p}entry uri=\"sip:{uri}{more}@example.com\"").unwrap();
            match rng.below(3) {
                0 => out.push_str("/>"),
                1 => write!(out, "></{p}entry>").unwrap(),
                _ => write!(
                    out,
                    "><{p}display-name>{name}, Zo\u{eb} &lt;&amp;&#x42;</{p}display-name></{p}entry>"
                )
                .unwrap(),
            }
        }
        write!(out, "{between}</{p}list>").unwrap();
    }
    write!(out, "{between}</{p}resource-lists>").unwrap();
    out
}

fn rules(rng: &mut Rng, markers: &mut Markers, between: &str) -> String {
    let (p, declared) = rng.pick(&[("cr:", "xmlns:cr"), ("cr:", "xmlns:cr"), ("", "xmlns")]);
    let mut out = format!("<{p}ruleset {declared}=\"{POLICY}\" xmlns:pr=\"{RULES}\">");
    for _ in 0..1 + rng.below(2) {
        let (id, one, action) = (markers.next(), markers.next(), markers.next());
        let conditions = format!(
            "<{p}conditions><{p}identity><{p}one id=\"sip:{one}@example.com\"/></{p}identity>\
             </{p}conditions>"
        );
        let actions = format!(
            "<{p}actions>{between}<pr:sub-handling>{action}</pr:sub-handling></{p}actions>"
        );
        let rest = format!("<{p}transformations/>");
        write!(out, "{between}<{p}rule id=\"{id}\">{conditions}{actions}{rest}</{p}rule>").unwrap();
    }
    write!(out, "{between}</{p}ruleset>").unwrap();
    out
}
