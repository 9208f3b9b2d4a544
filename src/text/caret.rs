//! A caret under the place of a fault.

use unicode_width::UnicodeWidthStr as _;

/// The line, and under it a caret at the column, which counts characters from 0. `push` adds a
/// character as it may be shown. If the line has more than `limit` characters, only the stretch
/// around the caret is kept.
pub(crate) fn under(
    line: &str,
    column: usize,
    limit: usize,
    push: impl Fn(&mut String, char),
) -> String {
    let column = column.min(line.chars().count());
    let skipped = column.saturating_sub(limit / 2);
    let mut shown = String::from(if skipped > 0 { ".." } else { "" });
    let mut rest = line.chars().skip(skipped);
    for c in rest.by_ref().take(column - skipped) {
        push(&mut shown, c);
    }
    let indent = " ".repeat(shown.width());
    for c in rest.by_ref().take(limit - (column - skipped)) {
        push(&mut shown, c);
    }
    if rest.next().is_some() {
        shown.push_str("..");
    }
    format!("  {shown}\n  {indent}^")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_under_its_character() {
        let under = |line, column| under(line, column, 8, |out: &mut String, c| out.push(c));
        assert_eq!(under("abc", 1), "  abc\n   ^");
        assert_eq!(under("abc", 9), "  abc\n     ^");
        assert_eq!(under("\u{6f22}\u{1f600}c", 2), "  \u{6f22}\u{1f600}c\n      ^");
        assert_eq!(under("0123456789abcdef", 9), "  ..56789abc..\n        ^");
    }
}
