//! One patch operation (RFC 5261 section 4).

use std::ops::Range;
use std::sync::Arc;

use roxmltree::{Node, NodeType};

use crate::xml;

use super::extent;
use super::fault::{Fault, PatchErrorKind};
use super::locate::is_text;
use super::scope::Scope;

/// A patch operation as it stands in a diff.
///
/// Whether it makes sense shows when it is applied. If it does not, only the patch of its own
/// document fails.
///
/// ```
/// use xcaplib::diff::{OperationKind, XcapDiff};
///
/// # let diff = xcaplib::testing::example_diff()?;
/// let report = diff.documents().next().unwrap();
/// let operation = &report.operations()[0];
/// assert_eq!(operation.kind(), OperationKind::Remove);
/// assert_eq!(operation.selector(), Some("*/note"));
/// assert_eq!(operation.markup(), r#"<d:remove sel="*/note"/>"#);
/// # Ok::<(), xcaplib::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    kind: OperationKind,
    markup: String,
    sel: Option<String>,
    pub(super) added: Option<String>,
    pub(super) pos: Option<String>,
    pub(super) ws: Option<String>,
    /// The range of the content in `markup`.
    content: Range<usize>,
    children: Vec<Child>,
    /// The text of the content.
    value: String,
    pub(super) scope: Arc<Scope>,
}

/// What an operation does. More may come: match with a `_` arm.
///
/// ```
/// use xcaplib::diff::{OperationKind, XcapDiff};
///
/// # let diff = xcaplib::testing::example_diff()?;
/// for operation in diff.documents().flat_map(|report| report.operations()) {
///     match operation.kind() {
///         OperationKind::Unknown => println!("not of RFC 5261: {}", operation.markup()),
///         _ => println!("{}", operation.markup()),
///     }
/// }
/// # Ok::<(), xcaplib::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OperationKind {
    /// `<add>`
    Add,
    /// `<replace>`
    Replace,
    /// `<remove>`
    Remove,
    /// An element that RFC 5261 does not define. It cannot be applied.
    Unknown,
}

/// A node in the content.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Child {
    node_type: NodeType,
    /// Whether it is an empty CDATA section. Such a text has no character, and is not a node.
    is_empty: bool,
    /// Its range in `markup`.
    range: Range<usize>,
}

impl Operation {
    pub(super) fn of(element: Node<'_, '_>, scope: &Arc<Scope>) -> Self {
        let start = element.range().start;
        let shift = |range: Range<usize>| range.start - start..range.end - start;
        let attribute = |name| xml::attribute(element, name).map(str::to_owned);
        Self {
            kind: match element.tag_name().name() {
                "add" => OperationKind::Add,
                "replace" => OperationKind::Replace,
                "remove" => OperationKind::Remove,
                _ => OperationKind::Unknown,
            },
            markup: xml::written(element).into_owned(),
            sel: attribute("sel"),
            added: attribute("type"),
            pos: attribute("pos"),
            ws: attribute("ws"),
            content: extent::content(element).map_or(0..0, shift),
            children: element
                .children()
                .map(|node| Child {
                    node_type: node.node_type(),
                    is_empty: node.is_text() && !is_text(node),
                    range: shift(extent::range(node)),
                })
                .collect(),
            value: element.children().map(xml::text).collect(),
            scope: Scope::of(element, Some(scope)),
        }
    }

    /// What it does.
    #[must_use]
    pub fn kind(&self) -> OperationKind {
        self.kind
    }

    /// The selector, as it is written.
    #[must_use]
    pub fn selector(&self) -> Option<&str> {
        self.sel.as_deref()
    }

    /// The whole element as it stands in the diff.
    #[must_use]
    pub fn markup(&self) -> &str {
        &self.markup
    }

    pub(super) fn required_selector(&self) -> Result<&str, Fault> {
        self.selector().ok_or_else(|| {
            Fault::new(PatchErrorKind::InvalidDiffFormat, "the attribute `sel` is missing")
        })
    }

    /// The content as written.
    pub(super) fn content(&self) -> &str {
        self.markup.get(self.content.clone()).unwrap_or_default()
    }

    pub(super) fn has(&self, node_type: NodeType) -> bool {
        self.children.iter().any(|child| child.node_type == node_type)
    }

    /// The markup of the only node in the content, if it has this type.
    pub(super) fn only(&self, node_type: NodeType) -> Option<&str> {
        let mut nodes = self.children.iter().filter(|child| !child.is_empty);
        match (nodes.next(), nodes.next()) {
            (Some(child), None) if child.node_type == node_type => {
                self.markup.get(child.range.clone())
            }
            _ => None,
        }
    }

    /// Whether the content is text or empty.
    pub(super) fn is_text(&self) -> bool {
        self.children.iter().all(|child| child.node_type == NodeType::Text)
    }

    /// The content as an attribute value or a namespace name.
    pub(super) fn value(&self) -> Result<&str, Fault> {
        if !self.is_text() {
            return Err(Fault::new(
                PatchErrorKind::InvalidNodeTypes,
                "a value can only be text: no elements, comments or processing instructions",
            ));
        }
        if self.content().contains("<![CDATA[") {
            return Err(Fault::new(
                PatchErrorKind::InvalidAttributeValue,
                "a value cannot be given as a CDATA section",
            ));
        }
        Ok(&self.value)
    }

    /// The text of the content, without comments.
    pub(super) fn text(&self) -> &str {
        &self.value
    }

    /// The texts in the content, as written.
    pub(super) fn text_pieces(&self) -> impl Iterator<Item = &str> {
        self.children
            .iter()
            .filter(|child| child.node_type == NodeType::Text)
            .filter_map(|child| self.markup.get(child.range.clone()))
    }
}
