//! Many changes of a document in memory, to be sent as one.

use std::fmt;

use crate::answer::{Error, Result};
use crate::selector::{NodeArg, NodeSelector};
use crate::xml;

use super::held::Held;
use super::refusal::Refusal;
use super::selected::Selected;

/// A document in memory that takes many changes, and checks each of them as a conforming server
/// would.
///
/// [`CachedDocument::edit`](crate::CachedDocument::edit) gives one to its closure and sends the
/// result in one request. A clone is cheap, because it shares text and tree.
///
/// ```
/// use xcaplib::Element;
/// use xcaplib::document::Draft;
///
/// let xml = r#"<lists><list name="friends"><entry uri="sip:bob@example.com"/></list></lists>"#;
/// let mut draft = Draft::new(xml, None)?;
/// let carol = r#"/lists/list[@name="friends"]/entry[@uri="sip:carol@example.com"]"#;
/// assert!(!draft.has(carol));
/// draft.insert(carol, Element::new("entry").attr("uri", "sip:carol@example.com"))?;
/// assert!(draft.remove(r#"/lists/list/entry[@uri="sip:bob@example.com"]"#)?);
/// assert!(!draft.remove(r#"/lists/list/entry[@uri="sip:bob@example.com"]"#)?);
/// assert_eq!(
///     draft.text(),
///     r#"<lists><list name="friends"><entry uri="sip:carol@example.com"/></list></lists>"#
/// );
/// # Ok::<(), xcaplib::Error>(())
/// ```
#[derive(Clone)]
pub struct Draft {
    held: Held,
    record: Record,
}

/// The changes of a draft, in case they have to be sent one by one.
#[derive(Clone)]
enum Record {
    Off,
    Calls(Vec<NodeCall>),
    /// At least one change cannot be made by a request for a single node.
    Impossible,
}

/// A change of one node.
#[derive(Clone)]
pub(crate) struct NodeCall {
    pub(crate) selector: NodeSelector,
    /// The body to put. `None` for a deletion.
    pub(crate) body: Option<Vec<u8>>,
}

impl Draft {
    /// Makes a draft of this document. `default_ns` is as in [`get`](super::get).
    ///
    /// # Errors
    ///
    /// [`is_conflict`](Error::is_conflict) with `not-well-formed` if the text is not a document.
    pub fn new(text: impl Into<String>, default_ns: Option<&str>) -> Result<Self> {
        let held = Held::read(text.into(), default_ns)
            .map_err(|refusal| refusal.to_error(&"the draft"))?;
        Ok(Self { held, record: Record::Off })
    }

    /// A draft of a held document. It remembers its changes.
    pub(crate) fn of(held: Held) -> Self {
        Self { held, record: Record::Calls(Vec::new()) }
    }

    /// The document with all changes. Also the single changes, if each of them changed one node.
    pub(crate) fn into_parts(self, base: &Held) -> Result<(Held, Vec<NodeCall>)> {
        let held = match self.record {
            Record::Calls(calls) => return Ok((self.held, calls)),
            Record::Impossible => self.held,
            // The caller replaced the draft with another one, so only the text is left.
            Record::Off => base
                .replaced_by(self.held.text().to_owned())
                .map_err(|refusal| refusal.to_error(&"the draft"))?,
        };
        Ok((held, Vec::new()))
    }

    /// The document with all changes so far.
    #[must_use]
    pub fn text(&self) -> &str {
        self.held.text()
    }

    /// The one node that a selector selects (RFC 4825 section 6.3).
    ///
    /// ```
    /// use xcaplib::document::Draft;
    ///
    /// let draft = Draft::new("<list name='a'/>", None)?;
    /// assert_eq!(draft.get("/list/@name")?.as_str(), "a");
    /// assert!(draft.get("/list/entry").unwrap_err().is_not_found());
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if a step matches nothing or several nodes;
    /// [`is_invalid_input`](Error::is_invalid_input) if a text is not a selector.
    pub fn get<'a>(&self, node: impl Into<NodeArg<'a>>) -> Result<Selected<'_>> {
        let selector = node.into().into_node()?;
        self.held.get(&selector).map_err(|refusal| refused("GET", &selector, &refusal))
    }

    /// All nodes that a selector matches, in document order, like [`get_all`](super::get_all).
    ///
    /// ```
    /// use xcaplib::document::Draft;
    ///
    /// let draft = Draft::new("<list><entry/><entry/></list>", None)?;
    /// assert_eq!(draft.get_all("/list/entry")?.len(), 2);
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) if a text is not a selector.
    pub fn get_all<'a>(&self, node: impl Into<NodeArg<'a>>) -> Result<Vec<Selected<'_>>> {
        let selector = node.into().into_node()?;
        self.held.get_all(&selector).map_err(|refusal| refused("GET", &selector, &refusal))
    }

    /// Whether a selector matches one node or several; `false` if a text is not a selector.
    pub fn has<'a>(&self, node: impl Into<NodeArg<'a>>) -> bool {
        self.get_all(node).is_ok_and(|found| !found.is_empty())
    }

    /// Creates or replaces an element or attribute. Returns whether it was created.
    ///
    /// ```
    /// use xcaplib::document::Draft;
    ///
    /// let mut draft = Draft::new("<list/>", None)?;
    /// assert!(draft.put("/list/entry", "<entry/>")?);
    /// assert!(!draft.put("/list/entry", "<entry uri='sip:a@x'/>")?);
    /// assert_eq!(draft.text(), "<list><entry uri='sip:a@x'/></list>");
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Everything that [`document::put`](super::put) refuses, mostly as
    /// [`is_conflict`](Error::is_conflict). The draft stays as it was.
    pub fn put<'a>(
        &mut self,
        node: impl Into<NodeArg<'a>>,
        body: impl AsRef<[u8]>,
    ) -> Result<bool> {
        let selector = node.into().into_node()?;
        let (next, created) = self.planned(&selector, body.as_ref())?;
        self.take(next, selector, Some(body.as_ref()));
        Ok(created)
    }

    /// Creates an element or attribute that does not exist yet.
    ///
    /// # Errors
    ///
    /// [`is_already_exists`](Error::is_already_exists) if it exists; the errors of
    /// [`put`](Self::put).
    pub fn insert<'a>(
        &mut self,
        node: impl Into<NodeArg<'a>>,
        body: impl AsRef<[u8]>,
    ) -> Result<()> {
        let selector = node.into().into_node()?;
        let (next, created) = self.planned(&selector, body.as_ref())?;
        if !created {
            return Err(Error::already_exists(&selector.to_string(), None));
        }
        self.take(next, selector, Some(body.as_ref()));
        Ok(())
    }

    /// Replaces an element or attribute that exists.
    ///
    /// ```
    /// use xcaplib::document::Draft;
    ///
    /// let mut draft = Draft::new("<list name='a'/>", None)?;
    /// draft.replace("/list/@name", "b")?;
    /// assert!(draft.replace("/list/entry", "<entry/>").unwrap_err().is_not_found());
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if it does not exist; the errors of
    /// [`put`](Self::put).
    pub fn replace<'a>(
        &mut self,
        node: impl Into<NodeArg<'a>>,
        body: impl AsRef<[u8]>,
    ) -> Result<()> {
        let selector = node.into().into_node()?;
        let (next, created) = self.planned(&selector, body.as_ref())?;
        if created {
            return Err(Error::nothing_to_replace(&selector.to_string()));
        }
        self.take(next, selector, Some(body.as_ref()));
        Ok(())
    }

    /// Creates or replaces an element or attribute. Returns whether that changed a byte.
    ///
    /// ```
    /// use xcaplib::document::Draft;
    ///
    /// let mut draft = Draft::new("<list><entry uri='sip:a@x'/></list>", None)?;
    /// assert!(!draft.set("/list/entry", "<entry uri='sip:a@x'/>")?);
    /// assert!(draft.set("/list/entry", "<entry uri='sip:b@x'/>")?);
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`put`](Self::put).
    pub fn set<'a>(
        &mut self,
        node: impl Into<NodeArg<'a>>,
        body: impl AsRef<[u8]>,
    ) -> Result<bool> {
        let selector = node.into().into_node()?;
        let (next, _) = self.planned(&selector, body.as_ref())?;
        let is_other = next.text() != self.text();
        if is_other {
            self.take(next, selector, Some(body.as_ref()));
        }
        Ok(is_other)
    }

    /// Makes this the character data of an element without child elements. Returns whether that
    /// changed anything. The tags of the element stay as they are, except that `<a/>` gets an end
    /// tag to hold a text.
    ///
    /// ```
    /// use xcaplib::document::Draft;
    ///
    /// let xml = "<entry><display-name xml:lang='de'>Bob</display-name></entry>";
    /// let mut draft = Draft::new(xml, None)?;
    /// assert!(draft.set_text("/entry/display-name", "Bob & co")?);
    /// assert!(!draft.set_text("/entry/display-name", "Bob & co")?);
    /// let text = "<entry><display-name xml:lang='de'>Bob &amp; co</display-name></entry>";
    /// assert_eq!(draft.text(), text);
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`get`](Self::get); [`is_invalid_input`](Error::is_invalid_input) if the node
    /// is not an element, if the element has child elements, or for a character that XML does not
    /// allow.
    pub fn set_text<'a>(&mut self, node: impl Into<NodeArg<'a>>, text: &str) -> Result<bool> {
        let selector = node.into().into_node()?;
        if let Some(c) = text.chars().find(|c| !xml::is_char(*c)) {
            let code = u32::from(c);
            return Err(Error::invalid_input(format!(
                "the text for {selector} holds U+{code:04X}, which XML does not allow"
            )));
        }
        let element =
            self.held.get(&selector).map_err(|refusal| refused("PUT", &selector, &refusal))?;
        if selector.terminal().is_some() || !element.children().is_empty() {
            return Err(Error::invalid_input(format!(
                "{selector} is not an element without child elements, so its text cannot be set; \
                 put the node"
            )));
        }
        if element.text() == text {
            return Ok(false);
        }
        let written = element.with_content(&xml::escape_text(text));
        let (next, _) = self.planned(&selector, written.as_bytes())?;
        self.held = next;
        self.forget();
        Ok(true)
    }

    /// Deletes an element or attribute.
    ///
    /// ```
    /// use xcaplib::document::Draft;
    ///
    /// let mut draft = Draft::new("<list><entry/></list>", None)?;
    /// draft.delete("/list/entry")?;
    /// assert!(draft.delete("/list/entry").unwrap_err().is_not_found());
    /// assert_eq!(draft.text(), "<list></list>");
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Everything that [`document::delete`](super::delete) refuses;
    /// [`is_not_found`](Error::is_not_found) if nothing exists. The draft stays as it was.
    pub fn delete<'a>(&mut self, node: impl Into<NodeArg<'a>>) -> Result<()> {
        let selector = node.into().into_node()?;
        let next = self
            .held
            .delete(&selector)
            .map_err(|refusal| refused("DELETE", &selector, &refusal))?;
        self.take(next, selector, None);
        Ok(())
    }

    /// Deletes an element or attribute if it exists. Returns whether it did. If a step matches
    /// several nodes, that is an error.
    ///
    /// # Errors
    ///
    /// The errors of [`delete`](Self::delete), except that the result is `false` if nothing exists.
    pub fn remove<'a>(&mut self, node: impl Into<NodeArg<'a>>) -> Result<bool> {
        let selector = node.into().into_node()?;
        let found = self.get_all(&selector)?.len();
        if found == 0 {
            return Ok(false);
        }
        self.delete(selector).map(|()| true)
    }

    /// Deletes all nodes that a selector matches. Returns how many there were.
    ///
    /// ```
    /// use xcaplib::document::Draft;
    ///
    /// let mut draft = Draft::new("<lists><list><e/><e/></list><list><e/></list></lists>", None)?;
    /// assert_eq!(draft.remove_all("/lists/list/e")?, 3);
    /// assert_eq!(draft.text(), "<lists><list></list><list></list></lists>");
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`get_all`](Self::get_all); [`is_conflict`](Error::is_conflict) for the root
    /// element; 405 for `namespace::*`.
    pub fn remove_all<'a>(&mut self, node: impl Into<NodeArg<'a>>) -> Result<usize> {
        let selector = node.into().into_node()?;
        let deleted = self.held.delete_all(&selector);
        let (held, count) = deleted.map_err(|refusal| refused("DELETE", &selector, &refusal))?;
        if let Record::Calls(calls) = &mut self.record {
            // From last to first, so that the others stay in their places.
            let found = self.held.get_all(&selector).unwrap_or_default();
            let nodes = found.iter().rev().map(Selected::selector);
            calls.extend(nodes.map(|selector| NodeCall { selector, body: None }));
        }
        self.held = held;
        Ok(count)
    }

    fn planned(&self, selector: &NodeSelector, body: &[u8]) -> Result<(Held, bool)> {
        self.held.put(selector, body).map_err(|refusal| refused("PUT", selector, &refusal))
    }

    fn take(&mut self, next: Held, selector: NodeSelector, body: Option<&[u8]>) {
        if let Record::Calls(calls) = &mut self.record {
            calls.push(NodeCall { selector, body: body.map(<[u8]>::to_vec) });
        }
        self.held = next;
    }

    /// Notes that the last change cannot be made by a single request for a node.
    fn forget(&mut self) {
        if matches!(self.record, Record::Calls(_)) {
            self.record = Record::Impossible;
        }
    }
}

fn refused(method: &str, selector: &NodeSelector, refusal: &Refusal) -> Error {
    refusal.to_error(&format_args!("{method} {selector}"))
}

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft")
            .field("text", &format_args!("{} bytes", self.text().len()))
            .finish_non_exhaustive()
    }
}
