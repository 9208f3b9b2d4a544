//! Several clients that change one document at the same time, each by a copy of its own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

#[path = "support/kamailio.rs"]
mod kamailio;

use std::thread;

use kamailio::{Kamailio, Mode};
use xcaplib::testing::{Profile, Server};
use xcaplib::{CachedDocument, Element, XCAPClient};

const ALICE: &str = "sip:alice@example.com";
const AUID: &str = "resource-lists";
const START: &str = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="n0"/></resource-lists>"#;
const NUMBER: &str = "/resource-lists/list[1]/@name";
/// More than anybody needs.
const RETRIES: u32 = 1000;
const CHANGES: usize = 60;
const THREADS: usize = 8;
const COUNTS: usize = 25;

fn client(root: &str) -> XCAPClient {
    let client = XCAPClient::new(root, ALICE, None).unwrap();
    client.put(AUID, START, None, None, None).unwrap();
    client
}

/// Runs a test against each profile, and against Kamailio where it is installed.
fn everywhere(test: impl Fn(&str, &str)) {
    for profile in [Profile::Rfc4825, Profile::OpenXcap, Profile::Kamailio] {
        let server = Server::builder().profile(profile).start().unwrap();
        test(&format!("{profile:?}"), &server.root());
    }
    if let Some(server) = Kamailio::start(Mode::Open, false, &[("alice", "secret")]) {
        test("Kamailio itself", &server.root());
    }
}

fn entry(user: &str) -> String {
    format!("/resource-lists/list[1]/entry[@uri='sip:{user}@x']")
}

/// Adds entries, names them, and takes every third away again.
fn keep_a_list(root: &str, name: &str) {
    let client = XCAPClient::new(root, ALICE, None).unwrap();
    let mut copy = client.open(AUID).unwrap().retries(RETRIES);
    for n in 0..CHANGES {
        let user = format!("{name}{n}");
        let body = Element::new("entry").attr("uri", &format!("sip:{user}@x"));
        let result = match n % 3 {
            0 => copy.insert(entry(&user), body).map(drop),
            1 => copy
                .update(|text| {
                    text.replacen("</list>", &format!("{body}</list>"), 1)
                        .replace("<list name=\"n0\"/>", &format!("<list name=\"n0\">{body}</list>"))
                })
                .map(drop),
            _ => copy.delete(entry(&format!("{name}{}", n - 2))).map(drop),
        };
        result.unwrap_or_else(|error| panic!("{user}: {error}\n{}", copy.text()));
    }
}

#[test]
fn two_clients_lose_nothing() {
    everywhere(|name, root| {
        let client = client(root);
        thread::scope(|scope| {
            for name in ["a", "b"] {
                scope.spawn(move || keep_a_list(root, name));
            }
        });
        let left = client.get(AUID, None, None, None).unwrap();
        for user in ["a", "b"] {
            for n in 0..CHANGES {
                let is_there = left.as_str().contains(&format!("sip:{user}{n}@x"));
                assert_eq!(is_there, n % 3 == 1, "{name}: {user}{n}\n{left}");
            }
        }
    });
}

/// The first change of a client is one that another client has just made: OpenXCAP then says 200,
/// whatever the condition. Nothing can be learnt of the server by that.
#[test]
fn a_first_change_that_another_made_already_is_not_ours() {
    everywhere(|name, root| {
        let client = client(root);
        let open = || XCAPClient::new(root, ALICE, None).unwrap().open(AUID).unwrap();
        let (mut first, mut second) = (open(), open());
        first.put(NUMBER, "n1").unwrap();
        let error = second.put(NUMBER, "n1").expect_err(name);
        assert!(second.is_stale() || error.is_precondition_failed(), "{name}: {error}");
        second.refresh().unwrap();
        second.put(NUMBER, "n2").unwrap();

        // It still goes by its ETag.
        client.put(AUID, START, None, None, None).unwrap();
        let error = second.put(NUMBER, "n3").expect_err(name);
        assert!(error.is_precondition_failed(), "{name}: {error}");
        assert_eq!(client.get(AUID, None, None, None).unwrap(), START, "{name}");
    });
}

/// One more in an attribute, which is read and put. Two that make the same number of it send the
/// same document: only one of them has counted.
fn count(copy: &mut CachedDocument) {
    loop {
        let name = copy.get(NUMBER).unwrap().as_str().to_owned();
        let number: usize = name.trim_start_matches('n').parse().unwrap();
        match copy.put(NUMBER, format!("n{}", number + 1)) {
            Ok(_) => return,
            Err(error) if error.is_precondition_failed() => drop(copy.refresh().unwrap()),
            Err(error) => panic!("{error}\n{}", copy.text()),
        }
    }
}

#[test]
fn eight_threads_count_an_attribute() {
    everywhere(|name, root| {
        let client = client(root);
        let shared = client.clone();
        thread::scope(|scope| {
            for number in 0..THREADS {
                let shared = shared.clone();
                scope.spawn(move || {
                    // Half of them are clones of one client, and half are clients of their own.
                    let own = XCAPClient::new(root, ALICE, None).unwrap();
                    let client = if number % 2 == 0 { shared } else { own };
                    let mut copy = client.open(AUID).unwrap().retries(RETRIES);
                    // What no other thread does, by which the client gets to know the server.
                    let list = Element::new("list").attr("name", &number.to_string());
                    let node = format!("/resource-lists/list[@name='{number}']");
                    copy.insert(&node, list).unwrap();
                    copy.delete(&node).unwrap();
                    let mut copy = copy.retries(0);
                    (0..COUNTS).for_each(|_| count(&mut copy));
                });
            }
        });
        let left = client.get(AUID, None, None, None).unwrap();
        let counted = START.replace("n0", &format!("n{}", THREADS * COUNTS));
        assert_eq!(left, counted.as_str(), "{name}");
    });
}
