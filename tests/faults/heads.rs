//! Heads, interim answers and what is no HTTP at all.

use super::*;

pub fn heads() -> Vec<Row> {
    let field =
        |size: usize| always(answer("200 OK", &format!("X-A: {}", "x".repeat(size)), "<a/>"));
    let fields = |count: usize| {
        let fields: Vec<_> = (0..count).map(|n| format!("X-{n}: {n}")).collect();
        always(answer("200 OK", &fields.join("\n"), "<a/>"))
    };
    vec![
        row("a header of 60 kB", field(60_000)),
        row("a header of 64 kB", field(65_536)).head_too_large().why("curl's limit is higher"),
        row("a header of 1 MB", field(1_000_000)).head_too_large(),
        row("100 headers", fields(100)),
        row("10,000 headers", fields(10_000))
            .malformed("http parse resulted in too many headers")
            .why("more than 128 fields are a fault or an attack"),
        row("endless headers", {
            always(raw("HTTP/1.1 200 OK\r\n").endless("X-A: b\r\n".repeat(100), NO_TIME))
        })
        .malformed("http parse resulted in too many headers"),
        row("an endless header", {
            always(raw("HTTP/1.1 200 OK\r\nX-A: ").endless([b'x'; 4_096], NO_TIME))
        })
        .head_too_large(),
        row("an endless status line", always(raw("HTTP/1.1 200 ").endless([b'x'; 4_096], NO_TIME)))
            .head_too_large(),
        row("NUL in a header", always(answer("200 OK", "X-A: a\0b", "<a/>"))).malformed(""),
        row("NUL in a header's name", always(answer("200 OK", "X\0A: b", "<a/>"))).malformed(""),
        row("a header without a colon", always(answer("200 OK", "X-A", "<a/>"))).malformed(""),
        row("a header without a name", always(answer("200 OK", ": b", "<a/>")))
            .malformed("")
            .why("RFC 9112 section 5.1 knows none"),
        row("a header of two lines", always(answer("200 OK", "X-A: b\n c", "<a/>")))
            .malformed("")
            .why("the HTTP library does not read folded fields, which RFC 9112 has abolished"),
        row("a header in Latin-1", {
            always(raw(b"HTTP/1.1 200 OK\r\nX-A: \xe9\r\nContent-Length: 4\r\n\r\n<a/>"))
        }),
        row("bare line feeds", always(raw("HTTP/1.1 200 OK\nContent-Length: 4\n\n<a/>"))),
        row("two Content-Types", {
            let types = "Content-Type: application/xml\nContent-Type: text/html";
            always(answer("200 OK", types, "<a/>"))
        }),
    ]
}

pub fn interim_answers() -> Vec<Row> {
    let after = |interim: &str, count: usize| {
        let interim = bytes(interim, "").repeat(count);
        always(raw([interim, bytes("200 OK\nContent-Length: 4", "<a/>")].concat()))
    };
    vec![
        row("100 first", after("100 Continue", 1)),
        row("100 a hundred times first", after("100 Continue", 100)),
        row("103 first", after("103 Early Hints\nLink: </a>; rel=preload", 1)),
        row("103 a hundred times first", after("103 Early Hints\nLink: </a>", 100)),
        // HTTP allows it (RFC 9110 section 15.2); the HTTP library does not. A server has no cause
        // to send 100 to this client.
        row("100 with headers first", after("100 Continue\nX-A: b", 1))
            .malformed("received headers with 100-continue response")
            .why("the HTTP library refuses what HTTP allows here; nobody asks for a 100"),
        row("100 without end", always(silent().endless(bytes("100 Continue", ""), TICK)))
            .times_out(),
        row("103 and nothing else", always(http("103 Early Hints", "").close())).lost(),
        row("101", always(http("101 Switching Protocols\nUpgrade: x", ""))).all(refused(
            ErrorKind::Status,
            101,
            "the server answered 101",
        )),
    ]
}

pub fn protocols() -> Vec<Row> {
    let says = |name: &str, bytes: &[u8]| row(name, always(raw(bytes).close()));
    let status =
        |status: &str| row(&format!("status {status}"), always(answer(status, "", "<a/>")));
    vec![
        says("HTTP/1.0", b"HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\n<a/>"),
        says("HTTP/1.0 without a length", b"HTTP/1.0 200 OK\r\n\r\n<a/>"),
        says("HTTP/0.9", b"<a/>").malformed(""),
        says("HTTP/2 in the status line", b"HTTP/2 200 OK\r\n\r\n<a/>")
            .malformed("")
            .why("HTTP/2 is not written like this; what follows may be anything"),
        says("HTTP/2's preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").malformed(""),
        says("HTTP/2's settings", b"\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64").malformed(""),
        says("another protocol", b"SSH-2.0-OpenSSH_9.2\r\n").malformed(""),
        says("TLS", b"\x15\x03\x01\0\x02\x02\x46").malformed(""),
        says("noise", b"\xff\xfe\0\x01\r\n\r\n").malformed(""),
        says("a status line without a status", b"HTTP/1.1\r\n\r\n").malformed(""),
        says("a status that is no number", b"HTTP/1.1 OK OK\r\n\r\n").malformed(""),
        says("empty lines first", b"\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<a/>"),
        status("000").malformed("http parse fail: invalid status code"),
        status("99").malformed(""),
        status("1000").malformed(""),
        status("600").all(refused(ErrorKind::Status, 600, "the server answered 600")),
        status("999").all(refused(ErrorKind::Status, 999, "the server answered 999")),
    ]
}
