//! Certificates, in the form that the builder takes.

use std::fs;
use std::path::{Path, PathBuf};

use xcaplib::{Error, XCAPClientBuilder};

use crate::args::{Account, Failure, Trust};

/// Reads the certificates that an account trusts and presents, and the system's store. The store is
/// read only for https, because that takes milliseconds.
pub(super) fn of_client(
    mut builder: XCAPClientBuilder,
    account: &Account,
    is_insecure: bool,
) -> Result<XCAPClientBuilder, Failure> {
    let trust = &account.trust;
    if let Some(path) = &trust.authorities {
        builder = builder.ca_certificates(read(path)?);
    }
    if let Some(path) = &trust.certificate {
        let mut pem = read(path)?;
        if let Some(key) = &trust.key {
            pem.push(b'\n');
            pem.extend(read(key)?);
        }
        builder = builder.client_certificate(pem);
    }
    if is_insecure {
        return Ok(builder.danger_accept_invalid_certs(true));
    }
    match account.is_https().then(system_store).flatten() {
        Some(pem) => Ok(builder.ca_certificates(pem)),
        None => Ok(builder),
    }
}

/// Why no client can be made. If the library blames one of its options, the error names the file
/// instead.
pub(super) fn refused(error: Error, trust: &Trust) -> Failure {
    let text = error.to_string();
    let of = |option: &str, files: [Option<&PathBuf>; 2]| {
        let fault = text.strip_prefix(option).filter(|fault| !fault.starts_with("the system"))?;
        let files: Vec<_> = files.into_iter().flatten().map(|file| file.display()).collect();
        let files = files.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
        (!files.is_empty()).then(|| Failure::Usage(format!("{files}: {fault}")))
    };
    of("ca_certificates: ", [trust.authorities.as_ref(), None])
        .or_else(|| of("client_certificate: ", [trust.certificate.as_ref(), trust.key.as_ref()]))
        .unwrap_or_else(|| error.into())
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path)
        .map_err(|error| Failure::Usage(format!("cannot read {}: {error}", path.display())))
}

/// The certificates that the system trusts, in PEM. A certificate that cannot be read is left out,
/// since it may not matter. If none of the certificates that the environment names can be read, a
/// warning says so.
#[cfg(all(any(feature = "rustls", feature = "native-tls"), not(feature = "platform-verifier")))]
fn system_store() -> Option<String> {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    let loaded = rustls_native_certs::load_native_certs();
    let found = loaded.certs;
    let mut named = ["SSL_CERT_FILE", "SSL_CERT_DIR"].into_iter();
    if let Some(name) = named.find(|name| found.is_empty() && std::env::var_os(name).is_some()) {
        let error = loaded.errors.first().map(|error| format!(": {error}")).unwrap_or_default();
        crate::stderr::line(&format!(
            "warning: {name} gives no certificate of an authority{error}"
        ));
    }
    let pem = |text: String, der: &[u8]| {
        let body = STANDARD.encode(der);
        text + "-----BEGIN CERTIFICATE-----\n" + &body + "\n-----END CERTIFICATE-----\n"
    };
    (!found.is_empty()).then(|| found.iter().fold(String::new(), |text, der| pem(text, der)))
}

/// Without TLS no certificate is trusted. A build with the system's verifier trusts the store
/// already.
#[cfg(not(all(
    any(feature = "rustls", feature = "native-tls"),
    not(feature = "platform-verifier")
)))]
fn system_store() -> Option<String> {
    None
}
