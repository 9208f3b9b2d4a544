//! Words quoted for bash.

/// The text escaped for the quote that is open, or for no quote.
pub(super) fn within(open: Option<char>, text: &str) -> String {
    let escape: fn(char) -> String = match open {
        Some('\'') => in_single,
        Some(_) => in_double,
        None => bare,
    };
    text.chars().map(escape).collect()
}

fn in_single(c: char) -> String {
    if c == '\'' { r"'\''".to_owned() } else { c.to_string() }
}

fn in_double(c: char) -> String {
    match c {
        '"' | '\\' | '$' | '`' => format!("\\{c}"),
        // Bash expands the history in double quotes too, and keeps a backslash in front of `!`.
        '!' => "\"'!'\"".to_owned(),
        _ => c.to_string(),
    }
}

fn bare(c: char) -> String {
    let is_plain = c.is_alphanumeric() || "/_.,:=@%+-".contains(c) || !c.is_ascii();
    if is_plain { c.to_string() } else { format!("\\{c}") }
}
