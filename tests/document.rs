//! The document engine against tables of requests and answers, byte for byte.
//!
//! A table is a sequence of `@document [default namespace]`, each followed by requests
//! (`@get`, `@put` or `@delete`, with a selector) and their answers: `@200` or `@201` with what was
//! found or what the document is then, `@404`, or `@409 conflict` with its ancestor or fields. Text
//! runs to the next line that begins with `@` or `#`, without its last line end; `\n`, `\r`, `\t`,
//! `\xff` (a byte) and `\u{feff}` (a character) stand for what a file would not keep.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use xcaplib::document::{self, Refusal};
use xcaplib::{NodeSelector, ResourceKind};

#[test]
fn creation_as_in_section_8_2_3() {
    assert_eq!(run(include_str!("data/document/rfc4825-8.2.3.txt")), 8);
}

#[test]
fn examples_of_rfc_4825() {
    assert_eq!(run(include_str!("data/document/rfc4825-examples.txt")), 14);
}

#[test]
fn selection() {
    run(include_str!("data/document/selection.txt"));
}

#[test]
fn namespaces() {
    run(include_str!("data/document/namespaces.txt"));
}

#[test]
fn creation() {
    run(include_str!("data/document/creation.txt"));
}

#[test]
fn replacement() {
    run(include_str!("data/document/replacement.txt"));
}

#[test]
fn bodies() {
    run(include_str!("data/document/bodies.txt"));
}

#[test]
fn attributes() {
    run(include_str!("data/document/attributes.txt"));
}

#[test]
fn deletion() {
    run(include_str!("data/document/deletion.txt"));
}

#[test]
fn uniqueness() {
    run(include_str!("data/document/uniqueness.txt"));
}

/// Runs a table and counts its requests; reports all that fail.
#[track_caller]
fn run(table: &str) -> usize {
    let mut failures = String::new();
    let requests = read(table);
    for request in &requests {
        let answer = request.send();
        if answer != request.expected {
            write!(
                failures,
                "\nline {}: {} {}\n  expected {:?}\n  answered {answer:?}\n",
                request.line, request.method, request.selector, request.expected
            )
            .unwrap();
        }
    }
    assert!(failures.is_empty(), "{failures}");
    requests.len()
}

struct Request {
    line: usize,
    document: String,
    default_ns: Option<String>,
    method: String,
    selector: String,
    body: Vec<u8>,
    expected: (String, String),
}

impl Request {
    fn send(&self) -> (String, String) {
        let (xml, default_ns) = (self.document.as_str(), self.default_ns.as_deref());
        let selector: NodeSelector = self.selector.parse().unwrap();
        let answer = match self.method.as_str() {
            "get" => document::get(xml, &selector, default_ns)
                .map(|found| ("200".to_owned(), found.to_string())),
            "put" => document::put(xml, &selector, &self.body, default_ns).map(|edit| {
                self.check_put(&edit.text, &selector);
                (if edit.created { "201" } else { "200" }.to_owned(), edit.text)
            }),
            "delete" => document::delete(xml, &selector, default_ns).map(|text| {
                let again = document::get(&text, &selector, default_ns).unwrap_err();
                assert_eq!(again.status(), 404, "line {}", self.line);
                ("200".to_owned(), text)
            }),
            other => panic!("line {}: no method {other}", self.line),
        };
        answer.unwrap_or_else(|refusal| describe(&refusal))
    }

    /// GET(PUT(x)) is x, and a second PUT of it changes nothing.
    fn check_put(&self, text: &str, selector: &NodeSelector) {
        let default_ns = self.default_ns.as_deref();
        let found = document::get(text, selector, default_ns).unwrap();
        let body = std::str::from_utf8(&self.body).unwrap().trim_start_matches('\u{feff}');
        match found.kind() {
            ResourceKind::Element => assert_eq!(found.as_str(), body.trim(), "line {}", self.line),
            _ if body.starts_with(['"', '\'']) => {
                assert_eq!(found.att_value(), Some(body), "line {}", self.line);
            }
            _ => assert!(found.att_value().is_some()),
        }
        let again = document::put(text, selector, &self.body, default_ns).unwrap();
        assert_eq!((again.text.as_str(), again.created), (text, false), "line {}", self.line);
    }
}

fn describe(refusal: &Refusal) -> (String, String) {
    let text = refusal.to_string();
    let style = !text.ends_with('.') && !text.starts_with(char::is_uppercase);
    assert!(style && !text.contains('\n'), "{text}");
    assert_eq!(refusal.status() == 409, refusal.conflict().is_some());
    let Some(conflict) = refusal.conflict() else {
        return (refusal.status().to_string(), String::new());
    };
    assert_eq!(conflict.phrase(), Some(text.as_str()));
    let mut details: Vec<_> = conflict.ancestor().into_iter().collect();
    details.extend(conflict.exists().iter().map(|exists| exists.field.as_str()));
    for selector in &details {
        assert_eq!(&NodeSelector::from_encoded(selector).unwrap().to_encoded()[1..], *selector);
    }
    (format!("409 {}", conflict.name()), details.join("\n"))
}

fn read(table: &str) -> Vec<Request> {
    let mut requests: Vec<Request> = Vec::new();
    let (mut document, mut default_ns) = (String::new(), None);
    let mut lines = table.lines().enumerate().peekable();
    while let Some((index, line)) = lines.next() {
        let Some(directive) = line.strip_prefix('@') else {
            assert!(line.starts_with('#'), "line {}: {line}", index + 1);
            continue;
        };
        let mut content: Vec<&str> = Vec::new();
        while let Some((_, line)) = lines.next_if(|(_, line)| !line.starts_with(['@', '#'])) {
            content.push(line);
        }
        let content = unescape(&content.join("\n"));
        let text = || String::from_utf8(content.clone()).unwrap();
        let (word, rest) = directive.split_once(' ').unwrap_or((directive, ""));
        match word {
            "document" => {
                document = text();
                default_ns = (!rest.is_empty()).then(|| rest.to_owned());
            }
            "get" | "put" | "delete" => requests.push(Request {
                line: index + 1,
                document: document.clone(),
                default_ns: default_ns.clone(),
                method: word.to_owned(),
                selector: rest.to_owned(),
                body: content,
                expected: Default::default(),
            }),
            _ => requests.last_mut().unwrap().expected = (directive.to_owned(), text()),
        }
    }
    requests
}

fn unescape(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.extend(before.as_bytes());
        rest = match after.split_at(1) {
            ("n", rest) => push(&mut out, b"\n", rest),
            ("r", rest) => push(&mut out, b"\r", rest),
            ("t", rest) => push(&mut out, b"\t", rest),
            ("x", rest) => {
                let (digits, rest) = rest.split_at(2);
                push(&mut out, &[u8::from_str_radix(digits, 16).unwrap()], rest)
            }
            ("u", rest) => {
                let (digits, rest) = rest.strip_prefix('{').unwrap().split_once('}').unwrap();
                let c = char::from_u32(u32::from_str_radix(digits, 16).unwrap()).unwrap();
                push(&mut out, c.to_string().as_bytes(), rest)
            }
            (other, _) => panic!("no escape \\{other}"),
        };
    }
    out.extend(rest.as_bytes());
    out
}

fn push<'t>(out: &mut Vec<u8>, bytes: &[u8], rest: &'t str) -> &'t str {
    out.extend(bytes);
    rest
}

#[test]
fn selectors_that_only_the_builder_makes() {
    let xml = "<r><a/></r>";
    let status = |selector: &NodeSelector| {
        let get = document::get(xml, selector, None).unwrap_err();
        let put = document::put(xml, selector, "<a/>", None).unwrap_err();
        let delete = document::delete(xml, selector, None).unwrap_err();
        assert_eq!(get.status(), delete.status());
        (get.status(), put.status())
    };
    let root = || NodeSelector::root("r");
    // Section 8: an extension that the server does not know is 404, whatever the method.
    assert_eq!(status(&root().extension("id('x')")), (404, 404));
    assert_eq!(status(&root().extension("x").child("a")), (404, 404));
    assert_eq!(status(&root().child("p:b").extension("x")), (404, 404));
    assert_eq!(status(&root().child("a").nth(0)), (400, 400));
    assert_eq!(status(&root().child("a b")), (400, 400));
    assert_eq!(status(&root().child("a").nth(usize::MAX)), (404, 409));
}

#[test]
fn texts_of_refusals() {
    let xml = "<r>\n<a/><a/></r>";
    let get = |selector: &str| {
        document::get(xml, &selector.parse().unwrap(), None).unwrap_err().to_string()
    };
    let put = |selector: &str, body: &str| {
        document::put(xml, &selector.parse().unwrap(), body, None).unwrap_err().to_string()
    };
    assert_eq!(get("r/b[@i='1']"), r#"step 2, `b[@i="1"]`, matches no element"#);
    assert_eq!(
        get("r/a"),
        "step 2, `a`, matches several elements; add a position or an attribute test"
    );
    assert_eq!(
        put("r/b/c", "<c/>"),
        "step 2, `b`, matches no element; the closest ancestor that exists is r, put its children first"
    );
    assert_eq!(
        put("r/b", "<b>\n <c></b>"),
        "the body is not an element, at 2:5: `</b>` stands where `</c>` is expected; put exactly one, with white space around it at most"
    );
    assert_eq!(
        put("r/b", "<b/><c/>"),
        "the body is not an element, at 1:5: this cannot stand here; a document is one element, with comments and white space around it; put exactly one, with white space around it at most"
    );
    assert_eq!(
        put("r/b", "<b/><!-- c -->"),
        "the body is not an element, at 1:1: something stands beside the element; put exactly one, with white space around it at most"
    );
    assert_eq!(
        put("r/a", "<a/>"),
        "`a` would match several elements; add a position or an attribute test"
    );
    assert_eq!(
        put("r/a[1]/@xmlns", "'urn:x'"),
        "a namespace declaration is not an attribute; put the whole element"
    );
    let own = document::put("<a i='1'/>", &"a[@i='1']/@i".parse().unwrap(), "'2'", None);
    assert_eq!(
        own.unwrap_err().to_string(),
        "with this value the selector would not find `i` again; select its element by position, or put the whole element"
    );
}

/// A prefix that the document binds is not at fault, whatever else is.
#[test]
fn texts_of_refusals_name_the_prefix_that_nothing_binds() {
    let put = |body: &str| {
        let selector = "r/p:a?xmlns(p=urn:p)".parse().unwrap();
        let refusal = document::put("<r xmlns:p='urn:p'/>", &selector, body, None).unwrap_err();
        let text = refusal.to_string();
        let text = text.strip_prefix("the body is not an element, at ").unwrap();
        text.split_once("; put exactly one").unwrap().0.to_owned()
    };
    let unbound =
        |place: &str| format!("{place}: nothing declares the prefix `q`; add `xmlns:q=\"..\"`");
    assert_eq!(put("<p:a><q:b/></p:a>"), unbound("1:1"));
    assert_eq!(put("<a>\n<q:b/></a>"), unbound("2:2"));
    assert_eq!(put("<p:a/><p:a/>"), "1:1: something stands beside the element");
}

/// Linear work takes a second or a few; the square of these sizes would take hours.
fn assert_quick(what: &str, start: Instant) {
    assert!(start.elapsed() < Duration::from_secs(60), "{what} took {:?}", start.elapsed());
}

#[test]
fn many_siblings() {
    const COUNT: usize = 100_000;
    let uri = "urn:ietf:params:xml:ns:resource-lists";
    let namespace = Some(uri);
    let entries: String = (0..COUNT).map(|i| format!("<entry uri=\"{i}\"/>")).collect();
    let list = format!("<list name=\"a\">{entries}</list>");
    let xml = format!("<resource-lists xmlns=\"{uri}\">{list}</resource-lists>");
    let start = Instant::now();

    let parent = || NodeSelector::root("resource-lists").child("list");
    let last = parent().child("entry").nth(COUNT + 1);
    let edit = document::put(&xml, &last, "<entry uri=\"x\"/>", namespace).unwrap();
    assert!(edit.created && edit.text.ends_with("<entry uri=\"x\"/></list></resource-lists>"));
    let left = document::delete(&edit.text, &last, namespace).unwrap();
    assert_eq!(left, xml);
    let taken = document::put(&xml, &last, "<entry uri=\"7\"/>", namespace).unwrap_err();
    assert_eq!(taken.conflict().unwrap().name(), "uniqueness-failure");
    // Every value twice.
    let twice = format!("<list name=\"a\">{entries}{entries}</list>");
    let taken = document::put(&xml, &parent(), &twice, namespace).unwrap_err();
    assert_eq!(taken.conflict().unwrap().exists().len(), 32);
    let same = format!("<list name=\"a\">{}</list>", "<entry uri='1'/>".repeat(COUNT));
    let taken = document::put(&xml, &parent(), &same, namespace).unwrap_err();
    assert_eq!(taken.conflict().unwrap().exists().len(), 32);
    assert_quick("100,000 siblings", start);
}

#[test]
fn deep_documents() {
    const DEPTH: usize = 100_000;
    let start = Instant::now();
    let xml = format!("{}{}", "<a>".repeat(DEPTH), "</a>".repeat(DEPTH));
    let selector = (1..DEPTH).fold(NodeSelector::root("a"), |selector, _| selector.child("a"));
    assert_eq!(document::get(&xml, &selector, None).unwrap().as_str(), "<a></a>");
    let edit = document::put(&xml, &selector, "<a i='1'/>", None).unwrap();
    assert_eq!(edit.text.len(), xml.len() + "<a i='1'/>".len() - "<a></a>".len());
    let attribute = selector.clone().attribute("i");
    let edit = document::put(&xml, &attribute, "'1'", None).unwrap();
    assert_eq!(document::delete(&edit.text, &attribute, None).unwrap(), xml);
    let left = document::delete(&xml, &selector, None).unwrap();
    assert_eq!(left.len(), xml.len() - "<a></a>".len());
    let lost = document::put(&xml, &selector.child("b").child("c"), "<c/>", None).unwrap_err();
    assert_eq!(lost.conflict().unwrap().ancestor().unwrap().len(), 2 * DEPTH - 1);
    let edit = document::put("<a/>", &NodeSelector::root("a"), &xml, None).unwrap();
    assert_eq!(edit.text, xml);
    assert_quick("100,000 levels", start);
}

#[test]
fn deep_duplicates() {
    const DEPTH: usize = 20_000;
    let namespace = "urn:ietf:params:xml:ns:resource-lists";
    let start = Instant::now();
    let level = "<entry uri='1'/><entry uri='1'/><list>";
    let lists = format!("<list>{}{}</list>", level.repeat(DEPTH), "</list>".repeat(DEPTH));
    let xml = format!("<resource-lists xmlns='{namespace}'/>");
    let list = NodeSelector::root("resource-lists").child("list");
    let taken = document::put(&xml, &list, &lists, Some(namespace)).unwrap_err();
    let exists = taken.conflict().unwrap().exists().to_owned();
    assert_eq!(exists.len(), 32);
    assert_eq!(exists[1].field, "resource-lists/list/list/entry%5B2%5D/@uri");
    assert_quick("20,000 levels of duplicates", start);
}

#[test]
fn many_declarations_are_refused_and_not_waited_for() {
    let start = Instant::now();
    let open: String = (0..20_000).map(|i| format!("<b xmlns:p{i}='u'>")).collect();
    let body = format!("{open}{}", "</b>".repeat(20_000));
    let refusal = document::put("<a/>", &NodeSelector::root("a").child("b"), body, None);
    assert_eq!(refusal.unwrap_err().conflict().unwrap().name(), "not-xml-frag");
    assert_quick("20,000 declarations in scope", start);
}
