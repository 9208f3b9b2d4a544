//! The choices of the generator of `tests/diff/property.rs`, and its naive implementation of
//! patches.

#[path = "../support/generate_patch.rs"]
mod generate_patch;
#[path = "../support/naive_patch.rs"]
mod naive_patch;

use generate_patch::Random;

/// One byte is one choice.
pub(crate) fn cases(data: &[u8]) {
    if let Some(case) = generate_patch::case(&mut Random::of_choices(data)) {
        case.check();
    }
}

/// A diff of one document; operations have the prefix `d`.
fn diff(operations: &str, declarations: &str) -> String {
    format!(
        "<d:xcap-diff xmlns:d='urn:ietf:params:xml:ns:xcap-diff' {declarations} xcap-root='http://h.example/'>\
         <d:document sel='a' previous-etag='1' new-etag='2'>{operations}</d:document></d:xcap-diff>"
    )
}
