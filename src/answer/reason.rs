//! Why an answer is not a success, in a sentence.

use crate::text::{printable, printable_reason};

use super::conflict::Conflict;
use super::error::is_unsure_status;
use super::request_line::RequestLine;
use super::response::Response;

/// The text of an error ends with this if a change may have been made in spite of the error.
/// Programs look for it.
pub(super) const UNSURE: &str = "whether the change was made is not known";

/// Why an answer is not a success. `advice` is what this crate knows beyond the status. `is_secret`
/// tells whether a text holds a secret and must not be repeated.
pub(crate) fn reason_text(
    line: &RequestLine,
    response: &Response,
    advice: Option<String>,
    is_secret: impl FnOnce(&str) -> bool,
) -> Option<String> {
    let known = advice.or_else(|| response.conflict().as_ref().map(describe));
    let known = known.map(|text| match is_secret(&text) {
        true => "what it says repeats the credentials".to_owned(),
        false => text,
    });
    let unsure = is_unsure_status(&line.method, response.status()).then(|| UNSURE.to_owned());
    let parts: Vec<_> = known.into_iter().chain(unsure).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// The xcap-error in one line.
fn describe(conflict: &Conflict) -> String {
    let mut text = conflict.name().to_owned();
    if let Some(phrase) = conflict.phrase() {
        text.push_str(&format!(" (\"{}\")", printable(phrase)));
    }
    if let Some(ancestor) = conflict.ancestor() {
        text.push_str(&format!("; the closest ancestor that exists is {}", printable(ancestor)));
    }
    for exists in conflict.exists() {
        text.push_str(&format!("; the value of {} is taken", printable(&exists.field)));
        if !exists.alt_values.is_empty() {
            let values: Vec<_> = exists.alt_values.iter().take(5).map(|v| printable(v)).collect();
            text.push_str(&format!(", free would be {}", values.join(", ")));
        }
    }
    // The server chooses the taken values, so their list may be long.
    printable_reason(&text)
}
