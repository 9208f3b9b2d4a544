//! The grammar of RFC 4825 section 6.3, read from an unencoded expression.

use crate::error::{Error, Result};
use crate::xml;

use super::{AttributeTest, NameOrAny, NodeSelector, QName, QUOTED, Step, Terminal, xmlns};

/// Parses an expression. `joined` are the byte offsets of those `/` that were percent-encoded on
/// the wire and so separate nothing.
pub(super) fn expression(text: &str, joined: &[usize]) -> Result<NodeSelector> {
    let mut parser = Parser { text, at: 0, joined };
    parser.selector().map_err(|fault| fault.into_error(text))
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
        let mut selector = NodeSelector::of_steps(vec![self.step()?]);
        while self.take_separator() {
            if let Some(terminal) = self.terminal()? {
                selector.terminal = Some(terminal);
                break;
            }
            selector.steps.push(self.step()?);
        }
        match self.peek() {
            None => {}
            Some('?') => {
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
            Some(_) => return self.expected("`/`, `[` or the end"),
        }
        Ok(selector)
    }

    fn step(&mut self) -> Result<Step, Fault> {
        let name = if self.take("*") {
            NameOrAny::Any
        } else {
            NameOrAny::Name(self.qname("an element name or `*`")?)
        };
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
        let raw = self.take_while(|c| c != delimiter);
        if let Some(offset) = raw.find(|c: char| c == '<' || !xml::is_char(c)) {
            let expected = "`&lt;` for `<`, and only characters that XML allows".to_owned();
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
        let text =
            self.take_while(|c| !matches!(c, '/' | '[' | ']' | '=' | '?' | '@' | '"' | '\''));
        let name = QName::new(text);
        if name.is_valid() {
            return Ok(name);
        }
        self.at = start + valid_prefix(text);
        self.expected(expected)
    }

    /// Takes a `/` that separates two steps.
    fn take_separator(&mut self) -> bool {
        !self.joined.contains(&self.at) && self.take("/")
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

/// How many bytes of the text could begin a name: where the caret belongs.
fn valid_prefix(text: &str) -> usize {
    let mut valid = 0;
    for (offset, c) in text.char_indices() {
        let end = offset + c.len_utf8();
        let head = text.get(..end).unwrap_or_default();
        if !QName::new(head.strip_suffix(':').unwrap_or(head)).is_valid() {
            break;
        }
        valid = end;
    }
    valid
}

impl Fault {
    /// The message, the expression under it, and a caret under the place.
    fn into_error(self, text: &str) -> Error {
        let before = text.get(..self.at).unwrap_or(text);
        let column = before.chars().count();
        // A long expression is cut to the stretch around the place.
        let skipped = column.saturating_sub(QUOTED / 2);
        let mut caret = 0;
        let mut shown = String::new();
        for (index, c) in text.chars().enumerate().skip(skipped).take(QUOTED) {
            if index == column {
                caret = shown.chars().count();
            }
            // Control characters would break the line that the caret points into.
            if c.is_control() { shown.extend(c.escape_debug()) } else { shown.push(c) }
        }
        if column >= text.chars().count() {
            caret = shown.chars().count();
        }
        Error::invalid_input(format!(
            "node selector: expected {} at column {}\n  {shown}\n  {}^",
            self.expected,
            column + 1,
            " ".repeat(caret)
        ))
    }
}
