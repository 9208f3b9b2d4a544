//! Properties of GET, PUT and DELETE on a text in memory, on generated cases, and their agreement
//! with an implementation that shares no code with them. `tests/lxml.rs` compares what is selected in
//! the same cases with XPath.
//!
//! `XCAPLIB_SEED` varies the cases; a failure prints its own seed.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by a panic"
)]

#[path = "support/generate.rs"]
mod generate;
#[path = "support/naive.rs"]
mod naive;

use std::collections::BTreeMap;
use std::env;
use std::sync::LazyLock;

use generate::Case;
use xcaplib::document;
use xcaplib::{NodeSelector, Terminal};

const TRIED: usize = 2_000;
/// Cases for the naive implementation, each with two edits: a PUT and a DELETE.
const COMPARED: u64 = 5_000;
const DEFAULT_SEED: u64 = 4825;

/// A new text and whether something was created, or the status and the name of the conflict.
type Outcome = Result<(String, bool), (u16, Option<String>)>;

static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| {
    let seed = match env::var("XCAPLIB_SEED") {
        Ok(seed) => seed.parse().expect("XCAPLIB_SEED is a number"),
        Err(_) => DEFAULT_SEED,
    };
    (0..COMPARED).map(|index| generate::case(seed.wrapping_add(index))).collect()
});

/// The cases that each property is tried on.
fn cases() -> impl Iterator<Item = &'static Case> {
    CASES.iter().take(TRIED)
}

fn refused(refusal: &document::Refusal) -> (u16, Option<String>) {
    (refusal.status(), refusal.conflict().map(|conflict| conflict.name().to_owned()))
}

fn naively_refused(refusal: &naive::Refusal) -> (u16, Option<String>) {
    (refusal.status(), refusal.conflict().map(|conflict| conflict.name().to_owned()))
}

impl Case {
    fn get_from(&self, xml: &str) -> Result<String, (u16, Option<String>)> {
        document::get(xml, &self.selector, self.default_ns)
            .map(|selected| selected.as_str().to_owned())
            .map_err(|refusal| refused(&refusal))
    }

    fn put_into(&self, xml: &str, body: &str) -> Outcome {
        document::put(xml, &self.selector, body, self.default_ns)
            .map(|edit| (edit.text, edit.created))
            .map_err(|refusal| refused(&refusal))
    }

    fn put(&self) -> Outcome {
        self.put_into(&self.xml, &self.body)
    }

    fn delete(&self) -> Outcome {
        document::delete(&self.xml, &self.selector, self.default_ns)
            .map(|text| (text, false))
            .map_err(|refusal| refused(&refusal))
    }

    fn put_naively(&self) -> Outcome {
        naive::put(&self.xml, &self.selector, &self.body, self.default_ns)
            .map(|edit| (edit.text, edit.created))
            .map_err(|refusal| naively_refused(&refusal))
    }

    fn delete_naively(&self) -> Outcome {
        naive::delete(&self.xml, &self.selector, self.default_ns)
            .map(|text| (text, false))
            .map_err(|refusal| naively_refused(&refusal))
    }

    fn get_naively(&self) -> Result<String, (u16, Option<String>)> {
        naive::get(&self.xml, &self.selector, self.default_ns)
            .map(|selected| selected.as_str().to_owned())
            .map_err(|refusal| naively_refused(&refusal))
    }

    fn is_attribute(&self) -> bool {
        self.selector.terminal().is_some()
    }

    /// What a GET gives after this body was put.
    fn expected(&self) -> &str {
        if !self.is_attribute() {
            return trimmed(&self.body);
        }
        let mut quotes = ['"', '\''].into_iter();
        let inner = |quote| self.body.strip_prefix(quote)?.strip_suffix(quote);
        quotes.find_map(inner).unwrap_or(&self.body)
    }
}

fn in_quotes(value: &str) -> [String; 2] {
    [format!("\"{value}\""), format!("'{value}'")]
}

fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\r', '\n'])
}

/// Whether `new` is `old` with one occurrence of `from` turned into `to`, and nothing else.
fn differs_by(old: &str, new: &str, from: &str, to: &str) -> bool {
    if old.len() + to.len() != new.len() + from.len() {
        return false;
    }
    let prefix = old.bytes().zip(new.bytes()).take_while(|(a, b)| a == b).count();
    (0..=prefix).any(|at| {
        let tail = old.get(at..).and_then(|tail| tail.strip_prefix(from));
        let new_tail = new.get(at..).and_then(|tail| tail.strip_prefix(to));
        tail.is_some() && tail == new_tail
    })
}

#[test]
fn a_put_is_found_by_the_same_selector() {
    for case in cases() {
        let Ok((text, _)) = case.put() else { continue };
        assert_eq!(case.get_from(&text).as_deref(), Ok(case.expected()), "{case}");
    }
}

#[test]
fn a_second_identical_put_changes_nothing() {
    for case in cases() {
        let Ok((text, _)) = case.put() else { continue };
        assert_eq!(case.put_into(&text, &case.body), Ok((text, false)), "{case}");
    }
}

#[test]
fn a_put_of_what_get_gave_changes_nothing() {
    for case in cases() {
        let Ok(found) = case.get_from(&case.xml) else { continue };
        if let Some(Terminal::Namespaces) = case.selector.terminal() {
            assert_eq!(case.put_into(&case.xml, &found), Err((405, None)), "{case}");
        } else if case.is_attribute() {
            // A bare value would be quoted anew, and one in quotes of its own would lose them.
            let unchanged = Ok((case.xml.clone(), false));
            let bodies = in_quotes(&found);
            let kept = bodies.iter().any(|body| case.put_into(&case.xml, body) == unchanged);
            assert!(kept, "{case}");
        } else {
            assert_eq!(case.put_into(&case.xml, &found), Ok((case.xml.clone(), false)), "{case}");
        }
    }
}

#[test]
fn nothing_is_found_after_a_delete() {
    for case in cases() {
        let Ok((text, _)) = case.delete() else { continue };
        assert_eq!(case.get_from(&text), Err((404, None)), "{case}");
    }
}

#[test]
fn what_is_found_can_be_put_and_what_is_not_cannot_be_deleted() {
    for case in cases() {
        let found = case.get_from(&case.xml);
        match case.put() {
            Ok((_, created)) => assert_eq!(created, found.is_err(), "{case}"),
            Err((404, _)) => assert_eq!(found, Err((404, None)), "{case}"),
            Err(_) => {}
        }
        if let (Err(refusal), Some(Terminal::Attribute(_)) | None) =
            (found, case.selector.terminal())
        {
            assert_eq!(case.delete(), Err(refusal), "{case}");
        }
    }
}

#[test]
fn a_put_keeps_every_byte_outside_its_target() {
    for case in cases() {
        let Ok((text, created)) = case.put() else { continue };
        let changes: Vec<(String, String)> = match case.get_from(&case.xml) {
            Ok(old) if case.is_attribute() => {
                let to = in_quotes(case.expected());
                let pairs = in_quotes(&old)
                    .into_iter()
                    .flat_map(|from| to.clone().map(|to| (from.clone(), to)));
                pairs.collect()
            }
            Ok(old) => vec![(old, case.expected().to_owned())],
            Err(_) => creations(case),
        };
        let kept = changes.iter().any(|(from, to)| differs_by(&case.xml, &text, from, to));
        assert!(kept, "created: {created}\n{text:?}\n{case}");
    }
}

/// What a creation may turn into what: nothing into the body, or an empty element into a full one.
fn creations(case: &Case) -> Vec<(String, String)> {
    if let Some(Terminal::Attribute(name)) = case.selector.terminal() {
        let local = name.local();
        // The document's own prefix for the namespace may take the place of the selector's.
        let prefixed = ["p", "q", "r"].map(|prefix| format!("{prefix}:{local}"));
        let created = in_quotes(case.expected()).map(|value| {
            let names = prefixed.iter().cloned().chain([name.to_string()]);
            names.map(|name| (String::new(), format!(" {name}={value}"))).collect::<Vec<_>>()
        });
        return created.concat();
    }
    let body = case.expected();
    let mut changes = vec![(String::new(), body.to_owned())];
    let document = roxmltree::Document::parse(&case.xml).unwrap();
    for element in document.descendants().filter(roxmltree::Node::is_element) {
        let written = &case.xml[element.range()];
        if written.ends_with("/>") {
            let name = written[1..].split([' ', '\n', '\r', '/']).next().unwrap_or_default();
            changes.push(("/>".to_owned(), format!(">{body}</{name}>")));
        }
    }
    changes
}

#[test]
fn a_delete_keeps_every_byte_outside_its_target() {
    for case in cases() {
        let Ok((text, _)) = case.delete() else { continue };
        let old = case.get_from(&case.xml).unwrap();
        let kept = if case.is_attribute() {
            let cut = cut(&case.xml, &text);
            in_quotes(&old).iter().any(|value| cut.ends_with(value))
        } else {
            differs_by(&case.xml, &text, &old, "")
        };
        assert!(kept, "{text:?}\n{case}");
    }
}

/// The attribute and the white space before it that were cut out, if that is all that was.
fn cut(old: &str, new: &str) -> String {
    let len = old.len() - new.len();
    let starts = (0..=new.len()).filter(|at| {
        old.get(..*at) == new.get(..*at)
            && old.get(at + len..) == new.get(*at..)
            && new.is_char_boundary(*at)
    });
    let cuts = starts.map(|at| &old[at..at + len]);
    let mut cuts =
        cuts.filter(|cut| cut.starts_with([' ', '\n', '\r']) && cut.ends_with(['"', '\'']));
    cuts.next().unwrap_or_default().to_owned()
}

#[test]
fn every_result_is_well_formed() {
    for case in cases() {
        for (text, _) in [case.put(), case.delete()].into_iter().flatten() {
            assert!(roxmltree::Document::parse(&text).is_ok(), "{text:?}\n{case}");
        }
    }
}

/// The document of section 8.2.3.
const EXAMPLE: &str = r#"<?xml version="1.0"?>
<root>
 <el1 att="first"/>
 <el1 att="second"/>
 <!-- comment -->
 <el2 att="first"/>
</root>"#;

/// Node selector and body as section 8.2.3 has them, and the line that the body then stands in.
const INSERTIONS: [(&str, &str, &str); 9] = [
    (r#"root/el1[@att="third"]"#, r#"<el1 att="third"/>"#, r#" <el1 att="second"/>{}"#),
    (r#"root/el1[3][@att="third"]"#, r#"<el1 att="third"/>"#, r#" <el1 att="second"/>{}"#),
    (r#"root/*[3][@att="third"]"#, r#"<el1 att="third"/>"#, r#" <el1 att="second"/>{}"#),
    ("root/el3", r#"<el3 att="first"/>"#, "{}</root>"),
    (r#"root/el2[@att="2"]"#, r#"<el2 att="2"/>"#, r#" <el2 att="first"/>{}"#),
    (r#"root/el2[2][@att="2"]"#, r#"<el2 att="2"/>"#, r#" <el2 att="first"/>{}"#),
    (r#"root/*[2][@att="2"]"#, r#"<el2 att="2"/>"#, r#" <el1 att="first"/>{}"#),
    (r#"root/el2[1][@att="2"]"#, r#"<el2 att="2"/>"#, r#" {}<el2 att="first"/>"#),
    (r#"root/*[1][@att="2"]"#, r#"<el2 att="2"/>"#, r#" {}<el1 att="first"/>"#),
];

#[test]
fn both_insert_where_the_rfc_says() {
    for (selector, body, line) in INSERTIONS {
        let selector: NodeSelector = selector.parse().unwrap();
        let expected = EXAMPLE.replace(&line.replace("{}", ""), &line.replace("{}", body));
        let naively = naive::put(EXAMPLE, &selector, body, None).unwrap();
        assert_eq!((naively.text, naively.created), (expected.clone(), true), "{selector}");
        let edit = document::put(EXAMPLE, &selector, body, None).unwrap();
        assert_eq!((edit.text, edit.created), (expected, true), "{selector}");
    }
}

#[test]
fn edits_agree_with_the_naive_implementation() {
    for case in CASES.iter() {
        assert_eq!(case.put(), case.put_naively(), "PUT; right is the naive one\n{case}");
        assert_eq!(case.delete(), case.delete_naively(), "DELETE; right is the naive one\n{case}");
    }
}

#[test]
fn selection_agrees_with_the_naive_implementation() {
    for case in cases() {
        let (found, naively) = (case.get_from(&case.xml), case.get_naively());
        if let (Some(Terminal::Namespaces), Ok(found), Ok(naively)) =
            (case.selector.terminal(), &found, &naively)
        {
            let expected = naive::bindings_of(naively);
            assert_eq!(naive::bindings_of(found), expected, "{case}");
        } else {
            assert_eq!(found, naively, "{case}");
        }
    }
}

/// The shares that make the other tests worth something.
#[test]
fn the_generator_reaches_every_outcome() {
    let mut puts: BTreeMap<String, usize> = BTreeMap::new();
    let mut deletes = puts.clone();
    for case in cases() {
        *puts.entry(label(case.put_naively(), ["replaced", "created"])).or_default() += 1;
        *deletes.entry(label(case.delete_naively(), ["deleted", ""])).or_default() += 1;
    }
    println!("PUT {puts:#?}\nDELETE {deletes:#?}");
    for (outcomes, kind, in_thousand) in [
        (&puts, "created", 100),
        (&puts, "replaced", 200),
        (&puts, "409 cannot-insert", 50),
        (&puts, "409 no-parent", 50),
        (&puts, "409 not-xml-frag", 10),
        (&puts, "409 not-xml-att-value", 2),
        (&puts, "409 not-well-formed", 2),
        (&puts, "400", 2),
        (&puts, "404", 2),
        (&puts, "405", 2),
        (&deletes, "deleted", 100),
        (&deletes, "404", 200),
        (&deletes, "409 cannot-delete", 20),
        (&deletes, "409 schema-validation-error", 10),
    ] {
        let count = outcomes.get(kind).copied().unwrap_or_default();
        assert!(count * 1_000 >= in_thousand * TRIED, "{kind}: {count} of {TRIED}");
    }
}

fn label(outcome: Outcome, done: [&str; 2]) -> String {
    match outcome {
        Ok((_, created)) => done[usize::from(created)].to_owned(),
        Err((status, None)) => status.to_string(),
        Err((status, Some(conflict))) => format!("{status} {conflict}"),
    }
}
