//! The target of a request: a document or one of its nodes, and the one text that stands for it on
//! the wire.

use crate::answer::{RequestUrl, ResourceKind, Result};

use super::arg::{Node, NodeArg};
use super::document::DocumentSelector;
use super::node::NodeSelector;
use super::root::Root;
use super::wire::{SEPARATOR, encode_raw};

/// A document or a node, and its request-target.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) url: RequestUrl,
    pub(crate) kind: ResourceKind,
    /// The node's selector, unless it is a text that this crate could not parse.
    pub(crate) selector: Option<NodeSelector>,
}

impl Target {
    /// Builds the request-target. If a text does not parse, that is an error when `check` is set.
    /// Otherwise the text is encoded as it stands.
    pub(crate) fn new(
        root: &Root,
        document: &DocumentSelector,
        node: &NodeArg<'_>,
        check: bool,
    ) -> Result<Self> {
        let mut url = RequestUrl::new(root.origin(), root.path());
        url.push_str(document.as_str());
        let selector = match &node.0 {
            Node::Document => {
                return Ok(Self { url, kind: ResourceKind::Document, selector: None });
            }
            Node::Selector(selector) => selector.clone().into_owned(),
            Node::Text(text) => match text.parse() {
                Ok(selector) => selector,
                Err(error) if check => return Err(error),
                Err(_) => {
                    push_node(&mut url, &encode_raw(text));
                    return Ok(Self { url, kind: kind_of_raw(text), selector: None });
                }
            },
        };
        // With checks off, a server may know the prefixes by itself. No server knows a broken step.
        if check {
            selector.check()?;
        } else {
            selector.check_shape()?;
        }
        push_node(&mut url, &selector.to_encoded());
        Ok(Self { url, kind: selector.kind(), selector: Some(selector) })
    }
}

fn push_node(url: &mut RequestUrl, node: &str) {
    url.push_str("/");
    url.push_str(SEPARATOR);
    url.push_str(node);
}

/// The kind of node that an unparsable expression means, judged by its end.
fn kind_of_raw(text: &str) -> ResourceKind {
    match text.rsplit('/').next() {
        Some("namespace::*") => ResourceKind::NamespaceBindings,
        Some(last) if last.starts_with('@') => ResourceKind::Attribute,
        _ => ResourceKind::Element,
    }
}
