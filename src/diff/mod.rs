//! Notifications of changes: XCAP diffs (RFC 5874), and the XML patches in them (RFC 5261).
//!
//! A server tells everybody who subscribed to a document what changed (RFC 5875, SIP). It is not up
//! to this crate how the diff arrives. [`XcapDiff::parse`] reads the body, [`XcapDiff::decide`]
//! says what it means for a copy of a document, and [`DocumentReport::apply`] patches a text.
//! Nothing here does any I/O.
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
//! Every byte outside a change stays as it is: white space, comments, CDATA sections, references,
//! quotes, line ends, the byte order mark and the XML declaration. New content is written as it
//! stands in the diff, except for its prefixes. If a name is declared outside the content, it gets
//! the prefix that the document has for its namespace, chosen as section 4.2.3 of RFC 5261 says. If
//! the content declares it, it is copied unaltered. The result is parsed again.
//!
//! # Where RFC 5261 leaves a choice
//!
//! - Content in a namespace that the document does not declare at that place is
//!   `invalid-namespace-uri`. So is content in no namespace if the document has a default one. The
//!   patch never adds a declaration that the diff does not contain, so every agent gets the same
//!   result.
//! - Prefixes in text and in attribute values are ignored.
//! - `id('x')` finds only an `xml:id`, since no schema is known.
//! - White space is allowed between the tokens of a selector, as in XPath.
//! - Elements that lose all their content keep two tags, `<a></a>`.
//! - A new attribute goes after the others. A removed one goes together with the white space before
//!   it. A replaced one keeps its quotes. An attribute that exists cannot be added. An empty
//!   `<add>` adds an empty value.
//! - A namespace declaration cannot be added if it would change the meaning of an existing name. If
//!   a declaration is replaced, the names that use it change.
//! - `<replace>` must not have white space around the one node in it.
//! - Beside the document element, white space is not a node. It may come with what is added, and
//!   `ws` does not find it.
//! - If a change brings two texts together, `]]` and `>` are kept apart as `]]&gt;`, and a bare CR
//!   and LF as two LF.
//! - A document with a document type declaration is not patched.
//! - A patch that would take long is refused, since fetching the document is cheaper. Each
//!   operation reads the document once, and more than 32 operations must not read more than 64 MiB,
//!   where every tag counts as 32 more bytes.

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
