//! Unified differences of two texts, and the merge of two changes of one text.

use diffy::DiffOptions;

/// The unified difference. It is empty if the texts are the same.
pub(crate) fn unified(before: &str, after: &str, name: &str) -> String {
    if before == after {
        return String::new();
    }
    let mut options = DiffOptions::new();
    options.set_original_filename(name.to_owned()).set_modified_filename(name.to_owned());
    options.create_patch(before, after).to_string()
}

/// The text with both changes. Where both touch the same lines, it contains both versions between
/// conflict markers.
pub(crate) fn merged(before: &str, ours: &str, theirs: &str) -> String {
    // A conflict marker gets a line of its own only if the line before it has a line end.
    let [before, ours, theirs] = [before, ours, theirs].map(|text| format!("{text}\n"));
    let mut merged = diffy::merge(&before, &ours, &theirs).unwrap_or_else(|marked| marked);
    merged.pop();
    merged
}
