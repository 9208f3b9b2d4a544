//! Presence rules: a document whose root is in another namespace than its application usage's default,
//! so that every selector binds prefixes. A copy changes it on every server, also on those that
//! understand no prefix in a request.
//!
//! `cargo run --example presence_rules` starts a server of its own. With `XCAP_ROOT`, `XCAP_USER` and
//! `XCAP_PASSWORD` set it runs against yours, and replaces your pres-rules document.

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
    client.put("pres-rules", RULES, None, None, None)?;
    let mut rules = client.open("pres-rules")?.retries(5);

    // `c` is this program's prefix, `cp` the document's: what counts is the namespace.
    let rule = NodeSelector::root("c:ruleset")
        .child("c:rule")
        .with_attr("id", "friends")
        .bind("c", COMMON_POLICY);

    // A name without a prefix is in the default namespace of the application usage.
    let handling = rule.clone().child("c:actions").child("sub-handling");
    println!("for friends: {}", rules.get(&handling)?);
    rules.replace(&handling, "<sub-handling>confirm</sub-handling>")?;

    // The fragment uses the prefix that the document binds where it goes.
    let identity = rule.child("c:conditions").child("c:identity");
    let carol = identity.clone().child("c:one").with_attr("id", "sip:carol@example.com");
    rules.insert(&carol, Element::new("cp:one").attr("id", "sip:carol@example.com"))?;
    println!("now for: {}\n", rules.get(&identity)?);

    // A prefix that is not bound is refused before anything is sent.
    if let Err(unbound) = rules.get("/c:ruleset") {
        println!("refused: {unbound}\n");
    }
    println!("{}", client.get("pres-rules", None, None, None)?);
    Ok(())
}
