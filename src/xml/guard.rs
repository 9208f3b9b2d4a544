//! Refuses texts for which the XML parser would take quadratic time.
//!
//! The parser compares each attribute with those before it in the same tag. It looks up the prefix
//! of each element and attribute in a list of all declarations in scope. At each declaration it
//! compares that list with itself. So 100 kB of such text can take it many seconds.
//!
//! This module reads tags itself, without `markup`, because it goes over every text before the
//! parse. It counts in one pass over the bytes. Even if the text is not XML, it takes the same
//! things for tags as the parser does.

use std::sync::LazyLock;

use memchr::memmem::Finder;
use memchr::{memchr, memchr2, memmem, memrchr};
use roxmltree::TextPos;

use super::fault::position;

/// What begins a declaration. It is made once, because making it takes as long as searching a small
/// document.
pub(super) static XMLNS: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("xmlns"));

/// How many namespace declarations may be in scope at one element.
const MAX_DECLARATIONS: usize = 1_000;
/// How many attributes one element may have.
const MAX_ATTRIBUTES: usize = 1_000;
/// What a text may cost, in nanoseconds of a release build at the prices below: about a second.
const BUDGET: usize = 1_000_000_000;
/// The price of comparing two declarations.
const COMPARISON: usize = 2;
/// The price of comparing a prefix with one declaration.
const LOOKUP: usize = 3;
/// The price of comparing two attributes. If both have a prefix, their namespaces are compared
/// first.
const PAIR: usize = 3;
/// How many bytes of two equal namespaces are compared in a nanosecond.
const BYTES: usize = 64;

/// The shortest element, `<a/>`. An attribute with a prefix is longer.
const SHORTEST_ELEMENT: usize = 4;
/// The shortest attribute, ` a=""`. One with a prefix takes two bytes more.
const SHORTEST_ATTRIBUTE: usize = 5;
/// How far the quotes of a declaration's value are searched for.
const VALUE_WITHIN: usize = 4_096;
/// `http://www.w3.org/XML/1998/namespace`, which nobody has to declare.
const XML_NAMESPACE: usize = 36;

/// What there is too much of, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Excess {
    pub(super) position: TextPos,
    pub(super) reason: String,
}

pub(super) fn excess(text: &str) -> Option<Excess> {
    if may_exceed(text.as_bytes()) { scan(text) } else { None }
}

/// Whether the text has to be read tag by tag. `false` if its length, its declarations and its
/// longest tag show that it cannot cost too much.
fn may_exceed(bytes: &[u8]) -> bool {
    let mut declarations = 0;
    let mut namespace = XML_NAMESPACE;
    for at in XMLNS.find_iter(bytes) {
        declarations += 1;
        match value_len(bytes.get(at..).unwrap_or_default()) {
            Some(len) if declarations <= MAX_DECLARATIONS => namespace = namespace.max(len),
            _ => return true,
        }
    }
    let comparisons = declarations.pow(3) / 3 * COMPARISON;
    let lookups = (bytes.len() / SHORTEST_ELEMENT).saturating_mul(declarations * LOOKUP);
    let Some(left) = BUDGET.checked_sub(comparisons.saturating_add(lookups)) else { return true };
    // The price for each byte of the text times each byte of its longest tag, rounded up. Every
    // attribute adds half of PAIR / 5 / 5, and one with a prefix adds half of its surcharge / 7 /
    // 7.
    let price = (10 + namespace / BYTES) * bytes.len() / 96 + 1;
    has_long_tag(bytes, (left / price).min(SHORTEST_ATTRIBUTE * MAX_ATTRIBUTES))
}

/// The length of the quoted value that follows, at most. `None` if its end is not found.
fn value_len(declaration: &[u8]) -> Option<usize> {
    let (start, rest) = quoted(declaration.get(..VALUE_WITHIN).unwrap_or(declaration))?;
    memchr(start, rest)
}

/// The next quote, and what follows it.
fn quoted(bytes: &[u8]) -> Option<(u8, &[u8])> {
    bytes.get(memchr2(b'"', b'\'', bytes)?..)?.split_first().map(|(quote, rest)| (*quote, rest))
}

/// Whether any tag has at least this many bytes.
///
/// It looks only at the last `<` of each stretch, so most of the text is never read.
fn has_long_tag(bytes: &[u8], limit: usize) -> bool {
    let mut at = 0;
    loop {
        let Some(stretch) = bytes.get(at..).and_then(|rest| rest.get(..limit)) else {
            return false;
        };
        at = match memrchr(b'<', stretch) {
            Some(next) if next > 0 => at + next,
            // This may be a short tag before a long text.
            _ if stretch.first() == Some(&b'<') && !ends_within(stretch) => return true,
            _ => match find(bytes, at + stretch.len(), b'<') {
                Some(next) => next,
                None => return false,
            },
        };
    }
}

fn ends_within(stretch: &[u8]) -> bool {
    Tag::read(stretch, 0).is_closed
}

/// Reads and counts the tags. It stops where the text is no longer well-formed, as the parser will.
fn scan(text: &str) -> Option<Excess> {
    let bytes = text.as_bytes();
    let mut open: Vec<usize> = Vec::new();
    let mut at = 0;
    let mut cost = Cost { namespace: XML_NAMESPACE, ..Cost::default() };
    while let Some(start) = find(bytes, at, b'<') {
        let rest = bytes.get(start..)?;
        at = if rest.starts_with(b"<!--") {
            after(bytes, start + 4, "-->")?
        } else if rest.starts_with(b"<![CDATA[") {
            after(bytes, start, "]]>")?
        } else if rest.starts_with(b"<?") {
            after(bytes, start, "?>")?
        } else if rest.starts_with(b"</") {
            open.pop();
            after(bytes, start, ">")?
        } else {
            let tag = Tag::read(bytes, start);
            let in_scope = open.last().copied().unwrap_or(0) + tag.declarations;
            cost.add(&tag, in_scope);
            if let Some(reason) = tag.excess(in_scope).or_else(|| cost.excess()) {
                return Some(Excess { position: position(text, start), reason });
            }
            if !tag.is_empty {
                open.push(in_scope);
            }
            tag.end
        };
    }
    None
}

/// What the tags so far cost the parser.
#[derive(Default)]
struct Cost {
    comparisons: usize,
    lookups: usize,
    pairs: usize,
    /// The length of the longest namespace so far.
    namespace: usize,
}

impl Cost {
    /// No product overflows, because each tag has limits and the scan stops at the first tag above
    /// them.
    fn add(&mut self, tag: &Tag, in_scope: usize) {
        self.namespace = self.namespace.max(tag.namespace);
        let per_pair = |n: usize, price: usize| (n.saturating_mul(n) / 2).saturating_mul(price);
        if tag.declarations > 0 {
            let pairs = in_scope.saturating_mul(in_scope);
            self.comparisons = self.comparisons.saturating_add(pairs.saturating_mul(COMPARISON));
        }
        let lookups = (1 + tag.prefixed).saturating_mul(in_scope).saturating_mul(LOOKUP);
        self.lookups = self.lookups.saturating_add(lookups);
        let pairs = per_pair(tag.attributes, PAIR)
            .saturating_add(per_pair(tag.prefixed, PAIR + self.namespace / BYTES));
        self.pairs = self.pairs.saturating_add(pairs);
    }

    /// Names what costs most.
    fn excess(&self) -> Option<String> {
        let Self { comparisons, lookups, pairs, .. } = *self;
        if comparisons.saturating_add(lookups).saturating_add(pairs) <= BUDGET {
            return None;
        }
        let most = comparisons.max(lookups).max(pairs);
        Some(if most == comparisons {
            "too many namespace declarations inside one another; declare the prefixes once, at the root element".to_owned()
        } else if most == lookups {
            "too many elements and prefixes below too many namespace declarations; leave out the declarations that nothing uses".to_owned()
        } else {
            "too many elements with hundreds of attributes, or a namespace too long; spread the attributes over more elements".to_owned()
        })
    }
}

#[derive(Default)]
struct Tag {
    attributes: usize,
    declarations: usize,
    /// The number of colons outside values. There are at most as many prefixes.
    prefixed: usize,
    /// The length of the longest value of a declaration.
    namespace: usize,
    is_empty: bool,
    is_closed: bool,
    end: usize,
}

impl Tag {
    fn excess(&self, in_scope: usize) -> Option<String> {
        if self.attributes > MAX_ATTRIBUTES {
            return Some(format!("more than {MAX_ATTRIBUTES} attributes on one element"));
        }
        (in_scope > MAX_DECLARATIONS).then(|| {
            format!("more than {MAX_DECLARATIONS} namespace declarations in scope at one element")
        })
    }

    /// Reads to the end of the tag, or of the bytes. The parser compares even the attributes of a
    /// tag without an end.
    fn read(bytes: &[u8], start: usize) -> Self {
        let mut tag = Self { end: start + 1, ..Self::default() };
        let mut declares = false;
        while let Some(&c) = bytes.get(tag.end) {
            match c {
                b'>' => {
                    tag.is_empty = bytes.get(tag.end - 1) == Some(&b'/');
                    tag.is_closed = true;
                    tag.end += 1;
                    return tag;
                }
                b'"' | b'\'' => {
                    let close = find(bytes, tag.end + 1, c);
                    tag.attributes += 1;
                    let Some(close) = close else { return Self { end: bytes.len(), ..tag } };
                    if declares {
                        tag.namespace = tag.namespace.max(close - tag.end);
                        declares = false;
                    }
                    tag.end = close + 1;
                }
                b'x' if starts_declaration(bytes, tag.end) => {
                    tag.declarations += 1;
                    declares = true;
                    tag.end += 5;
                }
                _ => {
                    tag.prefixed += usize::from(c == b':');
                    tag.end += 1;
                }
            }
        }
        tag
    }
}

/// The parser takes `p:xmlns` for a declaration as well.
fn starts_declaration(bytes: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|i| bytes.get(i));
    before.is_some_and(|c| c.is_ascii_whitespace() || *c == b':')
        && bytes.get(at..).is_some_and(|rest| rest.starts_with(b"xmlns"))
}

fn find(bytes: &[u8], from: usize, byte: u8) -> Option<usize> {
    memchr(byte, bytes.get(from..)?).map(|offset| from + offset)
}

fn after(bytes: &[u8], from: usize, end: &str) -> Option<usize> {
    memmem::find(bytes.get(from..)?, end.as_bytes()).map(|offset| from + offset + end.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(text: &str) -> Option<String> {
        excess(text).map(|excess| format!("{}: {}", excess.position, excess.reason))
    }

    fn nested(levels: usize) -> String {
        let open: String = (0..levels).map(|i| format!("<a xmlns:p{i}='u'>")).collect();
        format!("\n{open}{}", "</a>".repeat(levels))
    }

    fn declarations(n: usize) -> String {
        (0..n).map(|i| format!(" xmlns:p{i}='u'")).collect()
    }

    fn attributes(n: usize, prefix: &str) -> String {
        (0..n).map(|i| format!(" {prefix}a{i}=''")).collect()
    }

    #[test]
    fn declarations_are_counted_in_scope() {
        assert_eq!(reason(&nested(1_000)), None);
        assert_eq!(
            reason(&nested(1_001)).unwrap(),
            "2:17891: more than 1000 namespace declarations in scope at one element"
        );
        assert_eq!(reason(&format!("<r>{}</r>", "<a xmlns='u'/>".repeat(200_000))), None);
        assert_eq!(
            reason(&format!("<r{}>{}</r>", declarations(900), "<a xmlns='u'/>".repeat(1_000)))
                .unwrap(),
            "1:21934: too many namespace declarations inside one another; declare the prefixes once, at the root element"
        );
        assert!(reason(&format!("<a{}", declarations(1_001))).is_some());
        assert!(reason(&format!("<a{} ", " p:xmlns='u'".repeat(1_001))).is_some());
        assert_eq!(reason(&format!("<r>{}</r>", "<a xmlns='u'></a>".repeat(2_000))), None);
        assert_eq!(reason(&format!("<r><!--{}--></r>", "<a xmlns='u'>".repeat(2_000))), None);
        assert_eq!(reason(&format!("<r><![CDATA[{}]]></r>", "<a xmlns='u'>".repeat(2_000))), None);
        assert_eq!(reason(&format!("<r a=\"{}\"/>", " xmlns='>'".repeat(2_000))), None);
    }

    #[test]
    fn attributes_are_counted_in_their_tag() {
        let tag = |n: usize| {
            format!("<r><a{}/></r>", (0..n).map(|i| format!(" a{i}='>'")).collect::<String>())
        };
        assert_eq!(reason(&tag(1_000)), None);
        assert_eq!(reason(&tag(1_001)).unwrap(), "1:4: more than 1000 attributes on one element");
        assert_eq!(reason(&format!("<r>{}</r>", "a='b' ".repeat(5_000))), None);
        let shortest = format!("<a{}>", " a=''".repeat(1_001));
        assert!(reason(&shortest).is_some());
        let unclosed = format!("<a{} a='", " a=''".repeat(1_001));
        assert!(reason(&unclosed).is_some());
    }

    #[test]
    fn what_is_looked_up_is_counted() {
        let below = |n: usize, tag: &str, times| {
            reason(&format!("<r{}>{}</r>", declarations(n), tag.repeat(times)))
        };
        let expected = "1:1338887: too many elements and prefixes below too many namespace declarations; leave out the declarations that nothing uses";
        for tag in ["<a/>", "<p1:a/>", "<a p1:b=''/>"] {
            assert_eq!(below(999, tag, 100_000), None, "{tag}");
            assert_eq!(below(20, tag, 500_000), None, "{tag}");
            assert!(below(999, tag, 400_000).is_some(), "{tag}");
        }
        assert_eq!(below(999, "<a/>", 400_000).unwrap(), expected);
        assert!(below(999, "<a/>\n<b>text</b>", 200_000).is_some());
    }

    #[test]
    fn attributes_are_compared_in_pairs() {
        let elements =
            |tag: &str, times| reason(&format!("<r xmlns:p='u'>{}</r>", tag.repeat(times)));
        let expected = "too many elements with hundreds of attributes, or a namespace too long; spread the attributes over more elements";
        for prefix in ["", "p:"] {
            let tag = format!("<a{}/>", attributes(1_000, prefix));
            assert_eq!(elements(&tag, 300), None);
            assert!(elements(&tag, 700).unwrap().ends_with(expected));
            let short = format!("<a{}/>", attributes(100, prefix));
            assert_eq!(elements(&short, 10_000), None);
            assert!(elements(&short, 70_000).is_some());
        }
        let tag = format!("<a{}/>", attributes(1_000, "p:"));
        for (len, times) in [(100_000, 2), (1_000, 120)] {
            let text =
                |times| format!("<r xmlns:p='{}'>{}</r>", "u".repeat(len), tag.repeat(times));
            assert_eq!(reason(&text(times / 2)), None);
            assert!(reason(&text(times)).unwrap().ends_with(expected));
        }
    }

    #[test]
    fn ordinary_texts_are_not_read() {
        let long = "text > ".repeat(2_000);
        let entry =
            "<p:entry p:uri='sip:user@example.com'><q:display-name>A</q:display-name></p:entry>";
        for body in
            [entry, "<p:a/>", &format!("<p:a>{long}</p:a>"), &format!("<!--{long}--><p:a/>")]
        {
            let text = format!(
                "<r xmlns='urn:ietf:params:xml:ns:resource-lists' xmlns:p='urn:p' xmlns:q='urn:q'>{}</r>",
                body.repeat(10_000_000 / body.len())
            );
            assert!(!may_exceed(text.as_bytes()), "{body:.50}");
            assert!(!may_exceed(text.get(..100_000).unwrap().as_bytes()), "{body:.50}");
        }
    }

    /// Texts that the bounds let pass unread cost less than the budget.
    #[test]
    fn the_bounds_hold() {
        for (attributes_each, declared) in [(20, 2), (40, 10), (2, 100)] {
            let tag = format!("<a{}/>", attributes(attributes_each, "p1:"));
            let tags = tag.repeat(4_000_000 / tag.len());
            let text = format!("<r{}>{tags}</r>", declarations(declared));
            assert!(!may_exceed(text.as_bytes()), "{attributes_each}");
            assert_eq!(scan(&text), None);
        }
    }
}
