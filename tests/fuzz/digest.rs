//! A Digest `Authorization` (RFC 7616 section 3.4), read strictly and computed anew.

use std::collections::BTreeMap;

use md5::Digest as _;

use super::server::{PASSWORD, Request};

/// What no two requests may have in common: where nonces are counted, all of it, as the server
/// takes one count of a nonce once.
#[derive(Debug)]
pub(crate) struct Digest {
    params: BTreeMap<String, String>,
}

impl PartialEq for Digest {
    fn eq(&self, other: &Self) -> bool {
        self.params.contains_key("nc")
            && ["nonce", "cnonce", "nc"]
                .iter()
                .all(|name| self.params.get(*name) == other.params.get(*name))
    }
}

impl Digest {
    /// `None` for another scheme.
    pub(crate) fn read(value: &str) -> Option<Self> {
        let text = value.strip_prefix("Digest ")?;
        let params = params(text).unwrap_or_else(|| panic!("{value:?}"));
        Some(Self { params })
    }

    fn get(&self, name: &str) -> &str {
        self.params.get(name).map_or("", String::as_str)
    }

    /// Whether a server that knows the password would let the request in. `before` came from the
    /// same client.
    pub(crate) fn proves(&self, request: &Request, before: &[Self]) {
        let qop = self.get("qop");
        let counted = ["nc", "cnonce"].map(|name| self.params.contains_key(name));
        assert!(if qop.is_empty() { !counted[0] } else { counted == [true; 2] }, "{self:?}");
        assert!(qop.is_empty() || self.get("nc").len() == 8, "{self:?}");
        assert_eq!(self.get("uri"), request.target(), "{self:?}");
        if self.params.values().any(|value| !value.is_ascii()) {
            // What is hashed is the server's bytes, which are not known here.
            return;
        }
        let user = match self.get("userhash") {
            "true" => self.hash(&["alice", self.get("realm")]),
            _ => "alice".to_owned(),
        };
        assert_eq!(self.get("username"), user, "{self:?}");
        // The key of a session is made with its first nonce, whatever nonces follow.
        let nonces = before.iter().chain([self]).map(|digest| digest.get("nonce"));
        let mut responses = nonces.map(|nonce| self.response(request, nonce));
        assert!(responses.any(|response| response == self.get("response")), "{self:?}");
    }

    fn response(&self, request: &Request, first_nonce: &str) -> String {
        let mut key = self.hash(&["alice", self.get("realm"), PASSWORD]);
        if self.get("algorithm").to_ascii_lowercase().ends_with("-sess") {
            key = self.hash(&[&key, first_nonce, self.get("cnonce")]);
        }
        let (method, target) = (request.method(), request.target());
        let what = match self.get("qop") {
            "auth-int" => {
                let body = std::str::from_utf8(&request.body).unwrap();
                self.hash(&[method, target, &self.hash(&[body])])
            }
            _ => self.hash(&[method, target]),
        };
        let nonce = self.get("nonce");
        match self.get("qop") {
            "" => self.hash(&[&key, nonce, &what]),
            qop => self.hash(&[&key, nonce, self.get("nc"), self.get("cnonce"), qop, &what]),
        }
    }

    fn hash(&self, parts: &[&str]) -> String {
        let text = parts.join(":");
        let algorithm = self.get("algorithm").to_ascii_uppercase();
        let bytes = match algorithm.strip_suffix("-SESS").unwrap_or(&algorithm) {
            "" | "MD5" => md5::Md5::digest(text).to_vec(),
            "SHA-256" => sha2::Sha256::digest(text).to_vec(),
            "SHA-512-256" => sha2::Sha512_256::digest(text).to_vec(),
            _ => panic!("{self:?}"),
        };
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The parameters as RFC 7616 writes them, each once.
fn params(mut text: &str) -> Option<BTreeMap<String, String>> {
    let mut params = BTreeMap::new();
    loop {
        let (name, rest) = text.split_once('=')?;
        let is_token = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric());
        let (value, rest) = match rest.strip_prefix('"') {
            Some(quoted) => unquoted(quoted)?,
            None => {
                let (value, rest) = rest.split_at(rest.find(", ").unwrap_or(rest.len()));
                let is_plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
                (value.bytes().all(is_plain) && !value.is_empty())
                    .then(|| (value.to_owned(), rest))?
            }
        };
        if !is_token || params.insert(name.to_owned(), value).is_some() {
            return None;
        }
        match rest.strip_prefix(", ") {
            Some(rest) => text = rest,
            None => return rest.is_empty().then_some(params),
        }
    }
}

/// A quoted string from behind its first quote, and what follows it.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.chars();
    loop {
        match chars.next()? {
            '\\' => value.push(chars.next()?),
            '"' => return Some((value, chars.as_str())),
            c => value.push(c),
        }
    }
}
