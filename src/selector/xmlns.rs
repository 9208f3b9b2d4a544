//! The `xmlns()` scheme of XPointer, which binds prefixes (RFC 4825 section 6.4).

use crate::xml;

use super::step::QName;

/// What was expected in the query, and the byte offset where it was not found.
pub(super) struct Fault {
    pub(super) expected: String,
    pub(super) at: usize,
}

/// The query text of some bindings, not yet percent-encoded.
///
/// XPointer's own escape is applied first: a `^` before `^`, `(` and `)`.
pub(super) fn write<'a>(bindings: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut out = String::new();
    for (prefix, namespace) in bindings {
        out.push_str("xmlns(");
        push_escaped(&mut out, prefix);
        out.push('=');
        push_escaped(&mut out, namespace);
        out.push(')');
    }
    out
}

fn push_escaped(out: &mut String, text: &str) {
    for c in text.chars() {
        if matches!(c, '^' | '(' | ')') {
            out.push('^');
        }
        out.push(c);
    }
}

/// The bindings of a percent-decoded query, in order. Parts of other schemes are skipped, as a
/// server must do (RFC 4825 section 6.4).
pub(super) fn parse(query: &str) -> Result<Vec<(String, String)>, Fault> {
    let mut bindings = Vec::new();
    let mut at = 0;
    loop {
        let rest = query.get(at..).unwrap_or_default();
        at += rest.len() - rest.trim_start_matches(xml::is_whitespace).len();
        let rest = query.get(at..).unwrap_or_default();
        if rest.is_empty() {
            return Ok(bindings);
        }
        let scheme = rest.split_once('(').map(|(scheme, _)| scheme);
        let Some(scheme) = scheme.filter(|scheme| QName::new(scheme).is_valid()) else {
            return Err(fault("`xmlns(prefix=namespace)`", at));
        };
        let data_at = at + scheme.len() + 1;
        let (data, len) = data(query.get(data_at..).unwrap_or_default())
            .map_err(|(expected, offset)| fault(expected, data_at + offset))?;
        if scheme == "xmlns" {
            bindings.push(binding(&data).ok_or_else(|| fault("`prefix=namespace`", data_at))?);
        }
        at = data_at + len;
    }
}

fn fault(expected: &str, at: usize) -> Fault {
    Fault { expected: expected.to_owned(), at }
}

/// The unescaped data of one part up to its closing parenthesis, and the length of both.
fn data(text: &str) -> Result<(String, usize), (&'static str, usize)> {
    let mut out = String::new();
    let mut depth = 0_usize;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '^' => match chars.next() {
                Some((_, escaped @ ('^' | '(' | ')'))) => out.push(escaped),
                _ => return Err(("`^^`, `^(` or `^)`", at)),
            },
            ')' if depth == 0 => return Ok((out, at + 1)),
            ')' => {
                depth -= 1;
                out.push(c);
            }
            '(' => {
                depth += 1;
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    Err(("the closing `)`", text.len()))
}

fn binding(data: &str) -> Option<(String, String)> {
    let (prefix, namespace) = data.split_once('=')?;
    let prefix = prefix.trim_matches(xml::is_whitespace);
    let namespace = namespace.trim_start_matches(xml::is_whitespace);
    xml::is_ncname(prefix).then(|| (prefix.to_owned(), namespace.to_owned()))
}
