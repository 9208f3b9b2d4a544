//! One exchange on the test server, held against the one in the record.

use percent_encoding::percent_decode_str;
use xcaplib::ETag;
use xcaplib::testing::{Auth, Profile, Server};

use crate::record::Record;
use crate::wire::{Answer, Connection};

const USER: &str = "sip:alice@example.com";
/// `alice:secret`
const CREDENTIALS: &str = "Basic YWxpY2U6c2VjcmV0";
/// An ETag that no document ever had.
const OTHER: &str = "0123456789abcdef0123456789abcdef";

/// The server under test.
pub(crate) struct Bench {
    server: Server,
}

impl Bench {
    pub(crate) fn start() -> Self {
        let server = Server::builder()
            .profile(Profile::OpenXcap)
            .auth(Auth::Basic)
            .user(USER, "secret")
            .user("sip:bob@example.com", "other")
            .start()
            .unwrap();
        Self { server }
    }

    /// Removes the document that a request may have made elsewhere.
    pub(crate) fn clear(&self, record: &Record<'_>) {
        let document = record.path().split("/~~").next().unwrap_or_default();
        self.prepare(Some(document), None);
    }

    /// Makes the document what it was before a request, under a new ETag.
    pub(crate) fn prepare(&self, path: Option<&str>, text: Option<&str>) -> Option<ETag> {
        let (application, filename) = place(path?)?;
        match text {
            Some(text) => Some(self.server.set_document(&application, USER, &filename, text)),
            None => {
                self.server.remove_document(&application, USER, &filename);
                None
            }
        }
    }

    /// The ETag of the document, which is made what it should be if it is not.
    pub(crate) fn settle(&self, path: Option<&str>, text: Option<&str>) -> Option<ETag> {
        match self.stored(path) {
            Some((stored, etag)) if Some(stored.as_str()) == text => Some(etag),
            _ => self.prepare(path, text),
        }
    }

    fn stored(&self, path: Option<&str>) -> Option<(String, ETag)> {
        let (application, filename) = place(path?)?;
        let stored = self.server.document(&application, USER, &filename)?;
        Some((stored.text().to_owned(), stored.etag().clone()))
    }

    fn send(&self, record: &Record<'_>, current: Option<&ETag>) -> Answer {
        let host = self.server.address().to_string();
        let fill = |text: &str| {
            text.replace("<current>", current.map_or(OTHER, ETag::opaque))
                .replace("<other>", OTHER)
                .replace("<root>", &self.server.root())
                .replace("<host>", &host)
        };
        let path = record.path();
        let mut head = format!("{} /xcap-root{} HTTP/1.1\r\n", record.method(), fill(path));
        head.push_str(&format!("Host: {host}\r\nAuthorization: {CREDENTIALS}\r\n"));
        for (name, value) in record.headers() {
            head.push_str(&format!("{name}: {}\r\n", fill(value)));
        }
        let body = record.body();
        if let Some(body) = &body {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        head.push_str("\r\n");
        Connection::open(self.server.address()).exchange(&head, &body.unwrap_or_default())
    }
}

/// AUID and file name in the path of one of the user's documents.
fn place(path: &str) -> Option<(String, String)> {
    let path = percent_decode_str(path).decode_utf8_lossy();
    let (application, rest) = path.strip_prefix('/')?.split_once("/users/")?;
    let (_, filename) = rest.split_once('/')?;
    Some((application.to_owned(), filename.to_owned()))
}

/// What is different when the request of the record is made on the document with this ETag.
pub(crate) fn differences(
    bench: &Bench,
    record: &Record<'_>,
    path: Option<&str>,
    current: Option<&ETag>,
) -> Vec<String> {
    let before = bench.stored(path).map(|(text, _)| text);
    let answer = bench.send(record, current);
    let after = bench.stored(path).map(|(text, _)| text);
    let mut found = Vec::new();
    let mut compare = |what: &str, ours: &str, theirs: &str| {
        if ours != theirs {
            found.push(format!("{what} is {ours:?}, not {theirs:?}"));
        }
    };
    compare("status", &answer.status.to_string(), &record.status().to_string());
    compare("condition", &condition(&answer.body), &condition(&record.answer_body()));
    compare("ETag", etag(&answer, current), record.answered("etag"));
    let media_type = answer.header("content-type").unwrap_or("absent");
    compare("media type", media_type, record.answered("content-type"));
    if record.status() < 300 {
        let text = |body: &[u8]| String::from_utf8_lossy(body).into_owned();
        compare("body", &text(&answer.body), &text(&record.answer_body()));
    }
    if record.has_text_after() {
        let wanted = match record.after() {
            Some("same") => before.as_deref(),
            after => after,
        };
        compare("document", after.as_deref().unwrap_or("none"), wanted.unwrap_or("none"));
    }
    found
}

/// The name of the condition in an xcap-error; empty for any other body.
fn condition(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let condition = text.split_once("<xcap-error").and_then(|(_, rest)| rest.split_once('<'));
    let name = condition.map(|(_, rest)| rest.split([' ', '/', '>']).next().unwrap_or_default());
    name.unwrap_or_default().to_owned()
}

fn etag(answer: &Answer, current: Option<&ETag>) -> &'static str {
    match answer.header("etag") {
        None => "absent",
        Some(etag) if current.is_some_and(|current| current.to_string() == etag) => "<current>",
        Some(_) => "<new>",
    }
}
