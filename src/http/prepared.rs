//! One request, built once and sent as often as it must be.

use crate::answer::{RequestLine, RequestUrl};
use crate::http_types::{HeaderMap, Method};

use super::fields::probe_headers;
use super::time::CallTime;

/// What is asked, where, and how long it may take.
pub(crate) struct Prepared<'a> {
    pub(crate) url: RequestUrl,
    pub(crate) headers: HeaderMap,
    pub(crate) payload: Payload<'a>,
    pub(crate) time: CallTime,
}

/// The method, and the body if there is one. A PUT always has a body: without one the HTTP library
/// would announce a chunked body.
#[derive(Clone, Copy)]
pub(crate) enum Payload<'a> {
    /// A body makes no sense with a GET or DELETE, but a caller may insist.
    Get(Option<&'a [u8]>),
    Put(&'a [u8]),
    Delete(Option<&'a [u8]>),
}

impl Prepared<'_> {
    /// The request that fetches a fresh nonce for this one: a bare GET of the same resource.
    pub(super) fn probe(&self, url: &RequestUrl) -> Prepared<'static> {
        Prepared {
            url: url.clone(),
            headers: probe_headers(&self.headers),
            payload: Payload::Get(None),
            time: self.time,
        }
    }

    pub(super) fn line(&self, url: &RequestUrl) -> RequestLine {
        RequestLine { method: self.payload.method(), url: url.clone() }
    }
}

impl<'a> Payload<'a> {
    pub(crate) fn method(self) -> Method {
        match self {
            Self::Get(_) => Method::GET,
            Self::Put(_) => Method::PUT,
            Self::Delete(_) => Method::DELETE,
        }
    }

    pub(crate) fn body(self) -> Option<&'a [u8]> {
        match self {
            Self::Get(body) | Self::Delete(body) => body,
            Self::Put(body) => Some(body),
        }
    }
}
