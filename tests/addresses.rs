//! Documents and nodes, and the URLs that name them (RFC 4825 sections 6.1 and 6.2).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[path = "support/cases.rs"]
mod cases;

use cases::Case;
use xcaplib::{Error, Result, XCAPClient};

const INPUTS: &[&str] = &["root", "user", "application", "filename", "other", "tree", "node"];

fn fields(key: &'static str, result: Result<String>) -> Vec<(&'static str, String)> {
    match result {
        Ok(text) => vec![(key, text)],
        Err(error) => {
            assert!(error.is_invalid_input());
            vec![("error", error.to_string())]
        }
    }
}

fn url(case: &Case) -> Result<String> {
    // Nobody listens there.
    let root = case.find("root").unwrap_or("http://127.0.0.1:1/r");
    let user = case.find("user").unwrap_or("sip:alice@example.com");
    let client = XCAPClient::new(root, user, None)?;
    let application = case.find("application").unwrap_or("resource-lists");
    let (filename, other, tree) = (case.find("filename"), case.find("other"), case.find("tree"));
    if filename.or(other).or(tree).is_none() {
        return client.url(application, case.find("node"));
    }
    let mut request = client.request(application);
    if let Some(filename) = filename {
        request = request.filename(filename);
    }
    if let Some(other) = other {
        request = request.user(other);
    }
    if tree == Some("global") {
        request = request.global();
    }
    match request.get() {
        Err(error) if error.is_transport() => Ok(asked(&error)),
        Err(error) => Err(error),
        Ok(_) => panic!("an answer from nobody"),
    }
}

/// The URL that a request which nobody answered went to.
fn asked(error: &Error) -> String {
    error.to_string().split(' ').nth(1).unwrap().trim_end_matches(':').to_owned()
}

#[test]
fn addresses_are_made_or_refused() {
    cases::run("addresses.txt", INPUTS, |case| fields("url", url(case)));
}

#[test]
fn a_root_is_found_for_a_user() {
    cases::run("default-roots.txt", INPUTS, |case| {
        fields("default root", XCAPClient::default_root(case.get("user")))
    });
}
