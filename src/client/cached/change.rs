//! The changes of a copy: worked out here, sent, and made again where somebody else was first.

use std::thread;

use crate::answer::{Error, Response, Result};
use crate::document::{self, Edit};
use crate::http::pause;
use crate::http_types::Method;
use crate::selector::{NodeArg, NodeSelector};

use super::copy::{CachedDocument, selector};
use super::delivery::{Intent, NodeChange, Setback};
use super::fault;

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
            self.request().check(&text)?;
            let setback = match self.deliver(&Intent { text, node: None }) {
                Ok(response) => return Ok(response),
                Err(setback) => setback,
            };
            self.catch_up(setback, retry)?;
            retry += 1;
        }
    }

    fn change(&mut self, node: NodeArg<'_>, action: Action<'_>) -> Result<Response> {
        let selector = &selector(node)?;
        let seen = (!self.is_guarded()).then(|| self.target(selector));
        self.freshen()?;
        if seen.is_some_and(|seen| self.target(selector) != seen) {
            return Err(fault::stale_target(&self.line(action.method(), Some(selector))));
        }
        let mut retry = 0;
        loop {
            let text = self.predict(selector, action)?;
            let node = Some(NodeChange { selector, body: action.body() });
            let setback = match self.deliver(&Intent { text, node }) {
                Ok(response) => return Ok(response),
                Err(setback) => setback,
            };
            // What a retry has to find as it was: it is looked up only where there is one.
            let seen = self.may_retry(&setback, retry).then(|| self.target(selector));
            let error = self.catch_up(setback, retry)?;
            // What the caller wanted changed is no longer what the caller saw.
            if seen.is_some_and(|seen| self.target(selector) != seen) {
                return Err(error.target_changed());
            }
            retry += 1;
        }
    }

    /// The text of the element that a change is about, an attribute's own element with it: another
    /// may stand at its position.
    fn target(&self, selector: &NodeSelector) -> Option<String> {
        let element = selector.without_terminal();
        let found = document::get(&self.text, &element, self.default_namespace()).ok()?;
        Some(found.as_str().to_owned())
    }

    /// What a conforming server makes of the document.
    fn predict(&self, selector: &NodeSelector, action: Action<'_>) -> Result<String> {
        let namespace = self.default_namespace();
        let refused = |refusal| self.refused(action.method(), Some(selector), &refusal);
        let Some(body) = action.body() else {
            return document::delete(&self.text, selector, namespace).map_err(refused);
        };
        let Edit { text, created } =
            document::put(&self.text, selector, body, namespace).map_err(refused)?;
        let line = || self.line(Method::PUT, Some(selector));
        match action {
            Action::Insert(_) if !created => Err(Error::already_exists(line().url.as_str(), None)),
            Action::Replace(_) if created => Err(fault::nothing_to_replace(&line())),
            _ => Ok(text),
        }
    }

    /// Reads a copy again that is stale, or has an ETag that cannot guard a change; then there has to
    /// be one that can.
    fn freshen(&mut self) -> Result<()> {
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

    fn may_retry(&self, setback: &Setback, retry: u32) -> bool {
        setback.error.is_precondition_failed() && retry < self.retries
    }

    /// After a refused or lost change: makes the copy the document that stands in its way, and gives
    /// the refusal back if the change may be made again.
    fn catch_up(&mut self, setback: Setback, retry: u32) -> Result<Error> {
        let may_retry = self.may_retry(&setback, retry);
        let Setback { error, found } = setback;
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
        // The condition failed although the ETag is right: it will fail again.
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
