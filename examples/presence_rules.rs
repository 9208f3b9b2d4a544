//! Presence rules: who may see the user's presence, and selectors with namespaces, for which the
//! view needs none: the root is in another namespace than the usage's default.
//!
//! `cargo run --example presence_rules` starts a server of its own. With `XCAP_ROOT`, `XCAP_USER`
//! and `XCAP_PASSWORD` set it runs against yours, and changes your pres-rules document.

#[path = "support/server.rs"]
mod server;

use std::error::Error;

use xcaplib::NodeSelector;
use xcaplib::usages::{Handling, PresenceRules};

const COMMON_POLICY: &str = "urn:ietf:params:xml:ns:common-policy";

fn main() -> Result<(), Box<dyn Error>> {
    let (client, _server) = server::client()?;
    let mut copy = client.request("pres-rules").open_or_insert(PresenceRules::empty())?.retries(5);

    // All changes are one request, and none where the rules are so already.
    let sent = copy.edit(|draft| {
        let mut rules = PresenceRules::of(draft)?;
        rules.set_default(Handling::Confirm)?;
        rules.set("sip:bob@example.com", Handling::Allow)?;
        rules.set("sip:carol@example.com", Handling::Allow)
    })?;
    println!("{}", if sent.is_some() { "changed" } else { "nothing to do" });
    let rules = PresenceRules::read(copy.text())?;
    println!("allowed: {}", rules.watchers(Handling::Allow).join(", "));

    // `c` is this program's prefix, whatever the document's: what counts is the namespace. A name
    // without a prefix is in the default namespace of the application usage.
    let handlings = NodeSelector::root("c:ruleset")
        .child("c:rule")
        .child("c:actions")
        .child("sub-handling")
        .bind("c", COMMON_POLICY);
    for handling in copy.get_all(&handlings)? {
        println!("a rule says {}", handling.text());
    }
    // A prefix that is not bound is refused before anything is sent.
    if let Err(unbound) = copy.get("/c:ruleset") {
        println!("refused: {unbound}");
    }
    Ok(())
}
