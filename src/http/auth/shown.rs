//! The parts of credentials that others may read.

use crate::http_types::text_of;

use super::params::{AuthParams, read_challenges, read_info};

/// Stands for what others may not read.
pub(crate) const REDACTED: &str = "<redacted>";

/// The Digest parameters that are not secret (RFC 7616 sections 3.4 and 3.5), and whether the value
/// of each is an unquoted word. A password can be guessed from `response` or `rspauth`.
const PUBLIC: [(&str, bool); 11] = [
    ("username", false),
    ("realm", false),
    ("nonce", false),
    ("uri", false),
    ("cnonce", false),
    ("opaque", false),
    ("nextnonce", false),
    ("qop", true),
    ("nc", true),
    ("algorithm", true),
    ("userhash", true),
];

/// An `Authorization` value: the scheme, and for Digest also the parameters that are not secret.
pub(crate) fn shown_authorization(value: &[u8]) -> String {
    let value = value.trim_ascii();
    let Some(space) = value.iter().position(|byte| *byte == b' ') else {
        return REDACTED.to_owned();
    };
    let (scheme, _) = value.split_at(space);
    let scheme = text_of(scheme).into_owned();
    let first = read_challenges([value].into_iter()).into_iter().next();
    let digest = first.filter(|first| first.is("Digest") && first.is(&scheme));
    let params = digest.as_ref().map(shown_params).filter(|params| !params.is_empty());
    format!("{scheme} {}", params.as_deref().unwrap_or(REDACTED))
}

/// An `Authentication-Info` value.
pub(crate) fn shown_info(value: &[u8]) -> String {
    shown_params(&read_info([value].into_iter()))
}

fn shown_params(of: &AuthParams) -> String {
    let params = of.params().map(|(name, value)| {
        let (name, value) = (text_of(name), text_of(value));
        match PUBLIC.iter().find(|(known, _)| name.eq_ignore_ascii_case(known)) {
            Some((_, true)) => format!("{name}={value}"),
            Some((_, false)) => format!("{name}=\"{value}\""),
            None => format!("{name}={REDACTED}"),
        }
    });
    params.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, expected: &str) {
        assert_eq!(shown_authorization(value.as_bytes()), expected);
    }

    #[test]
    fn of_digest_the_response_is_left_out() {
        check(
            "Digest username=\"alice\", realm=\"r\", nonce=\"n,=\", uri=\"/response=/i\", \
             response=\"6629fae4\", algorithm=MD5, cnonce=\"c\", qop=auth, nc=00000001",
            "Digest username=\"alice\", realm=\"r\", nonce=\"n,=\", uri=\"/response=/i\", \
             response=<redacted>, algorithm=MD5, cnonce=\"c\", qop=auth, nc=00000001",
        );
        check(
            "digest response=6629fae4, auts=\"x\"",
            "digest response=<redacted>, auts=<redacted>",
        );
    }

    #[test]
    fn of_other_schemes_only_their_name_is_shown() {
        check("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Basic <redacted>");
        check(" Bearer abc", "Bearer <redacted>");
        check("Bearer a, Digest username=\"b\"", "Bearer <redacted>");
        check("hunter2", "<redacted>");
        check("", "<redacted>");
        check("Digest hunter2", "Digest <redacted>");
    }
}
