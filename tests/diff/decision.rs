//! What a diff means for a copy of a document (RFC 5874, figure 1).

use std::fs;

use xcaplib::ETag;
use xcaplib::diff::{Decision, FetchReason, PatchErrorKind, XcapDiff};

const INDEX: &str = "tests/users/sip:joe@example.com/index";

fn etag(text: &str) -> ETag {
    ETag::new(text).unwrap()
}

/// `reports` are `previous new content` for the index.
fn diff(reports: &[(&str, &str, &str)]) -> XcapDiff {
    let attribute = |name: &str, value: &str| match value {
        "" => String::new(),
        value => format!("{name}='{value}'"),
    };
    let reports: String = reports
        .iter()
        .map(|(previous, new, content)| {
            let (previous, new) =
                (attribute("previous-etag", previous), attribute("new-etag", new));
            format!("<document sel='{INDEX}' {previous} {new}>{content}</document>")
        })
        .collect();
    let diff = format!(
        "<xcap-diff xmlns='urn:ietf:params:xml:ns:xcap-diff' xcap-root='r'>{reports}</xcap-diff>"
    );
    XcapDiff::parse(diff).unwrap()
}

fn decide(copy: &str, reports: &[(&str, &str, &str)]) -> Decision {
    diff(reports).decide(INDEX, ETag::new(copy).as_ref(), "<a/>")
}

fn patched(text: &str, new: &str) -> Decision {
    Decision::Patched { text: text.to_owned(), etag: etag(new) }
}

fn unchanged(new: &str) -> Decision {
    Decision::Unchanged { etag: etag(new) }
}

fn created(new: &str) -> Decision {
    Decision::Created { etag: etag(new) }
}

const B: &str = "<add sel='*' type='@b'>1</add>";
const C: &str = "<add sel='*' type='@c'>1</add>";
const SAME: &str = "<body-not-changed/>";

#[test]
fn figure_1() {
    for (previous, new, content, expected) in [
        ("1", "2", B, patched("<a b=\"1\"/>", "\"2\"")),
        ("1", "2", "", Decision::Fetch(FetchReason::NoPatch)),
        ("1", "2", SAME, unchanged("\"2\"")),
        ("", "2", "", created("\"2\"")),
        ("1", "", "", Decision::Gone),
    ] {
        assert_eq!(decide("\"1\"", &[(previous, new, content)]), expected);
    }
}

#[test]
fn what_is_not_in_the_figure() {
    let other = Decision::Fetch(FetchReason::OtherVersion);
    let inconsistent = Decision::Fetch(FetchReason::Inconsistent);
    // Another version.
    assert_eq!(decide("\"0\"", &[("1", "2", B)]), other);
    assert_eq!(decide("\"0\"", &[("1", "2", SAME)]), other);
    assert_eq!(decide("\"0\"", &[("1", "", "")]), other);
    assert_eq!(decide("", &[("1", "2", B)]), other);
    // No news: a listing of what the copy is, or the copy's own change.
    assert_eq!(decide("\"1\"", &[("", "1", "")]), unchanged("\"1\""));
    assert_eq!(decide("\"2\"", &[("1", "2", B)]), unchanged("\"2\""));
    // Combinations that mean nothing.
    assert_eq!(decide("\"1\"", &[("", "", "")]), inconsistent);
    // Applied once, it would fit again.
    assert_eq!(decide("\"1\"", &[("1", "1", B)]), inconsistent);
    assert_eq!(decide("\"1\"", &[("", "", B)]), inconsistent);
    assert_eq!(decide("\"1\"", &[("1", "2", &format!("{SAME}{B}"))]), inconsistent);
    assert_eq!(decide("", &[("", "2", B)]), created("\"2\""));
    // A patch that does not fit.
    let decision = decide("\"1\"", &[("1", "2", "<remove sel='*/x'/>")]);
    let Decision::Fetch(FetchReason::PatchFailed(error)) = decision else { panic!() };
    assert_eq!(error.kind(), PatchErrorKind::UnlocatedNode);
}

#[test]
fn a_history_is_followed_from_where_the_copy_is() {
    let history = [("1", "2", B), ("2", "3", SAME), ("3", "4", C)];
    assert_eq!(decide("\"1\"", &history), patched("<a b=\"1\" c=\"1\"/>", "\"4\""));
    assert_eq!(decide("\"2\"", &history), patched("<a c=\"1\"/>", "\"4\""));
    assert_eq!(decide("\"4\"", &history), unchanged("\"4\""));
    assert_eq!(decide("\"0\"", &history), Decision::Fetch(FetchReason::OtherVersion));
    let gap = [("1", "2", B), ("3", "4", C)];
    assert_eq!(decide("\"1\"", &gap), Decision::Fetch(FetchReason::OtherVersion));
    let hidden = [("1", "2", ""), ("2", "3", C)];
    assert_eq!(decide("\"1\"", &hidden), Decision::Fetch(FetchReason::NoPatch));
    let removed = [("1", "2", ""), ("2", "", "")];
    assert_eq!(decide("\"1\"", &removed), Decision::Gone);
    let again = [("1", "", ""), ("", "2", ""), ("2", "3", B)];
    assert_eq!(decide("\"1\"", &again), created("\"3\""));
}

#[test]
fn etags_are_compared_with_or_without_quotes() {
    let news = |previous: &'static str, new: &'static str| [(previous, new, SAME)];
    assert_eq!(decide("\"1\"", &news("\"1\"", "\"2\"")), unchanged("\"2\""));
    // A server that sends ETags without quotes gets them back that way.
    assert_eq!(decide("1", &news("1", "2")), unchanged("2"));
    assert_eq!(decide("W/\"1\"", &news("W/\"1\"", "W/\"2\"")), unchanged("W/\"2\""));
    // Between the quotes of the attribute a weak one is written with others, or with none.
    for weak in ["W/1", "W/&#39;1&#39;"] {
        assert_eq!(decide("W/\"1\"", &news(weak, "W/&#39;2&#39;")), unchanged("W/\"2\""));
        assert_eq!(decide("\"1\"", &news(weak, "2")), Decision::Fetch(FetchReason::OtherVersion));
    }
    assert_eq!(decide("1", &news("1", "W/2")), unchanged("W/\"2\""));
    assert_eq!(decide("W/\"1\"", &news("1", "2")), Decision::Fetch(FetchReason::OtherVersion));
    assert_eq!(decide("\"1\"", &news("1 ", "2")), Decision::Fetch(FetchReason::OtherVersion));
}

#[test]
fn documents_are_told_apart() {
    let diff = diff(&[("1", "2", SAME)]);
    let decide = |document: &str| diff.decide(document, Some(&etag("\"1\"")), "<a/>");
    for same in [INDEX, "/tests/users/sip%3ajoe%40example.com/index"] {
        assert_eq!(decide(same), unchanged("\"2\""));
    }
    for other in ["", "tests/users/sip:joe@example.com", "tests/users/sip:joe@example.com%2Findex"]
    {
        assert_eq!(decide(other), Decision::Other);
    }
}

/// What is said to a copy with the ETag `1` by one report with this root and selector.
fn told(root: &str, sel: &str, etags: &str, content: &str) -> Decision {
    let diff = format!(
        "<xcap-diff xmlns='urn:ietf:params:xml:ns:xcap-diff' xcap-root='{root}'><document sel='{sel}' {etags}>{content}</document></xcap-diff>"
    );
    XcapDiff::parse(diff).unwrap().decide(INDEX, Some(&etag("\"1\"")), "<a/>")
}

#[test]
fn selectors_are_read_as_servers_write_them() {
    let etags = "previous-etag='1' new-etag='2'";
    for (root, sel) in [
        (
            "http://xcap.example.com/xcap-root",
            "http://xcap.example.com/xcap-root/tests/users/sip:joe@example.com/index",
        ),
        (
            "http://xcap.example.com/xcap-root/",
            "HTTP://XCAP.example.com:80/xcap%2Droot/tests/users/sip%3Ajoe@example.com/index",
        ),
        (
            "https://xcap.example.com",
            "https://xcap.example.com:443/tests/users/sip:joe@example.com/index",
        ),
        // With the scheme and host of the root.
        (
            "http://xcap.example.com/xcap-root",
            "http://xcap.example.com/tests/users/sip:joe@example.com/index",
        ),
        ("http://xcap.example.com/xcap-root", "/xcap-root/tests/users/sip:joe@example.com/index"),
        ("http://xcap.example.com/xcap-root", "/tests/users/sip:joe@example.com/index"),
    ] {
        assert_eq!(told(root, sel, etags, SAME), unchanged("\"2\""), "{sel}");
        let node = format!("{sel}/~~/a/b%5B@c=%22/~~/%22%5D?xmlns(p=urn:x)");
        let fetch = Decision::Fetch(FetchReason::NoPatch);
        assert_eq!(told(root, &node, etags, ""), fetch, "{node}");
    }
    for (root, sel) in [
        (
            "http://xcap.example.com/xcap-root",
            "http://xcap.example.com/other/tests/users/sip:joe@example.com/index",
        ),
        (
            "http://xcap.example.com/xcap-root",
            "http://xcap.example.com/xcap-root/tests/users/sip:bob@example.com/index",
        ),
        (
            "http://xcap.example.com/xcap-root",
            "http://xcap.example.com/xcap-root/tests/users/sip:joe@example.com/index/~/a",
        ),
        (
            "http://xcap.example.com",
            "http://other.example.com/tests/users/sip:joe@example.com/index",
        ),
        (
            "http://xcap.example.com",
            "https://xcap.example.com/tests/users/sip:joe@example.com/index",
        ),
        (
            "http://xcap.example.com",
            "http://xcap.example.com:8080/tests/users/sip:joe@example.com/index",
        ),
        ("http://xcap.example.com", "//xcap.example.com/tests/users/sip:joe@example.com/index"),
        ("http://xcap.example.com/xcap-root", "xcap-root/tests/users/sip:joe@example.com/index"),
        ("urn://x", "urn://x/tests/users/sip:joe@example.com/index"),
        ("r", "http://xcap.example.com/tests/users/sip:joe@example.com/index"),
        ("http://xcap.example.com", "http://[/tests/users/sip:joe@example.com/index"),
        ("http://xcap.example.com", "/~~/tests/users/sip:joe@example.com/index"),
    ] {
        assert_eq!(told(root, sel, etags, SAME), Decision::Other, "{sel}");
    }
}

#[test]
fn a_node_of_the_document_is_not_the_document() {
    let told = |etags: &str, content: &str| told("r", &format!("{INDEX}/~~/a"), etags, content);
    let fetch = Decision::Fetch(FetchReason::NoPatch);
    // The patch would be one of the node, which may be gone or new while the document is not.
    assert_eq!(told("previous-etag='1' new-etag='2'", B), fetch);
    assert_eq!(told("previous-etag='1' new-etag='2'", SAME), fetch);
    assert_eq!(told("previous-etag='1'", ""), fetch);
    assert_eq!(told("new-etag='2'", ""), created("\"2\""));
    // The copy has seen it.
    assert_eq!(told("previous-etag='0' new-etag='1'", ""), unchanged("\"1\""));
    assert_eq!(told("new-etag='1'", ""), unchanged("\"1\""));
    let other = Decision::Fetch(FetchReason::OtherVersion);
    assert_eq!(told("previous-etag='0' new-etag='2'", ""), other);
}

#[test]
fn appendix_a_2() {
    let read = |name: &str| {
        let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/diff/rfc5874");
        fs::read_to_string(format!("{dir}/{name}.xml")).unwrap()
    };
    for (name, copy) in [("patch", "\"7ahggs3\""), ("history", "\"7ahggs\"")] {
        let diff = XcapDiff::parse(read(name)).unwrap();
        assert_eq!(
            diff.decide(INDEX, Some(&etag(copy)), &read("index")),
            patched(&read("index-patched"), "\"63hjjsll\"")
        );
    }
}
