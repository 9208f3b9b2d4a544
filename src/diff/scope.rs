//! The namespace declarations in scope at an element of the diff document.

use std::collections::BTreeMap;
use std::sync::Arc;

use roxmltree::Node;

use crate::xml::{self, Tag};

/// The declarations of an element and of the elements around it. Each declaration is stored once,
/// however many elements see it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Scope {
    outer: Option<Arc<Self>>,
    own: Vec<(String, String)>,
}

impl Scope {
    /// The scope of an element whose parent has the scope `outer`.
    pub(super) fn of(element: Node<'_, '_>, outer: Option<&Arc<Self>>) -> Arc<Self> {
        let markup = element.document().input_text().get(element.range()).unwrap_or_default();
        let own: Vec<_> = Tag::read(markup)
            .iter()
            .flat_map(Tag::declarations)
            .filter_map(|(prefix, value)| {
                let uri = xml::resolve_references(value).ok()?;
                Some((prefix.to_owned(), uri.into_owned()))
            })
            .collect();
        match outer {
            Some(outer) if own.is_empty() => Arc::clone(outer),
            outer => Arc::new(Self { outer: outer.cloned(), own }),
        }
    }

    /// The namespace of a prefix. An empty prefix stands for names without one.
    pub(super) fn namespace_of(&self, prefix: &str) -> Option<&str> {
        if prefix == "xml" {
            return Some(roxmltree::NS_XML_URI);
        }
        self.chain()
            .find_map(|scope| scope.own.iter().find(|(own, _)| own == prefix))
            .map(|(_, uri)| uri.as_str())
            .filter(|uri| !uri.is_empty())
    }

    /// All bindings, ordered by prefix. The default namespace has the empty prefix.
    pub(super) fn bindings(&self) -> BTreeMap<&str, &str> {
        let mut bindings = BTreeMap::new();
        for (prefix, uri) in self.chain().flat_map(|scope| &scope.own) {
            bindings.entry(prefix.as_str()).or_insert(uri.as_str());
        }
        bindings.retain(|_, uri| !uri.is_empty());
        bindings
    }

    fn chain(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |scope| scope.outer.as_deref())
    }
}
