//! The constructors of errors, and their texts.

use std::fmt;

use crate::text::shown_url;

use super::kind::is_unsure_status;
use super::{Answer, Error, ErrorKind};
use crate::answer::conflict::Conflict;
use crate::answer::reason::UNSURE;
use crate::answer::request_line::RequestLine;
use crate::answer::response::Response;

impl Error {
    pub(crate) fn new(kind: ErrorKind, text: String) -> Self {
        Self { kind, text, answer: None, position: None, is_unsure: false, source: None }
    }

    pub(crate) fn with_response(mut self, response: Option<Response>) -> Self {
        self.answer = response.map(|response| {
            Box::new(Answer { status: response.status(), conflict: None, response: Some(response) })
        });
        self
    }

    /// Says that the change may have been made in spite of the error.
    pub(crate) fn unsure(mut self) -> Self {
        self.text.push_str("; ");
        self.text.push_str(UNSURE);
        Self { is_unsure: true, ..self }
    }

    pub(crate) fn invalid_input(text: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidInput, text.into())
    }

    /// A body refused because of a fault at this line and column.
    pub(crate) fn refused_body(text: String, position: (u32, u32)) -> Self {
        Self { position: Some(position), ..Self::invalid_input(text) }
    }

    pub(crate) fn already_exists(url: &str, response: Option<Response>) -> Self {
        let text = format!("{} exists already; nothing was changed", shown_url(url));
        Self::new(ErrorKind::AlreadyExists, text).with_response(response)
    }

    /// An answer that is not a success.
    pub(crate) fn of_answer(line: &RequestLine, response: Response) -> Self {
        let status = response.status();
        let kind = ErrorKind::of_status(status);
        let mut text = format!("{line}: the server answered {status}");
        if !response.reason().is_empty() {
            text.push(' ');
            text.push_str(response.reason());
        }
        if let Some(reason) = response.reason_text() {
            text.push_str(if reason == UNSURE { "; " } else { ": " });
            text.push_str(reason);
        }
        let conflict = response.conflict();
        let answer = Some(Box::new(Answer { status, conflict, response: Some(response) }));
        let is_unsure = is_unsure_status(&line.method, status);
        Self { answer, is_unsure, ..Self::new(kind, text) }
    }

    /// A change that was not sent, because a conforming server would refuse it.
    pub(crate) fn predicted(
        what: &impl fmt::Display,
        status: u16,
        conflict: Option<Conflict>,
        reason: &impl fmt::Display,
    ) -> Self {
        let text = format!("{what}: not sent, the answer would be {status}: {reason}");
        let answer = Some(Box::new(Answer { status, conflict, response: None }));
        Self { answer, ..Self::new(ErrorKind::of_status(status), text) }
    }

    /// What was asked for is not in the document that the server sent.
    pub(crate) fn not_in_document(line: &RequestLine, reason: &impl fmt::Display) -> Self {
        let text = format!("{line}: not found in the document that the server sent: {reason}");
        let answer = Some(Box::new(Answer { status: 404, conflict: None, response: None }));
        Self { answer, ..Self::new(ErrorKind::NotFound, text) }
    }

    /// A change whose target another change reached first.
    pub(crate) fn target_changed(mut self) -> Self {
        self.add("what it would change is no longer what it was, so it was not tried again");
        self
    }

    /// A `replace` found nothing in place.
    pub(crate) fn nothing_to_replace(url: &str) -> Self {
        let text = format!("there is nothing to replace at {}; nothing was sent", shown_url(url));
        Self::new(ErrorKind::NotFound, text)
    }

    /// Adds to the text. The sentence about an unknown outcome stays at the end.
    fn add(&mut self, more: &str) {
        let end = if self.is_unsure { UNSURE } else { "" };
        self.text.truncate(self.text.len() - end.len());
        let separator = if self.is_unsure { "" } else { "; " };
        self.text.push_str(separator);
        self.text.push_str(more);
        if self.is_unsure {
            self.text.push_str("; ");
        }
        self.text.push_str(end);
    }

    /// The same error, for a change of a node that may work as a change of the whole document.
    pub(crate) fn or_by_copy(mut self) -> Self {
        self.add(
            "an open copy, `client.open(..)`, puts the whole document instead, which may do it",
        );
        self
    }

    /// The same error, if changes of nodes were made before it.
    pub(crate) fn after_changes(mut self, made: usize) -> Self {
        let those = if made == 1 { "the change" } else { "the changes" };
        self.add(&format!("{those} before it, {made} in all, went through"));
        self
    }

    /// The same error, for a change that was sent in another way before: `what` was refused then.
    pub(crate) fn after(mut self, what: &str, first: &Self) -> Self {
        self.add(&format!("before that, the {what} was refused: {first}"));
        self
    }

    /// No usable answer came. `reason` says why.
    pub(crate) fn failed(
        line: &RequestLine,
        kind: ErrorKind,
        reason: &str,
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self { source, ..Self::new(kind, format!("{line}: {reason}")) }
    }

    pub(crate) fn malformed_response(
        line: Option<&RequestLine>,
        reason: String,
        response: Option<Response>,
    ) -> Self {
        let text = match line {
            Some(line) => format!("{line}: {reason}"),
            None => reason,
        };
        Self::new(ErrorKind::MalformedResponse, text).with_response(response)
    }

    pub(crate) fn not_utf8(line: &RequestLine, response: Response) -> Self {
        let text = format!(
            "{line}: the body of the answer is not UTF-8; its bytes are in the error's response"
        );
        Self::new(ErrorKind::NotUtf8, text).with_response(Some(response))
    }
}
