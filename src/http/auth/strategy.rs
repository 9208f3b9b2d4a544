//! The ways to send a request, from no `Authorization` to a Digest session.

use std::fmt;

use super::authorization::Authorization;
use super::credentials::Credentials;
use super::hook::Message;
use super::session::Session;

/// What to send next.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plan<'c> {
    /// The request, with this `Authorization` or none.
    Send(Option<&'c Authorization>),
    /// A bare GET of the same target. Its answer stands in for the answer to the request.
    FetchNonce,
}

impl fmt::Debug for Plan<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Send(Some(_)) => "Send(authorized)",
            Self::Send(None) => "Send(bare)",
            Self::FetchNonce => "FetchNonce",
        })
    }
}

/// A way to send a request, with its `Authorization` value.
pub(super) enum Strategy {
    Probe,
    Bare,
    /// What the caller's own closure made.
    Own {
        value: Authorization,
    },
    Basic {
        value: Authorization,
        origin: Origin,
    },
    Digest {
        session: Box<Session>,
        value: Authorization,
        origin: Origin,
    },
}

pub(super) enum Origin {
    /// It worked before.
    Pool,
    /// The server asked for it in this call. It was sent once at most.
    Challenge(Answered),
    /// Like `Challenge`, but sent again because no answer came. If it is refused, the first send
    /// may have used up the nonce.
    Resent,
}

/// Whom a challenge was answered for.
pub(super) struct Answered {
    pub(super) realm: String,
    pub(super) credentials: Credentials,
}

impl Strategy {
    pub(super) fn digest(mut session: Session, origin: Origin, message: Message<'_>) -> Self {
        let value = session.authorize(message.method, message.target, message.body);
        Self::Digest { session: Box::new(session), value, origin }
    }

    pub(super) fn plan(&self) -> Plan<'_> {
        match self {
            Self::Probe => Plan::FetchNonce,
            Self::Bare => Plan::Send(None),
            Self::Own { value } | Self::Basic { value, .. } | Self::Digest { value, .. } => {
                Plan::Send(Some(value))
            }
        }
    }
}
