//! What the word at the cursor can become.

/// What to offer at the cursor.
pub(super) enum Offer {
    /// Names of files, which the shell finds itself.
    Files,
    /// Names of directories only, which the shell finds itself too.
    Directories,
    Words(Vec<Candidate>),
}

/// A word as the program receives it, without the shell's quoting.
pub(super) struct Candidate {
    pub(super) text: String,
    /// Whether the word is complete.
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
