//! What all documents of common policy have in common (RFC 4745).

/// The namespace of rule sets, rules and conditions.
pub(super) const COMMON_POLICY: &str = "urn:ietf:params:xml:ns:common-policy";

/// An id for a new rule: it begins with `stem` and stands nowhere in the text, so that no element of
/// the document has it.
pub(super) fn free_id(text: &str, stem: &str) -> String {
    let numbered = (2..).map(|number| format!("{stem}-{number}"));
    let mut ids = std::iter::once(stem.to_owned()).chain(numbered);
    ids.find(|id| !text.contains(id)).unwrap_or_default()
}
