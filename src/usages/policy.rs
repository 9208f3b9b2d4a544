//! What all documents of common policy have in common (RFC 4745).

use std::iter;

use crate::document::Selected;

/// The namespace of rule sets, rules and conditions.
pub(super) const COMMON_POLICY: &str = "urn:ietf:params:xml:ns:common-policy";

/// An id for a new rule: it begins with `stem`, none of these rules has it, and it stands nowhere in
/// the text of the document, so that no other element has it.
pub(super) fn free_id(text: &str, rules: &[Selected<'_>], stem: &str) -> String {
    let taken: Vec<_> = rules.iter().filter_map(|rule| rule.attr("id")).collect();
    let numbered = (2..).map(|number| format!("{stem}-{number}"));
    let mut ids = iter::once(stem.to_owned()).chain(numbered);
    let is_free = |id: &String| !text.contains(id) && !taken.iter().any(|taken| taken == id);
    ids.find(is_free).unwrap_or_default()
}
