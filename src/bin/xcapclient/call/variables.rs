//! The values of `--var`, put into a node selector.

use std::borrow::Cow;
use std::fmt::Write as _;

use xcaplib::{NodeSelector, Step};

use crate::args::Failure;

/// The selector with each `$name` that stands for a whole value, as in `[@uri=$uri]`, replaced by
/// that value in quotes. Between quotes a `$` is plain text. If a name has several values, the last
/// one counts.
pub(super) fn filled<'a>(
    selector: &'a str,
    variables: &[(String, String)],
) -> Result<Cow<'a, str>, Failure> {
    let (mut text, mut rest) = (String::new(), selector);
    let mut used = Vec::new();
    while let Some((before, name, after)) = first(rest) {
        let value = variables.iter().rev().find(|(given, _)| given == name).map(|(_, value)| value);
        let value = value.ok_or_else(|| {
            Failure::Usage(format!("the selector has ${name}, and no --var {name}=VALUE gives it"))
        })?;
        text.push_str(before);
        push_quoted(&mut text, value);
        used.push(name);
        rest = after;
    }
    match variables.iter().find(|(name, _)| !used.contains(&name.as_str())) {
        Some((name, _)) => Err(Failure::Usage(format!(
            "--var {name} is given, and the selector has no test such as [@uri=${name}]"
        ))),
        None if used.is_empty() => Ok(Cow::Borrowed(selector)),
        None => Ok(Cow::Owned(text + rest)),
    }
}

/// The first variable outside quotes that is the value of a test: the text before its `$`, its
/// name, and the text after it.
fn first(text: &str) -> Option<(&str, &str, &str)> {
    let (mut quote, mut last) = (None, ' ');
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), _) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') if last == '=' => quote = Some(c),
            (None, '$') if last == '=' => {
                let (before, rest) = (text.get(..at)?, text.get(at + 1..)?);
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
                let (name, after) = rest.split_at_checked(end.unwrap_or(rest.len()))?;
                if !name.is_empty() && after.starts_with(']') {
                    return Some((before, name, after));
                }
            }
            _ => {}
        }
        last = c;
    }
    None
}

/// Quotes a value as the library quotes the value of an attribute test.
fn push_quoted(text: &mut String, value: &str) {
    let selector = NodeSelector::root("x").with_attr("x", value);
    if let Some(Step::Element { attribute: Some(test), .. }) = selector.steps().first() {
        let test = test.to_string();
        let _ = write!(text, "{}", test.strip_prefix("@x=").unwrap_or(&test));
    }
}
