//! Checks bodies before upload. A body that a conforming server is certain to refuse is not sent
//! (RFC 4825 sections 7 and 8.2.2).

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write;

use roxmltree::{Attribute, Document, Node, TextPos};

use crate::answer::{Error, ResourceKind, Result};
use crate::selector::{
    Application, AttributeTest, NameOrAny, NodeSelector, QName, RootElement, Step, Terminal,
};
use crate::text::{printable, printable_reason};
use crate::xml::{self, Declaration, Fault, Token, Tokens, split_qname, unquoted};

/// The namespace that a prefix bound outside the fragment gets during the check.
const INHERITED: &str = "inherited:";

const UTF16: &str = "the text is UTF-16; XCAP takes UTF-8 alone";
const NOT_UTF8: &str = "the text is not UTF-8; XCAP takes UTF-8 alone";

/// Checks the body of a PUT to a document, element or attribute.
pub(crate) fn body(
    kind: ResourceKind,
    body: &[u8],
    selector: Option<&NodeSelector>,
    application: &Application,
) -> Result<()> {
    let fault = match (kind, selector) {
        (ResourceKind::Document, _) | (_, None) => document(body, application),
        (ResourceKind::Attribute, Some(selector)) => attribute(body, selector),
        (_, Some(selector)) => element(body, selector, application),
    };
    fault.map_err(|fault| {
        let what = match kind {
            ResourceKind::Document => "document",
            ResourceKind::Attribute => "attribute",
            ResourceKind::Element | ResourceKind::NamespaceBindings => "element",
        };
        let TextPos { row, col } = fault.position;
        // The values and namespaces of a selector may contain any character.
        let reason = printable_reason(&fault.reason);
        let text = format!("{what} body, line {row}, column {col}: {reason}");
        Error::refused_body(text, (row, col))
    })
}

fn document(body: &[u8], application: &Application) -> Result<(), Fault> {
    let text = utf8(body)?;
    check_start(text)?;
    check_declared_encoding(text)?;
    let source = xml::Source::new(text);
    let document = source.parse()?;
    match &application.root {
        Some(expected) => check_root(&document, expected, application),
        None => Ok(()),
    }
}

/// The text without its byte order mark.
pub(crate) fn utf8(body: &[u8]) -> Result<&str, Fault> {
    let text = std::str::from_utf8(body).map_err(|error| {
        let valid = body.get(..error.valid_up_to()).unwrap_or_default();
        let position = xml::position(&String::from_utf8_lossy(valid), valid.len());
        Fault::at(position, if is_utf16(body) { UTF16 } else { NOT_UTF8 })
    })?;
    if is_utf16(body) {
        return Err(Fault::at(TextPos::new(1, 1), UTF16));
    }
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Refuses a second byte order mark. The parser would skip it.
fn check_start(text: &str) -> Result<(), Fault> {
    if text.starts_with('\u{feff}') {
        let reason = "a second byte order mark stands before the markup; leave it out";
        return Err(Fault::at(TextPos::new(1, 1), reason));
    }
    Ok(())
}

/// Whether the body is UTF-16, judging by the byte order mark or by a zero byte in its first
/// character, which is `<` or a quote.
fn is_utf16(body: &[u8]) -> bool {
    body.starts_with(b"\xff\xfe")
        || body.starts_with(b"\xfe\xff")
        || body.get(..2).is_some_and(|start| start.contains(&0))
}

/// Checks that an XML declaration names the encoding that the text has. If it cannot be read, the
/// parser refuses it later.
pub(crate) fn check_declared_encoding(text: &str) -> Result<(), Fault> {
    let Ok(Some(Declaration { encoding: Some((at, encoding)) })) = Declaration::read(text) else {
        return Ok(());
    };
    let agrees = ["utf-8", "utf8"].iter().any(|name| encoding.eq_ignore_ascii_case(name))
        || (encoding.eq_ignore_ascii_case("us-ascii") && text.is_ascii());
    if agrees {
        return Ok(());
    }
    Err(Fault::at(
        xml::position(text, at),
        format!(
            "the declaration names the encoding `{}`, but the text is UTF-8; write `UTF-8` there",
            printable(encoding)
        ),
    ))
}

fn check_root(
    document: &Document<'_>,
    expected: &RootElement,
    application: &Application,
) -> Result<(), Fault> {
    let root = document.root_element();
    let (namespace, local) = xml::expanded_name(root);
    if local == expected.name && namespace.unwrap_or_default() == expected.namespace {
        return Ok(());
    }
    let namespace = match namespace {
        Some(namespace) => format!("namespace `{}`", printable(namespace)),
        None => "no namespace".to_owned(),
    };
    Err(Fault::at(
        document.text_pos_at(root.range().start),
        format!(
            "the root element is `{}` in {namespace}; a document of {} begins with `<{} \
             xmlns=\"{}\">`",
            printable(local),
            application.auid,
            expected.name,
            expected.namespace
        ),
    ))
}

fn element(body: &[u8], selector: &NodeSelector, application: &Application) -> Result<(), Fault> {
    let text = utf8(body)?;
    check_start(text)?;
    if Declaration::is_first(text) {
        return Err(Fault::at(
            TextPos::new(1, 1),
            "an element has no XML declaration; leave `<?xml ..?>` out",
        ));
    }
    read_in_scope(text, |document, parent, shift| {
        check_element(document, parent, shift, selector, application)
    })
}

/// Checks that a server's answer for an element is exactly one element.
pub(crate) fn answered_element(text: &str) -> Result<(), Fault> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    read_in_scope(text, |document, parent, shift| only_element(document, parent, shift).map(drop))
}

/// Parses a text that should be an element, either alone or with its prefixes bound. Gives `check`
/// the document, the node that contains the element, and the width of what was put in front of it.
fn read_in_scope(
    text: &str,
    check: impl Fn(&Document<'_>, Node<'_, '_>, u32) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let source = xml::Source::new(text);
    let fault = match source.parse() {
        Ok(document) => return check(&document, document.root(), 0),
        Err(fault) => fault,
    };
    // The document may bind the prefixes. Also, a fault in anything but a single element is easier
    // to explain in content than in a document.
    let wrapper = wrapper(text);
    let (declaration, content) = after_declaration(text);
    let wrapped = format!("{declaration}{wrapper}{content}</w>");
    let shift = saturating_len(&wrapper);
    let source = xml::Source::new(&wrapped);
    match source.parse() {
        Ok(document) => check(&document, document.root_element(), shift),
        Err(inner) if fault.unbound_prefix.is_some() => Err(within(unshift(inner, shift), text)),
        Err(_) => Err(fault),
    }
}

/// The XML declaration of a text, and the rest.
fn after_declaration(text: &str) -> (&str, &str) {
    let end = text.find("?>").filter(|_| Declaration::is_first(text)).map_or(0, |end| end + 2);
    text.split_at_checked(end).unwrap_or(("", text))
}

/// A start tag that binds the prefixes of the fragment. If the fragment is not XML, prefixes after
/// its fault do not matter.
fn wrapper(fragment: &str) -> String {
    let tags = Tokens::new(fragment).filter_map(|(_, token)| match token {
        Token::Start(tag) => Some(tag),
        Token::End(_) | Token::Other => None,
    });
    let prefixes: BTreeSet<&str> = tags
        .flat_map(|tag| tag.attributes().map(|attribute| attribute.name).chain([tag.name]))
        .map(|name| split_qname(name).0)
        .filter(|prefix| !matches!(*prefix, "xml" | "xmlns") && xml::is_ncname(prefix))
        .collect();
    let mut tag = String::from("<w");
    for prefix in prefixes {
        let written = write!(tag, " xmlns:{prefix}='{INHERITED}{prefix}'");
        debug_assert!(written.is_ok(), "a String takes all text");
    }
    tag.push('>');
    tag
}

fn saturating_len(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

/// Subtracts the wrapper's width from a position on the first line.
fn unshift(mut fault: Fault, shift: u32) -> Fault {
    if fault.position.row == 1 {
        fault.position.col = fault.position.col.saturating_sub(shift).max(1);
    }
    fault
}

/// If the fault is at the wrapper's end tag, reports the end of the fragment instead.
fn within(fault: Fault, fragment: &str) -> Fault {
    let end = xml::position(fragment, fragment.len());
    if (fault.position.row, fault.position.col) < (end.row, end.col) {
        return fault;
    }
    Fault::at(end, xml::UNCLOSED)
}

fn check_element(
    document: &Document<'_>,
    parent: Node<'_, '_>,
    shift: u32,
    selector: &NodeSelector,
    application: &Application,
) -> Result<(), Fault> {
    let element = only_element(document, parent, shift)?;
    let fault = |reason: String| fault_at(document, element, shift, reason);
    match selector.steps().last() {
        Some(Step::Element { name, attribute, .. }) => {
            let names = Names { selector, application };
            names.check_name(element, name).map_err(fault)?;
            match attribute {
                Some(test) => names.check_attribute(element, test).map_err(fault),
                None => Ok(()),
            }
        }
        Some(Step::Extension(_)) | None => Ok(()),
    }
}

/// The element, if the node contains nothing else but white space.
fn only_element<'a, 'd>(
    document: &Document<'_>,
    parent: Node<'a, 'd>,
    shift: u32,
) -> Result<Node<'a, 'd>, Fault> {
    let element = parent
        .first_element_child()
        .ok_or_else(|| Fault::at(TextPos::new(1, 1), "there is no element".to_owned()))?;
    let extra = parent.children().find(|node| {
        let is_space =
            node.is_text() && node.text().unwrap_or_default().chars().all(xml::is_whitespace);
        *node != element && !is_space
    });
    let Some(extra) = extra else { return Ok(element) };
    let what = if extra.is_element() { "a second element" } else { "something else" };
    let reason = format!(
        "{what} stands beside the element; a body is one element, with white space around it at \
         most"
    );
    Err(fault_at(document, extra, shift, reason))
}

fn fault_at(document: &Document<'_>, node: Node<'_, '_>, shift: u32, reason: String) -> Fault {
    unshift(Fault::at(document.text_pos_at(node.range().start), reason), shift)
}

/// The meaning of the names in a selector's last step.
struct Names<'a> {
    selector: &'a NodeSelector,
    application: &'a Application,
}

impl Names<'_> {
    fn check_name(&self, element: Node<'_, '_>, wanted: &NameOrAny) -> Result<(), String> {
        let NameOrAny::Name(wanted) = wanted else { return Ok(()) };
        let (found, local) = xml::expanded_name(element);
        // `xmlns=""` says that there is no namespace. That is more than saying nothing.
        let found = found.or(element.tag_name().namespace());
        let default = self.application.default_namespace.as_deref();
        let namespace = self.selector.element_namespace(wanted, default);
        if local == wanted.local() && !differ(found, namespace) {
            return Ok(());
        }
        let of = |namespace: Option<&str>| match namespace {
            Some("") => " of no namespace".to_owned(),
            Some(namespace) if !namespace.starts_with(INHERITED) => {
                format!(" of namespace `{namespace}`")
            }
            _ => String::new(),
        };
        Err(format!(
            "the element is `{}`{}, but the selector ends in `{wanted}`{}; a GET would not find \
             what was put",
            local,
            of(found),
            of(namespace),
        ))
    }

    fn check_attribute(&self, element: Node<'_, '_>, test: &AttributeTest) -> Result<(), String> {
        // If their prefixes are bound outside the fragment, several elements may be the one.
        let mut named =
            element.attributes().filter(|attribute| self.is_named(attribute, &test.name));
        let first = named.clone().next();
        if named.any(|attribute| attribute.value() == test.value) {
            return Ok(());
        }
        let fault = match first {
            Some(attribute) => format!("has `{}`", printable(attribute.value())),
            None => "has no such attribute".to_owned(),
        };
        Err(format!(
            "the selector ends in `[{test}]`, but the element {fault}; a GET would not find what \
             was put"
        ))
    }

    fn is_named(&self, attribute: &Attribute<'_, '_>, wanted: &QName) -> bool {
        attribute.name() == wanted.local()
            && attribute.namespace().is_some() == wanted.prefix().is_some()
            && !differ(attribute.namespace(), self.selector.attribute_namespace(wanted))
    }
}

/// Whether two namespaces certainly differ. Only namespaces declared in the fragment are certain.
fn differ(found: Option<&str>, wanted: Option<&str>) -> bool {
    match (found, wanted) {
        (Some(found), Some(wanted)) => !found.starts_with(INHERITED) && found != wanted,
        _ => false,
    }
}

fn attribute(body: &[u8], selector: &NodeSelector) -> Result<(), Fault> {
    let text = utf8(body)?;
    let fault = |offset: usize, reason: String| Err(Fault::at(xml::position(text, offset), reason));
    if let Some(Terminal::Attribute(name)) = selector.terminal() {
        if name.prefix() == Some("xmlns") || name.to_string() == "xmlns" {
            return fault(
                0,
                "a namespace declaration is not an attribute; put the whole element".to_owned(),
            );
        }
    }
    let value = att_value(text)?;
    match own_test(selector) {
        Some(test) if test.value != value => fault(
            0,
            format!(
                "the selector picks the element by `[{test}]`, so no other value can be put; pick \
                 it by position or put the whole element"
            ),
        ),
        _ => Ok(()),
    }
}

/// The value of an `AttValue`, or of the text between its quotes if they are left out (XML 1.0,
/// production 10).
pub(crate) fn att_value(text: &str) -> Result<Cow<'_, str>, Fault> {
    let fault = |offset: usize, reason: String| Err(Fault::at(xml::position(text, offset), reason));
    let (start, value) = match unquoted(text) {
        Some(value) => (1, value),
        None if text.starts_with(['"', '\'']) => {
            let quote = text.get(..1).unwrap_or_default();
            return match text.match_indices(quote).nth(1) {
                Some((end, _)) => fault(
                    end + 1,
                    format!("text follows the closing `{quote}`; take it away, line breaks too"),
                ),
                None => fault(0, format!("no `{quote}` closes the value; add one at its end")),
            };
        }
        None => (0, text),
    };
    let delimiter = if start == 1 { text.chars().next() } else { None };
    for (offset, c) in value.char_indices() {
        let reason = match c {
            '<' => "a `<` stands in the value; write `&lt;`".to_owned(),
            c if Some(c) == delimiter => {
                "the delimiter stands in the value; write `&quot;` or `&apos;`, or use the other \
                 quote"
                    .to_owned()
            }
            c if !xml::is_char(c) => {
                format!("U+{:04X} stands in the value, which XML does not allow", u32::from(c))
            }
            _ => continue,
        };
        return fault(start + offset, reason);
    }
    xml::resolve_references(value).or_else(|bad| {
        fault(
            start + bad.0,
            "this is not a reference that XML allows; a bare `&` is written `&amp;`".to_owned(),
        )
    })
}

/// The last step's test, if it is about the attribute at the end of the selector.
fn own_test(selector: &NodeSelector) -> Option<&AttributeTest> {
    let Some(Terminal::Attribute(name)) = selector.terminal() else { return None };
    let Some(Step::Element { attribute: Some(test), .. }) = selector.steps().last() else {
        return None;
    };
    let namespace = |name: &QName| selector.attribute_namespace(name).map(str::to_owned);
    (test.name.local() == name.local() && namespace(&test.name) == namespace(name)).then_some(test)
}
