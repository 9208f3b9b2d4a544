//! Node selectors: expressions, their wire form, and what the builder makes of any text.

use std::sync::LazyLock;

use xcaplib::{NodeSelector, Step, XCAPClient, document};

use super::error;

static CLIENT: LazyLock<XCAPClient> = LazyLock::new(|| {
    XCAPClient::new("http://h.example/root", "sip:alice@h.example", None).unwrap()
});

/// An unencoded expression.
pub(crate) fn text(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match text.parse::<NodeSelector>() {
        Ok(selector) => parsed(&selector),
        Err(error) => error::is_invalid_input(&error),
    }
}

/// A wire form, percent-encoded.
pub(crate) fn wire(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match NodeSelector::from_encoded(text) {
        Ok(selector) => parsed(&selector),
        Err(error) => error::is_invalid_input(&error),
    }
}

/// Lines that are calls of the builder: a letter, then the call's text, in which a TAB separates
/// two. The lines end with a byte that no call's text needs.
pub(crate) fn builder(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut calls = text.split('\u{1e}');
    let mut selector = NodeSelector::root(calls.next().unwrap_or_default());
    for call in calls {
        let mut chars = call.chars();
        let letter = chars.next();
        let text = chars.as_str();
        let (first, second) = text.split_once('\t').unwrap_or((text, ""));
        selector = match letter {
            Some('c') => selector.child(text),
            Some('*') => selector.any_child(),
            Some('x') => selector.extension(text),
            Some('n') => selector.nth(text.len()),
            Some('w') => selector.with_attr(first, second),
            Some('@') => selector.attribute(text),
            Some(':') => selector.namespaces(),
            _ => selector.bind(first, second),
        };
    }
    wire_form(&selector);
    checked(&selector);
    if selector.check().is_err() {
        return;
    }
    let is_extended = selector.steps().iter().any(|step| matches!(step, Step::Extension(_)));
    if is_extended {
        assert!(NodeSelector::from_encoded(&selector.to_encoded()).is_err(), "{selector:?}");
    } else {
        round_trips(&selector);
    }
}

/// What holds for every selector that was parsed.
fn parsed(selector: &NodeSelector) {
    wire_form(selector);
    checked(selector);
    round_trips(selector);
}

/// Text and wire form both mean the selector that they were made of.
fn round_trips(selector: &NodeSelector) {
    let shown = selector.to_string();
    let from_text: NodeSelector = shown.parse().unwrap();
    let bound = selector.bindings().fold(from_text, |read, (prefix, ns)| read.bind(prefix, ns));
    assert_eq!(bound, *selector, "{shown}");

    let encoded = selector.to_encoded();
    let in_uri = format!("http://h.example/root/a/users/sip:x@h.example/index/~~{encoded}");
    for form in [&encoded, &encoded[1..], &in_uri] {
        let read = NodeSelector::from_encoded(form).unwrap();
        assert_eq!(read, *selector, "{form}");
        assert_eq!(read.to_encoded(), encoded);
    }
}

/// What goes into a request-target is of `pchar` without `+`, and each step stays one segment.
fn wire_form(selector: &NodeSelector) {
    let encoded = selector.to_encoded();
    let (path, query) = match encoded.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (encoded.as_str(), None),
    };
    assert_eq!(query.is_some(), selector.bindings().next().is_some(), "{encoded}");
    let segments = selector.steps().len() + usize::from(selector.terminal().is_some());
    assert_eq!(path.matches('/').count(), segments, "{encoded}");
    assert!(path.starts_with('/'), "{encoded}");
    for part in path.split('/').chain(query) {
        pchars(part);
    }
}

fn pchars(part: &str) {
    let mut bytes = part.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'%' => {
                for digit in [bytes.next(), bytes.next()] {
                    assert!(matches!(digit, Some(b'0'..=b'9' | b'A'..=b'F')), "{part}");
                }
            }
            b'-' | b'.' | b'_' | b'~' | b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b','
            | b';' | b'=' | b':' | b'@' => {}
            other => assert!(other.is_ascii_alphanumeric(), "{part}"),
        }
    }
}

/// Whoever uses a selector says of it what `check` says.
fn checked(selector: &NodeSelector) {
    let check = selector.check();
    if let Err(error) = &check {
        error::is_invalid_input(error);
    }
    let url = CLIENT.url("a", selector);
    assert_eq!(url.is_ok(), check.is_ok(), "{selector:?}: {check:?}, {url:?}");
    if let Ok(url) = url {
        assert_eq!(url.split_once("/~~").unwrap().1, selector.to_encoded());
    }
    let is_extended = selector.steps().iter().any(|step| matches!(step, Step::Extension(_)));
    let answer = document::get("<a/>", selector, None).map_err(|refusal| refusal.status());
    if !is_extended {
        assert_eq!(answer == Err(400), check.is_err(), "{selector:?}: {check:?}");
    }
}
