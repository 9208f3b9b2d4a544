//! The place to write a body to.

use std::borrow::Cow;
use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, ErrorKind, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use xcaplib::Response;

use crate::args::Failure;

use super::markup;

/// Where to write the body, and how to format it.
pub(crate) struct Output {
    place: Place,
    look: Look,
}

enum Place {
    Stdout,
    /// A file. The body is written to a temporary file beside it. That file then replaces it.
    File {
        path: PathBuf,
        permissions: Option<Permissions>,
    },
    /// A device or a pipe.
    Device(PathBuf),
}

/// The requested formatting. It applies only on a terminal. Elsewhere the bytes are written as they
/// are.
#[derive(Clone, Copy, Default)]
pub(crate) struct Look {
    pub(crate) is_pretty: bool,
    pub(crate) is_coloured: bool,
}

impl Output {
    /// Checks that the file can be written, before anything is sent. `None` is standard output.
    pub(crate) fn prepare(file: Option<&Path>, look: Look) -> Result<Self, Failure> {
        let place = match file {
            None => Place::Stdout,
            Some(path) => Place::of(path).map_err(|error| {
                Failure::Usage(format!("cannot write to {}: {error}", path.display()))
            })?,
        };
        Ok(Self { place, look })
    }

    /// Standard output, for anything that must not go into the file.
    pub(crate) fn beside(&self) -> Self {
        Self { place: Place::Stdout, look: self.look }
    }

    /// Writes a text of the program itself. Returns the exit code of a success.
    pub(crate) fn print(&self, text: &str) -> Result<u8, Failure> {
        self.write(text.as_bytes())?;
        Ok(0)
    }

    /// Writes the body of an answer.
    pub(crate) fn write_body(&self, answer: &Response) -> Result<(), Failure> {
        let Some(text) = answer.text().filter(|text| text.trim_start().starts_with('<')) else {
            return self.write(answer.body());
        };
        let look = self.look();
        let text = if look.is_pretty { markup::indented(text).into() } else { Cow::from(text) };
        let text = if look.is_coloured { markup::coloured(&text).into() } else { text };
        self.write(text.as_bytes())
    }

    /// Writes a unified difference.
    pub(crate) fn write_diff(&self, diff: &str) -> Result<(), Failure> {
        let diff = Cow::from(diff);
        let diff = if self.look().is_coloured { markup::coloured_diff(&diff).into() } else { diff };
        self.write(diff.as_bytes())
    }

    pub(crate) fn write(&self, body: &[u8]) -> Result<(), Failure> {
        let (place, result) = match &self.place {
            Place::Stdout => ("the standard output".to_owned(), write_stdout(body)),
            Place::File { path, permissions } => {
                (path.display().to_string(), replace(path, permissions.as_ref(), body))
            }
            Place::Device(path) => (path.display().to_string(), write_device(path, body)),
        };
        result.map_err(|error| Failure::Fatal(format!("cannot write to {place}: {error}")))
    }

    fn look(&self) -> Look {
        match self.place {
            Place::Stdout if io::stdout().is_terminal() => self.look,
            _ => Look::default(),
        }
    }
}

impl Place {
    fn of(path: &Path) -> io::Result<Self> {
        let (path, permissions) = match fs::metadata(path) {
            Ok(found) if found.is_dir() => return Err(ErrorKind::IsADirectory.into()),
            Ok(found) if !found.is_file() => return Ok(Self::Device(path.to_owned())),
            Ok(found) => {
                OpenOptions::new().write(true).open(path)?;
                // If the path is a link, its target is replaced, and not the link.
                (fs::canonicalize(path)?, Some(found.permissions()))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => (end_of_links(path)?, None),
            Err(error) => return Err(error),
        };
        if path.file_name().is_none() {
            return Err(ErrorKind::IsADirectory.into());
        }
        aside(&path, None)?;
        Ok(Self::File { path, permissions })
    }
}

/// The end of a chain of links to a file that does not exist. The file is created there.
fn end_of_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    while fs::symlink_metadata(&path).is_ok_and(|found| found.is_symlink()) {
        let target = fs::read_link(&path)?;
        path = path.parent().unwrap_or(Path::new("")).join(target);
    }
    Ok(path)
}

/// Ends with a line break on a terminal, so that what follows gets a line of its own.
fn write_stdout(body: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    let is_open = !body.is_empty() && !body.ends_with(b"\n") && stdout.is_terminal();
    let end: &[u8] = if is_open { b"\n" } else { b"" };
    unless_closed(
        stdout.write_all(body).and_then(|()| stdout.write_all(end)).and_then(|()| stdout.flush()),
    )
}

fn write_device(path: &Path, body: &[u8]) -> io::Result<()> {
    unless_closed(OpenOptions::new().write(true).open(path)?.write_all(body))
}

/// It is not an error if the reader closes its end early, as `head` does.
fn unless_closed(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Replaces the whole file, or leaves it as it is: a temporary file takes its place.
pub(crate) fn replace(
    path: &Path,
    permissions: Option<&Permissions>,
    body: &[u8],
) -> io::Result<()> {
    let mut file = aside(path, permissions)?;
    // Written to the file itself, because errors of the temporary file contain its name.
    file.as_file_mut().write_all(body)?;
    if permissions.is_some() {
        // Without this, a power failure could destroy both the old and the new content.
        file.as_file().sync_data()?;
    }
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// A temporary file in the same directory as this path. It is deleted on drop.
fn aside(path: &Path, permissions: Option<&Permissions>) -> io::Result<NamedTempFile> {
    let directory = match path.parent() {
        Some(directory) if !directory.as_os_str().is_empty() => directory,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".xcapclient-");
    #[cfg(unix)]
    if permissions.is_none() {
        use std::os::unix::fs::PermissionsExt as _;
        // The mode of a new file. The umask reduces it.
        builder.permissions(Permissions::from_mode(0o666));
    }
    // The error's own text would contain the name of the temporary file.
    let file = builder.tempfile_in(directory).map_err(|error| io::Error::from(error.kind()))?;
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions.clone())?;
    }
    Ok(file)
}
