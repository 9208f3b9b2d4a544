//! How a change goes out: as the whole document, or as a change of its node.

use std::time::{Duration, Instant};

use crate::answer::{ETag, Error, RequestLine, Resource, Response, Result};
use crate::client::habits::{Conditions, Storage};
use crate::client::request::Request;
use crate::client::request_options::Owner;
use crate::document::{Held, NodeCall, Selected};
use crate::http_types::Method;
use crate::selector::{NodeSelector, UserId};
use crate::xml;

use super::copy::CachedDocument;
use super::fault;
use super::state::State;
use super::target;

/// A text that was read longer ago than this is checked again before a change that its ETag may not
/// guard.
const FRESH: Duration = Duration::from_secs(1);

/// What the document is to become, and the changes of nodes that lead there.
pub(super) struct ChangePlan<'a> {
    pub(super) next: &'a Held,
    /// The changes of nodes that lead there, if there are any.
    pub(super) nodes: &'a [NodeChange<'a>],
    /// The caller asked for the change of one node.
    pub(super) is_of_node: bool,
}

/// A change of one node: a body that is put, or a deletion.
#[derive(Clone, Copy)]
pub(super) struct NodeChange<'a> {
    pub(super) selector: &'a NodeSelector,
    pub(super) body: Option<&'a [u8]>,
}

/// What a change does while it is not known whether its ETag guards it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Guard {
    /// It first goes out under an ETag that cannot match.
    Learn,
    /// The document is read first.
    Look,
    /// The document was already read in the same call.
    Checked,
}

impl<'a> NodeChange<'a> {
    pub(super) fn of(call: &'a NodeCall) -> Self {
        Self { selector: &call.selector, body: call.body.as_deref() }
    }

    fn line(&self, copy: &CachedDocument) -> RequestLine {
        let method = if self.body.is_some() { Method::PUT } else { Method::DELETE };
        copy.line(method, Some(self.selector))
    }
}

/// Why a change failed, and the document that the server holds instead, if it was read.
pub(super) struct FailedChange {
    pub(super) error: Error,
    pub(super) found: Option<Box<Resource>>,
    /// Some changes were already made, and a second try would make them twice.
    pub(super) is_partial: bool,
}

impl From<Error> for FailedChange {
    fn from(error: Error) -> Self {
        Self { error, found: None, is_partial: false }
    }
}

impl CachedDocument {
    /// Makes a change, and takes in the document that results.
    pub(super) fn deliver(&mut self, plan: &ChangePlan<'_>) -> Result<Response, FailedChange> {
        let ignores = self.habit().conditions == Some(Conditions::Ignored);
        let is_by_node = self.works_by_node();
        let delivered = if is_by_node || (self.is_refused_whole && !plan.nodes.is_empty()) {
            self.send_nodes(plan, Guard::Learn)
        } else if ignores && plan.is_of_node {
            self.send_nodes_or_document(plan)
        } else {
            self.send_document_or_nodes(plan)
        };
        if delivered.as_ref().is_err_and(|failed| may_have_changed(&failed.error)) {
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

    fn send_document_or_nodes(&mut self, plan: &ChangePlan<'_>) -> Result<Response, FailedChange> {
        match self.send_document(plan.next) {
            Err(FailedChange { error, found: None, .. })
                if refuses_documents(&error) && !plan.nodes.is_empty() =>
            {
                let sent = self.send_nodes(plan, Guard::Checked);
                let response = sent.map_err(|failed| failed.after("whole document", &error))?;
                self.is_refused_whole = true;
                Ok(response)
            }
            sent => sent,
        }
    }

    /// Nothing guards this change. If only the node is sent, it can overwrite less of what others
    /// did.
    fn send_nodes_or_document(&mut self, plan: &ChangePlan<'_>) -> Result<Response, FailedChange> {
        match self.send_nodes(plan, Guard::Learn) {
            Err(FailedChange { error, found: None, .. }) if refuses_nodes(&error) => self
                .send_document(plan.next)
                .map_err(|failed| failed.after("change of the node", &error)),
            sent => sent,
        }
    }

    fn send_document(&mut self, next: &Held) -> Result<Response, FailedChange> {
        let text = next.text();
        // A server that holds this very document may answer without evaluating the condition.
        let guard = if text == self.text() { Guard::Look } else { Guard::Learn };
        let response = self.guarded(guard, |request| self.confirmed(text, request.put(text)?))?;
        self.confirm(next, &response);
        Ok(response)
    }

    pub(super) fn send_deletion(&mut self) -> Result<Response, FailedChange> {
        #[allow(clippy::redundant_closure_for_method_calls, reason = "the method has one lifetime")]
        let deleted = self.guarded(Guard::Learn, |request| request.delete());
        if !deleted.as_ref().is_err_and(|failed| !may_have_changed(&failed.error)) {
            self.state = State::Stale { etag: None };
        }
        deleted
    }

    /// Sends the changes one after the other, each worked out on the document that results from the
    /// one before.
    fn send_nodes(
        &mut self,
        plan: &ChangePlan<'_>,
        guard: Guard,
    ) -> Result<Response, FailedChange> {
        let Some((first, more)) = plan.nodes.split_first() else {
            return Err(fault::only_by_node(&self.line(Method::PUT, None)).into());
        };
        if more.is_empty() {
            return self.send_node(first, plan.next, guard);
        }
        let mut drafted = self.predicted(&self.held, first)?;
        // All changes are worked out first, so that one that cannot be made is refused before
        // anything is sent.
        more.iter().try_fold(drafted.clone(), |held, node| self.predicted(&held, node))?;
        let mut response = self.send_node(first, &drafted, guard)?;
        for (made, node) in (1..).zip(more) {
            let sent = self.send_next_node(node, &drafted, guard);
            response = sent.map_err(|failed| failed.after_changes(made))?;
            drafted = self.predicted(&drafted, node)?;
        }
        Ok(response)
    }

    /// Sends a change that was drafted on another document, if the copy still has the same node at
    /// that place. The server may have moved the node, or somebody else may have replaced it.
    fn send_next_node(
        &mut self,
        node: &NodeChange<'_>,
        drafted: &Held,
        guard: Guard,
    ) -> Result<Response, FailedChange> {
        if self.is_stale() {
            self.refresh()?;
        }
        if !target::is_same(drafted, &self.held, node.selector) {
            return Err(fault::other_target(&node.line(self)).into());
        }
        let next = self.predicted(&self.held, node)?;
        self.send_node(node, &next, guard)
    }

    /// What a change makes of a document.
    fn predicted(&self, held: &Held, node: &NodeChange<'_>) -> Result<Held> {
        let next = match node.body {
            Some(body) => held.put(node.selector, body).map(|(next, _)| next),
            None => held.delete(node.selector),
        };
        next.map_err(|refusal| refusal.to_error(&node.line(self)))
    }

    fn send_node(
        &mut self,
        node: &NodeChange<'_>,
        next: &Held,
        guard: Guard,
    ) -> Result<Response, FailedChange> {
        let response = self.guarded(guard, |request| {
            let request = request.node(node.selector);
            match node.body {
                Some(body) => request.put(body),
                None => request.delete(),
            }
        })?;
        self.confirm_node(node, next, &response)?;
        Ok(response)
    }

    /// Sends a change under the copy's ETag.
    fn guarded(
        &self,
        guard: Guard,
        send: impl Fn(Request<'_>) -> Result<Response>,
    ) -> Result<Response, FailedChange> {
        let conditions = self.habit().conditions;
        let is_open = conditions.is_none() && guard == Guard::Learn;
        let must_look = match (conditions, guard) {
            (Some(Conditions::Honoured), _) | (None, Guard::Checked) => false,
            (Some(Conditions::Ignored), _) | (None, Guard::Look) => true,
            (None, Guard::Learn) => !self.is_fresh(),
        };
        let etag = if must_look { self.unchanged()? } else { self.etag().cloned() };
        let etag = etag.ok_or_else(|| fault::no_etag(&self.line(Method::GET, None)))?;
        let request = |etag: &ETag| self.request().validate(false).if_match(etag);
        if is_open {
            match send(request(&ETag::unmatchable())) {
                Err(error) if error.status() == Some(412) => {}
                Err(error) => return Err(error.into()),
                Ok(response) => {
                    self.core.habits.learn_conditions(self.auid(), Conditions::Ignored);
                    return Ok(response);
                }
            }
        }
        Ok(send(request(&etag))?)
    }

    fn is_fresh(&self) -> bool {
        self.read_at.is_some_and(|read_at| read_at.elapsed() <= FRESH)
    }

    /// Checks by a GET that the document is still the copy's text, and returns its ETag.
    fn unchanged(&self) -> Result<Option<ETag>, FailedChange> {
        match self.request().if_none_match(self.etag()).get() {
            Err(error) if error.is_not_modified() => Ok(self.etag().cloned()),
            Err(error) => Err(error.into()),
            // Some servers ignore this condition too.
            Ok(found) if found == *self.text() => Ok(found.etag().cloned()),
            Ok(found) => {
                let error = fault::changed_meanwhile(&self.line(Method::PUT, None));
                Err(FailedChange { found: Some(Box::new(found)), ..error.into() })
            }
        }
    }

    /// The answer to a PUT of a document, unless the server may already have held that very
    /// document: to such a PUT, OpenXCAP answers with the document, whatever `If-Match` says.
    fn confirmed(&self, text: &str, response: Response) -> Result<Response> {
        let is_told = response.is_created() || !is_document(&response);
        let is_unguarded = self.habit().conditions == Some(Conditions::Ignored);
        if is_told || is_unguarded || text == self.text() || self.answers_with_documents(text) {
            return Ok(response);
        }
        let line = self.line(Method::PUT, None);
        Err(if self.core.habits.answers_changes_bare() {
            fault::already_there(&line, response)
        } else {
            fault::maybe_already_there(&line, response)
        })
    }

    /// Whether the server answers every PUT with the document, and checks the condition even if it
    /// already holds that document. If the server is not known to answer otherwise, it is asked:
    /// the document that it holds is put once more, under an ETag that cannot match.
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

    /// After the whole document was put. The copy takes the text that was sent, or reads the
    /// document again if the server may have altered it.
    fn confirm(&mut self, next: &Held, response: &Response) {
        self.held = next.clone();
        self.read_at = Some(Instant::now());
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

    /// Reads a document back after it was put. The first time shows whether the server stores
    /// documents as they are sent.
    fn read_back(&mut self, etag: Option<&ETag>) {
        let Ok(found) = self.request().get() else { return };
        let storage = self.habit().storage;
        let is_as_sent = found == *self.text();
        // Another ETag means that somebody else has changed the document since.
        let is_ours = is_same_version(found.etag(), etag);
        if storage.is_none() && is_as_sent {
            self.core.habits.learn_storage(self.auid(), Storage::AsSent);
        } else if is_ours && !is_as_sent {
            self.core.habits.learn_storage(self.auid(), Storage::Altered);
        }
        // If the answer is no document, the copy stays stale.
        let _ = self.take(found);
    }

    /// After a change of a node. The copy reads the document and checks that it holds what was
    /// asked for.
    fn confirm_node(
        &mut self,
        node: &NodeChange<'_>,
        next: &Held,
        response: &Response,
    ) -> Result<()> {
        self.held = next.clone();
        let before = self.etag().cloned();
        self.state = State::Stale { etag: None };
        let Ok(found) = self.request().get() else { return Ok(()) };
        // Another ETag means that somebody else may have changed the node since.
        let is_ours = response.etag().is_none() || is_same_version(found.etag(), response.etag());
        let is_taken = self.take(found).is_ok();
        self.came_from(before);
        if !is_taken || !is_ours || self.holds(node, next) {
            return Ok(());
        }
        let held = self.held.get(node.selector).ok();
        let held = held.as_ref().map(Selected::as_str);
        Err(fault::not_held(&node.line(self), held, response))
    }

    /// Whether the node of the copy is what the change asked for.
    fn holds(&self, node: &NodeChange<'_>, next: &Held) -> bool {
        match node.body {
            Some(_) => self.held.has_same(next, node.selector),
            None => self.held.get(node.selector).is_err(),
        }
    }
}

impl FailedChange {
    /// The same, in the middle of several changes.
    fn after_changes(self, made: usize) -> Self {
        Self { error: self.error.after_changes(made), is_partial: true, ..self }
    }

    /// The same, after the other way was refused, too.
    fn after(self, what: &str, first: &Error) -> Self {
        Self { error: self.error.after(what, first), ..self }
    }
}

/// Whether two ETags name one text. A server may send a tag as weak and a second later as strong.
fn is_same_version(one: Option<&ETag>, other: Option<&ETag>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if one.opaque() == other.opaque())
}

fn is_document(response: &Response) -> bool {
    !response.body().is_empty() && response.text().is_some_and(|text| xml::check(text).is_ok())
}

/// Whether a success means that the change is made; a 202 means only that it may be.
fn is_made(response: &Response) -> bool {
    matches!(response.status(), 200 | 201 | 204)
}

/// Whether the document may have been changed or deleted in spite of the error.
fn may_have_changed(error: &Error) -> bool {
    match error.status() {
        Some(404 | 410) => true,
        Some(300..=499) => false,
        Some(_) => true,
        None => error.is_unsure(),
    }
}

/// Whether the server refuses whole documents, and may still accept a change of a node.
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

/// Whether the server does not accept this kind of change of a node, but may accept the document.
fn refuses_nodes(error: &Error) -> bool {
    matches!(error.status(), Some(400 | 403..=405 | 409 | 415 | 500 | 501))
}
