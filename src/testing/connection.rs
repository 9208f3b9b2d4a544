//! One connection after the other: requests in, answers out, until either side has enough.

use std::collections::HashMap;
use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::core::{Core, lock};
use super::fault::Fault;
use super::http::{Request, Requests, Response, Unreadable};
use super::profile::Outcome;
use super::record::RecordedRequest;
use super::xcap;

/// How many connections may be open at once.
const MAX_OPEN: usize = 1024;
/// How long a request may take to arrive, from one piece to the next, and an answer to leave.
const PIECE: Duration = Duration::from_secs(30);
/// How long and how much is read from a client that was refused and still sends.
const LINGER: Duration = Duration::from_secs(1);
const MAX_LINGER: usize = 4 * 1024 * 1024;

/// The connections of a server.
#[derive(Default)]
pub(super) struct Connections {
    state: Mutex<State>,
    stopped: Condvar,
}

#[derive(Default)]
struct State {
    is_stopped: bool,
    accepted: usize,
    open: HashMap<usize, TcpStream>,
    threads: Vec<JoinHandle<()>>,
}

impl Connections {
    /// How many there were.
    pub(super) fn accepted(&self) -> usize {
        lock(&self.state).accepted
    }

    /// Serves a connection on a thread of its own; `false` once the server has stopped.
    pub(super) fn serve(core: &Arc<Core>, stream: TcpStream) -> bool {
        let mut state = lock(&core.connections.state);
        if state.is_stopped {
            return false;
        }
        state.threads.retain(|thread| !thread.is_finished());
        state.accepted += 1;
        let number = state.accepted;
        if state.open.len() >= MAX_OPEN {
            return true;
        }
        let Ok(handle) = stream.try_clone() else { return true };
        state.open.insert(number, handle);
        // Where no thread is to be had, the connection is dropped, which takes the lock.
        drop(state);
        let connection = Connection { core: Arc::clone(core), number };
        let builder = thread::Builder::new().name(format!("xcap-server-{number}"));
        if let Ok(thread) = builder.spawn(move || connection.run(stream)) {
            lock(&core.connections.state).threads.push(thread);
        }
        true
    }

    /// Waits, and tells whether the time went by without the server being stopped.
    pub(super) fn wait(&self, time: Duration) -> bool {
        let state = lock(&self.state);
        let (state, _) = self
            .stopped
            .wait_timeout_while(state, time, |state| !state.is_stopped)
            .unwrap_or_else(PoisonError::into_inner);
        !state.is_stopped
    }

    /// Closes all connections; none is taken from now on.
    pub(super) fn stop(&self) {
        let mut state = lock(&self.state);
        state.is_stopped = true;
        self.stopped.notify_all();
        for stream in state.open.values() {
            // An error means that it is closed already.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Waits for the threads of a stopped server.
    pub(super) fn join(&self) {
        let threads = std::mem::take(&mut lock(&self.state).threads);
        for thread in threads {
            // A thread that panicked has said so already.
            let _ = thread.join();
        }
    }

    fn closed(&self, number: usize) {
        lock(&self.state).open.remove(&number);
    }
}

/// What is to become of a connection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Request,
    /// The client may not have read, or not have sent, everything.
    Linger,
    Close,
}

struct Connection {
    core: Arc<Core>,
    number: usize,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.core.connections.closed(self.number);
    }
}

impl Connection {
    fn run(self, stream: TcpStream) {
        let mut requests = Requests::new(stream, self.core.conduct.interim());
        let next = self.talk(&mut requests).unwrap_or(Next::Close);
        let stream = requests.stream();
        if next == Next::Linger {
            linger(stream);
        }
        // An error means that it is closed already.
        let _ = stream.shutdown(Shutdown::Both);
    }

    fn talk(&self, requests: &mut Requests<TcpStream>) -> io::Result<Next> {
        requests.stream().set_nodelay(true)?;
        requests.stream().set_write_timeout(Some(PIECE))?;
        loop {
            requests.stream().set_read_timeout(Some(self.core.keep_alive))?;
            let read = requests.next(|stream| {
                // An error shows again when the stream is read.
                let _ = stream.set_read_timeout(Some(PIECE));
            });
            let next = match read {
                Ok(request) => self.respond(requests.stream(), &request)?,
                Err(Unreadable::Gone) => Next::Close,
                Err(Unreadable::Refused(status, reason)) => {
                    let response = Response::text(status, reason).date();
                    send(requests.stream(), "", response, None, true)?;
                    Next::Linger
                }
            };
            if next != Next::Request {
                return Ok(next);
            }
        }
    }

    fn respond(&self, stream: &mut TcpStream, request: &Request) -> io::Result<Next> {
        let core = &self.core;
        lock(&core.records).add(RecordedRequest::new(request, self.number));
        let fault = lock(&core.faults).next();
        let outcome = match &fault {
            Some(Fault::CloseBeforeAnswer) => Outcome::Close,
            Some(Fault::Delay(time)) if !core.connections.wait(*time) => Outcome::Close,
            Some(Fault::Answer { status, headers, body }) => Outcome::Answer(Response {
                status: *status,
                fields: headers.clone(),
                body: body.clone(),
            }),
            _ => xcap::answer(core, request),
        };
        match outcome {
            Outcome::Close => Ok(Next::Close),
            Outcome::Silence => {
                stream.set_read_timeout(Some(core.keep_alive))?;
                swallow(stream, usize::MAX);
                Ok(Next::Close)
            }
            Outcome::Answer(_) if fault == Some(Fault::CloseAfterChange) => Ok(Next::Close),
            Outcome::Answer(response) => {
                send(stream, &request.method, response, fault.as_ref(), request.is_last)
            }
        }
    }
}

/// Sends an answer to a request of this method, with what is wrong with it.
fn send(
    stream: &mut TcpStream,
    method: &str,
    mut response: Response,
    fault: Option<&Fault>,
    is_last: bool,
) -> io::Result<Next> {
    let mut length = response.body.len();
    match fault {
        Some(Fault::NotUtf8) => {
            response.body.extend(b"\xff\xfe");
            length = response.body.len();
        }
        Some(Fault::LengthTooLong) => length += 16,
        Some(Fault::LengthTooShort) => {
            length /= 2;
            response.body.extend(b"surplus");
        }
        _ => {}
    }
    let mut message = response.head(length, is_last);
    let head = message.len();
    if method != "HEAD" && response.may_have_body() {
        message.extend(&response.body);
    }
    if fault == Some(&Fault::CloseInAnswer) {
        let body = message.len() - head;
        message.truncate(if body == 0 { head / 2 } else { head + body / 2 });
    }
    stream.write_all(&message)?;
    Ok(match fault {
        Some(Fault::CloseInAnswer | Fault::LengthTooLong | Fault::LengthTooShort) => Next::Close,
        _ if is_last => Next::Linger,
        _ => Next::Request,
    })
}

/// Lets the client read its answer: closing with something unread would take it away.
fn linger(stream: &mut TcpStream) {
    let is_open =
        stream.shutdown(Shutdown::Write).is_ok() && stream.set_read_timeout(Some(LINGER)).is_ok();
    if is_open {
        swallow(stream, MAX_LINGER);
    }
}

fn swallow(stream: &mut TcpStream, limit: usize) {
    let mut piece = [0; 4096];
    let mut swallowed = 0;
    while swallowed < limit {
        match stream.read(&mut piece) {
            Ok(0) => return,
            Ok(read) => swallowed = swallowed.saturating_add(read),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}
