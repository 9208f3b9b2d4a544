//! The calls a second time, in the simplest way: a tree of another parser, and the text cut where
//! it says. It knows no selectors and no drafts.

use roxmltree::{Document, Node};

use super::generate::{CONTACTS, Call, RESOURCE_LISTS};

/// The text after a call.
pub(crate) fn made(text: &str, call: &Call) -> String {
    match call {
        Call::Make(path) => with_lists(text, path),
        Call::Set(path, contact, name) => set(&with_lists(text, path), path, *contact, *name),
        Call::Remove(path, contact) => remove(&with_lists(text, path), path, *contact),
        Call::Move(path, contact, to) => move_to(&with_lists(text, path), path, *contact, to),
        Call::Name(path, name) => {
            let text = with_lists(text, path);
            let document = Document::parse(&text).unwrap();
            renamed(&text, at(&document, path).unwrap(), name)
        }
        Call::RemoveList(path) => {
            let (name, above) = path.split_last().unwrap();
            let text = with_lists(text, above);
            let document = Document::parse(&text).unwrap();
            let named = |child: &Node<'_, '_>| plain(*child, "name") == Some(name);
            let lists = ours(at(&document, above).unwrap(), "list").into_iter().filter(named);
            without(&text, lists.collect())
        }
    }
}

fn is_ours(node: &Node<'_, '_>) -> bool {
    node.is_element() && node.tag_name().namespace() == Some(RESOURCE_LISTS)
}

fn ours<'a, 'd>(parent: Node<'a, 'd>, local: &str) -> Vec<Node<'a, 'd>> {
    let children = parent.children().filter(is_ours);
    children.filter(|child| child.tag_name().name() == local).collect()
}

fn plain<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    let mut attributes = node.attributes();
    let found = attributes.find(|a| a.namespace().is_none() && a.name() == name)?;
    Some(found.value())
}

fn at<'a, 'd>(document: &'a Document<'d>, path: &[&str]) -> Option<Node<'a, 'd>> {
    path.iter().try_fold(document.root_element(), |outer, name| {
        ours(outer, "list").into_iter().find(|list| plain(*list, "name") == Some(name))
    })
}

/// The entry of a contact: in its spelling, or else the first.
fn entry<'a, 'd>(list: Node<'a, 'd>, contact: usize) -> Option<Node<'a, 'd>> {
    let (spelling, _) = CONTACTS[contact];
    let all = entries(list, contact);
    let exact = all.iter().find(|entry| plain(**entry, "uri") == Some(spelling));
    exact.or(all.first()).copied()
}

fn entries<'a, 'd>(list: Node<'a, 'd>, contact: usize) -> Vec<Node<'a, 'd>> {
    let who = |uri: &str| CONTACTS.iter().find(|(spelling, _)| *spelling == uri).unwrap().1;
    let (spelling, _) = CONTACTS[contact];
    let entries = ours(list, "entry").into_iter();
    entries.filter(|entry| who(plain(*entry, "uri").unwrap()) == who(spelling)).collect()
}

fn with_lists(text: &str, path: &[&str]) -> String {
    let mut text = text.to_owned();
    for depth in 0..path.len() {
        let document = Document::parse(&text).unwrap();
        if at(&document, &path[..=depth]).is_none() {
            let outer = at(&document, &path[..depth]).unwrap();
            let prefix = prefix(&text, outer);
            let new = format!("<{prefix}list name={}/>", quoted(path[depth]));
            text = added(&text, outer, "list", &new);
        }
    }
    text
}

fn set(text: &str, path: &[&str], contact: usize, name: Option<&str>) -> String {
    let document = Document::parse(text).unwrap();
    let list = at(&document, path).unwrap();
    match (entry(list, contact), name) {
        (Some(entry), Some(name)) => renamed(text, entry, name),
        (Some(_), None) => text.to_owned(),
        (None, name) => {
            let prefix = prefix(text, list);
            let uri = quoted(CONTACTS[contact].0);
            let new = match name {
                None => format!("<{prefix}entry uri={uri}/>"),
                Some(name) => {
                    let name = named(&prefix, name);
                    format!("<{prefix}entry uri={uri}>{name}</{prefix}entry>")
                }
            };
            added(text, list, "entry", &new)
        }
    }
}

fn remove(text: &str, path: &[&str], contact: usize) -> String {
    let document = Document::parse(text).unwrap();
    without(text, entries(at(&document, path).unwrap(), contact))
}

fn move_to(text: &str, path: &[&str], contact: usize, to: &[&str]) -> String {
    let document = Document::parse(text).unwrap();
    let Some(here) = entry(at(&document, path).unwrap(), contact) else { return text.to_owned() };
    let moved = text[here.range()].to_owned();
    if path == to {
        return text.to_owned();
    }
    let text = with_lists(text, to);
    let document = Document::parse(&text).unwrap();
    let there = at(&document, to).unwrap();
    let text = match entry(there, contact) {
        Some(_) => text,
        None => added(&text, there, "entry", &moved),
    };
    remove(&text, path, contact)
}

/// Behind the last of its name, or else of its namespace, or else first.
fn added(text: &str, parent: Node<'_, '_>, local: &str, new: &str) -> String {
    let last = ours(parent, local).pop().or_else(|| parent.children().rfind(is_ours));
    match last {
        Some(last) => spliced(text, last.range().end, new),
        None => first(text, parent, new),
    }
}

fn renamed(text: &str, element: Node<'_, '_>, name: &str) -> String {
    let Some(&old) = ours(element, "display-name").first() else {
        return first(text, element, &named(&prefix(text, element), name));
    };
    let nodes = old.descendants().filter(Node::is_text);
    if nodes.filter_map(|node| node.text()).collect::<String>() == name {
        return text.to_owned();
    }
    let (start, range) = (start_tag(text, old), old.range());
    let (open, close) = (&text[range.start..start], &text[range.clone()]);
    let tag = open.trim_end_matches("/>").trim_end_matches('>').trim_end();
    let qname = tag[1..].split_whitespace().next().unwrap();
    let end = match open.ends_with("/>") {
        true => format!("</{qname}>"),
        false => close[close.rfind("</").unwrap()..].to_owned(),
    };
    [&text[..range.start], tag, ">", &escaped(name), &end, &text[range.end..]].concat()
}

fn named(prefix: &str, name: &str) -> String {
    match name {
        "" => format!("<{prefix}display-name/>"),
        name => format!("<{prefix}display-name>{}</{prefix}display-name>", escaped(name)),
    }
}

/// Right behind the start tag, which is opened where it is an empty one.
fn first(text: &str, element: Node<'_, '_>, new: &str) -> String {
    let end = start_tag(text, element);
    if !text[..end].ends_with("/>") {
        return spliced(text, end, new);
    }
    let qname = text[element.range().start + 1..].split([' ', '\n', '/', '>']).next().unwrap();
    format!("{}>{new}</{qname}>{}", &text[..end - 2], &text[end..])
}

/// The end of the start tag: its first `>` outside of quotes.
fn start_tag(text: &str, element: Node<'_, '_>) -> usize {
    let mut quote = None;
    let start = element.range().start;
    for (at, c) in text[start..].char_indices() {
        match (quote, c) {
            (None, '>') => return start + at + 1,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
    }
    text.len()
}

fn prefix(text: &str, element: Node<'_, '_>) -> String {
    let is_prefixed = text[element.range()].starts_with("<l:");
    if is_prefixed { "l:".to_owned() } else { String::new() }
}

fn without(text: &str, mut elements: Vec<Node<'_, '_>>) -> String {
    elements.sort_by_key(|element| std::cmp::Reverse(element.range().start));
    elements.iter().fold(text.to_owned(), |mut text, element| {
        text.replace_range(element.range(), "");
        text
    })
}

fn spliced(text: &str, at: usize, new: &str) -> String {
    [&text[..at], new, &text[at..]].concat()
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('\r', "&#13;")
}

fn quoted(value: &str) -> String {
    let value = value.replace('&', "&amp;").replace('<', "&lt;");
    match value.contains('"') {
        true => format!("'{value}'"),
        false => format!("\"{value}\""),
    }
}
