//! Names that Namespaces in XML 1.0 forbids and the parser takes.

use std::sync::LazyLock;

use memchr::memmem::Finder;
use memchr::memrchr;
use roxmltree::Document;

use crate::error::printable;

use super::chars::is_whitespace;
use super::fault::{Fault, position};
use super::guard::XMLNS;

const COLON: &str = "a name cannot begin with a colon; take it away";
const TARGET: &str = "the target of a processing instruction cannot hold a colon; take it away";

static COLON_TAG: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("<:"));
static INSTRUCTION: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("<?"));

/// A tag or an instruction at fault, unless it stands in a comment or the like.
struct Suspect {
    start: usize,
    /// Where the fault is.
    at: usize,
    reason: String,
}

/// The first such name. Looks at the few places alone where one could be, so that other documents
/// cost next to nothing.
pub(super) fn fault(text: &str, document: &Document<'_>) -> Option<Fault> {
    let mut suspects: Vec<Suspect> = suspect_tags(text)
        .into_iter()
        .filter_map(|start| suspect_tag(text, start))
        .chain(suspect_instructions(text))
        .collect();
    if suspects.is_empty() {
        return None;
    }
    suspects.sort_by_key(|suspect| suspect.start);
    let first = document.root().descendants().find_map(|node| {
        let start = node.range().start;
        let found = suspects.binary_search_by_key(&start, |suspect| suspect.start).ok()?;
        suspects.get(found)
    })?;
    Some(Fault::at(position(text, first.at), first.reason.as_str()))
}

/// Where the tags begin that may hold a fault: those of names with a colon in front, and those with
/// declarations that look odd.
fn suspect_tags(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let mut starts: Vec<usize> = COLON_TAG.find_iter(bytes).collect();
    // Where the tag of a declaration begins, if it is in one; and the last one without a prefix.
    let mut start = None;
    let mut default = None;
    let mut seen = 0;
    for at in XMLNS.find_iter(bytes) {
        let between = bytes.get(seen..at).unwrap_or_default();
        if let Some(found) = memrchr(b'<', between) {
            start = Some(seen + found);
            default = None;
        }
        seen = at;
        let Some(start) = start else { continue };
        let rest = text.get(at + 5..).unwrap_or_default();
        let odd = match rest.strip_prefix(':') {
            _ if between.last() == Some(&b':') => true,
            Some(name) => is_empty_value(name),
            None => {
                rest.starts_with(|c| is_whitespace(c) || c == '=') && default.replace(at).is_some()
            }
        };
        if odd {
            starts.push(start);
        }
    }
    starts.sort_unstable();
    starts.dedup();
    starts
}

/// Whether an empty value follows the name.
fn is_empty_value(name: &str) -> bool {
    let is_end = |c| is_whitespace(c) || matches!(c, '=' | ':' | '"' | '\'' | '<' | '>' | '/');
    let value = name.trim_start_matches(|c| !is_end(c)).trim_start_matches(is_whitespace);
    let value = value.strip_prefix('=').map(|value| value.trim_start_matches(is_whitespace));
    value.is_some_and(|value| value.starts_with("\"\"") || value.starts_with("''"))
}

/// The first fault of the tag that begins there.
fn suspect_tag(text: &str, start: usize) -> Option<Suspect> {
    let suspect = |at, reason: &str| Some(Suspect { start, at, reason: reason.to_owned() });
    let mut rest = text.get(start + 1..)?.split('<').next()?;
    let end = start + 1 + rest.len();
    let mut has_default = false;
    if rest.starts_with(':') {
        return suspect(start + 1, COLON);
    }
    if rest.starts_with(['!', '?', '/']) {
        return None;
    }
    rest = rest.get(rest.find(|c| is_whitespace(c) || matches!(c, '/' | '>'))?..)?;
    loop {
        rest = rest.trim_start_matches(is_whitespace);
        let at = end - rest.len();
        if rest.starts_with(['/', '>']) {
            return None;
        }
        let (name, value) = rest.split_once('=')?;
        let name = name.trim_end_matches(is_whitespace);
        let value = value.trim_start_matches(is_whitespace);
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, after) = value.get(1..)?.split_once(quote)?;
        match name.split_once(':') {
            Some(("", _)) => return suspect(at, COLON),
            Some(("xmlns", "xmlns")) => {
                return suspect(
                    at,
                    "the prefix `xmlns` cannot be declared; leave `xmlns:xmlns` out",
                );
            }
            Some(("xmlns", prefix)) if value.is_empty() => {
                let prefix = printable(prefix);
                return suspect(
                    at,
                    &format!(
                        "the prefix `{prefix}` is declared with an empty namespace; give it one, or leave `xmlns:{prefix}` out"
                    ),
                );
            }
            // The parser takes it for a declaration.
            Some((prefix, "xmlns")) => {
                let prefix = printable(prefix);
                return suspect(
                    at,
                    &format!(
                        "`{prefix}:xmlns` cannot be told from a declaration; give the attribute another name"
                    ),
                );
            }
            None if name == "xmlns" && has_default => {
                return suspect(at, "the attribute `xmlns` is given twice; leave one of them out");
            }
            None if name == "xmlns" => has_default = true,
            _ => {}
        }
        rest = after;
    }
}

fn suspect_instructions(text: &str) -> impl Iterator<Item = Suspect> {
    INSTRUCTION.find_iter(text.as_bytes()).filter_map(|start| {
        let target = text.get(start + 2..)?;
        let end = target.find(|c| is_whitespace(c) || c == '?')?;
        let colon = target.get(..end)?.find(':')?;
        Some(Suspect { start, at: start + 2 + colon, reason: TARGET.to_owned() })
    })
}
