//! The types of HTTP that the HTTP library lends to the rest of the crate, and how the bytes of a
//! field are read.

use std::borrow::Cow;

pub(crate) use ureq::http::*;

/// The bytes of a field as text: UTF-8, or else each of them as one character (ISO 8859-1, RFC 9110
/// section 5.5).
pub(crate) fn text_of(field: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(field) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => field.iter().copied().map(char::from).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_text() {
        assert_eq!(text_of("\u{e4}".as_bytes()), "\u{e4}");
        assert_eq!(text_of(b"\xe4\""), "\u{e4}\"");
    }
}
