//! Basic (RFC 7617) and Digest (RFC 7616) authentication: what to send, and what an answer means.
//! No I/O.
//!
//! All clones of a client share one [`Auth`]. A [`Call`] is one exchange and always has a request
//! to send. The exchange loop sends what [`Call::plan`] says and tells the call the outcome. That
//! uses up the call and gives the next one or a [`Verdict`].
//!
//! No credentials are sent before a challenge, with two exceptions: values that worked before, and
//! values from the caller's own [`Hook`], which is asked first. The [`Identity`] provides the
//! credentials that answer a challenge. A session belongs to one call at a time, so its nonce
//! counts cannot arrive out of order over two connections.

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
