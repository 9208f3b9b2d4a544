//! The script beside this file, and an interpreter that has what it needs.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;

/// Where the interpreter may be: the first of the path may be one without lxml.
const INTERPRETERS: [&str; 4] =
    ["python3", "/usr/bin/python3", "/usr/local/bin/python3", "/opt/homebrew/bin/python3"];
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lxml/oracle.py");

/// A question for the script.
pub(crate) struct Question(String);

impl Question {
    pub(crate) fn new<'a>(kind: &str, fields: impl IntoIterator<Item = &'a str>) -> Self {
        let mut text = kind.to_owned();
        for field in fields {
            text.push(' ');
            text.push_str(&hexed(field));
        }
        text.push('\n');
        Self(text)
    }
}

fn hexed(text: &str) -> String {
    if text.is_empty() {
        return "-".to_owned();
    }
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// The text of a field of an answer.
pub(crate) fn text(field: &str) -> String {
    if field == "-" {
        return String::new();
    }
    let digits: Vec<u8> =
        field.chars().map(|digit| u8::try_from(digit.to_digit(16).unwrap()).unwrap()).collect();
    let bytes = digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    String::from_utf8(bytes).unwrap()
}

/// The answers to the questions, in their order; `None` where lxml is not installed.
///
/// # Panics
///
/// Where `XCAPLIB_REQUIRE_LXML` is `1`, and it is not.
pub(crate) fn ask(questions: Vec<Question>) -> Option<Vec<String>> {
    let Some(interpreter) = INTERPRETERS.into_iter().find(|interpreter| has_lxml(interpreter))
    else {
        skip();
        return None;
    };
    let count = questions.len();
    let (mut child, stdin, stdout) = start(interpreter);
    let writer = thread::spawn(move || write(stdin, questions));
    let answers: Vec<String> = BufReader::new(stdout).lines().map(Result::unwrap).collect();
    writer.join().unwrap().unwrap();
    assert!(child.wait().unwrap().success(), "the script failed; its error is above");
    assert_eq!(answers.len(), count);
    Some(answers)
}

fn has_lxml(interpreter: &str) -> bool {
    let import = Command::new(interpreter)
        .args(["-c", "from lxml import etree"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    import.is_ok_and(|status| status.success())
}

fn skip() {
    let required = std::env::var_os("XCAPLIB_REQUIRE_LXML");
    assert!(
        required.is_none_or(|value| value != "1"),
        "XCAPLIB_REQUIRE_LXML is 1, but no python3 here has lxml (on Debian: python3-lxml)"
    );
    // Written to the handle, as the test runner hides what the macros of a passing test print.
    let _ = writeln!(io::stderr(), "test skipped: lxml for python3 is not installed");
}

fn start(interpreter: &str) -> (Child, ChildStdin, ChildStdout) {
    let mut child = Command::new(interpreter)
        .arg(SCRIPT)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    (child, stdin, stdout)
}

fn write(mut stdin: ChildStdin, questions: Vec<Question>) -> io::Result<()> {
    for Question(text) in questions {
        stdin.write_all(text.as_bytes())?;
    }
    Ok(())
}
