//! Whole tasks, beside what people would use for them: `cargo bench --features cli --bench tasks`.
//!
//! Each way to do a task is a program, ours too. All ways take turns, and what counts is the CPU time
//! of their processes from start to end, of which one round in ten takes less. The server is another
//! process, and starts anew for each. What is not installed is skipped; `PYTHON` names the python that
//! has python3-xcaplib and lxml, if `python3` has not.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark may")]
#![allow(clippy::panic, dead_code, unreachable_pub, reason = "a benchmark may")]

#[path = "support/documents.rs"]
mod documents;
#[path = "support/xcap_server.rs"]
mod xcap_server;

use std::collections::BTreeMap;
use std::env;
use std::path::Path;
use std::process::{Command, Stdio};

use documents::{entry, list, uri};
use wait4::Wait4 as _;
use xcap_server::{ALICE, PASSWORD, XcapServer, serve_if_asked};
use xcaplib::document::{self, Selected};
use xcaplib::testing::Server;
use xcaplib::{NodeSelector, XCAPClient};

const CALLS: usize = 1_000;
const DOCUMENTS: usize = 50;
const ROUNDS: usize = 11;
/// How many of its processes are started, where a way takes one for each call.
const SAMPLED: usize = 20;

const USAGE: &str = "resource-lists";
const ENTRIES: &str = "/resource-lists/list/entry";
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/support/tasks.py");
/// What makes the program do a task: its name, and the XCAP root.
const TASK: &str = "--task";

fn main() {
    serve_if_asked(fill);
    let mut arguments = env::args().skip_while(|argument| argument != TASK).skip(1);
    if let (Some(task), Some(root)) = (arguments.next(), arguments.next()) {
        return perform(&task, &XCAPClient::new(&root, ALICE, Some(PASSWORD)).unwrap());
    }
    if !env::args().any(|argument| argument == "--bench") {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    std::fs::write(home.join("list.xml"), list(1_000).text).unwrap();
    let ways = ways(home);
    println!("| task | by | CPU time | to the first |");
    println!("|---|---|---:|---:|");
    compare("1,000 GETs of 1 kB", &ways.of("get"));
    compare("1,000 guarded PUTs of 1 kB", &ways.of("put"));
    compare("sync of 500 contacts, of which 40 differ", &ways.of("sync"));
    compare("reading 10,000 entries", &ways.of("read"));
    compare("backup of 50 documents", &ways.of("backup"));
}

/// The documents of all tasks.
fn fill(server: &Server) {
    let set = |name: &str, text: &str| server.set_document(USAGE, ALICE, name, text);
    set("index", &list(1_000).text);
    let contacts = filled((0..500).map(|number| match number % 25 {
        10 => entry(number).replace("Friend", "Stranger"),
        _ => entry(number),
    }));
    set("contacts", &contacts);
    set("large", &filled((0..10_000).map(entry)));
    for number in 1..=DOCUMENTS {
        server.set_document(
            "pidf-manipulation",
            ALICE,
            &format!("{number}.xml"),
            "<presence xmlns=\"urn:ietf:params:xml:ns:pidf\" entity=\"sip:alice@example.com\"/>",
        );
    }
}

fn filled(entries: impl Iterator<Item = String>) -> String {
    let lines: String = entries.map(|entry| format!("    {entry}\n")).collect();
    list(0).text.replace("  </list>", &format!("{lines}  </list>"))
}

/// The tasks by the library.
fn perform(task: &str, client: &XCAPClient) {
    match task {
        "get" => (0..CALLS).for_each(|_| drop(client.get(USAGE, None, None, None).unwrap())),
        "put" => put(client),
        "sync" => sync(client),
        "read" => read(client),
        _ => panic!("there is no task {task}"),
    }
}

fn put(client: &XCAPClient) {
    let found = client.get(USAGE, None, None, None).unwrap();
    let mut etag = found.etag().cloned();
    for _ in 0..CALLS {
        let put = client.put(USAGE, found.as_str(), None, etag.as_ref(), None).unwrap();
        etag = put.etag().cloned();
        assert!(etag.is_some());
    }
}

/// Makes the list that of the contacts, which are others than before: 10 have come, 10 have gone, and
/// every 25th has another name.
fn sync(client: &XCAPClient) {
    let contacts: BTreeMap<String, String> =
        (10..510).map(|number| (uri(number), format!("Friend {number}"))).collect();
    let node = |uri: &str| {
        let list = NodeSelector::root("resource-lists").child("list");
        list.child("entry").with_attr("uri", uri)
    };
    let mut copy = client.request(USAGE).filename("contacts").open().unwrap();
    let edited = copy.edit(|draft| {
        let found: BTreeMap<String, String> = draft.get_all(ENTRIES)?.iter().map(named).collect();
        for (uri, name) in &contacts {
            if found.get(uri) != Some(name) {
                let entry = xcaplib::Element::new("entry").attr("uri", uri);
                let name = xcaplib::Element::new("display-name").text(name);
                draft.set(node(uri), entry.child(name))?;
            }
        }
        for uri in found.keys().filter(|uri| !contacts.contains_key(*uri)) {
            draft.delete(node(uri))?;
        }
        Ok(())
    });
    assert!(edited.unwrap().is_some());
    assert_eq!(copy.get_all(ENTRIES).unwrap().len(), contacts.len());
}

fn read(client: &XCAPClient) {
    let found = client.request(USAGE).filename("large").get().unwrap();
    let namespace = Some(documents::NAMESPACE);
    let entries = document::get_all(found.as_str(), &ENTRIES.parse().unwrap(), namespace).unwrap();
    let names: BTreeMap<String, String> = entries.iter().map(named).collect();
    assert_eq!(names.len(), 10_000);
}

fn named(entry: &Selected<'_>) -> (String, String) {
    let name = entry.child("display-name").unwrap();
    (entry.attr("uri").unwrap().into_owned(), name.text().into_owned())
}

/// One way to do a task.
struct Way {
    task: &'static str,
    name: &'static str,
    /// How many processes it takes; all do the same.
    processes: usize,
    /// The process, given the XCAP root.
    command: Box<dyn Fn(&str) -> Command>,
}

struct Ways(Vec<Way>);

impl Ways {
    fn add(
        &mut self,
        task: &'static str,
        name: &'static str,
        processes: usize,
        command: impl Fn(&str) -> Command + 'static,
    ) {
        self.0.push(Way { task, name, processes, command: Box::new(command) });
    }

    fn of(&self, task: &str) -> Vec<&Way> {
        self.0.iter().filter(|way| way.task == task).collect()
    }
}

/// All that is installed, ours first.
fn ways(home: &Path) -> Ways {
    let mut ways = Ways(Vec::new());
    for task in ["get", "put", "sync", "read"] {
        ways.add(task, "xcaplib", 1, move |root| {
            command(&env::current_exe().unwrap(), &[TASK, task, root])
        });
    }
    let kept = home.to_owned();
    ways.add("backup", "xcapclient backup", 1, move |root| {
        let _ = std::fs::remove_dir_all(kept.join("kept"));
        let program = Path::new(env!("CARGO_BIN_EXE_xcapclient"));
        let account = ["--sip-address", ALICE, "--xcap-root", root];
        let mut command = command(program, &account);
        command.args(["--app", "pidf-manipulation", "backup", "kept"]).current_dir(&kept);
        // It says there what it has saved.
        command.stderr(Stdio::null()).env("XCAP_PASSWORD", PASSWORD).env("HOME", &kept);
        command
    });
    add_python(&mut ways);
    add_curl(&mut ways, home);
    ways
}

fn add_python(ways: &mut Ways) {
    let python = env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    if !succeeds(&python, &["-c", "import lxml.etree, xcaplib.client"]) {
        println!("{python} has no python3-xcaplib with lxml: nothing is compared with it\n");
        return;
    }
    for task in ["get", "put", "sync", "read"] {
        let python = python.clone();
        ways.add(task, "python3-xcaplib", 1, move |root| {
            command(Path::new(&python), &[SCRIPT, task, root, &CALLS.to_string()])
        });
    }
}

fn add_curl(ways: &mut Ways, home: &Path) {
    if !succeeds("curl", &["--version"]) {
        println!("curl is not installed: nothing is compared with it\n");
        return;
    }
    // What stands in brackets is another URL each time. No fragment is sent.
    let each = format!("index#[1-{CALLS}]");
    let documents = format!("[1-{DOCUMENTS}].xml");
    let put = ["--request", "PUT", "--data-binary", "@list.xml", "--header", "If-Match: *"];
    let put = [&put[..], &["--header", "Content-Type: application/resource-lists+xml"]].concat();
    let calls = [
        ("get", "resource-lists", each.as_str(), "index", CALLS, Vec::new()),
        ("put", "resource-lists", each.as_str(), "index", CALLS, put),
        ("backup", "pidf-manipulation", documents.as_str(), "1.xml", DOCUMENTS, Vec::new()),
    ];
    for (task, usage, all, one, processes, options) in calls {
        for (name, document, processes) in
            [("curl, all URLs in one process", all, 1), ("curl, a process a call", one, processes)]
        {
            let (document, options, home) = (document.to_owned(), options.clone(), home.to_owned());
            ways.add(task, name, processes, move |root| {
                let url = format!("{root}/{usage}/users/{ALICE}/{document}");
                let user = format!("alice:{PASSWORD}");
                let common = ["--silent", "--show-error", "--fail", "--digest", "--user", &user];
                let mut command = command(Path::new("curl"), &common);
                if task == "backup" {
                    let output = if processes == 1 { "#1.xml" } else { "1.xml" };
                    command.args(["--output", output]);
                }
                command.args(&options).arg(url).current_dir(&home).env("HOME", &home);
                command
            });
        }
    }
}

fn command(program: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null());
    command
}

fn succeeds(program: &str, arguments: &[&str]) -> bool {
    let mut command = command(Path::new(program), arguments);
    command.stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Prints a line for each way.
fn compare(task: &str, ways: &[&Way]) {
    let mut times = vec![Vec::new(); ways.len()];
    for _ in 0..ROUNDS {
        for (way, times) in ways.iter().zip(&mut times) {
            times.push(way.time());
        }
    }
    let quiet = times.iter_mut().map(|times| {
        times.sort_unstable_by(f64::total_cmp);
        times[times.len() / 10]
    });
    let quiet: Vec<f64> = quiet.collect();
    for (way, time) in ways.iter().zip(&quiet) {
        println!("| {task} | {} | {:.1} ms | {:.1} |", way.name, time * 1e3, time / quiet[0]);
    }
}

impl Way {
    /// The CPU time of all its processes, in seconds.
    fn time(&self) -> f64 {
        let server = XcapServer::start();
        let started = self.processes.min(SAMPLED);
        let mut time = 0.0;
        for _ in 0..started {
            let used = (self.command)(&server.root).spawn().unwrap().wait4().unwrap();
            assert!(used.status.success(), "{} by {}: {}", self.task, self.name, used.status);
            time += (used.rusage.utime + used.rusage.stime).as_secs_f64();
        }
        time * self.processes as f64 / started as f64
    }
}
