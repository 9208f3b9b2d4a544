//! The grammar of RFC 4825 section 6.3, read from an unencoded expression.

use std::str::FromStr;

use crate::answer::{Error, Result};
use crate::text::{caret, push_visible};
use crate::xml;

use super::node::NodeSelector;
use super::step::{AttributeTest, NameOrAny, QName, Step, Terminal};
use super::xmlns;

/// The longest stretch of an expression that an error text quotes, in characters.
pub(super) const QUOTED: usize = 80;

impl FromStr for NodeSelector {
    type Err = Error;

    /// Parses an unencoded expression (RFC 4825 section 6.3), with or without the leading `/`, and
    /// with or without an `xmlns()` query after a `?`. Prefixes need not be bound.
    fn from_str(text: &str) -> Result<Self> {
        expression(text, &[])
    }
}

/// Parses an expression. `joined` holds the byte offsets, in order, of each `/` and `?` that was
/// percent-encoded on the wire and therefore separates nothing.
pub(super) fn expression(text: &str, joined: &[usize]) -> Result<NodeSelector> {
    if text.is_empty() {
        return Err(Error::invalid_input("node selector: the expression is empty"));
    }
    let mut parser = Parser { text, at: 0, joined };
    parser.selector().map_err(|fault| fault.into_error(text))
}

/// Whether a text without a `/` is a standard step or a terminal selector, possibly with a query:
/// whether an expression can continue with it.
pub(super) fn is_standard(text: &str) -> bool {
    expression(&format!("a/{text}"), &[]).is_ok()
}

/// What was expected, and the byte offset where it was not found.
struct Fault {
    expected: String,
    at: usize,
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    joined: &'a [usize],
}

impl Parser<'_> {
    fn selector(&mut self) -> Result<NodeSelector, Fault> {
        self.take_separator();
        let start = self.at;
        if self.terminal()?.is_some() {
            self.at = start;
            return self.expected("an element before `@name` or `namespace::*`");
        }
        let mut selector = NodeSelector::of(self.step("an element name or `*`")?);
        while self.take_separator() {
            if let Some(terminal) = self.terminal()? {
                selector.terminal = Some(terminal);
                break;
            }
            selector.steps.push(self.step("an element name, `*`, `@name` or `namespace::*`")?);
        }
        match self.peek() {
            None => {}
            Some('?') if !self.is_joined() => {
                let query = self.at + 1;
                for (prefix, namespace) in xmlns::parse(self.rest_from(query))
                    .map_err(|fault| Fault { at: query + fault.at, expected: fault.expected })?
                {
                    selector.bindings.insert(prefix, namespace);
                }
            }
            Some(_) if selector.terminal.is_some() => return self.expected("the end"),
            Some('/') => return self.expected("a bare `/`: an encoded one separates nothing"),
            Some('[') => {
                return self
                    .expected("`/` or the end: a step is `name[position][@name=\"value\"]`");
            }
            Some('%') => {
                return self.expected(
                    "`/`, `[` or the end, without percent-encoding (`NodeSelector::from_encoded` \
                     reads that)",
                );
            }
            Some(_) => return self.expected(what_may_follow(selector.steps.last())),
        }
        Ok(selector)
    }

    fn step(&mut self, expected: &str) -> Result<Step, Fault> {
        let name =
            if self.take("*") { NameOrAny::Any } else { NameOrAny::Name(self.qname(expected)?) };
        let position = if self.rest().starts_with('[') && !self.rest().starts_with("[@") {
            Some(self.position()?)
        } else {
            None
        };
        let attribute =
            if self.rest().starts_with("[@") { Some(self.attribute_test()?) } else { None };
        Ok(Step::Element { name, position, attribute })
    }

    fn terminal(&mut self) -> Result<Option<Terminal>, Fault> {
        if self.take("@") {
            return Ok(Some(Terminal::Attribute(self.qname("an attribute name")?)));
        }
        Ok(self.take("namespace::*").then_some(Terminal::Namespaces))
    }

    fn position(&mut self) -> Result<usize, Fault> {
        self.take("[");
        let start = self.at;
        let digits = self.take_while(|c| c.is_ascii_digit());
        if digits.is_empty() {
            return self.expected("a position or `@`");
        }
        let fault = |expected: &str| Fault { expected: expected.to_owned(), at: start };
        let position = digits.parse().map_err(|_| fault("a smaller position"))?;
        if position == 0 {
            return Err(fault("a position from 1"));
        }
        self.expect("]")?;
        Ok(position)
    }

    fn attribute_test(&mut self) -> Result<AttributeTest, Fault> {
        self.take("[@");
        let name = self.qname("an attribute name")?;
        self.expect("=")?;
        let value = self.value()?;
        self.expect("]")?;
        Ok(AttributeTest { name, value })
    }

    /// `AttValue` of XML 1.0, unescaped.
    fn value(&mut self) -> Result<String, Fault> {
        let delimiter = match self.peek() {
            Some(c @ ('"' | '\'')) => c,
            _ => return self.expected("a value in quotes"),
        };
        self.at += 1;
        let start = self.at;
        let raw = self.text.get(start..).and_then(|rest| rest.split(delimiter).next());
        let raw = raw.unwrap_or_default();
        self.at += raw.len();
        let mut bad = raw.char_indices().filter(|(_, c)| *c == '<' || !xml::is_char(*c));
        if let Some((offset, c)) = if xml::is_plain(raw) { None } else { bad.next() } {
            let expected = match c {
                '<' => "`&lt;` for `<`".to_owned(),
                c => format!("a character that XML allows, not U+{:04X},", u32::from(c)),
            };
            return Err(Fault { expected, at: start + offset });
        }
        let value = xml::resolve_references(raw)
            .map_err(|bad| Fault {
                expected: "`&amp;`, or another reference that XML defines".to_owned(),
                at: start + bad.0,
            })?
            .into_owned();
        if self.peek().is_none() {
            return self.expected(&format!("the closing `{delimiter}`"));
        }
        self.at += 1;
        Ok(value)
    }

    fn qname(&mut self, expected: &str) -> Result<QName, Fault> {
        let start = self.at;
        let len = xml::ncname_len(self.rest());
        if len == 0 {
            return self.expected(expected);
        }
        self.at += len;
        if self.take(":") {
            let len = xml::ncname_len(self.rest());
            if len == 0 {
                let prefix = self.text.get(start..self.at).unwrap_or_default();
                return self.expected(&format!("a name after `{prefix}`"));
            }
            self.at += len;
        }
        Ok(QName::new(self.text.get(start..self.at).unwrap_or_default()))
    }

    /// Takes a `/` that separates two steps.
    fn take_separator(&mut self) -> bool {
        !self.is_joined() && self.take("/")
    }

    fn is_joined(&self) -> bool {
        self.joined.binary_search(&self.at).is_ok()
    }

    fn take(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn expect(&mut self, token: &str) -> Result<(), Fault> {
        if self.take(token) { Ok(()) } else { self.expected(&format!("`{token}`")) }
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &str {
        let start = self.at;
        let rest = self.rest();
        let len = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.at += len;
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn expected<T>(&self, expected: &str) -> Result<T, Fault> {
        Err(Fault { expected: expected.to_owned(), at: self.at })
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn rest(&self) -> &str {
        self.rest_from(self.at)
    }

    fn rest_from(&self, at: usize) -> &str {
        self.text.get(at..).unwrap_or_default()
    }
}

fn what_may_follow(step: Option<&Step>) -> &'static str {
    match step {
        Some(Step::Element { position: None, attribute: None, .. }) => "`/`, `[` or the end",
        Some(Step::Element { attribute: None, .. }) => "`/`, `[@name=\"value\"]` or the end",
        _ => "`/` or the end",
    }
}

impl Fault {
    /// The message, the expression under it, and a caret under the place.
    fn into_error(self, text: &str) -> Error {
        let column = text.get(..self.at).unwrap_or(text).chars().count();
        Error::invalid_input(format!(
            "node selector: expected {} at column {}\n{}",
            self.expected,
            column + 1,
            caret::under(text, column, QUOTED, push_visible)
        ))
    }
}
