//! How the program ends without an answer, or without a reader.

use std::io::Read as _;
use std::net::TcpListener;

use xcaplib::testing::Fault;

use crate::bench::{Bench, EMPTY, LISTS, answer, ended};

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
