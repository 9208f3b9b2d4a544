//! Checks of the answer to a GET: whether it can be what was asked for.

use crate::answer::{Error, RequestLine, ResourceKind, Response, Result};
use crate::document::validate;
use crate::text::printable;
use crate::xml;

/// Refuses a success without content, or with a text that cannot be part of a document.
pub(super) fn check(kind: ResourceKind, line: &RequestLine, response: &Response) -> Result<()> {
    let malformed = |reason| Error::malformed_response(Some(line), reason, Some(response.clone()));
    if !matches!(response.status(), 200 | 203) {
        return Err(malformed(format!(
            "the server answered {} to a GET, which brings no resource",
            response.status()
        )));
    }
    if response.is_html() {
        return Err(malformed(
            "the server answered with an HTML page; is the XCAP root right, and \
             no login page in between"
                .to_owned(),
        ));
    }
    if let Some(coding) = response.foreign_coding() {
        return Err(malformed(format!(
            "the body of the answer is in the transfer coding `{}`, which was not asked for",
            printable(&coding)
        )));
    }
    let Some(text) = response.text() else {
        return Err(Error::not_utf8(line, response.clone()));
    };
    if is_blank(text) {
        if let Some((what, instead)) = never_empty(kind) {
            return Err(malformed(format!(
                "the server answered {} with nothing where {what} should be; {instead}",
                response.status()
            )));
        }
    }
    Ok(())
}

/// Refuses an answer that is a cut-off element or more than one element.
pub(super) fn check_element(line: &RequestLine, response: &Response) -> Result<()> {
    validate::answered_element(response.text().unwrap_or_default()).map_err(|fault| {
        let reason = format!(
            "what the server sent is not one well-formed element, at {}: {}; get it \
             `with_namespaces()`, which takes it from the whole document",
            fault.position,
            printable(&fault.reason)
        );
        Error::malformed_response(Some(line), reason, Some(response.clone()))
    })
}

fn is_blank(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').chars().all(xml::is_whitespace)
}

/// What cannot be empty, and what to do when it is. Only the value of an attribute may be empty.
fn never_empty(kind: ResourceKind) -> Option<(&'static str, &'static str)> {
    match kind {
        ResourceKind::Document => Some((
            "a document",
            "put the document anew, or take the answer as it is with `send_raw`",
        )),
        ResourceKind::Element => Some((
            "an element",
            "get it `with_namespaces()`, which takes it from the whole document",
        )),
        ResourceKind::NamespaceBindings => {
            Some(("namespace bindings", "read them in the whole document"))
        }
        ResourceKind::Attribute => None,
    }
}
