//! A server under test, and what it answers in one line of text.

use xcaplib::{Error, Method, Request, Resource, Response, XCAPClient};

/// The application usage whose document is used.
pub(crate) const AUID: &str = "resource-lists";

pub(crate) struct Subject {
    client: XCAPClient,
}

impl Subject {
    pub(crate) fn new(client: XCAPClient) -> Self {
        Self { client }
    }

    /// A request of the document, unchecked: the server is what is tested.
    pub(crate) fn request(&self) -> Request<'_> {
        self.client.request(AUID).validate(false)
    }

    pub(crate) fn of(&self, application: &str) -> Request<'_> {
        self.client.request(application).validate(false)
    }

    pub(crate) fn node(&self, node: &str) -> Request<'_> {
        self.request().node(node)
    }

    /// The server has no document.
    pub(crate) fn without_document(&self) -> &Self {
        // Whatever it holds: some servers keep what is no text.
        if self.request().send_raw(Method::Get, None).unwrap().status() == 200 {
            self.request().delete().unwrap();
        }
        self
    }

    /// The server has this document.
    pub(crate) fn with(&self, document: &str) -> &Self {
        self.without_document().request().put(document).unwrap();
        self
    }

    /// The document as it is now.
    pub(crate) fn document(&self) -> String {
        got(self.request().get().map(Resource::into_string), ToOwned::to_owned)
    }
}

/// The status of a change, with `etag` and `body` where it has them and the conflict's name.
pub(crate) fn status(change: Result<Response, Error>) -> String {
    got(change, |response| {
        let mut text = response.status().to_string();
        if response.etag().is_some() {
            text += " etag";
        }
        if !response.body().is_empty() {
            text += " body";
        }
        text
    })
}

/// The media type and text that a GET found, be it what a client takes for a resource or not.
pub(crate) fn found(resource: Result<Resource, Error>) -> String {
    let answer = match resource {
        Ok(resource) => Ok(resource.response().clone()),
        Err(error) => match error.response() {
            Some(answer) if error.is_malformed_response() => Ok(answer.clone()),
            _ => Err(error),
        },
    };
    got(answer, |answer| {
        let etag = if answer.etag().is_some() { "etag " } else { "" };
        let media_type = answer.header("content-type").unwrap_or("no type");
        format!("200 {etag}{media_type} {}", one_line(answer.text().unwrap_or_default()))
    })
}

pub(crate) fn got<T>(result: Result<T, Error>, show: impl Fn(&T) -> String) -> String {
    match result {
        Ok(value) => show(&value),
        Err(error) => match (error.status(), error.conflict()) {
            (Some(status), Some(conflict)) => format!("{status} {}", conflict.name()),
            (Some(status), None) => status.to_string(),
            (None, _) => format!("no answer: {error}"),
        },
    }
}

pub(crate) fn one_line(text: &str) -> String {
    text.replace('\n', "\\n")
}
