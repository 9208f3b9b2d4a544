//! `edit`, with scripts for editors and nobody to ask. With somebody: `terminal.rs`.

use std::fs;
use std::process::Command;

use xcaplib::testing::Fault;

use crate::bench::{ALICE, Bench, EMPTY, Ended, LISTS, PROGRAM, ended};

impl Bench {
    /// Edits with a shell script for an editor, which finds the draft's name in `$1`.
    fn edit(&self, script: &str, args: &[&str]) -> Ended {
        without_its_place(ended(self.editing(script, args).spawn().unwrap(), b""))
    }

    pub(crate) fn editing(&self, script: &str, args: &[&str]) -> Command {
        let mut command = self.command(&[&["edit"][..], args].concat());
        command.env("EDITOR", self.editor(script)).env("XCAPCLIENT", PROGRAM);
        command
    }

    pub(crate) fn editor(&self, script: &str) -> String {
        format!("sh {}", self.file("editor", script))
    }

    /// The file that holds what was typed, as the last but one line or so names it.
    fn draft(&self, ended: &Ended) -> String {
        let named =
            ended.lines().into_iter().find_map(|line| line.strip_prefix("what was typed is in "));
        fs::read_to_string(named.unwrap_or_else(|| panic!("{}", ended.stderr))).unwrap()
    }

    /// No draft is left.
    fn is_tidy(&self) -> bool {
        !self.home.files().iter().any(|name| name.starts_with("xcapclient-"))
    }
}

/// What is said without the line that names the draft, which stands second once there is one.
fn without_its_place(mut ended: Ended) -> Ended {
    let lines: Vec<_> = ended.stderr.lines().collect();
    if lines.get(1).is_some_and(|line| line.starts_with("what you type is in ")) {
        ended.stderr = [&lines[..1], &lines[2..]].concat().join("\n") + "\n";
    }
    ended
}

const LISTS_ONLY: &[&str] = &["--app", "resource-lists"];

#[test]
fn nothing_changed_is_nothing_sent() {
    let bench = Bench::with_lists();
    let first = format!("edit {}", bench.index());
    bench.edit("exit 0", LISTS_ONLY).is(0, "", &[&first, "nothing was changed"]);
    assert!(bench.is_tidy());
    // An editor that ends the last line has changed nothing.
    bench.edit("echo >>$1", LISTS_ONLY).is(0, "", &[&first, "nothing was changed"]);
    assert_eq!(bench.methods(), ["GET", "GET"]);
}

#[test]
fn a_change_goes_out_under_its_etag() {
    let bench = Bench::new();
    let etag = bench.set(LISTS);
    let edited = bench.edit("sed -i s/friends/foes/ $1", LISTS_ONLY);
    assert_eq!(bench.stored().unwrap(), LISTS.replace("friends", "foes"));
    assert_eq!(bench.last().header("if-match"), Some(&*etag));
    let tag = format!("etag: {}", bench.etag());
    let first = format!("edit {}", bench.index());
    assert_eq!((edited.code, &edited.lines()[..3]), (Some(0), &[&*first, "200 OK", &tag][..]));
    assert!(edited.stdout.is_empty() && bench.is_tidy());
}

#[test]
fn the_draft_is_the_owners_alone_and_looks_like_xml() {
    let bench = Bench::with_lists();
    bench.edit("ls -l $1 >seen; cp $1 copy", LISTS_ONLY);
    let seen = fs::read_to_string(bench.path("seen")).unwrap();
    assert!(seen.starts_with("-rw-------") && seen.trim_end().ends_with(".xml"), "{seen}");
    assert_eq!(fs::read_to_string(bench.path("copy")).unwrap(), LISTS);
}

#[test]
fn the_draft_is_named_before_anything_can_end_us() {
    let bench = Bench::with_lists();
    let edited = ended(bench.editing("echo $1 >where", LISTS_ONLY).spawn().unwrap(), b"");
    let place = fs::read_to_string(bench.path("where")).unwrap();
    let line = format!("what you type is in {}", place.trim_end());
    assert_eq!(edited.lines()[1], line, "{}", edited.stderr);
}

#[test]
fn visual_comes_before_editor() {
    let bench = Bench::with_lists();
    let mut command = bench.editing("exit 1", LISTS_ONLY);
    command.env("VISUAL", format!("sh -c 'sed -i s/friends/{}/ $0'", "it"));
    let edited = ended(command.spawn().unwrap(), b"");
    assert_eq!(edited.code, Some(0), "{}", edited.stderr);
    assert!(bench.stored().unwrap().contains("name=\"it &amp; more\""));
}

#[test]
fn a_refused_draft_is_kept() {
    let bench = Bench::with_lists();
    let refused = bench.edit("echo '<resource-lists>' >$1", LISTS_ONLY);
    let lines = refused.lines();
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert_eq!(lines[0], format!("edit {}", bench.index()));
    assert_eq!(
        lines.iter().filter(|line| line.contains("document body, line ")).count(),
        1,
        "{}",
        refused.stderr
    );
    assert_eq!(bench.draft(&refused), "<resource-lists>\n");
    assert_eq!(bench.stored().unwrap(), LISTS);
    assert_eq!(bench.methods(), ["GET"]);
}

#[test]
fn a_change_of_another_is_not_overwritten() {
    let bench = Bench::new();
    bench.set("<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\">\n<list name=\"a\"/>\n<list/>\n<list/>\n<list name=\"b\"/>\n</resource-lists>\n");
    let theirs = bench.stored().unwrap().replace("\"b\"", "\"theirs\"");
    bench.file("theirs", &theirs);
    let script = "\"$XCAPCLIENT\" put -i theirs 2>/dev/null; sed -i 's/\"a\"/\"ours\"/' $1";
    let refused = bench.edit(script, LISTS_ONLY);
    assert_eq!(refused.code, Some(3), "{}", refused.stderr);
    assert_eq!(bench.stored().unwrap(), theirs);
    let lines = refused.lines();
    assert_eq!(lines[1], "what is there now differs from what you began with:");
    assert_eq!(lines[2..4], ["--- the server's", "+++ the server's"]);
    assert!(lines.contains(&"-<list name=\"b\"/>") && lines.contains(&"+<list name=\"theirs\"/>"));
    assert!(lines.contains(&"412 Precondition Failed"), "{}", refused.stderr);
    // Both changes, for whoever goes on by hand.
    assert_eq!(bench.draft(&refused), theirs.replace("\"a\"", "\"ours\""));
}

#[test]
fn a_document_that_is_not_there_is_begun() {
    let bench = Bench::new();
    let edited = bench.edit("cp $1 begun; echo >>$1", LISTS_ONLY);
    assert_eq!(edited.lines()[1], "201 Created", "{}", edited.stderr);
    let begun = fs::read_to_string(bench.path("begun")).unwrap();
    let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\">\n</resource-lists>\n";
    assert_eq!(begun, expected);
    assert_eq!(bench.stored().unwrap(), format!("{begun}\n"));
    assert_eq!(bench.last().header("if-none-match"), Some("*"));

    // Another was faster.
    let bench = Bench::new();
    bench.file("theirs", EMPTY);
    let late = bench.edit("\"$XCAPCLIENT\" put -i theirs 2>/dev/null; echo >>$1", LISTS_ONLY);
    assert_eq!((late.code, bench.stored().as_deref()), (Some(3), Some(EMPTY)), "{}", late.stderr);

    let unknown = Bench::new().edit("cp $1 begun", &["--app", "unheard-of"]);
    assert_eq!(unknown.lines().last(), Some(&"nothing was changed"));
}

#[test]
fn a_document_that_is_gone_is_not_invented() {
    let bench = Bench::with_lists();
    let script =
        "\"$XCAPCLIENT\" delete --app resource-lists 2>/dev/null; sed -i s/friends/foes/ $1";
    let refused = bench.edit(script, LISTS_ONLY);
    assert_eq!((refused.code, bench.stored()), (Some(3), None), "{}", refused.stderr);
    assert_eq!(refused.lines()[1], "the document is gone; what you send makes it anew");
    assert_eq!(bench.draft(&refused), LISTS.replace("friends", "foes"));
}

#[test]
fn marks_stand_on_lines_of_their_own() {
    let bench = Bench::new();
    bench.set(EMPTY);
    bench.file("theirs", EMPTY.replace("/>", "><list/></resource-lists>"));
    let script = "\"$XCAPCLIENT\" put -i theirs 2>/dev/null; sed -i 's,/>, a=\"\"/>,' $1";
    let refused = bench.edit(script, LISTS_ONLY);
    let draft = bench.draft(&refused);
    let marks = draft.lines().filter(|line| line.starts_with(['<', '|', '=', '>']));
    assert_eq!(marks.count(), draft.lines().count(), "{draft}");
    assert!(draft.lines().any(|line| line == "======="), "{draft}");
    assert!(!draft.ends_with('\n'), "{draft}");
}

#[test]
fn nodes_are_edited_too() {
    let bench = Bench::with_lists();
    let name = "/resource-lists/list[1]/@name";
    let edited = bench.edit("sed -i 's/friends/foes/' $1; echo >>$1", &[name]);
    assert_eq!(edited.code, Some(0), "{}", edited.stderr);
    assert_eq!(bench.last().body(), b"\"foes &amp; more\"");
    assert_eq!(bench.last().header("content-type"), Some("application/xcap-att+xml"));

    let entry = "/resource-lists/list[1]/entry[1]";
    let edited = bench.edit("sed -i 's,/>,><display-name>B</display-name></entry>,' $1", &[entry]);
    assert_eq!(edited.code, Some(0), "{}", edited.stderr);
    assert!(bench.stored().unwrap().contains("<display-name>B</display-name>"));

    let missing = bench.edit("exit 1", &["/resource-lists/list[9]"]);
    assert_eq!((missing.code, missing.lines()[1]), (Some(3), "404 Not Found"));
    assert!(bench.is_tidy());
}

#[test]
fn an_editor_that_fails_changes_nothing() {
    let bench = Bench::with_lists();
    let failed = bench.edit("echo typed >$1; exit 7", LISTS_ONLY);
    assert_eq!(failed.code, Some(2));
    let editor = bench.editor("echo typed >$1; exit 7");
    let error = format!("error: the editor {editor} ended with exit status: 7");
    assert_eq!(failed.lines().last(), Some(&&*error), "{}", failed.stderr);
    assert_eq!(bench.draft(&failed), "typed\n");

    let mut missing = bench.editing("", LISTS_ONLY);
    let missing = ended(missing.env("EDITOR", "/missing/editor").spawn().unwrap(), b"");
    let error = "error: the editor /missing/editor ended with exit status: 127";
    assert_eq!((missing.code, missing.lines().last()), (Some(2), Some(&error)));

    let failed = bench.edit("printf '\\377' >$1", LISTS_ONLY);
    assert_eq!(failed.lines().last(), Some(&"error: what was typed is not UTF-8"));
    assert_eq!(bench.stored().unwrap(), LISTS);
}

#[test]
fn a_refusal_of_the_server_keeps_the_draft() {
    let bench = Bench::with_lists();
    // The name of a list is used twice, which no check of ours looks for.
    let twice = "sed -i 's,</resource-lists>,<list name=\"friends \\&amp; more\"/>&,' $1";
    let refused = bench.edit(twice, LISTS_ONLY);
    assert_eq!(refused.code, Some(3), "{}", refused.stderr);
    assert!(refused.lines().contains(&"409 Conflict"));
    assert!(
        bench.draft(&refused).ends_with("<list name=\"friends &amp; more\"/></resource-lists>")
    );
    assert_eq!(bench.stored().unwrap(), LISTS);
}

#[test]
fn without_an_etag_nothing_is_edited() {
    let bench = Bench::with_lists();
    let headers = vec![("Content-Type".to_owned(), "application/resource-lists+xml".to_owned())];
    let body = EMPTY.as_bytes().to_vec();
    bench.server.misbehave(1, Fault::Answer { status: 200, headers, body });
    let lines = [
        &format!("edit {}", bench.index()),
        "FATAL: the server gives no ETag, so that changes of others could be lost; use get and put",
    ];
    bench.edit("exit 0", LISTS_ONLY).is(1, "", &lines);
    bench.edit("exit 0", &["--app", "resource-lists", "--user", ALICE]).lines()[1..]
        .iter()
        .for_each(|line| assert_eq!(*line, "nothing was changed"));
}
