//! The program `xcapclient`, as its users see it, against the in-process server.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use xcaplib::testing::{Auth, Fault, RecordedRequest, Server};

const ALICE: &str = "sip:alice@example.com";
const LISTS: &str = concat!(
    "<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\">\r\n",
    "<list name=\"friends &amp; more\"><entry uri=\"sip:bob@example.com\"/></list>\n",
    "</resource-lists>"
);
const EMPTY: &str = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
const INI: &str = "[Account]\nsip_address = sip:alice@example.com\npassword = 100%s; #secret\n";

/// A server, and a home directory with an account on it.
struct Bench {
    server: Server,
    home: PathBuf,
}

/// How the program ended.
struct Ended {
    code: Option<i32>,
    stdout: Vec<u8>,
    stderr: String,
}

impl Bench {
    fn new() -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let home = std::env::temp_dir().join(format!("xcapclient-{}-{number}", std::process::id()));
        fs::create_dir_all(&home).unwrap();
        let server = Server::builder()
            .auth(Auth::Digest)
            .user(ALICE, "100%s; #secret")
            .user("sip:bob@example.com", "hidden")
            .writable_global(true)
            .start()
            .unwrap();
        let bench = Self { server, home };
        bench.ini(&format!("{INI}xcap_root = {}\n", bench.server.root()));
        bench
    }

    fn with_lists() -> Self {
        let bench = Self::new();
        bench.server.set_document("resource-lists", ALICE, "index", LISTS);
        bench
    }

    fn ini(&self, text: &str) {
        fs::write(self.home.join(".xcapclient.ini"), text).unwrap();
    }

    fn path(&self, name: &str) -> String {
        self.home.join(name).to_str().unwrap().to_owned()
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xcapclient"));
        command.args(args).env("HOME", &self.home).env("USERPROFILE", &self.home);
        command.current_dir(&self.home);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn run(&self, args: &[&str]) -> Ended {
        self.run_with(args, b"")
    }

    fn run_with(&self, args: &[&str], input: &[u8]) -> Ended {
        ended(self.command(args).spawn().unwrap(), input)
    }

    fn index(&self) -> String {
        format!("{}/resource-lists/users/sip:alice@example.com/index", self.server.root())
    }

    fn stored(&self) -> Option<String> {
        let document = self.server.document("resource-lists", ALICE, "index");
        document.map(|document| document.text().to_owned())
    }

    fn last(&self) -> RecordedRequest {
        self.server.requests().pop().unwrap()
    }

    /// What is in the home directory.
    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.home).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.home);
    }
}

fn ended(mut child: Child, input: &[u8]) -> Ended {
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // A program that reads nothing may be gone before all is written.
    let writer = thread::spawn(move || drop(stdin.write_all(&input)));
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Ended { code: status.code(), stdout, stderr: String::from_utf8(stderr).unwrap() }
}

impl Ended {
    #[track_caller]
    fn is(&self, code: i32, stdout: impl AsRef<[u8]>, stderr: &[&str]) {
        assert_eq!(self.stderr.lines().collect::<Vec<_>>(), stderr);
        assert_eq!(self.code, Some(code), "{}", self.stderr);
        assert!(self.stdout == stdout.as_ref(), "{}", String::from_utf8_lossy(&self.stdout));
    }

    /// Nothing on standard output, one line on the other.
    #[track_caller]
    fn is_refused(&self, code: i32, begins: &str) {
        assert_eq!(self.code, Some(code), "{}", self.stderr);
        assert!(self.stdout.is_empty());
        let last = self.stderr.lines().last().unwrap_or_default();
        assert!(last.starts_with(begins), "{}", self.stderr);
        assert!(self.stderr.lines().count() <= 2, "{}", self.stderr);
    }
}

fn answer(status: u16, content_type: &str, body: &[u8]) -> Fault {
    let headers = vec![("Content-Type".to_owned(), content_type.to_owned())];
    Fault::Answer { status, headers, body: body.to_vec() }
}

#[test]
fn get_prints_the_body_and_its_headers() {
    let bench = Bench::new();
    let etag = bench.server.set_document("resource-lists", ALICE, "index", LISTS);
    let lines = [
        format!("get {}", bench.index()),
        format!("etag: {etag}"),
        "content-type: application/resource-lists+xml".to_owned(),
        format!("content-length: {}", LISTS.len()),
    ];
    let lines = lines.each_ref().map(String::as_str);
    bench.run(&["--app", "resource-lists", "get"]).is(0, LISTS, &lines);
    bench.run(&["get", "--app", "resource-lists"]).is(0, LISTS, &lines);
    bench.run(&["get", "", "--app=resource-lists"]).is(0, LISTS, &lines);

    // An attribute is printed as the server sends it.
    let name = bench.run(&["get", "/resource-lists/list[1]/@name"]);
    assert_eq!(name.code, Some(0));
    assert_eq!(name.stdout, b"\"friends &amp; more\"");
}

#[test]
fn an_error_has_its_status_and_body() {
    let bench = Bench::new();
    let missing = bench.run(&["get", "/resource-lists"]);
    let lines: Vec<_> = missing.stderr.lines().collect();
    assert_eq!(missing.code, Some(3));
    assert_eq!(lines[..2], [&format!("get {}/~~/resource-lists", bench.index()), "404 Not Found"]);

    let json = br#"{"error": "no"}"#;
    for (status, line) in [(503, "503 Service Unavailable"), (799, "799")] {
        bench.server.misbehave(1, answer(status, "application/json", json));
        bench.run(&["get", "--app", "resource-lists"]).is(
            3,
            json,
            &[
                &format!("get {}", bench.index()),
                line,
                "content-type: application/json",
                "content-length: 15",
            ],
        );
    }
}

#[test]
fn put_and_delete_go_under_their_etag() {
    let bench = Bench::new();
    let put = bench.run_with(&["put"], LISTS.as_bytes());
    let etag = bench.server.document("resource-lists", ALICE, "index").unwrap().etag().clone();
    assert_eq!(put.code, Some(0));
    let lines: Vec<_> = put.stderr.lines().collect();
    let tag = format!("etag: {etag}");
    assert_eq!(lines[..3], [&format!("put {}", bench.index()), "201 Created", &tag]);
    assert_eq!(bench.stored().unwrap(), LISTS);

    let stale = bench.run_with(&["put", "--etag", "stale"], EMPTY.as_bytes());
    assert_eq!(stale.code, Some(3));
    assert_eq!(stale.stderr.lines().nth(1), Some("412 Precondition Failed"));
    assert_eq!(bench.last().header("if-match"), Some("\"stale\""));

    let fresh = bench.run_with(&["--etag", &etag.to_string(), "put"], EMPTY.as_bytes());
    assert_eq!((fresh.code, fresh.stderr.lines().nth(1)), (Some(0), Some("200 OK")));
    assert_eq!(bench.last().header("if-match"), Some(&*etag.to_string()));

    let etag = bench.server.document("resource-lists", ALICE, "index").unwrap().etag().clone();
    let gone = bench.run(&["delete", "--app", "resource-lists", "--etag", etag.opaque()]);
    assert_eq!((gone.code, gone.stderr.lines().nth(1)), (Some(0), Some("200 OK")));
    assert_eq!(bench.stored(), None);
    bench.run(&["get", "--app", "resource-lists", "--etag", "*"]);
    assert_eq!(bench.last().header("if-match"), Some("*"));
}

#[test]
fn a_status_304_is_no_success() {
    let bench = Bench::new();
    let etag = bench.server.set_document("resource-lists", ALICE, "index", LISTS);
    let header = format!("If-None-Match: {etag}");
    let same = bench.run(&["get", "--app", "resource-lists", "--add-header", &header]);
    assert_eq!((same.code, same.stderr.lines().nth(1)), (Some(3), Some("304 Not Modified")));
}

#[test]
fn insert_and_replace_keep_their_promise() {
    let bench = Bench::new();
    let nothing = bench.run_with(&["replace"], LISTS.as_bytes());
    assert_eq!((nothing.code, nothing.stderr.lines().nth(1)), (Some(3), Some("404 Not Found")));
    assert_eq!(bench.stored(), None);

    let made = bench.run_with(&["insert"], LISTS.as_bytes());
    assert_eq!((made.code, made.stderr.lines().nth(1)), (Some(0), Some("201 Created")));
    let (insert, exists) = (
        format!("insert {}", bench.index()),
        format!("{} exists already; nothing was changed", bench.index()),
    );
    bench.run_with(&["insert"], EMPTY.as_bytes()).is(3, "", &[&insert, &exists]);
    assert_eq!(bench.stored().unwrap(), LISTS);

    let entry = "/resource-lists/list[1]/entry[@uri=\"sip:carol@example.com\"]";
    let carol = br#"<entry uri="sip:carol@example.com"/>"#;
    assert_eq!(bench.run_with(&["insert", entry], carol).code, Some(0));
    assert_eq!(bench.run_with(&["insert", entry], carol).code, Some(3));
    let named = br#"<entry uri="sip:carol@example.com"><display-name>C</display-name></entry>"#;
    let replaced = bench.run_with(&["replace", entry], named);
    assert_eq!((replaced.code, replaced.stdout.as_slice()), (Some(0), &b""[..]));
    assert!(bench.stored().unwrap().contains("<display-name>C</display-name>"));
}

#[test]
fn bodies_survive_byte_for_byte() {
    let bench = Bench::new();
    // What the server was sent counts, not what it says to it.
    let sent: [&[u8]; 5] =
        [b"\xff\xfe\x00\x80", b"a\r\nb\n", b"no line end", b"", &[b'x'; 1 << 20]];
    for body in sent {
        let put = ["--no-validate", "--app", "resource-lists", "put"];
        bench.run_with(&put, body);
        assert!(bench.last().body() == body);
        let path = bench.file("body", body);
        bench.run(&["--no-validate", "--app", "resource-lists", "put", "-i", &path]);
        assert!(bench.last().body() == body);

        for (status, code) in [(200, 0), (500, 3)] {
            // Digest: the challenge comes first, then the answer.
            bench.server.misbehave(1, answer(status, "application/octet-stream", body));
            let got = bench.run(&["--app", "resource-lists", "get"]);
            assert_eq!(got.code, Some(code), "{}", got.stderr);
            assert!(got.stdout == body);
        }
    }
    let large = format!("{EMPTY}<!--{}-->", "x".repeat(1 << 20));
    assert_eq!(bench.run_with(&["put"], large.as_bytes()).code, Some(0));
    assert!(bench.stored().unwrap() == large);
    assert!(bench.run(&["get", "--app", "resource-lists"]).stdout == large.as_bytes());
}

#[test]
fn the_account_is_found() {
    let bench = Bench::with_lists();
    let root = bench.server.root();
    bench.ini(&format!(
        "; accounts\n[Account_bob]\nSIP_Address: bob@example.com\npassword=hidden\nxcap_root={root}/\n\
         [Account]\nsip_address=sip:nobody@example.com\npassword=wrong\nxcap_root={root}\n"
    ));
    let bob = bench.run(&["-a", "bob", "--app", "resource-lists", "get"]);
    let url = format!("get {root}/resource-lists/users/sip:bob@example.com/index");
    assert_eq!((bob.code, bob.stderr.lines().next()), (Some(3), Some(&*url)));
    assert_eq!(bob.stderr.lines().nth(1), Some("404 Not Found"));

    // Options win.
    let get = ["get", "--app", "resource-lists", "--sip-address", ALICE, "-p", "100%s; #secret"];
    assert_eq!(bench.run(&get).stdout, LISTS.as_bytes());
    let refused = bench.run(&["get", "--app", "resource-lists", "--sip-address", ALICE]);
    assert_eq!(refused.code, Some(3));
    assert_eq!(refused.stderr.lines().nth(1), Some("401 Unauthorized"));

    bench.run(&["--account-name", "eve", "--app", "x", "get"]).is(
        2,
        "",
        &["error: ~/.xcapclient.ini has no section [Account_eve]"],
    );
    fs::remove_file(bench.home.join(".xcapclient.ini")).unwrap();
    bench.run(&["--app", "x", "get"]).is_refused(2, "error: give --sip-address,");
    let alice = ["--sip-address", ALICE, "--app", "resource-lists", "get"];
    bench.run(&alice).is_refused(2, "error: give --xcap-root,");
    // Without a password, and without a terminal to ask on.
    let bare = [&alice[..], &["--xcap-root", &root]].concat();
    assert_eq!(bench.run(&bare).stderr.lines().nth(1), Some("401 Unauthorized"));
    let whole = [&bare[..], &["--password", "100%s; #secret"]].concat();
    assert_eq!(bench.run(&whole).code, Some(0));
    bench.ini("[Account]\nxcap_root=ftp://example.com\nsip_address=a@example.com\n");
    bench.run(&["--app", "x", "get"]).is_refused(2, "error: ");
    fs::write(bench.home.join(".xcapclient.ini"), b"[Account]\npassword=\xff\n").unwrap();
    bench.run(&["--app", "x", "get"]).is_refused(2, "error: ~/.xcapclient.ini is not UTF-8");
}

#[test]
fn the_application_is_guessed() {
    let bench = Bench::new();
    for (root, app) in [
        ("resource-lists", "resource-lists"),
        ("rls-services", "rls-services"),
        ("cr:ruleset", "pres-rules"),
        ("pres-rules", "pres-rules"),
        ("presence", "pidf-manipulation"),
        ("dialog", "org.openxcap.dialog-rules"),
        ("watchers", "org.openxcap.watchers"),
        ("icon", "oma_status-icon"),
        ("xcap-directory", "org.openmobilealliance.xcap-directory"),
        ("xcap-caps", "xcap-caps"),
    ] {
        let begins = |action: &str| format!("{action} {}/{app}/", bench.server.root());
        for node in [format!("/{root}/a"), format!("{root}[1]/@b")] {
            let got = bench.run(&["--no-validate", "get", &node]);
            assert!(got.stderr.starts_with(&begins("get")), "{}", got.stderr);
        }
        let body = format!("<?xml version='1.0'?>\n<!-- <a> -->\n<!DOCTYPE b>\n<{root}/>");
        let put = bench.run_with(&["--no-validate", "put"], body.as_bytes());
        assert!(put.stderr.starts_with(&begins("put")), "{}", put.stderr);
    }
    for args in [&["get"][..], &["put"], &["get", "/unknown"], &["delete"]] {
        bench.run_with(args, b"<unknown/>").is_refused(2, "error: the application usage cannot");
    }
    assert!(bench.run_with(&["put"], b"<a").stderr.contains("--app"));
}

#[test]
fn context_and_filename_name_the_document() {
    let bench = Bench::with_lists();
    let root = bench.server.root();
    for (args, url) in [
        (&["-c", "global"][..], "resource-lists/global/index"),
        (&["--context", "users"], "resource-lists/users/sip:alice@example.com/index"),
        (&["--filename", "a b"], "resource-lists/users/sip:alice@example.com/a%20b"),
        (&["--app", "xcap-caps"], "xcap-caps/global/index"),
        (&["--app", "xcap-caps", "-c", "users"], "xcap-caps/users/sip:alice@example.com/index"),
    ] {
        let got = bench.run(&[&["get", "--app", "resource-lists"], args].concat());
        assert_eq!(got.stderr.lines().next(), Some(&*format!("get {root}/{url}")));
    }
    let put = ["-c", "global", "--filename", "all", "put"];
    assert_eq!(bench.run_with(&put, EMPTY.as_bytes()).code, Some(0));
    let stored = bench.server.document("resource-lists", None, "all").unwrap();
    assert_eq!(stored.text(), EMPTY);
}

#[test]
fn headers_replace_and_remove_defaults() {
    let bench = Bench::with_lists();
    let get = ["get", "--app", "resource-lists"];
    let with = |more: &[&str]| {
        let ended = bench.run(&[&get[..], more].concat());
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        bench.last()
    };
    let plain = with(&[]);
    assert!(plain.header("user-agent").is_some() && plain.header("accept").is_some());
    let own = with(&["--add-header", "USER-agent: mine", "--add-header", "X-One:1:2"]);
    assert_eq!((own.header("user-agent"), own.header("x-one")), (Some("mine"), Some("1:2")));
    let bare = ["--add-header", "user-AGENT:", "--add-header", "Accept: ", "--add-header", "X:"];
    let bare = with(&bare);
    for name in ["user-agent", "accept", "x"] {
        assert_eq!(bare.header(name), None, "{name}");
    }
    let undone = ["--etag", "stale", "--add-header", "if-match:"];
    assert_eq!(with(&undone).header("if-match"), None);

    bench.run_with(&["put", "--add-header", "content-TYPE: text/xml"], EMPTY.as_bytes());
    assert_eq!(bench.last().header("content-type"), Some("text/xml"));
    bench.run_with(&["put", "--add-header", "Content-Type:"], EMPTY.as_bytes());
    assert_eq!(bench.last().header("content-type"), None);

    bench.run(&[&get[..], &["--add-header", "none"]].concat()).is_refused(2, "error: ");
    bench.run(&[&get[..], &["--add-header", "a b: c"]].concat()).is_refused(2, "error: ");
}

#[test]
fn a_refused_body_or_selector_is_shown_with_a_caret() {
    let bench = Bench::with_lists();
    let body =
        b"<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\">\n <list>\n</lists>";
    let refused = bench.run_with(&["put"], body);
    let lines: Vec<_> = refused.stderr.lines().collect();
    assert_eq!(refused.code, Some(2));
    assert!(lines[1].starts_with("error: document body, line 3, column 1: "), "{lines:?}");
    assert_eq!(lines[2..], ["  </lists>", "  ^"]);

    let long = format!("<resource-lists a=\"{}\" b=\u{e9}/>", "x".repeat(200));
    let refused = bench.run_with(&["put"], long.as_bytes());
    let lines: Vec<_> = refused.stderr.lines().collect();
    let caret = lines[3].chars().position(|c| c == '^').unwrap();
    assert_eq!(lines[2].chars().nth(caret), Some('\u{e9}'), "{}", refused.stderr);

    let refused = bench.run(&["get", "/resource-lists/list[@name=x]"]);
    let lines = [
        "error: node selector: expected a value in quotes at column 28",
        "  /resource-lists/list[@name=x]",
        "                             ^",
    ];
    refused.is(2, "", &lines);
    assert!(bench.server.requests().is_empty());

    let sent = bench.run(&["--no-validate", "get", "/resource-lists/list[@name=x]"]);
    assert_eq!(sent.code, Some(3));
    assert!(bench.last().target().ends_with("/~~/resource-lists/list%5B@name=x%5D"));
    bench.run_with(&["--no-validate", "put", "--app", "resource-lists"], body);
    assert!(bench.last().body() == body);
}

#[test]
fn a_file_is_written_when_an_answer_came() {
    let bench = Bench::with_lists();
    let path = bench.file("out", "before");
    let get = ["get", "--app", "resource-lists", "-o", &path];
    let read = || fs::read(&path).unwrap();

    bench.server.misbehave(1, Fault::CloseBeforeAnswer);
    assert_eq!(bench.run(&get).code, Some(1));
    assert_eq!(read(), b"before");
    let got = bench.run(&get);
    assert_eq!((got.code, got.stdout.len()), (Some(0), 0));
    assert_eq!(read(), LISTS.as_bytes());
    bench.server.misbehave(1, answer(500, "text/plain", b"\xff"));
    assert_eq!(bench.run(&get).code, Some(3));
    assert_eq!(read(), b"\xff");

    let new = bench.path("new");
    assert_eq!(bench.run(&["get", "--app", "resource-lists", "-o", "new"]).code, Some(0));
    assert_eq!(fs::read(new).unwrap(), LISTS.as_bytes());
    assert_eq!(bench.files(), [".xcapclient.ini", "new", "out"]);
}

#[cfg(unix)]
#[test]
fn a_file_keeps_its_mode_and_its_links() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let bench = Bench::with_lists();
    let path = bench.file("out", "before");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    symlink(&path, bench.path("link")).unwrap();
    assert_eq!(bench.run(&["get", "--app", "resource-lists", "-o", "link"]).code, Some(0));
    assert_eq!(fs::read(&path).unwrap(), LISTS.as_bytes());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(fs::symlink_metadata(bench.path("link")).unwrap().is_symlink());
    assert_eq!(bench.run(&["get", "--app", "resource-lists", "-o", "/dev/null"]).code, Some(0));
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
}

#[test]
fn what_cannot_be_read_or_written_is_found_before() {
    let bench = Bench::with_lists();
    let missing = bench.path("missing");
    bench.run(&["put", "-i", &missing]).is_refused(2, "error: cannot read ");
    let below = bench.path("missing/out");
    for path in [&*below, bench.home.to_str().unwrap()] {
        let put = ["put", "--app", "resource-lists", "-o", path];
        bench.run_with(&put, EMPTY.as_bytes()).is_refused(2, "error: cannot write to ");
    }
    assert!(bench.server.requests().is_empty());
    assert_eq!(bench.files(), [".xcapclient.ini"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_fatal() {
    let bench = Bench::with_lists();
    let get = ["get", "--app", "resource-lists"];
    let full = bench.run(&[&get[..], &["-o", "/dev/full"]].concat());
    assert_eq!(full.code, Some(1));
    assert!(full.stderr.lines().last().unwrap().starts_with("FATAL: cannot write to /dev/full"));

    let device = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = bench.command(&get);
    let full = ended(command.stdout(device).spawn().unwrap(), b"");
    assert_eq!(full.code, Some(1));
    let last = full.stderr.lines().last().unwrap();
    assert!(last.starts_with("FATAL: cannot write to the standard output"), "{last}");
}

#[test]
fn a_wrong_command_line_is_one_line() {
    let bench = Bench::with_lists();
    for args in [
        &["--wrong", "get"][..],
        &[],
        &["fetch"],
        &["get", "/a", "/b"],
        &["get", "--timeout", "soon"],
        &["get", "--timeout", "0"],
        &["get", "--timeout", "-1"],
        &["get", "--timeout", "1e300"],
        &["get", "-c", "all"],
        &["get", "-o"],
    ] {
        let ended = bench.run(args);
        ended.is_refused(2, "error: ");
        assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
    }
    assert!(bench.server.requests().is_empty());
    for (option, text) in [("--help", "--add-header"), ("--version", env!("CARGO_PKG_VERSION"))] {
        let shown = bench.run(&[option]);
        assert_eq!(shown.code, Some(0));
        assert!(String::from_utf8(shown.stdout).unwrap().contains(text));
    }
}

#[test]
fn options_are_taken_as_scripts_give_them() {
    let bench = Bench::with_lists();
    for args in [
        &["--eventlib", "get", "--app", "resource-lists"][..],
        // The last of several counts, and a name may be cut short.
        &["--app", "x", "get", "--app", "resource-lists"],
        &["--ap", "resource-lists", "--time", "5.5", "get"],
    ] {
        let ended = bench.run(args);
        assert_eq!((ended.code, ended.stdout.as_slice()), (Some(0), LISTS.as_bytes()), "{args:?}");
    }
}

#[test]
fn no_answer_is_fatal() {
    let bench = Bench::with_lists();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let root = format!("http://{}", listener.local_addr().unwrap());
    let get = ["get", "--app", "resource-lists", "--xcap-root", &root];
    let late = bench.run(&[&get[..], &["--timeout", "0.3"]].concat());
    late.is_refused(1, "FATAL: ");
    drop(listener);
    bench.run(&get).is_refused(1, "FATAL: ");
    bench.server.misbehave(1, Fault::CloseInAnswer);
    bench.run(&["get", "--app", "resource-lists"]).is_refused(1, "FATAL: ");
    bench.server.misbehave(9, Fault::CloseBeforeAnswer);
    bench.run_with(&["insert"], EMPTY.as_bytes()).is_refused(1, "FATAL: ");
}

#[test]
fn a_closed_reader_ends_it_quietly() {
    let bench = Bench::new();
    let large = vec![b'x'; 1 << 20];
    for (status, code) in [(200, 0), (500, 3)] {
        bench.server.misbehave(1, answer(status, "text/plain", &large));
        let mut child = bench.command(&["get", "--app", "resource-lists"]).spawn().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        let mut first = [0];
        stdout.read_exact(&mut first).unwrap();
        drop(stdout);
        let ended = ended(child, b"");
        assert_eq!(ended.code, Some(code));
        assert!(ended.stderr.ends_with("content-length: 1048576\n"), "{}", ended.stderr);
    }
    // Nor does a closed standard error harm.
    let bench = Bench::with_lists();
    let mut child = bench.command(&["get", "--app", "resource-lists"]).spawn().unwrap();
    drop(child.stderr.take());
    let ended = ended(child, b"");
    assert_eq!((ended.code, ended.stdout.as_slice()), (Some(0), LISTS.as_bytes()));
}
