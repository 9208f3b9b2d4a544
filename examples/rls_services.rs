//! One subscription to the presence of several friends: an RLS service with a list of its own
//! (RFC 4826 section 4).
//!
//! `cargo run --example rls_services` starts a server of its own. With `XCAP_ROOT`, `XCAP_USER` and
//! `XCAP_PASSWORD` set it runs against yours.

#[path = "support/server.rs"]
mod server;

use std::error::Error;

use xcaplib::{Element, NodeSelector};

const EMPTY: &str = r#"<rls-services xmlns="urn:ietf:params:xml:ns:rls-services" xmlns:rl="urn:ietf:params:xml:ns:resource-lists"/>"#;
const RESOURCE_LISTS: &str = "urn:ietf:params:xml:ns:resource-lists";
const SERVICE: &str = "sip:alices-friends@example.com";
const FRIENDS: [&str; 2] = ["sip:bob@example.com", "sip:carol@example.com"];

fn main() -> Result<(), Box<dyn Error>> {
    let (client, _server) = server::client()?;
    let mut services = client.request("rls-services").open_or_insert(EMPTY)?.retries(5);

    let service = NodeSelector::root("rls-services").child("service").with_attr("uri", SERVICE);
    let list = service.clone().child("l:list").bind("l", RESOURCE_LISTS);
    let sent = services.edit(|draft| {
        if !draft.has(&service) {
            let packages = Element::new("packages").child(Element::new("package").text("presence"));
            let list = Element::new("list").attr("xmlns", RESOURCE_LISTS);
            let new = Element::new("service").attr("uri", SERVICE).child(list).child(packages);
            draft.insert(&service, new)?;
        }
        for friend in FRIENDS {
            let entry = list.clone().child("l:entry").with_attr("uri", friend);
            if !draft.has(&entry) {
                draft.insert(
                    &entry,
                    Element::new("entry").attr("xmlns", RESOURCE_LISTS).attr("uri", friend),
                )?;
            }
        }
        Ok(())
    })?;
    println!("{}", if sent.is_some() { "subscribed" } else { "nothing to do" });

    for service in services.get_all("/rls-services/service")? {
        let friends = service.child("list").map(|list| list.children().len()).unwrap_or_default();
        println!("{}: {friends} friends", service.attr("uri").unwrap_or_default());
    }
    Ok(())
}
