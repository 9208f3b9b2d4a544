//! Call forwarding from the command line, as phones and IMS networks have it (TS 24.604).
//!
//! `cargo run --example call_forwarding -- busy sip:voicemail@example.com` forwards calls, `-- off
//! busy` stops that, and without arguments it shows where calls go. Beside `busy` there are `always`,
//! `noanswer`, `notreachable` and `notregistered`. It starts a server of its own; with `XCAP_ROOT`,
//! `XCAP_USER` and `XCAP_PASSWORD` set it runs against yours.

#[path = "support/server.rs"]
mod server;

use std::env;
use std::error::Error;

use xcaplib::usages::{Divert, SimServs};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (client, _server) = server::client()?;
    let settings = client.request("simservs.ngn.etsi.org");
    let mut calls = settings.open_or_insert(SimServs::empty())?.retries(5);
    match arguments[..] {
        [] => None,
        ["off", when] => {
            let when = named(when)?;
            calls.edit(|draft| SimServs::of(draft)?.stop_diverting(when))?
        }
        [when, to] => {
            let when = named(when)?;
            calls.edit(|draft| SimServs::of(draft)?.divert(when, to))?
        }
        _ => return Err("give `busy sip:voicemail@example.com`, `off busy`, or nothing".into()),
    };
    let read = SimServs::read(calls.text())?;
    for when in Divert::ALL {
        println!("{when:?}: {}", read.diversion(when).unwrap_or("not forwarded"));
    }
    Ok(())
}

fn named(name: &str) -> Result<Divert, String> {
    let mut all = Divert::ALL.into_iter();
    let found = all.find(|when| format!("{when:?}").eq_ignore_ascii_case(name));
    found.ok_or_else(|| format!("calls cannot be forwarded when `{name}`"))
}
