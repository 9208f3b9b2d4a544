//! The shells that can be helped.

/// A shell whose line we know to read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shell {
    Bash,
    Zsh,
    Fish,
}

/// Their names, and what each reads to complete our command line.
pub(super) const SHELLS: [(&str, Shell, &str); 3] = [
    ("bash", Shell::Bash, include_str!("bash.sh")),
    ("zsh", Shell::Zsh, include_str!("zsh.zsh")),
    ("fish", Shell::Fish, include_str!("fish.fish")),
];
