//! Who asks, and where: the options, and `~/.xcapclient.ini`.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::options::Options;

/// An account, all of it known but the password.
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
        let path = home().map(|home| home.join(".xcapclient.ini"));
        let name = match &options.account_name {
            Some(name) => format!("Account_{name}"),
            None => "Account".to_owned(),
        };
        let section = match &path {
            Some(path) => Section::parse(&read(path)?, &name),
            None => Section::default(),
        };
        if options.account_name.is_some() && !section.is_there {
            return Err(Failure::Usage(format!(
                "~/.xcapclient.ini has no section [{}]",
                name.escape_debug()
            )));
        }
        let needed = |value: Option<String>, option: &str, key: &str| {
            value.ok_or_else(|| {
                Failure::Usage(format!("give {option}, or {key} in ~/.xcapclient.ini"))
            })
        };
        let sip_address = options.sip_address.clone().or(section.sip_address);
        let xcap_root = options.xcap_root.clone().or(section.xcap_root);
        Ok(Self {
            sip_address: needed(sip_address, "--sip-address", "sip_address")?,
            xcap_root: needed(xcap_root, "--xcap-root", "xcap_root")?,
            password: options.password.clone().or(section.password),
        })
    }
}

impl Section {
    /// The section of this name. Nothing in a value has a meaning of its own, no `%` and no quote.
    fn parse(text: &str, name: &str) -> Self {
        let mut section = Self::default();
        let mut is_inside = false;
        for line in text.lines().map(str::trim) {
            if line.is_empty() || line.starts_with(['#', ';']) {
                continue;
            }
            if let Some(found) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                is_inside = found.trim() == name;
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
fn read(path: &Path) -> Result<String, Failure> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        Err(error) => {
            return Err(Failure::Usage(format!("cannot read ~/.xcapclient.ini: {error}")));
        }
    };
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::Usage("~/.xcapclient.ini is not UTF-8".to_owned()))?;
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}

fn home() -> Option<PathBuf> {
    let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    std::env::var_os(name).filter(|home| !home.is_empty()).map(PathBuf::from)
}
