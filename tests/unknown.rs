//! What is not known of an application usage is not taken for none: names without a prefix, and
//! names that miss by a namespace.

#![allow(clippy::unwrap_used, reason = "tests")]

use xcaplib::document::{self, Refusal};
use xcaplib::testing::{Profile, Server};
use xcaplib::{Application, NodeSelector, Terminal};

const ALICE: &str = "sip:alice@example.com";
const USAGE: &str = "notes.example.com";
const NOTES: &str = r#"<notes xmlns="urn:notes"><note id="1">one</note></notes>"#;
const POLICY: &str = "urn:ietf:params:xml:ns:common-policy";
const RULES: &str = r#"<cr:ruleset xmlns:cr="urn:ietf:params:xml:ns:common-policy" xmlns:pr="urn:ietf:params:xml:ns:pres-rules"><cr:rule id="a"><cr:actions><pr:sub-handling>allow</pr:sub-handling></cr:actions></cr:rule></cr:ruleset>"#;
const PRES_RULES: &str = "urn:ietf:params:xml:ns:pres-rules";

#[test]
fn the_engine_takes_the_namespace_of_the_root_element() {
    let note: NodeSelector = "/notes/note".parse().unwrap();
    let get = |xml, default| document::get(xml, &note, default).map(|found| found.to_string());
    let one = r#"<note id="1">one</note>"#;
    assert_eq!(get(NOTES, None).unwrap(), one);
    assert_eq!(get(NOTES, Some("urn:notes")).unwrap(), one);
    // None that is known is another thing.
    assert_eq!(get(NOTES, Some("")).unwrap_err().status(), 404);
    let bare = NOTES.replace(" xmlns=\"urn:notes\"", "");
    assert_eq!(get(&bare, None).unwrap(), one);
    assert_eq!(get(&bare, Some("")).unwrap(), one);
    // The prefix of the root element is no matter.
    let prefixed = r#"<n:notes xmlns:n="urn:notes"><note/><n:note/></n:notes>"#;
    assert_eq!(get(prefixed, None).unwrap(), "<n:note/>");

    let declared = document::get_with_namespaces(NOTES, &note, None).unwrap();
    assert_eq!(declared.as_str(), r#"<note xmlns="urn:notes" id="1">one</note>"#);
    let edit = document::put(NOTES, &note, "<note>two</note>", None).unwrap();
    assert_eq!((edit.text.contains("two"), edit.created), (true, false));
    let left = document::delete(NOTES, &note.attribute("id"), None).unwrap();
    assert_eq!(left, r#"<notes xmlns="urn:notes"><note>one</note></notes>"#);
    // A new root element says anew what names mean.
    let root = NodeSelector::root("notes");
    let edit = document::put(NOTES, &root, r#"<notes xmlns="urn:other"/>"#, None).unwrap();
    assert_eq!(edit.text, r#"<notes xmlns="urn:other"/>"#);
    assert!(
        document::put(NOTES, &root, r#"<notes xmlns="urn:other"/>"#, Some("urn:notes")).is_err()
    );
}

#[test]
fn what_a_usage_that_is_not_known_wants_unique_is_not_known() {
    let lists = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="a"/></resource-lists>"#;
    let second: NodeSelector = "/resource-lists/list[2]".parse().unwrap();
    assert!(document::put(lists, &second, r#"<list name="a"/>"#, None).is_ok());
    let known = Some("urn:ietf:params:xml:ns:resource-lists");
    assert!(document::put(lists, &second, r#"<list name="a"/>"#, known).is_err());
}

#[test]
fn client_copy_and_server_agree_on_a_usage_that_nobody_registered() {
    for profile in [Profile::Rfc4825, Profile::OpenXcap] {
        let server = Server::builder()
            .profile(profile)
            .application(Application::new(USAGE))
            .start()
            .unwrap();
        let client = server.client(ALICE).unwrap();
        client.put(USAGE, NOTES, None, None, None).unwrap();
        assert_eq!(
            client.get(USAGE, "/notes/note/@id", None, None).unwrap().attribute_value().unwrap(),
            "1"
        );
        let note = client.request(USAGE).node("/notes/note").with_namespaces().get().unwrap();
        assert_eq!(note, r#"<note xmlns="urn:notes" id="1">one</note>"#);

        let mut notes = client.open(USAGE).unwrap();
        assert_eq!(notes.get("/notes/note").unwrap().as_str(), r#"<note id="1">one</note>"#);
        notes.insert(r#"/notes/note[@id="2"]"#, r#"<note id="2"/>"#).unwrap();
        notes.replace(r#"/notes/note[@id="2"]"#, r#"<note id="2">two</note>"#).unwrap();
        notes.delete(r#"/notes/note[@id="1"]"#).unwrap();
        let stored = server.document(USAGE, ALICE, "index").unwrap();
        assert_eq!(stored.text(), r#"<notes xmlns="urn:notes"><note id="2">two</note></notes>"#);
        assert_eq!(notes.text(), stored.text());
        client.delete(USAGE, r#"/notes/note[@id="2"]"#, notes.etag(), None).unwrap();
    }
}

/// The text of a refusal.
#[track_caller]
fn missed(selector: &NodeSelector, default_ns: Option<&str>) -> String {
    let text = |refusal: Refusal| refusal.to_string();
    let got = text(document::get(RULES, selector, default_ns).unwrap_err());
    assert_eq!(text(document::delete(RULES, selector, default_ns).unwrap_err()), got);
    if selector.terminal().is_none() {
        let below = selector.clone().child("x");
        let put = text(document::put(RULES, &below, "<x/>", default_ns).unwrap_err());
        assert!(put.starts_with(&got), "{put}");
    }
    got
}

#[test]
fn a_near_miss_names_the_prefix_to_bind() {
    let selector = |text: &str| text.parse::<NodeSelector>().unwrap();
    let root = missed(&selector("/ruleset/rule"), Some(PRES_RULES));
    let bind = format!("write `cr:ruleset`, with `.bind(\"cr\", \"{POLICY}\")`");
    let place = format!("there is one in the namespace `{POLICY}`");
    assert_eq!(root, format!("step 1, `ruleset`, matches no element; {place}: {bind}"));

    // What the selector binds already is to be used, whatever the document calls it.
    let bound = selector("/*/rule").bind("cp", POLICY);
    let rule = missed(&bound, Some(PRES_RULES));
    assert_eq!(rule, format!("step 2, `rule`, matches no element; {place}: write `cp:rule`"));
    // A prefix that means something else there is left alone.
    let taken = selector("/*/rule").bind("cr", "urn:x").bind("p1", "urn:y");
    let rule = missed(&taken, Some(PRES_RULES));
    let bind = format!("write `p2:rule`, with `.bind(\"p2\", \"{POLICY}\")`");
    assert_eq!(rule, format!("step 2, `rule`, matches no element; {place}: {bind}"));
    // A prefix too many.
    let wrong = selector("/*/*/*/p:sub-handling").bind("p", POLICY);
    let handling = missed(&wrong, Some(PRES_RULES));
    assert_eq!(
        handling,
        format!(
            "step 4, `p:sub-handling`, matches no element; there is one in the namespace `{PRES_RULES}`: write `sub-handling`"
        )
    );
    // Not known: the root element's is the default one.
    let handling = missed(&selector("/ruleset/rule/actions/sub-handling"), None);
    let bind = format!("write `pr:sub-handling`, with `.bind(\"pr\", \"{PRES_RULES}\")`");
    let place = format!("there is one in the namespace `{PRES_RULES}`");
    assert_eq!(handling, format!("step 4, `sub-handling`, matches no element; {place}: {bind}"));
}

#[test]
fn what_no_name_means_is_had_by_a_star() {
    let xml = r#"<a xmlns="urn:a"><b xmlns=""/><c x:id="1" id="2" xmlns:x="urn:x"/></a>"#;
    let get = |text: &str| {
        let selector: NodeSelector = text.parse().unwrap();
        document::get(xml, &selector, None).unwrap_err().to_string()
    };
    assert_eq!(
        get("/a/b"),
        "step 2, `b`, matches no element; there is one in no namespace: write `*`"
    );
    // It is not the name that is wrong, or nothing is like it.
    assert_eq!(get("/a/c[2]"), "step 2, `c[2]`, matches no element");
    assert_eq!(get("/a/c[@id=\"1\"]"), r#"step 2, `c[@id="1"]`, matches no element"#);
    assert_eq!(get("/a/d"), "step 2, `d`, matches no element");

    let c = NodeSelector::root("a").child("c");
    let attribute = |name: &str| {
        let selector = c.clone().attribute(name).bind("y", "urn:y");
        assert!(matches!(selector.terminal(), Some(Terminal::Attribute(_))));
        document::get(xml, &selector, None).unwrap_err().to_string()
    };
    assert_eq!(attribute("k"), "the element has no attribute `k`");
    let near =
        "there is one in the namespace `urn:x`: write `x:id`, with `.bind(\"x\", \"urn:x\")`";
    assert_eq!(attribute("y:id"), format!("the element has no attribute `y:id`; {near}"));
    let only = NodeSelector::root("a").attribute("y:id").bind("y", "urn:y");
    let error = document::get("<a id=\"1\"/>", &only, None).unwrap_err().to_string();
    let near = "there is one in no namespace: write `id`";
    assert_eq!(error, format!("the element has no attribute `y:id`; {near}"));
}

#[test]
fn the_errors_of_a_client_name_the_near_miss() {
    let server = Server::start().unwrap();
    let client = server.client(ALICE).unwrap();
    client.put("pres-rules", RULES, None, None, None).unwrap();
    let rule = r#"/ruleset/rule[@id="a"]"#;
    let bind = format!("write `cr:ruleset`, with `.bind(\"cr\", \"{POLICY}\")`");
    let error = client.request("pres-rules").node(rule).with_namespaces().get().unwrap_err();
    assert!(error.is_not_found() && error.to_string().ends_with(&bind), "{error}");
    let mut copy = client.open("pres-rules").unwrap();
    for error in [copy.get(rule).map(drop), copy.delete(rule).map(drop)] {
        let error = error.unwrap_err();
        assert!(error.is_not_found() && error.to_string().ends_with(&bind), "{error}");
    }
    let error = copy.put(rule, "<rule id=\"a\"/>").unwrap_err();
    assert!(error.is_conflict() && error.to_string().contains(&bind), "{error}");
}
