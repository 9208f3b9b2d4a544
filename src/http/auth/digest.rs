//! A Digest challenge (RFC 7616) that can be answered.

use crate::http_types::text_of;

use super::hash::Hash;
use super::params::AuthParams;

/// The protection that a response states (section 3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Qop {
    Auth,
    AuthInt,
}

impl Qop {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::AuthInt => "auth-int",
        }
    }
}

/// What the key of the responses is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Password,
    /// A key of the session's own (section 3.4.2).
    Session,
    /// The RES that AKA makes from the nonce, used as the password (RFC 3310 section 3.3).
    Aka,
}

/// Why a Digest challenge cannot be answered.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    Missing(&'static str),
    Unknown(&'static str, Vec<u8>),
}

/// A Digest challenge that can be answered (section 3.3).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct DigestChallenge {
    pub(super) realm: Vec<u8>,
    pub(super) nonce: Vec<u8>,
    pub(super) opaque: Option<Vec<u8>>,
    pub(super) hash: Hash,
    pub(super) key: Key,
    /// As the server wrote it; `None` if it wrote none.
    pub(super) algorithm: Option<String>,
    /// `None` for the form of RFC 2069.
    pub(super) qop: Option<Qop>,
    stale: bool,
    pub(super) userhash: bool,
}

impl DigestChallenge {
    /// `knows_aka`: whether AKA can be answered.
    pub(super) fn read(challenge: &AuthParams, knows_aka: bool) -> Result<Self, Flaw> {
        let required = |name| challenge.get(name).map(<[u8]>::to_vec).ok_or(Flaw::Missing(name));
        let given = challenge.get("algorithm");
        let (hash, key) = match given {
            Some(name) => read_algorithm(name)
                .filter(|(_, key)| *key != Key::Aka || knows_aka)
                .ok_or_else(|| Flaw::Unknown("algorithm", name.to_vec()))?,
            None => (Hash::Md5, Key::Password),
        };
        let nonce = challenge.get("nonce").filter(|nonce| !nonce.is_empty());
        Ok(Self {
            nonce: nonce.map(<[u8]>::to_vec).ok_or(Flaw::Missing("nonce"))?,
            realm: required("realm")?,
            opaque: challenge.get("opaque").map(<[u8]>::to_vec),
            hash,
            key,
            algorithm: given.map(|name| text_of(name).into_owned()),
            qop: challenge.get("qop").map_or(Ok(None), read_qop)?,
            stale: challenge.says("stale", "true"),
            userhash: challenge.says("userhash", "true"),
        })
    }

    /// Whether the server says that only the nonce was wrong, not the password.
    pub(super) fn is_stale(&self) -> bool {
        self.stale
    }

    /// Whether this challenge is preferred to another. The stronger hash wins, and AKA comes last.
    pub(super) fn is_stronger_than(&self, other: &Self) -> bool {
        let rank = |it: &Self| (it.key != Key::Aka, it.hash);
        rank(self) > rank(other)
    }
}

fn read_algorithm(name: &[u8]) -> Option<(Hash, Key)> {
    let known = [
        ("MD5", Hash::Md5, Key::Password),
        ("MD5-sess", Hash::Md5, Key::Session),
        ("SHA-256", Hash::Sha256, Key::Password),
        ("SHA-256-sess", Hash::Sha256, Key::Session),
        ("SHA-512-256", Hash::Sha512_256, Key::Password),
        ("SHA-512-256-sess", Hash::Sha512_256, Key::Session),
        // RFC 3310 section 3.1.
        ("AKAv1-MD5", Hash::Md5, Key::Aka),
    ];
    let found = known.into_iter().find(|(known, ..)| name.eq_ignore_ascii_case(known.as_bytes()));
    found.map(|(_, hash, key)| (hash, key))
}

/// Prefers `auth` to `auth-int` and ignores unknown values. Unless the list is empty, it must
/// contain one of the two.
fn read_qop(list: &[u8]) -> Result<Option<Qop>, Flaw> {
    let offers = |qop: Qop| {
        let separator = |byte: &u8| *byte == b',' || byte.is_ascii_whitespace();
        list.split(separator).any(|item| item.eq_ignore_ascii_case(qop.name().as_bytes()))
    };
    match () {
        () if offers(Qop::Auth) => Ok(Some(Qop::Auth)),
        () if offers(Qop::AuthInt) => Ok(Some(Qop::AuthInt)),
        () if list.trim_ascii().is_empty() => Ok(None),
        () => Err(Flaw::Unknown("qop", list.to_vec())),
    }
}

#[cfg(test)]
mod tests {
    use super::super::params::read_challenges;
    use super::*;

    fn read(header: &str) -> Result<DigestChallenge, Flaw> {
        DigestChallenge::read(&read_challenges([header.as_bytes()].into_iter())[0], true)
    }

    #[test]
    fn what_a_challenge_says() {
        let algorithm = |value: &str| {
            read(&format!("Digest realm=a, nonce=b, algorithm={value}")).map(|c| (c.hash, c.key))
        };
        assert_eq!(algorithm("md5"), Ok((Hash::Md5, Key::Password)));
        assert_eq!(algorithm("\"Sha-256\""), Ok((Hash::Sha256, Key::Password)));
        assert_eq!(algorithm("md5-SESS"), Ok((Hash::Md5, Key::Session)));
        assert_eq!(algorithm("akaV1-md5"), Ok((Hash::Md5, Key::Aka)));
        // RFC 4169 makes a different password.
        assert_eq!(algorithm("AKAv2-MD5"), Err(Flaw::Unknown("algorithm", b"AKAv2-MD5".to_vec())));
        assert_eq!(algorithm("SHA-1"), Err(Flaw::Unknown("algorithm", b"SHA-1".to_vec())));
        let qop =
            |value: &str| read(&format!("Digest realm=a, nonce=b, qop={value}")).map(|c| c.qop);
        assert_eq!(qop("auth"), Ok(Some(Qop::Auth)));
        assert_eq!(qop("\"auth-int,AUTH\""), Ok(Some(Qop::Auth)));
        assert_eq!(qop("\"auth-int\tauth\""), Ok(Some(Qop::Auth)));
        assert_eq!(qop("auth-int"), Ok(Some(Qop::AuthInt)));
        assert_eq!(qop("\"auth-int, x\""), Ok(Some(Qop::AuthInt)));
        assert_eq!(qop("\"\""), Ok(None));
        assert_eq!(qop("x"), Err(Flaw::Unknown("qop", b"x".to_vec())));
        let stale =
            |value: &str| read(&format!("Digest realm=a, nonce=b, stale={value}")).unwrap().stale;
        assert!(stale("true") && stale("\"TRUE\"") && !stale("false") && !stale("\"\""));
        assert_eq!(read("Digest realm=a"), Err(Flaw::Missing("nonce")));
        assert_eq!(read("Digest realm=a, nonce=\"\""), Err(Flaw::Missing("nonce")));
        assert_eq!(read("Digest nonce=a"), Err(Flaw::Missing("realm")));
        assert_eq!(read("Digest realm=a, nonce=b").unwrap().algorithm, None);
    }
}
