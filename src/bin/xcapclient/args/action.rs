//! What the program can do, and in which tree of an application usage.

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
    /// Create, but only if it does not exist yet
    Insert,
    /// Replace, but only if it exists
    Replace,
    /// Open in $VISUAL or $EDITOR, and put it back if nobody else has changed it
    Edit,
    /// List the user's documents: application usage, owner, name, ETag, size, last change
    List,
    /// List what the server supports
    Caps,
    /// Save the user's documents in a directory, which is given in place of a selector
    Backup,
    /// Put the documents that backup has saved in a directory on a server
    Restore,
    /// Print the URL
    Url,
    /// Explain the node selector step by step
    Explain,
    /// Print the completion script for a shell: bash, zsh or fish, given in place of a selector
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

    /// Whether it is about all documents of a user and takes a directory.
    pub(crate) fn is_about_all(self) -> bool {
        matches!(self, Self::Backup | Self::Restore)
    }

    /// Whether it sends a single change.
    pub(crate) fn is_change(self) -> bool {
        self.has_body() || self == Self::Delete
    }

    /// Whether it sends a body that the user gives.
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
