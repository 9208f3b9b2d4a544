//! The argument `node` of a call.

use std::borrow::Cow;

use crate::answer::{Error, Result};

use super::node::NodeSelector;

/// What a caller selects inside a document: nothing, an expression or a selector.
///
/// `None` and `""` mean the whole document. A text is an unencoded expression, with or without its
/// leading `/` (RFC 4825 section 6.3).
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
pub struct NodeArg<'a>(pub(super) Node<'a>);

#[derive(Clone, Debug, Default)]
pub(super) enum Node<'a> {
    #[default]
    Document,
    Text(Cow<'a, str>),
    Selector(Cow<'a, NodeSelector>),
}

impl NodeArg<'_> {
    pub(crate) fn into_owned(self) -> NodeArg<'static> {
        NodeArg(match self.0 {
            Node::Document => Node::Document,
            Node::Text(text) => Node::Text(Cow::Owned(text.into_owned())),
            Node::Selector(selector) => Node::Selector(Cow::Owned(selector.into_owned())),
        })
    }

    /// The selector of a node, parsed if it was given as text. `None` means the document.
    pub(crate) fn into_selector(self) -> Result<Option<NodeSelector>> {
        match self.0 {
            Node::Document => Ok(None),
            Node::Text(text) => text.parse().map(Some),
            Node::Selector(selector) => Ok(Some(selector.into_owned())),
        }
    }

    /// The selector of a node that can be looked for in a document.
    pub(crate) fn into_node(self) -> Result<NodeSelector> {
        let selector = self.into_selector()?.ok_or_else(|| {
            Error::invalid_input(
                "a node is needed here; for the whole document there are `text` and `update`",
            )
        })?;
        selector.check()?;
        Ok(selector)
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
