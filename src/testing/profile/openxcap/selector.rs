//! Node selectors, split into tokens as an XPath tokenizer does. Any text without certain
//! characters is a name, and a misplaced token may be taken for a name.

use crate::testing::denial::Denial;
use crate::xml;

use super::answer::failed;
use super::steps::Step;

pub(super) struct Selector {
    pub(super) steps: Vec<Step>,
    pub(super) terminal: Option<Terminal>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Terminal {
    Attribute(String),
    Namespaces,
}

/// Reads a selector. Names without a prefix are in this namespace. No prefix is bound, and anything
/// after a `?` is ignored.
pub(super) fn read(expression: &str, namespace: Option<&str>) -> Result<Selector, Denial> {
    let expression = expression.split('?').next().unwrap_or_default();
    let refused = || Denial::BadRequest(format!("Failed to parse node: '{expression}'"));
    let tokens = tokens(expression);
    let has_prefix = |token: &&str| !is_quoted(token) && token.contains(':') && *token != BINDINGS;
    if tokens.iter().any(has_prefix) {
        return Err(refused());
    }
    let mut rest = tokens.strip_prefix(&["/"]).unwrap_or(&tokens);
    let mut selector = Selector { steps: Vec::new(), terminal: None };
    loop {
        rest = match rest {
            [BINDINGS] => {
                selector.terminal = Some(Terminal::Namespaces);
                return Ok(selector);
            }
            ["@", name] => {
                selector.terminal = Some(Terminal::Attribute((*name).to_owned()));
                return Ok(selector);
            }
            // A bug of the server: a lone `@` makes it fail.
            ["@"] => return Err(failed()),
            [] | ["@" | BINDINGS, ..] => return Err(refused()),
            [name, rest @ ..] => {
                let (step, rest) = step(name, rest, namespace)?.ok_or_else(refused)?;
                selector.steps.push(step);
                rest
            }
        };
        rest = match rest {
            [] => return Ok(selector),
            ["/", rest @ ..] => rest,
            _ => return Err(refused()),
        };
    }
}

const BINDINGS: &str = "namespace::*";

/// A step and the rest. `None` if a value has no quotes.
fn step<'t, 'a>(
    name: &str,
    mut rest: &'t [&'a str],
    namespace: Option<&str>,
) -> Result<Option<(Step, &'t [&'a str])>, Denial> {
    let mut step = Step { name: None, position: None, test: None };
    if name != "*" {
        step.name = Some((namespace.map(str::to_owned), name.to_owned()));
    }
    if let ["[", position, "]", after @ ..] = rest {
        step.position = Some(position.parse().map_err(|_| failed())?);
        rest = after;
    }
    if let ["[", "@", name, "=", value, "]", after @ ..] = rest {
        let Some(value) = Some(value).filter(|value| is_quoted(value)) else { return Ok(None) };
        let value = value.get(1..value.len() - 1).unwrap_or_default();
        step.test = Some(((*name).to_owned(), value.to_owned()));
        rest = after;
    }
    Ok(Some((step, rest)))
}

fn is_quoted(token: &str) -> bool {
    token.len() > 1 && ['"', '\''].iter().any(|q| token.starts_with(*q) && token.ends_with(*q))
}

/// White space is also a token, and is never accepted.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (token, after) = rest.split_at_checked(length(rest)).unwrap_or((rest, ""));
        tokens.push(token);
        rest = after;
    }
    tokens
}

/// The length of the token at the start of a text.
fn length(text: &str) -> usize {
    if let Some(quote) = text.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        if let Some(end) = text.get(1..).and_then(|rest| rest.find(quote)) {
            return end + 2;
        }
    }
    if let Some(sign) = ["::", "//", "..", "()", "!="].iter().find(|sign| text.starts_with(**sign))
    {
        return sign.len();
    }
    let is_name = |c: char| !xml::is_whitespace(c) && !"/[]()@!=".contains(c);
    let first = text.chars().next();
    match first.filter(|c| is_name(*c) && !".*:".contains(*c)) {
        Some(_) => text.find(|c| !is_name(c)).unwrap_or(text.len()),
        None => first.map_or(1, char::len_utf8),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(expression: &str) -> Option<String> {
        let selector = read(expression, Some("u")).ok()?;
        let mut text = String::new();
        for step in selector.steps {
            text.push('/');
            text.push_str(step.name.as_ref().map_or("*", |(_, name)| name));
            step.position.into_iter().for_each(|position| text.push_str(&format!("[{position}]")));
            step.test
                .into_iter()
                .for_each(|(name, value)| text.push_str(&format!("[{name}:{value}]")));
        }
        Some(match selector.terminal {
            None => text,
            Some(Terminal::Attribute(name)) => format!("{text}/@{name}"),
            Some(Terminal::Namespaces) => format!("{text}/namespace::*"),
        })
    }

    #[test]
    fn what_is_taken() {
        for (expression, expected) in [
            ("/a/b[1][@c=\"d/e\"]/@f", "/a/b[1][c:d/e]/@f"),
            ("a/*[@c='\"&amp;']/namespace::*", "/a/*[c:\"&amp;]/namespace::*"),
            ("/a/b[01]/1x.y", "/a/b[1]/1x.y"),
            ("/a/./[", "/a/./["),
            ("/@name", "/@name"),
            ("/a?xmlns(p=urn:x)", "/a"),
        ] {
            assert_eq!(shown(expression).as_deref(), Some(expected), "{expression}");
        }
    }

    #[test]
    fn what_is_not() {
        for expression in [
            "",
            "/",
            "/a/",
            "//a",
            "/p:a",
            "/a/@p:b",
            "/a[@b=c]",
            "/a[ 1 ]",
            "/a[last()]",
            "/a/@b/c",
            "/a b",
        ] {
            assert!(matches!(read(expression, None), Err(Denial::BadRequest(_))), "{expression}");
        }
        for expression in ["/a[x]", "/a/@"] {
            assert!(matches!(read(expression, None), Err(Denial::Answer(_))), "{expression}");
        }
    }
}
