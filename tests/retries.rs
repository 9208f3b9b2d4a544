//! What is sent again when a connection fails, and how often.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[path = "support/raw.rs"]
mod raw;

use raw::{Server, nothing, ok};
use xcaplib::{XCAPClient, XCAPClientBuilder};

const LISTS: &str = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;

fn builder(server: &Server) -> XCAPClientBuilder {
    XCAPClient::builder(&server.origin(), "sip:alice@example.com")
}

/// A GET that leaves an idle connection; then one that is closed under its request this many times.
#[track_caller]
fn is_retried(retries: Option<u32>, closings: usize, succeeds: bool) {
    let mut script = vec![ok(LISTS)];
    script.extend((0..closings).map(|_| nothing()));
    script.push(ok(LISTS));
    let server = Server::start(script);
    let builder = builder(&server);
    let builder = match retries {
        Some(retries) => builder.retries(retries),
        None => builder,
    };
    let client = builder.build().unwrap();
    client.get("resource-lists", None, None, None).unwrap();
    let result = client.get("resource-lists", None, None, None);
    assert_eq!(result.is_ok(), succeeds, "{result:?}");
    let sends = if succeeds { closings + 1 } else { closings };
    assert_eq!(server.requests().len(), 1 + sends);
}

#[test]
fn a_get_is_sent_again_when_its_idle_connection_was_closed() {
    is_retried(None, 1, true);
    is_retried(Some(0), 1, false);
}

#[test]
fn a_get_is_sent_again_as_often_as_allowed() {
    is_retried(None, 2, false);
    is_retried(Some(2), 2, true);
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
