//! Writing lines to standard error.

use std::io::{self, Write as _};

#[path = "../../text/visible.rs"]
mod visible;

pub(crate) use visible::push_visible;

/// Writes a text of one or more lines, without characters that could control a terminal. Ignores a
/// closed standard error.
pub(crate) fn line(text: &str) {
    let mut shown = String::with_capacity(text.len() + 1);
    for c in text.chars() {
        if matches!(c, '\n' | '\t') {
            shown.push(c);
        } else {
            push_visible(&mut shown, c);
        }
    }
    shown.push('\n');
    // Written in one piece, so that nothing else gets in between.
    let _ = io::stderr().write_all(shown.as_bytes());
}

/// A server's text as a part of one line.
pub(crate) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    text.chars().for_each(|c| push_visible(&mut shown, c));
    shown
}
