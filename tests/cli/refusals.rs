//! What is refused before anything is sent.

use crate::bench::Bench;

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
