//! One request with every option: collects, then hands one prepared request to the exchange.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use ureq::http;
use ureq::http::header::{CONTENT_TYPE, HeaderName, IF_MATCH, IF_NONE_MATCH};
use ureq::http::{HeaderMap, HeaderValue};

use crate::application::Application;
use crate::cached::CachedDocument;
use crate::client::XCAPClient;
use crate::document;
use crate::error::{Error, Result};
use crate::etag::ETagArg;
use crate::exchange::{Prepared, check_found, none_if_missing};
use crate::resource::{Resource, ResourceKind, Response};
use crate::selector::{DocumentSelector, Tree, UserId};
use crate::target::{NodeArg, Target};
use crate::transport::CallTime;
use crate::validate;

/// How often `insert` and `replace` send their PUT when the document changes under them.
const ATTEMPTS: usize = 5;

/// Fields that frame a message: the HTTP library's alone.
const FRAMING: [&str; 5] = ["content-length", "transfer-encoding", "expect", "te", "trailer"];

/// The methods of XCAP (RFC 4825 section 7), for [`Request::send_raw`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Fetch a document, element, attribute or set of namespace bindings.
    Get,
    /// Create or replace a document, element or attribute.
    Put,
    /// Delete a document, element or attribute.
    Delete,
}

/// Headers to send beside the client's own: nothing, or a slice of names and values.
///
/// A header replaces the client's own of that name, whatever its case.
/// [`Debug`](fmt::Debug) shows the names alone: a value may be a secret.
#[derive(Clone, Copy, Default)]
pub struct HeadersArg<'a>(&'a [(&'a str, &'a str)]);

impl<'a> From<Option<&'a [(&'a str, &'a str)]>> for HeadersArg<'a> {
    fn from(headers: Option<&'a [(&'a str, &'a str)]>) -> Self {
        Self(headers.unwrap_or_default())
    }
}

impl<'a> From<&'a [(&'a str, &'a str)]> for HeadersArg<'a> {
    fn from(headers: &'a [(&'a str, &'a str)]) -> Self {
        Self(headers)
    }
}

impl<'a, const N: usize> From<&'a [(&'a str, &'a str); N]> for HeadersArg<'a> {
    fn from(headers: &'a [(&'a str, &'a str); N]) -> Self {
        Self(headers)
    }
}

impl<'a> From<&'a Vec<(&'a str, &'a str)>> for HeadersArg<'a> {
    fn from(headers: &'a Vec<(&'a str, &'a str)>) -> Self {
        Self(headers)
    }
}

impl fmt::Debug for HeadersArg<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// A request with every option, begun by [`XCAPClient::request`] and sent by one of
/// [`get`](Self::get), [`put`](Self::put), [`delete`](Self::delete), [`insert`](Self::insert),
/// [`replace`](Self::replace) and [`send_raw`](Self::send_raw).
///
/// ```no_run
/// use std::time::Duration;
/// # let client = xcaplib::XCAPClient::new("https://xcap.example.com", "sip:alice@example.com", None)?;
/// let caps = client.request("xcap-caps").timeout(Duration::from_secs(5)).get()?;
/// let lists = client
///     .request("resource-lists")
///     .user("sip:bob@example.com")
///     .header("X-3GPP-Intended-Identity", "\"sip:alice@example.com\"")
///     .optional()
///     .get()?;
/// println!("{caps}\n{}", lists.map_or(String::new(), |lists| lists.to_string()));
/// # Ok::<(), xcaplib::Error>(())
/// ```
///
/// [`Debug`](fmt::Debug) shows the names of its headers alone: a value may be a secret.
#[derive(Clone)]
#[must_use = "a request does nothing until it is sent"]
pub struct Request<'c> {
    client: &'c XCAPClient,
    options: Options,
}

/// All that a request is but its client.
#[derive(Clone)]
pub(crate) struct Options {
    pub(crate) application: Cow<'static, Application>,
    tree: Tree,
    user: Option<String>,
    /// The user id as a server writes it, unless the caller names a user.
    home: Option<UserId>,
    filename: Option<String>,
    node: NodeArg<'static>,
    if_match: Option<Vec<u8>>,
    if_none_match: Option<Vec<u8>>,
    headers: Vec<(String, String)>,
    validate: bool,
    with_namespaces: bool,
    time: CallTime,
}

impl<'c> Request<'c> {
    pub(crate) fn new(client: &'c XCAPClient, auid: &str) -> Self {
        let application = client.application(auid);
        let options = Options {
            tree: application.tree,
            application,
            user: None,
            home: None,
            filename: None,
            node: NodeArg::default(),
            if_match: None,
            if_none_match: None,
            headers: Vec::new(),
            validate: client.validates(),
            with_namespaces: false,
            time: CallTime::new(client.timeout()),
        };
        Self { client, options }
    }

    pub(crate) fn with(client: &'c XCAPClient, options: Options) -> Self {
        Self { client, options }
    }

    #[cfg(feature = "green")]
    pub(crate) fn into_options(self) -> Options {
        self.options
    }

    /// Addresses the global tree instead of a user's home directory (RFC 4825 section 6.2).
    ///
    /// Default: the application usage's own tree.
    pub fn global(mut self) -> Self {
        self.options.tree = Tree::Global;
        self
    }

    /// Addresses the home directory of another user; the credentials stay the client's.
    ///
    /// `alice@example.com` means `sip:alice@example.com`. Default: the client's user.
    pub fn user(mut self, user: &str) -> Self {
        self.options.tree = Tree::Users;
        self.options.user = Some(user.to_owned());
        self
    }

    /// The document's name. A `/` in it separates subdirectories.
    ///
    /// Default: the application usage's own, `index` for most.
    pub fn filename(mut self, filename: &str) -> Self {
        self.options.filename = Some(filename.to_owned());
        self
    }

    /// Addresses a document where a server says it is; without a user, in the global tree.
    pub(crate) fn at(mut self, user: Option<&UserId>, filename: &str) -> Self {
        self.options.tree = if user.is_some() { Tree::Users } else { Tree::Global };
        self.options.home = user.cloned();
        self.filename(filename)
    }

    /// The node of the document that is meant. Default: the whole document.
    pub fn node<'a>(mut self, node: impl Into<NodeArg<'a>>) -> Self {
        self.options.node = node.into().into_owned();
        self
    }

    /// Goes through only if the document's ETag is this one: `If-Match` (RFC 4825 section 7.11).
    pub fn if_match<'a>(mut self, etag: impl Into<ETagArg<'a>>) -> Self {
        self.options.if_match = etag.into().to_field();
        self
    }

    /// Goes through only if the document's ETag is not this one, `"*"` for any: `If-None-Match`.
    ///
    /// A GET whose ETag is this one fails with [`is_not_modified`](Error::is_not_modified).
    pub fn if_none_match<'a>(mut self, etag: impl Into<ETagArg<'a>>) -> Self {
        self.options.if_none_match = etag.into().to_field();
        self
    }

    /// Adds a header. It replaces the client's own of that name, whatever its case; a name given
    /// twice is sent twice.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.options.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn headers(mut self, headers: HeadersArg<'_>) -> Self {
        self.options
            .headers
            .extend(headers.0.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        self
    }

    /// The media type of the body; `""` sends none.
    ///
    /// Default: the application usage's for a document, `application/xcap-el+xml` for an element,
    /// `application/xcap-att+xml` for an attribute.
    pub fn content_type(self, media_type: &str) -> Self {
        self.header(CONTENT_TYPE.as_str(), media_type)
    }

    /// Whether to check the body and the node selector before anything is sent.
    ///
    /// Without the check the body goes out as it is, and a node expression that does not parse is
    /// percent-encoded and sent. Default: the client's setting.
    pub fn validate(mut self, validate: bool) -> Self {
        self.options.validate = validate;
        self
    }

    /// Makes [`get`](Self::get) give an element with the namespace declarations that it uses and
    /// inherits from its ancestors, so that it is well-formed by itself.
    ///
    /// The whole document is fetched, by one request, and the element is selected here, as by
    /// [`document::get_with_namespaces`]: that works on every server, while some die of a request
    /// for `namespace::*`. All but the declarations added to the start tag stays byte for byte as it
    /// was. ETag, conditions and headers are the document's. Where the element is not in the
    /// document, that is [`is_not_found`](Error::is_not_found), with no answer of the server's.
    ///
    /// Of no effect on what is no element and on other calls.
    ///
    /// ```no_run
    /// # let client = xcaplib::XCAPClient::new("https://xcap.example.com", "sip:alice@example.com", None)?;
    /// let rule = xcaplib::NodeSelector::root("cr:ruleset")
    ///     .child("cr:rule")
    ///     .with_attr("id", "friends")
    ///     .bind("cr", "urn:ietf:params:xml:ns:common-policy");
    /// let rule = client.request("pres-rules").node(&rule).with_namespaces().get()?;
    /// assert!(rule.as_str().contains("=\"urn:ietf:params:xml:ns:common-policy\""));
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    pub fn with_namespaces(mut self) -> Self {
        self.options.with_namespaces = true;
        self
    }

    /// The time for this call, from connecting to the last byte of the answer, whatever number of
    /// requests it takes. Default: the client's setting.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.time = CallTime::new(timeout);
        self
    }

    /// Makes [`get`](OptionalRequest::get) give `None` where nothing is there.
    pub fn optional(self) -> OptionalRequest<'c> {
        OptionalRequest(self)
    }

    /// Fetches the whole document, to be kept and edited in step with the server.
    ///
    /// The options hold for all requests of the copy, but for the node and the conditions.
    ///
    /// # Errors
    ///
    /// Those of [`XCAPClient::open`].
    pub fn open(mut self) -> Result<CachedDocument> {
        self.options.node = NodeArg::default();
        self.options.if_match = None;
        self.options.if_none_match = None;
        CachedDocument::open(self.client, self.options)
    }

    /// Fetches the document or node (RFC 4825 sections 7.3, 7.6, 7.9 and 7.10).
    ///
    /// # Errors
    ///
    /// Those of [`XCAPClient::get`].
    pub fn get(mut self) -> Result<Resource> {
        let target = self.begin()?;
        if self.options.with_namespaces && target.kind == ResourceKind::Element {
            return self.get_declared(&target);
        }
        self.get_from(&target, self.conditions()?)
    }

    /// An element from the whole document, with the declarations that it inherits.
    fn get_declared(&self, target: &Target) -> Result<Resource> {
        let selector = target.selector.as_ref().ok_or_else(|| {
            Error::invalid_input("the node selector does not parse, so nothing can be selected here; leave out `with_namespaces`")
        })?;
        selector.check()?;
        let found = self.get_from(&self.target_of(&NodeArg::default())?, self.conditions()?)?;
        let namespace = self.options.application.default_namespace.as_deref();
        match document::get_with_namespaces(found.as_str(), selector, namespace) {
            Ok(selected) => {
                let text = selected.to_string();
                Ok(found.part(target.kind, text))
            }
            Err(refusal) => {
                let asked = self.client.exchange().asked(&http::Method::GET, &target.path);
                Err(Error::unselected(&asked, &refusal, found.response()))
            }
        }
    }

    fn get_from(&self, target: &Target, headers: HeaderMap) -> Result<Resource> {
        let request = self.prepared(http::Method::GET, target, headers, None);
        let (asked, response) = self.client.exchange().run(&request)?.success(&request)?;
        Ok(Resource::new(target.kind, check_found(&asked, response)?))
    }

    /// Creates or replaces the document, element or attribute (RFC 4825 sections 7.1, 7.4 and 7.7).
    ///
    /// # Errors
    ///
    /// Those of [`XCAPClient::put`].
    pub fn put(mut self, body: impl AsRef<[u8]>) -> Result<Response> {
        let target = self.begin()?;
        self.check_body(&target, body.as_ref())?;
        self.put_to(&target, self.conditions()?, body.as_ref())
    }

    fn put_to(&self, target: &Target, mut headers: HeaderMap, body: &[u8]) -> Result<Response> {
        self.add_content_type(target, &mut headers)?;
        let request = self.prepared(http::Method::PUT, target, headers, Some(body));
        let (_, response) = self.client.exchange().run(&request)?.success(&request)?;
        Ok(response)
    }

    /// Deletes the document, element or attribute (RFC 4825 sections 7.2, 7.5 and 7.8).
    ///
    /// # Errors
    ///
    /// Those of [`XCAPClient::delete`].
    pub fn delete(mut self) -> Result<Response> {
        let target = self.begin()?;
        self.check_changeable(&target)?;
        let request = self.prepared(http::Method::DELETE, &target, self.conditions()?, None);
        let (_, response) = self.client.exchange().run(&request)?.success(&request)?;
        Ok(response)
    }

    /// Creates the document, element or attribute where nothing is.
    ///
    /// # Errors
    ///
    /// Those of [`XCAPClient::insert`].
    pub fn insert(mut self, body: impl AsRef<[u8]>) -> Result<Response> {
        let target = self.begin()?;
        self.check_body(&target, body.as_ref())?;
        if self.options.node.is_document() {
            self.insert_document(&target, body.as_ref())
        } else {
            self.insert_node(&target, body.as_ref())
        }
    }

    /// Looks first, since some servers take no notice of `If-None-Match: *`.
    fn insert_document(&self, target: &Target, body: &[u8]) -> Result<Response> {
        if self.has_etag() {
            return Err(Error::invalid_input(
                "insert of a document takes no ETag; before the document is there it has none",
            ));
        }
        self.check_missing(target)?;
        let mut headers = self.conditions()?;
        headers.entry(IF_NONE_MATCH).or_insert(HeaderValue::from_static("*"));
        match self.put_to(target, headers, body) {
            Err(error) if error.is_precondition_failed() => {
                Err(Error::already_exists(&self.url(target), error.response().cloned()))
            }
            result => result,
        }
    }

    fn insert_node(&self, target: &Target, body: &[u8]) -> Result<Response> {
        let document = self.target_of(&NodeArg::default())?;
        self.again_if_changed(|| {
            let headers = if self.has_etag() {
                self.conditions()?
            } else {
                let found = self.get_from(&document, self.extra_headers()?)?;
                self.guarded_by(&document, &found)?
            };
            self.check_missing(target)?;
            self.put_to(target, headers, body)
        })
    }

    fn check_missing(&self, target: &Target) -> Result<()> {
        match none_if_missing(self.get_from(target, self.extra_headers()?))? {
            None => Ok(()),
            Some(found) => {
                Err(Error::already_exists(&self.url(target), Some(found.response().clone())))
            }
        }
    }

    /// Replaces what is there, and gives it back.
    ///
    /// # Errors
    ///
    /// Those of [`XCAPClient::replace`].
    pub fn replace(mut self, body: impl AsRef<[u8]>) -> Result<(Resource, Response)> {
        let target = self.begin()?;
        self.check_body(&target, body.as_ref())?;
        self.again_if_changed(|| {
            let old = self.get_from(&target, self.extra_headers()?)?;
            let headers = self.guarded_by(&target, &old)?;
            let response = self.put_to(&target, headers, body.as_ref())?;
            Ok((old, response))
        })
    }

    /// Tries again when somebody changed the document in between, unless the caller gave the ETag.
    fn again_if_changed<T>(&self, change: impl Fn() -> Result<T>) -> Result<T> {
        for _ in 1..ATTEMPTS {
            match change() {
                Err(error) if error.is_precondition_failed() && !self.has_etag() => {}
                result => return result,
            }
        }
        change()
    }

    /// Whether the caller said which ETag the document must have, as a header or without.
    fn has_etag(&self) -> bool {
        self.options.if_match.is_some()
            || self.options.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("if-match"))
    }

    /// The conditions, `If-Match` with the ETag of what was found if the caller gave none.
    fn guarded_by(&self, target: &Target, found: &Resource) -> Result<HeaderMap> {
        let mut headers = self.conditions()?;
        if !self.has_etag() {
            let etag = found.etag().ok_or_else(|| {
                let asked = self.client.exchange().asked(&http::Method::GET, &target.path);
                let reason = "the server sent no ETag, so the change cannot be guarded; use put";
                let response = Some(found.response().clone());
                Error::malformed_response(Some(&asked), reason.to_owned(), response)
            })?;
            headers.insert(IF_MATCH, value("If-Match", &etag.to_field())?);
        }
        Ok(headers)
    }

    pub(crate) fn check_changeable(&self, target: &Target) -> Result<()> {
        if self.options.validate && target.kind == ResourceKind::NamespaceBindings {
            return Err(Error::invalid_input(
                "namespace bindings can only be fetched; put the element that declares them",
            ));
        }
        Ok(())
    }

    /// Sends any method with or without a body and gives the answer whatever its status.
    ///
    /// Challenges are answered and redirects followed as in every call, and a body is checked like
    /// that of [`put`](Self::put), unless [`validate`](Self::validate) is off.
    ///
    /// # Errors
    ///
    /// Bad input and transport failures alone.
    pub fn send_raw(mut self, method: Method, body: Option<&[u8]>) -> Result<Response> {
        let target = self.begin()?;
        let mut headers = self.conditions()?;
        if let Some(body) = body {
            self.check_body(&target, body)?;
            self.add_content_type(&target, &mut headers)?;
        }
        let method = match method {
            Method::Get => http::Method::GET,
            Method::Put => http::Method::PUT,
            Method::Delete => http::Method::DELETE,
        };
        let request = self.prepared(method, &target, headers, body);
        Ok(self.client.exchange().run(&request)?.into_response())
    }

    /// Starts the clock, and says where the request goes.
    fn begin(&mut self) -> Result<Target> {
        self.options.time.restart();
        self.target()
    }

    pub(crate) fn target(&self) -> Result<Target> {
        self.target_of(&self.options.node)
    }

    fn target_of(&self, node: &NodeArg<'_>) -> Result<Target> {
        let named = self.options.user.as_deref().map(UserId::new).transpose()?;
        let user = named.as_ref().or(self.options.home.as_ref());
        let user = user.unwrap_or_else(|| self.client.user());
        let filename =
            self.options.filename.as_deref().unwrap_or(&self.options.application.filename);
        let document = DocumentSelector::new(
            &self.options.application.auid,
            self.options.tree,
            user,
            filename,
        )?;
        Target::new(&self.client.exchange().root, &document, node, self.options.validate)
    }

    pub(crate) fn url(&self, target: &Target) -> String {
        self.client.exchange().url(&target.path)
    }

    fn check_body(&self, target: &Target, body: &[u8]) -> Result<()> {
        self.check_changeable(target)?;
        if !self.options.validate {
            return Ok(());
        }
        validate::body(target.kind, body, target.selector.as_ref(), &self.options.application)
    }

    fn prepared<'a>(
        &self,
        method: http::Method,
        target: &'a Target,
        headers: HeaderMap,
        body: Option<&'a [u8]>,
    ) -> Prepared<'a> {
        Prepared { method, target: &target.path, headers, body, time: self.options.time }
    }

    /// All fields that the caller wants sent. One given as a header wins over a condition.
    fn conditions(&self) -> Result<HeaderMap> {
        let mut fields = self.own_headers()?;
        for (name, field) in
            [(IF_MATCH, &self.options.if_match), (IF_NONE_MATCH, &self.options.if_none_match)]
        {
            if let Some(field) = field {
                let field = value(name.as_str(), field)?;
                fields.entry(name).or_insert(field);
            }
        }
        Ok(fields)
    }

    /// The caller's headers for a look at what is there: no conditions, no media type of a body.
    fn extra_headers(&self) -> Result<HeaderMap> {
        let mut fields = self.own_headers()?;
        for name in [CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH] {
            fields.remove(name);
        }
        Ok(fields)
    }

    fn own_headers(&self) -> Result<HeaderMap> {
        let mut fields = HeaderMap::new();
        for (name, field) in &self.options.headers {
            let parsed = HeaderName::from_bytes(name.as_bytes()).map_err(|_| {
                Error::invalid_input(format!(
                    "header `{}` is not a header name",
                    name.escape_debug()
                ))
            })?;
            if FRAMING.contains(&parsed.as_str()) {
                return Err(Error::invalid_input(format!(
                    "header `{parsed}` frames the message and cannot be given"
                )));
            }
            fields.append(parsed, value(name, field.as_bytes())?);
        }
        Ok(fields)
    }

    /// Adds the media type of the body, unless the caller gave one; an empty one sends none.
    fn add_content_type(&self, target: &Target, headers: &mut HeaderMap) -> Result<()> {
        match headers.get(CONTENT_TYPE) {
            Some(given) if given.is_empty() => {
                headers.remove(CONTENT_TYPE);
            }
            Some(_) => {}
            None => {
                let media_type = target.media_type(&self.options.application);
                headers.insert(CONTENT_TYPE, value("Content-Type", media_type.as_bytes())?);
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.options.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("Request")
            .field("client", &self.client)
            .field("application", &self.options.application.auid)
            .field("tree", &self.options.tree)
            .field("user", &self.options.user)
            .field("filename", &self.options.filename)
            .field("node", &self.options.node)
            .field("headers", &names)
            .finish_non_exhaustive()
    }
}

fn value(name: &str, field: &[u8]) -> Result<HeaderValue> {
    HeaderValue::from_bytes(field).map_err(|_| {
        Error::invalid_input(format!(
            "header `{name}`: the value holds a line break, NUL or another control character"
        ))
    })
}

/// A [`Request`] of which nothing found is no error.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct OptionalRequest<'c>(Request<'c>);

impl OptionalRequest<'_> {
    /// Fetches the document or node; `None` where the server answers 404.
    ///
    /// # Errors
    ///
    /// Those of [`XCAPClient::get`], 404 excepted.
    pub fn get(self) -> Result<Option<Resource>> {
        none_if_missing(self.0.get())
    }
}
