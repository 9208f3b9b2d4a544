//! What the program can do, and in which of a usage's trees.

use std::fmt;

use clap::ValueEnum;

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Action {
    /// Fetch
    Get,
    /// Create or replace
    Put,
    /// Delete
    Delete,
    /// Create where nothing is
    Insert,
    /// Replace what is there
    Replace,
    /// Change in $VISUAL or $EDITOR, and put it back if nobody else has changed it
    Edit,
    /// List the user's documents: application usage, owner, name, ETag, size, last change
    List,
    /// List what the server supports
    Caps,
    /// Save the user's documents in the directory that stands in place of a selector
    Backup,
    /// Put what backup has saved in a directory on the server again
    Restore,
    /// Print the URL
    Url,
    /// Explain the node selector step by step
    Explain,
    /// Print what to put into a shell's start file, with bash, zsh or fish in place of a selector
    Completion,
    /// Print the manual page
    Man,
}

/// The two trees of an application usage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Context {
    /// Documents of one user
    Users,
    /// Documents for all users
    Global,
}

impl Action {
    pub(crate) fn is_get(self) -> bool {
        self == Self::Get
    }

    /// Whether it is about all documents of a user and a directory.
    pub(crate) fn is_about_all(self) -> bool {
        matches!(self, Self::Backup | Self::Restore)
    }

    /// Whether it sends one change.
    pub(crate) fn is_change(self) -> bool {
        self.has_body() || self == Self::Delete
    }

    /// Whether it sends a body that it is given.
    pub(crate) fn has_body(self) -> bool {
        matches!(self, Self::Put | Self::Insert | Self::Replace)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_possible_value() {
            Some(value) => f.write_str(value.get_name()),
            None => Ok(()),
        }
    }
}
