//! A bound on the time that a patch may take.

use super::fault::{Fault, PatchErrorKind};

/// The most that a patch may cost, in bytes. That much takes less than a second.
///
/// Each operation reads the document that the one before it left. So the cost is the number of
/// operations times the size of the document.
const LIMIT: usize = 1 << 26;
/// The cost of parsing or visiting one node, compared with reading one byte.
pub(super) const NODE: usize = 32;
/// This many operations are allowed, however large the document is.
const OPERATIONS: usize = 32;

/// The budget left for one patch.
pub(super) struct Work {
    left: usize,
}

impl Work {
    /// The budget for a document.
    pub(super) fn of(xml: &str) -> Self {
        Self { left: LIMIT.max(cost(xml).saturating_mul(OPERATIONS + 1)) }
    }

    /// Whether the budget allows this many operations at all.
    pub(super) fn admit(&self, operations: usize, xml: &str) -> Result<(), Fault> {
        if operations.saturating_mul(cost(xml)) > self.left { Err(exhausted()) } else { Ok(()) }
    }

    /// Pays for parsing a document.
    pub(super) fn parse(&mut self, xml: &str) -> Result<(), Fault> {
        self.spend(cost(xml))
    }

    pub(super) fn spend(&mut self, cost: usize) -> Result<(), Fault> {
        self.left = self.left.checked_sub(cost).ok_or_else(exhausted)?;
        Ok(())
    }
}

/// The cost of parsing a document.
fn cost(xml: &str) -> usize {
    let tags = memchr::memchr_iter(b'<', xml.as_bytes()).count();
    xml.len().saturating_add(tags.saturating_mul(NODE))
}

fn exhausted() -> Fault {
    Fault::new(
        PatchErrorKind::TooExpensive,
        "the patch takes too long for a document of this size; fetch the document instead",
    )
}
