//! Conditions as this server reads them. Quotes mean little, and anything that is not a tag is an
//! error of its own.

use crate::testing::condition::Verdict;
use crate::testing::denial::Denial;
use crate::testing::http::Fields;

use super::answer::failed;

/// Characters that a tag cannot contain once its quotes are gone. A weak tag contains some of them,
/// so it is not a tag here.
const SEPARATORS: &[char] = &[
    '(', ')', '<', '>', '@', ',', ';', ':', '\\', '"', '/', '[', ']', '?', '=', '{', '}', ' ', '\t',
];

/// `current` is the ETag of the document without its quotes. `None` if there is no document.
pub(super) fn evaluate(
    fields: &Fields,
    current: Option<&str>,
    is_read: bool,
) -> Result<Verdict, Denial> {
    if let Some(list) = field(fields, "if-match") {
        if !matches(list, current)? {
            return Ok(Verdict::Failed);
        }
    }
    // The server does not know when documents were changed.
    if field(fields, "if-unmodified-since").is_some() {
        return Ok(Verdict::Failed);
    }
    let Some(list) = field(fields, "if-none-match") else { return Ok(Verdict::Proceed) };
    let is_match = matches(list, current)? && field(fields, "if-modified-since").is_none();
    Ok(match (is_match, is_read) {
        (false, _) => Verdict::Proceed,
        (true, true) => Verdict::NotModified,
        (true, false) => Verdict::Failed,
    })
}

fn field<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    fields.get(name).filter(|value| !value.is_empty())
}

fn matches(list: &str, current: Option<&str>) -> Result<bool, Denial> {
    let mut is_match = false;
    for tag in list.split(',') {
        let tag = tag.trim_matches('"');
        if tag.is_empty() || tag.contains(SEPARATORS) {
            return Err(failed());
        }
        is_match |= current.is_some_and(|current| tag == "*" || tag.eq_ignore_ascii_case(current));
    }
    Ok(is_match)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(name: &str, value: &str, current: Option<&str>) -> Option<Verdict> {
        let fields = Fields(vec![(name.to_owned(), value.to_owned())]);
        evaluate(&fields, current, true).ok()
    }

    #[test]
    fn quotes_mean_nothing() {
        for value in ["\"a\"", "a", "\"a", "*", "\"*\"", "\"b\",\"a\""] {
            assert_eq!(verdict("If-Match", value, Some("a")), Some(Verdict::Proceed), "{value}");
            assert_eq!(verdict("If-None-Match", value, Some("a")), Some(Verdict::NotModified));
            assert_eq!(verdict("If-Match", value, None), Some(Verdict::Failed), "{value}");
        }
        assert_eq!(verdict("If-Match", "'a'", Some("a")), Some(Verdict::Failed));
        assert_eq!(verdict("If-None-Match", "\"b\"", Some("a")), Some(Verdict::Proceed));
    }

    #[test]
    fn what_is_no_tag_is_an_error() {
        for value in ["W/\"a\"", "\"\"", "\"b\", \"a\"", "\"a\",", "*, \"x\""] {
            assert_eq!(verdict("If-Match", value, Some("a")), None, "{value}");
            assert_eq!(verdict("If-None-Match", value, Some("a")), None, "{value}");
        }
    }

    #[test]
    fn dates_only_get_in_the_way() {
        let date = "Thu, 01 Jan 1970 00:00:00 GMT";
        assert_eq!(verdict("If-Unmodified-Since", date, Some("a")), Some(Verdict::Failed));
        assert_eq!(verdict("If-Modified-Since", date, Some("a")), Some(Verdict::Proceed));
    }
}
