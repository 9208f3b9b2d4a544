//! A document that is read: its tree, and what the selected nodes of it share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use roxmltree::{Node, NodeId};

use crate::selector::{NodeSelector, Terminal};
use crate::xml::{self, Parsed};

use super::bindings;
use super::refusal::Refusal;
use super::select::Names;
use super::selected::{Found, Selected};
use super::siblings::Siblings;

pub(super) struct Reading {
    parsed: Parsed,
    default_ns: Option<String>,
    /// How the children of an element are told apart, for those that were asked for.
    siblings: Mutex<HashMap<NodeId, Arc<Siblings>>>,
}

impl Reading {
    pub(super) fn new(parsed: Parsed, default_ns: Option<&str>) -> Arc<Self> {
        let default_ns = default_ns.filter(|namespace| !namespace.is_empty()).map(str::to_owned);
        Arc::new(Self { parsed, default_ns, siblings: Mutex::default() })
    }

    pub(super) fn parsed(&self) -> &Parsed {
        &self.parsed
    }

    /// What a selector's names mean here.
    pub(super) fn names<'s>(&'s self, selector: &'s NodeSelector) -> Names<'s> {
        Names::new(selector, self.default_ns())
    }

    pub(super) fn default_ns(&self) -> Option<&str> {
        self.default_ns.as_deref()
    }

    pub(super) fn node(&self, id: NodeId) -> Node<'_, '_> {
        let tree = self.parsed.tree();
        tree.get_node(id).unwrap_or_else(|| tree.root())
    }

    pub(super) fn siblings(&self, parent: Node<'_, '_>) -> Arc<Siblings> {
        let mut known = self.siblings.lock().unwrap_or_else(PoisonError::into_inner);
        let siblings = known.entry(parent.id());
        Arc::clone(
            siblings
                .or_insert_with(|| Arc::new(Siblings::below(parent, self.default_ns.as_deref()))),
        )
    }
}

/// The one node that a selector means. `xml` is the document's text.
pub(super) fn one<'x>(
    xml: &'x str,
    reading: &Arc<Reading>,
    selector: &NodeSelector,
) -> Result<Selected<'x>, Refusal> {
    let names = reading.names(selector);
    let element = names
        .walk(reading.parsed.tree().root(), selector.steps())
        .map_err(|lost| Refusal::not_found(selector, lost))?;
    taken(xml, reading, &names, element).ok_or_else(|| match selector.terminal() {
        Some(Terminal::Attribute(name)) => Refusal::no_attribute(name),
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
    let elements = names.walk_all(reading.parsed.tree().root(), selector.steps());
    elements.into_iter().filter_map(|element| taken(xml, reading, &names, element)).collect()
}

/// What the selector ends in at an element.
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
