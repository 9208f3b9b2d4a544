//! All documents of a user, saved in a directory and restored from it.

mod candidates;
mod file_name;
mod folder;
mod home;
mod manifest;
mod place;
mod restore;
mod save;
mod tally;

use crate::args::{Action, Failure, Options};
use crate::call::Session;

/// Makes a backup or restores one. Returns the exit code.
pub(crate) fn run(options: &Options, session: &mut Session<'_>) -> Result<u8, Failure> {
    if options.action == Action::Backup {
        save::run(options, session)
    } else {
        restore::run(options, session)
    }
}
