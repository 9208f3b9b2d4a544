//! Which proxy a client uses. This is decided once, because all its requests go to one origin.

use std::net::IpAddr;

use crate::answer::{Error, Result};
use crate::selector::Root;

use super::options::NEEDS_TLS;

/// What the builder was told.
#[derive(Clone, Default)]
pub(crate) enum Setting {
    /// Use what the environment says.
    #[default]
    Environment,
    Direct,
    /// A URL, which may hold a password.
    Url(String),
}

/// The proxy for this root, if any. A root on this machine is always reached directly.
pub(crate) fn of(root: &Root, is_local: bool, setting: &Setting) -> Result<Option<ureq::Proxy>> {
    match setting {
        _ if is_local => Ok(None),
        Setting::Direct => Ok(None),
        Setting::Url(url) => parse("proxy", url).map(Some),
        Setting::Environment => from_environment(root, |name| std::env::var(name).ok()),
    }
}

/// The proxy from the environment: the one for the root's scheme, or else the one for all schemes.
fn from_environment(
    root: &Root,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Option<ureq::Proxy>> {
    // As in other programs, upper-case `HTTP_PROXY` is ignored: a CGI server sets it from a header.
    let names: &[&str] = if root.is_https() {
        &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
    } else {
        &["http_proxy", "all_proxy", "ALL_PROXY"]
    };
    let find = |names: &[&'static str]| {
        let mut found = names.iter().filter_map(|name| Some((*name, variable(name)?)));
        found.find(|(_, value)| !value.trim().is_empty())
    };
    let Some((name, url)) = find(names) else { return Ok(None) };
    let is_exempt = find(&["no_proxy", "NO_PROXY"])
        .is_some_and(|(_, list)| list.split(',').any(|entry| covers(entry.trim(), root)));
    if is_exempt { Ok(None) } else { parse(name, url.trim()).map(Some) }
}

/// Whether an entry of `NO_PROXY` covers this root's host. An entry is `*`, an address, or a domain
/// with all its subdomains. With a port, it covers that port only.
fn covers(entry: &str, root: &Root) -> bool {
    let (host, port) = host_and_port(entry);
    covers_host(host, root.host()) && port.is_none_or(|port| port.parse() == Ok(root.port()))
}

/// An IPv6 address contains colons itself, so it is in brackets if a port follows.
fn host_and_port(text: &str) -> (&str, Option<&str>) {
    match text.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => (host, Some(port)),
        _ => (text, None),
    }
}

fn covers_host(entry: &str, host: &str) -> bool {
    let bare = |text: &str| text.trim_matches(['[', ']', '.']).to_ascii_lowercase();
    let (domain, host) = (bare(entry.trim_start_matches('*')), bare(host));
    if let Ok(address) = host.parse::<IpAddr>() {
        return entry == "*" || domain.parse() == Ok(address);
    }
    let above = host.strip_suffix(&domain);
    let is_below = above.is_some_and(|above| above.is_empty() || above.ends_with('.'));
    entry == "*" || (!domain.is_empty() && is_below)
}

/// No text quotes the URL: it may hold a password.
fn parse(name: &str, url: &str) -> Result<ureq::Proxy> {
    let refuse = |fault: &str| Error::invalid_input(format!("`{name}`: {fault}"));
    match url.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase()).as_deref() {
        None | Some("http") => {}
        Some("https") if cfg!(any(feature = "rustls", feature = "native-tls")) => {}
        Some("https") => return Err(refuse(&format!("https {NEEDS_TLS}"))),
        Some(_) => {
            return Err(refuse(
                "only proxies at `http://` and `https://` are known; give one to `proxy`, or \
                 `None` for no proxy",
            ));
        }
    }
    let (_, rest) = url.split_once("://").unwrap_or(("", url));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let address = authority.rsplit_once('@').map_or(authority, |(_, address)| address);
    // If the port is not a number, the HTTP library takes the scheme's port.
    if host_and_port(address).1.is_some_and(|port| !port.parse().is_ok_and(|port: u16| port > 0)) {
        return Err(refuse("its port is not valid; a port is a number from 1 to 65535"));
    }
    ureq::Proxy::new(url).map_err(|_| {
        refuse(
            "it is no URL of a proxy, such as `http://user:password@proxy.example.com:3128`, \
             with user name and password percent-encoded",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The host of the proxy that the environment gives for a root, or the text of the error.
    fn chosen(root: &str, environment: &[(&str, &str)]) -> String {
        let root = Root::new(root).unwrap();
        let variable = |name: &str| {
            let found = environment.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        match from_environment(&root, variable) {
            Ok(None) => "direct".to_owned(),
            Ok(Some(proxy)) => format!("{}:{}", proxy.host(), proxy.port()),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn each_scheme_has_its_proxy() {
        let all = [
            ("http_proxy", "http://plain:1"),
            ("HTTP_PROXY", "http://cgi:2"),
            ("HTTPS_PROXY", "secure:3"),
            ("ALL_PROXY", "http://all:4"),
        ];
        assert_eq!(chosen("http://xcap.example.com", &all), "plain:1");
        assert_eq!(chosen("https://xcap.example.com", &all), "secure:3");
        assert_eq!(chosen("http://xcap.example.com", &all[1..]), "all:4");
        assert_eq!(chosen("https://xcap.example.com", &all[..2]), "direct");
        assert_eq!(chosen("http://xcap.example.com", &[("http_proxy", " ")]), "direct");
        assert_eq!(chosen("http://xcap.example.com", &[("http_proxy", "http://p")]), "p:80");
    }

    #[test]
    fn no_proxy_names_hosts_and_domains() {
        for (list, root, exempt) in [
            ("*", "http://xcap.example.com", true),
            ("a.example, example.com", "http://xcap.example.com", true),
            ("EXAMPLE.com", "http://example.com.", true),
            (".example.com", "http://xcap.example.com", true),
            ("*.example.com", "http://xcap.example.com", true),
            ("ample.com", "http://xcap.example.com", false),
            ("xcap.example.com.other", "http://xcap.example.com", false),
            ("a.example,,", "http://xcap.example.com", false),
            ("*", "http://10.0.0.1", true),
            ("10.0.0.1", "http://10.0.0.1", true),
            ("0.0.1", "http://10.0.0.1", false),
            ("2001:db8::1", "http://[2001:db8:0::1]", true),
            ("[2001:db8::1]", "http://[2001:db8::1]", true),
            ("example.com:8080", "http://xcap.example.com:8080", true),
            ("example.com:80", "http://xcap.example.com", true),
            ("example.com:80", "http://xcap.example.com:8080", false),
            ("*:8080", "http://xcap.example.com:8080", true),
            ("*:8080", "http://xcap.example.com", false),
            ("10.0.0.1:81", "http://10.0.0.1:81", true),
            ("[2001:db8::1]:81", "http://[2001:db8::1]:81", true),
            ("[2001:db8::1]:81", "http://[2001:db8::1]", false),
            ("example.com:", "http://example.com", false),
            ("example.com:http", "http://example.com", false),
        ] {
            let environment = [("http_proxy", "http://proxy:1"), ("NO_PROXY", list)];
            let expected = if exempt { "direct" } else { "proxy:1" };
            assert_eq!(chosen(root, &environment), expected, "{list} {root}");
        }
    }

    #[test]
    fn this_machine_is_always_reached_directly() {
        let setting = Setting::Url("http://proxy.example.com".to_owned());
        let root = Root::new("http://xcap.example.com").unwrap();
        assert!(of(&root, true, &setting).unwrap().is_none());
        assert!(of(&root, false, &setting).unwrap().is_some());
        assert!(of(&root, false, &Setting::Direct).unwrap().is_none());
    }

    #[test]
    fn what_is_no_proxy_is_refused_without_its_password() {
        for url in ["socks5://user:hunter2@proxy", "http://", "http://user:hunter2@", "a b", ""] {
            let error = parse("all_proxy", url).unwrap_err();
            assert!(error.is_invalid_input());
            assert!(error.to_string().starts_with("`all_proxy`: "), "{error}");
            assert!(!format!("{error:?}").contains("hunter2"));
        }
    }

    #[test]
    fn a_port_that_is_none_is_refused() {
        for url in [
            "http://proxy:0",
            "http://proxy:99999/",
            "proxy:",
            "http://u:hunter2@proxy:x",
            "http://[::1]:-1",
        ] {
            let error = parse("proxy", url).unwrap_err();
            assert!(error.is_invalid_input());
            let text = error.to_string();
            assert_eq!(text, "`proxy`: its port is not valid; a port is a number from 1 to 65535");
        }
        for (url, port) in [("http://u:1@proxy", 80), ("proxy:65535", 65535), ("http://[::1]", 80)]
        {
            assert_eq!(parse("proxy", url).unwrap().port(), port, "{url}");
        }
    }
}
