//! An element with a change in it, to replace the original.

use std::ops::Range;

use crate::selector::NodeSelector;
use crate::xml::{self, Element, Splice, Tag};

use super::bindings;
use super::inherited;
use super::selected::Selected;

/// How elements of a namespace are written at a place.
#[derive(Clone, Debug)]
pub(crate) struct Prefix {
    /// `None` for the default namespace.
    prefix: Option<String>,
    /// The namespace, if nothing in scope is bound to it. It then has to be declared for the
    /// prefix.
    undeclared: Option<String>,
}

impl Prefix {
    /// A new element inside one that [`outermost`](Self::outermost) made.
    pub(crate) fn element(&self, local: &str) -> Element {
        match &self.prefix {
            Some(prefix) => Element::new(&format!("{prefix}:{local}")),
            None => Element::new(local),
        }
    }

    /// A new element, with the declaration it needs.
    pub(crate) fn outermost(&self, local: &str) -> Element {
        let element = self.element(local);
        match (&self.undeclared, &self.prefix) {
            (Some(namespace), Some(prefix)) => element.attr(&format!("xmlns:{prefix}"), namespace),
            (Some(namespace), None) => element.attr("xmlns", namespace),
            (None, _) => element,
        }
    }
}

impl Selected<'_> {
    /// How to write a new child in this namespace: like the element itself, or else like one of its
    /// children, or else with a binding in scope.
    pub(crate) fn prefix_within(&self, namespace: &str) -> Prefix {
        let mut bound = bindings::in_scope(self.node());
        bound.retain(|(_, uri)| *uri == namespace);
        let children = self.children();
        let written = [self].into_iter().chain(&children).map(Selected::written_prefix);
        let mut as_written = written.filter(|prefix| bound.contains(&(*prefix, namespace)));
        let in_scope = bound.first().map(|(prefix, _)| *prefix);
        match as_written.next().or(in_scope) {
            Some(prefix) => Prefix { prefix: prefix.map(str::to_owned), undeclared: None },
            None => Prefix { prefix: None, undeclared: Some(namespace.to_owned()) },
        }
    }

    /// The same, but a namespace that nothing in scope is bound to gets this prefix. If the prefix
    /// has another meaning there, a number is appended to it.
    pub(crate) fn prefix_or(&self, namespace: &str, usual: &str) -> Prefix {
        let found = self.prefix_within(namespace);
        if found.undeclared.is_none() {
            return found;
        }
        let bound = bindings::in_scope(self.node());
        let is_free = |prefix: &String| !bound.iter().any(|(bound, _)| *bound == Some(prefix));
        let numbered = (2..).map(|number| format!("{usual}{number}"));
        let prefix = std::iter::once(usual.to_owned()).chain(numbered).find(is_free);
        Prefix { prefix, ..found }
    }

    /// The prefix of the element.
    pub(crate) fn written_prefix(&self) -> Option<&str> {
        let (prefix, _) = xml::split_qname(xml::qname(self.as_str()));
        Some(prefix).filter(|prefix| !prefix.is_empty())
    }

    /// Whether a name without a prefix in a selector is in this namespace.
    pub(crate) fn is_default(&self, namespace: &str) -> bool {
        self.reading.namespace() == Some(namespace)
    }

    /// A selector of the children with this name. It binds a prefix only if necessary.
    pub(crate) fn child_selector(&self, namespace: &str, local: &str) -> NodeSelector {
        let selector = self.selector();
        if self.is_default(namespace) {
            return selector.child(local);
        }
        selector.child(&format!("n:{local}")).bind("n", namespace)
    }

    /// The element with this markup right after one of its children, or right after its start tag.
    pub(crate) fn with_child(&self, behind: Option<&Selected<'_>>, markup: &str) -> String {
        let text = self.as_str();
        match (behind, Tag::read(text)) {
            (Some(sibling), _) => {
                let end = self.place_of(sibling).end;
                Splice::of_markup(end..end, markup).apply(text)
            }
            (None, Some(tag)) if tag.is_empty => self.with_content(markup),
            (None, Some(tag)) => Splice::of_markup(tag.end..tag.end, markup).apply(text),
            (None, None) => text.to_owned(),
        }
    }

    /// The element with new markup in place of some of its children. They are given in document
    /// order.
    pub(crate) fn with_replaced(&self, changes: &[(&Selected<'_>, &str)]) -> String {
        let last_first = changes.iter().rev();
        last_first.fold(self.as_str().to_owned(), |text, (child, markup)| {
            Splice::of_content(self.place_of(child), *markup).apply(&text)
        })
    }

    /// The range of a child in the element's text.
    fn place_of(&self, child: &Selected<'_>) -> Range<usize> {
        let (start, child) = (self.node().range().start, child.node().range());
        child.start.saturating_sub(start)..child.end.saturating_sub(start)
    }

    /// The element as it has to be written inside another one: with the declarations that it uses
    /// and that are not in scope there.
    pub(crate) fn written_within(&self, parent: &Selected<'_>) -> String {
        inherited::declared_within(self.as_str(), self.node(), parent.node())
    }
}
