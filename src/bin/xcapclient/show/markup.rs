//! Indents and colours XML and differences for a terminal.

use std::iter;

use crate::call::{Piece, pieces};

/// The deepest level that is indented further than its parent.
const DEEPEST: usize = 40;

const TAG: &str = "\x1b[36m";
const NOTE: &str = "\x1b[2m";
const RESET: &str = "\x1b[0m";

/// Puts each element on a line of its own, with two spaces for each level. Elements that contain
/// text are left as they are.
pub(crate) fn indented(xml: &str) -> String {
    let mut text = String::with_capacity(xml.len() * 2);
    // For each open element, whether it contains text.
    let mut open: Vec<bool> = Vec::new();
    let mut is_after_start = false;
    for piece in pieces(xml) {
        let is_mixed = open.last().copied().unwrap_or_default();
        match piece {
            Piece::Text(white) if white.trim().is_empty() && !is_mixed => continue,
            Piece::Text(words) => {
                if let Some(is_mixed) = open.last_mut() {
                    *is_mixed = true;
                }
                text.push_str(words);
            }
            Piece::Start(tag) | Piece::Empty(tag) | Piece::Note(tag) => {
                if !is_mixed {
                    new_line(&mut text, open.len());
                }
                text.push_str(tag);
                if matches!(piece, Piece::Start(_)) {
                    open.push(false);
                }
            }
            Piece::End(tag) => {
                open.pop();
                if !is_mixed && !is_after_start {
                    new_line(&mut text, open.len());
                }
                text.push_str(tag);
            }
        }
        is_after_start = matches!(piece, Piece::Start(_));
    }
    text.push('\n');
    text
}

fn new_line(text: &mut String, level: usize) {
    if !text.is_empty() {
        text.push('\n');
        text.extend(iter::repeat_n("  ", level.min(DEEPEST)));
    }
}

/// Gives tags one colour, and comments and processing instructions another.
pub(crate) fn coloured(xml: &str) -> String {
    let mut text = String::with_capacity(xml.len() * 2);
    for piece in pieces(xml) {
        let (colour, piece) = match piece {
            Piece::Text(words) => {
                text.push_str(words);
                continue;
            }
            Piece::Note(note) => (NOTE, note),
            Piece::Start(tag) | Piece::End(tag) | Piece::Empty(tag) => (TAG, tag),
        };
        text.extend([colour, piece, RESET]);
    }
    text
}

/// Gives removed lines, added lines and places their colours.
pub(crate) fn coloured_diff(diff: &str) -> String {
    diff.split_inclusive('\n').fold(String::new(), |mut text, line| {
        let colour = match line.as_bytes() {
            [b'-', ..] => "\x1b[31m",
            [b'+', ..] => "\x1b[32m",
            [b'@', ..] => TAG,
            _ => "",
        };
        match line.strip_suffix('\n') {
            Some(line) if !colour.is_empty() => text.extend([colour, line, RESET, "\n"]),
            _ => text.push_str(line),
        }
        text
    })
}
