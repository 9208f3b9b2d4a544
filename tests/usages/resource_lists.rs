//! Lists of contacts: what is read, what is refused, and what goes over the wire.

use std::fs;

use xcaplib::document::Draft;
use xcaplib::testing::Server;
use xcaplib::usages::{Entry, ListData, Member, ResourceLists};
use xcaplib::{Application, Conflict, Error, ErrorKind, Result};

const NAMESPACE: &str = "urn:ietf:params:xml:ns:resource-lists";

fn data(file: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/usages/resource-lists");
    fs::read_to_string(format!("{folder}/{file}.xml")).unwrap()
}

/// A list as one line: names, then what it holds.
fn shown(list: ListData<'_>) -> String {
    let members: Vec<_> = list
        .members()
        .map(|member| match member {
            Member::Entry(entry) => format!("{} {:?}", entry.uri(), entry.display_name()),
            Member::List(list) => shown(list),
            Member::EntryRef(there) => format!("ref {:?}", there.display_name()),
            Member::External(there) => format!("external {:?}", there.display_name()),
            other => panic!("{other:?}"),
        })
        .collect();
    format!("{:?} {:?} [{}]", list.name(), list.display_name(), members.join(", "))
}

fn read(file: &str) -> Vec<String> {
    ResourceLists::read(&data(file)).unwrap().lists().map(shown).collect()
}

/// `anyURI` has no white space around it: what stands there is the same contact.
#[test]
fn white_space_around_a_uri_does_not_count() {
    let xml = format!(
        "<resource-lists xmlns='{NAMESPACE}'><list name='friends'>\
         <entry uri=' sip:bob@example.com\n'/></list></resource-lists>"
    );
    let bob = "sip:bob@example.com";
    let lists = ResourceLists::read(&xml).unwrap();
    assert!(lists.list("friends").unwrap().entry(bob).is_some());
    let mut draft = Draft::new(xml.as_str(), None).unwrap();
    let mut friends = ResourceLists::of(&mut draft).unwrap().list("friends").unwrap();
    assert!(!friends.set(bob, None).unwrap());
    assert!(friends.remove(bob).unwrap());
    assert!(!draft.text().contains("entry"), "{}", draft.text());
}

#[test]
fn what_documents_hold_is_read_in_their_order() {
    assert_eq!(
        read("rfc4826"),
        [
            r#"Some("friends") None [sip:bill@example.com Some("Bill Doe"), ref None, Some("close-friends") Some("Close Friends") [sip:joe@example.com Some("Joe Smith"), sip:nancy@example.com Some("Nancy Gross"), external Some("Marketing")]]"#
        ]
    );
    assert_eq!(
        read("prefixed"),
        [
            r#"Some("buddies") None [sip:Bob@Example.com Some("Bob"), tel:+1-201-555-0123 None]"#,
            r#"Some("office") None []"#
        ]
    );
    assert_eq!(
        read("noise"),
        [
            r#"Some("friends") None [sip:abc@example.com;x=" Some("A & <B> C"), sip:dave@example.com None, sip:%65ve@example.com None]"#
        ]
    );
    assert_eq!(
        read("one-line"),
        [
            r#"Some("friends") None [sip:bob@example.com None]"#,
            r#"Some("empty") None []"#,
            "None None [sip:unnamed@example.com None]"
        ]
    );
    assert_eq!(
        read("elsewhere"),
        [
            r#"Some("friends") None [sip:bob@example.com None]"#,
            r#"Some("work") None [sip:carol@example.com None]"#
        ]
    );
}

#[test]
fn what_is_read_is_looked_up() {
    let lists = ResourceLists::read(&data("nested")).unwrap();
    let all = lists.list("all").unwrap();
    let deep = all.list("team").and_then(|team| team.list("team")).unwrap();
    assert_eq!(deep.entry("SIP:deep@EXAMPLE.com").map(Entry::uri), Some("sip:deep@example.com"));
    assert_eq!(all.entries().count(), 2);
    assert_eq!(all.lists().map(ListData::name).collect::<Vec<_>>(), [Some("team"), None]);
    // The one in the same spelling, or else the first.
    let security = |uri: &str| all.entry(uri).map(|entry| entry.uri().rsplit('=').next().unwrap());
    assert_eq!(security("sip:bob@example.com;security=off"), Some("off"));
    assert_eq!(security("sip:bob@example.com"), Some("on"));
    assert_eq!(security("sip:bob@example.org"), None);
    assert_eq!(lists.list("TEAM"), None);
    assert_eq!(format!("{all:?}"), r#"ListData { name: Some("all"), members: 4, .. }"#);
}

#[test]
fn documents_may_be_nested_deeper_than_a_stack() {
    const DEPTH: usize = 100_000;
    let xml = format!(
        "<resource-lists xmlns='{NAMESPACE}'>{}<entry uri='sip:a@b'/>{}</resource-lists>",
        "<list name='a'>".repeat(DEPTH),
        "</list>".repeat(DEPTH)
    );
    let lists = ResourceLists::read(&xml).unwrap();
    let mut list = lists.list("a").unwrap();
    while let Some(inner) = list.list("a") {
        list = inner;
    }
    assert_eq!(list.entries().count(), 1);
}

#[track_caller]
fn refused<T>(xml: &str, call: impl FnOnce(&mut Draft) -> Result<T>, expected: &str) {
    let mut draft = Draft::new(xml, Some(NAMESPACE)).unwrap();
    let error = call(&mut draft).err().unwrap();
    assert_eq!(error.to_string(), expected);
    assert!(error.is_invalid_input(), "{error:?}");
    assert_eq!(draft.text(), xml, "the draft stays as it was");
}

const FRIENDS: &str = "<resource-lists xmlns='urn:ietf:params:xml:ns:resource-lists'>\
    <list name='friends'><entry uri='sip: bad'/></list></resource-lists>";

#[track_caller]
fn set_refused(uri: &str, name: Option<&str>, expected: &str) {
    refused(FRIENDS, |d| ResourceLists::of(d)?.list("friends")?.set(uri, name), expected);
}

#[test]
fn what_no_document_can_hold_is_refused() {
    set_refused("", None, "the URI of the contact is empty");
    set_refused(
        "sip:bob smith@example.com",
        None,
        "the URI of the contact `sip:bob smith@example.com` holds U+0020 where a URI does not allow it; write it as %20",
    );
    set_refused(
        "sip:bob\n@example.com",
        None,
        r"the URI of the contact `sip:bob\n@example.com` holds U+000A where a URI does not allow it; write it as %0A",
    );
    set_refused(
        "sip:a\u{a0}b@example.com",
        None,
        r"the URI of the contact `sip:a\u{a0}b@example.com` holds U+00A0 where a URI does not allow it; write it as %C2%A0",
    );
    set_refused(
        "<sip:bob@example.com>",
        None,
        "the URI of the contact `<sip:bob@example.com>` holds U+003C where a URI does not allow it; write it as %3C",
    );
    set_refused(
        "sip:100%@example.com",
        None,
        "the URI of the contact `sip:100%@example.com` holds a `%` that begins no escape; write it as %25",
    );
    set_refused(
        "sip:bob@[2001:db8::1]/[2]",
        None,
        "the URI of the contact `sip:bob@[2001:db8::1]/[2]` holds U+005B where a URI does not allow it; write it as %5B",
    );
    set_refused(
        "sip:bob]@example.com",
        None,
        "the URI of the contact `sip:bob]@example.com` holds U+005D where a URI does not allow it; write it as %5D",
    );
    set_refused(
        "sip:#1#2@example.com",
        None,
        "the URI of the contact `sip:#1#2@example.com` holds U+0023 where a URI does not allow it; write it as %23",
    );
    set_refused(
        ":bob@example.com",
        None,
        "the URI of the contact `:bob@example.com` begins with no scheme, as `sip:` is",
    );
    set_refused(
        "sip:bob\0@example.com",
        None,
        r"the URI of the contact `sip:bob\0@example.com` holds U+0000, which XML does not allow",
    );
    set_refused(
        "sip:bob@example.com",
        Some("Bob\u{b}"),
        r"the display name `Bob\u{b}` holds U+000B, which XML does not allow",
    );
    refused(
        FRIENDS,
        |d| ResourceLists::of(d)?.list("a\u{ffff}").map(drop),
        r"the name of the list `a\u{ffff}` holds U+FFFF, which XML does not allow",
    );
    refused(
        FRIENDS,
        |d| ResourceLists::of(d)?.list("friends")?.set_display_name("\u{1}"),
        r"the display name `\u{1}` holds U+0001, which XML does not allow",
    );
    refused(
        FRIENDS,
        |d| ResourceLists::of(d)?.list("friends")?.set_external("example.com/list", None),
        "the anchor `example.com/list` is not an absolute HTTP URI; begin it with the XCAP root",
    );
    for path in ["/resource-lists/x", "http://a/resource-lists/x"] {
        refused(
            FRIENDS,
            |d| ResourceLists::of(d)?.list("friends")?.set_entry_ref(path, None),
            &format!(
                "the reference `{path}` is not a path relative to the XCAP root; begin it with `resource-lists/`"
            ),
        );
    }
    refused(
        FRIENDS,
        |d| ResourceLists::of(d)?.list("friends")?.move_to("sip: bad", [""; 0]),
        "no list is named to move the contact to; name at least one",
    );
    refused(
        FRIENDS,
        |d| ResourceLists::of(d)?.list("friends")?.move_to("sip: bad", ["new", "\u{1}"]),
        r"the name of the list `\u{1}` holds U+0001, which XML does not allow",
    );
}

#[test]
fn what_a_uri_may_be_is_added() {
    let mut draft = Draft::new(ResourceLists::empty(), None).unwrap();
    let mut list = ResourceLists::of(&mut draft).unwrap().list("all").unwrap();
    for uri in [
        "sip:bob@[2001:db8::1]:5060;transport=tcp",
        "sip:b\u{f6}b@example.com",
        "tel:7042#;phone-context=example.com",
        "sip:o'hara%22;a=1@example.com?subject=a&b=c",
        "urn:service:sos",
        "bob@example.com",
    ] {
        assert!(list.set(uri, None).unwrap(), "{uri}");
    }
    let read = ResourceLists::read(draft.text()).unwrap();
    assert_eq!(read.list("all").unwrap().entries().count(), 6);
}

/// What a server let in can be named and taken away.
#[test]
fn a_contact_that_could_not_be_added_can_be_changed() {
    let mut draft = Draft::new(FRIENDS, None).unwrap();
    let mut friends = ResourceLists::of(&mut draft).unwrap().list("friends").unwrap();
    assert!(friends.set("sip: bad", Some("Bad")).unwrap());
    assert!(friends.move_to("sip: bad", ["old"]).unwrap());
    let mut old = ResourceLists::of(&mut draft).unwrap().list("old").unwrap();
    assert!(old.remove("sip: bad").unwrap());
    assert!(!old.remove("").unwrap());
}

#[test]
fn another_document_is_refused_by_its_root() {
    let of = |xml: &str| {
        let mut draft = Draft::new(xml, None).unwrap();
        ResourceLists::of(&mut draft).map(drop).unwrap_err()
    };
    let services = "<rls-services xmlns='urn:ietf:params:xml:ns:rls-services'/>";
    let expected = "the root element of the document is `rls-services` in the namespace \
        `urn:ietf:params:xml:ns:rls-services`, where `resource-lists` in the namespace \
        `urn:ietf:params:xml:ns:resource-lists` is expected";
    for error in [of(services), ResourceLists::read(services).unwrap_err()] {
        assert_eq!((error.to_string().as_str(), error.kind()), (expected, ErrorKind::InvalidInput));
    }
    let expected = "the root element of the document is `resource-lists` in no namespace, where \
        `resource-lists` in the namespace `urn:ietf:params:xml:ns:resource-lists` is expected";
    assert_eq!(of("<resource-lists/>").to_string(), expected);
    let error = ResourceLists::read("<resource-lists>").unwrap_err();
    assert_eq!(error.conflict().map(Conflict::name), Some("not-well-formed"));
}

#[test]
fn contacts_go_to_a_server_in_one_request() -> Result<(), Box<dyn std::error::Error>> {
    let server = Server::start()?;
    let client = server.client("sip:alice@example.com")?;
    let mut copy =
        client.request("resource-lists").open_or_insert(ResourceLists::empty())?.retries(5);
    copy.edit(|draft| {
        let mut friends = ResourceLists::of(draft)?.list("friends")?;
        friends.set("sip:bob@example.com", Some("Bob & co"))?;
        friends.remove("sip:eve@example.com")?;
        Ok(())
    })?;
    let mut seen = Vec::new();
    if let Some(friends) = ResourceLists::read(copy.text())?.list("friends") {
        for buddy in friends.entries() {
            seen.push(format!("{} {:?}", buddy.uri(), buddy.display_name()));
        }
    }
    assert_eq!(seen, [r#"sip:bob@example.com Some("Bob & co")"#]);

    server.clear_requests();
    let sent = copy.edit(|draft| {
        let mut friends = ResourceLists::of(draft)?.list("friends")?;
        friends.set("sip:b%6fb@Example.com", Some("Bob & co"))?;
        friends.move_to("sip:nobody@example.com", ["work"])?;
        Ok(())
    })?;
    assert!(sent.is_none() && server.requests().is_empty(), "nothing is sent for nothing new");

    let refused = copy.edit(|draft| {
        ResourceLists::of(draft)?.list("friends")?.set("sip:carol@example.com", None)?;
        Err(Error::other("second thoughts"))
    });
    assert_eq!(refused.unwrap_err().to_string(), "second thoughts");
    assert!(server.requests().is_empty());
    Ok(())
}

/// OMA's group-usage-list has the same form, and is no usage that is registered.
#[test]
fn a_group_usage_list_is_changed_alike() {
    let auid = "org.openmobilealliance.group-usage-list";
    let server = Server::builder().application(Application::new(auid)).start().unwrap();
    let client = server.client("sip:alice@example.com").unwrap();
    let request = client.request(auid);
    let mut copy = request.open_or_insert(data("extensions")).unwrap();
    let change = |draft: &mut Draft| {
        let mut blocked = ResourceLists::of(draft)?.list("blocked")?;
        blocked.set("sip:group@example.com", Some("Group")).map(drop)
    };
    assert!(copy.edit(change).unwrap().is_some());
    assert!(copy.edit(change).unwrap().is_none());
    let lists = ResourceLists::read(copy.text()).unwrap();
    assert_eq!(lists.list("blocked").unwrap().entries().count(), 1);
}
