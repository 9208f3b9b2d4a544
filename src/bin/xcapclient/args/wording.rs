//! Rewords the library's messages for the command line. The library advises calls, and the program
//! advises options.

/// The library's words, and the program's. A `{}` stands for a text that stays.
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
    ("`ca_certificates` needs", "--cacert needs"),
    ("`client_certificate` needs", "--cert needs"),
    ("`danger_accept_invalid_certs` needs", "--insecure needs"),
    ("to `proxy`, or `None`", "to --proxy, or ''"),
    ("the URL of `proxy`", "the URL of --proxy"),
    ("`proxy`: ", "--proxy: "),
    ("give it one with `client_certificate`", "give it one with --cert and --key"),
    ("the one of `client_certificate`", "the one of --cert"),
    ("take the answer as it is with `send_raw`", "take the answer as it is with --no-validate"),
    (
        "get it `with_namespaces()`, which takes it from the whole document",
        "get the whole document instead",
    ),
    (
        "an open copy, `client.open(..)`, puts the whole document instead, which may do it",
        "to put the whole document instead may do it",
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

/// The text before the first occurrence, the text for each `{}`, and the text after it. A value
/// ends at a quote.
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;

    /// Words for callers of the library, in texts that no call of this program brings. With the
    /// reason.
    const UNREACHED: [(&str, &str); 6] = [
        ("the client's `authorization` closure", "there is no option for a closure"),
        ("the client's `credentials` closure", "there is no option for a closure"),
        ("leave out `with_namespaces`", "there is no option for it"),
        ("build it with `child`, `nth`, `with_attr`, ", "extensions are parsed here, not built"),
        ("`by_node` says so, and `update` and `set_text`", "there are no copies here"),
        ("use the client's put", "there are no copies here"),
    ];

    #[test]
    fn what_the_library_advises_is_an_option_here() {
        for (theirs, ours) in [
            (
                "nothing; add `.bind(\"cp\", namespace)`, or not",
                "nothing; add --bind cp=URI, or not",
            ),
            (
                "with `.bind(\"a\", \"urn:a\")`; with `.bind(\"b\", \"urn:b\")`",
                "with --bind a=urn:a; with --bind b=urn:b",
            ),
            (
                "use https or allow it with `allow_basic_over_http`",
                "use https or allow it with --allow-basic",
            ),
            (
                "larger than 9 bytes, the client's max_body; its",
                "larger than 9 bytes, which is the limit; its",
            ),
            ("add `.bind(\"a", "add `.bind(\"a"),
            ("", ""),
        ] {
            assert_eq!(worded(theirs), ours);
        }
    }

    /// Every text that advises callers of the library has its words here, or cannot come up. Such a
    /// text has a quote, or speaks of "the client's".
    #[test]
    fn no_advice_is_for_callers_of_the_library_alone() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let (mut advice, mut all) = (Vec::new(), Vec::new());
        for file in files(&source) {
            for text in texts(&fs::read_to_string(&file).unwrap()) {
                let text = written(&text);
                all.push(text.clone());
                if names_a_call(&text) {
                    advice.push((file.display().to_string(), text));
                }
            }
        }
        assert!(advice.len() > 10, "{advice:#?}");
        let is_known = |text: &str| {
            let text = squeezed(text);
            let mut known = WORDS.iter().chain(&UNREACHED).map(|(theirs, _)| squeezed(theirs));
            known.any(|theirs| text.contains(&theirs))
        };
        let unknown: Vec<_> = advice.iter().filter(|(_, text)| !is_known(text)).collect();
        assert!(unknown.is_empty(), "{unknown:#?}");
        for (theirs, _) in WORDS.iter().chain(&UNREACHED) {
            let is_said = advice.iter().any(|(_, text)| squeezed(text).contains(&squeezed(theirs)));
            let is_plain = !names_a_call(theirs);
            // A name that is inserted into a text is a literal by itself.
            let name = theirs.split('`').nth(1).unwrap_or_default();
            let is_taken_in = all.iter().any(|text| text == name);
            assert!(is_said || is_plain || is_taken_in, "no text of the library says {theirs:?}");
        }
    }

    fn files(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries
            .flat_map(|path| match path.is_dir() {
                true if ["bin", "testing", "tests"].iter().any(|name| path.ends_with(name)) => {
                    Vec::new()
                }
                true => files(&path),
                false => vec![path],
            })
            .collect()
    }

    /// The string literals of a file, except those of its tests.
    fn texts(code: &str) -> Vec<String> {
        let code = code.split("#[cfg(test)]").next().unwrap_or_default();
        let is_code = |line: &&str| !line.trim_start().starts_with("//");
        let code = code.lines().filter(is_code).collect::<Vec<_>>().join("\n");
        let code = code.replace("'\"'", "").replace("\\\\", "");
        let mut texts = Vec::new();
        let mut rest = &*code;
        while let Some((_, after)) = rest.split_once('"') {
            let quotes = after.match_indices('"');
            let mut ends = quotes.map(|(at, _)| at).filter(|at| !after[..*at].ends_with('\\'));
            let end = ends.next().unwrap_or(after.len());
            texts.push(after[..end].to_owned());
            rest = after.get(end + 1..).unwrap_or_default();
        }
        texts
    }

    /// A literal as it reads in print: without line breaks, and with its values left open.
    fn written(literal: &str) -> String {
        let lines: Vec<_> = literal.split("\\\n").collect();
        let first = lines.first().copied().unwrap_or_default().to_owned();
        let text = lines.iter().skip(1).fold(first, |text, line| text + line.trim_start());
        text.replace("\\\"", "\"").replace("{prefix}", "{}")
    }

    /// Whether the text quotes something that only a Rust program can write, or speaks of something
    /// that only such a program has.
    fn names_a_call(text: &str) -> bool {
        let quoted = text.split('`').skip(1).step_by(2);
        let is_rust = |word: &str| {
            let is_name = |c: char| c.is_ascii_lowercase() || matches!(c, '_' | '.');
            let name = word.split('(').next().unwrap_or_default();
            let is_call = word.contains("()") || word.contains("(..") || word.starts_with('.');
            let has_letters = name.contains(|c: char| c.is_ascii_lowercase());
            // `xmlns()` is part of a selector.
            has_letters
                && name != "xmlns"
                && name.chars().all(is_name)
                && (word.contains('_') || is_call)
        };
        text.contains("client's") || text.contains("the client,") || quoted.into_iter().any(is_rust)
    }

    fn squeezed(text: &str) -> String {
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}
