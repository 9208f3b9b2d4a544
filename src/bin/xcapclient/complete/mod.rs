//! Tab completion: a shell passes the line at its prompt, and the program prints how the word at
//! the cursor can go on.

mod candidate;
mod line;
mod quote;
mod selector;
mod shell;
mod words;

use std::env;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::args::{Failure, Options};

use candidate::{Candidate, Offer};
use line::Line;
use shell::{SHELLS, Shell};

/// A user who presses Tab should wait at most a second. That includes starting the program.
const LIMIT: Duration = Duration::from_millis(900);

/// The first argument when a shell calls the program.
const ASKED: &str = "--complete";

/// Answers a shell that asks for completions. `None` if the program was not called for that. A
/// failure prints nothing, because it would appear in the middle of the line being typed.
pub(crate) fn asked() -> Option<ExitCode> {
    let mut args = env::args_os().skip(1);
    if args.next()? != ASKED {
        return None;
    }
    let args: Vec<_> = args.filter_map(|arg| arg.into_string().ok()).collect();
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(answer(&args)));
    if let Ok(Some(text)) = receiver.recv_timeout(LIMIT) {
        let _ = io::stdout().write_all(text.as_bytes());
    }
    Some(ExitCode::SUCCESS)
}

/// The script that sets up completion in a shell.
pub(crate) fn script(options: &Options) -> Result<&'static str, Failure> {
    let shell = options.node_selector.as_deref().unwrap_or_default();
    let found = SHELLS.iter().find(|(name, ..)| *name == shell);
    found.map(|(.., script)| *script).ok_or_else(|| {
        Failure::Usage("completion is for bash, zsh or fish; name one of them".to_owned())
    })
}

/// The answer to the shell: `files`, `directories`, or `words` followed by one word a line. A space
/// after a word means that the word is complete.
fn answer(args: &[String]) -> Option<String> {
    let shell = args.first()?;
    let (_, shell, _) = SHELLS.iter().find(|(name, ..)| name == shell)?;
    let text = |index: usize| args.get(index).map(String::as_str).unwrap_or_default();
    let line = Line::read(*shell, text(1), text(2), text(3));
    match words::offer(&line)? {
        Offer::Files => Some("files\n".to_owned()),
        Offer::Directories => Some("directories\n".to_owned()),
        Offer::Words(candidates) => {
            let words = fitting(&line, *shell, candidates);
            (!words.is_empty())
                .then(|| words.iter().fold("words\n".to_owned(), |text, word| text + word + "\n"))
        }
    }
}

/// The candidates that begin with the typed text, quoted for the shell.
fn fitting(line: &Line, shell: Shell, candidates: Vec<Candidate>) -> Vec<String> {
    let typed = &line.current;
    let mut fitting: Vec<_> =
        candidates.into_iter().filter(|candidate| typed.may_become(&candidate.text)).collect();
    // Bash closes the quote after a single candidate, and fish adds a space, even if the selector
    // can go on. A second candidate prevents that.
    let is_closed = shell == Shell::Fish || (shell == Shell::Bash && typed.open.is_some());
    if let [only] = fitting.as_slice() {
        if is_closed && !only.is_final {
            let further = Candidate::open(format!("{}/", only.text));
            fitting.push(further);
        }
    }
    fitting.iter().filter_map(|candidate| written(candidate, line, shell)).collect()
}

fn written(candidate: &Candidate, line: &Line, shell: Shell) -> Option<String> {
    let text = &candidate.text;
    let word = match shell {
        Shell::Bash => quote::within(line.current.open, text.get(line.current.start()..)?),
        Shell::Zsh | Shell::Fish => text.clone(),
    };
    let is_inside = shell == Shell::Bash && line.current.open.is_some();
    Some(if candidate.is_final && !is_inside { word + " " } else { word })
}
