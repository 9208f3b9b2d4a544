//! Who asks: the options, the file of accounts, and where passwords come from.

use std::fs;

use crate::bench::{ALICE, Bench, LISTS};

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
