//! The errors of a copy that could not make a change.

use crate::answer::{ETag, Error, ErrorKind, RequestLine, Response};
use crate::text::{printable, shown_url};

/// The copy was stale, and the document turned out to differ at the very place of the change.
pub(super) fn stale_target(line: &RequestLine) -> Error {
    precondition(format!(
        "{line}: not sent, the copy was stale, and what it would change is no longer what it was; \
         look at it again"
    ))
}

/// The copy now has another node where the draft had the one to be changed.
pub(super) fn other_target(line: &RequestLine) -> Error {
    precondition(format!(
        "{line}: not sent, what it would change is no longer what the draft had there; look at the \
         copy, which has been read again"
    ))
}

/// The server ignores conditions, so its document was read once more. It turned out to have
/// changed.
pub(super) fn changed_meanwhile(line: &RequestLine) -> Error {
    precondition(format!("{line}: not sent, somebody else changed the document since it was read"))
}

/// The server already held this very document, whatever the condition said.
pub(super) fn already_there(line: &RequestLine, response: Response) -> Error {
    let status = response.status();
    precondition(format!(
        "{line}: the server answered {status} with a document and changed nothing; somebody else \
         made the same change before, fetch it again"
    ))
    .with_response(Some(response))
}

/// The server may already have held this very document. The change is not tried again, because it
/// may have been made.
pub(super) fn maybe_already_there(line: &RequestLine, response: Response) -> Error {
    let reason = format!(
        "the server answered {} with a document, as some do that changed nothing; look at the \
         document",
        response.status()
    );
    Error::malformed_response(Some(line), reason, Some(response)).unsure()
}

fn precondition(text: String) -> Error {
    Error::new(ErrorKind::PreconditionFailed, text)
}

/// The value that a copy was to go on from is not an ETag.
pub(super) fn no_tag() -> Error {
    Error::invalid_input(
        "this is not the ETag of a document; give the one that the server sent, with its quotes",
    )
}

pub(super) fn no_etag(line: &RequestLine) -> Error {
    let url = shown_url(line.url.as_str());
    let reason = format!(
        "the server sent no ETag for {url}, so changes of it cannot be guarded; nothing was sent; \
         use the client's put"
    );
    Error::malformed_response(None, reason, None)
}

pub(super) fn weak_etag(line: &RequestLine, etag: &ETag) -> Error {
    let url = shown_url(line.url.as_str());
    let etag = printable(&etag.to_string());
    let reason = format!(
        "the ETag {etag} of {url} is weak and cannot guard a change (RFC 9110 section 13.1.1); \
         nothing was sent; try again a second later, or use the client's put"
    );
    Error::malformed_response(None, reason, None)
}

/// A copy that works by node cannot send a whole text.
pub(super) fn only_by_node(line: &RequestLine) -> Error {
    let url = shown_url(line.url.as_str());
    Error::invalid_input(format!(
        "changes of {url} go out node by node, since it is not the user's own document or \
         `by_node` says so, and `update` and `set_text` make a whole document; nothing was sent; \
         change its nodes, or use the client's put"
    ))
}

/// The server answered a change of a node with success, but the document says otherwise.
pub(super) fn not_held(line: &RequestLine, held: Option<&str>, response: &Response) -> Error {
    let held = match held {
        Some(held) => format!("`{}`", printable(held)),
        None => "nothing".to_owned(),
    };
    let reason = format!(
        "the server answered {} and made something else of the document: there is {held} now; \
         look at the copy, which has been read again",
        response.status()
    );
    Error::malformed_response(Some(line), reason, Some(response.clone()))
}
