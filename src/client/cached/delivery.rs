//! How a change goes out: as the whole document, or as a change of its node.

use std::time::{Duration, Instant};

use crate::answer::{ETag, Error, Resource, Response, Result};
use crate::client::habits::{Conditions, Storage};
use crate::client::request::Request;
use crate::client::request_options::Owner;
use crate::document;
use crate::http_types::Method;
use crate::selector::{NodeSelector, UserId};

use super::copy::CachedDocument;
use super::fault;
use super::state::State;

/// A text that was read longer ago is looked at again before a change that its ETag may not guard.
const FRESH: Duration = Duration::from_secs(1);

/// What a change is to make of the document, and how it may go out.
pub(super) struct Intent<'a> {
    pub(super) text: String,
    pub(super) node: Option<NodeChange<'a>>,
}

/// A change of one node: a body that is put, or a deletion.
#[derive(Clone, Copy)]
pub(super) struct NodeChange<'a> {
    pub(super) selector: &'a NodeSelector,
    pub(super) body: Option<&'a [u8]>,
}

/// Why a change did not go through, and the document that was found in its way, if it was read.
pub(super) struct Setback {
    pub(super) error: Error,
    pub(super) found: Option<Box<Resource>>,
}

impl From<Error> for Setback {
    fn from(error: Error) -> Self {
        Self { error, found: None }
    }
}

impl CachedDocument {
    /// Makes a change, and takes in what it made of the document.
    pub(super) fn deliver(&mut self, intent: &Intent<'_>) -> Result<Response, Setback> {
        let delivered = match &intent.node {
            None if self.works_by_node() => {
                Err(fault::only_by_node(&self.line(Method::PUT, None)).into())
            }
            None => self.send_document(&intent.text),
            Some(node) if self.works_by_node() || self.is_refused_whole => {
                self.send_node(node, &intent.text, true)
            }
            Some(node) if self.habit().conditions == Some(Conditions::Ignored) => {
                self.send_node_or_document(node, &intent.text)
            }
            Some(node) => self.send_document_or_node(node, &intent.text),
        };
        if delivered.as_ref().is_err_and(|setback| may_have_changed(&setback.error)) {
            self.state.make_stale();
        }
        delivered
    }

    /// Whether the whole document is not this client's to put.
    fn works_by_node(&self) -> bool {
        self.by_node.unwrap_or_else(|| {
            let own = &self.core.user;
            match &self.options.owner {
                Owner::Own => false,
                Owner::Named(text) => UserId::new(text).is_ok_and(|user| user != *own),
                Owner::Exact(user) => user != own,
                Owner::Everybody => true,
            }
        })
    }

    fn send_document_or_node(
        &mut self,
        node: &NodeChange<'_>,
        text: &str,
    ) -> Result<Response, Setback> {
        match self.send_document(text) {
            Err(Setback { error, found: None }) if refuses_documents(&error) => {
                let sent = self.send_node(node, text, false);
                let response = sent.map_err(|setback| setback.after("whole document", &error))?;
                self.is_refused_whole = true;
                Ok(response)
            }
            sent => sent,
        }
    }

    /// Where nothing guards a change, one of the node alone can undo less of what others do.
    fn send_node_or_document(
        &mut self,
        node: &NodeChange<'_>,
        text: &str,
    ) -> Result<Response, Setback> {
        match self.send_node(node, text, true) {
            Err(Setback { error, found: None }) if refuses_nodes(&error) => self
                .send_document(text)
                .map_err(|setback| setback.after("change of the node", &error)),
            sent => sent,
        }
    }

    fn send_document(&mut self, text: &str) -> Result<Response, Setback> {
        // A server may answer a document that it holds already without a look at the condition.
        let may_learn = text != self.text;
        let response =
            self.guarded(may_learn, |request| self.confirmed(text, request.put(text)?))?;
        self.settle(text, &response);
        Ok(response)
    }

    fn send_node(
        &mut self,
        node: &NodeChange<'_>,
        text: &str,
        may_learn: bool,
    ) -> Result<Response, Setback> {
        let response = self.guarded(may_learn, |request| {
            let request = request.node(node.selector);
            match node.body {
                Some(body) => request.put(body),
                None => request.delete(),
            }
        })?;
        self.settle_node(node, text, &response)?;
        Ok(response)
    }

    /// Sends a change under the copy's ETag. Where it is not known yet whether that guards it, and
    /// this is to be learnt, the change first goes out under one that cannot match.
    fn guarded(
        &self,
        may_learn: bool,
        send: impl Fn(Request<'_>) -> Result<Response>,
    ) -> Result<Response, Setback> {
        let conditions = self.habit().conditions;
        let is_open = conditions.is_none() && may_learn;
        let is_unguarded = conditions == Some(Conditions::Ignored);
        let etag = if is_unguarded || (is_open && self.read_at.elapsed() > FRESH) {
            self.unchanged()?
        } else {
            self.etag().cloned()
        };
        let request = |etag: Option<&ETag>| self.request().validate(false).if_match(etag);
        if is_open {
            match send(request(Some(&ETag::unmatchable()))) {
                Err(error) if error.status() == Some(412) => {}
                Err(error) => return Err(error.into()),
                Ok(response) => {
                    self.core.habits.learn_conditions(self.auid(), Conditions::Ignored);
                    return Ok(response);
                }
            }
        }
        Ok(send(request(etag.as_ref()))?)
    }

    /// The ETag of the document, which has to be the copy's text still.
    fn unchanged(&self) -> Result<Option<ETag>, Setback> {
        match self.request().if_none_match(self.etag()).get() {
            Err(error) if error.is_not_modified() => Ok(self.etag().cloned()),
            Err(error) => Err(error.into()),
            // Some servers take no notice of this condition either.
            Ok(found) if found == *self.text => Ok(found.etag().cloned()),
            Ok(found) => {
                let error = fault::changed_meanwhile(&self.line(Method::PUT, None));
                Err(Setback { error, found: Some(Box::new(found)) })
            }
        }
    }

    /// The answer to a PUT of a document, unless the server may have held the very document before:
    /// OpenXCAP answers that with the document, whatever `If-Match` says.
    fn confirmed(&self, text: &str, response: Response) -> Result<Response> {
        let is_told = response.body() != text.as_bytes() || response.is_created();
        let is_unguarded = self.habit().conditions == Some(Conditions::Ignored);
        if is_told || is_unguarded || text == self.text || self.answers_with_documents(text) {
            return Ok(response);
        }
        let line = self.line(Method::PUT, None);
        Err(if self.core.habits.answers_changes_bare() {
            fault::made_already(&line, response)
        } else {
            fault::made_by_whom(&line, response)
        })
    }

    /// Whether the server answers every PUT with the document, and looks at the condition even where
    /// it holds the document already. One that is not known to answer otherwise is asked: the document
    /// that it holds is put once more, under an ETag that cannot match.
    fn answers_with_documents(&self, text: &str) -> bool {
        let habits = &self.core.habits;
        if habits.answers_changes_bare() || habits.answers_with_documents() {
            return !habits.answers_changes_bare();
        }
        let request = self.request().validate(false).if_match(&ETag::unmatchable());
        match request.put(text) {
            Err(error) if error.status() == Some(412) => habits.learn_document_answer(),
            Ok(_) => habits.learn_conditions(self.auid(), Conditions::Ignored),
            Err(_) => {}
        }
        habits.answers_with_documents()
    }

    /// The document was put: it is what was sent, or is read to see what it is.
    fn settle(&mut self, text: &str, response: &Response) {
        text.clone_into(&mut self.text);
        self.read_at = Instant::now();
        let before = self.etag().cloned();
        let etag = response.etag().cloned();
        self.state = State::Stale { etag: None };
        if !is_made(response) {
            return;
        }
        match (self.habit().storage, etag) {
            (Some(Storage::AsSent), Some(etag)) => self.state = State::Known { etag },
            (Some(Storage::AsSent), None) => {}
            (None | Some(Storage::Altered), etag) => self.read_back(etag.as_ref()),
        }
        self.came_from(before);
    }

    /// Reads what became of a document that was put, and learns from the first.
    fn read_back(&mut self, etag: Option<&ETag>) {
        let Ok(found) = self.request().get() else { return };
        let storage = self.habit().storage;
        let is_as_sent = found == *self.text;
        // Under another ETag it is somebody else's already.
        let is_ours = found.etag().is_some() && found.etag() == etag;
        if storage.is_none() && is_as_sent {
            self.core.habits.learn_storage(self.auid(), Storage::AsSent);
        } else if is_ours && !is_as_sent {
            self.core.habits.learn_storage(self.auid(), Storage::Altered);
        }
        // What is no document leaves the copy stale.
        let _ = self.take(found);
    }

    /// A node was changed: the document is read, and has to hold what the change was to make.
    fn settle_node(
        &mut self,
        node: &NodeChange<'_>,
        predicted: &str,
        response: &Response,
    ) -> Result<()> {
        predicted.clone_into(&mut self.text);
        let before = self.etag().cloned();
        self.state = State::Stale { etag: None };
        let Ok(found) = self.request().get() else { return Ok(()) };
        // Under another ETag it may hold what somebody else made of it since.
        let is_ours = response.etag().is_none() || found.etag() == response.etag();
        let is_taken = self.take(found).is_ok();
        self.came_from(before);
        if !is_taken || !is_ours || self.holds(node, predicted) {
            return Ok(());
        }
        let held = document::get(&self.text, node.selector, self.default_namespace()).ok();
        let held = held.as_ref().map(document::Selected::as_str);
        let method = if node.body.is_some() { Method::PUT } else { Method::DELETE };
        Err(fault::not_held(&self.line(method, Some(node.selector)), held, response))
    }

    /// Whether the copy has at the node what the predicted document has there.
    fn holds(&self, node: &NodeChange<'_>, predicted: &str) -> bool {
        let (selector, namespace) = (node.selector, self.default_namespace());
        match node.body {
            Some(_) => document::is_same_node(&self.text, predicted, selector, namespace),
            None => document::get(&self.text, selector, namespace).is_err(),
        }
    }
}

impl Setback {
    /// The same, after the other way was refused, too.
    fn after(self, what: &str, first: &Error) -> Self {
        Self { error: self.error.after(what, first), ..self }
    }
}

/// Whether a success says that the change is made, and not that it may be some day.
fn is_made(response: &Response) -> bool {
    matches!(response.status(), 200 | 201 | 204)
}

/// Whether the document may be another after this error, or may be gone.
fn may_have_changed(error: &Error) -> bool {
    match error.status() {
        Some(404 | 410) => true,
        Some(300..=499) => false,
        Some(_) => true,
        None => !error.is_invalid_input() && !error.is_precondition_failed(),
    }
}

/// Whether the server takes no whole documents here, while it may take a change of a node.
fn refuses_documents(error: &Error) -> bool {
    match error.status() {
        Some(403 | 404 | 405 | 413 | 501) => true,
        Some(409) => error.conflict().is_none_or(|conflict| {
            !matches!(
                conflict.name(),
                "schema-validation-error"
                    | "uniqueness-failure"
                    | "constraint-failure"
                    | "extension"
            )
        }),
        _ => false,
    }
}

/// Whether the server takes no such change of a node, while it may take the document.
fn refuses_nodes(error: &Error) -> bool {
    matches!(error.status(), Some(400 | 403..=405 | 409 | 415 | 501))
}
