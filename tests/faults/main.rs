//! What a caller gets when the server misbehaves: one row for each fault, each for get, put and
//! delete, with what comes of it, how many requests the server saw, and how long it took.
//!
//! The section "What happens when the server misbehaves" of `docs/errors.md` is the short form of
//! it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
#![allow(unreachable_pub, reason = "modules of a test")]

mod answers;
mod bodies;
mod challenges;
mod conflicts;
mod connections;
mod contents;
mod curl;
#[path = "../support/faulty.rs"]
mod faulty;
mod heads;
mod redirects;
mod row;

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use answers::*;
use bodies::*;
use challenges::*;
use conflicts::*;
use connections::*;
use contents::*;
use faulty::{Answer, Script, Server, raw, silent};
use heads::*;
use redirects::*;
use row::*;
use xcaplib::{Error, ErrorKind, Method, Response, Result, XCAPClient};

const METHODS: [Method; 3] = [Method::Get, Method::Put, Method::Delete];
/// Rows at work at a time: most of them wait.
const WORKERS: usize = 32;
/// What a busy machine may add to the time of a row.
const SLACK: Duration = Duration::from_secs(15);

/// The time for a call to a server that answers too slowly: a busy machine still sends the request in it.
const SHORT: Duration = Duration::from_secs(2);
const LONG: Duration = Duration::from_secs(60);
const TICK: Duration = Duration::from_millis(20);
const NO_TIME: Duration = Duration::ZERO;
/// More than the buffers between client and server hold.
const LARGE: usize = 12 * 1024 * 1024;

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
fn complaints(row: &Row, method: Method, want: &Want, requests: usize, seen: &Seen) -> Vec<String> {
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
            let is_unsure = error.is_unsure();
            check(
                is_unsure == want.is_unsure || is_cut_short,
                format!("unsure: {is_unsure}: {shown}"),
            );
            let says_so = text.ends_with("; whether the change was made is not known");
            check(is_unsure == says_so, format!("unsure: {is_unsure}, but it says {shown}"));
            let was_sent = seen.requests > 0 && method != Method::Get;
            check(was_sent || !is_unsure, format!("unsure of what was not sent: {shown}"));
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

/// What is found wrong with each row and method by `look`, many at a time.
fn complaints_of_all(
    rows: &[Row],
    look: impl Fn(&Row, usize) -> Vec<String> + Sync,
) -> Vec<String> {
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    let heavy = Mutex::new(());
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(row) = rows.get(number / 3) else { break };
                    let found = catch_unwind(AssertUnwindSafe(|| {
                        let _turn = row.is_heavy.then(|| heavy.lock());
                        look(row, number % 3)
                    }));
                    let found = found.unwrap_or_else(|_| vec!["a panic".to_owned()]);
                    let method = METHODS[number % 3];
                    let lines =
                        found.into_iter().map(|it| format!("{} {method:?}: {it}", row.name));
                    failures.lock().unwrap().extend(lines);
                }
            });
        }
    });
    let mut failures = failures.into_inner().unwrap();
    failures.sort();
    failures
}

#[test]
fn every_fault_is_survived() {
    let rows = rows();
    let names: std::collections::HashSet<_> = rows.iter().map(|row| &row.name).collect();
    assert_eq!(names.len(), rows.len(), "two rows have the same name");
    let failures = complaints_of_all(&rows, |row, place| {
        let seen = run(row, METHODS[place]);
        complaints(row, METHODS[place], &row.wants[place], row.requests[place], &seen)
    });
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    assert!(rows.len() >= 200);
}
