//! Finds the node that a selector means (RFC 5261 section 4.1).

use roxmltree::{Attribute, Document, Node, NodeType};

use crate::xml;

use super::extent;
use super::fault::{Fault, PatchErrorKind};
use super::path::{Last, Name, Path, Predicate, Step};
use super::work::{NODE, Work};

/// `xml:id`
const XML_ID: Name<'_> = Name { namespace: Some(roxmltree::NS_XML_URI), local: "id" };

/// The node that a selector means. A namespace node is one that the element itself declares.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target<'a, 'd> {
    Node(Node<'a, 'd>),
    Attribute(Attribute<'a, 'd>),
    Namespace(Node<'a, 'd>, &'a str),
}

/// Finds the only node that the path leads to. `text` is the path as it was written.
pub(super) fn locate<'a, 'd>(
    document: &'a Document<'d>,
    path: &Path<'a>,
    text: &str,
    work: &mut Work,
) -> Result<Target<'a, 'd>, Fault> {
    let mut nodes = match path.id {
        Some(id) => vec![by_id(document, id, work)?],
        None => vec![document.root()],
    };
    for step in &path.steps {
        let mut found = Vec::new();
        for context in nodes {
            found.append(&mut children(context, step, work)?);
        }
        nodes = found;
    }
    let targets = match &path.last {
        None => nodes.into_iter().map(Target::Node).collect(),
        Some(last) => {
            let mut targets = Vec::new();
            for context in nodes {
                targets.append(&mut finish(context, last, work)?);
            }
            targets
        }
    };
    match targets.as_slice() {
        [target] => Ok(*target),
        [] => Err(unlocated(format!("no node matches `{}`", crate::text::printable(text)))),
        several => Err(unlocated(format!(
            "{} nodes match `{}`",
            several.len(),
            crate::text::printable(text)
        ))),
    }
}

/// Whether the node is a text node. These have at least one character, so an empty CDATA section
/// alone is not one.
pub(super) fn is_text(node: Node<'_, '_>) -> bool {
    node.is_text() && node.text().is_some_and(|text| !text.is_empty())
}

fn unlocated(reason: String) -> Fault {
    Fault::new(PatchErrorKind::UnlocatedNode, reason)
}

/// Without a schema, `xml:id` is the only known identifier.
fn by_id<'a, 'd>(
    document: &'a Document<'d>,
    id: &str,
    work: &mut Work,
) -> Result<Node<'a, 'd>, Fault> {
    let mut found = None;
    for node in document.descendants() {
        work.spend(NODE)?;
        let value = attribute(node, XML_ID).map(|found| found.value());
        if value.is_some_and(|value| value.trim_matches(' ') == id) && found.replace(node).is_some()
        {
            return Err(unlocated(format!("several elements have the `xml:id` `{id}`")));
        }
    }
    found.ok_or_else(|| {
        Fault::new(
            PatchErrorKind::UnsupportedIdFunction,
            format!("no element has the `xml:id` `{id}`, and other identifiers are not known without a schema"),
        )
    })
}

fn children<'a, 'd>(
    context: Node<'a, 'd>,
    step: &Step<'_>,
    work: &mut Work,
) -> Result<Vec<Node<'a, 'd>>, Fault> {
    let mut found = Vec::new();
    for child in context.children() {
        work.spend(NODE)?;
        if child.is_element() && step.name.is_none_or(|name| is_named(child, name)) {
            found.push(child);
        }
    }
    for predicate in &step.predicates {
        work.spend(NODE.saturating_mul(found.len()))?;
        found = filter(found, predicate, work)?;
    }
    Ok(found)
}

fn filter<'a, 'd>(
    nodes: Vec<Node<'a, 'd>>,
    predicate: &Predicate<'_>,
    work: &mut Work,
) -> Result<Vec<Node<'a, 'd>>, Fault> {
    if let Predicate::Position(position) = predicate {
        return Ok(at(nodes.into_iter(), Some(*position)).collect());
    }
    let mut kept = Vec::new();
    for node in nodes {
        let holds = match predicate {
            Predicate::Position(_) => true,
            Predicate::Attribute(name, value) => {
                attribute(node, *name).is_some_and(|attribute| attribute.value() == *value)
            }
            Predicate::Own(value) => has_value(node, value, work)?,
            Predicate::Child(name, value) => has_child(node, *name, value, work)?,
        };
        if holds {
            kept.push(node);
        }
    }
    Ok(kept)
}

/// The node at a position, counted from 1. All nodes if no position is given.
fn at<T>(nodes: impl Iterator<Item = T>, position: Option<usize>) -> impl Iterator<Item = T> {
    let (skipped, taken) = match position {
        None => (0, usize::MAX),
        Some(0) => (0, 0),
        Some(position) => (position - 1, 1),
    };
    nodes.skip(skipped).take(taken)
}

fn is_named(node: Node<'_, '_>, name: Name<'_>) -> bool {
    xml::is_named(node, name.namespace, name.local)
}

pub(super) fn attribute<'a, 'd>(
    element: Node<'a, 'd>,
    name: Name<'_>,
) -> Option<Attribute<'a, 'd>> {
    element
        .attributes()
        .find(|found| found.name() == name.local && found.namespace() == name.namespace)
}

fn has_child(
    parent: Node<'_, '_>,
    name: Name<'_>,
    value: &str,
    work: &mut Work,
) -> Result<bool, Fault> {
    for child in parent.children() {
        work.spend(NODE)?;
        if is_named(child, name) && has_value(child, value, work)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether this is the string value of an element: all text inside it.
fn has_value(element: Node<'_, '_>, value: &str, work: &mut Work) -> Result<bool, Fault> {
    let mut rest = value;
    for node in element.descendants() {
        work.spend(NODE)?;
        if node.is_text() {
            let text = xml::text(node);
            work.spend(text.len().min(rest.len()))?;
            match rest.strip_prefix(&*text) {
                Some(left) => rest = left,
                None => return Ok(false),
            }
        }
    }
    Ok(rest.is_empty())
}

fn finish<'a, 'd>(
    context: Node<'a, 'd>,
    last: &Last<'a>,
    work: &mut Work,
) -> Result<Vec<Target<'a, 'd>>, Fault> {
    match last {
        Last::Attribute(name) => {
            Ok(attribute(context, *name).map(Target::Attribute).into_iter().collect())
        }
        Last::Namespace(prefix) => {
            let declares =
                extent::tag(context).is_some_and(|tag| tag.declaration(prefix).is_some());
            Ok(declares.then_some(Target::Namespace(context, prefix)).into_iter().collect())
        }
        Last::Text(position) => child_nodes(context, is_text, *position, work),
        Last::Comment(position) => {
            child_nodes(context, |node| node.node_type() == NodeType::Comment, *position, work)
        }
        Last::Instruction(target, position) => {
            let is_wanted = |node: Node<'_, '_>| {
                node.pi().is_some_and(|pi| target.is_none_or(|target| target == pi.target))
            };
            child_nodes(context, is_wanted, *position, work)
        }
    }
}

fn child_nodes<'a, 'd>(
    context: Node<'a, 'd>,
    is_wanted: impl Fn(Node<'_, '_>) -> bool,
    position: Option<usize>,
    work: &mut Work,
) -> Result<Vec<Target<'a, 'd>>, Fault> {
    let mut found = Vec::new();
    for child in context.children() {
        work.spend(NODE)?;
        if is_wanted(child) {
            found.push(Target::Node(child));
        }
    }
    Ok(at(found.into_iter(), position).collect())
}
