//! The selectors of RFC 5261 section 4.1. They are the part of XPath for which section 8 gives a
//! pattern.

use crate::text::printable;
use crate::xml::{self, split_qname};

use super::fault::{Fault, PatchErrorKind};
use super::scope::Scope;

/// A selector, with the namespaces of its names resolved.
#[derive(Debug)]
pub(super) struct Path<'p> {
    /// The argument of `id()`, if the selector begins with it.
    pub(super) id: Option<&'p str>,
    pub(super) steps: Vec<Step<'p>>,
    pub(super) last: Option<Last<'p>>,
}

#[derive(Debug)]
pub(super) struct Step<'p> {
    /// `None` is `*`.
    pub(super) name: Option<Name<'p>>,
    pub(super) predicates: Vec<Predicate<'p>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Name<'p> {
    pub(super) namespace: Option<&'p str>,
    pub(super) local: &'p str,
}

#[derive(Debug)]
pub(super) enum Predicate<'p> {
    /// `[2]`
    Position(usize),
    /// `[@name='value']`
    Attribute(Name<'p>, &'p str),
    /// `[name='value']`
    Child(Name<'p>, &'p str),
    /// `[.='value']`
    Own(&'p str),
}

/// A last step that selects something other than an element.
#[derive(Debug)]
pub(super) enum Last<'p> {
    Text(Option<usize>),
    Comment(Option<usize>),
    Instruction(Option<&'p str>, Option<usize>),
    Attribute(Name<'p>),
    Namespace(&'p str),
}

/// The node that the `type` of an `<add>` names.
#[derive(Debug)]
pub(super) enum Added<'p> {
    /// The prefix as written, and the name.
    Attribute(&'p str, Name<'p>),
    Namespace(&'p str),
}

impl<'p> Path<'p> {
    /// Parses a `sel`.
    pub(super) fn parse(text: &'p str, scope: &'p Scope) -> Result<Self, Fault> {
        Parser { what: "sel", text, at: 0, scope }.path()
    }
}

impl<'p> Added<'p> {
    /// Parses a `type`.
    pub(super) fn parse(text: &'p str, scope: &'p Scope) -> Result<Self, Fault> {
        let mut parser = Parser { what: "type", text, at: 0, scope };
        let added = if parser.take("@") {
            let written = parser.written_name("an attribute name")?;
            Self::Attribute(split_qname(written).0, parser.attribute_name(written)?)
        } else if parser.take("namespace::") {
            Self::Namespace(parser.ncname("a prefix")?)
        } else {
            return parser.expected("`@name` or `namespace::prefix`");
        };
        parser.end("the end")?;
        Ok(added)
    }
}

struct Parser<'p> {
    what: &'static str,
    text: &'p str,
    at: usize,
    scope: &'p Scope,
}

impl<'p> Parser<'p> {
    fn path(mut self) -> Result<Path<'p>, Fault> {
        self.take("/");
        let mut path = Path { id: self.id()?, steps: Vec::new(), last: None };
        if path.id.is_none() || self.take("/") {
            loop {
                path.last = self.last()?;
                if path.last.is_some() {
                    break;
                }
                path.steps.push(self.step()?);
                if !self.take("/") {
                    break;
                }
            }
        }
        self.end(if path.last.is_some() { "the end" } else { "`/`, `[` or the end" })?;
        Ok(path)
    }

    fn id(&mut self) -> Result<Option<&'p str>, Fault> {
        if !self.take_call("id") {
            return Ok(None);
        }
        let id = self.literal()?;
        self.expect(")")?;
        Ok(Some(id))
    }

    fn last(&mut self) -> Result<Option<Last<'p>>, Fault> {
        if self.take("@") {
            let written = self.written_name("an attribute name")?;
            return Ok(Some(Last::Attribute(self.attribute_name(written)?)));
        }
        if self.take("namespace::") {
            return Ok(Some(Last::Namespace(self.ncname("a prefix")?)));
        }
        let last = if self.take_call("text") {
            self.expect(")")?;
            Last::Text(self.position()?)
        } else if self.take_call("comment") {
            self.expect(")")?;
            Last::Comment(self.position()?)
        } else if self.take_call("processing-instruction") {
            let target = if self.take(")") {
                None
            } else {
                let target = self.literal()?;
                self.expect(")")?;
                Some(target)
            };
            Last::Instruction(target, self.position()?)
        } else {
            return Ok(None);
        };
        Ok(Some(last))
    }

    fn step(&mut self) -> Result<Step<'p>, Fault> {
        let name = if self.take("*") {
            None
        } else {
            let written = self.written_name("an element name, `*` or a node test")?;
            Some(self.element_name(written)?)
        };
        let mut predicates = Vec::new();
        while self.take("[") {
            predicates.push(self.predicate()?);
            self.expect("]")?;
        }
        Ok(Step { name, predicates })
    }

    fn predicate(&mut self) -> Result<Predicate<'p>, Fault> {
        if let Some(position) = self.digits() {
            return Ok(Predicate::Position(position));
        }
        if self.take("@") {
            let written = self.written_name("an attribute name")?;
            let name = self.attribute_name(written)?;
            return Ok(Predicate::Attribute(name, self.comparison()?));
        }
        if self.take(".") {
            return Ok(Predicate::Own(self.comparison()?));
        }
        let written = self.written_name("a position, `@`, `.` or an element name")?;
        let name = self.element_name(written)?;
        Ok(Predicate::Child(name, self.comparison()?))
    }

    fn comparison(&mut self) -> Result<&'p str, Fault> {
        self.expect("=")?;
        self.literal()
    }

    /// `[n]`, at a place where only a position may follow.
    fn position(&mut self) -> Result<Option<usize>, Fault> {
        if !self.take("[") {
            return Ok(None);
        }
        match self.digits() {
            Some(position) => {
                self.expect("]")?;
                Ok(Some(position))
            }
            None => self.expected("a position"),
        }
    }

    fn digits(&mut self) -> Option<usize> {
        self.skip_whitespace();
        let digits = self.take_while(|c| c.is_ascii_digit());
        // A number that does not fit is larger than the number of nodes in any document.
        (!digits.is_empty()).then(|| digits.parse().unwrap_or(usize::MAX))
    }

    fn literal(&mut self) -> Result<&'p str, Fault> {
        self.skip_whitespace();
        let Some(quote @ ('"' | '\'')) = self.rest().chars().next() else {
            return self.expected("a value in quotes");
        };
        self.at += 1;
        let value = self.take_while(|c| c != quote);
        if self.rest().is_empty() {
            return self.expected(&format!("the closing `{quote}`"));
        }
        self.at += 1;
        Ok(value)
    }

    fn element_name(&self, written: &'p str) -> Result<Name<'p>, Fault> {
        let (prefix, local) = split_qname(written);
        Ok(Name { namespace: self.namespace(prefix)?, local })
    }

    /// An attribute without a prefix is in no namespace.
    fn attribute_name(&self, written: &'p str) -> Result<Name<'p>, Fault> {
        match split_qname(written) {
            ("", local) => Ok(Name { namespace: None, local }),
            (prefix, local) => Ok(Name { namespace: self.namespace(prefix)?, local }),
        }
    }

    fn namespace(&self, prefix: &str) -> Result<Option<&'p str>, Fault> {
        match self.scope.namespace_of(prefix) {
            None if !prefix.is_empty() => Err(Fault::new(
                PatchErrorKind::InvalidNamespacePrefix,
                format!("{}: the diff does not declare the prefix `{prefix}`", self.what),
            )),
            namespace => Ok(namespace),
        }
    }

    fn written_name(&mut self, expected: &str) -> Result<&'p str, Fault> {
        self.skip_whitespace();
        let start = self.at;
        let name = self.take_while(|c| !xml::is_whitespace(c) && !"/[]()=@*,\"'".contains(c));
        let (prefix, local) = split_qname(name);
        let is_valid = xml::is_ncname(local)
            && (prefix.is_empty() != name.contains(':'))
            && (prefix.is_empty() || xml::is_ncname(prefix));
        if is_valid {
            return Ok(name);
        }
        self.at = start;
        self.expected(expected)
    }

    fn ncname(&mut self, expected: &str) -> Result<&'p str, Fault> {
        let start = self.at;
        let name = self.written_name(expected)?;
        if name.contains(':') {
            self.at = start;
            return self.expected(expected);
        }
        Ok(name)
    }

    /// Consumes the name of a function or node test, with its opening parenthesis.
    fn take_call(&mut self, name: &str) -> bool {
        let start = self.at;
        if self.take(name) && self.take("(") {
            return true;
        }
        self.at = start;
        false
    }

    fn take(&mut self, token: &str) -> bool {
        let start = self.at;
        self.skip_whitespace();
        let found = self.rest().starts_with(token);
        self.at = if found { self.at + token.len() } else { start };
        found
    }

    fn expect(&mut self, token: &str) -> Result<(), Fault> {
        if self.take(token) { Ok(()) } else { self.expected(&format!("`{token}`")) }
    }

    fn end(&mut self, expected: &str) -> Result<(), Fault> {
        self.skip_whitespace();
        if self.rest().is_empty() { Ok(()) } else { self.expected(expected) }
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'p str {
        let rest = self.rest();
        let taken = rest.get(..rest.find(|c| !wanted(c)).unwrap_or(rest.len())).unwrap_or_default();
        self.at += taken.len();
        taken
    }

    fn skip_whitespace(&mut self) {
        self.take_while(xml::is_whitespace);
    }

    fn expected<T>(&self, expected: &str) -> Result<T, Fault> {
        let before = self.text.get(..self.at).unwrap_or(self.text);
        Err(Fault::new(
            PatchErrorKind::InvalidAttributeValue,
            format!(
                "{}: expected {expected} at column {} of `{}`",
                self.what,
                before.chars().count() + 1,
                printable(self.text)
            ),
        ))
    }

    fn rest(&self) -> &'p str {
        self.text.get(self.at..).unwrap_or_default()
    }
}
