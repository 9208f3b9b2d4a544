//! What a conforming server would do with a change, computed from the current document.

use xcaplib::document::{self, Refusal};
use xcaplib::{ETag, NodeSelector, Resource, Terminal};

use crate::args::{Action, Failure, worded};
use crate::call::{self, Call, Outcome, Session};

use super::difference;

/// Application usages whose documents only the server writes.
const READ_ONLY: [&str; 2] = ["xcap-caps", "org.openmobilealliance.xcap-directory"];

/// The status of the answer, and either the difference that the change would make or the reason why
/// it makes none.
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

/// What a server would do.
enum Effect {
    /// The status, and the document afterwards. `None` if the document is gone.
    Changed(u16, Option<String>),
    Refused(u16, String),
    Exists,
}

/// Works out what a server would answer. The only request is a GET of the document.
pub(crate) fn forecast(
    call: &Call<'_>,
    session: &mut Session<'_>,
) -> Result<Result<Forecast, Outcome>, Failure> {
    let selector = call.node.selector()?;
    let flaw = flaw(call, selector.as_ref(), session)?;
    let found = session.call(|client| call.document(client).optional().get())?;
    let current = match found {
        Ok(found) => found,
        Err(error) => return call::outcome(error, &[]).map(Err),
    };
    let text = current.as_ref().map(Resource::as_str);
    let effect = if READ_ONLY.contains(&call.application.as_str()) {
        Effect::Refused(405, "the documents of this application usage are the server's".to_owned())
    } else if let Some(effect) = of_existence(call, text, selector.as_ref()) {
        effect
    } else if let Some(reason) = unmet(call, current.as_ref()) {
        Effect::Refused(412, reason)
    } else if let Some(flaw) = flaw {
        Effect::Refused(409, flaw)
    } else {
        match &selector {
            None => whole_document(call, text),
            Some(selector) => one_node(call, text, selector),
        }
    };
    let before = text.unwrap_or_default();
    let (status, result) = match effect {
        Effect::Changed(status, after) => {
            let url = call.document(session.client()).url()?;
            (status, Ok(difference::unified(before, after.as_deref().unwrap_or_default(), &url)))
        }
        Effect::Refused(status, reason) => (status, Err(reason)),
        Effect::Exists => {
            let url = call.request(session.client()).url()?;
            return Ok(Err(Outcome::Remark(format!("{url} exists already"))));
        }
    };
    Ok(Ok(Forecast { status, result }))
}

/// What a conforming server would answer to a change that this server refused without a reason.
/// `None` if that cannot be told.
pub(crate) fn expected(call: &Call<'_>, session: &mut Session<'_>) -> Option<String> {
    let forecast = forecast(call, session).ok()?.ok()?;
    let status = forecast.status_line();
    Some(match &forecast.result {
        Ok(_) => format!("a conforming server would answer {status}"),
        Err(reason) => format!("a conforming server would answer {status}: {reason}"),
    })
}

/// What is wrong with the body. With `--no-validate`, the forecast is what the server would answer
/// to this body. Without it, a wrong body is an error.
fn flaw(
    call: &Call<'_>,
    selector: Option<&NodeSelector>,
    session: &Session<'_>,
) -> Result<Option<String>, Failure> {
    let body = call.input.bytes();
    let is_of_bindings = selector.is_some_and(|s| s.terminal() == Some(&Terminal::Namespaces));
    if call.options.action == Action::Delete && (call.options.no_validate || !is_of_bindings) {
        return Ok(None);
    }
    match call.request(session.client()).validate(true).check(body) {
        Ok(()) => Ok(None),
        Err(error) if call.options.no_validate => Ok(Some(worded(&error.to_string()))),
        Err(error) => Err(call::refused(error, body)),
    }
}

/// Why the document does not meet a condition of the request. `None` if it meets all of them.
fn unmet(call: &Call<'_>, current: Option<&Resource>) -> Option<String> {
    let tag = current.and_then(Resource::etag);
    let is_one_of = |condition: &str| match condition.trim() {
        "*" => current.is_some(),
        tags => tag.is_some_and(|tag| {
            is_same(tag, tags) || tags.split(',').any(|text| is_same(tag, text.trim()))
        }),
    };
    // `If-Match` compares strongly, so a weak tag never matches (RFC 9110 section 13.1.1).
    let is_weak = tag.is_some_and(ETag::is_weak);
    let now = tag.map_or("there is none".to_owned(), |tag| format!("it is {tag}"));
    let is_met = |etag: &str| is_one_of(etag) && (etag.trim() == "*" || !is_weak);
    if call.if_match().is_some_and(|etag| !is_met(etag)) {
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

/// The effect of an insert, replace or delete. It depends only on whether the target exists.
fn of_existence(
    call: &Call<'_>,
    text: Option<&str>,
    selector: Option<&NodeSelector>,
) -> Option<Effect> {
    let found = text.map(|text| match selector {
        Some(selector) => document::get(text, selector, call.default_namespace()).map(|_| ()),
        None => Ok(()),
    });
    match (call.options.action, found) {
        (Action::Insert, Some(Ok(()))) => Some(Effect::Exists),
        (Action::Replace | Action::Delete, None) => {
            Some(Effect::Refused(404, "there is no such document".to_owned()))
        }
        (Action::Replace | Action::Delete, Some(Err(refusal))) => Some(refused(&refusal)),
        _ => None,
    }
}

fn whole_document(call: &Call<'_>, before: Option<&str>) -> Effect {
    if call.options.action == Action::Delete {
        return Effect::Changed(200, None);
    }
    let text = String::from_utf8_lossy(call.input.bytes()).into_owned();
    match document::check(&text, None, call.default_namespace()) {
        Ok(()) => Effect::Changed(if before.is_some() { 200 } else { 201 }, Some(text)),
        Err(refusal) => refused(&refusal),
    }
}

fn one_node(call: &Call<'_>, before: Option<&str>, selector: &NodeSelector) -> Effect {
    let Some(before) = before else {
        return Effect::Refused(409, "no-parent: there is no document to change".to_owned());
    };
    let result = if call.options.action == Action::Delete {
        document::delete(before, selector, call.default_namespace()).map(|text| (200, text))
    } else {
        document::put(before, selector, call.input.bytes(), call.default_namespace())
            .map(|edit| (if edit.created { 201 } else { 200 }, edit.text))
    };
    match result {
        Ok((status, text)) => Effect::Changed(status, Some(text)),
        Err(refusal) => refused(&refusal),
    }
}

fn refused(refusal: &Refusal) -> Effect {
    let name = refusal.conflict().map(|conflict| format!("{}: ", conflict.name()));
    Effect::Refused(refusal.status(), worded(&format!("{}{refusal}", name.unwrap_or_default())))
}
