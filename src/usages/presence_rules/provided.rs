//! What a rule shows of the user's presence (RFC 5025 section 3.3).

use crate::answer::{Error, Result};
use crate::document::Selected;
use crate::text::printable;
use crate::xml::{self, Element};

use super::names::is_presence;
use super::style::Style;

/// How a permission is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A set. The name is that of the member that stands for everything.
    Set(&'static str),
    Boolean,
    UserInput,
    /// An empty element. Its presence is the permission.
    Empty,
    /// A permission that names its subject in an attribute. The element's name alone says too
    /// little.
    Attribute,
}

pub(super) const KINDS: [(&str, Kind); 18] = [
    ("provide-services", Kind::Set("all-services")),
    ("provide-persons", Kind::Set("all-persons")),
    ("provide-devices", Kind::Set("all-devices")),
    ("provide-activities", Kind::Boolean),
    ("provide-class", Kind::Boolean),
    ("provide-deviceID", Kind::Boolean),
    ("provide-mood", Kind::Boolean),
    ("provide-place-is", Kind::Boolean),
    ("provide-place-type", Kind::Boolean),
    ("provide-privacy", Kind::Boolean),
    ("provide-relationship", Kind::Boolean),
    ("provide-sphere", Kind::Boolean),
    ("provide-status-icon", Kind::Boolean),
    ("provide-time-offset", Kind::Boolean),
    ("provide-user-input", Kind::UserInput),
    ("provide-note", Kind::Boolean),
    ("provide-unknown-attribute", Kind::Attribute),
    ("provide-all-attributes", Kind::Empty),
];

/// The names that together show everything.
pub(super) const EVERYTHING: [&str; 4] =
    ["provide-services", "provide-persons", "provide-devices", "provide-all-attributes"];

/// The names of the transformations that give something. Each name comes once.
pub(super) fn names(transformations: &[Selected<'_>]) -> Vec<String> {
    let known = KINDS.iter().filter(|(name, kind)| {
        let mut all = transformations.iter().filter(|element| is_presence(element, name));
        all.any(|element| kind.gives(element))
    });
    known.map(|(name, _)| (*name).to_owned()).collect()
}

impl Kind {
    /// Whether an element of this kind gives anything.
    fn gives(self, element: &Selected<'_>) -> bool {
        match self {
            Self::Set(_) => !element.children().is_empty(),
            Self::Boolean | Self::Attribute => matches!(value(element).as_str(), "true" | "1"),
            Self::UserInput => value(element) != "false",
            Self::Empty => true,
        }
    }

    /// Whether an element of this kind gives as much as it can.
    pub(super) fn gives_all(self, element: &Selected<'_>) -> bool {
        match self {
            Self::Set(all) => element.children().iter().any(|child| is_presence(child, all)),
            Self::UserInput => value(element) == "full",
            Self::Boolean | Self::Attribute | Self::Empty => self.gives(element),
        }
    }

    /// The element that gives as much as it can.
    pub(super) fn element(self, name: &str, style: &Style) -> Element {
        let element = style.presence(name);
        match self {
            Self::Set(all) => element.child(style.presence_inside(all)),
            Self::Boolean | Self::Attribute => element.text("true"),
            Self::UserInput => element.text("full"),
            Self::Empty => element,
        }
    }
}

fn value(element: &Selected<'_>) -> String {
    element.text().trim_matches(xml::is_whitespace).to_owned()
}

/// The parent with an element for each of these names after its content.
pub(super) fn with_elements(parent: Element, names: &[&str], style: &Style) -> Result<Element> {
    let mut elements = names.iter().map(|name| Ok(kind(name)?.element(name, style)));
    elements.try_fold(parent, |parent, element: Result<Element>| Ok(parent.child(element?)))
}

/// How the transformation of this name is written.
pub(super) fn kind(name: &str) -> Result<Kind> {
    let known = KINDS.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind);
    known.filter(|kind| *kind != Kind::Attribute).ok_or_else(|| {
        let reason = match known {
            Some(_) => "needs attributes; put the element into the draft",
            None => "is not a transformation of RFC 5025; they begin with `provide-`",
        };
        Error::invalid_input(format!("`{}` {reason}", printable(name)))
    })
}
