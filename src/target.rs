//! The target of a request: a document or a node of it, and the one text that names it on the wire.

use std::borrow::Cow;

use crate::error::Result;
use crate::resource::ResourceKind;
use crate::root::Root;
use crate::selector::{DocumentSelector, NodeSelector, SEPARATOR, encode_raw};

/// A document or a node, and its request-target.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// Path and query: the same text goes on the wire and into Digest's `uri`.
    pub(crate) path: String,
    pub(crate) kind: ResourceKind,
    /// The node's selector, unless it is a text that this crate could not parse.
    pub(crate) selector: Option<NodeSelector>,
}

/// What a caller names inside a document: nothing, an expression or a selector.
///
/// `None` and `""` are the document. A text is an unencoded expression, with or without its leading
/// `/` (RFC 4825 section 6.3).
///
/// ```
/// use xcaplib::NodeSelector;
/// # let server = xcaplib::testing::Server::start()?;
/// # let client = server.client("sip:alice@example.com")?;
/// let selector = NodeSelector::root("resource-lists").child("list").nth(1);
/// let url = client.url("resource-lists", &selector)?;
/// assert_eq!(client.url("resource-lists", "/resource-lists/list[1]")?, url);
/// assert_eq!(client.url("resource-lists", &String::from("resource-lists/list[1]"))?, url);
/// assert_eq!(client.url("resource-lists", "")?, client.url("resource-lists", None)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct NodeArg<'a>(Node<'a>);

#[derive(Clone, Debug, Default)]
enum Node<'a> {
    #[default]
    Document,
    Text(Cow<'a, str>),
    Selector(Cow<'a, NodeSelector>),
}

impl Target {
    /// Builds the request-target. A text that does not parse is an error if the input is to be
    /// checked, else it is encoded as it stands.
    pub(crate) fn new(
        root: &Root,
        document: &DocumentSelector,
        node: &NodeArg<'_>,
        check: bool,
    ) -> Result<Self> {
        let mut path = [root.path(), document.as_str()].concat();
        let selector = match &node.0 {
            Node::Document => {
                return Ok(Self { path, kind: ResourceKind::Document, selector: None });
            }
            Node::Selector(selector) => selector.clone().into_owned(),
            Node::Text(text) => match text.parse() {
                Ok(selector) => selector,
                Err(error) if check => return Err(error),
                Err(_) => {
                    push_node(&mut path, &encode_raw(text));
                    return Ok(Self { path, kind: kind_of_raw(text), selector: None });
                }
            },
        };
        // With checks off a server may know prefixes by itself; no server knows a broken step.
        if check {
            selector.check()?;
        } else {
            selector.check_shape()?;
        }
        push_node(&mut path, &selector.to_encoded());
        Ok(Self { path, kind: ResourceKind::of(&selector), selector: Some(selector) })
    }
}

fn push_node(path: &mut String, node: &str) {
    path.push('/');
    path.push_str(SEPARATOR);
    path.push_str(node);
}

/// The kind of node that a text names which does not parse, as far as its end tells.
fn kind_of_raw(text: &str) -> ResourceKind {
    match text.rsplit('/').next() {
        Some("namespace::*") => ResourceKind::NamespaceBindings,
        Some(last) if last.starts_with('@') => ResourceKind::Attribute,
        _ => ResourceKind::Element,
    }
}

impl NodeArg<'_> {
    pub(crate) fn into_owned(self) -> NodeArg<'static> {
        NodeArg(match self.0 {
            Node::Document => Node::Document,
            Node::Text(text) => Node::Text(Cow::Owned(text.into_owned())),
            Node::Selector(selector) => Node::Selector(Cow::Owned(selector.into_owned())),
        })
    }

    /// The selector of a node, parsed where it is a text; `None` for the document.
    pub(crate) fn into_selector(self) -> Result<Option<NodeSelector>> {
        match self.0 {
            Node::Document => Ok(None),
            Node::Text(text) => text.parse().map(Some),
            Node::Selector(selector) => Ok(Some(selector.into_owned())),
        }
    }

    /// Whether the whole document is meant.
    pub(crate) fn is_document(&self) -> bool {
        matches!(self.0, Node::Document)
    }
}

fn text_arg(text: Cow<'_, str>) -> NodeArg<'_> {
    NodeArg(if text.is_empty() { Node::Document } else { Node::Text(text) })
}

impl<'a> From<Option<&'a str>> for NodeArg<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or_else(Self::default, Self::from)
    }
}

impl<'a> From<&'a str> for NodeArg<'a> {
    fn from(text: &'a str) -> Self {
        text_arg(text.into())
    }
}

impl<'a> From<&'a String> for NodeArg<'a> {
    fn from(text: &'a String) -> Self {
        text_arg(text.into())
    }
}

impl From<String> for NodeArg<'_> {
    fn from(text: String) -> Self {
        text_arg(text.into())
    }
}

impl<'a> From<&'a NodeSelector> for NodeArg<'a> {
    fn from(selector: &'a NodeSelector) -> Self {
        Self(Node::Selector(Cow::Borrowed(selector)))
    }
}

impl From<NodeSelector> for NodeArg<'_> {
    fn from(selector: NodeSelector) -> Self {
        Self(Node::Selector(Cow::Owned(selector)))
    }
}
