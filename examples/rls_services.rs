//! One subscription to the presence of several friends: an RLS service with a list of its own
//! (RFC 4826 section 4).
//!
//! `cargo run --example rls_services` starts a server of its own. With `XCAP_ROOT`, `XCAP_USER` and
//! `XCAP_PASSWORD` set it runs against yours.

#[path = "support/server.rs"]
mod server;

use std::error::Error;

use xcaplib::usages::RlsServices;

const SERVICE: &str = "sip:alices-friends@example.com";
const FRIENDS: [&str; 2] = ["sip:bob@example.com", "sip:carol@example.com"];

fn main() -> Result<(), Box<dyn Error>> {
    let (client, _server) = server::client()?;
    let empty = RlsServices::empty();
    let mut services = client.request("rls-services").open_or_insert(empty)?.retries(5);
    let sent = services.edit(|draft| {
        let service = RlsServices::of(draft)?.service(SERVICE)?.packages(["presence"])?;
        let mut list = service.list()?;
        FRIENDS.iter().try_for_each(|friend| list.set(friend, None).map(drop))
    })?;
    println!("{}", if sent.is_some() { "subscribed" } else { "nothing to do" });

    for service in RlsServices::read(services.text())?.services() {
        let friends = service.list().map(|list| list.entries().count()).unwrap_or_default();
        println!("{}: {friends} friends", service.uri());
    }
    Ok(())
}
