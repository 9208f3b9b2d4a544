//! A bound on the time that a patch may take.

use super::error::{Fault, PatchErrorKind};

/// How much a patch may cost, in bytes parsed: less than a second.
///
/// Each operation sees the document that the one before it left, so the cost is their product.
const LIMIT: usize = 1 << 26;
/// How many operations a document may have, however large it is.
const OPERATIONS: usize = 32;

/// What is left of the time for one patch.
pub(super) struct Work {
    left: usize,
}

impl Work {
    /// The time for a document of this length.
    pub(super) fn of(len: usize) -> Self {
        Self { left: LIMIT.max(len.saturating_mul(OPERATIONS)) }
    }

    /// Whether so many operations can be done at all.
    pub(super) fn admit(&self, operations: usize, len: usize) -> Result<(), Fault> {
        if operations.saturating_mul(len) > self.left { Err(exhausted()) } else { Ok(()) }
    }

    pub(super) fn spend(&mut self, cost: usize) -> Result<(), Fault> {
        self.left = self.left.checked_sub(cost).ok_or_else(exhausted)?;
        Ok(())
    }
}

fn exhausted() -> Fault {
    Fault::new(
        PatchErrorKind::TooExpensive,
        "the patch takes too long for a document of this size; fetch the document instead",
    )
}
