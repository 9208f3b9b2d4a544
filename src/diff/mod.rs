//! News about documents: XCAP diffs (RFC 5874), and the XML patches in them (RFC 5261).
//!
//! A server tells those who subscribed to a document what changed (RFC 5875, SIP). How the diff
//! arrives is not this crate's business: [`XcapDiff::parse`] reads the body,
//! [`XcapDiff::decide`] says what it means for a copy of a document, and
//! [`DocumentReport::apply`] patches a text. Nothing here does any I/O.
//!
//! ```
//! use xcaplib::diff::XcapDiff;
//!
//! let body = r#"<d:xcap-diff xmlns:d="urn:ietf:params:xml:ns:xcap-diff"
//!              xcap-root="http://xcap.example.com/">
//!   <d:document sel="tests/users/sip:joe@example.com/index" previous-etag="a" new-etag="b">
//!     <d:replace sel="doc/note/text()">changed</d:replace>
//!   </d:document>
//! </d:xcap-diff>"#;
//! for report in XcapDiff::parse(body)?.documents() {
//!     assert_eq!(report.apply("<doc><note>old</note></doc>")?, "<doc><note>changed</note></doc>");
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Patching
//!
//! Every byte outside of a change stays as it is: white space, comments, CDATA sections,
//! references, quotes, line ends, the byte order mark and the XML declaration. New content is
//! written as it stands in the diff, but for its prefixes: a name whose declaration stands outside
//! of the content gets the prefix that the document has for the namespace, chosen as section 4.2.3
//! of RFC 5261 says. What content declares itself is copied unaltered. The result is parsed again.
//!
//! # Where RFC 5261 leaves a choice
//!
//! - Content in a namespace that the document does not declare at its place is
//!   `invalid-namespace-uri`, and so is content in no namespace where the document has a default
//!   one: nothing is declared that the diff does not declare, so every agent arrives at one result.
//! - Prefixes in text and in attribute values are not looked at.
//! - `id('x')` finds an `xml:id` alone, since no schema is known.
//! - White space is allowed between the tokens of a selector, as in XPath.
//! - Elements emptied of all content keep two tags, `<a></a>`.
//! - An attribute is added behind the others and removed with the white space before it. One that is
//!   replaced keeps its quotes. One that is there cannot be added. An empty `<add>` adds an empty
//!   value.
//! - A namespace declaration that would change the meaning of a name already there cannot be added;
//!   replaced, it changes the names that use it.
//! - `<replace>` takes no white space around the one node it holds.
//! - Beside the document element, white space is no node: it may come with what is added, and `ws`
//!   does not find it.
//! - Where two texts come to touch, `]]` and `>` are kept apart as `]]&gt;`, and a bare CR and LF as
//!   two LF.
//! - A document with a document type declaration is not patched.
//! - A patch that would take long is refused, since fetching the document is cheaper: each operation
//!   reads the document once, and more than 32 operations may not read more than 64 MiB, with every
//!   tag counted as 32 bytes more.

mod add;
mod aim;
mod attribute;
mod decision;
mod error;
mod extent;
mod fault;
mod graft;
mod locate;
mod namespace;
mod operation;
mod patch;
mod path;
mod remove;
mod replace;
mod report;
mod scope;
mod steps;
mod work;
mod xcap_diff;

pub(crate) use decision::CopyState;
pub use decision::{Decision, FetchReason};
pub use error::PatchError;
pub use fault::PatchErrorKind;
pub use operation::{Operation, OperationKind};
pub use report::{AttributeReport, DocumentReport, ElementReport, Report};
pub(crate) use steps::Steps;
pub use xcap_diff::XcapDiff;
