//! What a program that fetches one document costs:
//! `cargo bench --no-default-features --bench sizes`.
//!
//! Builds `benches/get_program` with each kind of TLS, as a release with and without what makes it
//! small, and runs it against a server on this machine, by https where it can. Needs GNU time, and
//! openssl for the certificates. The crates must be there; nothing is measured while they are
//! fetched.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark may")]
#![allow(clippy::expect_used, clippy::panic, reason = "a benchmark may")]

mod support;
#[path = "../tests/support/tls.rs"]
mod tls;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use support::documents::list;
use support::server::{Server, serve_if_asked};
use support::{is_wanted, verdict};
use tls::Certificates;
use xcaplib::XCAPClient;

// Without a colon: `openssl s_server` takes no path with one.
const USER: &str = "alice";
const PATH: &str = "/resource-lists/users/alice/index";
/// The name of a build, its feature, and how large the small program may be, in MB.
const BUILDS: [(&str, &str, Option<f64>); 3] = [
    ("no TLS", "", Some(1.3)),
    ("rustls", "rustls", Some(3.0)),
    ("native-tls", "native-tls", None),
];
const MB: f64 = 1e6;

fn main() {
    serve_if_asked();
    if !is_wanted() {
        return;
    }
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = manifest.join("benches/get_program");
    // The same versions as the library's.
    std::fs::copy(manifest.join("Cargo.lock"), program.join("Cargo.lock")).unwrap();
    let server = Server::start();
    let root = server.root("none");
    let document = list(1_000).text;
    let client = XCAPClient::new(&root, USER, None).unwrap();
    client.put("resource-lists", &document, None, None, None).unwrap();
    let certificates = Certificates::make().unwrap();
    let secure = certificates.serve("good", false, PATH, &document);
    let secure_root = format!("https://localhost:{}", secure.address().port());
    let authority = certificates.path("ca.pem").to_str().unwrap().to_owned();

    println!("\nA program that fetches one document of 1 kB\n");
    println!("| TLS | profile | crates | clean build, CPU | size | at most | | peak memory |");
    println!("|---|---|---:|---:|---:|---:|---|---:|");
    for (name, feature, most) in BUILDS {
        let crates = crates(&program, feature);
        for profile in ["release", "small"] {
            let (binary, build_time) = build(&program, feature, profile);
            let size = std::fs::metadata(&binary).unwrap().len() as f64 / MB;
            let arguments: &[&str] =
                if feature.is_empty() { &[&root, USER] } else { &[&secure_root, USER, &authority] };
            let memory = peak_memory(&binary, arguments, &document);
            let most = most.filter(|_| profile == "small");
            let target = most.map_or_else(|| "-".to_owned(), |most| format!("{most:.1} MB"));
            let verdict = most.map_or("", |most| verdict(size <= most));
            println!(
                "| {name} | {profile} | {crates} | {build_time:.0} s | {size:.2} MB | {target} | {verdict} | {memory:.1} MB |"
            );
        }
    }
}

/// How many crates the program is made of beside itself, those that run while it is built included.
fn crates(program: &Path, feature: &str) -> usize {
    let mut command = cargo(program);
    command.args(["tree", "--prefix=none", "--edges=normal,build", "--features", feature]);
    let tree = String::from_utf8(done(&mut command).stdout).unwrap();
    let names: BTreeSet<&str> = tree
        .lines()
        .map(|line| line.trim_end_matches(" (*)"))
        .filter(|line| !line.is_empty() && !line.starts_with("get-program "))
        .collect();
    names.len()
}

/// Builds it where nothing was built before: the program, and the seconds of CPU time.
fn build(program: &Path, feature: &str, profile: &str) -> (PathBuf, f64) {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sizes");
    let _ = std::fs::remove_dir_all(&target);
    let mut command = cargo(program);
    command.args(["build", "--quiet", "--offline", "--profile", profile, "--features", feature]);
    command.arg("--target-dir").arg(&target);
    let used = timed("%U %S", &command);
    let seconds = used.split(' ').map(|seconds| seconds.parse::<f64>().unwrap()).sum();
    (target.join(profile).join("get-program"), seconds)
}

/// In MB.
fn peak_memory(binary: &Path, arguments: &[&str], document: &str) -> f64 {
    let mut command = Command::new(binary);
    command.args(arguments);
    assert_eq!(String::from_utf8(done(&mut command).stdout).unwrap(), document);
    timed("%M", &command).parse::<f64>().unwrap() * 1024.0 / MB
}

/// What GNU time says in this format of a program that succeeds.
fn timed(format: &str, command: &Command) -> String {
    let mut timed = Command::new("/usr/bin/time");
    timed.args(["--quiet", "-f", format]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => timed.env(name, value),
            None => timed.env_remove(name),
        };
    }
    if let Some(dir) = command.get_current_dir() {
        timed.current_dir(dir);
    }
    let text = String::from_utf8(done(&mut timed).stderr).unwrap();
    text.lines().last().unwrap().to_owned()
}

/// Cargo as somebody calls it who measures nothing.
fn cargo(program: &Path) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(program);
    for (name, _) in std::env::vars() {
        let is_ours = name.starts_with("CARGO_PROFILE_") || name == "CARGO_TARGET_DIR";
        if is_ours || name == "RUSTFLAGS" {
            command.env_remove(name);
        }
    }
    command
}

fn done(command: &mut Command) -> Output {
    let output = command.output().expect("the program is installed");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    output
}
