//! Which connection a request takes, and what a proxy may do to it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[path = "support/raw.rs"]
mod raw;

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::thread;
use std::time::Duration;

use raw::{Server, ok, raw, reply};
use xcaplib::{Error, ErrorKind, Method, XCAPClient, XCAPClientBuilder};

fn builder(server: &Server) -> XCAPClientBuilder {
    XCAPClient::builder(&server.origin(), "sip:alice@example.com")
}

/// The connections that calls one after another take.
fn taken(server: &Server) -> Vec<usize> {
    server.requests().iter().map(|request| request.connection).collect()
}

#[test]
fn an_idle_connection_does_not_outlive_its_time() {
    for (idle, connections) in [
        (Duration::ZERO, [0, 1, 2]),
        (Duration::from_millis(1), [0, 1, 2]),
        (Duration::from_secs(3600), [0, 0, 0]),
        (Duration::MAX, [0, 0, 0]),
    ] {
        let server = Server::start([ok("<a/>"), ok("<a/>"), ok("<a/>")]);
        let client = builder(&server).idle_timeout(idle).build().unwrap();
        for _ in 0..3 {
            client.get("x", None, None, None).unwrap();
            // No test can wait too long here.
            thread::sleep(Duration::from_millis(2));
        }
        assert_eq!(taken(&server), connections, "{idle:?}");
    }
}

/// A change that was sent there might have arrived.
#[test]
fn a_connection_that_was_closed_while_idle_takes_no_request() {
    let server = Server::start([ok("<a/>")]);
    let client = builder(&server).retries(0).build().unwrap();
    client.get("x", None, None, None).unwrap();
    drop(server);
    let error = client.request("x").send_raw(Method::Put, Some(b"<a/>")).unwrap_err();
    assert!(error.to_string().contains("refused") && !error.is_unsure(), "{error}");
}

#[test]
fn after_a_5xx_the_next_request_takes_a_fresh_connection() {
    let interim = "HTTP/1.1 100 Continue\r\n\r\n";
    let early = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    let empty = "500 No\r\nContent-Length: 0\r\n\r\n";
    for failure in [
        reply(500, &[], "<a/>"),
        reply(599, &[], ""),
        reply(503, &["Connection: keep-alive"], "x".repeat(300_000)),
        raw(format!("HTTP/1.1 {empty}")),
        raw("HTTP/1.1 502 \r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"),
        raw(format!("{interim}{interim}HTTP/1.1 {empty}")),
        raw(format!("{early}HTTP/1.1 {empty}")),
    ] {
        let server = Server::start([ok("<a/>"), failure.clone(), ok("<a/>"), ok("<a/>")]);
        let client = builder(&server).build().unwrap();
        for _ in 0..4 {
            client.request("x").send_raw(Method::Put, Some(b"<a/>")).unwrap();
        }
        assert_eq!(taken(&server), [0, 0, 1, 1], "{failure:?}");
    }
}

/// A proxy that answers each CONNECT with these bytes, one by one with a pause before each, and
/// then closes or hangs.
fn proxy(answer: &'static [u8], pause: Duration, closes: bool) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            thread::spawn(move || {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    let mut byte = [0];
                    if stream.read_exact(&mut byte).is_err() {
                        return;
                    }
                    head.extend(byte);
                }
                assert!(head.starts_with(b"CONNECT xcap.example.com:80 HTTP/1.1\r\n"));
                for byte in answer {
                    thread::sleep(pause);
                    if stream.write_all(&[*byte]).is_err() {
                        return;
                    }
                }
                if !closes {
                    let _ = stream.read(&mut [0]);
                }
            });
        }
    });
    address
}

fn through(proxy: SocketAddr) -> XCAPClientBuilder {
    let proxy = format!("http://{proxy}");
    XCAPClient::builder("http://xcap.example.com", "sip:alice@example.com").proxy(proxy.as_str())
}

fn put(client: XCAPClientBuilder) -> Error {
    client.retries(0).build().unwrap().put("x", "<a/>", None, None, None).unwrap_err()
}

const URL: &str = "PUT http://xcap.example.com/x/users/sip:alice@example.com/index: ";

#[test]
fn what_a_proxy_does_is_not_the_servers_doing() {
    let no_time = Duration::ZERO;
    for (answer, reason) in [
        (&b""[..], "proxy server did not respond"),
        (b"HTTP/1.1 200", "proxy server did not respond"),
        (b"HTTP/1.1 403 No\r\n\r\n", "proxy server responded 403/403"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "its answer is not HTTP: "),
        (b"<a/>", "its answer is not HTTP: "),
        (b"\x15\x03\x01\0\x02\x02\x46", "its answer is not HTTP: "),
    ] {
        let error = put(through(proxy(answer, no_time, true)));
        let text = error.to_string();
        assert!(
            text.starts_with(&format!("{URL}the proxy made no connection: {reason}")),
            "{text}"
        );
        assert_eq!(error.kind(), ErrorKind::Transport, "{text}");
        assert!(!error.is_unsure(), "{text}");
    }
}

#[test]
fn a_proxy_that_drips_its_answer_has_no_more_time_than_any() {
    let answer = [b"HTTP/1.1 200 OK\r\nX-A: ", &[b'x'; 2_000][..]].concat().leak();
    let answer: &'static [u8] = answer;
    let pause = Duration::from_millis(50);
    // The whole answer takes more than 100 seconds, and each byte a tenth of the time for all.
    let short = Duration::from_millis(500);
    let dripping = || through(proxy(answer, pause, false));
    for (builder, reason) in [
        (dripping().timeout(short), "no complete answer came within 500ms, the time for the call"),
        (
            dripping().connect_timeout(short),
            "connecting took longer than 500ms, the client's connect_timeout",
        ),
    ] {
        let began = std::time::Instant::now();
        let error = put(builder);
        assert_eq!(error.to_string(), format!("{URL}{reason}"));
        assert!(error.is_timeout() && !error.is_unsure());
        assert!(began.elapsed() < Duration::from_secs(50), "{:?}", began.elapsed());
    }
}

#[test]
fn the_time_to_connect_is_over_when_the_proxy_has_answered() {
    let time = Duration::from_secs(2);
    let server = Server::start([raw("HTTP/1.1 200 OK\r\n\r\n"), ok("<a/>"), ok("<b/>")]);
    let builder = through(server.address()).connect_timeout(time).idle_timeout(Duration::MAX);
    let client = builder.build().unwrap();
    assert_eq!(client.get("x", None, None, None).unwrap(), "<a/>");
    thread::sleep(time);
    assert_eq!(client.get("x", None, None, None).unwrap(), "<b/>");
    assert_eq!(taken(&server), [0, 0, 0]);
}
