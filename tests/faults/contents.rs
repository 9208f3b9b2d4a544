//! Whole answers with odd contents and statuses.

use super::*;

pub fn contents() -> Vec<Row> {
    let no_text = "the body of the answer is not UTF-8; its bytes are in the error's response";
    let not_utf8 = || refused(ErrorKind::NotUtf8, 200, no_text);
    let no_resource = |status| {
        let says = format!("the server answered {status} to a GET, which brings no resource");
        refused(ErrorKind::MalformedResponse, status, &says)
    };
    let utf16: Vec<u8> = "\u{feff}<a/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![
        row("compressed unasked", {
            always(answer("200 OK", "Content-Encoding: gzip", b"\x1f\x8b\x08\0\0\0\0\0\0\x03"))
        })
        .get(not_utf8())
        .why("no compression was asked for, and none is undone"),
        row("a web page", {
            always(answer("200 OK", "Content-Type: Text/HTML; charset=utf-8", "<html>Sign in"))
        })
        .get(refused(ErrorKind::MalformedResponse, 200, "the server answered with an HTML page"))
        .why("it is a login page, or the root is wrong"),
        row("invalid UTF-8", always(answer("200 OK", "", b"<a>\xe9</a>")))
            .get(not_utf8())
            .why("XCAP's resources are UTF-8"),
        row("UTF-16", always(answer("200 OK", "", utf16)))
            .get(not_utf8())
            .why("XCAP's resources are UTF-8"),
        row("NUL in the body", always(answer("200 OK", "", "<a>\0</a>"))).get(found("<a>\0</a>")),
        row("no body", always(answer("200 OK", "", "")))
            .get(nothing_found())
            .why("a document cannot be empty"),
        row("204 with a body", always(http("204 No Content\nContent-Length: 4", "<a/>")))
            .all(done(204))
            .get(no_resource(204))
            .why("a GET has to bring a resource"),
        row("204 with chunks", {
            always(http("204 No Content\nTransfer-Encoding: chunked", "4\r\n<a/>\r\n0\r\n\r\n"))
        })
        .all(done(204))
        .get(no_resource(204))
        .why("a GET has to bring a resource"),
        row("204 with a huge length", {
            always(http("204 No Content\nContent-Length: 9999999999", ""))
        })
        .all(done(204))
        .get(no_resource(204))
        .why("a GET has to bring a resource"),
        row("304 with a body", always(http("304 Not Modified\nContent-Length: 4", "<a/>")))
            .all(refused(ErrorKind::NotModified, 304, "the server answered 304")),
        row("304 with a huge length", {
            always(http("304 Not Modified\nContent-Length: 9999999999", ""))
        })
        .all(refused(ErrorKind::NotModified, 304, "the server answered 304")),
        row("a part", always(answer("206 Partial Content", "Content-Range: bytes 0-3/9", "<a/>")))
            .all(done(206))
            .get(no_resource(206))
            .why("a GET has to bring the whole resource"),
    ]
}

pub fn etags() -> Vec<Row> {
    let tagged = |name: &str, etag: &[u8]| {
        let answer = [b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nETag: ", etag, b"\r\n\r\n<a/>"];
        row(name, always(raw(answer.concat())))
    };
    let long = format!("\"{}\"", "e".repeat(60_000)).into_bytes();
    vec![
        tagged("a weak ETag", b"W/\"a\"").etag(b"W/\"a\""),
        tagged("an unquoted ETag", b"a-b").etag(b"a-b"),
        tagged("an ETag with one quote", b"\"a").etag(b"\"a"),
        tagged("an empty ETag", b""),
        tagged("an ETag of nothing but quotes", b"\"\"").etag(b"\"\""),
        tagged("an ETag with a tab inside", b"\"a\tb\""),
        tagged("an ETag with quotes inside", b"\"a\"b\\\"c\"").etag(b"\"a\"b\\\"c\""),
        tagged("an ETag with a comma inside", b"\"a\", \"b\"").etag(b"\"a\", \"b\""),
        tagged("an ETag in Latin-1", b"\"\xe9\xff\"").etag(b"\"\xe9\xff\""),
        tagged("an ETag in UTF-8", "\"é\"".as_bytes()).etag("\"é\"".as_bytes()),
        tagged("an ETag of 60 kB", &long).etag(&long),
        tagged("an ETag of 64 kB", &[b'e'; 65_536]).head_too_large().why("curl's limit is higher"),
        tagged("two ETags", b"\"a\"\r\nETag: \"b\"").etag(b"\"a\""),
    ]
}

pub fn statuses() -> Vec<Row> {
    let status = |status: &str, headers: &str, kind: ErrorKind, says: &str| {
        let code = status.split(' ').next().unwrap().parse().unwrap();
        row(status, always(answer(status, headers, "why"))).all(refused(kind, code, says))
    };
    // A gateway that got no answer does not know.
    let gateway = |text: &str| status(text, "", ErrorKind::Status, text).unsure_changes();
    let retry = "Retry-After: 1";
    vec![
        status("403 Forbidden", "", ErrorKind::Forbidden, "403 Forbidden"),
        status("404 Not Found", "", ErrorKind::NotFound, "404 Not Found"),
        status("405 Method Not Allowed", "Allow: GET", ErrorKind::Status, "405 Method Not Allowed"),
        status(
            "408 Request Timeout",
            "Connection: close",
            ErrorKind::Status,
            "408 Request Timeout",
        ),
        status("412 Precondition Failed", "", ErrorKind::PreconditionFailed, "412 Precondition"),
        status("415 Unsupported Media Type", "", ErrorKind::Status, "415 Unsupported Media Type")
            .put(refused(ErrorKind::Status, 415, "the server does not take application/xml there")),
        status("429 Too Many Requests", retry, ErrorKind::Status, "429 Too Many Requests"),
        status("500 Internal Server Error", "", ErrorKind::Status, "500 Internal Server Error"),
        status("501 Not Implemented", "", ErrorKind::Status, "501 Not Implemented"),
        gateway("502 Bad Gateway"),
        status("503 Service Unavailable", retry, ErrorKind::Status, "503 Service Unavailable"),
        gateway("504 Gateway Timeout"),
        row("502 with an endless page", {
            always(http("502 Bad Gateway", "").endless([b'x'; 65_536], NO_TIME))
        })
        .too_large(502)
        .unsure_changes(),
        row("502 to a redirected request", {
            turns([redirect(307, "/a"), answer("502 Bad Gateway", "", "")])
        })
        .all(refused(ErrorKind::Status, 502, "502 Bad Gateway"))
        .unsure_changes()
        .requests(2),
    ]
}
