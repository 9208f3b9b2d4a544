//! Why an answer is no success, in one line and in the words of the command line.

use std::process::Stdio;

use serde_json::Value;

use crate::bench::{ALICE, Ended, Home, ended};
use crate::cases::{self, Case};
use crate::raw;
use crate::relay::Relay;

#[test]
fn each_reason_has_its_line() {
    let inputs = ["answer", "body", "args", "password", "input"];
    cases::run("reasons.txt", &inputs, said);
}

fn said(case: &Case) -> Vec<(&'static str, String)> {
    let ended = run(case, &[]);
    let mut found = vec![("code", ended.code.unwrap().to_string())];
    found.push(("says", ended.stderr.trim_end().to_owned()));
    let wanted: Vec<_> =
        ["reason_text", "location"].into_iter().filter(|key| case.find(key).is_some()).collect();
    if !wanted.is_empty() {
        let json: Value = serde_json::from_str(run(case, &["--json"]).text()).unwrap();
        found.extend(wanted.into_iter().map(|key| (key, json[key].as_str().unwrap().to_owned())));
    }
    found
}

/// What comes of the arguments of a case. The server is not on this machine, so that no password
/// goes to it in the clear: a proxy leads to the one that is.
fn run(case: &Case, more: &[&str]) -> Ended {
    let reply = case.find("answer").map(|answer| {
        let (status, fields) = answer.split_once('\n').unwrap_or((answer, ""));
        let fields: Vec<_> = fields.lines().collect();
        raw::reply(status.parse().unwrap(), &fields, case.find("body").unwrap_or_default())
    });
    let is_asked = reply.is_some();
    let server = raw::Server::answering(move |_| reply.clone().unwrap());
    let proxy = Relay::proxy(server.address(), None);
    let home = Home::new();
    let password = case.find("password").map(|password| format!("password = {password}\n"));
    home.ini(&format!(
        "[Account]\nsip_address = {ALICE}\nxcap_root = http://xcap.example.com/xcap-root\n{}",
        password.unwrap_or_default()
    ));
    let args: Vec<_> = case.get("args").split(' ').chain(more.iter().copied()).collect();
    let mut command = home.command(&args);
    command.env("http_proxy", format!("http://127.0.0.1:{}", proxy.port()));
    let child = command.stdin(Stdio::piped()).spawn().unwrap();
    let ended = ended(child, case.find("input").unwrap_or_default().as_bytes());
    assert_eq!(!server.requests().is_empty(), is_asked, "{}", ended.stderr);
    ended
}
