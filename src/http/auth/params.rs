//! The parameters of challenges and of `Authentication-Info`, read leniently.
//!
//! RFC 9110 section 11.6.1 lets one header hold several challenges, separated by the same comma
//! that separates their parameters. Servers add mistakes of their own, so the reader skips what it
//! that separates their parameters. Servers add mistakes of their own. The reader therefore skips
//! to the next comma whenever it does not understand something, and never gives up on a header. It
//! looks at each byte a bounded number of times.

/// How many bytes of a header are read. The rest is ignored.
const MAX_HEADER: usize = 64 * 1024;
/// How many headers of one answer are read.
const MAX_HEADERS: usize = 64;
/// How many challenges of one answer are kept.
const MAX_CHALLENGES: usize = 128;

/// One challenge as it was sent: a scheme name and its parameters, unquoted (RFC 9110
/// section 11.2).
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct AuthParams {
    scheme: Vec<u8>,
    params: Vec<(Vec<u8>, Vec<u8>)>,
}

impl AuthParams {
    pub(super) fn scheme(&self) -> &[u8] {
        &self.scheme
    }

    pub(super) fn is(&self, scheme: &str) -> bool {
        self.scheme.eq_ignore_ascii_case(scheme.as_bytes())
    }

    /// The first parameter of that name; a name may not occur twice (RFC 9110 section 11.2).
    pub(super) fn get(&self, name: &str) -> Option<&[u8]> {
        self.params
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| value.as_slice())
    }

    /// The parameters in their order.
    pub(super) fn params(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.params.iter().map(|(name, value)| (name.as_slice(), value.as_slice()))
    }

    /// Whether a parameter has this value. Case is ignored.
    pub(super) fn says(&self, name: &str, value: &str) -> bool {
        self.get(name).is_some_and(|given| given.eq_ignore_ascii_case(value.as_bytes()))
    }
}

/// Reads the challenges of all `WWW-Authenticate` headers of an answer, in order.
pub(super) fn read_challenges<'h>(headers: impl Iterator<Item = &'h [u8]>) -> Vec<AuthParams> {
    let mut found = Vec::new();
    for header in headers.take(MAX_HEADERS) {
        // Parameters belong to a challenge of the same header.
        let before = found.len();
        read_into(&mut found, before, header);
    }
    found
}

/// Reads all `Authentication-Info` of an answer: parameters without a scheme (RFC 9110
/// section 11.6.3).
pub(super) fn read_info<'h>(headers: impl Iterator<Item = &'h [u8]>) -> AuthParams {
    let mut all = AuthParams::default();
    for header in headers.take(MAX_HEADERS) {
        let mut found = vec![AuthParams::default()];
        read_into(&mut found, 0, header);
        all.params.extend(found.into_iter().next().unwrap_or_default().params);
    }
    all
}

fn read_into(found: &mut Vec<AuthParams>, before: usize, header: &[u8]) {
    let mut cursor = Cursor::new(bounded(header));
    let mut after_comma = true;
    loop {
        after_comma |= cursor.skip_separators();
        if cursor.is_empty() {
            return;
        }
        let token = cursor.token();
        if token.is_empty() {
            cursor.skip_to_comma();
        } else if cursor.equals() {
            let value = cursor.value();
            if let (Some(value), Some(current)) =
                (value, found.get_mut(before..).and_then(<[_]>::last_mut))
            {
                current.params.push((token.to_vec(), value));
            }
        } else if after_comma || cursor.at_first_param() {
            if found.len() >= MAX_CHALLENGES {
                return;
            }
            found.push(AuthParams { scheme: token.to_vec(), params: Vec::new() });
        } else {
            // A token68, or the rest of something broken.
            cursor.skip_to_comma();
        }
        after_comma = false;
    }
}

/// Cuts a header that is too long behind a whole parameter, since half a nonce would be wrong.
fn bounded(header: &[u8]) -> &[u8] {
    let Some((head, _)) = header.split_at_checked(MAX_HEADER) else {
        return header;
    };
    let end = head.iter().rposition(|&byte| byte == b',').unwrap_or(0);
    head.get(..end).unwrap_or_default()
}

struct Cursor<'h> {
    rest: &'h [u8],
    /// Set by the first quoted string without an end. After it, quotes have no meaning.
    quotes_lost: bool,
}

impl<'h> Cursor<'h> {
    fn new(rest: &'h [u8]) -> Self {
        Cursor { rest, quotes_lost: false }
    }

    fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    fn take_while(&mut self, wanted: impl Fn(u8) -> bool) -> &'h [u8] {
        let end = self.rest.iter().position(|&byte| !wanted(byte));
        let (head, tail) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = tail;
        head
    }

    /// Skips white space and commas, and returns whether there was a comma.
    fn skip_separators(&mut self) -> bool {
        self.take_while(|byte| is_space(byte) || byte == b',').contains(&b',')
    }

    fn skip_to_comma(&mut self) {
        self.take_while(|byte| byte != b',');
    }

    fn token(&mut self) -> &'h [u8] {
        self.take_while(is_token)
    }

    /// Consumes `=` and the white space around it, or nothing.
    fn equals(&mut self) -> bool {
        let before = self.rest;
        self.take_while(is_space);
        if let Some((b'=', tail)) = self.rest.split_first() {
            self.rest = tail;
            self.take_while(is_space);
            true
        } else {
            self.rest = before;
            false
        }
    }

    /// Whether white space and then a parameter follow, as after a scheme. Consumes nothing.
    fn at_first_param(&self) -> bool {
        let mut ahead = Cursor::new(self.rest);
        !ahead.take_while(is_space).is_empty() && !ahead.token().is_empty() && ahead.equals()
    }

    /// A parameter's value; `None` if it is broken or could not be sent back.
    fn value(&mut self) -> Option<Vec<u8>> {
        let value = match self.rest.split_first() {
            Some((b'"', tail)) if !self.quotes_lost => self.quoted(tail)?,
            _ => self.unquoted().to_vec(),
        };
        let sendable = !value.iter().any(|&byte| byte.is_ascii_control() && byte != b'\t');
        sendable.then_some(value)
    }

    fn quoted(&mut self, mut tail: &'h [u8]) -> Option<Vec<u8>> {
        let mut value = Vec::new();
        while let Some((&byte, next)) = tail.split_first() {
            tail = next;
            match (byte, next.split_first()) {
                (b'"', _) => {
                    self.rest = next;
                    return Some(value);
                }
                (b'\\', Some((&escaped, next))) => {
                    value.push(escaped);
                    tail = next;
                }
                _ => value.push(byte),
            }
        }
        self.quotes_lost = true;
        self.skip_to_comma();
        None
    }

    /// Reads up to a comma, or up to the next parameter if the comma before it is missing.
    fn unquoted(&mut self) -> &'h [u8] {
        let start = self.rest;
        let mut length = 0;
        loop {
            length += self.take_while(|byte| byte != b',' && !is_space(byte)).len();
            if self.at_first_param() {
                break;
            }
            let spaces = self.take_while(is_space).len();
            if self.rest.is_empty() || self.rest.starts_with(b",") {
                break;
            }
            length += spaces;
        }
        start.get(..length).unwrap_or_default()
    }
}

fn is_space(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

/// `tchar` of RFC 9110 section 5.6.2.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `scheme name=value name=value; scheme ..`, names and schemes in lower case.
    #[track_caller]
    fn check(headers: &[&str], expected: &str) {
        let found = read_challenges(headers.iter().map(|header| header.as_bytes()));
        assert_eq!(shown(&found), expected);
    }

    fn shown(found: &[AuthParams]) -> String {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let one = |challenge: &AuthParams| {
            let mut parts = vec![text(&challenge.scheme).to_lowercase()];
            for (name, value) in &challenge.params {
                parts.push(format!("{}={}", text(name).to_lowercase(), text(value)));
            }
            parts.join(" ")
        };
        found.iter().map(one).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn challenges_are_told_apart() {
        check(&[], "");
        check(&[""], "");
        check(&["Basic realm=\"a\""], "basic realm=a");
        check(&["Basic realm=a, Digest realm=b, nonce=c"], "basic realm=a; digest realm=b nonce=c");
        check(&["Basic realm=a", "Digest realm=b"], "basic realm=a; digest realm=b");
        check(&["Negotiate, NTLM, Basic realm=a"], "negotiate; ntlm; basic realm=a");
        check(&["Negotiate YII/+a==, Basic realm=a"], "negotiate; basic realm=a");
        check(&["NTLM TlRMTVNT, Basic realm=a"], "ntlm; basic realm=a");
        check(&["NTLM TlRMTVNT=, Basic realm=a"], "ntlm tlrmtvnt=; basic realm=a");
        check(&["dIgEsT ReAlM=A"], "digest realm=A");
        check(&["Digest realm=a, Digest realm=b"], "digest realm=a; digest realm=b");
    }

    #[test]
    fn values_are_unquoted() {
        check(&[r#"Digest realm="a\"b\\c\d""#], r#"digest realm=a"b\cd"#);
        check(&[r#"Digest realm="a, b=c", nonce="""#], "digest realm=a, b=c nonce=");
        check(&["Digest nonce=abc==, qop=auth"], "digest nonce=abc== qop=auth");
        check(&["Digest nonce=a/b:c\"d;e(f), qop=auth"], "digest nonce=a/b:c\"d;e(f) qop=auth");
        check(&["Digest realm=My own realm, qop=auth"], "digest realm=My own realm qop=auth");
        check(&["Digest realm = \"a\" , nonce\t=\tb"], "digest realm=a nonce=b");
        check(&["Digest realm=, nonce=b"], "digest realm= nonce=b");
    }

    #[test]
    fn separators_may_be_wrong() {
        check(&["Digest realm=\"a\",nonce=\"b\""], "digest realm=a nonce=b");
        check(&["Digest realm=\"a\"nonce=\"b\" qop=auth"], "digest realm=a nonce=b qop=auth");
        check(&["Digest realm=a nonce=b"], "digest realm=a nonce=b");
        check(&[" ,, Digest ,realm=a,,\t, nonce=b ,"], "digest realm=a nonce=b");
        check(&["Bearer realm=\"a\" Basic realm=\"b\""], "bearer realm=a; basic realm=b");
        check(&["Digest Basic realm=\"b\""], "digest; basic realm=b");
    }

    #[test]
    fn a_broken_challenge_does_not_lose_the_others() {
        check(&["Digest nonce=\"abc, Basic realm=x"], "digest; basic realm=x");
        check(&["Digest realm=a, nonce=\"b", "Basic realm=c"], "digest realm=a; basic realm=c");
        check(&["realm=a, nonce=b", "Basic realm=c"], "basic realm=c");
        check(&["Basic realm=a", "realm=b, nonce=c"], "basic realm=a");
        check(
            &["Digest, =, ==, \"x\", /, nonce=b, Basic realm=c"],
            "digest nonce=b; basic realm=c",
        );
        check(&["Digest realm=\"a\"junk, nonce=b"], "digest realm=a nonce=b");
        check(&["\u{e4}\u{f6} x=y, Basic realm=\u{e4}"], "basic realm=\u{e4}");
        check(&["Digest realm=\"a\rb\", nonce=\"c\\\nd\", opaque=e"], "digest opaque=e");
        check(&["Digest realm=\"a\\"], "digest");
    }

    #[test]
    fn every_short_input_is_survived() {
        let alphabet: [u8; 9] = *b"a=,\" \\/\xff\0";
        for number in 0..9_usize.pow(5) {
            let header: Vec<u8> =
                (0..5).map(|place| alphabet[number / 9_usize.pow(place) % 9]).collect();
            read_challenges([header.as_slice()].into_iter());
            read_info([header.as_slice()].into_iter());
        }
    }

    #[test]
    fn a_huge_header_is_bounded_and_linear() {
        for unit in [
            "a ",
            "a=",
            "=",
            "\"",
            "a=\"",
            ",a=\"\\\"",
            "a=b ",
            "a, ",
            " ",
            "a = \t",
            "\\\"",
            "a=b c d",
        ] {
            let header = unit.repeat(1024 * 1024 / unit.len());
            let start = std::time::Instant::now();
            let found = read_challenges([header.as_bytes()].into_iter());
            assert!(found.len() <= MAX_CHALLENGES);
            read_info([header.as_bytes()].into_iter());
            assert!(start.elapsed() < std::time::Duration::from_secs(60), "{unit:?}");
        }
        let header = format!("Digest realm=a, nonce=b, junk={}", "x".repeat(1024 * 1024));
        check(&[&header], "digest realm=a nonce=b");
    }

    #[test]
    fn a_hundred_schemes_hide_nothing() {
        let header = format!("{}Digest realm=a, nonce=b", "X y=z, ".repeat(100));
        let found = read_challenges([header.as_bytes()].into_iter());
        assert_eq!(found.len(), 101);
        assert_eq!(shown(&found[100..]), "digest realm=a nonce=b");
        let token = "x".repeat(60_000);
        check(&[&format!("Negotiate {token}, Basic realm=a")], "negotiate; basic realm=a");
        let many = vec![header.as_bytes(); 1000];
        assert_eq!(read_challenges(many.into_iter()).len(), MAX_CHALLENGES);
    }

    #[test]
    fn info_has_no_scheme() {
        let read = |headers: &[&[u8]]| read_info(headers.iter().copied());
        let info = read(&[b"nextnonce=\"n==\", qop=auth,RSPAUTH=\"ab\""]);
        assert_eq!(info.get("nextnonce"), Some(&b"n=="[..]));
        assert_eq!(info.get("rspauth"), Some(&b"ab"[..]));
        assert!(info.says("qop", "AUTH"));
        assert_eq!(read(&[b""]), AuthParams::default());
        assert_eq!(read(&[]), AuthParams::default());
        let several = read(&[b"qop=auth", b",", b"rspauth=\"ab\"", b"nextnonce=\"n\""]);
        assert_eq!(several.get("rspauth"), Some(&b"ab"[..]));
        assert_eq!(several.get("nextnonce"), Some(&b"n"[..]));
    }

    // Compares with what the http-auth crate 0.1.10 reads. It shares no code with this one.
    #[test]
    fn a_second_reader_agrees() {
        for (header, theirs) in [
            ("Basic realm=\"a\"", "basic realm=a"),
            (
                "Digest realm=\"a, b\", nonce=\"c\", qop=\"auth,auth-int\", algorithm=SHA-256, \
                 stale=true",
                "digest realm=a, b nonce=c qop=auth,auth-int algorithm=SHA-256 stale=true",
            ),
            (
                "Negotiate, Basic realm=\"a\", Digest realm=\"b\", nonce=\"c\"",
                "negotiate; basic realm=a; digest realm=b nonce=c",
            ),
            (
                "UnsupportedSchemeA, Basic realm=\"foo\", charset=\"UTF-8\"",
                "unsupportedschemea; basic realm=foo charset=UTF-8",
            ),
            (
                "Digest realm=\"a\\\"b\", nonce=c ,, opaque=\"\", Basic realm=x",
                "digest realm=a\"b nonce=c opaque=; basic realm=x",
            ),
        ] {
            check(&[header], theirs);
        }
    }
}
