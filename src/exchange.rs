//! The one loop: authorize, send, read, answer a 401, follow a redirect; then classify.

use ureq::http::header::{
    AUTHORIZATION, CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH, LOCATION, WWW_AUTHENTICATE,
};
use ureq::http::{HeaderMap, HeaderValue, Method};
use url::{Position, Url};

use crate::auth::{Auth, Plan, Verdict};
use crate::error::{Asked, Error, ErrorKind, Result, printable, shown_url};
use crate::etag::ETag;
use crate::resource::Response;
use crate::root::Root;
use crate::transport::{CallTime, Failure, Outgoing, Transport};

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

/// One request as its caller means it: what the loop sends, as often as it must.
pub(crate) struct Prepared<'a> {
    pub(crate) method: Method,
    /// Path and query.
    pub(crate) target: &'a str,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<&'a [u8]>,
    pub(crate) time: CallTime,
}

/// The last answer of an exchange.
pub(crate) struct Answer {
    asked: Asked,
    response: Response,
    /// What is known about a failure beyond its status.
    advice: Option<String>,
}

impl Exchange {
    /// Sends the request until there is an answer to hand on, whatever its status.
    pub(crate) fn run(&self, request: &Prepared<'_>) -> Result<Answer> {
        let mut target = request.target.to_owned();
        let mut redirects = 0;
        loop {
            let answer = self.authorized(request, &target)?;
            match next_target(&self.root, request, &answer) {
                Redirect::None => return Ok(answer),
                Redirect::Refused(advice) => return Ok(Answer { advice: Some(advice), ..answer }),
                Redirect::To(next) if redirects == MAX_REDIRECTS => {
                    let url = self.url(&next);
                    let why = format!("more than {MAX_REDIRECTS} redirects are not followed");
                    let advice = refused_redirect(&url, &why);
                    return Ok(Answer { advice: Some(advice), ..answer });
                }
                Redirect::To(next) => target = next,
            }
            redirects += 1;
        }
    }

    /// Sends to one target, answering challenges.
    fn authorized(&self, request: &Prepared<'_>, target: &str) -> Result<Answer> {
        let asked = self.asked(&request.method, target);
        if request.headers.contains_key(AUTHORIZATION) {
            let response = self.send(request, target, None)?;
            return Ok(Answer { asked, response, advice: None });
        }
        let mut call = self.auth.call();
        loop {
            let plan = call.plan(request.method.as_str(), target, request.body.unwrap_or_default());
            let response = match plan {
                Plan::Send(authorization) => self.send(request, target, authorization)?,
                Plan::FetchNonce => self.fetch_nonce(request, target)?,
            };
            let challenges = response.header_bytes(WWW_AUTHENTICATE.as_str());
            let info = response.header_bytes("authentication-info").next();
            let advice = match call.answered(response.status(), challenges, info) {
                Verdict::Again => continue,
                Verdict::Accept => None,
                Verdict::Refused(refusal) => Some(refusal.to_string()),
                Verdict::Unproven(refusal) => {
                    let reason = refusal.to_string();
                    return Err(Error::malformed_response(Some(&asked), reason, Some(response)));
                }
            };
            return Ok(Answer { asked, response, advice });
        }
    }

    /// The challenge that a bare GET brings, with the caller's headers that are not about the body
    /// or the ETag.
    fn fetch_nonce(&self, request: &Prepared<'_>, target: &str) -> Result<Response> {
        let mut headers = request.headers.clone();
        for name in [CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH] {
            headers.remove(name);
        }
        let bare = Prepared {
            method: Method::GET,
            target: request.target,
            headers,
            body: None,
            time: request.time,
        };
        self.send(&bare, target, None)
    }

    /// One request and its answer; sent again where that can do no harm.
    fn send(
        &self,
        request: &Prepared<'_>,
        target: &str,
        authorization: Option<String>,
    ) -> Result<Response> {
        let mut headers = request.headers.clone();
        if let Some(value) = authorization {
            headers.insert(AUTHORIZATION, secret(&value)?);
        }
        let mut retries = self.retries;
        loop {
            let sent = self.transport.send(Outgoing {
                method: request.method.clone(),
                url: self.url(target),
                target,
                headers: headers.clone(),
                body: request.body,
                time: request.time,
            });
            match sent {
                Ok(response) => return Ok(response),
                Err(failure) if retries > 0 && is_repeatable(&request.method, &failure) => {
                    retries -= 1;
                }
                Err(failure) => return Err(self.failed(request, target, failure)),
            }
        }
    }

    fn failed(&self, request: &Prepared<'_>, target: &str, failure: Failure) -> Error {
        let mut reason = failure.reason;
        if failure.may_have_arrived && request.method != Method::GET {
            reason.push_str("; whether the change was made is not known");
        }
        Error::failed(&self.asked(&request.method, target), failure.kind, &reason, failure.source)
    }

    pub(crate) fn url(&self, target: &str) -> String {
        format!("{}{target}", self.root.origin())
    }

    pub(crate) fn asked(&self, method: &Method, target: &str) -> Asked {
        Asked { method: method.clone(), url: self.url(target) }
    }
}

/// A GET whose idle connection was closed under it changes nothing when it is sent again; what never
/// left changes nothing either.
fn is_repeatable(method: &Method, failure: &Failure) -> bool {
    failure.was_unconnected || (failure.was_stale && method == Method::GET)
}

/// An Authorization value, which no log may show.
fn secret(value: &str) -> Result<HeaderValue> {
    let mut value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| {
        Error::invalid_input(
            "the Authorization value, from the user name or the `authorization` closure, holds a character that no header can carry",
        )
    })?;
    value.set_sensitive(true);
    Ok(value)
}

enum Redirect {
    /// The answer is no redirect.
    None,
    To(String),
    Refused(String),
}

/// Where an answer redirects to, within the same origin and for methods that keep their meaning
/// (RFC 9110 section 15.4).
fn next_target(root: &Root, request: &Prepared<'_>, answer: &Answer) -> Redirect {
    let status = answer.response.status();
    if !matches!(status, 300..=303 | 305..=399) {
        return Redirect::None;
    }
    let Some(location) = answer.response.header(LOCATION.as_str()) else {
        return Redirect::Refused("a redirect without a Location".to_owned());
    };
    let Ok(mut url) = Url::parse(&answer.asked.url).and_then(|base| base.join(location)) else {
        return Redirect::Refused(format!(
            "a redirect to `{}`, which is no URL",
            printable(location)
        ));
    };
    let is_followed = match status {
        307 | 308 => true,
        301 | 302 => request.method == Method::GET,
        _ => false,
    };
    let is_same_origin = url.origin().ascii_serialization() == root.origin();
    let has_userinfo = !url.username().is_empty() || url.password().is_some();
    if is_followed && is_same_origin && !has_userinfo {
        return Redirect::To(url[Position::BeforePath..Position::AfterQuery].to_owned());
    }
    // A server's idea of a password is not ours to print. Not every URL has a place for one.
    let _ = url.set_username("").and_then(|()| url.set_password(None));
    let why = if !is_followed {
        "not followed for this method and status"
    } else if is_same_origin {
        "not followed with a user name in it"
    } else {
        "not followed to another origin; if it is right, make it the client's root"
    };
    Redirect::Refused(refused_redirect(url.as_str(), why))
}

fn refused_redirect(url: &str, why: &str) -> String {
    format!("a redirect to {}, {why}", shown_url(url))
}

impl Answer {
    /// The answer whatever its status.
    pub(crate) fn into_response(self) -> Response {
        self.response
    }

    /// The answer if it is a success, else the error that its status makes it.
    pub(crate) fn success(self, request: &Prepared<'_>) -> Result<(Asked, Response)> {
        match self.response.status() {
            200..=299 => Ok((self.asked, self.response)),
            status => {
                let advice = self.advice.or_else(|| advice(status, &request.headers));
                Err(Error::of_answer(&self.asked, self.response, advice))
            }
        }
    }
}

/// What the request tells about the reason for a status.
fn advice(status: u16, headers: &HeaderMap) -> Option<String> {
    let etag = |name| headers.get(name).and_then(|value| ETag::from_bytes(value.as_bytes()));
    match status {
        304 => etag(IF_NONE_MATCH).map(|etag| matched(&etag)),
        412 => etag(IF_MATCH)
            .map(|etag| unmatched(&etag))
            .or_else(|| etag(IF_NONE_MATCH).map(|etag| matched(&etag))),
        415 => headers.get(CONTENT_TYPE).map(|sent| {
            let sent = String::from_utf8_lossy(sent.as_bytes());
            format!("the server does not take {sent} there")
        }),
        _ => None,
    }
}

fn unmatched(etag: &ETag) -> String {
    if etag.opaque() == "*" {
        return "If-Match: * needs a document that is there".to_owned();
    }
    if etag.is_weak() {
        return format!(
            "the ETag {etag} is weak, and If-Match never matches a weak one (RFC 9110 section 13.1.1)"
        );
    }
    format!("the document is not the one with the ETag {etag}; fetch it again")
}

fn matched(etag: &ETag) -> String {
    match etag.opaque() {
        "*" => "there is one already".to_owned(),
        _ => format!("the document has the ETag {etag}"),
    }
}

/// A GET's answer is a resource only if it is one: 200 with the text of a document or node.
pub(crate) fn check_found(asked: &Asked, response: Response) -> Result<Response> {
    if !matches!(response.status(), 200 | 203) {
        let reason =
            format!("the server answered {} to a GET, which brings no resource", response.status());
        return Err(Error::malformed_response(Some(asked), reason, Some(response)));
    }
    if response.media_type().as_deref() == Some("text/html") {
        let reason = "the server answered with an HTML page; is the XCAP root right, and no login page in between".to_owned();
        return Err(Error::malformed_response(Some(asked), reason, Some(response)));
    }
    if response.text().is_none() {
        return Err(Error::not_utf8(asked, response));
    }
    Ok(response)
}

/// Whether an error means that nothing is where the request pointed.
pub(crate) fn none_if_missing<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
