//! Selectors of an element, in the ways that there are to write one.

use roxmltree::Node;
use xcaplib::NodeSelector;

use crate::body::Kind;
use crate::generate::Rng;
use crate::usage::Usage;

/// Prefixes that mean something else in most documents, or nothing.
const PREFIXES: [&str; 3] = ["pr", "cr", "x"];

/// A selector under way, and the prefixes that it uses so far.
struct Path {
    selector: Option<NodeSelector>,
    bound: Vec<(&'static str, String)>,
    default_namespace: &'static str,
}

/// A selector of this element; `by_position` for one without tests of the element's own attributes.
pub(crate) fn to(
    rng: &mut Rng,
    target: Node<'_, '_>,
    usage: Usage,
    by_position: bool,
) -> NodeSelector {
    Path::to(rng, target, usage, by_position).done()
}

/// A selector of a new element in this parent.
pub(crate) fn to_new(
    rng: &mut Rng,
    parent: Node<'_, '_>,
    usage: Usage,
    kind: &Kind,
    id: &str,
) -> NodeSelector {
    let mut path = Path::to(rng, parent, usage, false);
    let is_any = rng.percent(15);
    path.step(rng, kind.namespace, kind.local, is_any);
    let same = parent.children().filter(|node| is_same(*node, kind.namespace, kind.local, is_any));
    let count = same.count();
    if rng.percent(25) {
        // Among those that are there, or just behind them.
        path.refine(|selector| selector.nth(1 + count));
    } else if rng.percent(10) {
        path.refine(|selector| selector.nth(1 + count / 2));
    }
    path.refine(|selector| selector.with_attr(kind.id.unwrap(), id));
    path.done()
}

/// The value of an attribute in no namespace.
pub(crate) fn own_attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    let mut own = node.attributes();
    own.find(|found| found.namespace().is_none() && found.name() == name).map(|found| found.value())
}

impl Path {
    fn to(rng: &mut Rng, target: Node<'_, '_>, usage: Usage, by_position: bool) -> Self {
        let default_namespace = usage.default_namespace();
        let mut path = Self { selector: None, bound: Vec::new(), default_namespace };
        let mut nodes: Vec<_> = target.ancestors().filter(Node::is_element).collect();
        nodes.reverse();
        for node in nodes {
            path.node(rng, node, by_position && node == target);
        }
        path
    }

    fn node(&mut self, rng: &mut Rng, node: Node<'_, '_>, by_position: bool) {
        let namespace = node.tag_name().namespace().unwrap_or_default();
        let local = node.tag_name().name();
        let is_any = rng.percent(12);
        self.step(rng, namespace, local, is_any);
        let siblings = node.parent().unwrap().children();
        let same: Vec<_> = siblings.filter(|s| is_same(*s, namespace, local, is_any)).collect();
        let tests: Vec<_> = node
            .attributes()
            .filter(|a| a.namespace().is_none())
            .filter(|a| {
                let equal = |s: &&Node<'_, '_>| own_attribute(**s, a.name()) == Some(a.value());
                same.iter().filter(equal).count() == 1
            })
            .collect();
        let is_needed = same.len() > 1;
        if !by_position && !tests.is_empty() && rng.percent(if is_needed { 70 } else { 30 }) {
            let test = rng.pick(&tests);
            self.refine(|selector| selector.with_attr(test.name(), test.value()));
        } else if is_needed || rng.percent(10) {
            let position = same.iter().position(|other| *other == node).unwrap() + 1;
            self.refine(|selector| selector.nth(position));
        }
    }

    fn step(&mut self, rng: &mut Rng, namespace: &str, local: &str, is_any: bool) {
        let name = if is_any {
            "*".to_owned()
        } else if namespace == self.default_namespace && rng.percent(70) {
            local.to_owned()
        } else {
            format!("{}:{local}", self.prefix(rng, namespace))
        };
        self.selector = Some(match self.selector.take() {
            Some(selector) => selector.child(&name),
            None => NodeSelector::root(&name),
        });
    }

    fn prefix(&mut self, rng: &mut Rng, namespace: &str) -> &'static str {
        let known = self.bound.iter().find(|(_, bound)| bound == namespace);
        if let Some((prefix, _)) = known {
            return prefix;
        }
        let is_free = |prefix: &&str| self.bound.iter().all(|(used, _)| used != prefix);
        let free: Vec<_> = PREFIXES.into_iter().filter(is_free).collect();
        let prefix = rng.pick(&free);
        self.bound.push((prefix, namespace.to_owned()));
        prefix
    }

    fn refine(&mut self, more: impl FnOnce(NodeSelector) -> NodeSelector) {
        self.selector = self.selector.take().map(more);
    }

    fn done(self) -> NodeSelector {
        let selector = self.selector.unwrap();
        self.bound.iter().fold(selector, |selector, (prefix, ns)| selector.bind(prefix, ns))
    }
}

fn is_same(node: Node<'_, '_>, namespace: &str, local: &str, is_any: bool) -> bool {
    let name = node.tag_name();
    let is_named = name.namespace() == Some(namespace) && name.name() == local;
    node.is_element() && (is_any || is_named)
}
