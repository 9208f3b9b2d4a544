//! The heads of requests and answers as others may read them, without secrets.

use crate::answer::RequestLine;
use crate::http_types::header::{AUTHORIZATION, HeaderName};
use crate::http_types::{HeaderValue, text_of};
use crate::text::{is_secret_name, printable_within, shown_url};

use super::auth::{Authorization, REDACTED, shown_authorization, shown_info};
use super::echo::Secret;
use super::prepared::Prepared;
use super::transport::Received;

/// How much of a value is shown.
const MAX_SHOWN: usize = 2_000;

/// The head of a request, each line after `> `. `own` holds the fields that the HTTP library adds.
pub(super) fn of_request(
    line: &RequestLine,
    request: &Prepared<'_>,
    own: &[(&str, String)],
    authorization: Option<&Authorization>,
) -> String {
    let mut head = format!("> {} {} HTTP/1.1", line.method, shown_url(line.url.target()));
    let mut add = |name: &str, value: &str| head.push_str(&format!("\n> {name}: {value}"));
    for (name, value) in own {
        add(name, &printable_within(value, MAX_SHOWN));
    }
    // An empty field is not sent.
    let fields = request.headers.iter().filter(|(_, value)| !value.is_empty());
    for (name, value) in fields.filter(|(name, _)| **name != AUTHORIZATION) {
        add(name.as_str(), &shown(name, value, None));
    }
    if let Some(authorization) = authorization {
        add(AUTHORIZATION.as_str(), &shown_authorization(authorization.value()));
    }
    head
}

/// The head of an answer, each line after `< `. `sent` is the secret that it must not repeat.
pub(super) fn of_answer(received: &Received, sent: Option<&Secret>) -> String {
    let Received { response, version, .. } = received;
    let head = format!("< {version:?} {} {}", response.status(), response.reason());
    let mut head = head.trim_end().to_owned();
    for (name, value) in response.fields() {
        head.push_str(&format!("\n< {name}: {}", shown(name, value, sent)));
    }
    head
}

fn shown(name: &HeaderName, value: &HeaderValue, sent: Option<&Secret>) -> String {
    let text = text_of(value.as_bytes());
    if sent.is_some_and(|sent| sent.is_in(&text)) {
        return REDACTED.to_owned();
    }
    let text = match name.as_str() {
        "www-authenticate" | "proxy-authenticate" => text.into_owned(),
        "proxy-authorization" => shown_authorization(value.as_bytes()),
        "authentication-info" | "proxy-authentication-info" => shown_info(value.as_bytes()),
        "location" | "content-location" => without_userinfo(&text),
        name if is_secret_name(name) => REDACTED.to_owned(),
        _ => text.into_owned(),
    };
    printable_within(&text, MAX_SHOWN)
}

/// A URL without the user name and password of its authority.
fn without_userinfo(url: &str) -> String {
    let found = url.split_once("//").and_then(|(scheme, rest)| {
        let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let (_, host) = authority.rsplit_once('@')?;
        Some(format!("{scheme}//..@{host}{path}"))
    });
    found.unwrap_or_else(|| url.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &'static str, value: &str, expected: &str) {
        let sent = Secret::of(b"QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
        assert_eq!(shown(&HeaderName::from_static(name), &value, sent.as_ref()), expected);
    }

    #[test]
    fn secrets_are_left_out() {
        for name in [
            "cookie",
            "set-cookie",
            "x-auth-token",
            "x-api-key",
            "x-amz-security-token",
            "x-password",
            "client-secret",
        ] {
            check(name, "hunter2", REDACTED);
        }
        check("proxy-authorization", "Basic dTpodW50ZXIy", "Basic <redacted>");
        check("proxy-authorization", "hunter2", REDACTED);
        for name in ["etag", "location", "x-odd", "www-authenticate"] {
            check(name, "/a?b=QWxhZGRpbjpvcGVuIHNlc2FtZQ%3D%3D", REDACTED);
        }
        check("location", "http://u:hunter2@h/users/sip:a@b/i", "http://..@h/users/sip:a@b/i");
        check("location", "//u:hunter2@h", "//..@h");
        let info = "rspauth=\"0123456789abcdef\", nextnonce=\"n\", qop=auth, odd=hunter2";
        let shown = "rspauth=<redacted>, nextnonce=\"n\", qop=auth, odd=<redacted>";
        check("authentication-info", info, shown);
    }

    #[test]
    fn what_tells_who_asks_is_shown() {
        for (name, value) in [
            ("x-3gpp-intended-identity", "\"sip:alice@example.com\""),
            ("p-asserted-identity", "<sip:alice@example.com>"),
            ("x-xcap-preferred-identity", "\"sip:alice@example.com\""),
            ("www-authenticate", "Digest realm=\"r\", nonce=\"n\", qop=\"auth\""),
            ("location", "/users/sip:alice@example.com/index"),
            ("etag", "W/\"a\""),
        ] {
            check(name, value, value);
        }
        check("x-odd", "a\u{9b}31m\u{202e}b", "a\\u{9b}31m\\u{202e}b");
    }
}
