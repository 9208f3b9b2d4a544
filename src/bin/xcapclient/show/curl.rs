//! The curl command that makes the same call.

use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use xcaplib::Method;

use crate::args::{Account, Action, Failure, Reach};
use crate::call::{self, Call, Session};

use crate::stderr::line;

#[path = "../../../text/secret_name.rs"]
mod secret_name;

/// The command. It does not contain a password: curl asks for it.
pub(crate) fn command(call: &Call<'_>, session: &Session<'_>) -> Result<String, Failure> {
    let method = match call.options.action {
        Action::Put => Method::Put,
        Action::Delete => Method::Delete,
        _ => Method::Get,
    };
    let request = call.request(session.client());
    if method == Method::Put {
        let body = call.input.bytes();
        request.check(body).map_err(|error| call::refused(error, body))?;
    }
    let (account, reach) = (session.account(), &call.options.reach);
    let mut words = vec![if reach.insecure { "curl --insecure" } else { "curl" }.to_owned()];
    let mut add = |option: &str, value: &str| words.push(format!("{option} {}", quoted(value)));
    // Over http, Basic would send the password in clear text.
    let is_secret = account.is_https() || reach.allow_basic;
    let scheme = if is_secret { "--anyauth --user" } else { "--digest --user" };
    add(scheme, account.user_name());
    if let Some(timeout) = account.timeout {
        add("--max-time", &timeout.as_secs_f64().to_string());
    }
    match method {
        Method::Put => add("--request", "PUT"),
        Method::Delete => add("--request", "DELETE"),
        Method::Get => {}
    }
    for (option, value) in way(account, reach) {
        add(option, &value);
    }
    for file in account.headers.files() {
        add("--header", &format!("@{}", file.to_string_lossy()));
    }
    let headers = request.header_fields(method)?;
    for (name, value) in &headers {
        let is_in_file = account.headers.last(name).is_some_and(|header| header.file.is_some());
        if secret_name::is_secret_name(name) && !is_in_file {
            line(&format!(
                "note: {name} may be a secret and is left out; give it to curl with --header @FILE"
            ));
        } else if !is_in_file {
            // An empty header keeps curl from sending its own.
            add("--header", format!("{name}: {value}").trim_end());
        }
    }
    if method == Method::Put {
        // Without this header, curl would send a media type of its own.
        if !headers.iter().any(|(name, _)| name == "content-type") {
            add("--header", "content-type:");
        }
        let file = call.options.input_file().map_or("-".into(), |path| path.to_string_lossy());
        add("--data-binary", &format!("@{file}"));
    }
    if let Some(path) = call.options.output_file() {
        add("--output", &path.to_string_lossy());
        // Without this, the body of an error would replace the content of the file.
        words.push("--fail".to_owned());
    }
    words.push(quoted(&request.url()?));
    Ok(words.join(" ") + "\n")
}

/// How to reach the server, and how each end proves who it is. Files are only named, not shown.
fn way(account: &Account, reach: &Reach) -> Vec<(&'static str, String)> {
    let trust = &account.trust;
    let text = |path: &PathBuf| path.to_string_lossy().into_owned();
    // To curl, a colon begins a password.
    let escaped = |path: &PathBuf| text(path).replace('\\', r"\\").replace(':', r"\:");
    let mut options = Vec::new();
    options.extend(trust.authorities.as_ref().map(|path| ("--cacert", text(path))));
    options.extend(trust.certificate.as_ref().map(|path| ("--cert", escaped(path))));
    options.extend(trust.key.as_ref().map(|path| ("--key", text(path))));
    for (host, address) in &reach.resolve {
        let (ip, port) = (address.ip(), address.port());
        let ip = if address.is_ipv6() { format!("[{ip}]") } else { ip.to_string() };
        options.push(("--connect-to", format!("{host}::{ip}:{port}")));
    }
    match account.proxy.as_deref() {
        Some("") => options.push(("--noproxy", "*".to_owned())),
        Some(url) => options.extend(proxy(url)),
        None => {}
    }
    options
}

/// The proxy without its password. curl asks for the password.
fn proxy(url: &str) -> Vec<(&'static str, String)> {
    let (begin, rest) = url.split_at(url.find("://").map_or(0, |at| at + 3));
    let (authority, end) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let Some((userinfo, address)) = authority.rsplit_once('@') else {
        return vec![("--proxytunnel --proxy", url.to_owned())];
    };
    let user = userinfo.split(':').next().unwrap_or_default();
    let user = percent_decode_str(user).decode_utf8_lossy().into_owned();
    let proxy = format!("{begin}{address}{end}");
    vec![("--proxytunnel --proxy", proxy), ("--proxy-user", user)]
}

/// A word quoted for the shell.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}
