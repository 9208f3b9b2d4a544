//! A bound on the time that a patch may take.

use super::fault::{Fault, PatchErrorKind};

/// How much a patch may cost, in bytes: less than a second.
///
/// Each operation sees the document that the one before it left, so the cost is their product.
const LIMIT: usize = 1 << 26;
/// What one node costs, to parse or to look at, compared with reading one byte.
pub(super) const NODE: usize = 32;
/// How many operations a document may have, however large it is.
const OPERATIONS: usize = 32;

/// What is left of the time for one patch.
pub(super) struct Work {
    left: usize,
}

impl Work {
    /// The time for a document.
    pub(super) fn of(xml: &str) -> Self {
        Self { left: LIMIT.max(cost(xml).saturating_mul(OPERATIONS + 1)) }
    }

    /// Whether so many operations can be done at all.
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

/// What parsing a document costs.
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
