//! One suite for every server: the same cases, and what each server does differently.
//!
//! Runs against the in-process server in each of its profiles, against Kamailio where it is
//! installed, and against the server named by `XCAP_ROOT`, `XCAP_USER` and `XCAP_PASSWORD`, whose
//! resource-lists document it replaces.
//!
//! Each case says what RFC 4825 expects. A server that does something else is listed in
//! `differences/`, with what it does instead; a listed difference that is not seen fails as well.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

mod cases;
#[path = "../support/kamailio.rs"]
mod kamailio;
mod subject;

use std::collections::BTreeMap;
use std::env;

use kamailio::{Kamailio, Mode};
use subject::Subject;
use xcaplib::XCAPClient;
use xcaplib::testing::{Profile, Server};

const USER: &str = "sip:alice@example.com";

#[test]
fn in_process_rfc4825() {
    in_process(Profile::Rfc4825, "");
}

#[test]
fn in_process_openxcap() {
    in_process(Profile::OpenXcap, include_str!("differences/openxcap.txt"));
}

#[test]
fn in_process_kamailio() {
    in_process(Profile::Kamailio, include_str!("differences/kamailio.txt"));
}

/// The real one and its profile share one list: the profile is right if both match it.
#[test]
fn kamailio_itself() {
    let Some(server) = Kamailio::start(Mode::Open, false, &[("alice", "secret")]) else { return };
    let client = XCAPClient::new(&server.root(), USER, None).unwrap();
    check(client, include_str!("differences/kamailio.txt"));
}

#[test]
fn a_server_of_yours() {
    let (Ok(root), Ok(user)) = (env::var("XCAP_ROOT"), env::var("XCAP_USER")) else { return };
    let password = env::var("XCAP_PASSWORD").ok();
    let differences = env::var("XCAP_DIFFERENCES").map_or(String::new(), |path| {
        std::fs::read_to_string(path).expect("XCAP_DIFFERENCES names a readable file")
    });
    check(XCAPClient::new(&root, &user, password.as_deref()).unwrap(), &differences);
}

fn in_process(profile: Profile, differences: &str) {
    let server = Server::builder().profile(profile).user(USER, "secret").start().unwrap();
    check(server.client(USER).unwrap(), differences);
}

/// Runs every case and reports all that is not as expected at once, in the form of the lists.
fn check(client: XCAPClient, differences: &str) {
    let mut differences = parse(differences);
    let subject = Subject::new(client);
    let mut unexpected = String::new();
    for case in cases::all() {
        let seen = (case.run)(&subject);
        let listed = differences.remove(case.name);
        let expected = listed.unwrap_or(case.rfc);
        if seen != expected {
            unexpected += &format!("{}: {seen}\n    expected: {expected}\n", case.name);
        } else if listed == Some(case.rfc) {
            unexpected +=
                &format!("{}: listed as different, but it is what the RFC says\n", case.name);
        }
    }
    for name in differences.keys() {
        unexpected += &format!("{name}: listed as different, but there is no such case\n");
    }
    assert!(unexpected.is_empty(), "\n{unexpected}");
}

/// Lines of `name: what is seen`; `#` begins a comment.
fn parse(differences: &str) -> BTreeMap<&str, &str> {
    differences
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split_once(": ").unwrap_or_else(|| panic!("no `name: outcome`: {line}")))
        .collect()
}
