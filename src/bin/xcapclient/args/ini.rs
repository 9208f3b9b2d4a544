//! `~/.xcapclient.ini`, the file with the accounts.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::nearest::nearest;

/// The file, as it is named to the user.
pub(crate) const FILE: &str = "~/.xcapclient.ini";

/// The section whose values apply to accounts that do not set their own.
const DEFAULT: &str = "DEFAULT";

/// Every key that is read.
const KEYS: [&str; 10] = [
    "sip_address",
    "xcap_root",
    "password",
    "ca_file",
    "client_cert",
    "client_key",
    "auth_username",
    "proxy",
    "timeout",
    "header",
];

/// The text of the file, and the file's path.
#[derive(Default)]
pub(crate) struct Ini {
    home: PathBuf,
    text: String,
}

/// What the file says about one account.
pub(super) struct Entries<'a> {
    home: &'a Path,
    is_named: bool,
    pub(super) own: Section<'a>,
    pub(super) default: Section<'a>,
}

/// The lines of a section, as keys in lower case and values.
#[derive(Default)]
pub(super) struct Section<'a> {
    is_there: bool,
    lines: Vec<(String, &'a str)>,
    /// The numbers of the lines that are not a key and a value.
    odd: Vec<usize>,
}

impl Ini {
    /// Reads the file. The text is empty if the file does not exist.
    pub(crate) fn read() -> Result<Self, Failure> {
        let Some(home) = home() else { return Ok(Self::default()) };
        let bytes = match fs::read(home.join(".xcapclient.ini")) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(Failure::Usage(format!("cannot read {FILE}: {error}"))),
        };
        let text =
            String::from_utf8(bytes).map_err(|_| Failure::Usage(format!("{FILE} is not UTF-8")))?;
        Ok(Self { home, text: text.trim_start_matches('\u{feff}').to_owned() })
    }

    /// The entries of the account that `-a` names, or of the default account without a name.
    pub(super) fn account(&self, name: Option<&str>) -> Result<Entries<'_>, Failure> {
        let section = match name {
            Some(name) => format!("Account_{name}"),
            None => "Account".to_owned(),
        };
        let own = Section::parse(&self.text, &section);
        if name.is_some() && !own.is_there {
            return Err(Failure::Usage(format!(
                "{FILE} has no section [{}]",
                section.escape_debug()
            )));
        }
        let default = Section::parse(&self.text, DEFAULT);
        Ok(Entries { home: &self.home, is_named: name.is_some(), own, default })
    }

    /// A warning for each unused line of the account in use and of `[DEFAULT]`. A line without a key is
    /// not quoted, since it may be a secret.
    pub(crate) fn warnings(&self, account_name: Option<&str>) -> Result<Vec<String>, Failure> {
        let entries = self.account(account_name)?;
        let keys =
            entries.default.lines.iter().chain(&entries.own.lines).map(|(key, _)| key.as_str());
        let unknown = keys.filter(|key| !KEYS.contains(key));
        let warnings = unknown.map(|key| {
            let near = nearest(key, &KEYS);
            let key = key.escape_debug();
            format!(
                "warning: {FILE} has a key `{key}`, which is not known; the nearest is `{near}`"
            )
        });
        let odd = entries.default.odd.iter().chain(&entries.own.odd);
        let odd = odd.map(|number| {
            format!("warning: line {number} of {FILE} is not `key = value`, and is left out")
        });
        Ok(warnings.chain(odd).collect())
    }
}

/// The names that can be given to `-a`.
pub(crate) fn account_names() -> Result<Vec<String>, Failure> {
    let ini = Ini::read()?;
    let sections = ini.text.lines().filter_map(section_name);
    Ok(sections.filter_map(|name| name.strip_prefix("Account_")).map(str::to_owned).collect())
}

impl<'a> Entries<'a> {
    /// The account's own value, or else that of `[DEFAULT]`.
    pub(super) fn value(&self, key: &str) -> Option<&'a str> {
        self.own.value(key).or(self.default.value(key))
    }

    pub(super) fn text(&self, key: &str) -> Option<String> {
        self.value(key).map(str::to_owned)
    }

    /// The account's own value, if the account was named. It then counts like the value of an
    /// option.
    pub(super) fn named(&self, key: &str) -> Option<String> {
        self.own.value(key).filter(|_| self.is_named).map(str::to_owned)
    }

    /// Like [`value`](Self::value), for a key whose empty value has a meaning.
    pub(super) fn value_or_empty(&self, key: &str) -> Option<&'a str> {
        self.own.last(key).or(self.default.last(key))
    }

    /// All values of a key that may be given several times. The values of `[DEFAULT]` come first.
    pub(super) fn values(&self, key: &str) -> impl Iterator<Item = &'a str> {
        let lines = self.default.lines.iter().chain(&self.own.lines);
        lines.filter(move |(found, _)| found == key).map(|(_, value)| *value)
    }

    /// The file that a value names. A relative path begins at the home directory.
    pub(super) fn path(&self, value: impl AsRef<Path>) -> PathBuf {
        let path = value.as_ref();
        self.home.join(path.strip_prefix("~").unwrap_or(path))
    }
}

impl<'a> Section<'a> {
    /// Reads the section of this name. Values are literal: `%` and quotes have no special meaning.
    fn parse(text: &'a str, name: &str) -> Self {
        let mut section = Self::default();
        let mut is_inside = false;
        for (line, number) in text.lines().map(str::trim).zip(1..) {
            if line.is_empty() || line.starts_with(['#', ';']) {
                continue;
            }
            if let Some(found) = section_name(line) {
                is_inside = found == name;
                section.is_there |= is_inside;
            } else if is_inside {
                match line.split_once(['=', ':']) {
                    Some((key, value)) => {
                        section.lines.push((key.trim().to_ascii_lowercase(), value.trim()));
                    }
                    None => section.odd.push(number),
                }
            }
        }
        section
    }

    /// The value of a key. `None` if it is empty.
    pub(super) fn value(&self, key: &str) -> Option<&'a str> {
        self.last(key).filter(|value| !value.is_empty())
    }

    fn last(&self, key: &str) -> Option<&'a str> {
        self.lines.iter().rev().find(|(found, _)| found == key).map(|(_, value)| *value)
    }
}

fn section_name(line: &str) -> Option<&str> {
    // Text after the bracket is ignored.
    line.trim().strip_prefix('[')?.rsplit_once(']').map(|(name, _)| name.trim())
}

fn home() -> Option<PathBuf> {
    let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    std::env::var_os(name).filter(|home| !home.is_empty()).map(PathBuf::from)
}
