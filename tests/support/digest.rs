//! A Digest `Authorization` (RFC 7616 section 3.4), read strictly and computed anew, apart
//! from the client and the test server. `tests/flows.rs` compares it with answers of another library.

#![allow(dead_code, reason = "no test binary uses all of it")]

use std::collections::BTreeMap;

use md5::Digest as _;

/// What is asked for, and by whom.
pub(crate) struct Asked<'a> {
    pub(crate) user: &'a str,
    pub(crate) password: &'a str,
    pub(crate) method: &'a str,
    pub(crate) target: &'a str,
    pub(crate) body: &'a [u8],
}

/// The parameters of a challenge or of an answer to one.
#[derive(Debug)]
pub(crate) struct Digest {
    params: BTreeMap<String, String>,
}

/// What no two requests may have in common: where nonces are counted, all of it, as the server
/// takes one count of a nonce once.
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

    pub(crate) fn get(&self, name: &str) -> &str {
        self.params.get(name).map_or("", String::as_str)
    }

    /// The field that answers a challenge for the `nc`th time, written as other clients do.
    pub(crate) fn answer(challenge: &str, nc: u32, asked: &Asked<'_>) -> String {
        let mut answer = Self::read(challenge).unwrap();
        answer
            .params
            .retain(|name, _| ["realm", "nonce", "opaque", "algorithm"].contains(&&**name));
        let nc = format!("{nc:08x}");
        let own = [("username", asked.user), ("uri", asked.target), ("qop", "auth")];
        for (name, value) in own.into_iter().chain([("nc", &*nc), ("cnonce", "c")]) {
            answer.params.insert(name.to_owned(), value.to_owned());
        }
        let response = answer.response(asked, answer.get("nonce"));
        let mut field = format!("Digest response=\"{response}\"");
        for (name, value) in &answer.params {
            match name.as_str() {
                "algorithm" | "nc" | "qop" => field += &format!(", {name}={value}"),
                _ => field += &format!(", {name}=\"{value}\""),
            }
        }
        field
    }

    /// Whether a server that knows the password would let the request in. `before` came from the
    /// same client.
    pub(crate) fn proves(&self, asked: &Asked<'_>, before: &[Self]) {
        let qop = self.get("qop");
        let counted = ["nc", "cnonce"].map(|name| self.params.contains_key(name));
        assert!(if qop.is_empty() { !counted[0] } else { counted == [true; 2] }, "{self:?}");
        assert!(qop.is_empty() || self.get("nc").len() == 8, "{self:?}");
        assert_eq!(self.get("uri"), asked.target, "{self:?}");
        let texts = self.params.iter().filter(|(name, _)| *name != "username*");
        if texts.clone().any(|(_, value)| !value.is_ascii()) {
            // What is hashed is the server's bytes, which are not known here.
            return;
        }
        let (name, user) = match self.get("userhash") {
            "true" => ("username", self.hash(&[asked.user, self.get("realm")])),
            _ if asked.user.is_ascii() => ("username", asked.user.to_owned()),
            _ => ("username*", asked.user.to_owned()),
        };
        assert_eq!(self.get(name), user, "{self:?}");
        // The key of a session is made with its first nonce, whatever nonces follow.
        let nonces = before.iter().chain([self]).map(|digest| digest.get("nonce"));
        let mut responses = nonces.map(|nonce| self.response(asked, nonce));
        assert!(responses.any(|response| response == self.get("response")), "{self:?}");
    }

    /// The proof that the password is known, where the session began with this nonce.
    fn response(&self, asked: &Asked<'_>, first_nonce: &str) -> String {
        let mut key = self.hash(&[asked.user, self.get("realm"), asked.password]);
        if self.get("algorithm").to_ascii_lowercase().ends_with("-sess") {
            key = self.hash(&[&key, first_nonce, self.get("cnonce")]);
        }
        let what = match self.get("qop") {
            "auth-int" => {
                let body = std::str::from_utf8(asked.body).unwrap();
                self.hash(&[asked.method, asked.target, &self.hash(&[body])])
            }
            _ => self.hash(&[asked.method, asked.target]),
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
        let is_token = name == "username*"
            || !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric());
        let (value, rest) = match rest.strip_prefix('"') {
            Some(quoted) => unquoted(quoted)?,
            None if name == "username*" => extended(rest)?,
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

/// A value of RFC 8187 in UTF-8, and what follows it.
fn extended(text: &str) -> Option<(String, &str)> {
    let (value, rest) = text.split_at(text.find(", ").unwrap_or(text.len()));
    let value = percent_encoding::percent_decode_str(value.strip_prefix("UTF-8''")?);
    Some((value.decode_utf8().ok()?.into_owned(), rest))
}
