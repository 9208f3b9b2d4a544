//! Why a request gets no success.

use crate::answer::{Conflict, ETag};

use super::http::Response;

/// A request that ends without a success, before its profile has put that into words.
#[derive(Debug)]
pub(super) enum Denial {
    /// 304, with the ETag that has not changed.
    NotModified(ETag),
    /// 400
    BadRequest(String),
    /// 401
    Unauthorized(Unauthorized),
    /// 403
    Forbidden(&'static str),
    /// 404
    NotFound(String),
    /// 405, with the methods that are allowed.
    NotAllowed(&'static str),
    /// 409
    Conflict(Conflict),
    /// 412
    PreconditionFailed,
    /// 415, with the media type that it should have been.
    WrongMediaType(String),
    /// 507
    Full,
    /// An answer that is one profile's alone.
    Answer(Response),
}

/// Why nobody is known to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unauthorized {
    /// No credentials of the scheme that is asked for.
    Missing,
    /// Credentials that are wrong.
    Wrong,
    /// Right credentials with a nonce that is no longer good.
    Stale,
    /// Right credentials with a nonce that was good once.
    Spent,
    /// A response that was made for another request-target.
    OtherTarget,
    /// Credentials that cannot be read.
    Malformed,
    /// The documents are another user's.
    OtherUser,
}

impl Denial {
    pub(super) fn not_found(what: &str) -> Self {
        Self::NotFound(what.to_owned())
    }

    pub(super) fn conflict(name: &'static str, phrase: impl AsRef<str>) -> Self {
        Self::Conflict(Conflict::new(name).with_phrase(phrase.as_ref()))
    }

    /// Whether conditions are not looked at: the request would fail whatever its content
    /// (RFC 9110 section 13.2.1).
    pub(super) fn outranks_conditions(&self) -> bool {
        match self {
            Self::Conflict(conflict) => matches!(conflict.name(), "no-parent" | "cannot-delete"),
            Self::Full => false,
            _ => true,
        }
    }
}
