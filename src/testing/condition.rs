//! Conditional requests (RFC 9110 section 13), with one ETag for a whole document
//! (RFC 4825 section 8.2.6).

use super::http::Fields;

/// The result of the conditions of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Proceed,
    /// 304
    NotModified,
    /// 412
    Failed,
}

/// A field that is not a list of entity tags.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed(pub(super) &'static str);

/// Evaluates `If-Match` and `If-None-Match`. `current` is the field value of the document's ETag.
/// `None` if there is no document.
pub(super) fn evaluate(
    fields: &Fields,
    current: Option<&str>,
    is_read: bool,
) -> Result<Verdict, Malformed> {
    if let Some(list) = fields.list("if-match") {
        if !matches(&list, current, strong).ok_or(Malformed("If-Match"))? {
            return Ok(Verdict::Failed);
        }
    }
    if let Some(list) = fields.list("if-none-match") {
        if matches(&list, current, weak).ok_or(Malformed("If-None-Match"))? {
            return Ok(if is_read { Verdict::NotModified } else { Verdict::Failed });
        }
    }
    Ok(Verdict::Proceed)
}

/// An entity tag (RFC 9110 section 8.8.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tag<'a> {
    is_weak: bool,
    opaque: &'a str,
}

fn strong(a: Tag<'_>, b: Tag<'_>) -> bool {
    !a.is_weak && !b.is_weak && a.opaque == b.opaque
}

fn weak(a: Tag<'_>, b: Tag<'_>) -> bool {
    a.opaque == b.opaque
}

/// Whether a list, or `*`, matches the current ETag. `None` if the list is malformed.
fn matches(list: &str, current: Option<&str>, equal: fn(Tag<'_>, Tag<'_>) -> bool) -> Option<bool> {
    if list.trim() == "*" {
        return Some(current.is_some());
    }
    let tags = tags(list)?;
    let current = current.and_then(tag).map(|(tag, _)| tag);
    Some(current.is_some_and(|current| tags.into_iter().any(|tag| equal(tag, current))))
}

fn tags(list: &str) -> Option<Vec<Tag<'_>>> {
    let mut tags = Vec::new();
    let mut rest = list.trim_start();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix(',') {
            rest = after.trim_start();
            continue;
        }
        let (tag, after) = tag(rest)?;
        tags.push(tag);
        rest = after.trim_start();
        if !rest.is_empty() && !rest.starts_with(',') {
            return None;
        }
    }
    (!tags.is_empty()).then_some(tags)
}

/// The tag at the start of a text, and the rest.
fn tag(text: &str) -> Option<(Tag<'_>, &str)> {
    let (is_weak, quoted) = match text.strip_prefix("W/") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (opaque, rest) = quoted.strip_prefix('"')?.split_once('"')?;
    let is_tag = opaque.chars().all(|c| c != ' ' && !c.is_control());
    is_tag.then_some((Tag { is_weak, opaque }, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(name: &str, value: &str, current: Option<&str>) -> Result<Verdict, Malformed> {
        let fields = Fields(vec![(name.to_owned(), value.to_owned())]);
        evaluate(&fields, current, true)
    }

    #[test]
    fn if_match_compares_strongly() {
        let current = Some("\"a\"");
        for (value, expected) in [
            ("\"a\"", Verdict::Proceed),
            ("*", Verdict::Proceed),
            ("\"b\", \"a\"", Verdict::Proceed),
            ("\"b,\",,\"a\"", Verdict::Proceed),
            ("\"b\"", Verdict::Failed),
            ("W/\"a\"", Verdict::Failed),
        ] {
            assert_eq!(verdict("If-Match", value, current), Ok(expected), "{value}");
        }
        assert_eq!(verdict("If-Match", "\"a\"", Some("W/\"a\"")), Ok(Verdict::Failed));
        assert_eq!(verdict("If-Match", "*", None), Ok(Verdict::Failed));
    }

    #[test]
    fn if_none_match_compares_weakly() {
        let current = Some("\"a\"");
        for (value, expected) in [
            ("\"a\"", Verdict::NotModified),
            ("*", Verdict::NotModified),
            ("W/\"a\"", Verdict::NotModified),
            ("\"b\", W/\"a\"", Verdict::NotModified),
            ("\"b\"", Verdict::Proceed),
        ] {
            assert_eq!(verdict("If-None-Match", value, current), Ok(expected), "{value}");
        }
        assert_eq!(verdict("If-None-Match", "*", None), Ok(Verdict::Proceed));
        let fields = Fields(vec![("if-none-match".to_owned(), "*".to_owned())]);
        assert_eq!(evaluate(&fields, current, false), Ok(Verdict::Failed));
    }

    #[test]
    fn what_is_no_list_of_tags() {
        for value in ["a", "\"a", "\"a\" \"b\"", "", "w/\"a\"", "\"a b\"", ","] {
            assert_eq!(verdict("If-Match", value, None), Err(Malformed("If-Match")), "{value}");
        }
    }
}
