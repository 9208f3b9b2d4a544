//! Which document is meant, and with which headers.

use crate::bench::{ALICE, Bench, EMPTY, LISTS};
use crate::cases::{self, Case};

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

    // A name that two namespaces have: which of them it means, the usage has to say.
    bench.server.clear_requests();
    let service = bench.run(&["get", "/service-configuration-info/common"]);
    let error = "error: the document may be of org.3gpp.mcptt.service-config or of \
                 org.3gpp.mcvideo.service-config; give the one that is meant with --app";
    service.is(2, "", &[error]);
    assert!(bench.server.requests().is_empty());
}

const ASK: &str = "give it with --app";
const ASK_WHICH: &str = "; give the one that is meant with --app";

/// A document with the root element of a case, whose child declares what the case says.
fn document(case: &Case) -> String {
    let name = case.get("name");
    let declared = case.find("declares").unwrap_or_default().split_whitespace().enumerate();
    let declared: String = declared.map(|(n, uri)| format!(" xmlns:d{n}='{uri}'")).collect();
    match case.find("namespace") {
        Some(uri) => format!("<r:{name} xmlns:r='{uri}'><r:a><b{declared}/></r:a></r:{name}>"),
        None => format!("<{name}/>"),
    }
}

/// The application usages that a line of the program names.
fn usages(line: &str, root: &str) -> String {
    if let Some(path) = line.strip_prefix(&format!("put {root}/")) {
        return path.split('/').next().unwrap().to_owned();
    }
    if line == format!("error: the application usage cannot be guessed; {ASK}") {
        return String::new();
    }
    let several = line.strip_prefix("error: the document may be of ").unwrap();
    several.strip_suffix(ASK_WHICH).unwrap().replace(" or of ", ", ")
}

/// The table that the library is held to.
#[test]
fn a_document_goes_to_the_one_application_that_it_tells() {
    let bench = Bench::new();
    cases::run("usages-told.txt", &["name", "namespace", "declares"], |case| {
        bench.server.clear_requests();
        let put = bench.run_with(&["--no-validate", "put"], document(case));
        let line = put.stderr.lines().next().unwrap();
        let usages = usages(line, &bench.server.root());
        let is_sent = !usages.is_empty() && !usages.contains(',');
        assert_eq!(put.code == Some(2), !is_sent, "{line}");
        assert_eq!(bench.server.requests().is_empty(), !is_sent, "{line}");
        vec![("usages", usages)]
    });
}

const COMMON: &str = "urn:ietf:params:xml:ns:common-policy";
const DIALOG: &str = "http://openxcap.org/ns/dialog-rules";

/// What cannot be parsed is sent with `--no-validate`, so it has to be told from its text.
#[test]
fn a_document_that_is_not_well_formed_tells_its_application_by_its_first_tag() {
    let bench = Bench::new();
    for (body, app) in [
        (format!("<!DOCTYPE a [<!ENTITY a '<b>'>]><ruleset xmlns='{COMMON}'/>"), "pres-rules"),
        (format!("<ruleset xmlns='{COMMON}'>"), "pres-rules"),
        ("<!-- <a --><?b <c?><presence d='>'".to_owned(), "pidf-manipulation"),
        (
            format!("<ruleset xmlns='{COMMON}'><d:a xmlns:d=\"{DIALOG}\">"),
            "pres-rules, org.openxcap.dialog-rules",
        ),
    ] {
        let put = bench.run_with(&["--no-validate", "put"], body.as_bytes());
        let line = put.stderr.lines().next().unwrap();
        assert_eq!(usages(line, &bench.server.root()), app, "{body}");
    }
}

/// A user's presence rules are not overwritten by the rules of another application.
#[test]
fn nothing_is_sent_where_several_applications_could_be_meant() {
    let bench = Bench::new();
    let own = format!("<ruleset xmlns='{COMMON}'><rule id='own'/></ruleset>");
    bench.server.set_document("pres-rules", ALICE, "index", &own);
    let dialog = format!(
        "<ruleset xmlns='{COMMON}'><rule id='a'><actions>\
         <d:dialog-handling xmlns:d='{DIALOG}'/></actions></rule></ruleset>"
    );
    let error = format!(
        "error: the document may be of pres-rules or of org.openxcap.dialog-rules{ASK_WHICH}"
    );
    for action in ["put", "insert"] {
        bench.run_with(&[action], &dialog).is(2, "", &[&error]);
    }
    assert!(bench.server.requests().is_empty());
    let stored = || bench.server.document("pres-rules", ALICE, "index").unwrap();
    assert_eq!(stored().text(), own);

    let put = bench.run_with(&["put", "--app", "org.openxcap.dialog-rules"], &dialog);
    assert_eq!(put.code, Some(0), "{}", put.stderr);
    let put = bench.server.document("org.openxcap.dialog-rules", ALICE, "index").unwrap();
    assert_eq!((put.text(), stored().text()), (&*dialog, &*own));
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
