//! Selectors against the `format!` that would make the same text:
//! `cargo bench --no-default-features --bench selectors`.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark may")]

mod support;

use std::hint::black_box;

use support::{heading, is_wanted, measure, ratio};
use xcaplib::NodeSelector;

const TARGET: f64 = 3.0;

const LIST: &str = "friends";
const URI: &str = "sip:bob@example.com";

fn main() {
    if !is_wanted() {
        return;
    }
    let text = expression(LIST, URI);
    let selector = build(LIST, URI);
    assert_eq!(selector.to_string(), text);
    assert_eq!(selector.to_encoded(), encoded(LIST, URI));
    assert_eq!(pieces(LIST, URI), text);
    assert_eq!(encoded_pieces(LIST, URI), encoded(LIST, URI));
    assert_eq!(text.parse::<NodeSelector>().unwrap(), selector);

    for (given, expression, encoded) in [
        ("the two values", expression as Made, encoded as Made),
        ("all names and values", pieces, encoded_pieces),
    ] {
        heading(&format!(
            "A selector of four steps, against the `format!` of its text from {given}"
        ));
        let mut format = || drop(black_box(expression(black_box(LIST), black_box(URI))));
        compare("builder", &mut format, &mut || {
            drop(black_box(build(black_box(LIST), black_box(URI))));
        });
        compare("parse", &mut format, &mut || {
            drop(black_box(black_box(&text).parse::<NodeSelector>().unwrap()));
        });
        let mut format = || drop(black_box(encoded(black_box(LIST), black_box(URI))));
        compare("wire form", &mut format, &mut || {
            drop(black_box(black_box(&selector).to_encoded()));
        });
    }
}

/// What makes a text of the name of the list and the URI of the entry.
type Made = fn(&str, &str) -> String;

fn compare(what: &str, baseline: &mut dyn FnMut(), ours: &mut dyn FnMut()) {
    let samples = measure(&mut [baseline, ours]);
    ratio(what, &samples, |row| row[1] / row[0], TARGET);
}

fn build(list: &str, uri: &str) -> NodeSelector {
    NodeSelector::root("resource-lists")
        .child("list")
        .with_attr("name", list)
        .child("entry")
        .with_attr("uri", uri)
        .child("display-name")
        .nth(1)
}

fn expression(list: &str, uri: &str) -> String {
    format!("/resource-lists/list[@name=\"{list}\"]/entry[@uri=\"{uri}\"]/display-name[1]")
}

fn encoded(list: &str, uri: &str) -> String {
    format!(
        "/resource-lists/list%5B@name=%22{list}%22%5D/entry%5B@uri=%22{uri}%22%5D/display-name%5B1%5D"
    )
}

/// The names of the steps and attributes, and a position: what the builder is given beside the
/// values.
fn names() -> ([&'static str; 4], [&'static str; 2], usize) {
    black_box((["resource-lists", "list", "entry", "display-name"], ["name", "uri"], 1))
}

fn pieces(list: &str, uri: &str) -> String {
    let ([a, b, c, d], [name, of], n) = names();
    format!("/{a}/{b}[@{name}=\"{list}\"]/{c}[@{of}=\"{uri}\"]/{d}[{n}]")
}

fn encoded_pieces(list: &str, uri: &str) -> String {
    let ([a, b, c, d], [name, of], n) = names();
    format!("/{a}/{b}%5B@{name}=%22{list}%22%5D/{c}%5B@{of}=%22{uri}%22%5D/{d}%5B{n}%5D")
}
