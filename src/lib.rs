#![doc = include_str!("../README.md")]

mod application;
mod auth;
mod client;
mod conflict;
pub mod diff;
pub mod document;
mod element;
mod error;
mod etag;
mod exchange;
mod request;
mod resource;
mod root;
mod selector;
mod target;
mod transport;
mod validate;
mod xml;

pub use application::{Application, RootElement};
pub use client::{XCAPClient, XCAPClientBuilder};
pub use conflict::{Conflict, Exists};
pub use element::Element;
pub use error::{Error, ErrorKind, Result};
pub use etag::{ETag, ETagArg};
pub use request::{HeadersArg, Method, OptionalRequest, Request};
pub use resource::{Resource, ResourceKind, Response};
pub use selector::{AttributeTest, NameOrAny, NodeSelector, QName, Step, Terminal, Tree};
pub use target::NodeArg;
