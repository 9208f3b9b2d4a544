//! The account in use: the user, the server, and the way to it. They come from the options, the
//! environment and `~/.xcapclient.ini`.

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
    /// The URL; empty for no proxy. `None` leaves the choice to the environment.
    pub(crate) proxy: Option<String>,
    pub(crate) trust: Trust,
    pub(crate) headers: Headers,
    /// Whether any certificate is accepted.
    pub(crate) is_insecure: bool,
}

impl Account {
    pub(crate) fn find(options: &Options, ini: &Ini) -> Result<Self, Failure> {
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

    /// Whether requests go over TLS. All requests of a client go to its root.
    pub(crate) fn is_https(&self) -> bool {
        is_https(&self.xcap_root)
    }
}

/// A value that no option gives. The account that `-a` names comes before the environment.
/// Otherwise its password could go to the environment's server, or the environment's password to
/// the account's server.
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
