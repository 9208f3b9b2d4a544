//! Nothing secret is written anywhere: neither in the log, nor by `{:?}`, nor in an error's text.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[path = "support/raw.rs"]
mod raw;
#[path = "support/relay.rs"]
mod relay;

use std::fmt::{Debug, Write as _};
use std::sync::Mutex;

use log::{Level, LevelFilter, Log, Metadata, Record};
use md5::{Digest as _, Md5};
use relay::Relay;
use xcaplib::testing::{Auth, Fault, Profile, Server};
use xcaplib::{Credentials, Result, XCAPClient, XCAPClientBuilder};

const ALICE: &str = "sip:alice@example.com";
const PASSWORD: &str = "hunter2-right";
const WRONG: &str = "hunter2-wrong";
/// In a header that the server may record.
const COOKIE: &str = "cookie-4712";
const TOKEN: &str = "token-4711";
const CONFLICT: &str = r#"<xcap-error xmlns="urn:ietf:params:xml:ns:xcap-error"><cannot-insert phrase="Bearer token-4711"/></xcap-error>"#;
const LISTS: &str = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;

/// What our target emitted, at any level.
static LOGGED: Mutex<Vec<(Level, String)>> = Mutex::new(Vec::new());

struct Capture;

impl Log for Capture {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let target = record.target();
        if target == "xcaplib" || target.starts_with("xcaplib::") {
            assert_eq!(target, "xcaplib");
            LOGGED.lock().unwrap().push((record.level(), record.args().to_string()));
        }
    }

    fn flush(&self) {}
}

/// All that a caller could see: `{:?}` of what the calls gave, and the errors with their sources.
#[derive(Default)]
struct Seen(String);

impl Seen {
    fn shown(&mut self, value: &impl Debug) {
        writeln!(self.0, "{value:?} {value:#?}").unwrap();
    }

    fn result<T: Debug>(&mut self, result: &Result<T>) {
        self.shown(result);
        let mut error = result.as_ref().err().map(|error| error as &dyn std::error::Error);
        while let Some(next) = error {
            writeln!(self.0, "{next}").unwrap();
            error = next.source();
        }
    }

    /// Every call there is, on a client made of this builder.
    fn calls(&mut self, builder: XCAPClientBuilder) {
        self.shown(&builder);
        let built = builder.build();
        self.result(&built);
        let client = built.unwrap();
        for _ in 0..3 {
            self.result(&client.get("resource-lists", None, None, None));
            self.result(&client.put("resource-lists", LISTS, None, None, None));
            self.result(&client.delete("resource-lists", "/resource-lists/list", None, None));
            self.result(&client.open("resource-lists"));
        }
        let headers = [("Authorization", "Bearer token-4711-header")];
        self.result(&client.get("resource-lists", None, None, &headers));
        self.shown(&client.request("resource-lists").header("Authorization", TOKEN));
        for name in ["Cookie", "X-Auth-Token"] {
            let request = || client.request("resource-lists").header(name, COOKIE);
            self.shown(&request().optional());
            self.result(&request().get());
        }
    }
}

fn md5(text: &str) -> String {
    let bytes = Md5::digest(text);
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// The digests and encoded passwords in the `Authorization` values that a server got.
fn sent(server: &Server, secrets: &mut Vec<String>) {
    for request in server.requests() {
        let Some(value) = request.header("authorization") else { continue };
        match value.split_once("response=\"") {
            Some((_, rest)) => secrets.extend(rest.split('"').next().map(str::to_owned)),
            None => secrets.extend(value.split(' ').nth(1).map(str::to_owned)),
        }
    }
}

#[test]
fn a_user_is_shown_without_a_password() {
    let shown = |user| format!("{:?}", XCAPClient::builder("http://127.0.0.1:1", user));
    let expected = |user| format!("XCAPClientBuilder {{ user: \"{user}\", .. }}");
    for user in ["sip:alice@example.com", "alice@example.com", "alice"] {
        assert_eq!(shown(user), expected(user));
    }
    assert_eq!(shown("sip:alice:secret@example.com"), expected("..@example.com"));
}

#[test]
fn nothing_secret_is_written() {
    log::set_logger(&Capture).unwrap();
    log::set_max_level(LevelFilter::Trace);
    let mut seen = Seen::default();
    let mut secrets = vec!["hunter2".to_owned(), TOKEN.to_owned()];
    for password in [PASSWORD, WRONG] {
        secrets.push(md5(&format!("alice:example.com:{password}")));
    }
    let mut requests = 0;
    for profile in [Profile::Rfc4825, Profile::OpenXcap] {
        for auth in [Auth::Digest, Auth::Basic] {
            let server = Server::builder().profile(profile).auth(auth).user(ALICE, PASSWORD);
            let server = server.start().unwrap();
            server.set_document("resource-lists", ALICE, "index", LISTS);
            let builder = || XCAPClient::builder(&server.root(), ALICE);
            seen.calls(builder().password(PASSWORD));
            seen.calls(builder().password(WRONG));
            for password in [PASSWORD, WRONG] {
                let credentials = Credentials::new("alice", password);
                seen.shown(&credentials);
                seen.calls(builder().credentials(move |challenge| {
                    assert!(!format!("{challenge:?}").contains(PASSWORD));
                    Some(credentials.clone())
                }));
            }
            seen.calls(builder().authorization(|_| Some(format!("Bearer {TOKEN}"))));
            seen.calls(builder().header("Authorization", &format!("Bearer {TOKEN}")));
            seen.calls(builder().authorization(|request| {
                request.challenges().first().map(|_| format!("Bearer {TOKEN}"))
            }));
            let client = builder().password(PASSWORD).build().unwrap();
            server.misbehave(1, Fault::status(503, "later"));
            seen.result(&client.get("resource-lists", None, None, None));
            sent(&server, &mut secrets);
            requests += server.requests().len();
            for request in server.requests() {
                seen.shown(&request);
            }
            // A proxy's password, right and wrong.
            let relay = Relay::proxy(server.address(), Some("Basic dTpodW50ZXIyLXJpZ2h0"));
            for password in [PASSWORD, WRONG] {
                let proxy = format!("http://u:{password}@127.0.0.1:{}", relay.port());
                let client = XCAPClient::builder("http://xcap.example.com", ALICE)
                    .proxy(proxy.as_str())
                    .build()
                    .unwrap();
                seen.shown(&client);
                seen.result(&client.get("resource-lists", None, None, None));
                requests += 1;
            }
        }
    }
    // A server that sends back what it was sent.
    let headers = [
        "Location: /elsewhere?token=token-4711",
        "Location: //evil.example/token%2D4711",
        "WWW-Authenticate: Bearer-token-4711",
        "Content-Type: application/xcap-error+xml",
        "ETag: \"Bearer token-4711\"",
    ];
    for is_header in [false, true] {
        let echo = raw::Server::start(
            [307, 302, 401, 409, 200]
                .iter()
                .zip(headers)
                .map(|(status, header)| raw::reply(*status, &[header], CONFLICT)),
        );
        let token = format!("Bearer {TOKEN}");
        let builder = XCAPClient::builder(&echo.origin(), ALICE);
        let builder = if is_header {
            builder.header("Authorization", &token)
        } else {
            builder.authorization(move |_| Some(token.clone()))
        };
        let client = builder.build().unwrap();
        for status in [307, 302, 401, 409] {
            let error = client.get("resource-lists", None, None, None).unwrap_err();
            assert_eq!(error.status(), Some(status));
            writeln!(seen.0, "{error}").unwrap();
        }
        // The tag itself is the caller's.
        let found = client.get("resource-lists", None, None, None).unwrap();
        assert_eq!(found.etag().unwrap().opaque(), "Bearer token-4711");
        requests += echo.requests().len();
    }
    // Nobody is there: each try is a line.
    let refused = Server::start().unwrap();
    let builder = |retries| XCAPClient::builder(&refused.root(), ALICE).retries(retries).build();
    let (never, default) = (builder(0).unwrap(), builder(1).unwrap());
    drop(refused);
    seen.result(&never.get("resource-lists", None, None, None));
    seen.result(&default.put("resource-lists", LISTS, None, None, None));
    requests += 3;

    let logged = LOGGED.lock().unwrap();
    let of_level = |wanted| logged.iter().filter(move |(level, _)| *level == wanted);
    assert_eq!(of_level(Level::Debug).count(), requests, "one line a request");
    let heads = of_level(Level::Trace).filter(|(_, head)| head.starts_with("> "));
    assert_eq!(heads.count(), requests, "one head a request");
    assert!(logged.iter().all(|(level, _)| *level >= Level::Debug));
    let has = |part: &str| logged.iter().any(|(_, line)| line.contains(part));
    for part in [
        "GET /xcap-root/resource-lists/users/sip:alice@example.com/index 200 ETag \"",
        "PUT /xcap-root/resource-lists/users/sip:alice@example.com/index 401 ETag - ",
        "GET /xcap-root/resource-lists/users/sip:alice@example.com/index 503 ETag - ",
        "GET /resource-lists/users/sip:alice@example.com/index 200 ETag .. ",
        " failed: Transport ",
        ", response=<redacted>, ",
        "\n> authorization: Basic <redacted>",
        "\n> authorization: Bearer <redacted>",
        "\n> cookie: <redacted>",
        "\n> x-auth-token: <redacted>",
        "\n< www-authenticate: Digest realm=\"",
        "\n< location: <redacted>",
        "\n< etag: <redacted>",
    ] {
        assert!(has(part), "{part}: {logged:?}");
    }
    let lines: String = logged.iter().map(|(_, line)| format!("{line}\n")).collect();
    assert!(!lines.contains(COOKIE));
    assert!(secrets.len() > 100, "digests were sent");
    for secret in secrets {
        assert!(!secret.is_empty());
        for line in lines.lines().chain(seen.0.lines()) {
            assert!(!line.contains(&secret), "{secret}: {line}");
        }
    }
}
