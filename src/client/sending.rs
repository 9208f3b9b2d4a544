//! The calls of a request: each prepares what goes to the exchange, and looks at what comes back.

use crate::answer::{Error, RequestLine, Resource, ResourceKind, Response, Result};
use crate::document;
use crate::http::{Payload, Prepared};
use crate::http_types::header::IF_MATCH;
use crate::http_types::{self, HeaderMap};
use crate::selector::{NodeArg, Target};

use super::found;
use super::habits::Conditions;
use super::method::Method;
use super::request::Request;

impl Request<'_> {
    /// Fetches the document or node (RFC 4825 sections 7.3, 7.6, 7.9 and 7.10).
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example()?;
    /// let entry = client.request("resource-lists").node("/resource-lists/*[1]/entry[1]").get()?;
    /// assert_eq!(entry, r#"<entry uri="sip:bob@example.com"/>"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`XCAPClient::get`](crate::XCAPClient::get).
    pub fn get(mut self) -> Result<Resource> {
        let target = self.begin()?;
        if self.options.with_namespaces && target.kind == ResourceKind::Element {
            return self.get_declared(&target);
        }
        self.get_from(&target, self.fields()?)
    }

    /// Takes an element from the whole document, with the declarations that it inherits.
    fn get_declared(&self, target: &Target) -> Result<Resource> {
        let selector = target.selector.as_ref().ok_or_else(|| {
            Error::invalid_input(
                "the node selector does not parse, so nothing can be selected \
                 here; leave out `with_namespaces`",
            )
        })?;
        selector.check()?;
        let found = self.get_from(&self.target_of(&NodeArg::default())?, self.fields()?)?;
        let namespace = self.options.application.default_namespace.as_deref();
        let declared = document::get_with_namespaces(found.as_str(), selector, namespace);
        match declared.map(|element| element.to_string()) {
            Ok(text) => Ok(found.part(target.kind, text)),
            Err(refusal) => {
                let url = target.url.clone();
                let line = RequestLine { method: http_types::Method::GET, url };
                Err(match refusal.status() {
                    404 => Error::not_in_document(&line, &refusal),
                    _ => {
                        let found = Some(found.response().clone());
                        Error::malformed_response(Some(&line), refusal.to_string(), found)
                    }
                })
            }
        }
    }

    pub(super) fn get_from(&self, target: &Target, headers: HeaderMap) -> Result<Resource> {
        let (line, response) = self.answer_from(target, headers)?;
        if target.kind == ResourceKind::Element {
            found::check_element(&line, &response)?;
        }
        Ok(Resource::new(target.kind, response))
    }

    /// Sends a GET, and refuses an answer that is not a success. It does not check whether an
    /// element in the answer is whole.
    pub(super) fn answer_from(
        &self,
        target: &Target,
        headers: HeaderMap,
    ) -> Result<(RequestLine, Response)> {
        let request = self.prepared(target, headers, Payload::Get(None));
        let (line, response) = self.core.exchange.run(&request)?.success(&request)?;
        found::check(target.kind, &line, &response)?;
        Ok((line, response))
    }

    /// Creates or replaces the document, element or attribute (RFC 4825 sections 7.1, 7.4 and 7.7).
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// let empty = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
    /// let put = client.request("resource-lists").filename("backup").put(empty)?;
    /// assert!(put.is_created());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`XCAPClient::put`](crate::XCAPClient::put).
    pub fn put(mut self, body: impl AsRef<[u8]>) -> Result<Response> {
        let target = self.begin()?;
        self.check_changeable(&target)?;
        self.check_body(&target, body.as_ref())?;
        self.put_to(&target, self.fields_with_body(&target)?, body.as_ref())
    }

    pub(super) fn put_to(
        &self,
        target: &Target,
        headers: HeaderMap,
        body: &[u8],
    ) -> Result<Response> {
        self.change(target, headers, Payload::Put(body))
    }

    /// Deletes the document, element or attribute (RFC 4825 sections 7.2, 7.5 and 7.8).
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example()?;
    /// let lists = client.request("resource-lists").get()?;
    /// client.request("resource-lists").if_match(lists.etag()).delete()?;
    /// assert!(client.request("resource-lists").optional().get()?.is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`XCAPClient::delete`](crate::XCAPClient::delete).
    pub fn delete(mut self) -> Result<Response> {
        let target = self.begin()?;
        self.check_changeable(&target)?;
        self.change(&target, self.fields()?, Payload::Delete(None))
    }

    fn change(
        &self,
        target: &Target,
        headers: HeaderMap,
        payload: Payload<'_>,
    ) -> Result<Response> {
        let request = self.prepared(target, headers, payload);
        let answered = self.core.exchange.run(&request)?.success(&request);
        self.learn(&request.headers, &answered);
        let may_advise = target.kind != ResourceKind::Document && !self.options.is_of_copy;
        match answered {
            Err(error) if may_advise && is_trouble_with_nodes(&error) => Err(error.or_by_copy()),
            answered => answered.map(|(_, response)| response),
        }
    }

    /// Sends any method, with or without a body, and returns the answer whatever its status. If
    /// that is not a success, [`reason_text`](Response::reason_text) says what is known about it.
    ///
    /// Challenges are answered and redirects are followed as in every call. Unless
    /// [`validate`](Self::validate) is off, a PUT or DELETE of namespace bindings is refused, and a
    /// body is checked as in [`put`](Self::put). A PUT always has a body: `None` means an empty
    /// one.
    ///
    /// ```
    /// use xcaplib::Method;
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// let body = b"<resource-lists xmlns='urn:ietf:params:xml:ns:resource-lists'/>";
    /// let answer = client.request("resource-lists").send_raw(Method::Put, Some(body))?;
    /// assert_eq!(answer.status(), 201);
    /// let answer = client.request("rls-services").send_raw(Method::Delete, None)?;
    /// assert_eq!((answer.status(), answer.reason()), (404, "Not Found"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Bad input, transport failures, and answers that cannot be used
    /// ([`is_too_large`](Error::is_too_large),
    /// [`is_malformed_response`](Error::is_malformed_response)). No status is an error.
    pub fn send_raw(mut self, method: Method, body: Option<&[u8]>) -> Result<Response> {
        let target = self.begin()?;
        let payload = match method {
            Method::Get => Payload::Get(body),
            Method::Put => Payload::Put(body.unwrap_or_default()),
            Method::Delete => Payload::Delete(body),
        };
        if method != Method::Get {
            self.check_changeable(&target)?;
        }
        let headers = match payload.body() {
            Some(body) => {
                self.check_body(&target, body)?;
                self.fields_with_body(&target)?
            }
            None => self.fields()?,
        };
        let request = self.prepared(&target, headers, payload);
        Ok(self.core.exchange.run(&request)?.into_response(&request))
    }

    /// Learns about the server from the answer to a change.
    fn learn(&self, headers: &HeaderMap, answered: &Result<(RequestLine, Response)>) {
        match answered {
            Ok((_, response)) if response.body().is_empty() => self.core.habits.learn_bare_answer(),
            Err(error) if error.status() == Some(412) && headers.contains_key(IF_MATCH) => {
                let auid = &self.options.application.auid;
                self.core.habits.learn_conditions(auid, Conditions::Honoured);
            }
            _ => {}
        }
    }

    fn prepared<'a>(
        &self,
        target: &Target,
        headers: HeaderMap,
        payload: Payload<'a>,
    ) -> Prepared<'a> {
        Prepared { url: target.url.clone(), headers, payload, time: self.options.time }
    }
}

/// Whether a PUT of the whole document may do what was refused. Servers answer like this if they
/// know no prefixes, cannot insert into an element without an end tag, or cannot change attributes.
fn is_trouble_with_nodes(error: &Error) -> bool {
    match error.status() {
        Some(400 | 405 | 415 | 500 | 501) => true,
        Some(409) => error
            .conflict()
            .is_none_or(|conflict| matches!(conflict.name(), "cannot-insert" | "cannot-delete")),
        _ => false,
    }
}
