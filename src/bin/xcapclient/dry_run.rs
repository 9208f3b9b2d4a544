//! What a conforming server would do with a change, worked out on the document as it is now.

use xcaplib::document::{self, Refusal};
use xcaplib::{Application, ETag, NodeSelector, Resource};

use crate::call::{self, Call, Outcome};
use crate::diff;
use crate::failure::Failure;
use crate::options::Action;
use crate::session::Session;

/// What would come of a change: its status, and how the document would change or why it would not.
pub(crate) struct Forecast {
    pub(crate) status: u16,
    pub(crate) result: Result<String, String>,
}

impl Forecast {
    pub(crate) fn status_line(&self) -> &'static str {
        match self.status {
            200 => "200 OK",
            201 => "201 Created",
            400 => "400 Bad Request",
            404 => "404 Not Found",
            405 => "405 Method Not Allowed",
            412 => "412 Precondition Failed",
            _ => "409 Conflict",
        }
    }
}

/// The answer that a server would give.
enum Answer {
    /// The status, and the document afterwards unless it is gone.
    Changed(u16, Option<String>),
    Refused(u16, String),
    Exists,
}

/// Fetches the document and sends nothing else.
pub(crate) fn of(
    call: &Call<'_>,
    session: &mut Session<'_>,
) -> Result<Result<Forecast, Outcome>, Failure> {
    let selector = call.node.selector()?;
    let flaw = flaw(call, session)?;
    let found = session.call(|client| call.document(client).optional().get())?;
    let current = match found {
        Ok(found) => found,
        Err(error) => return call::outcome(error, &[]).map(Err),
    };
    let answer = match (unmet(call, current.as_ref()), flaw, &selector) {
        (Some(reason), _, _) => Answer::Refused(412, reason),
        (None, Some(flaw), _) => Answer::Refused(409, flaw),
        (None, None, None) => whole_document(call, current.is_some()),
        (None, None, Some(selector)) => one_node(call, current.as_ref(), selector),
    };
    let before = current.as_ref().map(Resource::as_str).unwrap_or_default();
    let (status, result) = match answer {
        Answer::Changed(status, after) => {
            let url = call.document(session.client()).url()?;
            (status, Ok(diff::unified(before, after.as_deref().unwrap_or_default(), &url)))
        }
        Answer::Refused(status, reason) => (status, Err(reason)),
        Answer::Exists => {
            let url = call.request(session.client()).url()?;
            return Ok(Err(Outcome::Remark(format!("{url} exists already"))));
        }
    };
    Ok(Ok(Forecast { status, result }))
}

/// What is wrong with the body. It would not be sent, unless it is not to be checked; then it is the
/// server that refuses it.
fn flaw(call: &Call<'_>, session: &Session<'_>) -> Result<Option<String>, Failure> {
    let body = call.input.bytes();
    if call.options.action == Action::Delete {
        return Ok(None);
    }
    match call.request(session.client()).validate(true).check(body) {
        Ok(()) => Ok(None),
        Err(error) if call.options.no_validate => Ok(Some(error.to_string())),
        Err(error) => Err(call::refused(error, body)),
    }
}

/// The condition that the document does not meet.
fn unmet(call: &Call<'_>, current: Option<&Resource>) -> Option<String> {
    let tag = current.and_then(Resource::etag);
    let is_one_of = |condition: &str| match condition.trim() {
        "*" => current.is_some(),
        tags => tag.is_some_and(|tag| tags.split(',').any(|text| is_same(tag, text.trim()))),
    };
    let now = tag.map_or("there is none".to_owned(), |tag| format!("it is {tag}"));
    if call.if_match().is_some_and(|etag| !is_one_of(etag)) {
        return Some(format!("the ETag is not the one asked for; {now}"));
    }
    if call.if_none_match().is_some_and(is_one_of) {
        return Some(format!("the ETag is one that is not to be; {now}"));
    }
    None
}

fn is_same(tag: &ETag, text: &str) -> bool {
    tag.to_string() == text || tag.opaque() == text
}

fn whole_document(call: &Call<'_>, is_there: bool) -> Answer {
    let missing = || Answer::Refused(404, "there is no such document".to_owned());
    let body = || Some(String::from_utf8_lossy(call.input.bytes()).into_owned());
    match call.options.action {
        Action::Insert if is_there => Answer::Exists,
        Action::Replace | Action::Delete if !is_there => missing(),
        Action::Delete => Answer::Changed(200, None),
        _ => Answer::Changed(if is_there { 200 } else { 201 }, body()),
    }
}

fn one_node(call: &Call<'_>, current: Option<&Resource>, selector: &NodeSelector) -> Answer {
    let action = call.options.action;
    let Some(current) = current.map(Resource::as_str) else {
        let status = if matches!(action, Action::Put | Action::Insert) { 409 } else { 404 };
        return Answer::Refused(status, "there is no document to change".to_owned());
    };
    let application = Application::lookup(&call.application);
    let default_ns = application.and_then(|usage| usage.default_namespace.as_deref());
    let found = document::get(current, selector, default_ns);
    match (action, found) {
        (Action::Insert, Ok(_)) => Answer::Exists,
        (Action::Replace, Err(refusal)) => refused(&refusal),
        (Action::Delete, _) => match document::delete(current, selector, default_ns) {
            Ok(text) => Answer::Changed(200, Some(text)),
            Err(refusal) => refused(&refusal),
        },
        _ => match document::put(current, selector, call.input.bytes(), default_ns) {
            Ok(edit) => Answer::Changed(if edit.created { 201 } else { 200 }, Some(edit.text)),
            Err(refusal) => refused(&refusal),
        },
    }
}

fn refused(refusal: &Refusal) -> Answer {
    let name = refusal.conflict().map(|conflict| format!("{}: ", conflict.name()));
    Answer::Refused(refusal.status(), format!("{}{refusal}", name.unwrap_or_default()))
}
