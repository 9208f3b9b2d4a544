//! Why a 401 is handed to the caller.

use std::fmt;

use crate::http::fields::MAX_VALUE;
use crate::text::printable_within;

/// How much of a server's text is shown.
const MAX_SHOWN: usize = 64;
/// How many schemes are named.
const MAX_SCHEMES: usize = 8;

/// Why authentication ended without success, for the text of an error. It holds nothing secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// A challenge, and no password to answer it with.
    NoPassword { scheme: &'static str, realm: String },
    /// A challenge, and the caller's closure gave no credentials for it.
    NotGiven { scheme: &'static str, realm: String },
    /// The caller's closure gave a user name that cannot be sent.
    BadUserName { realm: String },
    /// The server refused a fresh nonce or Basic.
    WrongPassword { realm: String },
    /// Basic alone is offered, and the connection is not private.
    BasicOverHttp,
    /// Basic alone is offered, and the user name has a `:` (RFC 7617 section 2).
    ColonInUserName { advice: &'static str },
    /// Basic would take a longer value than a request can hold.
    TooLongForBasic,
    /// A Digest challenge lacks a parameter that RFC 7616 section 3.3 requires.
    Incomplete { parameter: &'static str },
    /// A Digest challenge is so long that no request could hold the answer.
    TooLong,
    /// The server offers no scheme that the client knows.
    Unsupported { offered: Vec<String> },
    /// A 401 without a `WWW-Authenticate` that can be read.
    NoChallenge,
    /// The sends of the call are used up.
    Exhausted { sends: u8 },
    /// The server refused the value that the caller's own closure made.
    OwnRefused,
    /// The answer's `rspauth` is wrong (RFC 7616 section 3.5).
    BadProof,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPassword { scheme, realm } => write!(
                f,
                "the server asks for {scheme} authentication of realm `{}` and the client has no \
                 password",
                shown(realm)
            ),
            Self::NotGiven { scheme, realm } => write!(
                f,
                "the server asks for {scheme} authentication of realm `{}` and the client's \
                 `credentials` closure gives nothing for it",
                shown(realm)
            ),
            Self::BadUserName { realm } => write!(
                f,
                "the user name that the client's `credentials` closure gives for realm `{}` holds \
                 a control character or is longer than {MAX_VALUE} bytes",
                shown(realm)
            ),
            Self::WrongPassword { realm } => write!(
                f,
                "the server refused the user name and password for realm `{}`; check both, and \
                 whether the user may do this",
                shown(realm)
            ),
            Self::BasicOverHttp => f.write_str(
                "the server asks for Basic authentication, which would send the password in the \
                 clear; \
                 use https or allow it with `allow_basic_over_http`",
            ),
            Self::ColonInUserName { advice } => write!(
                f,
                "the server asks for Basic authentication, which cannot carry a user name with \
                 `:`; {advice}"
            ),
            Self::TooLongForBasic => f.write_str(
                "the server asks for Basic authentication, and the user name and password are \
                 longer than a request can carry",
            ),
            Self::Incomplete { parameter } => write!(
                f,
                "the server's Digest challenge has no `{parameter}` and cannot be answered; the \
                 server needs to be corrected"
            ),
            Self::TooLong => f.write_str(
                "the server's Digest challenge is too long to be answered; the server needs to be \
                 corrected",
            ),
            Self::Unsupported { offered } => {
                f.write_str(
                    "the server offers only authentication that this client does not know: ",
                )?;
                write_schemes(f, offered)?;
                f.write_str("; Digest or Basic is needed")
            }
            Self::NoChallenge => f.write_str(
                "the server asks for authentication without a challenge; its WWW-Authenticate \
                 header is missing, empty or unreadable",
            ),
            Self::Exhausted { sends } => write!(
                f,
                "the request was sent {sends} times and the server accepted none of its own \
                 nonces; try again later"
            ),
            Self::OwnRefused => f.write_str(
                "the server refused what the client's `authorization` closure made; check what it \
                 makes of the challenges",
            ),
            Self::BadProof => f.write_str(
                "the server's answer does not prove that the server knows the password, its \
                 `rspauth` is wrong",
            ),
        }
    }
}

fn write_schemes(f: &mut fmt::Formatter<'_>, offered: &[String]) -> fmt::Result {
    for (place, name) in offered.iter().take(MAX_SCHEMES).enumerate() {
        let separator = if place == 0 { "" } else { ", " };
        write!(f, "{separator}`{}`", shown(name))?;
    }
    match offered.len().saturating_sub(MAX_SCHEMES) {
        0 => Ok(()),
        more => write!(f, " and {more} more"),
    }
}

/// A server's text, cut to a limit and made safe for a terminal.
fn shown(text: &str) -> String {
    printable_within(text, MAX_SHOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(refusal: &Refusal, expected: &str) {
        assert_eq!(refusal.to_string(), expected);
    }

    #[test]
    fn texts() {
        let realm = || "example.com".to_owned();
        check(
            &Refusal::NoPassword { scheme: "Digest", realm: realm() },
            "the server asks for Digest authentication of realm `example.com` and the client has \
             no password",
        );
        check(
            &Refusal::WrongPassword { realm: realm() },
            "the server refused the user name and password for realm `example.com`; \
             check both, and whether the user may do this",
        );
        check(
            &Refusal::BasicOverHttp,
            "the server asks for Basic authentication, which would send the password in the clear; \
             use https or allow it with `allow_basic_over_http`",
        );
        check(
            &Refusal::NotGiven { scheme: "Digest", realm: realm() },
            "the server asks for Digest authentication of realm `example.com` and the client's \
             `credentials` closure gives nothing for it",
        );
        check(
            &Refusal::BadUserName { realm: realm() },
            "the user name that the client's `credentials` closure gives for realm `example.com` \
             holds a control character or is longer than 122880 bytes",
        );
        check(
            &Refusal::ColonInUserName { advice: "give another with `auth_username`" },
            "the server asks for Basic authentication, which cannot carry a user name with `:`; \
             give another with `auth_username`",
        );
        check(
            &Refusal::TooLongForBasic,
            "the server asks for Basic authentication, and the user name and password are longer \
             than a request can carry",
        );
        check(
            &Refusal::Incomplete { parameter: "nonce" },
            "the server's Digest challenge has no `nonce` and cannot be answered; the server \
             needs to be corrected",
        );
        check(
            &Refusal::TooLong,
            "the server's Digest challenge is too long to be answered; the server needs to be \
             corrected",
        );
        check(
            &Refusal::Unsupported { offered: vec!["Negotiate".to_owned(), "NTLM".to_owned()] },
            "the server offers only authentication that this client does not know: `Negotiate`, \
             `NTLM`; \
             Digest or Basic is needed",
        );
        check(
            &Refusal::NoChallenge,
            "the server asks for authentication without a challenge; its WWW-Authenticate header \
             is missing, empty or unreadable",
        );
        check(
            &Refusal::Exhausted { sends: 3 },
            "the request was sent 3 times and the server accepted none of its own nonces; try \
             again later",
        );
        check(
            &Refusal::OwnRefused,
            "the server refused what the client's `authorization` closure made; check what it \
             makes of the challenges",
        );
        check(
            &Refusal::BadProof,
            "the server's answer does not prove that the server knows the password, its `rspauth` \
             is wrong",
        );
    }

    #[test]
    fn what_the_server_wrote_is_bounded_and_escaped() {
        check(
            &Refusal::NoPassword {
                scheme: "Basic",
                realm: "a\r\n\u{1b}[2J\u{202e}\u{e4}".to_owned(),
            },
            "the server asks for Basic authentication of realm `a\\r\\n\\u{1b}[2J\\u{202e}\u{e4}` \
             and the client has no password",
        );
        let long = Refusal::Unsupported { offered: vec!["x".repeat(100_000); 100] }.to_string();
        assert!(long.contains(&format!("`{}..`", "x".repeat(64))));
        assert!(long.contains(" and 92 more; ") && long.len() < 1000);
    }
}
