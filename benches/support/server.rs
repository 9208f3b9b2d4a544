//! An HTTP server in another process, which costs the measured one nothing: this program, started
//! again with [`ARGUMENT`].
//!
//! The first segment of a path says how a request is authorized: `none`, `basic`, `digest` or
//! `one-time`, where a nonce is good for one request. No password is looked at. A GET is answered
//! with the body that was put last under the path, whoever asks.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

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
        let mut reader = BufReader::new(stream);
        let _status = Head::read(&mut reader).unwrap();
        let mut counts = String::new();
        reader.read_line(&mut counts).unwrap();
        let (requests, connections) = counts.trim().split_once(' ').unwrap();
        Seen {
            requests: requests.parse().unwrap(),
            connections: connections.parse().unwrap(),
            fields: Head::read(&mut reader).unwrap().fields,
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
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("{}", listener.local_addr().unwrap().port());
    // The other end is closed when the process that started this one ends, however it does.
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let state = Arc::new(Mutex::new(State::default()));
    loop {
        let (stream, _) = listener.accept().unwrap();
        let state = Arc::clone(&state);
        std::thread::spawn(move || {
            // A client that goes away is none of the server's trouble.
            let _ = connection(stream, &state);
        });
    }
}

fn connection(mut stream: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut is_counted = false;
    while let Some(head) = Head::read(&mut reader) {
        let mut body = vec![0; head.content_length()];
        reader.read_exact(&mut body)?;
        let answer = {
            let mut state = state.lock().unwrap();
            if head.path() == SEEN {
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
        let body = [counts.as_bytes(), &self.last].concat();
        reply("200 OK", "", &body)
    }

    fn answer(&mut self, head: &Head, body: Vec<u8>) -> Vec<u8> {
        self.requests += 1;
        self.last.clone_from(&head.bytes);
        if let Some(challenge) = self.challenge(head) {
            let field = format!("WWW-Authenticate: {challenge}\r\n");
            return reply("401 Unauthorized", &field, b"");
        }
        let found = "ETag: \"4f2a\"\r\nContent-Type: application/resource-lists+xml\r\n";
        if head.line.starts_with("PUT") {
            self.bodies.insert(head.path().to_owned(), Arc::new(body));
            return reply("200 OK", "ETag: \"4f2a\"\r\n", b"");
        }
        let body = self.bodies.get(head.path()).cloned().unwrap_or_default();
        reply("200 OK", found, &body)
    }

    /// What to ask for, unless the request has it.
    fn challenge(&mut self, head: &Head) -> Option<String> {
        let digest = |nonce: &str| {
            format!("Digest realm=\"bench\", nonce=\"{nonce}\", qop=\"auth\", algorithm=MD5")
        };
        let sent = head.field("authorization");
        match head.path().split('/').nth(1) {
            Some("basic") => sent.is_none().then(|| "Basic realm=\"bench\"".to_owned()),
            Some("digest") => sent.is_none().then(|| digest("dcd98b7102dd2f0e8b11d0f600bfb0c093")),
            Some("one-time") => {
                let nonce =
                    sent.and_then(|value| value.split("nonce=\"").nth(1)?.split('"').next());
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

fn reply(status: &str, fields: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\n{fields}Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// The first line of a message and its fields.
struct Head {
    line: String,
    fields: Vec<(String, String)>,
    bytes: Vec<u8>,
}

impl Head {
    /// `None` where the connection has ended.
    fn read(reader: &mut BufReader<TcpStream>) -> Option<Self> {
        let mut bytes = Vec::new();
        while !bytes.ends_with(b"\r\n\r\n") {
            if reader.read_until(b'\n', &mut bytes).ok()? == 0 {
                return None;
            }
        }
        let text = String::from_utf8(bytes.clone()).ok()?;
        let mut lines = text.trim_end().split("\r\n");
        let line = lines.next()?.to_owned();
        let fields = lines.filter_map(|field| field.split_once(": "));
        let fields = fields.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
        Some(Self { line, fields: fields.collect(), bytes })
    }

    fn path(&self) -> &str {
        self.line.split(' ').nth(1).unwrap_or_default()
    }

    fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    fn content_length(&self) -> usize {
        self.field("content-length").and_then(|value| value.parse().ok()).unwrap_or(0)
    }
}
