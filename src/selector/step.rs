//! The parts of a node selector: steps, their names and predicates, and terminal selectors.

use std::fmt::{self, Write};

use crate::xml;

/// One step of a node selector (RFC 4825 section 6.3): it picks one element among its siblings.
///
/// ```
/// use xcaplib::{NameOrAny, NodeSelector, Step};
///
/// let selector: NodeSelector = r#"/resource-lists/list[2][@name="a &amp; b"]"#.parse()?;
/// let Some(Step::Element { name, position, attribute, .. }) = selector.steps().last() else {
///     panic!()
/// };
/// assert!(matches!(name, NameOrAny::Name(name) if name.local() == "list"));
/// assert_eq!(*position, Some(2));
/// let test = attribute.as_ref().unwrap();
/// assert_eq!((test.name.local(), test.value.as_str()), ("name", "a & b"));
/// # Ok::<(), xcaplib::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Step {
    /// `name`, `name[2]`, `name[@id="x"]`, `name[2][@id="x"]`, each also with `*` for the name.
    #[non_exhaustive]
    Element {
        /// The elements that are counted.
        name: NameOrAny,
        /// The position, from 1, among the elements of that name.
        position: Option<usize>,
        /// An attribute and the value that it must have.
        attribute: Option<AttributeTest>,
    },
    /// A step that an extension of XCAP defines, as text without a `/`.
    Extension(String),
}

/// The node test of a step: a name, or `*` for every element (`NameorAny` of RFC 4825).
///
/// ```
/// use xcaplib::{NameOrAny, NodeSelector, Step};
///
/// let any = NodeSelector::root("*");
/// assert!(matches!(&any.steps()[0], Step::Element { name: NameOrAny::Any, .. }));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum NameOrAny {
    /// `*`
    Any,
    /// An element name.
    Name(QName),
}

/// A name with or without a prefix (Namespaces in XML 1.0).
///
/// An element name without a prefix is in the application usage's default document namespace. An
/// attribute name without a prefix is in no namespace (RFC 4825 section 6.3).
///
/// ```
/// use xcaplib::{NodeSelector, Terminal};
///
/// let id = NodeSelector::root("rules").attribute("xml:id");
/// let Some(Terminal::Attribute(name)) = id.terminal() else { panic!() };
/// assert_eq!((name.prefix(), name.local()), (Some("xml"), "id"));
/// assert_eq!(name.to_string(), "xml:id");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct QName {
    prefix: Option<String>,
    local: String,
}

/// An attribute and its value: the predicate `[@name="value"]`.
///
/// ```
/// use xcaplib::{NodeSelector, Step};
///
/// let list = NodeSelector::root("list").with_attr("name", "a & b");
/// let Step::Element { attribute: Some(test), .. } = &list.steps()[0] else { panic!() };
/// assert_eq!(test.value, "a & b");
/// assert_eq!(test.to_string(), r#"@name="a &amp; b""#);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct AttributeTest {
    /// The attribute's name.
    pub name: QName,
    /// Its value, unescaped.
    pub value: String,
}

/// What follows the last element step: an attribute, or the element's namespace bindings.
///
/// ```
/// use xcaplib::{NodeSelector, Terminal};
///
/// let list = NodeSelector::root("resource-lists").child("list");
/// assert_eq!(list.terminal(), None);
/// assert_eq!(list.clone().namespaces().terminal(), Some(&Terminal::Namespaces));
/// let name = list.attribute("name");
/// assert_eq!(name.terminal().map(ToString::to_string).as_deref(), Some("@name"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Terminal {
    /// `@name`
    Attribute(QName),
    /// `namespace::*`
    Namespaces,
}

impl NameOrAny {
    pub(super) fn new(name: &str) -> Self {
        if name == "*" { Self::Any } else { Self::Name(QName::new(name)) }
    }

    fn write(&self, out: &mut impl Write) -> fmt::Result {
        match self {
            Self::Any => out.write_str("*"),
            Self::Name(name) => name.write(out),
        }
    }
}

impl QName {
    /// Splits a name at its first colon. `check` finds out later whether it is a name at all.
    pub(super) fn new(name: &str) -> Self {
        // Names are short, so a plain scan is quicker than setting up a search.
        let colon = name.bytes().position(|byte| byte == b':');
        match colon.and_then(|colon| name.split_at_checked(colon)) {
            Some((prefix, local)) => Self {
                prefix: Some(prefix.to_owned()),
                local: local.strip_prefix(':').unwrap_or(local).to_owned(),
            },
            None => Self { prefix: None, local: name.to_owned() },
        }
    }

    /// The prefix, without the colon.
    #[must_use]
    pub fn prefix(&self) -> Option<&str> {
        self.prefix.as_deref()
    }

    /// The name without its prefix.
    #[must_use]
    pub fn local(&self) -> &str {
        &self.local
    }

    pub(super) fn is_valid(&self) -> bool {
        xml::is_ncname(&self.local) && self.prefix().is_none_or(xml::is_ncname)
    }

    fn write(&self, out: &mut impl Write) -> fmt::Result {
        if let Some(prefix) = &self.prefix {
            out.write_str(prefix)?;
            out.write_str(":")?;
        }
        out.write_str(&self.local)
    }
}

impl AttributeTest {
    fn write(&self, out: &mut impl Write) -> fmt::Result {
        out.write_str("@")?;
        self.name.write(out)?;
        out.write_str("=")?;
        xml::write_attribute(out, &self.value)
    }
}

impl Step {
    pub(super) fn write(&self, out: &mut impl Write) -> fmt::Result {
        match self {
            Self::Element { name, position, attribute } => {
                name.write(out)?;
                if let Some(position) = position {
                    write!(out, "[{position}]")?;
                }
                if let Some(attribute) = attribute {
                    out.write_str("[")?;
                    attribute.write(out)?;
                    out.write_str("]")?;
                }
                Ok(())
            }
            Self::Extension(text) => out.write_str(text),
        }
    }
}

impl Terminal {
    pub(super) fn write(&self, out: &mut impl Write) -> fmt::Result {
        match self {
            Self::Attribute(name) => {
                out.write_str("@")?;
                name.write(out)
            }
            Self::Namespaces => out.write_str("namespace::*"),
        }
    }
}

impl fmt::Display for QName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f)
    }
}

impl fmt::Display for NameOrAny {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f)
    }
}

impl fmt::Display for AttributeTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f)
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f)
    }
}

impl fmt::Display for Terminal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f)
    }
}
