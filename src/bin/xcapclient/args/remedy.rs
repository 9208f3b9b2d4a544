//! What a user of the program can do about an error of the library: options in place of calls.

use xcaplib::Error;

/// What the library says, and what the program says instead.
const WORDS: [(&str, &str); 8] = [
    ("`ca_certificates` needs", "--cacert needs"),
    ("`client_certificate` needs", "--cert needs"),
    ("`danger_accept_invalid_certs` needs", "--insecure needs"),
    ("give it one with `client_certificate`", "give it one with --cert and --key"),
    ("the one of `client_certificate`", "the one of --cert"),
    ("to `proxy`, or `None`", "to --proxy, or ''"),
    ("the URL of `proxy`", "the URL of --proxy"),
    ("`proxy`: ", "--proxy: "),
];

/// What to do about a certificate that is not taken: the first whose sign is in the text.
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

/// The text of an error in these words, and what else there is to do.
pub(super) fn remedied(text: &str, error: &Error) -> String {
    let text =
        WORDS.iter().fold(text.to_owned(), |text, (call, option)| text.replace(call, option));
    let hint = CERTIFICATES.iter().find(|(sign, _)| error.is_tls() && text.contains(sign));
    match hint {
        Some((_, hint)) => format!("{text}; {hint}"),
        None => text,
    }
}
