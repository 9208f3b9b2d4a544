//! Who asks: the options, the file of accounts, and where passwords come from.

use std::ffi::OsStr;
use std::fs;

use crate::bench::{ALICE, Bench, Ended, LISTS, PASSWORD, ended};

#[test]
fn the_account_is_found() {
    let bench = Bench::with_lists();
    let root = bench.server.root();
    bench.ini(&format!(
        "; accounts\n[Account_bob]\nSIP_Address: bob@example.com\npassword=hidden\nxcap_root={root}/\n\
         [Account]\nsip_address=sip:nobody@example.com\npassword=wrong\nxcap_root={root}\n"
    ));
    let bob = bench.run(&["-a", "bob", "--app", "resource-lists", "get"]);
    let url = format!("get {root}/resource-lists/users/sip:bob@example.com/index");
    assert_eq!((bob.code, bob.stderr.lines().next()), (Some(3), Some(&*url)));
    assert_eq!(bob.stderr.lines().nth(1), Some("404 Not Found"));

    // Options win.
    let get = ["get", "--app", "resource-lists", "--sip-address", ALICE, "-p", "100%s; #secret"];
    assert_eq!(bench.run(&get).stdout, LISTS.as_bytes());
    let refused = bench.run(&["get", "--app", "resource-lists", "--sip-address", ALICE]);
    assert_eq!(refused.code, Some(3));
    assert_eq!(refused.stderr.lines().nth(1), Some("401 Unauthorized"));

    bench.run(&["--account-name", "eve", "--app", "x", "get"]).is(
        2,
        "",
        &["error: ~/.xcapclient.ini has no section [Account_eve]"],
    );
    fs::remove_file(bench.path(".xcapclient.ini")).unwrap();
    bench.run(&["--app", "x", "get"]).is_refused(2, "error: give --sip-address,");
    let alice = ["--sip-address", ALICE, "--app", "resource-lists", "get"];
    bench.run(&alice).is_refused(2, "error: give --xcap-root,");
    // Without a password, and without a terminal to ask on.
    let bare = [&alice[..], &["--xcap-root", &root]].concat();
    assert_eq!(bench.run(&bare).stderr.lines().nth(1), Some("401 Unauthorized"));
    let whole = [&bare[..], &["--password", "100%s; #secret"]].concat();
    assert_eq!(bench.run(&whole).code, Some(0));
    bench.ini("[Account]\nxcap_root=ftp://example.com\nsip_address=a@example.com\n");
    bench.run(&["--app", "x", "get"]).is_refused(2, "error: ");
    fs::write(bench.path(".xcapclient.ini"), b"[Account]\npassword=\xff\n").unwrap();
    bench.run(&["--app", "x", "get"]).is_refused(2, "error: ~/.xcapclient.ini is not UTF-8");
}

#[test]
fn sections_are_read_as_pythons_are() {
    let bench = Bench::with_lists();
    bench.ini(
        "[DEFAULT]\nxcap_root = http://default\n[Account] ; mine\nsip_address = a@b\n\
         [Account_work] # the other\nsip_address = c@d\nxcap_root = http://work\n",
    );
    let url = |args: &[&str]| {
        let ended = bench.run(&[&["url", "--app", "rls-services"], args].concat());
        (ended.code, ended.text().to_owned())
    };
    let expected = |url: &str| (Some(0), format!("{url}/index\n"));
    assert_eq!(url(&[]), expected("http://default/rls-services/users/sip:a@b"));
    assert_eq!(url(&["-a", "work"]), expected("http://work/rls-services/users/sip:c@d"));
}

/// What a run without a password in the file does with one from elsewhere.
fn given(more: &[&str], variable: Option<&OsStr>) -> Ended {
    let bench = Bench::without_password();
    bench.file("right", format!("{PASSWORD}\nsecond line\n"));
    bench.file("crlf", format!("{PASSWORD}\r\n"));
    bench.file("bom", format!("\u{feff}{PASSWORD}"));
    bench.file("wrong", "wrong\n");
    bench.file("empty", "");
    bench.file("blank", "\nsecond line\n");
    bench.file("latin", b"\xe9\n");
    let mut command = bench.command(&[&["get", "--app", "resource-lists"], more].concat());
    if let Some(value) = variable {
        command.env("XCAP_PASSWORD", value);
    }
    ended(command.spawn().unwrap(), PASSWORD.as_bytes())
}

#[test]
fn a_password_comes_from_a_file_or_the_environment() {
    let (right, wrong) = (OsStr::new(PASSWORD), OsStr::new("wrong"));
    for (more, variable, code) in [
        (&[][..], Some(right), 0),
        (&[], Some(wrong), 3),
        // As if it were not there.
        (&[], Some(OsStr::new("")), 3),
        (&["--password-file", "right"], None, 0),
        (&["--password-file", "crlf"], None, 0),
        (&["--password-file", "bom"], None, 0),
        (&["--password-file", "wrong"], None, 3),
        // What is nearer to the command wins.
        (&["--password-file", "right"], Some(wrong), 0),
        (&["--password-file", "wrong"], Some(right), 3),
        (&["-p", PASSWORD], Some(wrong), 0),
        (&["-p", "wrong"], Some(right), 3),
    ] {
        let ended = given(more, variable);
        assert_eq!(ended.code, Some(code), "{more:?} {variable:?} {}", ended.stderr);
    }
    assert_eq!(given(&["-p", "wrong"], None).lines()[1], "401 Unauthorized");
}

#[test]
fn the_environment_wins_over_the_file_of_accounts() {
    let bench = Bench::with_lists();
    let mut command = bench.command(&["get", "--app", "resource-lists"]);
    command.env("XCAP_PASSWORD", "wrong");
    assert_eq!(ended(command.spawn().unwrap(), b"").code, Some(3));
}

#[cfg(unix)]
#[test]
fn a_password_may_come_by_a_pipe() {
    assert_eq!(given(&["--password-file", "/dev/stdin"], None).code, Some(0));
}

#[cfg(unix)]
#[test]
fn a_password_that_cannot_be_read_is_said_so() {
    for (file, error) in [
        ("empty", "error: empty begins with no password"),
        ("blank", "error: blank begins with no password"),
        ("missing", "error: cannot read missing: No such file or directory (os error 2)"),
        ("latin", "error: cannot read latin: stream did not contain valid UTF-8"),
    ] {
        given(&["--password-file", file], None).is(2, "", &[error]);
    }
    let both =
        "error: the argument '--password-file <FILE>' cannot be used with '--password <PASSWORD>'";
    given(&["--password-file", "right", "-p", "x"], None).is(2, "", &[both]);
}

#[cfg(unix)]
#[test]
fn a_password_is_text() {
    use std::os::unix::ffi::OsStrExt as _;
    let latin = OsStr::from_bytes(b"\xe9");
    given(&[], Some(latin)).is(2, "", &["error: XCAP_PASSWORD is not UTF-8"]);
    // It is not looked at where it is not needed.
    assert_eq!(given(&["-p", PASSWORD], Some(latin)).code, Some(0));
}

#[test]
fn an_account_may_go_to_another_home_directory() {
    let bench = Bench::new();
    let bobs = bench.run(&["get", "--app", "resource-lists", "--user", "bob@example.com"]);
    let first = format!("get {}", bench.index().replace("alice", "bob"));
    assert_eq!((bobs.code, bobs.lines()[0], bobs.lines()[1]), (Some(3), &*first, "403 Forbidden"));
    // It is alice who asks.
    let authorization = bench.last().header("authorization").unwrap().to_owned();
    assert!(authorization.contains("username=\"alice\""), "{authorization}");
    let hers = bench.run(&["get", "--app", "resource-lists", "--user", ALICE]);
    assert_eq!(hers.lines()[1], "404 Not Found");
}
