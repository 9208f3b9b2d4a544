//! How to tell each child of an element from its siblings. One pass computes that for all children.

use std::collections::HashMap;

use roxmltree::{Attribute, Node, NodeId};

use crate::selector::NodeSelector;
use crate::xml;

/// The child elements of an element, in order.
pub(super) struct Siblings(Vec<(NodeId, Mark)>);

/// How to tell an element from its siblings. Attributes are given by their index.
#[derive(Clone, Copy)]
struct Mark {
    /// Whether the element is in the default namespace, so that its name selects it.
    is_named: bool,
    position: Option<usize>,
    attribute: Option<usize>,
}

/// A value of an attribute, among the siblings with the same name or among all.
type Value<'a> = (Option<&'a str>, &'a str, &'a str);

impl Siblings {
    pub(super) fn below(parent: Node<'_, '_>, default_ns: Option<&str>) -> Self {
        let elements: Vec<_> = parent.children().filter(Node::is_element).collect();
        let names: Vec<_> =
            elements.iter().map(|element| step_name(*element, default_ns)).collect();
        let mut values: HashMap<Value<'_>, usize> = HashMap::new();
        for (element, name) in elements.iter().zip(&names) {
            for attribute in plain_attributes(*element).map(|(_, attribute)| attribute) {
                *values.entry((None, attribute.name(), attribute.value())).or_default() += 1;
                if name.is_some() {
                    let key = (*name, attribute.name(), attribute.value());
                    *values.entry(key).or_default() += 1;
                }
            }
        }
        let followers = followers(&names);
        let mut counts: HashMap<Option<&str>, usize> = HashMap::new();
        let marks = elements.iter().enumerate().map(|(index, element)| {
            let name = names.get(index).copied().flatten();
            *counts.entry(None).or_default() += 1;
            if name.is_some() {
                *counts.entry(name).or_default() += 1;
            }
            let is_unique = |attribute: &Attribute<'_, '_>| {
                values.get(&(name, attribute.name(), attribute.value())) == Some(&1)
            };
            let unique = plain_attributes(*element).find(|(_, found)| is_unique(found));
            let mark = match unique {
                Some((attribute, _)) => {
                    Mark { is_named: name.is_some(), position: None, attribute: Some(attribute) }
                }
                None => {
                    let next = followers.get(index).copied().flatten();
                    let next = next.and_then(|next| elements.get(next));
                    Mark {
                        is_named: name.is_some(),
                        position: counts.get(&name).copied(),
                        attribute: next.and_then(|next| told_apart(*element, *next)),
                    }
                }
            };
            (element.id(), mark)
        });
        Self(marks.collect())
    }

    /// The selector with a step that selects only this child.
    pub(super) fn step(&self, parent: NodeSelector, child: Node<'_, '_>) -> NodeSelector {
        let found =
            self.0.binary_search_by_key(&child.id().get_usize(), |(id, _)| id.get_usize()).ok();
        let Some((_, mark)) = found.and_then(|at| self.0.get(at)) else { return parent };
        let selector = if mark.is_named {
            parent.child(xml::expanded_name(child).1)
        } else {
            parent.any_child()
        };
        let selector = match mark.position {
            Some(position) => selector.nth(position),
            None => selector,
        };
        match mark.attribute.and_then(|index| child.attributes().nth(index)) {
            Some(attribute) => selector.with_attr(attribute.name(), attribute.value()),
            None => selector,
        }
    }
}

/// The name that selects the element. `None` for `*`.
pub(super) fn step_name<'a>(element: Node<'a, '_>, default_ns: Option<&str>) -> Option<&'a str> {
    let (namespace, local) = xml::expanded_name(element);
    (namespace == default_ns).then_some(local)
}

/// The attributes in no namespace. A test for one of them needs no binding.
fn plain_attributes<'a, 'd: 'a>(
    element: Node<'a, 'd>,
) -> impl Iterator<Item = (usize, Attribute<'a, 'd>)> {
    element.attributes().enumerate().filter(|(_, attribute)| attribute.namespace().is_none())
}

/// For each element, the next one that the same name test matches.
fn followers(names: &[Option<&str>]) -> Vec<Option<usize>> {
    let mut next: HashMap<&str, usize> = HashMap::new();
    let mut followers: Vec<_> = names
        .iter()
        .enumerate()
        .rev()
        .map(|(index, name)| match name {
            Some(name) => next.insert(*name, index),
            None => Some(index + 1).filter(|next| *next < names.len()),
        })
        .collect();
    followers.reverse();
    followers
}

/// An attribute of the element that the next one does not have, or not with this value. With a test
/// for it, the position cannot match the next element after the element is gone.
fn told_apart(element: Node<'_, '_>, next: Node<'_, '_>) -> Option<usize> {
    let differs = |attribute: &Attribute<'_, '_>| {
        xml::attribute(next, attribute.name()) != Some(attribute.value())
    };
    plain_attributes(element).find(|(_, attribute)| differs(attribute)).map(|(index, _)| index)
}
