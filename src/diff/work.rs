//! A bound on the time that a patch may take.

use super::error::{Fault, PatchErrorKind};

/// How much one patch may cost, in bytes parsed: a second or two.
///
/// Each operation sees the document that the one before it left, so the cost is their product.
const LIMIT: usize = 1 << 28;

/// What is left of the time for one patch.
pub(super) struct Work {
    left: usize,
}

impl Work {
    pub(super) fn new() -> Self {
        Self { left: LIMIT }
    }

    /// Whether a patch of so many operations can be done at all.
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
