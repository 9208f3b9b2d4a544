//! Finds the elements that a selector matches, and changes the text that contains them.

use std::ops::Range;

use roxmltree::{Document, Node as XmlNode};

use crate::selector::{NameOrAny, NodeSelector, Step};
use crate::xml::{self, Splice};

/// All elements that a selector's steps match.
pub(super) fn elements<'a, 'd>(
    document: &'a Document<'d>,
    selector: &NodeSelector,
) -> Vec<XmlNode<'a, 'd>> {
    walk(document, selector.steps())
}

/// As in XPath, a step continues from each match of the step before.
pub(super) fn walk<'a, 'd>(document: &'a Document<'d>, steps: &[Step]) -> Vec<XmlNode<'a, 'd>> {
    steps.iter().fold(vec![document.root()], |found, step| {
        found.into_iter().flat_map(|parent| children(parent, step)).collect()
    })
}

fn children<'a, 'd>(parent: XmlNode<'a, 'd>, step: &Step) -> Vec<XmlNode<'a, 'd>> {
    let Step::Element { name, position, attribute } = step else { return Vec::new() };
    let named = parent.children().filter(|child| child.is_element() && is_named(*child, name));
    let placed: Vec<XmlNode<'a, 'd>> = match position {
        Some(position) => named.skip(position.saturating_sub(1)).take(1).collect(),
        None => named.collect(),
    };
    let Some(test) = attribute else { return placed };
    placed
        .into_iter()
        .filter(|element| xml::attribute(*element, test.name.local()) == Some(test.value.as_str()))
        .collect()
}

/// Default namespaces are removed from documents, so a name without a prefix means an element
/// without one.
fn is_named(element: XmlNode<'_, '_>, name: &NameOrAny) -> bool {
    let NameOrAny::Name(name) = name else { return true };
    element.tag_name().name() == name.local() && !has_prefix(element)
}

fn has_prefix(element: XmlNode<'_, '_>) -> bool {
    let tag = element.document().input_text().get(element.range()).unwrap_or_default();
    xml::qname(tag).contains(':')
}

/// A document without some elements, and with new text at the end of their parent.
pub(super) fn appended(
    text: &str,
    parent: Range<usize>,
    old: Vec<Range<usize>>,
    new: &str,
) -> Option<String> {
    let element = text.get(parent.clone())?;
    let (at, new) = match element.strip_suffix("/>") {
        Some(head) => {
            let name = xml::qname(element);
            (parent.start + head.len()..parent.end, format!(">{new}</{name}>"))
        }
        None => {
            let end = parent.start + element.rfind("</")?;
            (end..end, new.to_owned())
        }
    };
    // The old elements are in the first matching parent or after it. They are removed from the end
    // to the start.
    let behind = old.iter().filter(|old| old.start >= at.end).cloned().collect();
    let before = old.into_iter().filter(|old| old.end <= at.start).collect();
    let text = Splice::of_markup(at, new).apply(&without(text, behind)?);
    without(&text, before)
}

/// A text without these ranges, which are in order.
pub(super) fn without(text: &str, ranges: Vec<Range<usize>>) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for range in ranges {
        out.push_str(text.get(at..range.start)?);
        at = range.end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}
