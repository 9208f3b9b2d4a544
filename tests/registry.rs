//! The registered application usages, and which of them a document tells.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[path = "support/cases.rs"]
mod cases;

use std::cell::RefCell;

use cases::Case;
use xcaplib::testing::Server;
use xcaplib::{Application, RootElement, Tree};

const ALICE: &str = "sip:alice@example.com";

fn described(usage: &Application) -> Vec<(&'static str, String)> {
    let mut fields = vec![("media type", usage.media_type.clone().into_owned())];
    if let Some(namespace) = &usage.default_namespace {
        fields.push(("namespace", namespace.clone().into_owned()));
    }
    if let Some(RootElement { namespace, name, .. }) = &usage.root {
        fields.push(("root", format!("{{{namespace}}}{name}")));
    }
    fields.push(("document", format!("{}/{}", usage.tree, usage.filename)));
    fields
}

#[test]
fn the_registry_is_the_table() {
    let seen = RefCell::new(Vec::new());
    cases::run("registry.txt", &["auid"], |case| {
        let auid = case.get("auid").to_owned();
        let usage = Application::lookup(&auid).unwrap_or_else(|| panic!("{auid} is missing"));
        seen.borrow_mut().push(auid);
        described(usage)
    });
    let registered: Vec<_> = Application::registry().iter().map(|usage| &*usage.auid).collect();
    assert_eq!(*seen.borrow(), registered);
}

/// What a client sends is what a server that goes by the same table takes.
#[test]
fn a_document_of_each_usage_goes_to_its_place() {
    let server = Server::builder().writable_global(true).start().unwrap();
    let client = server.client(ALICE).unwrap();
    let read_only = ["xcap-caps", "org.openmobilealliance.xcap-directory"];
    for usage in Application::registry() {
        let auid = &*usage.auid;
        if read_only.contains(&auid) {
            continue;
        }
        let body = match &usage.root {
            Some(root) => format!("<a:{} xmlns:a='{}'/>", root.name, root.namespace),
            None => "<any/>".to_owned(),
        };
        // A strict server has only the directories that hold something.
        if let Some((directory, _)) = usage.filename.split_once('/') {
            server.set_document(auid, ALICE, &format!("{directory}/other"), &body);
        }
        let put = client.put(auid, &body, None, None, None).unwrap();
        assert!(put.is_created(), "{auid}");
        let sent = server.requests().pop().unwrap();
        assert_eq!(sent.header("content-type"), Some(&*usage.media_type), "{auid}");
        let owner = (usage.tree == Tree::Users).then_some(ALICE);
        assert_eq!(server.document(auid, owner, &usage.filename).unwrap().text(), body);
        if usage.root.is_some() {
            let refused = client.put(auid, "<any/>", None, None, None).unwrap_err();
            assert!(refused.is_invalid_input(), "{auid}: {refused}");
        }
    }
}

fn told(case: &Case) -> String {
    let declared: Vec<_> = case.find("declares").unwrap_or_default().split(' ').collect();
    Application::of_root(case.find("namespace"), case.get("name"), &declared).join(", ")
}

#[test]
fn a_root_element_tells_the_usage() {
    cases::run("usages-told.txt", &["name", "namespace", "declares"], |case| {
        vec![("usages", told(case))]
    });
}

/// With nothing else to tell them apart, the first usage with a root element is the one.
#[test]
fn no_root_element_of_the_registry_is_ambiguous_by_itself() {
    for usage in Application::registry() {
        let Some(root) = &usage.root else { continue };
        let found = Application::of_root(Some(&root.namespace), &root.name, &[&root.namespace]);
        let first = Application::registry().iter().find(|other| other.root == usage.root).unwrap();
        assert_eq!(found, [&*first.auid]);
    }
}
