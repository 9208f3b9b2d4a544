//! The documents of a server, and their ETags.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::answer::ETag;
use crate::selector::{Tree, UserId};

/// The most text that a server stores, in bytes. A client must not be able to fill the memory.
const MAX_TEXT: usize = 256 * 1024 * 1024;

/// The characters of a path segment that are not percent-encoded.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b':')
    .remove(b'@')
    .remove(b'=');

/// The owner of documents: everybody, or one user.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Owner {
    Global,
    User(String),
}

impl Owner {
    /// The owner that a caller of this crate names. `None` stands for the global tree.
    pub(super) fn named(user: Option<&str>) -> Self {
        user.map_or(Self::Global, |user| Self::User(xui(user)))
    }

    pub(super) fn tree(&self) -> Tree {
        match self {
            Self::Global => Tree::Global,
            Self::User(_) => Tree::Users,
        }
    }
}

/// The XUI that a client of this crate sends for this user id.
pub(super) fn xui(user: &str) -> String {
    UserId::new(user).map_or_else(|_| user.to_owned(), |id| id.as_str().to_owned())
}

/// The place of a document (RFC 4825 section 6.2).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) auid: String,
    pub(super) owner: Owner,
    /// Includes the subdirectories, if there are any.
    pub(super) filename: String,
}

impl Place {
    /// The directories above the document, from the top down, without the home directory.
    fn directories(&self) -> impl Iterator<Item = Self> {
        self.filename.match_indices('/').map(|(at, _)| Self {
            filename: self.filename.get(..at).unwrap_or_default().to_owned(),
            ..self.clone()
        })
    }

    /// The URI of a document. If the filename is empty, the URI of its directory.
    pub(super) fn uri(&self, root: &str) -> String {
        let encode = |text: &str| utf8_percent_encode(text, KEPT).to_string();
        let owner = match &self.owner {
            Owner::Global => "global".to_owned(),
            Owner::User(xui) => format!("users/{}", encode(xui)),
        };
        let mut uri = format!("{root}/{}/{owner}", encode(&self.auid));
        for segment in self.filename.split('/') {
            uri.push('/');
            uri.push_str(&encode(segment));
        }
        uri
    }
}

/// A document that a server holds.
///
/// ```
/// use xcaplib::testing::Server;
///
/// let server = Server::start()?;
/// let etag = server.set_document("notes.example.com", "alice@example.com", "index", "<notes/>");
/// let stored = server.document("notes.example.com", "alice@example.com", "index").unwrap();
/// assert_eq!((stored.text(), stored.etag()), ("<notes/>", &etag));
/// assert!(stored.modified() <= std::time::SystemTime::now());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct StoredDocument {
    text: Arc<str>,
    etag: ETag,
    modified: SystemTime,
}

impl StoredDocument {
    /// Its text, byte for byte.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its ETag, which is also that of all its elements and attributes (RFC 4825 section 8.5).
    #[must_use]
    pub fn etag(&self) -> &ETag {
        &self.etag
    }

    /// When it was last changed.
    #[must_use]
    pub fn modified(&self) -> SystemTime {
        self.modified
    }
}

impl fmt::Debug for StoredDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredDocument")
            .field("etag", &self.etag)
            .field("text", &self.text)
            .finish_non_exhaustive()
    }
}

#[derive(Default)]
pub(super) struct Store {
    documents: BTreeMap<Place, StoredDocument>,
    /// Subdirectories. They stay even when they are empty.
    directories: BTreeSet<Place>,
    size: usize,
}

/// Why a document cannot be put at its place.
pub(super) enum Misplaced {
    /// A directory above it does not exist. Contains the closest one that does, unless that is the
    /// home directory.
    NoDirectory(Option<String>),
    /// A directory has the same name.
    IsDirectory,
}

impl Store {
    pub(super) fn get(&self, place: &Place) -> Option<&StoredDocument> {
        self.documents.get(place)
    }

    /// Whether a document may be put there.
    pub(super) fn check(&self, place: &Place) -> Result<(), Misplaced> {
        if self.directories.contains(place) {
            return Err(Misplaced::IsDirectory);
        }
        let mut closest = None;
        for directory in place.directories() {
            if !self.directories.contains(&directory) {
                return Err(Misplaced::NoDirectory(closest));
            }
            closest = Some(directory.filename);
        }
        Ok(())
    }

    /// Whether this much text fits in place of the current document.
    pub(super) fn has_room(&self, place: &Place, length: usize) -> bool {
        let freed = self.get(place).map_or(0, |old| old.text.len());
        self.size - freed + length <= MAX_TEXT
    }

    /// Stores a document, and creates the directories that it needs.
    pub(super) fn set(&mut self, place: Place, text: &str, etag: ETag) -> &StoredDocument {
        self.remove(&place);
        self.directories.extend(place.directories());
        self.size += text.len();
        let document = StoredDocument { text: text.into(), etag, modified: SystemTime::now() };
        self.documents.entry(place).or_insert(document)
    }

    pub(super) fn remove(&mut self, place: &Place) -> Option<StoredDocument> {
        let old = self.documents.remove(place)?;
        self.size -= old.text.len();
        Some(old)
    }

    /// The documents of one owner, ordered by AUID and filename.
    pub(super) fn of<'a>(
        &'a self,
        owner: &'a Owner,
    ) -> impl Iterator<Item = (&'a Place, &'a StoredDocument)> {
        self.documents.iter().filter(move |(place, _)| place.owner == *owner)
    }
}
