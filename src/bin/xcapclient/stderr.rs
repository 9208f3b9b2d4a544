//! The lines on standard error.

use std::io::{self, Write as _};

#[path = "../../text/visible.rs"]
mod visible;

pub(crate) use visible::push_visible;

/// Writes a text of one or more lines, without characters that could steer a terminal. A closed
/// standard error is no error.
pub(crate) fn line(text: &str) {
    let text = text.chars().fold(String::with_capacity(text.len()), |mut shown, c| {
        if matches!(c, '\n' | '\t') {
            shown.push(c);
        } else {
            push_visible(&mut shown, c);
        }
        shown
    });
    let _ = writeln!(io::stderr(), "{text}");
}

/// A server's text as a part of one line.
pub(crate) fn visible(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut shown, c| {
        push_visible(&mut shown, c);
        shown
    })
}
