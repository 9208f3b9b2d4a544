//! The call that an action makes.

use xcaplib::{Error, Method, Request, Response, XCAPClient};

use crate::account::Account;
use crate::application;
use crate::failure::Failure;
use crate::headers::Headers;
use crate::input::Input;
use crate::options::{Action, Context, Options};
use crate::output;

/// A call, not sent yet.
pub(crate) struct Call<'a> {
    client: XCAPClient,
    application: String,
    options: &'a Options,
    account: &'a Account,
    input: &'a Input,
    headers: Headers<'a>,
}

/// What came of a call.
pub(crate) enum Outcome {
    Answer(Response),
    /// An `insert` found its target in place.
    Exists(String),
}

impl<'a> Call<'a> {
    pub(crate) fn new(
        options: &'a Options,
        account: &'a Account,
        input: &'a Input,
    ) -> Result<Self, Failure> {
        let headers = Headers::new(&options.headers);
        let mut builder = XCAPClient::builder(&account.xcap_root, &account.sip_address)
            .validate(!options.no_validate);
        if let Some(password) = &account.password {
            builder = builder.password(password);
        }
        if let Some(timeout) = options.timeout {
            builder = builder.timeout(timeout);
        }
        let client = headers.of_client(builder).build()?;
        let application = application::of(options, input)?;
        Ok(Self { client, application, options, account, input, headers })
    }

    /// Where the call goes.
    pub(crate) fn url(&self) -> Result<String, Failure> {
        Ok(self.request().url()?)
    }

    fn request(&self) -> Request<'_> {
        let mut request = self.client.request(&self.application);
        match self.options.context {
            Some(Context::Users) => request = request.user(&self.account.sip_address),
            Some(Context::Global) => request = request.global(),
            None => {}
        }
        if let Some(filename) = &self.options.filename {
            request = request.filename(filename);
        }
        if let Some(etag) = self.options.etag.as_deref().filter(|etag| !etag.trim().is_empty()) {
            if !self.headers.removes("if-match") {
                request = request.if_match(etag);
            }
        }
        self.headers.of_request(request.node(self.options.node_selector.as_deref()))
    }

    pub(crate) fn send(&self) -> Result<Outcome, Failure> {
        let (request, body) = (self.request(), self.input.bytes());
        let result = match self.options.action {
            Action::Get => request.send_raw(Method::Get, None),
            Action::Put => request.send_raw(Method::Put, Some(body)),
            Action::Delete => request.send_raw(Method::Delete, None),
            Action::Insert => request.insert(body),
            Action::Replace => request.replace(body).map(|(_, answer)| answer),
        };
        result.map(Outcome::Answer).or_else(|error| self.outcome(error))
    }

    /// An error may be an answer like any other.
    fn outcome(&self, error: Error) -> Result<Outcome, Failure> {
        if error.is_already_exists() {
            return Ok(Outcome::Exists(error.to_string()));
        }
        if let Some((line, column)) = error.body_position() {
            let place = output::marked(self.input.bytes(), line, column);
            return Err(Failure::Usage(format!("{error}\n{place}")));
        }
        let is_whole = !error.is_too_large() && !error.is_malformed_response();
        match error.response() {
            Some(answer) if is_whole && !(200..300).contains(&answer.status()) => {
                Ok(Outcome::Answer(answer.clone()))
            }
            _ => Err(error.into()),
        }
    }
}
