//! The request that the options describe.

use xcaplib::{Application, Error, Method, Request, Response, XCAPClient};

use crate::application;
use crate::failure::Failure;
use crate::headers::Headers;
use crate::input::Input;
use crate::node::Node;
use crate::options::{Action, Context, Options};
use crate::output;
use crate::session::Session;

/// A call, not sent yet.
pub(crate) struct Call<'a> {
    pub(crate) options: &'a Options,
    pub(crate) application: String,
    pub(crate) node: Node<'a>,
    pub(crate) input: &'a Input,
    headers: &'a Headers<'a>,
    user: String,
}

/// What came of a call.
pub(crate) enum Outcome {
    Answer(Response),
    /// There is none to show: an `insert` found its target in place, or nothing is known.
    Remark(String),
}

impl<'a> Call<'a> {
    pub(crate) fn new(
        options: &'a Options,
        headers: &'a Headers<'a>,
        input: &'a Input,
        user: &str,
    ) -> Result<Self, Failure> {
        let application = application::of(options, input)?;
        let (node, user) = (Node::new(options)?, user.to_owned());
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
        self.headers.of_request(request)
    }

    /// The request for the node, under its conditions.
    pub(crate) fn request<'c>(&self, client: &'c XCAPClient) -> Request<'c> {
        let mut request = self.node.of(self.document(client));
        if let Some(etag) = self.if_match() {
            request = request.if_match(etag);
        }
        if let Some(etag) = self.if_none_match() {
            request = request.if_none_match(etag);
        }
        request
    }

    /// What an element name without a prefix means in the node selector.
    pub(crate) fn default_namespace(&self) -> Option<&'static str> {
        Application::lookup(&self.application)?.default_namespace.as_deref()
    }

    /// Whether a header is not to be sent.
    pub(crate) fn removes(&self, header: &str) -> bool {
        self.headers.removes(header)
    }

    /// Whether it is about a whole document.
    pub(crate) fn is_document(&self) -> bool {
        matches!(self.node, Node::Document)
    }

    pub(crate) fn if_match(&self) -> Option<&str> {
        self.condition(self.options.etag.as_deref(), "if-match")
    }

    pub(crate) fn if_none_match(&self) -> Option<&str> {
        self.condition(self.options.if_none_match.as_deref(), "if-none-match")
    }

    /// An option, unless it is empty or its header is not to be sent.
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

/// Whether the status is 2xx.
pub(crate) fn is_success(answer: &Response) -> bool {
    (200..300).contains(&answer.status())
}

/// An error may be an answer like any other.
pub(crate) fn outcome(error: Error, body: &[u8]) -> Result<Outcome, Failure> {
    if error.is_already_exists() {
        return Ok(Outcome::Remark(error.to_string()));
    }
    let is_whole = !error.is_too_large() && !error.is_malformed_response();
    match error.response() {
        Some(answer) if is_whole && !is_success(answer) => Ok(Outcome::Answer(answer.clone())),
        _ => Err(refused(error, body)),
    }
}

/// With the line of the body that is at fault, if it is the body.
pub(crate) fn refused(error: Error, body: &[u8]) -> Failure {
    match error.body_position() {
        Some(_) => Failure::Usage(shown(&error, body)),
        None => error.into(),
    }
}

/// The text of an error, with the line of the body that is at fault.
pub(crate) fn shown(error: &Error, body: &[u8]) -> String {
    match error.body_position() {
        Some((line, column)) => format!("{error}\n{}", output::marked(body, line, column)),
        None => error.to_string(),
    }
}
