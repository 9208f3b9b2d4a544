//! The examples that change documents, as a user runs them, against each profile and a real
//! Kamailio.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

#[path = "support/kamailio.rs"]
mod kamailio;

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::thread;

use kamailio::{Kamailio, Mode};
use xcaplib::testing::{Auth, Profile, Server};
use xcaplib::{Element, XCAPClient};

const CONTACTS: &str = "sip:bob@example.com,Bob\nsip:carol@example.com,Carol\n";
const USER: &str = "sip:alice@example.com";
const PASSWORD: &str = "secret";

/// What an example does to a document.
struct Example {
    name: &'static str,
    application: &'static str,
    holds: &'static [&'static str],
    lacks: &'static [&'static str],
}

const EXAMPLES: [Example; 5] = [
    Example {
        name: "buddy_list",
        application: "resource-lists",
        holds: &["<list name=\"buddies\">", "Carol \"CC\" O'Hara", "Dave &amp; co"],
        lacks: &["sip:bob@example.com"],
    },
    Example {
        name: "presence_rules",
        application: "pres-rules",
        holds: &[
            "<one id=\"sip:bob@example.com\"/><one id=\"sip:carol@example.com\"/>",
            "<many/>",
            "<pr:sub-handling>confirm</pr:sub-handling>",
        ],
        lacks: &["block"],
    },
    Example {
        name: "sync_contacts",
        application: "resource-lists",
        holds: &["<list name=\"buddies\">", "<list name=\"office\">", "Bob &amp; co"],
        lacks: &[],
    },
    Example {
        name: "rls_services",
        application: "rls-services",
        holds: &["sip:alices-friends@example.com", "<package>presence</package>", "sip:carol@"],
        lacks: &[],
    },
    Example {
        name: "document_cache",
        application: "resource-lists",
        holds: &["<list name=\"office\">", "<list name=\"friends\""],
        lacks: &[],
    },
];

/// Those of call settings, which OpenXCAP and Kamailio do not serve.
const CALLS: [Example; 2] = [
    Example {
        name: "call_forwarding",
        application: "simservs.ngn.etsi.org",
        holds: &["<ss:busy/>", "<ss:target>sip:voicemail@example.com</ss:target>"],
        lacks: &[],
    },
    Example {
        name: "block_caller",
        application: "simservs.ngn.etsi.org",
        holds: &["<cp:one id=\"sip:eve@example.com\"/>", "<ss:allow>false</ss:allow>"],
        lacks: &[],
    },
];

/// Those that a second run has nothing to do for.
const IDEMPOTENT: &[Example] = EXAMPLES.split_at(1).1;

#[test]
fn in_each_profile() {
    for profile in [Profile::Rfc4825, Profile::OpenXcap, Profile::Kamailio] {
        let server = Server::builder()
            .profile(profile)
            .auth(Auth::Digest)
            .user(USER, PASSWORD)
            .start()
            .unwrap();
        let calls = if profile == Profile::Rfc4825 { &CALLS[..] } else { &[] };
        run_all(EXAMPLES.iter().chain(calls), &server.root(), &format!("{profile:?}"));
        server.clear_requests();
        for example in IDEMPOTENT.iter().chain(calls) {
            run(example, &server.root(), &format!("{profile:?}, again"));
        }
        let changes = server.requests().into_iter().filter(|request| request.method() != "GET");
        let changes: Vec<_> = changes.map(|request| request.target().to_owned()).collect();
        assert_eq!(changes, [""; 0], "{profile:?}: a second run changes nothing");
    }
}

#[test]
fn on_kamailio() {
    let users = [("alice", PASSWORD)];
    let Some(server) = Kamailio::start(Mode::DigestMd5, false, &users) else { return };
    run_all(EXAMPLES.iter(), &server.root(), "Kamailio");
}

/// Phones edit another list of the document while the job runs again and again.
#[test]
fn a_job_loses_nothing_that_phones_write() {
    let files = [CONTACTS, ""].map(|contacts| {
        let name = format!("contacts-{}.csv", contacts.len());
        let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::write(&file, contacts).unwrap();
        file
    });
    for profile in [Profile::Rfc4825, Profile::OpenXcap, Profile::Kamailio] {
        let server = Server::builder().profile(profile).start().unwrap();
        let root = server.root();
        let empty = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends"></list></resource-lists>"#;
        let client = XCAPClient::new(&root, USER, None).unwrap();
        let phone = client.request("resource-lists").open_or_insert(empty).unwrap();
        thread::scope(|scope| {
            scope.spawn(move || {
                let mut phone = phone.retries(1_000);
                for number in 0..40 {
                    let uri = format!("sip:friend{number}@example.com");
                    let node = format!("/resource-lists/list[@name='friends']/entry[@uri='{uri}']");
                    phone.insert(node, Element::new("entry").attr("uri", &uri)).unwrap();
                }
            });
            for turn in 0..30 {
                let output = Command::new(program("sync_contacts"))
                    .arg(&files[turn % 2])
                    .env("XCAP_ROOT", &root)
                    .env("XCAP_USER", USER)
                    .output()
                    .unwrap();
                let errors = String::from_utf8_lossy(&output.stderr);
                assert!(output.status.success(), "{profile:?}: {errors}");
            }
        });
        let lists = client.open("resource-lists").unwrap();
        let of = |list: &str| {
            lists.get_all(format!("/resource-lists/list[@name='{list}']/entry")).unwrap().len()
        };
        assert_eq!((of("friends"), of("office")), (40, 0), "{profile:?}: {}", lists.text());
    }
}

/// What a phone wrote about a contact goes along, and a second run finds nothing to move.
#[test]
fn a_contact_moves_to_another_list() {
    const NAMESPACE: &str = "urn:ietf:params:xml:ns:resource-lists";
    let entry =
        r#"<entry uri="sip:bob@example.com"><ring xmlns="urn:example:phone">3</ring></entry>"#;
    let lists = |friends: &str, work: &str| {
        format!(
            r#"<resource-lists xmlns="{NAMESPACE}"><list name="friends">{friends}</list><list name="work">{work}</list></resource-lists>"#
        )
    };
    for profile in [Profile::Rfc4825, Profile::OpenXcap, Profile::Kamailio] {
        let server = Server::builder().profile(profile).start().unwrap();
        let (root, application) = (server.root(), "resource-lists");
        let client = XCAPClient::new(&root, USER, None).unwrap();
        client.put(application, lists(entry, ""), None, None, None).unwrap();
        for says in ["moved\n", "nothing to do\n"] {
            let output = Command::new(program("move_contact"))
                .args(["SIP:bob@EXAMPLE.com", "friends", "work"])
                .envs([("XCAP_ROOT", root.as_str()), ("XCAP_USER", USER)])
                .output()
                .unwrap();
            assert!(String::from_utf8_lossy(&output.stdout).starts_with(says), "{output:?}");
            let document = client.get(application, None, None, None).unwrap();
            assert_eq!(document, *lists("", entry), "{profile:?}");
        }
    }
}

fn run_all<'e>(examples: impl Iterator<Item = &'e Example>, root: &str, server: &str) {
    let client = XCAPClient::new(root, USER, PASSWORD).unwrap();
    let _ = fs::remove_dir_all(cache(root));
    for example in examples {
        run(example, root, server);
        let document = client.get(example.application, None, None, None).unwrap().into_string();
        for text in example.holds {
            assert!(
                document.contains(text),
                "{} on {server}: no {text} in {document}",
                example.name
            );
        }
        for text in example.lacks {
            assert!(!document.contains(text), "{} on {server}: {text} in {document}", example.name);
        }
    }
}

fn run(example: &Example, root: &str, server: &str) {
    let mut command = Command::new(program(example.name));
    match example.name {
        "document_cache" => _ = command.arg(cache(root)),
        "call_forwarding" => _ = command.args(["busy", "sip:voicemail@example.com"]),
        _ => {}
    }
    let output = command
        .envs([("XCAP_ROOT", root), ("XCAP_USER", USER), ("XCAP_PASSWORD", PASSWORD)])
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{} on {server}: {errors}", example.name);
}

/// A folder of its own for each server.
fn cache(root: &str) -> PathBuf {
    let port: String = root.chars().filter(char::is_ascii_digit).collect();
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("cache-{port}"))
}

/// The example is built beside this test.
fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().and_then(|deps| deps.parent()).unwrap();
    profile.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}
