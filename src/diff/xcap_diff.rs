//! The document format `application/xcap-diff+xml` (RFC 5874 section 3).

use std::sync::Arc;

use roxmltree::{Document, Node, TextPos};

use crate::answer::{Error, Result};
use crate::document::validate;
use crate::xml::{self, Fault};

use super::report::{AttributeReport, DocumentReport, ElementReport, Report, missing};
use super::scope::Scope;

const NAMESPACE: &str = "urn:ietf:params:xml:ns:xcap-diff";

/// An XCAP diff document, `application/xcap-diff+xml`: what changed below an XCAP root
/// (RFC 5874).
///
/// ```
/// use xcaplib::diff::XcapDiff;
///
/// # let diff = xcaplib::testing::example_diff()?;
/// assert_eq!(diff.xcap_root(), "http://xcap.example.com/");
/// assert_eq!((diff.reports().len(), diff.documents().count()), (1, 1));
/// # Ok::<(), xcaplib::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XcapDiff {
    xcap_root: String,
    reports: Vec<Report>,
}

impl XcapDiff {
    /// Reads a diff, for instance the body of a SIP NOTIFY.
    ///
    /// Anything that RFC 5874 leaves to extensions is passed over. Patch operations are kept as
    /// they are; whether they make sense shows when they are applied.
    ///
    /// ```
    /// use xcaplib::diff::{Report, XcapDiff};
    ///
    /// let diff = XcapDiff::parse(
    ///     r#"<xcap-diff xmlns="urn:ietf:params:xml:ns:xcap-diff" xcap-root="http://xcap.example.com/">
    ///     <document new-etag="7ahggs" sel="tests/users/sip:joe@example.com/index"/>
    ///     <attribute sel="tests/users/sip:joe@example.com/index/~~/doc/@id" exists="0"/>
    ///     </xcap-diff>"#,
    /// )?;
    /// assert_eq!(diff.xcap_root(), "http://xcap.example.com/");
    /// let [Report::Document(document), Report::Attribute(attribute)] = diff.reports() else { panic!() };
    /// assert_eq!(document.new_etag(), Some("7ahggs"));
    /// assert!(!attribute.exists());
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_malformed_response`](Error::is_malformed_response), with line and column, if the text
    /// is not UTF-8 or not well-formed XML, if it has a document type declaration or another root
    /// element, if a `sel` or `xcap-root` is missing, or if an ETag or `exists` cannot be one.
    pub fn parse(body: impl AsRef<[u8]>) -> Result<Self> {
        Self::read(body.as_ref()).map_err(
            |Fault { position: TextPos { row, col }, reason, .. }| {
                let text = format!("xcap-diff, line {row}, column {col}: {reason}");
                Error::malformed_response(None, text, None)
            },
        )
    }

    fn read(body: &[u8]) -> std::result::Result<Self, Fault> {
        let text = validate::utf8(body)?;
        validate::check_declared_encoding(text)?;
        let source = xml::Source::new(text);
        Self::of_root(&source.parse()?)
    }

    fn of_root(document: &Document<'_>) -> std::result::Result<Self, Fault> {
        let fault = |node: Node<'_, '_>, reason| {
            Fault::at(document.text_pos_at(node.range().start), reason)
        };
        let root = document.root_element();
        let namespace = root.tag_name().namespace();
        if !xml::is_named_or_bare(root, NAMESPACE, "xcap-diff") {
            let reason = format!("the root element is not `xcap-diff` of {NAMESPACE}");
            return Err(fault(root, reason));
        }
        let xcap_root = xml::attribute(root, "xcap-root")
            .ok_or_else(|| fault(root, missing(root, "xcap-root")))?;
        let scope = Scope::of(root, None);
        let mut reports = Vec::new();
        let own =
            |node: &Node<'_, '_>| node.is_element() && node.tag_name().namespace() == namespace;
        for child in root.children().filter(own) {
            let report = report(child, &scope).map_err(|reason| fault(child, reason))?;
            reports.extend(report);
        }
        Ok(Self { xcap_root: xcap_root.to_owned(), reports })
    }

    /// The XCAP root to which all selectors of the diff are relative. The caller has to check
    /// whether it is the client's own.
    #[must_use]
    pub fn xcap_root(&self) -> &str {
        &self.xcap_root
    }

    /// The reports in the order of the diff.
    #[must_use]
    pub fn reports(&self) -> &[Report] {
        &self.reports
    }

    /// The reports on documents, in the order of the diff. There may be several on one document.
    pub fn documents(&self) -> impl Iterator<Item = &DocumentReport> {
        self.reports.iter().filter_map(|report| match report {
            Report::Document(document) => Some(document),
            Report::Element(_) | Report::Attribute(_) => None,
        })
    }
}

fn report(
    element: Node<'_, '_>,
    scope: &Arc<Scope>,
) -> std::result::Result<Option<Report>, String> {
    Ok(match element.tag_name().name() {
        "document" => Some(Report::Document(DocumentReport::of(element, scope)?)),
        "element" => Some(Report::Element(ElementReport::of(element, scope)?)),
        "attribute" => Some(Report::Attribute(AttributeReport::of(element)?)),
        _ => None,
    })
}
