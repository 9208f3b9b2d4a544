//! A contact moves from one list to another, with all that a phone wrote about it.
//!
//! `cargo run --example move_contact` starts a server of its own. With `XCAP_ROOT`, `XCAP_USER` and
//! `XCAP_PASSWORD` set it runs against yours. `-- sip:bob@example.com friends work` says who moves
//! from where to where.

#[path = "support/server.rs"]
mod server;

use std::env;
use std::error::Error;

use xcaplib::document::Draft;
use xcaplib::usages::ResourceLists;

const PHONE: &str = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists" xmlns:ph="urn:example:phone">
  <list name="friends">
    <entry uri="sip:bob@example.com"><display-name>Bob</display-name><ph:ring>3</ph:ring></entry>
  </list>
</resource-lists>"#;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let [uri, from, to] = match &arguments[..] {
        [uri, from, to] => [uri.as_str(), from, to],
        _ => ["sip:bob@example.com", "friends", "work"],
    };
    let (client, _server) = server::client()?;
    let mut lists = client.request("resource-lists").open_or_insert(PHONE)?.retries(5);
    let sent = lists.edit(|draft| move_contact(draft, uri, from, to))?;
    println!("{}", if sent.is_some() { "moved" } else { "nothing to do" });
    println!("{}", lists.text());
    Ok(())
}

fn move_contact(draft: &mut Draft, uri: &str, from: &str, to: &str) -> xcaplib::Result<()> {
    let is_there = ResourceLists::read(draft.text())?.list(from).is_some();
    if is_there {
        ResourceLists::of(draft)?.list(from)?.move_to(uri, [to])?;
    }
    Ok(())
}
