//! The transcripts of `docs/xcapclient.md`: each command line of its blocks that are marked `console`
//! is run in bash at a terminal, and what is shown there has to stand below it. With
//! `XCAPLIB_WRITE_TRANSCRIPTS=1` it is written there instead.
//!
//! Each section of the page begins anew, with `lists.xml` in the home directory and on a server that
//! asks for Digest. The account `old` is on a server that asks for Basic, behind a proxy, so that no
//! password goes to it in the clear. A line that ends in `<Tab>` shows what bash offers. What the user
//! answers to a question stands behind it in the page.

use std::env;
use std::fs;
use std::iter::Peekable;
use std::path::Path;
use std::process::Command;
use std::str::Lines;

use xcaplib::testing::{Auth, Server};

use crate::bench::{ALICE, Bench, Home, PROGRAM};
use crate::pty::Terminal;
use crate::relay::Relay;

const LISTS: &str = include_str!("../data/transcripts/lists.xml");
const RULES: &str = include_str!("../data/transcripts/rules.xml");
const EDITOR: &str = include_str!("../data/transcripts/editor.sh");
const WRITE: &str = "XCAPLIB_WRITE_TRANSCRIPTS";

/// What a question ends with that the user answers.
const QUESTION: &str = " [Y/n] ";

/// Prints what the function of bash's completion offers behind a line. The program gives up after a
/// second, which a busy machine may need for something else: then it is asked again.
const OFFERED: &str = r#"
source <(xcapclient completion bash)
COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
for try in {1..20}; do
    _xcapclient xcapclient
    [ ${#COMPREPLY[@]} = 0 ] || break
done
printf '%s\n' "${COMPREPLY[@]}"
"#;

/// Values that differ from run to run stand between these. The characters around a value tell it from
/// others: a counter is `"00000001"` as an ETag, and something else without the quotes.
const VALUES: [(&str, char); 5] = [
    ("nonce=\"", '"'),
    ("opaque=\"", '"'),
    ("etag: \"", '"'),
    ("ETag \"", '"'),
    ("/xcapclient-", '.'),
];

/// What the page shows instead of the values of a section, in their order.
const WORDS: [&str; 8] = ["4a1c", "f81d", "93b2", "c05e", "7d46", "2ee9", "b317", "58fa"];

const DATE: &str = "< date: Thu, 26 Nov 2026 09:30:00 GMT";
const TIME: &str = "1.9ms";

#[test]
fn the_page_shows_what_the_program_does() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/xcapclient.md");
    let page = fs::read_to_string(&path).unwrap();
    let written = written_anew(&page);
    if env::var_os(WRITE).is_some_and(|value| value == "1") {
        fs::write(&path, written).unwrap();
        return;
    }
    let differ = page.lines().zip(written.lines()).position(|(old, new)| old != new);
    if page != written {
        let at = differ.unwrap_or_else(|| page.lines().count().min(written.lines().count()));
        let from = |text: &str| text.lines().skip(at).take(6).collect::<Vec<_>>().join("\n  ");
        panic!(
            "docs/xcapclient.md, line {}:\n  {}\nbut the program shows:\n  {}\n\
             if that is as it should be, run this test with {WRITE}=1",
            at + 1,
            from(&page),
            from(&written)
        );
    }
}

/// The page with what the program shows now.
fn written_anew(page: &str) -> String {
    let mut session = Session::new();
    let (mut written, mut blocks) = (String::new(), 0);
    let mut lines = page.lines().peekable();
    while let Some(line) = lines.next() {
        if line.starts_with("## ") {
            session = Session::new();
        }
        written += &format!("{line}\n");
        if line == "```console" {
            blocks += 1;
            while let Some(call) = Call::read(&mut lines) {
                written += &format!("{}\n{}", call.lines.join("\n"), session.run(&call));
            }
        }
    }
    assert!(blocks > 5, "only {blocks} blocks were found");
    written
}

/// A command line of the page.
struct Call<'p> {
    /// As the page has them, with the prompts.
    lines: Vec<&'p str>,
    answers: Vec<&'p str>,
}

impl<'p> Call<'p> {
    /// The next one of the block, with what stands below it; `None` at the end of the block.
    fn read(page: &mut Peekable<Lines<'p>>) -> Option<Self> {
        let first = page.next_if(|line| *line != "```")?;
        assert!(first.starts_with("$ "), "a block begins with a command line, not with {first}");
        let mut call = Self { lines: vec![first], answers: Vec::new() };
        while let Some(line) = page.next_if(|line| line.starts_with("> ")) {
            call.lines.push(line);
        }
        while let Some(line) = page.next_if(|line| *line != "```" && !line.starts_with("$ ")) {
            call.answers.extend(line.split_once(QUESTION).map(|(_, answer)| answer));
        }
        Some(call)
    }

    fn script(&self) -> String {
        self.lines.iter().map(|line| &line[2..]).collect::<Vec<_>>().join("\n")
    }
}

/// A home directory, and the servers of its accounts.
struct Session {
    bench: Bench,
    _old: (Server, Relay),
    editor: String,
    /// The values that were seen, each with the character before and behind it; the page shows the
    /// words at their places.
    values: Vec<String>,
}

impl Session {
    fn new() -> Self {
        let server = |auth| Server::builder().auth(auth).user(ALICE, "secret").start().unwrap();
        let (server, old) = (server(Auth::Digest), server(Auth::Basic));
        let proxy = Relay::proxy(old.address(), None);
        let account = format!("sip_address = {ALICE}\npassword = secret\nxcap_root =");
        let (root, port) = (server.root(), proxy.port());
        let bench = Bench { server, home: Home::new() };
        bench.ini(&format!(
            "[Account]\n{account} {root}\n[Account_old]\n{account} http://old.example.com/xcap-root\n\
             proxy = http://127.0.0.1:{port}\n"
        ));
        bench.file("lists.xml", LISTS);
        bench.set(LISTS);
        bench.server.set_document("pres-rules", ALICE, "index", RULES);
        let editor = bench.editor(EDITOR);
        Self { bench, _old: (old, proxy), editor, values: Vec::new() }
    }

    /// What a command line shows, as the page has it.
    fn run(&mut self, call: &Call<'_>) -> String {
        let mut script = call.script();
        for (value, word) in self.values.iter().zip(WORDS) {
            script = script.replace(&within(value, word), value);
        }
        let mut bash = Command::new("bash");
        match script.strip_suffix("<Tab>") {
            Some(typed) => bash.args(["-c", OFFERED, "bash", typed]),
            None => bash.args(["-c", &script]),
        };
        let beside = Path::new(PROGRAM).parent().unwrap().display();
        let path = format!("{beside}:{}", env::var("PATH").unwrap());
        let home = &self.bench.home;
        bash.env_clear().envs(home.environment()).current_dir(home.dir()).env("PATH", path);
        bash.env("TERM", "dumb").env("LANG", "C.UTF-8").env("EDITOR", &self.editor);
        let terminal = Terminal::run(&bash, |_| ());
        for answer in &call.answers {
            terminal.wait_for(QUESTION);
            terminal.type_keys(&format!("{answer}\n"));
        }
        let (_, shown) = terminal.end();
        self.as_on_the_page(&shown)
    }

    fn as_on_the_page(&mut self, shown: &str) -> String {
        let address = self.bench.server.address().to_string();
        let shown = shown.replace(&address, "localhost");
        let mut shown = shown.replace(self.bench.home.dir(), "/home/alice");
        for value in values(&shown) {
            if !self.values.contains(&value) {
                self.values.push(value);
            }
        }
        assert!(self.values.len() <= WORDS.len(), "more words are needed: {:?}", self.values);
        for (value, word) in self.values.iter().zip(WORDS) {
            shown = shown.replace(value, &within(value, word));
        }
        let lines = shown.lines().map(|line| match line.rsplit_once(' ') {
            Some((exchange, _)) if line.starts_with("* ") => format!("{exchange} {TIME}\n"),
            _ if line.starts_with("< date: ") => format!("{DATE}\n"),
            _ => format!("{}\n", line.trim_end()),
        });
        lines.collect()
    }
}

/// The values in a text that the next run will not have, in their order.
fn values(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (before, end) in VALUES {
        for (at, _) in text.match_indices(before) {
            let from = at + before.len();
            let length = text[from..].find(end).unwrap();
            found.push((at, text[from - 1..=from + length].to_owned()));
        }
    }
    found.sort();
    found.into_iter().map(|(_, value)| value).collect()
}

/// A word between the characters that stand around a value.
fn within(value: &str, word: &str) -> String {
    format!("{}{word}{}", &value[..1], &value[value.len() - 1..])
}
