//! What can stand at the cursor: an action, an option, its value or a selector.

use std::fs;

use clap::{Arg, ArgAction, Command, CommandFactory as _, ValueEnum as _};
use xcaplib::Application;

use crate::args::{Action, Options, account_names};

use super::candidate::{Candidate, Offer};
use super::line::Line;
use super::selector;
use super::shell::SHELLS;

/// Everything that can stand at the cursor, whatever the word there begins with.
pub(super) fn offer(line: &Line) -> Option<Offer> {
    if line.is_redirection {
        return Some(Offer::Files);
    }
    let command = Options::command();
    let before = Before::read(&command, &line.words);
    let typed = line.current.value.as_str();
    if let Some(option) = before.awaiting {
        return values(option, typed, "");
    }
    if typed.starts_with('-') && !before.is_past_options {
        return match typed.split_once('=') {
            Some((name, value)) => values(long(&command, name)?, value, &format!("{name}=")),
            None => Some(Offer::Words(options(&command))),
        };
    }
    let Some((action, rest)) = before.operands.split_first() else {
        return Some(words(Action::value_variants().iter().map(ToString::to_string)));
    };
    if !rest.is_empty() {
        return None;
    }
    match Action::from_str(action, true).ok()? {
        Action::Completion => Some(words(SHELLS.iter().map(|(name, ..)| (*name).to_owned()))),
        Action::Backup | Action::Restore => Some(Offer::Directories),
        Action::List | Action::Caps | Action::Man => None,
        _ => selector::candidates(&line.words, &line.current).map(Offer::Words),
    }
}

fn words(words: impl Iterator<Item = String>) -> Offer {
    Offer::Words(words.map(Candidate::whole).collect())
}

/// The meaning of the words before the cursor.
struct Before<'a> {
    operands: Vec<&'a str>,
    /// The option whose value is at the cursor.
    awaiting: Option<&'a Arg>,
    /// Whether `--` has come before.
    is_past_options: bool,
}

impl<'a> Before<'a> {
    fn read(command: &'a Command, words: &'a [String]) -> Self {
        let mut before = Self { operands: Vec::new(), awaiting: None, is_past_options: false };
        for word in words {
            if before.awaiting.take().is_some() {
                continue;
            }
            if before.is_past_options || !word.starts_with('-') || word == "-" {
                before.operands.push(word);
            } else if word == "--" {
                before.is_past_options = true;
            } else {
                let option =
                    if word.starts_with("--") { long(command, word) } else { short(command, word) };
                before.awaiting = option.filter(|option| takes_value(option));
            }
        }
        before
    }
}

fn takes_value(option: &Arg) -> bool {
    matches!(option.get_action(), ArgAction::Set | ArgAction::Append)
}

/// The option with this name or the first whose name begins with it.
fn long<'a>(command: &'a Command, name: &str) -> Option<&'a Arg> {
    let name = name.strip_prefix("--")?;
    let names = |option: &'a Arg| {
        let aliases = option.get_all_aliases().unwrap_or_default();
        option.get_long().into_iter().chain(aliases)
    };
    let mut options = command.get_arguments();
    let exact = options.find(|option| names(option).any(|found| found == name));
    let mut options = command.get_arguments();
    exact.or_else(|| options.find(|option| names(option).any(|found| found.starts_with(name))))
}

/// The option that ends a group of short options, such as `-po`, and takes the next word as its
/// value.
fn short<'a>(command: &'a Command, word: &str) -> Option<&'a Arg> {
    let name = word.strip_prefix('-')?;
    let option = |c: char| command.get_arguments().find(|option| option.get_short() == Some(c));
    let place = name.find(|c| option(c).is_some_and(takes_value))?;
    let mut rest = name.get(place..)?.chars();
    option(rest.next()?).filter(|_| rest.as_str().is_empty())
}

fn options(command: &Command) -> Vec<Candidate> {
    let mut built = command.clone();
    built.build();
    let shown = built.get_arguments().filter(|option| !option.is_hide_set());
    let names = shown.flat_map(|option| {
        let short = option.get_short().map(|name| format!("-{name}"));
        let long = option.get_long().map(|name| format!("--{name}"));
        short.into_iter().chain(long)
    });
    names.map(Candidate::whole).collect()
}

/// The values of an option, one of which has been begun. `before` is the part of the same word in
/// front of the value.
fn values(option: &Arg, begun: &str, before: &str) -> Option<Offer> {
    let values = match option.get_id().as_str() {
        "input" | "output" | "password_file" | "cacert" | "cert" | "key" => {
            return Some(Offer::Files);
        }
        "headers" => return Some(Offer::Words(files(begun.strip_prefix('@')?, before))),
        "app" => applications(),
        "account_name" => account_names().ok()?,
        _ => {
            let values = option.get_possible_values();
            values.iter().map(|value| value.get_name().to_owned()).collect()
        }
    };
    Some(words(values.into_iter().map(|value| format!("{before}{value}"))))
}

/// The files in the directory of a path after an `@`. No shell completes such a path by itself.
fn files(path: &str, before: &str) -> Vec<Candidate> {
    let (directory, _) = path.split_at(path.rfind('/').map_or(0, |at| at + 1));
    let place = if directory.is_empty() { "." } else { directory };
    let entries = fs::read_dir(place).into_iter().flatten().flatten();
    let candidates = entries.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let text = format!("{before}@{directory}{name}");
        // Control characters could manipulate the terminal.
        let is_harmless = !name.contains(char::is_control);
        is_harmless.then(|| match entry.path().is_dir() {
            true => Candidate::open(text + "/"),
            false => Candidate::whole(text),
        })
    });
    candidates.collect()
}

fn applications() -> Vec<String> {
    let mut names: Vec<_> = Application::auids().map(str::to_owned).collect();
    names.sort();
    names.dedup();
    names
}
