//! What is written: lines on standard error, and the body.

use std::borrow::Cow;
use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, ErrorKind, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use xcaplib::Response;

use crate::args::Failure;

use super::markup;

/// Writes a line on standard error, without characters that could steer a terminal. A closed
/// standard error is no error.
pub(crate) fn line(text: &str) {
    let is_harmless = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
    let text: String = text.chars().map(|c| if is_harmless(c) { c } else { ' ' }).collect();
    let _ = writeln!(io::stderr(), "{text}");
}

/// Writes the status, ETag, type and length of an answer on standard error; `is_plain` leaves the
/// status out.
pub(crate) fn head(answer: &Response, is_plain: bool) {
    if !is_plain {
        line(format!("{} {}", answer.status(), answer.reason()).trim_end());
    }
    if let Some(etag) = answer.etag() {
        line(&format!("etag: {}", visible(&etag.to_string())));
    }
    for name in ["content-type", "content-length"] {
        if let Some(value) = answer.header(name) {
            line(&format!("{name}: {}", visible(value)));
        }
    }
}

/// A server's text without control characters, which could steer the terminal.
pub(crate) fn visible(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Where the body goes, and how it is formatted.
pub(crate) struct Output {
    place: Place,
    look: Look,
}

enum Place {
    Stdout,
    /// A file. The body is written to a temporary file beside it, which then replaces it.
    File {
        path: PathBuf,
        permissions: Option<Permissions>,
    },
    /// A device or a pipe.
    Device(PathBuf),
}

/// The formatting that was asked for. It applies on a terminal alone: elsewhere the bytes are
/// written as they are.
#[derive(Default)]
pub(crate) struct Look {
    pub(crate) is_pretty: bool,
    pub(crate) is_coloured: bool,
}

impl Output {
    /// Checks that the file can be written, before anything is sent. `None` is the standard output.
    pub(crate) fn prepare(file: Option<&Path>, look: Look) -> Result<Self, Failure> {
        let Some(path) = file else {
            let look = if io::stdout().is_terminal() { look } else { Look::default() };
            return Ok(Self { place: Place::Stdout, look });
        };
        let place = Place::of(path).map_err(|error| {
            Failure::Usage(format!("cannot write to {}: {error}", path.display()))
        })?;
        Ok(Self { place, look: Look::default() })
    }

    /// Writes a text of the program's own, and gives the exit code of a success.
    pub(crate) fn print(&self, text: &str) -> Result<u8, Failure> {
        self.write(text.as_bytes())?;
        Ok(0)
    }

    /// Writes the body of an answer.
    pub(crate) fn write_body(&self, answer: &Response) -> Result<(), Failure> {
        let Some(text) = answer.text().filter(|text| text.trim_start().starts_with('<')) else {
            return self.write(answer.body());
        };
        let text =
            if self.look.is_pretty { markup::indented(text).into() } else { Cow::from(text) };
        let text = if self.look.is_coloured { markup::coloured(&text).into() } else { text };
        self.write(text.as_bytes())
    }

    /// Writes a unified difference.
    pub(crate) fn write_diff(&self, diff: &str) -> Result<(), Failure> {
        let diff = Cow::from(diff);
        let diff = if self.look.is_coloured { markup::coloured_diff(&diff).into() } else { diff };
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
}

impl Place {
    fn of(path: &Path) -> io::Result<Self> {
        let (path, permissions) = match fs::metadata(path) {
            Ok(found) if found.is_dir() => return Err(ErrorKind::IsADirectory.into()),
            Ok(found) if !found.is_file() => return Ok(Self::Device(path.to_owned())),
            Ok(found) => {
                OpenOptions::new().write(true).open(path)?;
                // Where the path is a link, its target is replaced and not the link.
                (fs::canonicalize(path)?, Some(found.permissions()))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => (path.to_owned(), None),
            Err(error) => return Err(error),
        };
        if path.file_name().is_none() {
            return Err(ErrorKind::IsADirectory.into());
        }
        aside(&path, None)?;
        Ok(Self::File { path, permissions })
    }
}

fn write_stdout(body: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    unless_closed(stdout.write_all(body).and_then(|()| stdout.flush()))
}

fn write_device(path: &Path, body: &[u8]) -> io::Result<()> {
    unless_closed(OpenOptions::new().write(true).open(path)?.write_all(body))
}

/// A reader that closes its end early, as `head` does, is no error.
fn unless_closed(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Writes a file whole, or leaves what is there: to a temporary file, which takes its place.
pub(crate) fn replace(
    path: &Path,
    permissions: Option<&Permissions>,
    body: &[u8],
) -> io::Result<()> {
    let mut file = aside(path, permissions)?;
    file.write_all(body)?;
    file.persist(path)?;
    Ok(())
}

/// A temporary file in the directory of this path, deleted on drop.
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
        // The mode of any new file, which the umask reduces.
        builder.permissions(Permissions::from_mode(0o666));
    }
    // The text of the error itself would name the temporary file.
    let file = builder.tempfile_in(directory).map_err(|error| io::Error::from(error.kind()))?;
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions.clone())?;
    }
    Ok(file)
}
