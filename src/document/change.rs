use std::ops::Range;

/// A stretch of a document that something new takes the place of.
pub(super) struct Change {
    pub(super) range: Range<usize>,
    /// Markup that the new text needs in front of it.
    pub(super) before: String,
    /// And behind it.
    pub(super) after: String,
}

impl Change {
    pub(super) fn replace(range: Range<usize>) -> Self {
        Self { range, before: String::new(), after: String::new() }
    }

    pub(super) fn insert(at: usize) -> Self {
        Self::replace(at..at)
    }

    /// The changed document.
    pub(super) fn apply(&self, xml: &str, new: &str) -> String {
        let head = xml.get(..self.range.start).unwrap_or_default();
        let tail = xml.get(self.range.end..).unwrap_or_default();
        [head, &self.before, new, &self.after, tail].concat()
    }

    /// Where the new text stands in the changed document.
    pub(super) fn inserted(&self, new: &str) -> Range<usize> {
        let start = self.range.start + self.before.len();
        start..start + new.len()
    }
}
