//! Prints the outcome of a call in the way that the options ask for.

use xcaplib::Response;

use crate::args::{Failure, Options, Talk, worded};
use crate::call::{self, Outcome};
use crate::stderr::{line, visible};

use super::json;
use super::output::Output;

/// The exit code for a status that is not a success, from the server or from a dry run.
pub(crate) const NO_SUCCESS: u8 = 3;

const NOT_MODIFIED: u16 = 304;

/// Prints the outcome of a call and returns its exit code. The file of `-o` is only for a success.
/// Everything else goes to standard output.
pub(crate) fn report(
    options: &Options,
    url: &str,
    outcome: &Outcome,
    output: &Output,
) -> Result<u8, Failure> {
    let is_success = match outcome {
        Outcome::Answer(answer) => {
            let is_success = call::is_success(answer);
            if !(is_success && options.action.is_get()) {
                status(answer, is_success, &options.talk);
            }
            fields(answer, &options.talk);
            is_success
        }
        Outcome::Remark(text) => {
            line(text);
            false
        }
    };
    let beside = output.beside();
    let place = if is_success { output } else { &beside };
    match outcome {
        _ if options.json => place.write(json::outcome(url, outcome).as_bytes())?,
        // A 304 has no body, since the user's copy is current.
        Outcome::Answer(answer) if answer.status() == NOT_MODIFIED => {}
        Outcome::Answer(answer) => place.write_body(answer)?,
        Outcome::Remark(_) => {}
    }
    Ok(if is_success { 0 } else { NO_SUCCESS })
}

/// Writes the status. If it is not a success, also writes the known reason.
fn status(answer: &Response, is_success: bool, talk: &Talk) {
    let text = format!("{} {}", answer.status(), answer.reason());
    if is_success {
        talk.note(text.trim_end());
        return;
    }
    line(text.trim_end());
    if let Some(reason) = answer.reason_text() {
        line(&worded(reason));
    }
}

/// Writes the ETag, type and length of an answer.
fn fields(answer: &Response, talk: &Talk) {
    if let Some(etag) = answer.etag() {
        talk.note(&format!("etag: {}", visible(&etag.to_string())));
    }
    for name in ["content-type", "content-length"] {
        if let Some(value) = answer.header(name) {
            talk.note(&format!("{name}: {}", visible(value)));
        }
    }
}
