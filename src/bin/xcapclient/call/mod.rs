//! The call that the options describe, and its outcome.

mod chosen_node;
pub(crate) mod heads;
mod input;
mod outcome;
mod pieces;
mod session;
pub(crate) mod terminal;
mod trust;
mod usage;
mod variables;

pub(crate) use chosen_node::{ChosenNode, bound};
pub(crate) use input::Input;
pub(crate) use outcome::{Outcome, is_success, outcome, refused, shown};
pub(crate) use pieces::{Piece, pieces};
pub(crate) use session::Session;

use xcaplib::{Application, Method, Request, XCAPClient};

use crate::args::{Action, Context, Failure, Header, Headers, Options};

/// A call that has been described but not sent.
pub(crate) struct Call<'a> {
    pub(crate) options: &'a Options,
    pub(crate) application: String,
    pub(crate) node: ChosenNode<'a>,
    pub(crate) input: &'a Input,
    headers: Headers,
    user: String,
}

impl<'a> Call<'a> {
    pub(crate) fn new(
        options: &'a Options,
        input: &'a Input,
        session: &Session<'_>,
    ) -> Result<Self, Failure> {
        let application = usage::of(options, input)?;
        let (node, user) = (ChosenNode::new(options)?, session.user().to_owned());
        let headers = session.account().headers.clone();
        Ok(Self { options, application, node, input, headers, user })
    }

    /// The request for the whole document, without conditions.
    pub(crate) fn document<'c>(&self, client: &'c XCAPClient) -> Request<'c> {
        let mut request = client.request(&self.application);
        match self.options.context {
            Some(Context::Users) => request = request.user(&self.user),
            Some(Context::Global) => request = request.global(),
            None => {}
        }
        if let Some(filename) = &self.options.filename {
            request = request.filename(filename);
        }
        request
    }

    /// The request for the node, with the conditions of the call.
    pub(crate) fn request<'c>(&self, client: &'c XCAPClient) -> Request<'c> {
        let mut request = self.node.of(self.document(client));
        let given = |header: &&Header| !self.headers.removes(&header.name);
        for header in self.headers.conditions.iter().filter(given) {
            request = request.header(&header.name, &header.value);
        }
        if let Some(etag) = self.if_match() {
            request = request.if_match(etag);
        }
        if let Some(etag) = self.if_none_match() {
            request = request.if_none_match(etag);
        }
        request
    }

    /// The namespace of an element name without a prefix in the node selector.
    pub(crate) fn default_namespace(&self) -> Option<&'static str> {
        Application::lookup(&self.application)?.default_namespace.as_deref()
    }

    /// Whether the call is about a whole document.
    pub(crate) fn is_document(&self) -> bool {
        matches!(self.node, ChosenNode::Document)
    }

    pub(crate) fn if_match(&self) -> Option<&str> {
        self.condition(self.options.etag.as_deref(), "if-match")
    }

    pub(crate) fn if_none_match(&self) -> Option<&str> {
        self.condition(self.options.if_none_match.as_deref(), "if-none-match")
    }

    /// The ETag of an option. `None` if it is empty or its header is removed.
    fn condition<'o>(&self, etag: Option<&'o str>, header: &str) -> Option<&'o str> {
        etag.filter(|etag| !etag.trim().is_empty() && !self.headers.removes(header))
    }

    pub(crate) fn send(&self, session: &mut Session<'_>) -> Result<Outcome, Failure> {
        let body = self.input.bytes();
        let raw =
            |method, body| move |client: &XCAPClient| self.request(client).send_raw(method, body);
        let result = match self.options.action {
            Action::Put => session.send(raw(Method::Put, Some(body)))?,
            Action::Delete => session.send(raw(Method::Delete, None))?,
            Action::Insert => session.call(|client| self.request(client).insert(body))?,
            Action::Replace => {
                let replace = |client: &XCAPClient| self.request(client).replace(body);
                session.call(replace)?.map(|(_, answer)| answer)
            }
            _ if self.options.no_validate => session.send(raw(Method::Get, None))?,
            _ => {
                let get = |client: &XCAPClient| self.request(client).get();
                session.call(get)?.map(|found| found.response().clone())
            }
        };
        result.map(Outcome::Answer).or_else(|error| outcome(error, body))
    }
}
