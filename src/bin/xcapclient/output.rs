//! What is written: lines on standard error, and the body.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use xcaplib::Response;

use crate::failure::Failure;

/// How much of a line is shown around the place of a fault.
const SHOWN: usize = 72;

/// Writes a line on standard error. That nobody reads it is no error.
pub(crate) fn line(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Says what kind of answer it is; `is_plain` leaves its status out.
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

/// A server's text, which shall not steer the terminal.
fn visible(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The line of a body, and a caret under the column, both from 1.
pub(crate) fn marked(body: &[u8], line: u32, column: u32) -> String {
    let text = String::from_utf8_lossy(body);
    let index = |number: u32| usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
    let line = text.split('\n').nth(index(line)).unwrap_or_default();
    let line = line.trim_start_matches('\u{feff}').trim_end_matches('\r');
    let column = index(column).min(line.chars().count());
    let skipped = column.saturating_sub(SHOWN / 2);
    let shown: String = line.chars().skip(skipped).take(SHOWN).collect();
    let dots = if skipped > 0 { ".." } else { "" };
    let indent = " ".repeat(dots.len() + column - skipped);
    format!("  {dots}{}\n  {indent}^", visible(&shown))
}

/// Where the body goes.
pub(crate) enum Output {
    Stdout,
    /// A file that is written aside and put in its place when it is whole.
    File {
        path: PathBuf,
        permissions: Option<Permissions>,
    },
    /// A device or a pipe.
    Device(PathBuf),
}

impl Output {
    /// Finds out before anything is sent whether the file can be written.
    pub(crate) fn prepare(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path else { return Ok(Self::Stdout) };
        Self::of(path)
            .map_err(|error| Failure::Usage(format!("cannot write to {}: {error}", path.display())))
    }

    fn of(path: &Path) -> io::Result<Self> {
        let (path, permissions) = match fs::metadata(path) {
            Ok(found) if found.is_dir() => return Err(ErrorKind::IsADirectory.into()),
            Ok(found) if !found.is_file() => return Ok(Self::Device(path.to_owned())),
            Ok(found) => {
                OpenOptions::new().write(true).open(path)?;
                // What a link names is replaced, and not the link.
                (fs::canonicalize(path)?, Some(found.permissions()))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => (path.to_owned(), None),
            Err(error) => return Err(error),
        };
        if path.file_name().is_none() {
            return Err(ErrorKind::IsADirectory.into());
        }
        let (aside, _) = create_aside(&path)?;
        fs::remove_file(aside)?;
        Ok(Self::File { path, permissions })
    }

    pub(crate) fn write(&self, body: &[u8]) -> Result<(), Failure> {
        let (place, result) = match self {
            Self::Stdout => ("the standard output".to_owned(), write_stdout(body)),
            Self::File { path, permissions } => {
                (path.display().to_string(), replace(path, permissions.as_ref(), body))
            }
            Self::Device(path) => (path.display().to_string(), write_device(path, body)),
        };
        result.map_err(|error| Failure::Fatal(format!("cannot write to {place}: {error}")))
    }
}

fn write_stdout(body: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    unless_closed(stdout.write_all(body).and_then(|()| stdout.flush()))
}

fn write_device(path: &Path, body: &[u8]) -> io::Result<()> {
    unless_closed(OpenOptions::new().write(true).open(path)?.write_all(body))
}

/// Whoever reads may have seen enough.
fn unless_closed(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

fn replace(path: &Path, permissions: Option<&Permissions>, body: &[u8]) -> io::Result<()> {
    let (aside, mut file) = create_aside(path)?;
    let written = file.write_all(body).and_then(|()| match permissions {
        Some(permissions) => file.set_permissions(permissions.clone()),
        None => Ok(()),
    });
    drop(file);
    let replaced = written.and_then(|()| fs::rename(&aside, path));
    if replaced.is_err() {
        // What went wrong first is what matters.
        let _ = fs::remove_file(&aside);
    }
    replaced
}

/// A new file beside the one of this path.
fn create_aside(path: &Path) -> io::Result<(PathBuf, File)> {
    let mut number = 0;
    loop {
        let aside = path.with_file_name(format!(".xcapclient-{}-{number}", std::process::id()));
        match OpenOptions::new().write(true).create_new(true).open(&aside) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists && number < 100 => number += 1,
            result => return result.map(|file| (aside, file)),
        }
    }
}
