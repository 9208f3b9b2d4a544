//! A buddy list kept in step with the server: every change is one request, guarded by the ETag of
//! the one before, and nobody else's change is lost.
//!
//! `cargo run --example buddy_list` starts a server of its own. With `XCAP_ROOT`, `XCAP_USER` and
//! `XCAP_PASSWORD` set it runs against yours, and replaces your resource-lists document.

#[path = "support/server.rs"]
mod server;

use std::error::Error;

use xcaplib::CachedDocument;
use xcaplib::usages::{List, ResourceLists};

fn main() -> Result<(), Box<dyn Error>> {
    let (client, server) = server::client()?;
    client.put("resource-lists", ResourceLists::empty(), None, None, None)?;

    // Two devices of the same user, each with a copy of its own.
    let mut phone = client.open("resource-lists")?.retries(5);
    let mut laptop = client.open("resource-lists")?.retries(5);

    add(&mut phone, "sip:bob@example.com", "Bob")?;
    add(&mut laptop, "sip:carol@example.com", "Carol \"CC\" O'Hara")?;
    add(&mut phone, "sip:dave@example.com", "Dave & co")?;
    change(&mut phone, |buddies| buddies.remove("sip:bob@example.com"))?;
    show("phone", &phone);

    // A buddy is there once, however the address is spelled: there is nothing to send.
    add(&mut phone, "sip:dave@EXAMPLE.com", "Dave & co")?;
    // What cannot be is not sent.
    if let Err(refused) = add(&mut phone, "sip:dave again@example.com", "Dave again") {
        println!("\nrefused: {refused}");
    }

    laptop.refresh()?;
    show("\nlaptop", &laptop);
    if let Some(server) = server {
        println!("\n{} requests in all", server.requests().len());
    }
    Ok(())
}

fn add(copy: &mut CachedDocument, uri: &str, name: &str) -> xcaplib::Result<()> {
    change(copy, |buddies| buddies.set(uri, Some(name)))
}

fn change(
    copy: &mut CachedDocument,
    change: impl Fn(&mut List) -> xcaplib::Result<bool>,
) -> xcaplib::Result<()> {
    copy.edit(|draft| change(&mut ResourceLists::of(draft)?.list("buddies")?).map(drop)).map(drop)
}

fn show(device: &str, copy: &CachedDocument) {
    println!("{device}:\n{}", copy.text());
}
