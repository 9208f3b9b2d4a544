//! A buddy list kept in step with the server: every change is one request, guarded by the ETag of
//! the one before, and nobody else's change is lost.
//!
//! `cargo run --example buddy_list` starts a server of its own. With `XCAP_ROOT`, `XCAP_USER` and
//! `XCAP_PASSWORD` set it runs against yours, and replaces your resource-lists document.

#[path = "support/server.rs"]
mod server;

use std::error::Error;

use xcaplib::{CachedDocument, Element, NodeSelector};

fn main() -> Result<(), Box<dyn Error>> {
    let (client, server) = server::client()?;
    let empty = Element::new("resource-lists")
        .attr("xmlns", "urn:ietf:params:xml:ns:resource-lists")
        .child(Element::new("list").attr("name", "buddies"));
    client.put("resource-lists", &empty, None, None, None)?;

    // Two devices of the same user, each with a copy of its own.
    let mut phone = client.open("resource-lists")?.retries(5);
    let mut laptop = client.open("resource-lists")?.retries(5);

    add(&mut phone, "sip:bob@example.com", "Bob")?;
    add(&mut laptop, "sip:carol@example.com", "Carol \"CC\" O'Hara")?;
    add(&mut phone, "sip:dave@example.com", "Dave & co")?;
    phone.delete(buddy("sip:bob@example.com"))?;
    show("phone", &phone);

    // What cannot be is not sent: an address is in a list once.
    if let Err(refused) = add(&mut phone, "sip:dave@example.com", "Dave again") {
        println!("\nrefused: {refused}");
    }

    laptop.refresh()?;
    show("\nlaptop", &laptop);
    if let Some(server) = server {
        println!("\n{} requests in all", server.requests().len());
    }
    Ok(())
}

/// The entry of one buddy. Whatever the address holds, it stays one value.
fn buddy(uri: &str) -> NodeSelector {
    NodeSelector::root("resource-lists")
        .child("list")
        .with_attr("name", "buddies")
        .child("entry")
        .with_attr("uri", uri)
}

fn add(copy: &mut CachedDocument, uri: &str, name: &str) -> xcaplib::Result<()> {
    let display_name = Element::new("display-name").text(name);
    copy.insert(buddy(uri), Element::new("entry").attr("uri", uri).child(display_name))?;
    Ok(())
}

fn show(device: &str, copy: &CachedDocument) {
    println!("{device}:\n{}", copy.text());
}
