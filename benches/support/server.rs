//! An HTTP server in another process, which costs the measured one nothing: this program, started
//! again with [`ARGUMENT`].
//!
//! The first segment of a path says how a request is authorized: `none`, `basic`, `digest` or
//! `one-time`, where a nonce is good for one request. No password is looked at. A GET is answered
//! with the body that was put last under the path, whoever asks.

#[path = "../../tests/support/head.rs"]
mod head;
#[path = "../../tests/support/listener.rs"]
mod listener;

use std::collections::{HashMap, HashSet};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use listener::Listener;

/// What makes the program a server.
const ARGUMENT: &str = "--serve";
/// The path under which the server tells what it has seen so far. It does not count itself.
const SEEN: &str = "/seen";

/// The running server; it ends when this is dropped.
pub struct Server {
    process: Child,
    port: u16,
}

/// What reached the server.
pub struct Seen {
    pub requests: usize,
    pub connections: usize,
    /// The fields of the last request.
    pub fields: Vec<(String, String)>,
}

/// Serves and never returns where this process is to be the server.
pub fn serve_if_asked() {
    if std::env::args().any(|arg| arg == ARGUMENT) {
        serve();
    }
}

impl Server {
    pub fn start() -> Self {
        let program = std::env::current_exe().unwrap();
        let mut command = Command::new(program);
        let mut process =
            command.arg(ARGUMENT).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut port = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut port).unwrap();
        Self { port: port.trim().parse().unwrap(), process }
    }

    /// An XCAP root under which requests are authorized in this way.
    pub fn root(&self, way: &str) -> String {
        format!("http://127.0.0.1:{}/{way}", self.port)
    }

    pub fn seen(&self) -> Seen {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(stream, "GET {SEEN} HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        let (_, body) = head::read(&mut BufReader::new(stream)).unwrap().unwrap();
        let (counts, last) = body.split_at(body.iter().position(|byte| *byte == b'\n').unwrap());
        let counts = String::from_utf8(counts.to_vec()).unwrap();
        let (requests, connections) = counts.split_once(' ').unwrap();
        let fields = head::lines(last.get(1..).unwrap_or_default());
        let fields = fields.iter().skip(1).filter_map(|field| field.split_once(": "));
        Seen {
            requests: requests.parse().unwrap(),
            connections: connections.parse().unwrap(),
            fields: fields.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect(),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[derive(Default)]
struct State {
    requests: usize,
    connections: usize,
    last: Vec<u8>,
    nonces: usize,
    used: HashSet<String>,
    bodies: HashMap<String, Arc<Vec<u8>>>,
}

fn serve() -> ! {
    let state = Mutex::new(State::default());
    let listener = Listener::start(listener::ANY, move |_, stream| {
        // A client that goes away is none of the server's trouble.
        let _ = connection(stream, &state);
    });
    println!("{}", listener.address().port());
    // The other end is closed when the process that started this one ends, however it does.
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
    std::process::exit(0);
}

fn connection(mut stream: &TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    let mut is_counted = false;
    while let Some((head, body)) = head::read(&mut reader)? {
        let answer = {
            let mut state = state.lock().unwrap();
            if path(&head) == SEEN {
                state.seen()
            } else {
                state.connections += usize::from(!is_counted);
                is_counted = true;
                state.answer(&head, body)
            }
        };
        stream.write_all(&answer)?;
    }
    Ok(())
}

impl State {
    fn seen(&self) -> Vec<u8> {
        let counts = format!("{} {}\n", self.requests, self.connections);
        head::answer(b"200 OK", [], &[counts.as_bytes(), &self.last].concat())
    }

    fn answer(&mut self, head: &[u8], body: Vec<u8>) -> Vec<u8> {
        self.requests += 1;
        self.last.clear();
        self.last.extend_from_slice(head);
        if let Some(challenge) = self.challenge(head) {
            let field = format!("WWW-Authenticate: {challenge}");
            return head::answer(b"401 Unauthorized", [field.as_bytes()], b"");
        }
        let etag = b"ETag: \"4f2a\"".as_slice();
        if head.starts_with(b"PUT") {
            self.bodies.insert(path(head), Arc::new(body));
            return head::answer(b"200 OK", [etag], b"");
        }
        let kind = b"Content-Type: application/resource-lists+xml".as_slice();
        let body = self.bodies.get(&path(head)).cloned().unwrap_or_default();
        head::answer(b"200 OK", [etag, kind], &body)
    }

    /// What to ask for, unless the request has it.
    fn challenge(&mut self, head: &[u8]) -> Option<String> {
        let digest = |nonce: &str| {
            format!("Digest realm=\"bench\", nonce=\"{nonce}\", qop=\"auth\", algorithm=MD5")
        };
        let sent = head::fields(head, "authorization").pop();
        match path(head).split('/').nth(1) {
            Some("basic") => sent.is_none().then(|| "Basic realm=\"bench\"".to_owned()),
            Some("digest") => sent.is_none().then(|| digest("dcd98b7102dd2f0e8b11d0f600bfb0c093")),
            Some("one-time") => {
                let nonce = sent
                    .as_ref()
                    .and_then(|value| value.split("nonce=\"").nth(1)?.split('"').next());
                if nonce.is_some_and(|nonce| self.used.insert(nonce.to_owned())) {
                    return None;
                }
                self.nonces += 1;
                Some(digest(&format!("nonce{}", self.nonces)))
            }
            _ => None,
        }
    }
}

fn path(head: &[u8]) -> String {
    let lines = head::lines(head);
    lines.first().and_then(|line| line.split(' ').nth(1)).unwrap_or_default().to_owned()
}
