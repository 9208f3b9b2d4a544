//! The pause before a retry.

use std::time::Duration;

use crate::random;

/// The longest pause before the first retry. It doubles with each further retry.
const FIRST: Duration = Duration::from_millis(4);
/// No pause is longer.
const LONGEST: Duration = Duration::from_millis(250);

/// A random time, longer on average with each retry, so that clients that wait for the same server
/// do not stay in step.
pub(crate) fn before(retry: u32) -> Duration {
    let share = random::bits() >> 32;
    #[allow(clippy::cast_precision_loss)]
    longest(retry).mul_f64(share as f64 / f64::from(u32::MAX))
}

/// The longest that [`before`] gives for a retry.
pub(crate) fn longest(retry: u32) -> Duration {
    FIRST.saturating_mul(1 << retry.min(10)).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_limit() {
        let longest = [0, 1, 2, 6, 100, u32::MAX].map(|retry| longest(retry).as_millis());
        assert_eq!(longest, [4, 8, 16, 250, 250, 250]);
    }

    #[test]
    fn two_who_wait_do_not_wait_alike() {
        let pauses = [0; 8].map(|_| before(9));
        assert!(pauses.iter().all(|pause| *pause <= LONGEST));
        assert!(pauses.iter().any(|pause| *pause != pauses[0]));
    }
}
