//! The one line that each request writes to the log.

use std::time::Duration;

use crate::answer::{ETag, ErrorKind, RequestLine, Response};
use crate::text::{printable, shown_url};

use super::echo::Secret;
use super::transport::Failure;

/// The target of all that this crate logs.
const TARGET: &str = "xcaplib";

/// Method, target, status or kind of failure, ETag, time. Nothing else: all of it may be read by
/// others.
pub(super) fn sent(
    line: &RequestLine,
    outcome: Result<&Response, &Failure>,
    time: Duration,
    secret: Option<&Secret>,
) {
    if !log::log_enabled!(target: TARGET, log::Level::Debug) {
        return;
    }
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
