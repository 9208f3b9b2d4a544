//! Trying changes before they are made, and editing a document or node in the user's own editor.
//! The edited text is put back under its ETag.

mod difference;
mod draft;
mod dry_run;
mod interrupt;

use xcaplib::{Application, ETag, Error, Response, XCAPClient};

use crate::args::Failure;
use crate::call::{self, Call, Outcome, Session, terminal};
use crate::stderr::line;

use draft::Draft;

pub(crate) use dry_run::{expected, forecast};

/// The text and the ETag on the server that an edit begins with.
struct Base {
    text: String,
    /// `None` if there is no document.
    etag: Option<ETag>,
}

/// Opens the editor until the server accepts the text or the user gives up. `None` if the text was
/// not changed. A text that the server has not accepted stays in its file.
pub(crate) fn run(call: &Call<'_>, session: &mut Session<'_>) -> Result<Option<Outcome>, Failure> {
    let base = match fetch(call, session)? {
        Ok(base) => base,
        Err(error) => return call::outcome(error, &[]).map(Some),
    };
    let first = base.text.clone();
    let draft = Draft::new(&first, &call.options.talk)?;
    let result = rounds(call, session, base, &draft);
    let is_done = match &result {
        Ok(Some(Outcome::Answer(answer))) => call::is_success(answer),
        Ok(Some(Outcome::Remark(_))) | Err(_) => false,
        Ok(None) => true,
    };
    if !is_done {
        draft.keep(&first);
    }
    result
}

fn rounds(
    call: &Call<'_>,
    session: &mut Session<'_>,
    mut base: Base,
    draft: &Draft,
) -> Result<Option<Outcome>, Failure> {
    loop {
        let text = draft.edit(&base.text)?;
        if text == base.text {
            return Ok(None);
        }
        let error = match session.call(|client| put(call, client, &base, &text))? {
            Ok(answer) => return Ok(Some(Outcome::Answer(answer))),
            Err(error) => error,
        };
        if error.is_precondition_failed() {
            match fetch(call, session)? {
                Ok(Base { etag: None, .. }) => {
                    line("the document is gone; what you send makes it anew");
                    base = Base { text: String::new(), etag: None };
                }
                Ok(theirs) if theirs.text == base.text => base = theirs,
                Ok(theirs) => {
                    line("what is there now differs from what you began with:");
                    line(difference::unified(&base.text, &theirs.text, "the server's").trim_end());
                    draft.write(&difference::merged(&base.text, &text, &theirs.text))?;
                    base = theirs;
                }
                Err(error) => return call::outcome(error, &[]).map(Some),
            }
        }
        if !wants_more(&call::shown(&error, text.as_bytes()))? {
            return call::outcome(error, text.as_bytes()).map(Some);
        }
    }
}

/// Asks whether to edit again. `false` if nobody is at a terminal.
fn wants_more(problem: &str) -> Result<bool, Failure> {
    let answer = terminal::ask(&format!("{problem}\nedit again? [Y/n] "))?;
    Ok(answer.is_some_and(|answer| !answer.trim_start().starts_with(['n', 'N'])))
}

/// The node on the server, or an empty document if there is none yet.
fn fetch(call: &Call<'_>, session: &mut Session<'_>) -> Result<Result<Base, Error>, Failure> {
    let found = session.call(|client| call.request(client).get())?;
    match found {
        Ok(found) => match found.etag().cloned() {
            Some(etag) => Ok(Ok(Base { text: found.into_string(), etag: Some(etag) })),
            None => Err(Failure::Fatal(
                "the server gives no ETag, so that changes of others could be lost; use get and put"
                    .to_owned(),
            )),
        },
        Err(error) if error.is_not_found() && call.is_document() => {
            Ok(Ok(Base { text: beginning(&call.application), etag: None }))
        }
        Err(error) => Ok(Err(error)),
    }
}

/// An empty document of an application usage.
fn beginning(application: &str) -> String {
    let root = Application::lookup(application).and_then(|usage| usage.root.as_ref());
    let root = root.map(|root| format!("<{} xmlns=\"{}\">\n</{0}>\n", root.name, root.namespace));
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}", root.unwrap_or_default())
}

fn put(call: &Call<'_>, client: &XCAPClient, base: &Base, text: &str) -> Result<Response, Error> {
    let request = call.request(client);
    match &base.etag {
        Some(etag) => request.if_match(etag).put(text),
        None => request.if_none_match("*").put(text),
    }
}
