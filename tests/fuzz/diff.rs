//! XCAP diffs and the patches in them, on a text in memory.

use roxmltree::Document;
use xcaplib::ETag;
use xcaplib::diff::{Decision, DocumentReport, FetchReason, Report, XcapDiff};

use super::error;
use super::xml::is_well_formed;

/// An ETag, a diff, and the document that it is about, a 0x1E between them.
pub(crate) fn diff(data: &[u8]) {
    let mut fields = data.splitn(3, |byte| *byte == 0x1e);
    let mut field = || fields.next().unwrap_or_default();
    let (etag, diff) = (field(), field());
    let (Ok(etag), Ok(xml)) = (std::str::from_utf8(etag), std::str::from_utf8(field())) else {
        return;
    };
    let diff = match XcapDiff::parse(diff) {
        Ok(diff) => diff,
        Err(error) => {
            assert!(error.is_malformed_response(), "{error}");
            return error::is_sound(&error);
        }
    };
    let etag = ETag::new(etag);
    for report in diff.reports() {
        match report {
            Report::Document(report) => {
                applied(report, xml);
                decided(&diff, report, etag.as_ref(), xml);
            }
            Report::Element(report) => {
                let Some(content) = report.content() else { continue };
                assert!(report.exists());
                let bindings = report.namespace_bindings().into_iter().map(declaration);
                let wrapped = format!("<w{}>{content}</w>", bindings.collect::<String>());
                let document = Document::parse(&wrapped).expect(&wrapped);
                let whole = document.root_element().first_element_child().unwrap();
                assert_eq!(&wrapped[whole.range()], content);
            }
            Report::Attribute(report) => {
                assert_eq!(report.exists(), report.value().is_some());
            }
            _ => {}
        }
    }
    assert_eq!(diff.documents().count(), diff.reports().iter().filter(is_document).count());
}

/// Namespace declarations, operations with the prefix `d`, and the document that they patch, a 0x1E
/// between them.
pub(crate) fn patch(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut fields = text.splitn(3, '\u{1e}');
    let mut field = || fields.next().unwrap_or_default();
    let diff = format!(
        "<d:xcap-diff xmlns:d='urn:ietf:params:xml:ns:xcap-diff' {} xcap-root='http://h.example/'>\
         <d:document sel='a' previous-etag='1' new-etag='2'>{}</d:document></d:xcap-diff>",
        field(),
        field(),
    );
    let Ok(diff) = XcapDiff::parse(&diff) else { return };
    let xml = field();
    for report in diff.documents() {
        applied(report, xml);
        decided(&diff, report, ETag::new("\"1\"").as_ref(), xml);
    }
}

fn is_document(report: &&Report) -> bool {
    matches!(report, Report::Document(_))
}

fn declaration((prefix, namespace): (&str, &str)) -> String {
    let name = if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
    if prefix == "xml" {
        return String::new();
    }
    let namespace = namespace.replace('&', "&amp;").replace('<', "&lt;").replace('\'', "&apos;");
    format!(" {name}='{namespace}'")
}

/// What comes of a patch is well-formed, and a patch that is refused says which operation is.
fn applied(report: &DocumentReport, xml: &str) {
    let result = report.apply(xml);
    assert_eq!(result, report.apply(xml));
    match result {
        Ok(text) => {
            assert!(is_well_formed(&text), "{text:?} of {xml:?}: {report:?}");
            if report.operations().is_empty() {
                assert_eq!(text, xml);
            }
        }
        Err(error) => {
            let text = error.to_string();
            assert!(!text.is_empty() && !text.contains(|c: char| c.is_control()), "{text:?}");
            if let Some(operation) = error.operation() {
                assert!(report.operations().contains(operation), "{text}");
            }
        }
    }
}

/// A decision is what the report on its own would make of the document, if it is the only one.
fn decided(diff: &XcapDiff, report: &DocumentReport, etag: Option<&ETag>, xml: &str) {
    let decision = diff.decide(report.selector(), etag, xml);
    assert_ne!(decision, Decision::Other, "{report:?}");
    if diff.documents().count() > 1 {
        if let Decision::Patched { text, .. } = decision {
            assert!(is_well_formed(&text), "{text:?}");
        }
        return;
    }
    match decision {
        Decision::Patched { text, etag: new } => {
            assert_eq!(report.apply(xml).as_ref(), Ok(&text));
            assert!(!report.operations().is_empty());
            assert_eq!(
                diff.decide(report.selector(), Some(&new), &text),
                Decision::Unchanged { etag: new }
            );
        }
        Decision::Fetch(FetchReason::PatchFailed(error)) => {
            assert_eq!(report.apply(xml), Err(error));
        }
        Decision::Unchanged { .. } => {
            assert!(etag.is_some(), "{report:?}");
        }
        Decision::Gone => assert_eq!(report.new_etag(), None),
        Decision::Created { .. } => assert_eq!(report.previous_etag(), None),
        _ => {}
    }
}
