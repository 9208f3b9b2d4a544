//! A TCP server: it accepts until it is dropped, and serves each connection on a thread of its own.

#![allow(dead_code, unreachable_pub, reason = "no server uses all of it")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails where its server does")]

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// A free port of this machine.
pub const ANY: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// How long the acceptor may take for a connection that is made already.
const PATIENCE: Duration = Duration::from_secs(20);

/// The server; when it is dropped, it ends the connections that are open.
pub struct Listener {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    accepted: Condvar,
}

#[derive(Default)]
struct State {
    /// The connections that are being served, by their numbers.
    open: HashMap<usize, TcpStream>,
    stopped: bool,
}

impl Listener {
    /// Listens at this address, and calls `serve` with each connection and its number, from 0.
    pub fn start(
        address: SocketAddr,
        serve: impl Fn(usize, &TcpStream) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::<Shared>::default();
        let acceptor = thread::spawn({
            let shared = Arc::clone(&shared);
            move || accept(&listener, &shared, &Arc::new(serve))
        });
        Self { address, shared, acceptor: Some(acceptor) }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections were made so far, this call's own left out.
    ///
    /// Connections are accepted in the order they were made: once the server has taken this call's,
    /// it has taken all that came before. It must not end one of which it has read nothing.
    pub fn connections(&self) -> usize {
        let own = TcpStream::connect(self.address).unwrap();
        let name = own.local_addr().unwrap();
        let find = |state: &State| {
            let mut open = state.open.iter();
            open.find(|(_, stream)| stream.peer_addr().is_ok_and(|peer| peer == name))
                .map(|(number, _)| *number)
        };
        let is_waiting = |state: &mut State| find(state).is_none();
        let accepted = &self.shared.accepted;
        let waited = accepted.wait_timeout_while(self.shared.state(), PATIENCE, is_waiting);
        find(&waited.unwrap().0).expect("the server accepts no more")
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.shared.state().stopped = true;
        // Wakes the acceptor, which then sees that it is over.
        let woken = TcpStream::connect(self.address);
        if let (Ok(_), Some(acceptor)) = (woken, self.acceptor.take()) {
            let _ = acceptor.join();
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

fn accept<S>(listener: &TcpListener, shared: &Arc<Shared>, serve: &Arc<S>)
where
    S: Fn(usize, &TcpStream) + Send + Sync + 'static,
{
    let mut serving: Vec<JoinHandle<()>> = Vec::new();
    for number in 0.. {
        let Ok((stream, _)) = listener.accept() else { break };
        {
            let mut state = shared.state();
            if state.stopped {
                break;
            }
            state.open.insert(number, stream.try_clone().unwrap());
            shared.accepted.notify_all();
        }
        let (shared, serve) = (Arc::clone(shared), Arc::clone(serve));
        serving.retain(|thread| !thread.is_finished());
        serving.push(thread::spawn(move || {
            serve(number, &stream);
            shared.state().open.remove(&number);
        }));
    }
    for stream in shared.state().open.values() {
        let _ = stream.shutdown(Shutdown::Both);
    }
    for thread in serving {
        let _ = thread.join();
    }
}
