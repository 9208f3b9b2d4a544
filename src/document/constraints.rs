//! What has to be unique in resource lists and RLS services (RFC 4826 sections 3.4.5 and 4.4.5).

use std::collections::{BTreeMap, HashMap, HashSet};

use roxmltree::{Document, Node, NodeId};

use crate::conflict::Exists;
use crate::selector::NodeSelector;
use crate::xml;

use super::refusal::Refusal;
use super::select::expanded_name;

const RESOURCE_LISTS: &str = "urn:ietf:params:xml:ns:resource-lists";
const RLS_SERVICES: &str = "urn:ietf:params:xml:ns:rls-services";

/// How many taken values a refusal names.
const MAX_REPORTED: usize = 32;

/// An attribute whose value no two sibling elements of a name share.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Rule {
    namespace: &'static str,
    element: &'static str,
    attribute: &'static str,
}

const fn rule(namespace: &'static str, element: &'static str, attribute: &'static str) -> Rule {
    Rule { namespace, element, attribute }
}

/// The lists inside an RLS services document follow the rules of resource lists.
const RULES: &[Rule] = &[
    rule(RESOURCE_LISTS, "list", "name"),
    rule(RESOURCE_LISTS, "entry", "uri"),
    rule(RESOURCE_LISTS, "entry-ref", "ref"),
    rule(RESOURCE_LISTS, "external", "anchor"),
    rule(RLS_SERVICES, "service", "uri"),
];

/// The rule that an element is under, and the value that has to be unique.
type Key<'a> = (Rule, &'a str);

fn key<'a>(element: Node<'a, '_>) -> Option<Key<'a>> {
    if !element.is_element() {
        return None;
    }
    let (namespace, name) = expanded_name(element);
    let rule =
        RULES.iter().find(|rule| rule.element == name && Some(rule.namespace) == namespace)?;
    Some((*rule, element.attribute(rule.attribute)?))
}

fn applies(default_ns: Option<&str>) -> bool {
    matches!(default_ns, Some(RESOURCE_LISTS | RLS_SERVICES))
}

/// An element that has a sibling with the same key before it.
struct Duplicate<'a, 'd> {
    key: Key<'a>,
    element: Node<'a, 'd>,
}

/// The duplicates among the nodes below one.
fn duplicates<'a, 'd>(top: Node<'a, 'd>) -> Vec<Duplicate<'a, 'd>> {
    let mut seen: HashSet<(NodeId, Key<'a>)> = HashSet::new();
    let below = top.descendants().skip(1);
    let keyed = below.filter_map(|element| Some((element.parent()?, key(element)?, element)));
    keyed
        .filter(|(parent, key, _)| !seen.insert((parent.id(), *key)))
        .map(|(_, key, element)| Duplicate { key, element })
        .collect()
}

/// The duplicates below a node that were not there already in what it replaces.
///
/// Elements may have moved, so as many duplicates of a value as there were are taken for the old.
fn introduced<'a, 'd>(new: Node<'a, 'd>, old: Option<Node<'_, '_>>) -> Vec<Node<'a, 'd>> {
    let found = duplicates(new);
    if found.is_empty() {
        return Vec::new();
    }
    let before = old.map(duplicates).unwrap_or_default();
    let mut known: HashMap<Key<'_>, usize> = HashMap::new();
    for duplicate in before {
        *known.entry(duplicate.key).or_default() += 1;
    }
    let new = found.into_iter().filter(|duplicate| match known.get_mut(&duplicate.key) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    });
    new.map(|duplicate| duplicate.element).collect()
}

/// Whether an element took a value that a sibling has. `old` is what it was before.
fn is_taken(new: Node<'_, '_>, old: Option<Node<'_, '_>>) -> bool {
    let Some(own) = key(new) else { return false };
    if old.and_then(key) == Some(own) {
        return false;
    }
    let siblings = new.parent().into_iter().flat_map(|parent| parent.children());
    siblings.filter(|sibling| *sibling != new).any(|sibling| key(sibling) == Some(own))
}

/// Checks an element that was put in the place of `old`, or where nothing was.
pub(super) fn check_element(
    new: Node<'_, '_>,
    old: Option<Node<'_, '_>>,
    default_ns: Option<&str>,
) -> Result<(), Refusal> {
    if !applies(default_ns) {
        return Ok(());
    }
    let mut elements = Vec::new();
    if is_taken(new, old) {
        elements.push(new);
    }
    elements.extend(introduced(new, old));
    report(&elements, default_ns)
}

/// Checks an element of which one attribute was put.
pub(super) fn check_attribute(
    new: Node<'_, '_>,
    old: Node<'_, '_>,
    default_ns: Option<&str>,
) -> Result<(), Refusal> {
    if applies(default_ns) && is_taken(new, Some(old)) {
        return report(&[new], default_ns);
    }
    Ok(())
}

/// Checks a whole document for what it introduces, compared with the one that it replaces.
///
/// # Errors
///
/// 409 `uniqueness-failure`; `not-well-formed` where the new document is not.
#[allow(dead_code, reason = "for cached copies and servers")]
pub(crate) fn check_document(
    new: &str,
    old: Option<&str>,
    default_ns: Option<&str>,
) -> Result<(), Refusal> {
    let new = super::parse(new)?;
    if !applies(default_ns) {
        return Ok(());
    }
    if duplicates(new.root()).is_empty() {
        return Ok(());
    }
    let old = old.and_then(|old| xml::parse(old).ok());
    report(&introduced(new.root(), old.as_ref().map(Document::root)), default_ns)
}

fn report(elements: &[Node<'_, '_>], default_ns: Option<&str>) -> Result<(), Refusal> {
    let reported = elements.iter().take(MAX_REPORTED);
    let exists: Vec<_> = reported
        .filter_map(|element| {
            let (rule, _) = key(*element)?;
            let field = path(*element, default_ns).attribute(rule.attribute).to_relative();
            Some(Exists { field, alt_values: Vec::new() })
        })
        .collect();
    if exists.is_empty() { Ok(()) } else { Err(Refusal::not_unique(exists)) }
}

/// A selector of the element, with positions where siblings have the same name.
fn path(element: Node<'_, '_>, default_ns: Option<&str>) -> NodeSelector {
    let mut elements: Vec<_> = element.ancestors().filter(Node::is_element).collect();
    elements.reverse();
    let mut prefixes: BTreeMap<&str, String> = BTreeMap::new();
    let mut selector: Option<NodeSelector> = None;
    for element in elements {
        let (namespace, local) = expanded_name(element);
        let name = match namespace {
            _ if namespace == default_ns => local.to_owned(),
            Some(namespace) => {
                let next = prefixes.len() + 1;
                let prefix = prefixes.entry(namespace).or_insert_with(|| format!("ns{next}"));
                format!("{prefix}:{local}")
            }
            // A name without a prefix would be in the default namespace.
            None => "*".to_owned(),
        };
        let step = match selector {
            Some(selector) => selector.child(&name),
            None => NodeSelector::root(&name),
        };
        selector = Some(match position(element, name == "*") {
            Some(position) => step.nth(position),
            None => step,
        });
    }
    let selector = selector.unwrap_or_else(|| NodeSelector::root("*"));
    prefixes.iter().fold(selector, |selector, (namespace, prefix)| selector.bind(prefix, namespace))
}

/// The position among the siblings of the same name, or of any; `None` where there are no others.
fn position(element: Node<'_, '_>, any: bool) -> Option<usize> {
    let name = expanded_name(element);
    let siblings = element.parent()?.children();
    let same = siblings.filter(|node| node.is_element() && (any || expanded_name(*node) == name));
    let (mut position, mut count) = (0, 0);
    for sibling in same {
        count += 1;
        if sibling == element {
            position = count;
        }
    }
    (count > 1).then_some(position)
}
