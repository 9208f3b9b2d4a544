//! The content of lists, as data.

use crate::document::Selected;

use super::kind::{Kind, RESOURCE_LISTS};
use super::root::is;
use super::uri::Uri;

/// A list and everything below it. Each list has an index; the outermost is the first. There is no
/// recursion, because documents may be nested too deep for the stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lists(Vec<Record>);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Record {
    name: Option<String>,
    display_name: Option<String>,
    members: Vec<Kept>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kept {
    Entry(Entry),
    List(usize),
    EntryRef(Reference),
    External(Reference),
}

impl Lists {
    /// Reads an element that contains lists or is a list.
    pub(super) fn read(outermost: Selected<'_>) -> Self {
        let mut lists = Self(vec![Record::default()]);
        let mut open = vec![(0, outermost)];
        while let Some((at, element)) = open.pop() {
            let mut record = Record {
                name: element.attr("name").map(Into::into),
                display_name: display_name(&element),
                members: Vec::new(),
            };
            for child in element.children() {
                let kind = Kind::MEMBERS.into_iter().find(|kind| kind.is(&child));
                let Some(kind) = kind else { continue };
                let target = child.attr(kind.attribute()).map(String::from);
                let display_name = || display_name(&child);
                record.members.extend(match (kind, target) {
                    (Kind::Entry, Some(uri)) => {
                        Some(Kept::Entry(Entry { uri, display_name: display_name() }))
                    }
                    (Kind::EntryRef, Some(target)) => {
                        Some(Kept::EntryRef(Reference { target, display_name: display_name() }))
                    }
                    (Kind::External, Some(target)) => {
                        Some(Kept::External(Reference { target, display_name: display_name() }))
                    }
                    (Kind::List, _) => {
                        lists.0.push(Record::default());
                        let inner = lists.0.len() - 1;
                        open.push((inner, child));
                        Some(Kept::List(inner))
                    }
                    // An element without its identifying attribute says nothing.
                    (_, _) => None,
                });
            }
            if let Some(place) = lists.0.get_mut(at) {
                *place = record;
            }
        }
        lists
    }

    /// The outermost list.
    pub(super) fn first(&self) -> ListData<'_> {
        ListData { lists: self, at: 0 }
    }
}

fn display_name(element: &Selected<'_>) -> Option<String> {
    let children = element.children();
    let name = children.iter().find(|child| is(child, RESOURCE_LISTS, "display-name"))?;
    Some(name.text().into_owned())
}

/// A list, as [`ResourceLists::read`](super::ResourceLists::read) returned it (RFC 4826 section
/// 3.1).
///
/// ```
/// use xcaplib::usages::ResourceLists;
///
/// let xml = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists">
///   <list name="friends">
///     <display-name>Friends</display-name>
///     <entry uri="sip:bob@example.com"><display-name>Bob</display-name></entry>
///     <list name="close"><entry uri="sip:carol@example.com"/></list>
///   </list>
/// </resource-lists>"#;
/// let lists = ResourceLists::read(xml)?;
/// let friends = lists.list("friends").unwrap();
/// assert_eq!((friends.name(), friends.display_name()), (Some("friends"), Some("Friends")));
/// let bob = friends.entry("sip:bob@EXAMPLE.com").unwrap();
/// assert_eq!(bob.display_name(), Some("Bob"));
/// let uris: Vec<_> = friends.list("close").unwrap().entries().map(|entry| entry.uri()).collect();
/// assert_eq!(uris, ["sip:carol@example.com"]);
/// # Ok::<(), xcaplib::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ListData<'a> {
    lists: &'a Lists,
    at: usize,
}

/// An item of a list. More may come: match with a `_` arm.
///
/// ```
/// use xcaplib::usages::{Member, ResourceLists};
///
/// let xml = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="all">
///   <entry uri="sip:bob@example.com"/><list name="close"/><external anchor="http://x/y"/>
/// </list></resource-lists>"#;
/// let lists = ResourceLists::read(xml)?;
/// for member in lists.list("all").unwrap().members() {
///     match member {
///         Member::Entry(entry) => println!("{}", entry.uri()),
///         Member::List(list) => println!("a list, {:?}", list.name()),
///         Member::EntryRef(there) | Member::External(there) => println!("{}", there.target()),
///         _ => {}
///     }
/// }
/// # Ok::<(), xcaplib::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Member<'a> {
    /// A contact.
    Entry(&'a Entry),
    /// A list in the list.
    List(ListData<'a>),
    /// A contact that is kept elsewhere below the same XCAP root.
    EntryRef(&'a Reference),
    /// A list that is kept elsewhere.
    External(&'a Reference),
}

impl<'a> ListData<'a> {
    fn record(self) -> Option<&'a Record> {
        self.lists.0.get(self.at)
    }

    /// The name by which it is found. `None` if it has none.
    #[must_use]
    pub fn name(self) -> Option<&'a str> {
        self.record()?.name.as_deref()
    }

    /// The display name.
    #[must_use]
    pub fn display_name(self) -> Option<&'a str> {
        self.record()?.display_name.as_deref()
    }

    /// Its items, in document order. An element is left out if the attribute that identifies it is
    /// missing, for instance an entry without a URI.
    pub fn members(self) -> impl Iterator<Item = Member<'a>> {
        let members = self.record().map(|record| record.members.iter());
        members.into_iter().flatten().map(move |kept| match kept {
            Kept::Entry(entry) => Member::Entry(entry),
            Kept::List(at) => Member::List(ListData { lists: self.lists, at: *at }),
            Kept::EntryRef(reference) => Member::EntryRef(reference),
            Kept::External(reference) => Member::External(reference),
        })
    }

    /// Its contacts, in document order, without those of the lists in it.
    pub fn entries(self) -> impl Iterator<Item = &'a Entry> {
        self.members().filter_map(|member| match member {
            Member::Entry(entry) => Some(entry),
            _ => None,
        })
    }

    /// The contact of this URI, in whichever spelling: see [`List::set`](super::List::set).
    #[must_use]
    pub fn entry(self, uri: &str) -> Option<&'a Entry> {
        let exact = self.entries().find(|entry| entry.uri == uri);
        let uri = Uri::read(uri);
        exact.or_else(|| self.entries().find(|entry| Uri::read(&entry.uri).is_same(&uri)))
    }

    /// The lists in it, in document order, including those without a name.
    pub fn lists(self) -> impl Iterator<Item = ListData<'a>> {
        self.members().filter_map(|member| match member {
            Member::List(list) => Some(list),
            _ => None,
        })
    }

    /// The list of this name in it.
    #[must_use]
    pub fn list(self, name: &str) -> Option<Self> {
        self.lists().find(|list| list.name() == Some(name))
    }
}

impl std::fmt::Debug for ListData<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ListData")
            .field("name", &self.name())
            .field("members", &self.members().count())
            .finish_non_exhaustive()
    }
}

/// A contact of a list.
///
/// ```
/// use xcaplib::usages::ResourceLists;
///
/// let xml = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends">
///   <entry uri="sip:bob@example.com"><display-name>Bob &amp; co</display-name></entry>
/// </list></resource-lists>"#;
/// let lists = ResourceLists::read(xml)?;
/// let bob = lists.list("friends").and_then(|list| list.entries().next()).unwrap();
/// assert_eq!((bob.uri(), bob.display_name()), ("sip:bob@example.com", Some("Bob & co")));
/// # Ok::<(), xcaplib::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    uri: String,
    display_name: Option<String>,
}

impl Entry {
    /// The URI, as it is spelled in the document.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The display name, if it has one.
    #[must_use]
    pub fn display_name(&self) -> Option<&str> {
        self.display_name.as_deref()
    }
}

/// A contact or a list that is kept elsewhere, which an `entry-ref` or an `external` names.
///
/// ```
/// use xcaplib::usages::{Member, ResourceLists};
///
/// let xml = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="all">
///   <external anchor="http://xcap.example.com/resource-lists/users/a/index/~~/resource-lists/list">
///     <display-name>Team</display-name>
///   </external>
/// </list></resource-lists>"#;
/// let lists = ResourceLists::read(xml)?;
/// let member = lists.list("all").and_then(|list| list.members().next());
/// let Some(Member::External(team)) = member else { panic!("{member:?}") };
/// assert!(team.target().starts_with("http://xcap.example.com/resource-lists/"));
/// assert_eq!(team.display_name(), Some("Team"));
/// # Ok::<(), xcaplib::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    target: String,
    display_name: Option<String>,
}

impl Reference {
    /// Where it is kept: a path relative to the XCAP root for an `entry-ref`, an HTTP URI for an
    /// `external`.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The display name, if it has one here.
    #[must_use]
    pub fn display_name(&self) -> Option<&str> {
        self.display_name.as_deref()
    }
}
