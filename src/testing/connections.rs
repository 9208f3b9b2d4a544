//! The connections of a server: counts them, and closes them all at the end.

use std::collections::HashMap;
use std::net::{Shutdown, TcpStream};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::lock::lock;

/// How many connections may be open at once.
const MAX_OPEN: usize = 1024;

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
    /// How many connections were accepted.
    pub(super) fn accepted(&self) -> usize {
        lock(&self.state).accepted
    }

    /// Makes `serve` work at a connection, of which it learns the number, on a thread of its own;
    /// Serves a connection. Returns `false` once the server has stopped.
    pub(super) fn accept(
        &self,
        stream: TcpStream,
        serve: impl FnOnce(TcpStream, usize) + Send + 'static,
    ) -> bool {
        let mut state = lock(&self.state);
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
        // Without a thread the connection is dropped, and that takes the lock.
        drop(state);
        let builder = thread::Builder::new().name(format!("xcap-server-{number}"));
        if let Ok(thread) = builder.spawn(move || serve(stream, number)) {
            lock(&self.state).threads.push(thread);
        }
        true
    }

    /// Waits. Returns whether the time passed without the server being stopped.
    pub(super) fn wait(&self, time: Duration) -> bool {
        let state = lock(&self.state);
        let (state, _) = self
            .stopped
            .wait_timeout_while(state, time, |state| !state.is_stopped)
            .unwrap_or_else(PoisonError::into_inner);
        !state.is_stopped
    }

    /// Closes all connections. No more are accepted.
    pub(super) fn stop(&self) {
        let mut state = lock(&self.state);
        state.is_stopped = true;
        self.stopped.notify_all();
        for stream in state.open.values() {
            // An error means that it is already closed.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Waits for the threads of a stopped server.
    pub(super) fn join(&self) {
        let threads = std::mem::take(&mut lock(&self.state).threads);
        for thread in threads {
            // A panic has been reported already.
            let _ = thread.join();
        }
    }

    pub(super) fn closed(&self, number: usize) {
        lock(&self.state).open.remove(&number);
    }
}
