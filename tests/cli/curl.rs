//! `--curl`: the command that it prints does the same.

use std::process::Command;

use xcaplib::testing::RecordedRequest;

use crate::bench::{ALICE, Bench, EMPTY, LISTS, PASSWORD, ended};

/// A case: what the program is given, and the file that it sends.
struct Case {
    args: &'static [&'static str],
    body: &'static [u8],
}

const CASES: &[Case] = &[
    Case { args: &["get", "--app", "resource-lists"], body: b"" },
    Case {
        args: &["get", "/resource-lists/list[@name=\"friends &amp; more\"]/entry[1]/@uri"],
        body: b"",
    },
    Case { args: &["get", "/resource-lists/list[@name=\"it's\"]"], body: b"" },
    Case { args: &["get", "/resource-lists/x:y", "--bind", "x=urn:$(id)"], body: b"" },
    Case {
        args: &[
            "get",
            "--app",
            "resource-lists",
            "--if-none-match",
            "a'b",
            "--add-header",
            "X-One: $HOME \"two\" `three` \\ 'four'",
        ],
        body: b"",
    },
    Case { args: &["get", "--app", "resource-lists", "--filename", "a [b]{1,2} c~"], body: b"" },
    Case { args: &["get", "--app", "resource-lists", "--add-header", "Accept:"], body: b"" },
    Case { args: &["get", "--app", "resource-lists", "--add-header", "User-Agent: me"], body: b"" },
    Case { args: &["get", "--app", "resource-lists", "--add-header", "User-Agent:"], body: b"" },
    Case { args: &["put", "-i", "it's a body", "--etag", "abc"], body: LISTS.as_bytes() },
    Case { args: &["put", "-i", "@body", "--if-none-match", "*"], body: EMPTY.as_bytes() },
    Case { args: &["put", "-i", "b", "--no-validate", "--app", "resource-lists"], body: b"" },
    Case {
        args: &["put", "-i", "b", "--no-validate", "--app", "resource-lists"],
        body: b"\xff\x00\r\n\n",
    },
    Case { args: &["put", "-i", "b", "/resource-lists/list[1]/@name"], body: b"\"a\"" },
    Case { args: &["put", "-i", "b", "--add-header", "Content-Type:"], body: EMPTY.as_bytes() },
    Case {
        args: &["put", "-i", "b", "--add-header", "Content-Type: text/xml"],
        body: EMPTY.as_bytes(),
    },
    Case { args: &["put", "--user", "bob@example.com"], body: EMPTY.as_bytes() },
    Case { args: &["put", "-c", "global", "-i", "-"], body: EMPTY.as_bytes() },
    Case { args: &["delete", "/resource-lists/list[1]", "--etag", "W/\"a\""], body: b"" },
    Case { args: &["delete", "--app", "resource-lists"], body: b"" },
];

fn has_curl() -> bool {
    let has_it = Command::new("curl").arg("--version").output().is_ok();
    if !has_it {
        eprintln!("test skipped: curl is not installed");
    }
    has_it
}

/// What was asked, without what is the client's own.
fn shape(request: &RecordedRequest) -> (String, String, Vec<(String, String)>, Vec<u8>) {
    let mut headers: Vec<_> = request
        .headers()
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .filter(|(name, value)| match name.as_str() {
            "host" | "authorization" | "connection" | "expect" => false,
            // The names that programs give themselves.
            "user-agent" => !value.starts_with("curl/") && !value.starts_with("xcaplib/"),
            _ => true,
        })
        .collect();
    headers.sort();
    (request.method().to_owned(), request.target().to_owned(), headers, request.body().to_vec())
}

#[test]
fn the_command_asks_the_same() {
    if !has_curl() {
        return;
    }
    for Case { args, body } in CASES {
        let bench = Bench::new();
        let option = args.iter().position(|arg| *arg == "-i");
        let file = option.map(|at| args[at + 1]).filter(|name| *name != "-");
        if let Some(name) = file {
            bench.file(name, body);
        }
        let printed = bench.run_with(&[args, &["--curl"][..]].concat(), body);
        assert_eq!((printed.code, &*printed.stderr), (Some(0), ""), "{args:?}");
        assert!(bench.server.requests().is_empty());
        assert!(!printed.text().contains(PASSWORD), "{}", printed.text());

        bench.run_with(args, body);
        let ours = bench.last();
        // The later of two counts; without it curl would ask on the terminal.
        let script = format!(
            "curl() {{ command curl -s \"$@\" --user 'alice:{PASSWORD}'; }}\n{}",
            printed.text()
        );
        bench.server.remove_document("resource-lists", ALICE, "index");
        bench.server.clear_requests();
        let mut shell = Command::new("sh");
        shell.args(["-c", &script]).current_dir(bench.home.dir()).env("HOME", bench.home.dir());
        shell.stdin(std::process::Stdio::piped());
        shell.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        let curl = ended(shell.spawn().unwrap(), body);
        assert_eq!(curl.code, Some(0), "{}{}", printed.text(), curl.stderr);
        assert_eq!(shape(&bench.last()), shape(&ours), "{}", printed.text());
    }
}

#[test]
fn it_is_one_line_for_a_person_too() {
    let bench = Bench::new();
    let printed = bench.run(&["get", "--app", "resource-lists", "--curl"]);
    let line = format!("curl --digest --user alice {}\n", bench.index());
    printed.is(0, line, &[]);
    let delete = ["delete", "--app", "resource-lists", "--curl", "--timeout", "2.5"];
    let bare = Bench::without_password().run(&delete);
    assert!(bare.text().contains(" --user alice --max-time 2.5 --request DELETE "));
    let port = ["--sip-address", "alice@example.com:5060"];
    let odd = bench.run(&[&["get", "--app", "resource-lists", "--curl"], &port[..]].concat());
    assert!(odd.text().contains(" --user alice "), "{}", odd.text());
    let anonymous = ["get", "--app", "resource-lists", "--curl", "--add-header", "User-Agent:"];
    assert!(bench.run(&anonymous).text().contains(" --header user-agent: "));
    let output = bench.run(&["get", "--app", "resource-lists", "--curl", "-o", "the output"]);
    // It is where the command goes, as anything else that is printed.
    assert!(output.stdout.is_empty());
    let command = std::fs::read_to_string(bench.path("the output")).unwrap();
    assert!(command.contains(" --output 'the output' --fail "), "{command}");
}

#[test]
fn a_file_keeps_what_it_has_after_an_error() {
    if !has_curl() {
        return;
    }
    let bench = Bench::new();
    // The command is printed where it would write.
    bench.run(&["get", "--app", "resource-lists", "--curl", "-o", "out"]);
    let command = std::fs::read_to_string(bench.path("out")).unwrap();
    let run = |before: &str| {
        bench.file("out", before);
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("{} -s --user 'alice:{PASSWORD}'", command.trim_end())]);
        let status = shell.current_dir(bench.home.dir()).status().unwrap();
        (status.success(), std::fs::read_to_string(bench.path("out")).unwrap())
    };
    assert_eq!(run("before"), (false, "before".to_owned()));
    bench.set(LISTS);
    assert_eq!(run("before"), (true, LISTS.to_owned()));
}

#[test]
fn what_the_program_would_refuse_is_refused() {
    let bench = Bench::new();
    bench.run_with(&["put", "--curl"], "<resource-lists>").is_refused_with_caret();
    let insert = bench.run_with(&["insert", "--curl"], EMPTY);
    insert.is(2, "", &["error: --curl does not go with insert"]);
}
