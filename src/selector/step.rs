//! The parts of a node selector: steps, their names and predicates, and terminal selectors.

use std::fmt;

use crate::xml;

/// One step of a node selector (RFC 4825 section 6.3): it picks one element among its siblings.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Step {
    /// `name`, `name[2]`, `name[@id="x"]`, `name[2][@id="x"]`, each also with `*` for the name.
    Element {
        /// Which elements are enumerated.
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
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum NameOrAny {
    /// `*`
    Any,
    /// An element name.
    Name(QName),
}

/// A name with or without a prefix (Namespaces in XML 1.0).
///
/// An element name without a prefix is in the application usage's default document namespace, an
/// attribute name without one is in no namespace (RFC 4825 section 6.3).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct QName {
    prefix: Option<String>,
    local: String,
}

/// An attribute and its value: the predicate `[@name="value"]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct AttributeTest {
    /// The attribute's name.
    pub name: QName,
    /// Its value, unescaped.
    pub value: String,
}

/// What follows the last element step: an attribute, or the element's namespace bindings.
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
}

impl QName {
    /// Splits a name at its first colon. Whether it is a name at all is for `check` to say.
    pub(super) fn new(name: &str) -> Self {
        match name.split_once(':') {
            Some((prefix, local)) => {
                Self { prefix: Some(prefix.to_owned()), local: local.to_owned() }
            }
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
}

impl fmt::Display for QName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(prefix) = &self.prefix {
            write!(f, "{prefix}:")?;
        }
        f.write_str(&self.local)
    }
}

impl fmt::Display for NameOrAny {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("*"),
            Self::Name(name) => name.fmt(f),
        }
    }
}

impl fmt::Display for AttributeTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}=", self.name)?;
        xml::write_attribute(f, &self.value)
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Element { name, position, attribute } => {
                name.fmt(f)?;
                if let Some(position) = position {
                    write!(f, "[{position}]")?;
                }
                if let Some(attribute) = attribute {
                    write!(f, "[{attribute}]")?;
                }
                Ok(())
            }
            Self::Extension(text) => f.write_str(text),
        }
    }
}

impl fmt::Display for Terminal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attribute(name) => write!(f, "@{name}"),
            Self::Namespaces => f.write_str("namespace::*"),
        }
    }
}
