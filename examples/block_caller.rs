//! Blocks a caller: his calls are barred by the network (TS 24.611).
//!
//! `cargo run --example block_caller -- sip:eve@example.com`. It starts a server of its own; with
//! `XCAP_ROOT`, `XCAP_USER` and `XCAP_PASSWORD` set it runs against yours.

#[path = "support/server.rs"]
mod server;

use std::env;
use std::error::Error;

use xcaplib::usages::SimServs;

fn main() -> Result<(), Box<dyn Error>> {
    let caller = env::args().nth(1).unwrap_or_else(|| "sip:eve@example.com".to_owned());
    let (client, _server) = server::client()?;
    let settings = client.request("simservs.ngn.etsi.org");
    let mut calls = settings.open_or_insert(SimServs::empty())?.retries(5);
    let sent = calls.edit(|draft| SimServs::of(draft)?.bar_caller(&caller))?;
    println!("{caller} is {}", if sent.is_some() { "blocked" } else { "blocked already" });
    for caller in SimServs::read(calls.text())?.barred_callers() {
        println!("  {caller}");
    }
    Ok(())
}
