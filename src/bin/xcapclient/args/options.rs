//! The command line.

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Parser;

use super::action::{Action, Context};
use super::failure::Failure;
use super::header::HeaderArg;
use super::help;
use super::reach::Reach;
use super::talk::Talk;

/// Reads and changes documents, elements and attributes on an XCAP server (RFC 4825).
///
/// The body of an answer goes to standard output as it is. Everything else goes to standard error.
#[derive(Parser)]
#[command(
    name = "xcapclient",
    version,
    infer_long_args = true,
    args_override_self = true,
    max_term_width = 100,
    after_help = help::MORE,
    after_long_help = help::more_and_examples()
)]
pub(crate) struct Options {
    /// Account of ~/.xcapclient.ini: the section [Account_NAME]; without this option, the section
    /// [Account]
    #[arg(short, long, value_name = "NAME")]
    pub(crate) account_name: Option<String>,

    /// XCAP root, for instance https://xcap.example.com/xcap-root
    #[arg(long, value_name = "URL")]
    pub(crate) xcap_root: Option<String>,

    /// Your address, for instance sip:alice@example.com
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) sip_address: Option<String>,

    // The aliases are for scripts that abbreviate `--password`: these abbreviations are also
    // prefixes of --password-file.
    /// Password; others see it in the process list, so give it in one of the other ways instead
    #[arg(
        short, long, allow_hyphen_values = true, hide_short_help = false,
        aliases = ["p", "pa", "pas", "pass", "passw", "passwo", "passwor"]
    )]
    pub(crate) password: Option<String>,

    /// File whose first line is the password
    #[arg(long, value_name = "FILE", conflicts_with = "password")]
    pub(crate) password_file: Option<PathBuf>,

    /// Use the documents of another user
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) user: Option<String>,

    /// Application usage; if left out, guessed from the root element in the selector or the input;
    /// with backup and restore, the only one to save or restore
    #[arg(long, value_name = "AUID")]
    pub(crate) app: Option<String>,

    /// Name of the document; if left out, the usual one of the application usage; with backup, one
    /// more name to look for; with restore, the only one to restore
    #[arg(long, value_name = "NAME")]
    pub(crate) filename: Option<String>,

    /// Tree of the document; if left out, the usual one of the application usage
    #[arg(short, long, value_name = "TREE", aliases = ["c", "co"])]
    pub(crate) context: Option<Context>,

    /// Prefix that the node selector uses, and its namespace
    #[arg(long = "bind", value_name = "PREFIX=URI", value_parser = binding)]
    pub(crate) bindings: Vec<(String, String)>,

    /// Value to put in the node selector in place of $NAME, as in '[@uri=$NAME]'; quotes and escapes
    /// are added
    #[arg(long = "var", value_name = "NAME=VALUE", value_parser = variable)]
    pub(crate) variables: Vec<(String, String)>,

    /// Succeed only if this is the document's ETag, with or without its quotes
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) etag: Option<String>,

    /// Succeed only if this is not the document's ETag, or, with '*', if there is no document
    #[arg(long, value_name = "ETAG", allow_hyphen_values = true)]
    pub(crate) if_none_match: Option<String>,

    /// Header to send, which replaces a default header of that name; an empty value removes the
    /// default; @FILE reads such lines from a file, which keeps a secret out of the process list
    #[arg(
        long = "add-header", value_name = "NAME:VALUE", value_parser = header,
        allow_hyphen_values = true
    )]
    pub(crate) headers: Vec<HeaderArg>,

    /// File to send; if left out or `-`, standard input
    #[arg(short, value_name = "FILE")]
    input: Option<PathBuf>,

    /// File for the body of a success; if left out or `-`, standard output, which always gets the
    /// body of an error
    #[arg(short, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Time limit for each whole call; if left out, 60 seconds
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,

    #[command(flatten)]
    pub(crate) reach: Reach,

    /// Do not check bodies and selectors before sending them, nor what a GET receives
    #[arg(long)]
    pub(crate) no_validate: bool,

    /// With put, insert, replace, delete and restore: only show what a conforming server would do
    #[arg(long, conflicts_with = "curl")]
    pub(crate) dry_run: bool,

    /// With get, put and delete: only print the curl command that does the same, without the
    /// password
    #[arg(long)]
    pub(crate) curl: bool,

    /// Print the answer as one line of JSON: url, status, reason, etag, content_type, body,
    /// xcap_error, reason_text, location
    #[arg(long, conflicts_with_all = ["pretty", "color", "curl", "dry_run"])]
    pub(crate) json: bool,

    /// Indent XML, if the output is a terminal
    #[arg(long)]
    pub(crate) pretty: bool,

    /// Colour XML and differences, if the output is a terminal
    #[arg(long, alias = "colour")]
    pub(crate) color: bool,

    #[command(flatten)]
    pub(crate) talk: Talk,

    /// Ignored; for scripts that have it
    #[arg(long, hide = true)]
    eventlib: bool,

    /// What to do
    #[arg(value_name = "ACTION", ignore_case = true)]
    pub(crate) action: Action,

    /// Element or attribute, for instance '/resource-lists/list[1]/@name'; if left out, the whole
    /// document; with backup and restore, the directory
    pub(crate) node_selector: Option<String>,
}

impl Options {
    /// Reads the command line. `None` if it asks for the help or the version; these are printed
    /// here.
    pub(crate) fn read() -> Result<Option<Self>, Failure> {
        let options = match Self::try_parse() {
            Ok(options) => options,
            Err(error) if error.use_stderr() => return Err(refused(&error)),
            Err(help) => {
                // A closed standard output is not an error.
                let _ = help.print();
                return Ok(None);
            }
        };
        if let Some((option, other)) = options.misplaced() {
            return Err(Failure::Usage(format!("{option} does not go with {other}")));
        }
        options.check_files()?;
        Ok(Some(options))
    }

    /// Refuses an output file that is also an input. The answer to a change has no body most often,
    /// so the file would end up empty.
    fn check_files(&self) -> Result<(), Failure> {
        let whole = |path: &Path| path.canonicalize().ok().filter(|path| path.is_file());
        let Some(path) = self.output_file() else { return Ok(()) };
        match whole(path) {
            Some(output) if self.input_file().and_then(whole).as_ref() == Some(&output) => {
                Err(Failure::Usage(format!(
                    "-i and -o are both {}, and the answer would replace it",
                    path.display()
                )))
            }
            _ => Ok(()),
        }
    }

    /// The file to send; `None` is standard input.
    pub(crate) fn input_file(&self) -> Option<&Path> {
        file(self.input.as_ref())
    }

    /// The file for the body of the answer; `None` is standard output.
    pub(crate) fn output_file(&self) -> Option<&Path> {
        file(self.output.as_ref())
    }

    /// The files that every action reads.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Path> {
        let headers = self.headers.iter().filter_map(HeaderArg::file);
        self.password_file.as_deref().into_iter().chain(headers).chain(self.reach.files())
    }

    /// An option that would have no effect, and the action or option that it conflicts with.
    fn misplaced(&self) -> Option<(&'static str, String)> {
        use Action::{
            Backup, Caps, Completion, Delete, Edit, Explain, Get, Insert, List, Man, Put, Replace,
            Restore, Url,
        };
        let foreseeing = &[Put, Delete, Insert, Replace, Restore][..];
        let sending = &[Get, Put, Delete, Insert, Replace][..];
        let naming = &[Get, Put, Delete, Insert, Replace, Edit, Url, Explain][..];
        let is_about_all = self.action.is_about_all();
        let with_word = &[&[Completion, Backup, Restore], naming].concat()[..];
        let found = [
            ("--dry-run", self.dry_run, foreseeing),
            ("--curl", self.curl, &[Get, Put, Delete]),
            ("--json", self.json, &[Get, Put, Delete, Insert, Replace, List, Caps]),
            ("--etag", self.etag.is_some(), sending),
            ("--if-none-match", self.if_none_match.is_some(), &[Get, Put, Delete]),
            ("-i", self.input.is_some(), sending),
            ("-o", self.output.is_some() && (self.action == Edit || is_about_all), &[]),
            ("--app", self.app.is_some() && !is_about_all, naming),
            ("--filename", self.filename.is_some() && !is_about_all, naming),
            ("--context", self.context.is_some(), naming),
            ("--bind", !self.bindings.is_empty(), naming),
            ("--var", !self.variables.is_empty(), naming),
            (
                "--add-header",
                !self.headers.is_empty() && matches!(self.action, Completion | Man),
                &[],
            ),
            ("a node selector", self.node_selector.is_some(), with_word),
            ("--user", self.user.is_some() && matches!(self.action, Caps | Man), &[]),
        ];
        let found =
            found.into_iter().find(|(_, is_given, with)| *is_given && !with.contains(&self.action));
        if let Some((option, ..)) = found {
            return Some((option, self.action.to_string()));
        }
        if !self.bindings.is_empty() && self.node_selector.is_none() {
            return Some(("--bind", "a whole document".to_owned()));
        }
        let is_document = self.node_selector.as_deref().is_none_or(str::is_empty);
        if !self.variables.is_empty() && is_document {
            return Some(("--var", "a whole document".to_owned()));
        }
        let is_elsewhere = self.context == Some(Context::Global);
        (self.user.is_some() && is_elsewhere).then(|| ("--user", "--context global".to_owned()))
    }
}

/// The file. `None` for `-`, which stands for a standard stream.
fn file(path: Option<&PathBuf>) -> Option<&Path> {
    path.map(PathBuf::as_path).filter(|path| *path != Path::new("-"))
}

/// What went wrong, in one line, without the usage text that follows it.
fn refused(error: &clap::Error) -> Failure {
    let text = error.to_string();
    let lines: Vec<_> = text.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
    let text = lines.join(" ");
    Failure::Usage(text.strip_prefix("error: ").unwrap_or(&text).to_owned())
}

fn header(text: &str) -> Result<HeaderArg, Infallible> {
    Ok(HeaderArg::parse(text))
}

fn binding(text: &str) -> Result<(String, String), String> {
    let (prefix, uri) = text.split_once('=').ok_or("a binding is `prefix=uri`")?;
    Ok((prefix.to_owned(), uri.to_owned()))
}

fn variable(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("a variable is `name=value`")?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.is_empty() || !name.chars().all(is_name) {
        return Err("a variable's name has letters of ASCII, digits and `_` alone".to_owned());
    }
    Ok((name.to_owned(), value.to_owned()))
}

pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.filter(|time| !time.is_zero()).ok_or_else(|| "not a time in seconds".to_owned())
}
