//! The certificate files that an option or an account names.

use std::path::PathBuf;

use super::failure::Failure;
use super::ini::{Entries, FILE, Section};
use super::reach::Reach;

/// Files in PEM.
pub(crate) struct Trust {
    /// Authorities to trust in addition to the usual ones.
    pub(crate) authorities: Option<PathBuf>,
    /// The certificate to present.
    pub(crate) certificate: Option<PathBuf>,
    /// Its private key, unless the key is in the same file.
    pub(crate) key: Option<PathBuf>,
}

impl Trust {
    /// `entries` are those of the account. The entries about TLS count only for https, so that no
    /// file is read in vain.
    pub(super) fn find(
        reach: &Reach,
        entries: &Entries<'_>,
        is_https: bool,
    ) -> Result<Self, Failure> {
        let path = |value: Option<&str>| value.filter(|_| is_https).map(|path| entries.path(path));
        let pair = |section: &Section<'_>| {
            (path(section.value("client_cert")), path(section.value("client_key")))
        };
        let given = (reach.cert.clone(), reach.key.clone());
        let (certificate, key) = nearest_pair([given, pair(&entries.own), pair(&entries.default)])?;
        let authorities = reach.cacert.clone().or_else(|| path(entries.value("ca_file")));
        Ok(Self { authorities, certificate, key })
    }
}

type Pair = (Option<PathBuf>, Option<PathBuf>);

/// The first certificate, with the first key at the same place or before it. A key that is named at
/// a later place belongs to another certificate.
fn nearest_pair(pairs: [Pair; 3]) -> Result<Pair, Failure> {
    let mut key = None;
    for (certificate, its_key) in pairs {
        key = key.or(its_key);
        if certificate.is_some() {
            return Ok((certificate, key));
        }
    }
    match key {
        None => Ok((None, None)),
        Some(key) => Err(Failure::Usage(format!(
            "{} is a private key without its certificate; give that with --cert, or client_cert in \
             {FILE}",
            key.display()
        ))),
    }
}
