//! How the server is reached: proxies, addresses, headers and names, without TLS.

use std::net::{Ipv6Addr, SocketAddr, TcpListener};

use xcaplib::testing::{Auth, Server};

use crate::bench::{ALICE, Bench, Ended, LISTS, PASSWORD, ended};
use crate::relay::Relay;

const GET: &[&str] = &["get", "--app", "resource-lists"];
/// A root that only `--resolve` or a proxy reaches.
const ELSEWHERE: &str = "http://xcap.example.com/xcap-root";

/// A server whose root has another host, with an account for it.
fn elsewhere(auth: Auth, more: &str) -> Bench {
    let server = Server::builder().root_path("/xcap-root").auth(auth).user(ALICE, PASSWORD);
    let bench = Bench::at(server.start().unwrap());
    bench.set(LISTS);
    bench.ini(&format!(
        "[Account]\nsip_address = {ALICE}\npassword = {PASSWORD}\nxcap_root = {ELSEWHERE}\n{more}"
    ));
    bench
}

impl Bench {
    fn run_more(&self, args: &[&str], more: &[&str]) -> Ended {
        self.run(&[args, more].concat())
    }
}

#[track_caller]
fn brings_the_lists(ended: &Ended) {
    assert_eq!((ended.code, ended.text()), (Some(0), LISTS), "{}", ended.stderr);
}

#[test]
fn a_proxy_is_gone_through() {
    let bench = elsewhere(Auth::Digest, "");
    let relay = Relay::proxy(bench.server.address(), Some("Basic dXNlcjpwQHNz"));
    let proxy = format!("http://user:p%40ss@127.0.0.1:{}", relay.port());
    brings_the_lists(&bench.run_more(GET, &["--proxy", &proxy]));
    assert!(relay.connects()[0].starts_with("CONNECT xcap.example.com:80 HTTP/1.1\r\n"));

    // By the account, or all of them; an option goes before both, and the account before all.
    let nobody = "http://127.0.0.1:1";
    for (option, own, all) in [
        (None, Some(&*proxy), None),
        (None, None, Some(&*proxy)),
        (None, Some(&*proxy), Some(nobody)),
        (Some(&*proxy), Some(nobody), None),
        (Some(&*proxy), Some(""), None),
    ] {
        let line =
            |url: Option<&str>| url.map(|url| format!("proxy = {url}\n")).unwrap_or_default();
        let more = format!("{}[DEFAULT]\n{}", line(own), line(all));
        bench.ini(&format!(
            "[Account]\nsip_address = {ALICE}\npassword = {PASSWORD}\nxcap_root = {ELSEWHERE}\n{more}"
        ));
        let before = relay.connections();
        let option = option.map(|url| vec!["--proxy", url]).unwrap_or_default();
        brings_the_lists(&bench.run_more(GET, &option));
        assert!(relay.connections() > before, "{more}");
    }
}

#[test]
fn an_empty_proxy_is_none() {
    let bench = elsewhere(Auth::Digest, "");
    let relay = Relay::proxy(bench.server.address(), None);
    let proxy = format!("http://127.0.0.1:{}", relay.port());
    let through = |args: &[&str]| {
        let mut command = bench.command(&[GET, &["--timeout", "5"], args].concat());
        command.env("http_proxy", &proxy);
        let before = relay.connections();
        (ended(command.spawn().unwrap(), b"").code, relay.connections() > before)
    };
    assert_eq!(through(&[]), (Some(0), true));
    // Nobody else knows the host.
    assert_eq!(through(&["--proxy", ""]), (Some(1), false));
    bench.ini(&format!(
        "[Account]\nsip_address = {ALICE}\nxcap_root = {ELSEWHERE}\nproxy =\n\
         [DEFAULT]\nproxy = {proxy}\n"
    ));
    assert_eq!(through(&[]), (Some(1), false));
}

#[test]
fn a_host_is_where_it_is_said_to_be() {
    let bench = elsewhere(Auth::Digest, "");
    let there = format!("xcap.example.com:{}", bench.server.address());
    brings_the_lists(&bench.run_more(GET, &["--resolve", &there]));
    assert_eq!(bench.last().header("host"), Some("xcap.example.com"));
    // Several, of which one is of this root.
    let other = format!("other.example.com:{}", "127.0.0.1:1");
    let several = ["--resolve", &other, "--resolve", &there];
    brings_the_lists(&bench.run_more(GET, &several));
    assert_eq!(bench.run_more(&["list"], &["--resolve", &there]).code, Some(0));
}

#[test]
fn a_host_may_be_at_an_ipv6_address() {
    let bench = elsewhere(Auth::Digest, "");
    let Ok(listener) = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)) else {
        eprintln!("no IPv6 here: not tested");
        return;
    };
    let address: SocketAddr = listener.local_addr().unwrap();
    let relay = Relay::unseen_at(listener, bench.server.address());
    let there = format!("xcap.example.com:[::1]:{}", address.port());
    brings_the_lists(&bench.run_more(GET, &["--resolve", &there]));
    assert!(relay.connections() > 0);
}

#[test]
fn basic_over_http_has_to_be_allowed() {
    let bench = elsewhere(Auth::Basic, "");
    let relay = Relay::proxy(bench.server.address(), None);
    let proxy = format!("http://127.0.0.1:{}", relay.port());
    let refused = bench.run_more(GET, &["--proxy", &proxy]);
    assert_ne!(refused.code, Some(0), "{}", refused.stderr);
    assert!(bench.methods().is_empty());
    brings_the_lists(&bench.run_more(GET, &["--proxy", &proxy, "--allow-basic"]));
}

#[test]
fn the_name_for_authentication_may_be_another() {
    let server = Server::builder().auth(Auth::Digest).user(ALICE, PASSWORD);
    let bench = Bench::at(server.start().unwrap());
    let account = |more: &str| {
        let root = bench.server.root();
        bench.ini(&format!(
            "[Account]\nsip_address = {ALICE}\npassword = {PASSWORD}\nxcap_root = {root}\n{more}"
        ));
    };
    let name = |args: &[&str]| {
        bench.run_more(GET, args);
        let requests = bench.server.requests();
        let mut sent = requests.iter().rev().filter_map(|request| request.header("authorization"));
        sent.next().unwrap().split('"').nth(1).unwrap().to_owned()
    };
    account("");
    assert_eq!(name(&[]), "alice");
    assert_eq!(name(&["--auth-username", "4711"]), "4711");
    account("auth_username = 17\n[DEFAULT]\nauth_username = 18\n");
    assert_eq!(name(&[]), "17");
    assert_eq!(name(&["--user", "sip:bob@example.com"]), "17");
    assert_eq!(name(&["--auth-username", "4711"]), "4711");
}

/// A server that asks nobody, so that a bearer token reaches it.
fn open() -> Bench {
    let bench = Bench::at(Server::start().unwrap());
    bench.set(LISTS);
    let root = bench.server.root();
    bench.ini(&format!("[Account]\nsip_address = {ALICE}\nxcap_root = {root}\n"));
    bench
}

#[test]
fn headers_of_a_file_go_with_every_action() {
    let bench = open();
    bench.file("token", "\u{feff}Authorization: Bearer s3cret\r\n\r\nX-Two:2\n");
    let body = LISTS.as_bytes();
    for action in [
        &["get", "--app", "resource-lists"][..],
        &["list"],
        &["caps"],
        &["put"],
        &["put", "--dry-run"],
        &["replace", "/resource-lists/list[1]/@name"],
        &["delete", "--app", "resource-lists"],
    ] {
        bench.server.clear_requests();
        let input = if action[0] == "replace" { b"\"a\"" } else { body };
        let ran = bench.run_with(&[action, &["--add-header", "@token"]].concat(), input);
        assert_eq!(ran.code, Some(0), "{action:?} {}", ran.stderr);
        assert!(!ran.stderr.contains("s3cret"));
        let requests = bench.server.requests();
        assert!(!requests.is_empty(), "{action:?}");
        for request in &requests {
            assert_eq!(request.header("authorization"), Some("Bearer s3cret"), "{action:?}");
            assert_eq!(request.header("x-two"), Some("2"), "{action:?}");
        }
    }
}

#[test]
fn headers_of_the_account_are_sent_unless_an_option_has_others() {
    let bench = open();
    let root = bench.server.root();
    bench.file("more", "X-File: f");
    bench.ini(&format!(
        "[DEFAULT]\nheader = X-One: all\nheader: X-Two: all\n[Account]\nsip_address = {ALICE}\n\
         xcap_root = {root}\nheader = X-One: own=1\nheader = @more\nheader =\n"
    ));
    let sent = |args: &[&str]| {
        for action in [GET, &["list"], &["caps"]] {
            assert_eq!(bench.run_more(action, args).code, Some(0));
        }
        let all = bench.server.requests();
        let seen = |index: usize| {
            let header = |name: &str| all[all.len() - 1 - index].header(name).map(str::to_owned);
            ["x-one", "x-two", "x-file"].map(header)
        };
        assert_eq!((seen(0), seen(0)), (seen(1), seen(2)));
        seen(0)
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(sent(&[]), [some("own=1"), some("all"), some("f")]);
    let options = ["--add-header", "x-one: mine", "--add-header", "X-TWO:"];
    assert_eq!(sent(&options), [some("mine"), None, some("f")]);
}

#[test]
fn a_header_of_a_condition_means_one_request() {
    let bench = open();
    bench.file("condition", "If-None-Match: *\n");
    for (args, other) in [
        (&["list"][..], "list"),
        (&["caps"], "caps"),
        (&["edit", "--app", "resource-lists"], "edit"),
        (&["put", "--dry-run"], "--dry-run"),
    ] {
        for header in ["if-match: \"a\"", "@condition"] {
            let error = format!("error: --add-header of a condition does not go with {other}");
            bench.run_more(args, &["--add-header", header]).is(2, "", &[&error]);
        }
    }
    let get = bench.run_more(GET, &["--add-header", "@condition"]);
    assert_eq!(get.lines()[1], "304 Not Modified");
    let root = bench.server.root();
    bench.ini(&format!(
        "[Account]\nsip_address = {ALICE}\nxcap_root = {root}\nheader = If-Match: a\n"
    ));
    bench.server.clear_requests();
    bench.run(GET).is(
        2,
        "",
        &["error: header `If-Match` cannot be meant for every request; give it to the one that it \
           is meant for"],
    );
    assert!(bench.server.requests().is_empty());
}

#[test]
fn the_environment_says_who_and_where() {
    let bench = Bench::with_lists();
    let root = bench.server.root();
    let url = |ini: &str, args: &[&str], variables: &[(&str, &str)]| {
        bench.ini(ini);
        let mut command = bench.command(&[&["url", "--app", "rls-services"], args].concat());
        command.envs(variables.iter().copied());
        let ended = ended(command.spawn().unwrap(), b"");
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        ended.text().trim_end().to_owned()
    };
    let file = "[Account]\nsip_address = a@file\nxcap_root = http://file\n";
    let both = [("XCAP_ROOT", "http://variable"), ("XCAP_USER", "a@variable")];
    let options = ["--xcap-root", &*root, "--sip-address", "a@option"];
    let of = |root: &str, who: &str| format!("{root}/rls-services/users/sip:a@{who}/index");
    assert_eq!(url("", &[], &both), of("http://variable", "variable"));
    assert_eq!(url(file, &[], &both), of("http://variable", "variable"));
    assert_eq!(url(file, &[], &both[..1]), of("http://variable", "file"));
    assert_eq!(url(file, &[], &[("XCAP_ROOT", ""), both[1]]), of("http://file", "variable"));
    assert_eq!(url(file, &options, &both), of(&root, "option"));
    // An account that is named is meant, whatever the environment has for others.
    let work = format!("{file}[Account_work]\nxcap_root = http://work\n");
    assert_eq!(url(&work, &["-a", "work"], &both), of("http://work", "variable"));
    let work = format!("{work}sip_address = a@work\n");
    assert_eq!(url(&work, &["-a", "work"], &both), of("http://work", "work"));
    assert_eq!(
        url(&work, &["-a", "work", "--xcap-root", "http://b"], &both),
        of("http://b", "work")
    );
    // Nor does it get the password of another.
    for (password, code) in [(PASSWORD, 0), ("wrong", 3)] {
        bench.ini(&format!(
            "[Account_work]\nsip_address = {ALICE}\nxcap_root = {root}\npassword = {password}\n"
        ));
        let mut command = bench.command(&["-a", "work", "get", "--app", "resource-lists"]);
        command.env("XCAP_PASSWORD", if code == 0 { "wrong" } else { PASSWORD });
        assert_eq!(ended(command.spawn().unwrap(), b"").code, Some(code));
    }
}

#[test]
fn a_time_comes_from_the_account() {
    let bench = open();
    let root = bench.server.root();
    let with = |timeout: &str, args: &[&str]| {
        bench.ini(&format!(
            "[Account]\nsip_address = {ALICE}\nxcap_root = {root}\n[DEFAULT]\ntimeout = {timeout}\n"
        ));
        bench.run_more(&["get", "--app", "resource-lists", "--curl"], args)
    };
    assert!(with("2.5", &[]).text().contains(" --max-time 2.5 "));
    assert!(with("2.5", &["--timeout", "3"]).text().contains(" --max-time 3 "));
    for bad in ["soon", "0", "-1", "1e99", "nan"] {
        with(bad, &[]).is(2, "", &["error: timeout in ~/.xcapclient.ini: not a time in seconds"]);
        // It is not looked at where it is not needed.
        assert_eq!(with(bad, &["--timeout", "3"]).code, Some(0));
    }
}

#[test]
fn a_key_that_is_not_known_is_told_with_the_nearest() {
    let bench = open();
    let root = bench.server.root();
    bench.ini(&format!(
        "[DEFAULT]\ncafile = a\n[Account]\nsip_address = {ALICE}\nXCAP_root = {root}\n\
         passwort = hunter2\nx\u{7} = b\nno key\n[Account_work]\nfoo = bar\n[other]\nfoo = bar\n"
    ));
    let ended = bench.run(GET);
    let (warnings, rest) = ended.stderr.split_at(ended.stderr.find("get ").unwrap());
    assert_eq!(
        warnings.lines().collect::<Vec<_>>(),
        [
            "warning: ~/.xcapclient.ini has a key `cafile`, which is not known; the nearest is `ca_file`",
            "warning: ~/.xcapclient.ini has a key `passwort`, which is not known; the nearest is `password`",
            "warning: ~/.xcapclient.ini has a key `x\\u{7}`, which is not known; the nearest is `proxy`",
            "warning: line 8 of ~/.xcapclient.ini is not `key = value`, and is left out",
        ]
    );
    assert!(!rest.contains("warning"), "{rest}");
    brings_the_lists(&ended);
    // Where the key is missed, above all.
    bench.ini(&format!("[Account]\nsip_address = {ALICE}\nxcap_rot = {root}\n"));
    bench.run(GET).is(
        2,
        "",
        &[
            "warning: ~/.xcapclient.ini has a key `xcap_rot`, which is not known; the nearest is `xcap_root`",
            "error: give --xcap-root, XCAP_ROOT in the environment, or xcap_root in ~/.xcapclient.ini",
        ],
    );
}

/// What cannot be used is said in one line, and nothing is sent.
#[cfg(unix)]
#[test]
fn what_cannot_be_used_is_refused() {
    const MISSING: &str = "error: cannot read missing: No such file or directory (os error 2)";
    let bench = Bench::with_lists();
    bench.file("headers", "X-One: 1\nBearer hunter2\n");
    bench.file("latin", b"X: \xe9\n");
    let resolve = |text: &str| {
        format!(
            "error: invalid value '{text}' for '--resolve <HOST:IP:PORT>': it is a host, and the \
             address and port to connect to, such as xcap.example.com:192.0.2.1:8080 or \
             xcap.example.com:[2001:db8::1]:8080"
        )
    };
    bench.file("odd", "X-One: 1\nBearer hunter2:3\n");
    let mut cases = vec![
        (
            vec!["--add-header", "Bearer hunter2"],
            "error: --add-header: a header is `name:value`".to_owned(),
        ),
        (
            vec!["--add-header", "Bearer hunter2: 3"],
            "error: --add-header: a header is `name:value`".to_owned(),
        ),
        (vec!["--add-header", "@odd"], "error: odd, line 2: a header is `name:value`".to_owned()),
        (vec!["--cacert", "missing"], MISSING.to_owned()),
        (vec!["--cert", "missing"], MISSING.to_owned()),
        (vec!["--cert", "headers", "--key", "missing"], MISSING.to_owned()),
        (
            vec!["--key", "headers"],
            "error: headers is a private key without its certificate; give that with --cert, or \
             client_cert in ~/.xcapclient.ini"
                .to_owned(),
        ),
        (vec!["--add-header", "@missing"], MISSING.to_owned()),
        (
            vec!["--add-header", "@headers"],
            "error: headers, line 2: a header is `name:value`".to_owned(),
        ),
        (
            vec!["--add-header", "@latin"],
            "error: cannot read latin: stream did not contain valid UTF-8".to_owned(),
        ),
        (vec!["--add-header", "none"], "error: --add-header: a header is `name:value`".to_owned()),
        (
            vec!["--auth-username", "a\nb"],
            "error: the user name for authentication holds a control character".to_owned(),
        ),
    ];
    for text in [
        "",
        "xcap.example.com",
        "xcap.example.com:8080",
        "xcap.example.com:192.0.2.1",
        "xcap.example.com:192.0.2.1:http",
        "xcap.example.com:192.0.2.1:65536",
        "xcap.example.com:2001:db8::1:8080",
        "xcap.example.com:other.example.com:80",
        ":192.0.2.1:8080",
        "[::1:192.0.2.1:8080",
    ] {
        cases.push((vec!["--resolve", text], resolve(text)));
    }
    for (more, error) in &cases {
        bench.run_more(GET, more).is(2, "", &[error]);
    }
    // A proxy counts where the server is not on this machine.
    for (url, error) in [
        (
            "socks5://user:hunter2@proxy",
            "error: --proxy: only proxies at `http://` and `https://` are known; give one to \
             --proxy, or '' for no proxy",
        ),
        (
            "http://user:hunter2@proxy:x",
            "error: --proxy: its port is not valid; a port is a number from 1 to 65535",
        ),
    ] {
        bench.run_more(GET, &["--xcap-root", ELSEWHERE, "--proxy", url]).is(2, "", &[error]);
    }
    let root = bench.server.root();
    for (line, error) in [
        ("header = none", "error: header in ~/.xcapclient.ini: a header is `name:value`"),
        (
            "header = @/missing",
            "error: cannot read /missing: No such file or directory (os error 2)",
        ),
    ] {
        bench.ini(&format!("[Account]\nsip_address = {ALICE}\nxcap_root = {root}\n{line}\n"));
        bench.run(GET).is(2, "", &[error]);
    }
    assert!(bench.server.requests().is_empty());
}

/// Files about TLS are of no concern where there is none.
#[test]
fn an_http_account_has_no_certificates() {
    let bench = open();
    let root = bench.server.root();
    bench.ini(&format!(
        "[Account]\nsip_address = {ALICE}\nxcap_root = {root}\nclient_key = /missing\n\
         [DEFAULT]\nca_file = /missing\n"
    ));
    brings_the_lists(&bench.run(GET));
}

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
#[test]
fn a_build_without_tls_says_so() {
    let bench = open();
    bench.file("ca.pem", "");
    for (more, option) in [
        (&["--cacert", "ca.pem"][..], "--cacert"),
        (&["--cert", "ca.pem"], "--cert"),
        (&["-k"], "--insecure"),
    ] {
        let error = format!(
            "error: {option} needs TLS; turn on one of the features `rustls`, `platform-verifier` \
             and `native-tls`"
        );
        bench.run_more(GET, more).is(2, "", &[&error]);
    }
    assert!(bench.server.requests().is_empty());
}
