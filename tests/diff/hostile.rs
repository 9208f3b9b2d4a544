//! Input made to do harm: no panic, no overflow, no long time.

use std::time::{Duration, Instant};

use xcaplib::ETag;
use xcaplib::diff::{Decision, PatchErrorKind, XcapDiff};

use super::{apply, apply_with, diff};

/// Far more than it takes, and far less than it would take without bounds.
#[track_caller]
fn in_time<T>(call: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = call();
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
    result
}

fn nested(depth: usize) -> String {
    format!("{}t{}", "<a>".repeat(depth), "</a>".repeat(depth))
}

#[test]
fn deep_documents() {
    let xml = nested(100_000);
    in_time(|| {
        let patched = apply("<d:add sel='a/a/a' type='@b'>1</d:add>", &xml).unwrap();
        assert_eq!(patched, xml.replacen("<a><a><a>", "<a><a><a b=\"1\">", 1));
        let patched = apply("<d:remove sel='a/a'/>", &xml).unwrap();
        assert_eq!(patched, "<a></a>");
        assert_eq!(apply("<d:remove sel='a/a[.=\"t\"]'/>", &xml).unwrap(), "<a></a>");
        let patched = apply("<d:add sel='a' type='namespace::p'>u:</d:add>", &xml).unwrap();
        assert!(patched.starts_with("<a xmlns:p=\"u:\"><a>"));
        let patched = apply(&format!("<d:add sel='r'>{xml}</d:add>"), "<r/>").unwrap();
        assert_eq!(patched, format!("<r>{xml}</r>"));
    });
}

#[test]
fn deep_selectors() {
    let xml = nested(50_000);
    let sel = "/a".repeat(50_000);
    in_time(|| {
        let patched = apply(&format!("<d:replace sel='{sel}/text()'>u</d:replace>"), &xml).unwrap();
        assert_eq!(patched, xml.replace('t', "u"));
        // Each step would read all text below it.
        let sel = "/a[.=\"t\"]".repeat(50_000);
        let error = apply(&format!("<d:remove sel='{sel}'/>"), &xml).unwrap_err();
        assert_eq!(error.kind(), PatchErrorKind::TooExpensive);
        let wide = format!("<r>{}</r>", "<a b=''/>".repeat(20_000));
        let sel = format!("r/a{}", "[@b=\"\"]".repeat(20_000));
        let error = apply(&format!("<d:remove sel='{sel}'/>"), &wide).unwrap_err();
        assert_eq!(error.kind(), PatchErrorKind::TooExpensive);
    });
}

#[test]
fn many_operations() {
    let operations = "<d:remove sel='*/*[1]'/>".repeat(40_000);
    let xml = format!("<r>{}</r>", "<a b=''/>".repeat(40_000));
    in_time(|| {
        let error = apply(&operations, &xml).unwrap_err();
        assert_eq!(error.kind(), PatchErrorKind::TooExpensive);
        assert!(error.to_string().contains("fetch the document instead"), "{error}");
    });
    // Nor do many reports add up.
    let report = "<d:document sel='tests/global/index' previous-etag='1' new-etag='1'>\
                  <d:add sel='*' type='namespace::p'>u:</d:add><d:remove sel='*/namespace::p'/></d:document>";
    let diff = format!(
        "<d:xcap-diff xmlns:d='urn:ietf:params:xml:ns:xcap-diff' xcap-root='r'>{}</d:xcap-diff>",
        report.repeat(5_000)
    );
    in_time(|| {
        let diff = XcapDiff::parse(diff).unwrap();
        let etag = ETag::new("\"1\"");
        let decision = diff.decide("tests/global/index", etag.as_ref(), &xml);
        assert!(matches!(decision, Decision::Fetch(_)), "too expensive");
    });
}

#[test]
fn many_declarations() {
    let many = |n: usize| (0..n).map(|i| format!(" xmlns:p{i}='u{i}:'")).collect::<String>();
    in_time(|| {
        assert!(XcapDiff::parse(diff("", &many(2_000))).is_err());
        let error = apply("<d:remove sel='a'/>", &format!("<a{}/>", many(2_000))).unwrap_err();
        assert_eq!(error.kind(), PatchErrorKind::NotWellFormed);
        // As many as may be, one of which is the diff's own.
        let content = "<p989:e p989:a=''/>".repeat(20_000);
        let xml = format!("<a{}/>", many(990));
        let patched =
            apply_with(&many(990), &format!("<d:add sel='a'>{content}</d:add>"), &xml).unwrap();
        assert!(patched.ends_with("<p989:e p989:a=''/></a>"));
        let add = |i: usize| format!("<d:add sel='a' type='namespace::q{i}'>u:</d:add>");
        let adds: String = (0..11).map(add).collect();
        let error = apply(&adds, &xml).unwrap_err();
        assert_eq!(error.kind(), PatchErrorKind::NotWellFormed, "1001 in scope");
        assert_eq!(error.operation().unwrap().markup(), add(10));
        // Declarations on each of many operations.
        let operation = "<d:add xmlns:x='x:' sel='a' type='@b'/>".repeat(20_000);
        assert!(XcapDiff::parse(diff(&operation, &many(30))).is_ok());
    });
}

/// A short prefix in the diff, a long one in the document.
#[test]
fn content_cannot_swell() {
    let long = "p".repeat(60_000);
    let xml = format!("<a xmlns:{long}='u:'/>");
    let operation = format!("<d:add sel='a'>{}</d:add>", "<x:e/>".repeat(20_000));
    let error = in_time(|| apply_with("xmlns:x='u:'", &operation, &xml).unwrap_err());
    assert_eq!(error.kind(), PatchErrorKind::TooExpensive);
}

#[test]
fn other_encodings_and_document_type_declarations() {
    let text = diff("<d:remove sel='a'/>", "");
    let utf16: Vec<u8> =
        [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let error = XcapDiff::parse(utf16).unwrap_err();
    assert!(error.to_string().contains("the text is UTF-16"), "{error}");
    let latin1 = format!("<?xml version='1.0' encoding='iso-8859-1'?>{text}");
    let error = XcapDiff::parse(latin1).unwrap_err();
    assert!(error.to_string().contains("iso-8859-1"), "{error}");
    let entities: String =
        (0..20).map(|i| format!("<!ENTITY e{} '&e{i};&e{i};'>", i + 1)).collect();
    let error = XcapDiff::parse(format!("<!DOCTYPE d [{entities}]>{text}")).unwrap_err();
    assert!(error.to_string().contains("document type declaration"), "{error}");
}

#[test]
fn every_truncation() {
    let declarations = "xmlns:p='u:'";
    let operations = "<d:add sel='*'><p:a x='1'>]]&gt;<![CDATA[é]]></p:a><!-- c --><?p?></d:add>\
                      <d:replace sel='*/@b'>x</d:replace><d:remove sel='*/text()[.=\"\"]'/>";
    let text = diff(operations, declarations);
    for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
        assert!(XcapDiff::parse(&text[..end]).is_err());
    }
    let xml = "<a b='1' xmlns:q='u:'>é<![CDATA[]]]]><!-- c --></a>";
    for end in (0..xml.len()).filter(|end| xml.is_char_boundary(*end)) {
        let error = apply("<d:add sel='*'>x</d:add>", &xml[..end]).unwrap_err();
        assert_eq!(error.kind(), PatchErrorKind::NotWellFormed);
    }
    // And every beginning of a selector.
    let sel = "/id(\"é\")/p:a[@p:b='é'][2][p:c=\"x\"][.='y']/processing-instruction('x')[1]";
    for end in (0..sel.len()).filter(|end| sel.is_char_boundary(*end)) {
        let sel = sel[..end].replace('"', "&quot;");
        let _ = apply_with(declarations, &format!("<d:remove sel=\"{sel}\"/>"), xml);
    }
}
