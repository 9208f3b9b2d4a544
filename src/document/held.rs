//! A document with its tree. It is kept, because it is read and changed many times.

use std::sync::Arc;

use crate::selector::NodeSelector;
use crate::xml::{Fault, Parsed};

use super::admit::{admit, admit_change};
use super::parse::parse_owned;
use super::reading::Reading;
use super::refusal::Refusal;
use super::selected::Selected;
use super::{constraints, edit, lookup, same};

/// A clone shares the text and the tree.
#[derive(Clone)]
pub(crate) struct Held(Arc<Reading>);

impl Held {
    pub(crate) fn read(text: String, default_ns: Option<&str>) -> Result<Self, Refusal> {
        Ok(Self(Reading::new(parse_owned(text)?, default_ns)))
    }

    pub(crate) fn parse(text: String, default_ns: Option<&str>) -> Result<Self, Fault> {
        Ok(Self(Reading::new(Parsed::read(text)?, default_ns)))
    }

    pub(crate) fn text(&self) -> &str {
        self.0.parsed().text()
    }

    pub(crate) fn get(&self, selector: &NodeSelector) -> Result<Selected<'_>, Refusal> {
        admit(selector)?;
        lookup::one(self.text(), &self.0, selector)
    }

    pub(crate) fn get_all(&self, selector: &NodeSelector) -> Result<Vec<Selected<'_>>, Refusal> {
        admit(selector)?;
        Ok(lookup::all(self.text(), &self.0, selector))
    }

    /// The document with the body in place, and whether the node was created.
    pub(crate) fn put(
        &self,
        selector: &NodeSelector,
        body: &[u8],
    ) -> Result<(Self, bool), Refusal> {
        admit_change(selector)?;
        let put = edit::put(self.0.parsed(), self.0.query(selector), body)?;
        Ok((self.with(put.parsed), put.created))
    }

    /// The document without the node.
    pub(crate) fn delete(&self, selector: &NodeSelector) -> Result<Self, Refusal> {
        admit_change(selector)?;
        let parsed = edit::delete(self.0.parsed(), self.0.query(selector))?;
        Ok(self.with(parsed))
    }

    /// The document without the nodes that a selector matches, and how many there were.
    pub(crate) fn delete_all(&self, selector: &NodeSelector) -> Result<(Self, usize), Refusal> {
        admit_change(selector)?;
        let (parsed, count) = edit::delete_all(self.0.parsed(), self.0.query(selector))?;
        Ok((self.with(parsed), count))
    }

    /// The document with another text, if a server would accept it.
    pub(crate) fn replaced_by(&self, text: String) -> Result<Self, Refusal> {
        let new = parse_owned(text)?;
        constraints::check_document(&new, Some(self.0.parsed()), self.0.default_ns())?;
        Ok(self.with(new))
    }

    /// Whether a selector means the same node in both, however the node is written.
    pub(crate) fn has_same(&self, other: &Self, selector: &NodeSelector) -> bool {
        same::is_same_node(self.0.parsed(), other.0.parsed(), self.0.query(selector))
    }

    fn with(&self, parsed: Parsed) -> Self {
        Self(Reading::new(parsed, self.0.default_ns()))
    }
}
