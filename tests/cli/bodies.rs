//! Bodies go through as they are, in both directions.

use std::fs;

use crate::bench::{Bench, EMPTY, LISTS, answer};

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
            let got = bench.run(&["--no-validate", "--app", "resource-lists", "get"]);
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
fn what_is_no_document_or_element_is_not_taken_for_one() {
    let bench = Bench::with_lists();
    let path = bench.file("backup", LISTS);
    let get = ["get", "--app", "resource-lists", "-o", &path];
    let element = ["get", "/resource-lists/list", "-o", &path];
    let cut = ("application/xcap-el+xml", &b"<pr:sub-handling>allow"[..]);
    let page = ("text/html", &b"<html>Sign in</html>"[..]);
    for (args, (media_type, body), says) in [
        (
            &get[..],
            ("application/resource-lists+xml", &b""[..]),
            "nothing where a document should be",
        ),
        (&get, page, "an HTML page"),
        (&get, ("application/xml", b"\xff"), "not UTF-8"),
        (&element, cut, "get the whole document instead"),
        (&["get", "/resource-lists/list/namespace::*", "-o", &path], ("", b" "), "nothing where"),
    ] {
        bench.server.misbehave(1, answer(200, media_type, body));
        let got = bench.run(args);
        got.is_refused(1, "FATAL: GET ");
        assert!(got.stderr.contains(says), "{}", got.stderr);
        assert_eq!(fs::read(&path).unwrap(), LISTS.as_bytes());
    }
    // A server that answers 204 to a GET has no document to give either.
    bench.server.misbehave(1, answer(204, "text/plain", b""));
    bench.run(&get).is_refused(1, "FATAL: GET ");

    // Nothing is put over what was not read whole.
    for body in [cut.1, b""] {
        bench.server.misbehave(1, answer(200, cut.0, body));
        let replaced = bench.run_with(&["replace", "/resource-lists/list"], "<list/>");
        replaced.is_refused(1, "FATAL: GET ");
        assert_eq!(bench.last().method(), "GET");
    }
    assert_eq!(bench.stored().as_deref(), Some(LISTS));
}
