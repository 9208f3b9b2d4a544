//! The body to send.

use std::fs;
use std::io::{self, IsTerminal as _, Read as _};

use crate::args::{Failure, Options};

/// The bytes to send. Empty if the action sends none.
pub(crate) struct Input(Vec<u8>);

impl Input {
    pub(crate) fn read(options: &Options) -> Result<Self, Failure> {
        let mut bytes = Vec::new();
        match options.input_file() {
            _ if !options.action.has_body() => {}
            Some(path) => {
                bytes = fs::read(path).map_err(|error| {
                    Failure::Usage(format!("cannot read {}: {error}", path.display()))
                })?;
            }
            None => {
                if io::stdin().is_terminal() {
                    let end = if cfg!(windows) { "Ctrl-Z and Return" } else { "Ctrl-D" };
                    let text = format!("reading the body from the terminal; end it with {end}");
                    options.talk.note(&text);
                }
                io::stdin().lock().read_to_end(&mut bytes).map_err(|error| {
                    Failure::Usage(format!("cannot read the standard input: {error}"))
                })?;
            }
        }
        Ok(Self(bytes))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}
