//! Messages of HTTP, as a scripted server reads and writes them.

#![allow(dead_code, unreachable_pub, reason = "no server uses all of it")]
#![allow(clippy::unwrap_used, reason = "a test fails where its server does")]

use std::io::{self, BufRead};

/// One request as it came: its head with all line ends, and its body. `None` where the connection
/// ended before it.
pub fn read(reader: &mut impl BufRead) -> io::Result<Option<(Vec<u8>, Vec<u8>)>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if reader.read_until(b'\n', &mut head)? == 0 {
            return Ok(None);
        }
    }
    let mut body = vec![0; content_length(&head)];
    reader.read_exact(&mut body)?;
    Ok(Some((head, body)))
}

/// An answer with a `Content-Length`; `status` is what follows the version, and the lines of the
/// fields are without their ends.
pub fn answer<'f>(
    status: &[u8],
    fields: impl IntoIterator<Item = &'f [u8]>,
    body: &[u8],
) -> Vec<u8> {
    let mut bytes = [b"HTTP/1.1 ", status, b"\r\n"].concat();
    for field in fields {
        bytes.extend_from_slice(field);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend(format!("Content-Length: {}\r\n\r\n", body.len()).bytes());
    bytes.extend_from_slice(body);
    bytes
}

/// The lines of a head without their ends, bytes above 0x7F as Latin-1.
pub fn lines(head: &[u8]) -> Vec<String> {
    let text: String = head.iter().copied().map(char::from).collect();
    text.split_terminator("\r\n").map(str::to_owned).collect()
}

/// The values of all fields of this name.
pub fn fields(head: &[u8], name: &str) -> Vec<String> {
    lines(head)
        .iter()
        .skip(1)
        .filter_map(|line| line.split_once(": "))
        .filter(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.to_owned())
        .collect()
}

/// How many bytes follow the head.
pub fn content_length(head: &[u8]) -> usize {
    fields(head, "content-length").first().map_or(0, |length| length.parse().unwrap())
}
