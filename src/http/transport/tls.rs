//! TLS settings for the HTTP library: roots, client certificates, and no verification if the caller
//! turns it off.

use ureq::tls::{
    Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig, TlsProvider, parse_pem,
};

use crate::answer::{Error, Result};

use super::options::TlsOptions;

/// The HTTP library's settings for these options.
pub(crate) fn config(options: &TlsOptions) -> Result<TlsConfig> {
    let provider =
        if cfg!(feature = "rustls") { TlsProvider::Rustls } else { TlsProvider::NativeTls };
    let client = options.client_certificate.as_deref().map(client_certificate).transpose()?;
    Ok(TlsConfig::builder()
        .provider(provider)
        .root_certs(roots(&options.ca_certificates)?)
        .client_cert(client)
        .disable_verification(options.accept_invalid)
        .build())
}

/// The usual roots, and the caller's own.
fn roots(own: &[Vec<u8>]) -> Result<RootCerts> {
    if own.is_empty() {
        return Ok(usual_roots());
    }
    let mut roots = usual_certificates()?;
    for pem in own {
        roots.extend(authorities(pem)?);
    }
    Ok(RootCerts::from(roots))
}

#[cfg(not(feature = "platform-verifier"))]
fn usual_roots() -> RootCerts {
    RootCerts::WebPki
}

#[cfg(feature = "platform-verifier")]
fn usual_roots() -> RootCerts {
    RootCerts::PlatformVerifier
}

#[cfg(not(feature = "platform-verifier"))]
#[expect(clippy::unnecessary_wraps, reason = "its twin can fail")]
fn usual_certificates() -> Result<Vec<Certificate<'static>>> {
    let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter();
    Ok(roots.map(|der| Certificate::from_der(der).to_owned()).collect())
}

/// The system's verifier cannot take additional authorities, so its roots are read as a list.
#[cfg(feature = "platform-verifier")]
fn usual_certificates() -> Result<Vec<Certificate<'static>>> {
    let loaded = rustls_native_certs::load_native_certs();
    if let (true, Some(error)) = (loaded.certs.is_empty(), loaded.errors.first()) {
        return Err(Error::invalid_input(format!(
            "ca_certificates: the system's own roots cannot be read to stand beside them: {error}"
        )));
    }
    Ok(loaded.certs.iter().map(|der| Certificate::from_der(der).to_owned()).collect())
}

fn authorities(pem: &[u8]) -> Result<Vec<Certificate<'static>>> {
    let (certificates, _) = read("ca_certificates", pem)?;
    Ok(certificates)
}

fn client_certificate(pem: &[u8]) -> Result<ClientCert> {
    let (chain, mut keys) = read("client_certificate", pem)?;
    match (keys.pop(), keys.is_empty()) {
        (Some(key), true) => {
            check_pair(&chain, &key)?;
            Ok(ClientCert::new_with_certs(&chain, key))
        }
        (None, _) => Err(refuse(
            "client_certificate",
            "the text contains no private key; add the `-----BEGIN PRIVATE KEY-----`, not encrypted",
        )),
        (Some(_), false) => Err(refuse(
            "client_certificate",
            "the text holds several private keys; leave the one of the certificate",
        )),
    }
}

/// The certificates and keys in a text. There must be at least one certificate.
fn read(option: &str, pem: &[u8]) -> Result<(Vec<Certificate<'static>>, Vec<PrivateKey<'static>>)> {
    let (mut certificates, mut keys) = (Vec::new(), Vec::new());
    for item in parse_pem(pem) {
        match item {
            Ok(PemItem::Certificate(certificate)) => certificates.push(certificate),
            Ok(PemItem::PrivateKey(key)) => keys.push(key),
            Ok(_) => {}
            Err(_) => return Err(refuse(option, "the text is not PEM")),
        }
    }
    if certificates.is_empty() {
        return Err(refuse(option, "the text contains no `-----BEGIN CERTIFICATE-----`"));
    }
    Ok((certificates, keys))
}

fn refuse(option: &str, fault: &str) -> Error {
    Error::invalid_input(format!("{option}: {fault}"))
}

/// Without this check, the HTTP library panics if the key is broken or does not fit the
/// certificate.
#[cfg(feature = "rustls")]
fn check_pair(chain: &[Certificate<'_>], key: &PrivateKey<'_>) -> Result<()> {
    use rustls::crypto::{CryptoProvider, ring};
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    use rustls::{ClientConfig, RootCertStore};

    let faulty = |fault: &str| refuse("client_certificate", fault);
    let certificates = chain.iter().map(|c| CertificateDer::from(c.der().to_vec())).collect();
    let bytes = key.der().to_vec();
    let key = match kind(key).as_str() {
        "Pkcs1" => PrivateKeyDer::Pkcs1(bytes.into()),
        "Sec1" => PrivateKeyDer::Sec1(bytes.into()),
        _ => PrivateKeyDer::Pkcs8(bytes.into()),
    };
    let provider = CryptoProvider::get_default()
        .map_or_else(|| ring::default_provider().into(), std::sync::Arc::clone);
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| faulty(&error.to_string()))?
        .with_root_certificates(RootCertStore::empty())
        .with_client_auth_cert(certificates, key)
        .map(drop)
        .map_err(|error| faulty(&format!("the private key is not usable: {error}")))
}

#[cfg(not(feature = "rustls"))]
fn check_pair(_: &[Certificate<'_>], key: &PrivateKey<'_>) -> Result<()> {
    if kind(key) == "Pkcs8" {
        return Ok(());
    }
    Err(refuse(
        "client_certificate",
        "the private key is not PKCS #8; `openssl pkcs8 -topk8 -nodes` makes it that",
    ))
}

/// The kind of key that its label gives. The type has no public name.
fn kind(key: &PrivateKey<'_>) -> String {
    format!("{:?}", key.kind())
}
