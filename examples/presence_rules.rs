//! Presence rules: a document whose root is in another namespace than its application usage's
//! default, so that every selector binds prefixes. A copy changes it on every server, also on those
//! that understand no prefix in a request.
//!
//! `cargo run --example presence_rules` starts a server of its own. With `XCAP_ROOT`, `XCAP_USER`
//! and `XCAP_PASSWORD` set it runs against yours, and replaces your pres-rules document.

#[path = "support/server.rs"]
mod server;

use std::error::Error;

use xcaplib::{Element, NodeSelector};

const COMMON_POLICY: &str = "urn:ietf:params:xml:ns:common-policy";

const RULES: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<cp:ruleset xmlns:cp="urn:ietf:params:xml:ns:common-policy" xmlns="urn:ietf:params:xml:ns:pres-rules">
  <cp:rule id="friends">
    <cp:conditions><cp:identity><cp:one id="sip:bob@example.com"/></cp:identity></cp:conditions>
    <cp:actions><sub-handling>allow</sub-handling></cp:actions>
    <cp:transformations/>
  </cp:rule>
</cp:ruleset>"#;

fn main() -> Result<(), Box<dyn Error>> {
    let (client, _server) = server::client()?;
    let mut rules = client.request("pres-rules").open_or_insert(RULES)?.retries(5);

    // `c` is this program's prefix, `cp` the document's: what counts is the namespace.
    let rule = NodeSelector::root("c:ruleset")
        .child("c:rule")
        .with_attr("id", "friends")
        .bind("c", COMMON_POLICY);
    // A name without a prefix is in the default namespace of the application usage.
    let handling = rule.clone().child("c:actions").child("sub-handling");
    let identity = rule.child("c:conditions").child("c:identity");
    let carol = identity.clone().child("c:one").with_attr("id", "sip:carol@example.com");

    // Both changes are one request, and none where the rules are so already.
    let sent = rules.edit(|draft| {
        draft.set_text(&handling, "confirm")?;
        if !draft.has(&carol) {
            // The fragment uses the prefix that the document binds where it goes.
            draft.insert(&carol, Element::new("cp:one").attr("id", "sip:carol@example.com"))?;
        }
        Ok(())
    })?;
    println!("{}", if sent.is_some() { "changed" } else { "nothing to do" });
    println!("for friends: {}", rules.get(&handling)?.text());
    for one in rules.get_all(identity.child("c:one"))? {
        println!("  {}", one.attr("id").unwrap_or_default());
    }

    // A prefix that is not bound is refused before anything is sent.
    if let Err(unbound) = rules.get("/c:ruleset") {
        println!("refused: {unbound}");
    }
    Ok(())
}
