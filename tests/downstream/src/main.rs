//! The public names that programs compile against, each called as a program calls it.

#![deny(warnings)]

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use base64::Engine as _;
use xcaplib::document::{self, Draft, Refusal, Selected};
use xcaplib::testing::{Profile, Server};
use xcaplib::usages::{Divert, Handling, PresenceRules, ResourceLists, RlsServices, SimServs};
use xcaplib::{
    Application, CachedDocument, Capabilities, Challenge, Conflict, Credentials, DocumentEntry,
    ETag, Element, ErrorKind, Exists, Method, NodeSelector, Resource, ResourceKind, Response,
    XCAPClient,
};

const LISTS: &str = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists">
  <list name="friends"><entry uri="sip:bob@example.com"><display-name>Bob</display-name></entry></list>
</resource-lists>"#;
const NODE: &str = "/resource-lists/list/entry/display-name";
const FIRST: &str = "/resource-lists/list/entry[1]/display-name";

type Tried<T = ()> = Result<T, Box<dyn Error>>;

fn main() -> Tried {
    let server = Server::builder().profile(Profile::Rfc4825).user("alice@example.com", "secret");
    let server = server.start()?;
    let client = XCAPClient::new(&server.root(), "sip:alice@example.com", "secret")?;
    let _ = XCAPClient::new(&server.root(), "sip:alice@example.com", None)?;
    documented(&client)?;
    arguments(&client)?;
    request(&client)?;
    answers(&client)?;
    errors(&client)?;
    engine()?;
    copy(&client)?;
    usages(&client)?;
    reach(&server)?;
    shared_dependencies()?;
    println!("every name is there");
    Ok(())
}

fn documented(client: &XCAPClient) -> Tried {
    client.put("resource-lists", LISTS, None, None, None)?;
    let got: Resource = client.get("resource-lists", None, None, None)?;
    let element = client.get("resource-lists", NODE, None, None)?;
    assert_eq!(element, "<display-name>Bob</display-name>");
    let bob = Element::new("entry").attr("uri", "sip:bob@example.com");
    let node = r#"/resource-lists/list/entry[@uri="sip:bob@example.com"]"#;
    let res: Response = client.put("resource-lists", bob, node, got.etag(), None)?;
    let (old, _): (Resource, Response) = client.replace(
        "resource-lists",
        r#"<entry uri="sip:bob@example.com"/>"#,
        node,
        None,
        None,
    )?;
    assert!(old.as_str().contains("bob"));
    let carol = r#"/resource-lists/list/entry[@uri="sip:carol@example.com"]"#;
    client.insert(
        "resource-lists",
        r#"<entry uri="sip:carol@example.com"/>"#,
        carol,
        None,
        None,
    )?;
    assert!(client.delete("resource-lists", carol, res.etag(), None).is_err());
    client.delete("resource-lists", carol, None, None)?;
    assert!(client
        .url("resource-lists", None)?
        .ends_with("/resource-lists/users/sip:alice@example.com/index"));
    let _: Capabilities = client.capabilities()?;
    let _: Vec<DocumentEntry> = client.documents()?;
    let _: Vec<DocumentEntry> = client.documents_of("sip:alice@example.com")?;
    Ok(())
}

/// Nothing here needs a `Some(..)` or a turbofish.
fn arguments(client: &XCAPClient) -> Tried {
    let text = String::from("/resource-lists/list");
    let selector = NodeSelector::root("resource-lists").child("list").nth(1);
    client.get("resource-lists", &text, None, None)?;
    client.get("resource-lists", &selector, None, None)?;
    client.get("resource-lists", selector.clone(), None, None)?;
    let etag: ETag = client.get("resource-lists", None, None, None)?.require_etag()?.clone();
    let opaque = etag.opaque().to_owned();
    client.get("resource-lists", None, &etag, None)?;
    client.get("resource-lists", None, &opaque, None)?;
    client.get("resource-lists", None, opaque.as_str(), None)?;
    client.get("resource-lists", None, Some(&etag), &[("X-A", "b")])?;
    let headers: &[(&str, &str)] = &[("X-A", "b"), ("X-C", "d")];
    client.get("resource-lists", None, None, headers)?;
    assert!(!etag.is_weak() && etag.to_string().starts_with('"'));
    Ok(())
}

fn request(client: &XCAPClient) -> Tried {
    let etag = client.get("resource-lists", None, None, None)?.require_etag()?.clone();
    let selector = NodeSelector::root("resource-lists").any_child().with_attr("name", "friends");
    let found = client
        .request("resource-lists")
        .user("sip:alice@example.com")
        .filename("index")
        .node(&selector)
        .if_match(&etag)
        .header("X-3GPP-Intended-Identity", "\"sip:alice@example.com\"")
        .timeout(Duration::from_secs(5))
        .validate(false)
        .get()?;
    assert_eq!(found.kind(), ResourceKind::Element);
    let put = client.request("resource-lists").content_type("application/resource-lists+xml");
    put.if_match(&etag).put(LISTS)?;
    assert!(client.request("resource-lists").if_none_match("*").put(LISTS).is_err());
    let missing: Option<Resource> =
        client.request("resource-lists").filename("other").optional().get()?;
    assert!(missing.is_none());
    assert!(client.request("xcap-caps").global().optional().get()?.is_some());
    let raw = client.request("resource-lists").filename("other").send_raw(Method::Get, None)?;
    assert_eq!(raw.status(), 404);
    let path: String = client.request("resource-lists").path()?;
    assert_eq!(client.at(&path)?.get()?, LISTS);
    Ok(())
}

fn answers(client: &XCAPClient) -> Tried {
    let got = client.get("resource-lists", None, None, None)?;
    assert_eq!(
        (got.as_str(), got.as_bytes(), got.to_string()),
        (LISTS, LISTS.as_bytes(), LISTS.to_owned())
    );
    assert!(got.content_type().is_some() && got.response().header("etag").is_some());
    let uri = client.get("resource-lists", "/resource-lists/list/entry/@uri", None, None)?;
    assert_eq!(uri.attribute_value().as_deref(), Some("sip:bob@example.com"));
    let all = client.get("resource-lists", "/resource-lists/namespace::*", None, None)?;
    assert_eq!(all.kind(), ResourceKind::NamespaceBindings);
    assert!(all.namespace_bindings().is_ok());
    let response = client.put("resource-lists", LISTS, None, None, None)?;
    assert!(!response.is_created() && response.headers().count() > 0 && response.body().is_empty());
    response.require_etag()?;
    assert_eq!(got.into_string(), LISTS);
    Ok(())
}

fn errors(client: &XCAPClient) -> Tried {
    let error = client.get("resource-lists", "/resource-lists/list[9]", None, None).unwrap_err();
    assert!(error.is_not_found() && error.kind() == ErrorKind::NotFound);
    assert_eq!((error.status(), error.response().map(Response::status)), (Some(404), Some(404)));
    let nowhere = "/resource-lists/list[9]/entry[1]";
    let error = client.put("resource-lists", "<entry/>", nowhere, None, None).unwrap_err();
    let conflict: &Conflict = error.conflict().ok_or("no conflict")?;
    assert_eq!((conflict.name(), conflict.phrase()), ("no-parent", conflict.phrase()));
    let _: (Option<&str>, &[Exists]) = (conflict.ancestor(), conflict.exists());
    for is in [
        xcaplib::Error::is_precondition_failed,
        xcaplib::Error::is_unauthorized,
        xcaplib::Error::is_forbidden,
        xcaplib::Error::is_not_modified,
        xcaplib::Error::is_already_exists,
        xcaplib::Error::is_redirect,
        xcaplib::Error::is_timeout,
        xcaplib::Error::is_transport,
        xcaplib::Error::is_tls,
        xcaplib::Error::is_invalid_input,
        xcaplib::Error::is_too_large,
        xcaplib::Error::is_not_utf8,
        xcaplib::Error::is_malformed_response,
        xcaplib::Error::is_unsure,
    ] {
        assert!(!is(&error));
    }
    assert!(error.is_conflict());
    assert_eq!(xcaplib::Error::other("mine").to_string(), "mine");
    Ok(())
}

fn engine() -> Tried {
    let entry: NodeSelector = "/resource-lists/list/entry".parse()?;
    let encoded = entry.to_encoded();
    assert_eq!(NodeSelector::from_encoded(&encoded)?, entry);
    assert!(entry.check().is_ok() && entry.bindings().next().is_none());
    let (_, _) = (entry.steps(), entry.terminal());
    let rule = NodeSelector::root("cr:ruleset").bind("cr", "urn:ietf:params:xml:ns:common-policy");
    let _ = (rule.clone().attribute("id"), rule.clone().namespaces(), rule.extension("x()"));
    let selected: Selected<'_> = document::get(LISTS, &entry, None)?;
    assert_eq!(selected.kind(), ResourceKind::Element);
    let all: Vec<Selected<'_>> = document::get_all(LISTS, &entry, None)?;
    let first = all.first().ok_or("nothing was found")?;
    assert_eq!((first.name(), first.text().as_ref()), ("entry", "Bob"));
    assert_eq!(first.attr("uri").as_deref(), Some("sip:bob@example.com"));
    assert!(first.attribute_value().is_none() && first.attrs().len() == 1);
    assert!(first.namespace().is_some() && first.child("display-name").is_some());
    assert_eq!(document::get(LISTS, &first.selector(), None)?.as_str(), first.as_str());
    assert_eq!(first.children().len(), 1);
    let edit = document::put(LISTS, &entry, r#"<entry uri="sip:carol@example.com"/>"#, None)?;
    assert!(!edit.created && edit.text.contains("carol"));
    let _: String = document::delete(LISTS, &entry, None)?;
    let refusal: Refusal = document::get(LISTS, &"/resource-lists/x".parse()?, None).unwrap_err();
    assert!(refusal.status() == 404 && refusal.conflict().is_none());
    let mut draft = Draft::new(LISTS, None)?;
    assert!(draft.has(NODE) && draft.set_text(NODE, "Robert")?);
    assert!(!draft
        .set("/resource-lists/list/entry/display-name", "<display-name>Robert</display-name>")?);
    assert!(draft.put("/resource-lists/list/entry[2]", r#"<entry uri="sip:c@example.com"/>"#)?);
    draft.insert("/resource-lists/list/entry[3]", r#"<entry uri="sip:d@example.com"/>"#)?;
    draft.replace("/resource-lists/list/entry[3]", r#"<entry uri="sip:e@example.com"/>"#)?;
    draft.delete("/resource-lists/list/entry[3]")?;
    assert!(!draft.remove("/resource-lists/list/entry[3]")?);
    assert_eq!(
        (draft.get_all("/resource-lists/list/entry")?.len(), draft.get(FIRST)?.name()),
        (2, "display-name")
    );
    assert_eq!(draft.remove_all("/resource-lists/list/entry")?, 2);
    assert!(!draft.text().contains("entry"));
    let own = Application {
        default_namespace: Some("urn:example:calls".into()),
        ..Application::new("calls.example.com")
    };
    assert!(Application::lookup("resource-lists").is_some() && own.root.is_none());
    Ok(())
}

fn copy(client: &XCAPClient) -> Tried {
    let mut copy: CachedDocument = client.open("resource-lists")?.retries(3).by_node(false);
    assert!(!copy.is_stale() && copy.etag().is_some() && copy.text() == LISTS);
    let carol = r#"/resource-lists/list/entry[@uri="sip:carol@example.com"]"#;
    copy.insert(carol, r#"<entry uri="sip:carol@example.com"/>"#)?;
    copy.replace(carol, r#"<entry uri="sip:carol@example.com" />"#)?;
    copy.put(carol, r#"<entry uri="sip:carol@example.com"/>"#)?;
    copy.delete(carol)?;
    let sent: Option<Response> = copy.edit(|draft| draft.remove(carol).map(drop))?;
    assert!(sent.is_none() && copy.get(NODE)?.as_str().contains("Bob"));
    let _: Option<Response> = copy.update(|text| text.to_owned())?;
    let failed = copy.update(|_| Err::<String, _>(xcaplib::Error::other("no")));
    assert_eq!(failed.unwrap_err().to_string(), "no");
    assert_eq!(copy.get_all("/resource-lists/list/entry")?.len(), 1);
    copy.refresh()?;
    let (text, etag) = (copy.text().to_owned(), copy.etag().ok_or("no ETag")?.to_string());
    let mut resumed = client.request("resource-lists").resume(text, &etag)?;
    let _: Response = resumed.delete_document()?;
    client.request("resource-lists").open_or_insert(LISTS)?;
    Ok(())
}

fn usages(client: &XCAPClient) -> Tried {
    let mut copy =
        client.request("resource-lists").open_or_insert(ResourceLists::empty())?.retries(5);
    copy.edit(|draft| {
        let mut friends = ResourceLists::of(draft)?.list("friends")?;
        friends.set("sip:bob@example.com", Some("Bob & co"))?;
        friends.remove("sip:eve@example.com")?;
        Ok(())
    })?;
    if let Some(friends) = ResourceLists::read(copy.text())?.list("friends") {
        for buddy in friends.entries() {
            println!("{} {:?}", buddy.uri(), buddy.display_name());
        }
    }
    let mut rules = client.request("pres-rules").open_or_insert(PresenceRules::empty())?;
    rules.edit(|draft| PresenceRules::of(draft)?.set("sip:bob@example.com", Handling::Block))?;
    let seen_by_bob: Option<Handling> =
        PresenceRules::read(rules.text())?.handling("sip:bob@example.com");
    assert_eq!(seen_by_bob, Some(Handling::Block));
    let mut services = client.request("rls-services").open_or_insert(RlsServices::empty())?;
    services.edit(|draft| {
        RlsServices::of(draft)?
            .service("sip:alices-friends@example.com")?
            .packages(["presence"])?
            .list()?
            .set("sip:bob@example.com", None)?;
        Ok(())
    })?;
    let mut calls = client.request("simservs.ngn.etsi.org").open_or_insert(SimServs::empty())?;
    calls.edit(|draft| {
        let mut calls = SimServs::of(draft)?;
        calls.divert(Divert::Busy, "sip:voicemail@example.com")?;
        calls.no_answer_after(Duration::from_secs(20))?;
        calls.stop_diverting(Divert::Always)
    })?;
    let when_busy: Option<String> =
        SimServs::read(calls.text())?.diversion(Divert::Busy).map(|to| to.to_string());
    assert_eq!(when_busy.as_deref(), Some("sip:voicemail@example.com"));
    Ok(())
}

/// What reaches servers that a plain client cannot.
fn reach(server: &Server) -> Tried {
    let root = server.root();
    let address: SocketAddr =
        root.trim_start_matches("http://").split('/').next().unwrap_or_default().parse()?;
    let client = XCAPClient::builder(&root, "sip:alice@example.com")
        .credentials(|challenge: &Challenge| {
            let _ =
                (challenge.scheme(), challenge.realm(), challenge.algorithm(), challenge.nonce());
            Some(Credentials::new("alice", "secret"))
        })
        .header("X-3GPP-Intended-Identity", "\"sip:alice@example.com\"")
        .resolve("xcap.example.com", address)
        .timeout(Duration::from_secs(20))
        .connect_timeout(Duration::from_secs(5))
        .idle_timeout(Duration::from_secs(4))
        .user_agent("downstream/1.0")
        .max_body(1 << 20)
        .validate(true)
        .allow_basic_over_http(false)
        .danger_accept_invalid_certs(false)
        .proxy(None)
        .retries(1)
        .application(Application::new("calls.example.com"))
        .build()?;
    client.documents()?;
    let _ = XCAPClient::builder(&root, "sip:alice@example.com")
        .password("secret")
        .auth_username("alice")
        .ca_certificates("")
        .client_certificate("")
        .build();
    let _ = xcaplib::green::XCAPClient::new(&root, "sip:alice@example.com", "secret")?;
    Ok(())
}

/// This program's version of a crate and xcaplib's live side by side.
fn shared_dependencies() -> Tried {
    assert_eq!(base64::engine::general_purpose::STANDARD.encode("ab"), "YWI=");
    let parsed = roxmltree::Document::parse(LISTS)?;
    assert_eq!(parsed.root_element().tag_name().name(), "resource-lists");
    log::debug!("one log for both");
    Ok(())
}
