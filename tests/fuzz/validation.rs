//! Bodies before upload. No server is needed: what is let through meets a closed port.

use std::sync::LazyLock;

use roxmltree::Document;
use xcaplib::{
    Application, Conflict, NameOrAny, NodeSelector, Step, Terminal, XCAPClient, document,
};

use super::error;
use super::xml::is_well_formed;

const USAGES: [&str; 4] =
    ["resource-lists", "rls-services", "pres-rules", "unregistered.h.example"];

/// Nothing listens on port 1 of a machine that runs tests.
static CLIENT: LazyLock<XCAPClient> = LazyLock::new(|| {
    XCAPClient::builder("http://127.0.0.1:1", "sip:alice@h.example").retries(0).build().unwrap()
});

/// A letter that picks the application usage, a selector or nothing, and a body, a 0x1E between
/// them.
pub(crate) fn body(data: &[u8]) {
    let mut fields = data.splitn(3, |byte| *byte == 0x1e);
    let mut field = || fields.next().unwrap_or_default();
    let usage = USAGES[usize::from(field().first().copied().unwrap_or_default()) % USAGES.len()];
    let (Ok(selector), body) = (std::str::from_utf8(field()), field()) else { return };
    if selector.is_empty() {
        document(usage, body);
    } else if let Ok(selector) = selector.parse::<NodeSelector>() {
        if selector.check().is_ok() && selector.terminal() != Some(&Terminal::Namespaces) {
            node(usage, &selector, body);
        }
    }
}

/// Whether the body would be sent; else its error names a line and a column of it.
fn is_accepted(usage: &str, selector: Option<&NodeSelector>, body: &[u8]) -> bool {
    let request = CLIENT.request(usage);
    let request = match selector {
        Some(selector) => request.node(selector),
        None => request,
    };
    let error = request.put(body).unwrap_err();
    error::is_sound(&error);
    assert_eq!(error.is_invalid_input(), error.body_position().is_some(), "{error}");
    if let Some((line, column)) = error.body_position() {
        let text = String::from_utf8_lossy(body);
        let line = text.split('\n').nth(usize::try_from(line).unwrap() - 1).expect("a line");
        assert!(
            (1..=line.chars().count() + 2).contains(&usize::try_from(column).unwrap()),
            "{error}"
        );
        return false;
    }
    assert!(error.is_transport(), "{error}");
    true
}

/// What is sent is a document of its usage, and what is one is sent.
fn document(usage: &str, body: &[u8]) {
    let is_accepted = is_accepted(usage, None, body);
    let text =
        std::str::from_utf8(body).ok().map(|text| text.strip_prefix('\u{feff}').unwrap_or(text));
    let document = text.and_then(|text| Document::parse(text).ok());
    let expected = Application::lookup(usage).and_then(|application| application.root.as_ref());
    let is_right = document.as_ref().is_some_and(|document| {
        let root = document.root_element().tag_name();
        expected.is_none_or(|expected| {
            root.name() == expected.name && root.namespace() == Some(&expected.namespace)
        })
    });
    if is_accepted {
        assert!(is_right, "{:?}", String::from_utf8_lossy(body));
    } else if is_right {
        let text = text.unwrap();
        assert!(text.contains("encoding") || !is_well_formed(text), "{text:?}");
    }
}

/// What can be put into some document is sent, and what is sent is no less than an element or a
/// value.
fn node(usage: &str, selector: &NodeSelector, body: &[u8]) {
    let is_accepted = is_accepted(usage, Some(selector), body);
    let default_ns =
        Application::lookup(usage).and_then(|usage| usage.default_namespace.as_deref());
    let Some(xml) = skeleton(selector, default_ns) else { return };
    match document::put(&xml, selector, body, default_ns) {
        Ok(_) => assert!(is_accepted, "{selector} {:?} into {xml}", String::from_utf8_lossy(body)),
        Err(refusal) => {
            let name = refusal.conflict().map(Conflict::name);
            let is_broken =
                matches!(name, Some("not-utf-8" | "not-xml-frag" | "not-xml-att-value"));
            // Prefixes may be bound in another document, and a server may know what to do with a
            // bare value that holds both kinds of quote.
            let is_for_the_server =
                body.contains(&b':') || (body.contains(&b'"') && body.contains(&b'\''));
            assert!(
                !(is_accepted && is_broken) || is_for_the_server,
                "{refusal}: {selector} {:?} into {xml}",
                String::from_utf8_lossy(body)
            );
        }
    }
}

/// A document that has the parent of what the selector means, if one is easily made.
fn skeleton(selector: &NodeSelector, default_ns: Option<&str>) -> Option<String> {
    let steps = match selector.terminal() {
        Some(_) => selector.steps(),
        None => selector.steps().split_last()?.1,
    };
    let (mut head, mut tail) = (String::new(), String::new());
    for step in steps {
        let Step::Element { name, position: None | Some(1), attribute, .. } = step else {
            return None;
        };
        let name = match name {
            NameOrAny::Name(name) => name.to_string(),
            NameOrAny::Any => "any".to_owned(),
        };
        head.push_str(&format!("<{name}"));
        if tail.is_empty() {
            head.push_str(&default_ns.map_or(String::new(), |ns| format!(" xmlns='{ns}'")));
            for (prefix, namespace) in selector.bindings().filter(|(prefix, _)| *prefix != "xml") {
                head.push_str(&format!(" xmlns:{prefix}='{}'", escaped(namespace)));
            }
        }
        if let Some(test) = attribute {
            head.push_str(&format!(" {}='{}'", test.name, escaped(&test.value)));
        }
        head.push('>');
        tail.insert_str(0, &format!("</{name}>"));
    }
    let xml = format!("{head}{tail}");
    Document::parse(&xml).is_ok().then_some(xml)
}

fn escaped(value: &str) -> String {
    [
        ('&', "&amp;"),
        ('<', "&lt;"),
        ('\'', "&apos;"),
        ('\n', "&#10;"),
        ('\r', "&#13;"),
        ('\t', "&#9;"),
    ]
    .into_iter()
    .fold(value.to_owned(), |text, (from, to)| text.replace(from, to))
}
