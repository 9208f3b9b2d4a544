//! The client against a real XCAP server: Kamailio's `xcap_server`, started here.
//!
//! Without Kamailio these tests say so and pass; with `XCAPLIB_REQUIRE_KAMAILIO=1` that is a
//! failure.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[path = "support/kamailio.rs"]
mod kamailio;

use std::hash::{BuildHasher, RandomState};
use std::path::PathBuf;
use std::process::Command;

use kamailio::{Kamailio, Mode};
use xcaplib::testing::{Profile, Server};
use xcaplib::{Application, Element, Method, ResourceKind, XCAPClient};

const LISTS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists">
  <list name="friends">
    <entry uri="sip:alice@example.com"><display-name>Älice &amp; co</display-name></entry>
    <entry uri="sip:bob@example.com"><display-name>Bob</display-name></entry>
  </list>
</resource-lists>"#;

const BOB: &str = r#"/resource-lists/list[@name="friends"]/entry[@uri="sip:bob@example.com"]"#;
const ALICE: &str = r#"/resource-lists/list[@name="friends"]/entry[@uri="sip:alice@example.com"]"#;

/// A name or password that no earlier run used.
fn made_up(prefix: &str) -> String {
    format!("{prefix}{:x}", RandomState::new().hash_one(prefix))
}

/// A server of this mode, and a user of it.
struct Peer {
    server: Kamailio,
    user: String,
    password: String,
}

impl Peer {
    fn start(mode: Mode, tls: bool) -> Option<Self> {
        let (user, password) = (made_up("user"), made_up("p\"ä:'\\ "));
        let server = Kamailio::start(mode, tls, &[(user.as_str(), password.as_str())])?;
        Some(Self { server, user, password })
    }

    fn id(&self) -> String {
        format!("sip:{}@example.com", self.user)
    }

    fn client(&self) -> XCAPClient {
        XCAPClient::new(&self.server.root(), &self.id(), self.password.as_str()).unwrap()
    }

    fn stored(&self) -> Option<String> {
        self.server.stored(&self.user, "resource-lists")
    }
}

/// The documented usage, with what this server answers to each line.
fn documented_usage(client: &XCAPClient, peer: &Peer) {
    let put = client.put("resource-lists", LISTS, None, None, None).unwrap();
    assert_eq!(put.status(), 200);
    let got = client.get("resource-lists", None, None, None).unwrap();
    assert_eq!(got, LISTS);
    assert_eq!(got.etag(), put.etag());
    assert_eq!(got.content_type(), Some("application/resource-lists+xml"));

    let element = client.get("resource-lists", BOB, None, None).unwrap();
    assert_eq!(
        element,
        r#"<entry uri="sip:bob@example.com"><display-name>Bob</display-name></entry>"#
    );
    assert_eq!(element.kind(), ResourceKind::Element);

    let uri =
        client.get("resource-lists", "/resource-lists/list/entry[2]/@uri", None, None).unwrap();
    assert_eq!(uri.attribute_value().as_deref(), Some("sip:bob@example.com"));
    assert_eq!(uri.kind(), ResourceKind::Attribute);

    let robert = Element::new("entry")
        .attr("uri", "sip:bob@example.com")
        .child(Element::new("display-name").text("Röbert"));
    let replaced = client.put("resource-lists", &robert, BOB, got.etag(), None).unwrap();
    assert_ne!(replaced.etag(), got.etag());
    assert_eq!(client.get("resource-lists", BOB, None, None).unwrap(), robert.as_ref() as &str);

    let refused = client.delete("resource-lists", ALICE, got.etag(), None).unwrap_err();
    assert!(refused.is_precondition_failed(), "{refused}");
    let deleted = client.delete("resource-lists", ALICE, replaced.etag(), None).unwrap();
    assert_eq!(deleted.status(), 200);

    let left = client.get("resource-lists", None, None, None).unwrap();
    assert!(left.as_str().contains("Röbert"), "{left}");
    assert!(!left.as_str().contains("sip:alice"), "{left}");
    assert_eq!(peer.stored().as_deref(), Some(left.as_str()));
}

#[test]
fn documented_usage_without_authentication() {
    let Some(peer) = Peer::start(Mode::Open, false) else { return };
    let client = XCAPClient::new(&peer.server.root(), &peer.id(), None).unwrap();
    documented_usage(&client, &peer);
}

#[test]
fn documented_usage_with_digest_md5() {
    let Some(peer) = Peer::start(Mode::DigestMd5, false) else { return };
    documented_usage(&peer.client(), &peer);
}

#[test]
fn documented_usage_with_digest_sha256() {
    let Some(peer) = Peer::start(Mode::DigestSha256, false) else { return };
    documented_usage(&peer.client(), &peer);
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
#[test]
fn documented_usage_over_tls_with_its_own_ca() {
    let Some(peer) = Peer::start(Mode::DigestSha256, true) else { return };
    let builder =
        || XCAPClient::builder(&peer.server.tls_root(), &peer.id()).password(&peer.password);
    let client = builder().ca_certificates(peer.server.ca_pem()).build().unwrap();
    documented_usage(&client, &peer);

    let untrusted = builder().build().unwrap();
    let error = untrusted.get("resource-lists", None, None, None).unwrap_err();
    assert!(error.is_tls(), "{error}");
    assert!(error.is_transport(), "{error}");

    let by_address = peer.server.tls_root().replace("localhost", "127.0.0.1");
    let client = XCAPClient::builder(&by_address, &peer.id())
        .password(&peer.password)
        .ca_certificates(peer.server.ca_pem())
        .build()
        .unwrap();
    client.get("resource-lists", None, None, None).unwrap();
}

/// The example as a user runs it, with values made up for the run.
#[test]
fn the_example_prints_six_results() {
    for mode in [Mode::DigestMd5, Mode::DigestSha256] {
        let Some(peer) = Peer::start(mode, false) else { return };
        let output = Command::new(example())
            .env("XCAP_ROOT", peer.server.root())
            .env("XCAP_USER", peer.id())
            .env("XCAP_PASSWORD", &peer.password)
            .output()
            .unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{printed}\n{errors}");
        for (number, result) in [
            "put the document: 200, ETag \"sr-",
            "got it back: ",
            "one element: <entry uri=\"sip:bob@example.com\">",
            "one attribute: sip:bob@example.com",
            "replaced it: 200, ETag \"sr-",
            "deleted another: 200, ETag ",
        ]
        .iter()
        .enumerate()
        {
            let line = format!("\n{}. {result}", number + 1);
            assert!(printed.contains(&line), "{line:?} is missing:\n{printed}");
        }
        assert!(!printed.contains(&peer.password) && !errors.contains(&peer.password));
        let left = peer.stored().unwrap();
        assert!(left.contains("Robert") && !left.contains("sip:alice"), "{left}");
        assert!(printed.contains(&left), "{printed}");
    }
}

/// The example is built beside this test.
fn example() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().and_then(|deps| deps.parent()).unwrap();
    profile.join("examples").join(format!("usage{}", std::env::consts::EXE_SUFFIX))
}

#[test]
fn documents_come_and_go() {
    let Some(peer) = Peer::start(Mode::DigestMd5, false) else { return };
    let client = peer.client();
    let get = || client.get("resource-lists", None, None, None);

    assert!(get().unwrap_err().is_not_found());
    assert!(client.request("resource-lists").optional().get().unwrap().is_none());

    let first = client.insert("resource-lists", LISTS, None, None, None).unwrap();
    assert!(
        client.insert("resource-lists", LISTS, None, None, None).unwrap_err().is_already_exists()
    );
    assert_eq!(get().unwrap().etag(), first.etag());

    let (old, second) =
        client.replace("resource-lists", LISTS.replace("Bob", "Rob"), None, None, None).unwrap();
    assert_eq!(old, LISTS);
    assert_ne!(first.etag(), second.etag());

    let etag = second.etag().unwrap();
    let unchanged = client.request("resource-lists").if_none_match(etag).get().unwrap_err();
    assert!(unchanged.is_not_modified(), "{unchanged}");
    let stale = client.put("resource-lists", LISTS, None, first.etag(), None).unwrap_err();
    assert!(stale.is_precondition_failed(), "{stale}");
    assert_eq!(get().unwrap().etag(), Some(etag));

    let deleted = client.delete("resource-lists", None, etag, None).unwrap();
    assert_eq!((deleted.status(), deleted.etag()), (200, None));
    assert!(get().unwrap_err().is_not_found());
    assert_eq!(peer.stored(), None);
    let missing = client.delete("resource-lists", None, None, None).unwrap_err();
    assert_eq!(missing.status(), Some(500), "Kamailio's own answer");
}

#[test]
fn nodes_are_inserted_where_nothing_is() {
    let Some(peer) = Peer::start(Mode::DigestSha256, false) else { return };
    let client = peer.client();
    let carol = r#"/resource-lists/list[@name="friends"]/entry[@uri="sip:carol@example.com"]"#;
    let body = Element::new("entry").attr("uri", "sip:carol@example.com");
    let insert = || client.insert("resource-lists", &body, carol, None, None);

    assert!(insert().unwrap_err().is_not_found(), "there is no document yet");
    client.put("resource-lists", LISTS, None, None, None).unwrap();
    insert().unwrap();
    assert!(insert().unwrap_err().is_already_exists());
    let (old, _) = client.replace("resource-lists", &body, carol, None, None).unwrap();
    assert_eq!(old, body.as_ref() as &str);
    assert!(
        client
            .replace("resource-lists", &body, carol.replace("carol", "dave"), None, None)
            .is_err()
    );
}

/// What this server answers that the RFC does not foresee, each still an error that tells.
#[test]
fn errors_keep_their_status_and_body() {
    let Some(peer) = Peer::start(Mode::DigestMd5, false) else { return };
    let client = peer.client();
    client.put("resource-lists", LISTS, None, None, None).unwrap();

    let missing = client.get("resource-lists", "/resource-lists/list[9]", None, None).unwrap_err();
    assert!(missing.is_not_found() && missing.response().unwrap().body().is_empty());

    let attribute = "/resource-lists/list/entry[2]/@uri";
    let error =
        client.put("resource-lists", "sip:x@example.com", attribute, None, None).unwrap_err();
    assert_eq!(error.status(), Some(500), "this server cannot change attributes");

    let bindings =
        client.get("resource-lists", "/resource-lists/namespace::*", None, None).unwrap_err();
    assert_eq!(bindings.status(), Some(501));
    assert_eq!(bindings.response().unwrap().body(), b"namespace selectors not supported\n");

    let long = format!("/resource-lists/list[@name=\"{}\"]", "x".repeat(250));
    assert_eq!(client.get("resource-lists", &long, None, None).unwrap_err().status(), Some(414));

    let other =
        client.request("resource-lists").user("sip:somebody@example.com").get().unwrap_err();
    assert!(other.is_forbidden(), "{other}");

    let caps = client.get("xcap-caps", None, None, None).unwrap();
    assert!(caps.as_str().contains("<auid>resource-lists</auid>"));
    let refused = client.request("xcap-caps").validate(false).put("<x/>").unwrap_err();
    assert_eq!(refused.status(), Some(405));
}

/// Which application usages there are, and what becomes of a document of each.
#[test]
fn the_profile_has_the_application_usages_of_the_module() {
    let Some(peer) = Peer::start(Mode::Open, false) else { return };
    let profile = Server::builder().profile(Profile::Kamailio).start().unwrap();
    let real = XCAPClient::new(&peer.server.root(), &peer.id(), None).unwrap();
    let ours = profile.client(&peer.id()).unwrap();
    let mut served = 0;
    for usage in Application::registry() {
        let body = match &usage.root {
            Some(root) => format!("<{} xmlns='{}'/>", root.name, root.namespace),
            None => "<any/>".to_owned(),
        };
        let statuses = |client: &XCAPClient| {
            [Method::Get, Method::Put, Method::Get, Method::Delete].map(|method| {
                let body = (method == Method::Put).then_some(body.as_bytes());
                client.request(&usage.auid).send_raw(method, body).unwrap().status()
            })
        };
        let expected = statuses(&real);
        assert_eq!(statuses(&ours), expected, "{}", usage.auid);
        served += usize::from(expected != [404; 4]);
    }
    assert_eq!(served, 9);
}

#[test]
fn a_wrong_password_is_one_error() {
    for mode in [Mode::DigestMd5, Mode::DigestSha256] {
        let Some(peer) = Peer::start(mode, false) else { return };
        let client = XCAPClient::new(&peer.server.root(), &peer.id(), "wrong").unwrap();
        let error = client.get("resource-lists", None, None, None).unwrap_err();
        assert!(error.is_unauthorized(), "{error}");
        let url = client.url("resource-lists", None).unwrap();
        assert_eq!(
            error.to_string(),
            format!(
                "GET {url}: the server answered 401 Unauthorized: the server refused the user name \
                 and password for realm `example.com`; check both, and whether the user may do this"
            )
        );
    }
}

/// Values that need escaping or encoding arrive as they are: the server finds the node.
#[test]
fn values_of_any_text_select_on_a_real_server() {
    let Some(peer) = Peer::start(Mode::Open, false) else { return };
    let client = peer.client();
    for value in [" ", "é", "'", "]", "/", "?", "#", "+", "~~", "a=b,c;d:e@f", "日本"] {
        let list = Element::new("list").attr("name", value);
        let document = Element::new("resource-lists")
            .attr("xmlns", "urn:ietf:params:xml:ns:resource-lists")
            .child(Element::new("list").attr("name", "other"))
            .child(list.clone());
        client.put("resource-lists", &document, None, None, None).unwrap();
        let selector =
            xcaplib::NodeSelector::root("resource-lists").child("list").with_attr("name", value);
        match client.get("resource-lists", &selector, None, None) {
            Ok(found) => assert!(found.as_str().starts_with("<list name="), "{value}: {found}"),
            Err(error) => panic!("{value}: {error}"),
        }
    }
    // Its XPath engine knows no references, so a value with `&` or `<` never matches there.
    let ampersand =
        xcaplib::NodeSelector::root("resource-lists").child("list").with_attr("name", "&");
    let error = client.get("resource-lists", &ampersand, None, None).unwrap_err();
    assert!(error.is_not_found(), "{error}");
}
