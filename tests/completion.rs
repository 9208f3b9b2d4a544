//! Tab completion of `xcapclient`, in the shells that have it.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests")]

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use xcaplib::testing::{Auth, Fault, Server};
use xcaplib::{Application, NodeSelector, XCAPClient};

const ALICE: &str = "sip:alice@example.com";
const PROGRAM: &str = env!("CARGO_BIN_EXE_xcapclient");
const LISTS: &str = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists" xmlns:o="urn:other">
<list name="friends"><display-name>Friends</display-name>
<entry uri="sip:bob@example.com"/><entry uri="sip:carol@example.com"/></list>
<list name="two words &amp; more"><entry uri="sip:dan@example.com"/></list>
<list name='say "hi"'><entry uri="sip:eve@example.com"/></list>
<list name="it's &quot;both&quot;; $HOME `id` !!\"><entry uri="sip:fay@example.com"/></list>
<list name="a/b]"><entry uri="sip:gus@example.com"/></list>
<o:note id="1"/>
</resource-lists>"#;

/// The lists' names, which are as bad as names can be.
const NAMES: [&str; 5] =
    ["friends", "two words & more", "say \"hi\"", "it's \"both\"; $HOME `id` !!\\", "a/b]"];

/// What is waited for comes, or the test fails after this.
const LONG: Duration = Duration::from_secs(20);

/// A server, a home directory with an account on it, and the program in its `bin`.
struct Bench {
    server: Server,
    home: PathBuf,
}

impl Bench {
    fn new() -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let home = std::env::temp_dir().join(format!("completion-{}-{number}", std::process::id()));
        fs::create_dir_all(home.join("bin")).unwrap();
        let home = home.canonicalize().unwrap();
        let server =
            Server::builder().auth(Auth::Digest).user(ALICE, "secret").writable_global(true);
        let server = server.start().unwrap();
        server.set_document("resource-lists", ALICE, "index", LISTS);
        let bench = Self { server, home };
        bench.ini("password = secret\n");
        // Leaves the words that it gets in a file.
        let program = format!(
            "#!/bin/sh\n[ \"$1\" = --complete ] && exec '{PROGRAM}' \"$@\"\n\
             printf '%s\\n' \"$@\" >'{0}/words.new'; mv '{0}/words.new' '{0}/words'\n\
             exec '{PROGRAM}' \"$@\" >'{0}/output' 2>&1\n",
            bench.home.display()
        );
        let path = bench.home.join("bin/xcapclient");
        fs::write(&path, program).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
        for shell in ["bash", "zsh", "fish"] {
            let script = bench.program(&["completion", shell]);
            assert!(script.status.success());
            fs::write(bench.home.join(shell), script.stdout).unwrap();
        }
        bench
    }

    fn ini(&self, more: &str) {
        let root = self.server.root();
        let account = format!("sip_address = {ALICE}\nxcap_root = {root}\n");
        let text = format!("[Account]\n{account}{more}[Account_work]\n{account}[Account_a b]\n");
        fs::write(self.home.join(".xcapclient.ini"), text).unwrap();
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let path = std::env::var("PATH").unwrap();
        command.env_clear().env("HOME", &self.home).current_dir(&self.home).env("TERM", "dumb");
        command.env("PATH", format!("{}/bin:{path}", self.home.display())).env("LANG", "C.UTF-8");
        command
    }

    fn program(&self, args: &[&str]) -> Output {
        self.command(PROGRAM).args(args).stdin(Stdio::null()).output().unwrap()
    }

    /// The words of the last command line.
    fn words(&self) -> Vec<String> {
        let text = fs::read_to_string(self.home.join("words")).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    fn target(&self, node: &str) -> String {
        let client = XCAPClient::new(&self.server.root(), ALICE, None).unwrap();
        let url = client.url("resource-lists", node).unwrap();
        url.strip_prefix(&format!("http://{}", self.server.address())).unwrap().to_owned()
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.home);
    }
}

/// A shell at which somebody types.
struct Terminal<'a> {
    bench: &'a Bench,
    child: Child,
    keys: File,
    screen: Receiver<Vec<u8>>,
}

const PROMPT: &str = "READY> ";

impl<'a> Terminal<'a> {
    fn bash(bench: &'a Bench) -> Self {
        let mut command = bench.command("bash");
        command.args(["--norc", "--noprofile", "-i"]).env("INPUTRC", "/dev/null");
        command.env("HISTFILE", "/dev/null").env("PS1", "");
        Self::start(
            bench,
            command,
            "source ~/bash; bind 'set enable-bracketed-paste off' 'set bell-style none' \
             'set show-all-if-ambiguous on' 'set completion-query-items 0' 'set page-completions off'; \
             PS1='READY''> '\n",
        )
    }

    fn zsh(bench: &'a Bench) -> Self {
        let mut command = bench.command("zsh");
        command.args(["-f", "-i"]);
        Self::start(
            bench,
            command,
            "unsetopt beep prompt_sp prompt_cr; unset zle_bracketed_paste; autoload -Uz compinit; \
             compinit -u -D; source ~/zsh; PS1='READY''> '\n",
        )
    }

    fn start(bench: &'a Bench, mut command: Command, setup: &str) -> Self {
        let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&terminal).unwrap();
        unlockpt(&terminal).unwrap();
        let size = Winsize { ws_row: 50, ws_col: 1000, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&terminal, size).unwrap();
        let name = ptsname(&terminal, Vec::new()).unwrap().into_string().unwrap();
        let open = || OpenOptions::new().read(true).write(true).open(&name).unwrap();
        let child = command.stdin(open()).stdout(open()).stderr(open()).spawn().unwrap();
        let keys = File::from(terminal);
        let mut output = keys.try_clone().unwrap();
        let (sender, screen) = mpsc::channel();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            // Ends with the shell.
            while let Ok(count @ 1..) = output.read(&mut bytes) {
                if sender.send(bytes[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        let mut terminal = Self { bench, child, keys, screen };
        terminal.keys(setup);
        terminal.until_prompt();
        terminal
    }

    fn keys(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    /// What is shown up to the next prompt.
    fn until_prompt(&mut self) -> String {
        let mut shown = Vec::new();
        loop {
            let Ok(bytes) = self.screen.recv_timeout(LONG) else {
                panic!("no prompt after {}", String::from_utf8_lossy(&shown));
            };
            shown.extend(bytes);
            let text = String::from_utf8_lossy(&shown);
            if let Some(text) = text.strip_suffix(PROMPT) {
                return text.to_owned();
            }
        }
    }

    /// Types a line with its tabs; the words that the program gets then.
    #[track_caller]
    fn run(&mut self, line: &str) -> Vec<String> {
        let _ = fs::remove_file(self.bench.home.join("words"));
        self.keys(&format!("{line}\n"));
        // Lists of candidates show the prompt too.
        let mut shown = String::new();
        while !self.bench.home.join("words").exists() {
            shown += &self.until_prompt();
            assert!(!shown.contains("syntax error") && !shown.contains("not found"), "{shown}");
        }
        self.settle();
        self.bench.words()
    }

    /// Waits until all that was typed is done.
    fn settle(&mut self) -> String {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let mark = format!("done{}.", NUMBER.fetch_add(1, Ordering::Relaxed));
        self.keys(&format!("echo '' {mark}\n"));
        let mut shown = String::new();
        while !shown.contains(&format!("\n {mark}")) {
            shown += &self.until_prompt();
        }
        shown
    }
}

impl Drop for Terminal<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn bash_completes_actions_options_accounts_and_applications() {
    let bench = Bench::new();
    let mut bash = Terminal::bash(&bench);
    for (typed, words) in [
        ("ge\t--vers\t", &["get", "--version"][..]),
        ("comp\tfi\t", &["completion", "fish"]),
        ("--js\tge\t--app reso\t", &["--json", "get", "--app", "resource-lists"]),
        ("get --app=pidf\t", &["get", "--app=pidf-manipulation"]),
        ("list -a w\t", &["list", "-a", "work"]),
        ("list --acc\ta\t", &["list", "--account-name", "a b"]),
        ("list --account-name='a\t", &["list", "--account-name=a b"]),
        (
            "get -c gl\t--app org.openm\tpres-r\t",
            &["get", "-c", "global", "--app", "org.openmobilealliance.pres-rules"],
        ),
        ("'ge\t /a", &["get", "/a"]),
    ] {
        assert_eq!(bash.run(&format!("xcapclient {typed}")), words, "{typed}");
    }
}

#[test]
fn bash_completes_files() {
    let bench = Bench::new();
    fs::write(bench.home.join("some lists.xml"), LISTS).unwrap();
    let mut bash = Terminal::bash(&bench);
    let options =
        ["-i ", "-o ", "--password-file ", "--password-file=", "--cacert ", "--cert=", "--key "];
    for option in options {
        let words = bash.run(&format!("xcapclient put {option}some\t--version"));
        assert_eq!(words.join(" "), format!("put {option}some lists.xml --version"));
    }
    let words = bash.run("xcapclient --version <som\tput");
    assert_eq!(words, ["--version", "put"]);
    fs::create_dir(bench.home.join("all saved")).unwrap();
    for action in ["backup", "restore"] {
        assert_eq!(bash.run(&format!("xcapclient {action} --version all\t")).len(), 3);
        assert_eq!(bench.words()[2], "all saved/");
    }

    // Behind an `@`, where no shell looks for files.
    fs::create_dir(bench.home.join("more")).unwrap();
    fs::write(bench.home.join("more/token"), "X: 1").unwrap();
    for (typed, words) in [
        ("--add-header @so\t--version", ["--add-header", "@some lists.xml", "--version"]),
        ("--add-header @mo\tt\t--version", ["--add-header", "@more/token", "--version"]),
        ("--add-header '@mo\tt\t --version", ["--add-header", "@more/token", "--version"]),
    ] {
        assert_eq!(bash.run(&format!("xcapclient {typed}")), words, "{typed}");
    }
    let words = bash.run("xcapclient --add-header=@mo\tt\t--version");
    assert_eq!(words, ["--add-header=@more/token", "--version"]);
}

#[test]
fn bash_completes_selectors() {
    let bench = Bench::new();
    let mut bash = Terminal::bash(&bench);
    let bob = r#"/resource-lists/list[@name="friends"]/entry[@uri="sip:bob@example.com"]"#;
    let friends = r#"/resource-lists/list[@name="friends"]"#;
    for (typed, node) in [
        // Without a quote.
        ("/resource-l\t/li\t1\t/entry[1\t", "/resource-lists/list[1]/entry[1]"),
        ("/resource-l\t/li\t1\t/disp\t", "/resource-lists/list[1]/display-name"),
        ("resource-l\t/list[4\t/@n\t", "resource-lists/list[4]/@name"),
        (r"/resource-lists/li\t@name=\\\042fri\t/en\t@\tbo\t", bob),
        (r"/resource-lists/list[@name=\042fri\t/en\t@\tbo\t\042", bob),
        // In quotes of both kinds, closed by bash where it is the end.
        ("'/resource-lists/li\t@name=\"fr\t'", friends),
        ("'/resource-lists/li\t@name=\"fr\t/en\t@\tb\t'", bob),
        ("\"/resource-lists/li\t@name='fr\t/en\t@\tb\t\"", bob),
        ("'/resource-lists/list[1]/'@n\t", "/resource-lists/list[1]/@name"),
        ("/resource-lists/'list[1]'/@n\t", "/resource-lists/list[1]/@name"),
        ("/resource-lists/'li\t1]/@n\t", "/resource-lists/list[1]/@name"),
        ("'/resource-lists/list[@name=\"a/\t/@n\t", r#"/resource-lists/list[@name="a/b]"]/@name"#),
        // Elements without a name that could be written.
        ("'/resource-lists/*\t/@i\t", "/resource-lists/*[6]/@id"),
        ("--bind x=urn:other /resource-lists/x\t/@i\t", "/resource-lists/x:note/@id"),
        ("--bind x=urn:other /resource-lists/x:n\t/@i\t", "/resource-lists/x:note/@id"),
        ("--bind x=urn:other '/resource-lists/x:n\t/@i\t", "/resource-lists/x:note/@id"),
    ] {
        let typed = typed.replace(r"\t", "\t").replace(r"\042", "\"").replace(r"\\", "\\");
        let words = bash.run(&format!("xcapclient get --app resource-lists {typed}"));
        let expected: NodeSelector = node.parse().unwrap();
        let got = words.last().unwrap().parse::<NodeSelector>();
        assert_eq!(got.unwrap_or_else(|e| panic!("{typed}: {e}")), expected, "{typed}");
        if !typed.contains("--bind") {
            assert_eq!(bench.server.requests().last().unwrap().target(), bench.target(node));
        }
    }
}

#[test]
fn bash_completes_wherever_the_command_is() {
    let bench = Bench::new();
    let other =
        r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list/></resource-lists>"#;
    bench.server.set_document("resource-lists", ALICE, "other", other);
    let mut bash = Terminal::bash(&bench);
    let node = ["get", "/resource-lists/list[1]"];
    for line in [
        "true; A='b c' xcapclient get /resource-lists/list[1\t",
        "true | xcapclient get /resource-lists/list[1\t",
        "~/bin/xcapclient get /resource-lists/list[1\t",
        "xcapclient get /resource-l\t\tli\t1\t",
        "bin/xcapclient get 2>/dev/null /resource-lists/list[1\t",
    ] {
        assert_eq!(bash.run(line), node, "{line}");
    }
    // Options behind the cursor count, too.
    let (before, after) = ("xcapclient get /resource-lists/l", " --filename other");
    let left = "\u{2}".repeat(after.len());
    let words = bash.run(&format!("{before}{after}{left}\t"));
    assert_eq!(words, ["get", "/resource-lists/list", "--filename", "other"]);
}

#[test]
fn bash_completes_values_of_any_kind() {
    let bench = Bench::new();
    let mut bash = Terminal::bash(&bench);
    for name in NAMES {
        let begin = name.chars().next().unwrap();
        let apostrophes = name.starts_with("say");
        // The backslash is what all have in common, and there already.
        let bare = if apostrophes { "'" } else { "\"" };
        let single = if apostrophes { r"'\''" } else { "\"" };
        let double = if name.starts_with("it") { r#"\""# } else { "'" };
        let node = NodeSelector::root("resource-lists").child("list").with_attr("name", name);
        let node = node.attribute("name").to_string();
        for typed in [
            format!("/resource-lists/li\t@\t{bare}{begin}\t/@n\t"),
            format!("'/resource-lists/li\t@\t{single}{begin}\t/@n\t"),
            format!("\"/resource-lists/li\t@\t{double}{begin}\t/@n\t"),
        ] {
            let words = bash.run(&format!("xcapclient get --app resource-lists {typed}"));
            let got = words.last().unwrap().parse::<NodeSelector>();
            let got = got.unwrap_or_else(|error| panic!("{typed}: {error}"));
            assert_eq!(got, node.parse().unwrap(), "{typed}");
            assert_eq!(bench.server.requests().last().unwrap().target(), bench.target(&node));
            let output = fs::read_to_string(bench.home.join("output")).unwrap();
            assert!(output.contains("etag:"), "{output}");
        }
    }
}

/// That the key does nothing, and nothing is shown but what is typed.
#[track_caller]
fn stays_silent(bash: &mut Terminal<'_>, line: &str) {
    bash.keys(&format!("{line}\tX\n"));
    let shown = bash.settle();
    assert!(shown.starts_with(&format!("{line}X\r\n")), "{shown}");
}

#[test]
fn what_fails_is_silent() {
    let bench = Bench::new();
    let mut bash = Terminal::bash(&bench);
    let line = "xcapclient url --app resource-lists /resource-lists/li";
    for line in [
        "xcapclient url --app nothing /resource-lists/li",
        "xcapclient url --app resource-lists --filename other /resource-lists/li",
        "xcapclient url --app resource-lists /resource-lists/x",
        "xcapclient url --app resource-lists /resource-lists/list/",
        "xcapclient url --app resource-lists /nothing/li",
        "xcapclient url --app resource-lists /[]/li",
        "xcapclient url --no-such-option /resource-lists/li",
        "xcapclient url -a nobody /resource-lists/li",
        "xcapclient url --password-file /dev/tty /resource-lists/li",
        "xcapclient url --cacert /dev/tty /resource-lists/li",
        "xcapclient url --add-header @/dev/tty /resource-lists/li",
        "xcapclient url --add-header X",
        "xcapclient url /x/y z",
        "xcapclient list -a q",
        "xcapclient list li",
        "xcapclient nonsense /resource-lists/li",
    ] {
        stays_silent(&mut bash, line);
    }
    // The server is slow.
    bench.server.misbehave(1, Fault::Delay(LONG));
    stays_silent(&mut bash, line);
    bench.server.behave();
    // It answers something else; the first answer is a challenge.
    for fault in [Fault::status(500, "no"), Fault::status(200, "no XML"), Fault::NotUtf8] {
        bench.server.misbehave(2, fault);
        stays_silent(&mut bash, line);
        bench.server.behave();
    }
    // It wants a password, and nobody is asked.
    for password in ["", "password = wrong\n"] {
        bench.ini(password);
        let asked = bench.server.requests().len();
        stays_silent(&mut bash, line);
        assert!(bench.server.requests().len() > asked);
    }
    bench.ini("password = secret\n");
    let list = bash.run("xcapclient url --app resource-lists /resource-lists/li\t1\t");
    assert_eq!(list.last().unwrap(), "/resource-lists/list[1]");
    // It is not there.
    let root = Server::start().unwrap().root();
    let line = format!("xcapclient url --xcap-root {root} --app resource-lists /resource-lists/li");
    stays_silent(&mut bash, &line);
    // Nor is an account, or a file for it that can be read.
    for account in [&b"[Account]\n"[..], b"\xff"] {
        fs::write(bench.home.join(".xcapclient.ini"), account).unwrap();
        stays_silent(&mut bash, &line);
    }
}

#[test]
fn the_server_is_reached_as_the_options_say() {
    let bench = Bench::new();
    let server = Server::builder().root_path("/xcap-root").start().unwrap();
    server.set_document("resource-lists", ALICE, "index", LISTS);
    fs::write(bench.home.join("token"), "Authorization: Bearer s3cret").unwrap();
    bench.ini("header = X-One: 1\n");
    let mut bash = Terminal::bash(&bench);
    let words = bash.run(&format!(
        "xcapclient url --xcap-root http://xcap.example.com/xcap-root --add-header @token \
         --resolve xcap.example.com:{} /resource-lists/li\t1\t",
        server.address()
    ));
    assert_eq!(words.last().unwrap(), "/resource-lists/list[1]");
    let asked = server.requests().pop().unwrap();
    assert_eq!(asked.header("authorization"), Some("Bearer s3cret"));
    assert_eq!(asked.header("x-one"), Some("1"));
}

#[test]
fn a_usage_that_is_not_known_has_the_namespace_of_the_root_element() {
    let bench = Bench::new();
    let notes = "<notes xmlns='urn:notes' xmlns:o='urn:other'><note/><o:memo/></notes>";
    let server = Server::builder().application(Application::new("notes.example.com"));
    let server = server.start().unwrap();
    server.set_document("notes.example.com", ALICE, "index", notes);
    let mut bash = Terminal::bash(&bench);
    let root = server.root();
    let line = format!("xcapclient url --xcap-root {root} --app notes.example.com /notes/n\t");
    let typed = bash.run(&line);
    assert_eq!(typed.last().unwrap(), "/notes/note");
}

/// Whether a shell is here; bash has to be.
fn is_there(shell: &str) -> bool {
    let is_there = Command::new(shell).args(["-c", "true"]).status().is_ok();
    if !is_there {
        eprintln!("no {shell} here: not tested");
    }
    is_there
}

#[test]
fn fish_completes() {
    if !is_there("fish") {
        return;
    }
    let bench = Bench::new();
    let completed = |line: &str| {
        let script = format!("source ~/fish; complete -C {line}");
        let mut fish = bench.command("fish");
        let output = fish.args(["--no-config", "-c", &script]).output().unwrap();
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{line}");
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(completed("'xcapclient ge'"), ["get"]);
    assert_eq!(completed("'xcapclient --js'"), ["--json"]);
    assert_eq!(completed("'xcapclient get -a w'"), ["work"]);
    assert_eq!(completed("'xcapclient get --app=resource'"), ["--app=resource-lists"]);
    fs::write(bench.home.join("lists.xml"), LISTS).unwrap();
    assert_eq!(completed("'xcapclient put -i li'"), ["lists.xml"]);
    assert_eq!(completed("'xcapclient put --password-file=li'"), ["--password-file=lists.xml"]);
    assert_eq!(completed("'xcapclient put --cacert li'"), ["lists.xml"]);
    assert_eq!(completed("'xcapclient put --add-header @li'"), ["@lists.xml"]);
    assert_eq!(completed("'xcapclient put --ins'"), ["--insecure"]);
    fs::create_dir(bench.home.join("saved")).unwrap();
    let saved = completed("'xcapclient backup sav'");
    let saved: Vec<_> = saved.iter().filter_map(|line| line.split('\t').next()).collect();
    assert_eq!(saved, ["saved/"]);
    let get = "xcapclient get --app resource-lists";
    let friends = r#"/resource-lists/list[@name="friends"]"#;
    assert_eq!(
        completed(&format!("'{get} /resource-lists/list[@name=\\\\\"f'")),
        [friends.to_owned(), format!("{friends}/")]
    );
    assert_eq!(
        completed(&format!("\"{get} '/resource-lists/list[1]/@\"")),
        ["/resource-lists/list[1]/@name"]
    );
    assert!(completed("'xcapclient list -a q'").is_empty());
    bench.ini("password = wrong\n");
    assert!(completed(&format!("'{get} /resource-lists/list['")).is_empty());
}

#[test]
fn zsh_completes() {
    if !is_there("zsh") {
        return;
    }
    let bench = Bench::new();
    fs::write(bench.home.join("some lists.xml"), LISTS).unwrap();
    fs::create_dir(bench.home.join("all saved")).unwrap();
    let mut zsh = Terminal::zsh(&bench);
    for (typed, words) in [
        ("ge\t--vers\t", &["get", "--version"][..]),
        ("list --acc\ta\t", &["list", "--account-name", "a b"]),
        ("put -i som\t--version", &["put", "-i", "some lists.xml", "--version"]),
        ("restore --version all\t", &["restore", "--version", "all saved"]),
        ("get --password-file=som\t", &["get", "--password-file=some lists.xml"]),
        ("get --cert som\t--vers\t", &["get", "--cert", "some lists.xml", "--version"]),
        ("get --add-header @som\t", &["get", "--add-header", "@some lists.xml"]),
        ("get /resource-lists/list\\[1\t/@\t", &["get", "/resource-lists/list[1]/@name"]),
        (
            "get '/resource-lists/list[@name=\"t\t/@\t",
            &["get", "/resource-lists/list[@name=\"two words &amp; more\"]/@name"],
        ),
        (
            "get \"/resource-lists/list[@name='t\t/@\t",
            &["get", "/resource-lists/list[@name='two words &amp; more']/@name"],
        ),
        (
            "get /resource-lists/list\\[@name=\\\"i\t/@\t",
            &[
                "get",
                "/resource-lists/list[@name=\"it's &quot;both&quot;; $HOME `id` !!\\\"]/@name",
            ],
        ),
        ("get /resource-l\t", &["get", "/resource-lists"]),
    ] {
        assert_eq!(zsh.run(&format!("xcapclient {typed}")), words, "{typed}");
    }
}
