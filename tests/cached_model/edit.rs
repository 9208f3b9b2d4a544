//! One change of a copy, made up for the text that the copy has.

use roxmltree::{Document, Node};
use xcaplib::{CachedDocument, NodeSelector, Result, document};

use crate::body;
use crate::generate::Rng;
use crate::marker::Markers;
use crate::path;
use crate::rewrite::Rewrite;
use crate::usage::Usage;

#[derive(Clone, Debug)]
pub(crate) enum Edit {
    Node(NodeSelector, Action),
    Text(Rewrite),
}

#[derive(Clone, Debug)]
pub(crate) enum Action {
    Put(String),
    Insert(String),
    Replace(String),
    Delete,
}

impl Edit {
    pub(crate) fn new(rng: &mut Rng, markers: &mut Markers, text: &str, usage: Usage) -> Self {
        if rng.percent(18) {
            return Self::Text(Rewrite::new(rng, markers));
        }
        let document = Document::parse(text).unwrap();
        let elements: Vec<Node<'_, '_>> = document.descendants().filter(Node::is_element).collect();
        let target = rng.pick(&elements);
        let is_root = target == document.root_element();
        match rng.below(10) {
            0..=3 => Self::create(rng, markers, target, usage),
            4 | 5 if !is_root => Self::replace(rng, markers, target, usage),
            6 | 7 if !is_root => {
                let path = path::to(rng, target, usage, false);
                Self::Node(path, Action::Delete)
            }
            _ => Self::attribute(rng, markers, target, usage),
        }
    }

    fn create(rng: &mut Rng, markers: &mut Markers, parent: Node<'_, '_>, usage: Usage) -> Self {
        let Some(kind) = body::child_of(rng, parent) else {
            return Self::attribute(rng, markers, parent, usage);
        };
        let id = format!("sip:{}@example.com", markers.next());
        let path = path::to_new(rng, parent, usage, &kind, &id);
        let body = body::element(rng, markers, parent, &kind, Some(&id));
        Self::Node(path, action(rng, body, true))
    }

    fn replace(rng: &mut Rng, markers: &mut Markers, target: Node<'_, '_>, usage: Usage) -> Self {
        let path = path::to(rng, target, usage, false);
        let kind = body::Kind::of(target);
        let id = kind.id.and_then(|id| path::own_attribute(target, id));
        let body = body::element(rng, markers, target.parent().unwrap(), &kind, id);
        Self::Node(path, action(rng, body, false))
    }

    fn attribute(rng: &mut Rng, markers: &mut Markers, target: Node<'_, '_>, usage: Usage) -> Self {
        let own: Vec<&str> = target
            .attributes()
            .filter(|attribute| attribute.namespace().is_none())
            .map(|attribute| attribute.name())
            .collect();
        let name = if own.is_empty() || rng.percent(50) { "note" } else { rng.pick(&own) };
        let is_there = own.contains(&name);
        // A test of the attribute that is to be changed would be false then.
        let by_position = !rng.percent(5);
        let path = path::to(rng, target, usage, by_position);
        let path = path.attribute(name);
        if name == "note" && is_there && rng.percent(50) {
            return Self::Node(path, Action::Delete);
        }
        let value = markers.next();
        let value =
            rng.pick(&["V", "V", "\"V\"", "'V'", "\"V &amp; V\u{e9}\""]).replace('V', &value);
        Self::Node(path, action(rng, value, !is_there))
    }

    /// What a conforming server makes of a text; `None` where it refuses.
    pub(crate) fn of(&self, text: &str, usage: Usage) -> Option<String> {
        let namespace = Some(usage.default_namespace());
        let (selector, action) = match self {
            Self::Node(selector, action) => (selector, action),
            Self::Text(rewrite) => return Some(rewrite.of(text)),
        };
        let put = |body: &str| document::put(text, selector, body, namespace).ok();
        let edit = match action {
            Action::Put(body) => put(body),
            Action::Insert(body) => put(body).filter(|edit| edit.created),
            Action::Replace(body) => put(body).filter(|edit| !edit.created),
            Action::Delete => return document::delete(text, selector, namespace).ok(),
        };
        edit.map(|edit| edit.text)
    }

    /// The node of a text that the change replaces or deletes.
    pub(crate) fn target(&self, text: &str, usage: Usage) -> Option<String> {
        let Self::Node(selector, _) = self else { return None };
        let found = document::get(text, selector, Some(usage.default_namespace())).ok()?;
        Some(found.as_str().to_owned())
    }

    /// Makes the change, and gives each text that it was made of with what came of it: the copy's,
    /// or those that `update` gave to its closure.
    pub(crate) fn make(
        &self,
        copy: &mut CachedDocument,
        usage: Usage,
    ) -> (Result<()>, Vec<(String, String)>) {
        let (selector, action) = match self {
            Self::Node(selector, action) => (selector, action),
            Self::Text(rewrite) => {
                let mut made = Vec::new();
                let result = copy.update(|text| {
                    let new = rewrite.of(text);
                    made.push((text.to_owned(), new.clone()));
                    new
                });
                return (result.map(drop), made);
            }
        };
        let before = copy.text().to_owned();
        let after = self.of(&before, usage);
        let result = match action {
            Action::Put(body) => copy.put(selector, body),
            Action::Insert(body) => copy.insert(selector, body),
            Action::Replace(body) => copy.replace(selector, body),
            Action::Delete => copy.delete(selector),
        };
        (result.map(drop), after.into_iter().map(|after| (before.clone(), after)).collect())
    }

    /// The selector and the body of what is put.
    pub(crate) fn put(&self) -> Option<(&NodeSelector, &str)> {
        match self {
            Self::Node(selector, Action::Put(b) | Action::Insert(b) | Action::Replace(b)) => {
                Some((selector, b))
            }
            _ => None,
        }
    }
}

/// Mostly what fits, or `put`, which always does.
fn action(rng: &mut Rng, body: String, is_new: bool) -> Action {
    match rng.below(20) {
        0..=9 => Action::Put(body),
        10 => Action::Insert(body),
        11 => Action::Replace(body),
        _ if is_new => Action::Insert(body),
        _ => Action::Replace(body),
    }
}
