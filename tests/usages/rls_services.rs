//! Services: what is read, what is refused, and how their lists are changed.

use std::fs;

use xcaplib::Result;
use xcaplib::document::Draft;
use xcaplib::testing::Server;
use xcaplib::usages::{Entry, List, ListData, RlsServices, ServiceData};

fn data(file: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/usages/rls-services");
    fs::read_to_string(format!("{folder}/{file}.xml")).unwrap()
}

#[test]
fn what_documents_hold_is_read_in_their_order() {
    let shown = |file: &str| -> Vec<String> {
        let services = RlsServices::read(&data(file)).unwrap();
        let services = services.services().iter();
        services
            .map(|service| {
                let list = service.list();
                let uris = list.map(|list| list.entries().map(Entry::uri).collect::<Vec<_>>());
                let link = service.link().map(str::len);
                format!("{} {uris:?} {link:?} {:?}", service.uri(), service.packages())
            })
            .collect()
    };
    assert_eq!(
        shown("rfc4826"),
        [
            r#"sip:mybuddies@example.com None Some(113) ["presence"]"#,
            r#"sip:marketing@example.com Some(["sip:joe@example.com", "sip:sudhir@example.com"]) None ["presence"]"#
        ]
    );
    assert_eq!(
        shown("phone"),
        [
            r#"sip:friends@example.com Some([]) None ["presence", "dialog"]"#,
            "sip:bare@example.com Some([]) None []"
        ]
    );
    let services = RlsServices::read(&data("rfc4826")).unwrap();
    let marketing = services.service("SIP:marketing@EXAMPLE.com").and_then(ServiceData::list);
    assert_eq!(marketing.and_then(ListData::name), Some("marketing"));
    assert_eq!(services.service("sip:nobody@example.com"), None);
}

#[track_caller]
fn refused<T>(call: impl FnOnce(&mut Draft) -> Result<T>, expected: &str) {
    let mut draft = Draft::new(data("rfc4826"), None).unwrap();
    let error = call(&mut draft).err().unwrap();
    assert_eq!(error.to_string(), expected);
    assert!(error.is_invalid_input(), "{error:?}");
    assert_eq!(draft.text(), data("rfc4826"), "the draft stays as it was");
}

#[test]
fn what_no_service_can_have_is_refused() {
    const MINE: &str = "sip:mybuddies@example.com";
    refused(|d| RlsServices::of(d)?.service("").map(drop), "the URI of the service is empty");
    refused(
        |d| RlsServices::of(d)?.service("sip:a b").map(drop),
        "the URI of the service `sip:a b` holds U+0020 where a URI does not allow it; write it as %20",
    );
    refused(
        |d| RlsServices::of(d)?.service(MINE)?.packages(["presence", "a b"]).map(drop),
        "the package `a b` is not the name of an event package, as `presence` is",
    );
    refused(
        |d| RlsServices::of(d)?.service(MINE)?.link("/resource-lists/users/a/index").map(drop),
        "the link `/resource-lists/users/a/index` is not an absolute HTTP URI; begin it with the XCAP root",
    );
    let error = RlsServices::read("<resource-lists xmlns='urn:x'/>").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the root element of the document is `resource-lists` in the namespace `urn:x`, where \
         `rls-services` in the namespace `urn:ietf:params:xml:ns:rls-services` is expected"
    );
}

fn marketing(draft: &mut Draft) -> Result<List<'_>> {
    RlsServices::of(draft)?.service("sip:marketing@example.com")?.list()
}

/// A path within a service begins at its list.
#[test]
fn a_contact_moves_within_the_list_of_a_service() {
    let mut draft = Draft::new(data("rfc4826"), None).unwrap();
    assert!(marketing(&mut draft).unwrap().move_to("sip:joe@example.com", ["team"]).unwrap());
    assert!(draft.text().contains(
        "<rl:entry uri=\"sip:sudhir@example.com\"/>\
         <rl:list name=\"team\"><rl:entry uri=\"sip:joe@example.com\"/></rl:list>\n   </list>"
    ));
    let mut team = marketing(&mut draft).unwrap().list("team").unwrap();
    assert!(team.move_to("sip:joe@example.com", [""; 0]).unwrap());
    assert!(draft.text().contains(
        "<rl:entry uri=\"sip:sudhir@example.com\"/><rl:entry uri=\"sip:joe@example.com\"/>\
         <rl:list name=\"team\"></rl:list>\n   </list>"
    ));
}

#[test]
fn services_go_to_a_server_in_one_request() -> Result<(), Box<dyn std::error::Error>> {
    let server = Server::start()?;
    let client = server.client("sip:alice@example.com")?;
    let mut services = client.request("rls-services").open_or_insert(RlsServices::empty())?;
    let change = |draft: &mut Draft| {
        RlsServices::of(draft)?
            .service("sip:alices-friends@example.com")?
            .packages(["presence"])?
            .list()?
            .set("sip:bob@example.com", None)?;
        Ok(())
    };
    assert!(services.edit(change)?.is_some());
    server.clear_requests();
    assert!(services.edit(change)?.is_none());
    assert!(server.requests().is_empty());
    assert_eq!(
        services.text(),
        "<rls-services xmlns=\"urn:ietf:params:xml:ns:rls-services\" \
         xmlns:rl=\"urn:ietf:params:xml:ns:resource-lists\">\
         <service uri=\"sip:alices-friends@example.com\">\
         <list><rl:entry uri=\"sip:bob@example.com\"/></list>\
         <packages><package>presence</package></packages></service></rls-services>"
    );
    Ok(())
}
