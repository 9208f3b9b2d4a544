//! The headers of a call: those of `--add-header`, and of the file of accounts.

use std::path::Path;

use super::action::Action;
use super::failure::Failure;
use super::header::{Header, HeaderArg};
use super::ini::{Entries, FILE};
use super::options::Options;

/// Headers to send in place of defaults. Of several of a name the last counts; an empty value
/// removes the default.
#[derive(Clone)]
pub(crate) struct Headers {
    /// Those of every request.
    pub(crate) lasting: Vec<Header>,
    /// Those that mean one request: conditions, most often.
    pub(crate) conditions: Vec<Header>,
}

impl Headers {
    /// Those of an account, and of the command line behind them.
    pub(super) fn find(options: &Options, entries: &Entries<'_>) -> Result<Self, Failure> {
        let mut given = Vec::new();
        for arg in &options.headers {
            given.extend(arg.read("--add-header")?);
        }
        let (conditions, given) = given.into_iter().partition(Header::is_of_one_request);
        let headers = Self { lasting: [of_account(entries)?, given].concat(), conditions };
        match headers.misplaced(options) {
            None => Ok(headers),
            Some(other) => {
                Err(Failure::Usage(format!("--add-header of a condition does not go with {other}")))
            }
        }
    }

    /// The header of this name that counts.
    pub(crate) fn last(&self, name: &str) -> Option<&Header> {
        let mut all = self.lasting.iter().chain(&self.conditions);
        all.rfind(|header| header.name.eq_ignore_ascii_case(name))
    }

    pub(crate) fn removes(&self, name: &str) -> bool {
        self.last(name).is_some_and(|header| header.value.is_empty())
    }

    /// The files that some of them were read from, each once.
    pub(crate) fn files(&self) -> Vec<&Path> {
        let all = self.lasting.iter().chain(&self.conditions);
        let mut files: Vec<_> = all.filter_map(|header| header.file.as_deref()).collect();
        files.dedup();
        files
    }

    /// The option or the action that makes several requests, of which a condition would mean one.
    fn misplaced(&self, options: &Options) -> Option<String> {
        let is_plural = matches!(options.action, Action::Edit | Action::List | Action::Caps)
            || options.action.is_about_all();
        let is_misplaced = options.dry_run || is_plural;
        let is_condition = self.conditions.iter().any(|header| !header.value.is_empty());
        (is_misplaced && is_condition).then(|| {
            if options.dry_run { "--dry-run".to_owned() } else { options.action.to_string() }
        })
    }
}

fn of_account(entries: &Entries<'_>) -> Result<Vec<Header>, Failure> {
    let mut headers = Vec::new();
    let place = format!("header in {FILE}");
    for text in entries.values("header").filter(|text| !text.is_empty()) {
        let arg = match HeaderArg::parse(text) {
            HeaderArg::File(path) => HeaderArg::File(entries.path(path)),
            arg => arg,
        };
        headers.extend(arg.read(&place)?);
    }
    Ok(headers)
}
