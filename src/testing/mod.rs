//! An XCAP server for tests, in the test's own process (feature `test-server`).
//!
//! [`Server`] listens on 127.0.0.1 and a free port, keeps its documents in memory, and is gone when
//! it is dropped. It follows RFC 4825 to the letter, or behaves like one of two real servers
//! ([`Profile`]). It can ask for passwords ([`Auth`]) and misbehave when told to ([`Fault`]), and
//! it remembers the requests that it got ([`RecordedRequest`]).
//!
//! ```toml
//! [dev-dependencies]
//! xcaplib = { version = "0.2", features = ["test-server"] }
//! ```
//!
//! ```
//! use xcaplib::testing::{Auth, Fault, Server};
//!
//! let server = Server::builder().auth(Auth::Digest).user("alice@example.com", "secret").start()?;
//! let client = server.client("alice@example.com")?;
//!
//! let lists = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
//! let etag = server.set_document("resource-lists", "alice@example.com", "index", lists);
//! let got = client.get("resource-lists", None, None, None)?;
//! assert_eq!(got.etag(), Some(&etag));
//!
//! // The change is made, but the client does not learn of it.
//! server.misbehave(1, Fault::CloseAfterChange);
//! assert!(client.delete("resource-lists", None, None, None).unwrap_err().is_transport());
//! assert!(server.document("resource-lists", "alice@example.com", "index").is_none());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Where RFC 4825 is silent
//!
//! This is what the profile [`Rfc4825`](Profile::Rfc4825) does:
//!
//! - The request-target has to be one that RFC 3986 allows: an unencoded `[` or `"` is a 400.
//! - A node selector that does not parse is a 404, and so is one with an unknown extension.
//! - A subdirectory exists once [`Server::set_document`] has put something in it. A PUT into one
//!   that does not exist is a 409 `no-parent`. A PUT to the name of a subdirectory is a 409
//!   `constraint-failure`.
//! - A request that would fail whatever its conditions are fails for its own reason and not with
//!   412 (RFC 9110 section 13.2.1). The conditions are checked before a body that cannot be put.
//! - Each PUT gives a new ETag, even if it changes nothing.
//! - If there is no [`user`](ServerBuilder::user), everybody has a home directory.

mod access;
mod call;
mod condition;
mod connection;
mod connections;
mod date;
mod denial;
mod digest;
mod example;
mod fault;
mod generated;
mod http;
mod lock;
mod profile;
mod record;
mod server;
mod shared;
mod site;
mod store;
mod target;
mod user;
mod xcap;

pub use access::Auth;
pub use digest::{Algorithm, Nonces};
#[doc(hidden)]
pub use example::{example, example_diff, example_of};
pub use fault::Fault;
pub use profile::Profile;
pub use record::RecordedRequest;
pub use server::{Server, ServerBuilder};
pub use store::StoredDocument;
