//! Whether two URIs mean the same.

use crate::xml;

/// A URI, parsed for comparison.
///
/// - `sip:` and `sips:` are compared as RFC 3261 section 19.1.4 says. The value of a header in a
///   URI is compared without regard to case, as section 7.3.1 requires for most header fields.
/// - `tel:` is compared as RFC 3966 section 4 says: neither visual separators nor the order of
///   parameters count, and each parameter has to be in both.
/// - Any other URI is compared byte by byte after its scheme. The case of the scheme does not
///   count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Uri {
    /// In lower case; empty where the text has none.
    scheme: String,
    rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Rest {
    Sip(Sip),
    Tel(Tel),
    Other(String),
}

/// Everything except `userinfo` is in lower case. Only the necessary escapes are left.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sip {
    /// User and password.
    userinfo: Option<String>,
    /// Host and port.
    host: String,
    parameters: Vec<Parameter>,
    /// Sorted by name.
    headers: Vec<Parameter>,
}

/// In lower case, without visual separators.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Tel {
    number: String,
    /// Sorted by name.
    parameters: Vec<Parameter>,
}

/// A name, and its value if it has one.
type Parameter = (String, Option<String>);

/// Two SIP URIs differ if only one of them has one of these parameters. Other parameters that only
/// one of them has are ignored.
const NEVER_IGNORED: [&str; 5] = ["user", "ttl", "method", "maddr", "transport"];

/// Whether two URIs mean the same.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    one == other || Uri::read(one).is_same(&Uri::read(other))
}

impl Uri {
    /// White space around it does not count, since `anyURI` has none (XML Schema part 2, section
    /// 3.2.17).
    pub(super) fn read(text: &str) -> Self {
        let text = text.trim_matches(xml::is_whitespace);
        let scheme = text.split_once(':').filter(|(scheme, _)| is_scheme(scheme));
        let (scheme, rest) = scheme.unwrap_or(("", text));
        let scheme = scheme.to_ascii_lowercase();
        let rest = match scheme.as_str() {
            "sip" | "sips" => Rest::Sip(Sip::read(rest)),
            "tel" => Rest::Tel(Tel::read(rest)),
            _ => Rest::Other(rest.to_owned()),
        };
        Self { scheme, rest }
    }

    /// Whether both mean the same. This is not transitive: two SIP URIs with different parameters
    /// may both equal one without parameters.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.scheme == other.scheme
            && match (&self.rest, &other.rest) {
                (Rest::Sip(one), Rest::Sip(other)) => one.is_same(other),
                (one, other) => one == other,
            }
    }
}

impl Sip {
    fn read(text: &str) -> Self {
        // The user part may contain characters that begin parameters and headers elsewhere.
        let (userinfo, rest) = match text.split_once('@') {
            Some((userinfo, rest)) => (Some(canonical(userinfo)), rest),
            None => (None, text),
        };
        let (rest, headers) = rest.split_once('?').unwrap_or((rest, ""));
        let (host, parameters) = rest.split_once(';').unwrap_or((rest, ""));
        let mut headers = pairs(headers, '&');
        headers.sort_unstable();
        Self { userinfo, host: insensitive(host), parameters: pairs(parameters, ';'), headers }
    }

    fn is_same(&self, other: &Self) -> bool {
        (&self.userinfo, &self.host, &self.headers)
            == (&other.userinfo, &other.host, &other.headers)
            && self.fits(other)
            && other.fits(self)
    }

    /// Whether the other URI has each parameter of this one that it must have.
    fn fits(&self, other: &Self) -> bool {
        self.parameters.iter().all(|parameter| {
            let (name, _) = parameter;
            let has_name = other.parameters.iter().any(|(other, _)| other == name);
            other.parameters.contains(parameter)
                || !(has_name || NEVER_IGNORED.contains(&name.as_str()))
        })
    }
}

impl Tel {
    fn read(text: &str) -> Self {
        let (number, parameters) = text.split_once(';').unwrap_or((text, ""));
        let mut parameters = pairs(parameters, ';');
        for (name, value) in &mut parameters {
            let is_number = name == "ext"
                || name == "phone-context" && value.as_deref().is_some_and(|v| v.starts_with('+'));
            if is_number {
                *value = value.as_deref().map(without_separators);
            }
        }
        parameters.sort_unstable();
        Self { number: without_separators(&insensitive(number)), parameters }
    }
}

fn without_separators(number: &str) -> String {
    number.replace(['-', '.', '(', ')'], "")
}

/// Parameters or headers.
fn pairs(text: &str, separator: char) -> Vec<Parameter> {
    let pairs = text.split(separator).filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) => (insensitive(name), Some(insensitive(value))),
            None => (insensitive(pair), None),
        })
        .collect()
}

fn insensitive(text: &str) -> String {
    canonical(text).to_ascii_lowercase()
}

/// The single spelling of a component. An escaped reserved character differs from the plain
/// character (RFC 2396 section 2.2). An escaped unreserved character does not. All other characters
/// have to be escaped.
fn canonical(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut bytes = text.as_bytes().iter();
    while let Some(&byte) = bytes.next() {
        let escaped = if byte == b'%' { escaped(bytes.as_slice()) } else { None };
        if escaped.is_some() {
            bytes.nth(1);
        }
        match escaped.unwrap_or(byte) {
            c if is_unreserved(c) => out.push(char::from(c)),
            c if is_reserved(c) && escaped.is_none() => out.push(char::from(c)),
            c => out.push_str(&format!("%{c:02X}")),
        }
    }
    out
}

/// Whether the text is a scheme (RFC 3986 section 3.1).
pub(super) fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

/// The byte that two hexadecimal digits stand for.
fn escaped(rest: &[u8]) -> Option<u8> {
    let digit = |at: usize| char::from(*rest.get(at)?).to_digit(16);
    u8::try_from(digit(0)? * 16 + digit(1)?).ok()
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte)
}

fn is_reserved(byte: u8) -> bool {
    b";/?:@&=+$,".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = include_str!("../../tests/data/usages/uris.txt");

    #[test]
    fn uris_are_compared_as_the_table_says() {
        let mut count = 0;
        for line in TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let parts: Vec<_> = line.split(' ').collect();
            let [sign, one, other] = parts[..] else { panic!("{line}") };
            assert!(matches!(sign, "=" | "!"), "{line}");
            let [one, other] = [one, other].map(Uri::read);
            assert_eq!(one.is_same(&other), sign == "=", "{line}");
            assert_eq!(other.is_same(&one), sign == "=", "the other way: {line}");
            assert!(one.is_same(&one) && other.is_same(&other), "{line}");
            count += 1;
        }
        assert!(count > 60, "{count} pairs");
    }
}
