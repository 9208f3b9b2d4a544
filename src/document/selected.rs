//! A selected node of a document.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use roxmltree::{Attribute, Node, NodeId};

use crate::answer::ResourceKind;
use crate::selector::NodeSelector;
use crate::xml;

use super::inherited;
use super::reading::Reading;
use super::siblings::step_name;

/// What [`get`](super::get) or [`get_all`](super::get_all) found.
///
/// `as_str` and `att_value` are raw: the bytes of the document. Everything else is decoded, with
/// references resolved, so you can put it into [`with_attr`](NodeSelector::with_attr) or an
/// [`Element`](crate::Element) again.
///
/// ```
/// use xcaplib::{ResourceKind, document};
///
/// let xml = "<list name='a &amp; b'>\
///     <entry uri='sip:bob@example.com'><display-name>Bob</display-name></entry></list>";
/// let entry = document::get(xml, &"/list/entry".parse()?, None)?;
/// assert_eq!(entry.kind(), ResourceKind::Element);
/// assert!(entry.as_str().starts_with("<entry uri="));
/// assert_eq!(entry.attr("uri").as_deref(), Some("sip:bob@example.com"));
/// assert_eq!(entry.child("display-name").map(|name| name.text()).as_deref(), Some("Bob"));
///
/// let name = document::get(xml, &"/list/@name".parse()?, None)?;
/// assert_eq!((name.kind(), name.as_str()), (ResourceKind::Attribute, "a &amp; b"));
/// assert_eq!(name.attribute_value().as_deref(), Some("a & b"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Selected<'x> {
    xml: &'x str,
    pub(super) reading: Arc<Reading>,
    /// The element itself, or the element that the attribute or the bindings belong to.
    element: NodeId,
    found: Found,
}

#[derive(Clone, PartialEq, Eq)]
pub(super) enum Found {
    Element,
    /// An element with the namespace declarations that it inherits.
    Declared(String),
    /// An attribute, by its index.
    Attribute(usize),
    Bindings(String),
}

impl<'x> Selected<'x> {
    pub(super) fn new(xml: &'x str, reading: Arc<Reading>, element: NodeId, found: Found) -> Self {
        Self { xml, reading, element, found }
    }

    /// Adds the inherited namespace declarations that the element uses.
    pub(super) fn with_namespaces(mut self) -> Self {
        if self.found == Found::Element {
            self.found = Found::Declared(inherited::declared(self.xml, self.node()));
        }
        self
    }

    pub(super) fn node(&self) -> Node<'_, '_> {
        self.reading.node(self.element)
    }

    fn attribute(&self) -> Option<Attribute<'_, '_>> {
        match self.found {
            Found::Attribute(index) => self.node().attributes().nth(index),
            _ => None,
        }
    }

    fn is_element(&self) -> bool {
        matches!(self.found, Found::Element | Found::Declared(_))
    }

    /// What kind of node it is.
    #[must_use]
    pub fn kind(&self) -> ResourceKind {
        match self.found {
            Found::Element | Found::Declared(_) => ResourceKind::Element,
            Found::Attribute(_) => ResourceKind::Attribute,
            Found::Bindings(_) => ResourceKind::NamespaceBindings,
        }
    }

    /// The text of the node in the document. For an element it is the element as it stands there.
    /// For an attribute it is the value between its quotes, with references unresolved. For
    /// namespace bindings it is an empty element that declares them (RFC 4825 section 10).
    ///
    /// This is raw. [`attribute_value`](Self::attribute_value) is an attribute's value with its
    /// references resolved, and [`text`](Self::text) is the character data of an element.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.found {
            Found::Element => self.xml.get(self.node().range()).unwrap_or_default(),
            Found::Declared(text) | Found::Bindings(text) => text,
            Found::Attribute(_) => {
                let quoted = self.att_value().unwrap_or_default();
                xml::unquoted(quoted).unwrap_or(quoted)
            }
        }
    }

    /// The value of an attribute with its quotes, as in the `AttValue` with which a GET is answered
    /// (RFC 4825 section 7.9). `None` for any other kind.
    ///
    /// This is raw, like [`as_str`](Self::as_str). [`attribute_value`](Self::attribute_value) is
    /// the decoded value.
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
        self.xml.get(xml::att_value(self.xml, self.attribute()?.range()))
    }

    /// The value of an attribute, without quotes and with its references resolved. `None` for any
    /// other kind.
    ///
    /// ```
    /// use xcaplib::{NodeSelector, document};
    ///
    /// let name = document::get("<a n='x &amp; &#121;'/>", &"/a/@n".parse()?, None)?;
    /// let value = name.attribute_value().unwrap_or_default();
    /// assert_eq!(value, "x & y");
    /// let selector = NodeSelector::root("a").with_attr("n", &value);
    /// assert_eq!(selector.to_string(), r#"/a[@n="x &amp; y"]"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn attribute_value(&self) -> Option<Cow<'x, str>> {
        self.attribute().map(|attribute| self.decoded(attribute))
    }

    /// The decoded value. It is borrowed if the document contains it in this form.
    fn decoded(&self, attribute: Attribute<'_, '_>) -> Cow<'x, str> {
        let quoted = self.xml.get(xml::att_value(self.xml, attribute.range())).unwrap_or_default();
        match xml::unquoted(quoted) {
            Some(raw) if raw == attribute.value() => Cow::Borrowed(raw),
            _ => Cow::Owned(attribute.value().to_owned()),
        }
    }

    /// The character data of an element and of everything below it. References and CDATA sections
    /// are resolved, and comments and instructions are left out. For an attribute it is the value.
    ///
    /// ```
    /// use xcaplib::document;
    ///
    /// let xml = "<a>x &lt; <b>y</b><!-- no --><![CDATA[ & z]]></a>";
    /// assert_eq!(document::get(xml, &"/a".parse()?, None)?.text(), "x < y & z");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn text(&self) -> Cow<'x, str> {
        if !self.is_element() {
            return self.attribute_value().unwrap_or_default();
        }
        let mut texts = self.node().descendants().filter(Node::is_text);
        let Some(first) = texts.next() else { return Cow::Borrowed("") };
        let meant = xml::text(first);
        let written = self.xml.get(first.range()).filter(|written| *written == meant);
        let mut out = match written {
            Some(written) => Cow::Borrowed(written),
            None => Cow::Owned(meant.into_owned()),
        };
        for text in texts {
            out.to_mut().push_str(&xml::text(text));
        }
        out
    }

    /// The local name of the element or attribute, without a prefix.
    ///
    /// ```
    /// use xcaplib::document;
    ///
    /// let xml = r#"<p:a xmlns:p="urn:p"/>"#;
    /// let a = document::get(xml, &"/*".parse()?, None)?;
    /// assert_eq!((a.name(), a.namespace()), ("a", Some("urn:p")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn name(&self) -> &'x str {
        let qname = match self.attribute() {
            Some(attribute) => self.xml.get(attribute.range_qname()).unwrap_or_default(),
            None => xml::qname(self.xml.get(self.node().range()).unwrap_or_default()),
        };
        xml::split_qname(qname).1
    }

    /// The namespace URI of the element or attribute. `None` if it is in none.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        match self.found {
            Found::Attribute(index) => self.node().attributes().nth(index)?.namespace(),
            _ => xml::expanded_name(self.node()).0,
        }
    }

    /// The value of an attribute of the element, with references resolved. `None` if the element
    /// has no attribute of that name. It does not find an attribute with a prefix; `get` that one
    /// by a selector.
    ///
    /// ```
    /// use xcaplib::document;
    ///
    /// let entry = document::get("<entry uri='sip:a@x'/>", &"/entry".parse()?, None)?;
    /// assert_eq!(entry.attr("uri").as_deref(), Some("sip:a@x"));
    /// assert_eq!(entry.attr("name"), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn attr(&self, name: &str) -> Option<Cow<'x, str>> {
        let found = self.plain_attributes().find(|attribute| attribute.name() == name)?;
        Some(self.decoded(found))
    }

    /// The attributes of the element that are in no namespace, as names and values, in document
    /// order.
    ///
    /// ```
    /// use xcaplib::document;
    ///
    /// let a = document::get("<a x='1' y='&lt;'/>", &"/a".parse()?, None)?;
    /// assert_eq!(a.attrs(), [("x", "1".into()), ("y", "<".into())]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn attrs(&self) -> Vec<(&'x str, Cow<'x, str>)> {
        let name = |attribute: Attribute<'_, '_>| self.xml.get(attribute.range_qname());
        self.plain_attributes()
            .filter_map(|attribute| Some((name(attribute)?, self.decoded(attribute))))
            .collect()
    }

    fn plain_attributes(&self) -> impl Iterator<Item = Attribute<'_, '_>> {
        let attributes = self.is_element().then(|| self.node().attributes());
        attributes.into_iter().flatten().filter(|attribute| attribute.namespace().is_none())
    }

    /// The first child element with this local name, whatever its namespace.
    ///
    /// ```
    /// use xcaplib::document;
    ///
    /// let a = document::get("<a><b>1</b><c>2</c><b>3</b></a>", &"/a".parse()?, None)?;
    /// assert_eq!(a.child("b").map(|b| b.text()).as_deref(), Some("1"));
    /// assert_eq!(a.child("d"), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn child(&self, name: &str) -> Option<Self> {
        let child = self.elements().find(|child| xml::expanded_name(*child).1 == name)?;
        Some(self.of(child.id()))
    }

    /// The child elements, in document order.
    ///
    /// ```
    /// use xcaplib::document;
    ///
    /// let list = "<list><entry uri='sip:a@x'/><!-- and --><entry uri='sip:b@x'/></list>";
    /// let list = document::get(list, &"/list".parse()?, None)?;
    /// let uris: Vec<_> = list.children().iter().filter_map(|entry| entry.attr("uri")).collect();
    /// assert_eq!(uris, ["sip:a@x", "sip:b@x"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn children(&self) -> Vec<Self> {
        self.elements().map(|child| self.of(child.id())).collect()
    }

    fn elements(&self) -> impl Iterator<Item = Node<'_, '_>> {
        let children = self.is_element().then(|| self.node().children());
        children.into_iter().flatten().filter(Node::is_element)
    }

    fn of(&self, element: NodeId) -> Self {
        Self { xml: self.xml, reading: Arc::clone(&self.reading), element, found: Found::Element }
    }

    /// A selector that matches only this node of the document as it is now.
    ///
    /// Each step has a name if the element is in the default namespace, and `*` otherwise. After it
    /// stands an attribute test that no sibling passes, or, if there is none, the position. The
    /// selector needs no binding, except for an attribute whose name has a prefix. It can be
    /// printed and sent.
    ///
    /// If only the position tells the node apart, an attribute test that the next sibling fails
    /// stands beside it, so that the node can be replaced and deleted (RFC 4825 section 8.4). If
    /// the node has no such attribute, it can be replaced, but often not deleted, because the
    /// position would then match the next node.
    ///
    /// To make the selectors of all nodes of one [`get_all`](super::get_all) takes one pass over
    /// their siblings.
    ///
    /// ```
    /// use xcaplib::document;
    ///
    /// let xml = "<lists><list name='a'/><list><entry uri='sip:a@x'/><entry/></list></lists>";
    /// let entries = document::get_all(xml, &"/lists/list/entry".parse()?, None)?;
    /// let selectors: Vec<_> = entries.iter().map(|entry| entry.selector().to_string()).collect();
    /// assert_eq!(selectors[0], r#"/lists/list[2]/entry[@uri="sip:a@x"]"#);
    /// assert_eq!(selectors[1], "/lists/list[2]/entry[2]");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn selector(&self) -> NodeSelector {
        let selector = self.element_selector(self.node());
        match &self.found {
            Found::Element | Found::Declared(_) => selector,
            Found::Bindings(_) => selector.namespaces(),
            Found::Attribute(_) => self.attribute_selector(selector),
        }
    }

    fn element_selector(&self, element: Node<'_, '_>) -> NodeSelector {
        let mut above: Vec<_> = element.ancestors().filter(Node::is_element).collect();
        let root = above.pop().unwrap_or(element);
        let name = step_name(root, self.reading.namespace());
        let mut selector = NodeSelector::root(name.unwrap_or("*"));
        let mut parent = root;
        for child in above.into_iter().rev() {
            selector = self.reading.siblings(parent).step(selector, child);
            parent = child;
        }
        selector
    }

    fn attribute_selector(&self, element: NodeSelector) -> NodeSelector {
        let Some(attribute) = self.attribute() else { return element };
        let qname = self.xml.get(attribute.range_qname()).unwrap_or_default();
        match (attribute.namespace(), qname.split_once(':')) {
            (Some(namespace), Some((prefix, _))) if prefix != "xml" => {
                element.attribute(qname).bind(prefix, namespace)
            }
            _ => element.attribute(qname),
        }
    }

    /// The element with this markup as its content.
    pub(crate) fn with_content(&self, content: &str) -> String {
        let markup = self.xml.get(self.node().range()).unwrap_or_default();
        let Some(tag) = xml::Tag::read(markup) else { return markup.to_owned() };
        let start = markup.get(..tag.close).unwrap_or_default();
        match xml::end_tag(markup) {
            Some(end) => format!("{start}>{content}{}", markup.get(end..).unwrap_or_default()),
            None => format!("{start}>{content}</{}>", tag.name),
        }
    }

    /// The values that decide whether two selected nodes are equal.
    fn content(&self) -> (ResourceKind, &str) {
        (self.kind(), self.att_value().unwrap_or_else(|| self.as_str()))
    }
}

impl PartialEq for Selected<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.content() == other.content()
    }
}

impl Eq for Selected<'_> {}

impl fmt::Debug for Selected<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, text) = self.content();
        f.debug_struct("Selected").field("kind", &kind).field("text", &text).finish()
    }
}

impl fmt::Display for Selected<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
