//! Basic authentication (RFC 7617).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::authorization::Authorization;

/// The value, with the user name in UTF-8 (section 2.1). `None` if Basic cannot carry the user name
/// (section 2).
pub(super) fn authorization(username: &str, password: &[u8]) -> Option<Authorization> {
    if username.contains(':') {
        return None;
    }
    Some(Authorization::basic(&STANDARD.encode([username.as_bytes(), password].join(&b':'))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_7617_examples() {
        let aladdin = authorization("Aladdin", b"open sesame").unwrap();
        assert_eq!(aladdin.value(), b"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        let test = authorization("test", "123\u{a3}".as_bytes()).unwrap();
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
            assert_eq!(STANDARD.encode(bytes), expected);
        }
        assert_eq!(STANDARD.encode([0xfb, 0xff, 0xbf]), "+/+/");
    }

    #[test]
    fn a_colon_is_for_the_password_only() {
        assert_eq!(authorization("a:b", b"c"), None);
        assert_eq!(authorization("a", b"b:c").unwrap().value(), b"Basic YTpiOmM=");
    }
}
