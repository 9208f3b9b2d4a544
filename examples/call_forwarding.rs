//! Call forwarding from the command line, as phones and IMS networks have it (TS 24.604).
//!
//! `cargo run --example call_forwarding -- busy sip:voicemail@example.com` forwards calls, `-- busy
//! off` stops that, and without arguments it shows where calls go. Beside `busy` there are `always`,
//! `noanswer`, `notreachable` and `notregistered`. It starts a server of its own; with `XCAP_ROOT`,
//! `XCAP_USER` and `XCAP_PASSWORD` set it runs against yours.

#[path = "support/server.rs"]
mod server;

use xcaplib::usages::{Divert, SimServs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (client, _server) = server::client()?;
    let settings = client.request("simservs.ngn.etsi.org");
    let mut calls = settings.open_or_insert(SimServs::empty())?.retries(5);
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [when, to] = &arguments[..] {
        let is_meant = |it: &Divert| format!("{it:?}").eq_ignore_ascii_case(when);
        let when = Divert::ALL.into_iter().find(is_meant).ok_or("no such case of forwarding")?;
        calls.edit(|draft| match to.as_str() {
            "off" => SimServs::of(draft)?.stop_diverting(when),
            to => SimServs::of(draft)?.divert(when, to),
        })?;
    }
    let read = SimServs::read(calls.text())?;
    for when in Divert::ALL {
        println!("{when:?}: {}", read.diversion(when).unwrap_or("not forwarded"));
    }
    Ok(())
}
