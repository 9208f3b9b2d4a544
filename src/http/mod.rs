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

pub use auth::AuthorizationRequest;
pub(crate) use auth::{Auth, Credentials, Hook};
pub(crate) use exchange::Exchange;
pub(crate) use fields::{MAX_VALUE, RequestHeaders, probe_headers, value};
pub(crate) use prepared::{Payload, Prepared};
pub(crate) use time::CallTime;
pub(crate) use transport::{TlsOptions, Transport, TransportOptions, proxy};
