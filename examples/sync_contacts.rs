//! A cron job: keeps one list of a buddy list equal to a file of contacts, while phones edit the
//! others.
//!
//! `cargo run --example sync_contacts` starts a server of its own. With `XCAP_ROOT`, `XCAP_USER`
//! and `XCAP_PASSWORD` set it runs against yours. The contacts come from a file of lines like
//! `sip:bob@example.com,Bob`, or else are made up.

#[path = "support/server.rs"]
mod server;

use std::error::Error;
use std::{env, fs};

use xcaplib::document::Draft;
use xcaplib::usages::ResourceLists;

const CONTACTS: &str = "sip:bob@example.com,Bob & co\nsip:carol@example.com,Carol \"CC\" O'Hara\n";

fn main() -> Result<(), Box<dyn Error>> {
    let contacts = match env::args().nth(1) {
        Some(file) => fs::read_to_string(file)?,
        None => CONTACTS.to_owned(),
    };
    let (client, _server) = server::client()?;
    let empty = ResourceLists::empty();
    let mut lists = client.request("resource-lists").open_or_insert(empty)?.retries(50);
    let sent = lists.edit(|draft| sync(draft, &contacts))?;
    println!("{}", if sent.is_some() { "synchronized" } else { "nothing to do" });
    println!("{}", lists.text());
    Ok(())
}

/// What a phone wrote into an entry, and into other lists, stays.
fn sync(draft: &mut Draft, contacts: &str) -> xcaplib::Result<()> {
    let wanted: Vec<_> = contacts.lines().filter_map(|line| line.split_once(',')).collect();
    let before = ResourceLists::read(draft.text())?;
    let mut office = ResourceLists::of(draft)?.list("office")?;
    if let Some(before) = before.list("office") {
        let kept: Vec<_> = wanted.iter().filter_map(|(uri, _)| before.entry(uri)).collect();
        for entry in before.entries().filter(|entry| !kept.contains(entry)) {
            office.remove(entry.uri())?;
        }
    }
    wanted.iter().try_for_each(|(uri, name)| office.set(uri, Some(name)).map(drop))
}
