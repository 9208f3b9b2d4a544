//! How a copy is opened, inserted or resumed.

use crate::answer::{ETagArg, Result};
use crate::client::request::Request;
use crate::document::Held;
use crate::selector::NodeArg;

use super::copy::CachedDocument;
use super::fault;
use super::state::State;

impl<'c> Request<'c> {
    /// Fetches the whole document, to keep it and edit it in step with the server.
    ///
    /// The options apply to all requests of the copy, except the node and the conditions.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// # let document = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
    /// # server.set_document("resource-lists", "sip:alice@example.com", "backup", document);
    /// let mut backup = client.request("resource-lists").filename("backup").open()?;
    /// backup.insert("/resource-lists/list", "<list/>")?;
    /// let stored = client.request("resource-lists").filename("backup").get()?;
    /// assert_eq!(backup.text(), stored.as_str());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`XCAPClient::open`](crate::XCAPClient::open).
    pub fn open(self) -> Result<CachedDocument> {
        let Self { core, options } = self.of_document();
        CachedDocument::open(core, options)
    }

    /// Fetches the whole document, to keep it and edit it in step with the server. If there is no
    /// document, `body` is put there first, with `If-None-Match: *`.
    ///
    /// If two clients do this at once, only one of them inserts, and both end with an open copy of
    /// what it inserted. A server that ignores `If-None-Match: *`, such as Kamailio, overwrites
    /// what another client creates at the same moment.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// let empty = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
    /// let mut lists = client.request("resource-lists").open_or_insert(empty)?;
    /// lists.insert("/resource-lists/list", "<list/>")?;
    /// let lists = client.request("resource-lists").open_or_insert(empty)?;
    /// assert!(lists.text().contains("<list/>"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`XCAPClient::open`](crate::XCAPClient::open), except for a 404, and of
    /// [`XCAPClient::put`](crate::XCAPClient::put).
    pub fn open_or_insert(self, body: impl AsRef<[u8]>) -> Result<CachedDocument> {
        let request = self.of_document();
        request.check(body.as_ref())?;
        match request.clone().open() {
            Err(error) if error.is_not_found() => {}
            opened => return opened,
        }
        match request.clone().if_none_match("*").put(body) {
            Err(error) if !error.is_precondition_failed() => return Err(error),
            _ => {}
        }
        request.open()
    }

    /// Makes a copy from a text that was kept elsewhere, and the ETag that the text had. Nothing is
    /// sent.
    ///
    /// An ETag that is given as a text has to be what `to_string` of [`ETag`](crate::ETag)
    /// returned, with its quotes. The first [`refresh`](CachedDocument::refresh) asks whether the
    /// server has a different document (`If-None-Match`). Without an ETag the copy is stale.
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example_of("")?;
    /// let copy = client.open("resource-lists")?;
    /// let (text, etag) = (copy.text().to_owned(), copy.etag().map(ToString::to_string));
    ///
    /// // In another run of the program, from its disk:
    /// let etag = etag.unwrap_or_default();
    /// let mut copy = client.request("resource-lists").resume(text, etag.as_str())?;
    /// assert!(!copy.refresh()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_conflict`](crate::Error::is_conflict) with `not-well-formed` if the text is not a
    /// document; [`is_invalid_input`](crate::Error::is_invalid_input) if the text of the ETag is
    /// not one.
    pub fn resume<'a>(
        self,
        text: impl Into<String>,
        etag: impl Into<ETagArg<'a>>,
    ) -> Result<CachedDocument> {
        let Self { core, options } = self.of_document();
        let namespace = options.application.default_namespace.as_deref();
        let held = Held::read(text.into(), namespace)
            .map_err(|refusal| refusal.to_error(&"the text of the copy"))?;
        let state = match etag.into().as_sent() {
            Some(Some(etag)) if etag.is_single() => State::Known { etag },
            Some(_) => return Err(fault::no_tag()),
            None => State::Stale { etag: None },
        };
        Ok(CachedDocument::of(core, options, held, state))
    }

    fn of_document(mut self) -> Self {
        self.options.node = NodeArg::default();
        self.options.headers.forget_conditions();
        self
    }
}
