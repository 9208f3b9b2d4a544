//! Bodies before upload: what a conforming server is certain to refuse is not sent, and all else is
//! (RFC 4825 sections 7.4, 7.7 and 8.2.2).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[path = "support/cases.rs"]
mod cases;

use std::time::{Duration, Instant};

use xcaplib::{Element, NodeArg, NodeSelector, XCAPClient};

/// A body that passes meets a refused connection: nobody listens there.
fn client() -> XCAPClient {
    XCAPClient::new("http://127.0.0.1:1", "sip:alice@example.com", None).unwrap()
}

/// The text that refuses a body; `None` if it is sent.
#[track_caller]
fn refusal<'a>(application: &str, node: impl Into<NodeArg<'a>>, body: &[u8]) -> Option<String> {
    let error = client().put(application, body, node, None, None).unwrap_err();
    assert_ne!(error.is_transport(), error.is_invalid_input(), "{error}");
    error.is_invalid_input().then(|| error.to_string())
}

#[track_caller]
fn refused(node: Option<&str>, body: impl AsRef<[u8]>, expected: &str) {
    let start = Instant::now();
    assert_eq!(refusal("own.example.com", node, body.as_ref()).as_deref(), Some(expected));
    assert!(start.elapsed() < LONG, "{:?}", start.elapsed());
}

#[track_caller]
fn sent(node: Option<&str>, body: impl AsRef<[u8]>) {
    let start = Instant::now();
    assert_eq!(refusal("own.example.com", node, body.as_ref()), None);
    assert!(start.elapsed() < LONG, "{:?}", start.elapsed());
}

/// Far from what a quadratic search through these bodies takes, on a slow machine too.
const LONG: Duration = Duration::from_secs(60);

#[test]
fn bodies_are_sent_or_refused() {
    cases::run("validation.txt", &["application", "node", "body"], |case| {
        let application = case.find("application").unwrap_or("resource-lists");
        match refusal(application, case.find("node"), case.get("body").as_bytes()) {
            Some(error) => vec![("error", error)],
            None => vec![("sent", "yes".to_owned())],
        }
    });
}

#[test]
fn only_utf_8_is_sent() {
    let utf16 =
        |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    for (node, what) in [(None, "document"), (Some("a"), "element"), (Some("a/@b"), "attribute")] {
        let text = |row, col, found: &str| {
            format!(
                "{what} body, line {row}, column {col}: the text is {found}; XCAP takes UTF-8 alone"
            )
        };
        refused(node, b"<a>\n\xc3\xa9\xe9</a>", &text(2, 2, "not UTF-8"));
        refused(node, b"<a>\xc3", &text(1, 4, "not UTF-8"));
        refused(node, b"\xed\xa0\x80", &text(1, 1, "not UTF-8"));
        refused(node, utf16("\u{feff}<a/>"), &text(1, 1, "UTF-16"));
        refused(node, utf16("<a/>"), &text(1, 1, "UTF-16"));
        refused(node, b"\xfe\xff\0<\0a\0/\0>", &text(1, 1, "UTF-16"));
        refused(node, b"\0<\0a\0/\0>", &text(1, 1, "UTF-16"));
    }
}

#[test]
fn what_would_keep_a_parser_busy_is_answered_fast() {
    let times = |n: usize, text: &dyn Fn(usize) -> String| (0..n).map(text).collect::<String>();
    let deep = |n, open: &str| format!("{}{}", open.repeat(n), "</a>".repeat(n));
    let declared = |n| times(n, &|i| format!("<a xmlns:p{i}='u'>")) + &"</a>".repeat(n);
    sent(None, declared(1_000));
    sent(None, format!("<p:a xmlns:p='u' xmlns:q='v'>{}</p:a>", "<q:b p:c=''/>".repeat(800_000)));
    for (node, what) in [(None, "document"), (Some("a"), "element")] {
        refused(
            node,
            declared(1_001),
            &format!(
                "{what} body, line 1, column 17891: more than 1000 namespace declarations in scope at one element"
            ),
        );
        let wide = format!("<a>\n<b{}/></a>", times(100_000, &|i| format!(" a{i}=''")));
        refused(
            node,
            wide,
            &format!("{what} body, line 2, column 1: more than 1000 attributes on one element"),
        );
        let prefixed = format!("<a{}>", times(999, &|i| format!(" xmlns:p{i}='u'")));
        refused(
            node,
            format!("{prefixed}{}</a>", "<p998:a/>".repeat(1_000_000)),
            &format!(
                "{what} body, line 1, column 1504388: too many elements and prefixes below too many namespace declarations; leave out the declarations that nothing uses"
            ),
        );
        sent(node, deep(100_000, "<a>"));
        sent(node, format!("<a>{}</a>", "<b xmlns='u'/>".repeat(100_000)));
        sent(node, format!("<a>{}</a>", "a:b=\"".repeat(200_000)));
        let unclosed = format!(
            "{what} body, line 1, column 300001: the text ends before all its elements are closed"
        );
        refused(node, "<a>".repeat(100_000), &unclosed);
    }
    sent(Some("a"), format!("<a><p:a/>{}</a>", "a:b:".repeat(200_000)));
    sent(Some("a"), format!("<a><p:a/>{}</a>", " a:b".repeat(200_000)));
    sent(Some("a/@b"), "&amp;".repeat(200_000));
    let words = times(1_100, &|i| format!("k{i}:v "));
    sent(
        Some("a"),
        format!(
            "<a><p:a q:b='{words}' r:c = \"> {words}\"/>{words}<!-- <{words}> --><![CDATA[<{words}>]]><?x <{words}?></a>"
        ),
    );
    for odd in ["<", "<a ", "<a b=\"", "<!--", "<?", "='' ", "</p:a "] {
        let text = format!("<p:a>{}", odd.repeat(100_000));
        assert!(refusal("own.example.com", Some("a"), text.as_bytes()).is_some(), "{odd}");
    }
}

#[test]
fn built_bodies_pass_whatever_they_hold() {
    for value in ["", "\"'", "<&>]]>", "\t\r\n ", "é\u{10ffff}", "&quot;"] {
        let element = Element::new("p:a").attr("p:b", value).attr("c", value).text(value);
        let selector = NodeSelector::root("q:a").with_attr("q:b", value).bind("q", "urn:q");
        assert_eq!(refusal("own.example.com", &selector, element.as_ref()), None, "{element}");
    }
    refused(
        Some("a"),
        Element::new("a").attr("b", "\0"),
        "element body, line 1, column 7: U+0000 stands here, which XML does not allow; leave it out",
    );
    refused(
        Some("a"),
        Element::new("a").attr("b", "1").attr("b", "2"),
        "element body, line 1, column 10: the attribute `b` is given twice; leave one of them out",
    );
}

#[test]
fn without_the_check_everything_is_sent() {
    for node in [None, Some("a"), Some("a/@b"), Some("a/namespace::*"), Some("p:a["), Some("p:a")] {
        let request = client();
        let error =
            request.request("resource-lists").node(node).validate(false).put(b"\xff<").unwrap_err();
        assert!(error.is_transport(), "{error}");
    }
}
