//! What holds for every error.

use xcaplib::{Error, ErrorKind};

/// The text can be printed as it is, and says what it has to.
pub(crate) fn is_sound(error: &Error) {
    let text = error.to_string();
    // A text that had to be cut ends with two.
    let is_sentence = text.ends_with('.') && !text.ends_with("..");
    assert!(!text.is_empty() && !is_sentence, "{text:?}");
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
    assert!(text.len() < 64 * 1024, "{} bytes", text.len());
    if let Some(response) = error.response() {
        assert_eq!(error.status(), Some(response.status()), "{text}");
    }
    let of_status = match error.kind() {
        ErrorKind::NotModified => 304..=304,
        ErrorKind::Redirect => 300..=399,
        ErrorKind::Unauthorized => 401..=401,
        ErrorKind::Forbidden => 403..=403,
        ErrorKind::Conflict => 409..=409,
        _ => 0..=999,
    };
    assert!(error.status().is_none_or(|status| of_status.contains(&status)), "{text}");
    assert!(error.conflict().is_none() || error.is_conflict(), "{text}");
}

/// The caller's input is refused, and nothing was sent.
pub(crate) fn is_invalid_input(error: &Error) {
    is_sound(error);
    assert!(error.is_invalid_input(), "{error}");
    assert!(error.response().is_none(), "{error}");
}
