//! Node selectors from the text to the wire and back (RFC 4825 section 6).

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

#[path = "support/cases.rs"]
mod cases;

use std::collections::HashSet;

use percent_encoding::percent_decode_str;
use xcaplib::{Error, NameOrAny, NodeSelector, Step, Terminal};

type Fields = Vec<(&'static str, String)>;

/// A selector by its parts alone: `list, 2, @name=friends > entry > @uri; p=urn:x`.
fn parts(selector: &NodeSelector) -> String {
    let mut parts: Vec<String> = selector.steps().iter().map(step_parts).collect();
    match selector.terminal() {
        Some(Terminal::Attribute(name)) => parts.push(format!("@{name}")),
        Some(Terminal::Namespaces) => parts.push("bindings".to_owned()),
        _ => {}
    }
    let mut out = parts.join(" > ");
    for (prefix, namespace) in selector.bindings() {
        out.push_str(&format!("; {prefix}={namespace}"));
    }
    out
}

fn step_parts(step: &Step) -> String {
    match step {
        Step::Element { name, position, attribute, .. } => {
            let mut out = match name {
                NameOrAny::Any => "any".to_owned(),
                NameOrAny::Name(name) => match name.prefix() {
                    Some(prefix) => format!("{} in {prefix}", name.local()),
                    None => name.local().to_owned(),
                },
            };
            if let Some(position) = position {
                out.push_str(&format!(", {position}"));
            }
            if let Some(test) = attribute {
                out.push_str(&format!(", @{}={}", test.name, test.value));
            }
            out
        }
        Step::Extension(text) => format!("extension {text}"),
        _ => panic!("a new kind of step"),
    }
}

fn refusal(error: &Error) -> Fields {
    assert!(error.is_invalid_input());
    vec![("error", error.to_string())]
}

/// What is printed and sent reads back as the same selector.
#[track_caller]
fn reads_back(selector: &NodeSelector) {
    let (shown, wire) = (selector.to_string(), selector.to_encoded());
    assert_eq!(NodeSelector::from_encoded(&wire).as_ref().ok(), Some(selector), "{wire}");
    let parsed: NodeSelector = shown.parse().unwrap();
    assert_eq!(parsed.steps(), selector.steps(), "{shown}");
    assert_eq!(parsed.terminal(), selector.terminal(), "{shown}");
    let path = wire.split('?').next().unwrap();
    let count = selector.steps().len() + usize::from(selector.terminal().is_some());
    assert_eq!(path.matches('/').count(), count, "{wire}");
    assert_eq!(percent_decode_str(path).decode_utf8().unwrap(), shown);
}

#[test]
fn expressions_parse() {
    cases::run("selectors-parsed.txt", &["expression"], |case| {
        match case.get("expression").parse::<NodeSelector>() {
            Ok(selector) => {
                reads_back(&selector);
                vec![
                    ("parts", parts(&selector)),
                    ("shown", selector.to_string()),
                    ("wire", selector.to_encoded()),
                ]
            }
            Err(error) => refusal(&error),
        }
    });
}

#[test]
fn what_does_not_parse_is_shown() {
    cases::run("selectors-refused.txt", &["expression"], |case| {
        match case.get("expression").parse::<NodeSelector>() {
            Ok(selector) => vec![("parts", parts(&selector))],
            Err(error) => refusal(&error),
        }
    });
}

#[test]
fn wire_forms_are_read() {
    cases::run("selectors-wire.txt", &["wire"], |case| {
        match NodeSelector::from_encoded(case.get("wire")) {
            Ok(selector) => {
                reads_back(&selector);
                vec![("parts", parts(&selector))]
            }
            Err(error) => refusal(&error),
        }
    });
}

#[track_caller]
fn checked(selector: &NodeSelector, segments: usize, fault: &str) {
    let expected = format!("node selector `{selector}`: {fault}");
    assert_eq!(selector.check().unwrap_err().to_string(), expected);
    keeps_its_shape(selector, segments);
}

/// Encoded, a selector has one segment for each call, and nothing that is not of a path.
#[track_caller]
fn keeps_its_shape(selector: &NodeSelector, segments: usize) {
    let wire = selector.to_encoded();
    let path = wire.split('?').next().unwrap();
    assert_eq!(path.split('/').count(), segments + 1, "{wire}");
    assert!(wire.matches('?').count() <= 1, "{wire}");
    assert!(wire.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~!$&'()*,;=:@%/?".contains(&b)));
}

fn root() -> NodeSelector {
    NodeSelector::root("a")
}

#[test]
fn a_name_has_to_be_one() {
    for name in
        ["", "1", "a b", "a/b", "a?b", "a#b", "p:", ":b", "p:q:b", "..", "~~", "a[1]", "%2F"]
    {
        let fault = format!("`{name}` is not an XML name");
        checked(&NodeSelector::root(name), 1, &format!("step 1: {fault}"));
        checked(&root().child(name), 2, &format!("step 2: {fault}"));
        checked(&root().with_attr(name, "v"), 1, &format!("step 1: {fault}"));
        checked(&root().attribute(name), 2, &fault);
    }
    let control = root().child("a\n\u{202e}").check().unwrap_err();
    assert_eq!(
        control.to_string(),
        r"node selector `/a/a\n\u{202e}`: step 2: `a\n\u{202e}` is not an XML name"
    );
    let long = root().child(&"b/".repeat(60)).check().unwrap_err().to_string();
    assert!(
        long.starts_with(&format!("node selector `/a/{}b..`: step 2", "b/".repeat(38))),
        "{long}"
    );
    checked(&root().attribute("*"), 2, "`*` is not an XML name");
    checked(&root().with_attr("*", "v"), 1, "step 1: `*` is not an XML name");
}

#[test]
fn positions_values_and_extensions_have_rules() {
    checked(&root().nth(0), 1, "step 1: positions count from 1");
    for (value, code) in [("a\0", "0000"), ("\u{1f}", "001F"), ("\u{ffff}", "FFFF")] {
        let error = root().child("b").with_attr("c", value).check().unwrap_err().to_string();
        let fault =
            format!("`: step 2: the value of `@c` holds U+{code}, which XML does not allow");
        assert!(error.ends_with(&fault), "{error}");
    }
    checked(&root().extension(""), 2, "step 2: an extension needs a text");
    checked(&root().extension("b/c"), 2, "step 2: an extension cannot hold a `/`");
    checked(&root().extension("."), 2, "step 2: an extension cannot be `.`");
    checked(&root().extension(".."), 2, "step 2: an extension cannot be `..`");
    checked(&root().extension("~~"), 2, "step 2: an extension cannot be `~~`");
    for (text, code) in [("x\0", "0000"), ("\u{7f}x", "007F"), ("x\u{85}", "0085")] {
        let error = root().extension(text).check().unwrap_err().to_string();
        assert!(error.ends_with(&format!("step 2: an extension cannot hold U+{code}")), "{error}");
    }
    for text in [
        "b",
        "p:b",
        "*",
        "*[2]",
        "b[2][@c='d']",
        "b[@c=\"d\"]",
        "@b",
        "@p:b",
        "namespace::*",
        "b?xmlns(p=u)",
        "b?",
    ] {
        let fault = "reads as a standard step; build it with `child`, `nth`, `with_attr`, `attribute` or `namespaces`";
        checked(&root().extension(text), 2, &format!("step 2: `{text}` {fault}"));
        checked(&root().extension(text).extension("x()"), 3, &format!("step 2: `{text}` {fault}"));
    }
    let together = "its extensions read together as standard steps";
    checked(&root().extension("b[@c='").extension("']"), 3, together);
    checked(
        &root().extension("b[@c='").child("d").with_attr("e", "']").extension("f[@g='\"]/']"),
        4,
        "step 4: an extension cannot hold a `/`",
    );
    checked(
        &root().extension("b[@c='").child("d").with_attr("e", "']/x[@y='").extension("']"),
        4,
        together,
    );
    for text in ["b[@c='", "b.c()", "b[2][3]", "b[0]", "@*", "namespace::p", "%62", "b c", "b~~"] {
        root().extension(text).check().unwrap();
        assert!(NodeSelector::from_encoded(&root().extension(text).to_encoded()).is_err());
    }
}

#[test]
fn every_call_needs_a_step_it_can_apply_to() {
    let fault =
        |call| format!("`{call}` has no step to apply to, or is the second of its kind there");
    checked(&root().nth(1).nth(2), 1, &fault("nth"));
    checked(&root().with_attr("b", "c").with_attr("d", "e"), 1, &fault("with_attr"));
    checked(&root().extension("x()").nth(1), 2, &fault("nth"));
    checked(&root().attribute("b").child("c"), 2, &fault("child"));
    checked(&root().attribute("b").any_child(), 2, &fault("any_child"));
    checked(&root().attribute("b").extension("c"), 2, &fault("extension"));
    checked(&root().attribute("b").nth(1), 2, &fault("nth"));
    checked(&root().namespaces().with_attr("b", "c"), 2, &fault("with_attr"));
    checked(&root().namespaces().attribute("b"), 2, &fault("attribute"));
    checked(&root().attribute("b").namespaces().nth(0), 2, &fault("namespaces"));
}

#[test]
fn prefixes_have_to_be_bound() {
    let unbound = "the prefix `p` is not bound; add `.bind(\"p\", namespace)`, or \
                   `?xmlns(p=namespace)` to an expression";
    checked(&NodeSelector::root("p:a"), 1, unbound);
    checked(&root().with_attr("p:b", "c"), 1, unbound);
    checked(&root().attribute("p:b").bind("q", "urn:q"), 2, unbound);
    let declaration = "a namespace declaration is not an attribute and has no selector; \
                       `namespace::*` reads those in scope";
    checked(&root().attribute("xmlns:p"), 2, declaration);
    checked(&root().with_attr("xmlns:p", "urn:x"), 1, declaration);
    for prefix in ["", "1", "p:q", "p q", "p)xmlns(q=u"] {
        checked(
            &root().bind(prefix, "u"),
            1,
            &format!("`{prefix}` is not a prefix that can be bound"),
        );
    }
    checked(&root().bind("p", ""), 1, "the prefix `p` is bound to an empty namespace");
    let control = "the prefix `p` is bound to a namespace with U+0002, which XML does not allow";
    checked(&root().bind("p", "u\u{2}"), 1, control);
    let space = "the prefix `p` is bound to ` u`, and `xmlns()` cannot carry white space before a \
                 namespace; take it away";
    checked(&root().bind("p", " u"), 1, space);
    checked(&root().bind("xml", "urn:x"), 1, "the prefix `xml` cannot be bound to `urn:x`");
    checked(&root().bind("xmlns", "urn:x"), 1, "the prefix `xmlns` cannot be bound to `urn:x`");
    let xml = "http://www.w3.org/XML/1998/namespace";
    checked(&root().bind("p", xml), 1, &format!("the prefix `p` cannot be bound to `{xml}`"));

    for good in [
        root().bind("xml", xml),
        root().attribute("xml:lang"),
        NodeSelector::root("p:a").attribute("q:b").bind("p", "urn:p").bind("q", "urn:q"),
        root().bind("unused", "urn:x"),
        root().extension("x:y()"),
    ] {
        good.check().unwrap();
    }
    let rebound = NodeSelector::root("p:a").bind("p", "urn:1").bind("p", "urn:2");
    assert_eq!(rebound.to_encoded(), "/p:a?xmlns(p=urn:2)");
}

#[test]
fn names_of_any_kind_read_back_as_any_child() {
    assert_eq!(NodeSelector::root("*"), "*".parse().unwrap());
    assert_eq!(root().child("*"), root().any_child());
}

/// The way of a value to the wire and back, in both of its texts.
#[track_caller]
fn survives(value: &str) {
    let built = root()
        .child("b")
        .nth(2)
        .with_attr("c", value)
        .child("p:d")
        .with_attr("p:e", value)
        .attribute("f")
        .bind("p", &format!("urn:{value}"));
    built.check().unwrap();
    keeps_its_shape(&built, 4);
    reads_back(&built);
    let Step::Element { attribute: Some(test), .. } = &built.steps()[1] else { panic!() };
    assert_eq!(test.value, value);
}

#[test]
fn values_survive() {
    for value in [
        "",
        " ",
        "é",
        "\"",
        "'",
        "\"'",
        "&",
        "<",
        "]",
        "/",
        "?",
        "#",
        "%",
        "+",
        "~~",
        "%22",
        "/~~/",
        "&quot;",
        "&amp;",
        "\"]/x[@y=\"",
        "']",
        "..",
        "/../",
        "\t",
        "\n",
        "\r",
        "\r\n",
        "  a  ",
        "^()",
        ")xmlns(q=u",
        "?xmlns(p=u)",
        "\u{feff}",
        "\u{202e}",
        "名前",
        "😀",
        "\u{fffd}",
        "\u{7f}",
    ] {
        survives(value);
    }
}

#[test]
fn any_value_survives() {
    const ODD: &[char] = &[
        ' ', '"', '\'', '&', '<', '>', ']', '[', '/', '?', '#', '%', '+', '~', '^', '(', ')', '\n',
        ';',
    ];
    // A linear congruential generator: the same values in every run.
    let mut state = 1_u64;
    let mut random = |below: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    for _ in 0..3_000 {
        let len = random(12);
        let value: String = (0..len)
            .map(|_| match random(3) {
                0 => ODD[random(ODD.len())],
                1 => char::from(b' ' + u8::try_from(random(95)).unwrap()),
                _ => char::from_u32(u32::try_from(random(0x11_0000)).unwrap()).unwrap_or('é'),
            })
            .filter(|c| !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}'))
            .collect();
        survives(&value);
    }
}

#[test]
fn equality_ignores_how_values_are_quoted() {
    let forms = [
        r#"/a[@b="c &amp; &lt;d>"]/p:e?xmlns(p=u)"#,
        r"a[@b='c &#38; &#x3c;d&gt;']/p:e?xmlns( p = u)",
    ];
    let mut set: HashSet<NodeSelector> = forms.iter().map(|form| form.parse().unwrap()).collect();
    set.insert(root().with_attr("b", "c & <d>").child("p:e").bind("p", "u"));
    set.insert(NodeSelector::from_encoded("a[@b='c%20&amp;%20&lt;d%3e']/p:e?xmlns(p=u)").unwrap());
    assert_eq!(set.len(), 1);
    set.insert(root().with_attr("b", "c & <d>").child("p:e"));
    set.insert(root().with_attr("b", "c &amp; <d>").child("p:e").bind("p", "u"));
    assert_eq!(set.len(), 3);
}

#[test]
fn long_input_takes_little_time() {
    let start = std::time::Instant::now();
    for text in [
        "a".repeat(1_000_000) + "!",
        "a/".repeat(500_000),
        format!("a[@b=\"{}\"]{}", "/".repeat(300_000), "/a".repeat(300_000)),
        format!("a?{}", "xmlns(p=u)".repeat(100_000)),
        format!("a[@b=\"{}\"]", "&amp;".repeat(200_000)),
    ] {
        drop(text.parse::<NodeSelector>());
        drop(NodeSelector::from_encoded(
            &text.replace("[@b=\"/", "[@b=\"%2F").replace("//", "%2F%2F"),
        ));
    }
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}

#[test]
fn public_types_cross_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<NodeSelector>();
    shared::<xcaplib::Application>();
    shared::<xcaplib::AttributeTest>();
    shared::<xcaplib::Conflict>();
    shared::<xcaplib::ETag>();
    shared::<xcaplib::ETagArg<'static>>();
    shared::<xcaplib::Element>();
    shared::<Error>();
    shared::<xcaplib::HeadersArg<'static>>();
    shared::<xcaplib::NodeArg<'static>>();
    shared::<xcaplib::Request<'static>>();
    shared::<xcaplib::OptionalRequest<'static>>();
    shared::<xcaplib::Resource>();
    shared::<xcaplib::Response>();
    shared::<Step>();
    shared::<Terminal>();
    shared::<xcaplib::XCAPClient>();
    shared::<xcaplib::XCAPClientBuilder>();
}
