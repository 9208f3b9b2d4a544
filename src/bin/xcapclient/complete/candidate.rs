//! What a word may become.

/// Who knows what comes next.
pub(super) enum Offer {
    /// The shell does: the name of a file.
    Files,
    Words(Vec<Candidate>),
}

/// A word as the program would get it, not as it is typed.
pub(super) struct Candidate {
    pub(super) text: String,
    /// Whether the word ends with it.
    pub(super) is_final: bool,
}

impl Candidate {
    pub(super) fn whole(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_final: true }
    }

    pub(super) fn open(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_final: false }
    }
}
