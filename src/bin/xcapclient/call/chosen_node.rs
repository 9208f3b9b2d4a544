//! The node of the document that a call is about.

use std::borrow::Cow;

use xcaplib::{NodeSelector, Request};

use crate::args::{Failure, Options};

use super::variables;

/// The node selector of the command line.
pub(crate) enum ChosenNode<'a> {
    /// The selector as it was typed, with the values of `--var` filled in. The library checks it,
    /// unless validation is off.
    Typed(Cow<'a, str>),
    /// A selector with the bindings of `--bind`.
    Bound(NodeSelector),
    Document,
}

impl<'a> ChosenNode<'a> {
    pub(crate) fn new(options: &'a Options) -> Result<Self, Failure> {
        let text = options.node_selector.as_deref().filter(|text| !text.is_empty());
        let Some(text) = text else { return Ok(Self::Document) };
        let text = variables::filled(text, &options.variables)?;
        if options.bindings.is_empty() {
            return Ok(Self::Typed(text));
        }
        Ok(Self::Bound(bound(parse(&text)?, &options.bindings)))
    }

    pub(crate) fn of<'c>(&self, request: Request<'c>) -> Request<'c> {
        match self {
            Self::Typed(text) => request.node(&**text),
            Self::Bound(selector) => request.node(selector),
            Self::Document => request,
        }
    }

    /// The parsed selector. `None` for a whole document.
    pub(crate) fn selector(&self) -> Result<Option<NodeSelector>, Failure> {
        match self {
            Self::Typed(text) => parse(text).map(Some),
            Self::Bound(selector) => Ok(Some(selector.clone())),
            Self::Document => Ok(None),
        }
    }
}

fn parse(text: &str) -> Result<NodeSelector, Failure> {
    Ok(text.parse::<NodeSelector>()?)
}

/// The selector with these prefixes and namespaces.
pub(crate) fn bound(selector: NodeSelector, bindings: &[(String, String)]) -> NodeSelector {
    bindings.iter().fold(selector, |selector, (prefix, uri)| selector.bind(prefix, uri))
}
