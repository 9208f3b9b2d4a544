//! The steps of a selector, and the elements that they lead to.

use roxmltree::{Document, Node};

/// A step: a name or `*`, a position, and the value of an attribute, in this order.
#[derive(Clone)]
pub(super) struct Step {
    /// The namespace and the name; `None` is `*`.
    pub(super) name: Option<(Option<String>, String)>,
    pub(super) position: Option<i64>,
    pub(super) test: Option<(String, String)>,
}

impl Step {
    pub(super) fn is_named(&self, node: Node<'_, '_>) -> bool {
        let tag = node.tag_name();
        match &self.name {
            None => true,
            Some((namespace, name)) => {
                tag.name() == name
                    && tag.namespace() == namespace.as_deref().filter(|n| !n.is_empty())
            }
        }
    }

    fn passes(&self, node: Node<'_, '_>) -> bool {
        let Some((name, value)) = &self.test else { return true };
        attribute(node, name) == Some(value.as_str())
    }

    /// The children with this step's name, before its position and value are checked.
    pub(super) fn named<'a, 'd>(&self, parent: Node<'a, 'd>) -> Vec<Node<'a, 'd>> {
        let children = parent.children().filter(Node::is_element);
        children.filter(|child| self.is_named(*child)).collect()
    }

    fn matching<'a, 'd>(&self, parent: Node<'a, 'd>) -> Vec<Node<'a, 'd>> {
        let mut found = self.named(parent);
        if let Some(position) = self.position {
            let at = usize::try_from(position - 1).ok();
            found = at.and_then(|at| found.get(at)).copied().into_iter().collect();
        }
        found.retain(|node| self.passes(*node));
        found
    }
}

/// The value of an attribute in no namespace.
pub(super) fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    let mut attributes = node.attributes();
    attributes.find(|a| a.namespace().is_none() && a.name() == name).map(|a| a.value())
}

/// Every element of a document.
pub(super) fn every<'a, 'd>(document: &'a Document<'d>) -> Vec<Node<'a, 'd>> {
    document.descendants().filter(Node::is_element).collect()
}

/// All elements that the steps lead to, in document order. A step continues from each match of the
/// step before.
pub(super) fn walk<'a, 'd>(document: &'a Document<'d>, steps: &[Step]) -> Vec<Node<'a, 'd>> {
    steps.iter().fold(vec![document.root()], |found, step| {
        found.into_iter().flat_map(|parent| step.matching(parent)).collect()
    })
}
