//! Why a request is not successful.

use crate::answer::{Conflict, ETag};

use super::http::Response;

/// A request without success, before its profile has turned that into an answer.
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
    /// 415, with the media type that it should have had.
    WrongMediaType(String),
    /// 507
    Full,
    /// An answer that only one profile gives.
    Answer(Response),
}

/// Why the user is not known or not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unauthorized {
    /// There are no credentials of the required scheme.
    Missing,
    /// Credentials that are wrong.
    Wrong,
    /// Right credentials, but with an expired nonce.
    Stale,
    /// Right credentials, but with a nonce that was used up.
    Spent,
    /// The response was made for another request-target.
    OtherTarget,
    /// Credentials that cannot be read.
    Malformed,
    /// The documents belong to another user.
    OtherUser,
}

impl Denial {
    pub(super) fn not_found(what: &str) -> Self {
        Self::NotFound(what.to_owned())
    }

    pub(super) fn conflict(name: &'static str, phrase: impl AsRef<str>) -> Self {
        Self::Conflict(Conflict::new(name).with_phrase(phrase.as_ref()))
    }

    /// Whether the conditions are skipped, because the request would fail whatever its content (RFC
    /// 9110 section 13.2.1).
    pub(super) fn outranks_conditions(&self) -> bool {
        match self {
            Self::Conflict(conflict) => matches!(conflict.name(), "no-parent" | "cannot-delete"),
            Self::Full => false,
            _ => true,
        }
    }
}
