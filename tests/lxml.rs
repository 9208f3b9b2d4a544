//! Selection, well-formedness and the text of elements against lxml, which shares nothing with this
//! crate: libxml2 is what most XCAP servers read with.
//!
//! These tests need a `python3` with lxml (on Debian: `python3-lxml`). Without one they say so and
//! pass; with `XCAPLIB_REQUIRE_LXML=1` that is a failure. `XCAPLIB_SEED` varies the cases.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by a panic"
)]

#[path = "support/generate.rs"]
mod generate;
#[path = "lxml/mutate.rs"]
mod mutate;
#[path = "lxml/oracle.rs"]
mod oracle;
#[path = "lxml/selection.rs"]
mod selection;
#[path = "lxml/strings.rs"]
mod strings;
#[path = "lxml/well_formed.rs"]
mod well_formed;
#[path = "support/xpath.rs"]
mod xpath;

fn seed() -> u64 {
    match std::env::var("XCAPLIB_SEED") {
        Ok(seed) => seed.parse().expect("XCAPLIB_SEED is a number"),
        Err(_) => 2_914,
    }
}
