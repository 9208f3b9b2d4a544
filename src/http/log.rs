//! What each request writes to the log: one line at debug level; at trace level also its head and
//! the head of its answer.

use std::time::Duration;

use crate::answer::{ETag, ErrorKind, RequestLine, Response};
use crate::text::{printable, shown_url};

use super::auth::Authorization;
use super::echo::Secret;
use super::head;
use super::prepared::Prepared;
use super::transport::{Failure, Received, Transport};

/// The log target of everything that this crate logs.
const TARGET: &str = "xcaplib";

/// The head of a request that goes out now.
pub(super) fn sending(
    line: &RequestLine,
    request: &Prepared<'_>,
    transport: &Transport,
    authorization: Option<&Authorization>,
) {
    if log::log_enabled!(target: TARGET, log::Level::Trace) {
        let own = transport.own_fields(request, line);
        log::trace!(target: TARGET, "{}", head::of_request(line, request, &own, authorization));
    }
}

/// The outcome of the request.
pub(super) fn sent(
    line: &RequestLine,
    outcome: Result<&Received, &Failure>,
    time: Duration,
    secret: Option<&Secret>,
) {
    let head = outcome.map_or_else(|failure| failure.received.as_deref(), Some);
    if let Some(received) = head {
        log::trace!(target: TARGET, "{}", head::of_answer(received, secret));
    }
    if log::log_enabled!(target: TARGET, log::Level::Debug) {
        summary(line, outcome.map(|received| &received.response), time, secret);
    }
}

/// Method, target, status or kind of failure, ETag, time. Nothing else, since others may read the
/// log.
fn summary(
    line: &RequestLine,
    outcome: Result<&Response, &Failure>,
    time: Duration,
    secret: Option<&Secret>,
) {
    let (method, target) = (&line.method, shown_url(line.url.target()));
    match outcome {
        Ok(response) => {
            let etag = match response.etag().map(ETag::to_string) {
                None => "-".to_owned(),
                Some(etag) if secret.is_some_and(|secret| secret.is_in(&etag)) => "..".to_owned(),
                Some(etag) => printable(&etag),
            };
            let status = response.status();
            log::debug!(target: TARGET, "{method} {target} {status} ETag {etag} {time:?}");
        }
        // Nothing was sent.
        Err(failure) if failure.kind == ErrorKind::InvalidInput => {}
        Err(failure) => {
            log::debug!(target: TARGET, "{method} {target} failed: {:?} {time:?}", failure.kind);
        }
    }
}
