//! One request with every option: where it goes, with which headers, and what is checked first.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::answer::{ETagArg, Error, HeadersArg, ResourceKind, Result};
use crate::document::validate;
use crate::http::{CallTime, RequestHeaders};
use crate::http_types::{HeaderMap, HeaderValue, text_of};
use crate::selector::{DocumentSelector, NodeArg, Target, Tree, UserId, shown_user};

use super::core::Core;
use super::method::Method;
use super::place::Place;
use super::request_options::{Owner, RequestOptions};

/// A request with every option. [`XCAPClient::request`](crate::XCAPClient::request) begins it, and
/// one of [`get`](Self::get), [`put`](Self::put), [`delete`](Self::delete),
/// [`insert`](Self::insert), [`replace`](Self::replace) and [`send_raw`](Self::send_raw) sends it.
///
/// ```
/// use std::time::Duration;
/// use xcaplib::ETag;
///
/// # let (server, client) = xcaplib::testing::example()?;
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
/// // Without validation any body goes out, with a media type of your own.
/// let raw = client.request("notes.example.com").validate(false).content_type("text/plain").url()?;
/// assert!(raw.ends_with("/notes.example.com/users/sip:alice@example.com/index"));
/// let all = client.request("resource-lists").global().optional().get()?;
/// assert!(all.is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [`Debug`](fmt::Debug) shows only the names of its headers, because a value may be a secret.
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
    /// Default: the usual tree of the application usage. If both this and [`user`](Self::user) are
    /// called, the last call wins.
    pub fn global(mut self) -> Self {
        self.options.owner = Owner::Everybody;
        self
    }

    /// Addresses the home directory of another user. The credentials are still the client's.
    ///
    /// `alice@example.com` means `sip:alice@example.com`. Default: the client's user. If both this
    /// and [`global`](Self::global) are called, the last call wins.
    pub fn user(mut self, user: &str) -> Self {
        self.options.owner = Owner::Named(user.to_owned());
        self
    }

    /// The name of the document. A `/` in it separates subdirectories.
    ///
    /// Default: the usual name of the application usage, which is `index` for most.
    pub fn filename(mut self, filename: &str) -> Self {
        self.options.filename = Some(filename.to_owned());
        self
    }

    /// Addresses a document at the place that a server gives. Without a user, this is in the global
    /// tree.
    pub(super) fn placed(mut self, place: &Place) -> Self {
        self.options.owner = place.user.clone().map_or(Owner::Everybody, Owner::Exact);
        self.filename(&place.filename)
    }

    /// The node of the document to read or change. Default: the whole document.
    pub fn node<'a>(mut self, node: impl Into<NodeArg<'a>>) -> Self {
        self.options.node = node.into().into_owned();
        self
    }

    /// Makes the call succeed only if this is the document's ETag: `If-Match` (RFC 4825 section
    /// 7.11).
    pub fn if_match<'a>(mut self, etag: impl Into<ETagArg<'a>>) -> Self {
        self.options.headers.set_if_match(&etag.into());
        self
    }

    /// Makes the call succeed only if this is not the document's ETag: `If-None-Match`. `"*"` means
    /// any ETag.
    ///
    /// A GET fails with [`is_not_modified`](Error::is_not_modified) if the document still has this
    /// ETag.
    pub fn if_none_match<'a>(mut self, etag: impl Into<ETagArg<'a>>) -> Self {
        self.options.headers.set_if_none_match(&etag.into());
        self
    }

    /// Adds a header, in all requests of the call. It replaces the client's own header of that
    /// name, in whatever case, and an empty value removes that one. [`HeadersArg`] says which
    /// headers are the client's own, and which are sent twice if they are given twice.
    pub fn header(self, name: &str, value: &str) -> Self {
        self.headers(HeadersArg::from(&[(name, value)]))
    }

    pub(crate) fn headers(mut self, headers: HeadersArg<'_>) -> Self {
        self.options.headers.add(headers);
        self
    }

    /// The media type of the body, if there is one. `""` sends none.
    ///
    /// The last call wins, and a header `Content-Type` overrides it. Default: the client's
    /// [header](crate::XCAPClientBuilder::header). Without that, it is the media type of the
    /// application usage for a document, `application/xcap-el+xml` for an element, and
    /// `application/xcap-att+xml` for an attribute.
    pub fn content_type(mut self, media_type: &str) -> Self {
        self.options.headers.set_content_type(media_type);
        self
    }

    /// Whether to check the body and the node selector before anything is sent.
    ///
    /// Without the check, the body goes out as it is, and a node selector that does not parse is
    /// percent-encoded and sent. Default: the client's setting.
    pub fn validate(mut self, validate: bool) -> Self {
        self.options.validate = validate;
        self
    }

    /// Makes [`get`](Self::get) return an element together with the namespace declarations that it
    /// uses and inherits from its ancestors, so that the element is well-formed by itself.
    ///
    /// The client fetches the whole document, by one request, and selects the element itself, as
    /// [`document::get_with_namespaces`](crate::document::get_with_namespaces) does. This works on
    /// every server, while some servers crash at a request for `namespace::*`. Apart from the
    /// declarations that are added to the start tag, the element stays byte for byte as it was. The
    /// ETag, the conditions and the headers are those of the document. If the element is not in the
    /// document, the error is [`is_not_found`](Error::is_not_found), without an answer of the
    /// server.
    ///
    /// This has no effect on anything that is not an element, nor on other calls.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// # let rules = r#"<cr:ruleset xmlns:cr="urn:ietf:params:xml:ns:common-policy">
    /// # <cr:rule id="friends"/></cr:ruleset>"#;
    /// # server.set_document("pres-rules", "sip:alice@example.com", "index", rules);
    /// let rule = xcaplib::NodeSelector::root("cr:ruleset")
    ///     .child("cr:rule")
    ///     .with_attr("id", "friends")
    ///     .bind("cr", "urn:ietf:params:xml:ns:common-policy");
    /// let rule = client.request("pres-rules").node(&rule).with_namespaces().get()?;
    /// let declaration = r#"xmlns:cr="urn:ietf:params:xml:ns:common-policy""#;
    /// assert_eq!(rule.as_str(), format!(r#"<cr:rule {declaration} id="friends"/>"#));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_namespaces(mut self) -> Self {
        self.options.with_namespaces = true;
        self
    }

    /// The time limit for this call, from connecting to the last byte of the answer, however many
    /// requests it takes. Default: the client's setting.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.time = CallTime::new(timeout);
        self
    }

    pub(super) fn check_changeable(&self, target: &Target) -> Result<()> {
        if self.options.validate && target.kind == ResourceKind::NamespaceBindings {
            return Err(Error::invalid_input(
                "namespace bindings can only be fetched; put the element that declares them",
            ));
        }
        Ok(())
    }

    /// The URL to which the request goes, percent-encoded (RFC 4825 section 6).
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
    /// The errors of [`XCAPClient::url`](crate::XCAPClient::url).
    pub fn url(&self) -> Result<String> {
        Ok(self.target()?.url.as_str().to_owned())
    }

    /// The path to which the request goes, below the XCAP root and percent-encoded.
    /// [`XCAPClient::at`](crate::XCAPClient::at) and
    /// [`XcapDiff::decide`](crate::diff::XcapDiff::decide) take such a path, and the `sel` of an
    /// xcap-diff has one.
    ///
    /// ```
    /// use xcaplib::XCAPClient;
    ///
    /// let client = XCAPClient::new("http://xcap.example.com/root", "alice@example.com", None)?;
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
    /// The errors of [`XCAPClient::url`](crate::XCAPClient::url).
    pub fn path(&self) -> Result<String> {
        let url = self.target()?.url;
        let path = url.target().strip_prefix(self.core.exchange.root.path()).unwrap_or_default();
        Ok(path.trim_start_matches('/').to_owned())
    }

    /// The header fields that a call of this request sends, each as name and value: its own and the
    /// client's [headers](crate::XCAPClientBuilder::header). The list leaves out the fields of HTTP
    /// itself, the [user agent](crate::XCAPClientBuilder::user_agent), and an `Authorization` that
    /// the client makes. Values may be secrets.
    ///
    /// ```
    /// use xcaplib::{Method, XCAPClient};
    ///
    /// let client = XCAPClient::new("http://xcap.example.com", "sip:alice@example.com", None)?;
    /// let request = client.request("resource-lists").node("/resource-lists/list").if_match("abc");
    /// let fields = request.header_fields(Method::Put)?;
    /// let has = |name: &str, value: &str| fields.iter().any(|(n, v)| n == name && v == value);
    /// assert!(has("content-type", "application/xcap-el+xml"));
    /// assert!(has("if-match", "\"abc\""));
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`XCAPClient::url`](crate::XCAPClient::url), and an error for a header that
    /// cannot be sent.
    pub fn header_fields(&self, method: Method) -> Result<Vec<(String, String)>> {
        let target = self.target()?;
        let fields = match method {
            Method::Put => self.fields_with_body(&target)?,
            Method::Get | Method::Delete => self.fields()?,
        };
        let text = |value: &HeaderValue| text_of(value.as_bytes()).into_owned();
        Ok(fields.iter().map(|(name, value)| (name.to_string(), text(value))).collect())
    }

    /// Checks a body as [`put`](Self::put) does before it sends it, and sends nothing.
    ///
    /// ```
    /// # let client = xcaplib::XCAPClient::new("http://example.com", "alice@example.com", None)?;
    /// let error = client.request("resource-lists").check("<resource-lists>").unwrap_err();
    /// assert!(error.is_invalid_input());
    /// assert_eq!(error.body_position(), Some((1, 17)));
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) for everything that `put` would refuse. If
    /// [`validate`](Self::validate) is off, the body is not checked.
    pub fn check(&self, body: impl AsRef<[u8]>) -> Result<()> {
        let target = self.target()?;
        self.check_changeable(&target)?;
        self.check_body(&target, body.as_ref())
    }

    /// Starts the clock, and returns where the request goes.
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
        // Namespace bindings can only be fetched, and the body of a GET has no meaning.
        if !self.options.validate || target.kind == ResourceKind::NamespaceBindings {
            return Ok(());
        }
        validate::body(target.kind, body, target.selector.as_ref(), &self.options.application)
    }

    pub(super) fn fields(&self) -> Result<HeaderMap> {
        self.options.headers.fields(&self.core.headers)
    }

    pub(super) fn fields_with_body(&self, target: &Target) -> Result<HeaderMap> {
        let media_type = self.options.application.media_type_of(target.kind);
        self.options.headers.fields_with_body(&self.core.headers, media_type)
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
