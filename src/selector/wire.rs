//! Percent-encoding of selectors, both ways (RFC 4825 section 6, RFC 3986).

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::answer::{Error, Result};
use crate::text::printable;

use super::node::NodeSelector;
use super::{parse, xmlns};

/// The node selector separator.
pub(crate) const SEPARATOR: &str = "~~";

/// Room for what most selectors take on the wire.
const TYPICAL_LEN: usize = 128;

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

/// Like [`SEGMENT`], but `/` is kept.
const PATH: &AsciiSet = &SEGMENT.remove(b'/');

/// One path segment: whatever the text holds, it stays one segment.
pub(super) fn encode_segment(out: &mut String, text: &str) {
    out.extend(utf8_percent_encode(text, SEGMENT));
}

/// Encodes what is written as one path segment.
struct Segment<'a>(&'a mut String);

impl fmt::Write for Segment<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        encode_segment(self.0, text);
        Ok(())
    }
}

/// Encodes a text that this crate cannot parse, for a caller who sends it nevertheless.
pub(crate) fn encode_raw(text: &str) -> String {
    let text = text.strip_prefix('/').unwrap_or(text);
    let mut out = String::with_capacity(text.len() + 16);
    out.push('/');
    out.extend(utf8_percent_encode(text, PATH));
    out
}

impl NodeSelector {
    /// The wire form: the percent-encoded path, and the `xmlns()` query if there are bindings.
    ///
    /// It begins with `/`. In a URI it follows the node selector separator.
    ///
    /// ```
    /// use xcaplib::NodeSelector;
    ///
    /// let lists = NodeSelector::root("resource-lists");
    /// let friends = lists.child("list").with_attr("name", "friends");
    /// assert_eq!(friends.to_encoded(), "/resource-lists/list%5B@name=%22friends%22%5D");
    /// ```
    #[must_use]
    pub fn to_encoded(&self) -> String {
        let mut out = self.encoded_path();
        if let Some(query) = self.encoded_query() {
            out.push('?');
            out.push_str(&query);
        }
        out
    }

    /// Reads the wire form with its query, as the examples of the RFC and other clients write it.
    ///
    /// It may have a leading `/` or not. Lower-case hex digits are accepted, and so are characters
    /// that should have been encoded. In a whole request URI, the part after the first `~~` is
    /// read.
    ///
    /// ```
    /// use xcaplib::NodeSelector;
    ///
    /// let selector = NodeSelector::from_encoded(
    ///     "resource-lists/list%5b@name=%22friends%22%5d/cp:x?xmlns(cp=urn:x)",
    /// )?;
    /// assert_eq!(selector.to_string(), r#"/resource-lists/list[@name="friends"]/cp:x"#);
    /// assert_eq!(selector.bindings().collect::<Vec<_>>(), [("cp", "urn:x")]);
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) if the text is not percent-encoded UTF-8 or
    /// does not follow the grammar of RFC 4825 section 6.3. The error's text shows where.
    pub fn from_encoded(text: &str) -> Result<Self> {
        decode(text)
    }

    /// The wire form without its leading `/`, relative to the document (RFC 4825 section 11.1).
    pub(crate) fn to_relative(&self) -> String {
        self.to_encoded().trim_start_matches('/').to_owned()
    }

    pub(crate) fn encoded_path(&self) -> String {
        let mut out = String::with_capacity(TYPICAL_LEN);
        for step in self.steps() {
            out.push('/');
            let written = step.write(&mut Segment(&mut out));
            debug_assert!(written.is_ok(), "a String takes all text");
        }
        if let Some(terminal) = self.terminal() {
            out.push('/');
            let written = terminal.write(&mut Segment(&mut out));
            debug_assert!(written.is_ok(), "a String takes all text");
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
    let node = node_selector(text)?;
    let (path, query) = match node.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (node, None),
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
                printable(&query)
            ))
        })?;
        selector.bindings.extend(bindings);
    }
    Ok(selector)
}

/// What follows the first node selector separator; the whole text if it has no document selector.
fn node_selector(text: &str) -> Result<&str> {
    let (path, stops): (_, &[&str]) = match text.split_once("://") {
        Some((scheme, rest)) if scheme.chars().all(|c| c.is_ascii_alphanumeric()) => {
            (rest.split_once('/').map_or("", |(_, path)| path), &["?"])
        }
        // Without a document selector, a `~~` in a predicate is part of a value.
        _ => (text, &["?", "[@", "[%40", "%5B@", "%5B%40", "%5b@", "%5b%40"]),
    };
    let end = stops.iter().filter_map(|stop| path.find(stop)).min();
    let head = end.and_then(|end| path.get(..end)).unwrap_or(path);
    let mut at = 0;
    for segment in head.split('/') {
        at += segment.len() + 1;
        if percent_decode_str(segment).eq(SEPARATOR.bytes()) {
            return Ok(path.get(at..).unwrap_or_default());
        }
    }
    if path.len() < text.len() {
        // The URI is not shown, since it may hold a password.
        return Err(Error::invalid_input(
            "node selector: the URI has no `~~`, so it names a document and no node of it",
        ));
    }
    Ok(text)
}

/// The decoded path, and the places where a `/` or `?` in it was encoded.
///
/// An encoded `/` is part of its step. A bare one separates steps, except between quotes, where
/// other clients leave it bare.
fn decode_path(path: &str) -> Result<(String, Vec<usize>)> {
    let mut out = String::with_capacity(path.len());
    let mut joined = Vec::new();
    for (index, segment) in path.split('/').enumerate() {
        if index > 0 {
            out.push('/');
        }
        let start = out.len();
        out.push_str(&percent_decoded(segment)?);
        let added = out.get(start..).unwrap_or_default();
        joined.extend(added.match_indices(['/', '?']).map(|(at, _)| start + at));
    }
    Ok((out, joined))
}

fn percent_decoded(text: &str) -> Result<String> {
    if let Some(at) = malformed_escape(text) {
        return Err(Error::invalid_input(format!(
            "node selector: `%` without two hex digits at column {} of `{}`",
            text.get(..at).unwrap_or(text).chars().count() + 1,
            printable(text)
        )));
    }
    let decoded = percent_decode_str(text).decode_utf8().map_err(|_| {
        Error::invalid_input(format!(
            "node selector: `{}` does not decode to UTF-8",
            printable(text)
        ))
    })?;
    Ok(decoded.into_owned())
}

/// The place of a `%` that two hex digits do not follow.
pub(crate) fn malformed_escape(text: &str) -> Option<usize> {
    text.match_indices('%').map(|(at, _)| at).find(|at| {
        let digits = text.as_bytes().get(at + 1..at + 3);
        !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}
