//! Whether documents are valid, by lxml and the schemas in `tests/data/usages/schema/`.

#[path = "../lxml/oracle.rs"]
mod oracle;

use oracle::{Question, ask, text};

const SCHEMAS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/usages/schema");

/// Asserts that the schema of this name has nothing against the documents; each comes with what it
/// is. Where lxml is not installed, says so.
#[track_caller]
pub(crate) fn assert_valid(schema: &str, documents: &[(String, String)]) {
    for ((what, xml), fault) in documents.iter().zip(faults(schema, documents)) {
        assert_eq!(fault, None, "{what}: {xml}");
    }
}

pub(crate) fn faults(schema: &str, documents: &[(String, String)]) -> Vec<Option<String>> {
    let schema = format!("{SCHEMAS}/{schema}.xsd");
    let question = |(_, xml): &(String, String)| Question::new("valid", [&schema, xml.as_str()]);
    let answers = ask(documents.iter().map(question).collect());
    let fault = |answer: String| answer.split_once(' ').map(|(_, reason)| text(reason));
    answers.unwrap_or_default().into_iter().map(fault).collect()
}

/// The schemas can say no.
#[test]
fn what_the_schemas_do_not_allow_is_found() {
    let lists = |content: &str| {
        let namespace = "urn:ietf:params:xml:ns:resource-lists";
        format!(r#"<resource-lists xmlns="{namespace}" xmlns:x="urn:x">{content}</resource-lists>"#)
    };
    let service = |content: &str| {
        let namespace = "urn:ietf:params:xml:ns:rls-services";
        let lists = "urn:ietf:params:xml:ns:resource-lists";
        format!(
            r#"<rls-services xmlns="{namespace}" xmlns:rl="{lists}"><service uri="sip:a@b">{content}</service></rls-services>"#
        )
    };
    let no = |xml: String| ("refused".to_owned(), xml);
    let bad_lists = [
        "<entry uri='sip:a@b'/>",
        "<list><entry/></list>",
        "<list><entry uri='sip:a@b'><x:a/><display-name/></entry></list>",
        "<list><entry uri='sip:a@b'/><display-name/></list>",
        "<list><x:a/><entry uri='sip:a@b'/></list>",
        "<list><group/></list>",
    ];
    let bad_services = [
        "",
        "<packages/>",
        "<packages/><list/>",
        "<list/><resource-list>http://a/b</resource-list>",
        "<rl:list/>",
        "<list/><packages><entry/></packages>",
    ];
    let bad_lists: Vec<_> = bad_lists.into_iter().map(lists).map(no).collect();
    let bad_services: Vec<_> = bad_services.into_iter().map(service).map(no).collect();
    for (schema, documents) in [("resource-lists", bad_lists), ("rls-services", bad_services)] {
        for (fault, (_, xml)) in faults(schema, &documents).into_iter().zip(&documents) {
            assert!(fault.is_some(), "{schema} takes {xml}");
        }
    }
}
