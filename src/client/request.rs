//! One request with every option: collects, then hands one prepared request to the exchange.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::answer::{
    ETagArg, Error, HeadersArg, RequestLine, Resource, ResourceKind, Response, Result,
};
use crate::document::{self, validate};
use crate::http::{CallTime, Payload, Prepared, RequestHeaders};
use crate::http_types::header::IF_MATCH;
use crate::http_types::{self, HeaderMap, HeaderValue, text_of};
use crate::selector::{DocumentSelector, NodeArg, Target, Tree, UserId, shown_user};

use super::core::Core;
use super::found;
use super::habits::Conditions;
use super::method::Method;
use super::place::Place;
use super::request_options::{Owner, RequestOptions};

/// A request with every option, begun by [`XCAPClient::request`](crate::XCAPClient::request) and sent by one of
/// [`get`](Self::get), [`put`](Self::put), [`delete`](Self::delete), [`insert`](Self::insert),
/// [`replace`](Self::replace) and [`send_raw`](Self::send_raw).
///
/// ```
/// use std::time::Duration;
/// use xcaplib::ETag;
///
/// # let server = xcaplib::testing::Server::start()?;
/// # let client = server.client("sip:alice@example.com")?;
/// # let document = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends"><entry uri="sip:bob@example.com"/></list></resource-lists>"#;
/// # server.set_document("resource-lists", "sip:alice@example.com", "index", document);
/// let request = client
///     .request("resource-lists")
///     .user("sip:alice@example.com")
///     .filename("index")
///     .node("/resource-lists/list")
///     .header("X-3GPP-Intended-Identity", "\"sip:alice@example.com\"")
///     .timeout(Duration::from_secs(5));
/// let list = request.get()?;
///
/// // Only if it has changed, and only if it has not.
/// let etag: &ETag = list.etag().unwrap();
/// let newer = client.request("resource-lists").if_none_match(etag).get();
/// assert!(newer.unwrap_err().is_not_modified());
/// client.request("resource-lists").node("/resource-lists/list").if_match(etag).delete()?;
///
/// // As it is, whatever it is, with a media type of one's own; and a document for all users.
/// let raw = client.request("notes.example.com").validate(false).content_type("text/plain").url()?;
/// assert!(raw.ends_with("/notes.example.com/users/sip:alice@example.com/index"));
/// let all = client.request("resource-lists").global().optional().get()?;
/// assert!(all.is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [`Debug`](fmt::Debug) shows the names of its headers alone: a value may be a secret.
#[derive(Clone)]
#[must_use = "a request does nothing until it is sent"]
pub struct Request<'c> {
    pub(super) core: &'c Arc<Core>,
    pub(super) options: RequestOptions,
}

impl<'c> Request<'c> {
    pub(crate) fn new(core: &'c Arc<Core>, auid: &str) -> Self {
        let application = core.application(auid);
        let options = RequestOptions {
            owner: match application.tree {
                Tree::Users => Owner::Own,
                Tree::Global => Owner::Everybody,
            },
            application,
            filename: None,
            node: NodeArg::default(),
            headers: RequestHeaders::default(),
            validate: core.validate,
            with_namespaces: false,
            time: CallTime::new(core.timeout),
            is_of_copy: false,
        };
        Self { core, options }
    }

    pub(crate) fn with(core: &'c Arc<Core>, options: RequestOptions) -> Self {
        Self { core, options }
    }

    #[cfg(feature = "green")]
    pub(crate) fn into_options(self) -> RequestOptions {
        self.options
    }

    /// Addresses the global tree instead of a user's home directory (RFC 4825 section 6.2).
    ///
    /// Default: the application usage's own tree. Of this and [`user`](Self::user) the last call
    /// wins.
    pub fn global(mut self) -> Self {
        self.options.owner = Owner::Everybody;
        self
    }

    /// Addresses the home directory of another user; the credentials stay the client's.
    ///
    /// `alice@example.com` means `sip:alice@example.com`. Default: the client's user. Of this and
    /// [`global`](Self::global) the last call wins.
    pub fn user(mut self, user: &str) -> Self {
        self.options.owner = Owner::Named(user.to_owned());
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
    pub(super) fn placed(mut self, place: &Place) -> Self {
        self.options.owner = place.user.clone().map_or(Owner::Everybody, Owner::Exact);
        self.filename(&place.filename)
    }

    /// The node of the document that is meant. Default: the whole document.
    pub fn node<'a>(mut self, node: impl Into<NodeArg<'a>>) -> Self {
        self.options.node = node.into().into_owned();
        self
    }

    /// Goes through only if the document's ETag is this one: `If-Match` (RFC 4825 section 7.11).
    pub fn if_match<'a>(mut self, etag: impl Into<ETagArg<'a>>) -> Self {
        self.options.headers.set_if_match(&etag.into());
        self
    }

    /// Goes through only if the document's ETag is not this one, `"*"` for any: `If-None-Match`.
    ///
    /// A GET whose ETag is this one fails with [`is_not_modified`](Error::is_not_modified).
    pub fn if_none_match<'a>(mut self, etag: impl Into<ETagArg<'a>>) -> Self {
        self.options.headers.set_if_none_match(&etag.into());
        self
    }

    /// Adds a header. It replaces the client's own of that name, whatever its case; which names are
    /// sent twice if they are given twice is told at [`HeadersArg`].
    pub fn header(self, name: &str, value: &str) -> Self {
        self.headers(HeadersArg::from(&[(name, value)]))
    }

    pub(crate) fn headers(mut self, headers: HeadersArg<'_>) -> Self {
        self.options.headers.add(headers);
        self
    }

    /// The media type of the body, where there is one; `""` sends none.
    ///
    /// The last call wins, and a header `Content-Type` wins over it. Default: the application
    /// usage's for a document, `application/xcap-el+xml` for an element,
    /// `application/xcap-att+xml` for an attribute.
    pub fn content_type(mut self, media_type: &str) -> Self {
        self.options.headers.set_content_type(media_type);
        self
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
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// # let rules = r#"<cr:ruleset xmlns:cr="urn:ietf:params:xml:ns:common-policy"><cr:rule id="friends"/></cr:ruleset>"#;
    /// # server.set_document("pres-rules", "sip:alice@example.com", "index", rules);
    /// let rule = xcaplib::NodeSelector::root("cr:ruleset")
    ///     .child("cr:rule")
    ///     .with_attr("id", "friends")
    ///     .bind("cr", "urn:ietf:params:xml:ns:common-policy");
    /// let rule = client.request("pres-rules").node(&rule).with_namespaces().get()?;
    /// assert_eq!(rule, r#"<cr:rule xmlns:cr="urn:ietf:params:xml:ns:common-policy" id="friends"/>"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
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

    /// Fetches the document or node (RFC 4825 sections 7.3, 7.6, 7.9 and 7.10).
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// # let document = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends"><entry uri="sip:bob@example.com"/></list></resource-lists>"#;
    /// # server.set_document("resource-lists", "sip:alice@example.com", "index", document);
    /// let entry = client.request("resource-lists").node("/resource-lists/*[1]/entry[1]").get()?;
    /// assert_eq!(entry, r#"<entry uri="sip:bob@example.com"/>"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`XCAPClient::get`](crate::XCAPClient::get).
    pub fn get(mut self) -> Result<Resource> {
        let target = self.begin()?;
        if self.options.with_namespaces && target.kind == ResourceKind::Element {
            return self.get_declared(&target);
        }
        self.get_from(&target, self.options.headers.fields()?)
    }

    /// An element from the whole document, with the declarations that it inherits.
    fn get_declared(&self, target: &Target) -> Result<Resource> {
        let selector = target.selector.as_ref().ok_or_else(|| {
            Error::invalid_input("the node selector does not parse, so nothing can be selected here; leave out `with_namespaces`")
        })?;
        selector.check()?;
        let found =
            self.get_from(&self.target_of(&NodeArg::default())?, self.options.headers.fields()?)?;
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

    /// The answer to a GET that found something; whether that is whole is not looked at.
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
    /// Those of [`XCAPClient::put`](crate::XCAPClient::put).
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
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// # let document = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends"><entry uri="sip:bob@example.com"/></list></resource-lists>"#;
    /// # server.set_document("resource-lists", "sip:alice@example.com", "index", document);
    /// let lists = client.request("resource-lists").get()?;
    /// client.request("resource-lists").if_match(lists.etag()).delete()?;
    /// assert!(client.request("resource-lists").optional().get()?.is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`XCAPClient::delete`](crate::XCAPClient::delete).
    pub fn delete(mut self) -> Result<Response> {
        let target = self.begin()?;
        self.check_changeable(&target)?;
        self.change(&target, self.options.headers.fields()?, Payload::Delete(None))
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

    /// What the answer to a change shows of the server.
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

    pub(super) fn check_changeable(&self, target: &Target) -> Result<()> {
        if self.options.validate && target.kind == ResourceKind::NamespaceBindings {
            return Err(Error::invalid_input(
                "namespace bindings can only be fetched; put the element that declares them",
            ));
        }
        Ok(())
    }

    /// Sends any method with or without a body and gives the answer whatever its status.
    ///
    /// Challenges are answered and redirects followed as in every call. Unless
    /// [`validate`](Self::validate) is off, a PUT and a DELETE of namespace bindings are refused, and
    /// a body is checked like that of [`put`](Self::put). A PUT has always a body: `None` is an empty
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
    /// [`is_malformed_response`](Error::is_malformed_response)); no status is an error.
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
            None => self.options.headers.fields()?,
        };
        let request = self.prepared(&target, headers, payload);
        Ok(self.core.exchange.run(&request)?.into_response())
    }

    /// The URL that the request goes to, percent-encoded (RFC 4825 section 6).
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// let url = client.request("xcap-caps").url()?;
    /// assert_eq!(url, format!("{}/xcap-caps/global/index", server.root()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`XCAPClient::url`](crate::XCAPClient::url).
    pub fn url(&self) -> Result<String> {
        Ok(self.target()?.url.as_str().to_owned())
    }

    /// The path that the request goes to, below the XCAP root and percent-encoded: what
    /// [`XCAPClient::at`](crate::XCAPClient::at) takes, an xcap-diff's `sel` has, and
    /// [`XcapDiff::decide`](crate::diff::XcapDiff::decide) wants.
    ///
    /// ```
    /// let client = xcaplib::XCAPClient::new("http://xcap.example.com/root", "alice@example.com", None)?;
    /// let path = client.request("resource-lists").node("/resource-lists/list[1]").path()?;
    /// assert_eq!(
    ///     path,
    ///     "resource-lists/users/sip:alice@example.com/index/~~/resource-lists/list%5B1%5D"
    /// );
    /// assert_eq!(client.at(&path)?.path()?, path);
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`XCAPClient::url`](crate::XCAPClient::url).
    pub fn path(&self) -> Result<String> {
        let url = self.target()?.url;
        let path = url.target().strip_prefix(self.core.exchange.root.path()).unwrap_or_default();
        Ok(path.trim_start_matches('/').to_owned())
    }

    /// The header fields that a call of this request sends beside those of HTTP itself, the user
    /// agent and `Authorization`, each as name and value.
    ///
    /// ```
    /// use xcaplib::{Method, XCAPClient};
    ///
    /// let client = XCAPClient::new("http://xcap.example.com", "sip:alice@example.com", None)?;
    /// let request = client.request("resource-lists").node("/resource-lists/list").if_match("abc");
    /// let fields = request.header_fields(Method::Put)?;
    /// assert!(fields.contains(&("content-type".to_owned(), "application/xcap-el+xml".to_owned())));
    /// assert!(fields.contains(&("if-match".to_owned(), "\"abc\"".to_owned())));
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`XCAPClient::url`](crate::XCAPClient::url), and those of a header that cannot be sent.
    pub fn header_fields(&self, method: Method) -> Result<Vec<(String, String)>> {
        let target = self.target()?;
        let fields = match method {
            Method::Put => self.fields_with_body(&target)?,
            Method::Get | Method::Delete => self.options.headers.fields()?,
        };
        let text = |value: &HeaderValue| text_of(value.as_bytes()).into_owned();
        Ok(fields.iter().map(|(name, value)| (name.to_string(), text(value))).collect())
    }

    /// Checks a body as [`put`](Self::put) does before it sends it, and sends nothing.
    ///
    /// ```
    /// # let client = xcaplib::XCAPClient::new("http://xcap.example.com", "sip:alice@example.com", None)?;
    /// let error = client.request("resource-lists").check("<resource-lists>").unwrap_err();
    /// assert!(error.is_invalid_input());
    /// assert_eq!(error.body_position(), Some((1, 17)));
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) for what `put` would refuse; nothing of a body
    /// where [`validate`](Self::validate) is off.
    pub fn check(&self, body: impl AsRef<[u8]>) -> Result<()> {
        let target = self.target()?;
        self.check_changeable(&target)?;
        self.check_body(&target, body.as_ref())
    }

    /// Starts the clock, and says where the request goes.
    pub(super) fn begin(&mut self) -> Result<Target> {
        self.options.time.restart();
        self.target()
    }

    pub(crate) fn target(&self) -> Result<Target> {
        self.target_of(&self.options.node)
    }

    pub(super) fn target_of(&self, node: &NodeArg<'_>) -> Result<Target> {
        let user = match &self.options.owner {
            Owner::Own | Owner::Everybody => Cow::Borrowed(&self.core.user),
            Owner::Exact(user) => Cow::Borrowed(user),
            Owner::Named(text) => Cow::Owned(UserId::new(text)?),
        };
        let filename =
            self.options.filename.as_deref().unwrap_or(&self.options.application.filename);
        let document = DocumentSelector::new(
            &self.options.application.auid,
            self.options.owner.tree(),
            &user,
            filename,
        )?;
        Target::new(&self.core.exchange.root, &document, node, self.options.validate)
    }

    pub(super) fn check_body(&self, target: &Target, body: &[u8]) -> Result<()> {
        // Of what a GET of namespace bindings carries there is nothing to say.
        if !self.options.validate || target.kind == ResourceKind::NamespaceBindings {
            return Ok(());
        }
        validate::body(target.kind, body, target.selector.as_ref(), &self.options.application)
    }

    pub(super) fn fields_with_body(&self, target: &Target) -> Result<HeaderMap> {
        self.options.headers.fields_with_body(self.options.application.media_type_of(target.kind))
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

/// Whether servers refuse so what a whole document could do: a prefix in a selector, a child of an
/// element without an end tag, an attribute.
fn is_trouble_with_nodes(error: &Error) -> bool {
    match error.status() {
        Some(400 | 405 | 415 | 500 | 501) => true,
        Some(409) => error
            .conflict()
            .is_none_or(|conflict| matches!(conflict.name(), "cannot-insert" | "cannot-delete")),
        _ => false,
    }
}

/// Whether an error means that nothing is where the request pointed.
pub(super) fn none_if_missing<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user = match &self.options.owner {
            Owner::Named(text) => Some(shown_user(text)),
            Owner::Exact(user) => Some(shown_user(user.as_str())),
            Owner::Own | Owner::Everybody => None,
        };
        f.debug_struct("Request")
            .field("client", &self.core)
            .field("application", &self.options.application.auid)
            .field("tree", &self.options.owner.tree())
            .field("user", &user)
            .field("filename", &self.options.filename)
            .field("node", &self.options.node)
            .field("headers", &self.options.headers.names())
            .finish_non_exhaustive()
    }
}

/// A [`Request`] of which nothing found is no error.
///
/// ```
/// # let server = xcaplib::testing::Server::start()?;
/// # let client = server.client("sip:alice@example.com")?;
/// match client.request("pres-rules").optional().get()? {
///     Some(rules) => println!("{rules}"),
///     None => println!("there are no rules yet"),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct OptionalRequest<'c>(Request<'c>);

impl OptionalRequest<'_> {
    /// Fetches the document or node; `None` where the server answers 404.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// assert!(client.request("pres-rules").optional().get()?.is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`XCAPClient::get`](crate::XCAPClient::get), 404 excepted.
    pub fn get(self) -> Result<Option<Resource>> {
        none_if_missing(self.0.get())
    }
}
