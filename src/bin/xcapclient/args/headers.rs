//! The headers of a call, from `--add-header` and from the file of accounts.

use std::path::Path;

use super::action::Action;
use super::failure::Failure;
use super::header::{Header, HeaderArg};
use super::ini::{Entries, FILE};
use super::options::Options;

/// Headers that replace defaults. If a name comes several times, the last one counts. An empty
/// value removes the default.
#[derive(Clone)]
pub(crate) struct Headers {
    /// The headers of every request.
    pub(crate) lasting: Vec<Header>,
    /// The headers that belong to a single request. Most of them are conditions.
    pub(crate) conditions: Vec<Header>,
}

impl Headers {
    /// The headers of the account, followed by those of the command line.
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

    /// The last header of this name, which is the one that counts.
    pub(crate) fn last(&self, name: &str) -> Option<&Header> {
        let mut all = self.lasting.iter().chain(&self.conditions);
        all.rfind(|header| header.name.eq_ignore_ascii_case(name))
    }

    pub(crate) fn removes(&self, name: &str) -> bool {
        self.last(name).is_some_and(|header| header.value.is_empty())
    }

    /// The files that headers were read from, each once.
    pub(crate) fn files(&self) -> Vec<&Path> {
        let all = self.lasting.iter().chain(&self.conditions);
        let mut files: Vec<_> = all.filter_map(|header| header.file.as_deref()).collect();
        files.dedup();
        files
    }

    /// The option or action that makes several requests, if there is a header for a single request.
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
