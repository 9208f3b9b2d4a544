//! The XCAP root (RFC 4825 section 6.1), checked once.

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use url::{Host, Url};

use crate::answer::{Error, Result};

use super::wire::malformed_escape;

/// Characters that `url` leaves as they are in a path although RFC 3986 does not allow them there.
const LEFT_BARE: &AsciiSet = &CONTROLS.add(b'[').add(b']').add(b'^').add(b'|');

/// The XCAP root that every request URI of a client begins with, without a trailing slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Root {
    /// Scheme, host and port.
    origin: String,
    host: String,
    port: u16,
    /// The path, percent-encoded, empty or with a leading slash.
    path: String,
    is_https: bool,
    is_loopback: bool,
}

impl Root {
    pub(crate) fn new(text: &str) -> Result<Self> {
        check_text(text)?;
        let url = Url::parse(text).map_err(|error| refuse(&error.to_string()))?;
        Ok(Self {
            origin: url.origin().ascii_serialization(),
            host: url.host_str().unwrap_or_default().to_owned(),
            port: url.port_or_known_default().unwrap_or_default(),
            path: utf8_percent_encode(url.path().trim_end_matches('/'), LEFT_BARE).to_string(),
            is_https: url.scheme() == "https",
            is_loopback: is_loopback(&url),
        })
    }

    /// Scheme, host and port.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// The host alone. An IPv6 address is in brackets.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// The port. If the root does not give one, it is the scheme's.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn is_https(&self) -> bool {
        self.is_https
    }

    /// Whether requests to this root stay on this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        self.is_loopback
    }
}

/// Refuses what `url` would silently correct, and what a root may not contain. No text quotes the
/// root, since it may hold a password by mistake.
fn check_text(text: &str) -> Result<()> {
    if text.chars().any(|c| c.is_control() || c == ' ' || c == '\\') {
        return Err(refuse("it holds a space, a control character or a backslash"));
    }
    let Some((scheme, rest)) = text.split_once("://") else {
        return Err(refuse("it does not begin with `https://` or `http://`"));
    };
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return Err(refuse("its scheme is neither `https` nor `http`"));
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
    if authority.contains('@') {
        return Err(refuse(
            "it holds a user name or password; give them to the client, not in the root",
        ));
    }
    if authority.is_empty() || authority.starts_with(':') {
        return Err(refuse("it has no host"));
    }
    if after.contains('#') {
        return Err(refuse("it has a fragment (`#`)"));
    }
    if after.contains('?') {
        return Err(refuse("it has a query (`?`)"));
    }
    check_path(after)
}

fn check_path(path: &str) -> Result<()> {
    let path = path.strip_suffix('/').unwrap_or(path);
    if malformed_escape(path).is_some() {
        return Err(refuse(
            "its path has a `%` without two hex digits; write `%25` for a bare `%`",
        ));
    }
    for segment in path.split('/').skip(1) {
        match percent_decode_str(segment).decode_utf8_lossy().as_ref() {
            "" => return Err(refuse("its path has an empty segment (`//`)")),
            "." | ".." => return Err(refuse("its path has a `.` or `..` segment")),
            "~~" => return Err(refuse("its path holds the node selector separator `~~`")),
            _ => {}
        }
    }
    Ok(())
}

fn refuse(fault: &str) -> Error {
    Error::invalid_input(format!("the XCAP root is not usable: {fault}"))
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn accepted(text: &str, origin: &str, path: &str) {
        let root = Root::new(text).unwrap();
        assert_eq!((root.origin(), root.path()), (origin, path));
    }

    #[track_caller]
    fn refused(text: &str, fault: &str) {
        let error = Root::new(text).unwrap_err();
        assert_eq!(error.to_string(), format!("the XCAP root is not usable: {fault}"));
        assert!(error.is_invalid_input());
    }

    #[test]
    fn a_root_is_origin_and_path() {
        accepted("http://xcap.example.com", "http://xcap.example.com", "");
        accepted("http://xcap.example.com/", "http://xcap.example.com", "");
        accepted("HTTPS://Xcap.Example.COM:443/a/b/", "https://xcap.example.com", "/a/b");
        accepted("http://[::1]:8080/xcap-root", "http://[::1]:8080", "/xcap-root");
        accepted("https://h/it's/%7Ex", "https://h", "/it's/%7Ex");
        accepted("http://h/|^[]{}`\"<>/%7ex", "http://h", "/%7C%5E%5B%5D%7B%7D%60%22%3C%3E/%7ex");
        accepted("http://h/!$&'()*+,;=:@-._~%25", "http://h", "/!$&'()*+,;=:@-._~%25");
        accepted("https://bücher.example/é", "https://xn--bcher-kva.example", "/%C3%A9");
    }

    #[test]
    fn what_is_no_root_is_named() {
        let password = "it holds a user name or password; give them to the client, not in the root";
        refused("http://user:pw@host/", password);
        refused("http://user@host", password);
        refused("http://@host", password);
        refused("ftp://host/", "its scheme is neither `https` nor `http`");
        for text in ["", "xcap.example.com", "http:/host", "http:host", "mailto:a@b"] {
            refused(text, "it does not begin with `https://` or `http://`");
        }
        for text in ["http://", "http:///xcap-root", "http://:8080/"] {
            refused(text, "it has no host");
        }
        refused("http://host/?a=b", "it has a query (`?`)");
        refused("http://host?", "it has a query (`?`)");
        refused("http://host/#a", "it has a fragment (`#`)");
        refused("http://host/a//b", "its path has an empty segment (`//`)");
        refused("http://host//", "its path has an empty segment (`//`)");
        refused("http://host/a/../b", "its path has a `.` or `..` segment");
        refused("http://host/%2e%2E", "its path has a `.` or `..` segment");
        for text in ["http://h/%zz", "http://h/a%", "http://h/%4/", "http://h/%é1"] {
            refused(text, "its path has a `%` without two hex digits; write `%25` for a bare `%`");
        }
        refused("http://host/~~/a", "its path holds the node selector separator `~~`");
        refused("http://host/%7e%7E", "its path holds the node selector separator `~~`");
        for text in ["http://host/a b", " http://host", "http://host\\a", "http://ho\tst"] {
            refused(text, "it holds a space, a control character or a backslash");
        }
        refused("http://host:99999/", "invalid port number");
        refused("http://[::1/", "invalid IPv6 address");
    }

    #[test]
    fn loopback_is_this_machine() {
        for text in ["http://localhost:1", "http://127.0.0.1", "http://127.9.9.9", "http://[::1]"] {
            assert!(Root::new(text).unwrap().is_loopback(), "{text}");
        }
        for text in [
            "http://a.localhost",
            "http://localhost.example.com",
            "http://128.0.0.1",
            "http://[::2]",
            "http://10.0.0.1",
        ] {
            assert!(!Root::new(text).unwrap().is_loopback(), "{text}");
        }
    }
}
