//! The account in use: who asks, where, and by which way, from the options, the environment and
//! `~/.xcapclient.ini`.

use std::time::Duration;

use xcaplib::XCAPClientBuilder;

use super::environment::variable;
use super::failure::Failure;
use super::headers::Headers;
use super::ini::{Entries, FILE, Ini};
use super::options::{Options, seconds};
use super::password;
use super::trust::Trust;

/// An account. Its password may be unknown until the server asks for one.
pub(crate) struct Account {
    pub(crate) sip_address: String,
    pub(crate) xcap_root: String,
    pub(crate) password: Option<String>,
    auth_username: Option<String>,
    pub(crate) timeout: Option<Duration>,
    /// The URL, empty for none; `None` leaves it to the environment.
    pub(crate) proxy: Option<String>,
    pub(crate) trust: Trust,
    pub(crate) headers: Headers,
    /// Whether any certificate is taken.
    pub(crate) is_insecure: bool,
}

impl Account {
    pub(crate) fn find(options: &Options) -> Result<Self, Failure> {
        let ini = Ini::read()?;
        let entries = ini.account(options.account_name.as_deref())?;
        let needed = |given: &Option<String>, [option, name, key]: [&str; 3]| match given {
            Some(value) => Ok(value.clone()),
            None => from_elsewhere(name, key, &entries)?.ok_or_else(|| {
                let elsewhere = format!("{name} in the environment, or {key} in {FILE}");
                Failure::Usage(format!("give {option}, {elsewhere}"))
            }),
        };
        let sip_address = ["--sip-address", "XCAP_USER", "sip_address"];
        let sip_address = needed(&options.sip_address, sip_address)?;
        let xcap_root = needed(&options.xcap_root, ["--xcap-root", "XCAP_ROOT", "xcap_root"])?;
        let is_https = is_https(&xcap_root);
        let reach = &options.reach;
        Ok(Self {
            password: match password::given(options)? {
                None => from_elsewhere(password::VARIABLE, "password", &entries)?,
                given => given,
            },
            auth_username: reach.auth_username.clone().or(entries.text("auth_username")),
            timeout: timeout(options, &entries)?,
            proxy: reach.proxy.clone().or(entries.value_or_empty("proxy").map(str::to_owned)),
            trust: Trust::find(reach, &entries, is_https)?,
            headers: Headers::find(options, &entries)?,
            is_insecure: is_https && reach.insecure,
            sip_address,
            xcap_root,
        })
    }

    /// The user name for authentication.
    pub(crate) fn user_name(&self) -> &str {
        let name = self.auth_username.as_deref();
        name.unwrap_or_else(|| XCAPClientBuilder::username_of(&self.sip_address))
    }

    /// Whether requests go over TLS. All of a client's go to its root.
    pub(crate) fn is_https(&self) -> bool {
        is_https(&self.xcap_root)
    }
}

/// What no option gives. The account that `-a` names goes before the environment, so that its
/// password is not sent to the environment's server, nor that of the environment to its own.
fn from_elsewhere(name: &str, key: &str, entries: &Entries<'_>) -> Result<Option<String>, Failure> {
    Ok(match entries.named(key) {
        None => variable(name)?.or(entries.text(key)),
        named => named,
    })
}

fn is_https(root: &str) -> bool {
    root.split_once(':').is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("https"))
}

fn timeout(options: &Options, entries: &Entries<'_>) -> Result<Option<Duration>, Failure> {
    let Some(value) = entries.value("timeout").filter(|_| options.timeout.is_none()) else {
        return Ok(options.timeout);
    };
    seconds(value).map(Some).map_err(|fault| Failure::Usage(format!("timeout in {FILE}: {fault}")))
}
