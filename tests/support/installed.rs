//! What a test does where a program that it needs is not installed.

#![allow(unreachable_pub, reason = "a module of a test")]

use std::io::{self, Write as _};

/// Says that a test is skipped, since `what` is not installed.
///
/// # Panics
///
/// Where `XCAPLIB_REQUIRE_KAMAILIO` is `1`: then it has to be.
pub fn skip(what: &str) {
    let required = std::env::var_os("XCAPLIB_REQUIRE_KAMAILIO");
    assert!(
        required.is_none_or(|value| value != "1"),
        "XCAPLIB_REQUIRE_KAMAILIO is 1, but {what} is not installed"
    );
    // Written to the handle, as the test runner hides what the macros of a passing test print.
    let _ = writeln!(io::stderr(), "test skipped: {what} is not installed");
}
