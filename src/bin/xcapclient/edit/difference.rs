//! How texts differ, and what becomes of two changes of one text.

use diffy::DiffOptions;

/// The unified difference, empty where there is none.
pub(crate) fn unified(before: &str, after: &str, name: &str) -> String {
    if before == after {
        return String::new();
    }
    let mut options = DiffOptions::new();
    options.set_original_filename(name.to_owned()).set_modified_filename(name.to_owned());
    options.create_patch(before, after).to_string()
}

/// Both changes; where they touch the same lines both stand there, between marks.
pub(crate) fn merged(before: &str, ours: &str, theirs: &str) -> String {
    // A mark stands on a line of its own only behind a line that ends.
    let [before, ours, theirs] = [before, ours, theirs].map(|text| format!("{text}\n"));
    let mut merged = diffy::merge(&before, &ours, &theirs).unwrap_or_else(|marked| marked);
    merged.pop();
    merged
}
