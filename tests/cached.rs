//! `CachedDocument` against the in-process server: what is sent, and what the copy knows.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[path = "support/kamailio.rs"]
mod kamailio;
#[path = "support/raw.rs"]
mod raw;

use std::thread;
use std::time::Duration;

use kamailio::{Kamailio, Mode};
use xcaplib::diff::{FetchReason, XcapDiff};
use xcaplib::testing::{Auth, Fault, Profile, Server};
use xcaplib::{Applied, CachedDocument, Element, XCAPClient};

const ALICE: &str = "alice@example.com";
const AUID: &str = "resource-lists";
const LISTS: &str = r#"<?xml version="1.0"?>
<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists">
 <list name="friends"><entry uri="sip:a@x"/><entry uri="sip:b@x"/></list>
 <list name="others"/>
</resource-lists>"#;

fn server(profile: Profile) -> Server {
    let server = Server::builder().profile(profile).user(ALICE, "secret").start().unwrap();
    server.set_document(AUID, ALICE, "index", LISTS);
    server
}

fn open(server: &Server) -> CachedDocument {
    let copy = server.client(ALICE).unwrap().open(AUID).unwrap();
    server.clear_requests();
    copy
}

fn stored(server: &Server) -> String {
    server.document(AUID, ALICE, "index").unwrap().text().to_owned()
}

fn entry(user: &str) -> String {
    format!("/resource-lists/list[@name='friends']/entry[@uri='sip:{user}@x']")
}

fn body(user: &str) -> Element {
    Element::new("entry").attr("uri", &format!("sip:{user}@x"))
}

/// One of several kinds of edits, in turn.
fn edit(copy: &mut CachedDocument, n: usize) {
    let user = format!("u{}", n / 3);
    let named = body(&user).child(Element::new("display-name").text(&n.to_string()));
    match n % 3 {
        0 => copy.insert(entry(&user), body(&user)),
        1 => copy.put(entry(&user), named),
        _ if n % 2 == 0 => copy.delete(entry(&user)),
        _ => copy.replace(entry("a"), body("a").child(Element::new("display-name").text(&user))),
    }
    .unwrap_or_else(|error| panic!("edit {n}: {error}\n{}", copy.text()));
}

#[test]
fn a_hundred_edits_are_a_hundred_and_three_requests() {
    for auth in [Auth::None, Auth::Digest] {
        let server = Server::builder().auth(auth).user(ALICE, "secret").start().unwrap();
        server.set_document(AUID, ALICE, "index", LISTS);
        let mut copy = server.client(ALICE).unwrap().open(AUID).unwrap();
        for n in 0..100 {
            edit(&mut copy, n);
            assert_eq!(copy.text(), stored(&server), "edit {n}");
            assert!(!copy.is_stale());
        }
        // The first request of a session is challenged.
        let challenged =
            usize::from(server.requests().iter().any(|r| r.header("authorization").is_some()));
        // Opened, and of the first change two more: its proof, and a look at what became of it.
        assert_eq!(server.requests().len(), 1 + 100 + 2 + challenged);
        let changes = server.requests().into_iter().filter(|request| request.method() != "GET");
        assert!(changes.into_iter().all(|request| request.header("if-match").is_some()));
    }
}

#[test]
fn the_copy_is_right_whatever_the_server_makes_of_an_edit() {
    for profile in [Profile::Kamailio, Profile::OpenXcap] {
        let server = server(profile);
        let mut copy = open(&server);
        copy.replace(entry("b"), body("b").child(Element::new("display-name").text("B"))).unwrap();
        assert_eq!(copy.text(), stored(&server));
        for n in 0..60 {
            edit(&mut copy, n);
            assert_eq!(copy.text(), stored(&server), "{profile:?}, edit {n}");
            assert_eq!(copy.etag(), Some(server.document(AUID, ALICE, "index").unwrap().etag()));
            assert!(!copy.is_stale());
        }
    }
}

#[test]
fn a_change_that_would_be_refused_is_not_sent() {
    let server = server(Profile::Rfc4825);
    let mut copy = open(&server);
    let url = server.client(ALICE).unwrap().url(AUID, entry("c")).unwrap();

    let error = copy.put(entry("c"), body("d")).unwrap_err();
    assert!(error.is_conflict() && error.response().is_none(), "{error}");
    assert_eq!((error.status(), error.conflict().unwrap().name()), (Some(409), "cannot-insert"));
    assert!(
        error.to_string().starts_with(&format!("PUT {url}: not sent, the answer would be 409: ")),
        "{error}"
    );

    let twice = copy.put("/resource-lists/list[1]/entry[3]", body("a")).unwrap_err();
    assert_eq!(twice.conflict().unwrap().name(), "uniqueness-failure");
    assert!(copy.update(|text| text.replace("others", "friends")).unwrap_err().is_conflict());
    assert!(copy.update(|_| "<other/>".to_owned()).unwrap_err().is_invalid_input());

    assert!(copy.insert(entry("a"), body("a")).unwrap_err().is_already_exists());
    let error = copy.replace(entry("c"), body("c")).unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(
        error.to_string(),
        format!("there is nothing to replace at {url}; nothing was sent")
    );
    assert!(copy.delete(entry("c")).unwrap_err().is_not_found());
    assert!(copy.get(entry("c")).unwrap_err().is_not_found());
    assert!(copy.get("/a[").unwrap_err().is_invalid_input());
    assert!(copy.get("/p:a").unwrap_err().is_invalid_input());
    assert!(copy.delete(None).unwrap_err().is_invalid_input());

    assert_eq!(copy.text(), LISTS);
    assert!(!copy.is_stale());
    assert!(server.requests().is_empty());
}

#[test]
fn get_answers_from_the_copy() {
    let server = server(Profile::Rfc4825);
    let copy = open(&server);
    assert_eq!(copy.get(entry("a")).unwrap().as_str(), r#"<entry uri="sip:a@x"/>"#);
    assert_eq!(copy.get("/resource-lists/list[1]/@name").unwrap().to_string(), "friends");
    assert!(server.requests().is_empty());
}

#[test]
fn a_412_leaves_the_copy_as_it_was() {
    let server = server(Profile::Rfc4825);
    let mut copy = open(&server);
    let changed = LISTS.replace("others", "strangers");
    server.set_document(AUID, ALICE, "index", &changed);

    let error = copy.put(entry("c"), body("c")).unwrap_err();
    assert!(error.is_precondition_failed(), "{error}");
    assert_eq!(copy.text(), LISTS);
    assert_eq!(stored(&server), changed);

    assert!(copy.refresh().unwrap());
    assert!(!copy.refresh().unwrap(), "the second is answered 304");
    assert_eq!(copy.text(), changed);
    copy.put(entry("c"), body("c")).unwrap();
    assert_eq!(copy.text(), stored(&server));
}

#[test]
fn a_retry_overwrites_nobodys_change() {
    let server = server(Profile::Rfc4825);
    let mut copy = open(&server).retries(3);

    // Somebody changed another part: the change is made on theirs.
    server.set_document(AUID, ALICE, "index", &LISTS.replace("others", "strangers"));
    copy.put(entry("c"), body("c")).unwrap();
    assert_eq!(copy.text(), stored(&server));
    assert!(copy.text().contains("strangers") && copy.text().contains("sip:c@x"));

    // Somebody changed the same part: it is theirs.
    let theirs = LISTS.replace(
        r#"<entry uri="sip:a@x"/>"#,
        r#"<entry uri="sip:a@x"><display-name>A</display-name></entry>"#,
    );
    server.set_document(AUID, ALICE, "index", &theirs);
    let error = copy.put(entry("a"), body("a")).unwrap_err();
    assert!(error.is_precondition_failed(), "{error}");
    assert!(error.to_string().ends_with("it was, so it was not tried again"), "{error}");
    assert_eq!(stored(&server), theirs);

    // Somebody put there what was to be created.
    server.set_document(
        AUID,
        ALICE,
        "index",
        &theirs.replace("</list>\n <list", "<entry uri=\"sip:d@x\"/></list>\n <list"),
    );
    assert!(copy.insert(entry("d"), body("d")).unwrap_err().is_precondition_failed());
    // Somebody took away what was to be deleted.
    server.set_document(AUID, ALICE, "index", LISTS);
    let error = copy.delete(entry("d")).unwrap_err();
    assert!(error.is_precondition_failed(), "{error}");
    assert!(error.to_string().ends_with("it was, so it was not tried again"), "{error}");
    assert_eq!(copy.text(), LISTS);
    assert_eq!(stored(&server), LISTS);
}

#[test]
fn a_lost_answer_makes_the_copy_stale() {
    for fault in [Fault::CloseAfterChange, Fault::CloseBeforeAnswer] {
        let server = server(Profile::Rfc4825);
        let mut copy = open(&server);
        server.misbehave(1, fault);
        assert!(copy.put(entry("c"), body("c")).unwrap_err().is_transport());
        assert!(copy.is_stale());
        assert_eq!(copy.text(), LISTS);

        // The next change is made of the document as it is.
        copy.put(entry("d"), body("d")).unwrap();
        assert!(!copy.is_stale());
        assert_eq!(copy.text(), stored(&server));
    }
}

#[test]
fn an_answer_that_was_not_predicted_makes_the_copy_stale() {
    let server = server(Profile::Rfc4825);
    let mut copy = open(&server);
    server.misbehave(1, Fault::status(500, "no"));
    assert_eq!(copy.put(entry("c"), body("c")).unwrap_err().status(), Some(500));
    assert!(copy.is_stale());
    assert!(!copy.refresh().unwrap());
    assert!(!copy.is_stale());
}

/// A notification about alice's document: its ETags as attributes, and the patch.
fn notification(etags: &str, patch: &str) -> XcapDiff {
    let body = format!(
        r#"<d:xcap-diff xmlns:d="urn:ietf:params:xml:ns:xcap-diff" xcap-root="http://x/"
            xmlns="urn:ietf:params:xml:ns:resource-lists">
            <d:document sel="resource-lists/users/sip:alice@example.com/index" {etags}>{patch}</d:document>
        </d:xcap-diff>"#
    );
    XcapDiff::parse(body).unwrap()
}

#[test]
fn a_notification_brings_the_copy_up_to_date() {
    let server = server(Profile::Rfc4825);
    let mut copy = open(&server);
    let etag = |copy: &CachedDocument| copy.etag().unwrap().opaque().to_owned();
    let old = etag(&copy);
    let mut other = open(&server);
    other.put(entry("c"), body("c")).unwrap();
    server.clear_requests();

    let etags = format!("previous-etag='{old}' new-etag='{}'", etag(&other));
    let patch = "<d:add sel='resource-lists/list[1]'><entry uri='sip:c@x'/></d:add>";
    assert_eq!(copy.apply(&notification(&etags, patch)), Applied::UpToDate);
    assert_eq!(copy.text().replace("'sip:c@x'", "\"sip:c@x\""), stored(&server));
    assert_eq!(etag(&copy), etag(&other));
    // The change that this copy made itself is no news to it.
    assert_eq!(copy.apply(&notification(&etags, patch)), Applied::UpToDate);
    let elsewhere = "<d:xcap-diff xmlns:d='urn:ietf:params:xml:ns:xcap-diff' xcap-root='http://x/'><d:document sel='resource-lists/users/sip:bob@example.com/index' previous-etag='a' new-etag='b'/></d:xcap-diff>";
    assert_eq!(copy.apply(&XcapDiff::parse(elsewhere).unwrap()), Applied::Other);
    assert!(!copy.is_stale());

    let before = copy.text().to_owned();
    let unfit = format!("previous-etag='{}' new-etag='x'", etag(&copy));
    let fetch = copy.apply(&notification(&unfit, "<d:remove sel='nothing'/>"));
    assert!(matches!(fetch, Applied::Fetch(FetchReason::PatchFailed(_))), "{fetch:?}");
    assert!(copy.is_stale());
    assert_eq!(copy.text(), before);
    assert!(server.requests().is_empty());
    copy.refresh().unwrap();

    let gone = format!("previous-etag='{}'", etag(&copy));
    assert_eq!(copy.apply(&notification(&gone, "")), Applied::Gone);
    assert!(copy.is_stale());
}

/// A notification as OpenXCAP sends it: an absolute URI, and no patch.
fn told_by(server: &Server, node: &str, before: &str, after: &str) -> XcapDiff {
    let root = server.root();
    let body = format!(
        r#"<xcap-diff xmlns="urn:ietf:params:xml:ns:xcap-diff" xcap-root="{root}"><document sel="{root}/resource-lists/users/sip:alice@example.com/index{node}" previous-etag="{before}" new-etag="{after}"/></xcap-diff>"#
    );
    XcapDiff::parse(body).unwrap()
}

fn opaque(copy: &CachedDocument) -> String {
    copy.etag().unwrap().opaque().to_owned()
}

#[test]
fn what_the_copy_went_through_is_old_news() {
    for by_node in [false, true] {
        let server = server(Profile::Rfc4825);
        let mut copy = open(&server).by_node(by_node);
        let mut etags = vec![opaque(&copy)];
        for name in ["c", "d", "e"] {
            copy.put(entry(name), body(name)).unwrap();
            etags.push(opaque(&copy));
        }
        server.clear_requests();
        for node in ["", "/~~/resource-lists/list/entry%5B1%5D"] {
            for step in etags.windows(2) {
                let news = told_by(&server, node, &step[0], &step[1]);
                assert_eq!(copy.apply(&news), Applied::UpToDate, "{step:?}");
            }
        }
        assert!(!copy.is_stale());
        // Steps that were none: of ETags that the copy had, and of others.
        let (first, second, last) = (&etags[0], &etags[1], &etags[3]);
        for (before, after) in [(second, first), (first, &etags[2]), (first, &"x".to_owned())] {
            let mut copy = copy.clone();
            let news = told_by(&server, "", before, after);
            assert_eq!(copy.apply(&news), Applied::Fetch(FetchReason::OtherVersion));
            assert!(copy.is_stale());
        }
        // What begins at the copy's ETag is news, in each of the two ways to name a place.
        for node in ["", "/~~/resource-lists/list"] {
            let mut copy = copy.clone();
            let news = told_by(&server, node, last, "x");
            assert_eq!(copy.apply(&news), Applied::Fetch(FetchReason::NoPatch));
            assert!(copy.is_stale());
            // To a copy that is stale nothing is old.
            let news = told_by(&server, node, first, second);
            assert_eq!(copy.apply(&news), Applied::Fetch(FetchReason::OtherVersion));
        }
        assert!(server.requests().is_empty());
    }
}

#[test]
fn what_was_read_or_applied_is_old_news_too() {
    let server = server(Profile::Rfc4825);
    let (mut copy, mut other) = (open(&server), open(&server));
    let first = opaque(&copy);
    other.put(entry("c"), body("c")).unwrap();
    let second = opaque(&other);
    copy.refresh().unwrap();
    copy.put(entry("d"), body("d")).unwrap();
    assert_eq!(copy.apply(&told_by(&server, "", &first, &second)), Applied::UpToDate);

    let third = opaque(&copy);
    let patch = "<d:add sel='resource-lists/list[1]'><entry uri='sip:e@x'/></d:add>";
    for (before, after) in [(third.as_str(), "4"), ("4", "5")] {
        let etags = format!("previous-etag='{before}' new-etag='{after}'");
        assert_eq!(copy.apply(&notification(&etags, patch)), Applied::UpToDate);
    }
    assert_eq!(copy.apply(&told_by(&server, "", &third, "4")), Applied::UpToDate);
    assert_eq!(opaque(&copy), "5");
}

#[test]
fn a_stale_copy_is_current_when_the_news_end_at_its_text() {
    let server = server(Profile::Rfc4825);
    let mut copy = open(&server);
    let now = opaque(&copy);
    for news in [told_by(&server, "", "a", "b"), told_by(&server, "/~~/x", "a", "b")] {
        // The copy was read after all that; the first news that come are of the past.
        assert_eq!(copy.apply(&news), Applied::Fetch(FetchReason::OtherVersion));
        assert!(copy.is_stale());
        assert_eq!(copy.apply(&told_by(&server, "", "b", &now)), Applied::UpToDate);
        assert!(!copy.is_stale());
    }
    // What begins there may be older than what made the copy stale.
    let _ = copy.apply(&told_by(&server, "", "a", "b"));
    let etags = format!("previous-etag='{now}' new-etag='x'");
    let same = notification(&etags, "<d:body-not-changed/>");
    assert_eq!(copy.apply(&same), Applied::Fetch(FetchReason::OtherVersion));
    assert!(copy.is_stale());
    // A weak ETag does not tell whether the text is the same.
    let weak = Fault::Answer {
        status: 200,
        headers: vec![("ETag".to_owned(), "W/\"7\"".to_owned())],
        body: copy.text().as_bytes().to_vec(),
    };
    server.misbehave(1, weak);
    copy.refresh().unwrap();
    let _ = copy.apply(&told_by(&server, "", "a", "b"));
    let news = told_by(&server, "", "b", "W/&quot;7&quot;");
    assert_eq!(copy.apply(&news), Applied::Fetch(FetchReason::OtherVersion));
    assert!(copy.is_stale());
}

#[test]
fn a_stale_copy_is_not_cured_by_a_304() {
    let server = server(Profile::Kamailio);
    let mut copy = open(&server).by_node(true);
    // The change is made, and moves what it replaces; the look at it fails.
    server.misbehave(2, Fault::Delay(Duration::ZERO));
    server.misbehave(1, Fault::status(503, ""));
    let renamed = body("a").child(Element::new("display-name").text("A"));
    copy.replace(entry("a"), renamed).unwrap();
    assert!(copy.is_stale());
    assert_ne!(copy.text(), stored(&server));
    assert!(copy.refresh().unwrap());
    assert!(!copy.is_stale());
    assert_eq!(copy.text(), stored(&server));
}

#[test]
fn a_change_of_a_stale_copy_overwrites_nobodys_change() {
    let server = server(Profile::Rfc4825);
    let mut copy = open(&server);
    server.misbehave(1, Fault::CloseBeforeAnswer);
    copy.put(entry("c"), body("c")).unwrap_err();

    let theirs = r#"<entry uri="sip:b@x"><display-name>B</display-name></entry>"#;
    let theirs = LISTS.replace(r#"<entry uri="sip:b@x"/>"#, theirs);
    server.set_document(AUID, ALICE, "index", &theirs);
    let error = copy.put(entry("b"), body("b")).unwrap_err();
    assert!(error.is_precondition_failed() && error.status().is_none(), "{error}");
    assert!(error.to_string().ends_with("is no longer what it was; look at it again"), "{error}");
    assert_eq!(stored(&server), theirs);
    assert_eq!(copy.text(), theirs);
}

#[test]
fn the_same_change_by_another_is_not_ours() {
    let server = server(Profile::OpenXcap);
    let mut copy = open(&server);
    let named = || body("a").child(Element::new("display-name").text("A"));
    copy.put(entry("c"), body("c")).unwrap();
    server.clear_requests();

    // Another device makes the same change, and one more: the server answers 200 to ours.
    let mut other = open(&server);
    other.put(entry("a"), named()).unwrap();
    other.delete(entry("b")).unwrap();
    let error = copy.put(entry("a"), named()).unwrap_err();
    assert!(error.is_precondition_failed(), "{error}");
    copy.refresh().unwrap();
    assert_eq!(copy.text(), stored(&server));

    // What changes nothing is no change of another's.
    copy.put(entry("a"), named()).unwrap();
    assert_eq!(copy.text(), stored(&server));
}

fn lists(lists: &str) -> String {
    format!(
        "<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\">{lists}</resource-lists>"
    )
}

/// A server that answers a PUT with the document that it holds then, whatever the condition says.
fn answers_with_what_it_stored(old: &str, new: &str) -> raw::Server {
    let answer = || raw::reply(200, &["ETag: \"2\""], new);
    raw::Server::start([raw::reply(200, &["ETag: \"1\""], old), answer(), answer(), answer()])
}

/// Whether the document was there before cannot be told: that is not to be done twice.
#[test]
fn a_change_that_may_have_been_made_is_not_made_again() {
    let (old, new) = (lists(r#"<list name="a"/>"#), lists(r#"<list name="b"/>"#));
    let server = answers_with_what_it_stored(&old, &new);
    let client = XCAPClient::new(&server.origin(), ALICE, None).unwrap();
    let mut copy = client.open(AUID).unwrap().retries(3);
    let error = copy.update(|_| new.clone()).unwrap_err();
    assert!(error.is_malformed_response(), "{error}");
    assert!(error.to_string().ends_with("whether the change was made is not known"), "{error}");
    assert!(copy.is_stale());
    assert_eq!(server.requests().len(), 3);
    copy.refresh().unwrap();
    assert_eq!(copy.text(), new);
}

/// A server that looks at conditions may answer every change with the document.
#[test]
fn a_change_is_made_whatever_body_its_answer_has() {
    let (old, new) = (lists(r#"<list name="a"/><list name="b"/>"#), lists(r#"<list name="a"/>"#));
    let last = lists("");
    let refusal = || raw::reply(412, &[], "");
    let server = raw::Server::start([
        raw::reply(200, &["ETag: \"1\""], &old),
        refusal(),
        raw::reply(200, &["ETag: \"2\""], &new),
        refusal(),
        raw::reply(200, &["ETag: \"2\""], &new),
        raw::reply(200, &["ETag: \"3\""], &last),
    ]);
    let client = XCAPClient::new(&server.origin(), ALICE, None).unwrap();
    let mut copy = client.open(AUID).unwrap();
    copy.delete("/resource-lists/list[@name=\"b\"]").unwrap();
    assert_eq!(copy.text(), new);
    copy.delete("/resource-lists/list").unwrap();
    assert_eq!(copy.text(), last);
    assert!(!copy.is_stale());
    assert_eq!(server.requests().len(), 6);
}

#[test]
fn half_a_document_is_none() {
    let server = server(Profile::Rfc4825);
    let client = server.client(ALICE).unwrap();
    server.misbehave(1, Fault::LengthTooShort);
    let error = client.open(AUID).unwrap_err();
    assert!(error.is_malformed_response(), "{error}");
    assert!(
        error.to_string().starts_with("the server's document is not well-formed, at 3:"),
        "{error}"
    );

    let mut copy = open(&server);
    server.set_document(AUID, ALICE, "index", "<changed/>");
    server.misbehave(1, Fault::LengthTooShort);
    assert!(copy.refresh().unwrap_err().is_malformed_response());
    assert_eq!(copy.text(), LISTS);
}

#[test]
fn a_positional_change_is_not_made_again_on_another_element() {
    let server = server(Profile::Rfc4825);
    let mut copy = open(&server).retries(3);
    server.set_document(
        AUID,
        ALICE,
        "index",
        &LISTS.replace("<list name=\"friends\"", "<list/><list name=\"friends\""),
    );
    let error = copy.put("/resource-lists/list[1]/@id", "one").unwrap_err();
    assert!(error.is_precondition_failed(), "{error}");
}

#[test]
fn the_options_of_a_request_hold_for_its_copy() {
    let server = server(Profile::Rfc4825);
    let client = server.client(ALICE).unwrap();
    server.set_document(AUID, ALICE, "second", LISTS);
    let request = client.request(AUID).filename("second").header("X-A", "b").node("/ignored");
    let mut copy = request.open().unwrap();
    copy.delete(entry("a")).unwrap();
    assert_ne!(server.document(AUID, ALICE, "second").unwrap().text(), LISTS);
    assert_eq!(stored(&server), LISTS);
    assert!(server.requests().iter().all(|request| request.header("x-a") == Some("b")));
    assert!(client.open("rls-services").unwrap_err().is_not_found());
}

/// The number in the document, one more.
fn increment(text: &str) -> String {
    let (head, rest) = text.split_once("name=\"n").unwrap();
    let (number, tail) = rest.split_once('"').unwrap();
    format!("{head}name=\"n{}\"{tail}", number.parse::<u32>().unwrap() + 1)
}

fn count_together(client: &XCAPClient) {
    let start = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="n0"/></resource-lists>"#;
    client.put(AUID, start, None, None, None).unwrap();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let mut copy = client.open(AUID).unwrap().retries(1000);
                for _ in 0..200 {
                    copy.update(increment).unwrap();
                }
            });
        }
    });
    let counted = client.get(AUID, None, None, None).unwrap();
    assert_eq!(counted, start.replace("n0", "n1600").as_str());
}

#[test]
fn eight_threads_count_to_1600() {
    for profile in [Profile::Rfc4825, Profile::OpenXcap, Profile::Kamailio] {
        let server = Server::builder().profile(profile).start().unwrap();
        count_together(&server.client(ALICE).unwrap());
    }
}

#[test]
fn eight_threads_count_to_1600_on_kamailio() {
    let Some(server) = Kamailio::start(Mode::Open, false, &[("alice", "secret")]) else { return };
    count_together(&XCAPClient::new(&server.root(), ALICE, None).unwrap());
}
