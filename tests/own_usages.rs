//! Application usages that a program describes itself.

#![allow(clippy::unwrap_used, reason = "a test may")]

use xcaplib::testing::Server;
use xcaplib::{Application, RootElement, XCAPClient};

/// A usage that tells its description apart by where its documents are.
fn usage(auid: &str, filename: &str) -> Application {
    let filename = filename.to_owned().into();
    Application { filename, ..Application::new(auid.to_owned()) }
}

/// Of several descriptions of one usage the last is the one that holds, over the registry's too.
#[test]
fn of_two_descriptions_of_a_usage_the_last_holds() {
    let builder = XCAPClient::builder("http://xcap.example.com", "sip:alice@example.com")
        .application(usage("notes.example.com", "first"))
        .application(usage("other.example.com", "other"))
        .application(usage("notes.example.com", "last"))
        .application(usage("resource-lists", "first"))
        .application(usage("resource-lists", "last"));
    let client = builder.build().unwrap();
    for auid in ["notes.example.com", "resource-lists"] {
        let url = client.url(auid, None).unwrap();
        assert!(url.ends_with("/users/sip:alice@example.com/last"), "{url}");
    }
    assert!(client.url("other.example.com", None).unwrap().ends_with("/other"));
}

/// The server of tests takes them in the same order.
#[test]
fn a_server_goes_by_the_last_description_too() {
    let typed = |media_type: &str| Application {
        media_type: media_type.to_owned().into(),
        ..Application::new("notes.example.com")
    };
    let server = Server::builder()
        .application(typed("application/first+xml"))
        .application(typed("application/last+xml"))
        .start()
        .unwrap();
    let client = server.client("sip:alice@example.com").unwrap();
    client.put("notes.example.com", "<notes/>", None, None, None).unwrap();
    let got = client.get("notes.example.com", None, None, None).unwrap();
    assert_eq!(got.content_type(), Some("application/last+xml"));
}

/// Application usages of one's own often have no namespace at all.
#[test]
fn a_root_element_may_be_in_no_namespace() {
    let usage = Application {
        root: Some(RootElement::new("", "notes")),
        ..Application::new("notes.example.com")
    };
    let server = Server::builder().application(usage.clone()).start().unwrap();
    let client = XCAPClient::builder(&server.root(), "sip:alice@example.com");
    let client = client.application(usage).build().unwrap();
    client.put("notes.example.com", "<notes/>", None, None, None).unwrap();
    let body = "<notes xmlns='urn:x'/>";
    let error = client.put("notes.example.com", body, None, None, None).unwrap_err();
    assert!(error.is_invalid_input(), "{error}");
}
