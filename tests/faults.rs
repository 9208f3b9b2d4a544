//! What a caller gets when the server misbehaves: one row for each fault, each for get, put and
//! delete, with what comes of it, how many requests the server saw, and how long it took.
//!
//! The section "What happens when the server misbehaves" of `docs/errors.md` is the short form of it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

#[path = "support/faulty.rs"]
mod faulty;

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use faulty::{Answer, Script, Server, raw, silent};
use xcaplib::{Error, ErrorKind, Method, Response, Result, XCAPClient};

const METHODS: [Method; 3] = [Method::Get, Method::Put, Method::Delete];
/// Rows at work at a time: most of them wait.
const WORKERS: usize = 32;
/// What a busy machine may add to the time of a row.
const SLACK: Duration = Duration::from_secs(15);

/// The time for a call to a server that answers too slowly.
const SHORT: Duration = Duration::from_millis(500);
const LONG: Duration = Duration::from_secs(60);
const TICK: Duration = Duration::from_millis(20);
const NO_TIME: Duration = Duration::ZERO;
/// More than the buffers between client and server hold.
const LARGE: usize = 12 * 1024 * 1024;

/// One fault and what comes of it.
struct Row {
    name: String,
    server: Peer,
    /// Whether the first answer goes to a GET that succeeds and leaves an idle connection.
    is_primed: bool,
    /// Whether it takes a processor long, so that no two such rows should run at a time.
    is_heavy: bool,
    body: usize,
    timeout: Duration,
    connect_timeout: Duration,
    max_body: u64,
    /// For get, put and delete.
    wants: [Want; 3],
    /// How many requests the server sees.
    requests: [usize; 3],
}

enum Peer {
    Scripted(Script),
    /// An address where nobody listens.
    Nobody,
    /// One that takes no further connection.
    Full,
}

/// What a caller gets.
#[derive(Clone, Debug)]
struct Want {
    /// The kind of the error, none for a success.
    kind: Option<ErrorKind>,
    status: Option<u16>,
    body: Option<Vec<u8>>,
    /// The bytes of the ETag, which go back with the next change.
    etag: Option<Vec<u8>>,
    /// A part of the error's text.
    says: String,
    /// Whether the text says that the change may have been made.
    is_unsure: bool,
    conflict: Option<&'static str>,
}

// What is wanted.

fn found(body: impl AsRef<[u8]>) -> Want {
    Want { body: Some(body.as_ref().to_vec()), ..done(200) }
}

fn done(status: u16) -> Want {
    Want {
        kind: None,
        status: Some(status),
        body: None,
        etag: None,
        says: String::new(),
        is_unsure: false,
        conflict: None,
    }
}

/// An error without an answer.
fn fails(kind: ErrorKind, says: &str) -> Want {
    Want { kind: Some(kind), status: None, says: says.to_owned(), ..done(0) }
}

/// An error with an answer.
fn refused(kind: ErrorKind, status: u16, says: &str) -> Want {
    Want { status: Some(status), ..fails(kind, says) }
}

/// A GET that was answered with an empty body.
fn nothing_found() -> Want {
    let says = "the server answered 200 with nothing where a document should be";
    refused(ErrorKind::MalformedResponse, 200, says)
}

impl Want {
    fn unsure(self) -> Self {
        Self { is_unsure: true, ..self }
    }
}

// Answers.

/// An answer from its head, given as lines, and its body.
fn http(head: &str, body: impl AsRef<[u8]>) -> Answer {
    raw(bytes(head, body))
}

fn bytes(head: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let head = format!("HTTP/1.1 {}\r\n\r\n", head.replace('\n', "\r\n"));
    [head.as_bytes(), body.as_ref()].concat()
}

/// An answer with these header lines and a length.
fn answer(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Answer {
    let body = body.as_ref();
    let headers = if headers.is_empty() { String::new() } else { format!("\n{headers}") };
    http(&format!("{status}{headers}\nContent-Length: {}", body.len()), body)
}

fn good() -> Answer {
    answer("200 OK", "", "<a/>")
}

fn chunked(body: impl AsRef<[u8]>) -> Answer {
    http("200 OK\nTransfer-Encoding: chunked", body)
}

fn challenge(value: &str) -> Answer {
    answer("401 Unauthorized", &format!("WWW-Authenticate: {value}"), "")
}

fn digest(realm: &str, nonce: usize, more: &str) -> Answer {
    challenge(&format!("Digest realm=\"{realm}\", nonce=\"n{nonce}\", qop=\"auth\"{more}"))
}

fn redirect(status: u16, location: &str) -> Answer {
    answer(&format!("{status} Moved"), &format!("Location: {location}"), "")
}

fn conflict(body: impl AsRef<[u8]>) -> Answer {
    answer("409 Conflict", "Content-Type: application/xcap-error+xml", body)
}

// Scripts.

fn always(answer: Answer) -> Script {
    Arc::new(move |_| answer.clone())
}

/// These answers in turn, the last again and again.
fn turns<const N: usize>(answers: [Answer; N]) -> Script {
    Arc::new(move |number| answers[number.min(N - 1)].clone())
}

// Rows.

fn row(name: &str, script: Script) -> Row {
    served_by(name, Peer::Scripted(script))
}

fn served_by(name: &str, server: Peer) -> Row {
    Row {
        name: name.to_owned(),
        server,
        is_primed: false,
        is_heavy: false,
        body: 0,
        timeout: LONG,
        connect_timeout: LONG,
        max_body: 16 * 1024 * 1024,
        wants: [found("<a/>"), done(200), done(200)],
        requests: [1; 3],
    }
}

impl Row {
    fn get(self, want: Want) -> Self {
        let [_, put, delete] = self.wants;
        Self { wants: [want, put, delete], ..self }
    }

    fn put(self, want: Want) -> Self {
        let [get, _, delete] = self.wants;
        Self { wants: [get, want, delete], ..self }
    }

    /// What a put and a delete get.
    fn change(self, want: Want) -> Self {
        let [get, ..] = self.wants;
        Self { wants: [get, want.clone(), want], ..self }
    }

    fn all(self, want: Want) -> Self {
        self.get(want.clone()).change(want)
    }

    /// No answer that can be used: whether a change was made is not known.
    fn broken(self, kind: ErrorKind, says: &str) -> Self {
        let want = fails(kind, says);
        self.get(want.clone()).change(want.unsure())
    }

    fn lost(self) -> Self {
        self.broken(ErrorKind::Transport, "the connection was closed before an answer came")
    }

    fn cut(self) -> Self {
        self.broken(ErrorKind::Transport, "the connection was closed in the middle of the answer")
    }

    /// The body of the answer is larger than the client takes; its status tells all the same.
    fn too_large(self, status: u16) -> Self {
        let says = format!(
            "larger than {} bytes, the client's max_body; its status is {status}",
            self.max_body
        );
        self.all(refused(ErrorKind::TooLarge, status, &says))
    }

    /// The head of the answer is.
    fn head_too_large(self) -> Self {
        self.broken(ErrorKind::TooLarge, "the head of the answer is larger than 65536 bytes")
    }

    fn malformed(self, says: &str) -> Self {
        self.broken(ErrorKind::MalformedResponse, &format!("the answer is not HTTP: {says}"))
    }

    /// The time for the call is short, and runs out.
    fn times_out(self) -> Self {
        let says = "no complete answer came within 500ms, the time for the call";
        Self { timeout: SHORT, ..self.broken(ErrorKind::Timeout, says) }
    }

    fn etag(mut self, etag: &[u8]) -> Self {
        for want in &mut self.wants {
            want.etag = Some(etag.to_vec());
        }
        self
    }

    fn conflict(mut self, name: &'static str) -> Self {
        for want in &mut self.wants {
            want.conflict = Some(name);
        }
        self
    }

    fn requests(self, count: usize) -> Self {
        self.requests_each([count; 3])
    }

    fn requests_each(self, requests: [usize; 3]) -> Self {
        Self { requests, ..self }
    }

    fn primed(self) -> Self {
        Self { is_primed: true, ..self }
    }

    /// The size of the body that a put sends.
    fn body(self, body: usize) -> Self {
        Self { body, ..self }
    }

    fn max_body(self, max_body: u64) -> Self {
        Self { max_body, ..self }
    }

    /// A second more than the time for the call; where that is not waited for, two seconds, or what
    /// a parser without optimisation takes.
    fn within(&self) -> Duration {
        let waits = self.timeout.min(self.connect_timeout);
        if waits < LONG {
            waits + Duration::from_secs(1)
        } else {
            Duration::from_secs(if self.is_heavy { 15 } else { 2 })
        }
    }
}

fn rows() -> Vec<Row> {
    let mut rows = connections();
    rows.extend(lengths());
    rows.extend(chunks());
    rows.extend(heads());
    rows.extend(interim_answers());
    rows.extend(slow_answers());
    rows.extend(contents());
    rows.extend(etags());
    rows.extend(protocols());
    rows.extend(challenges());
    rows.extend(redirects());
    rows.extend(conflicts());
    rows.extend(statuses());
    rows
}

fn connections() -> Vec<Row> {
    let mut rows = vec![
        served_by("nobody listens", Peer::Nobody)
            .all(fails(ErrorKind::Transport, "the connection was refused"))
            .requests(0),
        row("closed on arrival", always(silent().at_once().close())).lost(),
        row("reset at the first byte", always(silent().after_bytes(0).reset())).lost(),
        row("reset in the middle of the request", always(silent().after_bytes(60_000).reset()))
            .body(LARGE)
            .lost(),
        row("closed after the request", always(silent().close())).lost(),
        row("reset after the request", always(silent().reset())).lost(),
        row(
            "refused before the body was read, and closed",
            always(answer("413 Too Large", "", "no").after_bytes(1_000).close()),
        )
        .body(LARGE)
        .all(refused(ErrorKind::Status, 413, "the server answered 413"))
        .put(fails(ErrorKind::Transport, "closed before an answer came").unsure()),
        row("nothing is read", always(silent().at_once().hang())).body(LARGE).times_out(),
        row("the request is read slowly", always(silent().at_once().sip(4_096, TICK)))
            .body(LARGE)
            .times_out(),
        // Idle connections.
        row("closed while idle", turns([good().close(), good()])).primed(),
        row("closed while idle, with a 408", {
            turns([
                good().wait(TICK).send(bytes("408 Timeout\nContent-Length: 0", "")).close(),
                good(),
            ])
        })
        .primed(),
        row("an answer that nobody asked for, while idle", {
            let stray = bytes("200 OK\nContent-Length: 4", "<b/>");
            turns([good().wait(TICK).send(stray), good()])
        })
        .primed(),
        row("closed when the next request came", turns([good(), silent().close(), good()]))
            .primed()
            .lost()
            .get(found("<a/>"))
            .requests_each([2, 1, 1]),
        row("reset when the next request came", turns([good(), silent().reset(), good()]))
            .primed()
            .lost()
            .get(found("<a/>"))
            .requests_each([2, 1, 1]),
        row("reset at every next request", turns([good(), silent().reset()]))
            .primed()
            .lost()
            .requests_each([2, 1, 1]),
        row("closed in the middle of the next answer", {
            turns([good(), http("200 OK\nContent-Length: 9", "<a").close()])
        })
        .primed()
        .cut(),
        row("closed after the request that answers a challenge", {
            turns([digest("r", 1, ""), silent().close(), good()])
        })
        .lost()
        .get(found("<a/>"))
        .requests_each([3, 2, 2]),
    ];
    // Elsewhere a connection that waits to be taken looks different.
    if cfg!(target_os = "linux") {
        let full = served_by("no connection is taken", Peer::Full)
            .all(fails(ErrorKind::Timeout, "connecting took longer than 500ms"))
            .requests(0);
        rows.push(Row { connect_timeout: SHORT, ..full });
    }
    rows
}

/// Bodies that are cut, and lengths that are wrong.
fn lengths() -> Vec<Row> {
    let with =
        |name: &str, fields: &str| row(name, always(http(&format!("200 OK\n{fields}"), "<a/>")));
    vec![
        row("half a status line", always(raw("HTTP/1.1 2").close())).lost(),
        row("half a head", always(raw("HTTP/1.1 200 OK\r\nContent-Le").close())).lost(),
        row("half a head, then a reset", always(raw("HTTP/1.1 200 OK\r\n").reset())).lost(),
        row("half a body", always(http("200 OK\nContent-Length: 100", "<a/>").close())).cut(),
        row(
            "half a body, then a reset",
            always(http("200 OK\nContent-Length: 100", "<a/>").wait(TICK).reset()),
        )
        .cut(),
        with("Content-Length too long", "Content-Length: 5").times_out(),
        with("Content-Length too short", "Content-Length: 3").get(found("<a/")),
        with("Content-Length 0 before a body", "Content-Length: 0").get(nothing_found()),
        row("no length, then closed", always(http("200 OK", "<a/>").close())),
        // The HTTP library takes the reset for the end; the text may be cut.
        row("no length, then a reset", always(http("200 OK", "<a/>").wait(TICK).reset())),
        row("no length, and kept open", always(http("200 OK", "<a/>"))).times_out(),
        row("no length and nothing else, then closed", always(raw("HTTP/1.1 200\r\n\r\n").close()))
            .get(nothing_found()),
        with("Content-Length twice", "Content-Length: 4\nContent-Length: 4"),
        with("Content-Length as a list", "Content-Length: 4, 4"),
        with("conflicting Content-Lengths", "Content-Length: 4\nContent-Length: 5")
            .malformed("conflicting content-length"),
        with("a negative Content-Length", "Content-Length: -4").malformed("content-length"),
        with("an empty Content-Length", "Content-Length:").malformed("content-length"),
        with("a Content-Length that is no number", "Content-Length: 4 bytes")
            .malformed("content-length"),
        with("a Content-Length past all numbers", "Content-Length: 99999999999999999999")
            .malformed("content-length"),
        with("a huge Content-Length", "Content-Length: 9223372036854775807").too_large(200),
        row("a body of more than max_body", always(answer("200 OK", "", vec![b' '; 2_000])))
            .max_body(1_999)
            .too_large(200),
        row("an endless body", always(http("200 OK", "").endless([b'x'; 65_536], NO_TIME)))
            .too_large(200),
        row("an endless error", always(http("500 No", "").endless([b'x'; 65_536], NO_TIME)))
            .too_large(500),
    ]
}

fn chunks() -> Vec<Row> {
    let endless = |start: &str, bytes: &[u8]| chunked(start).endless(bytes, NO_TIME);
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
        .malformed("a Transfer-Encoding in HTTP/1.0"),
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
        .get(refused(ErrorKind::NotUtf8, 200, "not UTF-8")),
    ]
}

fn heads() -> Vec<Row> {
    let field =
        |size: usize| always(answer("200 OK", &format!("X-A: {}", "x".repeat(size)), "<a/>"));
    let fields = |count: usize| {
        let fields: Vec<_> = (0..count).map(|n| format!("X-{n}: {n}")).collect();
        always(answer("200 OK", &fields.join("\n"), "<a/>"))
    };
    vec![
        row("a header of 60 kB", field(60_000)),
        row("a header of 64 kB", field(65_536)).head_too_large(),
        row("a header of 1 MB", field(1_000_000)).head_too_large(),
        row("100 headers", fields(100)),
        row("10,000 headers", fields(10_000)).malformed("http parse resulted in too many headers"),
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
        row("a header without a name", always(answer("200 OK", ": b", "<a/>"))).malformed(""),
        row("a header of two lines", always(answer("200 OK", "X-A: b\n c", "<a/>"))).malformed(""),
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

fn interim_answers() -> Vec<Row> {
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
            .malformed("received headers with 100-continue response"),
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

fn slow_answers() -> Vec<Row> {
    let slow = Duration::from_secs(1) / 5;
    let whole = bytes("200 OK\nContent-Length: 4", "<a/>");
    let digest = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"";
    let unauthorized = bytes(&format!("401 No\nContent-Length: 0\n{digest}"), "");
    vec![
        row("never an answer", always(silent().hang())).times_out(),
        row("a head and no body", always(http("200 OK\nContent-Length: 4", "").hang())).times_out(),
        row("a body byte by byte", {
            always(http("200 OK\nContent-Length: 100", "").drip([b'x'; 100], slow))
        })
        .times_out(),
        row("a head byte by byte", always(silent().drip(&whole, slow))).times_out(),
        row("chunks byte by byte", always(chunked("").endless("1\r\nx\r\n", slow))).times_out(),
        row("in pieces, but in time", always(silent().drip(&whole, TICK / 20))),
        row("a challenge, then never an answer", {
            turns([silent().wait(TICK).send(unauthorized), silent().hang()])
        })
        .times_out()
        .requests(2),
    ]
}

fn contents() -> Vec<Row> {
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
        .get(not_utf8()),
        row("a web page", {
            always(answer("200 OK", "Content-Type: Text/HTML; charset=utf-8", "<html>Sign in"))
        })
        .get(refused(
            ErrorKind::MalformedResponse,
            200,
            "the server answered with an HTML page",
        )),
        row("invalid UTF-8", always(answer("200 OK", "", b"<a>\xe9</a>"))).get(not_utf8()),
        row("UTF-16", always(answer("200 OK", "", utf16))).get(not_utf8()),
        row("NUL in the body", always(answer("200 OK", "", "<a>\0</a>"))).get(found("<a>\0</a>")),
        row("no body", always(answer("200 OK", "", ""))).get(nothing_found()),
        row("204 with a body", always(http("204 No Content\nContent-Length: 4", "<a/>")))
            .all(done(204))
            .get(no_resource(204)),
        row("204 with chunks", {
            always(http("204 No Content\nTransfer-Encoding: chunked", "4\r\n<a/>\r\n0\r\n\r\n"))
        })
        .all(done(204))
        .get(no_resource(204)),
        row("204 with a huge length", {
            always(http("204 No Content\nContent-Length: 9999999999", ""))
        })
        .all(done(204))
        .get(no_resource(204)),
        row("304 with a body", always(http("304 Not Modified\nContent-Length: 4", "<a/>")))
            .all(refused(ErrorKind::NotModified, 304, "the server answered 304")),
        row("304 with a huge length", {
            always(http("304 Not Modified\nContent-Length: 9999999999", ""))
        })
        .all(refused(ErrorKind::NotModified, 304, "the server answered 304")),
        row("a part", always(answer("206 Partial Content", "Content-Range: bytes 0-3/9", "<a/>")))
            .all(done(206))
            .get(no_resource(206)),
    ]
}

fn etags() -> Vec<Row> {
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
        tagged("an ETag of 64 kB", &[b'e'; 65_536]).head_too_large(),
        tagged("two ETags", b"\"a\"\r\nETag: \"b\"").etag(b"\"a\""),
    ]
}

fn protocols() -> Vec<Row> {
    let says = |name: &str, bytes: &[u8]| row(name, always(raw(bytes).close()));
    let status =
        |status: &str| row(&format!("status {status}"), always(answer(status, "", "<a/>")));
    vec![
        says("HTTP/1.0", b"HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\n<a/>"),
        says("HTTP/1.0 without a length", b"HTTP/1.0 200 OK\r\n\r\n<a/>"),
        says("HTTP/0.9", b"<a/>").malformed(""),
        says("HTTP/2 in the status line", b"HTTP/2 200 OK\r\n\r\n<a/>").malformed(""),
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

fn challenges() -> Vec<Row> {
    let denied = |says: &str| refused(ErrorKind::Unauthorized, 401, says);
    let wrong = |realm: &str| {
        denied(&format!("the server refused the user name and password for realm `{realm}`"))
    };
    let schemes = |separator: &str| {
        let schemes: Vec<_> = (0..100).map(|n| format!("Scheme{n} a=b")).collect();
        challenge(&schemes.join(separator))
    };
    vec![
        row("the same challenge for ever", always(digest("r", 1, ""))).all(wrong("r")).requests(2),
        row("new challenges for ever", Arc::new(|number| digest("r", number, "")))
            .all(wrong("r"))
            .requests(2),
        row(
            "another realm each time",
            Arc::new(|number| digest(&format!("r{number}"), number, "")),
        )
        .all(wrong("r0"))
        .requests(2),
        row("stale for ever", Arc::new(|number| digest("r", number, ", stale=true")))
            .all(denied("the request was sent 3 times"))
            .requests(3),
        row("the same nonce stale for ever", always(digest("r", 1, ", stale=true")))
            .all(denied("the request was sent 3 times"))
            .requests(3),
        row("Basic for ever", always(challenge("Basic realm=\"r\""))).all(wrong("r")).requests(2),
        row("no challenge", always(answer("401 Unauthorized", "", "")))
            .all(denied("asks for authentication without a challenge")),
        row("an empty challenge", always(challenge("")))
            .all(denied("asks for authentication without a challenge")),
        row("a challenge without a nonce", always(challenge("Digest realm=\"r\", qop=\"auth\"")))
            .all(denied("Digest challenge has no `nonce`")),
        row("a challenge of noise", always(challenge("=,\"x, ;;\\ = ,Digest,nonce=\"")))
            .all(denied("Digest challenge has no ")),
        row("an unknown algorithm", {
            always(challenge("Digest realm=\"r\", nonce=\"n\", algorithm=MD7"))
        })
        .all(denied("offers only authentication that this client does not know")),
        row("a challenge of 100 schemes", always(schemes(", ")))
            .all(denied("offers only authentication that this client does not know")),
        row("100 challenges", always(schemes("\nWWW-Authenticate: ")))
            .all(denied("offers only authentication that this client does not know")),
        row("the right one behind 50 schemes", {
            let schemes = "Scheme a=b, ".repeat(50);
            let right =
                challenge(&format!("{schemes}Digest realm=\"r\", nonce=\"n\", qop=\"auth\""));
            turns([right, good()])
        })
        .requests(2),
        row(
            "a challenge of 1 MB",
            always(challenge(&format!("Digest nonce=\"{}\"", "n".repeat(1_000_000)))),
        )
        .head_too_large(),
        row("a nonce of 50 kB", {
            let nonce = "n".repeat(50_000);
            turns([challenge(&format!("Digest realm=\"r\", nonce=\"{nonce}\"")), good()])
        })
        .requests(2),
        row("an answer that does not prove the password", {
            let proof = answer("200 OK", "Authentication-Info: rspauth=\"0123\"", "<a/>");
            turns([digest("r", 1, ""), proof])
        })
        .get(refused(ErrorKind::MalformedResponse, 200, "its `rspauth` is wrong"))
        .change(refused(ErrorKind::MalformedResponse, 200, "its `rspauth` is wrong").unsure())
        .requests(2),
        row("a challenge with an endless page", {
            always(
                http("401 No\nWWW-Authenticate: Basic realm=r", "")
                    .endless([b'x'; 65_536], NO_TIME),
            )
        })
        .too_large(401),
        row("407", always(answer("407 Proxy", "Proxy-Authenticate: Basic realm=\"r\"", "")))
            .all(refused(ErrorKind::Status, 407, "the server answered 407")),
    ]
}

fn redirects() -> Vec<Row> {
    let to = |name: &str, location: &str| row(name, always(redirect(307, location)));
    let refuses = |says: &str| refused(ErrorKind::Redirect, 307, says);
    let origin = "not followed to another origin; if it is right, make it the client's root";
    vec![
        to("a redirect loop", "/a")
            .all(refuses("more than 5 redirects are not followed"))
            .requests(6),
        to("a redirect to itself", "").all(refuses("more than 5 redirects")).requests(6),
        row("endless redirects", Arc::new(|number| redirect(308, &format!("/{number}"))))
            .all(refused(ErrorKind::Redirect, 308, "more than 5 redirects are not followed"))
            .requests(6),
        row(
            "five redirects",
            Arc::new(|number| if number < 5 { redirect(307, "/a") } else { good() }),
        )
        .requests(6),
        row("302 once", turns([redirect(302, "/a"), good()]))
            .change(refused(ErrorKind::Redirect, 302, "not followed for this method and status"))
            .requests_each([2, 1, 1]),
        row("303", always(redirect(303, "/a"))).all(refused(
            ErrorKind::Redirect,
            303,
            "not followed for this method and status",
        )),
        to("a redirect to another host", "http://other.invalid/a").all(refuses(origin)),
        to("a redirect to another port", "http://127.0.0.1:1/a").all(refuses(origin)),
        to("a redirect to another name of the host", "http://localhost/a").all(refuses(origin)),
        to("a redirect to another scheme", "https://127.0.0.1/a").all(refuses(origin)),
        to("a redirect without a scheme", "//other.invalid/a").all(refuses(origin)),
        to("a redirect with backslashes", "\\\\other.invalid\\a").all(refuses(origin)),
        to("a redirect to a mailbox", "mailto:a@b").all(refuses(origin)),
        to("a redirect to a user name", "//u:hidden@127.0.0.1/a")
            .all(refuses("a redirect to http")),
        to("a redirect to noise", "http://[::1").all(refuses("which is no URL")),
        to("a redirect of 60 kB", &format!("//other.invalid/{}", "x".repeat(60_000)))
            .all(refuses("a redirect to http://other.invalid/xxx")),
        row("a redirect without Location", always(answer("307 Moved", "", "")))
            .all(refuses("a redirect without a Location")),
        row("two Locations", {
            turns([redirect(307, "/a\nLocation: http://other.invalid/b"), good()])
        })
        .requests(2),
        row("a redirect to challenges", {
            Arc::new(
                |number| if number == 0 { redirect(307, "/a") } else { digest("r", number, "") },
            )
        })
        .all(refused(ErrorKind::Unauthorized, 401, "refused the user name and password"))
        .requests(3),
        row("a redirect that is lost", turns([redirect(307, "/a"), silent().close()]))
            .lost()
            .requests_each([3, 2, 2]),
    ]
}

/// A 409 of which nothing is known but the status.
fn conflict_row(name: &str, body: impl Into<Vec<u8>>) -> Row {
    let body = body.into();
    let is_heavy = body.len() > 1_000_000;
    let plain = refused(ErrorKind::Conflict, 409, "the server answered 409 Conflict");
    Row { is_heavy, ..row(name, always(conflict(body))).all(plain) }
}

fn conflicts() -> Vec<Row> {
    const NS: &str = "urn:ietf:params:xml:ns:xcap-error";
    let report = |inner: &str| format!("<xcap-error xmlns='{NS}'>{inner}</xcap-error>");
    let declarations =
        |count: usize| -> String { (0..count).map(|n| format!(" xmlns:n{n}='urn:{n}'")).collect() };
    let million = 1_000_000;
    let nested = ["<a>".repeat(million), "</a>".repeat(million)].concat();
    let bomb = "<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>\
                <!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'>]>";
    let utf16: Vec<u8> = format!("\u{feff}{}", report("<cannot-insert/>"))
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect();
    let size = 15_000_000;
    vec![
        conflict_row("an xcap-error", report("<cannot-insert phrase='no'/>"))
            .all(refused(ErrorKind::Conflict, 409, "409 Conflict: cannot-insert (\"no\")"))
            .conflict("cannot-insert"),
        conflict_row("an xcap-error nested a million deep", report(&nested)),
        conflict_row("one nested a million deep, never closed", "<a>".repeat(million)),
        conflict_row(
            "an xcap-error with a DTD",
            format!("<!DOCTYPE a>{}", report("<cannot-insert/>")),
        ),
        conflict_row("an xcap-error with entities", {
            format!("{bomb}{}", report("<cannot-insert phrase='&c;'/>"))
        }),
        conflict_row("an xcap-error with 10,000 namespaces", {
            report(&format!("<cannot-insert{}/>", declarations(10_000)))
        }),
        conflict_row("an xcap-error with 10,000 namespaces inside one another", {
            let open: String = (0..10_000).map(|n| format!("<a xmlns:n{n}='urn:{n}'>")).collect();
            report(&open)
        }),
        conflict_row("an xcap-error with 10,000 attributes", {
            let attributes: String = (0..10_000).map(|n| format!(" a{n}=''")).collect();
            report(&format!("<cannot-insert{attributes}/>"))
        }),
        conflict_row("an xcap-error in UTF-16", utf16),
        // Over 1 MiB it is no report, and not parsed.
        conflict_row("an xcap-error of 15 MB", report(&"<cannot-insert/>".repeat(size / 16))),
        conflict_row("an xcap-error with 15 MB of text", {
            report(&format!("<cannot-insert phrase='{}'/>", "x".repeat(size)))
        }),
        conflict_row("an xcap-error of nearly 1 MiB", {
            report(&format!("<cannot-insert phrase='{}'/>", "x".repeat(1_000_000)))
        })
        .all(refused(ErrorKind::Conflict, 409, "409 Conflict: cannot-insert (\"xxx"))
        .conflict("cannot-insert"),
        conflict_row("half an xcap-error", report("<cannot-insert/>").split_at(70).0),
        conflict_row("an xcap-error with NUL", report("<cannot-insert phrase='\0'/>")),
        conflict_row("a 409 with a web page", "<!DOCTYPE html><html><p>no"),
        conflict_row("an xcap-error of 17 MB", vec![b' '; 17_000_000]).too_large(409),
    ]
}

fn statuses() -> Vec<Row> {
    let status = |status: &str, headers: &str, kind: ErrorKind, says: &str| {
        let code = status.split(' ').next().unwrap().parse().unwrap();
        row(status, always(answer(status, headers, "why"))).all(refused(kind, code, says))
    };
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
        status("503 Service Unavailable", retry, ErrorKind::Status, "503 Service Unavailable"),
    ]
}

// What is seen.

#[derive(Debug)]
struct Seen {
    result: Result<Response>,
    requests: usize,
    time: Duration,
    /// The field that the ETag went back in.
    returned: Option<Vec<u8>>,
}

fn run(row: &Row, method: Method) -> Seen {
    match &row.server {
        Peer::Scripted(script) => {
            let server = Server::start(Arc::clone(script));
            measure(row, method, server.address(), Some(&server))
        }
        Peer::Nobody => {
            // The port of a connection's own end: taken, and nobody listens on it.
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let taken = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            measure(row, method, taken.local_addr().unwrap(), None)
        }
        Peer::Full => {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let address = listener.local_addr().unwrap();
            while TcpStream::connect_timeout(&address, TICK * 5).is_ok() {}
            measure(row, method, address, None)
        }
    }
}

fn measure(row: &Row, method: Method, address: SocketAddr, server: Option<&Server>) -> Seen {
    let client = XCAPClient::builder(&format!("http://{address}"), "sip:alice@example.com")
        .password("secret")
        .timeout(row.timeout)
        .connect_timeout(row.connect_timeout)
        .max_body(row.max_body)
        .build()
        .unwrap();
    let seen = || server.map(Server::requests).unwrap_or_default();
    if row.is_primed {
        client.get("x", None, None, None).unwrap();
        server.unwrap().wait_done(1);
        thread::sleep(TICK);
    }
    let before = seen().len();
    let began = Instant::now();
    let result = call(&client, method, row.body);
    let time = began.elapsed();
    let requests = seen().len() - before;
    let etag = result.as_ref().ok().and_then(Response::etag);
    let returned = etag.and_then(|etag| {
        let _ = client.request("x").if_match(etag).send_raw(Method::Get, None);
        if_match(seen().last()?)
    });
    Seen { result, requests, time, returned }
}

fn call(client: &XCAPClient, method: Method, size: usize) -> Result<Response> {
    let request = client.request("x");
    match method {
        Method::Put if size > 0 => request.validate(false).put(vec![b'x'; size]),
        Method::Put => request.put("<a/>"),
        Method::Delete => request.delete(),
        _ => request.get().map(|found| found.response().clone()),
    }
}

fn if_match(head: &[u8]) -> Option<Vec<u8>> {
    let mut lines = head.split(|&byte| byte == b'\n');
    let field = lines.find(|line| line.to_ascii_lowercase().starts_with(b"if-match: "))?;
    Some(field[b"if-match: ".len()..].trim_ascii_end().to_vec())
}

/// What is not as the row says.
fn complaints(row: &Row, want: &Want, requests: usize, seen: &Seen) -> Vec<String> {
    let mut out = Vec::new();
    let mut check = |is_right: bool, what: String| {
        if !is_right {
            out.push(what);
        }
    };
    let within = row.within();
    check(seen.time <= within + SLACK, format!("it took {:?}, not {within:?}", seen.time));
    // On a busy machine the time may be out before the server has looked, or the next request sent.
    let is_cut_short = want.kind == Some(ErrorKind::Timeout) && seen.requests < requests;
    check(
        seen.requests == requests || is_cut_short,
        format!("{} requests, not {requests}", seen.requests),
    );
    match (&seen.result, want.kind) {
        (Ok(response), None) => {
            let (status, body) = (response.status(), response.body());
            check(Some(status) == want.status, format!("status {status}, not {:?}", want.status));
            let is_body = want.body.as_ref().is_none_or(|want| want == body);
            check(is_body, format!("body {}", shown(&String::from_utf8_lossy(body))));
            let etag = response.etag().map(ToString::to_string);
            check(etag == want.etag.as_deref().map(text), format!("ETag {etag:?}"));
            check(seen.returned == want.etag, format!("If-Match {:?}", seen.returned));
        }
        (Err(error), Some(kind)) => {
            let text = error.to_string();
            let shown = shown(&text);
            check(error.kind() == kind, format!("{:?}, not {kind:?}: {shown}", error.kind()));
            check(error.status() == want.status, format!("status {:?}: {shown}", error.status()));
            check(text.contains(&want.says), format!("{shown}, not {}", want.says));
            let is_unsure = text.ends_with("; whether the change was made is not known");
            check(
                is_unsure == want.is_unsure || is_cut_short,
                format!("unsure: {is_unsure}: {shown}"),
            );
            let conflict = error.conflict().map(xcaplib::Conflict::name);
            check(conflict == want.conflict, format!("{conflict:?}, not {:?}", want.conflict));
            check(is_fit_to_print(error), format!("not fit to print: {shown}"));
        }
        (result, _) => check(false, format!("{}, not {want:?}", shown(&format!("{result:?}")))),
    }
    out
}

/// One line of bounded length, without secrets.
fn is_fit_to_print(error: &Error) -> bool {
    let texts = [error.to_string(), format!("{error:?}")];
    let is_short = texts[0].chars().count() < 4_000 && !texts[0].contains(char::is_control);
    is_short && !texts.iter().any(|text| text.contains("secret") || text.contains("hidden"))
}

/// Bytes as an ETag shows them: UTF-8, else Latin-1.
fn text(bytes: &[u8]) -> String {
    let latin1 = || bytes.iter().copied().map(char::from).collect();
    std::str::from_utf8(bytes).map_or_else(|_| latin1(), str::to_owned)
}

fn shown(text: &str) -> String {
    text.chars().take(300).flat_map(char::escape_debug).collect()
}

#[test]
fn every_fault_is_survived() {
    let rows = rows();
    let names: std::collections::HashSet<_> = rows.iter().map(|row| &row.name).collect();
    assert_eq!(names.len(), rows.len(), "two rows have the same name");
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    let heavy = Mutex::new(());
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(row) = rows.get(number / 3) else { break };
                    let method = METHODS[number % 3];
                    let found = catch_unwind(AssertUnwindSafe(|| {
                        let _turn = row.is_heavy.then(|| heavy.lock());
                        let seen = run(row, method);
                        complaints(row, &row.wants[number % 3], row.requests[number % 3], &seen)
                    }));
                    let found = found.unwrap_or_else(|_| vec!["a panic".to_owned()]);
                    let lines =
                        found.into_iter().map(|it| format!("{} {method:?}: {it}", row.name));
                    failures.lock().unwrap().extend(lines);
                }
            });
        }
    });
    let mut failures = failures.into_inner().unwrap();
    failures.sort();
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    assert!(rows.len() >= 60);
}
