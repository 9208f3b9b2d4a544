//! How often each nonce was sent.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// How many nonces are remembered. If an older one comes again, its count starts anew.
const MAX_NONCES: usize = 64;

/// The count of one nonce. All sessions with that nonce share it, so that no count is sent twice,
/// whichever challenge brought the nonce (RFC 7616 section 3.3).
#[derive(Clone, Default)]
pub(super) struct Count(Arc<AtomicU32>);

impl Count {
    /// The count for the next request. It stops at the largest number.
    pub(super) fn next(&self) -> u32 {
        let one_more = |count: u32| Some(count.saturating_add(1));
        let before = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more);
        before.unwrap_or_else(|count| count).saturating_add(1)
    }

    /// How often the nonce was sent.
    pub(super) fn spent(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    #[cfg(test)]
    pub(super) fn of(spent: u32) -> Self {
        Self(Arc::new(AtomicU32::new(spent)))
    }
}

/// The counts of the most recent nonces.
#[derive(Default)]
pub(super) struct Counts(VecDeque<(Vec<u8>, Count)>);

impl Counts {
    pub(super) fn of(&mut self, nonce: &[u8]) -> Count {
        if let Some((_, count)) = self.0.iter().find(|(known, _)| known == nonce) {
            return count.clone();
        }
        if self.0.len() >= MAX_NONCES {
            self.0.pop_front();
        }
        let count = Count::default();
        self.0.push_back((nonce.to_vec(), count.clone()));
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_counted_on_and_old_ones_are_forgotten() {
        let mut counts = Counts::default();
        assert_eq!(
            [counts.of(b"a").next(), counts.of(b"b").next(), counts.of(b"a").next()],
            [1, 1, 2]
        );
        for number in 0..MAX_NONCES {
            counts.of(format!("{number}").as_bytes());
        }
        assert_eq!(counts.0.len(), MAX_NONCES);
        assert_eq!(counts.of(b"a").next(), 1);
    }

    #[test]
    fn a_count_ends_at_the_last_number() {
        let count = Count::of(u32::MAX - 1);
        assert_eq!([count.next(), count.next(), count.spent()], [u32::MAX; 3]);
    }
}
