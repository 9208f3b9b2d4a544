//! Presence rules: a document whose root is in another namespace than its application usage's default,
//! so that every selector binds prefixes.
//!
//! `cargo run --example presence_rules`

use std::error::Error;

use xcaplib::testing::Server;
use xcaplib::{Element, NodeSelector};

const USER: &str = "sip:alice@example.com";
const COMMON_POLICY: &str = "urn:ietf:params:xml:ns:common-policy";

const RULES: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<cp:ruleset xmlns:cp="urn:ietf:params:xml:ns:common-policy" xmlns="urn:ietf:params:xml:ns:pres-rules">
  <cp:rule id="friends">
    <cp:conditions><cp:identity><cp:one id="sip:bob@example.com"/></cp:identity></cp:conditions>
    <cp:actions><sub-handling>allow</sub-handling></cp:actions>
  </cp:rule>
</cp:ruleset>"#;

fn main() -> Result<(), Box<dyn Error>> {
    let server = Server::builder().user(USER, "secret").start()?;
    let client = server.client(USER)?;
    client.put("pres-rules", RULES, None, None, None)?;

    // `c` is this program's prefix, `cp` the document's: what counts is the namespace.
    let rule = NodeSelector::root("c:ruleset")
        .child("c:rule")
        .with_attr("id", "friends")
        .bind("c", COMMON_POLICY);
    println!("{}\n", client.url("pres-rules", &rule)?);

    // A name without a prefix is in the default namespace of the application usage.
    let handling = rule.clone().child("c:actions").child("sub-handling");
    println!("for friends: {}", client.get("pres-rules", &handling, None, None)?);

    // The fragment uses the prefix that the document binds where it goes.
    let identity = rule.clone().child("c:conditions").child("c:identity");
    let carol = Element::new("cp:one").attr("id", "sip:carol@example.com");
    let one = identity.clone().child("c:one").with_attr("id", "sip:carol@example.com");
    client.insert("pres-rules", carol, &one, None, None)?;
    println!("now for: {}", client.get("pres-rules", &identity, None, None)?);

    // Which prefixes the document itself binds there.
    let bindings = client.get("pres-rules", identity.namespaces(), None, None)?;
    for (prefix, namespace) in bindings.namespace_bindings()? {
        println!("  {} is {namespace}", if prefix.is_empty() { "no prefix" } else { &prefix });
    }

    // A prefix that is not bound is refused before anything is sent.
    if let Err(unbound) = client.get("pres-rules", "/c:ruleset", None, None) {
        println!("\nrefused: {unbound}");
    }
    Ok(())
}
