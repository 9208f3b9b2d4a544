//! How the program ends without an answer, or without a reader.

use std::io::Read as _;
use std::net::TcpListener;

use xcaplib::testing::Fault;

use crate::bench::{Bench, EMPTY, LISTS, PROGRAM, answer, ended};

#[test]
fn no_answer_is_fatal() {
    let bench = Bench::with_lists();
    let fatal = |args: &[&str], action: &str, method: &str, root: &str, reason: &str| {
        let url = format!("{root}/resource-lists/users/sip:alice@example.com/index");
        let lines = [format!("{action} {url}"), format!("FATAL: {method} {url}: {reason}")];
        bench.run_with(args, EMPTY).is(1, "", &lines.each_ref().map(String::as_str));
    };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let root = format!("http://{}", listener.local_addr().unwrap());
    let get = ["get", "--app", "resource-lists", "--xcap-root", &root];
    let late = bench.run(&[&get[..], &["--timeout", "0.3"]].concat());
    let last = late.lines().pop().unwrap_or_default().to_owned();
    assert!(last.starts_with(&format!("FATAL: GET {root}/")), "{last}");
    assert!(last.ends_with(": no complete answer came within 300ms, the time for the call"));
    assert_eq!((late.code, late.lines().len(), late.text()), (Some(1), 2, ""));
    drop(listener);
    fatal(&get, "get", "GET", &root, "the connection was refused");
    let put = ["put", "--xcap-root", &root];
    fatal(&put, "put", "PUT", &root, "the connection was refused");

    bench.server.misbehave(1, Fault::CloseInAnswer);
    bench.run(&["get", "--app", "resource-lists"]).is_refused(1, "FATAL: GET ");
    bench.server.misbehave(1, Fault::CloseBeforeAnswer);
    let put = bench.run_with(&["put"], EMPTY);
    put.is_refused(1, "FATAL: PUT ");
    assert!(put.stderr.trim_end().ends_with("whether the change was made is not known"));
    bench.server.misbehave(9, Fault::CloseBeforeAnswer);
    bench.run_with(&["insert"], EMPTY).is_refused(1, "FATAL: ");
}

#[cfg(unix)]
#[test]
fn a_pipe_that_wants_one_line_gets_one() {
    let bench = Bench::with_lists();
    bench.set(&LISTS.replace("/></list>", &format!("/></list>{}", "\n".repeat(1 << 20))));
    let script = "{ \"$0\" get --app resource-lists; echo $? >code; } | head -1";
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", script, PROGRAM]).envs(bench.home.environment());
    let output = shell.current_dir(bench.home.dir()).output().unwrap();
    let first = LISTS.split_inclusive('\n').next().unwrap();
    assert_eq!(output.stdout, first.as_bytes());
    assert_eq!(std::fs::read_to_string(bench.path("code")).unwrap(), "0\n");
    assert_eq!(String::from_utf8(output.stderr).unwrap().lines().count(), 4);
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
