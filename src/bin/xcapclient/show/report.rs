//! The outcome of a call, printed as the options ask.

use crate::args::{Failure, Options};
use crate::call::{self, Outcome};

use super::json;
use super::output::{self, Output};

/// The exit code where the status is no success, or a dry run foretells none.
pub(crate) const NO_SUCCESS: u8 = 3;

const NOT_MODIFIED: u16 = 304;

/// Shows what came of a call, and gives the exit code that says it.
pub(crate) fn report(
    options: &Options,
    url: &str,
    outcome: &Outcome,
    output: &Output,
) -> Result<u8, Failure> {
    let code = match outcome {
        Outcome::Answer(answer) => {
            let is_success = call::is_success(answer);
            output::head(answer, options.action.is_get() && is_success);
            if is_success { 0 } else { NO_SUCCESS }
        }
        Outcome::Remark(text) => {
            output::line(text);
            NO_SUCCESS
        }
    };
    match outcome {
        _ if options.json => output.write(json::outcome(url, outcome).as_bytes())?,
        // A 304 has no body: what the user has already is current.
        Outcome::Answer(answer) if answer.status() == NOT_MODIFIED => {}
        Outcome::Answer(answer) => output.write_body(answer)?,
        Outcome::Remark(_) => {}
    }
    Ok(code)
}
