//! The library's sentences in the words of the command line: what they advise is an option here, not
//! a call.

/// What the library says, and what the program says instead. A `{}` stands for a text that stays.
const WORDS: &[(&str, &str)] = &[
    ("add `.bind(\"{}\", namespace)`", "add --bind {}=URI"),
    ("with `.bind(\"{}\", \"{}\")`", "with --bind {}={}"),
    ("allow it with `allow_basic_over_http`", "allow it with --allow-basic"),
    ("give another with `auth_username`", "give another with --auth-username"),
    ("and the client has no password", "and no password is known; --password-file gives one"),
    ("make it the client's root", "make it the --xcap-root"),
    ("give it to the client, not in the user id", "give it with --password-file"),
    (
        "give them to the client, not in the root",
        "give them with --auth-username and --password-file",
    ),
    ("give it one with `client_certificate`", "give it one with --cert and --key"),
    ("the one of `client_certificate`", "the one of --cert"),
    ("take the answer as it is with `send_raw`", "take the answer as it is with --no-validate"),
    (
        "get it `with_namespaces()`, which takes it from the whole document",
        "get the whole document instead",
    ),
    ("its bytes are in the error's response", "--no-validate takes it as it is"),
    ("the client's max_body", "which is the limit"),
    ("the client's connect_timeout", "which is the limit"),
];

/// The text in the words of the command line.
pub(crate) fn worded(text: &str) -> String {
    WORDS.iter().fold(text.to_owned(), |text, (theirs, ours)| replaced(&text, theirs, ours))
}

/// The text with each occurrence of a pattern replaced, from left to right.
fn replaced(text: &str, pattern: &str, with: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, values, after)) = found(rest, pattern) {
        out.push_str(before);
        let mut values = values.into_iter();
        for (place, part) in with.split("{}").enumerate() {
            out.extend((place > 0).then(|| values.next()).flatten());
            out.push_str(part);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// What stands before the first occurrence, for each `{}`, and after it. A value ends at a quote.
fn found<'t>(text: &'t str, pattern: &str) -> Option<(&'t str, Vec<&'t str>, &'t str)> {
    let mut parts = pattern.split("{}");
    let first = parts.next()?;
    let parts: Vec<_> = parts.collect();
    let occurrence = |(at, _): (usize, &str)| {
        let (before, rest) = text.split_at(at);
        let mut rest = rest.strip_prefix(first)?;
        let mut values = Vec::new();
        for part in &parts {
            let end = rest.find('"')?;
            let (value, after) = rest.split_at(end);
            values.push(value);
            rest = after.strip_prefix(part)?;
        }
        Some((before, values, rest))
    };
    text.match_indices(first).find_map(occurrence)
}
