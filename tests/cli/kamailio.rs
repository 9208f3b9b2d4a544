//! The actions of python's program, against a real Kamailio.

use xcaplib::{Application, Tree, XCAPClient};

use crate::bench::{EMPTY, Home};
use crate::support::{Kamailio, Mode};

const LISTS: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
    "<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\">\r\n",
    "<list name=\"friends &amp; more\"><entry uri=\"sip:bob@example.com\"/></list>\n",
    "</resource-lists>"
);
const CAROL: &str = "/resource-lists/list[1]/entry[@uri=\"sip:carol@example.com\"]";
const ENTRY: &[u8] = b"<entry uri=\"sip:carol@example.com\"/>";

fn actions(mode: Mode) {
    let Some(server) = Kamailio::start(mode, false, &[("alice", "100%s; #secret")]) else { return };
    let home = Home::new();
    home.ini(&format!(
        "[Account]\nsip_address=alice@example.com\npassword=100%s; #secret\nxcap_root={}\n",
        server.root()
    ));
    let stored = || server.stored("alice", "resource-lists");
    let lists = ["--app", "resource-lists"];
    let run = |args: &[&str], body: &[u8]| home.run_with(args, body);
    let is = |args: &[&str], body: &[u8], code: i32, status: &str| {
        let ended = run(args, body);
        assert_eq!((ended.code, ended.lines()[1]), (Some(code), status), "{}", ended.stderr);
        ended
    };
    is(&[&["get"][..], &lists].concat(), b"", 3, "404 Not Found");
    is(&["replace"], LISTS.as_bytes(), 3, "404 Not Found");
    is(&["insert"], LISTS.as_bytes(), 0, "200 OK");
    assert_eq!(stored().unwrap(), LISTS);
    let found = run(&["insert"], EMPTY.as_bytes());
    assert_eq!(found.code, Some(3));
    assert!(found.lines()[1].ends_with("/index exists already; nothing was changed"));
    let got = run(&[&["get"][..], &lists].concat(), b"");
    assert_eq!((got.code, got.text()), (Some(0), LISTS));
    assert_eq!(got.lines()[2], "content-type: application/resource-lists+xml");
    let etag = got.lines()[1].strip_prefix("etag: ").unwrap();

    is(&["put", "--etag", "stale", CAROL], ENTRY, 3, "412 Precondition Failed");
    is(&[&["get", "--if-none-match", etag][..], &lists].concat(), b"", 3, "304 Not Modified");
    is(&["put", "--etag", etag, CAROL], ENTRY, 0, "200 OK");
    assert!(stored().unwrap().contains("sip:carol@example.com"));
    // It leaves the quotes out.
    let name = run(&["get", "/resource-lists/list[1]/@name"], b"");
    assert_eq!((name.code, name.text()), (Some(0), "friends &amp; more"), "{}", name.stderr);
    let carol = run(&["get", CAROL], b"");
    assert_eq!(carol.stdout, ENTRY);
    is(&["delete", CAROL], b"", 0, "200 OK");
    assert!(!stored().unwrap().contains("sip:carol@example.com"));
    is(&["replace"], EMPTY.as_bytes(), 0, "200 OK");
    is(&[&["delete"][..], &lists].concat(), b"", 0, "200 OK");
    assert_eq!(stored(), None);
    if mode != Mode::Open {
        let wrong = [&["get", "-p", "wrong"][..], &lists].concat();
        is(&wrong, b"", 3, "401 Unauthorized");
    }
}

/// The usual document of each usage that it stores.
#[test]
fn a_backup_and_what_is_restored() {
    let users = [("alice", "secret")];
    let Some(server) = Kamailio::start(Mode::DigestMd5, false, &users) else { return };
    let home = Home::new();
    home.ini(&format!(
        "[Account]\nsip_address=alice@example.com\npassword=secret\nxcap_root={}\n",
        server.root()
    ));
    let run = |args: &[&str]| home.run_with(args, b"");
    let client = XCAPClient::new(&server.root(), "alice@example.com", Some("secret")).unwrap();
    let mut texts = Vec::new();
    for usage in Application::registry() {
        let Some(root) = &usage.root else { continue };
        let text = format!("<!-- é -->\r\n<{} xmlns=\"{}\"></{0}>", root.name, root.namespace);
        let is_directory = usage.auid == "org.openmobilealliance.xcap-directory";
        if usage.tree == Tree::Users
            && !is_directory
            && client.put(&usage.auid, &text, None, None, None).is_ok()
        {
            texts.push((usage.auid.as_ref(), text));
        }
    }
    let count = texts.len();
    assert!(count > 3, "{texts:?}");
    let backup = run(&["backup", "kept"]);
    let last = format!("{count} saved");
    assert_eq!((backup.code, backup.lines().last()), (Some(0), Some(&&*last)), "{}", backup.stderr);
    let again = run(&["backup", "kept"]);
    let last = format!("{count} unchanged");
    assert_eq!((again.code, again.lines().last()), (Some(0), Some(&&*last)), "{}", again.stderr);
    for (n, (auid, text)) in texts.iter().enumerate() {
        if n % 2 == 0 {
            client.put(auid, text.replace(" é ", "e"), None, None, None).unwrap();
        } else {
            client.delete(auid, None, None, None).unwrap();
        }
    }
    let restored = run(&["restore", "kept"]);
    let last = format!("{count} restored");
    assert_eq!(restored.lines().last(), Some(&&*last), "{}", restored.stderr);
    for (auid, text) in &texts {
        assert_eq!(client.get(auid, None, None, None).unwrap().as_str(), text);
    }
}

#[test]
fn without_authentication() {
    actions(Mode::Open);
}

#[test]
fn with_digest_md5() {
    actions(Mode::DigestMd5);
}

#[test]
fn with_digest_sha256() {
    actions(Mode::DigestSha256);
}
