//! The program `xcapclient`, as its users see it, against the in-process server and Kamailio.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may"
)]
#![allow(clippy::duplicate_mod, reason = "both that need programs say what is not installed")]

mod accounts;
mod actions;
mod backup;
mod backup_guard;
mod bench;
mod bodies;
#[path = "../support/cases.rs"]
mod cases;
#[cfg(unix)]
mod curl;
mod dry_run;
#[cfg(unix)]
mod edit;
mod ends;
mod files;
mod inventory;
mod json;
#[cfg(unix)]
mod kamailio;
mod options;
mod profiles;
#[cfg(unix)]
mod pty;
#[path = "../support/raw.rs"]
mod raw;
mod reach;
mod reasons;
mod refusals;
#[path = "../support/relay.rs"]
mod relay;
#[cfg(unix)]
#[path = "../support/kamailio.rs"]
mod support;
#[cfg(unix)]
mod terminal;
#[cfg(any(feature = "rustls", feature = "native-tls"))]
#[path = "../support/tls.rs"]
mod tls;
#[cfg(unix)]
mod transcripts;
#[cfg(any(feature = "rustls", feature = "native-tls"))]
mod trust;
mod variables;
mod verbose;
