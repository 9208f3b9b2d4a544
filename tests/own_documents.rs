//! The documents that a server writes itself: its capabilities and its directories.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]
#![allow(clippy::indexing_slicing, reason = "a test may")]

#[path = "support/kamailio.rs"]
mod kamailio;
#[path = "support/raw.rs"]
mod raw;

use kamailio::{Kamailio, Mode};
use raw::{ok, reply};
use xcaplib::testing::{Auth, Fault, Profile, Server};
use xcaplib::{Capabilities, DocumentEntry, Error, Result, Tree, XCAPClient};

const ALICE: &str = "sip:alice@example.com";
const LISTS: &str = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
const PROFILES: [Profile; 3] = [Profile::Rfc4825, Profile::OpenXcap, Profile::Kamailio];

/// Answers that are no document of the kind that was asked for.
const MALFORMED: [&str; 11] = [
    "",
    " \n",
    "<!DOCTYPE html><html><body>Sign in</body></html>",
    "<html><body>Sign in</body></html>",
    "no XML",
    "<xcap-caps xmlns='urn:ietf:params:xml:ns:xcap-caps'><auids><auid>a</auid>",
    "<xcap-directory xmlns='urn:oma:xml:xdm:xcap-directory'><folder auid='a'><entry uri='",
    "<xcap-caps xmlns='urn:other'/>",
    "<xcap-caps xmlns='urn:ietf:params:xml:ns:xcap-caps'/>",
    "<xcap-caps><auid>a</auid><o:auids xmlns:o='urn:other'><auid>a</auid></o:auids></xcap-caps>",
    "<xcap-directory xmlns='urn:other'/>",
];

fn client(root: &str) -> XCAPClient {
    XCAPClient::new(root, ALICE, None).unwrap()
}

/// What a client makes of an answer.
fn answered<T>(body: &str, call: impl Fn(&XCAPClient) -> Result<T>) -> Result<T> {
    let server = raw::Server::start([ok(body)]);
    let result = call(&client(&server.origin()));
    assert_eq!(server.requests().len(), 1);
    result
}

fn capabilities(body: &str) -> Capabilities {
    answered(body, XCAPClient::capabilities).unwrap()
}

fn documents(body: &str) -> Vec<DocumentEntry> {
    answered(body, XCAPClient::documents).unwrap()
}

/// A directory with one folder and these attributes of its one entry.
fn entry(folder: &str, attributes: &str) -> Vec<DocumentEntry> {
    documents(&format!(
        "<xcap-directory xmlns='urn:oma:xml:xdm:xcap-directory'><folder auid='{folder}'>\
         <entry {attributes}/></folder></xcap-directory>"
    ))
}

#[test]
fn capabilities_of_each_profile() {
    for profile in PROFILES {
        let server = Server::builder().profile(profile).start().unwrap();
        check_capabilities(&server.client(ALICE).unwrap());
        assert_eq!(server.requests()[0].target(), "/xcap-root/xcap-caps/global/index");
    }
}

#[test]
fn capabilities_and_directory_of_a_real_server() {
    let Some(server) = Kamailio::start(Mode::DigestMd5, false, &[("alice", "secret")]) else {
        return;
    };
    let client = XCAPClient::new(&server.root(), ALICE, "secret").unwrap();
    check_capabilities(&client);
    let put = client.put("resource-lists", LISTS, None, None, None).unwrap();
    let rules = client.request("pres-rules").filename("other").validate(false).put("<x/>").unwrap();
    let found = client.documents().unwrap();
    let entry =
        |application| found.iter().find(|entry| entry.application() == application).unwrap();
    let (lists, other) = (entry("resource-lists"), entry("pres-rules"));
    assert_eq!((found.len(), lists.filename(), other.filename()), (2, "index", "other"));
    assert_eq!((lists.user(), lists.size(), lists.last_modified()), (Some(ALICE), None, None));
    assert_eq!((lists.etag(), other.etag()), (put.etag(), rules.etag()));
    let mut copy = lists.open(&client).unwrap();
    copy.update(|text| text.replace("/>", "></resource-lists>")).unwrap();
    let error = lists.request(&client).if_match(lists.etag()).delete().unwrap_err();
    assert!(error.is_precondition_failed(), "{error}");
    other.request(&client).if_match(other.etag()).delete().unwrap();
    assert_eq!(client.documents().unwrap().len(), 1);
}

fn check_capabilities(client: &XCAPClient) {
    let capabilities = client.capabilities().unwrap();
    assert!(capabilities.is_known());
    assert_eq!(capabilities.supports_application("resource-lists"), Some(true));
    assert_eq!(capabilities.supports_application("Resource-Lists"), Some(false));
    let namespace = "urn:ietf:params:xml:ns:resource-lists";
    assert_eq!(capabilities.supports_namespace(namespace), Some(true));
    assert_eq!(capabilities.supports_namespace("urn:x"), Some(false));
    assert!(capabilities.extensions().is_empty());
    assert!(capabilities.auids().contains(&"xcap-caps".to_owned()));
    assert!(capabilities.namespaces().contains(&namespace.to_owned()));
}

#[test]
fn a_server_without_capabilities_leaves_them_unknown() {
    for status in [404, 405, 501] {
        let server = raw::Server::start([reply(status, &[], "")]);
        let capabilities = client(&server.origin()).capabilities().unwrap();
        assert!(!capabilities.is_known());
        assert_eq!(capabilities.supports_application("xcap-caps"), None);
        assert_eq!(capabilities.supports_namespace("urn:ietf:params:xml:ns:xcap-caps"), None);
        assert!(capabilities.auids().is_empty() && capabilities.namespaces().is_empty());
        assert_eq!(capabilities, Capabilities::default());
    }
    for status in [400, 401, 403, 410, 500, 503] {
        let server = raw::Server::start([reply(status, &[], "")]);
        let error = client(&server.origin()).capabilities().unwrap_err();
        assert_eq!(error.status(), Some(status), "{error}");
    }
}

#[test]
fn the_in_process_server_can_have_no_documents_of_its_own() {
    let server = Server::start().unwrap();
    let client = server.client(ALICE).unwrap();
    for status in [404, 405, 501] {
        server.misbehave(2, Fault::status(status, "no"));
        assert!(!client.capabilities().unwrap().is_known());
        let error = client.documents().unwrap_err();
        assert_eq!((error.status(), error.is_not_found()), (Some(status), status == 404));
    }
    server.misbehave(2, Fault::CloseInAnswer);
    assert!(client.capabilities().unwrap_err().is_transport());
    assert!(client.documents().unwrap_err().is_transport());
    for body in MALFORMED {
        server.set_document("xcap-caps", None, "index", body);
        let directory = "org.openmobilealliance.xcap-directory";
        server.set_document(directory, ALICE, "directory.xml", body);
        assert!(client.capabilities().unwrap_err().is_malformed_response(), "{body}");
        assert!(client.documents().unwrap_err().is_malformed_response(), "{body}");
    }
}

#[test]
fn what_is_no_such_document_is_malformed() {
    for body in MALFORMED {
        for error in [
            answered(body, XCAPClient::capabilities).unwrap_err(),
            answered(body, XCAPClient::documents).unwrap_err(),
        ] {
            assert!(error.is_malformed_response(), "{body}: {error}");
            assert_eq!(error.status(), Some(200));
            assert_eq!(error.response().unwrap().body(), body.as_bytes());
        }
    }
    let text = |error: Error| error.to_string().split_once(": ").unwrap().1.to_owned();
    let not = "the answer is not the document that was asked for";
    assert_eq!(
        text(answered("", XCAPClient::capabilities).unwrap_err()),
        "the server answered 200 with nothing where a document should be; put the document anew, or take the answer as it is with `send_raw`"
    );
    assert_eq!(
        text(answered("<html/>", XCAPClient::documents).unwrap_err()),
        format!("{not}: the root element is <html>")
    );
    assert_eq!(
        text(answered("<xcap-caps/>", XCAPClient::capabilities).unwrap_err()),
        format!("{not}: it has no <auids>")
    );
    let page = reply(200, &["Content-Type: text/html"], "<xcap-caps/>");
    let server = raw::Server::start([page, reply(204, &[], "")]);
    let client = client(&server.origin());
    assert!(client.capabilities().unwrap_err().is_malformed_response());
    assert!(client.documents().unwrap_err().is_malformed_response());
}

#[test]
fn capabilities_are_read_leniently() {
    let found = capabilities(
        "\n<?xml version='1.0'?><!-- a --><c:xcap-caps xmlns:c='urn:ietf:params:xml:ns:xcap-caps'
          xmlns:o='urn:other'>
          <c:auids> <c:auid>\n resource-<!-- b -->lists </c:auid><c:auid/><o:auid>no</o:auid>
          <c:new>no</c:new><c:auid><![CDATA[a&b]]></c:auid></c:auids>
          <o:namespaces><c:namespace>no</c:namespace></o:namespaces>
          <c:auids><c:auid>more</c:auid></c:auids><c:auid>no</c:auid>
          <c:extensions><c:extension>xpath</c:extension></c:extensions></c:xcap-caps>",
    );
    assert_eq!(found.auids(), ["resource-lists", "a&b", "more"]);
    assert_eq!(found.extensions(), ["xpath"]);
    assert!(found.namespaces().is_empty() && found.is_known());
    assert_eq!(found.supports_namespace("no"), Some(false));

    let bare = "\u{feff}<xcap-caps><auids><auid>x</auid></auids></xcap-caps>";
    assert_eq!(capabilities(bare).supports_application("x"), Some(true));
    // That it supports nothing has to be said.
    let none = capabilities("<xcap-caps><auids/></xcap-caps>");
    assert_eq!((none.is_known(), none.supports_application("x")), (true, Some(false)));
}

#[test]
fn a_directory_of_each_profile() {
    // OpenXCAP breaks down over its directory.
    let server = Server::builder().profile(Profile::OpenXcap).start().unwrap();
    assert_eq!(server.client(ALICE).unwrap().documents().unwrap_err().status(), Some(500));
    for profile in PROFILES.into_iter().filter(|profile| *profile != Profile::OpenXcap) {
        let server = Server::builder().profile(profile).auth(Auth::Digest);
        let server = server.user(ALICE, "secret").start().unwrap();
        let client = server.client(ALICE).unwrap();
        assert_eq!(client.documents().unwrap(), []);
        let etag = server.set_document("resource-lists", ALICE, "index", LISTS);
        server.set_document("resource-lists", ALICE, "a b/c+d", LISTS);
        server.set_document("own.example.com", ALICE, "ü", "<x/>");

        let found = client.documents().unwrap();
        let names: Vec<_> =
            found.iter().map(|entry| (entry.application(), entry.filename())).collect();
        let lists = "resource-lists";
        assert_eq!(names, [("own.example.com", "ü"), (lists, "a b/c+d"), (lists, "index")]);
        let index = &found[2];
        assert_eq!((index.user(), index.tree()), (Some(ALICE), Tree::Users));
        assert_eq!(index.etag(), Some(&etag));
        assert!(index.uri().starts_with(&server.root()), "{}", index.uri());
        let is_full = profile != Profile::Kamailio;
        assert_eq!(index.size(), is_full.then_some(u64::try_from(LISTS.len()).unwrap()));
        assert_eq!(index.last_modified().is_some_and(|date| date.ends_with('Z')), is_full);

        assert_eq!(found[1].open(&client).unwrap().text(), LISTS);
        let mut copy = index.open(&client).unwrap();
        assert_eq!((copy.text(), copy.etag()), (LISTS, Some(&etag)));
        copy.update(|text| text.replace("/>", "></resource-lists>")).unwrap();
        let error = index.request(&client).if_match(index.etag()).put(LISTS).unwrap_err();
        assert!(error.is_precondition_failed(), "{error}");
        found[1].request(&client).if_match(found[1].etag()).delete().unwrap();
        assert!(found[1].open(&client).unwrap_err().is_not_found());
        assert_eq!(client.documents().unwrap().len(), 2);
    }
}

#[test]
fn an_example_of_the_field() {
    // OMA XDM Core, C.3, as a client's tests have it.
    let found = documents(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<xcap-directory xmlns="urn:oma:xml:xdm:xcap-directory" >
  <folder auid="resource-lists">
    <entry uri="http://xcap.example.com/resource-lists/users/sip:joebloggs@example.com/index"
      etag="pqr999" last-modified="1279068803188" size="2738"/>
  </folder>
  <folder auid="groups">
    <entry uri="http://xcap.example.com/org.openmobilealliance.groups/users/sip:joebloggs@example.com/skiing" etag="abc123"/>
  </folder>
  <folder auid="rls-services"><error-code>500</error-code></folder>
</xcap-directory>"#,
    );
    let [index, skiing] = &found[..] else { panic!("{found:?}") };
    assert_eq!((index.application(), index.filename()), ("resource-lists", "index"));
    assert_eq!(index.user(), Some("sip:joebloggs@example.com"));
    assert_eq!(index.etag().unwrap().to_string(), "\"pqr999\"");
    assert_eq!((index.last_modified(), index.size()), (Some("1279068803188"), Some(2738)));
    assert_eq!(skiing.application(), "org.openmobilealliance.groups");
    assert_eq!((skiing.last_modified(), skiing.size()), (None, None));
}

#[test]
fn an_entry_says_what_it_can() {
    let one = |attributes: &str| {
        let mut found = entry("a", attributes);
        assert_eq!(found.len(), 1, "{attributes}");
        found.remove(0)
    };
    let found = one("uri=' a/global/d/i ' etag='W/&quot;x&quot;' size=' 7 ' xmlns='' new='x'");
    assert_eq!((found.uri(), found.filename()), ("a/global/d/i", "d/i"));
    assert_eq!((found.user(), found.tree()), (None, Tree::Global));
    assert!(found.etag().unwrap().is_weak());
    assert_eq!(found.size(), Some(7));
    for attributes in ["", "etag='' size='' last-modified=' '", "etag='&#10;' size='-1'"] {
        let found = one(&format!("uri='a/users/x/i' {attributes}"));
        assert_eq!((found.etag(), found.size(), found.last_modified()), (None, None, None));
    }
    // Between double quotes some write a weak one with single quotes, or with none.
    for weak in ["W/'7-1'", "W/7-1", "W/&quot;7-1&quot;"] {
        let found = one(&format!("uri='a/users/x/i' etag=\"{weak}\""));
        let etag = found.etag().unwrap();
        assert_eq!((etag.to_string().as_str(), etag.is_weak()), ("W/\"7-1\"", true), "{weak}");
    }
    assert_eq!(one("uri='a/users/x/i' etag=\"'7'\"").etag().unwrap().to_string(), "\"7\"");
    // As a condition a bare `*` would mean any document.
    assert_eq!(one("uri='a/users/x/i' etag='*'").etag().unwrap().to_string(), "\"*\"");
}

#[test]
fn entries_that_name_no_document_are_left_out() {
    for attributes in [
        "",
        "uri=''",
        "uri='http://a.example/a/users/x/../y'",
        "uri='a/users/x/%2e%2e'",
        "uri='a/users/x/b%2Fc'",
        "uri='a/users/x/i/~~/a'",
        "uri='..%2Fa/users/x/i'",
        "uri='a/users/..%2F..%2Fx/i'",
        "uri='a/users/%2Fetc/i'",
        "uri='a/users/x/..%5Ci'",
        "uri='a/users/x/i?q'",
        "uri='a/users/%ff/i'",
        "etag='x' size='7'",
    ] {
        assert_eq!(entry("a", attributes), [], "{attributes}");
    }
    let found = documents(
        "<xcap-directory><folder><entry uri='x'/><entry uri='a/users/x/i'/></folder>\
         <entry uri='a/users/x/j'/><folder auid='a'/></xcap-directory>",
    );
    assert_eq!(found.len(), 1);
}

#[test]
fn an_entry_is_opened_at_the_client_s_own_root() {
    let other = raw::Server::start([]);
    for (uri, path) in [
        ("http://HOST/xcap-root/a/users/alice@example.com/i", "/a/users/alice@example.com/i"),
        (
            "http://u:p@HOST/a/users/sip:bob@example.com/d%20e/f",
            "/a/users/sip:bob@example.com/d%20e/f",
        ),
        ("//HOST/a/users/x/i", "/a/users/x/i"),
        ("a/users/a+b%2fc%25/i", "/a/users/a%2Bb%2Fc%25/i"),
        ("/a/global/%C3%BC", "/a/global/%C3%BC"),
    ] {
        let uri = uri.replace("HOST", &other.address().to_string());
        let directory = format!(
            "<xcap-directory><folder auid='a'><entry uri='{uri}'/></folder></xcap-directory>"
        );
        let server = raw::Server::start([ok(&directory), ok("<x/>")]);
        let client = client(&format!("{}/xcap-root", server.origin()));
        let found = client.documents().unwrap();
        let copy = found[0].open(&client).unwrap();
        assert_eq!(copy.text(), "<x/>");
        assert_eq!(server.last().target(), format!("/xcap-root{path}"), "{uri}");
        // Whoever is named later is completed as ever.
        server.add([ok("<x/>")]);
        found[0].request(&client).user("carol@example.com").get().unwrap();
        assert!(server.last().target().contains("/users/sip:carol@example.com/"));
    }
    assert!(other.requests().is_empty());
}
