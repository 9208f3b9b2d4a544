//! The time that a call has.

use std::time::{Duration, Instant};

/// As good as endless. The HTTP library panics if a time limit is past the end of its clock.
pub(super) const MAX_TIME: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The time for one call, however many requests it takes.
#[derive(Clone, Copy)]
pub(crate) struct CallTime {
    began: Instant,
    limit: Duration,
}

impl CallTime {
    /// Begins now.
    pub(crate) fn new(limit: Duration) -> Self {
        Self { began: Instant::now(), limit: limit.min(MAX_TIME) }
    }

    /// Begins again.
    pub(crate) fn restart(&mut self) {
        self.began = Instant::now();
    }

    /// The first request of a call has the whole time. Each later one has what is left.
    pub(crate) fn left(self) -> Duration {
        let spent = self.began.elapsed();
        // Less than this hardly counts. With the full limit, the agent's own timeout serves and no
        // copy of its config is needed.
        if spent < Duration::from_millis(1) { self.limit } else { self.limit.saturating_sub(spent) }
    }

    pub(super) fn ran_out(self) -> String {
        format!("no complete answer came within {:?}, the time for the call", self.limit)
    }
}
