//! Seeded documents, selectors and bodies. Few names and values, so that selectors often match and
//! are often ambiguous.

#![allow(dead_code, reason = "no test binary uses all of it")]
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "test support")]

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use roxmltree::{Document, NS_XML_URI, Node};
use xcaplib::{NodeSelector, document};

const NAMESPACES: [&str; 3] = ["urn:one", "urn:two", "urn:three"];
const LOCALS: [&str; 4] = ["list", "list", "entry", "a"];
const PREFIXES: [&str; 3] = ["p", "q", "r"];
const ATTRIBUTES: [&str; 4] = ["id", "id", "k", "xml:lang"];
const VALUES: [&str; 10] = ["1", "1", "2", "2", "3", "x/y", "it's", "say \"hi\"", "<&>", "é]"];
const BETWEEN: [&str; 8] = [
    "\n  ",
    "\n",
    " ",
    "<!-- <a id='1'/> -->",
    "<?p <a>?>",
    "<![CDATA[<a/>]]>",
    "text",
    "&amp;&#x41;",
];
const BROKEN: [&str; 15] = [
    "",
    "text",
    "<a/><a/>",
    "<a>",
    "<a></b>",
    "<!-- c --><a/>",
    "<a/>text",
    "<?xml version=\"1.0\"?><a/>",
    "<a id=\"1\" id=\"2\"/>",
    "<a>&undefined;</a>",
    "<nowhere:a xmlns:p=\"urn:one\"/>",
    "<a/></w><w>",
    "<a>]]></a>",
    "<a id=1/>",
    "<!DOCTYPE a><a/>",
];

/// The choices that are given, then splitmix64.
#[derive(Clone, Debug)]
pub(crate) struct Rng {
    given: std::vec::IntoIter<u8>,
    state: u64,
}

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        Self { given: Vec::new().into_iter(), state: seed }
    }

    /// One byte is one choice.
    pub(crate) fn of_choices(choices: &[u8]) -> Self {
        Self { given: Vec::from(choices).into_iter(), state: 0 }
    }

    pub(crate) fn next(&mut self) -> u64 {
        if let Some(choice) = self.given.next() {
            return u64::from(choice);
        }
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    pub(crate) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

/// A document, a selector and a body.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) seed: u64,
    pub(crate) xml: String,
    pub(crate) default_ns: Option<&'static str>,
    pub(crate) selector: NodeSelector,
    pub(crate) body: String,
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, xml, default_ns, selector, body } = self;
        writeln!(f, "XCAPLIB_SEED={seed}, the first case of that seed")?;
        writeln!(f, "selector:   {selector}")?;
        writeln!(f, "bindings:   {:?}", selector.bindings().collect::<Vec<_>>())?;
        writeln!(f, "default:    {default_ns:?}")?;
        writeln!(f, "body:       {body:?}")?;
        writeln!(f, "document:   {xml:?}")
    }
}

/// The first case of a seed; the next seed has the next one.
pub(crate) fn case(seed: u64) -> Case {
    case_of(Rng::new(seed), seed)
}

/// The case that these choices lead to.
pub(crate) fn case_of_choices(choices: &[u8]) -> Case {
    case_of(Rng::of_choices(choices), 0)
}

fn case_of(mut rng: Rng, seed: u64) -> Case {
    let default_ns = if rng.percent(85) { Some(rng.pick(&NAMESPACES)) } else { None };
    // Where it is not known, the root element says it.
    let own = if rng.percent(50) { Some(rng.pick(&NAMESPACES)) } else { None };
    let mut xml = document(&mut rng, default_ns.or(own));
    let meant = unprefixed(&xml, default_ns);
    let (selector, body) = request(&mut rng, &xml, meant.as_deref());
    if rng.percent(1) {
        xml.push_str("<a/>");
    }
    Case { seed, xml, default_ns, selector, body }
}

/// The namespace that a name without a prefix means in a document.
pub(crate) fn unprefixed(xml: &str, default_ns: Option<&str>) -> Option<String> {
    if default_ns.is_some() {
        return default_ns.map(str::to_owned);
    }
    // An element with the root element's name and bindings; the parser of the tests does not know
    // each name that the document may hold.
    let root = NodeSelector::root("*").namespaces();
    let bindings = document::get(xml, &root, Some("")).ok()?;
    if bindings.as_str().starts_with("<xml:") {
        return Some(NS_XML_URI.to_owned());
    }
    let document = Document::parse(bindings.as_str()).ok()?;
    document.root_element().tag_name().namespace().map(str::to_owned)
}

fn document(rng: &mut Rng, default_ns: Option<&str>) -> String {
    let mut out = String::new();
    if rng.percent(8) {
        out.push('\u{feff}');
    }
    if rng.percent(35) {
        out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    }
    if rng.percent(15) {
        out.push_str("<!-- top --><?p top?>\n");
    }
    let mut declarations = Vec::new();
    if let Some(namespace) = default_ns.filter(|_| rng.percent(80)) {
        declarations.push((String::new(), namespace));
    }
    for prefix in PREFIXES {
        if rng.percent(45) {
            declarations.push((prefix.to_owned(), rng.pick(&NAMESPACES)));
        }
    }
    element(rng, &mut out, &BTreeMap::new(), declarations, 0);
    if rng.percent(50) {
        out.push_str("\n<!-- end -->\n");
    }
    if rng.percent(12) { out.replace('\n', "\r\n") } else { out }
}

fn element(
    rng: &mut Rng,
    out: &mut String,
    outer: &BTreeMap<String, String>,
    mut declarations: Vec<(String, &str)>,
    depth: usize,
) {
    if rng.percent(12) && declarations.is_empty() {
        let namespace = if rng.percent(25) { "" } else { rng.pick(&NAMESPACES) };
        declarations.push((String::new(), namespace));
    }
    if rng.percent(8) && depth > 0 {
        declarations.push((rng.pick(&PREFIXES).to_owned(), rng.pick(&NAMESPACES)));
    }
    let mut scope = outer.clone();
    scope.extend(declarations.iter().map(|(prefix, ns)| (prefix.clone(), (*ns).to_owned())));
    let name = name(rng, &scope);
    write!(out, "<{name}").unwrap();
    attributes(rng, out, &scope, &declarations);
    content(rng, out, &scope, &name, depth);
}

fn name(rng: &mut Rng, scope: &BTreeMap<String, String>) -> String {
    let local = rng.pick(&LOCALS);
    let prefixes: Vec<&String> = scope.keys().filter(|prefix| !prefix.is_empty()).collect();
    if prefixes.is_empty() || rng.percent(70) {
        return (*local).to_owned();
    }
    format!("{}:{local}", rng.pick(&prefixes))
}

fn attributes(
    rng: &mut Rng,
    out: &mut String,
    scope: &BTreeMap<String, String>,
    declarations: &[(String, &str)],
) {
    let mut list: Vec<(String, String)> = Vec::new();
    for (prefix, namespace) in declarations {
        let colon = if prefix.is_empty() { "" } else { ":" };
        list.push((format!("xmlns{colon}{prefix}"), (*namespace).to_owned()));
    }
    for _ in 0..rng.below(4) {
        list.push((rng.pick(&ATTRIBUTES).to_owned(), rng.pick(&VALUES).to_owned()));
    }
    // At most one, as two prefixes may be bound to one namespace.
    if let Some(prefix) = scope.keys().find(|prefix| !prefix.is_empty()) {
        if rng.percent(20) {
            list.push((format!("{prefix}:id"), rng.pick(&VALUES).to_owned()));
        }
    }
    let mut written: Vec<String> = Vec::new();
    while !list.is_empty() {
        let (name, value) = list.swap_remove(rng.below(list.len()));
        if !written.contains(&name) {
            let space = rng.pick(&[" ", " ", " ", "\n  ", "  "]);
            let equals = rng.pick(&["=", "=", "=", "=", " = "]);
            write!(out, "{space}{name}{equals}{}", quoted(rng, &value)).unwrap();
            written.push(name);
        }
    }
}

/// The value between quotes, escaped in one of the ways that XML has.
fn quoted(rng: &mut Rng, value: &str) -> String {
    let quote = rng.pick(&['"', '"', '\'']);
    let mut out = String::from(quote);
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '"' if quote == '"' => out.push_str("&quot;"),
            '\'' if quote == '\'' => out.push_str("&apos;"),
            c if rng.percent(2) => write!(out, "&#{};", u32::from(c)).unwrap(),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

fn content(
    rng: &mut Rng,
    out: &mut String,
    scope: &BTreeMap<String, String>,
    name: &str,
    depth: usize,
) {
    let most = [5, 4, 3, 1][depth.min(3)];
    let count = rng.below(most) + usize::from(depth == 0);
    if count == 0 && rng.percent(60) {
        out.push_str(rng.pick(&["/>", "/>", " />"]));
        return;
    }
    out.push_str(rng.pick(&[">", ">", ">", " >"]));
    for _ in 0..count {
        between(rng, out);
        element(rng, out, scope, Vec::new(), depth + 1);
    }
    between(rng, out);
    write!(out, "</{name}{}>", rng.pick(&["", "", "", "", " "])).unwrap();
}

fn between(rng: &mut Rng, out: &mut String) {
    while rng.percent(55) {
        let most = if rng.percent(60) { 3 } else { BETWEEN.len() };
        out.push_str(BETWEEN[rng.below(most)]);
    }
}

/// One step of a selector before it is written.
#[derive(Clone, Debug)]
struct Choice {
    /// None: a wildcard.
    name: Option<Expanded>,
    position: Option<usize>,
    test: Option<(Expanded, String)>,
}

type Expanded = (Option<String>, String);

fn request(rng: &mut Rng, xml: &str, default_ns: Option<&str>) -> (NodeSelector, String) {
    let document = Document::parse(xml).unwrap();
    let all: Vec<Node<'_, '_>> = document.descendants().filter(Node::is_element).collect();
    let mut target = rng.pick(&all);
    let create = rng.percent(30);
    // What goes beside nothing, and the root element, are soon tried.
    let is_dull = |node: Node<'_, '_>| match create {
        true => node.first_element_child().is_none(),
        false => node.parent_element().is_none(),
    };
    if is_dull(target) && rng.percent(60) {
        target = rng.pick(&all);
    }
    let mut ancestry: Vec<_> = target.ancestors().filter(Node::is_element).collect();
    ancestry.reverse();
    let mut choices: Vec<Choice> = ancestry.iter().map(|node| choice(rng, *node)).collect();
    let mut parent = target.parent_element();
    if create {
        choices.push(new_choice(rng, target));
        parent = Some(target);
    }
    if rng.percent(30) {
        mutate(rng, &mut choices);
    }
    let is_attribute = rng.percent(20);
    let selector = written(rng, &choices, default_ns);
    if is_attribute {
        let name = terminal(rng, target, create);
        let (selector, name) = bound(rng, selector, &name, None);
        return (selector.attribute(&name), attribute_body(rng));
    }
    if rng.percent(2) {
        return (selector.namespaces(), "<a/>".to_owned());
    }
    if rng.percent(1) {
        return (selector.attribute("xmlns"), "urn:one".to_owned());
    }
    let body = if !create && rng.percent(15) {
        xml[target.range()].to_owned()
    } else {
        element_body(rng, choices.last().unwrap(), parent)
    };
    (selector, body)
}

/// A step that selects this element, more often than not this one alone.
fn choice(rng: &mut Rng, node: Node<'_, '_>) -> Choice {
    let name = expanded(node);
    let mut choice =
        Choice { name: (!rng.percent(15)).then_some(name), position: None, test: None };
    let siblings: Vec<_> = node
        .parent()
        .unwrap()
        .children()
        .filter(|other| {
            other.is_element() && choice.name.as_ref().is_none_or(|name| expanded(*other) == *name)
        })
        .collect();
    let is_precise = siblings.len() > 1 && rng.percent(80);
    let attributes: Vec<_> = node.attributes().collect();
    if !attributes.is_empty() && (is_precise && rng.percent(60) || rng.percent(15)) {
        let attribute = rng.pick(&attributes);
        let name = (attribute.namespace().map(str::to_owned), attribute.name().to_owned());
        choice.test = Some((name, attribute.value().to_owned()));
    }
    if is_precise && (choice.test.is_none() || rng.percent(20)) || rng.percent(5) {
        choice.position = siblings.iter().position(|other| *other == node).map(|at| at + 1);
    }
    choice
}

/// A step that might select an element yet to be made under this one.
fn new_choice(rng: &mut Rng, parent: Node<'_, '_>) -> Choice {
    let name = new_name(rng, parent);
    let is_any = rng.percent(30);
    let same = |node: &Node<'_, '_>| node.is_element() && (is_any || expanded(*node) == name);
    let positions = parent.children().filter(same).count() + 1 + usize::from(rng.percent(10));
    let id = (None, rng.pick(&["id", "k"]).to_owned());
    Choice {
        name: (!is_any).then_some(name),
        position: rng.percent(45).then(|| 1 + rng.below(positions)),
        test: rng.percent(80).then(|| (id, rng.pick(&["9", "9", "3", "é]"]).to_owned())),
    }
}

/// Often the name of a sibling, as what is new then goes beside it.
fn new_name(rng: &mut Rng, parent: Node<'_, '_>) -> Expanded {
    let siblings: Vec<_> = parent.children().filter(Node::is_element).collect();
    if !siblings.is_empty() && rng.percent(60) {
        return expanded(rng.pick(&siblings));
    }
    let ns = match rng.below(4) {
        0 => Some(rng.pick(&NAMESPACES).to_owned()),
        _ => namespace(parent),
    };
    (ns, rng.pick(&["list", "entry", "a", "new"]).to_owned())
}

fn mutate(rng: &mut Rng, choices: &mut Vec<Choice>) {
    let at = if rng.percent(60) { choices.len() - 1 } else { rng.below(choices.len()) };
    let choice = &mut choices[at];
    match rng.below(8) {
        0 => choice.position = Some(1 + rng.below(4)),
        1 => choice.position = None,
        2 => choice.test = None,
        3 => {
            if let Some((_, value)) = &mut choice.test {
                *value = rng.pick(&VALUES).to_owned();
            }
        }
        4 => choice.name = None,
        5 => {
            if let Some((_, local)) = &mut choice.name {
                *local = rng.pick(&LOCALS).to_owned();
            }
        }
        6 => {
            if let Some((namespace, _)) = &mut choice.name {
                *namespace = Some(rng.pick(&NAMESPACES).to_owned());
            }
        }
        _ if rng.percent(50) && choices.len() > 1 => drop(choices.pop()),
        _ => choices.push(choices[0].clone()),
    }
}

fn written(rng: &mut Rng, choices: &[Choice], default_ns: Option<&str>) -> NodeSelector {
    // A builder has to begin somewhere; the bindings of one selector go to the next.
    let mut selector = NodeSelector::root("*");
    for (index, Choice { name, position, test }) in choices.iter().enumerate() {
        let name = match name {
            Some(name) if name.0.is_some() || default_ns.is_none() => {
                let (next, name) = bound(rng, selector, name, default_ns);
                selector = next;
                name
            }
            _ => "*".to_owned(),
        };
        selector = if index == 0 {
            selector.bindings().fold(NodeSelector::root(&name), |new, (p, ns)| new.bind(p, ns))
        } else if rng.percent(1) {
            selector.extension("id('x')")
        } else {
            selector.child(&name)
        };
        if matches!(selector.steps().last(), Some(xcaplib::Step::Extension(_))) {
            continue;
        }
        if let Some(position) = position {
            selector = selector.nth(*position);
        }
        if let Some((name, value)) = test {
            let (next, name) = bound(rng, selector, name, None);
            selector = next.with_attr(&name, value);
        }
    }
    if rng.percent(10) { selector.bind("unused", "urn:unused") } else { selector }
}

/// A name as the selector writes it, and the selector with its prefix bound.
fn bound(
    rng: &mut Rng,
    selector: NodeSelector,
    (namespace, local): &Expanded,
    default_ns: Option<&str>,
) -> (NodeSelector, String) {
    let Some(namespace) = namespace else { return (selector, local.clone()) };
    if namespace == NS_XML_URI {
        return (selector, format!("xml:{local}"));
    }
    if default_ns == Some(namespace) && rng.percent(85) {
        return (selector, local.clone());
    }
    if rng.percent(1) {
        return (selector, format!("unbound:{local}"));
    }
    // `p`, `q` and `r` mostly mean something else in the document, and one prefix one namespace.
    let known = selector.bindings().find(|(prefix, ns)| ns == namespace && *prefix != "unused");
    let prefix = match known {
        Some((prefix, _)) => prefix.to_owned(),
        None => {
            let free = ["p", "q", "r", "x", "y", "z"];
            let free = free.iter().filter(|p| selector.bindings().all(|(used, _)| used != **p));
            rng.pick(&free.collect::<Vec<_>>()).to_string()
        }
    };
    (selector.bind(&prefix, namespace), format!("{prefix}:{local}"))
}

fn terminal(rng: &mut Rng, target: Node<'_, '_>, create: bool) -> Expanded {
    let attributes: Vec<_> = target.attributes().collect();
    if !create && !attributes.is_empty() && rng.percent(75) {
        let attribute = rng.pick(&attributes);
        return (attribute.namespace().map(str::to_owned), attribute.name().to_owned());
    }
    match rng.below(8) {
        0 => (Some(NS_XML_URI.to_owned()), "lang".to_owned()),
        1 | 2 => (Some(rng.pick(&NAMESPACES).to_owned()), "id".to_owned()),
        _ => (None, rng.pick(&["id", "k", "new", "new"]).to_owned()),
    }
}

fn attribute_body(rng: &mut Rng) -> String {
    let value = rng.pick(&VALUES);
    let escaped = value.replace('&', "&amp;").replace('<', "&lt;");
    match rng.below(20) {
        0 | 19 => rng
            .pick(&["<", "a & b", "&undefined;", "\"", "\"a", "it's \"it\"", "\"a\"b\""])
            .to_owned(),
        1 => String::new(),
        2..=10 => escaped,
        _ => quoted(rng, value),
    }
}

/// Mostly an element that the step selects once it is there.
fn element_body(rng: &mut Rng, choice: &Choice, parent: Option<Node<'_, '_>>) -> String {
    if rng.percent(6) {
        return rng.pick(&BROKEN).to_owned();
    }
    let mut name = match (&choice.name, parent) {
        (Some(name), _) => name.clone(),
        (None, Some(parent)) => new_name(rng, parent),
        (None, None) => (None, "a".to_owned()),
    };
    if rng.percent(5) {
        name = (Some(rng.pick(&NAMESPACES).to_owned()), rng.pick(&LOCALS).to_owned());
    }
    let mut declarations = String::new();
    let tag = body_name(rng, &name, parent, &mut declarations, true);
    let mut attributes = String::new();
    if let Some((name, value)) = choice.test.as_ref().filter(|_| !rng.percent(5)) {
        let tag = body_name(rng, name, parent, &mut declarations, false);
        let value = if rng.percent(4) { rng.pick(&VALUES) } else { value };
        write!(attributes, " {tag}={}", quoted(rng, value)).unwrap();
    }
    if rng.percent(20) {
        attributes.push_str(" more='1'");
    }
    let inside = rng.pick(&[
        "",
        "",
        "",
        "text",
        "<a/>",
        "\n  <list id='1'>\n  </list>\n",
        "<!-- c --><![CDATA[<]]>&#60;",
    ]);
    let around = if rng.percent(8) { "\n " } else { "" };
    if inside.is_empty() && rng.percent(70) {
        return format!("{around}<{tag}{declarations}{attributes}/>{around}");
    }
    format!("{around}<{tag}{attributes}{declarations}>{inside}</{tag}>{around}")
}

/// A name by a prefix that the document has, or by a declaration of its own.
fn body_name(
    rng: &mut Rng,
    (namespace, local): &Expanded,
    parent: Option<Node<'_, '_>>,
    declarations: &mut String,
    is_element: bool,
) -> String {
    let inherited = parent.and_then(|parent| parent.lookup_namespace_uri(None));
    let inherited = inherited.filter(|namespace| !namespace.is_empty());
    let Some(namespace) = namespace else {
        if is_element && inherited.is_some() {
            declarations.push_str(" xmlns=\"\"");
        }
        return local.clone();
    };
    if namespace == NS_XML_URI {
        return format!("xml:{local}");
    }
    if is_element && inherited == Some(namespace) && rng.percent(70) {
        return local.clone();
    }
    let prefix = parent.and_then(|parent| {
        let mut prefixes = PREFIXES.iter();
        prefixes.find(|prefix| parent.lookup_namespace_uri(Some(prefix)) == Some(namespace))
    });
    if let Some(prefix) = prefix.filter(|_| rng.percent(60)) {
        return format!("{prefix}:{local}");
    }
    if is_element && rng.percent(60) {
        write!(declarations, " xmlns='{namespace}'").unwrap();
        return local.clone();
    }
    let prefix = if is_element { "own" } else { "mine" };
    write!(declarations, " xmlns:{prefix}=\"{namespace}\"").unwrap();
    format!("{prefix}:{local}")
}

fn expanded(node: Node<'_, '_>) -> Expanded {
    (namespace(node), node.tag_name().name().to_owned())
}

/// `xmlns=""` gives the parser's nodes an empty namespace, which is none.
fn namespace(node: Node<'_, '_>) -> Option<String> {
    node.tag_name().namespace().filter(|namespace| !namespace.is_empty()).map(str::to_owned)
}
