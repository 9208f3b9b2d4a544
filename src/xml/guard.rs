//! Keeps from the XML parser what it would take quadratic time for.
//!
//! The parser compares each attribute with those before it in the same tag, looks each prefix up in
//! a list of all declarations in scope, and at each declaration compares that list with itself: 100 kB
//! of such text can take it many seconds.

use memchr::{memchr, memmem, memrchr};
use roxmltree::TextPos;

use super::position;

/// How many namespace declarations may be in scope at one element.
const MAX_DECLARATIONS: usize = 1_000;
/// How many attributes one element may have.
const MAX_ATTRIBUTES: usize = 1_000;
/// How many comparisons of declarations a text may cost: about a second.
const MAX_COMPARISONS: usize = 500_000_000;
/// The shortest tag with more attributes than that: each takes ` a=""` or more.
const SHORTEST_LONG_TAG: usize = 5 * MAX_ATTRIBUTES;

/// What there is too much of, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Excess {
    pub(super) position: TextPos,
    pub(super) reason: String,
}

pub(super) fn excess(text: &str) -> Option<Excess> {
    if has_long_tag(text) || has_many_declarations(text) { scan(text) } else { None }
}

fn has_many_declarations(text: &str) -> bool {
    memmem::find_iter(text.as_bytes(), "xmlns").nth(MAX_DECLARATIONS).is_some()
}

/// Whether two `<` are so far apart that a tag with too many attributes fits between them.
///
/// Looks at the last `<` of each stretch alone, so most of the text is never read.
fn has_long_tag(text: &str) -> bool {
    let mut rest = text.as_bytes();
    while let Some(stretch) = rest.get(..SHORTEST_LONG_TAG) {
        match memrchr(b'<', stretch) {
            Some(0) | None => return true,
            Some(next) => rest = rest.get(next..).unwrap_or_default(),
        }
    }
    false
}

/// Reads the tags, counting; stops where the text is no longer well-formed, as the parser will.
fn scan(text: &str) -> Option<Excess> {
    let bytes = text.as_bytes();
    let mut open: Vec<usize> = Vec::new();
    let mut at = 0;
    let mut comparisons: usize = 0;
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
            let tag = Tag::read(bytes, start)?;
            let in_scope = open.last().copied().unwrap_or(0) + tag.declarations;
            if tag.declarations > 0 {
                comparisons += in_scope * in_scope;
            }
            if let Some(reason) = tag.excess(in_scope, comparisons) {
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

struct Tag {
    attributes: usize,
    declarations: usize,
    is_empty: bool,
    end: usize,
}

impl Tag {
    fn excess(&self, in_scope: usize, comparisons: usize) -> Option<String> {
        if self.attributes > MAX_ATTRIBUTES {
            return Some(format!("more than {MAX_ATTRIBUTES} attributes on one element"));
        }
        if in_scope > MAX_DECLARATIONS {
            return Some(format!(
                "more than {MAX_DECLARATIONS} namespace declarations in scope at one element"
            ));
        }
        (comparisons > MAX_COMPARISONS)
            .then(|| "too many namespace declarations inside one another".to_owned())
    }

    fn read(bytes: &[u8], start: usize) -> Option<Self> {
        let mut tag = Self { attributes: 0, declarations: 0, is_empty: false, end: start + 1 };
        loop {
            let c = *bytes.get(tag.end)?;
            match c {
                b'>' => {
                    tag.is_empty = bytes.get(tag.end - 1) == Some(&b'/');
                    tag.end += 1;
                    return Some(tag);
                }
                b'"' | b'\'' => {
                    let close = find(bytes, tag.end + 1, c);
                    // An unclosed value still counts: the parser stops at it, not before.
                    tag.attributes += 1;
                    match close {
                        Some(close) => tag.end = close + 1,
                        None => return Some(Self { end: bytes.len(), ..tag }),
                    }
                }
                b'x' if starts_declaration(bytes, tag.end) => {
                    tag.declarations += 1;
                    tag.end += 5;
                }
                _ => tag.end += 1,
            }
        }
    }
}

fn starts_declaration(bytes: &[u8], at: usize) -> bool {
    let space_before =
        at.checked_sub(1).and_then(|i| bytes.get(i)).is_some_and(u8::is_ascii_whitespace);
    space_before && bytes.get(at..).is_some_and(|rest| rest.starts_with(b"xmlns"))
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

    #[test]
    fn declarations_are_counted_in_scope() {
        assert_eq!(reason(&nested(1_000)), None);
        assert_eq!(
            reason(&nested(1_001)).unwrap(),
            "2:17891: more than 1000 namespace declarations in scope at one element"
        );
        assert_eq!(reason(&format!("<r>{}</r>", "<a xmlns='u'/>".repeat(200_000))), None);
        let outer: String = (0..900).map(|i| format!(" xmlns:p{i}='u'")).collect();
        assert_eq!(
            reason(&format!("<r{outer}>{}</r>", "<a xmlns='u'/>".repeat(1_000))).unwrap(),
            "1:21990: too many namespace declarations inside one another"
        );
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
}
