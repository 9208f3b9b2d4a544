//! The shells that completion works in.

/// A shell whose quoting we know.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shell {
    Bash,
    Zsh,
    Fish,
}

/// The name of each shell, and the script that sets up its completion.
pub(super) const SHELLS: [(&str, Shell, &str); 3] = [
    ("bash", Shell::Bash, include_str!("bash.sh")),
    ("zsh", Shell::Zsh, include_str!("zsh.zsh")),
    ("fish", Shell::Fish, include_str!("fish.fish")),
];
