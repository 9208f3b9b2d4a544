//! The fate of each document, and the exit code for all of them.

use std::collections::BTreeMap;

use xcaplib::{Error, Response};

use crate::args::{Talk, worded};
use crate::call;
use crate::show::NO_SUCCESS;
use crate::stderr::line;

/// The fate of a document that was saved once and is no longer on the server.
pub(super) const GONE: &str = "gone";
/// The fate of a document in trouble.
const FAILED: &str = "failed";

/// Why a document was not saved or restored.
pub(super) struct Trouble {
    text: String,
    code: u8,
    is_password: bool,
}

impl Trouble {
    /// Something on this machine is at fault.
    pub(super) fn here(text: impl Into<String>) -> Self {
        Self { text: text.into(), code: 2, is_password: false }
    }

    /// An answer that is not a success.
    pub(super) fn refused(answer: &Response) -> Self {
        let status = format!("{} {}", answer.status(), answer.reason());
        let reason = answer.reason_text().map(|text| format!("; {}", worded(text)));
        let text = status.trim_end().to_owned() + &reason.unwrap_or_default();
        Self { text, code: NO_SUCCESS, is_password: answer.status() == 401 }
    }

    /// The server does not have what was asked for.
    pub(super) fn missing(text: &str) -> Self {
        Self { code: NO_SUCCESS, ..Self::here(text) }
    }

    /// The answer could not be written.
    pub(super) fn unwritten(text: String) -> Self {
        Self { code: 1, ..Self::here(text) }
    }

    /// Adds a hint from the program after the error's text, in front of the place of a fault.
    pub(super) fn with(mut self, hint: &str) -> Self {
        let end = self.text.find('\n').unwrap_or(self.text.len());
        self.text.insert_str(end, &format!("; {hint}"));
        self
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        let is_refused = error.status().is_some_and(|status| !(200..300).contains(&status));
        let code = match () {
            () if error.is_invalid_input() => 2,
            () if is_refused => NO_SUCCESS,
            () => 1,
        };
        Self { text: worded(&error.to_string()), code, is_password: error.is_unauthorized() }
    }
}

/// The fates of the documents so far.
pub(super) struct Tally<'o> {
    talk: &'o Talk,
    counts: BTreeMap<&'static str, usize>,
    codes: Vec<u8>,
}

impl<'o> Tally<'o> {
    pub(super) fn new(talk: &'o Talk) -> Self {
        Self { talk, counts: BTreeMap::new(), codes: Vec::new() }
    }

    /// Reports the fate of a document. Says nothing about a document that is not there.
    pub(super) fn note(&mut self, name: &str, fate: Result<Option<&'static str>, Trouble>) -> Next {
        let (what, is_password) = match fate {
            Ok(None) => return Next::Others,
            Ok(Some(what)) => {
                self.talk.note(&format!("{what} {name}"));
                (what, false)
            }
            Err(trouble) => {
                line(&format!("failed {name}: {}", trouble.text));
                self.codes.push(trouble.code);
                (FAILED, trouble.is_password)
            }
        };
        *self.counts.entry(what).or_default() += 1;
        // Trying a refused password again could lock the account. A password that was accepted once
        // is right.
        let is_known = self.counts.keys().any(|what| *what != FAILED);
        if is_password && !is_known { Next::Nothing } else { Next::Others }
    }

    /// Whether no document was there.
    pub(super) fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// Prints the summary and returns the exit code. Of these cases, the first one that occurred
    /// decides: no answer, a status that is not a success, a fault on this machine.
    pub(super) fn end(self) -> u8 {
        if self.counts.contains_key(GONE) {
            self.talk.note(
                "what is gone from the server stays here; delete its file, and it is forgotten",
            );
        }
        let counts: Vec<_> =
            self.counts.iter().map(|(what, count)| format!("{count} {what}")).collect();
        let sum = if counts.is_empty() { "no documents".to_owned() } else { counts.join(", ") };
        self.talk.note(&sum);
        let mut codes = [1, NO_SUCCESS, 2].into_iter();
        codes.find(|code| self.codes.contains(code)).unwrap_or(0)
    }
}

/// Whether to continue with the other documents.
#[derive(PartialEq, Eq)]
pub(super) enum Next {
    Others,
    Nothing,
}

/// The answer if it is a success, or why it is not.
pub(super) fn success(reply: Result<Response, Error>) -> Result<Response, Trouble> {
    let answer = reply?;
    if call::is_success(&answer) { Ok(answer) } else { Err(Trouble::refused(&answer)) }
}
