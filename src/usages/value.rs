//! What may be written into a document.

use std::net::Ipv6Addr;

use crate::answer::{Error, Result};
use crate::text::printable;
use crate::xml;

use super::uri::is_scheme;

const NO_SCHEME: &str = "begins with no scheme, as `sip:` is";

/// Refuses text that XML cannot hold. `what` says in the error what the text is.
pub(super) fn text(what: &str, text: &str) -> Result<()> {
    match text.chars().find(|c| !xml::is_char(*c)) {
        Some(c) => {
            let code = u32::from(c);
            Err(refused(what, text, &format!("holds U+{code:04X}, which XML does not allow")))
        }
        None => Ok(()),
    }
}

/// Refuses a text that contains a character no URI or reference may contain (RFC 3986). Characters
/// outside ASCII are allowed, since the schemas' `anyURI` allows them.
pub(super) fn uri(what: &str, uri: &str) -> Result<()> {
    text(what, uri)?;
    if uri.is_empty() {
        return Err(Error::invalid_input(format!("the {what} is empty")));
    }
    if let Some(c) = refused_char(uri) {
        let code = u32::from(c);
        let escaped: String = c.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect();
        let reason =
            format!("holds U+{code:04X} where a URI does not allow it; write it as {escaped}");
        return Err(refused(what, uri, &reason));
    }
    let is_escape = |rest: &str| rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    if uri.split('%').skip(1).any(|rest| !is_escape(rest)) {
        return Err(refused(what, uri, "holds a `%` that begins no escape; write it as %25"));
    }
    let segment = uri.split(['/', '?', '#']).next().unwrap_or_default();
    match segment.split_once(':') {
        Some((scheme, _)) if !is_scheme(scheme) => Err(refused(what, uri, NO_SCHEME)),
        _ => Ok(()),
    }
}

/// The first character that would have to be escaped. Brackets are allowed for an IPv6 address.
fn refused_char(uri: &str) -> Option<char> {
    let address = uri.split_once('[').and_then(|(_, rest)| rest.split_once(']'));
    let address = address.filter(|(address, _)| address.parse::<Ipv6Addr>().is_ok());
    let rest = address.map_or(uri, |(_, rest)| rest);
    let is_never = |c: char| c.is_whitespace() || c.is_control() || "\"<>\\^`{|}".contains(c);
    uri.chars()
        .find(|c| is_never(*c))
        .or_else(|| rest.chars().find(|c| matches!(c, '[' | ']')))
        .or_else(|| uri.matches('#').nth(1).map(|_| '#'))
}

/// A URI with a scheme.
pub(super) fn absolute_uri(what: &str, uri: &str) -> Result<()> {
    self::uri(what, uri)?;
    if uri.split_once(':').is_some_and(|(scheme, _)| is_scheme(scheme)) {
        return Ok(());
    }
    Err(refused(what, uri, NO_SCHEME))
}

/// An absolute HTTP URI.
pub(super) fn http_uri(what: &str, uri: &str) -> Result<()> {
    self::uri(what, uri)?;
    let is_http = |scheme: &str| {
        let start = uri.get(..scheme.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(scheme)) && uri.len() > scheme.len()
    };
    if is_http("http://") || is_http("https://") {
        return Ok(());
    }
    Err(refused(what, uri, "is not an absolute HTTP URI; begin it with the XCAP root"))
}

/// A path relative to the XCAP root.
pub(super) fn relative_path(what: &str, path: &str) -> Result<()> {
    uri(what, path)?;
    let segment = path.split('/').next().unwrap_or_default();
    if segment.is_empty() || segment.contains([':', '?', '#']) {
        let reason = "is not a path relative to the XCAP root; begin it with `resource-lists/`";
        return Err(refused(what, path, reason));
    }
    Ok(())
}

/// The name of an event package (RFC 6665 section 8.4).
pub(super) fn token(what: &str, token: &str) -> Result<()> {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "-.!%*_+`'~".contains(c);
    if !token.is_empty() && token.chars().all(is_token) {
        return Ok(());
    }
    Err(refused(what, token, "is not the name of an event package, as `presence` is"))
}

fn refused(what: &str, value: &str, reason: &str) -> Error {
    Error::invalid_input(format!("the {what} `{}` {reason}", printable(value)))
}
