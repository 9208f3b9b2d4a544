//! The one loop: authorize, send, read, answer a 401, follow a redirect; then classify.

use std::ops::ControlFlow::{Break, Continue};
use std::thread;
use std::time::{Duration, Instant};

use crate::answer::{Asked, Error, Response, Result, UNSURE};
use crate::http_types::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use crate::http_types::{HeaderMap, HeaderName, HeaderValue, Method};
use crate::selector::Root;

use super::advice::advice;
use super::auth::{Auth, Call, Plan, Verdict};
use super::echo::Secret;
use super::fields::for_a_look;
use super::redirect::Redirect;
use super::transport::{CallTime, Failure, Outgoing, Transport};
use super::{log, pause};

/// RFC 7615.
const AUTHENTICATION_INFO: HeaderName = HeaderName::from_static("authentication-info");

/// How many redirects one call follows.
const MAX_REDIRECTS: usize = 5;

/// What an exchange works with; shared by a client and its clones.
pub(crate) struct Exchange {
    pub(crate) root: Root,
    pub(crate) auth: Auth,
    pub(crate) transport: Transport,
    /// How often a request is sent again after a failure that a repetition cannot make worse.
    pub(crate) retries: u32,
}

/// What is asked, wherever it is sent and as often as it must be.
pub(crate) struct Prepared<'a> {
    pub(crate) method: Method,
    pub(crate) headers: HeaderMap,
    /// A PUT has always one.
    pub(crate) body: Option<&'a [u8]>,
    pub(crate) time: CallTime,
}

/// The last answer of an exchange.
pub(crate) struct Answer {
    asked: Asked,
    response: Response,
    /// What is known about a failure beyond its status.
    advice: Option<String>,
    /// That of the request.
    authorization: Option<HeaderValue>,
}

impl Exchange {
    /// Sends the request until there is an answer to hand on, whatever its status. `path` is path
    /// and query of its first target.
    pub(crate) fn run(&self, request: &Prepared<'_>, path: &str) -> Result<Answer> {
        let mut path = path.to_owned();
        let mut redirects = 0;
        loop {
            let answer = self.authorized(request, &path)?;
            let secret = answer.secret();
            let redirect = match Redirect::of(&self.root, &answer.asked, &answer.response, secret) {
                Redirect::To(next) if redirects == MAX_REDIRECTS => {
                    let why = format!("more than {MAX_REDIRECTS} redirects are not followed");
                    Redirect::refused(&self.url(&next), &why)
                }
                redirect => redirect,
            };
            match redirect {
                Redirect::None => return Ok(answer),
                Redirect::Refused(advice) => return Ok(Answer { advice: Some(advice), ..answer }),
                Redirect::To(next) => path = next,
            }
            redirects += 1;
        }
    }

    /// Sends to one target, answering challenges; again where that can do no harm.
    fn authorized(&self, request: &Prepared<'_>, path: &str) -> Result<Answer> {
        let asked = self.asked(&request.method, path);
        let is_ours = !request.headers.contains_key(AUTHORIZATION);
        let (name, body) = (request.method.as_str(), request.body.unwrap_or_default());
        let mut call = is_ours.then(|| Call::new(&self.auth, name, path, body));
        let mut retry = 0;
        loop {
            let plan = call.as_ref().map_or(Plan::Send(None), Call::plan);
            let authorization = match plan {
                Plan::Send(Some(value)) => Some(field(value)?),
                Plan::Send(None) | Plan::FetchNonce => request.headers.get(AUTHORIZATION).cloned(),
            };
            let (method, sent) = match plan {
                Plan::Send(_) => (&request.method, self.send(request, path, authorization.clone())),
                Plan::FetchNonce => (&Method::GET, self.fetch_nonce(request, path)),
            };
            let response = match sent {
                Ok(response) => response,
                Err(failure) => {
                    let Some(pause) = self.pause(method, &failure, retry, request.time) else {
                        return Err(self.failed(method, path, failure));
                    };
                    thread::sleep(pause);
                    retry += 1;
                    let again =
                        if failure.was_unconnected { Call::unsent } else { Call::unanswered };
                    call = call.map(again);
                    continue;
                }
            };
            let Some(sent) = call else {
                return Ok(Answer { asked, response, advice: None, authorization });
            };
            let challenges = response.header_bytes(WWW_AUTHENTICATE);
            let info = response.header_bytes(AUTHENTICATION_INFO).next();
            let advice = match sent.answered(response.status(), challenges, info) {
                Continue(next) => {
                    call = Some(next);
                    continue;
                }
                Break(Verdict::Accept) => None,
                Break(Verdict::Refused(refusal)) => Some(refusal.to_string()),
                Break(Verdict::Unproven(refusal)) => {
                    let reason = unsure(method, refusal.to_string());
                    return Err(Error::malformed_response(Some(&asked), reason, Some(response)));
                }
            };
            return Ok(Answer { asked, response, advice, authorization });
        }
    }

    /// How long to wait before sending again what failed, if that can do no harm and the time for the
    /// call leaves as much for the retry itself. A server that refuses connections may be about to
    /// start.
    fn pause(
        &self,
        method: &Method,
        failure: &Failure,
        retry: u32,
        time: CallTime,
    ) -> Option<Duration> {
        if retry == self.retries || !is_repeatable(method, failure) {
            return None;
        }
        if !failure.was_unconnected {
            return Some(Duration::ZERO);
        }
        (pause::longest(retry) * 2 <= time.left()).then(|| pause::before(retry))
    }

    /// The challenge that a bare GET brings, with the caller's headers that are not about the body
    /// or the ETag.
    fn fetch_nonce(&self, request: &Prepared<'_>, path: &str) -> Result<Response, Failure> {
        let headers = for_a_look(&request.headers);
        let bare = Prepared { method: Method::GET, headers, body: None, time: request.time };
        // What it brings beside its status and challenges, however large, is not asked for.
        match self.send(&bare, path, None) {
            Err(Failure { response: Some(head), .. }) => Ok(*head),
            sent => sent,
        }
    }

    /// One request and its answer.
    fn send(
        &self,
        request: &Prepared<'_>,
        path: &str,
        authorization: Option<HeaderValue>,
    ) -> Result<Response, Failure> {
        let mut headers = request.headers.clone();
        if let Some(value) = &authorization {
            headers.insert(AUTHORIZATION, value.clone());
        }
        let began = Instant::now();
        let sent = self.transport.send(Outgoing {
            method: request.method.clone(),
            url: self.url(path),
            headers,
            body: request.body,
            time: request.time,
        });
        log::sent(&request.method, path, &sent, began.elapsed(), authorization.as_ref());
        sent
    }

    fn failed(&self, method: &Method, path: &str, failure: Failure) -> Error {
        let mut reason = failure.reason;
        if failure.may_have_arrived {
            reason = unsure(method, reason);
        }
        Error::failed(&self.asked(method, path), failure.kind, &reason, failure.source)
            .with_response(failure.response.map(|response| *response))
    }

    pub(crate) fn url(&self, path: &str) -> String {
        [self.root.origin(), path].concat()
    }

    pub(crate) fn asked(&self, method: &Method, path: &str) -> Asked {
        Asked { method: method.clone(), url: self.url(path) }
    }
}

/// What went wrong with a request that may have been carried out.
fn unsure(method: &Method, mut reason: String) -> String {
    if *method != Method::GET {
        reason.push_str("; ");
        reason.push_str(UNSURE);
    }
    reason
}

/// A GET whose idle connection was closed under it changes nothing when it is sent again; what never
/// left changes nothing either.
fn is_repeatable(method: &Method, failure: &Failure) -> bool {
    failure.was_unconnected || (failure.was_stale && method == Method::GET)
}

/// An Authorization value, which no log may show.
fn field(value: &str) -> Result<HeaderValue> {
    let mut value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| {
        Error::invalid_input(
            "the Authorization value, from the user name or the `authorization` closure, holds a character that no header can carry",
        )
    })?;
    value.set_sensitive(true);
    Ok(value)
}

impl Answer {
    /// The answer whatever its status.
    pub(crate) fn into_response(self) -> Response {
        self.response
    }

    fn secret(&self) -> Option<Secret> {
        self.authorization.as_ref().and_then(Secret::of)
    }

    /// The answer if it is a success, else the error that its status makes it.
    pub(crate) fn success(self, request: &Prepared<'_>) -> Result<(Asked, Response)> {
        match self.response.status() {
            200..=299 => Ok((self.asked, self.response)),
            status => {
                let secret = self.secret();
                let advice = self.advice.or_else(|| advice(status, &request.headers));
                let is_secret = |text: &str| secret.is_some_and(|secret| secret.is_in(text));
                Err(Error::of_answer(&self.asked, self.response, advice, is_secret))
            }
        }
    }
}
