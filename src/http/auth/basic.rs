//! Basic authentication (RFC 7617).

use super::authorization::Authorization;

/// The value, in UTF-8 (section 2.1); `None` for a user name that Basic cannot carry (section 2).
pub(super) fn authorization(username: &str, password: &str) -> Option<Authorization> {
    if username.contains(':') {
        return None;
    }
    Some(Authorization::basic(&base64(format!("{username}:{password}").as_bytes())))
}

/// RFC 4648 section 4.
fn base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = (0..3).fold(0_u32, |bits, place| {
            bits << 8 | u32::from(group.get(place).copied().unwrap_or(0))
        });
        for place in 0..4 {
            let padding = place > group.len();
            text.push(if padding { '=' } else { base64_char(bits >> (18 - 6 * place) & 63) });
        }
    }
    text
}

fn base64_char(value: u32) -> char {
    let (first, offset) = match value {
        0..26 => ('A', value),
        26..52 => ('a', value - 26),
        52..62 => ('0', value - 52),
        62 => ('+', 0),
        _ => ('/', 0),
    };
    char::from_u32(u32::from(first) + offset).unwrap_or('=')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_7617_examples() {
        let aladdin = authorization("Aladdin", "open sesame").unwrap();
        assert_eq!(aladdin.value(), b"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        let test = authorization("test", "123\u{a3}").unwrap();
        assert_eq!(test.value(), b"Basic dGVzdDoxMjPCow==");
    }

    #[test]
    fn rfc_4648_vectors() {
        for (bytes, expected) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), expected);
        }
        assert_eq!(base64(&[0xfb, 0xff, 0xbf]), "+/+/");
    }

    #[test]
    fn a_colon_is_for_the_password_only() {
        assert_eq!(authorization("a:b", "c"), None);
        assert_eq!(authorization("a", "b:c").unwrap().value(), b"Basic YTpiOmM=");
    }
}
