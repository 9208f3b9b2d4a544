//! Headers that a user adds: `Name:value`, or `@FILE` for a file of such lines.

use std::fs;
use std::path::{Path, PathBuf};

use super::failure::Failure;

/// An argument of `--add-header`: a header, or a file with headers.
#[derive(Clone)]
pub(crate) enum HeaderArg {
    Header(Header),
    File(PathBuf),
    /// Not a header. It is not quoted in the error, since it may be a secret.
    Fault,
}

/// A header that replaces the default of its name. An empty value removes the default.
#[derive(Clone)]
pub(crate) struct Header {
    pub(crate) name: String,
    pub(crate) value: String,
    /// The file that it was read from.
    pub(crate) file: Option<PathBuf>,
}

impl HeaderArg {
    pub(super) fn parse(text: &str) -> Self {
        match text.strip_prefix('@') {
            Some(path) => Self::File(path.into()),
            None => Header::parse(text, None).map_or(Self::Fault, Self::Header),
        }
    }

    pub(super) fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Header(_) | Self::Fault => None,
        }
    }

    /// The headers that the argument stands for. `place` says in errors where it was given.
    pub(super) fn read(&self, place: &str) -> Result<Vec<Header>, Failure> {
        match self {
            Self::Header(header) => Ok(vec![header.clone()]),
            Self::File(path) => in_file(path),
            Self::Fault => Err(Failure::Usage(format!("{place}: {FORM}"))),
        }
    }
}

const FORM: &str = "a header is `name:value`";

impl Header {
    fn parse(text: &str, file: Option<&Path>) -> Option<Self> {
        let (name, value) = text.split_once(':')?;
        let (name, value) = (name.trim().to_owned(), value.trim().to_owned());
        // RFC 9110 section 5.6.2.
        let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        (!name.is_empty() && name.chars().all(is_token)).then(|| Self {
            name,
            value,
            file: file.map(Path::to_owned),
        })
    }

    /// Whether it belongs to a single request. A condition does, since it is about the state of
    /// that request's target (RFC 9110, sections 13.1 and 14.2).
    pub(super) fn is_of_one_request(&self) -> bool {
        let name = self.name.to_ascii_lowercase();
        name.starts_with("if-") || name == "range"
    }
}

/// The headers in a file. Errors do not quote a line, since it may be a secret.
fn in_file(path: &Path) -> Result<Vec<Header>, Failure> {
    let shown = path.display();
    let text = fs::read_to_string(path)
        .map_err(|error| Failure::Usage(format!("cannot read {shown}: {error}")))?;
    let lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    let lines = lines.filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(index, line)| {
            let header = Header::parse(line, Some(path));
            header.ok_or_else(|| Failure::Usage(format!("{shown}, line {}: {FORM}", index + 1)))
        })
        .collect()
}
