//! PUT and DELETE (RFC 4825 sections 8.2 and 8.4).

use std::ops::Range;

use roxmltree::{Document, Node};

use crate::selector::{QName, Step, Terminal};
use crate::xml;

use super::change::Change;
use super::refusal::Refusal;
use super::select::{Found, Names};
use super::{bindings, constraints, fragment, place, tag};

/// What [`put`](super::put) made of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Edit {
    /// The document as it is now.
    pub text: String,
    /// Whether the node was not there before: a server answers 201 then, and 200 otherwise.
    pub created: bool,
}

pub(super) fn put(
    document: &Document<'_>,
    names: &Names<'_>,
    body: &[u8],
) -> Result<Edit, Refusal> {
    match (names.selector.terminal(), names.selector.steps().split_last()) {
        (Some(Terminal::Attribute(name)), _) => put_attribute(document, names, name, body),
        (_, Some((target, parent))) => put_element(document, names, parent, target, body),
        (_, None) => Err(Refusal::read_only()),
    }
}

fn put_element(
    document: &Document<'_>,
    names: &Names<'_>,
    parents: &[Step],
    target: &Step,
    body: &[u8],
) -> Result<Edit, Refusal> {
    let parent = names
        .walk(document.root(), parents)
        .map_err(|lost| Refusal::no_parent(names.selector, lost))?;
    let new = fragment::element(body)?;
    let old = match names.step(parent, target) {
        Found::One(element) => Some(element),
        Found::Nothing | Found::Several => None,
    };
    let place = match old {
        Some(element) => Some(Change::replace(element.range())),
        None => place::of(names, parent, target, new),
    };
    let Some(change) = place else {
        check_fragment(document, parent, new)?;
        return Err(no_place(parent, target));
    };
    let text = change.apply(document.input_text(), new);
    let inserted = change.inserted(new);
    let result = xml::parse(&text)
        .map_err(|found| Refusal::not_fragment(&fragment::fault(new, Some(found))))?;
    // Where the body closed its parent, the steps may lead elsewhere.
    let parent = names.walk(result.root(), parents).ok();
    let element = parent
        .and_then(|parent| child_at(parent, &inserted))
        .ok_or_else(|| Refusal::not_fragment(&fragment::fault(new, None)))?;
    match parent.map(|parent| names.step(parent, target)) {
        Some(Found::One(found)) if found == element => {}
        Some(Found::Several) => return Err(ambiguous(target)),
        _ => return Err(not_selected(target)),
    }
    constraints::check_element(element, old, names.default_ns)?;
    drop(result);
    Ok(Edit { text, created: old.is_none() })
}

/// The child element that fills the range.
fn child_at<'a, 'd>(parent: Node<'a, 'd>, range: &Range<usize>) -> Option<Node<'a, 'd>> {
    let child = parent.children().find(|node| node.range().start == range.start)?;
    (child.is_element() && child.range() == *range).then_some(child)
}

/// Whether a body that has no place is an element at all, which a server looks at first.
fn check_fragment(document: &Document<'_>, parent: Node<'_, '_>, new: &str) -> Result<(), Refusal> {
    let change = if parent.is_element() {
        place::last(parent)
    } else {
        Change::replace(document.root_element().range())
    };
    let text = change.apply(document.input_text(), new);
    let result = xml::parse(&text)
        .map_err(|found| Refusal::not_fragment(&fragment::fault(new, Some(found))))?;
    let range = change.inserted(new);
    match result.descendants().find(|node| node.is_element() && node.range() == range) {
        Some(_) => Ok(()),
        None => Err(Refusal::not_fragment(&fragment::fault(new, None))),
    }
}

fn no_place(parent: Node<'_, '_>, target: &Step) -> Refusal {
    Refusal::cannot_insert(if parent.is_element() {
        format!("there are not enough siblings for the position in `{target}`; use a smaller one")
    } else {
        "the document has a root element already, and cannot have a second; replace that one"
            .to_owned()
    })
}

fn ambiguous(target: &Step) -> Refusal {
    Refusal::cannot_insert(format!(
        "`{target}` would match several elements; add a position or an attribute test"
    ))
}

fn not_selected(target: &Step) -> Refusal {
    Refusal::cannot_insert(format!(
        "`{target}` would not match what was put; put an element of that name with that attribute, or select it another way"
    ))
}

fn put_attribute(
    document: &Document<'_>,
    names: &Names<'_>,
    name: &QName,
    body: &[u8],
) -> Result<Edit, Refusal> {
    let xml = document.input_text();
    let steps = names.selector.steps();
    let element = names
        .walk(document.root(), steps)
        .map_err(|lost| Refusal::no_parent(names.selector, lost))?;
    let new = fragment::att_value(body)?;
    let old = names.attribute(element, name);
    let change = match old {
        Some(attribute) => Change::replace(tag::att_value_range(xml, attribute)),
        None => new_attribute(names, element, name)?,
    };
    let text = change.apply(xml, &new);
    let result = xml::parse(&text).map_err(|fault| {
        Refusal::cannot_insert(format!("`{name}` cannot be an attribute here: {}", fault.reason))
    })?;
    let found = names.walk(result.root(), steps).ok();
    let range = change.inserted(&new);
    let changed = found
        .filter(|element| {
            names
                .attribute(*element, name)
                .is_some_and(|attribute| tag::att_value_range(&text, attribute) == range)
        })
        .ok_or_else(|| attribute_not_selected(name))?;
    constraints::check_attribute(changed, element, names.default_ns)?;
    drop(result);
    Ok(Edit { text, created: old.is_none() })
}

/// Room for an attribute behind those that the element has.
fn new_attribute(
    names: &Names<'_>,
    element: Node<'_, '_>,
    name: &QName,
) -> Result<Change, Refusal> {
    let prefix = match names.attribute_namespace(name) {
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
    let end = tag::StartTag::read(text).map_or(text.len(), |tag| tag.attributes_end);
    let before = match prefix {
        Some(prefix) => format!(" {prefix}:{}=", name.local()),
        None => format!(" {}=", name.local()),
    };
    Ok(Change { before, ..Change::insert(range.start + end) })
}

fn attribute_not_selected(name: &QName) -> Refusal {
    Refusal::cannot_insert(if name.prefix().is_none() && name.local() == "xmlns" {
        "a namespace declaration is no attribute; put the whole element".to_owned()
    } else {
        format!(
            "with this value the selector would not find `{name}` again; select its element by position, or put the whole element"
        )
    })
}

pub(super) fn delete(document: &Document<'_>, names: &Names<'_>) -> Result<String, Refusal> {
    let selector = names.selector;
    let element = names
        .walk(document.root(), selector.steps())
        .map_err(|lost| Refusal::not_found(selector, lost))?;
    let range = match selector.terminal() {
        Some(Terminal::Attribute(name)) => {
            let attribute =
                names.attribute(element, name).ok_or_else(|| Refusal::no_attribute(name))?;
            with_space_before(document.input_text(), attribute.range())
        }
        _ if element == document.root_element() => return Err(Refusal::rootless()),
        _ => element.range(),
    };
    let text = Change::replace(range).apply(document.input_text(), "");
    let result = xml::parse(&text).map_err(|fault| {
        Refusal::cannot_delete(format!(
            "what stands around the node makes no document without it: {}; replace its parent",
            fault.reason
        ))
    })?;
    let is_idempotent = match (names.walk(result.root(), selector.steps()), selector.terminal()) {
        (Ok(element), Some(Terminal::Attribute(name))) => names.attribute(element, name).is_none(),
        (found, _) => found.is_err(),
    };
    drop(result);
    if is_idempotent {
        return Ok(text);
    }
    Err(Refusal::cannot_delete(
        "the selector would then match the next node, so that a second DELETE would remove that too; add an attribute test that no other matches",
    ))
}

fn with_space_before(xml: &str, range: Range<usize>) -> Range<usize> {
    let before = xml.get(..range.start).unwrap_or_default();
    before.trim_end_matches(xml::is_whitespace).len()..range.end
}
