//! The one loop: authorize, send, read, answer a 401, follow a redirect; then classify.

use std::ops::ControlFlow::{Break, Continue};
use std::thread;
use std::time::{Duration, Instant};

use crate::answer::{Error, RequestLine, RequestUrl, Response, Result, is_unsure_status};
use crate::http_types::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use crate::http_types::{HeaderName, HeaderValue, Method};
use crate::selector::Root;

use super::advice::advice;
use super::auth::{Auth, Call, Plan, Verdict};
use super::echo::Secret;
use super::prepared::Prepared;
use super::redirect::Redirect;
use super::time::CallTime;
use super::transport::{Failure, Reached, Transport};
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

/// The last answer of an exchange.
pub(crate) struct Answer {
    line: RequestLine,
    reply: Reply,
}

/// What came back from one target.
struct Reply {
    response: Response,
    /// What is known about a failure beyond its status.
    advice: Option<String>,
    /// That of the request.
    authorization: Option<HeaderValue>,
}

impl Exchange {
    /// Sends the request until there is an answer to hand on, whatever its status.
    pub(crate) fn run(&self, request: &Prepared<'_>) -> Result<Answer> {
        let mut line = request.line(&request.url);
        let mut redirects = 0;
        loop {
            let reply = self.authorized(request, &line)?;
            let secret = reply.secret();
            let redirect = match Redirect::of(&self.root, &line, &reply.response, secret) {
                Redirect::To(next) if redirects == MAX_REDIRECTS => {
                    let why = format!("more than {MAX_REDIRECTS} redirects are not followed");
                    Redirect::refused(next.as_str(), &why)
                }
                redirect => redirect,
            };
            match redirect {
                Redirect::None => return Ok(Answer { line, reply }),
                Redirect::Refused(advice) => {
                    let reply = Reply { advice: Some(advice), ..reply };
                    return Ok(Answer { line, reply });
                }
                Redirect::To(next) => line = request.line(&next),
            }
            redirects += 1;
        }
    }

    /// Sends to one target, answering challenges; again where that can do no harm.
    fn authorized(&self, request: &Prepared<'_>, line: &RequestLine) -> Result<Reply> {
        let is_ours = !request.headers.contains_key(AUTHORIZATION);
        let mut call = is_ours.then(|| {
            let body = request.payload.body().unwrap_or_default();
            Call::new(&self.auth, line.method.as_str(), line.url.target(), body)
        });
        let mut retry = 0;
        loop {
            let plan = call.as_ref().map_or(Plan::Send(None), Call::plan);
            let authorization = match plan {
                Plan::Send(Some(value)) => Some(field(value)?),
                Plan::Send(None) | Plan::FetchNonce => request.headers.get(AUTHORIZATION).cloned(),
            };
            let (method, sent) = match plan {
                Plan::Send(_) => (&line.method, self.send(request, line, authorization.as_ref())),
                Plan::FetchNonce => (&Method::GET, self.fetch_nonce(request, &line.url)),
            };
            let response = match sent {
                Ok(response) => response,
                Err(failure) => {
                    let Some(pause) = self.pause(method, &failure, retry, request.time) else {
                        return Err(failed(method, &line.url, failure));
                    };
                    thread::sleep(pause);
                    retry += 1;
                    let again = match failure.reached {
                        Reached::Nowhere => Call::unsent,
                        _ => Call::unanswered,
                    };
                    call = call.map(again);
                    continue;
                }
            };
            let Some(sent) = call else {
                return Ok(Reply { response, advice: None, authorization });
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
                    let error =
                        Error::malformed_response(Some(line), refusal.to_string(), Some(response));
                    return Err(unsure_if(is_change(method), error));
                }
            };
            return Ok(Reply { response, advice, authorization });
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
        if failure.reached != Reached::Nowhere {
            return Some(Duration::ZERO);
        }
        (pause::longest(retry) * 2 <= time.left()).then(|| pause::before(retry))
    }

    /// The challenge that a bare GET brings. Its body, however large, is not asked for.
    fn fetch_nonce(&self, request: &Prepared<'_>, url: &RequestUrl) -> Result<Response, Failure> {
        let probe = request.probe(url);
        match self.send(&probe, &probe.line(url), None) {
            Err(Failure { response: Some(head), .. }) => Ok(*head),
            sent => sent,
        }
    }

    /// One request and its answer, and its line in the log.
    fn send(
        &self,
        request: &Prepared<'_>,
        line: &RequestLine,
        authorization: Option<&HeaderValue>,
    ) -> Result<Response, Failure> {
        let began = Instant::now();
        let sent = self.transport.send(request, line, authorization);
        log::sent(line, &sent, began.elapsed(), authorization);
        sent
    }
}

/// The error that a failure without an answer to hand on is.
fn failed(method: &Method, url: &RequestUrl, failure: Failure) -> Error {
    let status = failure.response.as_ref().map(|head| head.status());
    let is_unsure = (failure.reached.may_be_server() && is_change(method))
        || status.is_some_and(|status| is_unsure_status(method, status));
    let line = RequestLine { method: method.clone(), url: url.clone() };
    let error = Error::failed(&line, failure.kind, &failure.reason, failure.source)
        .with_response(failure.response.map(|response| *response));
    unsure_if(is_unsure, error)
}

fn is_change(method: &Method) -> bool {
    *method != Method::GET
}

fn unsure_if(is_unsure: bool, error: Error) -> Error {
    if is_unsure { error.unsure() } else { error }
}

/// What never left changes nothing when it is sent again, nor does a GET whose idle connection was
/// closed under it.
fn is_repeatable(method: &Method, failure: &Failure) -> bool {
    match failure.reached {
        Reached::Nowhere => true,
        Reached::StaleConnection => method == Method::GET,
        Reached::NotTheServer | Reached::Perhaps => false,
    }
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

impl Reply {
    fn secret(&self) -> Option<Secret> {
        self.authorization.as_ref().and_then(Secret::of)
    }
}

impl Answer {
    /// The answer whatever its status.
    pub(crate) fn into_response(self) -> Response {
        self.reply.response
    }

    /// The answer if it is a success, else the error that its status makes it.
    pub(crate) fn success(self, request: &Prepared<'_>) -> Result<(RequestLine, Response)> {
        let Self { line, reply } = self;
        match reply.response.status() {
            200..=299 => Ok((line, reply.response)),
            status => {
                let secret = reply.secret();
                let advice = reply.advice.or_else(|| advice(status, &request.headers));
                let is_secret = |text: &str| secret.is_some_and(|secret| secret.is_in(text));
                Err(Error::of_answer(&line, reply.response, advice, is_secret))
            }
        }
    }
}
