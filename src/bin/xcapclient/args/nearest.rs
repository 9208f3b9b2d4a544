//! The known word that a user may have meant.

/// The word that is the fewest character changes away from `typed`. The first one wins a tie.
pub(super) fn nearest<'a>(typed: &str, known: &[&'a str]) -> &'a str {
    known.iter().min_by_key(|word| distance(typed, word)).copied().unwrap_or_default()
}

/// How many characters have to be added, removed or replaced (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    // The distances from the part of `from` read so far to each beginning of `to`.
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (read, c) in from.chars().enumerate() {
        let mut last = read + 1;
        let mut next = vec![last];
        for (other, (replaced, added)) in to.chars().zip(row.iter().zip(row.iter().skip(1))) {
            last = (replaced + usize::from(c != other)).min(added + 1).min(last + 1);
            next.push(last);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fewest_changes_count() {
        for (from, to, changes) in [
            ("", "", 0),
            ("", "abc", 3),
            ("proxy", "", 5),
            ("kitten", "sitting", 3),
            ("xcap_rot", "xcap_root", 1),
            ("xcaproot", "xcap_root", 1),
            ("passwd", "password", 2),
            ("größe", "grösse", 2),
        ] {
            assert_eq!((distance(from, to), distance(to, from)), (changes, changes), "{from} {to}");
        }
        assert_eq!(nearest("cafile", &["password", "ca_file", "header"]), "ca_file");
    }
}
