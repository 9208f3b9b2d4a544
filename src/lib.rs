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

// Each hall imports only what stands above it in this list. A call goes down through `client`,
// `document` (which checks a body) and `http`, and comes back as an `answer`.

/// Response, resource, ETag, conflict, error.
mod answer;
/// The client, its requests, copies of documents, what a server says of itself.
mod client;
/// What a server notifies of changes, and patches.
pub mod diff;
/// The engine: what a request makes of a document, and the check of a body.
pub mod document;
/// The exchange with a server, its authentication and its transport.
mod http;
/// The types of HTTP that the HTTP library lends.
mod http_types;
/// Which document, and which node of it; the application usages.
mod selector;
/// How foreign text is shown.
mod text;
/// One guarded parse, names and characters, escaping, elements.
mod xml;

#[cfg(feature = "green")]
pub mod green;
#[cfg(doc)]
pub mod guide;
#[cfg(feature = "test-server")]
pub mod testing;

pub use answer::{
    Conflict, ETag, ETagArg, Error, ErrorKind, Exists, HeadersArg, Resource, ResourceKind,
    Response, Result,
};
pub use client::{
    Applied, CachedDocument, Capabilities, DocumentEntry, Method, OptionalRequest, Request,
    XCAPClient, XCAPClientBuilder,
};
pub use http::AuthorizationRequest;
pub use selector::{
    Application, AttributeTest, NameOrAny, NodeArg, NodeSelector, QName, RootElement, Step,
    Terminal, Tree,
};
pub use xml::Element;
