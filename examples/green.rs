//! XCAP on an event loop of one thread: calls run beside each other and beside everything else, and
//! none holds up the loop. The same code runs on any executor; here it does on two.
//!
//! `cargo run --example green`

use std::cell::Cell;
use std::error::Error;

use async_executor::LocalExecutor;
use futures_lite::future;
use xcaplib::green::XCAPClient;
use xcaplib::testing::Server;
use xcaplib::{Element, Result};

const LISTS: &str = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends"/></resource-lists>"#;

fn main() -> std::result::Result<(), Box<dyn Error>> {
    let server = Server::start()?;
    let client = XCAPClient::from(server.client("sip:alice@example.com")?);
    client.blocking().put("resource-lists", LISTS, None, None, None)?;

    // An executor for one future: `add` is all that runs.
    let text = pollster::block_on(add(&client, "sip:bob@example.com"))?;
    println!("1. with pollster:\n{text}\n");

    // An executor of one thread with many tasks: a clock ticks while the calls are under way.
    let ticks = Cell::new(0_u64);
    let executor = LocalExecutor::new();
    let clock = executor.spawn(async {
        loop {
            ticks.set(ticks.get() + 1);
            future::yield_now().await;
        }
    });
    let text = future::block_on(executor.run(async {
        let capabilities = executor.spawn(client.capabilities());
        let text = add(&client, "sip:carol@example.com").await?;
        println!("2. the server supports: {}", capabilities.await?.auids().join(", "));
        Ok::<_, xcaplib::Error>(text)
    }))?;
    drop(clock);
    println!("3. with async-executor:\n{text}");
    println!(
        "   meanwhile the clock has ticked {}",
        if ticks.get() > 0 { "on" } else { "not once" }
    );
    Ok(())
}

/// Adds somebody to the friends, and gives the document as it is then.
async fn add(client: &XCAPClient, uri: &str) -> Result<String> {
    let mut lists = client.open("resource-lists").await?.retries(5);
    let friend = xcaplib::NodeSelector::root("resource-lists")
        .child("list")
        .with_attr("name", "friends")
        .child("entry")
        .with_attr("uri", uri);
    lists.insert(&friend, Element::new("entry").attr("uri", uri)).await?;
    Ok(lists.text().to_owned())
}
