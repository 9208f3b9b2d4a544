//! Where the body of an answer goes.

use std::fs;

use xcaplib::testing::Fault;

use crate::bench::{Bench, EMPTY, LISTS, PROGRAM, answer, ended};

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
    // The body of an error goes where it can be read, and nothing is lost.
    for more in [&[][..], &["--pretty"], &["--no-validate"]] {
        bench.server.misbehave(1, answer(500, "text/plain", b"\xff"));
        let failed = bench.run(&[&get[..], more].concat());
        assert_eq!((failed.code, &*failed.stdout), (Some(3), &b"\xff"[..]));
        assert_eq!(read(), LISTS.as_bytes());
    }
    bench.server.misbehave(1, answer(404, "text/plain", b"gone"));
    let failed = bench.run(&[&get[..], &["--json"]].concat());
    assert!(failed.text().contains("\"body\":\"gone\"") && read() == LISTS.as_bytes());
    let taken = bench.run_with(&["insert", "--json", "-o", &path], EMPTY);
    assert!(taken.code == Some(3) && taken.text().contains("exists already"), "{}", taken.text());
    assert_eq!(read(), LISTS.as_bytes());

    let new = bench.path("new");
    assert_eq!(bench.run(&["get", "--app", "resource-lists", "-o", "new"]).code, Some(0));
    assert_eq!(fs::read(new).unwrap(), LISTS.as_bytes());
    assert_eq!(bench.home.files(), [".xcapclient.ini", "new", "out"]);
}

#[test]
fn a_document_that_is_the_same_leaves_the_file_alone() {
    let bench = Bench::with_lists();
    let path = bench.file("out", LISTS);
    let get = ["get", "--app", "resource-lists", "-o", &path, "--if-none-match", &bench.etag()];
    let same = bench.run(&get);
    assert_eq!((same.code, same.lines()[1]), (Some(3), "304 Not Modified"));
    assert_eq!(fs::read(&path).unwrap(), LISTS.as_bytes());
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

#[cfg(unix)]
#[test]
fn a_link_to_nothing_is_written_through() {
    use std::os::unix::fs::symlink;

    let bench = Bench::with_lists();
    fs::create_dir(bench.path("below")).unwrap();
    symlink("below/second", bench.path("first")).unwrap();
    symlink(bench.path("target"), bench.path("below/second")).unwrap();
    let get = ["get", "--app", "resource-lists", "-o", "first"];
    bench.server.misbehave(1, answer(500, "text/plain", b"later"));
    let failed = bench.run(&get);
    assert_eq!((failed.code, failed.text()), (Some(3), "later"));
    assert!(fs::metadata(bench.path("target")).is_err());
    assert_eq!(bench.run(&get).code, Some(0));
    assert_eq!(fs::read(bench.path("target")).unwrap(), LISTS.as_bytes());
    for link in ["first", "below/second"] {
        assert!(fs::symlink_metadata(bench.path(link)).unwrap().is_symlink(), "{link}");
    }

    bench.server.clear_requests();
    symlink("missing/target", bench.path("nowhere")).unwrap();
    symlink("circle", bench.path("circle")).unwrap();
    for link in ["nowhere", "circle"] {
        let refused = bench.run(&["get", "--app", "resource-lists", "-o", link]);
        refused.is_refused(2, &format!("error: cannot write to {link}: "));
    }
    assert!(bench.server.requests().is_empty());
}

#[test]
fn what_cannot_be_read_or_written_is_found_before() {
    let bench = Bench::with_lists();
    let missing = bench.path("missing");
    bench.run(&["put", "-i", &missing]).is_refused(2, "error: cannot read ");
    let below = bench.path("missing/out");
    for path in [&*below, bench.home.dir()] {
        let put = ["put", "--app", "resource-lists", "-o", path];
        bench.run_with(&put, EMPTY.as_bytes()).is_refused(2, "error: cannot write to ");
    }
    assert!(bench.server.requests().is_empty());
    assert_eq!(bench.home.files(), [".xcapclient.ini"]);
}

#[test]
fn what_is_sent_is_not_replaced_by_the_answer() {
    let bench = Bench::with_lists();
    bench.file("lists.xml", EMPTY);
    #[cfg(unix)]
    std::os::unix::fs::symlink("lists.xml", bench.path("link")).unwrap();
    for output in ["lists.xml", "./lists.xml", if cfg!(unix) { "link" } else { "lists.xml" }] {
        let line = format!("error: -i and -o are both {output}, and the answer would replace it");
        for action in ["put", "insert", "replace"] {
            bench.run(&[action, "-i", "lists.xml", "-o", output]).is(2, "", &[&line]);
        }
    }
    assert_eq!(fs::read_to_string(bench.path("lists.xml")).unwrap(), EMPTY);
    assert!(bench.server.requests().is_empty());
}

/// Where no file can be longer, as where a disk is full.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_cannot_be_written_whole_stays_as_it_was() {
    let bench = Bench::new();
    bench.set(&LISTS.replace("friends", &"f".repeat(100_000)));
    let path = bench.file("out", "before");
    let program = format!(
        "trap '' XFSZ; ulimit -f 10; exec '{PROGRAM}' get --app resource-lists -o '{path}'"
    );
    let mut shell = std::process::Command::new("bash");
    let output = shell.args(["-c", &program]).envs(bench.home.environment()).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    let line = format!("FATAL: cannot write to {path}: File too large (os error 27)");
    assert_eq!((output.status.code(), text.lines().last()), (Some(1), Some(&*line)), "{text}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "before");
    assert_eq!(bench.home.files(), [".xcapclient.ini", "out"]);
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
