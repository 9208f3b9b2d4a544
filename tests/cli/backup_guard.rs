//! `backup` and `restore` with servers, directories and manifests that mean harm, and after failures.

use std::fs;
use std::time::Duration;

use serde_json::{Value, json};
use xcaplib::testing::{Auth, Fault, Profile, Server};

use crate::bench::{ALICE, Bench, EMPTY, Home, LISTS, PASSWORD, answer};

const BOB: &str = "sip:bob@example.com";

/// Answers that are right.
fn right(requests: usize) -> (usize, Fault) {
    (requests, Fault::Delay(Duration::ZERO))
}

fn misbehave(bench: &Bench, faults: &[(usize, Fault)]) {
    for (requests, fault) in faults {
        bench.server.misbehave(*requests, fault.clone());
    }
}

fn with_three() -> Bench {
    let bench = Bench::new();
    for name in ["a", "b", "c"] {
        bench.server.set_document("resource-lists", ALICE, name, LISTS);
    }
    bench
}

fn texts(bench: &Bench) -> Vec<String> {
    let text = |name| {
        let document = bench.server.document("resource-lists", ALICE, name);
        document.map_or("none".to_owned(), |document| document.text().to_owned())
    };
    ["a", "b", "c"].map(text).to_vec()
}

#[test]
fn a_directory_that_leads_elsewhere_is_not_followed() {
    let bench = Bench::with_lists();
    let home = format!("users/{ALICE}");
    let hostile = [
        "../../outside".to_owned(),
        "/etc/passwd".to_owned(),
        "file:///etc/passwd".to_owned(),
        format!("resource-lists/{home}/../../../../outside"),
        format!("resource-lists/{home}/%2e%2e/%2E%2E/outside"),
        format!("resource-lists/{home}/%2e%2e%2foutside"),
        format!("..%2f..%2foutside/{home}/index"),
        format!("%2Foutside/{home}/index"),
        format!("resource-lists/{home}/..%5Coutside"),
        format!("resource-lists/{home}/..\\outside"),
        format!("resource-lists/{home}/out%00side"),
        format!("resource-lists/{home}/a\u{202e}b?"),
    ];
    let entry = |uri: &String| format!("<entry uri=\"{uri}\"/>");
    let elsewhere = [format!("resource-lists/users/{BOB}/index"), "notes/global/index".to_owned()];
    let own = [format!("resource-lists/{home}/index")];
    let uris = hostile.iter().chain(&elsewhere).chain(&own);
    let body = format!(
        "<xcap-directory xmlns=\"urn:oma:xml:xdm:xcap-directory\"><folder auid=\"resource-lists\">{}\
         </folder></xcap-directory>",
        uris.map(entry).collect::<String>()
    );
    let before = bench.home.files();
    bench.server.misbehave(2, answer(200, "application/xml", body.as_bytes()));
    let backup = bench.run(&["backup", "kept"]);
    let failed = hostile.iter().map(|uri| {
        format!("failed {}: it names no document that can be asked for", uri.escape_debug())
    });
    let left_out = elsewhere
        .iter()
        .map(|path| format!("left out {path}: it is not in the user's home directory"));
    let last = ["saved resource-lists/index".to_owned(), "12 failed, 1 saved".to_owned()];
    let lines: Vec<_> = left_out.chain(failed).chain(last).collect();
    assert_eq!(backup.lines()[1..], lines, "{}", backup.stderr);
    assert_eq!(backup.code, Some(3));
    let mut after = before;
    after.push("kept".to_owned());
    after.sort();
    assert_eq!(bench.home.files(), after);
    let kept = fs::read_dir(bench.path("kept")).unwrap();
    assert_eq!(kept.count(), 2);
    assert_eq!(fs::read_dir(bench.path("kept/resource-lists")).unwrap().count(), 1);
}

#[test]
fn capabilities_that_lead_elsewhere_are_not_followed() {
    let bench = Bench::with_lists();
    let auids = ["..", "a/../../b", "%2e%2e", "xcap-caps", "resource-lists"];
    let auids: String = auids.iter().map(|auid| format!("<auid>{auid}</auid>")).collect();
    let caps = format!(
        "<xcap-caps xmlns=\"urn:ietf:params:xml:ns:xcap-caps\"><auids>{auids}</auids></xcap-caps>"
    );
    bench.server.misbehave(1, Fault::status(404, ""));
    bench.server.misbehave(1, answer(200, "application/xml", caps.as_bytes()));
    let backup = bench.run(&["backup", "kept"]);
    let lines = backup.lines();
    assert_eq!(lines[2], "failed ..: it names no document that can be asked for");
    assert!(lines[3].starts_with("failed a%2F..%2F..%2Fb/index: "), "{}", backup.stderr);
    assert_eq!(lines[4..], ["saved resource-lists/index", "2 failed, 1 saved"]);
    assert_eq!(backup.code, Some(3));
    let kept: Vec<_> = fs::read_dir(bench.path("kept")).unwrap().collect();
    assert_eq!(kept.len(), 2);
}

#[test]
fn a_manifest_that_leads_elsewhere_is_refused_before_anything_is_sent() {
    let bench = Bench::with_lists();
    bench.file("secret", EMPTY);
    bench.run(&["backup", "kept"]);
    let path = bench.path("kept/manifest.json");
    let good: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let own = format!("resource-lists/users/{ALICE}/index");
    let changed = |name: &str, value: Value| {
        let mut bad = good.clone();
        bad["documents"][0][name] = value;
        bad
    };
    let no_path = |path: &str| {
        (changed("path", json!(path)), format!("{path:?} is not the path of a user's document"))
    };
    let no_file =
        |file: &str| (changed("file", json!(file)), format!("{file:?} is not the file of {own}"));
    let mut twice = good.clone();
    let mut other = good["documents"][0].clone();
    other["path"] = json!(own.replace("alice", "bob"));
    twice["documents"].as_array_mut().unwrap().push(other);
    let mut version = good.clone();
    version["version"] = json!(2);
    bench.server.clear_requests();
    for (bad, fault) in [
        no_path("../../secret"),
        no_path("/etc/passwd"),
        no_path(&own.replace("index", "../../../secret")),
        no_path(&own.replace("index", "%2e%2e/%2e%2e/secret")),
        no_path(&own.replace("index", "..%5Csecret")),
        no_path(&own.replace("index", "a%00b")),
        no_path(&own.replace("index", "index/~~/resource-lists")),
        no_path(&own.replace("index", "a b")),
        no_path("resource-lists/global/index"),
        no_path(""),
        no_file("../secret"),
        no_file("/etc/passwd"),
        no_file("resource-lists/../../secret"),
        no_file("resource-lists\\index"),
        no_file("resource-lists/%2e%2e"),
        no_file("manifest.json"),
        (changed("path", json!(7)), "an entry has no path".to_owned()),
        (changed("size", json!("7")), "an entry has no size".to_owned()),
        (changed("sha256", Value::Null), "an entry has no sha256".to_owned()),
        (twice, "resource-lists/index is there twice".to_owned()),
        (version, "its version is not 1".to_owned()),
        (json!({"version": 1}), "it has no documents".to_owned()),
        (json!({"version": 1, "documents": []}), "it has no root".to_owned()),
        (json!([]), "its version is not 1".to_owned()),
    ] {
        fs::write(&path, bad.to_string()).unwrap();
        let line = format!("error: cannot use kept/manifest.json: {fault}");
        for action in ["restore", "backup"] {
            bench.run(&[action, "kept"]).is(2, "", &[&line]);
        }
    }
    fs::write(&path, "{\"version\": 1,").unwrap();
    bench
        .run(&["restore", "kept"])
        .is_refused(2, "error: cannot use kept/manifest.json: EOF while");
    assert!(bench.server.requests().is_empty());
}

#[cfg(unix)]
#[test]
fn a_link_is_neither_written_nor_read_through() {
    use std::os::unix::fs::symlink;

    let bench = Bench::with_lists();
    bench.run(&["backup", "kept"]);
    let is_left_alone = |path: &str, what: &str| {
        let line = format!(
            "failed resource-lists/index: kept/{path} is a link or no {what}, and is left alone"
        );
        for action in ["restore", "backup"] {
            let ended = bench.run(&[action, "kept"]);
            assert_eq!((ended.code, ended.lines()[1]), (Some(2), &*line), "{}", ended.stderr);
        }
        assert_eq!(bench.stored().unwrap(), LISTS);
    };
    // The document's folder is a link out of the backup.
    fs::create_dir(bench.path("outside")).unwrap();
    fs::rename(bench.path("kept/resource-lists"), bench.path("moved")).unwrap();
    symlink(bench.path("outside"), bench.path("kept/resource-lists")).unwrap();
    is_left_alone("resource-lists", "directory");
    assert_eq!(fs::read_dir(bench.path("outside")).unwrap().count(), 0);
    // Its file is one, or a directory.
    fs::remove_file(bench.path("kept/resource-lists")).unwrap();
    fs::rename(bench.path("moved"), bench.path("kept/resource-lists")).unwrap();
    fs::rename(bench.path("kept/resource-lists/index"), bench.path("outside/index")).unwrap();
    symlink(bench.path("outside/index"), bench.path("kept/resource-lists/index")).unwrap();
    is_left_alone("resource-lists/index", "file");
    assert_eq!(fs::read_to_string(bench.path("outside/index")).unwrap(), LISTS);
    fs::remove_file(bench.path("kept/resource-lists/index")).unwrap();
    fs::create_dir(bench.path("kept/resource-lists/index")).unwrap();
    is_left_alone("resource-lists/index", "file");
    // Nor the manifest; but the directory that the user names may be a link.
    let list = bench.path("kept/manifest.json");
    fs::rename(&list, bench.path("outside/list")).unwrap();
    symlink(bench.path("outside/list"), &list).unwrap();
    let line = "error: kept/manifest.json is a link or no file, and is left alone";
    bench.run(&["backup", "kept"]).is(2, "", &[line]);
    bench.run(&["restore", "kept"]).is(2, "", &[line]);
    fs::create_dir(bench.path("other")).unwrap();
    symlink(bench.path("other"), bench.path("link")).unwrap();
    assert_eq!(bench.run(&["backup", "link"]).code, Some(0));
    assert_eq!(fs::read_to_string(bench.path("other/resource-lists/index")).unwrap(), LISTS);
}

#[test]
fn what_cannot_be_a_backup_is_refused() {
    let bench = Bench::with_lists();
    bench.file("file", "");
    fs::create_dir(bench.path("full")).unwrap();
    bench.file("full/notes.txt", "");
    for (args, line) in [
        (&["backup"][..], "error: backup wants a directory: backup DIR"),
        (&["restore", ""], "error: restore wants a directory: restore DIR"),
        (&["restore", "none"], "error: none is not a backup: it has no manifest.json"),
        (&["backup", "file"], "error: file is not a directory"),
        (&["restore", "file"], "error: file is not a directory"),
        (&["restore", "full"], "error: full is not a backup: it has no manifest.json"),
        (
            &["backup", "full"],
            "error: full has files and no manifest.json; give a new directory or an empty one",
        ),
        (&["backup", "x", "--dry-run"], "error: --dry-run does not go with backup"),
        (&["restore", "x", "--json"], "error: --json does not go with restore"),
        (&["restore", "x", "--curl"], "error: --curl does not go with restore"),
        (&["backup", "x", "-o", "y"], "error: -o does not go with backup"),
        (&["restore", "x", "-i", "y"], "error: -i does not go with restore"),
        (&["backup", "x", "--etag", "y"], "error: --etag does not go with backup"),
        (&["backup", "x", "-c", "users"], "error: --context does not go with backup"),
        (&["restore", "x", "--var", "a=b"], "error: --var does not go with restore"),
        (&["backup", "x", "--bind", "a=b"], "error: --bind does not go with backup"),
    ] {
        bench.run(args).is(2, "", &[line]);
    }
    assert!(bench.server.requests().is_empty());
    // Hidden files do not count: the directory may be kept under version control.
    fs::create_dir_all(bench.path("kept/.git")).unwrap();
    assert_eq!(bench.run(&["backup", "kept"]).code, Some(0));
    // Another account's is left as it is.
    let manifest = fs::read(bench.path("kept/manifest.json")).unwrap();
    let root = bench.server.root();
    let line = format!(
        "error: kept is a backup of {ALICE} at {root}, not of {BOB} at {root}; give another directory"
    );
    bench.run(&["backup", "kept", "--user", BOB]).is(2, "", &[&line]);
    assert_eq!(fs::read(bench.path("kept/manifest.json")).unwrap(), manifest);
}

#[test]
fn one_bad_document_does_not_stop_the_others() {
    let bench = with_three();
    // The challenge, the directory twice, and a.
    misbehave(&bench, &[right(4), (1, answer(500, "text/plain", b"no"))]);
    let backup = bench.run(&["backup", "kept"]);
    let url = format!("{}/resource-lists/users/{ALICE}", bench.server.root());
    let line = format!(
        "failed resource-lists/b: GET {url}/b: the server answered 500 Internal Server Error"
    );
    assert_eq!(
        backup.lines()[1..],
        ["saved resource-lists/a", &*line, "saved resource-lists/c", "1 failed, 2 saved"]
    );
    assert_eq!(backup.code, Some(3));
    misbehave(&bench, &[right(4), (2, Fault::CloseBeforeAnswer)]);
    let backup = bench.run(&["backup", "kept"]);
    assert_eq!((backup.code, backup.lines().last()), (Some(1), Some(&"1 failed, 2 unchanged")));
    // What cannot be a document replaces none.
    misbehave(&bench, &[right(4), (1, answer(200, "application/xml", b""))]);
    let backup = bench.run(&["backup", "kept"]);
    assert_eq!(backup.code, Some(1), "{}", backup.stderr);
    let hint = "or take the answer as it is with --no-validate\n";
    assert!(backup.stderr.contains(hint), "{}", backup.stderr);
    assert_eq!(bench.run(&["backup", "kept"]).lines().last(), Some(&"1 saved, 2 unchanged"));

    for name in ["a", "b", "c"] {
        bench.server.set_document("resource-lists", ALICE, name, EMPTY);
    }
    // The challenge, and then a GET and a PUT for each.
    misbehave(&bench, &[right(4), (1, answer(503, "text/plain", b"no"))]);
    let restore = bench.run(&["restore", "kept"]);
    assert_eq!((restore.code, restore.lines().last()), (Some(3), Some(&"1 failed, 2 restored")));
    assert_eq!(texts(&bench), [LISTS, EMPTY, LISTS]);
    // A change of somebody else's between the look and the change.
    bench.server.clear_requests();
    misbehave(&bench, &[right(3), (1, answer(412, "text/plain", b""))]);
    let restore = bench.run(&["restore", "kept"]);
    let line = "; somebody has changed it just now; restore again";
    assert!(restore.lines()[2].ends_with(line), "{}", restore.stderr);
    assert_eq!((restore.code, restore.lines().last()), (Some(3), Some(&"1 failed, 2 same")));
    let puts = bench.methods().iter().filter(|method| *method == "PUT").count();
    assert_eq!(puts, 1);
    misbehave(&bench, &[right(3), (1, Fault::CloseAfterChange)]);
    let restore = bench.run(&["restore", "kept"]);
    assert_eq!((restore.code, restore.lines().last()), (Some(1), Some(&"1 failed, 2 same")));
    assert!(restore.stderr.contains("whether the change was made is not known"));
    assert_eq!(bench.run(&["restore", "kept"]).lines().last(), Some(&"3 same"));
}

#[test]
fn a_wrong_password_is_tried_once() {
    let bench = with_three();
    bench.run(&["backup", "kept"]);
    bench.server.clear_requests();
    for (args, requests) in
        [(["backup", "kept", "-p", "wrong"], 2), (["restore", "kept", "-p", "wrong"], 2)]
    {
        let ended = bench.run(&args);
        assert_eq!((ended.code, ended.lines().last()), (Some(3), Some(&"1 failed")));
        assert!(ended.lines()[1].contains("401 Unauthorized"), "{}", ended.stderr);
        assert_eq!(bench.server.requests().len(), requests);
        bench.server.clear_requests();
    }
}

#[test]
fn a_wrong_password_is_tried_once_behind_a_file_that_is_missing() {
    let bench = with_three();
    bench.run(&["backup", "kept"]);
    fs::remove_file(bench.path("kept/resource-lists/a")).unwrap();
    bench.server.clear_requests();
    let ended = bench.run(&["restore", "kept", "-p", "wrong"]);
    assert_eq!((ended.code, ended.lines().last()), (Some(3), Some(&"2 failed")));
    assert_eq!(bench.server.requests().len(), 2);
}

#[cfg(unix)]
#[test]
fn two_do_not_write_at_once() {
    use rustix::fs::{FlockOperation, flock};

    let bench = with_three();
    fs::create_dir(bench.path("kept")).unwrap();
    let other = fs::File::open(bench.path("kept")).unwrap();
    flock(&other, FlockOperation::LockExclusive).unwrap();
    let line = "error: another backup is writing to kept; try again when it has ended";
    bench.run(&["-q", "backup", "kept"]).is(2, "", &[line]);
    drop(other);
    assert_eq!(bench.run(&["backup", "kept"]).lines().last(), Some(&"3 saved"));

    // Whoever comes second, none takes the other's documents out of the manifest.
    bench.server.set_document("pidf-manipulation", ALICE, "index", "<presence/>");
    let start = |app| {
        let args = ["backup", "both", "--app", app, "--no-validate"];
        let mut command = bench.command(&args);
        command.stderr(std::process::Stdio::null()).spawn().unwrap()
    };
    let both = [start("resource-lists"), start("pidf-manipulation")];
    let ended = both.map(|mut child| child.wait().unwrap().success());
    let text = fs::read_to_string(bench.path("both/manifest.json")).unwrap();
    let saved = ["resource-lists/users", "pidf-manipulation/users"].map(|it| text.contains(it));
    assert_eq!(saved, ended);
    assert!(ended[0] || ended[1]);
}

#[test]
fn a_root_of_nothing_is_no_success() {
    let line = "failed to find a document: the server has none of those that were asked for, and says \
                neither which it has nor what it supports; are --xcap-root and --sip-address right";
    let bench = Bench::with_lists();
    for more in [&[][..], &["--app", "resource-lists"]] {
        misbehave(&bench, &[(100, answer(404, "text/plain", b""))]);
        let backup = bench.run(&[&["backup", "-q", "kept"], more].concat());
        bench.server.behave();
        assert_eq!((backup.code, backup.lines()), (Some(3), vec![line]));
    }
}

#[test]
fn the_hint_stands_before_the_place_of_the_fault() {
    let bench = with_three();
    bench.server.set_document("resource-lists", ALICE, "a", "<a></b>");
    bench.run(&["backup", "kept", "--no-validate"]);
    let restore = bench.run(&["restore", "kept"]);
    let lines = restore.lines();
    assert!(lines[1].starts_with("failed resource-lists/a: "), "{}", restore.stderr);
    assert!(lines[1].ends_with("; --no-validate sends it as it is"), "{}", restore.stderr);
    assert_eq!((lines[2], lines[3].trim()), ("  <a></b>", "^"), "{}", restore.stderr);
}

#[test]
fn nothing_is_put_over_what_has_no_etag() {
    let bench = with_three();
    bench.run(&["backup", "kept", "--app", "resource-lists"]);
    bench.server.clear_requests();
    bench.server.misbehave(1, answer(200, "application/xml", EMPTY.as_bytes()));
    let restore = bench.run(&["restore", "kept"]);
    let line = "failed resource-lists/a: the server gives no ETag, so that changes of others could \
                be lost; send it with put";
    assert_eq!((restore.code, restore.lines()[1]), (Some(2), line));
    assert!(!bench.methods().contains(&"PUT".to_owned()));
}

#[test]
fn what_a_server_stores_of_any_kind_is_saved_without_validation() {
    let bench = Bench::of(Profile::OpenXcap);
    bench.set("no XML & <");
    assert_eq!(bench.run(&["backup", "kept", "--no-validate"]).code, Some(0));
    let again = bench.run(&["backup", "kept", "--no-validate"]);
    assert_eq!(again.lines().last(), Some(&"1 unchanged"), "{}", again.stderr);
    bench.set(EMPTY);
    let restore = bench.run(&["restore", "kept"]);
    assert_eq!(restore.code, Some(2));
    assert!(restore.stderr.contains("; --no-validate sends it as it is\n"), "{}", restore.stderr);
    assert_eq!(bench.stored().unwrap(), EMPTY);
    // This server refuses what is no XML; what counts is that it was sent.
    let restore = bench.run(&["restore", "kept", "--no-validate"]);
    assert_eq!(restore.code, Some(3), "{}", restore.stderr);
    assert_eq!(bench.last().body(), b"no XML & <");
}

#[test]
fn an_account_moves_to_another_server_and_another_user() {
    let bench = with_three();
    bench.run(&["backup", "kept"]);
    let server = Server::builder().auth(Auth::Digest).user(ALICE, PASSWORD).user(BOB, "b").start();
    let server = server.unwrap();
    let account = |user: &str, password: &str| {
        format!("sip_address = {user}\npassword = {password}\nxcap_root = {}\n", server.root())
    };
    let new =
        format!("[Account_new]\n{}[Account_bob]\n{}", account(ALICE, PASSWORD), account(BOB, "b"));
    bench.ini(&new);
    let moved = bench.run(&["restore", "kept", "-a", "new"]);
    let (from, to) = (bench.server.root(), server.root());
    assert_eq!(moved.lines()[0], format!("restore of {ALICE} at {from} to {ALICE} at {to}"));
    assert_eq!((moved.code, moved.lines().last()), (Some(0), Some(&"3 restored")));
    let stored =
        |user: &str| server.document("resource-lists", user, "b").map(|b| b.text().to_owned());
    assert_eq!(stored(ALICE).unwrap(), LISTS);
    let line = format!(
        "error: kept is a backup of {ALICE}; to restore it to {BOB} all the same give --user {BOB}"
    );
    bench.run(&["restore", "kept", "-a", "bob"]).is(2, "", &[&line]);
    assert_eq!(stored(BOB), None);
    let moved = bench.run(&["restore", "kept", "-a", "bob", "--user", BOB]);
    assert_eq!(moved.lines()[0], format!("restore of {ALICE} at {from} to {BOB} at {to}"));
    assert_eq!((moved.code, moved.lines().last()), (Some(0), Some(&"3 restored")));
    assert_eq!(stored(BOB).unwrap(), LISTS);
}

#[test]
fn a_media_type_that_only_the_server_knows_is_sent_again() {
    let usage = xcaplib::Application {
        media_type: "application/vnd.example.calls+xml".into(),
        ..xcaplib::Application::new("calls")
    };
    let server = Server::builder().application(usage).start().unwrap();
    server.set_document("calls", ALICE, "index", "<calls/>");
    let home = Home::new();
    home.ini(&format!("[Account]\nsip_address = {ALICE}\nxcap_root = {}\n", server.root()));
    assert_eq!(home.run_with(&["backup", "kept"], b"").code, Some(0));
    server.remove_document("calls", ALICE, "index");
    let restored = home.run_with(&["restore", "kept"], b"");
    assert_eq!(restored.code, Some(0), "{}", restored.stderr);
    assert_eq!(server.document("calls", ALICE, "index").unwrap().text(), "<calls/>");
    let put = server.requests().pop().unwrap();
    assert_eq!(put.header("content-type"), Some("application/vnd.example.calls+xml"));
}
