//! The conditions of RFC 5261 section 5.

/// The conditions of RFC 5261 section 5, and two more. More may come: match with a `_` arm.
///
/// ```
/// use xcaplib::diff::{PatchErrorKind, XcapDiff};
///
/// # let diff = xcaplib::testing::example_diff()?;
/// let error = diff.documents().next().unwrap().apply("<doc/>").unwrap_err();
/// assert_eq!(error.kind(), PatchErrorKind::UnlocatedNode);
/// assert_eq!(error.kind().name(), Some("unlocated-node"));
/// assert_eq!(PatchErrorKind::TooExpensive.name(), None);
/// # Ok::<(), xcaplib::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PatchErrorKind {
    /// `sel`, `type`, `pos` or `ws` has a value that it may not have, or a new attribute cannot be.
    InvalidAttributeValue,
    /// The document declares an encoding that is not the diff's, UTF-8.
    InvalidCharacterSet,
    /// The operation does not follow its schema.
    InvalidDiffFormat,
    /// An entity is used but not declared. [`XcapDiff::parse`](crate::diff::XcapDiff::parse)
    /// refuses such a diff as a whole, so this crate never reports this condition.
    InvalidEntityDeclaration,
    /// A prefix is not declared, or a declaration is in the way or still in use.
    InvalidNamespacePrefix,
    /// A namespace that cannot exist, or that the document does not declare at that place.
    InvalidNamespaceUri,
    /// The node that was found and the content of the operation do not fit together.
    InvalidNodeTypes,
    /// An unknown operation, or an unknown combination of its attributes.
    InvalidPatchDirective,
    /// The document element cannot be removed, and cannot get a sibling element.
    InvalidRootElementOperation,
    /// Only comments and processing instructions can stand beside the document element.
    InvalidXmlPrologOperation,
    /// The white space that is to be removed is not there.
    InvalidWhitespaceDirective,
    /// The selector finds no node, or several nodes.
    UnlocatedNode,
    /// No element has the `xml:id` that `id()` names. Other identifiers would need a schema.
    UnsupportedIdFunction,
    /// `xml:id` is not supported. Other implementations report this; this crate never does.
    UnsupportedXmlId,
    /// The document to patch, or the result of an operation, is not XML that this crate can read.
    NotWellFormed,
    /// The operations and the document together are too large to be processed in reasonable time.
    TooExpensive,
}

impl PatchErrorKind {
    /// The name of the error element, as in `unlocated-node`. `None` for a condition that RFC 5261
    /// does not define.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::InvalidAttributeValue => "invalid-attribute-value",
            Self::InvalidCharacterSet => "invalid-character-set",
            Self::InvalidDiffFormat => "invalid-diff-format",
            Self::InvalidEntityDeclaration => "invalid-entity-declaration",
            Self::InvalidNamespacePrefix => "invalid-namespace-prefix",
            Self::InvalidNamespaceUri => "invalid-namespace-uri",
            Self::InvalidNodeTypes => "invalid-node-types",
            Self::InvalidPatchDirective => "invalid-patch-directive",
            Self::InvalidRootElementOperation => "invalid-root-element-operation",
            Self::InvalidXmlPrologOperation => "invalid-xml-prolog-operation",
            Self::InvalidWhitespaceDirective => "invalid-whitespace-directive",
            Self::UnlocatedNode => "unlocated-node",
            Self::UnsupportedIdFunction => "unsupported-id-function",
            Self::UnsupportedXmlId => "unsupported-xml-id",
            Self::NotWellFormed | Self::TooExpensive => return None,
        })
    }
}

/// An error condition and its cause, before the operation is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) kind: PatchErrorKind,
    pub(super) reason: String,
}

impl Fault {
    pub(super) fn new(kind: PatchErrorKind, reason: impl Into<String>) -> Self {
        Self { kind, reason: reason.into() }
    }
}
