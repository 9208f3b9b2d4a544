//! A list in a draft.

use crate::answer::{Error, Result};
use crate::document::{Draft, Selected};
use crate::selector::NodeSelector;

use super::child::{addition, found, remove, renamed};
use super::kind::{Kind, RESOURCE_LISTS};
use super::value;

/// A list of a draft, which you can change (RFC 4826 section 3.1).
///
/// [`ResourceLists::list`](super::ResourceLists::list) and [`Service::list`](super::Service::list)
/// return one. Its calls are about its own entries, and not about those of the lists in it.
///
/// ```
/// use xcaplib::document::Draft;
/// use xcaplib::usages::ResourceLists;
///
/// let mut draft = Draft::new(ResourceLists::empty(), None)?;
/// let mut friends = ResourceLists::of(&mut draft)?.list("friends")?;
/// friends.set_display_name("My friends")?;
/// friends.set("sip:bob@example.com", Some("Bob"))?;
/// let mut close = friends.list("close")?;
/// close.set("sip:carol@example.com", None)?;
/// assert_eq!(
///     draft.text(),
///     "<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\"><list name=\"friends\">\
///      <display-name>My friends</display-name>\
///      <entry uri=\"sip:bob@example.com\"><display-name>Bob</display-name></entry>\
///      <list name=\"close\"><entry uri=\"sip:carol@example.com\"/></list>\
///      </list></resource-lists>"
/// );
/// # Ok::<(), xcaplib::Error>(())
/// ```
#[derive(Debug)]
pub struct List<'d> {
    draft: &'d mut Draft,
    selector: NodeSelector,
    /// The element below which the paths of [`move_to`](Self::move_to) begin.
    top: NodeSelector,
}

impl<'d> List<'d> {
    /// The element at the top: what holds all lists, or the one list of a service.
    pub(super) fn top(draft: &'d mut Draft, selector: NodeSelector) -> Self {
        Self { draft, top: selector.clone(), selector }
    }

    /// The list of this name in this one. It is created if it does not exist.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) for a name that XML cannot hold; everything
    /// that [`Draft::put`] refuses.
    pub fn list(self, name: &str) -> Result<Self> {
        let selector = inner(self.draft, &self.selector, name)?;
        Ok(Self { selector, ..self })
    }

    /// Removes the list of this name in this one, with everything in it. Returns whether it
    /// existed.
    ///
    /// ```
    /// use xcaplib::document::Draft;
    /// use xcaplib::usages::ResourceLists;
    ///
    /// let mut draft = Draft::new(ResourceLists::empty(), None)?;
    /// ResourceLists::of(&mut draft)?.list("friends")?.list("close")?;
    /// let mut friends = ResourceLists::of(&mut draft)?.list("friends")?;
    /// assert!(friends.remove_list("close")?);
    /// assert!(!friends.remove_list("close")?);
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Everything that [`Draft::remove_all`] refuses.
    pub fn remove_list(&mut self, name: &str) -> Result<bool> {
        self.remove_kind(Kind::List, name)
    }

    /// Adds a contact, or gives the existing one this display name. Returns whether that changed
    /// anything.
    ///
    /// A contact exists already if its URI means the same. `sip:` and `sips:` URIs are compared as
    /// RFC 3261 section 19.1.4 says, `tel:` URIs as RFC 3966 section 4 says, and others byte by
    /// byte after their scheme. The spelling in the document stays. Without a `display_name`, an
    /// existing name stays, too. A new contact goes after the existing ones.
    ///
    /// ```
    /// use xcaplib::document::Draft;
    /// use xcaplib::usages::ResourceLists;
    ///
    /// let mut draft = Draft::new(ResourceLists::empty(), None)?;
    /// let mut friends = ResourceLists::of(&mut draft)?.list("friends")?;
    /// assert!(friends.set("sip:bob@Example.com", Some("Bob"))?);
    /// assert!(!friends.set("sip:bob@example.com", None)?);
    /// assert!(friends.set("sip:b%6Fb@example.com", Some("Bob & co"))?);
    /// assert!(draft.text().contains(
    ///     r#"<entry uri="sip:bob@Example.com"><display-name>Bob &amp; co</display-name></entry>"#
    /// ));
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) for a new contact whose URI is empty or
    /// contains something that no URI may contain: white space, control characters, `"<>\^{|}`, the
    /// backtick, a `%` without two digits, or brackets (except for an IPv6 address). The same for a
    /// character in the name that XML does not allow. Everything that [`Draft::put`] refuses. The
    /// draft stays as it was.
    pub fn set(&mut self, uri: &str, display_name: Option<&str>) -> Result<bool> {
        self.set_kind(Kind::Entry, uri, display_name)
    }

    /// Removes a contact. Returns whether it existed. If it exists in several spellings, all of
    /// them are removed.
    ///
    /// ```
    /// use xcaplib::document::Draft;
    /// use xcaplib::usages::ResourceLists;
    ///
    /// let mut draft = Draft::new(ResourceLists::empty(), None)?;
    /// let mut friends = ResourceLists::of(&mut draft)?.list("friends")?;
    /// friends.set("sip:bob@example.com", None)?;
    /// assert!(friends.remove("SIP:bob@Example.com")?);
    /// assert!(!friends.remove("sip:bob@example.com")?);
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Everything that [`Draft::remove_all`] refuses.
    pub fn remove(&mut self, uri: &str) -> Result<bool> {
        self.remove_kind(Kind::Entry, uri)
    }

    /// Moves a contact to another list, with everything in its entry. Returns whether it was in
    /// this one.
    ///
    /// `to` is the path of names to that list: `["work"]`, or `["work", "team"]` for a list in a
    /// list. The path begins at the document's lists, or at the list of a service, for which `["";
    /// 0]` stands. Missing lists are created. If the contact is in that list already, its entry
    /// there stays as it is, and the one here is removed.
    ///
    /// ```
    /// use xcaplib::document::Draft;
    /// use xcaplib::usages::ResourceLists;
    ///
    /// let mut draft = Draft::new(ResourceLists::empty(), None)?;
    /// let mut friends = ResourceLists::of(&mut draft)?.list("friends")?;
    /// friends.set("sip:bob@example.com", Some("Bob"))?;
    /// assert!(friends.move_to("sip:bob@example.com", ["work", "team"])?);
    /// assert!(!friends.move_to("sip:bob@example.com", ["work", "team"])?);
    ///
    /// let lists = ResourceLists::read(draft.text())?;
    /// assert_eq!(lists.list("friends").unwrap().entries().count(), 0);
    /// let team = lists.list("work").and_then(|work| work.list("team")).unwrap();
    /// let bob = team.entry("sip:bob@example.com").unwrap();
    /// assert_eq!(bob.display_name(), Some("Bob"));
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) if the path names no list, or has a name that
    /// XML cannot hold; everything that [`Draft::put`] and [`Draft::remove_all`] refuse. The draft
    /// stays as it was.
    pub fn move_to<S: AsRef<str>>(
        &mut self,
        uri: &str,
        to: impl IntoIterator<Item = S>,
    ) -> Result<bool> {
        if found(&self.draft.get(&self.selector)?, Kind::Entry, uri).is_none() {
            return Ok(false);
        }
        let mut draft = self.draft.clone();
        let mut target = self.top.clone();
        for name in to {
            target = inner(&mut draft, &target, name.as_ref())?;
        }
        let (here, there) = (draft.get(&self.selector)?, draft.get(&target)?);
        if here.selector() == there.selector() {
            return Ok(false);
        }
        if !may_hold_entries(&there) {
            return Err(Error::invalid_input(
                "no list is named to move the contact to; name at least one",
            ));
        }
        let entry =
            found(&here, Kind::Entry, uri).filter(|_| found(&there, Kind::Entry, uri).is_none());
        if let Some(entry) = entry {
            let written = entry.written_within(&there);
            let uri = entry.attr("uri").unwrap_or_default();
            let (node, body) = addition(&there, Kind::Entry, &uri, &written);
            draft.set(node, body)?;
        }
        remove(&mut draft, &self.selector, Kind::Entry, uri)?;
        *self.draft = draft;
        Ok(true)
    }

    /// Sets the display name of the list. Returns whether that changed anything. The name comes
    /// first in the list, as the schema requires.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) for a character that XML does not allow;
    /// everything that [`Draft::put`] refuses.
    pub fn set_display_name(&mut self, display_name: &str) -> Result<bool> {
        value::text("display name", display_name)?;
        let (node, body) = renamed(&self.draft.get(&self.selector)?, display_name);
        self.draft.set(node, body)
    }

    /// Adds a contact that is kept elsewhere below the same XCAP root, or gives the existing one
    /// this display name. Returns whether that changed anything. `reference` is the path of its
    /// entry below the root, percent-encoded, as [`Request::path`](crate::Request::path) returns
    /// it.
    ///
    /// ```
    /// use xcaplib::document::Draft;
    /// use xcaplib::usages::ResourceLists;
    ///
    /// let mut draft = Draft::new(ResourceLists::empty(), None)?;
    /// let mut friends = ResourceLists::of(&mut draft)?.list("friends")?;
    /// let bob = "resource-lists/users/sip:bill@example.com/index/~~/resource-lists/list/entry";
    /// assert!(friends.set_entry_ref(bob, None)?);
    /// assert!(!friends.set_entry_ref(bob, None)?);
    /// assert!(friends.remove_entry_ref(bob)?);
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`set`](Self::set). A new reference has to be a relative path.
    pub fn set_entry_ref(&mut self, reference: &str, display_name: Option<&str>) -> Result<bool> {
        self.set_kind(Kind::EntryRef, reference, display_name)
    }

    /// Removes a contact that is kept elsewhere. Returns whether it existed.
    ///
    /// # Errors
    ///
    /// Everything that [`Draft::remove_all`] refuses.
    pub fn remove_entry_ref(&mut self, reference: &str) -> Result<bool> {
        self.remove_kind(Kind::EntryRef, reference)
    }

    /// Adds a list that is kept elsewhere, or gives the existing one this display name. Returns
    /// whether that changed anything. `anchor` is the HTTP URI of its element, percent-encoded, as
    /// [`Request::url`](crate::Request::url) returns it.
    ///
    /// ```
    /// use xcaplib::document::Draft;
    /// use xcaplib::usages::ResourceLists;
    ///
    /// let mut draft = Draft::new(ResourceLists::empty(), None)?;
    /// let mut friends = ResourceLists::of(&mut draft)?.list("friends")?;
    /// let team = "http://xcap.example.com/resource-lists/users/a/index/~~/resource-lists/list";
    /// assert!(friends.set_external(team, Some("Team"))?);
    /// assert!(!friends.set_external(team, Some("Team"))?);
    /// assert!(friends.remove_external(team)?);
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`set`](Self::set). A new anchor has to be an absolute HTTP URI.
    pub fn set_external(&mut self, anchor: &str, display_name: Option<&str>) -> Result<bool> {
        self.set_kind(Kind::External, anchor, display_name)
    }

    /// Removes a list that is kept elsewhere. Returns whether it existed.
    ///
    /// # Errors
    ///
    /// Everything that [`Draft::remove_all`] refuses.
    pub fn remove_external(&mut self, anchor: &str) -> Result<bool> {
        self.remove_kind(Kind::External, anchor)
    }

    fn set_kind(&mut self, kind: Kind, key: &str, display_name: Option<&str>) -> Result<bool> {
        if let Some(name) = display_name {
            value::text("display name", name)?;
        }
        let list = self.draft.get(&self.selector)?;
        let (node, body) = match (found(&list, kind, key), display_name) {
            (Some(element), Some(name)) => renamed(&element, name),
            (Some(_), None) => return Ok(false),
            (None, name) => {
                kind.check(key)?;
                let prefix = list.prefix_within(RESOURCE_LISTS);
                let new = prefix.outermost(kind.name()).attr(kind.attribute(), key);
                let new = match name {
                    Some(name) => new.child(prefix.element("display-name").text(name)),
                    None => new,
                };
                addition(&list, kind, key, new.as_ref())
            }
        };
        self.draft.set(node, body)
    }

    fn remove_kind(&mut self, kind: Kind, key: &str) -> Result<bool> {
        remove(self.draft, &self.selector, kind, key)
    }
}

/// The root of a resource-lists document holds only lists, and is not a list itself.
fn may_hold_entries(element: &Selected<'_>) -> bool {
    element.name() == "list"
}

/// The list of this name in an element. It is created if it does not exist.
fn inner(draft: &mut Draft, outer: &NodeSelector, name: &str) -> Result<NodeSelector> {
    let parent = draft.get(outer)?;
    if let Some(list) = found(&parent, Kind::List, name) {
        return Ok(list.selector());
    }
    Kind::List.check(name)?;
    let new = parent.prefix_within(RESOURCE_LISTS).outermost("list").attr("name", name);
    let (node, body) = addition(&parent, Kind::List, name, new.as_ref());
    draft.set(node, body)?;
    let made = found(&draft.get(outer)?, Kind::List, name).map(|list| list.selector());
    made.ok_or_else(|| Error::invalid_input(format!("no list can be made at {outer}")))
}
