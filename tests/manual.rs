//! The manual page and the help of `xcapclient`, and the examples in them.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use xcaplib::testing::{Auth, Server};

const PROGRAM: &str = env!("CARGO_BIN_EXE_xcapclient");
const EXAMPLES: &str = include_str!("../src/bin/xcapclient/args/examples.txt");
const ALICE: &str = "sip:alice@example.com";
const LISTS: &str = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends"/></resource-lists>"#;
const RULES: &str =
    r#"<ruleset xmlns="urn:ietf:params:xml:ns:common-policy"><rule id="friends"/></ruleset>"#;

fn printed(args: &[&str]) -> String {
    let output = Command::new(PROGRAM).args(args).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty());
    String::from_utf8(output.stdout).unwrap()
}

/// A directory that goes with the test.
struct Home(PathBuf);

impl Home {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("manual-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn help_fits_a_terminal() {
    for option in ["-h", "--help"] {
        let help = printed(&[option]);
        for line in help.lines() {
            assert!(line.chars().count() <= 100, "{line}");
        }
        assert_eq!(help.contains("Examples:"), option == "--help");
    }
    let help = printed(&["--help"]);
    for line in EXAMPLES.lines() {
        assert!(help.contains(&format!("  {line}\n")) || line.is_empty(), "{line}");
    }
}

/// In the manual page, on the pages of the documentation, and behind the Tab key.
#[test]
fn each_option_is_told_everywhere() {
    let help = printed(&["--help"]);
    let options: Vec<Vec<&str>> = help
        .lines()
        .filter(|line| line.trim_start().starts_with('-') && line.starts_with("  "))
        .filter(|line| line.find('-').is_some_and(|at| at <= 6))
        .map(|line| {
            let words = line.split([' ', ',']).filter(|word| word.starts_with('-'));
            words.collect()
        })
        .collect();
    assert!(options.len() > 30, "{options:?}");
    let docs = concat!(include_str!("../docs/xcapclient.md"), include_str!("../docs/porting.md"));
    let page = printed(&["man"]).replace('\\', "");
    let offered = |shell: &str| -> Vec<String> {
        let both = ["-", "--"]
            .map(|typed| printed(&["--complete", shell, &format!("xcapclient {typed}"), "", ""]));
        both.concat().split_whitespace().map(str::to_owned).collect()
    };
    for shell in ["bash", "zsh", "fish"] {
        let offered = offered(shell);
        for names in &options {
            for name in names.iter().filter(|name| name.len() > 2 || names.len() == 1) {
                assert!(offered.iter().any(|word| word == name), "{shell} {name}: {offered:?}");
            }
        }
    }
    for names in &options {
        assert!(names.iter().all(|name| page.contains(name)), "{names:?} in the page");
        // Those of every program go without.
        let is_usual = names.iter().any(|name| ["--help", "--version"].contains(name));
        let is_told = |name: &&str| {
            let is_end = |c: char| !c.is_ascii_alphanumeric() && c != '-';
            let ends = docs.match_indices(*name).map(|(at, _)| &docs[at + name.len()..]);
            ends.into_iter().any(|rest| rest.starts_with(is_end))
        };
        assert!(is_usual || names.iter().any(is_told), "{names:?} in docs");
    }
}

#[test]
fn the_page_has_its_sections() {
    let page = printed(&["man"]);
    let sections: Vec<_> = page.lines().filter_map(|line| line.strip_prefix(".SH ")).collect();
    assert_eq!(
        sections,
        [
            "NAME",
            "SYNOPSIS",
            "DESCRIPTION",
            "ACTIONS",
            "OPTIONS",
            "\"EXIT STATUS\"",
            "ENVIRONMENT",
            "FILES",
            "EXAMPLES",
            "\"SEE ALSO\"",
        ]
    );
    assert!(!page.contains("eventlib"));
}

/// With `man` if it is there.
#[cfg(unix)]
#[test]
fn the_page_is_shown_without_a_warning() {
    let is_there = |program: &str| {
        let status = Command::new(program).arg("--version").stdout(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    };
    if !is_there("man") || !is_there("groff") {
        eprintln!("no man or no groff here: not tested");
        return;
    }
    let home = Home::new("page");
    let page = home.write("xcapclient.1", &printed(&["man"]));
    let mut man = Command::new("man");
    man.args(["-l", "--warnings", "-E", "UTF-8"]).arg(&page).env("MANWIDTH", "80");
    let output = man.env("LC_ALL", "C.UTF-8").output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    let shown = String::from_utf8(output.stdout).unwrap();
    // Quotes and dashes are those that a shell takes.
    for line in EXAMPLES.lines().filter(|line| !line.starts_with('#')) {
        assert!(shown.contains(line), "{line}\n{shown}");
    }
}

#[cfg(unix)]
#[test]
fn the_examples_run() {
    let home = Home::new("examples");
    let server = Server::builder().auth(Auth::Digest).user(ALICE, "secret").start().unwrap();
    server.set_document("pres-rules", ALICE, "index", RULES);
    server.set_document("resource-lists", ALICE, "index", LISTS);
    let account = format!("sip_address = {ALICE}\nxcap_root = {}\n", server.root());
    let account = format!("{account}password = secret\n");
    home.write(".xcapclient.ini", &format!("[Account]\n{account}[Account_work]\n{account}"));
    home.write("lists.xml", LISTS);
    let program = PathBuf::from(PROGRAM);
    let path =
        format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap());

    for example in EXAMPLES.split("\n\n") {
        // What completes in bash is for bash; with `-e`, each of several commands counts.
        let is_for_bash = example.contains("completion bash");
        let mut shell = Command::new(if is_for_bash { "bash" } else { "sh" });
        shell.args(["-e", "-c", example]).current_dir(&home.0).env("HOME", &home.0);
        shell
            .env("PATH", &path)
            .env("EDITOR", "sed -i s/name=/a=\\'\\'\\ name=/")
            .env_remove("VISUAL")
            .env_remove("XCAP_ROOT")
            .env_remove("XCAP_USER");
        let output = shell.stdin(Stdio::null()).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{example}\n{error}");
    }
    let lists = server.document("resource-lists", ALICE, "index").unwrap();
    let entry = r#"<list a='' name="friends"><entry uri="sip:bob@example.com"/></list>"#;
    assert!(lists.text().contains(entry), "{}", lists.text());
    let page = fs::read_to_string(home.0.join(".local/share/man/man1/xcapclient.1")).unwrap();
    assert_eq!(page, printed(&["man"]));
}
