//! The program at a terminal: it asks, it stops when told to, and it shows colours if asked for.

use std::fs;
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;
use std::time::Duration;

use xcaplib::testing::Fault;

use crate::bench::{Bench, EMPTY, PASSWORD, PROGRAM};
use crate::pty::Terminal;

const PROMPT: &str = "password of sip:alice@example.com: ";
const GET: &[&str] = &["get", "--app", "resource-lists"];
const CTRL_C: &str = "\x03";
const CTRL_D: &str = "\x04";

impl Bench {
    fn at_terminal(&self, args: &[&str]) -> Terminal {
        Terminal::run(&self.command(args), |_| ())
    }
}

#[test]
fn a_password_is_asked_for_and_not_shown() {
    let bench = Bench::without_password();
    let terminal = bench.at_terminal(GET);
    terminal.wait_for(PROMPT);
    assert!(!terminal.echoes());
    terminal.type_keys(&format!("{PASSWORD}\n"));
    let (status, text) = terminal.end();
    assert_eq!(status.code(), Some(0), "{text}");
    let begins = format!("get {}\n{PROMPT}\netag: {}\n", bench.index(), bench.etag());
    assert!(text.starts_with(&begins) && text.ends_with("</resource-lists>\n"), "{text}");
    assert!(!text.contains("secret"), "{text}");
}

#[test]
fn every_action_asks() {
    for args in [
        &["list"][..],
        &["delete", "--dry-run", "--app", "resource-lists"],
        &["edit", "/resource-lists/list[9]"],
        &["insert", "/resource-lists/list[@name=\"friends &amp; more\"]", "-i", "list"],
    ] {
        let bench = Bench::without_password();
        bench.file("list", "<list name=\"friends &amp; more\"/>");
        let terminal = bench.at_terminal(args);
        terminal.wait_for(PROMPT);
        terminal.type_keys(&format!("{PASSWORD}\n"));
        let (status, text) = terminal.end();
        assert!(
            matches!(status.code(), Some(0 | 3)) && !text.contains("401 Unauthorized"),
            "{text}"
        );
        assert_eq!(text.matches(PROMPT).count(), 1, "{text}");
    }
}

#[test]
fn a_password_that_is_wrong_or_not_given_is_a_401() {
    for (keys, is_tried) in [("wrong\n", true), ("\n", false), (CTRL_D, false)] {
        let bench = Bench::without_password();
        let terminal = bench.at_terminal(GET);
        terminal.wait_for(PROMPT);
        terminal.type_keys(keys);
        let (status, text) = terminal.end();
        assert_eq!(status.code(), Some(3), "{text}");
        assert!(text.starts_with(&format!("get {}\n{PROMPT}\n401 Unauthorized\n", bench.index())));
        assert_eq!(!bench.methods().is_empty(), is_tried, "{keys:?}");
        assert_eq!(text.matches(PROMPT).count(), 1);
    }
}

#[test]
fn a_password_that_is_known_is_not_asked_for() {
    let bench = Bench::without_password();
    let terminal = bench.at_terminal(&[GET, &["-p", "wrong"]].concat());
    let (status, text) = terminal.end();
    assert_eq!(status.code(), Some(3), "{text}");
    assert!(!text.contains("password of"), "{text}");
}

#[test]
fn ctrl_c_at_the_prompt_is_an_interruption() {
    let bench = Bench::without_password();
    let path = bench.file("out", "before");
    let files = bench.home.files();
    let terminal = bench.at_terminal(&[GET, &["-o", "out"]].concat());
    terminal.wait_for(PROMPT);
    terminal.type_keys(&format!("100{CTRL_C}"));
    let (status, text) = terminal.end();
    assert_eq!(status.code(), Some(130), "{text}");
    assert_eq!(text, format!("get {}\n{PROMPT}\ninterrupted\n", bench.index()));
    assert_eq!(fs::read(path).unwrap(), b"before");
    assert_eq!(bench.home.files(), files);
}

#[test]
fn whatever_ends_it_before_an_answer_leaves_the_output_alone() {
    let bench = Bench::with_lists();
    let path = bench.file("out", "before");
    let files = bench.home.files();
    bench.server.misbehave(1, Fault::Delay(Duration::from_secs(50)));
    let mut terminal = bench.at_terminal(&[GET, &["-o", "out"]].concat());
    terminal.wait_for("/index");
    // Not Ctrl-C, which a program started in the background may have been told to ignore.
    terminal.child.kill().unwrap();
    let (status, text) = terminal.end();
    assert_eq!(status.signal(), Some(9), "{text}");
    assert_eq!(fs::read(path).unwrap(), b"before");
    assert_eq!(bench.home.files(), files);
}

#[test]
fn the_body_may_come_by_a_pipe() {
    let bench = Bench::without_password();
    let mut terminal = Terminal::run(&bench.command(&["put"]), |command| {
        command.stdin(Stdio::piped());
    });
    terminal.child.stdin.take().unwrap().write_all(EMPTY.as_bytes()).unwrap();
    terminal.wait_for(PROMPT);
    terminal.type_keys(&format!("{PASSWORD}\n"));
    let (status, text) = terminal.end();
    assert_eq!(status.code(), Some(0), "{text}");
    assert_eq!(bench.stored().unwrap(), EMPTY);
}

#[test]
fn nobody_is_asked_who_is_not_there() {
    let bench = Bench::without_password();
    // There is a terminal to open, but who started it has neither its input nor its messages there.
    let log = fs::File::create(bench.path("log")).unwrap();
    let terminal = Terminal::run(&bench.command(GET), |command| {
        command.stdin(Stdio::null()).stderr(log);
    });
    let (status, _) = terminal.end();
    assert_eq!(status.code(), Some(3));
    let log = fs::read_to_string(bench.path("log")).unwrap();
    assert_eq!(log.lines().nth(1), Some("401 Unauthorized"), "{log}");
}

#[cfg(target_os = "linux")]
#[test]
fn nobody_is_asked_where_the_terminal_is_anothers() {
    let bench = Bench::without_password();
    let mut command = bench.command(&[]);
    let mut setsid = std::process::Command::new("setsid");
    setsid.args(["--wait", PROGRAM]).args(GET).envs(bench.home.environment());
    std::mem::swap(&mut command, &mut setsid);
    let terminal = Terminal::run(&command, |_| ());
    let (status, text) = terminal.end();
    assert_eq!(status.code(), Some(3), "{text}");
    assert!(text.contains("401 Unauthorized") && !text.contains("password of"), "{text}");
}

/// Two lines to change, far enough apart.
const TWO: &str = concat!(
    "<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\">\n",
    "<list name=\"a\"/>\n<list name=\"x\"/>\n<list name=\"y\"/>\n<list name=\"b\"/>\n",
    "</resource-lists>\n"
);
const AGAIN: &str = "edit again? [Y/n] ";

/// While the editor is open the first time, another changes what is there.
fn raced(theirs: &str, ours: &str, later: &str) -> (Bench, Terminal) {
    let bench = Bench::new();
    bench.set(TWO);
    bench.file("theirs", theirs);
    let first = format!("touch begun; {PROGRAM} put -i theirs 2>/dev/null; {ours}");
    let script = format!("cat $1 >>seen; if [ -e begun ]; then {later}; else {first}; fi");
    let terminal = Terminal::run(&bench.editing(&script, &["--app", "resource-lists"]), |_| ());
    terminal.wait_for(AGAIN);
    (bench, terminal)
}

#[test]
fn two_changes_become_one() {
    let theirs = TWO.replace("\"b\"", "\"theirs\"");
    let (bench, terminal) = raced(&theirs, "sed -i s/\\\"a\\\"/\\\"ours\\\"/ $1", "exit 0");
    terminal.type_keys("\n");
    let (status, text) = terminal.end();
    assert_eq!(status.code(), Some(0), "{text}");
    assert_eq!(bench.stored().unwrap(), theirs.replace("\"a\"", "\"ours\""));
    assert!(text.contains("\n-<list name=\"b\"/>\n+<list name=\"theirs\"/>\n"), "{text}");
    assert!(text.contains("412 Precondition Failed"), "{text}");
    assert!(!bench.home.files().iter().any(|name| name.starts_with("xcapclient-")));
}

#[test]
fn a_conflict_is_marked_and_not_sent() {
    let theirs = TWO.replace("\"a\"", "\"theirs\"");
    let later = "if [ -e again ]; then sed -i '/^[<=>|]\\{7\\}/d; /ours/d; /\"a\"/d' $1; else touch again; fi";
    let (bench, terminal) = raced(&theirs, "sed -i s/\\\"a\\\"/\\\"ours\\\"/ $1", later);
    terminal.type_keys("y\n");
    // The marks are no XML.
    terminal.wait_for("document body, line 2, column ");
    terminal.wait_for(AGAIN);
    assert_eq!(bench.stored().unwrap(), theirs);
    terminal.type_keys("Y\n");
    let (status, text) = terminal.end();
    assert_eq!((status.code(), bench.stored().as_deref()), (Some(0), Some(&*theirs)), "{text}");
    let seen = fs::read_to_string(bench.path("seen")).unwrap();
    for part in
        ["<<<<<<<", "<list name=\"ours\"/>", "=======", "<list name=\"theirs\"/>", ">>>>>>>"]
    {
        assert!(seen.contains(part), "{part} is missing in {seen}");
    }
}

#[test]
fn whoever_gives_up_keeps_the_draft() {
    for (keys, code, last) in [("n\n", 3, "content-length: "), (CTRL_C, 130, "interrupted")] {
        let theirs = TWO.replace("\"b\"", "\"theirs\"");
        let (bench, terminal) = raced(&theirs, "sed -i s/\\\"a\\\"/\\\"ours\\\"/ $1", "exit 1");
        terminal.type_keys(keys);
        let (status, text) = terminal.end();
        assert_eq!(status.code(), Some(code), "{text}");
        assert_eq!(bench.stored().unwrap(), theirs);
        assert!(text.contains(last), "{text}");
        let (_, named) = text.split_once("what was typed is in ").unwrap();
        let draft = fs::read_to_string(named.lines().next().unwrap()).unwrap();
        assert_eq!(draft, theirs.replace("\"a\"", "\"ours\""));
    }
}

#[test]
fn ctrl_c_in_the_editor_is_for_the_editor() {
    let bench = Bench::with_lists();
    let script =
        "trap 'sed -i s/friends/foes/ $1; exit 0' INT\necho editing\nwhile :; do read line; done";
    let terminal = Terminal::run(&bench.editing(script, &["--app", "resource-lists"]), |command| {
        // What the outer shell makes of it is not what is tested.
        command.env("EDITOR", format!("exec sh {}", bench.path("editor")));
    });
    terminal.wait_for("editing");
    terminal.type_keys(CTRL_C);
    let (status, text) = terminal.end();
    assert_eq!(status.code(), Some(0), "{text}");
    assert!(bench.stored().unwrap().contains("foes"));

    let script = "echo typed >$1; echo editing; while :; do read line; done";
    let terminal = Terminal::run(&bench.editing(script, &["--app", "resource-lists"]), |_| ());
    terminal.wait_for("editing");
    terminal.type_keys(CTRL_C);
    let (status, text) = terminal.end();
    assert_eq!(status.code(), Some(2), "{text}");
    assert!(text.contains("\nerror: the editor sh "), "{text}");
    let (_, named) = text.split_once("what was typed is in ").unwrap();
    assert_eq!(fs::read_to_string(named.lines().next().unwrap()).unwrap(), "typed\n");
}

#[test]
fn a_terminal_shows_what_was_asked_for() {
    let bench = Bench::new();
    bench.set("<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\"><!-- c --><list name=\"a>b\"><display-name>A <b/></display-name><entry uri=\"sip:b\"/></list><list></list></resource-lists>");
    let stored = bench.stored().unwrap();
    let shown = |more: &[&str]| {
        let (status, text) = bench.at_terminal(&[GET, more].concat()).end();
        assert_eq!(status.code(), Some(0), "{text}");
        text.split_once("content-length: ").unwrap().1.split_once('\n').unwrap().1.to_owned()
    };
    let pretty = "\
<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\">
  <!-- c -->
  <list name=\"a>b\">
    <display-name>A <b/></display-name>
    <entry uri=\"sip:b\"/>
  </list>
  <list></list>
</resource-lists>
";
    // What follows a body begins a line.
    assert!(!stored.ends_with('\n'));
    assert_eq!(shown(&[]), format!("{stored}\n"));
    assert_eq!(shown(&["--pretty"]), pretty);
    let coloured = shown(&["--color"]);
    assert!(coloured.contains("\x1b[36m<entry uri=\"sip:b\"/>\x1b[0m"), "{coloured:?}");
    assert!(coloured.contains("\x1b[2m<!-- c -->\x1b[0m"), "{coloured:?}");
    assert_eq!(plain(&coloured), format!("{stored}\n"));
    assert_eq!(plain(&shown(&["--colour", "--pretty"])), pretty);

    // Programs get the bytes.
    assert_eq!(bench.run(&[GET, &["--pretty", "--color"]].concat()).text(), stored);
    let (status, text) =
        bench.at_terminal(&[GET, &["--pretty", "--color", "-o", "out"]].concat()).end();
    assert_eq!(status.code(), Some(0), "{text}");
    assert_eq!(fs::read_to_string(bench.path("out")).unwrap(), stored);
    let name = shown(&["--pretty", "/resource-lists/list[1]/@name"]);
    assert_eq!(name, "\"a>b\"\n");
}

#[test]
fn whoever_types_a_body_is_told_so() {
    const NOTE: &str = "reading the body from the terminal; end it with Ctrl-D\n";
    for (args, is_told) in [(&["put"][..], true), (&["put", "-q"], false)] {
        let bench = Bench::new();
        let terminal = bench.at_terminal(args);
        if is_told {
            terminal.wait_for("end it with Ctrl-D\r\n");
        }
        terminal.type_keys(&format!("{EMPTY}\n{CTRL_D}"));
        let (status, text) = terminal.end();
        assert_eq!(status.code(), Some(0), "{text}");
        assert_eq!(text.contains(NOTE), is_told, "{text}");
        assert_eq!(bench.stored(), Some(format!("{EMPTY}\n")));
    }
    let bench = Bench::new();
    assert!(!bench.run_with(&["put"], EMPTY).stderr.contains("reading the body"));
}

#[test]
fn a_difference_has_its_colours() {
    let bench = Bench::with_lists();
    let delete = ["delete", "--dry-run", "/resource-lists/list[1]/entry[1]"];
    let (_, text) = bench.at_terminal(&[&delete[..], &["--color"]].concat()).end();
    assert!(
        text.contains("\x1b[31m-<list name") && text.contains("\x1b[32m+<list name"),
        "{text:?}"
    );
    let (_, plainly) = bench.at_terminal(&delete).end();
    assert!(!plainly.contains('\x1b') && plain(&text) == plainly, "{plainly:?}");
    assert!(!bench.run(&[&delete[..], &["--color"]].concat()).text().contains('\x1b'));
}

/// Without colours.
fn plain(text: &str) -> String {
    let mut parts = text.split('\x1b');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |plain, part| plain + part.split_once('m').unwrap().1)
}
