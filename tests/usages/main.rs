//! The views over drafts: what they read, what they change, and that they change nothing else.
//!
//! `schema` needs a `python3` with lxml, and `servers` a Kamailio: without them these tests say so
//! and pass; with `XCAPLIB_REQUIRE_LXML=1` and `XCAPLIB_REQUIRE_KAMAILIO=1` that is a failure.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by a panic"
)]

mod calls;
mod cases;
mod generate;
#[path = "../support/kamailio.rs"]
mod kamailio;
mod naive;
mod properties;
mod resource_lists;
mod rls_services;
mod rules;
mod schema;
mod servers;
mod shapes;
