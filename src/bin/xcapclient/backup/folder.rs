//! The directory of a backup. Its content is not trusted: nothing outside it is read or written.

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::args::{Failure, Options};
use crate::show;

use super::file_name::MANIFEST;

/// The directory that the command line names.
pub(super) struct Folder {
    path: PathBuf,
}

/// Keeps the directory locked until it is dropped.
pub(super) struct Lock(#[expect(dead_code, reason = "it is held, and not looked at")] Option<File>);

impl Folder {
    pub(super) fn new(options: &Options) -> Result<Self, Failure> {
        match options.node_selector.as_deref() {
            Some(path) if !path.is_empty() => Ok(Self { path: PathBuf::from(path) }),
            _ => Err(Failure::Usage(format!("{0} wants a directory: {0} DIR", options.action))),
        }
    }

    pub(super) fn shown(&self) -> String {
        self.path.display().to_string()
    }

    /// The text of its manifest. `None` if it has none.
    pub(super) fn manifest(&self) -> Result<Option<Vec<u8>>, Failure> {
        let path = self.path.join(MANIFEST);
        let found = match fs::metadata(&self.path) {
            Ok(found) if !found.is_dir() => Err(format!("{} is not a directory", self.shown())),
            _ => read(&path),
        };
        found.map_err(Failure::Usage)
    }

    /// Whether it contains no files or does not exist yet. Hidden files do not count.
    pub(super) fn is_empty(&self) -> Result<bool, Failure> {
        let entries = match fs::read_dir(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(true),
            entries => entries,
        };
        let is_hidden = |entry: io::Result<fs::DirEntry>| {
            entry.map(|entry| entry.file_name().to_string_lossy().starts_with('.'))
        };
        let are_hidden =
            entries.and_then(|entries| entries.map(is_hidden).collect::<io::Result<Vec<_>>>());
        let are_hidden = are_hidden
            .map_err(|error| Failure::Usage(format!("cannot read {}: {error}", self.shown())))?;
        Ok(are_hidden.into_iter().all(|is_hidden| is_hidden))
    }

    /// Creates the directory if it is missing.
    pub(super) fn create(&self) -> Result<(), Failure> {
        fs::create_dir_all(&self.path)
            .map_err(|error| Failure::Usage(format!("cannot make {}: {error}", self.shown())))
    }

    /// Keeps a second backup out while the lock is held, because each would write a manifest
    /// without the documents of the other. The lock ends with the process, however that ends.
    pub(super) fn lock(&self) -> Result<Lock, Failure> {
        // Some systems cannot open a directory, and some file systems have no locks. The backup
        // then goes on without a lock.
        let Ok(directory) = File::open(&self.path) else { return Ok(Lock(None)) };
        if is_locked(&directory) {
            return Err(Failure::Usage(format!(
                "another backup is writing to {}; try again when it has ended",
                self.shown()
            )));
        }
        Ok(Lock(Some(directory)))
    }

    /// The content of a file. `None` if it is missing.
    pub(super) fn read(&self, file: &str) -> Result<Option<Vec<u8>>, String> {
        let path = self.path.join(file);
        if !is_directory(parent(&path))? { Ok(None) } else { read(&path) }
    }

    /// Writes the whole file, or nothing.
    pub(super) fn write(&self, file: &str, bytes: &[u8]) -> Result<(), String> {
        let path = self.path.join(file);
        let parent = parent(&path);
        let failed = |error: io::Error| format!("cannot write {}: {error}", path.display());
        if parent != self.path && !is_directory(parent)? {
            fs::create_dir(parent).map_err(failed)?;
        }
        let permissions = regular(&path)?.map(|found| found.permissions());
        show::replace(&path, permissions.as_ref(), bytes).map_err(failed)
    }
}

/// Takes the lock. Returns whether another process has it.
#[cfg(unix)]
fn is_locked(directory: &File) -> bool {
    use rustix::fs::{FlockOperation, flock};

    let taken = flock(directory, FlockOperation::NonBlockingLockExclusive);
    taken.is_err_and(|error| error == rustix::io::Errno::WOULDBLOCK)
}

#[cfg(not(unix))]
fn is_locked(_directory: &File) -> bool {
    false
}

fn parent(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, String> {
    match regular(path)? {
        Some(_) => fs::read(path).map(Some),
        None => Ok(None),
    }
    .map_err(|error| format!("cannot read {}: {error}", path.display()))
}

/// An existing regular file. A link could lead anywhere, and a pipe might never end.
fn regular(path: &Path) -> Result<Option<Metadata>, String> {
    match found(path)? {
        Some(found) if !found.is_file() => {
            Err(format!("{} is a link or no file, and is left alone", path.display()))
        }
        found => Ok(found),
    }
}

/// Whether a directory exists here. A link to one does not count.
fn is_directory(path: &Path) -> Result<bool, String> {
    match found(path)? {
        Some(found) if !found.is_dir() => {
            Err(format!("{} is a link or no directory, and is left alone", path.display()))
        }
        found => Ok(found.is_some()),
    }
}

fn found(path: &Path) -> Result<Option<Metadata>, String> {
    match fs::symlink_metadata(path) {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("cannot read {}: {error}", path.display())),
    }
}
