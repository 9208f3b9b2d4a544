//! The copy of a document whose changes are futures.

use crate::answer::{ETag, Response, Result};
use crate::client::{Applied, UpdatedText};
use crate::diff::XcapDiff;
use crate::document::{Draft, Selected};
use crate::selector::NodeArg;

use super::call::Call;

/// A document's text and ETag, kept in step with the server by changes that are futures.
///
/// It does what the blocking [`CachedDocument`](crate::CachedDocument) does. Reading the copy needs
/// no server, so it is not a future. A change works on a second copy, which takes the place of this
/// one when the change has ended. Until then the copy [is stale](Self::is_stale), and the next
/// change reads the document first. If the future of a change is dropped, the copy stays stale.
///
/// ```
/// use xcaplib::Element;
///
/// # let (server, client) = xcaplib::testing::example_of(r#"<list name="friends"/>"#)?;
/// # let client = xcaplib::green::XCAPClient::from(client);
/// # pollster::block_on(async {
/// let mut lists = client.open("resource-lists").await?.retries(3);
/// let carol = r#"/resource-lists/list[@name="friends"]/entry[@uri="sip:carol@example.com"]"#;
/// lists.insert(carol, Element::new("entry").attr("uri", "sip:carol@example.com")).await?;
/// assert!(lists.get(carol).is_ok());
/// println!("{}", lists.text());
///
/// assert!(!lists.is_stale());
/// drop(lists.delete(carol)); // never polled, so nothing has begun
/// assert!(!lists.is_stale());
/// let etag = lists.etag().cloned();
/// assert_eq!(lists.into_blocking().etag(), etag.as_ref());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct CachedDocument {
    copy: crate::CachedDocument,
}

impl From<crate::CachedDocument> for CachedDocument {
    fn from(copy: crate::CachedDocument) -> Self {
        Self { copy }
    }
}

impl CachedDocument {
    /// How often a change is made again after a 412: [`crate::CachedDocument::retries`].
    #[must_use]
    pub fn retries(self, retries: u32) -> Self {
        self.copy.retries(retries).into()
    }

    /// Whether changes go out as changes of nodes: [`crate::CachedDocument::by_node`].
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example_of(r#"<list name="friends"/>"#)?;
    /// # let client = xcaplib::green::XCAPClient::from(client);
    /// # pollster::block_on(async {
    /// let mut lists = client.open("resource-lists").await?.by_node(true);
    /// lists.delete("/resource-lists/list").await?;
    /// # Ok::<(), xcaplib::Error>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn by_node(self, by_node: bool) -> Self {
        self.copy.by_node(by_node).into()
    }

    /// The copy for blocking calls.
    #[must_use]
    pub fn into_blocking(self) -> crate::CachedDocument {
        self.copy
    }

    /// The text of the document, as far as the copy knows it.
    #[must_use]
    pub fn text(&self) -> &str {
        self.copy.text()
    }

    /// The ETag of the text, unless the server sent none.
    #[must_use]
    pub fn etag(&self) -> Option<&ETag> {
        self.copy.etag()
    }

    /// Whether the copy may no longer be the server's document: for the reasons of
    /// [`crate::CachedDocument::is_stale`], or because the future of a change was dropped.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.copy.is_stale()
    }

    /// An element, attribute or set of namespace bindings of the copy:
    /// [`crate::CachedDocument::get`]. Nothing is sent, so this is not a future.
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example_of(r#"<list name="a"/>"#)?;
    /// # let client = xcaplib::green::XCAPClient::from(client);
    /// # pollster::block_on(async {
    /// let lists = client.open("resource-lists").await?;
    /// assert_eq!(lists.get("/resource-lists/list/@name")?.as_str(), "a");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`crate::CachedDocument::get`].
    pub fn get<'a>(&self, node: impl Into<NodeArg<'a>>) -> Result<Selected<'_>> {
        self.copy.get(node)
    }

    /// All nodes of the copy that a selector matches: [`crate::CachedDocument::get_all`].
    ///
    /// # Errors
    ///
    /// The errors of [`crate::CachedDocument::get_all`].
    pub fn get_all<'a>(&self, node: impl Into<NodeArg<'a>>) -> Result<Vec<Selected<'_>>> {
        self.copy.get_all(node)
    }

    /// Creates or replaces an element or attribute: [`crate::CachedDocument::put`].
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example_of(r#"<list name="a"/>"#)?;
    /// # let client = xcaplib::green::XCAPClient::from(client);
    /// # pollster::block_on(async {
    /// let mut lists = client.open("resource-lists").await?;
    /// lists.put("/resource-lists/list/@name", "b").await?;
    /// assert!(lists.text().contains("\"b\""));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`crate::CachedDocument::put`], when the future is polled.
    pub fn put<'a>(
        &mut self,
        node: impl Into<NodeArg<'a>>,
        body: impl AsRef<[u8]>,
    ) -> Call<'_, Response> {
        let (node, body) = (node.into().into_owned(), body.as_ref().to_vec());
        self.change(|copy| copy.put(node, body))
    }

    /// Creates an element or attribute that the copy does not have:
    /// [`crate::CachedDocument::insert`].
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example_of(r#"<list name="a"/>"#)?;
    /// # let client = xcaplib::green::XCAPClient::from(client);
    /// # pollster::block_on(async {
    /// let mut lists = client.open("resource-lists").await?;
    /// let error = lists.insert("/resource-lists/list/@name", "b").await.unwrap_err();
    /// assert!(error.is_already_exists());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`crate::CachedDocument::insert`], when the future is polled.
    pub fn insert<'a>(
        &mut self,
        node: impl Into<NodeArg<'a>>,
        body: impl AsRef<[u8]>,
    ) -> Call<'_, Response> {
        let (node, body) = (node.into().into_owned(), body.as_ref().to_vec());
        self.change(|copy| copy.insert(node, body))
    }

    /// Replaces an element or attribute that the copy has: [`crate::CachedDocument::replace`].
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example_of(r#"<list name="a"/>"#)?;
    /// # let client = xcaplib::green::XCAPClient::from(client);
    /// # pollster::block_on(async {
    /// let mut lists = client.open("resource-lists").await?;
    /// let error = lists.replace("/resource-lists/list/entry", "<entry/>").await.unwrap_err();
    /// assert!(error.is_not_found());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`crate::CachedDocument::replace`], when the future is polled.
    pub fn replace<'a>(
        &mut self,
        node: impl Into<NodeArg<'a>>,
        body: impl AsRef<[u8]>,
    ) -> Call<'_, Response> {
        let (node, body) = (node.into().into_owned(), body.as_ref().to_vec());
        self.change(|copy| copy.replace(node, body))
    }

    /// Deletes an element or attribute: [`crate::CachedDocument::delete`].
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example_of(r#"<list name="a"/>"#)?;
    /// # let client = xcaplib::green::XCAPClient::from(client);
    /// # pollster::block_on(async {
    /// let mut lists = client.open("resource-lists").await?;
    /// lists.delete("/resource-lists/list").await?;
    /// assert!(!lists.text().contains("<list "));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`crate::CachedDocument::delete`], when the future is polled.
    pub fn delete<'a>(&mut self, node: impl Into<NodeArg<'a>>) -> Call<'_, Response> {
        let node = node.into().into_owned();
        self.change(|copy| copy.delete(node))
    }

    /// Replaces the whole document by what `change` makes of its text:
    /// [`crate::CachedDocument::update`].
    ///
    /// `change` is called on a thread of the pool, and again after a 412 if
    /// [`retries`](Self::retries) says so.
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example_of(r#"<list name="a"/>"#)?;
    /// # let client = xcaplib::green::XCAPClient::from(client);
    /// # pollster::block_on(async {
    /// let mut lists = client.open("resource-lists").await?.retries(10);
    /// lists.update(|text| text.replace("\"a\"", "\"b\"")).await?;
    /// assert!(lists.get(r#"/resource-lists/list[@name="b"]"#).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`crate::CachedDocument::update`], when the future is polled.
    pub fn update<T: UpdatedText>(
        &mut self,
        change: impl FnMut(&str) -> T + Send + 'static,
    ) -> Call<'_, Option<Response>> {
        self.change(|copy| copy.update(change))
    }

    /// Makes many changes in one request: [`crate::CachedDocument::edit`].
    ///
    /// `change` is called on a thread of the pool, and again after a 412 if
    /// [`retries`](Self::retries) says so.
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example_of(r#"<list name="a"/>"#)?;
    /// # let client = xcaplib::green::XCAPClient::from(client);
    /// # pollster::block_on(async {
    /// let mut lists = client.open("resource-lists").await?.retries(10);
    /// lists.edit(|draft| draft.set("/resource-lists/list/@name", "b").map(drop)).await?;
    /// assert_eq!(lists.get_all("/resource-lists/list")?.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`crate::CachedDocument::edit`], when the future is polled.
    pub fn edit(
        &mut self,
        change: impl FnMut(&mut Draft) -> Result<()> + Send + 'static,
    ) -> Call<'_, Option<Response>> {
        self.change(|copy| copy.edit(change))
    }

    /// Deletes the whole document: [`crate::CachedDocument::delete_document`].
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example_of(r#"<list name="a"/>"#)?;
    /// # let client = xcaplib::green::XCAPClient::from(client);
    /// # pollster::block_on(async {
    /// let mut lists = client.open("resource-lists").await?;
    /// lists.delete_document().await?;
    /// assert!(lists.is_stale());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`crate::CachedDocument::delete_document`], when the future is polled.
    pub fn delete_document(&mut self) -> Call<'_, Response> {
        self.change(crate::CachedDocument::delete_document)
    }

    /// Fetches the document if it differs from the copy. Returns whether it did:
    /// [`crate::CachedDocument::refresh`]. If its future is dropped, the copy is as it was.
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example_of(r#"<list name="a"/>"#)?;
    /// # let client = xcaplib::green::XCAPClient::from(client);
    /// # pollster::block_on(async {
    /// let mut lists = client.open("resource-lists").await?;
    /// assert!(!lists.refresh().await?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`crate::CachedDocument::refresh`], when the future is polled.
    pub fn refresh(&mut self) -> Call<'_, bool> {
        Call::of(async {
            let copy = self.copy.clone();
            self.work(copy, crate::CachedDocument::refresh).await
        })
    }

    /// Brings the copy up to date with a notification of changes. Nothing is sent.
    ///
    /// See [`crate::CachedDocument::apply`].
    ///
    /// ```
    /// use xcaplib::Applied;
    /// use xcaplib::diff::XcapDiff;
    /// # let (server, client) = xcaplib::testing::example_of(r#"<list name="a"/>"#)?;
    /// # let client = xcaplib::green::XCAPClient::from(client);
    /// # pollster::block_on(async {
    /// let other = XcapDiff::parse(
    ///     r#"<xcap-diff xmlns="urn:ietf:params:xml:ns:xcap-diff" xcap-root="http://xcap.example.com/">
    ///     <document sel="pres-rules/users/sip:alice@example.com/index" new-etag="a"/></xcap-diff>"#,
    /// )?;
    /// let mut lists = client.open("resource-lists").await?;
    /// assert_eq!(lists.apply(&other), Applied::Other);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn apply(&mut self, diff: &XcapDiff) -> Applied {
        self.copy.apply(diff)
    }

    fn change<T: Send + 'static>(
        &mut self,
        change: impl FnOnce(&mut crate::CachedDocument) -> Result<T> + Send + 'static,
    ) -> Call<'_, T> {
        Call::of(async {
            let copy = self.copy.clone();
            // If this future is dropped, nobody learns whether the change was made.
            self.copy.mark_stale();
            self.work(copy, change).await
        })
    }

    /// Works on a clone of the copy. The clone then takes its place.
    async fn work<T: Send + 'static>(
        &mut self,
        mut copy: crate::CachedDocument,
        work: impl FnOnce(&mut crate::CachedDocument) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let work = blocking::unblock(move || {
            let result = work(&mut copy);
            (result, copy)
        });
        let (result, copy) = work.await;
        self.copy = copy;
        result
    }
}
