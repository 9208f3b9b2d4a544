//! Why a patch cannot be applied (RFC 5261 section 5).

use std::fmt;

use crate::text::{printable, printable_reason};

use super::fault::{Fault, PatchErrorKind};
use super::operation::Operation;

/// Why a patch cannot be applied: the error condition of RFC 5261 section 5, and the operation that
/// caused it.
///
/// ```
/// use xcaplib::diff::{PatchErrorKind, XcapDiff};
///
/// let diff = XcapDiff::parse(
///     r#"<xcap-diff xmlns="urn:ietf:params:xml:ns:xcap-diff" xcap-root="http://xcap.example.com/">
///     <document sel="tests/users/sip:joe@example.com/index" previous-etag="a" new-etag="b">
///       <remove sel="*/note"/>
///     </document></xcap-diff>"#,
/// )?;
/// let report = diff.documents().next().unwrap();
/// let error = report.apply("<doc/>").unwrap_err();
/// assert_eq!(error.kind(), PatchErrorKind::UnlocatedNode);
/// assert_eq!(error.operation().map(|operation| operation.markup()), Some(r#"<remove sel="*/note"/>"#));
/// assert_eq!(
///     error.to_string(),
///     r#"patch operation 1, `<remove sel="*/note"/>`: unlocated-node: no node matches `*/note`"#,
/// );
/// # Ok::<(), xcaplib::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatchError {
    fault: Fault,
    operation: Option<Box<(usize, Operation)>>,
}

impl PatchError {
    /// Which condition.
    #[must_use]
    pub fn kind(&self) -> PatchErrorKind {
        self.fault.kind
    }

    /// The operation that failed. `None` if the document or the patch as a whole is at fault.
    #[must_use]
    pub fn operation(&self) -> Option<&Operation> {
        self.operation.as_deref().map(|(_, operation)| operation)
    }

    pub(super) fn of_document(fault: Fault) -> Self {
        Self { fault, operation: None }
    }

    pub(super) fn of_operation(fault: Fault, index: usize, operation: &Operation) -> Self {
        Self { fault, operation: Some(Box::new((index, operation.clone()))) }
    }
}

impl fmt::Display for PatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((index, operation)) = self.operation.as_deref() {
            write!(f, "patch operation {}, `{}`: ", index + 1, printable(operation.markup()))?;
        }
        if let Some(name) = self.fault.kind.name() {
            write!(f, "{name}: ")?;
        }
        f.write_str(&printable_reason(&self.fault.reason))
    }
}

impl std::error::Error for PatchError {}
