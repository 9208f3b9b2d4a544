//! Selection, PUT and DELETE of RFC 4825, written a second time: slow, obvious, from the RFC alone.
//!
//! A document is a tree of vectors that remembers every byte of its source. Each edit is made on
//! the tree, and the whole selector is then evaluated again. The names and shapes are those of
//! `xcaplib::document`, so that either can stand where the other does.
//!
//! Where the RFC is silent, this is how it is read here:
//! - Section 8's checks are made in its order: extension selectors (404), prefixes (400), the
//!   method (405), then the document, the parent, the body, and the change itself.
//! - A target selector that matches several elements is neither creation nor replacement. No change
//!   of one of them would leave the URI selecting what was put: cannot-insert.
//! - White space around a body is no part of the element and is not inserted, else a second PUT
//!   would not be idempotent. Anything else beside the element is not-xml-frag.
//! - A body with a prefix that nothing binds at its place is no fragment of that document:
//!   not-xml-frag.
//! - The siblings "with the same expanded name" of section 8.2.3 are those named like the inserted
//!   element, also where the target selector has a wildcard.
//! - A document without its root element meets no schema: schema-validation-error. A second root
//!   element could never be found again: cannot-insert.
//! - An attribute with a prefix is created in the namespace that the selector binds the prefix to.
//!   It keeps its prefix where the document binds that to the same namespace, else it gets the
//!   first that the document does; without one a GET would not find it: cannot-insert.
//! - Where nobody says what the default document namespace is, each document says it for itself: it
//!   is that of its root element, and that of a new root element once it is there.
//! - An empty-element tag that gets a child keeps its white space: `<a />` becomes `<a >..</a>`.
//! - Deleting an attribute takes the white space before it along.
//! - A bare attribute body is put between quotes; one that begins with a quote or holds both kinds
//!   cannot be: not-xml-att-value.

#![allow(dead_code, reason = "no test binary uses all of it")]
#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::panic, reason = "test support")]

use std::collections::BTreeMap;

use roxmltree::NS_XML_URI;
use xcaplib::{AttributeTest, NameOrAny, NodeSelector, QName, Step, Terminal};

/// What a selector selects, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Selected(String);

/// A document after a PUT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edit {
    pub(crate) text: String,
    pub(crate) created: bool,
}

/// What a server answers instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    status: u16,
    conflict: Option<Conflict>,
}

/// The name of an xcap-error element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Conflict(&'static str);

/// Prefixes and the namespaces they are bound to; the empty prefix is the default namespace.
pub(crate) type Scope = BTreeMap<String, String>;

/// The indices that lead from the top of a document to an element.
pub(crate) type Path = Vec<usize>;

type Expanded = (Option<String>, String);

#[derive(Clone, Debug)]
enum Node {
    Element(Element),
    /// Text, a comment, a processing instruction, a CDATA section: never looked into.
    Other(String),
}

#[derive(Clone, Debug)]
struct Element {
    name: String,
    attributes: Vec<Attribute>,
    /// White space before the end of the start tag.
    tail: String,
    children: Vec<Node>,
    /// The end tag; an empty-element tag has none.
    end: Option<String>,
}

#[derive(Clone, Debug)]
struct Attribute {
    /// White space before the name.
    space: String,
    name: String,
    /// The `=` and white space around it.
    equals: String,
    quote: char,
    raw: String,
}

impl Selected {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Refusal {
    pub(crate) fn status(&self) -> u16 {
        self.status
    }

    pub(crate) fn conflict(&self) -> Option<&Conflict> {
        self.conflict.as_ref()
    }
}

impl Conflict {
    pub(crate) fn name(&self) -> &str {
        self.0
    }
}

fn status(status: u16) -> Refusal {
    Refusal { status, conflict: None }
}

fn conflict(name: &'static str) -> Refusal {
    Refusal { status: 409, conflict: Some(Conflict(name)) }
}

/// Section 8.3.
pub(crate) fn get(
    xml: &str,
    selector: &NodeSelector,
    default_ns: Option<&str>,
) -> Result<Selected, Refusal> {
    let names = Names::check(selector, default_ns)?;
    let document = parse(xml).ok_or(conflict("not-well-formed"))?;
    let names = names.for_document(&document);
    let path = names.locate(&document, selector.steps()).ok_or(status(404))?;
    let element = element_at(&document, &path);
    let text = match selector.terminal() {
        None => written(&Node::Element(element.clone())),
        Some(Terminal::Attribute(name)) => {
            let found = names.attribute(&document, &path, name).ok_or(status(404))?;
            element.attributes[found].raw.clone()
        }
        Some(Terminal::Namespaces) => bindings_element(element, &scope(&document, &path)),
        Some(_) => return Err(status(404)),
    };
    Ok(Selected(text))
}

/// Section 8.2.
pub(crate) fn put(
    xml: &str,
    selector: &NodeSelector,
    body: &str,
    default_ns: Option<&str>,
) -> Result<Edit, Refusal> {
    let names = Names::check(selector, default_ns)?;
    match selector.terminal() {
        None => put_element(xml, selector, body, &names),
        Some(Terminal::Attribute(name)) => put_attribute(xml, selector, name, body, &names),
        Some(_) => Err(status(405)),
    }
}

/// Section 8.4.
pub(crate) fn delete(
    xml: &str,
    selector: &NodeSelector,
    default_ns: Option<&str>,
) -> Result<String, Refusal> {
    let names = Names::check(selector, default_ns)?;
    if let Some(Terminal::Namespaces) = selector.terminal() {
        return Err(status(405));
    }
    let mut document = parse(xml).ok_or(conflict("not-well-formed"))?;
    // No deletion changes the root element.
    let names = names.for_document(&document);
    let path = names.locate(&document, selector.steps()).ok_or(status(404))?;
    if let Some(Terminal::Attribute(name)) = selector.terminal() {
        let found = names.attribute(&document, &path, name).ok_or(status(404))?;
        element_at_mut(&mut document, &path).attributes.remove(found);
        return Ok(written_all(&document));
    }
    let (last, parent) = path.split_last().unwrap();
    if parent.is_empty() {
        // Section 8.2.5, which section 8.4 applies to what is left: no schema allows an empty text.
        return Err(conflict("schema-validation-error"));
    }
    children_mut(&mut document, parent).remove(*last);
    if names.locate(&document, selector.steps()).is_some() {
        // Section 8.4: "after deletion, the request URI selects another element".
        return Err(conflict("cannot-delete"));
    }
    Ok(written_all(&document))
}

fn put_element(
    xml: &str,
    selector: &NodeSelector,
    body: &str,
    unresolved: &Names<'_>,
) -> Result<Edit, Refusal> {
    let mut document = parse(xml).ok_or(conflict("not-well-formed"))?;
    let names = unresolved.for_document(&document);
    // Section 8.2.1: all but the last segment select the parent.
    let (target, parents) = selector.steps().split_last().unwrap();
    let parent = names.locate(&document, parents).ok_or(conflict("no-parent"))?;
    let found = names.matches(&document, &parent, target);
    let element = fragment(body, &scope(&document, &parent)).ok_or(conflict("not-xml-frag"))?;
    let (index, created) = match found.as_slice() {
        [one] => {
            children_mut(&mut document, &parent)[*one] = Node::Element(element);
            (*one, false)
        }
        [] => {
            let index = names.place(&document, &parent, target, &element)?;
            insert(&mut document, &parent, index, element);
            (index, true)
        }
        _ => return Err(conflict("cannot-insert")),
    };
    let path: Path = parent.iter().copied().chain([index]).collect();
    let text = written_all(&document);
    // Sections 8.2.3 and 8.2.4: the request URI has to select what was put.
    let names = unresolved.for_document(&document);
    if parse(&text).is_none() || names.locate(&document, selector.steps()) != Some(path) {
        return Err(conflict("cannot-insert"));
    }
    Ok(Edit { text, created })
}

fn put_attribute(
    xml: &str,
    selector: &NodeSelector,
    name: &QName,
    body: &str,
    names: &Names<'_>,
) -> Result<Edit, Refusal> {
    let mut document = parse(xml).ok_or(conflict("not-well-formed"))?;
    let names = names.for_document(&document);
    let path = names.locate(&document, selector.steps()).ok_or(conflict("no-parent"))?;
    let (quote, raw) = att_value(body).ok_or(conflict("not-xml-att-value"))?;
    let found = names.attribute(&document, &path, name);
    let written = names.written(&scope(&document, &path), name).ok_or(conflict("cannot-insert"))?;
    let attributes = &mut element_at_mut(&mut document, &path).attributes;
    match found {
        Some(found) => {
            attributes[found].quote = quote;
            attributes[found].raw = raw;
        }
        None => attributes.push(Attribute {
            space: " ".to_owned(),
            name: written,
            equals: "=".to_owned(),
            quote,
            raw,
        }),
    }
    let text = written_all(&document);
    // Section 8.2.4, and 7.7 for both: the URI has to select the attribute that was put.
    let is_found = parse(&text).is_some()
        && names.locate(&document, selector.steps()).as_ref() == Some(&path)
        && names.attribute(&document, &path, name).is_some();
    if !is_found {
        return Err(conflict("cannot-insert"));
    }
    Ok(Edit { text, created: found.is_none() })
}

/// What the names of a selector mean.
#[derive(Clone)]
struct Names<'a> {
    bindings: BTreeMap<&'a str, &'a str>,
    /// Empty where there is none, as opposed to none that is known.
    default_ns: Option<String>,
}

impl<'a> Names<'a> {
    /// Section 8: what is checked before the method is looked at.
    fn check(selector: &'a NodeSelector, default_ns: Option<&'a str>) -> Result<Self, Refusal> {
        let mut bindings: BTreeMap<_, _> = selector.bindings().collect();
        bindings.insert("xml", NS_XML_URI);
        let mut prefixes = Vec::new();
        for step in selector.steps() {
            let Step::Element { name, attribute, .. } = step else { return Err(status(404)) };
            if let NameOrAny::Name(name) = name {
                prefixes.push(name.prefix());
            }
            prefixes.push(attribute.as_ref().and_then(|test| test.name.prefix()));
        }
        if let Some(Terminal::Attribute(name)) = selector.terminal() {
            prefixes.push(name.prefix());
        }
        if prefixes.into_iter().flatten().any(|prefix| !bindings.contains_key(prefix)) {
            return Err(status(400));
        }
        Ok(Self { bindings, default_ns: default_ns.map(str::to_owned) })
    }

    /// The same names, with the default namespace that they have in a document.
    fn for_document(&self, document: &[Node]) -> Self {
        let default_ns = self.default_ns.clone().unwrap_or_else(|| {
            let root = vec![elements(document)[0]];
            let (namespace, _) = expanded_name(element_at(document, &root), &Scope::new());
            namespace.unwrap_or_default()
        });
        Self { default_ns: Some(default_ns), ..self.clone() }
    }

    /// Section 6.3: a name without a prefix is in the default document namespace.
    fn element_name(&self, name: &QName) -> Expanded {
        let namespace = match name.prefix() {
            Some(prefix) => Some(self.bindings[prefix].to_owned()),
            None => self.default_ns.clone().filter(|namespace| !namespace.is_empty()),
        };
        (namespace, name.local().to_owned())
    }

    /// A new attribute's name as the document can write it.
    fn written(&self, scope: &Scope, name: &QName) -> Option<String> {
        let Some(prefix) = name.prefix() else { return Some(name.local().to_owned()) };
        let namespace = self.bindings[prefix];
        let is_bound = |prefix: &str| scope.get(prefix).is_some_and(|found| found == namespace);
        let bound =
            [prefix, "xml"].into_iter().find(|p| is_bound(p) || *p == "xml" && prefix == "xml");
        let bound = bound.or_else(|| {
            let mut prefixes = scope.keys().map(String::as_str);
            prefixes.find(|prefix| !prefix.is_empty() && is_bound(prefix))
        });
        bound.map(|prefix| format!("{prefix}:{}", name.local()))
    }

    /// Section 6.3: a name without a prefix is in no namespace.
    fn attribute_name(&self, name: &QName) -> Expanded {
        let namespace = name.prefix().map(|prefix| self.bindings[prefix].to_owned());
        (namespace, name.local().to_owned())
    }

    /// Section 6.3: every step has to select a single element.
    fn locate(&self, document: &[Node], steps: &[Step]) -> Option<Path> {
        let mut path = Path::new();
        for step in steps {
            match self.matches(document, &path, step).as_slice() {
                [one] => path.push(*one),
                _ => return None,
            }
        }
        Some(path)
    }

    /// Section 6.3: name, then position, then attribute.
    fn matches(&self, document: &[Node], parent: &[usize], step: &Step) -> Vec<usize> {
        let Step::Element { name, position, attribute, .. } = step else { return Vec::new() };
        let mut list = self.enumerated(document, parent, name);
        if let Some(position) = position {
            list = match position.checked_sub(1) {
                Some(before) => list.into_iter().skip(before).take(1).collect(),
                None => Vec::new(),
            };
        }
        if let Some(test) = attribute {
            list.retain(|index| self.has(document, &joined(parent, *index), test));
        }
        list
    }

    /// The children with a name, or all of them, in document order.
    fn enumerated(&self, document: &[Node], parent: &[usize], name: &NameOrAny) -> Vec<usize> {
        match name {
            NameOrAny::Any => elements(children(document, parent)),
            NameOrAny::Name(name) => named(document, parent, &self.element_name(name)),
        }
    }

    fn has(&self, document: &[Node], path: &[usize], test: &AttributeTest) -> bool {
        self.attribute(document, path, &test.name).is_some_and(|found| {
            value(&element_at(document, path).attributes[found].raw) == test.value
        })
    }

    /// The index of an attribute. "A namespace node is NOT an attribute" (section 6.3).
    fn attribute(&self, document: &[Node], path: &[usize], name: &QName) -> Option<usize> {
        let wanted = self.attribute_name(name);
        let scope = scope(document, path);
        element_at(document, path).attributes.iter().position(|attribute| {
            declared(attribute).is_none() && expand(&attribute.name, &scope, None) == wanted
        })
    }

    /// Where among the parent's children a new element goes (section 8.2.3).
    fn place(
        &self,
        document: &[Node],
        parent: &[usize],
        target: &Step,
        element: &Element,
    ) -> Result<usize, Refusal> {
        if parent.is_empty() {
            return Err(conflict("cannot-insert"));
        }
        let Step::Element { name, position, .. } = target else { return Err(status(404)) };
        let end = children(document, parent).len();
        let Some(position) = position else {
            // "Earliest last", or the last of all where no sibling has the name.
            let name = expanded_name(element, &scope(document, parent));
            let siblings = named(document, parent, &name);
            return Ok(siblings.last().map_or(end, |last| last + 1));
        };
        let siblings = self.enumerated(document, parent, name);
        match (*position, siblings.first()) {
            (1, None) => Ok(end),
            (1, Some(first)) => Ok(*first),
            // "Earliest nth": right behind the one before it.
            (n, _) => {
                let before = n.checked_sub(2).and_then(|before| siblings.get(before));
                before.map(|before| before + 1).ok_or(conflict("cannot-insert"))
            }
        }
    }
}

fn insert(document: &mut Vec<Node>, parent: &[usize], index: usize, element: Element) {
    let parent = element_at_mut(document, parent);
    if parent.end.is_none() {
        parent.end = Some(format!("</{}>", parent.name));
    }
    parent.children.insert(index, Node::Element(element));
}

/// Section 8.2.2: a well-balanced region with a single element, in the scope of its parent.
fn fragment(body: &str, scope: &Scope) -> Option<Element> {
    let body = body.trim_matches(is_space);
    let mut wrapped = String::from("<w");
    for (prefix, namespace) in scope {
        let colon = if prefix.is_empty() { "" } else { ":" };
        wrapped.push_str(&format!(" xmlns{colon}{prefix}=\"{}\"", escaped(namespace)));
    }
    wrapped.push_str(&format!(">{body}</w>"));
    let mut document = parse(&wrapped)?;
    let Some(Node::Element(mut wrapper)) = document.pop() else { return None };
    match (wrapper.children.len(), wrapper.children.pop()) {
        (1, Some(Node::Element(element))) if document.is_empty() => Some(element),
        _ => None,
    }
}

/// Section 8.2.2: the delimiter and the text of an `AttValue`, or of what stands between its
/// quotes.
fn att_value(body: &str) -> Option<(char, String)> {
    let (quote, raw) = match body.chars().next() {
        Some(quote @ ('"' | '\'')) => (quote, body.strip_prefix(quote)?.strip_suffix(quote)?),
        _ if body.contains('"') => ('\'', body),
        _ => ('"', body),
    };
    let is_valid = !raw.contains(quote)
        && !raw.contains('<')
        && parse(&format!("<w a={quote}{raw}{quote}/>")).is_some();
    is_valid.then(|| (quote, raw.to_owned()))
}

/// Section 10.
fn bindings_element(element: &Element, scope: &Scope) -> String {
    let mut text = format!("<{}", element.name);
    for (prefix, namespace) in scope {
        let colon = if prefix.is_empty() { "" } else { ":" };
        text.push_str(&format!(" xmlns{colon}{prefix}=\"{}\"", escaped(namespace)));
    }
    text.push_str("/>");
    text
}

/// The name as written and the bindings in scope of a text's root element.
pub(crate) fn bindings_of(text: &str) -> Option<(String, Scope)> {
    let document = parse(text)?;
    let root = vec![*elements(&document).first()?];
    Some((element_at(&document, &root).name.clone(), scope(&document, &root)))
}

fn elements(nodes: &[Node]) -> Vec<usize> {
    (0..nodes.len()).filter(|index| matches!(nodes[*index], Node::Element(_))).collect()
}

fn joined(parent: &[usize], index: usize) -> Path {
    parent.iter().copied().chain([index]).collect()
}

fn children<'a>(document: &'a [Node], parent: &[usize]) -> &'a [Node] {
    if parent.is_empty() { document } else { &element_at(document, parent).children }
}

fn children_mut<'a>(document: &'a mut Vec<Node>, parent: &[usize]) -> &'a mut Vec<Node> {
    let mut nodes = document;
    for index in parent {
        let Node::Element(element) = &mut nodes[*index] else { panic!("no element") };
        nodes = &mut element.children;
    }
    nodes
}

fn element_at<'a>(document: &'a [Node], path: &[usize]) -> &'a Element {
    let (last, parent) = path.split_last().unwrap();
    let Node::Element(element) = &children(document, parent)[*last] else { panic!("no element") };
    element
}

fn element_at_mut<'a>(document: &'a mut Vec<Node>, path: &[usize]) -> &'a mut Element {
    let (last, parent) = path.split_last().unwrap();
    let Node::Element(element) = &mut children_mut(document, parent)[*last] else {
        panic!("no element")
    };
    element
}

/// The prefix that an attribute declares, if it is a namespace declaration.
fn declared(attribute: &Attribute) -> Option<&str> {
    if attribute.name == "xmlns" { Some("") } else { attribute.name.strip_prefix("xmlns:") }
}

fn declare(scope: &mut Scope, element: &Element) {
    for attribute in &element.attributes {
        let Some(prefix) = declared(attribute) else { continue };
        match value(&attribute.raw) {
            none if none.is_empty() => scope.remove(prefix),
            namespace => scope.insert(prefix.to_owned(), namespace),
        };
    }
}

fn scope(document: &[Node], path: &[usize]) -> Scope {
    let mut scope = Scope::new();
    for depth in 1..=path.len() {
        declare(&mut scope, element_at(document, &path[..depth]));
    }
    scope
}

fn expand(name: &str, scope: &Scope, default: Option<&String>) -> Expanded {
    match name.split_once(':') {
        Some(("xml", local)) => (Some(NS_XML_URI.to_owned()), local.to_owned()),
        Some((prefix, local)) => (scope.get(prefix).cloned(), local.to_owned()),
        None => (default.cloned(), name.to_owned()),
    }
}

/// The children with this name, in document order.
fn named(document: &[Node], parent: &[usize], name: &Expanded) -> Vec<usize> {
    let scope = scope(document, parent);
    let children = children(document, parent).iter().enumerate();
    let named = children.filter(|(_, node)| match node {
        Node::Element(element) => expanded_name(element, &scope) == *name,
        Node::Other(_) => false,
    });
    named.map(|(index, _)| index).collect()
}

/// The name of an element that stands, or is to stand, where this scope is.
fn expanded_name(element: &Element, parent: &Scope) -> Expanded {
    let mut scope = parent.clone();
    declare(&mut scope, element);
    expand(&element.name, &scope, scope.get(""))
}

/// XML 1.0 section 3.3.3: references resolved, line breaks and tabs turned into spaces.
fn value(raw: &str) -> String {
    let raw = raw.replace("\r\n", " ").replace(['\r', '\n', '\t'], " ");
    let mut out = String::new();
    let mut rest = raw.as_str();
    while let Some((before, after)) = rest.split_once('&') {
        let (name, behind) = after.split_once(';').unwrap();
        out.push_str(before);
        out.push(referred(name));
        rest = behind;
    }
    out.push_str(rest);
    out
}

fn referred(name: &str) -> char {
    match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let digits = name.strip_prefix('#').unwrap();
            let code = match digits.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => digits.parse(),
            };
            char::from_u32(code.unwrap()).unwrap()
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

fn written_all(nodes: &[Node]) -> String {
    nodes.iter().map(written).collect()
}

fn written(node: &Node) -> String {
    let element = match node {
        Node::Other(text) => return text.clone(),
        Node::Element(element) => element,
    };
    let mut text = format!("<{}", element.name);
    for Attribute { space, name, equals, quote, raw } in &element.attributes {
        text.push_str(&format!("{space}{name}{equals}{quote}{raw}{quote}"));
    }
    text.push_str(&element.tail);
    match &element.end {
        None => text.push_str("/>"),
        Some(end) => {
            text.push_str(&format!(">{}{end}", written_all(&element.children)));
        }
    }
    text
}

/// A well-formed text as a tree. Another parser judges; this one trusts it and keeps the bytes.
fn parse(text: &str) -> Option<Vec<Node>> {
    roxmltree::Document::parse(text).ok()?;
    let mut reader = Reader { rest: text };
    let nodes = reader.nodes();
    assert_eq!(reader.rest, "", "the naive parser stops early in {text:?}");
    assert_eq!(written_all(&nodes), text, "the naive tree has to keep every byte");
    Some(nodes)
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn nodes(&mut self) -> Vec<Node> {
        let mut nodes = Vec::new();
        while !self.rest.is_empty() && !self.rest.starts_with("</") {
            nodes.push(self.node());
        }
        nodes
    }

    fn node(&mut self) -> Node {
        for (start, end) in [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")] {
            if self.rest.starts_with(start) {
                let found = self.rest[start.len()..].find(end).unwrap();
                return Node::Other(self.take(start.len() + found + end.len()));
            }
        }
        if self.rest.starts_with('<') {
            return Node::Element(self.element());
        }
        Node::Other(self.take_until(|c| c == '<'))
    }

    fn element(&mut self) -> Element {
        self.take(1);
        let name = self.take_until(|c| is_space(c) || matches!(c, '/' | '>'));
        let mut attributes = Vec::new();
        let tail = loop {
            let space = self.take_until(|c| !is_space(c));
            if self.rest.starts_with(['/', '>']) {
                break space;
            }
            attributes.push(self.attribute(space));
        };
        if self.take_until(|c| c == '>') == "/" {
            self.take(1);
            return Element { name, attributes, tail, children: Vec::new(), end: None };
        }
        self.take(1);
        let children = self.nodes();
        let end = self.take_until(|c| c == '>') + &self.take(1);
        Element { name, attributes, tail, children, end: Some(end) }
    }

    fn attribute(&mut self, space: String) -> Attribute {
        let name = self.take_until(|c| is_space(c) || c == '=');
        let equals = self.take_until(|c| matches!(c, '"' | '\''));
        let quote = self.rest.chars().next().unwrap();
        self.take(1);
        let raw = self.take_until(|c| c == quote);
        self.take(1);
        Attribute { space, name, equals, quote, raw }
    }

    fn take_until(&mut self, stop: impl Fn(char) -> bool) -> String {
        self.take(self.rest.find(stop).unwrap_or(self.rest.len()))
    }

    fn take(&mut self, len: usize) -> String {
        let (taken, rest) = self.rest.split_at(len);
        self.rest = rest;
        taken.to_owned()
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}
