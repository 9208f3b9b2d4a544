//! `--dry-run` says what the strict server then does, and sends nothing that changes anything.

use diffy::Patch;
use xcaplib::Application;
use xcaplib::testing::Server;

use crate::bench::{Bench, EMPTY, LISTS, PASSWORD, answer};
use crate::cases::{self, Case};

#[test]
fn it_foretells_what_the_server_does() {
    let inputs = ["before", "args", "body"];
    cases::run("dry-run.txt", &inputs, foretold_and_done);
}

/// The forecast, with what comes of the same command without `--dry-run`.
fn foretold_and_done(case: &Case) -> Vec<(&'static str, String)> {
    let bench = Bench::new();
    let before = case.find("before").unwrap_or_default();
    let etag = if before.is_empty() { String::new() } else { bench.set(before) };
    let args: Vec<_> = case.get("args").split(' ').map(|arg| arg.replace("ETAG", &etag)).collect();
    let mut args: Vec<_> = args.iter().map(String::as_str).collect();
    args.extend(["--app", "resource-lists"]);
    let body = case.find("body").unwrap_or_default();

    let foretold = bench.run_with(&[&args[..], &["--dry-run"]].concat(), body);
    assert_eq!(bench.stored().unwrap_or_default(), before, "a dry run changes nothing");
    assert!(bench.methods().iter().all(|method| method == "GET"));
    let done = bench.run_with(&args, body);

    let status = |lines: Vec<&str>| lines.get(1).copied().unwrap_or_default().to_owned();
    let foretold_status = status(foretold.lines());
    // Only the words of an `insert` that finds something differ: nothing was to be changed.
    let done_status = status(done.lines()).replace("; nothing was changed", "");
    assert_eq!(foretold_status, done_status, "{}{}", foretold.stderr, done.stderr);
    assert_eq!(foretold.code, done.code, "{args:?}");
    let after = bench.stored().unwrap_or_default();
    if foretold.stdout.is_empty() {
        assert_eq!(after, before, "{args:?}");
    } else {
        let patch = Patch::from_str(foretold.text()).unwrap();
        assert_eq!(diffy::apply(before, &patch).unwrap(), after, "{}", foretold.text());
    }
    let mut found = vec![("code", foretold.code.unwrap().to_string())];
    found.push(("says", foretold_status.replace(&bench.index(), "INDEX")));
    let reason = foretold.lines().get(2).copied().unwrap_or_default();
    let reason = if etag.is_empty() { reason.to_owned() } else { reason.replace(&etag, "ETAG") };
    found.extend((!reason.is_empty()).then_some(("reason", reason)));
    found
}

#[test]
fn the_first_line_and_the_difference() {
    let bench = Bench::with_lists();
    let args = ["delete", "/resource-lists/list[1]/entry[1]", "--dry-run"];
    let foretold = bench.run(&args);
    let index = bench.index();
    let url = format!("{index}/~~/resource-lists/list%5B1%5D/entry%5B1%5D");
    let diff = format!(
        "--- {index}\n+++ {index}\n@@ -1,3 +1,3 @@\n \
         <resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\">\r\n\
         -<list name=\"friends &amp; more\"><entry uri=\"sip:bob@example.com\"/></list>\n\
         +<list name=\"friends &amp; more\"></list>\n \
         </resource-lists>\n\\ No newline at end of file\n"
    );
    foretold.is(0, &diff, &[&format!("delete {url} (dry run, nothing is sent)"), "200 OK"]);
    let path = bench.path("out");
    bench.run(&[&args[..], &["-o", "out"]].concat()).is(0, "", &foretold.lines());
    assert_eq!(std::fs::read_to_string(path).unwrap(), diff);
}

#[test]
fn an_error_of_the_server_is_shown() {
    let bench = Bench::with_lists();
    bench.server.misbehave(1, answer(503, "text/plain", b"later"));
    let put = ["put", "--dry-run"];
    let first = format!("put {} (dry run, nothing is sent)", bench.index());
    let lines =
        [&first, "503 Service Unavailable", "content-type: text/plain", "content-length: 5"];
    bench.run_with(&put, EMPTY).is(3, "later", &lines);
    let wrong = bench.run_with(&["put", "--dry-run", "-p", "wrong"], EMPTY);
    assert_eq!((wrong.code, wrong.lines()[1]), (Some(3), "401 Unauthorized"));
    let right = bench.run_with(&["put", "--dry-run", "-p", PASSWORD], LISTS);
    right.is(0, "", &[&first, "200 OK"]);
}

#[test]
fn a_body_that_would_not_be_sent_is_refused() {
    let bench = Bench::with_lists();
    bench.run_with(&["put", "--dry-run"], "<resource-lists>").is_refused_with_caret();
    assert!(bench.server.requests().is_empty());
    let get = bench.run(&["get", "--dry-run", "--app", "resource-lists"]);
    get.is(2, "", &["error: --dry-run does not go with get"]);
}

#[test]
fn large_documents_are_compared() {
    let lists = |name: &str| {
        let lists: String = (0..1_000).map(|n| format!("<list name=\"{name}{n}\"/>\n")).collect();
        EMPTY.replace("/>", &format!(">\n{lists}</resource-lists>"))
    };
    let bench = Bench::new();
    bench.set(&lists("a"));
    for after in [lists("b"), lists("a").replace("\n", "\r\n"), lists("a").replace("\n", " ")] {
        let foretold = bench.run_with(&["put", "--dry-run"], &after);
        assert_eq!(foretold.code, Some(0), "{}", foretold.stderr);
        let patch = Patch::from_str(foretold.text()).unwrap();
        assert_eq!(diffy::apply(&lists("a"), &patch).unwrap(), after);
    }
}

#[test]
fn a_usage_that_is_not_known_has_the_namespace_of_the_root_element() {
    let bench = Bench::new();
    let notes = "<notes xmlns=\"urn:notes\"><note id=\"1\"/></notes>";
    let usage = Application::new("notes.example.com");
    let server = Server::builder().application(usage).start().unwrap();
    let root = server.root();
    let app = ["--app", "notes.example.com", "--xcap-root", &root];
    let run = |args: &[&str], body: &str| bench.run_with(&[&app[..], args].concat(), body);
    assert_eq!(run(&["put"], notes).code, Some(0));
    for (args, body, status) in [
        (["put", "/notes/note[2]"], "<note id=\"2\"/>", "201 Created"),
        (["replace", "/notes/note[1]"], "<note id=\"3\"/>", "200 OK"),
        (["delete", "/notes/note[1]/@id"], "", "200 OK"),
    ] {
        let foretold = run(&[&args[..], &["--dry-run"]].concat(), body);
        let done = run(&args, body);
        assert_eq!((foretold.code, foretold.lines()[1]), (Some(0), status), "{}", foretold.stderr);
        assert_eq!((done.code, done.lines()[1]), (Some(0), status), "{}", done.stderr);
    }
    let explained = run(&["explain", "/notes"], "");
    let step = "step         notes: the element notes of the root element's namespace\n";
    assert!(explained.text().contains(step), "{}", explained.text());
}
