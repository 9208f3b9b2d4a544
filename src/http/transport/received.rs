//! What came back for a request.

use std::borrow::Cow;

use ureq::http::header::{ETAG, WWW_AUTHENTICATE};
use ureq::http::response::Parts;
use ureq::http::{HeaderMap, HeaderName, HeaderValue, Version};

use crate::answer::{ETag, Response};
use crate::http_types::text_of;

/// RFC 7615.
const AUTHENTICATION_INFO: HeaderName = HeaderName::from_static("authentication-info");

/// An answer as the caller gets it. The fields that authentication answers and hashes are kept byte
/// for byte.
pub(crate) struct Received {
    pub(crate) response: Response,
    /// For the log.
    pub(crate) version: Version,
    /// Its `WWW-Authenticate`.
    pub(crate) challenges: Vec<HeaderValue>,
    /// Its `Authentication-Info`.
    pub(crate) infos: Vec<HeaderValue>,
}

impl Received {
    pub(super) fn new(head: Parts, body: Vec<u8>) -> Self {
        let all = |name: HeaderName| head.headers.get_all(name).iter().cloned().collect();
        let (challenges, infos) = (all(WWW_AUTHENTICATE), all(AUTHENTICATION_INFO));
        let etag = head.headers.get(ETAG).and_then(|value| ETag::from_bytes(value.as_bytes()));
        let version = head.version;
        let response = Response::new(head.status.as_u16(), readable(head.headers), etag, body);
        Self { response, version, challenges, infos }
    }
}

/// Header values as UTF-8.
fn readable(mut headers: HeaderMap) -> HeaderMap {
    for value in headers.values_mut() {
        if let Cow::Owned(text) = text_of(value.as_bytes()) {
            if let Ok(text) = HeaderValue::from_bytes(text.as_bytes()) {
                *value = text;
            }
        }
    }
    headers
}
