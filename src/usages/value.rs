//! What may be written into a document.

use crate::answer::{Error, Result};
use crate::text::printable;
use crate::xml;

use super::uri::has_scheme;

/// Any text that XML can hold. `what` names it.
pub(super) fn text(what: &str, text: &str) -> Result<()> {
    match text.chars().find(|c| !xml::is_char(*c)) {
        Some(c) => {
            let code = u32::from(c);
            Err(refused(what, text, &format!("holds U+{code:04X}, which XML does not allow")))
        }
        None => Ok(()),
    }
}

/// A URI or a reference (RFC 3986): what no part of one may hold is refused. Letters other than
/// ASCII are not, since the schemas' `anyURI` allows them.
pub(super) fn uri(what: &str, uri: &str) -> Result<()> {
    text(what, uri)?;
    if uri.is_empty() {
        return Err(Error::invalid_input(format!("the {what} is empty")));
    }
    let is_refused = |c: char| c.is_whitespace() || c.is_control() || "\"<>\\^`{|}".contains(c);
    if let Some(c) = uri.chars().find(|c| is_refused(*c)) {
        let mut bytes = [0; 4];
        let escaped: String =
            c.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}")).collect();
        let code = u32::from(c);
        let reason =
            format!("holds U+{code:04X}, which a URI does not allow; write it as {escaped}");
        return Err(refused(what, uri, &reason));
    }
    let is_escape =
        |rest: &str| rest.bytes().take_while(u8::is_ascii_hexdigit).take(2).count() == 2;
    if uri.split('%').skip(1).any(|rest| !is_escape(rest)) {
        return Err(refused(what, uri, "holds a `%` that begins no escape; write it as %25"));
    }
    Ok(())
}

/// A URI with a scheme. `example` is one.
pub(super) fn absolute_uri(what: &str, uri: &str, example: &str) -> Result<()> {
    self::uri(what, uri)?;
    if has_scheme(uri) {
        return Ok(());
    }
    Err(refused(what, uri, &format!("has no scheme; write it as {example}")))
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
    Err(refused(what, uri, "is no absolute HTTP URI; begin it with the XCAP root"))
}

/// A path relative to the XCAP root.
pub(super) fn relative_path(what: &str, path: &str) -> Result<()> {
    uri(what, path)?;
    let segment = path.split('/').next().unwrap_or_default();
    if segment.is_empty() || segment.contains([':', '?', '#']) {
        let reason = "is no path relative to the XCAP root; begin it with `resource-lists/`";
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
    Err(refused(what, token, "is no name of an event package, as `presence` is"))
}

fn refused(what: &str, value: &str, reason: &str) -> Error {
    Error::invalid_input(format!("the {what} `{}` {reason}", printable(value)))
}
