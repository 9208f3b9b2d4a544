//! What is sent again when a connection fails, and how often.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[path = "support/raw.rs"]
mod raw;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::OnceLock;
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Duration;

use log::{LevelFilter, Log, Metadata, Record};
use raw::{Server, nothing, ok};
use xcaplib::{XCAPClient, XCAPClientBuilder};

const LISTS: &str = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;

fn builder(server: &Server) -> XCAPClientBuilder {
    XCAPClient::builder(&server.origin(), "sip:alice@example.com")
}

/// So many idle connections; then a GET under which the server closes this many connections.
#[track_caller]
fn is_retried(retries: Option<u32>, idle: usize, closings: usize, succeeds: bool) {
    let mut script: Vec<_> = (0..idle).map(|_| ok(LISTS).after(idle)).collect();
    script.extend((0..closings).map(|_| nothing()));
    script.push(ok(LISTS));
    let server = Server::start(script);
    let builder = builder(&server);
    let builder = match retries {
        Some(retries) => builder.retries(retries),
        None => builder,
    };
    let client = builder.build().unwrap();
    thread::scope(|scope| {
        for _ in 0..idle {
            scope.spawn(|| client.get("resource-lists", None, None, None).unwrap());
        }
    });
    let result = client.get("resource-lists", None, None, None);
    assert_eq!(result.is_ok(), succeeds, "{result:?}");
    let sends = if succeeds { closings + 1 } else { closings };
    assert_eq!(server.requests().len(), idle + sends);
}

#[test]
fn a_get_is_sent_again_when_its_idle_connection_was_closed() {
    is_retried(None, 1, 1, true);
    is_retried(Some(0), 1, 1, false);
}

#[test]
fn a_get_is_sent_again_as_often_as_allowed() {
    is_retried(None, 2, 2, false);
    is_retried(Some(2), 2, 2, true);
}

#[test]
fn a_get_on_a_new_connection_is_not_sent_again_however_often_it_is_allowed() {
    is_retried(Some(5), 0, 1, false);
    is_retried(Some(5), 1, 2, false);
}

#[test]
fn a_change_is_not_sent_again_once_it_may_have_arrived() {
    let server = Server::start([ok(LISTS), nothing(), ok(LISTS), nothing()]);
    let client = builder(&server).retries(5).build().unwrap();
    client.get("resource-lists", None, None, None).unwrap();
    let error = client.put("resource-lists", LISTS, None, None, None).unwrap_err();
    assert!(error.is_transport(), "{error}");
    assert!(error.to_string().contains("whether the change was made is not known"), "{error}");
    client.get("resource-lists", None, None, None).unwrap();
    let error = client.delete("resource-lists", None, None, None).unwrap_err();
    assert!(error.is_transport(), "{error}");
    assert_eq!(server.requests().len(), 4);
}

/// An address where nobody listens. Where the system has it, it is none that the connections of
/// others take for their own end.
fn nobody() -> SocketAddr {
    let mut hosts = [Ipv4Addr::new(127, 0, 0, 2), Ipv4Addr::LOCALHOST].into_iter();
    let free = hosts.find_map(|host| TcpListener::bind((host, 0)).ok()).unwrap();
    free.local_addr().unwrap()
}

/// Tells of each request to the usage `late` that failed.
struct Failed(Sender<()>);

impl Log for Failed {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let text = record.args().to_string();
        if record.target() == "xcaplib" && text.contains("/late/") && text.contains(" failed: ") {
            let _ = self.0.send(());
        }
    }

    fn flush(&self) {}
}

#[test]
fn a_server_that_starts_meanwhile_is_reached() {
    static LOG: OnceLock<Failed> = OnceLock::new();
    let (sender, failures) = mpsc::channel();
    log::set_logger(LOG.get_or_init(|| Failed(sender))).unwrap();
    log::set_max_level(LevelFilter::Debug);

    let address = nobody();
    let client = XCAPClient::builder(&format!("http://{address}"), "sip:alice@example.com");
    let client = client.retries(1000).build().unwrap();
    let put = thread::spawn(move || client.put("late", LISTS, None, None, None));
    for _ in 0..8 {
        failures.recv().unwrap();
    }
    let server = Server::start_at(address, [ok("")]);
    put.join().unwrap().unwrap();
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn what_is_refused_to_the_end_is_told_as_refused() {
    let builder = XCAPClient::builder(&format!("http://{}", nobody()), "sip:alice@example.com");
    let client = builder.retries(u32::MAX).timeout(Duration::from_secs(1)).build().unwrap();
    let error = client.get("resource-lists", None, None, None).unwrap_err();
    assert!(error.is_transport() && !error.is_timeout(), "{error}");
    assert!(error.to_string().ends_with(": the connection was refused"), "{error}");
}

#[test]
fn a_proxy_that_refuses_is_named() {
    let builder = XCAPClient::builder("http://xcap.example.com", "sip:alice@example.com");
    let client = builder.proxy(format!("http://{}", nobody()).as_str()).build().unwrap();
    let error = client.get("resource-lists", None, None, None).unwrap_err();
    assert!(error.is_transport(), "{error}");
    assert!(error.to_string().ends_with(": the connection to the proxy was refused"), "{error}");
}
