//! Serves a connection: reads requests and sends answers until one side closes it.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use super::fault::Fault;
use super::http::{Request, Requests, Response, Unreadable};
use super::lock::lock;
use super::profile::behaviour::Outcome;
use super::record::RecordedRequest;
use super::shared::Shared;
use super::xcap;

/// The longest wait for the next piece of a request, and the longest time to send an answer.
const PIECE: Duration = Duration::from_secs(30);
/// How long, and how much, to read from a client that was refused but still sends.
const LINGER: Duration = Duration::from_secs(1);
const MAX_LINGER: usize = 4 * 1024 * 1024;

/// What happens next with a connection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Request,
    /// The client may not have read everything, or may still be sending.
    Linger,
    Close,
}

pub(super) struct Connection {
    shared: Arc<Shared>,
    number: usize,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.shared.connections.closed(self.number);
    }
}

impl Connection {
    pub(super) fn new(shared: Arc<Shared>, number: usize) -> Self {
        Self { shared, number }
    }

    pub(super) fn run(self, stream: TcpStream) {
        let mut requests = Requests::new(stream, self.shared.behaviour.interim());
        let next = self.serve_requests(&mut requests).unwrap_or(Next::Close);
        let stream = requests.stream();
        if next == Next::Linger {
            linger(stream);
        }
        // An error means that it is already closed.
        let _ = stream.shutdown(Shutdown::Both);
    }

    fn serve_requests(&self, requests: &mut Requests<TcpStream>) -> io::Result<Next> {
        requests.stream().set_nodelay(true)?;
        requests.stream().set_write_timeout(Some(PIECE))?;
        loop {
            requests.stream().set_read_timeout(Some(self.shared.keep_alive))?;
            let read = requests.next(|stream| {
                // An error will show again when the stream is read.
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
        let shared = &self.shared;
        lock(&shared.records).add(RecordedRequest::new(request, self.number));
        let fault = lock(&shared.faults).next();
        let outcome = match &fault {
            Some(Fault::CloseBeforeAnswer) => Outcome::Close,
            Some(Fault::Delay(time)) if !shared.connections.wait(*time) => Outcome::Close,
            Some(Fault::Answer { status, headers, body }) => Outcome::Answer(Response {
                status: *status,
                fields: headers.clone(),
                body: body.clone(),
            }),
            _ => xcap::answer(shared, request),
        };
        match outcome {
            Outcome::Close => Ok(Next::Close),
            Outcome::Silence => {
                stream.set_read_timeout(Some(shared.keep_alive))?;
                discard(stream, usize::MAX);
                Ok(Next::Close)
            }
            Outcome::Answer(_) if fault == Some(Fault::CloseAfterChange) => Ok(Next::Close),
            Outcome::Answer(response) => {
                let pause = shared.behaviour.closes_after(&response);
                let next =
                    send(stream, &request.method, response, fault.as_ref(), request.is_last)?;
                match pause.filter(|_| next == Next::Request) {
                    Some(pause) => {
                        shared.connections.wait(pause);
                        Ok(Next::Close)
                    }
                    None => Ok(next),
                }
            }
        }
    }
}

/// Sends the answer to a request of this method, with the fault that the test asked for.
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

/// Lets the client read its answer. If the connection closed with unread data, the client could
/// lose it.
fn linger(stream: &mut TcpStream) {
    let is_open =
        stream.shutdown(Shutdown::Write).is_ok() && stream.set_read_timeout(Some(LINGER)).is_ok();
    if is_open {
        discard(stream, MAX_LINGER);
    }
}

fn discard(stream: &mut TcpStream, limit: usize) {
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
