// The README's links are definitions at its end, which name files. These stand before them, and of two
// definitions the first counts.
//! [porting]: crate::guide::porting
//! [options]: crate::guide::porting#options-of-the-client
//! [errors]: crate::guide::errors
//! [misbehaves]: crate::guide::errors#what-happens-when-the-server-misbehaves
//! [servers]: crate::guide::servers
//! [embedded]: crate::guide::embedded
#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

// A call goes one way: client -> request -> (selector, validate) -> exchange -> (auth, transport) ->
// resource or error. `exchange` is the loop to read first; `transport` alone knows the HTTP library.

mod advice;
mod application;
mod auth;
mod bindings;
mod builder;
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
#[cfg(doc)]
pub mod guide;
mod headers;
mod logging;
mod pause;
mod redirect;
mod request;
mod resource;
mod root;
mod secret;
mod selector;
mod target;
#[cfg(feature = "test-server")]
pub mod testing;
mod transport;
mod validate;
mod xml;

pub use application::{Application, RootElement};
pub use auth::AuthorizationRequest;
pub use builder::XCAPClientBuilder;
pub use cached::{Applied, CachedDocument};
pub use caps::Capabilities;
pub use client::XCAPClient;
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
