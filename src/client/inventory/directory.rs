//! Which documents there are: `org.openmobilealliance.xcap-directory` (OMA XDM).

use percent_encoding::percent_decode_str;

use crate::answer::{ETag, Result};
use crate::client::cached::CachedDocument;
use crate::client::request::Request;
use crate::client::xcap_client::XCAPClient;
use crate::selector::{DocumentSelector, Root, Tree, UserId, XCAP_DIRECTORY, malformed_escape};

use super::server_document::{Known, ServerDocument};

const KIND: ServerDocument = ServerDocument { namespace: XCAP_DIRECTORY, root: "xcap-directory" };

/// A document that a server has, from [`XCAPClient::documents`].
///
/// ```
/// use xcaplib::Tree;
/// # let server = xcaplib::testing::Server::start()?;
/// # let client = server.client("sip:alice@example.com")?;
/// # let document = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends"><entry uri="sip:bob@example.com"/></list></resource-lists>"#;
/// # server.set_document("resource-lists", "sip:alice@example.com", "index", document);
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

/// Where a document is, as the server writes it (RFC 4825 section 6.2).
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    application: String,
    /// `None` is the global tree.
    user: Option<UserId>,
    filename: String,
}

fn entries(folder: Known<'_, '_>, root: &Root) -> impl Iterator<Item = DocumentEntry> {
    let application = folder.attribute("auid").unwrap_or_default();
    folder.children("entry").filter_map(move |entry| DocumentEntry::read(entry, application, root))
}

impl DocumentEntry {
    /// The documents below `root`, as the directory that the request asks for lists them.
    pub(crate) fn fetch_all(request: Request<'_>, root: &Root) -> Result<Vec<Self>> {
        KIND.fetch(request, |directory| {
            let folders = directory.children("folder");
            Ok(folders.flat_map(|folder| entries(folder, root)).collect())
        })
    }

    fn read(entry: Known<'_, '_>, folder: &str, root: &Root) -> Option<Self> {
        let uri = entry.attribute("uri")?;
        Some(Self {
            uri: uri.to_owned(),
            place: Place::read(uri, folder, root)?,
            etag: entry.attribute("etag").and_then(ETag::from_attribute),
            last_modified: entry.attribute("last-modified").map(str::to_owned),
            size: entry.attribute("size").and_then(|size| size.parse().ok()),
        })
    }

    /// The AUID of the document's application usage, which the document's URI names.
    ///
    /// Some servers put a document in a folder of another name.
    #[must_use]
    pub fn application(&self) -> &str {
        &self.place.application
    }

    /// Which of the application usage's two trees the document is in.
    #[must_use]
    pub fn tree(&self) -> Tree {
        if self.place.user.is_some() { Tree::Users } else { Tree::Global }
    }

    /// The user whose home directory the document is in, as the server writes the user id; `None`
    /// for a document in the global tree.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        self.place.user.as_ref().map(UserId::as_str)
    }

    /// The document's name; a `/` in it separates subdirectories.
    #[must_use]
    pub fn filename(&self) -> &str {
        &self.place.filename
    }

    /// The document's URI as the server sent it: an absolute one, or one below the XCAP root.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The document's ETag when the directory was written, where it is given.
    ///
    /// Directories give the text between the quotes alone; the quotes are added, so it can guard a
    /// change as any other ETag.
    #[must_use]
    pub fn etag(&self) -> Option<&ETag> {
        self.etag.as_ref()
    }

    /// When the document was last changed, where it is given: the text that the server sent.
    ///
    /// That should be an `xs:dateTime`, `2026-11-22T10:00:00Z`; some servers send milliseconds since
    /// 1970.
    #[must_use]
    pub fn last_modified(&self) -> Option<&str> {
        self.last_modified.as_deref()
    }

    /// How many bytes the document has, where it is given.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// Begins a request for the document, with every option.
    ///
    /// It goes to the client's own XCAP root, whatever host the URI names: a directory is no
    /// place for a server to send a client's password elsewhere.
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// # let document = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends"><entry uri="sip:bob@example.com"/></list></resource-lists>"#;
    /// # server.set_document("resource-lists", "sip:alice@example.com", "index", document);
    /// for entry in client.documents()? {
    ///     entry.request(&client).if_match(entry.etag()).delete()?;
    /// }
    /// assert!(client.documents()?.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn request<'c>(&self, client: &'c XCAPClient) -> Request<'c> {
        client.request(&self.place.application).at(self.place.user.as_ref(), &self.place.filename)
    }

    /// Fetches the document, to be kept and edited in step with the server, from the client's own
    /// XCAP root, as [`request`](Self::request).
    ///
    /// ```
    /// # let server = xcaplib::testing::Server::start()?;
    /// # let client = server.client("sip:alice@example.com")?;
    /// # let document = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends"><entry uri="sip:bob@example.com"/></list></resource-lists>"#;
    /// # server.set_document("resource-lists", "sip:alice@example.com", "index", document);
    /// for entry in client.documents()? {
    ///     let copy = entry.open(&client)?;
    ///     assert_eq!(copy.etag(), entry.etag());
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`XCAPClient::open`]: [`is_not_found`](crate::Error::is_not_found) where the document
    /// is gone since.
    pub fn open(&self, client: &XCAPClient) -> Result<CachedDocument> {
        self.request(client).open()
    }
}

impl Place {
    /// What a URI says, if it is that of a document. Of the host nothing is kept.
    fn read(uri: &str, folder: &str, root: &Root) -> Option<Self> {
        let (path, is_absolute) = path(uri)?;
        let segments = decoded(path.strip_prefix('/').unwrap_or(path))?;
        let (below, is_below) = match below_root(&segments, root) {
            Some(below) => (below, true),
            None => (segments.as_slice(), !is_absolute),
        };
        let place = Self::of(below.get(application(below, folder, is_below)?..)?)?;
        place.is_valid().then_some(place)
    }

    /// The place that the segments of a document selector name.
    fn of(segments: &[String]) -> Option<Self> {
        let (application, tree, rest) = match segments {
            [application, tree, rest @ ..] => (application, tree, rest),
            _ => return None,
        };
        let (user, filename) = match (tree.as_str(), rest) {
            ("global", filename) => (None, filename),
            ("users", [user, filename @ ..]) => (Some(UserId::exact(user).ok()?), filename),
            _ => return None,
        };
        // A `/` that was encoded is none that separates subdirectories.
        if filename.is_empty() || filename.iter().any(|segment| segment.contains('/')) {
            return None;
        }
        Some(Self { application: application.clone(), user, filename: filename.join("/") })
    }

    /// Whether a request for it would be sent, and none of its names would leave a directory whose path
    /// it is put behind.
    fn is_valid(&self) -> bool {
        let user = self.user.as_ref().map_or("", UserId::as_str);
        if [&self.application, user, &self.filename].into_iter().any(leaves) {
            return false;
        }
        let (tree, user) = match &self.user {
            Some(user) => (Tree::Users, user.clone()),
            None => (Tree::Global, UserId::default()),
        };
        DocumentSelector::new(&self.application, tree, &user, &self.filename).is_ok()
    }
}

/// Whether a name that is taken for a path leads elsewhere than below the place where it begins.
fn leaves(name: &str) -> bool {
    let is_separator = |c| matches!(c, '/' | '\\');
    name.starts_with(is_separator)
        || name.split(is_separator).any(|part| matches!(part, "." | ".."))
}

/// The path of a URI, and whether the URI is an absolute one; a document's has no query.
fn path(uri: &str) -> Option<(&str, bool)> {
    if uri.contains(['?', '#', '\\']) {
        return None;
    }
    let rest = match uri.split_once("://") {
        Some((scheme, rest)) if !scheme.contains('/') => rest,
        _ => return Some((uri, false)),
    };
    Some((rest.get(rest.find('/')?..)?, true))
}

fn decoded(path: &str) -> Option<Vec<String>> {
    if malformed_escape(path).is_some() {
        return None;
    }
    let decode = |segment| percent_decode_str(segment).decode_utf8().ok().map(Into::into);
    path.split('/').map(decode).collect()
}

/// The segments below the XCAP root, if the path is there.
fn below_root<'s>(segments: &'s [String], root: &Root) -> Option<&'s [String]> {
    match root.path().strip_prefix('/') {
        Some(root) => segments.strip_prefix(decoded(root)?.as_slice()),
        None => Some(segments),
    }
}

/// Which segment is the AUID: the first below the root, if it is known where the root ends.
///
/// Where a proxy stands before the server, the path may have another beginning than the client's
/// root. Then the folder's name tells, or else the name of a tree behind it.
fn application(segments: &[String], folder: &str, is_below_root: bool) -> Option<usize> {
    let is_tree = |name: &String| matches!(name.as_str(), "users" | "global");
    if is_below_root && segments.get(1).is_some_and(is_tree) {
        return Some(0);
    }
    let pairs = || segments.windows(2).enumerate();
    let by_folder =
        pairs().find(|(_, pair)| matches!(pair, [a, tree] if a == folder && is_tree(tree)));
    let (at, _) =
        by_folder.or_else(|| pairs().find(|(_, pair)| pair.get(1).is_some_and(is_tree)))?;
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn place(root: &str, uri: &str) -> Option<String> {
        let root = Root::new(root).unwrap();
        Place::read(uri, "groups", &root).map(|place| {
            let user = place.user.as_ref().map_or("global", UserId::as_str);
            format!("{} {user} {}", place.application, place.filename)
        })
    }

    #[test]
    fn a_place_is_found_in_a_uri() {
        let at_root = "http://a.example";
        let below = "https://a.example/xcap/root";
        for (root, uri, expected) in [
            (at_root, "http://a.example/l/users/sip:x@y/index", "l sip:x@y index"),
            (at_root, "HTTP://u:p@evil.example:81/l/users/sip:x@y/index", "l sip:x@y index"),
            (at_root, "l/users/sip:x@y/index", "l sip:x@y index"),
            (at_root, "/l/users/x@y/d%20e/f", "l x@y d e/f"),
            (at_root, "/l/global/i%5b", "l global i["),
            (at_root, "groups/users/x/l/users/y", "groups x l/users/y"),
            (at_root, "l/users/x/groups/users/y", "l x groups/users/y"),
            (at_root, "http://a.example/other/root/groups/users/x/i", "groups x i"),
            (at_root, "http://a.example/other/root/l/users/x/i", "l x i"),
            (below, "http://b.example/xcap/r%6Fot/l/users/x/groups/users/i", "l x groups/users/i"),
            (below, "/xcap/root/l/users/x/i", "l x i"),
            (below, "/l/users/x/i", "l x i"),
            (below, "http://b.example/users/root/groups/users/x/i", "groups x i"),
            (at_root, "l/users/users/users", "l users users"),
            (at_root, "l/users/a%2F..b/..i./j", "l a/..b ..i./j"),
        ] {
            assert_eq!(place(root, uri).as_deref(), Some(expected), "{uri}");
        }
    }

    #[test]
    fn what_names_no_document() {
        for uri in [
            "",
            "/",
            "http://a.example",
            "http://a.example/",
            "l/users/x",
            "l/users/x/",
            "l/users//i",
            "l/users/x/../i",
            "l/users/x/%2e%2E/i",
            "l/users/x/a%2Fb",
            "l/users/x/i/~~/e",
            "l/users/x/%7e~",
            "l/users/x/a//b",
            "l/users/x/i?q",
            "l/users/x/i#f",
            "l/users/x/%4",
            "l/users/x/%ff",
            "l/users/x/a%0D%0Ab",
            "..%2Fl/users/x/i",
            "a%2F..%2F..%2Fl/users/x/i",
            "%2Fl/users/x/i",
            "..%5Cl/users/x/i",
            "l/users/..%2Fx/i",
            "l/users/%2fetc%2fpasswd/i",
            "l/users/sip:x@y%2F..%2F..%2Fz/i",
            "l/users/x/..%5Ci",
            "l/users/x/d/a%5C..%5C..%5Ci",
            "l/global/%5Ci",
            "l/global",
            "l/other/x/i",
            "/users/x/i",
            "../users/x/i",
            "\\\\host\\l/users/x/i",
        ] {
            assert_eq!(place("http://a.example", uri), None, "{uri}");
        }
    }
}
