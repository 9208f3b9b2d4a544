//! The hash functions of Digest authentication (RFC 7616 section 3.2).

use md5::Md5;
use sha2::{Digest as _, Sha256, Sha512_256};

use crate::text::hex;

/// In order of strength: the last is the strongest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Hash {
    Md5,
    Sha256,
    Sha512_256,
}

impl Hash {
    /// The hash of the parts joined by `:`, in lower-case hexadecimal.
    pub(super) fn hex(self, parts: &[&[u8]]) -> String {
        let joined = parts.join(&b':');
        match self {
            Self::Md5 => hex(&Md5::digest(joined)),
            Self::Sha256 => hex(&Sha256::digest(joined)),
            Self::Sha512_256 => hex(&Sha512_256::digest(joined)),
        }
    }
}
