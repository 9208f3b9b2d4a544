//! A TCP server that misbehaves as told: it answers early, late, in pieces, endlessly or not at
//! all, and counts the requests that reached it.

#![allow(unreachable_pub, reason = "a module of a test")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails where its server does"
)]

#[path = "head.rs"]
mod head;
#[path = "listener.rs"]
mod listener;

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use listener::Listener;

/// The longest head of a request, and more than any test sends.
const MAX_HEAD: usize = 256 * 1024;
/// Between two looks at what has come.
const LOOK: Duration = Duration::from_millis(1);

/// What the server does about one request.
#[derive(Clone)]
pub struct Answer {
    from: From,
    acts: Vec<Act>,
}

/// When it begins.
#[derive(Clone, Copy, PartialEq)]
enum From {
    /// The connection is there, nothing is read.
    Accepted,
    /// So many bytes of the request are read, never its last; the rest is left unread.
    Bytes(usize),
    /// The request is complete.
    Request,
}

#[derive(Clone)]
enum Act {
    Send(Vec<u8>),
    Wait(Duration),
    /// Byte by byte, waiting before each.
    Drip(Vec<u8>, Duration),
    /// The same bytes until the client has gone, waiting before each time.
    Endless(Vec<u8>, Duration),
    /// What comes is read in small pieces, waiting before each, until the client has gone.
    Sip(usize, Duration),
    Hang,
    Close,
    /// Closed with bytes unread, which the system turns into a reset.
    Reset,
}

/// These bytes when the request is complete; the connection is kept.
pub fn raw(bytes: impl AsRef<[u8]>) -> Answer {
    Answer { from: From::Request, acts: Vec::new() }.send(bytes)
}

/// Nothing so far.
pub fn silent() -> Answer {
    Answer { from: From::Request, acts: Vec::new() }
}

impl Answer {
    /// Begins as soon as the connection is there.
    pub fn at_once(self) -> Self {
        Self { from: From::Accepted, ..self }
    }

    /// Begins after so many bytes of the request.
    pub fn after_bytes(self, count: usize) -> Self {
        Self { from: From::Bytes(count), ..self }
    }

    pub fn send(self, bytes: impl AsRef<[u8]>) -> Self {
        self.then(Act::Send(bytes.as_ref().to_vec()))
    }

    pub fn wait(self, time: Duration) -> Self {
        self.then(Act::Wait(time))
    }

    pub fn drip(self, bytes: impl AsRef<[u8]>, pause: Duration) -> Self {
        self.then(Act::Drip(bytes.as_ref().to_vec(), pause))
    }

    pub fn endless(self, bytes: impl AsRef<[u8]>, pause: Duration) -> Self {
        self.then(Act::Endless(bytes.as_ref().to_vec(), pause))
    }

    pub fn sip(self, size: usize, pause: Duration) -> Self {
        self.then(Act::Sip(size, pause))
    }

    pub fn hang(self) -> Self {
        self.then(Act::Hang)
    }

    pub fn close(self) -> Self {
        self.then(Act::Close)
    }

    pub fn reset(self) -> Self {
        self.then(Act::Reset)
    }

    fn then(mut self, act: Act) -> Self {
        self.acts.push(act);
        self
    }

    fn resets(&self) -> bool {
        self.acts.iter().any(|act| matches!(act, Act::Reset))
    }
}

/// The answer to the first request, the second and so on.
pub type Script = Arc<dyn Fn(usize) -> Answer + Send + Sync>;

/// The server, on a port of its own of 127.0.0.1; stopped on drop.
pub struct Server {
    listener: Listener,
    shared: Arc<Shared>,
}

struct Shared {
    script: Script,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// What was read of each request's head.
    requests: Vec<Vec<u8>>,
    /// How many of them the server is done with.
    done: usize,
    stopped: bool,
}

impl Server {
    pub fn start(script: Script) -> Self {
        let shared =
            Arc::new(Shared { script, state: Mutex::default(), changed: Condvar::default() });
        let of_listener = Arc::clone(&shared);
        let listener = Listener::start(listener::ANY, move |_, stream| {
            // A client that goes away is no fault of the server's. A reset is sent when the last
            // handle of the connection goes.
            if !matches!(serve(stream, &of_listener), Ok(End::Reset)) {
                let _ = stream.shutdown(Shutdown::Both);
            }
        });
        Self { listener, shared }
    }

    pub fn address(&self) -> SocketAddr {
        self.listener.address()
    }

    /// The heads of the requests of which the server saw at least one byte, or a connection that it
    /// did not read from: as far as it read them.
    pub fn requests(&self) -> Vec<Vec<u8>> {
        self.shared.state().requests.clone()
    }

    /// Waits until the server is done with so many requests.
    pub fn wait_done(&self, count: usize) {
        let mut state = self.shared.state();
        while state.done < count {
            state = self.shared.changed.wait(state).unwrap();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The listener, which is dropped next, waits for all connections.
        self.shared.state().stopped = true;
        self.shared.changed.notify_all();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// The number of a request that begins here.
    fn begin(&self) -> usize {
        let mut state = self.state();
        state.requests.push(Vec::new());
        state.requests.len() - 1
    }

    fn note(&self, number: usize, head: &[u8]) {
        self.state().requests[number] = head.to_vec();
    }

    fn end(&self) {
        self.state().done += 1;
        self.changed.notify_all();
    }
}

#[derive(PartialEq)]
enum End {
    Kept,
    Closed,
    Reset,
}

/// Serves one connection, and says how it ends.
fn serve(stream: &TcpStream, shared: &Shared) -> io::Result<End> {
    stream.set_nodelay(true)?;
    let next = shared.state().requests.len();
    let mut is_early = (shared.script)(next).from == From::Accepted;
    loop {
        if !is_early && stream.peek(&mut [0])? == 0 {
            return Ok(End::Closed);
        }
        is_early = false;
        let number = shared.begin();
        let answer = (shared.script)(number);
        let end = take(stream, shared, number, &answer).and_then(|()| {
            answer.acts.iter().try_fold(End::Kept, |_, act| act.run(stream, shared))
        });
        shared.end();
        match end? {
            End::Kept => {}
            end => return Ok(end),
        }
    }
}

/// Reads as much of the request as the answer wants read.
fn take(mut stream: &TcpStream, shared: &Shared, number: usize, answer: &Answer) -> io::Result<()> {
    if matches!(answer.from, From::Accepted | From::Bytes(0)) {
        return Ok(());
    }
    let (head, total) = look(stream, shared)?;
    shared.note(number, &head);
    let wanted = match answer.from {
        From::Bytes(count) => count.min(total - 1),
        _ if answer.resets() => total - 1,
        _ => total,
    };
    let mut left = vec![0; wanted];
    stream.read_exact(&mut left)?;
    if answer.resets() {
        // What is left unread has to be there.
        stream.peek(&mut [0])?;
    }
    Ok(())
}

/// The head of the request that comes, and the length of the whole request; nothing is consumed.
fn look(stream: &TcpStream, shared: &Shared) -> io::Result<(Vec<u8>, usize)> {
    let mut head = vec![0; MAX_HEAD];
    while !shared.state().stopped {
        let seen = stream.peek(&mut head)?;
        let end = head[..seen].windows(4).position(|four| four == b"\r\n\r\n");
        if let Some(end) = end {
            head.truncate(end + 4);
            let total = head.len() + head::content_length(&head);
            return Ok((head, total));
        }
        thread::sleep(LOOK);
    }
    Err(io::ErrorKind::UnexpectedEof.into())
}

impl Act {
    fn run(&self, mut stream: &TcpStream, shared: &Shared) -> io::Result<End> {
        match self {
            Self::Send(bytes) => stream.write_all(bytes)?,
            Self::Wait(time) => thread::sleep(*time),
            Self::Drip(bytes, pause) => {
                for byte in bytes {
                    thread::sleep(*pause);
                    stream.write_all(&[*byte])?;
                }
            }
            Self::Endless(bytes, pause) => loop {
                thread::sleep(*pause);
                stream.write_all(bytes)?;
            },
            Self::Sip(size, pause) => {
                let mut sip = vec![0; *size];
                while stream.read(&mut sip)? > 0 {
                    thread::sleep(*pause);
                }
                return Ok(End::Closed);
            }
            Self::Hang => {
                let mut state = shared.state();
                while !state.stopped {
                    state = shared.changed.wait(state).unwrap();
                }
                return Ok(End::Closed);
            }
            Self::Close => return Ok(End::Closed),
            Self::Reset => return Ok(End::Reset),
        }
        Ok(End::Kept)
    }
}
