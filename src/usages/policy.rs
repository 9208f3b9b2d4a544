//! What all documents of common policy have in common (RFC 4745).

use std::iter;

use crate::document::Selected;
use crate::text::printable;

/// The namespace of rule sets, rules and conditions.
pub(super) const COMMON_POLICY: &str = "urn:ietf:params:xml:ns:common-policy";

/// What a rule may hold, in this order.
const PARTS: [&str; 3] = ["conditions", "actions", "transformations"];

/// Whether a rule holds each part once at most, and nothing else.
pub(super) fn is_regular(
    rule: &Selected<'_>,
    is_named: impl Fn(&Selected<'_>, &str) -> bool,
) -> bool {
    let children = rule.children();
    let count = |part: &str| children.iter().filter(|child| is_named(child, part)).count();
    let counts = PARTS.map(count);
    counts.iter().all(|count| *count <= 1) && counts.iter().sum::<usize>() == children.len()
}

/// How a person finds the rule of this id.
pub(super) fn shown(id: Option<&str>) -> String {
    match id {
        Some(id) => format!("the rule `{}`", printable(id)),
        None => "a rule without an id".to_owned(),
    }
}

/// An id for a new rule. It begins with `stem`, and none of these rules has it. It also occurs
/// nowhere in the text of the document, so no other element has it.
pub(super) fn free_id(text: &str, rules: &[Selected<'_>], stem: &str) -> String {
    let taken: Vec<_> = rules.iter().filter_map(|rule| rule.attr("id")).collect();
    let numbered = (2..).map(|number| format!("{stem}-{number}"));
    let mut ids = iter::once(stem.to_owned()).chain(numbered);
    let is_free = |id: &String| !text.contains(id) && !taken.iter().any(|taken| taken == id);
    ids.find(is_free).unwrap_or_default()
}
