//! Requests and answers on the wire: the loop that sends, authorizes and follows.

mod advice;
mod auth;
mod echo;
mod exchange;
mod fields;
mod log;
pub(crate) mod pause;
mod redirect;
mod transport;

pub use auth::AuthorizationRequest;
pub(crate) use auth::{Auth, Credentials, Hook};
pub(crate) use exchange::{Exchange, Prepared};
pub(crate) use fields::{Wanted, for_a_look, value};
pub(crate) use transport::{CallTime, Options, TlsOptions, Transport, proxy};
