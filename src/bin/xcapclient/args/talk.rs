//! How much is written to standard error.

use clap::Args;

use crate::stderr::line;

/// More or less than the usual lines.
#[derive(Args)]
pub(crate) struct Talk {
    /// Show the head of each request and answer, without secrets; after a change that was refused
    /// without a reason, also show what a conforming server would answer
    #[arg(short, long)]
    pub(crate) verbose: bool,

    /// Print only errors on standard error; a status that is not a success is an error
    #[arg(short, long, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
}

impl Talk {
    /// Writes a line that is not an error.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            line(text);
        }
    }
}
