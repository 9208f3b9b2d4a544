//! An `Authorization` value, and which part of it is secret.

use std::fmt;

use super::params::read_challenges;
use crate::http::echo::Secret;

/// The value and its secret are made together. If the secret were searched for in the value later,
/// a realm or nonce from the server could hide it.
#[derive(Clone)]
pub(crate) struct Authorization {
    value: Vec<u8>,
    secret: Option<Secret>,
    is_own: bool,
}

impl Authorization {
    /// The response is secret, because a password can be guessed from it.
    pub(super) fn digest(value: Vec<u8>, response: &str) -> Self {
        Self { value, secret: Secret::of(response.as_bytes()), is_own: false }
    }

    /// The encoded password after the scheme is secret.
    pub(super) fn basic(token: &str) -> Self {
        let value = format!("Basic {token}").into_bytes();
        Self { value, secret: Secret::of(token.as_bytes()), is_own: false }
    }

    /// A value that the caller's closure made. In Digest the response is secret; in any other
    /// scheme everything after the scheme name is.
    pub(crate) fn own(value: &[u8]) -> Self {
        let digest = read_challenges([value].into_iter()).into_iter().find(|it| it.is("Digest"));
        let response = digest.as_ref().and_then(|digest| digest.get("response"));
        let value = value.trim_ascii();
        let space = value.iter().position(|byte| *byte == b' ').unwrap_or(0);
        let secret = response.or_else(|| value.get(space..)).and_then(Secret::of);
        Self { value: value.to_vec(), secret, is_own: true }
    }

    /// Bytes above 0x7F come from the server: from its realm, nonce or opaque.
    pub(crate) fn value(&self) -> &[u8] {
        &self.value
    }

    pub(crate) fn secret(&self) -> Option<&Secret> {
        self.secret.as_ref()
    }

    /// Whether the caller made it.
    pub(crate) fn is_own(&self) -> bool {
        self.is_own
    }
}

impl PartialEq for Authorization {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Eq for Authorization {}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn is_secret(value: &str, text: &str) -> bool {
        Authorization::own(value.as_bytes()).secret().is_some_and(|secret| secret.is_in(text))
    }

    const RESPONSE: &str = "6629fae49393a05397450978507c4ef1";

    #[test]
    fn of_a_callers_value_all_but_the_scheme_is_secret() {
        assert!(is_secret("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "\"QWxhZGRpbjpvcGVuIHNlc2FtZQ\""));
        assert!(is_secret("Bearer token-4711", "\"token-4711\""));
        assert!(is_secret("token-4711", "\"token-4711\""));
        assert!(!is_secret("Bearer abc", "\"abc\""));
    }

    #[test]
    fn of_a_callers_digest_the_response_is_secret() {
        for digest in [
            format!("Digest username=\"alice\", uri=\"/response=/index\", response=\"{RESPONSE}\""),
            format!("digest username=alice, response={RESPONSE}"),
            format!("Digest realm=\"a response=b\", response=\"{RESPONSE}\", nc=00000001"),
            format!("Digest nonce=\"a\\\" response=\\\"b\", response=\"{RESPONSE}\""),
        ] {
            assert!(is_secret(&digest, RESPONSE) && is_secret(&digest, &digest), "{digest}");
            assert!(!is_secret(&digest, "Digest username=\"alice\""), "{digest}");
        }
    }
}
