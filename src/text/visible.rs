//! Which characters of a text are shown as they are. The library and the command line share this
//! rule.

/// Adds a character. It is escaped if it would break the line, could not be seen, or would reorder
/// the characters around it. A mark that combines with the character before it is shown.
pub(crate) fn push_visible(out: &mut String, c: char) {
    if c.is_ascii_graphic() || c == ' ' {
        out.push(c);
    } else {
        // The `_` gives a combining mark something to stand on. At the start of a text, the mark
        // would be escaped.
        out.extend(format!("_{c}").escape_debug().skip(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visible(text: &str) -> String {
        let mut out = String::new();
        text.chars().for_each(|c| push_visible(&mut out, c));
        out
    }

    #[test]
    fn what_steers_a_terminal_is_escaped() {
        assert_eq!(visible("a\u{1b}[2J\r\n\t\0\u{7f}"), r"a\u{1b}[2J\r\n\t\0\u{7f}");
        assert_eq!(visible("\u{9b}31m\u{85}"), r"\u{9b}31m\u{85}");
        assert_eq!(visible("\u{202e}\u{2066}\u{200f}\u{61c}\u{2028}"), {
            r"\u{202e}\u{2066}\u{200f}\u{61c}\u{2028}"
        });
    }

    #[test]
    fn what_people_write_is_not() {
        for text in ["\"a\" 'b' \\ `c`", "J\u{f6}rg", "e\u{301}", "\u{915}\u{93f}", "\u{65e5}"] {
            assert_eq!(visible(text), text);
        }
    }
}
