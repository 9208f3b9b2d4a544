//! Requests and answers on the wire: the loop that sends, authorizes and follows.

mod advice;
mod auth;
mod echo;
mod exchange;
mod fields;
mod head;
mod log;
pub(crate) mod pause;
mod prepared;
mod redirect;
mod time;
mod transport;

pub(crate) use auth::{Ask, Auth, Hook, Identity};
pub use auth::{AuthorizationRequest, Challenge, Credentials};
pub(crate) use exchange::Exchange;
pub(crate) use fields::{RequestHeaders, check_text, of_every_request, probe_headers, value};
pub(crate) use prepared::{Payload, Prepared};
pub(crate) use time::CallTime;
pub(crate) use transport::{TlsOptions, Transport, TransportOptions, proxy, resolved};
