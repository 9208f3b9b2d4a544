//! Percent-encoding of selectors, both ways (RFC 4825 section 6, RFC 3986).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::error::{Error, Result};

use super::{NodeSelector, parse, xmlns};

/// Every byte outside `pchar` (RFC 3986 section 3.3), and `+`, which form-decoding servers turn
/// into a space.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');

/// The same, with `/` kept.
const PATH: &AsciiSet = &SEGMENT.remove(b'/');

/// One path segment: whatever the text holds, it stays one segment.
pub(super) fn encode_segment(out: &mut String, text: &str) {
    out.extend(utf8_percent_encode(text, SEGMENT));
}

/// A text that is no selector this crate knows, for the caller who sends it all the same.
pub(crate) fn encode_raw(text: &str) -> String {
    let text = text.strip_prefix('/').unwrap_or(text);
    let mut out = String::with_capacity(text.len() + 16);
    out.push('/');
    out.extend(utf8_percent_encode(text, PATH));
    out
}

impl NodeSelector {
    pub(crate) fn encoded_path(&self) -> String {
        let mut out = String::new();
        for step in self.steps() {
            out.push('/');
            encode_segment(&mut out, &step.to_string());
        }
        if let Some(terminal) = self.terminal() {
            out.push('/');
            encode_segment(&mut out, &terminal.to_string());
        }
        out
    }

    pub(crate) fn encoded_query(&self) -> Option<String> {
        if self.bindings.is_empty() {
            return None;
        }
        let mut out = String::new();
        encode_segment(&mut out, &xmlns::write(self.bindings()));
        Some(out)
    }
}

pub(super) fn decode(text: &str) -> Result<NodeSelector> {
    let (path, query) = match after_separator(text).split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (after_separator(text), None),
    };
    let (path, joined) = decode_path(path)?;
    let mut selector = parse::expression(&path, &joined)?;
    if let Some(query) = query {
        let query = percent_decoded(query)?;
        let bindings = xmlns::parse(&query).map_err(|fault| {
            Error::invalid_input(format!(
                "query of the node selector: expected {} at column {} of `{}`",
                fault.expected,
                query.get(..fault.at).unwrap_or(&query).chars().count() + 1,
                query.escape_debug()
            ))
        })?;
        selector.bindings.extend(bindings);
    }
    Ok(selector)
}

/// What follows the first node selector separator, if the text has a document selector at all.
fn after_separator(text: &str) -> &str {
    // No document selector holds a bracket, so a `~~` behind one is part of a value.
    let end = ["?", "[", "%5B", "%5b"].iter().filter_map(|stop| text.find(stop)).min();
    let head = end.and_then(|end| text.get(..end)).unwrap_or(text);
    ["~~/", "%7E%7E/", "%7e%7e/"]
        .iter()
        .filter_map(|separator| Some((head.find(separator)?, separator.len())))
        .filter(|(at, _)| *at == 0 || head.get(..*at).is_some_and(|before| before.ends_with('/')))
        .min()
        .and_then(|(at, len)| text.get(at + len..))
        .unwrap_or(text)
}

/// The decoded path, and where a `/` in it was encoded.
///
/// An encoded `/` is part of its step; a bare one separates steps, unless it stands between quotes,
/// where other clients leave it bare.
fn decode_path(path: &str) -> Result<(String, Vec<usize>)> {
    let mut out = String::with_capacity(path.len());
    let mut joined = Vec::new();
    for (index, segment) in path.split('/').enumerate() {
        if index > 0 {
            out.push('/');
        }
        let start = out.len();
        out.push_str(&percent_decoded(segment)?);
        joined.extend(out.match_indices('/').map(|(at, _)| at).filter(|at| *at >= start));
    }
    Ok((out, joined))
}

fn percent_decoded(text: &str) -> Result<String> {
    if let Some(at) = malformed_escape(text) {
        return Err(Error::invalid_input(format!(
            "node selector: `%` without two hex digits at column {} of `{}`",
            text.get(..at).unwrap_or(text).chars().count() + 1,
            text.escape_debug()
        )));
    }
    let decoded = percent_decode_str(text).decode_utf8().map_err(|_| {
        Error::invalid_input(format!(
            "node selector: `{}` does not decode to UTF-8",
            text.escape_debug()
        ))
    })?;
    Ok(decoded.into_owned())
}

fn malformed_escape(text: &str) -> Option<usize> {
    text.match_indices('%').map(|(at, _)| at).find(|at| {
        let digits = text.as_bytes().get(at + 1..at + 3);
        !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}
