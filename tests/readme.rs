//! The README's Rust, as a program that runs: each of its snippets stands here, line for line, and a
//! test looks for it. What a snippet takes for granted is made around it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

use std::fs;
use std::path::Path;

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use xcaplib::document;
use xcaplib::testing::{Profile, Server};
use xcaplib::usages::{Handling, PresenceRules};
use xcaplib::{Element, NodeSelector, XCAPClient};

type Tried = Result<(), Box<dyn std::error::Error>>;

const LISTS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists">
  <list name="friends">
    <entry uri="sip:alice@example.com"/>
    <entry uri="sip:bob@example.com"><display-name>Bob</display-name></entry>
  </list>
</resource-lists>"#;

// The lines are those of the page, which is not as narrow.
#[rustfmt::skip]
#[test]
fn the_documented_usage() -> Tried {
    let server = Server::builder().user("alice@example.com", "secret").start()?;
    let (root, document) = (server.root(), LISTS);

    // The root is, for instance, "https://xcap.example.com/xcap-root".
    let client = XCAPClient::new(&root, "sip:alice@example.com", "secret")?;

    // Put a document, and read it. The arguments are: application, body, node, ETag, headers.
    client.put("resource-lists", document, None, None, None)?;
    let got = client.get("resource-lists", None, None, None)?;

    // Read one element and one attribute.
    let name = client.get("resource-lists", "/resource-lists/list/entry[2]/display-name", None, None)?;
    let uri = client.get("resource-lists", "/resource-lists/list/entry[2]/@uri", None, None)?;
    println!("{name} {}", uri.attribute_value().unwrap_or_default());

    // Replace an element, but only if the document is still the one that was read.
    let bob = Element::new("entry")
        .attr("uri", "sip:bob@example.com")
        .child(Element::new("display-name").text("Robert"));
    let node = r#"/resource-lists/list/entry[@uri="sip:bob@example.com"]"#;
    let res = client.put("resource-lists", &bob, node, got.etag(), None)?;

    // Delete another one, guarded by the ETag that the change before returned.
    let selector = NodeSelector::root("resource-lists")
        .child("list")
        .with_attr("name", "friends")
        .child("entry")
        .with_attr("uri", "sip:alice@example.com");
    client.delete("resource-lists", &selector, res.etag(), None)?;

    let left = client.get("resource-lists", None, None, None)?;
    assert!(left.as_str().contains("Robert") && !left.as_str().contains("alice"));
    Ok(())
}

#[rustfmt::skip]
#[test]
fn what_makes_it_different() -> Tried {
    let server = Server::builder().profile(Profile::OpenXcap).start()?;

    let client = server.client("sip:alice@example.com")?;
    client.put("resource-lists", LISTS, None, None, None)?;
    let carol_uri = "sip:carol@example.com";
    let friends = NodeSelector::root("resource-lists").child("list").with_attr("name", "friends");
    let carol = friends.clone().child("entry").with_attr("uri", carol_uri);

    let mut lists = client.open("resource-lists")?.retries(5);
    lists.edit(|draft| draft.put(&carol, Element::new("entry").attr("uri", carol_uri)).map(drop))?;

    assert!(lists.text().contains(carol_uri));

    let addresses = lists.get_all("/resource-lists/list/entry/@uri")?;

    assert_eq!(addresses.len(), 3);

    let anybody = NodeSelector::root("resource-lists").child("list").with_attr("name", r#"O'Hara "& co""#);

    assert!(anybody.check().is_ok());
    let nowhere = anybody.child("entry").with_attr("uri", carol_uri);

    let refusal = document::put(lists.text(), &nowhere, "<entry/>", None).unwrap_err();

    assert_eq!(refusal.conflict().map(xcaplib::Conflict::name), Some("no-parent"));
    let mut rules = client.request("pres-rules").open_or_insert(PresenceRules::empty())?;

    rules.edit(|draft| PresenceRules::of(draft)?.set("sip:bob@example.com", Handling::Block))?;

    let handling = PresenceRules::read(rules.text())?.handling("sip:bob@example.com");
    assert_eq!(handling, Some(Handling::Block));
    Ok(())
}

/// A paragraph of a snippet has to stand in this file with nothing in between, however it is indented.
#[test]
fn each_snippet_stands_here() {
    let here = lines(include_str!("readme.rs"));
    let here = format!("\n{}\n", here.join("\n"));
    let snippets = snippets();
    assert!(snippets.len() > 4, "{snippets:?}");
    for snippet in snippets {
        assert!(!snippet.lines().any(|line| line.trim_start().starts_with("# ")), "{snippet}");
        for paragraph in snippet.split("\n\n") {
            let wanted = format!("\n{}\n", lines(paragraph).join("\n"));
            assert!(here.contains(&wanted), "not in this file:\n{paragraph}");
        }
    }
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
}

/// The Rust of the README.
fn snippets() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = fs::read_to_string(path).unwrap();
    let (mut found, mut open) = (Vec::new(), None::<String>);
    for event in Parser::new(&text) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) if &*info == "rust" => {
                open = Some(String::new());
            }
            Event::Text(text) => {
                if let Some(code) = &mut open {
                    code.push_str(&text);
                }
            }
            Event::End(TagEnd::CodeBlock) => found.extend(open.take()),
            _ => {}
        }
    }
    found
}
