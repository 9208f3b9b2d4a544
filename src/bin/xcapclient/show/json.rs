//! Answers for scripts: one line of JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use xcaplib::{Capabilities, Conflict, DocumentEntry, Response};

use crate::args::worded;
use crate::call::Outcome;

/// The answer, or the remark if there is no answer.
pub(crate) fn outcome(url: &str, outcome: &Outcome) -> String {
    let (answer, error) = match outcome {
        Outcome::Answer(answer) => (Some(answer), None),
        Outcome::Remark(text) => (None, Some(text)),
    };
    let conflict = answer.and_then(Response::conflict);
    let mut value = json!({
        "url": url,
        "status": answer.map(Response::status),
        "reason": answer.map(Response::reason),
        "etag": answer.and_then(Response::etag).map(ToString::to_string),
        "content_type": answer.and_then(|answer| answer.header("content-type")),
        "body": answer.and_then(Response::text),
        "xcap_error": conflict.as_ref().map(xcap_error),
        "reason_text": answer.and_then(Response::reason_text).map(worded),
        "location": answer.and_then(|answer| answer.header("location")),
    });
    if let (Value::Object(fields), Some(answer)) = (&mut value, answer) {
        // A JSON string cannot hold arbitrary bytes.
        if answer.text().is_none() {
            fields.insert("body_base64".to_owned(), STANDARD.encode(answer.body()).into());
        }
    }
    if let (Value::Object(fields), Some(text)) = (&mut value, error) {
        fields.insert("error".to_owned(), text.as_str().into());
    }
    line(&value)
}

fn xcap_error(conflict: &Conflict) -> Value {
    let exists = conflict.exists().iter();
    let exists: Vec<_> = exists
        .map(|exists| json!({"field": exists.field, "alt_values": exists.alt_values}))
        .collect();
    json!({
        "name": conflict.name(),
        "phrase": conflict.phrase(),
        "ancestor": conflict.ancestor(),
        "exists": exists,
    })
}

pub(crate) fn documents(entries: &[DocumentEntry]) -> String {
    let entries = entries.iter().map(|entry| {
        json!({
            "application": entry.application(),
            "user": entry.user(),
            "filename": entry.filename(),
            "uri": entry.uri(),
            "etag": entry.etag().map(ToString::to_string),
            "size": entry.size(),
            "last_modified": entry.last_modified(),
        })
    });
    line(&Value::Array(entries.collect()))
}

pub(crate) fn capabilities(capabilities: &Capabilities) -> String {
    line(&json!({
        "auids": capabilities.auids(),
        "extensions": capabilities.extensions(),
        "namespaces": capabilities.namespaces(),
    }))
}

fn line(value: &Value) -> String {
    format!("{value}\n")
}
