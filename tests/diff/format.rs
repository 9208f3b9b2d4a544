//! The document format of RFC 5874.

use std::collections::BTreeMap;
use std::fs;

use xcaplib::NodeSelector;
use xcaplib::diff::{OperationKind, Report, XcapDiff};

fn example(name: &str) -> XcapDiff {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/diff/rfc5874");
    XcapDiff::parse(fs::read(format!("{dir}/{name}.xml")).unwrap()).unwrap()
}

/// Each document report: its selector, previous and new ETag, and how many operations it has.
fn documents(diff: &XcapDiff) -> Vec<(&str, Option<&str>, Option<&str>, usize)> {
    diff.documents()
        .map(|report| {
            let operations = report.operations().len();
            (report.selector(), report.previous_etag(), report.new_etag(), operations)
        })
        .collect()
}

#[test]
fn section_5() {
    let diff = example("document-element-attribute");
    assert_eq!(diff.xcap_root(), "http://xcap.example.com/root/");
    let [Report::Document(document), Report::Element(element), Report::Attribute(attribute)] =
        diff.reports()
    else {
        panic!("{diff:?}")
    };
    assert_eq!(document.selector(), "resource-lists/users/sip:joe@example.com/coworkers");
    assert_eq!(document.previous_etag(), Some("8a77f8d"));
    assert_eq!(document.new_etag(), Some("7ahggs"));
    assert!(document.operations().is_empty() && !document.is_body_not_changed());

    let selector = NodeSelector::from_encoded(element.selector()).unwrap();
    assert_eq!(selector.to_string(), "/*/service[@uri=\"sip:marketing@example.com\"]");
    assert!(element.exists());
    let content = element.content().unwrap();
    assert!(content.starts_with("<service uri=\"sip:marketing@example.com\">\n      <list"));
    assert!(content.ends_with("</packages>\n    </service>"));
    let bindings = BTreeMap::from([
        ("", "urn:ietf:params:xml:ns:rls-services"),
        ("d", "urn:ietf:params:xml:ns:xcap-diff"),
        ("rl", "urn:ietf:params:xml:ns:resource-lists"),
    ]);
    assert_eq!(element.namespace_bindings(), bindings);

    let selector = "rls-services/users/sip:joe@example.com/index/~~/*/service/@uri";
    assert_eq!(attribute.selector(), selector);
    assert_eq!(attribute.value(), Some("sip:marketing@example.com"));
}

#[test]
fn appendix_a_1() {
    let (index, other) = (
        "tests/users/sip:joe@example.com/index",
        "tests/users/sip:joe@example.com/another_document",
    );
    let john = "tests/users/sip:john@example.com/index";
    assert_eq!(
        documents(&example("listing")),
        [(index, None, Some("7ahggs"), 0), (john, None, Some("terteer"), 0)]
    );
    assert_eq!(documents(&example("created")), [(other, None, Some("terteer"), 0)]);
    assert_eq!(documents(&example("changed")), [(other, Some("terteer"), Some("huwiias"), 0)]);
    assert_eq!(documents(&example("removed")), [(other, Some("huwiias"), None, 0)]);
}

#[test]
fn appendix_a_2() {
    let index = "tests/users/sip:joe@example.com/index";
    let diff = example("patch");
    assert_eq!(documents(&diff), [(index, Some("7ahggs3"), Some("63hjjsll"), 1)]);
    let operation = &diff.documents().next().unwrap().operations()[0];
    assert_eq!(operation.kind(), OperationKind::Add);
    assert_eq!(operation.selector(), Some("*"));
    assert_eq!(
        documents(&example("history")),
        [
            (index, Some("7ahggs"), Some("fgherhryt3"), 1),
            (index, Some("fgherhryt3"), Some("dgdgdfgrrr"), 1),
            (index, Some("dgdgdfgrrr"), Some("63hjjsll"), 1),
        ]
    );
}

#[test]
fn appendix_a_3() {
    let diff = example("contents");
    let [Report::Attribute(attribute), Report::Element(element)] = diff.reports() else {
        panic!("{diff:?}")
    };
    assert_eq!(attribute.value(), Some("bar"));
    assert_eq!(element.content(), Some("<foo>this is a new element</foo>"));
    let diff = example("attribute-removed");
    let [Report::Attribute(attribute)] = diff.reports() else { panic!("{diff:?}") };
    assert!(!attribute.exists());
    assert_eq!(attribute.value(), None);
}

fn inside(content: &str) -> String {
    format!(
        "<x:xcap-diff xmlns:x='urn:ietf:params:xml:ns:xcap-diff' xcap-root='r'>{content}</x:xcap-diff>"
    )
}

#[test]
fn contents() {
    let diff = inside(
        "<x:element sel='e'/><x:element sel='e' exists=' false '/>\
         <x:element sel='e' exists='1'> <y xmlns='y:'/> </x:element>\
         <x:attribute sel='a'/><x:attribute sel='a'>b<!--c-->&amp;<![CDATA[&]]></x:attribute>",
    );
    let diff = XcapDiff::parse(diff).unwrap();
    let found: Vec<_> = diff
        .reports()
        .iter()
        .map(|report| match report {
            Report::Element(element) => (element.exists(), element.content()),
            Report::Attribute(attribute) => (attribute.exists(), attribute.value()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        found,
        [
            (true, None),
            (false, None),
            (true, Some("<y xmlns='y:'/>")),
            (true, Some("")),
            (true, Some("b&&"))
        ]
    );
}

#[test]
fn extensions_are_passed_over() {
    let diff = inside(
        "text<e:document xmlns:e='e:'/><document/><!--c--><x:folder/>\
         <x:document sel='d' e='' xmlns:e='e:' e:sel='f'><e:add/><add/><x:body-not-changed/></x:document>",
    );
    let diff = XcapDiff::parse(diff).unwrap();
    assert_eq!(documents(&diff), [("d", None, None, 0)]);
    assert!(diff.documents().next().unwrap().is_body_not_changed());
    // Without a namespace, and with a byte order mark.
    let diff = "\u{feff}<xcap-diff xcap-root='r'><document sel='d'><add/></document></xcap-diff>";
    assert_eq!(documents(&XcapDiff::parse(diff).unwrap()), [("d", None, None, 1)]);
}

#[test]
fn what_is_no_diff() {
    let refused = |body: &[u8], expected: &str| {
        let error = XcapDiff::parse(body).unwrap_err();
        assert!(error.is_malformed_response());
        assert_eq!(error.to_string(), expected);
    };
    let text = |body: &str, expected: &str| refused(body.as_bytes(), expected);
    text("", "xcap-diff, line 1, column 1: there is no element");
    text("<a>", "xcap-diff, line 1, column 4: the text ends before all its elements are closed");
    text(
        "<xcap-error/>",
        "xcap-diff, line 1, column 1: the root element is not `xcap-diff` of urn:ietf:params:xml:ns:xcap-diff",
    );
    text(
        "\n <xcap-diff xmlns='u:' xcap-root=''/>",
        "xcap-diff, line 2, column 2: the root element is not `xcap-diff` of urn:ietf:params:xml:ns:xcap-diff",
    );
    text("<xcap-diff/>", "xcap-diff, line 1, column 1: `xcap-diff` has no attribute `xcap-root`");
    for (content, reason) in [
        ("<x:document/>", "`document` has no attribute `sel`"),
        ("<x:element/>", "`element` has no attribute `sel`"),
        ("<x:attribute/>", "`attribute` has no attribute `sel`"),
        ("<x:element sel='' exists='no'/>", "the value of `exists` is neither `1` nor `0`"),
        ("<x:element sel=''><a/><b/></x:element>", "`element` holds more than one element"),
        ("<x:attribute sel=''><a/></x:attribute>", "`attribute` holds an element"),
        ("<x:document sel='' new-etag='&#9;'/>", "the value of `new-etag` cannot be an ETag"),
    ] {
        let column = inside("").find("</").unwrap() + 1;
        text(&inside(content), &format!("xcap-diff, line 1, column {column}: {reason}"));
    }
    refused(
        b"<xcap-diff xcap-root='\xff'/>",
        "xcap-diff, line 1, column 23: the text is not UTF-8; XCAP takes UTF-8 alone",
    );
}
