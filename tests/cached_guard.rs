//! What a copy does where an answer leaves it in doubt, and where the server gives it no guard.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

#[path = "support/between.rs"]
mod between;

use std::thread;
use std::time::Duration;

use between::nature::Nature;
use between::{Between, Event, Mishap};
use xcaplib::testing::{Profile, Server};
use xcaplib::{CachedDocument, XCAPClient};

const ALICE: &str = "sip:alice@example.com";
const AUID: &str = "resource-lists";
const LISTS: &str = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="a"/></resource-lists>"#;
const NAME: &str = "/resource-lists/list/@name";

/// Opens a copy on a server of some natures, in each profile.
fn everywhere(natures: &[Nature], test: impl Fn(&Between, CachedDocument)) {
    for profile in [Profile::Rfc4825, Profile::OpenXcap, Profile::Kamailio] {
        let server = Server::builder().profile(profile).start().unwrap();
        let path = format!("/xcap-root/{AUID}/users/{ALICE}/index");
        let between = Between::start(server.address(), &path, natures);
        between.create(LISTS);
        let client = XCAPClient::new(&between.root(), ALICE, None).unwrap();
        let copy = client.open(AUID).unwrap();
        between.begin();
        test(&between, copy);
    }
}

fn changes(between: &Between) -> usize {
    between.requests().iter().filter(|request| !request.is_read()).count()
}

#[test]
fn an_answer_without_an_etag_makes_the_copy_stale() {
    everywhere(&[Nature::NoETagsOfChanges], |between, mut copy| {
        // The first is read back, to see whether documents are stored as they are sent.
        for name in ["b", "c", "d"] {
            copy.put(NAME, name).unwrap();
            assert_eq!(copy.is_stale(), name != "b");
            assert!(between.text().contains(&format!("name=\"{name}\"")), "{}", between.text());
        }
        copy.update(|text| text.replace("\"d\"", "\"e\"")).unwrap();
        assert!(copy.is_stale());
        copy.refresh().unwrap();
        assert!(!copy.is_stale());
        assert_eq!(copy.text(), between.text());
        assert_eq!(copy.get(NAME).unwrap().as_str(), "e");
    });
}

#[test]
fn an_answer_that_was_lost_makes_the_copy_stale() {
    for mishap in [Mishap::AnswerLost, Mishap::AnswerCut, Mishap::RequestLost] {
        everywhere(&[], |between, mut copy| {
            // What is to be learnt of the server is learnt.
            copy.put(NAME, "b").unwrap();
            between.begin();
            between.plan(0, Event::Mishap(mishap));
            let error = copy.put(NAME, "c").unwrap_err();
            assert!(error.is_transport(), "{error}");
            assert!(copy.is_stale(), "{mishap:?}");
            between.begin();
            assert_eq!(copy.refresh().unwrap(), mishap != Mishap::RequestLost);
            assert_eq!((copy.text(), copy.is_stale()), (between.text().as_str(), false));
            copy.put(NAME, "d").unwrap();
            assert_eq!(copy.text(), between.text());
        });
    }
}

#[test]
fn without_an_etag_no_change_is_sent() {
    everywhere(&[Nature::NoETags], |between, mut copy| {
        let error = copy.put(NAME, "b").unwrap_err();
        assert!(error.to_string().contains("no ETag"), "{error}");
        copy.delete("/resource-lists/list").unwrap_err();
        copy.update(|text| text.replace("\"a\"", "\"b\"")).map(drop).unwrap_err();
        assert_eq!(changes(between), 0);
        assert_eq!((copy.text(), between.text().as_str()), (LISTS, LISTS));
    });
}

#[test]
fn with_a_weak_etag_no_change_is_sent() {
    everywhere(&[Nature::WeakETags], |between, mut copy| {
        let error = copy.put(NAME, "b").unwrap_err();
        assert!(error.to_string().contains("weak"), "{error}");
        assert!(between.requests().len() <= 1, "it is read once more");
        copy.delete("/resource-lists/list").unwrap_err();
        copy.update(|text| text.replace("\"a\"", "\"b\"")).map(drop).unwrap_err();
        assert_eq!(changes(between), 0);
        assert_eq!((copy.text(), between.text().as_str()), (LISTS, LISTS));
    });
}

#[test]
fn an_etag_that_is_weak_at_first_is_read_again() {
    everywhere(&[Nature::WeakAtFirst], |between, mut copy| {
        for name in ["b", "c", "d"] {
            copy.put(NAME, name).unwrap();
            assert_eq!((copy.text(), copy.is_stale()), (between.text().as_str(), false));
        }
    });
}

/// On the way through nobody looks at conditions; the copy looks before it changes.
#[test]
fn where_conditions_are_ignored_nothing_of_others_is_lost() {
    for nature in [Nature::IgnoresConditions, Nature::IgnoresAllConditions] {
        everywhere(&[nature], |between, mut copy| {
            copy.put(NAME, "b").unwrap();
            assert_eq!(copy.text(), between.text());
            let add = |text: &str| {
                text.replace("</resource-lists>", "<list name=\"z\"/></resource-lists>")
            };
            assert!(between.write(Box::new(move |text| Some(add(text)))));
            let theirs = between.text();
            let error = copy.put(NAME, "c").unwrap_err();
            assert!(error.is_precondition_failed(), "{error}");
            assert_eq!(between.text(), theirs);
            copy.refresh().unwrap();
            copy.update(|text| text.replace("\"b\"", "\"d\"")).unwrap();
            assert_eq!((copy.text(), copy.is_stale()), (between.text().as_str(), false));
            assert!(copy.text().contains("\"z\"") && copy.text().contains("\"d\""));
        });
    }
}

/// A change of nothing teaches nothing of the server, and may meet a document that is another.
#[test]
fn a_change_of_nothing_overwrites_nothing() {
    everywhere(&[Nature::IgnoresConditions], |between, mut copy| {
        between.write(Box::new(|text| Some(text.replace("\"a\"", "\"theirs\""))));
        let theirs = between.text();
        // Long enough for the copy to look before it changes what it read.
        thread::sleep(Duration::from_millis(1100));
        let result = copy.update(str::to_owned);
        assert_eq!(between.text(), theirs, "{result:?}");
    });
}

/// OpenXCAP looks at no condition where it holds the document already, and here it holds another
/// than was sent.
#[test]
fn the_same_change_by_another_is_not_ours_where_documents_are_altered() {
    everywhere(&[Nature::AddsLineEnds], |between, mut copy| {
        copy.put(NAME, "b").unwrap();
        let mut other = copy.clone();
        other.put(NAME, "c").unwrap();
        let result = copy.put(NAME, "c");
        let error = result.expect_err("the change is the other's");
        assert!(copy.is_stale() || error.is_precondition_failed(), "{error}");
        assert_eq!(other.text(), between.text());
    });
}
