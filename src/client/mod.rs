//! What a program holds: the client, its requests, copies of documents.

mod builder;
mod cached;
mod caps;
mod directory;
mod generated;
mod request;
mod xcap_client;

pub use builder::XCAPClientBuilder;
pub use cached::{Applied, CachedDocument};
pub use caps::Capabilities;
pub use directory::DocumentEntry;
#[cfg(feature = "green")]
pub(crate) use request::Options;
pub use request::{Method, OptionalRequest, Request};
pub use xcap_client::XCAPClient;
