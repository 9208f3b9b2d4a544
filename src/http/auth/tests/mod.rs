//! The conversation as a specification, tested against small simulated servers.

mod asked;
mod limits;
mod lost;
mod nonces;
mod offers;
mod own;
mod realms;
mod secrets;
mod server;
mod talk;
