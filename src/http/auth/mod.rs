//! Basic (RFC 7617) and Digest (RFC 7616) authentication: what to send, and what an answer means.
//! No I/O.
//!
//! An [`Auth`] is shared by all clones of a client. A [`Call`] is one exchange of it, and always
//! has a request to send: the loop sends what [`Call::plan`] says and tells the call what became of
//! it. That uses the call up, and gives the next one or a [`Verdict`].
//!
//! Nothing is sent before a challenge, except by a session that already worked or by the caller's
//! own [`Hook`], which is asked first. Who answers a challenge is the [`Identity`]. A session belongs to one call at a time, so that its nonce
//! count never overtakes itself on another connection.

mod authorization;
mod basic;
mod call;
mod challenge;
mod counts;
mod credentials;
mod digest;
mod hash;
mod hook;
mod identity;
mod offer;
mod params;
mod pool;
mod quoted;
mod refusal;
mod session;
mod shared;
mod shown;
mod strategy;
#[cfg(test)]
mod tests;

pub(crate) use authorization::Authorization;
pub(crate) use call::{Call, Verdict};
pub use challenge::Challenge;
pub use credentials::Credentials;
pub use hook::AuthorizationRequest;
pub(crate) use hook::Hook;
pub(crate) use identity::{Ask, Identity};
pub(crate) use shared::Auth;
pub(crate) use shown::{REDACTED, shown_authorization, shown_info};
pub(crate) use strategy::Plan;
