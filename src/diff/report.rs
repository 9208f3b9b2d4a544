//! What a diff reports: documents, elements and attributes (RFC 5874 section 3).

use std::collections::BTreeMap;
use std::sync::Arc;

use roxmltree::Node;

use crate::answer::ETag;
use crate::xml;

use super::error::PatchError;
use super::operation::Operation;
use super::patch;
use super::scope::Scope;
use super::work::Work;

/// One report of a diff.
///
/// ```
/// use xcaplib::diff::{Report, XcapDiff};
///
/// # let diff = xcaplib::testing::example_diff()?;
/// for report in diff.reports() {
///     match report {
///         Report::Document(document) => println!("{}", document.selector()),
///         Report::Element(element) => println!("{}", element.content().unwrap_or("gone")),
///         Report::Attribute(attribute) => println!("{}", attribute.value().unwrap_or("gone")),
///         _ => {}
///     }
/// }
/// # Ok::<(), xcaplib::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Report {
    /// A document exists, changed, or is gone.
    Document(DocumentReport),
    /// An element as it is now.
    Element(ElementReport),
    /// An attribute as it is now.
    Attribute(AttributeReport),
}

/// `<document>`: the ETags of a document before and after, and what changed in between.
///
/// Figure 1 of RFC 5874 says what the combinations mean.
/// [`XcapDiff::decide`](super::XcapDiff::decide) follows it.
///
/// ```
/// use xcaplib::diff::XcapDiff;
///
/// # let diff = xcaplib::testing::example_diff()?;
/// let report = diff.documents().next().unwrap();
/// assert_eq!(report.selector(), "tests/users/sip:joe@example.com/index");
/// assert_eq!((report.previous_etag(), report.new_etag()), (Some("a"), Some("b")));
/// assert!(!report.is_body_not_changed());
/// assert_eq!(report.operations().len(), 1);
/// # Ok::<(), xcaplib::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentReport {
    sel: String,
    new_etag: Option<String>,
    previous_etag: Option<String>,
    body_not_changed: bool,
    operations: Vec<Operation>,
}

/// `<element>`: whether an element exists, and what it is.
///
/// ```
/// use xcaplib::diff::{Report, XcapDiff};
///
/// let diff = XcapDiff::parse(
///     r#"<d:xcap-diff xmlns:d="urn:ietf:params:xml:ns:xcap-diff" xmlns="urn:x" xcap-root="http://xcap.example.com/">
///     <d:element sel="tests/users/sip:joe@example.com/index/~~/*/note"><note/></d:element></d:xcap-diff>"#,
/// )?;
/// let [Report::Element(note)] = diff.reports() else { panic!() };
/// assert_eq!(note.selector(), "tests/users/sip:joe@example.com/index/~~/*/note");
/// assert!(note.exists());
/// assert_eq!(note.content(), Some("<note/>"));
/// assert_eq!(note.namespace_bindings().get(""), Some(&"urn:x"));
/// # Ok::<(), xcaplib::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElementReport {
    sel: String,
    exists: bool,
    content: Option<String>,
    scope: Arc<Scope>,
}

/// `<attribute>`: whether an attribute exists, and its value.
///
/// ```
/// use xcaplib::diff::{Report, XcapDiff};
///
/// let diff = XcapDiff::parse(
///     r#"<xcap-diff xmlns="urn:ietf:params:xml:ns:xcap-diff" xcap-root="http://xcap.example.com/">
///     <attribute sel="tests/users/sip:joe@example.com/index/~~/*/@id">7</attribute></xcap-diff>"#,
/// )?;
/// let [Report::Attribute(id)] = diff.reports() else { panic!() };
/// assert_eq!(id.selector(), "tests/users/sip:joe@example.com/index/~~/*/@id");
/// assert!(id.exists());
/// assert_eq!(id.value(), Some("7"));
/// # Ok::<(), xcaplib::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributeReport {
    sel: String,
    exists: bool,
    value: Option<String>,
}

impl DocumentReport {
    pub(super) fn of(element: Node<'_, '_>, scope: &Arc<Scope>) -> Result<Self, String> {
        let scope = Scope::of(element, Some(scope));
        let namespace = element.tag_name().namespace();
        let mut body_not_changed = false;
        let mut operations = Vec::new();
        let own =
            |node: &Node<'_, '_>| node.is_element() && node.tag_name().namespace() == namespace;
        for child in element.children().filter(own) {
            if child.tag_name().name() == "body-not-changed" {
                body_not_changed = true;
            } else {
                operations.push(Operation::of(child, &scope));
            }
        }
        Ok(Self {
            sel: sel(element)?,
            new_etag: etag(element, "new-etag")?,
            previous_etag: etag(element, "previous-etag")?,
            body_not_changed,
            operations,
        })
    }

    /// The document, relative to the XCAP root, percent-encoded:
    /// `resource-lists/users/sip:joe@example.com/index`. Some servers send an absolute URI,
    /// followed by the selector of a node.
    #[must_use]
    pub fn selector(&self) -> &str {
        &self.sel
    }

    /// The document's ETag after the change, usually without quotes. `None` if the document is
    /// gone.
    #[must_use]
    pub fn new_etag(&self) -> Option<&str> {
        self.new_etag.as_deref()
    }

    /// The document's ETag before the change. `None` if the document is new, or only listed.
    #[must_use]
    pub fn previous_etag(&self) -> Option<&str> {
        self.previous_etag.as_deref()
    }

    /// Whether only the ETag changed (`<body-not-changed>`).
    #[must_use]
    pub fn is_body_not_changed(&self) -> bool {
        self.body_not_changed
    }

    /// The patch. It is empty if the changes are not shown.
    #[must_use]
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// Applies the patch to a document, whatever its ETag (RFC 5261).
    ///
    /// Every byte that no operation changes stays as it is. If one operation does not fit, there is
    /// no result at all. Without operations, the result is the document itself.
    ///
    /// ```
    /// use xcaplib::diff::XcapDiff;
    ///
    /// let diff = XcapDiff::parse(
    ///     r#"<d:xcap-diff xmlns:d="urn:ietf:params:xml:ns:xcap-diff" xcap-root="http://xcap.example.com/">
    ///     <d:document sel="tests/users/sip:joe@example.com/index" previous-etag="a" new-etag="b">
    ///       <d:add sel="*" type="@lang">en</d:add>
    ///       <d:remove sel="*/note[2]" ws="before"/>
    ///     </d:document></d:xcap-diff>"#,
    /// )?;
    /// let report = diff.documents().next().unwrap();
    /// let patched = report.apply("<doc>\n  <note>1</note>\n  <note>2</note>\n</doc>")?;
    /// assert_eq!(patched, "<doc lang=\"en\">\n  <note>1</note>\n</doc>");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A [`PatchError`] names the operation that does not fit and the condition of RFC 5261
    /// section 5.
    pub fn apply(&self, xml: &str) -> Result<String, PatchError> {
        self.apply_within(xml, &mut Work::of(xml))
    }

    pub(super) fn apply_within(&self, xml: &str, work: &mut Work) -> Result<String, PatchError> {
        patch::apply(&self.operations, xml, work)
    }
}

impl ElementReport {
    pub(super) fn of(element: Node<'_, '_>, scope: &Arc<Scope>) -> Result<Self, String> {
        let mut children = element.children().filter(Node::is_element);
        let content = children.next();
        if children.next().is_some() {
            return Err("`element` holds more than one element".to_owned());
        }
        let exists = exists(element)?;
        Ok(Self {
            sel: sel(element)?,
            exists,
            content: content.filter(|_| exists).map(|node| xml::written(node).into_owned()),
            scope: Scope::of(element, Some(scope)),
        })
    }

    /// The element, relative to the XCAP root, percent-encoded:
    /// `rls-services/users/sip:joe@example.com/index/~~/*/service`.
    ///
    /// [`NodeSelector::from_encoded`](crate::NodeSelector::from_encoded) reads its node selector.
    #[must_use]
    pub fn selector(&self) -> &str {
        &self.sel
    }

    /// Whether there is such an element.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.exists
    }

    /// The element as it stands in the diff. `None` if it does not exist, or is too large to be
    /// shown.
    ///
    /// Its prefixes are as in the document, but they may be bound outside the element: see
    /// [`namespace_bindings`](Self::namespace_bindings).
    #[must_use]
    pub fn content(&self) -> Option<&str> {
        self.content.as_deref()
    }

    /// The prefixes that are bound around the element, and their namespaces. The default namespace
    /// has the empty prefix.
    #[must_use]
    pub fn namespace_bindings(&self) -> BTreeMap<&str, &str> {
        self.scope.bindings()
    }
}

impl AttributeReport {
    pub(super) fn of(element: Node<'_, '_>) -> Result<Self, String> {
        if element.children().any(|node| node.is_element()) {
            return Err("`attribute` holds an element".to_owned());
        }
        let exists = exists(element)?;
        let value = exists.then(|| element.children().map(xml::text).collect());
        Ok(Self { sel: sel(element)?, exists, value })
    }

    /// The attribute, relative to the XCAP root, percent-encoded:
    /// `rls-services/users/sip:joe@example.com/index/~~/*/service/@uri`.
    #[must_use]
    pub fn selector(&self) -> &str {
        &self.sel
    }

    /// Whether there is such an attribute.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.exists
    }

    /// Its value. `None` if the attribute does not exist.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }
}

fn sel(element: Node<'_, '_>) -> Result<String, String> {
    xml::attribute(element, "sel").map(str::to_owned).ok_or_else(|| missing(element, "sel"))
}

pub(super) fn missing(element: Node<'_, '_>, attribute: &str) -> String {
    format!("`{}` has no attribute `{attribute}`", element.tag_name().name())
}

fn etag(element: Node<'_, '_>, name: &str) -> Result<Option<String>, String> {
    match xml::attribute(element, name) {
        // With quotes, even an empty value is an ETag.
        Some(value) if ETag::new(&format!("\"{value}\"")).is_none() => {
            Err(format!("the value of `{name}` cannot be an ETag"))
        }
        value => Ok(value.map(str::to_owned)),
    }
}

/// `xs:boolean`
fn exists(element: Node<'_, '_>) -> Result<bool, String> {
    match xml::attribute(element, "exists").map(str::trim) {
        None | Some("1" | "true") => Ok(true),
        Some("0" | "false") => Ok(false),
        Some(_) => Err("the value of `exists` is neither `1` nor `0`".to_owned()),
    }
}
