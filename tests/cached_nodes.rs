//! Where a copy cannot put the whole document, its changes go node by node, and what came of each
//! is read back.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[path = "support/between.rs"]
mod between;

use between::Between;
use between::nature::Nature;
use xcaplib::testing::Server;
use xcaplib::{CachedDocument, Conflict, Element, XCAPClient};

const ALICE: &str = "sip:alice@example.com";
const AUID: &str = "resource-lists";
const LISTS: &str = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends"><entry uri="sip:a@x"/></list></resource-lists>"#;
const CAROL: &str = "/resource-lists/list[@name='friends']/entry[@uri='sip:c@x']";

fn carol() -> Element {
    Element::new("entry").attr("uri", "sip:c@x")
}

/// A server that lets everybody write everywhere, and a client of it.
struct Place {
    between: Between,
    client: XCAPClient,
    _server: Server,
}

impl Place {
    fn new(owner: &str, natures: &[Nature]) -> Self {
        let server = Server::builder().writable_global(true).start().unwrap();
        let path = format!("/xcap-root/{AUID}/{owner}/index");
        let between = Between::start(server.address(), &path, natures);
        between.create(LISTS);
        let client = XCAPClient::new(&between.root(), ALICE, None).unwrap();
        Self { between, client, _server: server }
    }

    fn of_alice(natures: &[Nature]) -> Self {
        Self::new(&format!("users/{ALICE}"), natures)
    }

    /// How many changes of documents and of nodes were sent since the last time.
    fn sent(&self) -> (usize, usize) {
        let changes: Vec<_> =
            self.between.requests().into_iter().filter(|request| !request.is_read()).collect();
        self.between.begin();
        let nodes = changes.iter().filter(|request| request.is_node).count();
        (changes.len() - nodes, nodes)
    }
}

/// The changes of this copy go out as node changes from the first one on.
#[track_caller]
fn goes_by_node(place: &Place, mut copy: CachedDocument) {
    place.between.begin();
    copy.insert(CAROL, carol()).unwrap();
    // It is tried first whether the server looks at conditions.
    assert_eq!(place.sent(), (0, 2));
    copy.put("/resource-lists/list/@name", "family").unwrap();
    assert_eq!(place.sent(), (0, 1));
    copy.delete("/resource-lists/list/entry[@uri='sip:c@x']").unwrap();
    assert_eq!(place.sent(), (0, 1));
    assert_eq!(copy.text(), place.between.text());
    assert!(!copy.is_stale());

    // A change of the text is none of a node.
    let before = copy.text().to_owned();
    let error = copy.update(|text| text.replace("family", "others")).map(drop).unwrap_err();
    assert_eq!(place.sent(), (0, 0), "{error}");
    assert!(error.is_invalid_input(), "{error}");
    assert_eq!((copy.text(), copy.is_stale()), (before.as_str(), false));
    assert_eq!(place.between.text(), before);
}

/// A server may show of another user's document what the asker may see.
#[test]
fn another_users_document_is_never_put_as_a_whole() {
    let place = Place::new("users/sip:bob@example.com", &[]);
    let copy = place.client.request(AUID).user("sip:bob@example.com").open().unwrap();
    goes_by_node(&place, copy);
}

#[test]
fn a_global_document_is_never_put_as_a_whole() {
    let place = Place::new("global", &[]);
    let copy = place.client.request(AUID).global().open().unwrap();
    goes_by_node(&place, copy);
}

#[test]
fn a_copy_that_works_by_nodes_never_puts_its_document() {
    let place = Place::of_alice(&[]);
    goes_by_node(&place, place.client.open(AUID).unwrap().by_node(true));
}

/// Who knows that all of it is shown may say so.
#[test]
fn another_users_document_is_put_as_a_whole_where_that_is_asked_for() {
    let place = Place::new("users/sip:bob@example.com", &[]);
    let request = place.client.request(AUID).user("sip:bob@example.com");
    let mut copy = request.open().unwrap().by_node(false);
    place.between.begin();
    copy.insert(CAROL, carol()).unwrap();
    assert_eq!(place.sent().1, 0);
    copy.update(|text| text.replace("friends", "family")).unwrap();
    assert_eq!(copy.text(), place.between.text());
}

/// One's own document, named as one's own.
#[test]
fn the_own_document_is_put_as_a_whole_by_whatever_name() {
    for name in ["alice@example.com", ALICE] {
        let place = Place::of_alice(&[]);
        let mut copy = place.client.request(AUID).user(name).open().unwrap();
        place.between.begin();
        copy.insert(CAROL, carol()).unwrap();
        assert_eq!(place.sent().1, 0);
    }
}

#[test]
fn a_refused_document_is_followed_by_the_change_of_the_node() {
    for status in [403, 404, 405, 409, 413, 501] {
        for nature in [Nature::RefusesDocuments(status), Nature::RefusesGuardedDocuments(status)] {
            let place = Place::of_alice(&[nature]);
            let mut copy = place.client.open(AUID).unwrap();
            place.between.begin();
            copy.insert(CAROL, carol()).unwrap_or_else(|error| panic!("{nature:?}: {error}"));
            assert_eq!(copy.text(), place.between.text(), "{nature:?}");
            assert!(copy.text().contains("sip:c@x") && !copy.is_stale(), "{nature:?}");
            // The refusal is remembered; whether conditions are looked at may still be open.
            place.between.begin();
            copy.delete(CAROL).unwrap();
            let (documents, nodes) = place.sent();
            assert!(documents == 0 && nodes <= 2, "{nature:?}: {documents} {nodes}");
            copy.put("/resource-lists/list/@name", "family").unwrap();
            assert_eq!(place.sent(), (0, 1), "{nature:?}");
        }
    }
}

/// What is wrong with the document would be wrong with it after a change of the node, too.
#[test]
fn a_conflict_that_the_change_itself_makes_is_no_refusal_of_documents() {
    for name in ["schema-validation-error", "uniqueness-failure", "constraint-failure", "extension"]
    {
        let place = Place::of_alice(&[Nature::Conflicts(name)]);
        let mut copy = place.client.open(AUID).unwrap();
        place.between.begin();
        let error = copy.insert(CAROL, carol()).unwrap_err();
        assert_eq!(error.conflict().map(Conflict::name), Some(name), "{error}");
        assert_eq!(place.sent().1, 0, "{name}");
        assert_eq!(place.between.text(), LISTS);
    }
    for name in ["not-well-formed", "not-xml-frag", "no-parent", "cannot-insert", "not-utf-8"] {
        let place = Place::of_alice(&[Nature::Conflicts(name)]);
        let mut copy = place.client.open(AUID).unwrap();
        copy.insert(CAROL, carol()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(copy.text(), place.between.text());
    }
}

#[test]
fn two_refusals_are_one_error_that_names_both() {
    let place = Place::of_alice(&[Nature::RefusesDocuments(403), Nature::RefusesNodes(405)]);
    let mut copy = place.client.open(AUID).unwrap();
    place.between.begin();
    let error = copy.insert(CAROL, carol()).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("403") && text.contains("405"), "{text}");
    let (documents, nodes) = place.sent();
    assert!(documents <= 2 && nodes == 1, "{documents} {nodes}");
    assert_eq!(place.between.text(), LISTS);
}

#[test]
fn a_change_that_the_server_did_not_make_is_an_error() {
    let place = Place::of_alice(&[Nature::RefusesDocuments(403), Nature::SwallowsNodes]);
    let mut copy = place.client.open(AUID).unwrap();
    let error = copy.insert(CAROL, carol()).unwrap_err();
    let url = place.client.url(AUID, CAROL).unwrap();
    assert!(error.to_string().starts_with(&format!("PUT {url}: ")), "{error}");
    assert!(!error.to_string().contains("not sent"), "{error}");
    assert!(copy.is_stale() || copy.text() == place.between.text());

    // The same where the ETag of the answer is weak, and that of the look is not.
    let natures = [Nature::RefusesDocuments(403), Nature::SwallowsNodes, Nature::WeakAtFirst];
    let place = Place::of_alice(&natures);
    place.client.open(AUID).unwrap().insert(CAROL, carol()).unwrap_err();

    // The same on another user's document, where nothing was refused before.
    let place = Place::new("users/sip:bob@example.com", &[Nature::SwallowsNodes]);
    let mut copy = place.client.request(AUID).user("sip:bob@example.com").open().unwrap();
    copy.put("/resource-lists/list/@name", "family").unwrap_err();
    assert_eq!(place.sent().0, 0);
}
