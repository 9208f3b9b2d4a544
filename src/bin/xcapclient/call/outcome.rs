//! The outcome of a call.

use xcaplib::{Error, Response};

use crate::args::{Failure, worded};
use crate::stderr::push_visible;

#[path = "../../../text/caret.rs"]
mod caret;

/// How many characters of a line are shown around a fault.
const SHOWN: usize = 72;

/// The outcome of a call.
pub(crate) enum Outcome {
    Answer(Response),
    /// There is no answer to show: `insert` found that its target exists, or the server has no
    /// capabilities document.
    Remark(String),
}

impl Outcome {
    /// Whether the server refused or failed without saying why.
    pub(crate) fn is_bare_refusal(&self) -> bool {
        match self {
            Self::Answer(answer) => answer.status() >= 400 && answer.reason_text().is_none(),
            Self::Remark(_) => false,
        }
    }
}

/// Whether the status is 2xx.
pub(crate) fn is_success(answer: &Response) -> bool {
    (200..300).contains(&answer.status())
}

/// The answer that an error contains, if it is one to show. Otherwise the failure.
pub(crate) fn outcome(error: Error, body: &[u8]) -> Result<Outcome, Failure> {
    if error.is_already_exists() {
        return Ok(Outcome::Remark(worded(&error.to_string())));
    }
    let is_whole = !error.is_too_large() && !error.is_malformed_response();
    match error.response() {
        Some(answer) if is_whole && !is_success(answer) => Ok(Outcome::Answer(answer.clone())),
        _ => Err(refused(error, body)),
    }
}

/// The failure of a call. A fault in the body is shown with its line.
pub(crate) fn refused(error: Error, body: &[u8]) -> Failure {
    match error.body_position() {
        Some(_) => Failure::Usage(shown(&error, body)),
        None => error.into(),
    }
}

/// The text of an error, with the faulty line of the body.
pub(crate) fn shown(error: &Error, body: &[u8]) -> String {
    let text = worded(&error.to_string());
    match error.body_position() {
        Some((line, column)) => format!("{text}\n{}", marked(body, line, column)),
        None => text,
    }
}

/// The line of a body, with a caret under the column. Lines and columns count from 1.
fn marked(body: &[u8], line: u32, column: u32) -> String {
    let text = String::from_utf8_lossy(body);
    let index = |number: u32| usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
    let line = text.split('\n').nth(index(line)).unwrap_or_default();
    let line = line.trim_start_matches('\u{feff}').trim_end_matches('\r');
    caret::under(line, index(column), SHOWN, push_visible)
}
