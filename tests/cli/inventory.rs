//! `list`, `caps`, `url` and `explain`.

use xcaplib::testing::Profile;

use crate::bench::{ALICE, Bench, LISTS, answer};

#[test]
fn documents_are_listed() {
    let bench = Bench::new();
    let etag = bench.set(LISTS);
    bench.server.set_document("pidf-manipulation", "sip:bob@example.com", "index", "<presence/>");
    let listed = bench.run(&["list"]);
    let url = format!(
        "get {}/org.openmobilealliance.xcap-directory/users/{ALICE}/directory.xml",
        bench.server.root()
    );
    assert_eq!((listed.code, listed.lines()), (Some(0), vec![&*url]));
    let columns: Vec<_> = listed.text().trim_end_matches('\n').split('\t').collect();
    let size = LISTS.len().to_string();
    assert_eq!(columns[..5], ["resource-lists", ALICE, "index", &etag, &size], "{}", listed.text());
    assert!(columns[5].contains('T'), "a date and time: {}", columns[5]);
    assert_eq!(columns.len(), 6);

    let path = bench.path("out");
    assert_eq!(bench.run(&["list", "-o", "out"]).code, Some(0));
    assert_eq!(std::fs::read_to_string(path).unwrap(), listed.text());
}

#[test]
fn another_users_documents_are_not_ours_to_list() {
    let bench = Bench::with_lists();
    let listed = bench.run(&["list", "--user", "sip:bob@example.com"]);
    assert!(listed.lines()[0].contains("/users/sip:bob@example.com/"), "{}", listed.stderr);
    assert_eq!((listed.code, listed.lines()[1]), (Some(3), "403 Forbidden"));
}

#[test]
fn what_is_not_known_is_a_dash() {
    let bench = Bench::of(Profile::Kamailio);
    bench.set(LISTS);
    let listed = bench.run(&["list"]);
    assert_eq!(listed.code, Some(0), "{}", listed.stderr);
    let columns: Vec<_> = listed.text().trim_end().split('\t').collect();
    assert_eq!((columns[0], columns[5]), ("resource-lists", "-"));
}

#[test]
fn capabilities_are_listed() {
    let bench = Bench::new();
    let caps = bench.run(&["caps"]);
    let url = format!("get {}/xcap-caps/global/index", bench.server.root());
    assert_eq!((caps.code, caps.lines()), (Some(0), vec![&*url]));
    assert!(caps.text().lines().any(|line| line == "auid\tresource-lists"), "{}", caps.text());
    let ns = "namespace\turn:ietf:params:xml:ns:resource-lists";
    assert!(caps.text().lines().any(|line| line == ns), "{}", caps.text());

    bench.server.misbehave(1, answer(501, "text/plain", b"no"));
    bench.run(&["caps"]).is(3, "", &[&url, "the server does not say what it supports"]);
    bench.server.misbehave(1, answer(503, "text/plain", b"no"));
    let lines = [&url, "503 Service Unavailable", "content-type: text/plain", "content-length: 2"];
    bench.run(&["caps"]).is(3, "no", &lines);
}

#[test]
fn a_url_is_printed_and_not_asked() {
    let bench = Bench::new();
    let entry = "/resource-lists/list[@name=\"a b\"]/entry[1]/@uri";
    let encoded = "~~/resource-lists/list%5B@name=%22a%20b%22%5D/entry%5B1%5D/@uri";
    bench.run(&["url", entry]).is(0, format!("{}/{encoded}\n", bench.index()), &[]);
    let app = ["url", "--app", "pidf-manipulation"];
    let root = bench.server.root();
    let url = format!("{root}/pidf-manipulation/users/{ALICE}/index\n");
    bench.run(&app).is(0, url, &[]);
    for (more, place) in [
        (&["--user", "bob@example.com"][..], "users/sip:bob@example.com/index"),
        (&["-c", "global", "--filename", "x"], "global/x"),
    ] {
        let url = format!("{root}/pidf-manipulation/{place}\n");
        bench.run(&[&app[..], more].concat()).is(0, url, &[]);
    }
    bench.run(&["url"]).is_refused(2, "error: the application usage cannot be guessed");
    bench.run(&["url", "/resource-lists/x:y"]).is_refused(2, "error: ");
    assert!(bench.server.requests().is_empty());
}

#[test]
fn bound_prefixes_go_into_the_query() {
    let bench = Bench::new();
    let selector = "/cp:ruleset/cp:rule[@id=\"a\"]";
    let common = "urn:ietf:params:xml:ns:common-policy";
    let url = format!(
        "{}/pres-rules/users/{ALICE}/index/~~/cp:ruleset/cp:rule%5B@id=%22a%22%5D?xmlns(cp={common})\n",
        bench.server.root()
    );
    let bind = format!("cp={common}");
    bench.run(&["url", selector, "--bind", &bind]).is(0, url, &[]);

    let rules = format!("<r:ruleset xmlns:r=\"{common}\"><r:rule id=\"a\"/></r:ruleset>");
    bench.server.set_document("pres-rules", ALICE, "index", &rules);
    let got = bench.run(&["get", selector, "--bind", &bind]);
    assert_eq!((got.code, got.text()), (Some(0), "<r:rule id=\"a\"/>"));
    let other = bench.run(&["get", selector, "--bind", "cp=urn:other"]);
    assert_eq!(other.code, Some(3));
    bench.run(&["get", selector, "--bind", "cp"]).is_refused(2, "error: invalid value 'cp'");
    bench.run(&["get", "/cp:ruleset[", "--bind", &bind]).is_refused_with_caret();
}

#[test]
fn a_selector_is_explained() {
    let bench = Bench::new();
    let bind = "x=urn:x";
    let selector = "/resource-lists/list[2][@name=\"a\"]/*/x:y/*[1]/@x:z";
    let explained = bench.run(&["explain", selector, "--bind", bind]);
    let expected = format!(
        "\
application  resource-lists
media type   application/resource-lists+xml
document     {0}
selector     {selector}
step         resource-lists: the element resource-lists of urn:ietf:params:xml:ns:resource-lists
step         list[2][@name=\"a\"]: number 2 of the elements list of urn:ietf:params:xml:ns:resource-lists, where the attribute name is a
step         *: the only child, whatever its name
step         x:y: the element y of urn:x
step         *[1]: child number 1, whatever its name
then         @x:z: the attribute z of urn:x
namespace    x = urn:x
encoded      /resource-lists/list%5B2%5D%5B@name=%22a%22%5D/*/x:y/*%5B1%5D/@x:z?xmlns(x=urn:x)
url          {0}/~~/resource-lists/list%5B2%5D%5B@name=%22a%22%5D/*/x:y/*%5B1%5D/@x:z?xmlns(x=urn:x)
",
        bench.index()
    );
    explained.is(0, expected, &[]);

    let spaces = bench.run(&["explain", "/resource-lists/namespace::*"]);
    assert!(spaces.text().contains("\nthen         namespace::*: the namespace bindings there\n"));
    let document = bench.run(&["explain", "--app", "unheard-of"]);
    let url = format!("{}/unheard-of/users/{ALICE}/index", bench.server.root());
    let rows = format!("application  unheard-of\ndocument     {url}\nurl          {url}\n");
    document.is(0, rows, &[]);
    let unbound = bench.run(&["explain", "/resource-lists/x:y/xml:z"]);
    let last = unbound.text().lines().last().unwrap_or_default();
    assert!(last.starts_with("refused      ") && last.contains("`x`"), "{}", unbound.text());
    assert!(unbound.text().contains("y of a namespace that --bind x=URI has to give"));
    assert!(unbound.text().contains("z of http://www.w3.org/XML/1998/namespace"));
    bench.run(&["explain", "/resource-lists["]).is_refused_with_caret();
    assert!(bench.server.requests().is_empty());
}
