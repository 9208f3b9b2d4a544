//! `--var`: values that the program puts into a selector.

use crate::bench::{Bench, EMPTY};

const ENTRY: &str = "/resource-lists/list/entry[@uri=$uri]";

/// What is in a value, and how it stands in the selector.
const VALUES: [(&str, &str); 9] = [
    ("sip:bob@example.com", "\"sip:bob@example.com\""),
    ("", "\"\""),
    ("a=b&c <d>", "\"a=b&amp;c &lt;d>\""),
    ("it's", "\"it's\""),
    ("say \"hi\"", "'say \"hi\"'"),
    ("it's \"both\"", "\"it's &quot;both&quot;\""),
    ("&quot;/]$uri'", "\"&amp;quot;/]$uri'\""),
    ("tab\tand\nline", "\"tab&#9;and&#10;line\""),
    ("é 漢 %41", "\"é 漢 %41\""),
];

#[test]
fn a_value_is_quoted_as_its_selector_needs() {
    let bench = Bench::new();
    for (value, quoted) in VALUES {
        let shown = format!("/resource-lists/list/entry[@uri={quoted}]");
        let explained = bench.run(&["explain", ENTRY, "--var", &format!("uri={value}")]);
        assert_eq!(explained.code, Some(0), "{}", explained.stderr);
        let row = format!("\nselector     {shown}\n");
        assert!(explained.text().contains(&row), "{row}{}", explained.text());
        // The same as one that was quoted by hand.
        let by_hand = bench.run(&["url", &shown]);
        bench.run(&["url", ENTRY, "--var", &format!("uri={value}")]).is(0, by_hand.stdout, &[]);
    }
    assert!(bench.server.requests().is_empty());
}

#[test]
fn every_action_with_a_selector_takes_values() {
    let bench = Bench::new();
    bench.set(&EMPTY.replace("/>", "><list name=\"it's &quot;both&quot;\"/></resource-lists>"));
    let list = "name=it's \"both\"";
    let uri = "uri=sip:a&b@example.com";
    let entry = "/resource-lists/list[@name=$name]/entry[@uri=$uri]";
    let run = |action: &str, body: &str| {
        bench.run_with(&[action, entry, "--var", list, "--var", uri], body)
    };
    let body = "<entry uri=\"sip:a&amp;b@example.com\"/>";
    for (action, code) in [("put", 0), ("insert", 3), ("replace", 0)] {
        assert_eq!(run(action, body).code, Some(code), "{action}");
    }
    assert_eq!(run("get", "").text(), body);
    // The value of a variable goes nowhere but into the selector.
    let dollar = "<entry uri=\"sip:a&amp;b@example.com\"><display-name>$uri</display-name></entry>";
    assert_eq!(run("put", dollar).code, Some(0));
    assert_eq!(run("get", "").text(), dollar);
    assert_eq!(run("delete", "").code, Some(0));
    assert!(!bench.stored().unwrap().contains("entry"));
    let bound = ["get", "/resource-lists/list[@name=$n]", "--bind", "x=urn:x"];
    let got = bench.run(&[&bound[..], &["--var", &list.replace("name", "n")]].concat());
    assert_eq!(got.text(), "<list name=\"it's &quot;both&quot;\"></list>");
    // The last value of a name holds, and one value stands in several places.
    let twice = "/resource-lists/list[@name=$x]/*[@a=$x]";
    let url = bench.run(&["url", twice, "--var", "x=1", "--var", "x=2"]);
    assert!(url.text().ends_with("list%5B@name=%222%22%5D/*%5B@a=%222%22%5D\n"), "{}", url.text());
    // With a position before it, and without validation.
    let raw = ["--no-validate", "url", "/resource-lists/list[2][@name=$x]/a|b", "--var", "x=\""];
    assert!(bench.run(&raw).text().ends_with("list%5B2%5D%5B@name='%22'%5D/a%7Cb\n"));
}

#[test]
fn a_dollar_elsewhere_is_text() {
    let bench = Bench::new();
    for selector in ["/resource-lists/list[@name=\"$x\"]", "/resource-lists/list[@name='[@a=$x]']"]
    {
        let url = bench.run(&["url", selector]);
        assert_eq!((url.code, url.stderr.as_str()), (Some(0), ""));
        let unused = bench.run(&["url", selector, "--var", "x=1"]);
        let line = "error: --var x is given, and the selector has no test such as [@uri=$x]";
        unused.is(2, "", &[line]);
    }
    bench.run(&["url", "/resource-lists/$x"]).is_refused_with_caret();
    bench.run(&["url", "/resource-lists/list[@name=$]"]).is_refused_with_caret();
    bench.run(&["url", "/resource-lists/list[@name=$x-y]"]).is_refused_with_caret();
}

#[test]
fn what_does_not_go_together_is_said() {
    let bench = Bench::new();
    for (args, line) in [
        (&["url", ENTRY][..], "error: the selector has $uri, and no --var uri=VALUE gives it"),
        (
            &["get", ENTRY, "--var", "uri=1", "--var", "url=2"],
            "error: --var url is given, and the selector has no test such as [@uri=$url]",
        ),
        (
            &["get", "--app", "resource-lists", "--var", "uri=1"],
            "error: --var does not go with a whole document",
        ),
        (
            &["get", "", "--app", "resource-lists", "--var", "uri=1"],
            "error: --var does not go with a whole document",
        ),
        (&["list", "--var", "uri=1"], "error: --var does not go with list"),
        (
            &["get", ENTRY, "--var", "uri"],
            "error: invalid value 'uri' for '--var <NAME=VALUE>': a variable is `name=value`",
        ),
        (
            &["get", ENTRY, "--var", "a-b=1"],
            "error: invalid value 'a-b=1' for '--var <NAME=VALUE>': a variable's name has letters of \
             ASCII, digits and `_` alone",
        ),
        (
            &["get", ENTRY, "--var", "=1"],
            "error: invalid value '=1' for '--var <NAME=VALUE>': a variable's name has letters of \
             ASCII, digits and `_` alone",
        ),
    ] {
        bench.run(args).is(2, "", &[line]);
    }
    let refused = bench.run(&["get", ENTRY, "--var", "uri=a\u{1}b"]);
    refused.is_refused_with_caret();
    assert!(refused.stderr.contains("expected a character that XML allows, not U+0001"));
    assert!(bench.server.requests().is_empty());
}
