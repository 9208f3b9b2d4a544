//! The lists of a user's documents and of a server's capabilities.

use xcaplib::{Capabilities, DocumentEntry, XCAPClient};

use crate::args::{Action, Failure, Options};
use crate::call::{self, Outcome, Session};
use crate::stderr::visible;

use super::json;

/// The list to print, or the outcome if there is none.
pub(crate) fn of(
    options: &Options,
    session: &mut Session<'_>,
) -> Result<Result<String, Outcome>, Failure> {
    let result = if options.action == Action::Caps {
        let text = if options.json { json::capabilities } else { capabilities };
        let known = |found: Capabilities| found.is_known().then(|| text(&found));
        session.call(XCAPClient::capabilities)?.map(known)
    } else {
        let text = if options.json { json::documents } else { documents };
        session.call(XCAPClient::documents)?.map(|found| Some(text(&found)))
    };
    match result {
        Ok(Some(text)) => Ok(Ok(text)),
        Ok(None) => Ok(Err(Outcome::Remark("the server does not say what it supports".to_owned()))),
        Err(error) => call::outcome(error, &[]).map(Err),
    }
}

/// The URL of the document that the list is read from.
pub(crate) fn url(options: &Options, session: &Session<'_>) -> Result<String, Failure> {
    let application = match options.action {
        Action::Caps => "xcap-caps",
        _ => "org.openmobilealliance.xcap-directory",
    };
    Ok(session.client().url(application, None)?)
}

fn capabilities(found: &Capabilities) -> String {
    let lines = |kind: &str, values: &[String]| -> String {
        values.iter().map(|value| format!("{kind}\t{}\n", visible(value))).collect()
    };
    let auids = lines("auid", found.auids());
    auids + &lines("extension", found.extensions()) + &lines("namespace", found.namespaces())
}

fn documents(entries: &[DocumentEntry]) -> String {
    entries.iter().map(document).collect()
}

/// A line with its columns separated by tabs. A `-` stands for everything the server does not say.
fn document(entry: &DocumentEntry) -> String {
    let user = entry.user().map_or("global".to_owned(), visible);
    let etag = entry.etag().map(ToString::to_string);
    let size = entry.size().map(|size| size.to_string());
    let known = |text: Option<&str>| text.map_or("-".to_owned(), visible);
    let (app, name) = (visible(entry.application()), visible(entry.filename()));
    let (etag, size) = (known(etag.as_deref()), known(size.as_deref()));
    format!("{app}\t{user}\t{name}\t{etag}\t{size}\t{}\n", known(entry.last_modified()))
}
