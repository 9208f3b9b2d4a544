//! Which node a selector means (RFC 4825 section 6.3).

use roxmltree::{Attribute, Node};

use crate::selector::{AttributeTest, NameOrAny, NodeSelector, QName, Step};
use crate::xml;

/// A selector's names, and the namespaces that they are in.
pub(super) struct Names<'s> {
    pub(super) selector: &'s NodeSelector,
    pub(super) default_ns: Option<&'s str>,
}

/// The elements that a step matches. Only one is what a selector may mean.
pub(super) enum Found<'a, 'd> {
    Nothing,
    One(Node<'a, 'd>),
    Several,
}

/// The step at which a selector lost its way: its index, and whether it matches several elements.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lost {
    pub(super) step: usize,
    pub(super) several: bool,
}

impl<'s> Names<'s> {
    pub(super) fn new(selector: &'s NodeSelector, default_ns: Option<&'s str>) -> Self {
        Self { selector, default_ns: default_ns.filter(|namespace| !namespace.is_empty()) }
    }

    /// The element that the steps lead to.
    pub(super) fn walk<'a, 'd>(
        &self,
        root: Node<'a, 'd>,
        steps: &[Step],
    ) -> Result<Node<'a, 'd>, Lost> {
        let mut context = root;
        for (index, step) in steps.iter().enumerate() {
            context = match self.step(context, step) {
                Found::One(element) => element,
                Found::Nothing => return Err(Lost { step: index, several: false }),
                Found::Several => return Err(Lost { step: index, several: true }),
            };
        }
        Ok(context)
    }

    /// All elements that the steps lead to, in document order. A position counts the children of each
    /// parent anew.
    pub(super) fn walk_all<'a, 'd>(&self, root: Node<'a, 'd>, steps: &[Step]) -> Vec<Node<'a, 'd>> {
        let mut contexts = vec![root];
        for step in steps {
            contexts =
                contexts.into_iter().flat_map(|context| self.matches(context, step)).collect();
        }
        contexts
    }

    fn matches<'a, 'd>(&self, context: Node<'a, 'd>, step: &Step) -> Vec<Node<'a, 'd>> {
        let Step::Element { name, position, attribute } = step else { return Vec::new() };
        let passes = |node: &Node<'a, 'd>| match attribute {
            Some(test) => self.passes(*node, test),
            None => true,
        };
        let named = context.children().filter(|node| self.is_named(*node, name));
        match position {
            Some(position) => {
                named.skip(position.saturating_sub(1)).take(1).filter(passes).collect()
            }
            None => named.filter(passes).collect(),
        }
    }

    /// What a step matches among the children of its context; its predicates apply in order.
    pub(super) fn step<'a, 'd>(&self, context: Node<'a, 'd>, step: &Step) -> Found<'a, 'd> {
        let Step::Element { name, position, attribute } = step else { return Found::Nothing };
        let is_named = |node: &Node<'a, 'd>| self.is_named(*node, name);
        let passes = |node: &Node<'a, 'd>| match attribute {
            Some(test) => self.passes(*node, test),
            None => true,
        };
        if let Some(position) = position {
            let nth = context.children().filter(is_named).nth(position.saturating_sub(1));
            return nth.filter(passes).map_or(Found::Nothing, Found::One);
        }
        // The test first: it tells most siblings apart, the name does not.
        let mut matching = context.children().filter(passes).filter(is_named);
        match (matching.next(), matching.next()) {
            (Some(element), None) => Found::One(element),
            (Some(_), Some(_)) => Found::Several,
            (None, _) => Found::Nothing,
        }
    }

    fn passes(&self, node: Node<'_, '_>, test: &AttributeTest) -> bool {
        let namespace = self.attribute_namespace(&test.name);
        node.attributes().any(|found| {
            found.value() == test.value
                && found.name() == test.name.local()
                && found.namespace() == namespace
        })
    }

    /// Whether the node is an element of this expanded name.
    pub(super) fn is_named(&self, node: Node<'_, '_>, name: &NameOrAny) -> bool {
        match name {
            NameOrAny::Any => node.is_element(),
            NameOrAny::Name(name) => {
                let namespace = match name.prefix() {
                    Some(prefix) => self.selector.namespace_of(prefix),
                    None => self.default_ns,
                };
                is_named(node, namespace, name.local())
            }
        }
    }

    /// A declaration is no attribute, and the parser does not list it as one.
    pub(super) fn attribute<'a, 'd>(
        &self,
        element: Node<'a, 'd>,
        name: &QName,
    ) -> Option<Attribute<'a, 'd>> {
        let namespace = self.attribute_namespace(name);
        element
            .attributes()
            .find(|found| found.name() == name.local() && found.namespace() == namespace)
    }

    pub(super) fn attribute_namespace(&self, name: &QName) -> Option<&'s str> {
        name.prefix().and_then(|prefix| self.selector.namespace_of(prefix))
    }
}

/// Whether the node is an element of this expanded name. Local names differ sooner than namespaces.
pub(super) fn is_named(node: Node<'_, '_>, namespace: Option<&str>, local: &str) -> bool {
    if !node.is_element() {
        return false;
    }
    let (found, name) = xml::expanded_name(node);
    name == local && found == namespace
}
