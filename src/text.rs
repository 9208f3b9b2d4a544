//! How foreign text is shown: as one line of bounded length that cannot steer a terminal.

pub(crate) mod caret;
mod secret_name;
mod visible;

pub(crate) use secret_name::is_secret_name;
pub(crate) use visible::push_visible;

/// A URL in full, unless it is too long to be read.
pub(crate) fn shown_url(url: &str) -> String {
    printable_within(url, 2_000)
}

/// Bytes in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
}

/// A server's text as one line of bounded length.
pub(crate) fn printable(text: &str) -> String {
    printable_within(text, 200)
}

/// The same for a sentence of this crate that contains quotations.
pub(crate) fn printable_reason(text: &str) -> String {
    printable_within(text, 1_000)
}

pub(crate) fn printable_within(text: &str, limit: usize) -> String {
    let mut out = String::new();
    for (count, c) in text.chars().enumerate() {
        if count == limit {
            out.push_str("..");
            break;
        }
        push_visible(&mut out, c);
    }
    out
}
