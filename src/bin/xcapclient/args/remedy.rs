//! What a user of the program can do about an error from the library.

use xcaplib::Error;

use super::wording::worded;

/// What to do about a certificate that is not accepted. The first entry whose sign occurs in the
/// text applies.
const CERTIFICATES: [(&str, &str); 7] = [
    ("UnknownIssuer", NOT_TRUSTED),
    ("unable to get local issuer", NOT_TRUSTED),
    ("self-signed certificate", NOT_TRUSTED),
    ("self signed certificate", NOT_TRUSTED),
    ("invalid peer certificate", NOT_RIGHT),
    ("certificate verify failed", NOT_RIGHT),
    ("(CA:TRUE)", NOT_RIGHT),
];

const NOT_TRUSTED: &str = "name a file with its authority's certificate with --cacert, or, on a \
                           test bench, take any certificate with -k";
const NOT_RIGHT: &str = "on a test bench, -k takes any certificate";

/// The text of an error in the program's words, and what else the user can do.
pub(crate) fn remedied(error: &Error) -> String {
    let text = worded(&error.to_string());
    let hint = CERTIFICATES.iter().find(|(sign, _)| error.is_tls() && text.contains(sign));
    match hint {
        Some((_, hint)) => format!("{text}; {hint}"),
        None => text,
    }
}
