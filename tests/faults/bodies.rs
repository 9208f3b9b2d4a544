//! Bodies that are cut, too large or framed wrongly.

use super::*;

/// Bodies that are cut, and lengths that are wrong.
pub fn lengths() -> Vec<Row> {
    let with =
        |name: &str, fields: &str| row(name, always(http(&format!("200 OK\n{fields}"), "<a/>")));
    vec![
        row("half a status line", always(raw("HTTP/1.1 2").close())).lost(),
        row("half a head", always(raw("HTTP/1.1 200 OK\r\nContent-Le").close()))
            .lost()
            .why("what is missing may be a field that counts"),
        row("half a head, then a reset", always(raw("HTTP/1.1 200 OK\r\n").reset())).lost(),
        row("half a body", always(http("200 OK\nContent-Length: 100", "<a/>").close())).cut(),
        row(
            "half a body, then a reset",
            always(http("200 OK\nContent-Length: 100", "<a/>").wait(TICK).reset()),
        )
        .cut(),
        with("Content-Length too long", "Content-Length: 5").times_out(),
        with("Content-Length too short", "Content-Length: 3").get(found("<a/")),
        with("Content-Length 0 before a body", "Content-Length: 0")
            .get(nothing_found())
            .why("a document cannot be empty"),
        row("no length, then closed", always(http("200 OK", "<a/>").close())),
        row("no length, then a reset", always(http("200 OK", "<a/>").wait(TICK).reset())).cut(),
        row("no length, and nothing else, then a reset", {
            always(http("200 OK", "").wait(TICK).reset())
        })
        .cut(),
        row("no length, and kept open", always(http("200 OK", "<a/>"))).times_out(),
        row("no length and nothing else, then closed", always(raw("HTTP/1.1 200\r\n\r\n").close()))
            .get(nothing_found())
            .why("a document cannot be empty"),
        with("Content-Length twice", "Content-Length: 4\nContent-Length: 4"),
        with("Content-Length as a list", "Content-Length: 4, 4"),
        with("conflicting Content-Lengths", "Content-Length: 4\nContent-Length: 5")
            .malformed("conflicting content-length"),
        with("a negative Content-Length", "Content-Length: -4").malformed("content-length"),
        with("an empty Content-Length", "Content-Length:").malformed("content-length"),
        with("a Content-Length that is no number", "Content-Length: 4 bytes")
            .malformed("content-length")
            .why("where the body ends is a guess"),
        with("a Content-Length past all numbers", "Content-Length: 99999999999999999999")
            .malformed("content-length"),
        with("a huge Content-Length", "Content-Length: 9223372036854775807").too_large(200),
        row("a body of more than max_body", always(answer("200 OK", "", vec![b' '; 2_000])))
            .max_body(1_999)
            .too_large(200)
            .why("curl has no such limit"),
        row("an endless body", always(http("200 OK", "").endless([b'x'; 65_536], NO_TIME)))
            .too_large(200),
        row("an endless error", always(http("500 No", "").endless([b'x'; 65_536], NO_TIME)))
            .too_large(500),
    ]
}

pub fn chunks() -> Vec<Row> {
    let endless = |start: &str, bytes: &[u8]| chunked(start).endless(bytes, NO_TIME);
    let foreign = |coding: &str| {
        let says = format!("is in the transfer coding `{coding}`, which was not asked for");
        refused(ErrorKind::MalformedResponse, 200, &says)
    };
    vec![
        row(
            "chunks with extensions and trailers",
            always(chunked("2;a=b\r\n<a\r\n2 ; c\r\n/>\r\n0\r\nX-A: b\r\nETag: \"t\"\r\n\r\n")),
        ),
        row("chunked and a length", {
            always(http(
                "200 OK\nTransfer-Encoding: chunked\nContent-Length: 7",
                "4\r\n<a/>\r\n0\r\n\r\n",
            ))
        }),
        row("chunked by HTTP/1.0", {
            let head = "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
            always(raw(head).send("4\r\n<a/>\r\n0\r\n\r\n").close())
        })
        .malformed("a Transfer-Encoding in HTTP/1.0")
        .why("where the body ends is a guess (RFC 9112 section 6.1)"),
        row("a chunk size that is no number", always(chunked("four\r\n<a/>\r\n0\r\n\r\n")))
            .malformed("chunk length"),
        row("a negative chunk size", always(chunked("-4\r\n<a/>\r\n0\r\n\r\n")))
            .malformed("chunk length"),
        row("an empty chunk size", always(chunked("\r\n<a/>\r\n0\r\n\r\n")))
            .malformed("chunk length"),
        row("a chunk size past all numbers", always(chunked("FFFFFFFFFFFFFFFFF\r\n<a/>")))
            .malformed("chunk length"),
        row("a chunk longer than its size", always(chunked("2\r\n<a/>\r\n0\r\n\r\n")))
            .malformed("chunk expected crlf"),
        row("a chunk shorter than its size", always(chunked("ff\r\n<a/>\r\n0\r\n\r\n").close()))
            .cut(),
        row("no last chunk, then closed", always(chunked("4\r\n<a/>\r\n").close())).cut(),
        row("half a last chunk, then closed", always(chunked("4\r\n<a/>\r\n0\r\n").close())),
        row("half a last chunk, then a reset", {
            always(chunked("4\r\n<a/>\r\n0\r\n").wait(TICK).reset())
        })
        .cut(),
        row("an endless chunk extension", always(endless("4;", &[b'x'; 65_536])))
            .broken(ErrorKind::Transport, "body data reading stalled"),
        row("a long chunk extension", always(chunked(format!("4;{}\r\n<a/>", "x".repeat(100)))))
            .malformed("chunk expected crlf"),
        row("endless trailers", always(chunked("4\r\n<a/>\r\n0\r\n").endless("X: y\r\n", TICK)))
            .times_out(),
        row("an endless chunk", always(endless("7fffffff\r\n", &[b'x'; 65_536]))).too_large(200),
        row("endless chunks", always(endless("", &b"1\r\nx\r\n".repeat(10_000))))
            .max_body(100_000)
            .too_large(200),
        row("compressed for the way", {
            let body = b"4\r\n\x1f\x8b\x08\x00\r\n0\r\n\r\n";
            always(http("200 OK\nTransfer-Encoding: gzip, chunked", body))
        })
        .get(foreign("gzip, chunked"))
        .why("no other coding than chunked is asked for, and none is undone"),
        row("in an unknown coding, then closed", {
            always(http("200 OK\nTransfer-Encoding: foo", "<a/>").close())
        })
        .get(foreign("foo")),
        row("in an unknown coding with a length", {
            always(http("200 OK\nTransfer-Encoding: foo\nContent-Length: 4", "<a/>"))
        })
        .get(foreign("foo")),
        row("chunked twice", {
            let body = "9\r\n4\r\n<a/>\r\n\r\n5\r\n0\r\n\r\n\r\n0\r\n\r\n";
            always(http("200 OK\nTransfer-Encoding: chunked, chunked", body))
        })
        .get(foreign("chunked, chunked"))
        .why("a coding over another is not undone"),
        row("in the coding that is none", {
            always(http("200 OK\nTransfer-Encoding: identity\nContent-Length: 4", "<a/>"))
        }),
    ]
}
