// The README's links are definitions at its end, which name files. These stand before them, and of
// two definitions the first counts.
//! [porting]: crate::guide::porting
//! [xcapclient]: crate::guide::xcapclient
//! [options]: crate::guide::porting#options-of-the-client
//! [errors]: crate::guide::errors
//! [misbehaves]: crate::guide::errors#what-happens-when-the-server-misbehaves
//! [servers]: crate::guide::servers
//! [copies]: crate::guide::servers#what-a-copy-costs-where
//! [embedded]: crate::guide::embedded
#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

// The halls, from the ground up: each imports only those before it, and a test holds them to it. A
// call goes down from `client` through `document`, which checks a body, and `http`, and comes back
// as an `answer`.

// Random numbers that are no key.
mod random;

// How foreign text is shown.
mod text;

// The types of HTTP that the HTTP library lends.
mod http_types;

// One guarded parse; names, characters, escaping; elements to send.
mod xml;

// Response, resource, ETag, conflict, error.
mod answer;

// Which document, and which node of it; the application usages.
mod selector;

// The engine: what a request makes of a document, and the check of a body.
pub mod document;

// What a server notifies of changes, and patches.
pub mod diff;

// The exchange with a server, its authentication, its transport.
mod http;

// The client, its requests, copies of documents, what a server says of itself.
mod client;

// On top of the halls, each by itself.
#[cfg(feature = "green")]
pub mod green;
#[cfg(doc)]
pub mod guide;
#[cfg(feature = "test-server")]
pub mod testing;
#[cfg(feature = "usages")]
pub mod usages;

pub use answer::{
    Conflict, ETag, ETagArg, Error, ErrorKind, Exists, HeadersArg, Resource, ResourceKind,
    Response, Result,
};
pub use client::{
    Applied, CachedDocument, Capabilities, DocumentEntry, Method, OptionalRequest, Request,
    UpdatedText, XCAPClient, XCAPClientBuilder,
};
pub use http::{AuthorizationRequest, Challenge, Credentials};
pub use selector::{
    Application, AttributeTest, NameOrAny, NodeArg, NodeSelector, QName, RootElement, Step,
    Terminal, Tree,
};
pub use xml::Element;
