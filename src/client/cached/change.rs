//! The changes of a copy: worked out here, sent, and made again if somebody else was first.

use std::sync::Arc;
use std::thread;

use crate::answer::{Error, RequestLine, Response, Result};
use crate::client::request::Request;
use crate::document::{Draft, Held, NodeCall};
use crate::http::pause;
use crate::http_types::Method;
use crate::selector::{NodeArg, NodeSelector};

use super::copy::CachedDocument;
use super::delivery::{ChangePlan, FailedChange, NodeChange};
use super::fault;
use super::target::Target;
use super::updated::UpdatedText;

#[derive(Clone, Copy)]
enum Action<'a> {
    Put(&'a [u8]),
    Insert(&'a [u8]),
    Replace(&'a [u8]),
    Delete,
}

impl CachedDocument {
    /// Creates or replaces an element or attribute.
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example()?;
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
    /// Everything that [`document::put`](crate::document::put) refuses, mostly as
    /// [`is_conflict`](Error::is_conflict); then nothing was sent. 412 as
    /// [`is_precondition_failed`](Error::is_precondition_failed) if somebody else changed the
    /// document. Any other error of [`XCAPClient::put`](crate::XCAPClient::put); if the server may
    /// have made the change in spite of it, the copy is then stale.
    pub fn put<'a>(
        &mut self,
        node: impl Into<NodeArg<'a>>,
        body: impl AsRef<[u8]>,
    ) -> Result<Response> {
        self.change(node.into(), Action::Put(body.as_ref()))
    }

    /// Creates an element or attribute that the copy does not have.
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example()?;
    /// let mut lists = client.open("resource-lists")?;
    /// let bob = r#"/resource-lists/list/entry[@uri="sip:bob@example.com"]"#;
    /// let error = lists.insert(bob, r#"<entry uri="sip:bob@example.com"/>"#).unwrap_err();
    /// assert!(error.is_already_exists());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_already_exists`](Error::is_already_exists) if the copy has it; then nothing was sent.
    /// The errors of [`put`](Self::put).
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
    /// # let (server, client) = xcaplib::testing::example()?;
    /// let mut lists = client.open("resource-lists")?;
    /// lists.replace(r#"/resource-lists/list[@name="friends"]"#, r#"<list name="friends"/>"#)?;
    /// let family = r#"/resource-lists/list[@name="family"]"#;
    /// let error = lists.replace(family, r#"<list name="family"/>"#);
    /// assert!(error.unwrap_err().is_not_found());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if the copy does not have it; then nothing was sent.
    /// The errors of [`put`](Self::put).
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
    /// # let (server, client) = xcaplib::testing::example()?;
    /// let mut lists = client.open("resource-lists")?;
    /// lists.delete("/resource-lists/list/entry[1]")?;
    /// assert!(lists.delete("/resource-lists/list/entry[1]").unwrap_err().is_not_found());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if the copy does not have it; then nothing was sent.
    /// The errors of [`put`](Self::put).
    pub fn delete<'a>(&mut self, node: impl Into<NodeArg<'a>>) -> Result<Response> {
        self.change(node.into(), Action::Delete)
    }

    /// Makes many changes in one request, guarded by the ETag.
    ///
    /// The closure gets a [`Draft`] of the copy, which checks each of its calls like a change of
    /// the copy. The result is sent as the whole document. If the closure fails, nothing is sent
    /// and its error is returned; a failure of the caller's own goes through [`Error::other`]. With
    /// [`retries`](Self::retries), the closure is called again with the new text whenever somebody
    /// else changed the document in between. `None` means that the text is the same in the end and
    /// nothing was sent.
    ///
    /// If changes go out [by node](Self::by_node), the calls of the draft go out one after the
    /// other, and the copy reads the document after each. Each call has to find the node that it
    /// had in the draft. If one fails in the middle, those before it have been made, and the edit
    /// is not tried again, whatever [`retries`](Self::retries) says. A
    /// [`set_text`](Draft::set_text) is not a change of a node, so it is refused before anything is
    /// sent.
    ///
    /// ```
    /// use xcaplib::Element;
    /// # let (server, client) = xcaplib::testing::example()?;
    /// let mut lists = client.open("resource-lists")?.retries(5);
    /// lists.edit(|draft| {
    ///     for user in ["carol", "dave"] {
    ///         let uri = format!("sip:{user}@example.com");
    ///         let node = format!(r#"/resource-lists/list/entry[@uri="{uri}"]"#);
    ///         draft.set(&node, Element::new("entry").attr("uri", &uri))?;
    ///     }
    ///     draft.remove(r#"/resource-lists/list/entry[@uri="sip:bob@example.com"]"#)?;
    ///     Ok(())
    /// })?;
    /// assert_eq!(lists.get_all("/resource-lists/list/entry")?.len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of the closure; 412 as [`is_precondition_failed`](Error::is_precondition_failed)
    /// if somebody else changed the document; any other error of
    /// [`XCAPClient::put`](crate::XCAPClient::put) for a document.
    pub fn edit(
        &mut self,
        mut change: impl FnMut(&mut Draft) -> Result<()>,
    ) -> Result<Option<Response>> {
        self.send_whole(|held| {
            let mut draft = Draft::of(held.clone());
            change(&mut draft)?;
            draft.into_parts(held)
        })
    }

    /// Replaces the whole document by what `change` makes of its text.
    ///
    /// `change` gives a `String`, or a `Result<String>`: an error sends nothing and comes back, a
    /// failure of the caller's own by [`Error::other`]. With [`retries`](Self::retries), `change`
    /// is called again with the new text whenever somebody else changed the document in between.
    /// `None` means that the text is the same and nothing was sent.
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example()?;
    /// let mut lists = client.open("resource-lists")?.retries(10);
    /// lists.update(|text| text.replace("friends", "family"))?;
    /// assert!(lists.get(r#"/resource-lists/list[@name="family"]"#).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`XCAPClient::put`](crate::XCAPClient::put) for a document. If the change
    /// duplicates a value that the application usage wants unique (RFC 4826), the error is a 409
    /// with `uniqueness-failure`, and nothing was sent.
    pub fn update<T: UpdatedText>(
        &mut self,
        mut change: impl FnMut(&str) -> T,
    ) -> Result<Option<Response>> {
        let options = self.options.clone();
        let core = Arc::clone(&self.core);
        self.send_whole(|held| {
            let text = change(held.text()).into_text()?;
            let request = Request::with(&core, options.clone());
            if text != held.text() {
                request.check(&text)?;
            }
            let line = RequestLine { method: Method::PUT, url: request.target()?.url };
            let held = held.replaced_by(text).map_err(|refusal| refusal.to_error(&line))?;
            Ok((held, Vec::new()))
        })
    }

    /// Deletes the whole document, if it is still that of the copy. The copy is stale afterwards.
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example_of("")?;
    /// let mut lists = client.open("resource-lists")?;
    /// lists.delete_document()?;
    /// assert!(lists.is_stale());
    /// assert!(client.request("resource-lists").optional().get()?.is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// 412 as [`is_precondition_failed`](Error::is_precondition_failed) if somebody else changed
    /// the document; any other error of [`XCAPClient::delete`](crate::XCAPClient::delete).
    pub fn delete_document(&mut self) -> Result<Response> {
        self.ensure_guarded()?;
        self.send_deletion().map_err(|failed| failed.error)
    }

    /// Sends what `plan` makes of the document, and tries again if needed. If the text stays the
    /// same, nothing is sent.
    fn send_whole(
        &mut self,
        mut plan: impl FnMut(&Held) -> Result<(Held, Vec<NodeCall>)>,
    ) -> Result<Option<Response>> {
        self.ensure_guarded()?;
        let mut retry = 0;
        loop {
            let (next, calls) = plan(&self.held)?;
            if next.text() == self.text() {
                return Ok(None);
            }
            let nodes: Vec<_> = calls.iter().map(NodeChange::of).collect();
            match self.deliver(&ChangePlan { next: &next, nodes: &nodes, is_of_node: false }) {
                Ok(response) => return Ok(Some(response)),
                Err(failed) => {
                    self.prepare_retry(failed, retry)?;
                    retry += 1;
                }
            }
        }
    }

    fn change(&mut self, node: NodeArg<'_>, action: Action<'_>) -> Result<Response> {
        let selector = node.into_node()?;
        let seen = (!self.is_guarded()).then(|| Target::of(&self.held, &selector));
        self.ensure_guarded()?;
        if seen.is_some_and(|seen| Target::of(&self.held, &selector) != seen) {
            return Err(fault::stale_target(&self.line(action.method(), Some(&selector))));
        }
        let node = [NodeChange { selector: &selector, body: action.body() }];
        let mut retry = 0;
        loop {
            let next = self.predict(&selector, action)?;
            let plan = ChangePlan { next: &next, nodes: &node, is_of_node: true };
            let failed = match self.deliver(&plan) {
                Ok(response) => return Ok(response),
                Err(failed) => failed,
            };
            // A retry must find the target unchanged. The target is looked up only if there is a
            // retry.
            let seen = self.may_retry(&failed, retry).then(|| Target::of(&self.held, &selector));
            let error = self.prepare_retry(failed, retry)?;
            // The target is no longer what the caller saw.
            if seen.is_some_and(|seen| Target::of(&self.held, &selector) != seen) {
                return Err(error.target_changed());
            }
            retry += 1;
        }
    }

    /// The document that a conforming server would make by the change.
    fn predict(&self, selector: &NodeSelector, action: Action<'_>) -> Result<Held> {
        let line = || self.line(action.method(), Some(selector));
        let Some(body) = action.body() else {
            return self.held.delete(selector).map_err(|refusal| refusal.to_error(&line()));
        };
        let put = self.held.put(selector, body);
        let (next, created) = put.map_err(|refusal| refusal.to_error(&line()))?;
        match action {
            Action::Insert(_) if !created => Err(Error::already_exists(line().url.as_str(), None)),
            Action::Replace(_) if created => Err(Error::nothing_to_replace(line().url.as_str())),
            _ => Ok(next),
        }
    }

    /// Reads a copy again if it is stale, or if its ETag cannot guard a change. Fails if there is
    /// still no ETag that can.
    fn ensure_guarded(&mut self) -> Result<()> {
        if self.is_guarded() {
            return Ok(());
        }
        if self.etag().is_some() || self.is_stale() {
            self.refresh()?;
        }
        match self.state.known() {
            None => Err(fault::no_etag(&self.line(Method::GET, None))),
            Some(etag) if etag.is_weak() => {
                Err(fault::weak_etag(&self.line(Method::GET, None), etag))
            }
            Some(_) => Ok(()),
        }
    }

    /// Whether the copy is known to be the server's, with an ETag that can guard a change.
    fn is_guarded(&self) -> bool {
        self.state.known().is_some_and(|etag| !etag.is_weak())
    }

    fn may_retry(&self, failed: &FailedChange, retry: u32) -> bool {
        !failed.is_partial && failed.error.is_precondition_failed() && retry < self.retries
    }

    /// After a refused or lost change: the copy takes over the document that stands in its way.
    /// Returns the refusal if the change may be made again.
    fn prepare_retry(&mut self, failed: FailedChange, retry: u32) -> Result<Error> {
        let may_retry = self.may_retry(&failed, retry);
        let FailedChange { error, found, .. } = failed;
        if let Some(found) = found {
            self.take(*found)?;
            return if may_retry { Ok(error) } else { Err(error) };
        }
        if !may_retry {
            return Err(error);
        }
        thread::sleep(pause::before(retry));
        let refused = self.etag().cloned();
        self.refresh()?;
        // The condition failed although the ETag is right, so it would fail again.
        if self.etag() == refused.as_ref() { Err(error) } else { Ok(error) }
    }
}

impl<'a> Action<'a> {
    fn body(self) -> Option<&'a [u8]> {
        match self {
            Self::Put(body) | Self::Insert(body) | Self::Replace(body) => Some(body),
            Self::Delete => None,
        }
    }

    fn method(self) -> Method {
        if matches!(self, Self::Delete) { Method::DELETE } else { Method::PUT }
    }
}
