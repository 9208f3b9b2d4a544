//! Credentials that a server sends back: no text of ours repeats them.

use percent_encoding::percent_decode_str;

use crate::http_types::HeaderValue;

/// A shorter one stands in many texts by chance.
const MIN_LEN: usize = 8;
/// The beginning is looked for: a text may have been cut short.
const MAX_LEN: usize = 16;

/// What is secret of an `Authorization` that was sent: the response of Digest, what follows the scheme
/// of any other.
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) fn of(authorization: &HeaderValue) -> Option<Self> {
        let value = String::from_utf8_lossy(authorization.as_bytes());
        let (scheme, rest) = value.trim().split_once(' ').unwrap_or(("", &value));
        let secret = if scheme.eq_ignore_ascii_case("Digest") {
            // The target, which stands before it, may hold anything but a space.
            let (_, response) = rest.split_once(" response=")?;
            response.trim_start_matches('"')
        } else {
            rest
        };
        let begin: String = secret.trim_start().chars().take(MAX_LEN).collect();
        // `=` is what base64 may end in, and often encoded.
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

    fn is_in(authorization: &str, text: &str) -> bool {
        let secret = Secret::of(&HeaderValue::from_str(authorization).unwrap());
        secret.is_some_and(|secret| secret.is_in(text))
    }

    #[test]
    fn what_follows_the_scheme_is_secret() {
        let basic = "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==";
        for text in [
            "\"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\"",
            "http://h/?a=QWxhZGRpbjpvcGVuIHNlc2FtZQ%3D%3D",
            "QWxhZGRpbjpvcGVuIHNl..",
            "%51WxhZGRpbjpvcGVuIHNlc2FtZQ",
        ] {
            assert!(is_in(basic, text), "{text}");
        }
        assert!(!is_in(basic, "Basic QWxhZGRpbjpv"));
        assert!(is_in("Bearer token-4711", "\"token-4711\""));
        assert!(is_in("token-4711", "\"token-4711\""));
        assert!(is_in("Basic dTpodW50ZXI=", "\"dTpodW50ZXI\""));
        assert!(!is_in("Bearer abc", "\"abc\""));
    }

    #[test]
    fn of_digest_the_response_is_secret() {
        let response = "6629fae49393a05397450978507c4ef1";
        let digest = format!(
            "Digest username=\"alice\", uri=\"/response=/index\", response=\"{response}\", nc=00000001"
        );
        assert!(is_in(&digest, response) && is_in(&digest, &digest));
        assert!(!is_in(&digest, "Digest username=\"alice\""));
        assert!(is_in(&format!("digest username=alice, response={response}"), response));
    }
}
