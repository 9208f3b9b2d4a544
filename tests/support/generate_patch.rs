//! Generated documents and patches: the text and a deliberately naive tree come out the same.

#![allow(dead_code, reason = "no test binary uses all of it")]
#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::panic, reason = "test support")]

use xcaplib::diff::XcapDiff;

use super::naive_patch::{
    self as naive, Action, Element, Last, Name, Node, Operation, Path, Predicate, Scope, Sel, Step,
};

/// The choices that are given, then xorshift64*.
pub(crate) struct Random {
    given: std::vec::IntoIter<u8>,
    state: u64,
}

impl Random {
    pub(crate) fn of_seed(seed: u64) -> Self {
        Self { given: Vec::new().into_iter(), state: seed.max(1) }
    }

    /// One byte is one choice.
    pub(crate) fn of_choices(choices: &[u8]) -> Self {
        Self { given: Vec::from(choices).into_iter(), state: 1 }
    }

    fn below(&mut self, n: usize) -> usize {
        if let Some(choice) = self.given.next() {
            return usize::from(choice) % n;
        }
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        usize::try_from(self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33).unwrap() % n
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

const URIS: [&str; 2] = ["u:", "v:"];
/// No bare CR: the parser leaves one behind a reference as it is.
const TEXTS: [&str; 13] = [
    " ",
    "\n  ",
    "\r\n",
    "\n",
    "]",
    "]]",
    ">",
    "t",
    "é",
    "&amp;",
    "&#32;",
    "<![CDATA[<]]>",
    "<![CDATA[]]>",
];
const BESIDE: [&str; 5] = ["<!--c-->", "<!-- d -->", "<?i?>", "<?j x='1'?>", "\n"];

fn declaration(prefix: &str, uri: &str) -> String {
    if prefix.is_empty() { format!(" xmlns='{uri}'") } else { format!(" xmlns:{prefix}='{uri}'") }
}

fn qualified(prefix: &str, local: &str) -> String {
    if prefix.is_empty() { local.to_owned() } else { format!("{prefix}:{local}") }
}

fn element(random: &mut Random, outer: &Scope, depth: usize) -> String {
    let mut scope = outer.clone();
    let mut tag = String::new();
    for prefix in ["", "p", "q", "x"] {
        if random.one_in(5) {
            let mut uri = random.pick(&URIS);
            if prefix.is_empty() && random.one_in(3) {
                uri = "";
                scope.remove("");
            } else {
                scope.insert(prefix.to_owned(), uri.to_owned());
            }
            tag.push_str(&declaration(prefix, uri));
        }
    }
    let prefixes: Vec<&str> = scope.keys().map(String::as_str).chain([""]).collect();
    for (index, local) in ["a", "b", "c"].into_iter().enumerate() {
        if random.one_in(3) {
            let prefix = if index == 2 { random.pick(&prefixes) } else { "" };
            let value = random.pick(&["1", "2", "", "&lt;", "it&apos;s"]);
            tag.push_str(&format!(" {}=\"{value}\"", qualified(prefix, local)));
        }
    }
    let name = qualified(random.pick(&prefixes), random.pick(&["e", "f", "g"]));
    if random.one_in(4) {
        return format!("<{name}{tag}/>");
    }
    format!("<{name}{tag}>{}</{name}>", content(random, &scope, depth))
}

fn content(random: &mut Random, scope: &Scope, depth: usize) -> String {
    (0..random.below(5))
        .map(|_| match random.below(6) {
            0..3 if depth > 0 => element(random, scope, depth - 1),
            0..5 => random.pick(&TEXTS).to_owned(),
            _ => random.pick(&BESIDE).to_owned(),
        })
        .collect()
}

fn document(random: &mut Random) -> String {
    let mut beside = |n| (0..random.below(n)).map(|_| random.pick(&BESIDE)).collect::<String>();
    let (head, tail) = (beside(3), beside(3));
    let start = random.pick(&["", "\u{feff}", "<?xml version='1.0'?>\n"]);
    format!("{start}{head}{}{tail}", element(random, &Scope::new(), 4))
}

/// All nodes but the document, by their paths.
fn paths(element: &Element, path: &Path, found: &mut Vec<Path>) {
    for (index, node) in element.children.iter().enumerate() {
        let path: Path = path.iter().copied().chain([index]).collect();
        found.push(path.clone());
        if let Node::Element(child) = node {
            paths(child, &path, found);
        }
    }
}

/// A selector that finds the node, and may find others too.
fn selector(random: &mut Random, root: &Element, path: &[usize], for_add: bool) -> Sel {
    let mut steps = Vec::new();
    let mut last = Last::Element;
    for len in 1..=path.len() {
        let siblings = match naive::get(root, &path[..len - 1]) {
            None => &root.children,
            Some(Node::Element(parent)) => &parent.children,
            Some(_) => panic!("paths lead through elements"),
        };
        let index = path[len - 1];
        let position = |wanted: &dyn Fn(&Node) -> bool| {
            1 + siblings[..index].iter().filter(|node| wanted(node)).count()
        };
        let or_none = |random: &mut Random, n| if random.one_in(4) { None } else { Some(n) };
        match &siblings[index] {
            Node::Element(element) => {
                steps.push(step(random, element, siblings, index));
                if len == path.len() && !for_add && random.one_in(3) {
                    last = of_element(random, element);
                }
            }
            Node::Text(_) => {
                let n = position(&|node| matches!(node, Node::Text(_)));
                last = Last::Text(or_none(random, n));
            }
            Node::Comment(_) => {
                let n = position(&|node| matches!(node, Node::Comment(_)));
                last = Last::Comment(or_none(random, n));
            }
            Node::Instruction(name, _) => {
                let name = random.one_in(2).then(|| name.clone());
                let n = position(
                    &|node| matches!(node, Node::Instruction(n, _) if name.as_ref().is_none_or(|w| w == n)),
                );
                last = Last::Instruction(name, or_none(random, n));
            }
        }
    }
    Sel { steps, last }
}

fn of_element(random: &mut Random, element: &Element) -> Last {
    let prefixes: Vec<_> =
        element.declarations.keys().filter(|prefix| !prefix.is_empty()).collect();
    match (prefixes.first(), element.attributes.first()) {
        (Some(prefix), _) if random.one_in(2) => Last::Namespace((*prefix).clone()),
        (_, Some((name, _))) => Last::Attribute(name.clone()),
        _ => Last::Namespace("p".to_owned()),
    }
}

fn step(random: &mut Random, element: &Element, siblings: &[Node], index: usize) -> Step {
    let name = random.one_in(2).then(|| element.name.clone());
    let mut predicates = Vec::new();
    if let (true, Some((name, value))) = (random.one_in(3), element.attributes.first()) {
        predicates.push(Predicate::Attribute(name.clone(), value.clone()));
    }
    let value = naive::string_value(element);
    if random.one_in(8) {
        predicates.push(Predicate::Own(value));
    }
    let child = element.children.iter().find_map(|node| match node {
        Node::Element(child) => Some(child),
        _ => None,
    });
    if let (true, Some(child)) = (random.one_in(8), child) {
        let value = naive::string_value(child);
        predicates.push(Predicate::Child(child.name.clone(), value));
    }
    if predicates.is_empty() && !random.one_in(8) {
        let is_like = |node: &&Node| match (node, &name) {
            (Node::Element(_), None) => true,
            (Node::Element(found), Some(name)) => {
                found.name.namespace == name.namespace && found.name.local == name.local
            }
            _ => false,
        };
        let before = siblings[..index].iter().filter(is_like).count();
        predicates.push(Predicate::Position(before + 1));
    } else if random.one_in(4) {
        predicates.push(Predicate::Position(1));
    }
    Step { name, predicates }
}

fn operation(random: &mut Random, root: &Element, scope: &Scope) -> Operation {
    let mut all = Vec::new();
    paths(root, &vec![], &mut all);
    let path = all[random.below(all.len())].clone();
    let for_add = random.one_in(2);
    let sel = selector(random, root, &path, for_add);
    let action = match random.below(8) {
        0 if for_add => {
            let prefix = random.pick(&["", "", "x", "p"]);
            let namespace = if prefix.is_empty() { "" } else { &scope[prefix] };
            let name = Name {
                prefix: prefix.to_owned(),
                namespace: namespace.to_owned(),
                local: random.pick(&["a", "n"]).to_owned(),
            };
            Action::AddAttribute(name, random.pick(&["1", "'", "\"", "<\n&"]).to_owned())
        }
        1 if for_add => {
            let prefix = random.pick(&["p", "q", "n"]).to_owned();
            Action::AddNamespace(prefix, random.pick(&URIS).to_owned())
        }
        _ if for_add => {
            let pos = random.pick(&["", "", "prepend", "before", "after"]);
            Action::Add(pos, content(random, scope, 2))
        }
        0..4 => Action::Remove(random.pick(&["", "", "before", "after", "both"])),
        _ => Action::Replace(match random.below(4) {
            0 => element(random, scope, 2),
            1 => random.pick(&BESIDE).to_owned(),
            2 => random.pick(&URIS).to_owned(),
            _ => content(random, scope, 1),
        }),
    };
    Operation { sel, action }
}

/// Written with the prefixes of the diff; `None` where it has none for a name.
fn written(name: &Name, scope: &Scope, is_attribute: bool) -> Option<String> {
    if name.namespace.is_empty() {
        return (is_attribute || !scope.contains_key("")).then(|| name.local.clone());
    }
    let mut bound = scope.iter().filter(|(_, uri)| **uri == name.namespace);
    let (prefix, _) = bound.find(|(prefix, _)| !is_attribute || !prefix.is_empty())?;
    Some(qualified(prefix, &name.local))
}

/// A value as an XPath literal in an attribute; `None` where it has both kinds of quote.
fn quoted(value: &str) -> Option<String> {
    let escaped =
        [("&", "&amp;"), ("<", "&lt;"), ("\"", "&quot;"), ("\n", "&#10;"), ("\r", "&#13;")]
            .iter()
            .fold(value.to_owned(), |text, (from, to)| text.replace(from, to));
    match (value.contains('\''), value.contains('"')) {
        (false, _) => Some(format!("'{escaped}'")),
        (true, false) => Some(format!("&quot;{escaped}&quot;")),
        (true, true) => None,
    }
}

fn sel_text(sel: &Sel, scope: &Scope) -> Option<String> {
    let mut parts = Vec::new();
    for step in &sel.steps {
        let mut part = match &step.name {
            None => "*".to_owned(),
            Some(name) => written(name, scope, false)?,
        };
        for predicate in &step.predicates {
            part.push_str(&match predicate {
                Predicate::Position(position) => format!("[{position}]"),
                Predicate::Attribute(name, value) => {
                    format!("[@{}={}]", written(name, scope, true)?, quoted(value)?)
                }
                Predicate::Child(name, value) => {
                    format!("[{}={}]", written(name, scope, false)?, quoted(value)?)
                }
                Predicate::Own(value) => format!("[.={}]", quoted(value)?),
            });
        }
        parts.push(part);
    }
    let at = |n: &Option<usize>| n.map_or(String::new(), |n| format!("[{n}]"));
    parts.extend(match &sel.last {
        Last::Element => None,
        Last::Text(n) => Some(format!("text(){}", at(n))),
        Last::Comment(n) => Some(format!("comment(){}", at(n))),
        Last::Instruction(None, n) => Some(format!("processing-instruction(){}", at(n))),
        Last::Instruction(Some(name), n) => {
            Some(format!("processing-instruction('{name}'){}", at(n)))
        }
        Last::Attribute(name) => Some(format!("@{}", written(name, scope, true)?)),
        Last::Namespace(prefix) => Some(format!("namespace::{prefix}")),
    });
    Some(parts.join("/"))
}

fn markup(operation: &Operation, scope: &Scope) -> Option<String> {
    let sel = sel_text(&operation.sel, scope)?;
    let escaped = |value: &str| value.replace('&', "&amp;").replace('<', "&lt;");
    Some(match &operation.action {
        Action::Add("", content) => format!("<d:add sel=\"{sel}\">{content}</d:add>"),
        Action::Add(pos, content) => {
            format!("<d:add sel=\"{sel}\" pos='{pos}'>{content}</d:add>")
        }
        Action::AddAttribute(name, value) => {
            let (name, value) = (qualified(&name.prefix, &name.local), escaped(value));
            format!("<d:add sel=\"{sel}\" type='@{name}'>{value}</d:add>")
        }
        Action::AddNamespace(prefix, uri) => {
            format!("<d:add type='namespace::{prefix}' sel=\"{sel}\">{uri}</d:add>")
        }
        Action::Replace(content) => format!("<d:replace sel=\"{sel}\">{content}</d:replace>"),
        Action::Remove("") => format!("<d:remove sel=\"{sel}\"/>"),
        Action::Remove(ws) => format!("<d:remove sel=\"{sel}\" ws='{ws}'/>"),
    })
}

/// A document and a patch.
pub(crate) struct Case {
    xml: String,
    root: Element,
    scope: Scope,
    operations: Vec<Operation>,
    /// The operations as they are written.
    texts: String,
}

/// `None` where the choices lead to no document or no operation.
pub(crate) fn case(random: &mut Random) -> Option<Case> {
    let xml = document(random);
    let root = naive::parse(&xml)?;
    let mut scope = Scope::from([("x", "u:"), ("p", "v:")].map(|(p, u)| (p.into(), u.into())));
    if random.one_in(3) {
        scope.insert(String::new(), random.pick(&URIS).to_owned());
    }
    let declarations = declarations(&scope);
    // Operations that fit are collected one by one, so that most patches have several.
    let (mut operations, mut texts, mut current) = (Vec::new(), String::new(), root.clone());
    for _ in 0..=random.below(4) {
        let operation = operation(random, &current, &scope);
        let Some(text) = markup(&operation, &scope) else { continue };
        if XcapDiff::parse(super::diff(&text, &declarations)).is_err() {
            continue;
        }
        operations.push(operation);
        match naive::apply(&root, &operations, &scope) {
            Ok(next) => current = next,
            // Some are kept, to see them refused.
            Err(_) if random.one_in(8) => {
                texts.push_str(&text);
                break;
            }
            Err(_) => {
                operations.pop();
                continue;
            }
        }
        texts.push_str(&text);
    }
    (!operations.is_empty()).then_some(Case { xml, root, scope, operations, texts })
}

fn declarations(scope: &Scope) -> String {
    scope.iter().map(|(prefix, uri)| declaration(prefix, uri)).collect()
}

impl Case {
    /// Compares text and tree; whether the patch was applied, `None` where it is no diff.
    pub(crate) fn check(&self) -> Option<bool> {
        let Self { xml, root, scope, operations, texts } = self;
        let declarations = declarations(scope);
        let diff = XcapDiff::parse(super::diff(texts, &declarations)).ok()?;
        let result = diff.documents().next().unwrap().apply(xml);
        let expected = naive::apply(root, operations, scope);
        let context = format!("{xml:?}\n{declarations}\n{texts}\n{result:?}");
        match (&result, &expected) {
            (Ok(text), Ok(tree)) => {
                assert_eq!(naive::parse(text).as_ref(), Some(tree), "{context}");
                Some(true)
            }
            (Err(error), Err(kind)) => {
                assert_eq!(error.kind(), *kind, "{context}");
                Some(false)
            }
            _ => panic!("expected {expected:?}\n{context}"),
        }
    }
}
