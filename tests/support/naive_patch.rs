//! RFC 5261 the simple way, on a tree that can be changed: what the patches of texts are compared
//! with. It knows no bytes, and it is slow.

use std::collections::BTreeMap;

use roxmltree::{Document, Node as Parsed, NodeType};
use xcaplib::diff::PatchErrorKind as Kind;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    Element(Element),
    Text(String),
    Comment(String),
    Instruction(String, Option<String>),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: Name,
    /// The empty prefix is the default namespace.
    pub(crate) declarations: BTreeMap<String, String>,
    pub(crate) attributes: Vec<(Name, String)>,
    pub(crate) children: Vec<Node>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) prefix: String,
    pub(crate) namespace: String,
    pub(crate) local: String,
}

pub(crate) type Scope = BTreeMap<String, String>;
pub(crate) type Path = Vec<usize>;

#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(crate) sel: Sel,
    pub(crate) action: Action,
}

#[derive(Clone, Debug)]
pub(crate) enum Action {
    Add(&'static str, String),
    AddAttribute(Name, String),
    AddNamespace(String, String),
    Replace(String),
    Remove(&'static str),
}

#[derive(Clone, Debug)]
pub(crate) struct Sel {
    pub(crate) steps: Vec<Step>,
    pub(crate) last: Last,
}

#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) name: Option<Name>,
    pub(crate) predicates: Vec<Predicate>,
}

#[derive(Clone, Debug)]
pub(crate) enum Predicate {
    Position(usize),
    Attribute(Name, String),
    Child(Name, String),
    Own(String),
}

#[derive(Clone, Debug)]
pub(crate) enum Last {
    Element,
    Text(Option<usize>),
    Comment(Option<usize>),
    Instruction(Option<String>, Option<usize>),
    Attribute(Name),
    Namespace(String),
}

enum Target {
    Node(Path),
    Attribute(Path, usize),
    Namespace(Path, String),
}

/// The tree of a text, under an element that stands for the document.
pub(crate) fn parse(xml: &str) -> Option<Element> {
    let document = Document::parse(xml).ok()?;
    let mut root = Element { children: children(document.root()), ..Element::default() };
    normalise(&mut root);
    Some(root)
}

fn children(parent: Parsed<'_, '_>) -> Vec<Node> {
    parent
        .children()
        .map(|node| match node.node_type() {
            NodeType::Element => Node::Element(element(node)),
            NodeType::Comment => Node::Comment(node.text().unwrap().to_owned()),
            NodeType::PI => {
                let pi = node.pi().unwrap();
                Node::Instruction(pi.target.to_owned(), pi.value.map(str::to_owned))
            }
            _ => Node::Text(node.text().unwrap().to_owned()),
        })
        .collect()
}

fn prefix_of(written: &str) -> String {
    let name = written.split([' ', '\n', '=', '/', '>']).next().unwrap();
    name.split_once(':').map_or("", |(prefix, _)| prefix).to_owned()
}

/// A start tag up to its `>`.
fn tag(text: &str) -> &str {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '>') => return &text[..at],
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    text
}

fn element(node: Parsed<'_, '_>) -> Element {
    let xml = node.document().input_text();
    let text = &xml[node.range().start + 1..];
    // Values of the generated documents hold no ` xmlns`.
    let tag = tag(text);
    let declares = |prefix: Option<&str>| {
        let name = prefix.map_or("xmlns=".to_owned(), |prefix| format!("xmlns:{prefix}="));
        tag.contains(&format!(" {name}"))
    };
    Element {
        name: Name {
            prefix: prefix_of(text),
            namespace: node.tag_name().namespace().unwrap_or_default().to_owned(),
            local: node.tag_name().name().to_owned(),
        },
        declarations: node
            .namespaces()
            .filter(|namespace| declares(namespace.name()))
            .map(|namespace| {
                (namespace.name().unwrap_or_default().to_owned(), namespace.uri().to_owned())
            })
            .collect(),
        attributes: node
            .attributes()
            .map(|attribute| {
                let name = Name {
                    prefix: prefix_of(&xml[attribute.range()]),
                    namespace: attribute.namespace().unwrap_or_default().to_owned(),
                    local: attribute.name().to_owned(),
                };
                (name, attribute.value().to_owned())
            })
            .collect(),
        children: children(node),
    }
}

/// No empty texts, and none beside another.
fn normalise(element: &mut Element) {
    let mut merged: Vec<Node> = Vec::new();
    for mut node in element.children.drain(..) {
        match (&mut node, merged.last_mut()) {
            (Node::Text(text), _) if text.is_empty() => continue,
            (Node::Text(text), Some(Node::Text(before))) => {
                before.push_str(text);
                continue;
            }
            (Node::Element(child), _) => normalise(child),
            _ => {}
        }
        merged.push(node);
    }
    element.children = merged;
}

/// Applies the operations in turn; `scope` is what the diff declares.
pub(crate) fn apply(
    root: &Element,
    operations: &[Operation],
    scope: &Scope,
) -> Result<Element, Kind> {
    let mut root = root.clone();
    for operation in operations {
        one(&mut root, operation, scope)?;
        normalise(&mut root);
    }
    Ok(root)
}

fn one(root: &mut Element, operation: &Operation, scope: &Scope) -> Result<(), Kind> {
    let mut targets = locate(root, &operation.sel);
    let target = match (targets.pop(), targets.is_empty()) {
        (Some(target), true) => target,
        _ => return Err(Kind::UnlocatedNode),
    };
    match (&operation.action, target) {
        (Action::Add(pos, content), Target::Node(path)) => add(root, &path, pos, content, scope),
        (Action::AddAttribute(name, value), Target::Node(path)) => {
            let Some(Node::Element(_)) = get(root, &path) else {
                return Err(Kind::InvalidNodeTypes);
            };
            let own = own_prefix(root, &path);
            let mut name = name.clone();
            let is_there = |found: &(Name, String)| same(&found.0, &name);
            if element_at(root, &path).attributes.iter().any(is_there) {
                return Err(Kind::InvalidAttributeValue);
            }
            if !name.namespace.is_empty() {
                name.prefix = choose(&name, &own, &in_scope(root, &path), &[], true)?;
            }
            element_at(root, &path).attributes.push((name, value.clone()));
            Ok(())
        }
        (Action::AddNamespace(prefix, uri), Target::Node(path)) => {
            let Some(Node::Element(element)) = get(root, &path) else {
                return Err(Kind::InvalidNodeTypes);
            };
            let inherited = in_scope(root, &path).get(prefix).cloned();
            if element.declarations.contains_key(prefix)
                || (inherited.is_some_and(|old| old != *uri) && uses(element, prefix, true))
            {
                return Err(Kind::InvalidNamespacePrefix);
            }
            element_at(root, &path).declarations.insert(prefix.clone(), uri.clone());
            Ok(())
        }
        (Action::Replace(content), target) => replace(root, target, content, scope),
        (Action::Remove(ws), target) => remove(root, target, ws),
        _ => panic!("nothing is added to an attribute"),
    }
}

fn add(
    root: &mut Element,
    path: &Path,
    pos: &str,
    content: &str,
    scope: &Scope,
) -> Result<(), Kind> {
    let is_element = matches!(get(root, path), Some(Node::Element(_)));
    let (parent, index) = match pos {
        "before" => (path[..path.len() - 1].to_vec(), path[path.len() - 1]),
        "after" => (path[..path.len() - 1].to_vec(), path[path.len() - 1] + 1),
        _ if !is_element => return Err(Kind::InvalidNodeTypes),
        "prepend" => (path.clone(), 0),
        _ => (path.clone(), usize::MAX),
    };
    let mut new = content_nodes(content, scope);
    if parent.is_empty() {
        if new.iter().any(|node| matches!(node, Node::Element(_))) {
            return Err(Kind::InvalidRootElementOperation);
        }
        let is_bare = !content.replace("<!--", "").replace("<?", "").contains(['&', '<']);
        if !is_bare || new.iter().any(|node| matches!(node, Node::Text(text) if !is_blank(text))) {
            return Err(Kind::InvalidXmlPrologOperation);
        }
        new.retain(|node| !matches!(node, Node::Text(_)));
    }
    let (own, outer) = (own_prefix(root, &parent), in_scope(root, &parent));
    for node in &mut new {
        graft(node, &own, &outer, &mut Vec::new())?;
    }
    let siblings = &mut element_at(root, &parent).children;
    let index = index.min(siblings.len());
    siblings.splice(index..index, new);
    Ok(())
}

fn replace(root: &mut Element, target: Target, content: &str, scope: &Scope) -> Result<(), Kind> {
    let mut new = content_nodes(content, scope);
    let text: String = new.iter().filter_map(text_of).collect();
    let only_text = new.iter().all(|node| matches!(node, Node::Text(_)));
    let value = || match (only_text, content.contains("<![CDATA[")) {
        (false, _) => Err(Kind::InvalidNodeTypes),
        (true, true) => Err(Kind::InvalidAttributeValue),
        (true, false) => Ok(text.clone()),
    };
    match target {
        Target::Attribute(path, index) => {
            element_at(root, &path).attributes[index].1 = value()?;
        }
        Target::Namespace(path, prefix) => {
            let uri = value()?;
            if uri.is_empty() {
                return Err(Kind::InvalidNamespaceUri);
            }
            let element = element_at(root, &path);
            rename(element, &prefix, &uri);
            element.declarations.insert(prefix, uri);
            if has_twins(element) {
                return Err(Kind::NotWellFormed);
            }
        }
        Target::Node(path) => {
            let parent = path[..path.len() - 1].to_vec();
            let (own, outer) = (own_prefix(root, &parent), in_scope(root, &parent));
            let old = get(root, &path).unwrap();
            let fits = match old {
                Node::Text(_) => only_text,
                old => {
                    new.len() == 1 && std::mem::discriminant(old) == std::mem::discriminant(&new[0])
                }
            };
            if !fits {
                return Err(Kind::InvalidNodeTypes);
            }
            for node in &mut new {
                graft(node, &own, &outer, &mut Vec::new())?;
            }
            let index = path[path.len() - 1];
            element_at(root, &parent).children.splice(index..=index, new);
        }
    }
    Ok(())
}

fn remove(root: &mut Element, target: Target, ws: &str) -> Result<(), Kind> {
    let Target::Node(path) = target else {
        if !ws.is_empty() {
            return Err(Kind::InvalidWhitespaceDirective);
        }
        match target {
            Target::Attribute(path, index) => {
                element_at(root, &path).attributes.remove(index);
            }
            Target::Namespace(path, prefix) => {
                let element = element_at(root, &path);
                if uses(element, &prefix, true) {
                    return Err(Kind::InvalidNamespacePrefix);
                }
                element.declarations.remove(&prefix);
            }
            Target::Node(_) => {}
        }
        return Ok(());
    };
    let index = path[path.len() - 1];
    let parent = path[..path.len() - 1].to_vec();
    match get(root, &path).unwrap() {
        Node::Text(_) if !ws.is_empty() => return Err(Kind::InvalidWhitespaceDirective),
        Node::Element(_) if parent.is_empty() => return Err(Kind::InvalidRootElementOperation),
        _ => {}
    }
    let siblings = &mut element_at(root, &parent).children;
    let is_space = |node: Option<&Node>| matches!(node, Some(Node::Text(text)) if is_blank(text));
    let (before, after) = (matches!(ws, "before" | "both"), matches!(ws, "after" | "both"));
    if (before && (index == 0 || !is_space(siblings.get(index - 1))))
        || (after && !is_space(siblings.get(index + 1)))
    {
        return Err(Kind::InvalidWhitespaceDirective);
    }
    siblings.drain(index - usize::from(before)..=index + usize::from(after));
    Ok(())
}

fn content_nodes(content: &str, scope: &Scope) -> Vec<Node> {
    let declarations: String = scope
        .iter()
        .map(|(prefix, uri)| match prefix.as_str() {
            "" => format!(" xmlns='{uri}'"),
            prefix => format!(" xmlns:{prefix}='{uri}'"),
        })
        .collect();
    let wrapped = parse(&format!("<w{declarations}>{content}</w>")).unwrap();
    match wrapped.children.into_iter().next() {
        Some(Node::Element(element)) => element.children,
        _ => panic!("a wrapper is an element"),
    }
}

/// Section 4.2.3.
fn graft(node: &mut Node, own: &str, outer: &Scope, local: &mut Vec<String>) -> Result<(), Kind> {
    let Node::Element(element) = node else { return Ok(()) };
    let depth = local.len();
    local.extend(element.declarations.keys().cloned());
    if !local.contains(&element.name.prefix) {
        element.name.prefix = choose(&element.name, own, outer, local, false)?;
    }
    for (name, _) in &mut element.attributes {
        if !name.prefix.is_empty() && name.prefix != "xml" && !local.contains(&name.prefix) {
            name.prefix = choose(name, own, outer, local, true)?;
        }
    }
    for child in &mut element.children {
        graft(child, own, outer, local)?;
    }
    local.truncate(depth);
    Ok(())
}

fn choose(
    name: &Name,
    own: &str,
    outer: &Scope,
    hidden: &[String],
    is_attribute: bool,
) -> Result<String, Kind> {
    if name.namespace.is_empty() {
        let is_free = !outer.contains_key("");
        return if is_free { Ok(String::new()) } else { Err(Kind::InvalidNamespaceUri) };
    }
    let mut list: Vec<&str> = outer
        .iter()
        .filter(|(prefix, uri)| **uri == name.namespace && !hidden.contains(prefix))
        .map(|(prefix, _)| prefix.as_str())
        .filter(|prefix| !is_attribute || !prefix.is_empty())
        .collect();
    if list.is_empty() {
        return Err(Kind::InvalidNamespaceUri);
    }
    for wanted in [name.prefix.as_str(), own] {
        if list.contains(&wanted) {
            return Ok(wanted.to_owned());
        }
    }
    list.push(&name.prefix);
    list.sort_unstable();
    let place = list.iter().position(|prefix| *prefix == name.prefix).unwrap();
    let chosen = if place == 0 { list[1] } else { list[place - 1] };
    Ok(chosen.to_owned())
}

fn locate(root: &Element, sel: &Sel) -> Vec<Target> {
    let mut paths: Vec<Path> = vec![vec![]];
    for step in &sel.steps {
        paths = paths.iter().flat_map(|path| walk(root, path, step)).collect();
    }
    paths.into_iter().flat_map(|path| finish(root, path, &sel.last)).collect()
}

fn walk(root: &Element, path: &Path, step: &Step) -> Vec<Path> {
    let mut found: Vec<Path> = child_paths(root, path, |node| match (node, &step.name) {
        (Node::Element(_), None) => true,
        (Node::Element(element), Some(name)) => same(&element.name, name),
        _ => false,
    });
    for predicate in &step.predicates {
        if let Predicate::Position(position) = predicate {
            let one = position.checked_sub(1).and_then(|index| found.get(index).cloned());
            found = one.into_iter().collect();
            continue;
        }
        found.retain(|path| {
            let Some(Node::Element(element)) = get(root, path) else { return false };
            match predicate {
                Predicate::Position(_) => true,
                Predicate::Attribute(name, value) => {
                    element.attributes.iter().any(|(n, v)| same(n, name) && v == value)
                }
                Predicate::Own(value) => string_value(element) == *value,
                Predicate::Child(name, value) => element.children.iter().any(|node| {
                    matches!(node, Node::Element(child)
                        if same(&child.name, name) && string_value(child) == *value)
                }),
            }
        });
    }
    found
}

fn finish(root: &Element, path: Path, last: &Last) -> Vec<Target> {
    let element = match get(root, &path) {
        None => root,
        Some(Node::Element(element)) => element,
        Some(_) => panic!("steps lead to elements"),
    };
    let nodes = |wanted: &dyn Fn(&Node) -> bool, position: &Option<usize>| {
        let found = child_paths(root, &path, wanted).into_iter().map(Target::Node);
        match position {
            None => found.collect(),
            Some(0) => vec![],
            Some(position) => found.skip(position - 1).take(1).collect(),
        }
    };
    match last {
        Last::Element => vec![Target::Node(path)],
        Last::Text(position) => nodes(&|node| matches!(node, Node::Text(_)), position),
        Last::Comment(position) => nodes(&|node| matches!(node, Node::Comment(_)), position),
        Last::Instruction(name, position) => nodes(
            &|node| matches!(node, Node::Instruction(n, _) if name.as_ref().is_none_or(|w| w == n)),
            position,
        ),
        Last::Attribute(name) => {
            let index = element.attributes.iter().position(|(found, _)| same(found, name));
            index.into_iter().map(|index| Target::Attribute(path.clone(), index)).collect()
        }
        Last::Namespace(prefix) if element.declarations.contains_key(prefix) => {
            vec![Target::Namespace(path, prefix.clone())]
        }
        Last::Namespace(_) => vec![],
    }
}

fn child_paths(root: &Element, path: &Path, wanted: impl Fn(&Node) -> bool) -> Vec<Path> {
    let children = match get(root, path) {
        None => &root.children,
        Some(Node::Element(element)) => &element.children,
        Some(_) => return vec![],
    };
    let indices = (0..children.len()).filter(|index| wanted(&children[*index]));
    indices.map(|index| path.iter().copied().chain([index]).collect()).collect()
}

/// The node at a path; `None` is the document.
pub(crate) fn get<'r>(root: &'r Element, path: &[usize]) -> Option<&'r Node> {
    let (first, rest) = path.split_first()?;
    let mut node = &root.children[*first];
    for index in rest {
        let Node::Element(element) = node else { panic!("paths lead through elements") };
        node = &element.children[*index];
    }
    Some(node)
}

fn element_at<'r>(root: &'r mut Element, path: &[usize]) -> &'r mut Element {
    path.iter().fold(root, |element, index| match &mut element.children[*index] {
        Node::Element(child) => child,
        _ => panic!("paths lead through elements"),
    })
}

fn own_prefix(root: &Element, path: &[usize]) -> String {
    match get(root, path) {
        Some(Node::Element(element)) => element.name.prefix.clone(),
        _ => String::new(),
    }
}

/// What is declared at an element and around it.
pub(crate) fn in_scope(root: &Element, path: &[usize]) -> Scope {
    let mut scope = Scope::new();
    for len in 1..=path.len() {
        if let Some(Node::Element(element)) = get(root, &path[..len]) {
            scope.extend(element.declarations.clone());
        }
    }
    scope.retain(|_, uri| !uri.is_empty());
    scope
}

fn names(element: &Element) -> impl Iterator<Item = &Name> {
    [&element.name].into_iter().chain(element.attributes.iter().map(|(name, _)| name))
}

fn uses(element: &Element, prefix: &str, is_top: bool) -> bool {
    (is_top || !element.declarations.contains_key(prefix))
        && (names(element).any(|name| name.prefix == prefix)
            || element
                .children
                .iter()
                .any(|node| matches!(node, Node::Element(child) if uses(child, prefix, false))))
}

fn rename(element: &mut Element, prefix: &str, uri: &str) {
    let attributes = element.attributes.iter_mut().map(|(name, _)| name);
    for name in [&mut element.name].into_iter().chain(attributes) {
        if name.prefix == prefix {
            uri.clone_into(&mut name.namespace);
        }
    }
    for node in &mut element.children {
        if let Node::Element(child) = node {
            if !child.declarations.contains_key(prefix) {
                rename(child, prefix, uri);
            }
        }
    }
}

fn has_twins(element: &Element) -> bool {
    let names: Vec<_> = element.attributes.iter().map(|(name, _)| name).collect();
    (0..names.len()).any(|i| names[..i].iter().any(|name| same(name, names[i])))
        || element
            .children
            .iter()
            .any(|node| matches!(node, Node::Element(child) if has_twins(child)))
}

fn same(a: &Name, b: &Name) -> bool {
    a.namespace == b.namespace && a.local == b.local
}

pub(crate) fn string_value(element: &Element) -> String {
    element
        .children
        .iter()
        .map(|node| match node {
            Node::Element(child) => string_value(child),
            Node::Text(text) => text.clone(),
            _ => String::new(),
        })
        .collect()
}

fn text_of(node: &Node) -> Option<&str> {
    match node {
        Node::Text(text) => Some(text),
        _ => None,
    }
}

fn is_blank(text: &str) -> bool {
    text.chars().all(|c| matches!(c, ' ' | '\t' | '\n' | '\r'))
}
