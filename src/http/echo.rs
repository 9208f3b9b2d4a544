//! Credentials that a server sends back: no text of this crate repeats them.

use percent_encoding::percent_decode_str;

/// A shorter secret would occur in many texts by chance.
const MIN_LEN: usize = 8;
/// Only the beginning is looked for, since a text may have been cut short.
const MAX_LEN: usize = 16;

/// The secret part of an `Authorization` that was sent.
#[derive(Clone)]
pub(crate) struct Secret(String);

impl Secret {
    /// `None` if the secret is too short to be told from other texts.
    pub(crate) fn of(secret: &[u8]) -> Option<Self> {
        let secret = String::from_utf8_lossy(secret);
        let begin: String = secret.trim_start().chars().take(MAX_LEN).collect();
        // Base64 may end in `=`, which is often percent-encoded.
        let begin = begin.trim_end_matches('=');
        (begin.len() >= MIN_LEN).then(|| Self(begin.to_owned()))
    }

    /// Whether a text repeats it, as it is or percent-encoded.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        text.contains(&self.0) || percent_decode_str(text).decode_utf8_lossy().contains(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_in(secret: &str, text: &str) -> bool {
        Secret::of(secret.as_bytes()).is_some_and(|secret| secret.is_in(text))
    }

    #[test]
    fn a_secret_is_found_cut_short_and_encoded() {
        for text in [
            "\"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\"",
            "http://h/?a=QWxhZGRpbjpvcGVuIHNlc2FtZQ%3D%3D",
            "QWxhZGRpbjpvcGVuIHNl..",
            "%51WxhZGRpbjpvcGVuIHNlc2FtZQ",
        ] {
            assert!(is_in("QWxhZGRpbjpvcGVuIHNlc2FtZQ==", text), "{text}");
        }
        assert!(!is_in("QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Basic QWxhZGRpbjpv"));
        assert!(is_in("dTpodW50ZXI=", "\"dTpodW50ZXI\""));
        assert!(!is_in("abc", "\"abc\""));
    }
}
