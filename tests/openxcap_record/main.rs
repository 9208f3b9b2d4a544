//! The profile of OpenXCAP against the record of a running one.
//!
//! `tests/data/openxcap` holds what OpenXCAP 3.2 answered: single exchanges, each on a document
//! that was there before, sequences of changes, and transcripts of its authentication. Each request
//! goes to `testing::Server` byte for byte; status, xcap-error, ETag, media type, the body of a
//! success and the document afterwards are compared. With `OPENXCAP_RECORD` naming a directory,
//! another record of the same form is replayed instead.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]
#![allow(clippy::indexing_slicing, reason = "JSON gives null for a field that is not there")]

mod auth;
mod exchange;
mod record;
mod wire;

use std::collections::BTreeMap;

use exchange::{Bench, differences};
use record::Record;

/// What this profile does not follow: the classes, and why.
const NOT_FOLLOWED: &[(&str, &str)] = &[
    ("attribute-empty", "odd names and values"),
    ("attribute-name", "odd names and values"),
    ("body-bytes", "bytes that are no UTF-8"),
    ("condition-date", "conditions that nobody sends"),
    ("condition-list", "conditions that nobody sends"),
    ("condition-quotes", "conditions that nobody sends"),
    ("constraint", "schemas and constraints of single usages"),
    ("directory", "documents that the server writes"),
    ("document-encoding", "bytes that are no UTF-8"),
    ("document-faults", "document types"),
    ("document-not-utf-8", "bytes that are no UTF-8"),
    ("end-tag-space", "odd names and values"),
    ("method", "other methods"),
    ("path", "odd paths"),
    ("pres-content-500", "schemas and constraints of single usages"),
    ("references", "schemas and constraints of single usages"),
    ("selector-syntax", "selectors that are none"),
    ("schema", "schemas and constraints of single usages"),
    ("watchers", "documents that the server writes"),
    ("value-hash-or-question", "odd paths"),
];

/// How many records of a group there are, and how many of them agree.
#[derive(Default)]
struct Count {
    records: usize,
    agree: usize,
    shown: Vec<String>,
}

/// The agreement of each class.
#[derive(Default)]
struct Tally(BTreeMap<String, Count>);

impl Tally {
    fn add(&mut self, class: &str, name: &str, differences: &[String]) {
        let count = self.0.entry(class.to_owned()).or_default();
        count.records += 1;
        if differences.is_empty() {
            count.agree += 1;
        } else {
            count.shown.push(format!("{class} {name}: {}", differences.join("; ")));
        }
    }

    /// The records of all classes that are followed, and what is different in them.
    fn check(&self, is_group: fn(&str) -> bool, percent: usize) {
        let is_followed = |class: &str| NOT_FOLLOWED.iter().all(|(name, _)| *name != class);
        let group = || self.0.iter().filter(|(class, _)| is_group(class) && is_followed(class));
        let records: usize = group().map(|(_, count)| count.records).sum();
        let agree: usize = group().map(|(_, count)| count.agree).sum();
        let shown: Vec<&str> =
            group().flat_map(|(_, count)| &count.shown).map(String::as_str).collect();
        println!("{agree} of {records} agree\n{}", shown.join("\n"));
        assert!(records > 0, "the record has nothing of this kind");
        assert!(
            agree * 100 >= records * percent,
            "{agree} of {records} agree\n{}",
            shown.join("\n")
        );
    }

    fn check_all(&self) {
        self.check(|class| class.starts_with("rfc-"), 99);
        self.check(|class| !class.starts_with("rfc-"), 95);
        for (class, reason) in NOT_FOLLOWED {
            if let Some(Count { records, agree, .. }) = self.0.get(*class) {
                println!(
                    "not followed ({reason}): {class}, {agree} of {records} agree all the same"
                );
            }
        }
    }
}

#[test]
fn single_exchanges() {
    let bench = Bench::start();
    let mut tally = Tally::default();
    for line in record::lines("exchanges.jsonl") {
        let record = Record::of(&line);
        let before = bench.prepare(line["document"].as_str(), line["before"].as_str());
        let found = differences(&bench, &record, line["document"].as_str(), before.as_ref());
        tally.add(record.class(), line["id"].as_str().unwrap(), &found);
        bench.clear(&record);
    }
    tally.check_all();
}

#[test]
fn sequences_of_changes() {
    let bench = Bench::start();
    let mut tally = Tally::default();
    for line in record::lines("sequences.jsonl") {
        let document = line["document"].as_str();
        let mut text = line["before"].as_str().map(str::to_owned);
        let mut before = bench.prepare(document, text.as_deref());
        for (number, step) in line["steps"].as_array().unwrap().iter().enumerate() {
            let record = Record::of(step);
            let found = differences(&bench, &record, document, before.as_ref());
            let name = format!("{} step {}", line["id"].as_str().unwrap(), number + 1);
            tally.add(record.class(), &name, &found);
            match record.after() {
                Some("same") => {}
                after => text = after.map(str::to_owned),
            }
            // A step that went another way must not lead the next one astray.
            before = bench.settle(document, text.as_deref());
        }
    }
    tally.check_all();
}

#[test]
fn what_is_not_followed_is_a_small_part() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let lines = record::lines("exchanges.jsonl");
    for line in &lines {
        *counts.entry(Record::of(line).class().to_owned()).or_default() += 1;
    }
    let skipped: usize = NOT_FOLLOWED.iter().filter_map(|(class, _)| counts.get(*class)).sum();
    println!("{skipped} of {} exchanges are of classes that are not followed", lines.len());
    assert!(skipped * 5 < lines.len());
}
