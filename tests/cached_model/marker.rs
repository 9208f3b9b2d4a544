//! Names that are used once in a sequence, `k1k`, `k2k` and so on: what holds one can be told from
//! all else, wherever a server puts it.

use std::collections::BTreeSet;

#[derive(Default)]
pub(crate) struct Markers(u32);

impl Markers {
    pub(crate) fn next(&mut self) -> String {
        self.0 += 1;
        format!("k{}k", self.0)
    }
}

/// Those in a text.
pub(crate) fn of(text: &str) -> BTreeSet<String> {
    let parts = text.split('k').skip(1);
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    parts.filter(is_number).map(|number| format!("k{number}k")).collect()
}

/// Those that stand in the first text and not in the second.
pub(crate) fn missing(from: &str, of_text: &str) -> BTreeSet<String> {
    let left = of(of_text);
    of(from).into_iter().filter(|marker| !left.contains(marker)).collect()
}
