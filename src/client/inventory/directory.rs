//! Which documents there are: `org.openmobilealliance.xcap-directory` (OMA XDM).

use crate::answer::{ETag, Result};
use crate::client::cached::CachedDocument;
use crate::client::place::Place;
use crate::client::request::Request;
use crate::client::xcap_client::XCAPClient;
use crate::selector::{Root, Tree, UserId, XCAP_DIRECTORY};

use super::server_document::{ServerDocument, ServerElement};

const KIND: ServerDocument = ServerDocument { namespace: XCAP_DIRECTORY, root: "xcap-directory" };

/// A document that a server has, from [`XCAPClient::documents`].
///
/// ```
/// use xcaplib::Tree;
/// # let (server, client) = xcaplib::testing::example()?;
/// for entry in client.documents()? {
///     println!("{} {}: {:?} bytes", entry.application(), entry.filename(), entry.size());
///     if entry.application() == "resource-lists" {
///         println!("{}", entry.open(&client)?.text());
///     }
/// }
///
/// let entry = client.documents()?.remove(0);
/// assert!(entry.uri().ends_with("/resource-lists/users/sip:alice@example.com/index"));
/// assert_eq!((entry.tree(), entry.user()), (Tree::Users, Some("sip:alice@example.com")));
/// assert_eq!(entry.etag(), client.get("resource-lists", None, None, None)?.etag());
/// assert!(entry.last_modified().is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentEntry {
    uri: String,
    place: Place,
    etag: Option<ETag>,
    last_modified: Option<String>,
    size: Option<u64>,
}

fn entries(folder: ServerElement<'_, '_>, root: &Root) -> impl Iterator<Item = DocumentEntry> {
    let application = folder.attribute("auid").unwrap_or_default();
    folder.children("entry").filter_map(move |entry| DocumentEntry::read(entry, application, root))
}

impl DocumentEntry {
    /// The documents below `root`, which are listed in the directory that the request asks for.
    pub(crate) fn fetch_all(request: Request<'_>, root: &Root) -> Result<Vec<Self>> {
        KIND.fetch(request, |directory| {
            let folders = directory.children("folder");
            Ok(folders.flat_map(|folder| entries(folder, root)).collect())
        })
    }

    fn read(entry: ServerElement<'_, '_>, folder: &str, root: &Root) -> Option<Self> {
        let uri = entry.attribute("uri")?;
        Some(Self {
            uri: uri.to_owned(),
            place: Place::read(uri, folder, root)?,
            etag: entry.attribute("etag").and_then(ETag::from_attribute),
            last_modified: entry.attribute("last-modified").map(str::to_owned),
            size: entry.attribute("size").and_then(|size| size.parse().ok()),
        })
    }

    /// The AUID of the document's application usage, as the document's URI names it.
    ///
    /// Some servers list a document in a folder of another name.
    #[must_use]
    pub fn application(&self) -> &str {
        &self.place.application
    }

    /// Which of the application usage's two trees the document is in.
    #[must_use]
    pub fn tree(&self) -> Tree {
        if self.place.user.is_some() { Tree::Users } else { Tree::Global }
    }

    /// The user whose home directory has the document, as the server writes the user id. `None` for
    /// a document in the global tree.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        self.place.user.as_ref().map(UserId::as_str)
    }

    /// The name of the document. A `/` in it separates subdirectories.
    #[must_use]
    pub fn filename(&self) -> &str {
        &self.place.filename
    }

    /// The URI of the document as the server sent it: an absolute URI, or a path below the XCAP
    /// root.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The ETag that the document had when the directory was written, if it is given.
    ///
    /// A directory gives only the text between the quotes. The quotes are added here, so the ETag
    /// can guard a change like any other.
    #[must_use]
    pub fn etag(&self) -> Option<&ETag> {
        self.etag.as_ref()
    }

    /// When the document was last changed, if that is given: the text that the server sent.
    ///
    /// That should be an `xs:dateTime`, `2026-11-22T10:00:00Z`; some servers send milliseconds
    /// since 1970.
    #[must_use]
    pub fn last_modified(&self) -> Option<&str> {
        self.last_modified.as_deref()
    }

    /// The size of the document in bytes, if it is given.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// Begins a request for the document, with every option.
    ///
    /// The request goes to the client's own XCAP root, whatever host the URI names. Otherwise a
    /// server could use its directory to send a client's password elsewhere.
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example()?;
    /// for entry in client.documents()? {
    ///     entry.request(&client).if_match(entry.etag()).delete()?;
    /// }
    /// assert!(client.documents()?.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn request<'c>(&self, client: &'c XCAPClient) -> Request<'c> {
        client.request(&self.place.application).placed(&self.place)
    }

    /// Fetches the document, to keep it and edit it in step with the server. Like
    /// [`request`](Self::request), this goes to the client's own XCAP root.
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example()?;
    /// for entry in client.documents()? {
    ///     let copy = entry.open(&client)?;
    ///     assert_eq!(copy.etag(), entry.etag());
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`XCAPClient::open`]; [`is_not_found`](crate::Error::is_not_found) if the
    /// document is gone since.
    pub fn open(&self, client: &XCAPClient) -> Result<CachedDocument> {
        self.request(client).open()
    }
}
