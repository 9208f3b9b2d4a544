//! PUT and DELETE (RFC 4825 sections 8.2 and 8.4).

use std::ops::Range;

use roxmltree::{Document, Node};

use crate::selector::{QName, Step, Terminal};
use crate::xml::{self, Parsed, Splice, Tag};

use super::constraints::Before;
use super::refusal::{Refusal, quoted};
use super::select::{Found, Names, Query};
use super::{bindings, constraints, fragment, place};

/// The document that results from [`put`](super::put).
///
/// ```
/// use xcaplib::document::{self, Edit};
///
/// let name = "/list/@name".parse()?;
/// let edit: Edit = document::put("<list/>", &name, "friends", None)?;
/// assert!(edit.created);
/// assert_eq!(edit.text, r#"<list name="friends"/>"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Edit {
    /// The document as it is now.
    pub text: String,
    /// Whether the node is new. If so, a server answers 201, and otherwise 200.
    pub created: bool,
}

/// The result of a PUT to a document.
pub(super) struct Put {
    pub(super) parsed: Parsed,
    pub(super) created: bool,
}

/// A planned change, and what was in its place before.
struct Plan<'n, 'a, 'd> {
    change: Splice<'n>,
    before: Before<'a, 'd>,
    created: bool,
}

pub(super) fn put(base: &Parsed, query: Query<'_>, body: &[u8]) -> Result<Put, Refusal> {
    match (query.selector.terminal(), query.selector.steps().split_last()) {
        (Some(Terminal::Attribute(name)), _) => put_attribute(base, query, name, body),
        (_, Some((target, parents))) => put_element(base, query, (parents, target), body),
        (_, None) => Err(Refusal::read_only()),
    }
}

/// The steps to an element's parent, and the step to the element.
type Path<'s> = (&'s [Step], &'s Step);

fn put_element(
    base: &Parsed,
    query: Query<'_>,
    path: Path<'_>,
    body: &[u8],
) -> Result<Put, Refusal> {
    let names = query.within(base.tree());
    let parent = names
        .walk(base.tree().root(), path.0)
        .map_err(|mismatch| Refusal::no_parent(query.selector, &mismatch))?;
    let new = fragment::element(body)?;
    let plan = plan_element(base, parent, &names, path.1, new)?;
    let text = plan.change.apply(base.text());
    let inserted = plan.change.inserted();
    let parsed = Parsed::read(text)
        .map_err(|found| Refusal::not_fragment(&fragment::fault(new, Some(found))))?;
    // A new root element may be in another namespace.
    let names = query.within(parsed.tree());
    let element = selected(&names, parsed.tree(), path, &inserted)
        .ok_or_else(|| why_not(&names, parsed.tree(), path, new, &inserted))?;
    constraints::check_element(element, &plan.before, query.default_ns)?;
    Ok(Put { parsed, created: plan.created })
}

fn plan_element<'n, 'a, 'd>(
    base: &Parsed,
    parent: Node<'a, 'd>,
    names: &Names<'_>,
    target: &Step,
    new: &'n str,
) -> Result<Plan<'n, 'a, 'd>, Refusal> {
    let old = match names.step(parent, target) {
        Found::One(element) => Some(element),
        Found::Nothing | Found::Several => None,
    };
    let place = match old {
        Some(element) => Some(Splice::of_markup(element.range(), new)),
        None => place::of(names, parent, target, new),
    };
    let Some(change) = place else {
        check_fragment(base.text(), parent, new)?;
        return Err(no_place(parent, target));
    };
    Ok(Plan { change, before: Before::of(old), created: old.is_none() })
}

/// The node that the selector finds in the result, if it is the one that was put.
fn selected<'a, 'd>(
    names: &Names<'_>,
    result: &'a Document<'d>,
    (parents, target): Path<'_>,
    inserted: &Range<usize>,
) -> Option<Node<'a, 'd>> {
    let parent = names.walk(result.root(), parents).ok()?;
    match names.step(parent, target) {
        Found::One(element) if element.range() == *inserted => Some(element),
        _ => None,
    }
}

/// Why the selector does not find what was put: that is not an element, or not the selected one.
fn why_not(
    names: &Names<'_>,
    result: &Document<'_>,
    (parents, target): Path<'_>,
    new: &str,
    inserted: &Range<usize>,
) -> Refusal {
    if !is_element(result, inserted) {
        return Refusal::not_fragment(&fragment::fault(new, None));
    }
    let parent = names.walk(result.root(), parents);
    match parent.map(|parent| names.step(parent, target)) {
        Ok(Found::Several) => ambiguous(target),
        _ => not_selected(target),
    }
}

/// Whether exactly one element fills the range. The markup of the body may have merged with the
/// text around it.
fn is_element(document: &Document<'_>, range: &Range<usize>) -> bool {
    document.descendants().any(|node| node.is_element() && node.range() == *range)
}

/// Checks that a body without a place to go is an element at all. A server checks that first.
fn check_fragment(xml: &str, parent: Node<'_, '_>, new: &str) -> Result<(), Refusal> {
    let document = parent.document();
    let change = if parent.is_element() {
        place::last(parent, new)
    } else {
        Splice::of_markup(document.root_element().range(), new)
    };
    let text = change.apply(xml);
    let parsed = Parsed::read(text)
        .map_err(|found| Refusal::not_fragment(&fragment::fault(new, Some(found))))?;
    if is_element(parsed.tree(), &change.inserted()) {
        return Ok(());
    }
    Err(Refusal::not_fragment(&fragment::fault(new, None)))
}

fn no_place(parent: Node<'_, '_>, target: &Step) -> Refusal {
    Refusal::cannot_insert(if parent.is_element() {
        format!(
            "there are not enough siblings for the position in {}; use a smaller one",
            quoted(target)
        )
    } else {
        "the document has a root element already, and cannot have a second; replace that one"
            .to_owned()
    })
}

fn ambiguous(target: &Step) -> Refusal {
    Refusal::cannot_insert(format!(
        "{} would match several elements; add a position or an attribute test",
        quoted(target)
    ))
}

fn not_selected(target: &Step) -> Refusal {
    Refusal::cannot_insert(format!(
        "{} would not match what was put; put an element of that name with that attribute, or select it another way",
        quoted(target)
    ))
}

fn put_attribute(
    base: &Parsed,
    query: Query<'_>,
    name: &QName,
    body: &[u8],
) -> Result<Put, Refusal> {
    let steps = query.selector.steps();
    let names = query.within(base.tree());
    let element = names
        .walk(base.tree().root(), steps)
        .map_err(|mismatch| Refusal::no_parent(query.selector, &mismatch))?;
    let new = fragment::att_value(body)?;
    let plan = plan_attribute(base.text(), element, &names, name, &new)?;
    let text = plan.change.apply(base.text());
    let inserted = plan.change.inserted();
    let parsed = Parsed::read(text).map_err(|fault| {
        Refusal::cannot_insert(format!("`{name}` cannot be an attribute here: {}", fault.reason))
    })?;
    let names = query.within(parsed.tree());
    let is_selected = |element: &Node<'_, '_>| {
        let found = names.attribute(*element, name);
        found.is_some_and(|attribute| xml::att_value(parsed.text(), attribute.range()) == inserted)
    };
    let element = names
        .walk(parsed.tree().root(), steps)
        .ok()
        .filter(is_selected)
        .ok_or_else(|| attribute_not_selected(name))?;
    constraints::check_attribute(element, &plan.before, query.default_ns)?;
    Ok(Put { parsed, created: plan.created })
}

fn plan_attribute<'n, 'a, 'd>(
    xml: &str,
    element: Node<'a, 'd>,
    names: &Names<'_>,
    name: &QName,
    new: &'n str,
) -> Result<Plan<'n, 'a, 'd>, Refusal> {
    let old = names.attribute(element, name);
    let change = match old {
        Some(attribute) => Splice::of_markup(xml::att_value(xml, attribute.range()), new),
        None => new_attribute(names, element, name, new)?,
    };
    Ok(Plan { change, before: Before::of(Some(element)), created: old.is_none() })
}

/// Room for an attribute after the existing ones.
fn new_attribute<'n>(
    names: &Names<'_>,
    element: Node<'_, '_>,
    name: &QName,
    new: &'n str,
) -> Result<Splice<'n>, Refusal> {
    let prefix = match names.selector.attribute_namespace(name) {
        None => None,
        Some(namespace) => {
            let preferred = name.prefix().unwrap_or_default();
            Some(bindings::prefix_of(element, namespace, preferred).ok_or_else(|| {
                Refusal::cannot_insert(format!(
                    "the document binds no prefix to the namespace of `{name}`; put the whole element, with a declaration"
                ))
            })?)
        }
    };
    let range = element.range();
    let text = element.document().input_text().get(range.clone()).unwrap_or_default();
    let at = range.start + Tag::read(text).map_or(text.len(), |tag| tag.attributes_end);
    let before = match prefix {
        Some(prefix) => format!(" {prefix}:{}=", name.local()),
        None => format!(" {}=", name.local()),
    };
    Ok(Splice::of_markup(at..at, new).between(before, String::new()))
}

fn attribute_not_selected(name: &QName) -> Refusal {
    Refusal::cannot_insert(if name.prefix().is_none() && name.local() == "xmlns" {
        "a namespace declaration is not an attribute; put the whole element".to_owned()
    } else {
        format!(
            "with this value the selector would not find `{name}` again; select its element by position, or put the whole element"
        )
    })
}

pub(super) fn delete(base: &Parsed, query: Query<'_>) -> Result<Parsed, Refusal> {
    let selector = query.selector;
    let names = query.within(base.tree());
    let element = names
        .walk(base.tree().root(), selector.steps())
        .map_err(|mismatch| Refusal::not_found(selector, &mismatch))?;
    let range = match selector.terminal() {
        Some(Terminal::Attribute(name)) => {
            let attribute = names
                .attribute(element, name)
                .ok_or_else(|| Refusal::no_attribute(name, names.near_attribute(element, name)))?;
            with_space_before(base.text(), attribute.range())
        }
        _ if element == base.tree().root_element() => return Err(Refusal::rootless()),
        _ => element.range(),
    };
    // Inside a tag, no texts can touch.
    let text = Splice::of_content(range, "").apply(base.text());
    let parsed = Parsed::read(text).map_err(|fault| {
        Refusal::cannot_delete(format!(
            "what stands around the node makes no document without it: {}; replace its parent",
            fault.reason
        ))
    })?;
    let is_idempotent =
        match (names.walk(parsed.tree().root(), selector.steps()), selector.terminal()) {
            (Ok(element), Some(Terminal::Attribute(name))) => {
                names.attribute(element, name).is_none()
            }
            (found, _) => found.is_err(),
        };
    if is_idempotent {
        return Ok(parsed);
    }
    Err(Refusal::cannot_delete(
        "the selector would then match the next node, so that a second DELETE would remove that too; add an attribute test that no other matches",
    ))
}

/// Removes all nodes that the selector matches. Returns how many there were.
pub(super) fn delete_all(base: &Parsed, query: Query<'_>) -> Result<(Parsed, usize), Refusal> {
    let names = query.within(base.tree());
    let elements = names.walk_all(base.tree().root(), query.selector.steps());
    let ranges: Vec<_> = match query.selector.terminal() {
        Some(Terminal::Attribute(name)) => elements
            .into_iter()
            .filter_map(|element| names.attribute(element, name))
            .map(|attribute| with_space_before(base.text(), attribute.range()))
            .collect(),
        _ if elements.contains(&base.tree().root_element()) => return Err(Refusal::rootless()),
        _ => elements.iter().map(Node::range).collect(),
    };
    let text = xml::without(base.text(), &ranges);
    let parsed = Parsed::read(text).map_err(|fault| Refusal::cannot_delete(fault.reason))?;
    Ok((parsed, ranges.len()))
}

fn with_space_before(xml: &str, range: Range<usize>) -> Range<usize> {
    let before = xml.get(..range.start).unwrap_or_default();
    before.trim_end_matches(xml::is_whitespace).len()..range.end
}
