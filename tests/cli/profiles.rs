//! The actions of python's program, against a server of each profile.

use xcaplib::testing::Profile;

use crate::bench::{Bench, EMPTY, LISTS};

const PROFILES: [Profile; 3] = [Profile::Rfc4825, Profile::OpenXcap, Profile::Kamailio];
const NAME: &str = "/resource-lists/list[1]/@name";
const CAROL: &str = "/resource-lists/list[1]/entry[@uri=\"sip:carol@example.com\"]";
const ENTRY: &str = "<entry uri=\"sip:carol@example.com\"/>";

#[test]
fn documents_come_and_go() {
    for profile in PROFILES {
        let bench = Bench::of(profile);
        let app = ["--app", "resource-lists"];
        let created = if profile == Profile::Kamailio { "200 OK" } else { "201 Created" };
        let nothing = bench.run(&[&["get"][..], &app].concat());
        assert_eq!((nothing.code, nothing.lines()[1]), (Some(3), "404 Not Found"), "{profile:?}");

        let put = bench.run_with(&["put"], LISTS);
        assert_eq!((put.code, put.lines()[1]), (Some(0), created), "{profile:?}");
        assert_eq!(put.lines()[2], format!("etag: {}", bench.etag()));
        let got = bench.run(&[&["get"][..], &app].concat());
        let lines = [
            format!("get {}", bench.index()),
            format!("etag: {}", bench.etag()),
            "content-type: application/resource-lists+xml".to_owned(),
            format!("content-length: {}", LISTS.len()),
        ];
        got.is(0, LISTS, &lines.each_ref().map(String::as_str));

        let exists = bench.run_with(&["insert"], EMPTY);
        let line = format!("{} exists already; nothing was changed", bench.index());
        exists.is(3, "", &[&format!("insert {}", bench.index()), &line]);
        let stale = bench.run_with(&["put", "--etag", "stale"], EMPTY);
        assert_eq!((stale.code, stale.lines()[1]), (Some(3), "412 Precondition Failed"));
        let replaced = bench.run_with(&["replace", "--etag", &bench.etag()], EMPTY);
        assert_eq!((replaced.code, replaced.lines()[1]), (Some(0), "200 OK"), "{profile:?}");
        assert_eq!(bench.stored().unwrap(), EMPTY);
        let etag = bench.etag();
        let same = bench.run(&[&["get", "--if-none-match", &etag][..], &app].concat());
        assert_eq!((same.code, same.lines()[1]), (Some(3), "304 Not Modified"), "{profile:?}");

        let gone = bench.run(&[&["delete", "--etag", &etag][..], &app].concat());
        assert_eq!((gone.code, gone.lines()[1]), (Some(0), "200 OK"), "{profile:?}");
        assert_eq!(bench.stored(), None);
        let nothing = bench.run_with(&["replace"], EMPTY);
        assert_eq!((nothing.code, nothing.lines()[1]), (Some(3), "404 Not Found"), "{profile:?}");
        assert_eq!(bench.run_with(&["insert"], LISTS).lines()[1], created, "{profile:?}");
    }
}

#[test]
fn elements_come_and_go() {
    for profile in PROFILES {
        let bench = Bench::of(profile);
        bench.set(LISTS);
        let created = if profile == Profile::Kamailio { "200 OK" } else { "201 Created" };
        let nothing = bench.run_with(&["replace", CAROL], ENTRY);
        assert_eq!((nothing.code, nothing.lines()[1]), (Some(3), "404 Not Found"), "{profile:?}");
        let made = bench.run_with(&["insert", CAROL], ENTRY);
        assert_eq!((made.code, made.lines()[1]), (Some(0), created), "{profile:?}");
        assert_eq!(bench.run_with(&["insert", CAROL], ENTRY).code, Some(3), "{profile:?}");
        let got = bench.run(&["get", CAROL]);
        assert_eq!((got.code, got.text()), (Some(0), ENTRY), "{profile:?}");
        let named = ENTRY.replace("/>", "><display-name>C</display-name></entry>");
        for action in ["put", "replace"] {
            let changed = bench.run_with(&[action, CAROL], &named);
            assert_eq!((changed.code, changed.lines()[1]), (Some(0), "200 OK"), "{profile:?}");
        }
        assert_eq!(bench.run(&["get", CAROL]).text(), named);
        assert_eq!(bench.run(&["delete", CAROL]).code, Some(0), "{profile:?}");
        assert_eq!(bench.run(&["get", CAROL]).code, Some(3), "{profile:?}");
    }
}

#[test]
fn an_attribute_is_printed_as_it_comes() {
    for (profile, value) in [
        (Profile::Rfc4825, "\"friends + &quot;more\""),
        (Profile::OpenXcap, "friends + \"more"),
        (Profile::Kamailio, "friends + 'more"),
    ] {
        let bench = Bench::of(profile);
        let more = if profile == Profile::Kamailio { "+ '" } else { "+ &quot;" };
        bench.set(&LISTS.replace("&amp; ", more));
        let name = bench.run(&["get", NAME]);
        assert_eq!((name.code, name.text()), (Some(0), value), "{profile:?}");
    }
}

#[test]
fn an_error_body_is_printed_as_it_comes() {
    let lost = ["put", "/resource-lists/list[@name=\"x\"]/entry[@uri=\"sip:carol@example.com\"]"];
    for (profile, status, begins) in [
        (Profile::Rfc4825, "409 Conflict", "<?xml"),
        (Profile::OpenXcap, "409 Conflict", "<?xml"),
        (Profile::Kamailio, "500 Internal Server Error", ""),
    ] {
        let bench = Bench::of(profile);
        bench.set(LISTS);
        let refused = bench.run_with(&lost, ENTRY);
        assert_eq!((refused.code, refused.lines()[1]), (Some(3), status), "{profile:?}");
        assert!(refused.text().starts_with(begins), "{}", refused.text());
        assert_eq!(refused.stdout.is_empty(), begins.is_empty());
    }
    let bench = Bench::of(Profile::OpenXcap);
    bench.set(LISTS);
    let wrong = bench.run(&["get", "--app", "resource-lists", "-p", "wrong"]);
    assert_eq!((wrong.code, wrong.lines()[1]), (Some(3), "401 Unauthorized"));
    let detail: serde_json::Value = serde_json::from_str(wrong.text()).unwrap();
    assert!(detail["detail"].is_string(), "{detail}");
}
