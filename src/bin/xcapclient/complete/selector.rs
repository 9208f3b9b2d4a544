//! Completion of node selectors from the document on the server.

use std::collections::HashMap;

use clap::Parser as _;
use roxmltree::{Attribute, Document, NS_XML_URI, Node};
use xcaplib::{Application, NodeSelector, document};

use crate::args::{Action, Ini, Options};
use crate::call::{Call, Input, Session, bound};

use super::candidate::Candidate;
use super::line::Word;

/// The attributes that identify elements in the usual documents.
const KEYS: [&str; 3] = ["uri", "name", "id"];

/// How the selector at the cursor can go on, given the options of the line.
pub(super) fn candidates(words: &[String], typed: &Word) -> Option<Vec<Candidate>> {
    let program = ["xcapclient".to_owned()];
    let mut options = Options::try_parse_from(program.iter().chain(words)).ok()?;
    // Any other action could read standard input.
    options.action = Action::Get;
    // Reading a terminal or a pipe here would take its input from the real call.
    if options.files().any(|path| !path.is_file()) {
        return None;
    }
    let (begin, _) = split(&typed.value);
    let mut parent = begin.trim_end_matches('/');
    if parent.is_empty() && options.app.is_none() {
        let roots = roots(&typed.value);
        if roots.iter().all(|root| root.text != typed.value) {
            return Some(roots);
        }
        parent = &typed.value;
    }
    options.node_selector = Some(parent.to_owned());
    let found = Found::fetch(&options)?;
    let step = Typed::new(typed);
    let mut offered = found.steps(&typed.value, &step)?;
    offered.retain(|candidate| typed.may_become(&candidate.text));
    match offered.as_slice() {
        // The step is complete: offer the next one.
        [only] if only.text == typed.value && !only.is_final => {
            let step = Typed { has_predicate: false, has_test: false, ..step };
            found.steps(&format!("{}/", typed.value), &step)
        }
        _ => Some(offered),
    }
}

/// The root elements that tell the application usage, and need no prefix.
fn roots(typed: &str) -> Vec<Candidate> {
    let begin = if typed.is_empty() { "/" } else { split(typed).0 };
    let usual = Application::registry().iter().filter_map(|known| {
        let root = known.root.as_ref()?;
        let is_default = known.default_namespace.as_ref() == Some(&root.namespace);
        let is_meant = Application::of_root(None, &root.name, &[]) == [known.auid.as_ref()];
        (is_default && is_meant).then(|| Candidate::open(format!("{begin}{}", root.name)))
    });
    usual.collect()
}

/// Splits a selector after its last `/` into the complete steps and the step being typed.
fn split(text: &str) -> (&str, &str) {
    let (mut quote, mut is_inside, mut begin) = (None, false, 0);
    for (index, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), _) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') if is_inside => quote = Some(c),
            (None, '[') => is_inside = true,
            (None, ']') => is_inside = false,
            (None, '/') if !is_inside => begin = index + 1,
            _ => {}
        }
    }
    text.split_at(begin)
}

/// How the step is being typed.
struct Typed {
    /// Whether a predicate was begun. If so, one is offered even if the name alone would do.
    has_predicate: bool,
    /// Whether an attribute test was begun. If so, all attributes are offered, and not only the
    /// best one.
    has_test: bool,
    /// Whether to write values in apostrophes.
    prefers_apostrophes: bool,
}

impl Typed {
    fn new(word: &Word) -> Self {
        let (_, step) = split(&word.value);
        let prefers_apostrophes = match step.split_once('=') {
            Some((_, value)) if !value.is_empty() => value.starts_with('\''),
            _ => word.open == Some('"'),
        };
        Self {
            has_predicate: step.contains('['),
            has_test: step.contains("[@"),
            prefers_apostrophes,
        }
    }
}

/// The document, and what is needed to write its names in a selector.
struct Found {
    text: String,
    default: Option<String>,
    bindings: Vec<(String, String)>,
}

impl Found {
    fn fetch(options: &Options) -> Option<Self> {
        let session = Session::new(options, &Ini::read().ok()?).ok()?;
        let input = Input::read(options).ok()?;
        let call = Call::new(options, &input, &session).ok()?;
        let text = call.document(session.client()).get().ok()?.into_string();
        let default = call.default_namespace().map(str::to_owned);
        let default = default.or_else(|| root_namespace(&text));
        Some(Self { text, default, bindings: options.bindings.clone() })
    }

    /// The selectors that can continue the complete steps of `typed`.
    fn steps(&self, typed: &str, step: &Typed) -> Option<Vec<Candidate>> {
        let begin = if typed.is_empty() { "/" } else { split(typed).0 };
        let parent = begin.trim_end_matches('/');
        let is_root = parent.is_empty();
        let selector = if is_root { NodeSelector::root("*") } else { parent.parse().ok()? };
        let selector = bound(selector, &self.bindings);
        let element =
            document::get_with_namespaces(&self.text, &selector, self.default.as_deref()).ok()?;
        let tree = Document::parse(element.as_str()).ok()?;
        let root = tree.root_element();
        let parent = if is_root { tree.root() } else { root };
        let mut steps = self.elements(parent, step);
        steps.extend(self.attributes(parent));
        for step in &mut steps {
            step.text.insert_str(0, begin);
        }
        // Control characters could manipulate the terminal.
        steps.retain(|step| !step.text.contains(char::is_control));
        Some(steps)
    }

    fn attributes(&self, element: Node<'_, '_>) -> Vec<Candidate> {
        let names = element.attributes().filter_map(|attribute| self.attribute_name(attribute));
        names.map(|name| Candidate::whole(format!("@{name}"))).collect()
    }

    fn elements(&self, parent: Node<'_, '_>, typed: &Typed) -> Vec<Candidate> {
        let elements: Vec<_> = parent.children().filter(Node::is_element).collect();
        let alike = Alike::count(&elements);
        let mut before = HashMap::new();
        let mut candidates = Vec::new();
        for (index, element) in elements.iter().enumerate() {
            let place = before.entry(name_of(*element)).or_insert(0);
            *place += 1;
            let texts = match self.element_name(*element) {
                Some(name) => self.named(&name, *element, *place, &alike, typed),
                None => vec![shown(&NodeSelector::root("*").nth(index + 1), typed)],
            };
            let goes_on = element.children().any(|child| child.is_element())
                || element.attributes().len() > 0;
            candidates.extend(texts.into_iter().map(|text| Candidate { text, is_final: !goes_on }));
        }
        candidates
    }

    /// The steps that select this element among the elements with its name.
    fn named(
        &self,
        name: &str,
        element: Node<'_, '_>,
        place: usize,
        alike: &Alike<'_>,
        typed: &Typed,
    ) -> Vec<String> {
        let selector = NodeSelector::root(name);
        let mut texts = Vec::new();
        if alike.is_single(element) {
            texts.push(shown(&selector, typed));
            if !typed.has_predicate {
                return texts;
            }
        }
        let tests = self.tests(element, alike);
        let many = if typed.has_test { tests.len() } else { 1 };
        texts.extend(tests.into_iter().take(many).map(|(attribute, value)| {
            shown(&selector.clone().with_attr(&attribute, value), typed)
        }));
        texts.push(shown(&selector.nth(place), typed));
        texts
    }

    /// The attributes whose value no other element of the same name has. The identifying ones come
    /// first.
    fn tests<'a>(&self, element: Node<'a, '_>, alike: &Alike<'_>) -> Vec<(String, &'a str)> {
        let unique = element.attributes().filter(|attribute| alike.is_unique(element, *attribute));
        let mut tests: Vec<_> = unique
            .filter_map(|attribute| Some((self.attribute_name(attribute)?, attribute.value())))
            .collect();
        tests
            .sort_by_key(|(name, _)| KEYS.iter().position(|key| key == name).unwrap_or(KEYS.len()));
        tests
    }

    /// Its name in a selector. `None` if no prefix is bound to its namespace.
    fn element_name(&self, element: Node<'_, '_>) -> Option<String> {
        let name = element.tag_name();
        let namespace = name.namespace().filter(|namespace| !namespace.is_empty());
        if namespace == self.default.as_deref() {
            return Some(name.name().to_owned());
        }
        Some(format!("{}:{}", self.prefix(namespace?)?, name.name()))
    }

    fn attribute_name(&self, attribute: Attribute<'_, '_>) -> Option<String> {
        match attribute.namespace() {
            None => Some(attribute.name().to_owned()),
            Some(namespace) => Some(format!("{}:{}", self.prefix(namespace)?, attribute.name())),
        }
    }

    fn prefix(&self, namespace: &str) -> Option<&str> {
        let bound = self.bindings.iter().find(|(_, uri)| uri == namespace);
        bound.map(|(prefix, _)| prefix.as_str()).or((namespace == NS_XML_URI).then_some("xml"))
    }
}

/// The namespace of a name without a prefix if the application usage is not known.
fn root_namespace(text: &str) -> Option<String> {
    let root = document::get(text, &NodeSelector::root("*"), None).ok()?;
    root.namespace().map(str::to_owned)
}

/// A namespace and a local name.
type Name<'a> = (Option<&'a str>, &'a str);

fn name_of<'a>(element: Node<'a, '_>) -> Name<'a> {
    (element.tag_name().namespace(), element.tag_name().name())
}

/// For each name, the number of siblings that have it, and how often each attribute value occurs
/// among them.
struct Alike<'a> {
    names: HashMap<Name<'a>, usize>,
    attributes: HashMap<(Name<'a>, Name<'a>, &'a str), usize>,
}

impl<'a> Alike<'a> {
    fn count(siblings: &[Node<'a, '_>]) -> Self {
        let mut alike = Self { names: HashMap::new(), attributes: HashMap::new() };
        for sibling in siblings {
            *alike.names.entry(name_of(*sibling)).or_default() += 1;
            for attribute in sibling.attributes() {
                let name = (attribute.namespace(), attribute.name());
                let key = (name_of(*sibling), name, attribute.value());
                *alike.attributes.entry(key).or_default() += 1;
            }
        }
        alike
    }

    fn is_single(&self, element: Node<'_, '_>) -> bool {
        self.names.get(&name_of(element)) == Some(&1)
    }

    fn is_unique(&self, element: Node<'_, '_>, attribute: Attribute<'_, '_>) -> bool {
        let name = (attribute.namespace(), attribute.name());
        self.attributes.get(&(name_of(element), name, attribute.value())) == Some(&1)
    }
}

/// The text of the step, in the kind of quotes that needs no escape on the command line.
fn shown(step: &NodeSelector, typed: &Typed) -> String {
    let text = step.to_string();
    let text = text.trim_start_matches('/');
    if typed.prefers_apostrophes && !text.contains('\'') {
        text.replace('"', "'")
    } else {
        text.to_owned()
    }
}
