//! XCAP on a document in memory: what a conforming server would make of a request
//! (RFC 4825 sections 6.3 and 8).
//!
//! [`get`] selects a node, [`get_with_namespaces`] gives an element that stands by itself, [`put`]
//! creates or replaces one, [`delete`] removes one, and a [`Refusal`] is the status and the
//! xcap-error of a server that says no. Every byte outside the change stays as it is: white space,
//! comments, CDATA, entity references, quotes, line ends, the byte order mark and the XML
//! declaration. Where two texts come to touch, `]]` and `>` are kept apart as `]]&gt;`, and a bare
//! CR and LF as two LF.
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
//! The rules of RFC 4825, and of RFC 4826 the uniqueness of names and URIs among siblings, for what
//! the change introduces: a duplicate that was there before is not reported. These apply where
//! `default_ns` is `urn:ietf:params:xml:ns:resource-lists` or
//! `urn:ietf:params:xml:ns:rls-services`: what a usage that is not known wants is not known either.
//! Values are compared character by character, as RFC 4826 says.
//!
//! Not checked: schemas, uniqueness beyond the document, other constraints of application usages,
//! authorization. A server may refuse for these what is accepted here. Documents with a document
//! type declaration, or with more than 1,000 attributes or namespace declarations at one element,
//! are taken for not well-formed.
//!
//! # Where RFC 4825 leaves a choice
//!
//! - A step that an extension defines is 404 for every method (section 8), and so is a selector
//!   that matches several nodes, except for a PUT: 409 `no-parent` where a parent's step does,
//!   `cannot-insert` where the last step does.
//! - A selector that [`NodeSelector::check`] refuses is 400.
//! - White space and a byte order mark around an element in a body are dropped. An attribute value
//!   may come without its quotes, and then gets some; with them, nothing may stand around it.
//! - The document element can be replaced, not deleted: a document without one meets no schema, so
//!   that is 409 `schema-validation-error`. A second one is 409 `cannot-insert`.
//! - An attribute is created behind the others of its tag, and deleted with the white space before
//!   it. If its name has a prefix, it gets one that the document binds to the same namespace; where
//!   there is none it is 409 `cannot-insert`, since no declaration is added.
//! - `*` without a position puts an element behind the last sibling of its own name, and where
//!   there is none behind everything in its parent: section 8.2.3 takes the name from the body.

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
pub use selected::Selected;

use crate::selector::NodeSelector;

use admit::{admit, admit_change};
use parse::parse;
use reading::Reading;
use select::Query;

/// The node of a document that a selector means (RFC 4825 sections 6.3 and 8.3).
///
/// `xml` is the document and `default_ns` the default document namespace of its application usage:
/// the one that element names without a prefix are in. `None` says that it is not known: such names
/// are then in the namespace of the document's root element, in none where that is in none. An
/// empty `default_ns` says that there is none.
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
/// 404 where a step matches no element or several, or there is no such attribute, and for a step of
/// an extension; 400 for a selector that [`check`](NodeSelector::check) refuses, as with a prefix
/// that is not bound; 409 `not-well-formed` where `xml` is not.
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
/// Each step matches among the children of every element that the step before matched: several on
/// the way are fine here. A position counts within each parent. `default_ns` is as in [`get`].
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
/// The errors of [`get`], but that nothing found is an empty list, and several are no error.
pub fn get_all<'x>(
    xml: &'x str,
    selector: &NodeSelector,
    default_ns: Option<&str>,
) -> Result<Vec<Selected<'x>>, Refusal> {
    admit(selector)?;
    let reading = Reading::new(parse(xml)?, default_ns);
    Ok(lookup::all(xml, &reading, selector))
}

/// The node of a document that a selector means, an element with the namespace declarations that it
/// uses and inherits from its ancestors.
///
/// They are added to its start tag, behind its name; all else is as in [`get`], and so are nodes
/// that are no elements. What is used: the prefixes in names of elements and attributes, no prefix
/// for elements in a default namespace, and the prefix of an attribute value or a text that looks
/// like a name with one, as that of `xsi:type` does. Prefixes that stand elsewhere in values, as in
/// selectors, are not seen.
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

/// Creates or replaces the element or attribute that a selector means (RFC 4825 section 8.2).
///
/// `body` is one element, which may use prefixes that the document binds at that place, or the
/// value of an attribute. `default_ns` is as in [`get`].
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
/// 409 with a [`conflict`](Refusal::conflict): `no-parent` where the element to put into is not
/// there or not a single one, `not-utf-8`, `not-xml-frag` and `not-xml-att-value` for a body that
/// cannot be put, `cannot-insert` where the selector would not find what was put,
/// `uniqueness-failure` for a name or URI that a sibling has already, `not-well-formed` where `xml`
/// is not. 404 for a step of an extension, 400 for a selector that
/// [`check`](NodeSelector::check) refuses, 405 for `namespace::*`.
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

/// Removes the element or attribute that a selector means, and gives the document that is left
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
/// As for [`get`]; 405 for `namespace::*`; 409 with a [`conflict`](Refusal::conflict):
/// `cannot-delete` where the selector would then mean another node, `schema-validation-error` for
/// the document element.
pub fn delete(
    xml: &str,
    selector: &NodeSelector,
    default_ns: Option<&str>,
) -> Result<String, Refusal> {
    admit_change(selector)?;
    let base = parse(xml)?;
    Ok(edit::delete(&base, Query { selector, default_ns })?.into_text())
}

/// Checks a whole document for what a server would refuse of it: text that is not well-formed, and
/// what the application usage wants unique (RFC 4826) and `before`, the document that it replaces,
/// does not have double already. `default_ns` is as in [`get`].
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
/// 409 with a [`conflict`](Refusal::conflict): `uniqueness-failure`, or `not-well-formed` where
/// `xml` is not.
pub fn check(xml: &str, before: Option<&str>, default_ns: Option<&str>) -> Result<(), Refusal> {
    // A document that is not well-formed had nothing double.
    let before = before.and_then(|before| parse(before).ok());
    constraints::check_document(&parse(xml)?, before.as_ref(), default_ns)
}
