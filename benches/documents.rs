//! Validation and the document engine against the parser that both use:
//! `cargo bench --no-default-features --bench documents`.
//!
//! With `MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=1000000000000` glibc's allocator keeps memory
//! that was freed. Else page faults are up to 40 % of a parse of 10 MB, and fall on whoever
//! allocates next.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark may")]

mod support;

use std::hint::black_box;

use support::documents::{Document, NAMESPACE, entry, list, uri};
use support::{Samples, heading, is_wanted, measure, ratio, verdict};
use xcaplib::document::{self, Draft};
use xcaplib::{NodeSelector, XCAPClient};

const SIZES: [(&str, usize); 3] = [("1 kB", 1_000), ("100 kB", 100_000), ("10 MB", 10_000_000)];
const DRAFT: f64 = 1.1;
const READING: f64 = 2.0;
/// How far the times per byte may be apart.
const SPREAD: f64 = 2.0;

fn main() {
    if !is_wanted() {
        return;
    }
    let documents = SIZES.map(|(size, bytes)| (size, list(bytes)));

    heading("Validation of a document to be put, against a parse of it");
    for (size, document) in &documents {
        validation(size, &document.text);
    }

    heading("The document engine, against a parse of the document");
    let mut times = [const { Vec::new() }; 4];
    for (size, document) in &documents {
        for (times, time) in times.iter_mut().zip(engine(size, document)) {
            times.push(time / document.text.len() as f64);
        }
    }
    heading("Many changes in a draft, and many nodes from one parse, against parses");
    drafts();
    reading();

    println!("\nTime per byte, the longest to the shortest among the three sizes\n");
    println!("| what | 1 kB | 100 kB | 10 MB | ratio | target | |");
    println!("|---|---:|---:|---:|---:|---:|---|");
    for (what, times) in ["roxmltree", "put", "delete", "get"].iter().zip(&times) {
        let spread = times.iter().copied().fold(f64::MIN, f64::max)
            / times.iter().copied().fold(f64::MAX, f64::min);
        let each: Vec<String> = times.iter().map(|time| format!("{time:.2} ns")).collect();
        let verdict = verdict(spread <= SPREAD);
        println!("| {what} | {} | {spread:.2} | {SPREAD:.2} | {verdict} |", each.join(" | "));
    }
}

/// Many changes through one draft, for each of them against a parse of the document.
fn drafts() {
    const CHANGES: usize = 1_000;
    let document = list(100_000);
    let text = document.text.as_str();
    let inserts = || {
        let mut draft = Draft::new(black_box(text), Some(NAMESPACE)).unwrap();
        for number in document.entries..document.entries + CHANGES {
            draft.insert(entry_of(number), entry(number)).unwrap();
        }
        draft
    };
    // The list grows under the changes, and so does the parse that a change is held against.
    let grown = inserts();
    let mut parses = || {
        for _ in 0..CHANGES / 2 {
            parse(text);
            parse(grown.text());
        }
    };
    let samples = measure(&mut [&mut parses, &mut || drop(black_box(inserts()))]);
    ratio("1,000 inserts", &samples, |row| row[1] / row[0], DRAFT);
}

/// All nodes at once, and what can be read of them, against a parse.
fn reading() {
    let mut text = format!("<resource-lists xmlns=\"{NAMESPACE}\"><list name=\"friends\">");
    for number in 0..100_000 {
        text.push_str(&entry(number));
    }
    text.push_str("</list></resource-lists>");
    let entries: NodeSelector = "/resource-lists/list/entry".parse().unwrap();
    let all = || document::get_all(black_box(&text), &entries, Some(NAMESPACE)).unwrap();
    let mut addresses = || {
        for entry in all() {
            black_box(entry.attr("uri").unwrap());
        }
    };
    let mut selectors = || {
        for entry in all() {
            black_box(entry.selector());
        }
    };
    let samples = measure(&mut [
        &mut || parse(&text),
        &mut || drop(black_box(all())),
        &mut addresses,
        &mut selectors,
    ]);
    ratio("get_all, 100,000 entries", &samples, |row| row[1] / row[0], READING);
    ratio("the same, and each address", &samples, |row| row[2] / row[0], READING);
    println!("| and each selector | {:.2} | | |", samples.quiet(|row| row[3] / row[0]));
}

fn entry_of(number: usize) -> NodeSelector {
    NodeSelector::root("resource-lists")
        .child("list")
        .with_attr("name", "friends")
        .child("entry")
        .with_attr("uri", &uri(number))
}

fn parse(text: &str) {
    drop(black_box(roxmltree::Document::parse(black_box(text)).unwrap()));
}

/// A PUT that is refused for a header, which is looked at after the body: without a check of the
/// body, with a parse in its place, and with it.
fn validation(size: &str, text: &str) {
    let client = XCAPClient::new("http://127.0.0.1", "sip:alice@example.com", None).unwrap();
    let put = |validate| {
        let request = client.request("resource-lists").header("X-Bad", "\0").validate(validate);
        assert!(request.put(black_box(text)).unwrap_err().is_invalid_input());
    };
    let mut parsed = || {
        parse(text);
        put(false);
    };
    let samples = measure(&mut [&mut parsed, &mut || put(true), &mut || put(false)]);
    ratio(size, &samples, |row| (row[1] - row[2]) / (row[0] - row[2]), None);
}

/// Prints a line for each call, and gives the time of a parse and of each call.
fn engine(size: &str, document: &Document) -> [f64; 4] {
    let text = document.text.as_str();
    let middle = document.entries / 2;
    let old = entry_of(middle);
    let new = entry(middle);
    let fresh = entry_of(document.entries);
    let added = entry(document.entries);
    let namespace = Some(NAMESPACE);
    let put = |selector: &NodeSelector, body: &str| {
        drop(black_box(document::put(black_box(text), selector, body, namespace).unwrap()));
    };
    let samples = measure(&mut [
        &mut || parse(text),
        &mut || put(&old, &new),
        &mut || drop(black_box(document::delete(black_box(text), &old, namespace).unwrap())),
        &mut || drop(black_box(document::get(black_box(text), &old, namespace).unwrap())),
        &mut || put(&fresh, &added),
    ]);
    let line = |what: &str, samples: &Samples, index: usize| {
        ratio(&format!("{what} {size}"), samples, |row| row[index] / row[0], None);
    };
    line("put, replacing,", &samples, 1);
    line("put, adding,", &samples, 4);
    line("delete", &samples, 2);
    line("get", &samples, 3);
    [0, 1, 2, 3].map(|index| samples.quiet(|row| row[index]))
}
