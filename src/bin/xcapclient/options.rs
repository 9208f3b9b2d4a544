//! The command line.

use std::fmt;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, ValueEnum};

use crate::output;

/// Reads and changes documents, elements and attributes on an XCAP server (RFC 4825).
///
/// The body of the answer goes to standard output as it is, all else to standard error. The exit
/// code is 0 for a success (2xx), 3 for any other status, 1 where no answer came and 2 where nothing
/// was sent.
#[derive(Parser)]
#[command(name = "xcapclient", version, infer_long_args = true, args_override_self = true)]
pub(crate) struct Options {
    /// Account of ~/.xcapclient.ini: its section is [Account_NAME], or [Account] without this option
    #[arg(short, long, value_name = "NAME")]
    pub(crate) account_name: Option<String>,

    /// XCAP root, for instance https://xcap.example.com/xcap-root
    #[arg(long, value_name = "URL")]
    pub(crate) xcap_root: Option<String>,

    /// The user whose documents are meant, for instance sip:alice@example.com
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) sip_address: Option<String>,

    /// Password; others can see it in the list of processes, so better in ~/.xcapclient.ini
    #[arg(short, long, allow_hyphen_values = true)]
    pub(crate) password: Option<String>,

    /// Application usage; guessed from the root element in the selector or the input
    #[arg(long, value_name = "AUID")]
    pub(crate) app: Option<String>,

    /// Name of the document; the application usage's own, if left out
    #[arg(long, value_name = "NAME")]
    pub(crate) filename: Option<String>,

    /// Tree of the document; the application usage's own, if left out
    #[arg(short, long, value_name = "TREE")]
    pub(crate) context: Option<Context>,

    /// Go through only if the document's ETag is this one, with or without its quotes
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) etag: Option<String>,

    /// Header to send, in place of a default of that name; an empty value removes it
    #[arg(long = "add-header", value_name = "NAME:VALUE", value_parser = header, allow_hyphen_values = true)]
    pub(crate) headers: Vec<(String, String)>,

    /// File to send; standard input, if left out
    #[arg(short, value_name = "FILE")]
    pub(crate) input: Option<PathBuf>,

    /// File for the body of the answer; standard output, if left out
    #[arg(short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Time for each call in all, 60 seconds if left out
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,

    /// Ignored; for scripts that have it
    #[arg(long)]
    eventlib: bool,

    /// Send what is given, whatever it is
    #[arg(long)]
    pub(crate) no_validate: bool,

    /// What to do
    pub(crate) action: Action,

    /// Element or attribute that is meant, for instance '/resource-lists/list[1]/@name'; the whole
    /// document, if left out
    pub(crate) node_selector: Option<String>,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Action {
    /// Fetch
    Get,
    /// Create or replace
    Put,
    /// Delete
    Delete,
    /// Create where nothing is
    Insert,
    /// Replace what is there
    Replace,
}

/// The two trees of an application usage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Context {
    /// Documents of one user
    Users,
    /// Documents for all users
    Global,
}

impl Options {
    /// Reads the command line; where it asks for nothing or cannot be used, says so.
    pub(crate) fn read() -> Result<Self, ExitCode> {
        Self::try_parse().map_err(|error| {
            if error.use_stderr() {
                output::line(&first_paragraph(&error.to_string()));
                return ExitCode::from(2);
            }
            // Help and version. That nobody reads them is no error.
            let _ = error.print();
            ExitCode::SUCCESS
        })
    }
}

/// What went wrong, in one line, without the usage that follows it.
fn first_paragraph(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
    lines.join(" ")
}

fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or("a header is `name:value`")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.filter(|time| !time.is_zero()).ok_or_else(|| "not a time in seconds".to_owned())
}

impl Action {
    pub(crate) fn is_get(self) -> bool {
        self == Self::Get
    }

    /// Whether it sends a body.
    pub(crate) fn has_body(self) -> bool {
        matches!(self, Self::Put | Self::Insert | Self::Replace)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Get => "get",
            Self::Put => "put",
            Self::Delete => "delete",
            Self::Insert => "insert",
            Self::Replace => "replace",
        })
    }
}
