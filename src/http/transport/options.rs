//! How a client's connections are made, and their limits.

use std::time::Duration;

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
use crate::answer::{Error, Result};

/// The longest head of an answer that is read, in bytes. It is less than the HTTP library's buffer,
/// because the library takes a full buffer for a closed connection.
pub(super) const MAX_HEAD: usize = 64 * 1024;

/// How a client's connections are made.
#[derive(Clone)]
pub(crate) struct TransportOptions {
    pub(crate) timeout: Duration,
    pub(crate) connect_timeout: Duration,
    /// How long a connection may be idle before it is no longer used.
    pub(crate) idle_timeout: Duration,
    pub(crate) user_agent: String,
    pub(crate) max_body: u64,
    pub(crate) tls: TlsOptions,
}

/// How the two ends of a connection identify each other.
#[derive(Clone, Default)]
pub(crate) struct TlsOptions {
    /// Certificates to trust beside the usual ones, as PEM.
    pub(crate) ca_certificates: Vec<Vec<u8>>,
    /// The client's own certificate, the intermediate certificates and the private key, as PEM.
    pub(crate) client_certificate: Option<Vec<u8>>,
    pub(crate) accept_invalid: bool,
}

/// What to do if a build without TLS is asked for TLS.
pub(super) const NEEDS_TLS: &str =
    "needs TLS; turn on one of the features `rustls`, `platform-verifier` and `native-tls`";

/// In a build without TLS, a TLS option is a mistake that must not pass unnoticed.
#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
pub(super) fn check_without_tls(options: &TlsOptions) -> Result<()> {
    let name = if !options.ca_certificates.is_empty() {
        "ca_certificates"
    } else if options.client_certificate.is_some() {
        "client_certificate"
    } else if options.accept_invalid {
        "danger_accept_invalid_certs"
    } else {
        return Ok(());
    };
    Err(Error::invalid_input(format!("`{name}` {NEEDS_TLS}")))
}
