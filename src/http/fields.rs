//! The header fields of a request, checked and put together from what a caller gives.

use crate::answer::{ETagArg, Error, HeadersArg, Result};
use crate::http_types::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName, IF_MATCH, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, PROXY_AUTHORIZATION, RANGE, USER_AGENT,
};
use crate::http_types::{HeaderMap, HeaderValue};

/// Fields that frame a message. Only the HTTP library sets them.
const FRAMING: [&str; 5] = ["content-length", "transfer-encoding", "expect", "te", "trailer"];

/// Fields that a request has only once. If several are given, the last is sent.
const SINGLE: [HeaderName; 5] = [AUTHORIZATION, CONTENT_TYPE, HOST, IF_MATCH, USER_AGENT];

/// Fields about the state of one resource, or about a part of it.
const OF_ONE_REQUEST: [HeaderName; 6] =
    [IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, RANGE];

/// Fields that the HTTP library adds if they are missing. An empty field tells the transport to
/// send none.
pub(super) const ADDED: [HeaderName; 2] = [ACCEPT, USER_AGENT];

/// The fields of every request of a client, checked once. If a name occurs more than once, the last
/// value counts.
pub(crate) fn of_every_request(headers: &[(String, String)]) -> Result<HeaderMap> {
    let mut fields = HeaderMap::new();
    for (name, text) in headers {
        let (parsed, mut field) = field(name, text)?;
        if OF_ONE_REQUEST.contains(&parsed) {
            return Err(Error::invalid_input(format!(
                "header `{name}` cannot be meant for every request; give it to the one that it is \
                 meant for"
            )));
        }
        if parsed == PROXY_AUTHORIZATION {
            return Err(Error::invalid_input(format!(
                "header `{name}` would go to the server; put user name and password into the URL \
                 of `proxy`"
            )));
        }
        field.set_sensitive(true);
        fields.insert(parsed, field);
    }
    Ok(fields)
}

/// What a caller wants in the head of a request, not looked at yet.
#[derive(Clone, Default)]
pub(crate) struct RequestHeaders {
    headers: Vec<(String, String)>,
    content_type: Option<String>,
    if_match: Option<Vec<u8>>,
    if_none_match: Option<Vec<u8>>,
}

impl RequestHeaders {
    pub(crate) fn add(&mut self, headers: HeadersArg<'_>) {
        self.headers
            .extend(headers.pairs().iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
    }

    pub(crate) fn set_content_type(&mut self, media_type: &str) {
        self.content_type = Some(media_type.to_owned());
    }

    pub(crate) fn set_if_match(&mut self, etag: &ETagArg<'_>) {
        self.if_match = etag.to_field();
    }

    pub(crate) fn set_if_none_match(&mut self, etag: &ETagArg<'_>) {
        self.if_none_match = etag.to_field();
    }

    pub(crate) fn forget_conditions(&mut self) {
        self.if_match = None;
        self.if_none_match = None;
        let is_condition = |name: &str| {
            [IF_MATCH, IF_NONE_MATCH].iter().any(|field| name.eq_ignore_ascii_case(field.as_str()))
        };
        self.headers.retain(|(name, _)| !is_condition(name));
    }

    /// The names of the headers, whose values may be secrets.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.headers.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// The fields of a request without a body. The client's media type is left out, unless the
    /// caller gives one for this very request.
    pub(crate) fn fields(&self, of_client: &HeaderMap) -> Result<HeaderMap> {
        let mut beneath = of_client.clone();
        beneath.insert(CONTENT_TYPE, HeaderValue::from_static(""));
        self.over(&beneath)
    }

    /// The fields of a request with a body. `media_type` is used unless the caller gave another,
    /// for this request or for all requests of the client.
    pub(crate) fn fields_with_body(
        &self,
        of_client: &HeaderMap,
        media_type: &str,
    ) -> Result<HeaderMap> {
        let mut beneath = of_client.clone();
        let of_body = |text: &str| value(CONTENT_TYPE.as_str(), text.as_bytes());
        if let Some(own) = &self.content_type {
            beneath.insert(CONTENT_TYPE, of_body(own)?);
        } else if !beneath.contains_key(CONTENT_TYPE) {
            beneath.insert(CONTENT_TYPE, of_body(media_type)?);
        }
        self.over(&beneath)
    }

    /// The caller's fields, and those fields of `beneath` that the caller does not replace. An
    /// empty field of the caller's means that no field of that name is sent.
    fn over(&self, beneath: &HeaderMap) -> Result<HeaderMap> {
        let mut fields = self.given()?;
        for (name, default) in beneath {
            let is_empty = fields.entry(name).or_insert_with(|| default.clone()).is_empty();
            if is_empty && !ADDED.contains(name) {
                fields.remove(name);
            }
        }
        Ok(fields)
    }

    /// The headers, and each condition that no header already sets. An empty header discards
    /// earlier ones of its name, and the next one replaces it.
    fn given(&self) -> Result<HeaderMap> {
        let mut fields = HeaderMap::new();
        for (name, text) in &self.headers {
            let (parsed, field) = field(name, text)?;
            let is_first = fields.get(&parsed).is_none_or(HeaderValue::is_empty);
            if is_first || field.is_empty() || SINGLE.contains(&parsed) {
                fields.insert(parsed, field);
            } else {
                fields.append(parsed, field);
            }
        }
        for (name, field) in [(IF_MATCH, &self.if_match), (IF_NONE_MATCH, &self.if_none_match)] {
            if let Some(field) = field {
                let field = value(name.as_str(), field)?;
                fields.entry(name).or_insert(field);
            }
        }
        Ok(fields)
    }
}

/// Refuses what no header can carry.
pub(crate) fn check_text(what: &str, text: &str) -> Result<()> {
    if text.len() > MAX_VALUE {
        return Err(Error::invalid_input(format!("the {what} is longer than {MAX_VALUE} bytes")));
    }
    if text.chars().any(char::is_control) {
        return Err(Error::invalid_input(format!("the {what} holds a control character")));
    }
    Ok(())
}

/// A header as a caller gives it, or the error that names it.
fn field(name: &str, text: &str) -> Result<(HeaderName, HeaderValue)> {
    let parsed = field_name(name)?;
    let field = value(name, text.as_bytes())?;
    if PLAIN.contains(&parsed) && !is_plain(field.as_bytes()) {
        return Err(Error::invalid_input(format!(
            "header `{name}`: the value holds a character that is not ASCII"
        )));
    }
    Ok((parsed, field))
}

fn field_name(name: &str) -> Result<HeaderName> {
    let parsed = HeaderName::from_bytes(name.as_bytes()).map_err(|_| {
        Error::invalid_input(format!("header `{}` is not a header name", name.escape_debug()))
    })?;
    if FRAMING.contains(&parsed.as_str()) {
        return Err(Error::invalid_input(format!(
            "header `{parsed}` frames the message and cannot be given"
        )));
    }
    Ok(parsed)
}

/// The longest value that is sent. A field has to fit into the HTTP library's buffer.
pub(crate) const MAX_VALUE: usize = 120 * 1024;

/// The fields that the HTTP library reads itself. It accepts only plain values there.
const PLAIN: [HeaderName; 2] = [AUTHORIZATION, HOST];

/// Whether a value is ASCII without control characters other than tabs.
pub(super) fn is_plain(value: &[u8]) -> bool {
    value.iter().all(|byte| matches!(byte, b'\t' | b' '..=b'~'))
}

/// A field value, or the error that names the field.
pub(crate) fn value(name: &str, field: &[u8]) -> Result<HeaderValue> {
    if field.len() > MAX_VALUE {
        return Err(Error::invalid_input(format!(
            "header `{name}`: the value is longer than {MAX_VALUE} bytes"
        )));
    }
    HeaderValue::from_bytes(field).map_err(|_| {
        Error::invalid_input(format!(
            "header `{name}`: the value holds a line break, NUL or another control character"
        ))
    })
}

/// The fields for a GET that looks at what is there: without the conditions and the media type of
/// the body.
pub(crate) fn probe_headers(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    for name in [CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH] {
        headers.remove(name);
    }
    headers
}
