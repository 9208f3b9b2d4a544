//! A blocking XCAP client ([RFC 4825](https://www.rfc-editor.org/rfc/rfc4825)).
//!
//! XCAP keeps XML documents on a server, such as buddy lists, presence rules and call settings, and
//! maps every document, element and attribute to an HTTP URI. This crate reads and changes them:
//!
//! - [`XCAPClient`] has `get`, `put`, `delete`, `insert` and `replace`, and [`Request`] has every
//!   option of a call.
//! - [`NodeSelector`] and [`Element`] build selectors and bodies that no value can break.
//! - [`CachedDocument`] is a copy of a document that stays in step with the server.
//! - [`document`] does to a text in memory what a conforming server would do, and [`diff`] reads a
//!   server's notifications of changes.
//!
//! # A first call
//!
//! ```
//! use xcaplib::XCAPClient;
//!
//! # let server = xcaplib::testing::Server::builder().user("alice@example.com", "secret").start()?;
//! # let root = server.root();
//! // The root is, for instance, "https://xcap.example.com/xcap-root".
//! let client = XCAPClient::new(&root, "sip:alice@example.com", "secret")?;
//!
//! let lists = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists">
//!   <list name="friends"><entry uri="sip:bob@example.com"/></list>
//! </resource-lists>"#;
//! client.put("resource-lists", lists, None, None, None)?;
//! let bob = client.get("resource-lists", "/resource-lists/list/entry[1]/@uri", None, None)?;
//! assert_eq!(bob.attribute_value().as_deref(), Some("sip:bob@example.com"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The arguments are the application usage, the body, the node, the ETag and the headers. If a call
//! does not need an argument, pass `None`. Every other option is a method of
//! [`client.request(..)`](XCAPClient::request): another user, the global tree, a filename,
//! `if_none_match`, a timeout.
//!
//! A selector can be a text. Or you can build it, and then its values may contain anything:
//!
//! ```
//! use xcaplib::NodeSelector;
//!
//! let list = NodeSelector::root("resource-lists").child("list").with_attr("name", r#"O'Hara & "co""#);
//! # assert!(list.check().is_ok());
//! ```
//!
//! # Errors
//!
//! Every call that fails returns an [`Error`]. Its text says what happened, to which request, and
//! what the caller can do. Predicates tell the failures apart:
//!
//! | | |
//! |---|---|
//! | [`is_invalid_input`](Error::is_invalid_input) | nothing was sent: a selector does not parse, or no server would accept the body |
//! | [`is_not_found`](Error::is_not_found) | 404; with [`optional`](Request::optional) the result is `None` instead |
//! | [`is_precondition_failed`](Error::is_precondition_failed) | 412: somebody else changed the document; read it again, and decide again |
//! | [`is_conflict`](Error::is_conflict) | 409: the change would break the document; [`conflict`](Error::conflict) says how |
//! | [`is_already_exists`](Error::is_already_exists) | `insert` found that its target exists |
//! | [`is_unauthorized`](Error::is_unauthorized), [`is_forbidden`](Error::is_forbidden) | 401, 403 |
//! | [`is_transport`](Error::is_transport) | there was no answer; timeouts and TLS failures count as well |
//! | [`is_unsure`](Error::is_unsure) | the server may have made the change in spite of the error, because its answer was lost |
//!
//! ```
//! # let (server, client) = xcaplib::testing::example()?;
//! # let lists = client.get("resource-lists", None, None, None)?;
//! let read = client.get("resource-lists", None, None, None)?;
//! client.put("resource-lists", &lists, None, None, None)?; // somebody else
//! let error = client.put("resource-lists", &lists, None, read.etag(), None).unwrap_err();
//! assert!(error.is_precondition_failed());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`guide::errors`] describes all of them, by status and by conflict.
//!
//! # A copy kept in step
//!
//! A [`CachedDocument`] holds the text of a document and its ETag. It works each change out first,
//! and does not send a change that a conforming server would refuse. Then it sends the whole
//! resulting document, guarded by the ETag. After a 412 the copy reads the document again and makes
//! the change on the new text.
//!
//! ```
//! # let (server, client) = xcaplib::testing::example()?;
//! let mut lists = client.open("resource-lists")?.retries(5);
//! let bob = r#"/resource-lists/list/entry[@uri="sip:bob@example.com"]"#;
//! lists.edit(|draft| {
//!     draft.put(bob, r#"<entry uri="sip:bob@example.com"><display-name>Bob</display-name></entry>"#)?;
//!     draft.remove(r#"/resource-lists/list/entry[@uri="sip:eve@example.com"]"#)?;
//!     Ok(())
//! })?;
//! for entry in lists.get_all("/resource-lists/list/entry")? {
//!     println!("{}", entry.attr("uri").unwrap_or_default());
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! However many changes a closure makes, they cost one request, and none if the text is the same in
//! the end. The first change of a client costs up to three more requests, which show that the
//! server honours `If-Match` and stores documents as they are sent. [What a copy costs
//! where][copies] says what happens on a server that does not.
//!
//! [`open_or_insert`](Request::open_or_insert) creates the document if it does not exist, and
//! [`resume`](Request::resume) goes on with a copy that was kept on disk.
//!
//! # Documents without XML
//!
//! With the feature `usages`, there are dedicated calls for buddy lists, list subscriptions,
//! presence rules and call settings. They read and change what they know, and leave every other
//! byte as it is.
//!
//! ```
//! use xcaplib::usages::{Handling, PresenceRules, ResourceLists};
//!
//! # let (server, client) = xcaplib::testing::example()?;
//! let mut lists = client.request("resource-lists").open_or_insert(ResourceLists::empty())?;
//! lists.edit(|draft| {
//!     ResourceLists::of(draft)?.list("friends")?.set("sip:carol@example.com", Some("Carol"))?;
//!     Ok(())
//! })?;
//!
//! let mut rules = client.request("pres-rules").open_or_insert(PresenceRules::empty())?;
//! rules.edit(|draft| PresenceRules::of(draft)?.set("sip:eve@example.com", Handling::Block))?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Options, authentication and logging
//!
//! [`XCAPClient::builder`] has the options of a client: user name and password, headers for every
//! request, timeouts (60 seconds for a call, 10 of them to connect), limits (16 MiB for an answer),
//! certificates and proxies. [`guide::porting`](crate::guide::porting#options-of-the-client) lists
//! them with their defaults.
//!
//! Basic, and Digest with MD5, SHA-256 and SHA-512-256, are built in. No credentials are sent
//! before the server asks. Basic is used only over https or with this machine, unless
//! [`allow_basic_over_http`](XCAPClientBuilder::allow_basic_over_http) is set. A nonce is used as
//! long as the server accepts it, and clones and threads share it. A closure can say who the client
//! is in a realm: [`credentials`](XCAPClientBuilder::credentials), which also answers 3GPP AKA.
//! Another closure is for other schemes, such as bearer tokens:
//! [`authorization`](XCAPClientBuilder::authorization).
//!
//! The crate logs one debug line for each request through the [log](https://docs.rs/log) facade,
//! target `xcaplib`. At trace level it also logs the heads of the request and of its answer. They
//! contain no password, digest or token, and neither does an error's text or a `{:?}` form. Of
//! `Authorization` only the scheme and those parts of Digest are shown that are not secret. Cookies
//! are hidden, and so is every field whose name mentions authorization, a key, a password, a secret
//! or a token. **The layers below, ureq and rustls, log under their own targets. At trace level
//! they show what is sent, including `Authorization`**: do not turn that on where others can read
//! the log.
//!
//! # Feature flags
//!
//! | feature | default | what it does |
//! |---|---|---|
//! | `rustls` | yes | https by rustls, trusting Mozilla's roots |
//! | `native-tls` | | https by the system's library (OpenSSL, SChannel, Secure Transport), trusting Mozilla's roots |
//! | `platform-verifier` | | https by rustls, trusting the system's roots as the system verifies them; turns on `rustls` |
//! | `green` | | [`green`]: the calls as futures, for any executor |
//! | `usages` | | [`usages`]: buddy lists, presence rules, services and call settings without XML |
//! | `test-server` | | [`testing`]: an XCAP server for your own tests |
//! | `cli` | | the program [`xcapclient`](crate::guide::xcapclient) |
//!
//! Without any of the first three features the client supports only http: `default-features =
//! false`. With several of them it uses rustls. Cargo unites features. If any crate of a build
//! turns on `platform-verifier`, every client in that program trusts the system's roots instead of
//! Mozilla's. So a library should leave that choice to the program.
//!
//! [`ca_certificates`](XCAPClientBuilder::ca_certificates) adds certificate authorities of your
//! own. With `platform-verifier`, the system's roots are then read as a list, yours are added to
//! it, and rustls verifies certificates. Rules that the system's own verifier knows beyond its list
//! of roots, such as revocation on Windows and macOS, do not apply then.
//!
//! # Rust version
//!
//! The library builds with Rust 1.85, and so does the program `xcapclient`. A later release may need a
//! newer Rust only if that one is at least a year old, and then its minor version rises; a fix of a bug
//! never does.
//!
//! [What the crate does not do](crate::guide::limits) has its own page.
//!
//! [copies]: crate::guide::servers#what-a-copy-costs-where
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
