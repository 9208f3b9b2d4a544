//! An XCAP server that wants Digest, in another process, which costs the measured ones nothing: this
//! program, started again with [`ARGUMENT`].

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::{env, process};

use xcaplib::testing::{Auth, Server};

pub const ALICE: &str = "sip:alice@example.com";
pub const PASSWORD: &str = "secret";

/// What makes the program a server.
const ARGUMENT: &str = "--serve";

/// The running server; it ends when this is dropped.
pub struct XcapServer {
    process: Child,
    pub root: String,
}

/// Serves and never returns where this process is to be the server. `fill` puts the documents there.
pub fn serve_if_asked(fill: impl Fn(&Server)) {
    if !env::args().any(|arg| arg == ARGUMENT) {
        return;
    }
    let server = Server::builder().auth(Auth::Digest).realm("example.com").user(ALICE, PASSWORD);
    let server = server.start().unwrap();
    fill(&server);
    println!("{}", server.root());
    io::stdout().flush().unwrap();
    // The other end is closed when the process that started this one ends, however it does.
    let _ = io::stdin().read_to_end(&mut Vec::new());
    process::exit(0);
}

impl XcapServer {
    pub fn start() -> Self {
        let mut command = Command::new(env::current_exe().unwrap());
        command.arg(ARGUMENT).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut root = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut root).unwrap();
        Self { process, root: root.trim_end().to_owned() }
    }
}

impl Drop for XcapServer {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
