//! How a value is written in a field: quoted, or encoded if a quoted string cannot hold it.

/// Percent-encodes everything but `attr-char` (RFC 5987 section 3.2.1).
pub(super) fn extended(text: &str) -> String {
    let encode = |byte: u8| {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(encode).collect()
}

pub(super) fn quoted(name: &str, value: &str) -> String {
    let mut out = Vec::new();
    push_quoted(&mut out, name, value.as_bytes());
    String::from_utf8_lossy(&out).into_owned()
}

pub(super) fn push_quoted(out: &mut Vec<u8>, name: &str, value: &[u8]) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"=\"");
    for byte in value {
        if matches!(byte, b'\\' | b'"') {
            out.push(b'\\');
        }
        out.push(*byte);
    }
    out.push(b'"');
}
