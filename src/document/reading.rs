//! A parsed document. It keeps what its selected nodes share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use roxmltree::{Node, NodeId};

use crate::selector::NodeSelector;
use crate::xml::Parsed;

use super::select::{Names, Query, default_namespace};
use super::siblings::Siblings;

pub(super) struct Reading {
    parsed: Parsed,
    default_ns: Option<String>,
    /// How the children of an element are told apart. Computed on demand.
    siblings: Mutex<HashMap<NodeId, Arc<Siblings>>>,
}

impl Reading {
    pub(super) fn new(parsed: Parsed, default_ns: Option<&str>) -> Arc<Self> {
        let default_ns = default_ns.map(str::to_owned);
        Arc::new(Self { parsed, default_ns, siblings: Mutex::default() })
    }

    pub(super) fn parsed(&self) -> &Parsed {
        &self.parsed
    }

    pub(super) fn query<'s>(&'s self, selector: &'s NodeSelector) -> Query<'s> {
        Query { selector, default_ns: self.default_ns() }
    }

    /// The meaning of a selector's names in this document.
    pub(super) fn names<'s>(&'s self, selector: &'s NodeSelector) -> Names<'s> {
        self.query(selector).within(self.parsed.tree())
    }

    /// The namespace of names without a prefix.
    pub(super) fn namespace(&self) -> Option<&str> {
        default_namespace(self.parsed.tree(), self.default_ns())
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
        Arc::clone(siblings.or_insert_with(|| Arc::new(Siblings::below(parent, self.namespace()))))
    }
}
