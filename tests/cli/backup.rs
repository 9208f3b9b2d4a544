//! `backup` and `restore`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use xcaplib::testing::{Auth, Fault, Profile, RecordedRequest, Server};
use xcaplib::{Application, Tree};

use crate::bench::{ALICE, Bench, EMPTY, Ended, Home, LISTS, PASSWORD};

/// Usages whose documents a server writes itself.
const READ_ONLY: [&str; 5] = [
    "xcap-caps",
    "org.openmobilealliance.xcap-directory",
    "directory",
    "watchers",
    "org.openxcap.watchers",
];
/// Longer than any test.
const STALLED: Duration = Duration::from_secs(600);

/// Application usage and filename, and the text.
type Documents = BTreeMap<(String, String), String>;

fn set(bench: &Bench, documents: &Documents) {
    for ((application, name), text) in documents {
        bench.server.set_document(application, ALICE, name, text);
    }
}

fn stored(bench: &Bench, documents: &Documents) -> Documents {
    let keys = documents.keys().filter_map(|key| {
        let document = bench.server.document(&key.0, ALICE, &key.1)?;
        Some((key.clone(), document.text().to_owned()))
    });
    keys.collect()
}

/// As many documents, with names and texts of every kind.
fn many(count: usize) -> Documents {
    let names = ["index", "Index", "INDEX", "a/b", "b", "é 漢", "con", "x.", ".hidden", "a%2Fb?#"];
    let text = |n: usize| LISTS.replace("friends", &format!("\u{e9} {n}\t"));
    let document = |n: usize| {
        let (name, application) = (names[n % names.len()], n / names.len());
        let application = ["resource-lists", "notes", "manifest.json", "A.b", "a.b"]
            .get(application)
            .map_or_else(|| format!("usage-{application}"), |name| (*name).to_owned());
        ((application, name.to_owned()), text(n))
    };
    (0..count).map(document).collect()
}

/// A server that knows the usages of these documents, and more.
fn bench_of(profile: Profile) -> Bench {
    let mut builder = Server::builder().profile(profile).auth(Auth::Digest).user(ALICE, PASSWORD);
    for usage in ["notes", "manifest.json", "A.b", "a.b"] {
        builder = builder.application(Application::new(usage));
    }
    let (server, home) = (builder.start().unwrap(), Home::new());
    let account = format!("sip_address = {ALICE}\npassword = {PASSWORD}\n");
    home.ini(&format!("[Account]\n{account}xcap_root = {}\n", server.root()));
    Bench { server, home }
}

fn bench() -> Bench {
    bench_of(Profile::Rfc4825)
}

fn manifest(bench: &Bench) -> Value {
    serde_json::from_slice(&fs::read(bench.path("kept/manifest.json")).unwrap()).unwrap()
}

/// The files of the backup, below its directory.
fn files(bench: &Bench) -> Vec<String> {
    let mut files = Vec::new();
    let root = bench.path("kept");
    let mut open = vec![Path::new(&root).to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                open.push(entry);
            } else {
                let file = entry.strip_prefix(&root).unwrap();
                files.push(file.to_str().unwrap().to_owned());
            }
        }
    }
    files.sort();
    files
}

fn last_line(ended: &Ended) -> &str {
    ended.stderr.lines().last().unwrap_or_default()
}

fn changes(requests: &[RecordedRequest]) -> Vec<&RecordedRequest> {
    requests.iter().filter(|request| request.method() != "GET").collect()
}

#[test]
fn fifty_documents_are_the_same_byte_for_byte() {
    let bench = bench();
    let documents = many(50);
    assert_eq!(documents.len(), 50);
    set(&bench, &documents);
    let backup = bench.run(&["backup", "kept"]);
    assert_eq!((backup.code, last_line(&backup)), (Some(0), "50 saved"), "{}", backup.stderr);
    assert_eq!(files(&bench).len(), 51);
    let folded: std::collections::BTreeSet<_> =
        files(&bench).iter().map(|file| file.to_lowercase()).collect();
    assert_eq!(folded.len(), 51);

    bench.server.clear_requests();
    let again = bench.run(&["backup", "kept"]);
    assert_eq!((again.code, last_line(&again)), (Some(0), "50 unchanged"), "{}", again.stderr);
    let requests = bench.server.requests();
    let asked = requests.iter().filter(|request| request.header("if-none-match").is_some());
    assert_eq!(asked.count(), 50);

    // A third is changed, a third is gone.
    for (n, (application, name)) in documents.keys().enumerate() {
        match n % 3 {
            0 => drop(bench.server.set_document(application, ALICE, name, EMPTY)),
            1 => drop(bench.server.remove_document(application, ALICE, name)),
            _ => {}
        }
    }
    bench.server.clear_requests();
    let dry = bench.run(&["restore", "kept", "--dry-run"]);
    let counts = "16 same, 17 would create, 17 would replace";
    assert_eq!((dry.code, last_line(&dry)), (Some(0), counts), "{}", dry.stderr);
    assert!(changes(&bench.server.requests()).is_empty());
    let restored = bench.run(&["restore", "kept"]);
    assert_eq!((restored.code, last_line(&restored)), (Some(0), "34 restored, 16 same"));
    assert_eq!(stored(&bench, &documents), documents);
    let requests = bench.server.requests();
    for change in changes(&requests) {
        let (found, nothing) = (change.header("if-match"), change.header("if-none-match"));
        assert!(found.is_some_and(|etag| etag != "*") != (nothing == Some("*")));
    }
    let same = bench.run(&["restore", "kept"]);
    assert_eq!((same.code, last_line(&same)), (Some(0), "50 same"));
}

#[test]
fn what_is_printed_and_written() {
    let bench = bench();
    bench.set(LISTS);
    let etag = bench.etag();
    bench.server.set_document("notes", ALICE, "Mine/one", "<notes/>");
    bench.server.set_document("notes", "sip:bob@example.com", "index", "<notes/>");
    let root = bench.server.root();
    let backup = bench.run(&["backup", "kept"]);
    let first = format!("backup of {ALICE} at {root} to kept");
    backup.is(0, "", &[&first, "saved notes/Mine/one", "saved resource-lists/index", "2 saved"]);
    assert_eq!(files(&bench), ["manifest.json", "notes/%4dine%2fone", "resource-lists/index"]);
    assert_eq!(fs::read_to_string(bench.path("kept/resource-lists/index")).unwrap(), LISTS);
    let written = manifest(&bench);
    assert_eq!((&written["version"], &written["root"]), (&json!(1), &json!(root)));
    assert_eq!(written["user"], ALICE);
    let lists = json!({
        "path": format!("resource-lists/users/{ALICE}/index"),
        "file": "resource-lists/index",
        "etag": etag,
        "media_type": "application/resource-lists+xml",
        "size": LISTS.len(),
        "sha256": written["documents"][1]["sha256"],
    });
    assert_eq!(written["documents"][1], lists);

    bench.set(EMPTY);
    let again = bench.run(&["backup", "kept/"]);
    let first = format!("backup of {ALICE} at {root} to kept/");
    let lines = [&first, "unchanged notes/Mine/one", "saved resource-lists/index"];
    again.is(0, "", &[&lines[..], &["1 saved, 1 unchanged"]].concat());
    bench.set(LISTS);
    let restored = bench.run(&["restore", "kept"]);
    let first = format!("restore of {ALICE} at {root} to {ALICE} at {root}");
    let lines = [&first, "same notes/Mine/one", "restored resource-lists/index"];
    restored.is(0, "", &[&lines[..], &["1 restored, 1 same"]].concat());
    bench.set(LISTS);
    let dry = bench.run(&["restore", "kept", "--dry-run", "--app", "resource-lists"]);
    let first = format!("{first} (dry run, nothing is changed)");
    dry.is(0, "", &[&first, "would replace resource-lists/index", "1 would replace"]);
    assert_eq!(bench.stored().unwrap(), LISTS);
    let none = bench.run(&["restore", "kept", "--filename", "other"]);
    assert_eq!((none.code, last_line(&none)), (Some(0), "no documents"));
}

#[test]
fn an_application_usage_and_a_filename_can_be_named() {
    let bench = bench();
    bench.set(LISTS);
    bench.server.set_document("notes", ALICE, "index", "<notes/>");
    let backup = bench.run(&["backup", "kept", "--app", "notes"]);
    assert_eq!(backup.lines()[1..], ["saved notes/index", "1 saved"], "{}", backup.stderr);
    let backup = bench.run(&["backup", "kept", "--filename", "none"]);
    assert_eq!(backup.code, Some(3));
    assert_eq!(
        backup.lines()[1..],
        [
            "unchanged notes/index",
            "saved resource-lists/index",
            "failed none: the server has no document of this name",
            "1 failed, 1 saved, 1 unchanged"
        ]
    );
    // Where nothing is listed, it is found by its name, and again without it.
    let bench = Bench::of(Profile::OpenXcap);
    bench.server.set_document("resource-lists", ALICE, "friends", LISTS);
    let backup = bench.run(&["backup", "kept"]);
    assert_eq!((backup.code, last_line(&backup)), (Some(0), "no documents"), "{}", backup.stderr);
    let named = bench.run(&["backup", "kept", "--filename", "friends"]);
    assert_eq!(named.lines()[2..], ["saved resource-lists/friends", "1 saved"]);
    let again = bench.run(&["backup", "kept", "--app", "resource-lists"]);
    assert_eq!(again.lines()[2..], ["unchanged resource-lists/friends", "1 unchanged"]);
}

#[test]
fn each_usages_default_document_on_each_profile() {
    for profile in [Profile::Rfc4825, Profile::OpenXcap, Profile::Kamailio] {
        let bench = Bench::of(profile);
        let client = bench.server.client(ALICE).unwrap();
        let mut documents = Documents::new();
        for usage in Application::registry().iter().filter(|usage| usage.tree == Tree::Users) {
            let Some(root) = &usage.root else { continue };
            let is_read_only = READ_ONLY.contains(&&*usage.auid);
            let text = format!("<!-- é -->\r\n<{} xmlns=\"{}\"></{0}>", root.name, root.namespace);
            // What the server does not take cannot be saved either.
            if is_read_only || client.put(&usage.auid, &text, None, None, None).is_err() {
                continue;
            }
            let key = (usage.auid.to_string(), usage.filename.to_string());
            documents.insert(key, text);
        }
        assert!(documents.len() > 4, "{documents:?}");
        let backup = bench.run(&["backup", "kept"]);
        let count = documents.len();
        let saved = format!("{count} saved");
        assert_eq!((backup.code, last_line(&backup)), (Some(0), &*saved), "{}", backup.stderr);
        let again = bench.run(&["backup", "kept"]);
        assert_eq!(last_line(&again), format!("{count} unchanged"), "{}", again.stderr);
        for (n, (application, name)) in documents.keys().enumerate() {
            match n % 2 {
                0 => drop(bench.server.set_document(application, ALICE, name, "<other/>")),
                _ => drop(bench.server.remove_document(application, ALICE, name)),
            }
        }
        let restored = bench.run(&["restore", "kept"]);
        let all = format!("{count} restored");
        assert_eq!((restored.code, last_line(&restored)), (Some(0), &*all), "{}", restored.stderr);
        assert_eq!(stored(&bench, &documents), documents, "{profile:?}");
    }
}

#[test]
fn where_nothing_is_listed_the_usual_documents_are_asked_for() {
    let known = Application::registry().iter().filter(|usage| usage.tree == Tree::Users);
    let known = known.filter(|usage| !READ_ONLY.contains(&&*usage.auid));
    let mut usual: Vec<_> =
        known.map(|usage| format!("{}/{}", usage.auid, usage.filename)).collect();
    usual.sort();
    let pidf = usual.iter().position(|name| name == "pidf-manipulation/index").unwrap();
    for (directory, capabilities) in [(404, 501), (403, 404), (405, 500), (501, 403)] {
        let bench = bench();
        bench.set(LISTS);
        bench.server.set_document("pidf-manipulation", ALICE, "index", "<presence/>");
        bench.server.set_document("resource-lists", ALICE, "other", LISTS);
        bench.server.misbehave(1, Fault::status(directory, "no"));
        bench.server.misbehave(1, Fault::status(capabilities, "no"));
        // The challenge, and a usage that the server does not want to know.
        bench.server.misbehave(1, Fault::Delay(Duration::ZERO));
        bench.server.misbehave(1, Fault::status(403, "no"));
        let backup = bench.run(&["backup", "kept"]);
        let first = format!("left out {}: the server answered 403", usual[0]);
        let lines = backup.lines();
        let says = format!("the server does not list its documents ({directory} ");
        assert!(lines[1].starts_with(&says), "{}", backup.stderr);
        assert!(lines[1].ends_with("is asked for; name others with --filename"), "{}", lines[1]);
        let saved = ["saved pidf-manipulation/index", "saved resource-lists/index", "2 saved"];
        assert_eq!(lines[2..], [&[&*first][..], &saved].concat());
        assert_eq!(backup.code, Some(0));
        // What was there once is missed where it is forbidden now.
        bench.server.misbehave(1, Fault::status(directory, "no"));
        bench.server.misbehave(1, Fault::status(capabilities, "no"));
        bench.server.misbehave(1, Fault::Delay(Duration::ZERO));
        bench.server.misbehave(pidf + 1, Fault::status(403, "no"));
        let backup = bench.run(&["backup", "kept"]);
        assert!(backup.stderr.contains("\nfailed pidf-manipulation/index: GET "));
        assert_eq!((backup.code, last_line(&backup)), (Some(3), "1 failed, 1 unchanged"));
    }
    // A server that is closed for now lists nothing, and is not asked further.
    let bench = Bench::with_lists();
    bench.server.misbehave(1, Fault::status(503, "no"));
    let backup = bench.run(&["backup", "kept"]);
    assert_eq!(backup.code, Some(3));
    assert!(
        backup.lines()[1].starts_with("failed to list the documents: GET "),
        "{}",
        backup.stderr
    );
    assert!(backup.lines()[1].ends_with(" 503 Service Unavailable"), "{}", backup.stderr);
    assert!(!bench.home.files().contains(&"kept".to_owned()));
}

#[test]
fn what_is_gone_from_the_server_is_kept_until_its_file_is_deleted() {
    let bench = Bench::with_lists();
    bench.run(&["backup", "kept"]);
    bench.server.remove_document("resource-lists", ALICE, "index");
    let kept = "what is gone from the server stays here; delete its file, and it is forgotten";
    for _ in 0..2 {
        let backup = bench.run(&["backup", "kept"]);
        assert_eq!(backup.code, Some(0));
        assert_eq!(backup.lines()[1..], ["gone resource-lists/index", kept, "1 gone"]);
    }
    assert_eq!(bench.run(&["restore", "kept", "--dry-run"]).code, Some(0));
    fs::remove_file(bench.path("kept/resource-lists/index")).unwrap();
    let restore = bench.run(&["restore", "kept"]);
    let line = "failed resource-lists/index: the file resource-lists/index is missing";
    assert_eq!((restore.code, restore.lines()[1]), (Some(2), line));
    let backup = bench.run(&["backup", "kept"]);
    assert_eq!((backup.code, &backup.lines()[1..]), (Some(0), &["no documents"][..]));
    assert_eq!(manifest(&bench)["documents"], json!([]));
}

#[test]
fn a_file_that_is_not_what_was_saved_is_fetched_again_and_never_sent() {
    let bench = Bench::with_lists();
    bench.run(&["backup", "kept"]);
    for damaged in [&LISTS[1..], &LISTS.replace("friends", "fiends."), ""] {
        fs::write(bench.path("kept/resource-lists/index"), damaged).unwrap();
        bench.set(EMPTY);
        let restore = bench.run(&["restore", "kept"]);
        let line = "failed resource-lists/index: the file resource-lists/index is not what was \
                    saved; if that is meant, send it with put -i";
        assert_eq!((restore.code, restore.lines()[1]), (Some(2), line));
        assert_eq!(bench.stored().unwrap(), EMPTY);
        bench.set(LISTS);
        let backup = bench.run(&["backup", "kept"]);
        assert_eq!((backup.code, last_line(&backup)), (Some(0), "1 saved"));
        assert_eq!(fs::read_to_string(bench.path("kept/resource-lists/index")).unwrap(), LISTS);
    }
}

#[test]
fn a_second_run_completes_one_that_was_killed() {
    let bench = bench();
    let documents = many(20);
    set(&bench, &documents);
    // The directory twice and the challenge, then seven documents; then nothing comes any more.
    bench.server.misbehave(10, Fault::Delay(Duration::ZERO));
    bench.server.misbehave(1, Fault::Delay(STALLED));
    let mut child = bench.command(&["backup", "kept"]).spawn().unwrap();
    while bench.server.requests().len() < 11 && child.try_wait().unwrap().is_none() {
        thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    bench.server.behave();
    let half = files(&bench);
    assert!(half.len() > 5 && half.len() < 21, "{half:?}");
    let texts: Vec<_> = documents.values().map(String::as_str).collect();
    for file in half.iter().filter(|file| *file != "manifest.json") {
        let text = fs::read_to_string(bench.path(&format!("kept/{file}"))).unwrap();
        assert!(texts.contains(&&*text), "{file} is half written");
    }
    let named = manifest(&bench)["documents"].as_array().unwrap().len();
    assert!(named + 2 >= half.len(), "{named} of {half:?}");
    // What there is can be restored.
    let restore = bench.run(&["restore", "kept"]);
    assert_eq!((restore.code, last_line(&restore)), (Some(0), &*format!("{named} same")));
    let backup = bench.run(&["backup", "kept"]);
    assert_eq!(backup.code, Some(0), "{}", backup.stderr);
    assert_eq!(files(&bench).len(), 21);
    assert_eq!(manifest(&bench)["documents"].as_array().unwrap().len(), 20);

    // A restore that was killed goes on, too.
    for key in documents.keys() {
        bench.server.set_document(&key.0, ALICE, &key.1, EMPTY);
    }
    bench.server.clear_requests();
    bench.server.misbehave(12, Fault::Delay(Duration::ZERO));
    bench.server.misbehave(1, Fault::Delay(STALLED));
    let mut child = bench.command(&["restore", "kept"]).spawn().unwrap();
    while bench.server.requests().len() < 13 && child.try_wait().unwrap().is_none() {
        thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    bench.server.behave();
    let restored = bench.run(&["restore", "kept"]);
    assert_eq!(restored.code, Some(0), "{}", restored.stderr);
    assert!(last_line(&restored).contains(" same"), "{}", restored.stderr);
    assert_eq!(stored(&bench, &documents), documents);
}

#[test]
fn whenever_it_is_killed_each_file_is_whole() {
    let bench = bench();
    let (old, new) = (many(10), many(10).into_iter());
    let new: Documents = new.map(|(key, text)| (key, text.replace("list", "LIST"))).collect();
    set(&bench, &old);
    for requests in 1..=14 {
        bench.server.clear_requests();
        set(&bench, if requests % 2 == 0 { &old } else { &new });
        // The server does not wait, so the program may be anywhere behind this request.
        let mut child = bench.command(&["backup", "kept"]).spawn().unwrap();
        while bench.server.requests().len() < requests && child.try_wait().unwrap().is_none() {
            thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let folder = bench.path("kept/resource-lists");
        let texts: Vec<_> = old.values().chain(new.values()).collect();
        let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap());
        // A temporary file may be left over, and is none of the backup.
        let is_saved = |name: &str| !name.starts_with(".xcapclient-");
        for entry in entries.filter(|entry| is_saved(entry.file_name().to_str().unwrap())) {
            let text = fs::read_to_string(entry.path()).unwrap();
            assert!(texts.contains(&&text), "{} is half written", entry.path().display());
        }
        let dry = bench.run(&["restore", "kept", "--dry-run"]);
        assert!(!dry.stderr.contains("cannot use"), "{}", dry.stderr);
    }
    set(&bench, &old);
    let backup = bench.run(&["backup", "kept"]);
    assert_eq!(backup.code, Some(0), "{}", backup.stderr);
    set(&bench, &new);
    let restored = bench.run(&["restore", "kept"]);
    assert_eq!((restored.code, last_line(&restored)), (Some(0), "10 restored"));
    assert_eq!(stored(&bench, &old), old);
}
