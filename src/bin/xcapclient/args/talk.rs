//! How much is said on standard error.

use clap::Args;

use crate::stderr::line;

/// More or less than the usual lines.
#[derive(Args)]
pub(crate) struct Talk {
    /// Show the head of each request and answer, secrets left out; after a change that is refused
    /// without a reason, also what a conforming server would answer
    #[arg(short, long)]
    pub(crate) verbose: bool,

    /// Print nothing on standard error but errors; a status that is no success is one
    #[arg(short, long, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
}

impl Talk {
    /// Writes a line that is no error.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            line(text);
        }
    }
}
