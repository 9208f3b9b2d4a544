//! What a program holds: the client, its requests, copies of documents.

mod builder;
mod cached;
mod core;
mod found;
mod habits;
mod insert_replace;
mod inventory;
mod method;
mod optional_request;
mod place;
mod request;
mod request_options;
mod sending;
mod xcap_client;

pub use builder::XCAPClientBuilder;
pub use cached::{Applied, CachedDocument, UpdatedText};
pub use inventory::{Capabilities, DocumentEntry};
pub use method::Method;
pub use optional_request::OptionalRequest;
pub use request::Request;
#[cfg(feature = "green")]
pub(crate) use request_options::RequestOptions;
pub use xcap_client::XCAPClient;
