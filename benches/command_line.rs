//! What `xcapclient get` costs beside `curl --digest`: CPU time and memory of the processes.
//!
//! `cargo bench --features cli --bench command_line [-- RUNS]`. Both start, are challenged, get the
//! same document over http from a server on this machine, and end. They take turns, so that what
//! else the machine does befalls both; the least of all runs is what the work itself takes.

#![allow(clippy::unwrap_used, unreachable_pub, reason = "a bench may")]

#[path = "support/xcap_server.rs"]
mod xcap_server;

use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, fs};

use wait4::Wait4 as _;
use xcap_server::{ALICE, PASSWORD, XcapServer, serve_if_asked};

const LISTS: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
    "<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\">\n",
    "  <list name=\"friends\"><entry uri=\"sip:bob@example.com\"/></list>\n",
    "</resource-lists>\n",
);

const RUNS: usize = 200;

fn main() {
    serve_if_asked(|server| drop(server.set_document("resource-lists", ALICE, "index", LISTS)));
    compare(env::args().find_map(|arg| arg.parse().ok()).unwrap_or(RUNS).max(1));
}

fn compare(runs: usize) {
    // A process of its own: what it takes is nobody's here, and this one stays small, whose memory
    // is counted with that of the processes it starts.
    let server = XcapServer::start();
    let root = &server.root;
    let home = tempfile::tempdir().unwrap();
    // A copy, as `cargo install` makes one: a file as the linker leaves it takes longer to start.
    let program = home.path().join("xcapclient");
    fs::copy(env!("CARGO_BIN_EXE_xcapclient"), &program).unwrap();
    let ours = || {
        let mut command = Command::new(&program);
        command.args(["--sip-address", ALICE, "--xcap-root", root, "--app", "resource-lists"]);
        command.arg("get").env("XCAP_PASSWORD", PASSWORD).env("HOME", home.path());
        command
    };
    let url = format!("{root}/resource-lists/users/{ALICE}/index");
    let user = format!("alice:{PASSWORD}");
    let curl = || {
        let mut command = Command::new("curl");
        command.args(["--silent", "--show-error", "--fail", "--digest", "--user", &user, &url]);
        command.env("HOME", home.path());
        command
    };
    is_the_document(ours());
    let has_curl = curl().output().is_ok();
    if has_curl {
        is_the_document(curl());
    }
    let (mut our_costs, mut curl_costs) = (Costs::default(), Costs::default());
    for _ in 0..runs {
        our_costs.add(&mut ours());
        if has_curl {
            curl_costs.add(&mut curl());
        }
    }
    println!("a get with Digest over loopback http, {runs} runs each");
    our_costs.print("xcapclient");
    if has_curl {
        curl_costs.print("curl");
        let ratio = our_costs.least().as_secs_f64() / curl_costs.least().as_secs_f64();
        println!("CPU of xcapclient / CPU of curl, least to least: {ratio:.2}");
        let ratio = our_costs.median().as_secs_f64() / curl_costs.median().as_secs_f64();
        println!("CPU of xcapclient / CPU of curl, median to median: {ratio:.2}");
    } else {
        println!("curl is not installed: nothing to compare with");
    }
}

/// Both do all of the work.
fn is_the_document(mut command: Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.stdout, LISTS.as_bytes());
}

/// What the runs of a program took.
#[derive(Default)]
struct Costs {
    cpu: Vec<Duration>,
    /// The most of any run, in bytes.
    memory: u64,
}

impl Costs {
    fn add(&mut self, command: &mut Command) {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let used = command.spawn().unwrap().wait4().unwrap();
        assert!(used.status.success(), "{}", used.status);
        self.cpu.push(used.rusage.utime + used.rusage.stime);
        self.memory = self.memory.max(used.rusage.maxrss);
    }

    fn sorted(&self) -> Vec<Duration> {
        let mut cpu = self.cpu.clone();
        cpu.sort();
        cpu
    }

    fn least(&self) -> Duration {
        self.sorted().first().copied().unwrap_or_default()
    }

    fn median(&self) -> Duration {
        self.sorted().get(self.cpu.len() / 2).copied().unwrap_or_default()
    }

    fn print(&self, name: &str) {
        let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
        println!(
            "{name:<11} CPU least {:.2} ms, median {:.2} ms; memory at most {:.1} MB",
            milliseconds(self.least()),
            milliseconds(self.median()),
            // Whole numbers of this size are exact.
            f64::from(u32::try_from(self.memory / 1000).unwrap_or(u32::MAX)) / 1000.0,
        );
    }
}
