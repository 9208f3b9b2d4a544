//! The account in use: its address, XCAP root and password, from the options and
//! `~/.xcapclient.ini`.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use xcaplib::XCAPClientBuilder;

use super::failure::Failure;
use super::options::Options;
use super::password;

/// The file with the accounts.
pub(crate) const FILE: &str = "~/.xcapclient.ini";

/// The section whose values apply to accounts that do not set their own.
const DEFAULT: &str = "DEFAULT";

/// An account. Its password may be unknown until the server asks for one.
pub(crate) struct Account {
    pub(crate) sip_address: String,
    pub(crate) xcap_root: String,
    pub(crate) password: Option<String>,
}

/// What a section of the file says.
#[derive(Default)]
struct Section {
    is_there: bool,
    sip_address: Option<String>,
    xcap_root: Option<String>,
    password: Option<String>,
}

impl Account {
    pub(crate) fn find(options: &Options) -> Result<Self, Failure> {
        let name = section_of(options.account_name.as_deref());
        let text = read()?;
        let (section, default) = (Section::parse(&text, &name), Section::parse(&text, DEFAULT));
        if options.account_name.is_some() && !section.is_there {
            return Err(Failure::Usage(format!("{FILE} has no section [{}]", name.escape_debug())));
        }
        let needed = |value: Option<String>, option: &str, key: &str| {
            value.ok_or_else(|| Failure::Usage(format!("give {option}, or {key} in {FILE}")))
        };
        let sip_address =
            options.sip_address.clone().or(section.sip_address).or(default.sip_address);
        let xcap_root = options.xcap_root.clone().or(section.xcap_root).or(default.xcap_root);
        Ok(Self {
            sip_address: needed(sip_address, "--sip-address", "sip_address")?,
            xcap_root: needed(xcap_root, "--xcap-root", "xcap_root")?,
            password: password::given(options)?.or(section.password).or(default.password),
        })
    }

    /// The user name for authentication.
    pub(crate) fn user_name(&self) -> &str {
        XCAPClientBuilder::username_of(&self.sip_address)
    }
}

/// The names that `-a` takes.
pub(crate) fn names() -> Result<Vec<String>, Failure> {
    let text = read()?;
    let sections = text.lines().filter_map(section_name);
    Ok(sections.filter_map(|name| name.strip_prefix("Account_")).map(str::to_owned).collect())
}

fn section_of(account_name: Option<&str>) -> String {
    match account_name {
        Some(name) => format!("Account_{name}"),
        None => "Account".to_owned(),
    }
}

fn section_name(line: &str) -> Option<&str> {
    // Text behind the bracket is ignored.
    line.trim().strip_prefix('[')?.rsplit_once(']').map(|(name, _)| name.trim())
}

impl Section {
    /// Reads the section of this name. Values are literal: `%` and quotes have no special meaning.
    fn parse(text: &str, name: &str) -> Self {
        let mut section = Self::default();
        let mut is_inside = false;
        for line in text.lines().map(str::trim) {
            if line.is_empty() || line.starts_with(['#', ';']) {
                continue;
            }
            if let Some(found) = section_name(line) {
                is_inside = found == name;
                section.is_there |= is_inside;
                continue;
            }
            let Some((key, value)) = line.split_once(['=', ':']) else { continue };
            let value = Some(value.trim().to_owned()).filter(|value| !value.is_empty());
            match key.trim().to_ascii_lowercase().as_str() {
                _ if !is_inside => {}
                "sip_address" => section.sip_address = value,
                "xcap_root" => section.xcap_root = value,
                "password" => section.password = value,
                _ => {}
            }
        }
        section
    }
}

/// The text of the file, empty where there is none.
fn read() -> Result<String, Failure> {
    let Some(path) = home().map(|home| home.join(".xcapclient.ini")) else {
        return Ok(String::new());
    };
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(Failure::Usage(format!("cannot read {FILE}: {error}"))),
    };
    let text =
        String::from_utf8(bytes).map_err(|_| Failure::Usage(format!("{FILE} is not UTF-8")))?;
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}

fn home() -> Option<PathBuf> {
    let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    std::env::var_os(name).filter(|home| !home.is_empty()).map(PathBuf::from)
}
