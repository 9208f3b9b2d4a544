//! get, put, delete, insert and replace against a server that does what RFC 4825 says.

use crate::bench::{ALICE, Bench, EMPTY, LISTS, answer};

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
fn an_action_is_known_in_any_case() {
    let bench = Bench::with_lists();
    for action in ["GET", "Get", "gEt"] {
        let got = bench.run(&[action, "--app", "resource-lists"]);
        assert_eq!((got.code, got.text()), (Some(0), LISTS));
        assert_eq!(got.lines()[0], format!("get {}", bench.index()));
    }
    assert_eq!(bench.run(&["DELETE", "--app", "resource-lists"]).code, Some(0));
    assert_eq!(bench.stored(), None);
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
