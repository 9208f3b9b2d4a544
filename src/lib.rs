#![doc = include_str!("../README.md")]

mod advice;
mod application;
mod auth;
mod cached;
mod caps;
mod client;
mod conflict;
pub mod diff;
mod directory;
pub mod document;
mod element;
mod error;
mod etag;
mod exchange;
mod generated;
#[cfg(feature = "green")]
pub mod green;
mod headers;
mod logging;
mod lookup;
mod proxy;
mod redirect;
mod request;
mod resource;
mod root;
mod selector;
mod target;
#[cfg(feature = "test-server")]
pub mod testing;
#[cfg(any(feature = "rustls", feature = "native-tls"))]
mod tls;
mod transport;
mod validate;
mod xml;

pub use application::{Application, RootElement};
pub use auth::AuthorizationRequest;
pub use cached::{Applied, CachedDocument};
pub use caps::Capabilities;
pub use client::{XCAPClient, XCAPClientBuilder};
pub use conflict::{Conflict, Exists};
pub use directory::DocumentEntry;
pub use element::Element;
pub use error::{Error, ErrorKind, Result};
pub use etag::{ETag, ETagArg};
pub use headers::HeadersArg;
pub use request::{Method, OptionalRequest, Request};
pub use resource::{Resource, ResourceKind, Response};
pub use selector::{AttributeTest, NameOrAny, NodeSelector, QName, Step, Terminal, Tree};
pub use target::NodeArg;
