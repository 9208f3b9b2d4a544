//! The server's side of Digest (RFC 7616). It shares no code with the client's side.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use md5::Md5;
use sha2::{Digest as _, Sha256};

use crate::random;
use crate::text::hex;

/// How many nonces are remembered. Older ones count as expired.
const MAX_NONCES: usize = 4096;

/// A hash algorithm of Digest.
///
/// ```
/// use xcaplib::testing::{Algorithm, Auth, Server};
///
/// let server = Server::builder()
///     .auth(Auth::Digest)
///     .algorithms([Algorithm::Sha256])
///     .user("alice@example.com", "secret")
///     .start()?;
/// server.client("alice@example.com")?.capabilities()?;
/// let sent = server.requests();
/// assert!(sent[1].header("authorization").is_some_and(|value| value.contains("SHA-256")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// `MD5`
    Md5,
    /// `SHA-256`
    Sha256,
}

impl Algorithm {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
        }
    }

    pub(super) fn hex(self, text: &str) -> String {
        match self {
            Self::Md5 => hex(&Md5::digest(text)),
            Self::Sha256 => hex(&Sha256::digest(text)),
        }
    }
}

/// How long a nonce can be used.
///
/// ```
/// use xcaplib::testing::{Auth, Nonces, Server};
///
/// let server = Server::builder()
///     .auth(Auth::Digest)
///     .nonces(Nonces::Uses(1))
///     .user("alice@example.com", "secret")
///     .start()?;
/// let client = server.client("alice@example.com")?;
/// client.capabilities()?;
/// client.capabilities()?;
/// assert_eq!(server.requests().len(), 4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Nonces {
    /// Again and again, as long as `nc` grows. A request with an equal or lower `nc` gets a 401
    /// with `stale=true`.
    Reusable,
    /// This many times. After that there is a 401 with `stale=true`.
    Uses(u32),
    /// For this long after it was issued. After that there is a 401 with `stale=true`.
    Lifetime(Duration),
    /// Once. As in OpenXCAP, the second use gets a 401 without any challenge.
    Once,
}

/// The result of using a nonce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NonceUse {
    Granted,
    Stale,
    /// Used up. The client is not told that a new nonce would help.
    Spent,
}

struct Nonce {
    issued: Instant,
    uses: u32,
    last_count: u32,
}

/// The nonces that a server has issued.
pub(super) struct NonceTable {
    policy: Nonces,
    /// The highest `nc` that a nonce can have.
    max_count: u32,
    issued: HashMap<String, Nonce>,
    order: VecDeque<String>,
}

impl NonceTable {
    pub(super) fn new(policy: Nonces, max_count: u32) -> Self {
        Self { policy, max_count, issued: HashMap::new(), order: VecDeque::new() }
    }

    pub(super) fn issue(&mut self) -> String {
        if self.order.len() >= MAX_NONCES {
            if let Some(oldest) = self.order.pop_front() {
                self.issued.remove(&oldest);
            }
        }
        let nonce = random::hex();
        self.order.push_back(nonce.clone());
        self.issued.insert(nonce.clone(), Nonce { issued: Instant::now(), uses: 0, last_count: 0 });
        nonce
    }

    /// Uses a nonce after its response has proved right.
    pub(super) fn spend(&mut self, nonce: &str, count: u32) -> NonceUse {
        let Some(nonce) = self.issued.get_mut(nonce) else { return NonceUse::Stale };
        let is_expired = match self.policy {
            Nonces::Once if nonce.uses > 0 => return NonceUse::Spent,
            Nonces::Once | Nonces::Reusable => false,
            Nonces::Uses(uses) => nonce.uses >= uses,
            Nonces::Lifetime(lifetime) => nonce.issued.elapsed() > lifetime,
        };
        if is_expired || count <= nonce.last_count || count > self.max_count {
            return NonceUse::Stale;
        }
        nonce.uses += 1;
        nonce.last_count = count;
        NonceUse::Granted
    }
}

/// The credentials of an `Authorization: Digest` field.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) username: String,
    pub(super) realm: Option<String>,
    pub(super) nonce: String,
    pub(super) uri: String,
    pub(super) response: String,
    pub(super) algorithm: Option<String>,
    pub(super) qop: String,
    pub(super) cnonce: String,
    pub(super) nc: String,
    pub(super) opaque: Option<String>,
}

impl Answer {
    /// The answer with these parameters. `None` if one is missing that a `qop=auth` answer needs.
    pub(super) fn new(parameters: &HashMap<String, String>) -> Option<Self> {
        let get = |name: &str| parameters.get(name).cloned();
        Some(Self {
            username: get("username")?,
            realm: get("realm"),
            nonce: get("nonce")?,
            uri: get("uri")?,
            response: get("response")?,
            algorithm: get("algorithm"),
            qop: get("qop")?,
            cnonce: get("cnonce")?,
            nc: get("nc")?,
            opaque: get("opaque"),
        })
    }

    /// Whether this password gives the response (RFC 7616 section 3.4.1).
    pub(super) fn proves(
        &self,
        algorithm: Algorithm,
        username: &str,
        realm: &str,
        password: &str,
        method: &str,
    ) -> bool {
        let key = algorithm.hex(&format!("{username}:{realm}:{password}"));
        let request = algorithm.hex(&format!("{method}:{}", self.uri));
        let Self { nonce, nc, cnonce, qop, .. } = self;
        algorithm.hex(&format!("{key}:{nonce}:{nc}:{cnonce}:{qop}:{request}")) == self.response
    }

    /// The nonce count: eight hexadecimal digits (RFC 7616 section 3.4).
    pub(super) fn count(&self) -> Option<u32> {
        let is_count = self.nc.len() == 8 && self.nc.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_count { u32::from_str_radix(&self.nc, 16).ok() } else { None }
    }
}

/// The parameters after the scheme, by the grammar of RFC 9110 section 11.2. `None` if they break
/// the grammar or one occurs twice.
pub(super) fn parameters(text: &str) -> Option<HashMap<String, String>> {
    let mut found = HashMap::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix(',') {
            rest = after.trim_start();
            continue;
        }
        let (name, after) = rest.split_once('=')?;
        let (value, after) = value(after.trim_start())?;
        let name = name.trim_end().to_ascii_lowercase();
        if name.is_empty() || found.insert(name, value).is_some() {
            return None;
        }
        rest = after.trim_start();
        if !rest.is_empty() && !rest.starts_with(',') {
            return None;
        }
    }
    Some(found)
}

/// A token or a quoted string, and the rest.
fn value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([',', ' ', '\t']).unwrap_or(text.len());
        let (token, rest) = text.split_at_checked(end)?;
        let is_token = !token.is_empty() && !token.contains(['"', '=', '/', '@', '?']);
        return is_token.then(|| (token.to_owned(), rest));
    };
    let mut value = String::new();
    let mut chars = quoted.chars();
    loop {
        match chars.next()? {
            '"' => return Some((value, chars.as_str())),
            '\\' => value.push(chars.next()?),
            c => value.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7616 section 3.9.1.
    fn example(algorithm: Algorithm, response: &str) -> bool {
        let text = format!(
            "username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", \
             algorithm={}, nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, \
             cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, \
             response=\"{response}\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"",
            algorithm.name()
        );
        let answer = Answer::new(&parameters(&text).unwrap()).unwrap();
        assert_eq!(answer.count(), Some(1));
        answer.proves(algorithm, "Mufasa", "http-auth@example.org", "Circle of Life", "GET")
    }

    #[test]
    fn rfc_7616_examples() {
        assert!(example(Algorithm::Md5, "8ca523f5e9506fed4657c9700eebdbec"));
        let sha256 = "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1";
        assert!(example(Algorithm::Sha256, sha256));
        assert!(!example(Algorithm::Sha256, "8ca523f5e9506fed4657c9700eebdbec"));
    }

    #[test]
    fn parameters_follow_their_grammar() {
        let read = |text| parameters(text).map(|found| found.len());
        assert_eq!(read(r#"a=b, C = "d, \"e\"",, f="""#), Some(3));
        assert_eq!(parameters(r#"a="x\"y\\""#).unwrap()["a"], r#"x"y\"#);
        for text in ["a", "a=", "a=\"b", "a=b c=d", "a=b, A=c", "=b", "a=b\"c\""] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn each_policy_ends_a_nonce_in_its_way() {
        let uses = |policy, counts: &[u32]| {
            let mut table = NonceTable::new(policy, 255);
            let nonce = table.issue();
            counts.iter().map(|count| table.spend(&nonce, *count)).collect::<Vec<_>>()
        };
        use NonceUse::{Granted, Spent, Stale};
        assert_eq!(
            uses(Nonces::Reusable, &[1, 3, 3, 2, 4, 256]),
            [Granted, Granted, Stale, Stale, Granted, Stale]
        );
        assert_eq!(uses(Nonces::Uses(2), &[1, 2, 3]), [Granted, Granted, Stale]);
        assert_eq!(uses(Nonces::Lifetime(Duration::ZERO), &[1]), [Stale]);
        assert_eq!(uses(Nonces::Once, &[1, 2]), [Granted, Spent]);
        assert_eq!(NonceTable::new(Nonces::Once, 9).spend("unknown", 1), Stale);
    }

    #[test]
    fn old_nonces_are_forgotten() {
        let mut table = NonceTable::new(Nonces::Reusable, 9);
        let first = table.issue();
        assert!(table.issued.contains_key(&first));
        for _ in 0..MAX_NONCES {
            table.issue();
        }
        assert!(!table.issued.contains_key(&first));
        assert_eq!(table.issued.len(), MAX_NONCES);
    }
}
