//! A scripted TCP server: it answers one request after another with the bytes it was given, and
//! keeps the bytes of each request.

#![allow(dead_code, unreachable_pub, reason = "no test binary uses all of it")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails where its server does")]

#[path = "head.rs"]
mod head;
#[path = "listener.rs"]
mod listener;

use std::collections::{HashMap, VecDeque};
use std::io::{self, BufReader, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use listener::Listener;

/// No wait of a test comes near it unless the test is about to fail.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the server does when it has read a request.
#[derive(Clone, Debug)]
pub struct Reply {
    bytes: Vec<u8>,
    then: Then,
    /// How many requests have to be read before.
    after: usize,
}

#[derive(Clone, Copy, Debug)]
enum Then {
    Keep,
    Close,
    Hang,
}

/// An answer with a `Content-Length`, its header lines without line ends; the connection is kept.
pub fn reply(status: u16, headers: &[&str], body: impl AsRef<[u8]>) -> Reply {
    let status = format!("{status} Scripted");
    let fields = headers.iter().map(|header| header.as_bytes());
    raw(head::answer(status.as_bytes(), fields, body.as_ref()))
}

/// A 200 with an ETag.
pub fn ok(body: &str) -> Reply {
    reply(200, &["ETag: \"one\""], body)
}

/// These bytes; the connection is kept.
pub fn raw(bytes: impl AsRef<[u8]>) -> Reply {
    Reply { bytes: bytes.as_ref().to_vec(), then: Then::Keep, after: 0 }
}

/// No answer: the connection is closed when the request has been read.
pub fn nothing() -> Reply {
    raw("").close()
}

impl Reply {
    /// The connection is closed after the bytes.
    pub fn close(self) -> Self {
        Self { then: Then::Close, ..self }
    }

    /// The connection is closed after half of the bytes.
    pub fn cut_in_half(mut self) -> Self {
        self.bytes.truncate(self.bytes.len() / 2);
        self.close()
    }

    /// Goes out when so many requests have been read, on whatever connections.
    pub fn after(self, requests: usize) -> Self {
        Self { after: requests, ..self }
    }

    /// Nothing comes after the bytes, and the connection stays open.
    pub fn hang(self) -> Self {
        Self { then: Then::Hang, ..self }
    }
}

/// One request as it came.
#[derive(Clone, Debug)]
pub struct Request {
    /// Which connection it came on, counted from 0.
    pub connection: usize,
    /// Request line and header lines, with all line ends.
    pub head: Vec<u8>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn line(&self) -> String {
        self.lines().swap_remove(0)
    }

    pub fn method(&self) -> String {
        self.line().split(' ').next().unwrap().to_owned()
    }

    /// What stands between the method and the version.
    pub fn target(&self) -> String {
        self.line().split(' ').nth(1).unwrap().to_owned()
    }

    /// All fields of this name, bytes above 0x7F as Latin-1.
    pub fn fields(&self, name: &str) -> Vec<String> {
        head::fields(&self.head, name)
    }

    /// All fields as they came, bytes above 0x7F as Latin-1.
    pub fn all_fields(&self) -> Vec<(String, String)> {
        let lines = self.lines();
        let fields = lines.iter().skip(1).filter_map(|line| line.split_once(": "));
        fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// The names of all fields in lower case, sorted.
    pub fn names(&self) -> Vec<String> {
        let lines = self.lines();
        let names = lines.iter().skip(1).filter_map(|line| line.split_once(':'));
        let mut names: Vec<_> = names.map(|(name, _)| name.to_ascii_lowercase()).collect();
        names.sort();
        names
    }

    fn lines(&self) -> Vec<String> {
        head::lines(&self.head)
    }
}

/// The server, on a port of its own of 127.0.0.1; stopped on drop.
pub struct Server {
    listener: Listener,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    /// What answers a request before the script does.
    answer: Option<Answer>,
}

type Answer = Box<dyn Fn(&Request) -> Reply + Send + Sync>;

#[derive(Default)]
struct State {
    script: VecDeque<Reply>,
    requests: Vec<Request>,
    /// The connections that the server has shut down. A closed one would answer what still comes
    /// with a reset.
    closed: HashMap<usize, TcpStream>,
    stopped: bool,
}

impl Server {
    /// Starts a server that gives these answers in turn, on whatever connection. A request after
    /// the last of them is answered 599.
    pub fn start(script: impl IntoIterator<Item = Reply>) -> Self {
        Self::start_at(listener::ANY, script)
    }

    /// The same, at an address of the caller's choice.
    pub fn start_at(address: SocketAddr, script: impl IntoIterator<Item = Reply>) -> Self {
        let server = Self::serve(address, Shared::default());
        server.add(script);
        server
    }

    /// Starts a server that answers each request with what the function makes of it.
    pub fn answering(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let shared = Shared { answer: Some(Box::new(answer)), ..Shared::default() };
        Self::serve(listener::ANY, shared)
    }

    fn serve(address: SocketAddr, shared: Shared) -> Self {
        let shared = Arc::new(shared);
        let of_listener = Arc::clone(&shared);
        let listener = Listener::start(address, move |number, stream| {
            // A client that goes away is no fault of the server's.
            let _ = serve(number, stream, &of_listener);
            let _ = stream.shutdown(Shutdown::Both);
            let mut state = of_listener.state();
            state.closed.extend(stream.try_clone().map(|stream| (number, stream)));
            of_listener.changed.notify_all();
        });
        Self { listener, shared }
    }

    /// `http://127.0.0.1:port`
    pub fn origin(&self) -> String {
        format!("http://{}", self.address())
    }

    pub fn address(&self) -> SocketAddr {
        self.listener.address()
    }

    /// Adds answers to the script.
    pub fn add(&self, script: impl IntoIterator<Item = Reply>) {
        self.shared.state().script.extend(script);
    }

    /// The requests read so far.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.state().requests.clone()
    }

    /// The last request read.
    #[track_caller]
    pub fn last(&self) -> Request {
        self.shared.state().requests.last().expect("a request").clone()
    }

    /// How many connections were made so far, this call's own left out.
    pub fn connections(&self) -> usize {
        self.listener.connections()
    }

    /// Waits until the server has closed this connection: its client can see it then.
    pub fn wait_closed(&self, connection: usize) {
        self.wait(|state| state.closed.contains_key(&connection));
    }

    /// Waits until so many requests were read.
    pub fn wait_requests(&self, count: usize) {
        self.wait(|state| state.requests.len() >= count);
    }

    fn wait(&self, is_done: impl FnMut(&State) -> bool) {
        self.shared.wait(is_done);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.state().stopped = true;
        self.shared.changed.notify_all();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn wait(&self, mut is_done: impl FnMut(&State) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.state();
        while !is_done(&state) {
            let left = deadline.checked_duration_since(Instant::now()).expect("waited in vain");
            state = self.changed.wait_timeout(state, left).unwrap().0;
        }
    }
}

fn serve(connection: usize, mut stream: &TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    while let Some((head, body)) = head::read(&mut reader)? {
        let request = Request { connection, head, body };
        let given = shared.answer.as_ref().map(|answer| answer(&request));
        let reply = {
            let mut state = shared.state();
            state.requests.push(request);
            shared.changed.notify_all();
            let scripted = || state.script.pop_front();
            given.or_else(scripted).unwrap_or_else(|| reply(599, &[], "the script is at its end"))
        };
        shared.wait(|state| state.stopped || state.requests.len() >= reply.after);
        stream.write_all(&reply.bytes)?;
        match reply.then {
            Then::Keep => {}
            Then::Close => break,
            // Until the client goes away or the server is stopped.
            Then::Hang => return reader.read_to_end(&mut Vec::new()).map(drop),
        }
    }
    Ok(())
}
