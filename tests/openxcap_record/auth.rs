//! The transcripts of the authentication, and how connections end.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use md5::{Digest as _, Md5};
use serde_json::Value;
use xcaplib::testing::{Auth, Profile, Server};

use crate::record;
use crate::wire::{Answer, Connection};

/// Between the end of an answer and the end of its connection.
const AT_ONCE: Duration = Duration::from_millis(500);

struct Bench {
    server: Server,
    connection: Option<Connection>,
    /// The nonces of a transcript by the names that the record gives them.
    nonces: HashMap<String, String>,
}

impl Bench {
    fn start(auth: Auth) -> Self {
        let server = Server::builder()
            .profile(Profile::OpenXcap)
            .auth(auth)
            .user("alice@example.com", "secret")
            .user("bob@example.com", "other")
            .user("carol@example.com", "a:b")
            .start()
            .unwrap();
        Self { server, connection: None, nonces: HashMap::new() }
    }

    /// Makes a request as the record has it.
    fn exchange(&mut self, line: &Value) -> Answer {
        if line["connection"] == "new" {
            self.connection = Some(Connection::open(self.server.address()));
        }
        let request = self.filled(line);
        let body = line["request_body"].as_str().unwrap_or_default();
        let connection = self.connection.as_mut().expect("a connection");
        let answer = connection.exchange(&request, body.as_bytes());
        let challenge = answer.header("www-authenticate").and_then(|field| quoted(field, "nonce"));
        if let Some(nonce) = challenge {
            self.nonces.insert(format!("N{}", self.nonces.len() + 1), nonce.to_owned());
        }
        answer
    }

    /// A request with the values of this run.
    fn filled(&self, line: &Value) -> String {
        let host = self.server.address().to_string();
        let mut text = line["request"].as_str().unwrap().replace("<host>", &host);
        for (name, nonce) in &self.nonces {
            text = text.replace(&format!("nonce=\"{name}\""), &format!("nonce=\"{nonce}\""));
            text = text.replace(&format!("nonce={name},"), &format!("nonce={nonce},"));
        }
        let response = |password| response(&text, line["note"].as_str(), password);
        let (right, wrong) = (response("secret"), response("guess"));
        text = text.replace("<response with the right password>", &right);
        text = text.replace("<response with a wrong password>", &wrong);
        text = text.replace("<the right response in upper case>", &right.to_uppercase());
        for (name, pair) in [
            ("<alice:right password>", "YWxpY2U6c2VjcmV0"),
            ("<alice:wrong password>", "YWxpY2U6Z3Vlc3M="),
            ("<nobody:some password>", "bm9ib2R5OmE="),
            ("<carol:a:b>", "Y2Fyb2w6YTpi"),
            ("<alice without a colon>", "YWxpY2U="),
            ("<alice@example.com:right password>", "YWxpY2VAZXhhbXBsZS5jb206c2VjcmV0"),
            ("<alice with the right password>", "YWxpY2U6c2VjcmV0"),
        ] {
            text = text.replace(name, pair);
        }
        assert!(!text.contains('<'), "a value is missing in {text}");
        text
    }
}

/// The value of a parameter, in quotes or not.
fn quoted<'a>(field: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = field.split_once(&format!("{name}="))?;
    match rest.strip_prefix('"') {
        Some(rest) => rest.split('"').next(),
        None => rest.split([',', '\r', ' ']).next(),
    }
}

/// What a client computes that puts these fields into its request.
fn response(request: &str, note: Option<&str>, password: &str) -> String {
    let field = |name: &str| {
        let (_, fields) = request.split_once("Authorization: Digest ")?;
        let fields = fields.split("\r\n").next()?;
        quoted(&format!(" {fields}"), &format!(" {name}"))
            .or_else(|| quoted(fields, name))
            .map(str::to_owned)
    };
    let note = note.and_then(|note| note.strip_prefix("HA1 is computed with the user name "));
    let user = note.map(str::to_owned).or_else(|| field("username")).unwrap_or_default();
    let method = request.split(' ').next().unwrap_or_default();
    let field = |name| field(name).unwrap_or_default();
    let first = hash(&format!("{user}:example.com:{password}"));
    let second = hash(&format!("{method}:{}", field("uri")));
    let (nonce, nc, cnonce, qop) = (field("nonce"), field("nc"), field("cnonce"), field("qop"));
    hash(&format!("{first}:{nonce}:{nc}:{cnonce}:{qop}:{second}"))
}

fn hash(text: &str) -> String {
    Md5::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What an answer shows of itself, with the values of the run left out.
fn shown(status: u64, field: &dyn Fn(&str) -> Option<String>, dates: usize) -> Vec<String> {
    let mut shown = vec![status.to_string(), format!("{dates} dates")];
    for name in ["content-type", "allow", "connection"] {
        shown.push(format!("{name}: {}", field(name).unwrap_or_default()));
    }
    shown.push(format!("etag: {}", field("etag").is_some()));
    let challenge = field("www-authenticate").unwrap_or_default();
    shown.push(match quoted(&challenge, "nonce") {
        Some(nonce) => challenge.replace(nonce, "N"),
        None => challenge,
    });
    shown
}

fn recorded(answer: &str) -> Vec<String> {
    let fields: Vec<(String, String)> = answer
        .split("\r\n")
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    let dates = fields.iter().filter(|(name, _)| name == "date").count();
    let field = |name: &str| fields.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
    shown(status, &field, dates)
}

#[test]
fn transcripts() {
    let mut benches = HashMap::from([
        ("digest", Bench::start(Auth::Digest)),
        ("basic", Bench::start(Auth::Basic)),
    ]);
    let mut count = 0;
    for transcript in record::lines("auth.jsonl") {
        let title = transcript["title"].as_str().unwrap();
        let bench = benches.get_mut(transcript["server"].as_str().unwrap()).unwrap();
        bench.nonces.clear();
        for (number, line) in transcript["exchanges"].as_array().unwrap().iter().enumerate() {
            let answer = bench.exchange(line);
            let field = |name: &str| answer.header(name).map(str::to_owned);
            let dates =
                answer.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case("date")).count();
            let name = format!("{title}, request {}", number + 1);
            assert_eq!(
                shown(answer.status, &field, dates),
                recorded(line["answer"].as_str().unwrap()),
                "{name}"
            );
            if answer.status < 300 {
                let body = String::from_utf8(answer.body).unwrap();
                assert_eq!(body, line["answer_body"].as_str().unwrap(), "{name}");
            }
            if line["then"].as_str().unwrap().starts_with("closed") && answer.status == 500 {
                let told = Instant::now();
                assert!(bench.connection.as_mut().unwrap().read(false).is_none(), "{name}");
                assert!(told.elapsed() < AT_ONCE, "{name}");
            }
            count += 1;
        }
    }
    assert!(count > 0);
    println!("{count} requests of the transcripts agree");
}

/// A server of which the directory breaks down, and a document that it has.
fn broken() -> (Server, Connection, String) {
    let server = Server::builder().profile(Profile::OpenXcap).start().unwrap();
    let host = server.address().to_string();
    let mut connection = Connection::open(server.address());
    let head = format!(
        "GET /xcap-root/org.openmobilealliance.xcap-directory/users/sip:a@b/index HTTP/1.1\r\n\
         Host: {host}\r\n\r\n"
    );
    let answer = connection.exchange(&head, b"");
    assert_eq!((answer.status, answer.header("connection")), (500, None));
    (server, connection, host)
}

#[test]
fn what_follows_a_500_at_once_is_lost() {
    let (server, mut connection, host) = broken();
    let body = "<root xmlns=\"test-app\"/>";
    let head = format!(
        "PUT /xcap-root/test-app/users/sip:a@b/index HTTP/1.1\r\nHost: {host}\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    connection.send(head.as_bytes());
    assert!(connection.read(false).is_none());
    assert!(server.document("test-app", "a@b", "index").is_none());
}

#[test]
fn an_idle_connection_is_closed_after_five_seconds() {
    let server = Server::builder().profile(Profile::OpenXcap).start().unwrap();
    let head = format!(
        "GET /xcap-root/xcap-caps/global/index HTTP/1.1\r\nHost: {}\r\n\r\n",
        server.address()
    );
    let mut connection = Connection::open(server.address());
    let answer = connection.exchange(&head, b"");
    assert_eq!((answer.status, answer.header("connection")), (200, None));
    let told = Instant::now();
    assert!(connection.read(false).is_none());
    let seconds = told.elapsed().as_secs_f64();
    assert!((4.5..8.0).contains(&seconds), "{seconds}");
}
