//! The head of a request, as a scripted server reads it.

#![allow(dead_code, unreachable_pub, reason = "no server uses all of it")]
#![allow(clippy::unwrap_used, reason = "a test fails where its server does")]

/// Its lines without their ends, bytes above 0x7F as Latin-1.
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
