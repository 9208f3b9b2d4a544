//! The values that have to be unique in resource lists and RLS services (RFC 4826 sections 3.4.5
//! and 4.4.5).

use std::collections::{BTreeMap, HashMap, HashSet};

use roxmltree::{Node, NodeId};

use crate::answer::Exists;
use crate::selector::NodeSelector;
use crate::xml::{self, Parsed};

use super::refusal::Refusal;

const RESOURCE_LISTS: &str = "urn:ietf:params:xml:ns:resource-lists";
const RLS_SERVICES: &str = "urn:ietf:params:xml:ns:rls-services";

/// How many duplicate values a refusal names.
const MAX_REPORTED: usize = 32;

/// An attribute that must differ between sibling elements of the same name.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Rule {
    namespace: &'static str,
    element: &'static str,
    attribute: &'static str,
}

impl Rule {
    fn is_over(&self, node: Node<'_, '_>) -> bool {
        xml::is_named(node, Some(self.namespace), self.element)
    }
}

const fn rule(namespace: &'static str, element: &'static str, attribute: &'static str) -> Rule {
    Rule { namespace, element, attribute }
}

/// The lists in an RLS services document follow the rules of resource lists. Each local name has at
/// most one rule.
const RULES: &[Rule] = &[
    rule(RESOURCE_LISTS, "list", "name"),
    rule(RESOURCE_LISTS, "entry", "uri"),
    rule(RESOURCE_LISTS, "entry-ref", "ref"),
    rule(RESOURCE_LISTS, "external", "anchor"),
    rule(RLS_SERVICES, "service", "uri"),
];

/// The rule for an element, and the value that has to be unique.
type Key<'a> = (Rule, &'a str);

fn key<'a>(element: Node<'a, '_>) -> Option<Key<'a>> {
    let local = element.tag_name().name();
    let named = RULES.iter().find(|rule| rule.element == local);
    let rule = named.filter(|rule| rule.is_over(element))?;
    Some((*rule, xml::attribute(element, rule.attribute)?))
}

fn applies(default_ns: Option<&str>) -> bool {
    matches!(default_ns, Some(RESOURCE_LISTS | RLS_SERVICES))
}

/// An element with the same key as a sibling before it.
struct Duplicate<'a, 'd> {
    key: Key<'a>,
    element: Node<'a, 'd>,
}

/// The duplicates below a node.
fn duplicates<'a, 'd>(top: Node<'a, 'd>) -> Vec<Duplicate<'a, 'd>> {
    let mut seen: HashSet<(NodeId, Key<'a>)> = HashSet::new();
    let below = top.descendants().skip(1);
    let keyed = below.filter_map(|element| Some((element.parent()?, key(element)?, element)));
    keyed
        .filter(|(parent, key, _)| !seen.insert((parent.id(), *key)))
        .map(|(_, key, element)| Duplicate { key, element })
        .collect()
}

/// The duplicates that are new compared with those below an old node.
///
/// Elements may have moved. So if a value already had some duplicates, the same number of its
/// duplicates count as old.
fn introduced<'a, 'd>(
    found: Vec<Duplicate<'a, 'd>>,
    old: Option<Node<'_, '_>>,
) -> Vec<Node<'a, 'd>> {
    let mut known: HashMap<Key<'_>, usize> = HashMap::new();
    for duplicate in old.map(duplicates).unwrap_or_default() {
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

/// What was there before a change.
pub(super) struct Before<'a, 'd> {
    old: Option<Node<'a, 'd>>,
}

impl<'a, 'd> Before<'a, 'd> {
    pub(super) fn of(old: Option<Node<'a, 'd>>) -> Self {
        Self { old }
    }

    /// Whether the element took the value of a sibling.
    fn is_taken(&self, new: Node<'_, '_>) -> bool {
        let Some((rule, value)) = key(new) else { return false };
        if self.old.and_then(key) == Some((rule, value)) {
            return false;
        }
        let siblings = new.parent().into_iter().flat_map(|parent| parent.children());
        siblings.filter(|sibling| *sibling != new).any(|sibling| {
            rule.is_over(sibling) && xml::attribute(sibling, rule.attribute) == Some(value)
        })
    }

    /// The elements below the new one that took the value of a sibling.
    fn taken_below<'n, 't>(&self, new: Node<'n, 't>) -> Vec<Node<'n, 't>> {
        let found = duplicates(new);
        if found.is_empty() { Vec::new() } else { introduced(found, self.old) }
    }
}

/// Checks an element after a PUT of it.
pub(super) fn check_element(
    new: Node<'_, '_>,
    before: &Before<'_, '_>,
    default_ns: Option<&str>,
) -> Result<(), Refusal> {
    if !applies(default_ns) {
        return Ok(());
    }
    let mut elements = Vec::new();
    if before.is_taken(new) {
        elements.push(new);
    }
    elements.extend(before.taken_below(new));
    report(&elements, default_ns)
}

/// Checks an element after a PUT of one of its attributes.
pub(super) fn check_attribute(
    new: Node<'_, '_>,
    before: &Before<'_, '_>,
    default_ns: Option<&str>,
) -> Result<(), Refusal> {
    if applies(default_ns) && before.is_taken(new) {
        return report(&[new], default_ns);
    }
    Ok(())
}

/// Checks a whole document for duplicates that the replaced document did not have.
///
/// # Errors
///
/// 409 `uniqueness-failure`.
pub(super) fn check_document(
    new: &Parsed,
    old: Option<&Parsed>,
    default_ns: Option<&str>,
) -> Result<(), Refusal> {
    if !applies(default_ns) {
        return Ok(());
    }
    let found = duplicates(new.tree().root());
    report(&introduced(found, old.map(|old| old.tree().root())), default_ns)
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

/// A selector of the element. It uses positions where siblings have the same name.
fn path(element: Node<'_, '_>, default_ns: Option<&str>) -> NodeSelector {
    let mut elements: Vec<_> = element.ancestors().filter(Node::is_element).collect();
    elements.reverse();
    let mut prefixes: BTreeMap<&str, String> = BTreeMap::new();
    let mut selector: Option<NodeSelector> = None;
    for element in elements {
        let (namespace, local) = xml::expanded_name(element);
        let name = match namespace {
            _ if namespace == default_ns => local.to_owned(),
            Some(namespace) => {
                let next = prefixes.len() + 1;
                let prefix = prefixes.entry(namespace).or_insert_with(|| format!("ns{next}"));
                format!("{prefix}:{local}")
            }
            // A name without a prefix would be looked up in the default namespace.
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

/// The position among siblings of the same name, or among all siblings. `None` if there are no
/// others.
fn position(element: Node<'_, '_>, any: bool) -> Option<usize> {
    let (namespace, local) = xml::expanded_name(element);
    let siblings = element.parent()?.children().filter(Node::is_element);
    let same = siblings.filter(|node| any || xml::is_named(*node, namespace, local));
    let (mut position, mut count) = (0, 0);
    for sibling in same {
        count += 1;
        if sibling == element {
            position = count;
        }
    }
    (count > 1).then_some(position)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lists(content: &str) -> String {
        format!("<resource-lists xmlns=\"{RESOURCE_LISTS}\">{content}</resource-lists>")
    }

    /// The fields that are reported when a new document replaces an old one.
    fn fields(new: &str, old: Option<&str>) -> Vec<String> {
        let old = old.map(|old| Parsed::read(lists(old)).unwrap());
        let new = Parsed::read(lists(new)).unwrap();
        match check_document(&new, old.as_ref(), Some(RESOURCE_LISTS)) {
            Ok(()) => Vec::new(),
            Err(refusal) => {
                let exists = refusal.conflict().unwrap().exists();
                exists.iter().map(|exists| exists.field.clone()).collect()
            }
        }
    }

    #[test]
    fn whole_documents_are_compared_with_those_before() {
        let twice = "<list name='a'/><list name='b'/><list name='a'/>";
        let field = "resource-lists/list%5B3%5D/@name";
        assert_eq!(fields("<list name='a'/>", None), [""; 0]);
        assert_eq!(fields(twice, None), [field]);
        assert_eq!(fields(twice, Some("<list name='a'/>")), [field]);
        assert_eq!(fields(twice, Some(twice)), [""; 0]);
        assert_eq!(fields(twice, Some("<list name='b'/><list name='b'/>")), [field]);
        // A moved list keeps its duplicates.
        let entries = "<list name='x'><entry uri='1'/><entry uri='1'/></list>";
        assert_eq!(fields(&format!("<list name='new'/>{entries}"), Some(entries)), [""; 0]);
    }

    #[test]
    fn of_other_usages_nothing_is_known() {
        let twice = Parsed::read(lists("<list name='a'/><list name='a'/>")).unwrap();
        assert_eq!(check_document(&twice, None, None), Ok(()));
    }
}
