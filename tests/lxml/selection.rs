//! Selectors as XPath, and what the engine finds.

use xcaplib::document::{self, Selected};
use xcaplib::{NodeSelector, Terminal};

use super::generate::{self, Case};
use super::oracle::{Question, ask, text};
use super::{seed, xpath};

const CASES: u64 = 6_000;

#[test]
fn selection_is_that_of_xpath() {
    let cases: Vec<(Case, Question)> = (0..CASES)
        .map(|index| generate::case(seed().wrapping_add(index)))
        .map(with_the_prefix_xml)
        .filter_map(|case| question(&case).map(|question| (case, question)))
        .collect();
    let (cases, questions): (Vec<_>, Vec<_>) = cases.into_iter().unzip();
    let Some(answers) = ask(questions) else { return };
    let (mut found, mut several) = (0, 0);
    for (case, answer) in cases.iter().zip(&answers) {
        found += usize::from(!matches!(answer.as_str(), "none" | "several"));
        several += usize::from(answer == "several");
        assert_eq!(ours(case), theirs(answer), "{case}");
    }
    println!("{} compared, {found} found, {several} ambiguous", cases.len());
    assert!(cases.len() >= 5_000, "{} compared", cases.len());
    assert!(found * 100 >= cases.len() * 30, "{found} of {} found", cases.len());
    assert!(several * 100 >= cases.len() * 5, "{several} of {} ambiguous", cases.len());
}

/// In some documents, elements with the prefix `xml`, which the generator does not make.
fn with_the_prefix_xml(case: Case) -> Case {
    if case.seed % 10 != 0 {
        return case;
    }
    let renamed =
        |text: &str| text.replace("<entry", "<xml:entry").replace("</entry", "</xml:entry");
    let selector = case.selector.to_string().replace("/entry", "/xml:entry");
    // Steps of extensions have no text that can be parsed.
    let Ok(selector) = selector.parse::<NodeSelector>() else { return case };
    let selector =
        case.selector.bindings().fold(selector, |selector, (p, ns)| selector.bind(p, ns));
    Case { xml: renamed(&case.xml), selector, ..case }
}

fn question(case: &Case) -> Option<Question> {
    let selector = &case.selector;
    selector.check().ok()?;
    let default_ns = generate::unprefixed(&case.xml, case.default_ns);
    let default_ns = default_ns.as_deref();
    let steps = xpath::steps(selector, default_ns)?.join("\n");
    let terminal = match selector.terminal() {
        // That is no attribute to either.
        Some(Terminal::Attribute(name)) if name.to_string() == "xmlns" => return None,
        Some(Terminal::Attribute(name)) => format!("@{name}"),
        Some(_) => "namespace::*".to_owned(),
        None => String::new(),
    };
    let default = default_ns.map(|namespace| (xpath::DEFAULT, namespace));
    let bindings: Vec<String> =
        selector.bindings().chain(default).map(|(p, ns)| format!("{p}={ns}")).collect();
    Some(Question::new("select", [case.xml.as_str(), &bindings.join("\n"), &steps, &terminal]))
}

/// What was found, and in which of the document's elements.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    NotWellFormed,
    Nothing,
    Element(usize),
    Attribute(String),
    Bindings(Vec<String>),
}

fn theirs(answer: &str) -> Found {
    let fields: Vec<&str> = answer.split(' ').collect();
    match fields.as_slice() {
        ["element", ordinal] => Found::Element(ordinal.parse().unwrap()),
        ["attribute", _, value] => Found::Attribute(text(value)),
        ["bindings", _, bindings] => {
            let bindings = text(bindings);
            Found::Bindings(bindings.lines().map(str::to_owned).collect())
        }
        ["none" | "several"] => Found::Nothing,
        ["no", _] => Found::NotWellFormed,
        _ => panic!("{answer}"),
    }
}

fn ours(case: &Case) -> Found {
    match document::get(&case.xml, &case.selector, case.default_ns) {
        Ok(selected) => match case.selector.terminal() {
            None => Found::Element(ordinal(&case.xml, &selected)),
            Some(Terminal::Attribute(_)) => Found::Attribute(value(&selected)),
            Some(_) => Found::Bindings(bindings(selected.as_str())),
        },
        Err(refusal) if refusal.status() == 404 => Found::Nothing,
        Err(_) => Found::NotWellFormed,
    }
}

/// How many elements begin before the one that was found, which is a part of the document's text.
fn ordinal(xml: &str, selected: &Selected<'_>) -> usize {
    let at = selected.as_str().as_ptr() as usize - xml.as_ptr() as usize;
    let mut rest = &xml[..at];
    let mut count = 0;
    while let Some((_, markup)) = rest.split_once('<') {
        let end = match markup {
            _ if markup.starts_with("!--") => "-->",
            _ if markup.starts_with("![CDATA[") => "]]>",
            _ if markup.starts_with('?') => "?>",
            _ => {
                count += usize::from(!markup.starts_with('/'));
                rest = markup;
                continue;
            }
        };
        rest = markup.split_once(end).unwrap().1;
    }
    count
}

fn value(selected: &Selected<'_>) -> String {
    let xml = format!("<a b={}/>", selected.att_value().unwrap());
    let document = roxmltree::Document::parse(&xml).unwrap();
    document.root_element().attributes().next().unwrap().value().to_owned()
}

fn bindings(element: &str) -> Vec<String> {
    let declared = match element.split_once(' ') {
        Some((_, declared)) => format!("<a {declared}"),
        None => "<a/>".to_owned(),
    };
    let document = roxmltree::Document::parse(&declared).unwrap();
    let namespaces = document.root_element().namespaces();
    let mut bindings: Vec<String> = namespaces
        .filter(|namespace| namespace.name() != Some("xml"))
        .map(|namespace| format!("{}={}", namespace.name().unwrap_or_default(), namespace.uri()))
        .collect();
    bindings.sort();
    bindings
}
