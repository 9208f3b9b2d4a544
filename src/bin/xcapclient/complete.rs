//! Tab completion.

use std::process::ExitCode;

use crate::failure::Failure;
use crate::options::Options;

/// What a shell's completion asked for, if it was one that asked.
pub(crate) fn asked() -> Option<ExitCode> {
    None
}

/// What a shell reads to complete our command line.
pub(crate) fn script(options: &Options) -> Result<&'static str, Failure> {
    let _ = options;
    Err(Failure::Usage("no completion yet".to_owned()))
}
