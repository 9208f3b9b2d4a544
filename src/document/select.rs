//! The node that a selector means (RFC 4825 section 6.3).

use roxmltree::{Attribute, Document, Node};

use crate::selector::{AttributeTest, NameOrAny, NodeSelector, QName, Step};
use crate::xml;

/// A selector, and what is known about its application usage.
#[derive(Clone, Copy)]
pub(super) struct Query<'s> {
    pub(super) selector: &'s NodeSelector,
    /// `None` if it is not known. Empty if there is no default namespace.
    pub(super) default_ns: Option<&'s str>,
}

impl<'s> Query<'s> {
    /// The meaning of the names in a document. If the usage is not known, the root element
    /// determines the default namespace.
    pub(super) fn within<'n>(self, document: &'n Document<'_>) -> Names<'n>
    where
        's: 'n,
    {
        let default_ns = default_namespace(document, self.default_ns);
        Names { selector: self.selector, default_ns }
    }
}

/// The namespace of names without a prefix: the known one, or else the namespace of the root
/// element.
pub(super) fn default_namespace<'n>(
    document: &'n Document<'_>,
    known: Option<&'n str>,
) -> Option<&'n str> {
    match known {
        Some(known) => Some(known).filter(|namespace| !namespace.is_empty()),
        None => xml::expanded_name(document.root_element()).0,
    }
}

/// The names of a selector, and their namespaces.
pub(super) struct Names<'s> {
    pub(super) selector: &'s NodeSelector,
    default_ns: Option<&'s str>,
}

/// The elements that a step matches. A selector may mean only a single one.
pub(super) enum Found<'a, 'd> {
    Nothing,
    One(Node<'a, 'd>),
    Several,
}

/// The step at which a selector matches nothing or too much: its index, and whether it matches
/// several elements.
#[derive(Debug)]
pub(super) struct StepMismatch {
    pub(super) step: usize,
    pub(super) several: bool,
    /// A node that it may have meant.
    pub(super) near: Option<Near>,
}

/// A node with the right local name in another namespace.
#[derive(Debug)]
pub(super) struct Near {
    pub(super) namespace: Option<String>,
    /// The name that the selector should use.
    pub(super) name: String,
    /// The prefix in that name that the selector still has to bind.
    pub(super) unbound: Option<String>,
}

impl<'s> Names<'s> {
    /// The only element that the steps lead to.
    pub(super) fn walk<'a, 'd>(
        &self,
        root: Node<'a, 'd>,
        steps: &[Step],
    ) -> Result<Node<'a, 'd>, StepMismatch> {
        let mut context = root;
        for (index, step) in steps.iter().enumerate() {
            context = match self.step(context, step) {
                Found::One(element) => element,
                Found::Nothing => {
                    let near = self.near(context, step);
                    return Err(StepMismatch { step: index, several: false, near });
                }
                Found::Several => {
                    return Err(StepMismatch { step: index, several: true, near: None });
                }
            };
        }
        Ok(context)
    }

    /// All elements that the steps lead to, in document order. A position counts anew within each
    /// parent.
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

    /// What a step matches among the children of its context. Its predicates apply in order.
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
        // The test comes first, because it tells most siblings apart and the name does not.
        let mut matching = context.children().filter(passes).filter(is_named);
        match (matching.next(), matching.next()) {
            (Some(element), None) => Found::One(element),
            (Some(_), Some(_)) => Found::Several,
            (None, _) => Found::Nothing,
        }
    }

    fn passes(&self, node: Node<'_, '_>, test: &AttributeTest) -> bool {
        let namespace = self.selector.attribute_namespace(&test.name);
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
                let namespace = self.selector.element_namespace(name, self.default_ns);
                xml::is_named(node, namespace, name.local())
            }
        }
    }

    /// A namespace declaration is not an attribute, and the parser does not list it as one.
    pub(super) fn attribute<'a, 'd>(
        &self,
        element: Node<'a, 'd>,
        name: &QName,
    ) -> Option<Attribute<'a, 'd>> {
        let namespace = self.selector.attribute_namespace(name);
        element
            .attributes()
            .find(|found| found.name() == name.local() && found.namespace() == namespace)
    }

    /// A child with the step's local name in another namespace, if only the namespace is wrong.
    fn near(&self, context: Node<'_, '_>, step: &Step) -> Option<Near> {
        let Step::Element { name: name @ NameOrAny::Name(wanted), .. } = step else { return None };
        let elements = || context.children().filter(Node::is_element);
        if elements().any(|element| self.is_named(element, name)) {
            return None;
        }
        let is_near = |node: &Node<'_, '_>| xml::expanded_name(*node).1 == wanted.local();
        let element = elements().find(is_near)?;
        let (namespace, local) = xml::expanded_name(element);
        Some(match namespace {
            Some(namespace) if self.default_ns == Some(namespace) => Near {
                namespace: Some(namespace.to_owned()),
                name: local.to_owned(),
                unbound: None,
            },
            Some(namespace) => self.prefixed(element, namespace, local),
            // If there is a default namespace, no name can stand for an element in no namespace.
            None => Near { namespace: None, name: "*".to_owned(), unbound: None },
        })
    }

    /// An attribute with this local name in another namespace.
    pub(super) fn near_attribute(&self, element: Node<'_, '_>, name: &QName) -> Option<Near> {
        let mut attributes = element.attributes();
        let attribute = attributes.find(|attribute| attribute.name() == name.local())?;
        Some(match attribute.namespace() {
            Some(namespace) => self.prefixed(element, namespace, attribute.name()),
            None => Near { namespace: None, name: attribute.name().to_owned(), unbound: None },
        })
    }

    /// The name with a prefix that the selector binds to the namespace, or could bind.
    fn prefixed(&self, element: Node<'_, '_>, namespace: &str, local: &str) -> Near {
        let bound = |prefix: &str| self.selector.namespace_of(prefix);
        let known = self.selector.bindings().find(|(_, uri)| *uri == namespace);
        let own = element.lookup_prefix(namespace).filter(|prefix| !prefix.is_empty());
        let prefix = match (known, own) {
            (Some((prefix, _)), _) => prefix.to_owned(),
            (None, Some(own)) if bound(own).is_none_or(|uri| uri == namespace) => own.to_owned(),
            _ => {
                let mut others = (1..).map(|n| format!("p{n}"));
                others.find(|prefix| bound(prefix).is_none()).unwrap_or_default()
            }
        };
        let unbound = bound(&prefix).is_none().then(|| prefix.clone());
        Near { namespace: Some(namespace.to_owned()), name: format!("{prefix}:{local}"), unbound }
    }
}
