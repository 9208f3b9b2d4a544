//! XCAP on a document in memory: what a conforming server would make of a request
//! (RFC 4825 sections 6.3 and 8).
//!
//! [`get`] selects a node, and [`get_with_namespaces`] returns an element that can stand by itself.
//! [`put`] creates or replaces a node, and [`delete`] removes one. A [`Refusal`] is the status and
//! the xcap-error with which a server would refuse.
//!
//! Every byte outside the change stays as it is: white space, comments, CDATA, entity references,
//! quotes, line ends, the byte order mark and the XML declaration. There is one exception. If a
//! change brings two texts together, `]]` and `>` are kept apart as `]]&gt;`, and a bare CR and LF
//! as two LF.
//!
//! ```
//! use xcaplib::{NodeSelector, document};
//!
//! let xml = r#"<lists><list name="a"/></lists>"#;
//! let entry = r#"/lists/list[@name="a"]/entry[@uri="sip:bob@example.com"]"#;
//! let entry: NodeSelector = entry.parse()?;
//!
//! let edit = document::put(xml, &entry, r#"<entry uri="sip:bob@example.com"/>"#, None)?;
//! assert!(edit.created);
//! assert_eq!(
//!     edit.text,
//!     r#"<lists><list name="a"><entry uri="sip:bob@example.com"/></list></lists>"#,
//! );
//! let deleted = document::delete(&edit.text, &entry, None)?;
//! assert_eq!(deleted, r#"<lists><list name="a"></list></lists>"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is checked
//!
//! Checked are the rules of RFC 4825, and the uniqueness of names and URIs among siblings (RFC
//! 4826). Only what the change introduces is checked: a duplicate that was there before is not
//! reported. The rules of RFC 4826 apply if `default_ns` is `urn:ietf:params:xml:ns:resource-lists`
//! or `urn:ietf:params:xml:ns:rls-services`, since the rules of an unknown usage are not known
//! either. Values are compared character by character, as RFC 4826 says.
//!
//! Not checked are schemas, uniqueness beyond the document, other constraints of application
//! usages, and authorization. A server may refuse for one of these reasons what is accepted here. A
//! document with a document type declaration, or with more than 1,000 attributes or namespace
//! declarations on one element, counts as not well-formed.
//!
//! # Where RFC 4825 leaves a choice
//!
//! - A step that an extension defines is a 404 for every method (section 8). So is a selector that
//!   matches several nodes, except for a PUT: that is a 409, `no-parent` if the step of a parent
//!   matches several, and `cannot-insert` if the last step does.
//! - A selector that [`NodeSelector::check`] refuses is a 400.
//! - White space and a byte order mark around an element in a body are dropped. An attribute value
//!   may come without quotes, and then gets some. If it has quotes, nothing may stand around them.
//! - The document element can be replaced, but not deleted. A document without one would not be
//!   valid, so the deletion is a 409 `schema-validation-error`. A second document element is a 409
//!   `cannot-insert`.
//! - A new attribute goes after the others of its tag. A deleted one goes together with the white
//!   space before it. If the name of a new attribute has a prefix, the attribute gets one that the
//!   document binds to the same namespace. If there is none, that is a 409 `cannot-insert`, since
//!   no declaration is added.
//! - `*` without a position puts an element after the last sibling of its own name, or, if there is
//!   none, after everything in its parent: section 8.2.3 takes the name from the body.

mod admit;
mod bindings;
mod constraints;
mod draft;
mod edit;
mod fragment;
mod held;
mod inherited;
mod lookup;
mod parse;
mod place;
mod reading;
mod refusal;
#[cfg(feature = "usages")]
mod rewritten;
mod same;
mod select;
mod selected;
mod siblings;
pub(crate) mod validate;

pub use draft::Draft;
pub(crate) use draft::NodeCall;
pub use edit::Edit;
pub(crate) use held::Held;
pub use refusal::Refusal;
#[cfg(feature = "usages")]
pub(crate) use rewritten::Prefix;
pub use selected::Selected;

use crate::selector::NodeSelector;

use admit::{admit, admit_change};
use parse::parse;
use reading::Reading;
use select::Query;

/// The node of a document that a selector selects (RFC 4825 sections 6.3 and 8.3).
///
/// `xml` is the document. `default_ns` is the default document namespace of its application usage:
/// element names without a prefix are in it. `None` says that it is not known. Such names are then
/// in the namespace of the document's root element, or in none if the root element is in none. An
/// empty `default_ns` says that there is no default namespace.
///
/// ```
/// use xcaplib::{NodeSelector, document};
///
/// let xml = r#"<lists xmlns="urn:x"><list name='a &amp; b'>text</list></lists>"#;
/// let list = NodeSelector::root("lists").child("list");
/// let found = document::get(xml, &list, Some("urn:x"))?;
/// assert_eq!(found.as_str(), "<list name='a &amp; b'>text</list>");
/// let name = document::get(xml, &list.attribute("name"), Some("urn:x"))?;
/// assert_eq!(name.as_str(), "a &amp; b");
/// # Ok::<(), document::Refusal>(())
/// ```
///
/// # Errors
///
/// 404 if a step matches no element or several, if there is no such attribute, and for a step of an
/// extension; 400 for a selector that [`check`](NodeSelector::check) refuses, for instance because
/// a prefix is not bound; 409 `not-well-formed` if `xml` is not well-formed.
pub fn get<'x>(
    xml: &'x str,
    selector: &NodeSelector,
    default_ns: Option<&str>,
) -> Result<Selected<'x>, Refusal> {
    admit(selector)?;
    let reading = Reading::new(parse(xml)?, default_ns);
    lookup::one(xml, &reading, selector)
}

/// All nodes of a document that a selector matches, in document order, from one parse.
///
/// Each step matches among the children of every element that the step before it matched. So a step
/// on the way may match several elements. A position counts within each parent. `default_ns` is as
/// in [`get`].
///
/// ```
/// use xcaplib::document;
///
/// let xml = "<lists><list><entry uri='sip:a@x'/></list>\
///     <list><entry uri='sip:b@x'/></list></lists>";
/// let uris = document::get_all(xml, &"/lists/list/entry/@uri".parse()?, None)?;
/// let uris: Vec<_> = uris.iter().filter_map(|uri| uri.attribute_value()).collect();
/// assert_eq!(uris, ["sip:a@x", "sip:b@x"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// The errors of [`get`], with two exceptions: if nothing is found, the list is empty, and several
/// nodes are not an error.
pub fn get_all<'x>(
    xml: &'x str,
    selector: &NodeSelector,
    default_ns: Option<&str>,
) -> Result<Vec<Selected<'x>>, Refusal> {
    admit(selector)?;
    let reading = Reading::new(parse(xml)?, default_ns);
    Ok(lookup::all(xml, &reading, selector))
}

/// The node of a document that a selector selects. An element gets the namespace declarations that
/// it uses and inherits from its ancestors.
///
/// They are added to its start tag, after its name. Everything else is as in [`get`], also for
/// nodes that are not elements. An element uses a prefix if the name of an element or attribute has
/// it, or if an attribute value or a text looks like a name with it, as the value of `xsi:type`
/// does. It uses the default namespace if an element without a prefix is in it. Prefixes elsewhere
/// in values, for instance in selectors, are not noticed.
///
/// ```
/// use xcaplib::{NodeSelector, document};
///
/// let xml = r#"<lists xmlns="urn:x" xmlns:b="urn:b" xmlns:c="urn:c"><list b:id="1"/></lists>"#;
/// let list = NodeSelector::root("lists").child("list");
/// let found = document::get_with_namespaces(xml, &list, Some("urn:x"))?;
/// assert_eq!(found.as_str(), r#"<list xmlns="urn:x" xmlns:b="urn:b" b:id="1"/>"#);
/// # Ok::<(), document::Refusal>(())
/// ```
///
/// # Errors
///
/// The errors of [`get`].
pub fn get_with_namespaces<'x>(
    xml: &'x str,
    selector: &NodeSelector,
    default_ns: Option<&str>,
) -> Result<Selected<'x>, Refusal> {
    get(xml, selector, default_ns).map(Selected::with_namespaces)
}

/// Creates or replaces the element or attribute that a selector selects (RFC 4825 section 8.2).
///
/// `body` is one element, or the value of an attribute. An element may use prefixes that the
/// document binds at that place. `default_ns` is as in [`get`].
///
/// ```
/// use xcaplib::{NodeSelector, document};
///
/// let xml = "<root>\n  <el1 att='first'/>\n  <el2/>\n</root>";
/// let second: NodeSelector = "/root/*[2][@att='new']".parse()?;
/// let edit = document::put(xml, &second, "<el1 att='new'/>", None)?;
/// assert_eq!(edit.text, "<root>\n  <el1 att='first'/><el1 att='new'/>\n  <el2/>\n</root>");
///
/// let refusal = document::put(xml, &second, "<el1 att='other'/>", None).unwrap_err();
/// assert_eq!(refusal.status(), 409);
/// assert_eq!(refusal.conflict().map(|conflict| conflict.name()), Some("cannot-insert"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// 409 with a [`conflict`](Refusal::conflict): `no-parent` if the parent element does not exist or
/// is not a single one; `not-utf-8`, `not-xml-frag` and `not-xml-att-value` for a body that cannot
/// be put; `cannot-insert` if the selector would not find what was put; `uniqueness-failure` for a
/// name or URI that a sibling has already; `not-well-formed` if `xml` is not well-formed. 404 for a
/// step of an extension, 400 for a selector that [`check`](NodeSelector::check) refuses, 405 for
/// `namespace::*`.
pub fn put(
    xml: &str,
    selector: &NodeSelector,
    body: impl AsRef<[u8]>,
    default_ns: Option<&str>,
) -> Result<Edit, Refusal> {
    admit_change(selector)?;
    let base = parse(xml)?;
    let put = edit::put(&base, Query { selector, default_ns }, body.as_ref())?;
    Ok(Edit { text: put.parsed.into_text(), created: put.created })
}

/// Removes the element or attribute that a selector selects, and returns the document that is left
/// (RFC 4825 section 8.4). `default_ns` is as in [`get`].
///
/// ```
/// use xcaplib::{NodeSelector, document};
///
/// let xml = "<root>\n  <el/>\n  <el a='1' b='2'/>\n</root>";
/// let last = NodeSelector::root("root").child("el").nth(2);
/// assert_eq!(document::delete(xml, &last, None)?, "<root>\n  <el/>\n  \n</root>");
/// let attribute = last.attribute("b");
/// let left = document::delete(xml, &attribute, None)?;
/// assert_eq!(left, "<root>\n  <el/>\n  <el a='1'/>\n</root>");
///
/// // The second element would become the first, and a second DELETE would remove that too.
/// let first = NodeSelector::root("root").child("el").nth(1);
/// let refusal = document::delete(xml, &first, None).unwrap_err();
/// assert_eq!(refusal.conflict().map(|conflict| conflict.name()), Some("cannot-delete"));
/// # Ok::<(), document::Refusal>(())
/// ```
///
/// # Errors
///
/// The errors of [`get`]; 405 for `namespace::*`; 409 with a [`conflict`](Refusal::conflict):
/// `cannot-delete` if the selector would then match another node, `schema-validation-error` for the
/// document element.
pub fn delete(
    xml: &str,
    selector: &NodeSelector,
    default_ns: Option<&str>,
) -> Result<String, Refusal> {
    admit_change(selector)?;
    let base = parse(xml)?;
    Ok(edit::delete(&base, Query { selector, default_ns })?.into_text())
}

/// Checks whether a server would refuse a whole document: because it is not well-formed, or because
/// it duplicates a value that the application usage wants unique (RFC 4826). A duplicate that
/// `before`, the document that it replaces, has already is not reported. `default_ns` is as in
/// [`get`].
///
/// ```
/// use xcaplib::document;
///
/// let lists = |lists: &str| {
///     let namespace = "urn:ietf:params:xml:ns:resource-lists";
///     format!(r#"<resource-lists xmlns="{namespace}">{lists}</resource-lists>"#)
/// };
/// let (one, two) = (lists(r#"<list name="a"/>"#), lists(r#"<list name="a"/><list name="a"/>"#));
/// let namespace = Some("urn:ietf:params:xml:ns:resource-lists");
/// document::check(&one, None, namespace)?;
/// let refusal = document::check(&two, Some(&one), namespace).unwrap_err();
/// assert_eq!(refusal.conflict().map(|conflict| conflict.name()), Some("uniqueness-failure"));
/// # Ok::<(), document::Refusal>(())
/// ```
///
/// # Errors
///
/// 409 with a [`conflict`](Refusal::conflict): `uniqueness-failure`, or `not-well-formed` if `xml`
/// is not well-formed.
pub fn check(xml: &str, before: Option<&str>, default_ns: Option<&str>) -> Result<(), Refusal> {
    // A document that is not well-formed counts as having no duplicates.
    let before = before.and_then(|before| parse(before).ok());
    constraints::check_document(&parse(xml)?, before.as_ref(), default_ns)
}
