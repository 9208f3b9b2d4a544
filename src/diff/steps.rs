//! The changes that a copy of a document went through.

use std::collections::VecDeque;

use crate::answer::ETag;

/// How many changes are kept. This suffices, since news of a change comes soon after it.
const KEPT: usize = 128;

/// The changes of a copy, each as the ETags before and after it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Steps(VecDeque<(ETag, ETag)>);

impl Steps {
    pub(crate) fn push(&mut self, before: ETag, after: ETag) {
        if before == after {
            return;
        }
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back((before, after));
    }

    pub(crate) fn append(&mut self, later: Self) {
        for (before, after) in later.0 {
            self.push(before, after);
        }
    }

    /// Whether one of the changes is between these ETags, as a diff names them.
    pub(super) fn has(&self, before: &str, after: &str) -> bool {
        self.0.iter().any(|(from, to)| is_named(from, before) && is_named(to, after))
    }
}

/// Whether a diff means this ETag. A diff may leave out the quotes, and a weak ETag may come with
/// other quotes.
pub(super) fn is_named(etag: &ETag, named: &str) -> bool {
    if etag.is_weak() && named.starts_with("W/") {
        return ETag::from_attribute(named).as_ref() == Some(etag);
    }
    etag.to_string() == named || (!etag.is_weak() && etag.opaque() == named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_steps_are_kept() {
        let etag = |n: usize| ETag::new(&format!("\"{n}\"")).unwrap();
        let mut steps = Steps::default();
        for n in 0..KEPT + 2 {
            steps.push(etag(n), etag(n + 1));
            steps.push(etag(n), etag(n));
        }
        assert_eq!(steps.0.len(), KEPT);
        assert!(!steps.has("1", "2") && steps.has("2", "3"));
        let last = (format!("\"{}\"", KEPT + 1), format!("{}", KEPT + 2));
        assert!(steps.has(&last.0, &last.1) && !steps.has(&last.1, &last.0));
        assert!(!steps.has("2", "4"));
    }
}
