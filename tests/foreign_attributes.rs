//! Attributes of other namespaces, which extensions and tools put beside ours, are none of ours:
//! they come first here, where a look-up by local name finds them.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

use xcaplib::diff::{Decision, Report, XcapDiff};
use xcaplib::testing::{Fault, Profile, Server};
use xcaplib::{Applied, ETag, NodeSelector, document};

const ALICE: &str = "sip:alice@example.com";
const LISTS: &str = "urn:ietf:params:xml:ns:resource-lists";

/// A diff with `x` bound to a foreign namespace.
fn with(attributes: &str, content: &str) -> String {
    format!(
        "<d:xcap-diff xmlns:d='urn:ietf:params:xml:ns:xcap-diff' xmlns:x='urn:x' xmlns='{LISTS}' \
         {attributes}>{content}</d:xcap-diff>"
    )
}

fn root(content: &str) -> String {
    with("x:xcap-root='http://wrong/' xcap-root='http://right/'", content)
}

/// What one operation makes of a document.
fn patched(xml: &str, operation: &str) -> String {
    let report = format!(
        "<d:document sel='a/global/i' previous-etag='1' new-etag='2'>{operation}</d:document>"
    );
    let diff = XcapDiff::parse(root(&report)).unwrap();
    let report = diff.documents().next().unwrap();
    report.apply(xml).unwrap()
}

#[test]
fn an_operation_reads_its_own_attributes() {
    let xml = format!("<doc xmlns='{LISTS}'><a/><b/></doc>");
    let add = |attributes: &str, content: &str| {
        patched(&xml, &format!("<d:add {attributes}>{content}</d:add>"))
    };
    let in_doc = |content: &str| format!("<doc xmlns='{LISTS}'>{content}</doc>");
    assert_eq!(add("sel='doc/a' x:pos='before'", "<c/>"), in_doc("<a><c/></a><b/>"));
    assert_eq!(add("x:pos='before' sel='doc/a' pos='after'", "<c/>"), in_doc("<a/><c/><b/>"));
    assert_eq!(add("x:sel='doc/a' sel='doc/b'", "<c/>"), in_doc("<a/><b><c/></b>"));
    assert_eq!(add("x:type='x:t' sel='doc/a'", "<c/>"), in_doc("<a><c/></a><b/>"));
    assert_eq!(add("x:type='@t' sel='doc/a' type='@u'", "1"), in_doc("<a u=\"1\"/><b/>"));
    let removed = patched(
        &format!("<doc xmlns='{LISTS}'> <a/> </doc>"),
        "<d:remove x:ws='both' sel='doc/a'/>",
    );
    assert_eq!(removed, in_doc("  "));
}

#[test]
fn a_report_reads_its_own_attributes() {
    let diff = XcapDiff::parse(root(
        "<d:document x:sel='wrong' x:previous-etag='w' x:new-etag='v' sel='a/global/i' \
         previous-etag='1' new-etag='2'/>\
         <d:document x:new-etag='w' sel='a/global/j'/>\
         <d:element x:exists='0' x:sel='wrong' sel='a/global/i/~~/b'><b/></d:element>\
         <d:attribute x:exists='0' x:sel='wrong' sel='a/global/i/~~/b/@c'>1</d:attribute>",
    ))
    .unwrap();
    assert_eq!(diff.xcap_root(), "http://right/");
    let documents: Vec<_> = diff
        .documents()
        .map(|report| (report.selector(), report.previous_etag(), report.new_etag()))
        .collect();
    assert_eq!(documents, [("a/global/i", Some("1"), Some("2")), ("a/global/j", None, None)]);
    let [_, _, Report::Element(element), Report::Attribute(attribute)] = diff.reports() else {
        panic!("{diff:?}")
    };
    assert_eq!((element.selector(), element.content()), ("a/global/i/~~/b", Some("<b/>")));
    assert_eq!((attribute.selector(), attribute.value()), ("a/global/i/~~/b/@c", Some("1")));

    for (attributes, report) in [
        ("x:xcap-root='http://wrong/'", ""),
        ("xcap-root='http://right/'", "<d:document x:sel='a/global/i'/>"),
        ("xcap-root='http://right/'", "<d:element x:sel='a/global/i/~~/b'/>"),
    ] {
        let error = XcapDiff::parse(with(attributes, report)).unwrap_err();
        assert!(error.to_string().contains("has no attribute"), "{error}");
    }
}

#[test]
fn a_diff_about_another_version_is_not_taken_for_ours() {
    let report = "<d:document sel='a/global/i' x:previous-etag='1' previous-etag='0' new-etag='2'>\
                  <d:remove sel='doc/b'/></d:document>";
    let diff = XcapDiff::parse(root(report)).unwrap();
    let xml = format!("<doc xmlns='{LISTS}'><b/></doc>");
    let decision = diff.decide("a/global/i", ETag::new("1").as_ref(), &xml);
    assert!(matches!(decision, Decision::Fetch(_)), "{decision:?}");
}

/// A copy that took the wrong `sel` said that it was current, and its next change lost a list.
#[test]
fn a_notification_changes_what_it_names() {
    let server = Server::start().unwrap();
    let client = server.client(ALICE).unwrap();
    let lists = |lists: &str| format!("<resource-lists xmlns='{LISTS}'>{lists}</resource-lists>");
    server.set_document(
        "resource-lists",
        ALICE,
        "index",
        &lists("<list name='a'/><list name='b'/>"),
    );
    let mut copy = client.open("resource-lists").unwrap();
    let old = copy.etag().unwrap().opaque().to_owned();
    client.delete("resource-lists", "/resource-lists/list[@name='a']", None, None).unwrap();
    let now = client.get("resource-lists", None, None, None).unwrap();
    let new = now.etag().unwrap().opaque().to_owned();
    let notification = root(&format!(
        "<d:document sel='resource-lists/users/{ALICE}/index' previous-etag='{old}' new-etag='{new}'>\
         <d:remove x:sel='resource-lists/list[2]' sel='resource-lists/list[1]'/></d:document>"
    ));
    let applied = copy.apply(&XcapDiff::parse(notification).unwrap());
    assert_eq!((applied, copy.text()), (Applied::UpToDate, now.as_str()));
}

#[test]
fn only_our_attributes_have_to_be_unique() {
    let lists = |entries: &str| {
        format!(
            "<resource-lists xmlns='{LISTS}' xmlns:x='urn:x'><list>{entries}</list></resource-lists>"
        )
    };
    let check = |entries: &str| document::check(&lists(entries), None, Some(LISTS));
    let not_unique = |entries: &str| {
        let refusal = check(entries).unwrap_err();
        assert_eq!(refusal.conflict().unwrap().name(), "uniqueness-failure");
    };
    check("<entry x:uri='s' uri='1'/><entry x:uri='s' uri='2'/>").unwrap();
    check("<entry x:uri='1'/><entry uri='1'/>").unwrap();
    not_unique("<entry x:uri='1' uri='s'/><entry x:uri='2' uri='s'/>");
    not_unique("<entry x:uri='1' uri='s'/><entry uri='s'/>");

    let second = NodeSelector::root("resource-lists").child("list").child("entry").nth(2);
    let put = |xml: &str, body: &str| document::put(xml, &second, body, Some(LISTS));
    let one = lists("<entry x:uri='1' uri='s'/>");
    assert!(put(&one, "<entry x:uri='1' uri='t'/>").is_ok());
    let refusal = put(&one, "<entry x:uri='2' uri='s'/>").unwrap_err();
    assert_eq!(refusal.conflict().unwrap().name(), "uniqueness-failure");
}

#[test]
fn a_conflict_reads_its_own_attributes() {
    let server = Server::start().unwrap();
    let client = server.client(ALICE).unwrap();
    let report = |element: &str| {
        format!(
            "<xcap-error xmlns='urn:ietf:params:xml:ns:xcap-error' xmlns:x='urn:x'>{element}</xcap-error>"
        )
    };
    for (body, phrase, fields) in [
        (
            "<uniqueness-failure x:phrase='w' phrase='p'><exists x:field='w' field='f'/></uniqueness-failure>",
            Some("p"),
            vec!["f"],
        ),
        (
            "<uniqueness-failure x:phrase='w'><exists x:field='w'/></uniqueness-failure>",
            None,
            vec![],
        ),
    ] {
        server.misbehave(1, Fault::status(409, &report(body)));
        let lists = format!("<resource-lists xmlns='{LISTS}'/>");
        let error = client.put("resource-lists", lists, None, None, None).unwrap_err();
        let conflict = error.conflict().unwrap();
        let found: Vec<&str> =
            conflict.exists().iter().map(|exists| exists.field.as_str()).collect();
        assert_eq!((conflict.phrase(), found), (phrase, fields));
    }
}

#[test]
fn a_directory_reads_its_own_attributes() {
    let server = Server::start().unwrap();
    let client = server.client(ALICE).unwrap();
    server.misbehave(
        1,
        Fault::status(
            200,
            &format!(
                "<xcap-directory xmlns='urn:oma:xml:xdm:xcap-directory' xmlns:x='urn:x'>\
                 <folder x:auid='w' auid='resource-lists'>\
                 <entry x:uri='w' x:etag='w' x:last-modified='w' x:size='7' \
                 uri='resource-lists/users/{ALICE}/index' etag='1' size='2'/>\
                 <entry x:uri='resource-lists/users/{ALICE}/other'/></folder></xcap-directory>"
            ),
        ),
    );
    let documents = client.documents().unwrap();
    let [entry] = documents.as_slice() else { panic!("{documents:?}") };
    assert_eq!((entry.application(), entry.filename()), ("resource-lists", "index"));
    assert_eq!(entry.etag().map(ETag::opaque), Some("1"));
    assert_eq!((entry.last_modified(), entry.size()), (None, Some(2)));
}

/// XPath, which Kamailio evaluates, knows no other either.
#[test]
fn kamailio_selects_by_attributes_in_no_namespace() {
    let server = Server::builder().profile(Profile::Kamailio).start().unwrap();
    let client = server.client(ALICE).unwrap();
    let lists = format!(
        "<resource-lists xmlns='{LISTS}' xmlns:x='urn:x'>\
         <list x:name='b' name='a'/><list x:name='a' name='b'/></resource-lists>"
    );
    client.put("resource-lists", lists, None, None, None).unwrap();
    let name = "/resource-lists/list[@name='a']/@name";
    assert_eq!(client.get("resource-lists", name, None, None).unwrap().as_str(), "a");
    client.delete("resource-lists", name, None, None).unwrap();
    let left = client.get("resource-lists", None, None, None).unwrap();
    assert!(left.as_str().contains("x:name=\"b\" name=\"\""), "{left}");
}
