//! The line that is being typed.

use std::env;
use std::iter::Peekable;
use std::str::Chars;

use super::shell::Shell;

/// A command line, up to the cursor.
pub(super) struct Line {
    /// The arguments of the program, without the word at the cursor.
    pub(super) words: Vec<String>,
    /// The word at the cursor, up to the cursor.
    pub(super) current: Word,
    /// Whether that word is the target of a redirection.
    pub(super) is_redirection: bool,
}

/// A word of the command line, which may still be incomplete.
#[derive(Default)]
pub(super) struct Word {
    /// The word without its quotes.
    pub(super) value: String,
    /// The quote that is still open.
    pub(super) open: Option<char>,
    /// The length of the value before the last opening quote.
    before_quote: usize,
    /// The length of the value before the word that bash completes.
    before_break: usize,
    is_begun: bool,
    /// Whether it begins with a `~` for the home directory.
    is_at_home: bool,
}

impl Line {
    /// `breaks` are the characters after which bash begins a new word to complete, within one
    /// argument of the program.
    pub(super) fn read(shell: Shell, before: &str, after: &str, breaks: &str) -> Self {
        let mut reader = Reader::new(shell, breaks);
        reader.read(before);
        let (current, is_redirection) = (reader.word, reader.is_redirection);
        let mut words = reader.words;
        // The rest of the word at the cursor is not an argument of its own.
        let after = after.split_once(char::is_whitespace).map_or("", |(_, after)| after);
        let mut reader = Reader::new(shell, breaks);
        reader.read(after);
        reader.end_word();
        words.extend(reader.words);
        if !words.is_empty() {
            words.remove(0);
        }
        Self { words, current, is_redirection }
    }
}

impl Word {
    /// The length of the value that the shell keeps. The shell replaces everything after it.
    pub(super) fn start(&self) -> usize {
        if self.open.is_some() { self.before_quote } else { self.before_break }
    }

    /// Whether the text begins with the word.
    pub(super) fn may_become(&self, text: &str) -> bool {
        text.starts_with(&self.value) || self.may_open(text)
    }

    /// Whether the text begins with the word and a quote. The user typed that quote for a value in
    /// the selector, and the shell takes it for its own.
    fn may_open(&self, text: &str) -> bool {
        let (Some(before), Some(inside)) =
            (self.value.get(..self.before_quote), self.value.get(self.before_quote..))
        else {
            return false;
        };
        let rest = text.strip_prefix(before).and_then(|rest| rest.strip_prefix(['"', '\'']));
        self.open.is_some() && before.ends_with('=') && rest.is_some_and(|r| r.starts_with(inside))
    }

    fn into_text(self) -> String {
        match env::var("HOME") {
            Ok(home) if self.is_at_home && self.value.starts_with("~/") => {
                self.value.replacen('~', &home, 1)
            }
            _ => self.value,
        }
    }
}

struct Reader<'a> {
    shell: Shell,
    breaks: &'a str,
    words: Vec<String>,
    word: Word,
    is_redirection: bool,
}

impl<'a> Reader<'a> {
    fn new(shell: Shell, breaks: &'a str) -> Self {
        Self { shell, breaks, words: Vec::new(), word: Word::default(), is_redirection: false }
    }

    fn read(&mut self, text: &str) {
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match self.word.open {
                Some(quote) => self.quoted(c, quote, &mut chars),
                None => self.bare(c, &mut chars),
            }
        }
    }

    fn bare(&mut self, c: char, chars: &mut Peekable<Chars<'_>>) {
        match c {
            _ if c.is_whitespace() => self.end_word(),
            '<' | '>' => {
                // Digits before a redirection are the number of a file descriptor.
                if self.word.value.chars().all(|c| c.is_ascii_digit()) {
                    self.word = Word::default();
                }
                self.end_word();
                self.is_redirection = true;
            }
            '\\' => {
                self.word.is_begun = true;
                self.word.value.extend(chars.next());
            }
            '\'' | '"' => {
                self.word.is_begun = true;
                self.word.open = Some(c);
                self.word.before_quote = self.word.value.len();
            }
            _ => {
                self.word.is_at_home |= c == '~' && !self.word.is_begun;
                self.word.is_begun = true;
                let before = self.word.value.len();
                self.word.value.push(c);
                if self.breaks.contains(c) {
                    // In bash these two belong to the new word.
                    let is_kept = matches!(c, '@' | '$');
                    self.word.before_break = if is_kept { before } else { self.word.value.len() };
                }
            }
        }
    }

    fn quoted(&mut self, c: char, quote: char, chars: &mut Peekable<Chars<'_>>) {
        let escaped: &[char] = match (quote, self.shell) {
            ('"', _) => &['"', '\\', '$', '`'],
            (_, Shell::Fish) => &['\'', '\\'],
            _ => &[],
        };
        if c == quote {
            self.word.open = None;
        } else if c == '\\' && !escaped.is_empty() {
            let next = chars.next_if(|c| escaped.contains(c));
            self.word.value.extend(next.or(chars.peek().map(|_| c)));
        } else {
            self.word.value.push(c);
        }
    }

    fn end_word(&mut self) {
        let word = std::mem::take(&mut self.word);
        if word.is_begun {
            let is_taken = std::mem::take(&mut self.is_redirection);
            if !is_taken {
                self.words.push(word.into_text());
            }
        }
    }
}
