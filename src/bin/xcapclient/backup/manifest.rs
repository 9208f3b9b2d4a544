//! The list of the documents in a backup.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use xcaplib::XCAPClient;

use super::file_name::sha256;
use super::home::Home;
use super::place::Place;

/// The version of the format. Other versions are not read.
const VERSION: u64 = 1;

/// The documents in a backup, and their owner.
pub(super) struct Manifest {
    pub(super) root: String,
    pub(super) user: String,
    /// The documents, by their files.
    pub(super) documents: BTreeMap<String, Saved>,
}

/// A document that was saved.
pub(super) struct Saved {
    pub(super) place: Place,
    pub(super) etag: Option<String>,
    pub(super) media_type: Option<String>,
    size: u64,
    sha256: String,
}

impl Saved {
    pub(super) fn new(
        place: Place,
        etag: Option<String>,
        media_type: Option<String>,
        bytes: &[u8],
    ) -> Self {
        let (size, sha256) = (length(bytes), sha256(bytes));
        Self { place, etag, media_type, size, sha256 }
    }

    /// Whether these are the saved bytes.
    pub(super) fn is(&self, bytes: &[u8]) -> bool {
        self.size == length(bytes) && self.sha256 == sha256(bytes)
    }

    fn to_json(&self, file: &str) -> Value {
        json!({
            "path": self.place.path(),
            "file": file,
            "etag": self.etag,
            "media_type": self.media_type,
            "size": self.size,
            "sha256": self.sha256,
        })
    }

    /// Reads an entry. Its path and file have to be as this program writes them.
    fn read(value: &Value, client: &XCAPClient) -> Result<(String, Self), String> {
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let needed = |name: &str| text(name).ok_or_else(|| format!("an entry has no {name}"));
        let (path, file) = (needed("path")?, needed("file")?);
        let size = value.get("size").and_then(Value::as_u64).ok_or("an entry has no size")?;
        let is_whole = client.at(&path).and_then(|request| request.path()).is_ok_and(|p| p == path);
        let place = Place::read(&path).filter(|_| is_whole);
        let place =
            place.ok_or_else(|| format!("{path:?} is not the path of a user's document"))?;
        if file != place.file() {
            return Err(format!("{file:?} is not the file of {path}"));
        }
        let (etag, media_type, sha256) = (text("etag"), text("media_type"), needed("sha256")?);
        Ok((file, Self { place, etag, media_type, size, sha256 }))
    }
}

impl Manifest {
    pub(super) fn new(home: &Home) -> Self {
        Self { root: home.root.clone(), user: home.user(), documents: BTreeMap::new() }
    }

    /// Reads a manifest, or says why the bytes are not one.
    pub(super) fn read(bytes: &[u8], client: &XCAPClient) -> Result<Self, String> {
        let value: Value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if value.get("version").and_then(Value::as_u64) != Some(VERSION) {
            return Err(format!("its version is not {VERSION}"));
        }
        let text = |name: &str| {
            let text = value.get(name).and_then(Value::as_str).map(str::to_owned);
            text.ok_or_else(|| format!("it has no {name}"))
        };
        let entries = value.get("documents").and_then(Value::as_array);
        let mut documents = BTreeMap::new();
        for entry in entries.ok_or("it has no documents")? {
            let (file, saved) = Saved::read(entry, client)?;
            if let Some(other) = documents.insert(file, saved) {
                return Err(format!("{} is there twice", other.place.name()));
            }
        }
        Ok(Self { root: text("root")?, user: text("user")?, documents })
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let documents = self.documents.iter().map(|(file, saved)| saved.to_json(file));
        let value = json!({
            "version": VERSION,
            "root": self.root,
            "user": self.user,
            "documents": documents.collect::<Vec<_>>(),
        });
        format!("{value:#}\n").into_bytes()
    }
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
