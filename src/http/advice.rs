//! Advice for some statuses, drawn from the request that was refused.

use crate::answer::ETag;
use crate::http_types::HeaderMap;
use crate::http_types::header::{CONTENT_TYPE, HeaderName, IF_MATCH, IF_NONE_MATCH};

/// What the fields of the request say about the status of its answer.
pub(crate) fn advice(status: u16, headers: &HeaderMap) -> Option<String> {
    match status {
        304 => single_tag(headers, &IF_NONE_MATCH).map(|etag| matched(&etag)),
        412 => failed_condition(headers),
        415 => headers.get(CONTENT_TYPE).map(|sent| {
            let sent = String::from_utf8_lossy(sent.as_bytes());
            format!("the server does not take {sent} there")
        }),
        _ => None,
    }
}

/// When both conditions were sent, either may have failed, so there is no advice.
fn failed_condition(headers: &HeaderMap) -> Option<String> {
    match (headers.contains_key(IF_MATCH), headers.contains_key(IF_NONE_MATCH)) {
        (true, false) => single_tag(headers, &IF_MATCH).map(|etag| unmatched(&etag)),
        (false, true) => single_tag(headers, &IF_NONE_MATCH).map(|etag| matched(&etag)),
        _ => None,
    }
}

/// The single tag of a condition, or `*`. A list of tags gives no advice.
fn single_tag(headers: &HeaderMap, name: &HeaderName) -> Option<ETag> {
    let mut fields = headers.get_all(name).iter();
    let etag = ETag::from_bytes(fields.next()?.as_bytes())?;
    (fields.next().is_none() && (etag.is_any() || etag.is_entity_tag())).then_some(etag)
}

fn unmatched(etag: &ETag) -> String {
    if etag.is_any() {
        return "If-Match: * needs a document that is there".to_owned();
    }
    if etag.is_weak() {
        return format!(
            "the ETag {etag} is weak, and If-Match never matches a weak one (RFC 9110 section \
             13.1.1)"
        );
    }
    format!("the document is not the one with the ETag {etag}; fetch it again")
}

fn matched(etag: &ETag) -> String {
    if etag.is_any() {
        return "there is one already".to_owned();
    }
    format!("the document has the ETag {etag}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http_types::HeaderValue;

    #[track_caller]
    fn check(status: u16, fields: &[(HeaderName, &'static str)], expected: Option<&str>) {
        let mut headers = HeaderMap::new();
        for (name, field) in fields {
            headers.append(name, HeaderValue::from_static(field));
        }
        assert_eq!(advice(status, &headers).as_deref(), expected, "{fields:?}");
    }

    #[test]
    fn a_list_of_tags_gets_no_advice() {
        for list in [
            r#""a", "b""#,
            r#"W/"a", "b""#,
            r#""a", W/"b""#,
            r#"W/"a",W/"b""#,
            r#""a""b""#,
            "*, \"a\"",
            "a, b",
            "\"",
            "W/",
        ] {
            check(412, &[(IF_MATCH, list)], None);
            check(412, &[(IF_NONE_MATCH, list)], None);
            check(304, &[(IF_NONE_MATCH, list)], None);
        }
        check(412, &[(IF_NONE_MATCH, "\"a\""), (IF_NONE_MATCH, "\"b\"")], None);
        check(412, &[(IF_MATCH, "\"a\""), (IF_NONE_MATCH, "\"b\"")], None);
    }

    #[test]
    fn one_tag_is_named() {
        let matched = Some("the document has the ETag W/\"a,b\"");
        check(304, &[(IF_NONE_MATCH, "W/\"a,b\"")], matched);
        check(412, &[(IF_NONE_MATCH, " W/\"a,b\" ")], matched);
        check(412, &[(IF_NONE_MATCH, "*")], Some("there is one already"));
        check(412, &[(IF_MATCH, "*")], Some("If-Match: * needs a document that is there"));
    }
}
