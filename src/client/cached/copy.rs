//! The copy itself: what it holds, and how it is read and brought up to date.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use crate::answer::{ETag, Error, RequestLine, RequestUrl, Resource, Result};
use crate::client::core::Core;
use crate::client::habits::Habit;
use crate::client::request::Request;
use crate::client::request_options::RequestOptions;
use crate::diff::{CopyState, Decision, FetchReason, Steps, XcapDiff};
use crate::document::{Held, Selected};
use crate::http_types::Method;
use crate::selector::{NodeArg, NodeSelector};
use crate::text::printable;

use super::applied::Applied;
use super::state::State;

/// A document's text and ETag, kept in step with the server (RFC 4825 section 7.11).
///
/// The copy works each change out first, by [`document`](crate::document), so it does not send what
/// the server would refuse. Then the whole resulting document goes out, guarded by the ETag. Each
/// change costs one request, and afterwards the copy is the document that the server holds.
/// [`get`](Self::get) answers from the copy.
///
/// ```
/// use xcaplib::Element;
/// # let (server, client) = xcaplib::testing::example()?;
/// let mut lists = client.open("resource-lists")?.retries(3);
/// let carol = r#"/resource-lists/list[@name="friends"]/entry[@uri="sip:carol@example.com"]"#;
/// lists.insert(carol, Element::new("entry").attr("uri", "sip:carol@example.com"))?;
/// println!("{}", lists.text());
/// lists.delete(carol)?;
///
/// assert!(!lists.is_stale());
/// assert_eq!(lists.etag(), client.get("resource-lists", None, None, None)?.etag());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// **What the copy knows.** Either the copy [is stale](Self::is_stale), or its text is byte for
/// byte the one to which the server gave the ETag. A copy never guesses: servers store a whole
/// document as it is sent, but they rewrite, move and misplace single nodes. If the answer to a
/// change is lost, the copy is stale. It is also stale after a success without an ETag. The next
/// change first reads a stale copy again, and is not sent if its target has become different.
///
/// **What a client learns.** Two things have to be true of the server: it honours `If-Match`, and
/// it stores documents as they are sent. The client and its clones learn both from the first change
/// of a copy, once for each application usage, so that change takes up to four requests. It first
/// goes out with an ETag that cannot match; a 412 proves that the server honours `If-Match`. Then
/// it goes out with the right ETag, and the document is read back and compared.
///
/// **If one of them is not true**, the copy works differently. On a server that alters documents,
/// it makes a GET after each change. On a server that ignores `If-Match`, it reads the document
/// just before a change, sends only the change of the node, and reads the document back. Changes go
/// out by node in three other cases: if the server refuses whole documents; if the document is
/// another user's or in the global tree (a server may show only a part of it); and if
/// [`by_node`](Self::by_node) says so. A document without an ETag, or with a weak one, is not
/// changed at all, since nothing can guard it.
///
/// **The answer** that a change returns is the server's answer to what went out. It does not tell
/// whether a node was created. To know that, ask [`get`](Self::get) first, or use
/// [`insert`](Self::insert) and [`replace`](Self::replace).
///
/// **When somebody else changes the document**, the next change is refused with 412. This error
/// leaves the copy as it was, until [`refresh`](Self::refresh). With [`retries`](Self::retries) the
/// copy is refreshed, and the change is made again if its target is byte for byte what it was.
/// Nobody's change is ever overwritten.
#[derive(Clone)]
pub struct CachedDocument {
    pub(super) core: Arc<Core>,
    pub(super) options: RequestOptions,
    pub(super) held: Held,
    pub(super) state: State,
    /// The changes that the copy has seen, as pairs of ETags. A notification of one of them is old
    /// news.
    pub(super) steps: Steps,
    /// When the text was last read from the server, if it was.
    pub(super) read_at: Option<Instant>,
    /// What the caller asked for. `None` means by node if the document is not the user's own.
    pub(super) by_node: Option<bool>,
    /// The server refused the whole document and took a change of a node.
    pub(super) is_refused_whole: bool,
    pub(super) retries: u32,
}

impl CachedDocument {
    pub(super) fn open(core: &Arc<Core>, options: RequestOptions) -> Result<Self> {
        let options = RequestOptions { is_of_copy: true, ..options };
        let found = Request::with(core, options.clone()).get()?;
        let etag = found.etag().cloned();
        let held = whole(found, options.application.default_namespace.as_deref())?;
        let read_at = Some(Instant::now());
        Ok(Self { read_at, ..Self::of(core, options, held, State::of(etag)) })
    }

    /// A copy made from what is known, without a request.
    pub(super) fn of(core: &Arc<Core>, options: RequestOptions, held: Held, state: State) -> Self {
        Self {
            core: Arc::clone(core),
            options: RequestOptions { is_of_copy: true, ..options },
            held,
            state,
            steps: Steps::default(),
            read_at: None,
            by_node: None,
            is_refused_whole: false,
            retries: 0,
        }
    }

    /// How often a change is made again after a 412, before the 412 is an error. Default: 0.
    ///
    /// Before each retry there is a pause of random length, at first up to 4 milliseconds, then
    /// growing to at most 250 milliseconds. So clients that collide on a document do not stay in
    /// step.
    #[must_use]
    pub fn retries(mut self, retries: u32) -> Self {
        self.retries = retries;
        self
    }

    /// Whether changes go out as changes of nodes, each followed by a GET of the document, instead
    /// of as whole documents.
    ///
    /// Default: as whole documents if the document is the user's own. If it is another user's or in
    /// the global tree, changes go out by node, since a server may show only a part of such a
    /// document. [`update`](Self::update) has no node to send, so it is refused if changes go out
    /// by node.
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example()?;
    /// // A large document, and a slow link.
    /// let mut lists = client.open("resource-lists")?.by_node(true);
    /// lists.delete("/resource-lists/list/entry")?;
    /// assert!(server.requests().iter().any(|sent| sent.target().contains("/~~/")));
    /// assert!(lists.update(|text| text.replace("friends", "family")).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn by_node(mut self, by_node: bool) -> Self {
        self.by_node = Some(by_node);
        self
    }

    /// The text of the document, as far as the copy knows it.
    #[must_use]
    pub fn text(&self) -> &str {
        self.held.text()
    }

    /// The ETag of the text, unless the server sent none.
    #[must_use]
    pub fn etag(&self) -> Option<&ETag> {
        self.state.etag()
    }

    /// Whether the copy may no longer be the server's document. That is so if the answer to one of
    /// its changes was lost, if a change was answered without an ETag or by a failure of the
    /// server, or if [`apply`](Self::apply) said so.
    ///
    /// The copy does not know of other changes by somebody else until a request meets them.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.state.is_stale()
    }

    /// An element, attribute or set of namespace bindings of the copy (RFC 4825 section 6.3).
    ///
    /// Nothing is sent.
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example()?;
    /// let lists = client.open("resource-lists")?;
    /// server.clear_requests();
    /// assert_eq!(lists.get("/resource-lists/list/@name")?.as_str(), "friends");
    /// assert!(lists.get("/resource-lists/list[2]").unwrap_err().is_not_found());
    /// assert!(server.requests().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) if the selector does not parse;
    /// [`is_not_found`](Error::is_not_found) if it selects nothing, or several nodes.
    pub fn get<'a>(&self, node: impl Into<NodeArg<'a>>) -> Result<Selected<'_>> {
        let selector = node.into().into_node()?;
        self.held
            .get(&selector)
            .map_err(|refusal| refusal.to_error(&self.line(Method::GET, Some(&selector))))
    }

    /// All nodes of the copy that a selector matches, in document order, like
    /// [`document::get_all`](crate::document::get_all).
    ///
    /// Nothing is sent, and nothing is parsed: the copy keeps the tree of its text.
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example()?;
    /// let lists = client.open("resource-lists")?;
    /// for entry in lists.get_all("/resource-lists/list/entry")? {
    ///     println!("{}", entry.attr("uri").unwrap_or_default());
    /// }
    /// assert_eq!(lists.get_all("/resource-lists/list/entry")?.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) if the text is not a selector.
    pub fn get_all<'a>(&self, node: impl Into<NodeArg<'a>>) -> Result<Vec<Selected<'_>>> {
        let selector = node.into().into_node()?;
        self.held
            .get_all(&selector)
            .map_err(|refusal| refusal.to_error(&self.line(Method::GET, Some(&selector))))
    }

    /// Fetches the document if it differs from the copy. Returns whether it did.
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example()?;
    /// let mut lists = client.open("resource-lists")?;
    /// assert!(!lists.refresh()?);
    /// client.delete("resource-lists", "/resource-lists/list", None, None)?; // another device
    /// assert!(lists.refresh()?);
    /// assert!(!lists.text().contains("friends"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`XCAPClient::get`](crate::XCAPClient::get);
    /// [`is_not_found`](Error::is_not_found) if the document is gone. The copy stays as it was.
    pub fn refresh(&mut self) -> Result<bool> {
        // A weak tag cannot tell whether every byte is the same, and the tag of a stale copy may
        // have come with another text.
        let proof = self.state.known().filter(|etag| !etag.is_weak());
        match self.request().if_none_match(proof).get() {
            Ok(found) => {
                let is_other = found != *self.text();
                self.take(found)?;
                Ok(is_other)
            }
            Err(error) if error.is_not_modified() => {
                self.read_at = Some(Instant::now());
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Brings the copy up to date with a notification of changes (RFC 5874). Nothing is sent.
    ///
    /// If the notification proves that the copy is out of date, and does not say enough to mend it,
    /// the copy [is stale](Self::is_stale) from then on. A change that the copy has been through,
    /// because it made the change or read its result, is ignored, however late the notification
    /// comes. Any other change that does not begin at the copy's ETag calls for a
    /// [`refresh`](Self::refresh). A stale copy is current again when the notification ends at the
    /// ETag that its text was read with. The caller has to check whether the notification is about
    /// the client's own XCAP root, by [`XcapDiff::xcap_root`].
    /// XCAP root is for the caller to see, by [`XcapDiff::xcap_root`].
    ///
    /// ```
    /// use xcaplib::Applied;
    /// use xcaplib::diff::XcapDiff;
    /// # let (server, client) = xcaplib::testing::example()?;
    /// # let lists = client.get("resource-lists", None, None, None)?;
    /// # let etag = lists.require_etag()?.opaque();
    /// # let sel = "resource-lists/users/sip:alice@example.com/index";
    /// # let body = format!(
    /// #     r#"<x:xcap-diff xmlns:x="urn:ietf:params:xml:ns:xcap-diff" xcap-root="{}"
    /// #       xmlns="urn:ietf:params:xml:ns:resource-lists">
    /// #     <x:document sel="{sel}" previous-etag="{etag}" new-etag="new">
    /// #     <x:remove sel="*/list/entry"/></x:document></x:xcap-diff>"#,
    /// #     server.root()
    /// # );
    /// let mut lists = client.open("resource-lists")?;
    /// // `body` is that of a notification.
    /// match lists.apply(&XcapDiff::parse(body)?) {
    ///     Applied::UpToDate => println!("{}", lists.text()),
    ///     Applied::Fetch(_) => drop(lists.refresh()?),
    ///     Applied::Gone => println!("the document was removed"),
    ///     _ => println!("that is about another document"),
    /// }
    /// # assert!(!lists.text().contains("entry"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn apply(&mut self, diff: &XcapDiff) -> Applied {
        let root = &self.core.exchange.root;
        let (decision, steps) = diff.judge(&CopyState {
            document: &self.document_selector(),
            root: Some(&format!("{}{}", root.origin(), root.path())),
            etag: self.etag(),
            is_stale: self.is_stale(),
            text: self.text(),
            steps: &self.steps,
        });
        match decision {
            Decision::Patched { text, etag } => match Held::parse(text, self.default_namespace()) {
                Ok(held) => {
                    self.held = held;
                    self.state = State::Known { etag };
                    self.steps.append(steps);
                    Applied::UpToDate
                }
                Err(_) => self.outdated(Applied::Fetch(FetchReason::OtherVersion)),
            },
            Decision::Unchanged { etag } => {
                self.state = State::Known { etag };
                self.steps.append(steps);
                Applied::UpToDate
            }
            Decision::Fetch(reason) => self.outdated(Applied::Fetch(reason)),
            Decision::Created { .. } => self.outdated(Applied::Fetch(FetchReason::OtherVersion)),
            Decision::Gone => self.outdated(Applied::Gone),
            Decision::Other => Applied::Other,
        }
    }

    fn outdated(&mut self, applied: Applied) -> Applied {
        self.state.make_stale();
        applied
    }

    /// The document's path below the XCAP root.
    fn document_selector(&self) -> String {
        self.request().path().unwrap_or_default()
    }

    /// Takes the fetched document into the copy. Refuses a part of a document.
    pub(super) fn take(&mut self, found: Resource) -> Result<()> {
        let (before, etag) = (self.etag().cloned(), found.etag().cloned());
        self.held = whole(found, self.default_namespace())?;
        self.state = State::of(etag);
        self.read_at = Some(Instant::now());
        self.came_from(before);
        Ok(())
    }

    /// Remembers an ETag that the copy had before.
    pub(super) fn came_from(&mut self, before: Option<ETag>) {
        if let (Some(before), Some(now)) = (before, self.state.known()) {
            self.steps.push(before, now.clone());
        }
    }

    /// Marks the copy stale while a change is under way, whose answer may never come.
    #[cfg(feature = "green")]
    pub(crate) fn mark_stale(&mut self) {
        self.state.make_stale();
    }

    /// What the client has learnt about this usage on the server.
    pub(super) fn habit(&self) -> Habit {
        self.core.habits.of(self.auid())
    }

    pub(super) fn auid(&self) -> &str {
        &self.options.application.auid
    }

    pub(super) fn default_namespace(&self) -> Option<&str> {
        self.options.application.default_namespace.as_deref()
    }

    pub(super) fn request(&self) -> Request<'_> {
        Request::with(&self.core, self.options.clone())
    }

    pub(super) fn line(&self, method: Method, selector: Option<&NodeSelector>) -> RequestLine {
        let request = match selector {
            Some(selector) => self.request().node(selector),
            None => self.request(),
        };
        let url = request.target().map_or_else(|_| RequestUrl::new("", ""), |target| target.url);
        RequestLine { method, url }
    }
}

/// Parses a document. One that was cut off is refused.
pub(super) fn whole(found: Resource, default_ns: Option<&str>) -> Result<Held> {
    Held::parse(found.as_str().to_owned(), default_ns).map_err(|fault| {
        let reason = format!(
            "the server's document is not well-formed, at {}: {}",
            fault.position,
            printable(&fault.reason)
        );
        Error::malformed_response(None, reason, Some(found.response().clone()))
    })
}

impl fmt::Debug for CachedDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CachedDocument")
            .field("url", &self.line(Method::GET, None).url.as_str())
            .field("etag", &self.etag())
            .field("is_stale", &self.is_stale())
            .field("text", &format_args!("{} bytes", self.text().len()))
            .finish_non_exhaustive()
    }
}
