//! A document held here and edited in step with the server (RFC 4825 section 7.11).

mod fidelity;

use std::fmt;
use std::sync::Arc;
use std::thread;

use crate::answer::{ETag, Error, RequestLine, RequestUrl, Resource, Response, Result};
use crate::client::core::Core;
use crate::client::request::Request;
use crate::client::request_options::RequestOptions;
use crate::diff::{Decision, FetchReason, XcapDiff};
use crate::document::{self, Edit, Refusal, Selected};
use crate::http::pause;
use crate::http_types::Method;
use crate::selector::{NodeArg, NodeSelector};
use crate::text::printable;
use crate::xml;

use fidelity::Fidelity;

/// A document's text and ETag, kept in step with the server (RFC 4825 section 7.11).
///
/// Each change is worked out here first, by [`document`], so that what the server would refuse is
/// not sent; then it is sent guarded by the ETag, and the copy is edited likewise: n changes are n
/// requests, and nothing is fetched again but to see whether the server stores what it is sent. [`get`](Self::get) answers from the copy.
///
/// ```
/// use xcaplib::Element;
/// # let server = xcaplib::testing::Server::start()?;
/// # let client = server.client("sip:alice@example.com")?;
/// # let document = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends"><entry uri="sip:bob@example.com"/></list></resource-lists>"#;
/// # server.set_document("resource-lists", "sip:alice@example.com", "index", document);
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
/// **What the copy knows.** A server may store a document otherwise than it was sent, and some move
/// the elements they replace. So the document is read once after the first change and compared. If
/// that change was the replacement of a last child or the deletion of an element, which all servers
/// make alike, it is read once more after the first change that is neither. A server that passed, and
/// answers 201 to a creation, is trusted from then on; from one that did not, the document is read
/// after every change. A copy that may not be the server's any more [is stale](Self::is_stale): after
/// a change whose answer was lost, was not the predicted one, or had no ETag. The next change
/// refreshes a stale copy first, and is not sent if its target is then another.
///
/// **When somebody else changes the document.** A change is then refused with 412, an error that
/// leaves the copy as it was, until [`refresh`](Self::refresh). With [`retries`](Self::retries) the
/// copy is refreshed and the change made again, if its target is byte for byte what it was; nobody's
/// change is ever overwritten.
#[derive(Clone)]
pub struct CachedDocument {
    core: Arc<Core>,
    options: RequestOptions,
    text: String,
    etag: Option<ETag>,
    is_stale: bool,
    server: Fidelity,
    retries: u32,
}

/// What a notification was to a copy: what [`CachedDocument::apply`] says.
///
/// ```
/// use xcaplib::Applied;
/// use xcaplib::diff::XcapDiff;
/// # let server = xcaplib::testing::Server::start()?;
/// # let client = server.client("sip:alice@example.com")?;
/// # let document = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends"><entry uri="sip:bob@example.com"/></list></resource-lists>"#;
/// # server.set_document("resource-lists", "sip:alice@example.com", "index", document);
/// let mut lists = client.open("resource-lists")?;
/// let other = XcapDiff::parse(
///     r#"<xcap-diff xmlns="urn:ietf:params:xml:ns:xcap-diff" xcap-root="http://xcap.example.com/">
///     <document sel="pres-rules/users/sip:alice@example.com/index" new-etag="a"/></xcap-diff>"#,
/// )?;
/// assert_eq!(lists.apply(&other), Applied::Other);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Applied {
    /// The copy is what the document is now.
    UpToDate,
    /// The copy is out of date and the notification does not say enough: [`CachedDocument::refresh`].
    Fetch(FetchReason),
    /// The document was removed.
    Gone,
    /// The notification is about other documents.
    Other,
}

/// One change of a node.
struct Change<'a> {
    selector: &'a NodeSelector,
    action: Action<'a>,
}

#[derive(Clone, Copy)]
enum Action<'a> {
    Put(&'a [u8]),
    Insert(&'a [u8]),
    Replace(&'a [u8]),
    Delete,
}

/// What a conforming server makes of the document.
struct Prediction {
    text: String,
    is_created: bool,
    /// A server that places things its own way would not come to this text.
    is_telling: bool,
}

impl CachedDocument {
    fn open(core: &Arc<Core>, options: RequestOptions) -> Result<Self> {
        let found = Request::with(core, options.clone()).get()?;
        check_whole(&found)?;
        Ok(Self {
            core: Arc::clone(core),
            options,
            etag: found.etag().cloned(),
            text: found.into_string(),
            is_stale: false,
            server: Fidelity::Untried,
            retries: 0,
        })
    }

    /// How often a change is made again after a 412, before the 412 is an error. Default: 0.
    ///
    /// Before each retry there is a pause of random length, at first up to 4 milliseconds, then
    /// growing to at most 250, so that clients that meet on a document do not stay in step.
    #[must_use]
    pub fn retries(mut self, retries: u32) -> Self {
        self.retries = retries;
        self
    }

    /// The text of the document, as far as it is known here.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The ETag of the text, unless the server sent none.
    #[must_use]
    pub fn etag(&self) -> Option<&ETag> {
        self.etag.as_ref()
    }

    /// Whether the copy may not be the server's document any more: a change of ours was lost, was
    /// refused other than by 412, was not answered as predicted, or got no ETag; or
    /// [`apply`](Self::apply) said so.
    ///
    /// Other changes of others are not known before a request meets them.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.is_stale
    }

    /// An element, attribute or set of namespace bindings of the copy (RFC 4825 section 6.3).
    ///
    /// Nothing is sent.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// # let document = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends"><entry uri="sip:bob@example.com"/></list></resource-lists>"#;
    /// # server.set_document("resource-lists", "sip:alice@example.com", "index", document);
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
    /// [`is_invalid_input`](Error::is_invalid_input) for a selector that is none;
    /// [`is_not_found`](Error::is_not_found) where it selects nothing or several.
    pub fn get<'a>(&self, node: impl Into<NodeArg<'a>>) -> Result<Selected<'_>> {
        let selector = selector(node.into())?;
        document::get(&self.text, &selector, self.default_namespace())
            .map_err(|refusal| self.refused(Method::GET, Some(&selector), &refusal))
    }

    /// Creates or replaces an element or attribute.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// # let document = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends"><entry uri="sip:bob@example.com"/></list></resource-lists>"#;
    /// # server.set_document("resource-lists", "sip:alice@example.com", "index", document);
    /// let mut lists = client.open("resource-lists")?;
    /// lists.put("/resource-lists/list/@name", "family")?;
    /// let error = lists.put("/resource-lists/list[9]/entry", "<entry/>").unwrap_err();
    /// assert_eq!(error.conflict().map(|conflict| conflict.name()), Some("no-parent"));
    /// assert!(error.to_string().contains("not sent"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What [`document::put`] refuses, with nothing sent: [`is_conflict`](Error::is_conflict) for
    /// most of it. 412 as [`is_precondition_failed`](Error::is_precondition_failed), where somebody
    /// else changed the document. Whatever else [`XCAPClient::put`](crate::XCAPClient::put) may end in; but for bad input the
    /// copy is then stale.
    pub fn put<'a>(
        &mut self,
        node: impl Into<NodeArg<'a>>,
        body: impl AsRef<[u8]>,
    ) -> Result<Response> {
        self.change(node.into(), Action::Put(body.as_ref()))
    }

    /// Creates an element or attribute where the copy has none.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// # let document = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends"><entry uri="sip:bob@example.com"/></list></resource-lists>"#;
    /// # server.set_document("resource-lists", "sip:alice@example.com", "index", document);
    /// let mut lists = client.open("resource-lists")?;
    /// let bob = r#"/resource-lists/list/entry[@uri="sip:bob@example.com"]"#;
    /// let error = lists.insert(bob, r#"<entry uri="sip:bob@example.com"/>"#).unwrap_err();
    /// assert!(error.is_already_exists());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_already_exists`](Error::is_already_exists) where it has one, with nothing sent; those
    /// of [`put`](Self::put).
    pub fn insert<'a>(
        &mut self,
        node: impl Into<NodeArg<'a>>,
        body: impl AsRef<[u8]>,
    ) -> Result<Response> {
        self.change(node.into(), Action::Insert(body.as_ref()))
    }

    /// Replaces an element or attribute that the copy has.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// # let document = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends"><entry uri="sip:bob@example.com"/></list></resource-lists>"#;
    /// # server.set_document("resource-lists", "sip:alice@example.com", "index", document);
    /// let mut lists = client.open("resource-lists")?;
    /// lists.replace(r#"/resource-lists/list[@name="friends"]"#, r#"<list name="friends"/>"#)?;
    /// let error = lists.replace(r#"/resource-lists/list[@name="family"]"#, r#"<list name="family"/>"#);
    /// assert!(error.unwrap_err().is_not_found());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) where it has none, with nothing sent; those of
    /// [`put`](Self::put).
    pub fn replace<'a>(
        &mut self,
        node: impl Into<NodeArg<'a>>,
        body: impl AsRef<[u8]>,
    ) -> Result<Response> {
        self.change(node.into(), Action::Replace(body.as_ref()))
    }

    /// Deletes an element or attribute.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// # let document = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends"><entry uri="sip:bob@example.com"/></list></resource-lists>"#;
    /// # server.set_document("resource-lists", "sip:alice@example.com", "index", document);
    /// let mut lists = client.open("resource-lists")?;
    /// lists.delete("/resource-lists/list/entry[1]")?;
    /// assert!(lists.delete("/resource-lists/list/entry[1]").unwrap_err().is_not_found());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) where the copy has none, with nothing sent; those of
    /// [`put`](Self::put).
    pub fn delete<'a>(&mut self, node: impl Into<NodeArg<'a>>) -> Result<Response> {
        self.change(node.into(), Action::Delete)
    }

    /// Fetches the document if it is another than the copy; whether it was.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// # let document = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends"><entry uri="sip:bob@example.com"/></list></resource-lists>"#;
    /// # server.set_document("resource-lists", "sip:alice@example.com", "index", document);
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
    /// Those of [`XCAPClient::get`](crate::XCAPClient::get); [`is_not_found`](Error::is_not_found) where the document is
    /// gone. The copy stays as it was.
    pub fn refresh(&mut self) -> Result<bool> {
        // A weak tag cannot tell whether every byte is the same, and the tag of a stale copy may have
        // come with another text.
        let is_proof = |etag: &&ETag| !etag.is_weak() && !self.is_stale;
        match self.request().if_none_match(self.etag.as_ref().filter(is_proof)).get() {
            Ok(found) => {
                let is_other = found != *self.text;
                self.take(found)?;
                Ok(is_other)
            }
            Err(error) if error.is_not_modified() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Replaces the whole document by what `change` makes of its text.
    ///
    /// With [`retries`](Self::retries), `change` is called again with the new text whenever somebody
    /// else changed the document in between.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// # let document = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends"><entry uri="sip:bob@example.com"/></list></resource-lists>"#;
    /// # server.set_document("resource-lists", "sip:alice@example.com", "index", document);
    /// let mut lists = client.open("resource-lists")?.retries(10);
    /// lists.update(|text| text.replace("friends", "family"))?;
    /// assert!(lists.get(r#"/resource-lists/list[@name="family"]"#).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`XCAPClient::put`](crate::XCAPClient::put) for a document; 409 with `uniqueness-failure`, nothing sent,
    /// for what the application usage wants unique and the change makes double (RFC 4826).
    pub fn update(&mut self, mut change: impl FnMut(&str) -> String) -> Result<Response> {
        self.freshen()?;
        let mut retry = 0;
        loop {
            let text = change(&self.text);
            document::check(&text, Some(&self.text), self.default_namespace())
                .map_err(|refusal| self.refused(Method::PUT, None, &refusal))?;
            let prediction = Prediction { text, is_created: false, is_telling: false };
            let sent = self.guarded()?.put(&prediction.text);
            match sent.and_then(|response| self.confirmed(None, &prediction, response)) {
                Ok(response) => {
                    self.settle(prediction, &response);
                    return Ok(response);
                }
                Err(error) => {
                    let error = self.retryable(error, retry)?;
                    self.catch_up(error, retry)?;
                    retry += 1;
                }
            }
        }
    }

    /// Brings the copy up to date with a notification of changes (RFC 5874). Nothing is sent.
    ///
    /// A copy that the notification proves out of date, and cannot mend, [is stale](Self::is_stale)
    /// from then on. Whether the notification is about the client's own XCAP root is for the caller
    /// to see, by [`XcapDiff::xcap_root`].
    ///
    /// ```
    /// use xcaplib::Applied;
    /// use xcaplib::diff::XcapDiff;
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// # let document = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends"><entry uri="sip:bob@example.com"/></list></resource-lists>"#;
    /// # server.set_document("resource-lists", "sip:alice@example.com", "index", document);
    /// # let etag = client.get("resource-lists", None, None, None)?.etag().unwrap().opaque().to_owned();
    /// # let body = format!(r#"<x:xcap-diff xmlns:x="urn:ietf:params:xml:ns:xcap-diff" xmlns="urn:ietf:params:xml:ns:resource-lists" xcap-root="{}"><x:document sel="resource-lists/users/sip:alice@example.com/index" previous-etag="{etag}" new-etag="new"><x:remove sel="*/list/entry"/></x:document></x:xcap-diff>"#, server.root());
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
        let etag = self.etag.as_ref().filter(|_| !self.is_stale);
        match diff.decide(&self.document_selector(), etag, &self.text) {
            Decision::Patched { text, etag } => {
                self.text = text;
                self.etag = Some(etag);
                Applied::UpToDate
            }
            Decision::Unchanged { etag } => {
                self.etag = Some(etag);
                Applied::UpToDate
            }
            Decision::Fetch(reason) => self.outdated(Applied::Fetch(reason)),
            Decision::Created { .. } => self.outdated(Applied::Fetch(FetchReason::OtherVersion)),
            Decision::Gone => self.outdated(Applied::Gone),
            Decision::Other => Applied::Other,
        }
    }

    fn outdated(&mut self, applied: Applied) -> Applied {
        self.is_stale = true;
        applied
    }

    /// The document's path below the XCAP root.
    fn document_selector(&self) -> String {
        let root = &self.core.exchange.root;
        let path = self
            .request()
            .target()
            .map(|target| target.url.target().to_owned())
            .unwrap_or_default();
        path.strip_prefix(root.path()).unwrap_or(&path).trim_start_matches('/').to_owned()
    }

    fn change(&mut self, node: NodeArg<'_>, action: Action<'_>) -> Result<Response> {
        let selector = &selector(node)?;
        let change = Change { selector, action };
        if self.is_stale {
            let seen = self.target(selector);
            self.refresh()?;
            if self.target(selector) != seen {
                let line = self.line(action.method(), Some(selector));
                return Err(Error::stale_target(&line));
            }
        }
        let mut retry = 0;
        loop {
            let prediction = self.predict(&change)?;
            let sent = self.send(self.guarded()?, &change);
            let confirmed = sent.and_then(|response| match change.action.body() {
                Some(_) => self.confirmed(Some(selector), &prediction, response),
                None => Ok(response),
            });
            match confirmed {
                Ok(response) => {
                    self.settle(prediction, &response);
                    return Ok(response);
                }
                Err(error) => {
                    let error = self.retryable(error, retry)?;
                    let seen = self.target(selector);
                    let error = self.catch_up(error, retry)?;
                    // What the caller wanted changed is no longer what the caller saw.
                    if self.target(selector) != seen {
                        return Err(error.target_changed());
                    }
                    retry += 1;
                }
            }
        }
    }

    /// The text of the element that a change is about, an attribute's own element with it: another
    /// may stand at its position.
    fn target(&self, selector: &NodeSelector) -> Option<String> {
        let element = selector.without_terminal();
        let found = document::get(&self.text, &element, self.default_namespace()).ok()?;
        Some(found.as_str().to_owned())
    }

    /// The answer to a PUT, unless the server may have made none: OpenXCAP answers a PUT of what is
    /// there already with 200 and the document, whatever `If-Match` says. A server that answers every
    /// PUT so would have made it: which of the two it is, its other answers to this client tell.
    fn confirmed(
        &self,
        selector: Option<&NodeSelector>,
        prediction: &Prediction,
        response: Response,
    ) -> Result<Response> {
        let is_no_op = prediction.text == self.text && response.body() == self.text.as_bytes();
        let brings_document = || {
            let root = |text: &str| {
                let source = xml::Source::new(text);
                let document = source.parse().ok()?;
                let name = document.root_element().tag_name().name().to_owned();
                Some(name)
            };
            response.text().and_then(root).is_some_and(|name| root(&self.text) == Some(name))
        };
        if response.body().is_empty() || response.is_created() || is_no_op || !brings_document() {
            return Ok(response);
        }
        let line = self.line(Method::PUT, selector);
        Err(if self.core.puts_bring_no_body() {
            Error::made_already(&line, response)
        } else {
            Error::made_by_whom(&line, response)
        })
    }

    fn predict(&self, change: &Change<'_>) -> Result<Prediction> {
        let namespace = self.default_namespace();
        let selector = change.selector;
        let refused = |refusal| self.refused(change.action.method(), Some(selector), &refusal);
        let Some(body) = change.action.body() else {
            let text = document::delete(&self.text, selector, namespace).map_err(refused)?;
            // An attribute may be emptied instead; of an element nothing can be left.
            let is_telling = selector.terminal().is_some();
            return Ok(Prediction { text, is_created: false, is_telling });
        };
        let Edit { text, created } =
            document::put(&self.text, selector, body, namespace).map_err(refused)?;
        match change.action {
            Action::Insert(_) if !created => {
                Err(Error::already_exists(&self.url(Some(selector)), None))
            }
            Action::Replace(_) if created => {
                Err(Error::nothing_to_replace(&self.url(Some(selector))))
            }
            _ => {
                let is_telling = created
                    || selector.terminal().is_some()
                    || self.server.is_open() && self.is_followed(selector);
                Ok(Prediction { text, is_created: created, is_telling })
            }
        }
    }

    /// Whether more nodes follow the selected one in its parent: if not, it may be moved unseen.
    fn is_followed(&self, selector: &NodeSelector) -> bool {
        let found = document::get(&self.text, selector, self.default_namespace());
        found.is_ok_and(|target| {
            let after = self.text.get(target.end()..).unwrap_or_default();
            let next = after.find('<').and_then(|next| after.get(next..));
            next.is_some_and(|tag| !tag.starts_with("</"))
        })
    }

    fn send(&self, request: Request<'_>, change: &Change<'_>) -> Result<Response> {
        let request = request.node(change.selector);
        match change.action.body() {
            Some(body) => request.put(body),
            None => request.delete(),
        }
    }

    /// After a refused or lost change: gives the refusal back if the change may be made again.
    fn retryable(&mut self, error: Error, retry: u32) -> Result<Error> {
        let is_412 = error.is_precondition_failed();
        if is_412 && retry < self.retries {
            return Ok(error);
        }
        self.is_stale |= !is_412 && !error.is_invalid_input();
        Err(error)
    }

    /// Refreshes the copy after a 412, and gives it back if the change may now go through.
    fn catch_up(&mut self, error: Error, retry: u32) -> Result<Error> {
        thread::sleep(pause::before(retry));
        let refused = self.etag.clone();
        self.refresh()?;
        // The condition failed although the ETag is right: it will fail again.
        if self.etag == refused { Err(error) } else { Ok(error) }
    }

    /// Takes in what a change made of the document, and looks where that is not certain.
    fn settle(&mut self, prediction: Prediction, response: &Response) {
        let is_predicted = match response.status() {
            200 | 204 => !prediction.is_created,
            201 => prediction.is_created,
            _ => false,
        };
        self.text = prediction.text;
        self.etag = response.etag().cloned();
        self.is_stale = !is_predicted || self.etag.is_none();
        if !is_predicted {
            self.server = Fidelity::Differs;
        }
        if self.server.must_be_compared(prediction.is_telling) {
            self.compare(prediction.is_telling);
        }
    }

    /// Reads the document and learns whether the server did as predicted.
    fn compare(&mut self, is_telling: bool) {
        let Ok(found) = self.request().get() else {
            self.is_stale = true;
            return;
        };
        let is_ours = self.etag.is_none() || found.etag() == self.etag.as_ref();
        if is_ours {
            self.server = self.server.after_comparison(found == *self.text, is_telling);
        }
        self.is_stale = self.take(found).is_err();
    }

    /// Makes what was fetched the copy, if it is a document: a part of one is not.
    fn take(&mut self, found: Resource) -> Result<()> {
        check_whole(&found)?;
        self.etag = found.etag().cloned();
        self.text = found.into_string();
        self.is_stale = false;
        Ok(())
    }

    /// A change is under way whose end may never be known here.
    #[cfg(feature = "green")]
    pub(crate) fn mark_stale(&mut self) {
        self.is_stale = true;
    }

    fn freshen(&mut self) -> Result<()> {
        if self.is_stale {
            self.refresh()?;
        }
        Ok(())
    }

    /// The document's request, with its ETag in `If-Match`.
    fn guarded(&self) -> Result<Request<'_>> {
        let etag = self.etag.as_ref().ok_or_else(|| {
            Error::malformed_response(None, format!("the server sent no ETag for {}, so changes of it cannot be guarded; use the client's put", self.url(None)), None)
        })?;
        Ok(self.request().if_match(etag))
    }

    fn default_namespace(&self) -> Option<&str> {
        self.options.application.default_namespace.as_deref()
    }

    fn request(&self) -> Request<'_> {
        Request::with(&self.core, self.options.clone())
    }

    fn refused(&self, method: Method, selector: Option<&NodeSelector>, refusal: &Refusal) -> Error {
        let line = self.line(method, selector);
        Error::predicted(&line, refusal.status(), refusal.conflict().cloned(), refusal)
    }

    fn url(&self, selector: Option<&NodeSelector>) -> String {
        self.line(Method::GET, selector).url.as_str().to_owned()
    }

    fn line(&self, method: Method, selector: Option<&NodeSelector>) -> RequestLine {
        let request = match selector {
            Some(selector) => self.request().node(selector),
            None => self.request(),
        };
        let url = request.target().map_or_else(|_| RequestUrl::new("", ""), |target| target.url);
        RequestLine { method, url }
    }
}

impl<'c> Request<'c> {
    /// Fetches the whole document, to be kept and edited in step with the server.
    ///
    /// The options hold for all requests of the copy, but for the node and the conditions.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// # let document = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
    /// # server.set_document("resource-lists", "sip:alice@example.com", "backup", document);
    /// let mut backup = client.request("resource-lists").filename("backup").open()?;
    /// backup.insert("/resource-lists/list", "<list/>")?;
    /// assert_eq!(backup.text(), client.request("resource-lists").filename("backup").get()?.as_str());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`XCAPClient::open`](crate::XCAPClient::open).
    pub fn open(mut self) -> Result<CachedDocument> {
        self.options.node = NodeArg::default();
        self.options.headers.forget_conditions();
        CachedDocument::open(self.core, self.options)
    }
}

impl<'a> Action<'a> {
    fn body(&self) -> Option<&'a [u8]> {
        match self {
            Self::Put(body) | Self::Insert(body) | Self::Replace(body) => Some(body),
            Self::Delete => None,
        }
    }

    fn method(&self) -> Method {
        if matches!(self, Self::Delete) { Method::DELETE } else { Method::PUT }
    }
}

/// Refuses what is no document, such as the first half of one.
fn check_whole(found: &Resource) -> Result<()> {
    xml::check(found.as_str()).map_err(|fault| {
        let reason = format!(
            "the server's document is not well-formed, at {}: {}",
            fault.position,
            printable(&fault.reason)
        );
        Error::malformed_response(None, reason, Some(found.response().clone()))
    })
}

/// The selector of a node; a copy has no use for a text that does not parse.
fn selector(node: NodeArg<'_>) -> Result<NodeSelector> {
    let selector = node.into_selector()?.ok_or_else(|| {
        Error::invalid_input(
            "a node is needed here; for the whole document there are `text` and `update`",
        )
    })?;
    selector.check()?;
    Ok(selector)
}

impl fmt::Debug for CachedDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CachedDocument")
            .field("url", &self.url(None))
            .field("etag", &self.etag)
            .field("is_stale", &self.is_stale)
            .field("text", &format_args!("{} bytes", self.text.len()))
            .finish_non_exhaustive()
    }
}
