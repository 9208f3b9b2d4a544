//! The one loop: authorize, send, read, answer a 401, follow a redirect; then classify.

use std::ops::ControlFlow::{Break, Continue};
use std::thread;
use std::time::{Duration, Instant};

use crate::answer::{
    Error, RequestLine, RequestUrl, Response, Result, is_unsure_status, reason_text,
};
use crate::http_types::header::AUTHORIZATION;
use crate::http_types::{HeaderValue, Method};
use crate::selector::Root;

use super::advice::advice;
use super::auth::{Auth, Authorization, Call, Plan, Verdict};
use super::echo::Secret;
use super::fields::is_plain;
use super::prepared::Prepared;
use super::redirect::{MAX_REDIRECTS, Redirect};
use super::time::CallTime;
use super::transport::{Failure, Reached, Received, Transport};
use super::{log, pause};

/// All that an exchange needs. A client and its clones share it.
pub(crate) struct Exchange {
    pub(crate) root: Root,
    pub(crate) auth: Auth,
    pub(crate) transport: Transport,
    /// How often a failed request is sent again, if that can do no harm.
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
    /// Advice on a failure, beyond its status.
    advice: Option<String>,
    /// The credentials that the request carried.
    secret: Option<Secret>,
}

impl Exchange {
    /// Sends the request until there is an answer to hand on, whatever its status.
    pub(crate) fn run(&self, request: &Prepared<'_>) -> Result<Answer> {
        let mut line = request.line(&request.url);
        let mut redirects = 0;
        loop {
            let reply = self.authorized(request, &line)?;
            let (response, secret) = (&reply.response, reply.secret.as_ref());
            let redirect = match Redirect::of(&self.root, &line, response, secret) {
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

    /// Sends the request to one target, answers challenges, and retries where that can do no harm.
    fn authorized(&self, request: &Prepared<'_>, line: &RequestLine) -> Result<Reply> {
        let own =
            request.headers.get(AUTHORIZATION).map(|value| Authorization::own(value.as_bytes()));
        let mut call = own.is_none().then(|| {
            let body = request.payload.body().unwrap_or_default();
            Call::new(&self.auth, line.method.as_str(), line.url.target(), body)
        });
        let mut retry = 0;
        loop {
            let plan = call.as_ref().map_or(Plan::Send(own.as_ref()), Call::plan);
            let (method, secret, sent) = match plan {
                Plan::Send(authorization) => {
                    let secret = authorization.and_then(Authorization::secret).cloned();
                    let sent = self.send(request, line, authorization)?;
                    (&line.method, secret, sent)
                }
                Plan::FetchNonce => (&Method::GET, None, self.fetch_nonce(request, &line.url)?),
            };
            let received = match sent {
                Ok(received) => received,
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
            let Received { response, challenges, infos, .. } = received;
            let Some(sent) = call else {
                return Ok(Reply { response, advice: None, secret });
            };
            let challenges = challenges.iter().map(HeaderValue::as_bytes);
            let infos = infos.iter().map(HeaderValue::as_bytes);
            let advice = match sent.answered(response.status(), challenges, infos) {
                Continue(next) => {
                    call = Some(next);
                    continue;
                }
                Break(Verdict::Accept) => None,
                Break(Verdict::Refused(refusal)) => Some(refusal.to_string()),
                Break(Verdict::Unproven(refusal)) => {
                    let reason = refusal.to_string();
                    let error = Error::malformed_response(Some(line), reason, Some(response));
                    return Err(unsure_if(is_change(method), error));
                }
            };
            return Ok(Reply { response, advice, secret });
        }
    }

    /// How long to wait before the next try, or `None` if another try could do harm. A server that
    /// refuses connections may be about to start, so there the try waits. The time left must be
    /// enough for the longest pause and as much again for the try itself.
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

    /// Fetches a challenge by a bare GET. The body of the answer does not matter, however large.
    fn fetch_nonce(
        &self,
        request: &Prepared<'_>,
        url: &RequestUrl,
    ) -> Result<Result<Received, Failure>> {
        let probe = request.probe(url);
        Ok(match self.send(&probe, &probe.line(url), None)? {
            Err(Failure { received: Some(head), .. }) => Ok(*head),
            sent => sent,
        })
    }

    /// Sends one request, reads its answer and writes both to the log. An `Authorization` that
    /// cannot be sent is bad input.
    fn send(
        &self,
        request: &Prepared<'_>,
        line: &RequestLine,
        authorization: Option<&Authorization>,
    ) -> Result<Result<Received, Failure>> {
        let value = authorization.map(field).transpose()?;
        log::sending(line, request, &self.transport, authorization);
        let began = Instant::now();
        let sent = self.transport.send(request, line, value.as_ref());
        log::sent(
            line,
            sent.as_ref(),
            began.elapsed(),
            authorization.and_then(Authorization::secret),
        );
        Ok(sent)
    }
}

/// The error for a request that got no usable answer.
fn failed(method: &Method, url: &RequestUrl, failure: Failure) -> Error {
    let response = failure.received.map(|head| head.response);
    let status = response.as_ref().map(Response::status);
    let is_unsure = (failure.reached.may_be_server() && is_change(method))
        || status.is_some_and(|status| is_unsure_status(method, status));
    let line = RequestLine { method: method.clone(), url: url.clone() };
    let error =
        Error::failed(&line, failure.kind, &failure.reason, failure.source).with_response(response);
    unsure_if(is_unsure, error)
}

fn is_change(method: &Method) -> bool {
    *method != Method::GET
}

fn unsure_if(is_unsure: bool, error: Error) -> Error {
    if is_unsure { error.unsure() } else { error }
}

/// A request that never left can be sent again without harm. So can a GET whose idle connection was
/// closed while it was sent.
fn is_repeatable(method: &Method, failure: &Failure) -> bool {
    match failure.reached {
        Reached::Nowhere => true,
        Reached::StaleConnection => method == Method::GET,
        Reached::NotTheServer | Reached::Perhaps => false,
    }
}

/// The field for an `Authorization`; no log may show it. A caller's value must be ASCII (RFC 9110
/// section 5.5). Values from a server's challenge go back as they came.
fn field(authorization: &Authorization) -> Result<HeaderValue> {
    let bytes = authorization.value();
    let is_fine = !authorization.is_own() || is_plain(bytes);
    let field = is_fine.then(|| HeaderValue::from_bytes(bytes).ok()).flatten();
    let mut field = field.ok_or_else(|| {
        Error::invalid_input(
            "the Authorization value, a header or what the `authorization` closure made, holds a \
             character that no header can carry; \
             only ASCII without control characters can be sent",
        )
    })?;
    field.set_sensitive(true);
    Ok(field)
}

impl Answer {
    /// The answer whatever its status.
    pub(crate) fn into_response(self, request: &Prepared<'_>) -> Response {
        self.with_reason(request).1
    }

    /// The answer if it is a success, else the error that its status makes it.
    pub(crate) fn success(self, request: &Prepared<'_>) -> Result<(RequestLine, Response)> {
        let (line, response) = self.with_reason(request);
        if is_success(response.status()) {
            Ok((line, response))
        } else {
            Err(Error::of_answer(&line, response))
        }
    }

    /// The answer. If it is not a success, what is known of the reason is added.
    fn with_reason(self, request: &Prepared<'_>) -> (RequestLine, Response) {
        let Self { line, reply: Reply { response, advice: given, secret } } = self;
        let status = response.status();
        if is_success(status) {
            return (line, response);
        }
        let advice = given.or_else(|| advice(status, &request.headers));
        let is_secret = |text: &str| secret.is_some_and(|secret| secret.is_in(text));
        let text = reason_text(&line, &response, advice, is_secret);
        (line, response.with_reason_text(text))
    }
}

fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}
