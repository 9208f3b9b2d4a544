//! Reading several nodes from one parse, and many changes in one draft: properties on generated
//! documents, and what a copy sends of a draft.
//!
//! `XCAPLIB_SEED` varies the cases; a failure prints its own seed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may"
)]

#[path = "support/generate.rs"]
mod generate;

use std::env;
use std::time::Duration;

use xcaplib::document::{self, Draft};
use xcaplib::testing::{Fault, Profile, Server};
use xcaplib::{CachedDocument, Conflict, Element, Error, ErrorKind, NodeSelector};

const ALICE: &str = "sip:alice@example.com";
const AUID: &str = "resource-lists";
const NAMESPACE: &str = "urn:ietf:params:xml:ns:resource-lists";
const CASES: u64 = 800;

fn cases() -> impl Iterator<Item = generate::Case> {
    let seed = env::var("XCAPLIB_SEED").map_or(16, |seed| seed.parse().expect("a number"));
    let cases = (0..CASES).map(move |index| generate::case(seed + index));
    cases.filter(|case| Draft::new(case.xml.as_str(), case.default_ns).is_ok())
}

fn lists(content: &str) -> String {
    format!("<resource-lists xmlns=\"{NAMESPACE}\">{content}</resource-lists>")
}

#[test]
fn what_is_found_is_selected_again() {
    let (mut found_in_all, mut attributes) = (0, 0);
    for case in cases() {
        let default_ns = case.default_ns;
        let mut open = document::get_all(&case.xml, &"/*".parse().unwrap(), default_ns).unwrap();
        while let Some(node) = open.pop() {
            let selector = node.selector();
            let printed: NodeSelector = selector.to_string().parse().unwrap();
            let sent = NodeSelector::from_encoded(&selector.to_encoded()).unwrap();
            for selector in [&selector, &printed, &sent] {
                let again = document::get(&case.xml, selector, default_ns)
                    .unwrap_or_else(|error| panic!("{selector}: {error} in {}", case.xml));
                assert_eq!(again.as_str(), node.as_str(), "{selector} in {}", case.xml);
                assert_eq!(again.selector(), selector.clone());
            }
            found_in_all += 1;
            for (name, value) in node.attrs() {
                let attribute = selector.clone().attribute(name);
                let found = document::get(&case.xml, &attribute, default_ns).unwrap();
                assert_eq!(found.attribute_value().as_ref(), Some(&value));
                assert_eq!(node.attr(name).as_ref(), Some(&value));
                assert_eq!(found.selector(), attribute);
                attributes += 1;
            }
            open.extend(node.children());
        }
    }
    assert!(found_in_all > 3_000 && attributes > 1_500, "{found_in_all}, {attributes}");
}

#[test]
fn what_is_found_can_be_deleted_unless_it_has_a_twin_behind_it() {
    let mut deleted = 0;
    for case in cases() {
        let default_ns = case.default_ns;
        let all = document::get_all(&case.xml, &"/*/*".parse().unwrap(), default_ns).unwrap();
        for (index, node) in all.iter().enumerate() {
            match document::delete(&case.xml, &node.selector(), default_ns) {
                Ok(_) => deleted += 1,
                Err(refusal) => {
                    let step = node.selector().steps().last().unwrap().to_string();
                    let is_alike = |other: &&document::Selected<'_>| {
                        let names = (node.name(), node.namespace());
                        step.starts_with('*') || names == (other.name(), other.namespace())
                    };
                    let next = all[index + 1..].iter().find(is_alike).expect("a twin");
                    let attrs = node.attrs();
                    let has_all = attrs.iter().all(|(n, v)| next.attr(n).as_ref() == Some(v));
                    assert!(has_all, "{}: {refusal} in {}", node.selector(), case.xml);
                }
            }
        }
    }
    assert!(deleted > 800, "{deleted}");
}

#[test]
fn get_finds_what_get_all_finds_alone() {
    let mut agreed = 0;
    for case in cases() {
        let default_ns = case.default_ns;
        let one = document::get(&case.xml, &case.selector, default_ns);
        let all = document::get_all(&case.xml, &case.selector, default_ns);
        if let Ok(one) = one {
            assert_eq!(all.unwrap(), [one]);
            agreed += 1;
        }
    }
    assert!(agreed > 150, "{agreed}");
}

#[test]
fn a_draft_does_what_the_changes_do_one_by_one() {
    let (mut made, mut refused) = (0, 0);
    for pair in cases().collect::<Vec<_>>().chunks(4) {
        let first = &pair[0];
        let default_ns = first.default_ns;
        let mut text = first.xml.clone();
        let mut draft = Draft::new(text.clone(), default_ns).unwrap();
        for case in pair {
            let put = document::put(&text, &case.selector, &case.body, default_ns);
            match (put, draft.put(&case.selector, &case.body)) {
                (Ok(edit), Ok(created)) => {
                    assert_eq!(created, edit.created);
                    text = edit.text;
                    made += 1;
                }
                (Err(refusal), Err(error)) => {
                    refused += 1;
                    if case.selector.check().is_ok() {
                        assert_eq!(error.status(), Some(refusal.status()), "{error}");
                        assert_eq!(error.conflict(), refusal.conflict());
                    }
                }
                (one, other) => panic!("{one:?} and {other:?} for {}", case.selector),
            }
            assert_eq!(draft.text(), text);
            if let Ok(left) = document::delete(&text, &case.selector, default_ns) {
                draft.delete(&case.selector).unwrap();
                text = left;
                made += 1;
            }
            assert_eq!(draft.text(), text);
        }
    }
    assert!(made > 150 && refused > 150, "{made}, {refused}");
}

#[test]
fn values_go_from_the_document_into_selectors_and_elements_and_back() {
    let values = [
        "a & b",
        "<tag>",
        "say \"hi\"",
        "it's",
        "both \" and '",
        "line\nend\ttab",
        "é漢😀",
        "]]>",
        "&amp;",
        " ",
    ];
    let mut draft = Draft::new(lists("<list/>"), Some(NAMESPACE)).unwrap();
    for value in values {
        let entry = NodeSelector::root(AUID).child("list").child("entry").with_attr("uri", value);
        let name = Element::new("display-name").text(value);
        draft.insert(&entry, Element::new("entry").attr("uri", value).child(name)).unwrap();
    }
    let entries = draft.get_all("/resource-lists/list/entry").unwrap();
    assert_eq!(entries.len(), values.len());
    for (entry, value) in entries.iter().zip(values) {
        let uri = entry.attr("uri").unwrap();
        assert_eq!(uri, value);
        let selector = NodeSelector::root(AUID).child("list").child("entry").with_attr("uri", &uri);
        assert_eq!(draft.get(&selector).unwrap(), *entry);
        assert_eq!(entry.child("display-name").unwrap().text(), value);
        let mut again = draft.clone();
        assert!(!again.set_text(selector.child("display-name"), value).unwrap());
    }
}

#[test]
fn text_is_set_between_the_tags() {
    for (before, text, after) in [
        ("<a><b/></a>", "x & y", "<a><b>x &amp; y</b></a>"),
        ("<a><b c='1'/></a>", "x", "<a><b c='1'>x</b></a>"),
        ("<a><b >old<!-- c --></b ></a>", "new", "<a><b >new</b ></a>"),
        ("<a><b>old</b></a>", "", "<a><b></b></a>"),
        ("<a><b>x &lt; y</b></a>", "x < y", "<a><b>x &lt; y</b></a>"),
    ] {
        let mut draft = Draft::new(before, None).unwrap();
        assert_eq!(draft.set_text("/a/b", text).unwrap(), before != after);
        assert_eq!(draft.text(), after);
    }
    let mut draft = Draft::new("<a b='1'><c><d/></c></a>", None).unwrap();
    let error = draft.set_text("/a/c", "x").unwrap_err();
    assert_eq!(
        error.to_string(),
        "/a/c is not an element without child elements, so its text cannot be set; put the node"
    );
    assert!(draft.set_text("/a/@b", "x").unwrap_err().is_invalid_input());
    assert!(draft.set_text("/a/e", "x").unwrap_err().is_not_found());
    assert!(draft.set_text("/a/c/d", "\u{1}").unwrap_err().is_invalid_input());
    assert_eq!(draft.text(), "<a b='1'><c><d/></c></a>");
}

#[test]
fn an_edit_is_one_request_and_none_where_nothing_changes() {
    for profile in [Profile::Rfc4825, Profile::OpenXcap, Profile::Kamailio] {
        let server = Server::builder().profile(profile).start().unwrap();
        let client = server.client(ALICE).unwrap();
        let mut copy = client.request(AUID).open_or_insert(lists("<list/>")).unwrap();
        copy.edit(|draft| draft.set("/resource-lists/list/@name", "a").map(drop)).unwrap();
        server.clear_requests();
        let mut add = |from: usize| {
            copy.edit(|draft| {
                for n in from..from + 100 {
                    let uri = format!("sip:{n}@x");
                    let entry = format!("/resource-lists/list/entry[@uri='{uri}']");
                    draft.set(entry, Element::new("entry").attr("uri", &uri))?;
                }
                Ok(())
            })
            .unwrap()
        };
        assert!(add(0).is_some());
        assert_eq!(server.requests().len(), 1, "{profile:?}");
        assert!(add(0).is_none());
        assert_eq!(server.requests().len(), 1, "{profile:?}");
        assert!(add(100).is_some());
        let stored = server.document(AUID, ALICE, "index").unwrap();
        assert_eq!(copy.text(), stored.text());
        assert_eq!(copy.get_all("/resource-lists/list/entry").unwrap().len(), 200);
    }
}

#[test]
fn a_closure_that_fails_sends_nothing() {
    let server = Server::start().unwrap();
    let client = server.client(ALICE).unwrap();
    let mut copy = client.request(AUID).open_or_insert(lists("<list name='a'/>")).unwrap();
    server.clear_requests();
    let before = copy.text().to_owned();

    let error = copy
        .edit(|draft| {
            draft.delete("/resource-lists/list")?;
            draft.delete("/resource-lists/list")
        })
        .unwrap_err();
    assert!(error.is_not_found(), "{error}");
    assert!(error.to_string().starts_with("DELETE /resource-lists/list: not sent, "), "{error}");
    let own = copy.edit(|_| Err(Error::other("the file is gone"))).unwrap_err();
    assert_eq!((own.kind(), own.to_string().as_str()), (ErrorKind::Other, "the file is gone"));
    let own = copy.update(|_| Err(Error::other("no"))).unwrap_err();
    assert_eq!(own.kind(), ErrorKind::Other);
    assert!(copy.update(str::to_owned).unwrap().is_none());
    assert!(server.requests().is_empty());
    assert_eq!(copy.text(), before);
    assert!(!copy.is_stale());
}

#[test]
fn an_edit_is_made_again_on_what_another_wrote() {
    let server = Server::start().unwrap();
    let client = server.client(ALICE).unwrap();
    let mut copy = client.request(AUID).open_or_insert(lists("<list name='a'/>")).unwrap();
    server.set_document(AUID, ALICE, "index", &lists("<list name='a'/><list name='b'/>"));
    let rename = |draft: &mut Draft| draft.set("/resource-lists/list[1]/@name", "c").map(drop);
    // Without retries the 412 comes back.
    assert!(copy.edit(rename).unwrap_err().is_precondition_failed());
    let mut copy = copy.retries(2);
    let mut runs = 0;
    copy.edit(|draft| {
        runs += 1;
        rename(draft)
    })
    .unwrap();
    assert_eq!(runs, 2);
    assert_eq!(copy.text(), lists("<list name=\"c\"/><list name='b'/>"));
    assert_eq!(server.document(AUID, ALICE, "index").unwrap().text(), copy.text());
}

#[test]
fn an_edit_by_nodes_goes_out_call_by_call() {
    let server = Server::start().unwrap();
    let client = server.client(ALICE).unwrap();
    let lists = lists("<list name='a'><entry uri='1'/><entry uri='2'/></list>");
    let mut copy = client.request(AUID).open_or_insert(lists).unwrap().by_node(true);
    copy.edit(|draft| {
        draft.insert("/resource-lists/list[@name='b']", "<list name='b'/>")?;
        draft.set(
            "/resource-lists/list[@name='b']/display-name",
            "<display-name>B</display-name>",
        )?;
        assert_eq!(draft.remove_all("/resource-lists/list/entry")?, 2);
        Ok(())
    })
    .unwrap();
    let changes = server.requests().into_iter().filter(|request| request.method() != "GET");
    let changes: Vec<_> = changes.filter(|request| request.target().contains("/~~/")).collect();
    // The first is sent twice: it shows that conditions are honoured.
    assert_eq!(changes.len(), 5);
    assert_eq!(copy.text(), server.document(AUID, ALICE, "index").unwrap().text());

    server.clear_requests();
    let refused = copy
        .edit(|draft| draft.set_text("/resource-lists/list[@name='b']/display-name", "C").map(drop))
        .unwrap_err();
    assert!(refused.is_invalid_input(), "{refused}");
    assert!(server.requests().is_empty());

    server.misbehave(2, Fault::Delay(Duration::ZERO));
    server.misbehave(1, Fault::status(403, ""));
    let failed = copy
        .edit(|draft| {
            draft.insert("/resource-lists/list[@name='c']", "<list name='c'/>")?;
            draft.insert("/resource-lists/list[@name='d']", "<list name='d'/>")
        })
        .unwrap_err();
    assert!(failed.is_forbidden(), "{failed}");
    assert!(
        failed.to_string().ends_with("the change before it, 1 in all, went through"),
        "{failed}"
    );
}

fn conditions_of_changes(server: &Server) -> Vec<bool> {
    let changes = server.requests().into_iter().filter(|request| request.method() != "GET");
    changes.map(|request| request.header("If-Match").is_some()).collect()
}

/// A copy that works by nodes, of a server that is known to honour conditions.
fn by_node(server: &Server, content: &str) -> CachedDocument {
    let client = server.client(ALICE).unwrap();
    let copy = client.request(AUID).open_or_insert(lists(content)).unwrap();
    let mut copy = copy.by_node(true).retries(3);
    copy.put("/resource-lists/list[1]/@name", "first").unwrap();
    server.clear_requests();
    copy
}

#[test]
fn a_change_after_one_that_could_not_be_read_back_is_guarded() {
    let server = Server::start().unwrap();
    let mut copy = by_node(&server, "<list name='a'/><list name='b'/>");
    server.misbehave(1, Fault::Delay(Duration::ZERO));
    server.misbehave(1, Fault::status(503, ""));
    copy.edit(|draft| {
        draft.put("/resource-lists/list[1]/@name", "A")?;
        draft.put("/resource-lists/list[2]/@name", "B").map(drop)
    })
    .unwrap();
    assert_eq!(conditions_of_changes(&server), [true, true]);
    assert_eq!(copy.text(), server.document(AUID, ALICE, "index").unwrap().text());
}

#[test]
fn a_retry_without_an_etag_sends_nothing() {
    let server = Server::start().unwrap();
    let client = server.client(ALICE).unwrap();
    let copy = client.request(AUID).open_or_insert(lists("<list name='a'/>")).unwrap();
    let mut copy = copy.retries(3);
    copy.put("/resource-lists/list/@name", "b").unwrap();
    server.set_document(AUID, ALICE, "index", &lists("<list name='c'/>"));
    server.clear_requests();
    server.misbehave(1, Fault::Delay(Duration::ZERO));
    let body = lists("<list name='c'/>").into_bytes();
    server.misbehave(1, Fault::Answer { status: 200, headers: Vec::new(), body });
    let error = copy
        .edit(|draft| draft.insert("/resource-lists/list[@name='d']", "<list name='d'/>"))
        .unwrap_err();
    assert!(error.to_string().starts_with("the server sent no ETag for "), "{error}");
    assert_eq!(conditions_of_changes(&server), [true]);
}

#[test]
fn an_edit_by_nodes_that_was_made_in_part_is_not_made_again() {
    let server = Server::start().unwrap();
    let mut copy = by_node(&server, "<list name='a'/><list name='b'/>");
    server.misbehave(2, Fault::Delay(Duration::ZERO));
    server.misbehave(1, Fault::status(412, ""));
    let mut runs = 0;
    let error = copy
        .edit(|draft| {
            runs += 1;
            draft.insert("/resource-lists/list[@name='c']", "<list name='c'/>")?;
            draft.insert("/resource-lists/list[@name='d']", "<list name='d'/>")
        })
        .unwrap_err();
    assert!(error.is_precondition_failed(), "{error}");
    assert_eq!(runs, 1);
}

#[test]
fn a_later_change_by_node_finds_the_node_that_the_draft_had() {
    let server = Server::builder().profile(Profile::Kamailio).start().unwrap();
    let client = server.client(ALICE).unwrap();
    let list = "<list name='l'><entry uri='a'></entry><entry uri='b'></entry></list>";
    let mut copy = client.request(AUID).open_or_insert(lists(list)).unwrap().by_node(true);
    // The server moves what it replaces to the end.
    let error = copy
        .edit(|draft| {
            let body = "<entry uri='a'><display-name>A</display-name></entry>";
            draft.put("/resource-lists/list/entry[@uri='a']", body)?;
            draft.delete("/resource-lists/list/entry[2]")
        })
        .unwrap_err();
    assert!(error.is_precondition_failed(), "{error}");
    let url = server.root().to_owned() + "/resource-lists/users/sip:alice@example.com/index/~~/";
    assert_eq!(
        error.to_string(),
        format!(
            "DELETE {url}resource-lists/list/entry%5B2%5D: not sent, what it would change is no \
             longer what the draft had there; look at the copy, which has been read again; the \
             change before it, 1 in all, went through"
        )
    );
    assert_eq!(copy.get_all("/resource-lists/list/entry").unwrap().len(), 2);
}

#[test]
fn deletions_that_do_not_go_one_by_one_are_refused_before_the_first() {
    let server = Server::start().unwrap();
    let mut copy = by_node(&server, "<list/><list/><list/>");
    let error = copy
        .edit(|draft| {
            draft.put("/resource-lists/list[3]/@name", "z")?;
            draft.remove_all("/resource-lists/list[2]").map(drop)
        })
        .unwrap_err();
    assert_eq!(error.conflict().map(Conflict::name), Some("cannot-delete"), "{error}");
    assert!(server.requests().is_empty());
}

#[test]
fn a_retry_stays_in_the_parent_that_the_caller_saw() {
    let server = Server::start().unwrap();
    let client = server.client(ALICE).unwrap();
    let copy = client.request(AUID).open_or_insert(lists("<list name='friends'/>")).unwrap();
    let mut copy = copy.retries(3);
    let theirs = lists("<list name='enemies'/><list name='friends'/>");
    server.set_document(AUID, ALICE, "index", &theirs);
    let error = copy
        .insert("/resource-lists/list[1]/entry[@uri='sip:carol@x']", "<entry uri='sip:carol@x'/>")
        .unwrap_err();
    assert!(error.is_precondition_failed(), "{error}");
    assert_eq!(server.document(AUID, ALICE, "index").unwrap().text(), theirs);
}

#[test]
fn a_copy_is_resumed_by_one_etag_and_by_nothing_that_stands_for_many() {
    let server = Server::start().unwrap();
    let client = server.client(ALICE).unwrap();
    for etag in ["*", " * ", "\"a", "*\"", "\"a\", \"b\"", "\"a\r\""] {
        let error = client.request(AUID).resume(lists(""), etag).unwrap_err();
        assert!(error.is_invalid_input(), "{etag}");
        assert_eq!(
            error.to_string(),
            "this is not the ETag of a document; give the one that the server sent, with its quotes"
        );
    }
    for etag in ["\"a\"", "W/\"a\"", "a", "\"*\""] {
        assert!(client.request(AUID).resume(lists(""), etag).is_ok(), "{etag}");
    }
    assert!(server.requests().is_empty());
}

#[test]
fn a_draft_in_place_of_the_own_is_a_text() {
    let server = Server::start().unwrap();
    let client = server.client(ALICE).unwrap();
    let mut copy = client.request(AUID).open_or_insert(lists("<list name='a'/>")).unwrap();
    copy.edit(|draft| {
        *draft = Draft::new(lists("<list name='b'/>"), Some("urn:other"))?;
        Ok(())
    })
    .unwrap();
    assert_eq!(copy.get("/resource-lists/list/@name").unwrap().as_str(), "b");
}

#[test]
fn two_clients_that_open_or_insert_end_with_one_document() {
    let server = Server::start().unwrap();
    let client = server.client(ALICE).unwrap();
    std::thread::scope(|scope| {
        let open = |name: &'static str| {
            let client = &client;
            scope.spawn(move || {
                let body = lists(&format!("<list name='{name}'/>"));
                client.request(AUID).open_or_insert(body).unwrap().text().to_owned()
            })
        };
        let texts = [open("a"), open("b"), open("c")].map(|thread| thread.join().unwrap());
        let stored = server.document(AUID, ALICE, "index").unwrap();
        assert!(texts.iter().all(|text| text == stored.text()), "{texts:?}");
    });
}

#[test]
fn a_copy_goes_on_from_disk() {
    let server = Server::start().unwrap();
    let client = server.client(ALICE).unwrap();
    let copy = client.request(AUID).open_or_insert(lists("<list/>")).unwrap();
    let (text, etag) = (copy.text().to_owned(), copy.etag().unwrap().to_string());
    server.clear_requests();

    let mut kept = client.request(AUID).resume(text.clone(), etag.as_str()).unwrap();
    assert!(server.requests().is_empty());
    assert!(!kept.refresh().unwrap());
    let asked = server.requests().remove(0);
    assert_eq!(asked.header("if-none-match"), Some(etag.as_str()));
    kept.put("/resource-lists/list/@name", "a").unwrap();
    assert_eq!(kept.text(), server.document(AUID, ALICE, "index").unwrap().text());

    // What was kept is old: nothing is overwritten.
    let mut old = client.request(AUID).resume(text.clone(), etag.as_str()).unwrap();
    let error = old.put("/resource-lists/list/@name", "b").unwrap_err();
    assert!(error.is_precondition_failed(), "{error}");
    assert!(client.request(AUID).resume(text.clone(), None).unwrap().is_stale());
    assert!(client.request(AUID).resume(text, "").unwrap_err().is_invalid_input());
    assert!(client.request(AUID).resume("<a>", "x").unwrap_err().is_conflict());
}

#[test]
fn a_document_is_deleted_under_its_etag() {
    let server = Server::start().unwrap();
    let client = server.client(ALICE).unwrap();
    let mut copy = client.request(AUID).open_or_insert(lists("<list/>")).unwrap();
    server.set_document(AUID, ALICE, "index", &lists(""));
    assert!(copy.delete_document().unwrap_err().is_precondition_failed());
    copy.refresh().unwrap();
    copy.delete_document().unwrap();
    assert!(server.document(AUID, ALICE, "index").is_none());
    assert!(copy.refresh().unwrap_err().is_not_found());
}
