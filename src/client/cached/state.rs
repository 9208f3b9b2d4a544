//! Whether a copy is in step with its server.

use crate::answer::ETag;

#[derive(Clone, Debug)]
pub(super) enum State {
    /// The text is byte for byte the server's text with this ETag.
    Known { etag: ETag },
    /// The text was read, and the server gave no ETag for it.
    Untagged,
    /// The server's text may be a different one. The ETag, if there is one, belonged to the copy's
    /// text.
    Stale { etag: Option<ETag> },
}

impl State {
    /// The state of a text that was read whole, or sent to a server that stores what it is sent.
    pub(super) fn of(etag: Option<ETag>) -> Self {
        etag.map_or(Self::Untagged, |etag| Self::Known { etag })
    }

    pub(super) fn etag(&self) -> Option<&ETag> {
        match self {
            Self::Known { etag } => Some(etag),
            Self::Untagged => None,
            Self::Stale { etag } => etag.as_ref(),
        }
    }

    /// The ETag, if it belongs to the server's text as far as is known.
    pub(super) fn known(&self) -> Option<&ETag> {
        match self {
            Self::Known { etag } => Some(etag),
            Self::Untagged | Self::Stale { .. } => None,
        }
    }

    pub(super) fn is_stale(&self) -> bool {
        matches!(self, Self::Stale { .. })
    }

    pub(super) fn make_stale(&mut self) {
        *self = Self::Stale { etag: self.etag().cloned() };
    }
}
