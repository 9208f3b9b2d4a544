//! `--curl`: the command that it prints does the same.

use std::process::Command;

use xcaplib::testing::{Auth, RecordedRequest, Server};

use crate::bench::{ALICE, Bench, EMPTY, LISTS, PASSWORD, ended};
use crate::relay::Relay;

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
    assert!(output.text().contains(" --output 'the output' --fail "), "{}", output.text());
    // It is curl's to write, and nothing was sent.
    assert!(!std::path::Path::new(&bench.path("the output")).exists());
}

#[test]
fn a_file_keeps_what_it_has_after_an_error() {
    if !has_curl() {
        return;
    }
    let bench = Bench::new();
    bench.file("out", "before");
    let printed = bench.run(&["get", "--app", "resource-lists", "--curl", "-o", "out"]);
    assert_eq!(std::fs::read_to_string(bench.path("out")).unwrap(), "before");
    let command = printed.text();
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

/// Runs a printed command, with the passwords that curl would ask for.
fn asked(bench: &Bench, command: &str) -> String {
    let script = format!(
        "curl() {{ command curl -s \"$@\" --user 'alice:{PASSWORD}' --proxy-user 'a user:p@ss'; }}\n{command}"
    );
    let mut shell = Command::new("sh");
    shell.args(["-c", &script]).current_dir(bench.home.dir()).env("HOME", bench.home.dir());
    let output = shell.output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn it_goes_the_same_way() {
    if !has_curl() {
        return;
    }
    let server = Server::builder().root_path("/xcap-root").auth(Auth::Digest);
    let bench = Bench::at(server.user(ALICE, PASSWORD).start().unwrap());
    bench.set(LISTS);
    let relay = Relay::proxy(bench.server.address(), Some("Basic YSB1c2VyOnBAc3M="));
    let (address, proxy) = (bench.server.address(), format!("127.0.0.1:{}", relay.port()));
    let with_password = format!("http://a%20user:p%40ss@{proxy}/");
    let root = ["--xcap-root", "http://xcap.example.com/xcap-root"];
    let get = [&["get", "--app", "resource-lists", "--curl"][..], &root].concat();
    for (more, way) in [
        (
            ["--proxy", &with_password],
            format!("--proxytunnel --proxy http://{proxy}/ --proxy-user 'a user' "),
        ),
        (
            ["--resolve", &format!("xcap.example.com:{address}")],
            format!("--connect-to xcap.example.com::{address} "),
        ),
    ] {
        let printed = bench.run(&[&get[..], &more].concat());
        assert_eq!((printed.code, &*printed.stderr), (Some(0), ""));
        let expected = format!(
            "curl --digest --user alice {way}\
             http://xcap.example.com/xcap-root/resource-lists/users/{ALICE}/index\n"
        );
        assert_eq!(printed.text(), expected);
        assert_eq!(asked(&bench, printed.text()), LISTS);
    }
    assert!(relay.connections() > 0);
    for (more, words) in [
        (&["--proxy", ""][..], "--noproxy '*' "),
        (&["--proxy", "proxy.example.com:3128"], "--proxytunnel --proxy proxy.example.com:3128 "),
        (&["--resolve", "a:[2001:db8::1]:80"], "--connect-to 'a::[2001:db8::1]:80' "),
        (&["--allow-basic"], "curl --anyauth --user alice http:"),
        (&["--auth-username", "4711"], "curl --digest --user 4711 http:"),
    ] {
        let printed = bench.run(&[&get[..], more].concat());
        assert!(printed.text().contains(words), "{}", printed.text());
    }
}

#[test]
fn headers_of_a_file_stay_there() {
    if !has_curl() {
        return;
    }
    let bench = Bench::at(Server::start().unwrap());
    bench.set(LISTS);
    bench.file("it's", "Authorization: Bearer s3cret\nUser-Agent:\nX-One: \"1\"\n");
    let get = ["get", "--app", "resource-lists", "--add-header", "@it's", "--add-header", "X-2: 2"];
    let printed = bench.run(&[&get[..], &["--curl"]].concat());
    let headers = r"--header '@it'\''s' --header 'x-2: 2'";
    let command = format!("curl --digest --user alice {headers} {}\n", bench.index());
    printed.is(0, command, &[]);
    assert_eq!(bench.run(&get).code, Some(0));
    let ours = bench.last();
    // One that has to authorize the request gives way to none.
    let command = printed.text().replacen("--digest --user alice ", "", 1);
    let output = Command::new("sh").args(["-c", &command]).current_dir(bench.home.dir()).output();
    assert_eq!(output.unwrap().stdout, LISTS.as_bytes());
    assert_eq!(shape(&bench.last()), shape(&ours));
    assert_eq!(bench.last().header("authorization"), Some("Bearer s3cret"));

    // Those that `-v` leaves out, too, wherever they are given.
    for name in ["Authorization", "Cookie", "X-Auth-Token", "X-Api-Key", "Client-Secret"] {
        let line = format!(
            "note: {} may be a secret and is left out; give it to curl with --header @FILE",
            name.to_lowercase()
        );
        let command = format!("curl --digest --user alice {}\n", bench.index());
        let (get, header) =
            (["get", "--app", "resource-lists", "--curl"], format!("{name}: s3cret"));
        bench.run(&[&get[..], &["--add-header", &header]].concat()).is(0, &command, &[&line]);
        bench.ini(&format!(
            "[Account]\nsip_address = {ALICE}\nxcap_root = {}\nheader = {header}\n",
            bench.server.root()
        ));
        bench.run(&get).is(0, &command, &[&line]);
        bench.ini(&format!(
            "[Account]\nsip_address = {ALICE}\nxcap_root = {}\n",
            bench.server.root()
        ));
    }
}
