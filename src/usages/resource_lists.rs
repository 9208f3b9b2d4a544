//! Lists of contacts.

use crate::answer::Result;
use crate::document::Draft;

use super::kind::RESOURCE_LISTS;
use super::list::List;
use super::list_data::{ListData, Lists};
use super::root::Root;

const ROOT: Root = Root { namespace: RESOURCE_LISTS, name: "resource-lists" };

/// The lists of contacts in the draft of a resource-lists document (RFC 4826 section 3), or of a
/// group-usage-list document of OMA, which has the same form.
///
/// [`of`](Self::of) returns the view that changes a draft, and [`read`](Self::read) returns plain
/// data.
///
/// ```
/// use xcaplib::usages::ResourceLists;
///
/// # let server = xcaplib::testing::Server::start()?;
/// # let client = server.client("sip:alice@example.com")?;
/// let mut copy = client.request("resource-lists").open_or_insert(ResourceLists::empty())?;
/// copy.edit(|draft| {
///     let mut friends = ResourceLists::of(draft)?.list("friends")?;
///     friends.set("sip:bob@example.com", Some("Bob & co"))?;
///     friends.remove("sip:eve@example.com")?;
///     Ok(())
/// })?;
/// if let Some(friends) = ResourceLists::read(copy.text())?.list("friends") {
///     for buddy in friends.entries() {
///         println!("{} {:?}", buddy.uri(), buddy.display_name());
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ResourceLists<'d> {
    lists: List<'d>,
}

impl ResourceLists<'_> {
    /// A document without lists.
    #[must_use]
    pub const fn empty() -> &'static str {
        r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#
    }

    /// Reads the lists of a document.
    ///
    /// # Errors
    ///
    /// [`is_conflict`](crate::Error::is_conflict) with `not-well-formed` if the text is not a
    /// document, and [`is_invalid_input`](crate::Error::is_invalid_input) if its root element is
    /// not `resource-lists`.
    pub fn read(xml: &str) -> Result<ResourceListsData> {
        Ok(ResourceListsData { lists: Lists::read(ROOT.read(xml)?) })
    }
}

impl<'d> ResourceLists<'d> {
    /// The lists of a draft.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](crate::Error::is_invalid_input) if its root element is not
    /// `resource-lists`.
    pub fn of(draft: &'d mut Draft) -> Result<Self> {
        let root = ROOT.of(draft)?.selector();
        Ok(Self { lists: List::top(draft, root) })
    }

    /// The list of this name. If it does not exist, it is created after the others. [`List::list`]
    /// returns the lists in it.
    ///
    /// # Errors
    ///
    /// The errors of [`List::list`].
    pub fn list(self, name: &str) -> Result<List<'d>> {
        self.lists.list(name)
    }

    /// Removes the list of this name, with everything in it. Returns whether it existed.
    ///
    /// ```
    /// use xcaplib::document::Draft;
    /// use xcaplib::usages::ResourceLists;
    ///
    /// let mut draft = Draft::new(ResourceLists::empty(), None)?;
    /// ResourceLists::of(&mut draft)?.list("friends")?;
    /// assert!(ResourceLists::of(&mut draft)?.remove_list("friends")?);
    /// assert!(!ResourceLists::of(&mut draft)?.remove_list("friends")?);
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`List::remove_list`].
    pub fn remove_list(&mut self, name: &str) -> Result<bool> {
        self.lists.remove_list(name)
    }
}

/// The lists of a document, as they were read.
///
/// ```
/// use xcaplib::usages::{ResourceLists, ResourceListsData};
///
/// let xml = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists">
///   <list name="friends"/><list/>
/// </resource-lists>"#;
/// let read: ResourceListsData = ResourceLists::read(xml)?;
/// let names: Vec<_> = read.lists().map(|list| list.name()).collect();
/// assert_eq!(names, [Some("friends"), None]);
/// # Ok::<(), xcaplib::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceListsData {
    lists: Lists,
}

impl ResourceListsData {
    /// The lists, in document order, including those without a name.
    pub fn lists(&self) -> impl Iterator<Item = ListData<'_>> {
        self.lists.first().lists()
    }

    /// The list of this name.
    #[must_use]
    pub fn list(&self, name: &str) -> Option<ListData<'_>> {
        self.lists.first().list(name)
    }
}
