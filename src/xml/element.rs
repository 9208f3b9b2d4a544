//! Bodies built: XML elements that no value can break.

use std::fmt::{self, Write};

use crate::xml;

/// An XML element, built so that no value can change its shape: the twin of
/// [`NodeSelector`](crate::NodeSelector)'s builder, for bodies.
///
/// ```
/// use xcaplib::Element;
///
/// let entry = Element::new("entry")
///     .attr("uri", "sip:bob@example.com")
///     .child(Element::new("display-name").text("Bob <& friends>"));
/// assert_eq!(
///     entry.as_ref() as &str,
///     r#"<entry uri="sip:bob@example.com"><display-name>Bob &lt;&amp; friends&gt;</display-name></entry>"#,
/// );
/// ```
///
/// Values and text are escaped; nothing is added, no white space and no declaration. A namespace
/// is declared like any attribute: `.attr("xmlns", "urn:..")`. Names are written as they are given
/// where they are XML names; any other name, a name given twice, and a character that XML does not
/// allow make a body that is refused before it is sent, and that no parser takes for something
/// else. Elements may be nested as deeply as memory allows.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Element {
    /// The whole element: a start tag and content up to `body`, then the end tag.
    markup: String,
    name: String,
    /// Where the start tag's `>` or `/>` begins.
    head: usize,
}

impl Element {
    /// An empty element of this name, which may have a prefix.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let name = written_name(name);
        let head = name.len() + 1;
        Self { markup: format!("<{name}/>"), name, head }
    }

    /// Adds an attribute; any text may be the value.
    #[must_use]
    pub fn attr(mut self, name: &str, value: &str) -> Self {
        let mut attribute = format!(" {}=", written_name(name));
        let written = xml::write_attribute(&mut attribute, value);
        debug_assert!(written.is_ok(), "a String takes all text");
        self.markup.insert_str(self.head, &attribute);
        self.head += attribute.len();
        self
    }

    /// Adds text after what the element holds already; any text may be given.
    #[must_use]
    pub fn text(self, text: &str) -> Self {
        self.content(&xml::escape_text(text))
    }

    /// Adds a child element after what the element holds already.
    #[must_use]
    pub fn child(self, child: Self) -> Self {
        self.content(&child.markup)
    }

    fn content(mut self, content: &str) -> Self {
        if content.is_empty() {
            return self;
        }
        let is_empty = self.markup.len() == self.head + 2;
        if is_empty {
            self.markup.truncate(self.head);
            self.markup.push('>');
        } else {
            self.markup.truncate(self.markup.len() - self.name.len() - 3);
        }
        self.markup.push_str(content);
        let written = write!(self.markup, "</{}>", self.name);
        debug_assert!(written.is_ok(), "a String takes all text");
        self
    }
}

/// A name that is none stays one token, `<` in front, which every parser refuses.
fn written_name(name: &str) -> String {
    let is_name = match name.split_once(':') {
        Some((prefix, local)) => xml::is_ncname(prefix) && xml::is_ncname(local),
        None => xml::is_ncname(name),
    };
    if is_name {
        return name.to_owned();
    }
    let mut out = String::from("<");
    out.extend(name.chars().filter(|c| !matches!(c, '<' | '>' | '"' | '\'' | '/')));
    out
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.markup)
    }
}

impl fmt::Debug for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.markup)
    }
}

impl AsRef<str> for Element {
    fn as_ref(&self) -> &str {
        &self.markup
    }
}

impl AsRef<[u8]> for Element {
    fn as_ref(&self) -> &[u8] {
        self.markup.as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_written_without_white_space() {
        let a = || Element::new("a");
        assert_eq!(a().to_string(), "<a/>");
        assert_eq!(a().text("").to_string(), "<a/>");
        assert_eq!(a().text("x").text("y").attr("b", "1").to_string(), r#"<a b="1">xy</a>"#);
        assert_eq!(
            a().child(a().child(a())).attr("c:d", "'").text("]]>").to_string(),
            r#"<a c:d="'"><a><a/></a>]]&gt;</a>"#
        );
    }

    #[test]
    fn a_bad_name_makes_a_body_that_no_parser_takes() {
        for name in ["", "a b", "a><b", "a b='c'", "a/", "1", "a:b:c", ":a", "!--", "?x", "<"] {
            for element in [
                Element::new(name),
                Element::new(name).text("x"),
                Element::new("a").attr(name, "v"),
                Element::new("a").child(Element::new(name)),
            ] {
                assert!(xml::check(element.as_ref()).is_err(), "{element}");
            }
        }
    }

    #[test]
    fn values_read_back() {
        for value in ["a\"b'c", "<&>\t\r\n]]>", "é\u{10ffff}", ""] {
            let element = Element::new("a").attr("v", value).text(value);
            let source = xml::Source::new(element.as_ref());
            let document = source.parse().unwrap();
            assert_eq!(xml::attribute(document.root_element(), "v"), Some(value));
            assert_eq!(document.root_element().text().unwrap_or_default(), value);
        }
    }
}
