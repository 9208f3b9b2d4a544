//! Which document is meant, and with which headers.

use crate::bench::{Bench, EMPTY, LISTS};

#[test]
fn the_application_is_guessed() {
    let bench = Bench::new();
    for (root, app) in [
        ("resource-lists", "resource-lists"),
        ("rls-services", "rls-services"),
        ("cr:ruleset", "pres-rules"),
        ("pres-rules", "pres-rules"),
        ("presence", "pidf-manipulation"),
        ("dialog", "org.openxcap.dialog-rules"),
        ("watchers", "org.openxcap.watchers"),
        ("icon", "oma_status-icon"),
        ("xcap-directory", "org.openmobilealliance.xcap-directory"),
        ("xcap-caps", "xcap-caps"),
    ] {
        let begins = |action: &str| format!("{action} {}/{app}/", bench.server.root());
        for node in [format!("/{root}/a"), format!("{root}[1]/@b")] {
            let got = bench.run(&["--no-validate", "get", &node]);
            assert!(got.stderr.starts_with(&begins("get")), "{}", got.stderr);
        }
        let body = format!("<?xml version='1.0'?>\n<!-- <a> -->\n<!DOCTYPE b>\n<{root}/>");
        let put = bench.run_with(&["--no-validate", "put"], body.as_bytes());
        assert!(put.stderr.starts_with(&begins("put")), "{}", put.stderr);
    }
    for args in [&["get"][..], &["put"], &["get", "/unknown"], &["delete"]] {
        bench.run_with(args, b"<unknown/>").is_refused(2, "error: the application usage cannot");
    }
    assert!(bench.run_with(&["put"], b"<a").stderr.contains("--app"));
}

const COMMON: &str = "urn:ietf:params:xml:ns:common-policy";
const OMA: &str = "urn:oma:xml:xdm:common-policy";

#[test]
fn namespace_and_root_element_tell_the_application_together() {
    let bench = Bench::new();
    let simservs = "http://uri.etsi.org/ngn/params/xml/simservs/xcap";
    for (body, app) in [
        (format!("<cr:ruleset xmlns:cr='{COMMON}'/>"), "pres-rules"),
        (format!("<!DOCTYPE a [<!ENTITY a '<b>'>]><ruleset xmlns='{COMMON}'/>"), "pres-rules"),
        (format!("<ss:simservs xmlns:ss='{simservs}' xmlns:o='{OMA}'/>"), "simservs.ngn.etsi.org"),
        ("<watchers xmlns='http://openxcap.org/ns/watchers'/>".to_owned(), "org.openxcap.watchers"),
        // Not well-formed: the name has to do.
        (format!("<ruleset xmlns='{COMMON}'>"), "pres-rules"),
        ("<!-- <a --><?b <c?><presence d='>'".to_owned(), "pidf-manipulation"),
    ] {
        let put = bench.run_with(&["--no-validate", "put"], body.as_bytes());
        let begins = format!("put {}/{app}/", bench.server.root());
        assert!(put.stderr.starts_with(&begins), "{body}: {}", put.stderr);
    }
}

#[test]
fn nothing_is_sent_where_several_applications_could_be_meant() {
    let bench = Bench::new();
    let unknown = "the application usage cannot be guessed; give it with --app";
    let dialog = format!(
        "<ruleset xmlns='{COMMON}'><rule id='a'><actions>\
         <d:dialog-handling xmlns:d='http://openxcap.org/ns/dialog-rules'/></actions></rule></ruleset>"
    );
    let oma = format!("<ruleset xmlns='{COMMON}' xmlns:ocp='{OMA}'/>");
    for (body, error) in [
        ("<watchers xmlns='urn:ietf:params:xml:ns:watcherinfo'/>", unknown),
        ("<pres-rules xmlns='urn:ietf:params:xml:ns:pres-rules'/>", unknown),
        ("<a:resource-lists xmlns:a='urn:example:a'/>", unknown),
        (
            &dialog,
            "the document may be of pres-rules or of org.openxcap.dialog-rules; give the one that is meant with --app",
        ),
        (
            &oma,
            "the document may be of pres-rules or of org.openmobilealliance.pres-rules; give the one that is meant with --app",
        ),
    ] {
        bench.run_with(&["put"], body.as_bytes()).is(2, "", &[&format!("error: {error}")]);
    }
    assert!(bench.server.requests().is_empty());
    assert_eq!(bench.run_with(&["put", "--app", "pres-rules"], oma.as_bytes()).code, Some(0));
}

#[test]
fn context_and_filename_name_the_document() {
    let bench = Bench::with_lists();
    let root = bench.server.root();
    for (args, url) in [
        (&["-c", "global"][..], "resource-lists/global/index"),
        (&["--context", "users"], "resource-lists/users/sip:alice@example.com/index"),
        (&["--filename", "a b"], "resource-lists/users/sip:alice@example.com/a%20b"),
        (&["--app", "xcap-caps"], "xcap-caps/global/index"),
        (&["--app", "xcap-caps", "-c", "users"], "xcap-caps/users/sip:alice@example.com/index"),
    ] {
        let got = bench.run(&[&["get", "--app", "resource-lists"], args].concat());
        assert_eq!(got.stderr.lines().next(), Some(&*format!("get {root}/{url}")));
    }
    let put = ["-c", "global", "--filename", "all", "put"];
    assert_eq!(bench.run_with(&put, EMPTY.as_bytes()).code, Some(0));
    let stored = bench.server.document("resource-lists", None, "all").unwrap();
    assert_eq!(stored.text(), EMPTY);
}

#[test]
fn headers_replace_and_remove_defaults() {
    let bench = Bench::with_lists();
    let get = ["get", "--app", "resource-lists"];
    let with = |more: &[&str]| {
        let ended = bench.run(&[&get[..], more].concat());
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        bench.last()
    };
    let plain = with(&[]);
    assert!(plain.header("user-agent").is_some() && plain.header("accept").is_some());
    let own = with(&["--add-header", "USER-agent: mine", "--add-header", "X-One:1:2"]);
    assert_eq!((own.header("user-agent"), own.header("x-one")), (Some("mine"), Some("1:2")));
    let bare = ["--add-header", "user-AGENT:", "--add-header", "Accept: ", "--add-header", "X:"];
    let bare = with(&bare);
    for name in ["user-agent", "accept", "x"] {
        assert_eq!(bare.header(name), None, "{name}");
    }
    let undone = ["--etag", "stale", "--add-header", "if-match:"];
    assert_eq!(with(&undone).header("if-match"), None);

    bench.run_with(&["put", "--add-header", "content-TYPE: text/xml"], EMPTY.as_bytes());
    assert_eq!(bench.last().header("content-type"), Some("text/xml"));
    bench.run_with(&["put", "--add-header", "Content-Type:"], EMPTY.as_bytes());
    assert_eq!(bench.last().header("content-type"), None);

    bench.run(&[&get[..], &["--add-header", "none"]].concat()).is_refused(2, "error: ");
    bench.run(&[&get[..], &["--add-header", "a b: c"]].concat()).is_refused(2, "error: ");
}

#[test]
fn options_are_taken_as_scripts_give_them() {
    let bench = Bench::with_lists();
    for args in [
        &["--eventlib", "get", "--app", "resource-lists"][..],
        // The last of several counts, and a name may be cut short.
        &["--app", "x", "get", "--app", "resource-lists"],
        &["--ap", "resource-lists", "--time", "5.5", "get"],
    ] {
        let ended = bench.run(args);
        assert_eq!((ended.code, ended.stdout.as_slice()), (Some(0), LISTS.as_bytes()), "{args:?}");
    }
}

#[test]
fn conditions_are_sent_as_they_are_given() {
    let bench = Bench::with_lists();
    let etag = bench.etag();
    let get = ["get", "--app", "resource-lists", "--if-none-match"];
    let with = |etag: &str| {
        let ended = bench.run(&[&get[..], &[etag]].concat());
        (ended.code, bench.last().header("if-none-match").map(str::to_owned))
    };
    assert_eq!(with(&etag), (Some(3), Some(etag.clone())));
    assert_eq!(with(etag.trim_matches('"')), (Some(3), Some(etag.clone())));
    assert_eq!(with("other"), (Some(0), Some("\"other\"".to_owned())));
    assert_eq!(with("*"), (Some(3), Some("*".to_owned())));
    assert_eq!(with("W/\"weak\"").1.as_deref(), Some("W/\"weak\""));
    assert_eq!(with(""), (Some(0), None));

    let put = bench.run_with(&["put", "--if-none-match", "*"], EMPTY);
    assert_eq!((put.code, put.lines()[1]), (Some(3), "412 Precondition Failed"));
    assert_eq!(bench.stored().unwrap(), LISTS);
}

#[test]
fn a_dash_is_a_standard_stream() {
    let bench = Bench::with_lists();
    let put = bench.run_with(&["put", "-i", "-"], EMPTY);
    assert_eq!((put.code, bench.stored().as_deref()), (Some(0), Some(EMPTY)), "{}", put.stderr);
    let got = bench.run(&["get", "--app", "resource-lists", "-o", "-"]);
    assert_eq!((got.code, got.text()), (Some(0), EMPTY));
    assert_eq!(bench.home.files(), [".xcapclient.ini"]);
}
