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

#[test]
fn an_option_that_changes_nothing_is_refused() {
    let bench = Bench::with_lists();
    let app = &["--app", "resource-lists"][..];
    for (args, option, action) in [
        (&["get", "--dry-run"][..], "--dry-run", "get"),
        (&["edit", "--dry-run"], "--dry-run", "edit"),
        (&["url", "--dry-run"], "--dry-run", "url"),
        (&["insert", "--curl"], "--curl", "insert"),
        (&["replace", "--curl"], "--curl", "replace"),
        (&["edit", "--curl"], "--curl", "edit"),
        (&["list", "--curl"], "--curl", "list"),
        (&["edit", "--json"], "--json", "edit"),
        (&["url", "--json"], "--json", "url"),
        (&["explain", "--json"], "--json", "explain"),
        (&["edit", "--etag", "a"], "--etag", "edit"),
        (&["list", "--etag", "a"], "--etag", "list"),
        (&["url", "--etag", "a"], "--etag", "url"),
        (&["insert", "--if-none-match", "a"], "--if-none-match", "insert"),
        (&["replace", "--if-none-match", "a"], "--if-none-match", "replace"),
        (&["edit", "--if-none-match", "a"], "--if-none-match", "edit"),
        (&["edit", "-i", "a"], "-i", "edit"),
        (&["list", "-i", "a"], "-i", "list"),
        (&["explain", "-i", "a"], "-i", "explain"),
        (&["edit", "-o", "a"], "-o", "edit"),
        (&["list", "--app", "a"], "--app", "list"),
        (&["caps", "--filename", "a"], "--filename", "caps"),
        (&["list", "-c", "global"], "--context", "list"),
        (&["list", "--bind", "a=b"], "--bind", "list"),
        (&["man", "--add-header", "a:b"], "--add-header", "man"),
        (&["list", "/a"], "a node selector", "list"),
        (&["caps", "/a"], "a node selector", "caps"),
        (&["man", "/a"], "a node selector", "man"),
        (&["caps", "--user", "bob@example.com"], "--user", "caps"),
        (&["get", "-c", "global", "--user", "a@b"], "--user", "--context global"),
    ] {
        let app = if matches!(args[0], "list" | "caps" | "man") { &[] } else { app };
        let refused = bench.run(&[args, app].concat());
        refused.is(2, "", &[&format!("error: {option} does not go with {action}")]);
    }
    for (one, other) in [
        ("--dry-run", "--curl"),
        ("--json", "--pretty"),
        ("--json", "--color"),
        ("--json", "--curl"),
        ("--json", "--dry-run"),
        ("--verbose", "--quiet"),
    ] {
        let refused = bench.run(&[&["put", one, other], app].concat());
        let error = format!("error: the argument '{one}' cannot be used with '{other}'");
        refused.is(2, "", &[&error]);
    }
    assert!(bench.server.requests().is_empty());
}

#[test]
fn a_wrong_command_line_is_explained_to_the_letter() {
    let bench = Bench::with_lists();
    let actions = "[possible values: get, put, delete, insert, replace, edit, list, caps, backup, restore, url, explain, completion, man]";
    for (args, error) in [
        (&["--wrong", "get"][..], "unexpected argument '--wrong' found".to_owned()),
        (&[], "the following required arguments were not provided: <ACTION>".to_owned()),
        (&["-vq", "get"], "the argument '--verbose' cannot be used with '--quiet'".to_owned()),
        (&["fetch"], format!("invalid value 'fetch' for '<ACTION>' {actions}")),
        (&["get", "/a", "/b"], "unexpected argument '/b' found".to_owned()),
        (
            &["get", "--timeout", "soon"],
            "invalid value 'soon' for '--timeout <SECONDS>': not a time in seconds".to_owned(),
        ),
        (&["get", "--add-header", "x"], "--add-header: a header is `name:value`".to_owned()),
        (
            &["get", "--bind", "x"],
            "invalid value 'x' for '--bind <PREFIX=URI>': a binding is `prefix=uri`".to_owned(),
        ),
        (
            &["get", "-c", "all"],
            "invalid value 'all' for '--context <TREE>' [possible values: users, global]"
                .to_owned(),
        ),
        (&["get", "-o"], "a value is required for '-o <FILE>' but none was supplied".to_owned()),
        (&["get"], "the application usage cannot be guessed; give it with --app".to_owned()),
    ] {
        bench.run(args).is(2, "", &[&format!("error: {error}")]);
    }
}

#[test]
fn a_condition_that_cannot_be_sent_is_refused() {
    let bench = Bench::with_lists();
    for (option, header) in [("--etag", "if-match"), ("--if-none-match", "if-none-match")] {
        let refused = bench.run(&["get", "--app", "resource-lists", option, "a\nb"]);
        let error = format!(
            "error: header `{header}`: the value holds a line break, NUL or another control character"
        );
        refused.is(2, "", &[&format!("get {}", bench.index()), &error]);
    }
    assert!(bench.server.requests().is_empty());
}

#[test]
fn a_caret_stands_below_wide_characters_too() {
    let bench = Bench::with_lists();
    // Each of these takes two columns, the accent none.
    let body = "<resource-lists a=\"\u{65e5}\u{672c}e\u{301}\" b=>";
    let refused = bench.run_with(&["put"], body);
    let lines = refused.lines();
    assert_eq!(lines[2], format!("  {body}"));
    assert_eq!(lines[3], format!("{}^", " ".repeat(2 + "<resource-lists a=\"NNNNe\" b=".len())));
}

#[test]
fn a_condition_of_ones_own_is_not_put_in_the_place_of_a_guard() {
    let bench = Bench::with_lists();
    let header = ["--app", "resource-lists", "--add-header", "if-MATCH: *"];
    let edit = bench.run(&[&["edit"], &header[..]].concat());
    edit.is(2, "", &["error: --add-header of a condition does not go with edit"]);
    let delete = bench.run(&[&["delete", "--dry-run"], &header[..]].concat());
    delete.is(2, "", &["error: --add-header of a condition does not go with --dry-run"]);
    let bound = bench.run(&["get", "--app", "resource-lists", "--bind", "a=urn:a"]);
    bound.is(2, "", &["error: --bind does not go with a whole document"]);
    assert!(bench.server.requests().is_empty());
}
