//! `-v`: what goes over the wire, without its secrets, and what a refusal may mean.

use xcaplib::testing::{Auth, Server};

use crate::bench::{ALICE, EMPTY, Ended, Home, LISTS};
use crate::raw;

const REDACTED: &str = "<redacted>";

/// The account of somebody whose server asks for no password.
fn home(root: &str) -> Home {
    let home = Home::new();
    home.ini(&format!("[Account]\nsip_address = {ALICE}\nxcap_root = {root}\n"));
    home
}

/// The heads that begin with this mark: the first line of each, and its fields.
fn heads(ended: &Ended, mark: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut heads: Vec<(String, Vec<_>)> = Vec::new();
    let mut is_within = false;
    for line in ended.lines() {
        let Some(line) = line.strip_prefix(mark) else {
            is_within = false;
            continue;
        };
        match heads.last_mut() {
            Some((_, fields)) if is_within => {
                let (name, value) = line.split_once(": ").unwrap();
                fields.push((name.to_owned(), value.to_owned()));
            }
            _ => heads.push((line.to_owned(), Vec::new())),
        }
        is_within = true;
    }
    heads
}

#[test]
fn a_call_is_shown_to_the_letter() {
    let server = raw::Server::answering(|_| {
        raw::reply(200, &["ETag: \"one\"", "X-Odd: a\u{202e}\u{9b}b", "Set-Cookie: id=4711"], LISTS)
    });
    let home = home(&format!("{}/root", server.origin()));
    let got = home.run_with(&["get", "--app", "resource-lists", "-v"], b"");
    let target = "/root/resource-lists/users/sip:alice@example.com/index";
    let lines = got.lines();
    let time = lines[10].strip_prefix(&format!("* GET {target} 200 ETag \"one\" ")).unwrap();
    assert!(time.ends_with('s'), "{time}");
    let lines = [&lines[..10], &lines[11..]].concat();
    let expected = [
        format!("get {}{target}", server.origin()),
        format!("> GET {target} HTTP/1.1"),
        format!("> host: {}", server.address()),
        format!("> user-agent: xcaplib/{}", env!("CARGO_PKG_VERSION")),
        "> accept: */*".to_owned(),
        "< HTTP/1.1 200 OK".to_owned(),
        "< etag: \"one\"".to_owned(),
        "< x-odd: a\\u{202e}\\u{9b}b".to_owned(),
        "< set-cookie: <redacted>".to_owned(),
        format!("< content-length: {}", LISTS.len()),
        "etag: \"one\"".to_owned(),
        format!("content-length: {}", LISTS.len()),
    ];
    assert_eq!(lines, expected);
    assert_eq!((got.code, got.text()), (Some(0), LISTS));
}

#[test]
fn each_request_is_shown_as_the_server_got_it() {
    for auth in [Auth::Digest, Auth::Basic] {
        let server = Server::builder().auth(auth).user(ALICE, "secret").start().unwrap();
        server.set_document("resource-lists", ALICE, "index", LISTS);
        let home = home(&server.root());
        let more = [
            "-v",
            "-p",
            "secret",
            "--add-header",
            "X-3GPP-Intended-Identity: \"sip:alice@example.com\"",
            "--add-header",
            "Cookie: id=4711",
            "--add-header",
            "X-Api-Key: key-4711",
        ];
        for (args, body) in [
            (&["put", "--etag", "*"][..], EMPTY),
            (&["insert", "--add-header", "User-Agent: mine", "--add-header", "Accept:"], EMPTY),
            (&["delete", "--app", "resource-lists", "--add-header", "user-agent:"], ""),
        ] {
            server.clear_requests();
            let ended = home.run_with(&[args, &more].concat(), body.as_bytes());
            let (shown, got) = (heads(&ended, "> "), server.requests());
            assert_eq!(shown.len(), got.len(), "{}", ended.stderr);
            assert!(got.len() > 1);
            for ((line, mut fields), request) in shown.into_iter().zip(&got) {
                assert_eq!(line, format!("{} {} HTTP/1.1", request.method(), request.target()));
                let sent = request.headers().map(|(name, value)| match name {
                    "authorization" => (name.to_owned(), without_response(value)),
                    "cookie" | "x-api-key" => (name.to_owned(), REDACTED.to_owned()),
                    _ => (name.to_owned(), value.to_owned()),
                });
                let mut sent: Vec<_> = sent.collect();
                sent.sort();
                fields.sort();
                assert_eq!(fields, sent);
            }
            let answers = heads(&ended, "< ");
            assert_eq!(answers.len(), got.len());
            let (status, challenge) = &answers[0];
            assert_eq!(status, "HTTP/1.1 401 Unauthorized");
            assert!(challenge.iter().any(|(name, _)| name == "www-authenticate"), "{challenge:?}");
            assert!(!ended.stderr.contains("4711"), "{}", ended.stderr);
        }
    }
}

/// An `Authorization` as it may be shown.
fn without_response(value: &str) -> String {
    match value.split_once("response=\"") {
        Some((before, after)) => {
            let (_, after) = after.split_once('"').unwrap();
            format!("{before}response={REDACTED}{after}")
        }
        None => format!("{} {REDACTED}", value.split_once(' ').unwrap().0),
    }
}

#[test]
fn a_password_that_comes_back_is_not_shown() {
    let server = raw::Server::answering(|request| {
        let sent = request.fields("authorization").pop().unwrap_or_default();
        raw::reply(200, &[&format!("X-Echo: {sent}"), &format!("ETag: \"{sent}\"")], LISTS)
    });
    let home = home(&server.origin());
    let args = ["get", "--app", "resource-lists", "-v", "--add-header"];
    let got = home.run_with(&[&args[..], &["Authorization: Bearer token-4711"]].concat(), b"");
    let (_, fields) = heads(&got, "< ").remove(0);
    for name in ["x-echo", "etag"] {
        assert!(fields.contains(&(name.to_owned(), REDACTED.to_owned())), "{fields:?}");
    }
    let (_, fields) = heads(&got, "> ").remove(0);
    assert!(fields.contains(&("authorization".to_owned(), format!("Bearer {REDACTED}"))));
}

#[test]
fn a_bare_refusal_of_a_change_is_looked_into() {
    const OBJECTS: &str = "a conforming server would answer ";
    let list = "<list name=\"friends\"/>";
    for (status, args, body, says) in [
        (400, &["put", "/resource-lists/list[1]"][..], list, Some("200 OK")),
        (500, &["put", "/resource-lists/list[9]"], list, Some("409 Conflict: cannot-insert: ")),
        (
            405,
            &["delete", "/resource-lists/list[9]"],
            "",
            Some("404 Not Found: step 2, `list[9]`, "),
        ),
        (
            403,
            &["put", "--app", "xcap-caps", "-c", "global", "--no-validate"],
            "",
            Some("405 Method Not Allowed: "),
        ),
        // What has a reason, or is no change.
        (412, &["delete", "--app", "resource-lists", "--etag", "a"], "", None),
        (502, &["delete", "--app", "resource-lists"], "", None),
        (500, &["get", "--app", "resource-lists"], "", None),
        (200, &["delete", "--app", "resource-lists"], "", None),
    ] {
        let server =
            raw::Server::answering(move |request| match request.line().split(' ').next() {
                Some("GET") if args[0] != "get" => raw::ok(LISTS),
                _ => raw::reply(status, &[], ""),
            });
        let home = home(&server.origin());
        let loud = home.run_with(&[args, &["-v"]].concat(), body.as_bytes());
        let last = *loud.lines().last().unwrap();
        match says {
            Some(says) => {
                let says = format!("{OBJECTS}{says}");
                assert!(last.starts_with(&says), "{args:?}: {}", loud.stderr);
            }
            None => assert!(!loud.stderr.contains(OBJECTS), "{args:?}: {}", loud.stderr),
        }
        let usual = home.run_with(args, body.as_bytes());
        assert_eq!(usual.code, loud.code);
        assert!(!usual.stderr.contains(OBJECTS));
    }
}
