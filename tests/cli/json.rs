//! `--json`: one line for scripts.

use serde_json::{Value, json};

use crate::bench::{ALICE, Bench, EMPTY, Ended, LISTS, answer};

#[track_caller]
fn parsed(ended: &Ended) -> Value {
    assert!(ended.text().ends_with('\n') && ended.text().lines().count() == 1, "{}", ended.text());
    serde_json::from_str(ended.text()).unwrap()
}

#[test]
fn an_answer_is_one_line() {
    let bench = Bench::new();
    let etag = bench.set(LISTS);
    let got = bench.run(&["--json", "get", "--app", "resource-lists"]);
    assert_eq!(got.code, Some(0));
    let whole = json!({
        "url": bench.index(),
        "status": 200,
        "reason": "OK",
        "etag": etag,
        "content_type": "application/resource-lists+xml",
        "body": LISTS,
        "xcap_error": null,
        "reason_text": null,
        "location": null,
    });
    assert_eq!(parsed(&got), whole);

    let put = parsed(&bench.run_with(&["put", "--json"], EMPTY));
    assert_eq!((&put["status"], &put["etag"]), (&json!(200), &json!(bench.etag())));
    let gone = parsed(&bench.run(&["delete", "--json", "--app", "resource-lists"]));
    assert_eq!(
        (&gone["status"], &gone["etag"], &gone["body"]),
        (&json!(200), &json!(null), &json!(""))
    );
}

#[test]
fn an_xcap_error_is_taken_apart() {
    let bench = Bench::with_lists();
    let twice =
        "<list xmlns=\"urn:ietf:params:xml:ns:resource-lists\" name=\"friends &amp; more\"/>";
    let put = bench.run_with(&["--json", "put", "/resource-lists/list[2]"], twice);
    assert_eq!(put.code, Some(3));
    let put = parsed(&put);
    assert_eq!(put["status"], 409);
    assert_eq!(put["xcap_error"]["name"], "uniqueness-failure");
    assert!(put["xcap_error"]["exists"][0]["field"].is_string(), "{put}");
    let lost = bench.run_with(
        &["--json", "put", "/resource-lists/list[@name=\"x\"]/entry[@uri=\"sip:c\"]"],
        "<entry uri=\"sip:c\"/>",
    );
    let lost = parsed(&lost);
    assert_eq!(lost["xcap_error"]["name"], "no-parent");
    assert!(lost["xcap_error"]["ancestor"].is_string(), "{lost}");
}

#[test]
fn what_json_cannot_hold_is_base64() {
    let bench = Bench::with_lists();
    bench.server.misbehave(1, answer(500, "text/plain", b"\xff\x00"));
    let got = bench.run(&["--json", "get", "--app", "resource-lists"]);
    assert_eq!(got.code, Some(3));
    let got = parsed(&got);
    assert_eq!((&got["body"], &got["body_base64"]), (&json!(null), &json!("/wA=")));
}

#[test]
fn an_insert_that_found_something_has_no_status() {
    let bench = Bench::with_lists();
    let found = bench.run_with(&["--json", "insert"], EMPTY);
    assert_eq!(found.code, Some(3));
    let exists = format!("{} exists already; nothing was changed", bench.index());
    assert_eq!(found.lines().last(), Some(&&*exists));
    let found = parsed(&found);
    assert_eq!((&found["status"], &found["error"]), (&json!(null), &json!(exists)));
}

#[test]
fn documents_and_capabilities_are_lists() {
    let bench = Bench::new();
    let etag = bench.set(LISTS);
    let listed = parsed(&bench.run(&["list", "--json"]));
    let entry = listed.as_array().unwrap().iter().find(|entry| entry["etag"] == etag).unwrap();
    assert_eq!(entry["application"], "resource-lists");
    assert_eq!((&entry["user"], &entry["filename"]), (&json!(ALICE), &json!("index")));
    assert_eq!((&entry["uri"], &entry["size"]), (&json!(bench.index()), &json!(LISTS.len())));
    assert!(entry["last_modified"].is_string());
    let caps = parsed(&bench.run(&["caps", "--json"]));
    assert!(caps["auids"].as_array().unwrap().contains(&json!("resource-lists")), "{caps}");
    assert!(caps["namespaces"].is_array() && caps["extensions"].is_array());
}

#[test]
fn nothing_is_printed_without_an_answer() {
    let bench = Bench::with_lists();
    bench.run_with(&["--json", "put"], "<resource-lists").is_refused_with_caret();
    bench.server.misbehave(1, xcaplib::testing::Fault::CloseBeforeAnswer);
    bench.run(&["--json", "get", "--app", "resource-lists"]).is_refused(1, "FATAL: ");
}
