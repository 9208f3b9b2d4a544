//! What a program holds: the client, its requests, copies of documents.

mod builder;
mod cached;
mod core;
mod found;
mod habits;
mod inventory;
mod method;
mod place;
mod promise;
mod request;
mod request_options;
mod xcap_client;

pub use builder::XCAPClientBuilder;
pub use cached::{Applied, CachedDocument, UpdatedText};
pub use inventory::{Capabilities, DocumentEntry};
pub use method::Method;
pub use request::{OptionalRequest, Request};
#[cfg(feature = "green")]
pub(crate) use request_options::RequestOptions;
pub use xcap_client::XCAPClient;
