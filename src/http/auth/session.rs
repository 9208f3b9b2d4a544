//! The session that answers a Digest challenge (RFC 7616), request after request.

use std::time::{Duration, Instant};

use super::authorization::Authorization;
use super::counts::Count;
use super::credentials::Credentials;
use super::digest::{DigestChallenge, Key, Qop};
use super::params::AuthParams;
use super::quoted::{extended, push_quoted, quoted};

/// A RES of at most this many bytes can be guessed from one response, so it is good for one request
/// (RFC 3310 section 3.1).
const SHORT_RES: usize = 4;
/// Room for what most `Authorization` values take.
const TYPICAL_LEN: usize = 512;

/// A nonce and how often it was used (section 3.6). It has no `Debug`, since a password can be
/// guessed from what it holds.
pub(super) struct Session {
    challenge: DigestChallenge,
    /// `username="alice"`, or one of its two other forms.
    username: String,
    /// The same for all sessions with the same credentials and realm. If each nonce has its own
    /// password, it is the same for all sessions of one user.
    identity: String,
    /// H(A1), computed once. With a `-sess` algorithm it stays that of the challenge, even after a
    /// `nextnonce` (section 3.4.2).
    key: String,
    /// The same for the whole session, since a `-sess` key needs that. nc makes each response
    /// different.
    cnonce: String,
    count: Count,
    /// How often the nonce may be sent.
    max_count: u32,
    /// The nonce count of the last request.
    nc: u32,
    successes: u32,
    last_success: Option<Instant>,
}

impl Session {
    pub(super) fn new(
        challenge: DigestChallenge,
        credentials: &Credentials,
        cnonce: String,
        count: Count,
    ) -> Self {
        let (user, realm) = (credentials.user(), challenge.realm.as_slice());
        let key = challenge.hash.hex(&[user.as_bytes(), realm, credentials.password()]);
        let is_short = challenge.key == Key::Aka && credentials.password().len() <= SHORT_RES;
        let (identity, key) = match challenge.key {
            Key::Password => (key.clone(), key),
            Key::Session => {
                let parts = [key.as_bytes(), &challenge.nonce, cnonce.as_bytes()];
                (key.clone(), challenge.hash.hex(&parts))
            }
            Key::Aka => (challenge.hash.hex(&[user.as_bytes(), realm]), key),
        };
        Self {
            username: username_field(user, &challenge),
            challenge,
            identity,
            key,
            cnonce,
            count,
            max_count: if is_short { 1 } else { u32::MAX },
            nc: 0,
            successes: 0,
            last_success: None,
        }
    }

    pub(super) fn identity(&self) -> &str {
        &self.identity
    }

    pub(super) fn realm(&self) -> &[u8] {
        &self.challenge.realm
    }

    /// Whether the nonce was never sent.
    pub(super) fn is_unused(&self) -> bool {
        self.count.spent() == 0
    }

    /// Whether the nonce can be counted further.
    pub(super) fn is_countable(&self) -> bool {
        self.count.spent() < self.max_count
    }

    pub(super) fn has_nonce_of(&self, other: &Self) -> bool {
        let (ours, theirs) = (&self.challenge, &other.challenge);
        ours.nonce == theirs.nonce && ours.realm == theirs.realm
    }

    /// How many requests the server accepted with this nonce.
    pub(super) fn successes(&self) -> u32 {
        self.successes
    }

    /// How long ago the server last accepted this nonce.
    pub(super) fn rested(&self, now: Instant) -> Option<Duration> {
        self.last_success.map(|last| now.saturating_duration_since(last))
    }

    pub(super) fn succeeded(&mut self, now: Instant) {
        self.successes = self.successes.saturating_add(1);
        self.last_success = Some(now);
    }

    /// Goes on with the nonce of `Authentication-Info` (section 3.5). With AKA that nonce would
    /// need another RES, so the old one is used until a challenge says otherwise.
    pub(super) fn renew(&mut self, nonce: &[u8], count: Count) {
        if self.challenge.nonce == nonce || self.challenge.key == Key::Aka {
            return;
        }
        self.challenge.nonce = nonce.to_vec();
        self.count = count;
        self.successes = 0;
    }

    /// The `Authorization` of the next request (section 3.4). The server's own values go back byte
    /// for byte.
    pub(super) fn authorize(&mut self, method: &str, target: &str, body: &[u8]) -> Authorization {
        self.nc = self.count.next();
        let challenge = &self.challenge;
        let response = self.response(method, target, body);
        let mut out = Vec::with_capacity(TYPICAL_LEN);
        // Fields are separated by exactly a comma and a space, because OpenXCAP splits there.
        out.extend_from_slice(b"Digest ");
        out.extend_from_slice(self.username.as_bytes());
        push_quoted(&mut out, ", realm", &challenge.realm);
        push_quoted(&mut out, ", nonce", &challenge.nonce);
        push_quoted(&mut out, ", uri", target.as_bytes());
        push_quoted(&mut out, ", response", response.as_bytes());
        if let Some(name) = &challenge.algorithm {
            out.extend_from_slice(format!(", algorithm={name}").as_bytes());
        }
        // Without qop, RFC 2069 has no cnonce. But a session key cannot be computed without one.
        if challenge.qop.is_some() || challenge.key == Key::Session {
            push_quoted(&mut out, ", cnonce", self.cnonce.as_bytes());
        }
        if let Some(opaque) = &challenge.opaque {
            push_quoted(&mut out, ", opaque", opaque);
        }
        if let Some(qop) = challenge.qop {
            let counted = format!(", qop={}, nc={}", qop.name(), self.nc_text());
            out.extend_from_slice(counted.as_bytes());
        }
        if challenge.userhash {
            out.extend_from_slice(b", userhash=true");
        }
        Authorization::digest(out, &response)
    }

    /// Whether `rspauth` is what a server that knows the password computes (section 3.5): the
    /// response again, for an empty method. With auth-int it covers the body, which is not known
    /// here, so it is not judged.
    pub(super) fn proves(&self, info: &AuthParams, target: &str) -> bool {
        let covers_body =
            self.challenge.qop == Some(Qop::AuthInt) || info.says("qop", Qop::AuthInt.name());
        covers_body
            || info.get("rspauth").is_none_or(|proof| {
                proof.eq_ignore_ascii_case(self.response("", target, b"").as_bytes())
            })
    }

    fn nc_text(&self) -> String {
        format!("{:08x}", self.nc)
    }

    /// Sections 3.4.1 and 3.4.3.
    fn response(&self, method: &str, target: &str, body: &[u8]) -> String {
        let challenge = &self.challenge;
        let (method, target) = (method.as_bytes(), target.as_bytes());
        let request = match challenge.qop {
            Some(Qop::AuthInt) => {
                let body = challenge.hash.hex(&[body]);
                challenge.hash.hex(&[method, target, body.as_bytes()])
            }
            Some(Qop::Auth) | None => challenge.hash.hex(&[method, target]),
        };
        let (key, request) = (self.key.as_bytes(), request.as_bytes());
        match challenge.qop {
            Some(qop) => {
                let (nc, cnonce, qop) =
                    (self.nc_text(), self.cnonce.as_bytes(), qop.name().as_bytes());
                challenge.hash.hex(&[key, &challenge.nonce, nc.as_bytes(), cnonce, qop, request])
            }
            None => challenge.hash.hex(&[key, &challenge.nonce, request]),
        }
    }
}

/// Hashed if the server can (section 3.4.4), extended if a quoted string cannot hold it, else as it
/// is (section 3.4).
fn username_field(username: &str, challenge: &DigestChallenge) -> String {
    if challenge.userhash {
        return quoted("username", &challenge.hash.hex(&[username.as_bytes(), &challenge.realm]));
    }
    if username.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
        return quoted("username", username);
    }
    format!("username*=UTF-8''{}", extended(username))
}

#[cfg(test)]
mod tests {
    use super::super::hash::Hash;
    use super::super::params::{read_challenges, read_info};
    use super::*;
    use crate::http_types::text_of;

    /// The value of the next request, as text.
    fn authorize(session: &mut Session, method: &str, target: &str, body: &[u8]) -> String {
        text_of(session.authorize(method, target, body).value()).into_owned()
    }

    fn read(header: &str) -> DigestChallenge {
        DigestChallenge::read(&read_challenges([header.as_bytes()].into_iter())[0], true).unwrap()
    }

    fn session(header: &str, username: &str, password: impl AsRef<[u8]>, cnonce: &str) -> Session {
        let credentials = Credentials::new(username, password);
        Session::new(read(header), &credentials, cnonce.to_owned(), Count::default())
    }

    const MUFASA: &str = "realm=\"http-auth@example.org\", qop=\"auth, auth-int\", \
        nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", \
        opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";

    #[track_caller]
    fn mufasa(algorithm: &str, response: &str) {
        let mut session = session(
            &format!("Digest {MUFASA}, algorithm={algorithm}"),
            "Mufasa",
            "Circle of Life",
            "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
        );
        assert_eq!(
            authorize(&mut session, "GET", "/dir/index.html", b""),
            format!(
                "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", \
                 nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", uri=\"/dir/index.html\", \
                 response=\"{response}\", algorithm={algorithm}, \
                 cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", \
                 opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\", qop=auth, nc=00000001"
            )
        );
    }

    #[test]
    fn rfc_7616_section_3_9_1() {
        mufasa("MD5", "8ca523f5e9506fed4657c9700eebdbec");
        mufasa("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
    }

    const DOE: &str = "Digest realm=\"api@example.org\", qop=\"auth\", algorithm=SHA-512-256, \
        nonce=\"5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK\", \
        opaque=\"HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS\", charset=UTF-8";

    // The RFC prints SHA-512 cut to 256 bits (username 488869.., response ae66e6..). It means
    // SHA-512/256, which gives these values (errata 4897).
    #[test]
    fn rfc_7616_section_3_9_2() {
        let cnonce = "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v";
        let (user, password) = ("J\u{e4}s\u{f8}n Doe", "Secret, or not?");
        let mut hashed = session(&format!("{DOE}, userhash=true"), user, password, cnonce);
        let value = authorize(&mut hashed, "GET", "/doe.json", b"");
        assert!(value.starts_with(
            "Digest username=\"793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b\", "
        ));
        assert!(value.contains(
            "response=\"3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5\""
        ));
        assert!(value.ends_with(", userhash=true"));
        let mut plain = session(&format!("{DOE}, userhash=false"), user, password, cnonce);
        let value = authorize(&mut plain, "GET", "/doe.json", b"");
        assert!(value.starts_with(
            "Digest username*=UTF-8''J%C3%A4s%C3%B8n%20Doe, realm=\"api@example.org\", "
        ));
        assert!(value.contains(
            "response=\"3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5\""
        ));
        assert!(value.is_ascii() && !value.contains("userhash"));
    }

    #[test]
    fn a_second_implementation_computes_the_same() {
        let table = include_str!("../../../tests/data/digest.txt");
        for block in table.split("\n\n").skip(1) {
            let mut lines = block.lines();
            let (user, password) = lines.next().unwrap().split_once(' ').unwrap();
            let header = lines.next().unwrap();
            let mut ours = session(header, user, password, "c");
            for theirs in lines {
                let theirs = read_challenges([theirs.as_bytes()].into_iter()).remove(0);
                let value = authorize(&mut ours, "PUT", "/a?b", b"<a/>");
                let value = read_challenges([value.as_bytes()].into_iter()).remove(0);
                for name in [
                    "username",
                    "username*",
                    "userhash",
                    "realm",
                    "nonce",
                    "uri",
                    "response",
                    "cnonce",
                    "opaque",
                    "qop",
                    "nc",
                ] {
                    assert_eq!(value.get(name), theirs.get(name), "{name} for {header}");
                }
            }
        }
    }

    // Computed separately, with Python's hashlib. The RES is not text.
    #[test]
    fn rfc_3310_has_res_for_a_password() {
        let res = [0xff, 0x00, 0xa5, 0x4b, 0x8e, 0x3d, 0x2c, 0x81];
        let target = "/simservs.ngn.etsi.org/users/sip:alice@ims.example.com/simservs.xml";
        for (qop, response) in [
            ("auth", "c8cf3f0cb50c7d9734d9544191a4e509"),
            ("auth-int", "295f82ebbaeaad4ca2901a9c133da518"),
        ] {
            let header = format!(
                "Digest realm=\"ims.example.com\", algorithm=AKAv1-MD5, qop=\"{qop}\", \
                 nonce=\"EBESExQVFhcYGRobHB0eH6ChoqOkpaanqKmqq6ytrq8=\""
            );
            let mut session = session(&header, "alice@ims.example.com", res, "0a4f113b");
            let value = authorize(&mut session, "PUT", target, b"<simservs/>");
            assert!(value.contains(&format!(", response=\"{response}\", algorithm=AKAv1-MD5, ")));
        }
    }

    /// The response computed by hand, one hash at a time.
    #[test]
    fn session_keys() {
        for (algorithm, hash) in [
            ("MD5-sess", Hash::Md5),
            ("\"sha-256-SESS\"", Hash::Sha256),
            ("SHA-512-256-sess", Hash::Sha512_256),
        ] {
            let header = format!("Digest realm=r, nonce=n1, qop=auth, algorithm={algorithm}");
            let mut session = session(&header, "u", "p", "c");
            let key = hash.hex(&[hash.hex(&[b"u:r:p"]).as_bytes(), b"n1:c"]);
            let request = hash.hex(&[b"GET:/"]);
            let expected = hash.hex(&[format!("{key}:n1:00000001:c:auth:{request}").as_bytes()]);
            assert!(authorize(&mut session, "GET", "/", b"").contains(&expected));
            session.renew(b"n2", Count::default());
            let expected = hash.hex(&[format!("{key}:n2:00000001:c:auth:{request}").as_bytes()]);
            assert!(authorize(&mut session, "GET", "/", b"").contains(&expected));
        }
        let mut without_qop = session("Digest realm=r, nonce=n, algorithm=MD5-sess", "u", "p", "c");
        let value = authorize(&mut without_qop, "GET", "/", b"");
        assert!(value.contains("cnonce=\"c\"") && !value.contains("nc="));
    }

    #[test]
    fn a_count_ends_before_it_would_repeat() {
        let mut session = session("Digest realm=r, nonce=n, qop=auth", "u", "p", "c");
        session.count = Count::of(u32::MAX - 1);
        assert!(session.is_countable());
        assert!(authorize(&mut session, "GET", "/", b"").ends_with("nc=ffffffff"));
        assert!(!session.is_countable());
    }

    #[test]
    fn rfc_2069_form() {
        let mut session = session("Digest realm=\"r\", nonce=\"n\"", "u", "p", "c");
        let hash = Hash::Md5;
        let response =
            hash.hex(&[hash.hex(&[b"u:r:p"]).as_bytes(), b"n", hash.hex(&[b"PUT:/x"]).as_bytes()]);
        assert_eq!(
            authorize(&mut session, "PUT", "/x", b"body"),
            format!(
                "Digest username=\"u\", realm=\"r\", nonce=\"n\", uri=\"/x\", \
                 response=\"{response}\""
            )
        );
    }

    #[test]
    fn openxcap_is_answered_as_it_splits() {
        let header = "Digest realm=\"example.com\", nonce=\"MTc=\", opaque=eee38d7sacbefv2a3450ciny7QMkPqMAFRtzCUYo5tdS, \
                      algorithm=MD5, qop=auth";
        let value = authorize(
            &mut session(header, "alice", "p", "c"),
            "GET",
            "/a/~~/b%5b@uri=%22x%22%5d",
            b"",
        );
        let fields: Vec<(&str, &str)> = value
            .strip_prefix("Digest ")
            .unwrap()
            .split(", ")
            .map(|field| field.split_once('=').unwrap())
            .collect();
        let names: Vec<&str> = fields.iter().map(|field| field.0).collect();
        assert_eq!(
            names,
            [
                "username",
                "realm",
                "nonce",
                "uri",
                "response",
                "algorithm",
                "cnonce",
                "opaque",
                "qop",
                "nc"
            ]
        );
        assert_eq!(fields[3].1, "\"/a/~~/b%5b@uri=%22x%22%5d\"");
        assert_eq!(fields[7].1, "\"eee38d7sacbefv2a3450ciny7QMkPqMAFRtzCUYo5tdS\"");
    }

    #[test]
    fn quotes_and_odd_bytes_go_back() {
        let mut session = session(
            r#"Digest realm="a\"b\\", nonce="n\"", opaque="\\", algorithm=md5"#,
            r#"u"\"#,
            "p",
            "c",
        );
        let value = authorize(&mut session, "GET", "/\"", b"");
        for part in [
            r#"username="u\"\\""#,
            r#"realm="a\"b\\""#,
            r#"nonce="n\"""#,
            r#"opaque="\\""#,
            r#"uri="/\"""#,
            "algorithm=md5",
        ] {
            assert!(value.contains(part), "{part} in {value}");
        }
    }

    #[test]
    fn a_realm_in_latin_1_is_hashed_as_sent() {
        let header = b"Digest realm=\"\xe4\", nonce=n".as_slice();
        let header = &read_challenges([header].into_iter())[0];
        let challenge = DigestChallenge::read(header, false).unwrap();
        let alice = Credentials::new("u\n", "p");
        let mut session = Session::new(challenge, &alice, String::new(), Count::default());
        assert_eq!(session.key, Hash::Md5.hex(&[b"u\n:\xe4:p"]));
        let value = session.authorize("GET", "/", b"");
        assert!(value.value().starts_with(b"Digest username*=UTF-8''u%0A, realm=\"\xe4\", "));
    }

    #[test]
    fn rspauth_is_checked() {
        for header in ["Digest realm=r, nonce=n, qop=auth", "Digest realm=r, nonce=n"] {
            let mut session = session(header, "u", "p", "c");
            authorize(&mut session, "GET", "/", b"");
            let right = session.response("", "/", b"");
            let info = |text: &str| read_info([text.as_bytes()].into_iter());
            assert!(session.proves(&info(&format!("rspauth=\"{right}\"")), "/"));
            assert!(session.proves(&info(&format!("rspauth={}", right.to_uppercase())), "/"));
            assert!(session.proves(&info(""), "/"));
            assert!(session.proves(&info("qop=auth-int, rspauth=\"00\""), "/"));
            assert!(!session.proves(&info("qop=auth, rspauth=\"00\""), "/"));
            assert!(!session.proves(&info("rspauth=\"\""), "/"));
            assert!(!session.proves(&info(&format!("rspauth=\"{right}\"")), "/other"));
        }
    }
}
