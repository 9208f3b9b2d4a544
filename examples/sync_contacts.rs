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
use xcaplib::{Element, NodeSelector};

const EMPTY: &str = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
const CONTACTS: &str = "sip:bob@example.com,Bob & co\nsip:carol@example.com,Carol \"CC\" O'Hara\n";

fn main() -> Result<(), Box<dyn Error>> {
    let contacts = match env::args().nth(1) {
        Some(file) => fs::read_to_string(file)?,
        None => CONTACTS.to_owned(),
    };
    let (client, _server) = server::client()?;
    let mut lists = client.request("resource-lists").open_or_insert(EMPTY)?.retries(50);
    let sent = lists.edit(|draft| sync(draft, &contacts))?;
    println!("{}", if sent.is_some() { "synchronized" } else { "nothing to do" });
    println!("{}", lists.text());
    Ok(())
}

fn sync(draft: &mut Draft, contacts: &str) -> xcaplib::Result<()> {
    let office = NodeSelector::root("resource-lists").child("list").with_attr("name", "office");
    if !draft.has(&office) {
        draft.insert(&office, Element::new("list").attr("name", "office"))?;
    }
    let wanted: Vec<_> = contacts.lines().filter_map(|line| line.split_once(',')).collect();
    for entry in draft.clone().get_all(office.clone().child("entry"))? {
        let uri = entry.attr("uri").unwrap_or_default();
        if !wanted.iter().any(|(wanted, _)| *wanted == uri) {
            draft.remove(entry.selector())?;
        }
    }
    for (uri, name) in wanted {
        let entry = office.clone().child("entry").with_attr("uri", uri);
        let display_name = entry.clone().child("display-name");
        if draft.has(&display_name) {
            // What else a phone wrote into the entry stays.
            draft.set_text(&display_name, name)?;
        } else {
            let name = Element::new("display-name").text(name);
            draft.put(&entry, Element::new("entry").attr("uri", uri).child(name))?;
        }
    }
    Ok(())
}
