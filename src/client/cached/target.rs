//! The part of a document that a change is about.

use crate::document::{Held, Selected};
use crate::selector::{NodeSelector, Step};

/// The text of the element that a selector matches, or of the element that has the selected
/// attribute. The start tags of ancestors that the selector tells by position are kept too, since
/// other elements may take their positions.
#[derive(PartialEq, Eq)]
pub(super) struct Target {
    element: Option<String>,
    parents: Vec<Option<StartTag>>,
}

/// Name, namespace and attributes.
type StartTag = (String, Option<String>, Vec<(String, String)>);

impl Target {
    pub(super) fn of(held: &Held, selector: &NodeSelector) -> Self {
        let element = held.get(&selector.without_terminal()).ok();
        Self {
            element: element.map(|element| element.as_str().to_owned()),
            parents: parents(held, selector),
        }
    }
}

/// Whether a selector matches the same element in the same parents in both documents, however it is
/// written, or matches none in both.
pub(super) fn is_same(one: &Held, other: &Held, selector: &NodeSelector) -> bool {
    let element = selector.without_terminal();
    let is_there = one.get(&element).is_ok();
    is_there == other.get(&element).is_ok()
        && (!is_there || one.has_same(other, &element))
        && parents(one, selector) == parents(other, selector)
}

fn parents(held: &Held, selector: &NodeSelector) -> Vec<Option<StartTag>> {
    let above = selector.steps().split_last().map_or(&[][..], |(_, above)| above);
    (1..)
        .zip(above)
        .filter(|(_, step)| matches!(step, Step::Element { position: Some(_), .. }))
        .map(|(steps, _)| held.get(&selector.ancestor(steps)).ok().map(|found| start_tag(&found)))
        .collect()
}

fn start_tag(element: &Selected<'_>) -> StartTag {
    let attributes = element.attrs().into_iter();
    (
        element.name().to_owned(),
        element.namespace().map(str::to_owned),
        attributes.map(|(name, value)| (name.to_owned(), value.into_owned())).collect(),
    )
}
