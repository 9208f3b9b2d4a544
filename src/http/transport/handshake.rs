//! Texts for what TLS libraries report: what is wrong, and who has to fix it.

/// What a TLS fault is about, and what to do.
struct Meaning {
    /// The fault is this one if the library's text contains one of these.
    signs: &'static [&'static str],
    words: &'static str,
    /// Whether TLS ended before the server looked at a request.
    is_refused: bool,
}

const MEANINGS: [Meaning; 4] = [
    Meaning {
        signs: &["CaUsedAsEndEntity"],
        words: "the server's certificate says that it is an authority's (CA:TRUE) and cannot be a \
                server's too; \
                make one for the server with `openssl req -x509 -addext basicConstraints=critical,CA:FALSE \
                -addext subjectAltName=DNS:xcap.example.com ..`, or one that your authority signs",
        is_refused: false,
    },
    Meaning {
        signs: &[
            "received corrupt message of type InvalidContentType",
            "wrong version number",
            "packet length too long",
            "http request",
        ],
        words: "what answers at this port does not speak TLS; if it speaks http, so must the root",
        is_refused: false,
    },
    Meaning {
        signs: &["CertificateRequired", "certificate required"],
        words: "the server wants a certificate of the client; give it one with \
                `client_certificate`",
        is_refused: true,
    },
    Meaning {
        signs: &[
            "received fatal alert: UnknownCA",
            "received fatal alert: BadCertificate",
            "received fatal alert: CertificateUnknown",
            "received fatal alert: CertificateExpired",
            "alert unknown ca",
            "alert bad certificate",
            "alert certificate unknown",
            "alert certificate expired",
        ],
        words: "the server does not take the client's certificate, the one of `client_certificate`",
        is_refused: true,
    },
];

fn meaning(text: &str) -> Option<&'static Meaning> {
    MEANINGS.iter().find(|meaning| meaning.signs.iter().any(|sign| text.contains(sign)))
}

/// The reason that a text of the TLS library gives.
pub(super) fn tls_reason(text: &str) -> String {
    match meaning(text) {
        Some(meaning) => format!("TLS: {}", meaning.words),
        None => format!("TLS: {text}"),
    }
}

/// Whether the server ended TLS over the client's certificate. In TLS 1.3 the client may have sent
/// its request by then. The server does not read it before it has the certificate.
pub(super) fn is_refused_by_tls(error: &ureq::Error) -> bool {
    meaning(&error.to_string()).is_some_and(|meaning| meaning.is_refused)
}
