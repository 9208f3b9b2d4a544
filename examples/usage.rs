//! The documented usage, line by line, against an XCAP server.
//!
//! `cargo run --example usage` starts a server of its own. Against a real one:
//! `XCAP_ROOT=https://xcap.example.com/xcap-root XCAP_USER=sip:alice@example.com
//! XCAP_PASSWORD=secret cargo run --example usage`. It replaces your resource-lists document.

#[path = "support/server.rs"]
mod server;

use std::error::Error;

use xcaplib::{Element, NodeSelector, XCAPClient};

const DOCUMENT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists">
  <list name="friends">
    <entry uri="sip:alice@example.com"><display-name>Alice</display-name></entry>
    <entry uri="sip:bob@example.com"><display-name>Bob</display-name></entry>
  </list>
</resource-lists>"#;

fn main() -> Result<(), Box<dyn Error>> {
    let (client, _server) = server::client()?;
    usage(&client)
}

fn usage(client: &XCAPClient) -> Result<(), Box<dyn Error>> {
    println!("{}\n", client.url("resource-lists", None)?);

    // Put a document.
    let put = client.put("resource-lists", DOCUMENT, None, None, None)?;
    println!("1. put the document: {}, ETag {}", put.status(), shown(put.etag()));

    // Read it.
    let got = client.get("resource-lists", None, None, None)?;
    println!("2. got it back: {} bytes, ETag {}", got.as_bytes().len(), shown(got.etag()));

    // One element.
    let bob = r#"/resource-lists/list[@name="friends"]/entry[@uri="sip:bob@example.com"]"#;
    let element = client.get("resource-lists", bob, None, None)?;
    println!("3. one element: {element}");

    // One attribute.
    let uri = "/resource-lists/list[@name='friends']/entry[2]/@uri";
    let attribute = client.get("resource-lists", uri, None, None)?;
    println!("4. one attribute: {}", attribute.attribute_value().unwrap_or_default());

    // Replace an element if the document is still the one that was read.
    let robert = Element::new("entry")
        .attr("uri", "sip:bob@example.com")
        .child(Element::new("display-name").text("Robert"));
    let replaced = client.put("resource-lists", robert, bob, got.etag(), None)?;
    println!("5. replaced it: {}, ETag {}", replaced.status(), shown(replaced.etag()));

    // Delete an element, with the ETag that the change before returned.
    let alice = NodeSelector::root("resource-lists")
        .child("list")
        .with_attr("name", "friends")
        .child("entry")
        .with_attr("uri", "sip:alice@example.com");
    let deleted = client.delete("resource-lists", &alice, replaced.etag(), None)?;
    println!("6. deleted another: {}, ETag {}", deleted.status(), shown(deleted.etag()));

    println!("\nWhat is left:\n{}", client.get("resource-lists", None, None, None)?);
    Ok(())
}

fn shown(etag: Option<&xcaplib::ETag>) -> String {
    etag.map_or("none".to_owned(), ToString::to_string)
}
