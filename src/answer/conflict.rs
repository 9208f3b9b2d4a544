//! Detailed conflict reports: `application/xcap-error+xml` (RFC 4825 section 11).

use roxmltree::{Document, Node};

use crate::xml;
#[cfg(feature = "test-server")]
use crate::xml::Element;

pub(crate) const NAMESPACE: &str = "urn:ietf:params:xml:ns:xcap-error";

/// The elements of RFC 4825 section 11.1, in the order of its schema.
const NAMES: [&str; 11] = [
    "extension",
    "schema-validation-error",
    "not-xml-frag",
    "no-parent",
    "cannot-insert",
    "not-xml-att-value",
    "uniqueness-failure",
    "not-well-formed",
    "constraint-failure",
    "cannot-delete",
    "not-utf-8",
];

/// The longest body that is read as a report, in bytes: a report is small.
const MAX_REPORT: usize = 1 << 20;

/// Why a server refused a change with 409: its xcap-error (RFC 4825 section 11).
///
/// [`Error::conflict`](crate::Error::conflict) returns it. It is `None` for a 409 whose body is not
/// an xcap-error, contains an element that section 11 does not define, or is longer than 1 MiB.
/// [`Error::response`](crate::Error::response) has the bytes in any case.
///
/// ```
/// use xcaplib::{NodeSelector, document};
///
/// let list = NodeSelector::root("lists").child("list").with_attr("name", "friends");
/// let entry = list.child("entry");
/// let refusal = document::put("<lists/>", &entry, "<entry/>", None).unwrap_err();
/// let conflict = refusal.conflict().unwrap();
/// assert_eq!(conflict.name(), "no-parent");
/// assert_eq!(conflict.ancestor(), Some("lists"));
/// assert!(conflict.phrase().is_some_and(|phrase| phrase.contains("put its children first")));
/// assert!(conflict.exists().is_empty());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    name: &'static str,
    phrase: Option<String>,
    ancestor: Option<String>,
    exists: Vec<Exists>,
}

/// One value that had to be unique and was not (RFC 4825 section 11.1, `uniqueness-failure`).
///
/// ```
/// use xcaplib::testing::{Fault, Server};
///
/// let server = Server::start()?;
/// let client = server.client("sip:alice@example.com")?;
/// let report = r#"<xcap-error xmlns="urn:ietf:params:xml:ns:xcap-error"><uniqueness-failure>
///     <exists field="rls-services/service/@uri">
///       <alt-value>sip:mybuddies@example.com</alt-value></exists>
///   </uniqueness-failure></xcap-error>"#;
/// server.misbehave(1, Fault::status(409, report));
/// let services = r#"<rls-services xmlns="urn:ietf:params:xml:ns:rls-services">
///   <service uri="sip:friends@example.com"/></rls-services>"#;
/// let error = client.put("rls-services", services, None, None, None).unwrap_err();
/// let exists = error.conflict().unwrap().exists();
/// assert_eq!(exists[0].field, "rls-services/service/@uri");
/// assert_eq!(exists[0].alt_values, ["sip:mybuddies@example.com"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exists {
    /// Where the value is: a percent-encoded node selector, relative to the document, for instance
    /// `rls-services/service/@uri`.
    pub field: String,
    /// Values that were free when the server answered. Often there are none.
    pub alt_values: Vec<String>,
}

impl Conflict {
    /// The name of the error element, for instance `uniqueness-failure`.
    ///
    /// One of `not-well-formed`, `not-xml-frag`, `no-parent`, `schema-validation-error`,
    /// `not-xml-att-value`, `cannot-insert`, `cannot-delete`, `uniqueness-failure`,
    /// `constraint-failure`, `extension` and `not-utf-8`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name
    }

    /// The server's explanation for a human reader.
    #[must_use]
    pub fn phrase(&self) -> Option<&str> {
        self.phrase.as_deref()
    }

    /// For `no-parent`: the URI of the closest ancestor that exists. It is percent-encoded, and may
    /// be relative to the document.
    #[must_use]
    pub fn ancestor(&self) -> Option<&str> {
        self.ancestor.as_deref()
    }

    /// For `uniqueness-failure`: each value that was in use already, with the server's suggestions.
    #[must_use]
    pub fn exists(&self) -> &[Exists] {
        &self.exists
    }

    /// A report with one of the elements in [`NAMES`].
    pub(crate) fn new(name: &'static str) -> Self {
        debug_assert!(NAMES.contains(&name), "section 11.1 defines no `{name}`");
        Self { name, phrase: None, ancestor: None, exists: Vec::new() }
    }

    pub(crate) fn with_phrase(self, phrase: &str) -> Self {
        Self { phrase: Some(phrase.to_owned()), ..self }
    }

    pub(crate) fn with_ancestor(self, ancestor: Option<String>) -> Self {
        Self { ancestor, ..self }
    }

    pub(crate) fn with_exists(self, exists: Vec<Exists>) -> Self {
        Self { exists, ..self }
    }

    #[cfg(feature = "test-server")]
    pub(crate) const MEDIA_TYPE: &str = "application/xcap-error+xml";

    /// The `application/xcap-error+xml` document that reports this conflict.
    #[cfg(feature = "test-server")]
    pub(crate) fn to_document(&self) -> String {
        let mut element = Element::new(self.name);
        if let Some(phrase) = &self.phrase {
            element = element.attr("phrase", phrase);
        }
        if let Some(ancestor) = &self.ancestor {
            element = element.child(Element::new("ancestor").text(ancestor));
        }
        element = self.exists.iter().map(Exists::to_element).fold(element, Element::child);
        let root = Element::new("xcap-error").attr("xmlns", NAMESPACE).child(element);
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{root}")
    }

    /// The conflict that the body of a 409 reports, if it reports one.
    pub(crate) fn parse(body: &str) -> Option<Self> {
        if body.len() > MAX_REPORT {
            return None;
        }
        let body = body.trim_start_matches('\u{feff}');
        match xml::Source::new(body).parse() {
            Ok(document) => Self::of_root(&document),
            Err(fault) => {
                let declared = with_declaration(body, &fault.unbound_prefix?);
                Self::of_root(&xml::Source::new(&declared).parse().ok()?)
            }
        }
    }

    fn of_root(document: &Document<'_>) -> Option<Self> {
        let root = document.root_element();
        if !is_named(root, "xcap-error") {
            return None;
        }
        let element = root.children().find(Node::is_element)?;
        let name = NAMES.into_iter().find(|name| is_named(element, name))?;
        let mut conflict = Self::new(name);
        // A reader that does not know an extension discards the rest of the report.
        if name != "extension" {
            conflict.phrase = xml::attribute(element, "phrase").map(str::to_owned);
            conflict.ancestor = children(element, "ancestor").next().map(text);
            conflict.exists = children(element, "exists").filter_map(Exists::of).collect();
        }
        Some(conflict)
    }
}

impl Exists {
    fn of(element: Node<'_, '_>) -> Option<Self> {
        Some(Self {
            field: xml::attribute(element, "field")?.to_owned(),
            alt_values: children(element, "alt-value").map(text).collect(),
        })
    }

    #[cfg(feature = "test-server")]
    fn to_element(&self) -> Element {
        let alt_values = self.alt_values.iter().map(|value| Element::new("alt-value").text(value));
        alt_values.fold(Element::new("exists").attr("field", &self.field), Element::child)
    }
}

/// The report with the declaration that some telephone networks leave out.
fn with_declaration(body: &str, prefix: &str) -> String {
    let root = format!("<{prefix}:xcap-error");
    body.replacen(&root, &format!("{root} xmlns:{prefix}=\"{NAMESPACE}\""), 1)
}

fn is_named(node: Node<'_, '_>, name: &str) -> bool {
    xml::is_named_or_bare(node, NAMESPACE, name)
}

fn children<'a, 'd: 'a>(parent: Node<'a, 'd>, name: &'a str) -> impl Iterator<Item = Node<'a, 'd>> {
    parent.children().filter(move |node| is_named(*node, name))
}

/// The text of an element, without comments and without white space around it.
fn text(element: Node<'_, '_>) -> String {
    let text: String = element.children().map(xml::text).collect();
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_body_is_no_report() {
        let report = Conflict::new("cannot-insert").to_document();
        let spaces = " ".repeat(MAX_REPORT - report.len());
        assert!(Conflict::parse(&format!("{report}{spaces}")).is_some());
        assert_eq!(Conflict::parse(&format!("{report}{spaces} ")), None);
    }

    #[test]
    fn what_is_written_reads_back() {
        let exists = |field: &str, alt_values: &[&str]| Exists {
            field: field.to_owned(),
            alt_values: alt_values.iter().map(|&value| value.to_owned()).collect(),
        };
        let conflict = Conflict::new("uniqueness-failure")
            .with_phrase("\"taken\" & <gone>")
            .with_exists(vec![exists("a/@b", &["sip:x&y@example.com", "z"]), exists("a/@c", &[])]);
        let document = conflict.to_document();
        assert_eq!(
            document,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <xcap-error xmlns=\"urn:ietf:params:xml:ns:xcap-error\">\
             <uniqueness-failure phrase='\"taken\" &amp; &lt;gone>'>\
             <exists field=\"a/@b\"><alt-value>sip:x&amp;y@example.com</alt-value>\
             <alt-value>z</alt-value></exists><exists field=\"a/@c\"/>\
             </uniqueness-failure></xcap-error>"
        );
        assert_eq!(Conflict::parse(&document), Some(conflict));

        let lost = Conflict::new("no-parent").with_ancestor(Some("a/b%5B2%5D".to_owned()));
        assert_eq!(Conflict::parse(&lost.to_document()), Some(lost));
    }
}
