//! Errors that end the program without an answer to show.

use std::fmt;

use xcaplib::Error;

use super::remedy::remedied;

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line, or a file that it names, cannot be used. Nothing was sent.
    Usage(String),
    /// There was no answer, or it could not be written.
    Fatal(String),
    /// Ctrl-C.
    Interrupted,
}

impl Failure {
    /// The exit code.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Fatal(_) => 1,
            // 128 plus the number of SIGINT, as shells report it.
            Self::Interrupted => 130,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let text = remedied(&error);
        if error.is_invalid_input() { Self::Usage(text) } else { Self::Fatal(text) }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(text) => write!(f, "error: {text}"),
            Self::Fatal(text) => write!(f, "FATAL: {text}"),
            Self::Interrupted => f.write_str("interrupted"),
        }
    }
}
