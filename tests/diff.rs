//! XCAP diffs (RFC 5874) and the patches in them (RFC 5261): from a text and a diff to a text.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "diff/decision.rs"]
mod decision;
#[path = "diff/errors.rs"]
mod errors;
#[path = "diff/format.rs"]
mod format;
#[path = "support/generate_patch.rs"]
mod generate_patch;
#[path = "diff/hostile.rs"]
mod hostile;
#[path = "support/naive_patch.rs"]
mod naive_patch;
#[path = "diff/property.rs"]
mod property;
#[path = "diff/rfc5261.rs"]
mod rfc5261;

use xcaplib::diff::{PatchError, PatchErrorKind, XcapDiff};

/// A diff of one document; operations have the prefix `d`.
fn diff(operations: &str, declarations: &str) -> String {
    format!(
        "<d:xcap-diff xmlns:d='urn:ietf:params:xml:ns:xcap-diff' {declarations} xcap-root='http://xcap.example.com/'>\
         <d:document sel='tests/global/index' previous-etag='1' new-etag='2'>{operations}</d:document></d:xcap-diff>"
    )
}

fn apply_with(declarations: &str, operations: &str, xml: &str) -> Result<String, PatchError> {
    let diff = XcapDiff::parse(diff(operations, declarations)).unwrap();
    let report = diff.documents().next().unwrap();
    report.apply(xml)
}

fn apply(operations: &str, xml: &str) -> Result<String, PatchError> {
    apply_with("", operations, xml)
}

#[track_caller]
fn patched(xml: &str, operations: &str, expected: &str) {
    assert_eq!(apply(operations, xml).unwrap(), expected);
}

#[track_caller]
fn refused(xml: &str, operations: &str, kind: PatchErrorKind, reason: &str) {
    refused_with("", xml, operations, kind, reason);
}

#[track_caller]
fn refused_with(
    declarations: &str,
    xml: &str,
    operations: &str,
    kind: PatchErrorKind,
    reason: &str,
) {
    let error = apply_with(declarations, operations, xml).unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    let text = error.to_string();
    assert!(text.contains(reason), "{text}");
    assert!(!text.ends_with('.'), "{text}");
}
