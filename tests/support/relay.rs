//! A relay between a client and a server, which counts: by itself unseen, or as a proxy (CONNECT).

#![allow(dead_code, unreachable_pub, reason = "no test binary uses all of it")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails where its relay does")]

use std::io::{self, Read, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

/// What stands once in the head of each request and in no body of the tests.
const MARK: &[u8] = b" HTTP/1.1\r\n";

/// A relay on a free port of 127.0.0.1; it takes no more connections once it is dropped.
pub struct Relay {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

struct Shared {
    upstream: SocketAddr,
    kind: Kind,
    connections: AtomicUsize,
    requests: AtomicUsize,
    connects: Mutex<Vec<String>>,
    stopped: AtomicBool,
}

enum Kind {
    Unseen,
    /// The `Proxy-Authorization` that it wants.
    Proxy(Option<String>),
}

impl Relay {
    /// Passes everything on to `upstream`.
    pub fn unseen(upstream: SocketAddr) -> Self {
        Self::start(upstream, Kind::Unseen)
    }

    /// A proxy that reaches `upstream` whatever host it is asked for.
    pub fn proxy(upstream: SocketAddr, authorization: Option<&str>) -> Self {
        Self::start(upstream, Kind::Proxy(authorization.map(str::to_owned)))
    }

    /// The same as `unseen`, where somebody listens already.
    pub fn unseen_at(listener: TcpListener, upstream: SocketAddr) -> Self {
        Self::on(listener, upstream, Kind::Unseen)
    }

    fn start(upstream: SocketAddr, kind: Kind) -> Self {
        Self::on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap(), upstream, kind)
    }

    fn on(listener: TcpListener, upstream: SocketAddr, kind: Kind) -> Self {
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            upstream,
            kind,
            connections: AtomicUsize::new(0),
            requests: AtomicUsize::new(0),
            connects: Mutex::default(),
            stopped: AtomicBool::new(false),
        });
        let of_thread = Arc::clone(&shared);
        let acceptor = thread::spawn(move || {
            for client in listener.incoming() {
                if of_thread.stopped.load(Ordering::SeqCst) {
                    return;
                }
                let (client, shared) = (client.unwrap(), Arc::clone(&of_thread));
                shared.connections.fetch_add(1, Ordering::SeqCst);
                thread::spawn(move || {
                    // Either side may end it at any time.
                    let _ = relay(&client, &shared);
                    let _ = client.shutdown(Shutdown::Both);
                });
            }
        });
        Self { address, shared, acceptor: Some(acceptor) }
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// How many requests passed since the last call.
    pub fn requests(&self) -> usize {
        self.shared.requests.swap(0, Ordering::SeqCst)
    }

    /// The heads of the CONNECT requests.
    pub fn connects(&self) -> Vec<String> {
        self.shared.connects.lock().unwrap().clone()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        if TcpStream::connect(self.address).is_ok() {
            let _ = self.acceptor.take().unwrap().join();
        }
    }
}

fn relay(client: &TcpStream, shared: &Shared) -> io::Result<()> {
    client.set_nodelay(true)?;
    if let Kind::Proxy(authorization) = &shared.kind {
        let head = read_head(client)?;
        let wanted =
            authorization.as_ref().map(|value| format!("Proxy-Authorization: {value}\r\n"));
        let is_welcome = wanted.is_none_or(|line| head.contains(&line));
        shared.connects.lock().unwrap().push(head);
        let mut out = client;
        if !is_welcome {
            return out.write_all(b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n");
        }
        out.write_all(b"HTTP/1.1 200 Connected\r\n\r\n")?;
    }
    let server = TcpStream::connect(shared.upstream)?;
    server.set_nodelay(true)?;
    thread::scope(|scope| {
        scope.spawn(|| {
            let _ = copy(&server, client, |_| {});
            let _ = client.shutdown(Shutdown::Both);
        });
        let mut tail = Vec::new();
        let _ = copy(client, &server, |bytes| {
            tail.extend_from_slice(bytes);
            let found = tail.windows(MARK.len()).filter(|window| *window == MARK).count();
            shared.requests.fetch_add(found, Ordering::SeqCst);
            // What may be the beginning of the next mark.
            tail.drain(..tail.len().saturating_sub(MARK.len() - 1));
        });
        let _ = server.shutdown(Shutdown::Both);
    });
    Ok(())
}

/// The bytes are counted before they go on, so nobody has an answer to what is not counted.
fn copy(mut from: &TcpStream, mut to: &TcpStream, mut count: impl FnMut(&[u8])) -> io::Result<()> {
    let mut buffer = [0; 16 * 1024];
    loop {
        let length = from.read(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        let bytes = buffer.get(..length).unwrap_or_default();
        count(bytes);
        to.write_all(bytes)?;
    }
}

fn read_head(mut client: &TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        client.read_exact(&mut byte)?;
        head.extend(byte);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}
