use std::borrow::Cow;
use std::fmt;

use roxmltree::{Attribute, Node};

use crate::answer::ResourceKind;
use crate::xml::{self, unquoted};

use super::{bindings, inherited, tag};

/// What [`get`](super::get) found.
///
/// ```
/// use xcaplib::{ResourceKind, document};
///
/// let xml = r#"<list name="a &amp; b"><entry/></list>"#;
/// let entry = document::get(xml, &"/list/entry".parse()?, None)?;
/// assert_eq!((entry.kind(), entry.as_str()), (ResourceKind::Element, "<entry/>"));
/// let name = document::get(xml, &"/list/@name".parse()?, None)?;
/// assert_eq!((name.kind(), name.as_str()), (ResourceKind::Attribute, "a &amp; b"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selected<'x> {
    kind: ResourceKind,
    /// Of an attribute, with its quotes.
    text: Cow<'x, str>,
}

impl<'x> Selected<'x> {
    pub(super) fn element(xml: &'x str, element: Node<'_, '_>) -> Self {
        let text = xml.get(element.range()).unwrap_or_default();
        Self { kind: ResourceKind::Element, text: Cow::Borrowed(text) }
    }

    pub(super) fn element_with_namespaces(xml: &'x str, element: Node<'_, '_>) -> Self {
        let text = Cow::Owned(inherited::declared(xml, element));
        Self { kind: ResourceKind::Element, text }
    }

    pub(super) fn attribute(xml: &'x str, attribute: Attribute<'_, '_>) -> Self {
        let text = xml.get(tag::att_value_range(xml, attribute)).unwrap_or_default();
        Self { kind: ResourceKind::Attribute, text: Cow::Borrowed(text) }
    }

    pub(super) fn bindings(element: Node<'_, '_>) -> Self {
        let name = xml::written_name(element);
        let text = format!("<{name}{}/>", bindings::declarations(element));
        Self { kind: ResourceKind::NamespaceBindings, text: Cow::Owned(text) }
    }

    /// What kind of node it is.
    #[must_use]
    pub fn kind(&self) -> ResourceKind {
        self.kind
    }

    /// An element as it stands in the document; an attribute's value as it stands between its
    /// quotes, references and all; namespace bindings as an empty element that declares them
    /// (RFC 4825 section 10).
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self.att_value() {
            Some(quoted) => unquoted(quoted).unwrap_or(quoted),
            None => &self.text,
        }
    }

    /// An attribute's value with its quotes, the `AttValue` that a GET answers with
    /// (RFC 4825 section 7.9); `None` for any other kind.
    ///
    /// ```
    /// use xcaplib::{NodeSelector, document};
    ///
    /// let id = NodeSelector::root("a").attribute("id");
    /// let found = document::get("<a id='1'/>", &id, None)?;
    /// assert_eq!(found.att_value(), Some("'1'"));
    /// assert_eq!(found.as_str(), "1");
    /// # Ok::<(), document::Refusal>(())
    /// ```
    #[must_use]
    pub fn att_value(&self) -> Option<&str> {
        (self.kind == ResourceKind::Attribute).then_some(&*self.text)
    }
}

impl fmt::Display for Selected<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
