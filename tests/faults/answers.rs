//! The answers of a scripted server, and scripts of them.

use super::*;

/// An answer from its head, given as lines, and its body.
pub fn http(head: &str, body: impl AsRef<[u8]>) -> Answer {
    raw(bytes(head, body))
}

pub fn bytes(head: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let head = format!("HTTP/1.1 {}\r\n\r\n", head.replace('\n', "\r\n"));
    [head.as_bytes(), body.as_ref()].concat()
}

/// An answer with these header lines and a length.
pub fn answer(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Answer {
    let body = body.as_ref();
    let headers = if headers.is_empty() { String::new() } else { format!("\n{headers}") };
    http(&format!("{status}{headers}\nContent-Length: {}", body.len()), body)
}

pub fn good() -> Answer {
    answer("200 OK", "", "<a/>")
}

pub fn chunked(body: impl AsRef<[u8]>) -> Answer {
    http("200 OK\nTransfer-Encoding: chunked", body)
}

pub fn challenge(value: &str) -> Answer {
    answer("401 Unauthorized", &format!("WWW-Authenticate: {value}"), "")
}

pub fn digest(realm: &str, nonce: usize, more: &str) -> Answer {
    challenge(&format!("Digest realm=\"{realm}\", nonce=\"n{nonce}\", qop=\"auth\"{more}"))
}

pub fn redirect(status: u16, location: &str) -> Answer {
    answer(&format!("{status} Moved"), &format!("Location: {location}"), "")
}

pub fn conflict(body: impl AsRef<[u8]>) -> Answer {
    answer("409 Conflict", "Content-Type: application/xcap-error+xml", body)
}

pub fn always(answer: Answer) -> Script {
    Arc::new(move |_| answer.clone())
}

/// These answers in turn, the last again and again.
pub fn turns<const N: usize>(answers: [Answer; N]) -> Script {
    Arc::new(move |number| answers[number.min(N - 1)].clone())
}
