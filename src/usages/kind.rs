//! The kinds of elements that an attribute tells apart from their siblings (RFC 4826 sections 3.2
//! and 4.2).

use crate::answer::Result;
use crate::document::Selected;

use super::root::is;
use super::uri::Uri;
use super::value;

pub(super) const RESOURCE_LISTS: &str = "urn:ietf:params:xml:ns:resource-lists";
pub(super) const RLS_SERVICES: &str = "urn:ietf:params:xml:ns:rls-services";

/// A kind of element. One attribute tells it apart from its siblings.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Entry,
    List,
    EntryRef,
    External,
    Service,
}

impl Kind {
    /// What a list holds.
    pub(super) const MEMBERS: [Self; 4] = [Self::Entry, Self::List, Self::EntryRef, Self::External];

    pub(super) fn is(self, element: &Selected<'_>) -> bool {
        is(element, self.namespace(), self.name())
    }

    pub(super) fn namespace(self) -> &'static str {
        match self {
            Self::Service => RLS_SERVICES,
            _ => RESOURCE_LISTS,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::List => "list",
            Self::EntryRef => "entry-ref",
            Self::External => "external",
            Self::Service => "service",
        }
    }

    pub(super) fn attribute(self) -> &'static str {
        match self {
            Self::Entry | Self::Service => "uri",
            Self::List => "name",
            Self::EntryRef => "ref",
            Self::External => "anchor",
        }
    }

    /// Checks that the attribute may have this value.
    pub(super) fn check(self, value: &str) -> Result<()> {
        match self {
            Self::Entry => value::uri("URI of the contact", value),
            Self::List => value::text("name of the list", value),
            Self::EntryRef => value::relative_path("reference", value),
            Self::External => value::http_uri("anchor", value),
            Self::Service => value::uri("URI of the service", value),
        }
    }

    /// A test for values of the attribute that mean the same as this one. Names are compared as
    /// plain text, since they are not URIs.
    pub(super) fn same_as(self, key: &str) -> impl Fn(&str) -> bool {
        let uri = (self != Self::List).then(|| Uri::read(key));
        move |value| value == key || uri.as_ref().is_some_and(|uri| uri.is_same(&Uri::read(value)))
    }
}
