//! What a selector finds in a parsed document.

use std::sync::Arc;

use roxmltree::Node;

use crate::selector::{NodeSelector, Terminal};
use crate::xml;

use super::bindings;
use super::reading::Reading;
use super::refusal::Refusal;
use super::select::Names;
use super::selected::{Found, Selected};

/// The one node that a selector finds. `xml` is the document's text.
pub(super) fn one<'x>(
    xml: &'x str,
    reading: &Arc<Reading>,
    selector: &NodeSelector,
) -> Result<Selected<'x>, Refusal> {
    let names = reading.names(selector);
    let element = names
        .walk(reading.parsed().tree().root(), selector.steps())
        .map_err(|mismatch| Refusal::not_found(selector, &mismatch))?;
    taken(xml, reading, &names, element).ok_or_else(|| match selector.terminal() {
        Some(Terminal::Attribute(name)) => {
            Refusal::no_attribute(name, names.near_attribute(element, name))
        }
        _ => Refusal::read_only(),
    })
}

/// All nodes that a selector matches, in document order.
pub(super) fn all<'x>(
    xml: &'x str,
    reading: &Arc<Reading>,
    selector: &NodeSelector,
) -> Vec<Selected<'x>> {
    let names = reading.names(selector);
    let elements = names.walk_all(reading.parsed().tree().root(), selector.steps());
    elements.into_iter().filter_map(|element| taken(xml, reading, &names, element)).collect()
}

/// The node at the end of a selector, given the element that its steps lead to.
fn taken<'x>(
    xml: &'x str,
    reading: &Arc<Reading>,
    names: &Names<'_>,
    element: Node<'_, '_>,
) -> Option<Selected<'x>> {
    let of = |found| Selected::new(xml, Arc::clone(reading), element.id(), found);
    Some(match names.selector.terminal() {
        None => of(Found::Element),
        Some(Terminal::Namespaces) => {
            let name = xml::written_name(element);
            let declarations = bindings::declarations(element);
            of(Found::Bindings(format!("<{name}{declarations}/>")))
        }
        Some(Terminal::Attribute(name)) => {
            let attribute = names.attribute(element, name)?;
            let index = element.attributes().position(|found| found == attribute)?;
            of(Found::Attribute(index))
        }
    })
}
