//! The file with the text to edit, and the editor.

use std::env;
use std::fs;
use std::io::{self, Write as _};
use std::process::{Command, ExitStatus};

use tempfile::TempPath;

use crate::args::{Failure, Talk};
use crate::stderr::line;

use super::interrupt::Interrupt;

/// A temporary file with the text to edit. It is deleted on drop, unless [`keep`](Self::keep) is
/// called.
pub(crate) struct Draft {
    path: TempPath,
    interrupt: Interrupt,
}

impl Draft {
    /// Makes the file, which only its owner can read.
    pub(crate) fn new(text: &str, talk: &Talk) -> Result<Self, Failure> {
        let file = || {
            let mut file =
                tempfile::Builder::new().prefix("xcapclient-").suffix(".xml").tempfile()?;
            file.write_all(text.as_bytes())?;
            Ok(Self { path: file.into_temp_path(), interrupt: Interrupt::new()? })
        };
        // The user knows where the file is even if the program is killed.
        let named = |draft: &Self| {
            talk.note(&format!("what you type is in {}", draft.path.display()));
        };
        file().inspect(named).map_err(|error: io::Error| Self::failed(&error))
    }

    fn failed(error: &io::Error) -> Failure {
        Failure::Usage(format!("cannot use a file to edit: {error}"))
    }

    pub(crate) fn write(&self, text: &str) -> Result<(), Failure> {
        fs::write(&self.path, text).map_err(|error| Self::failed(&error))
    }

    /// Runs the editor and returns the text that it leaves.
    pub(crate) fn edit(&self, before: &str) -> Result<String, Failure> {
        let editor = editor();
        let status = self.interrupt.leave_to(|| self.open_in(&editor));
        let problem = match &status {
            Ok(status) if status.success() => None,
            Ok(status) => Some(format!("the editor {editor} ended with {status}")),
            Err(error) => Some(format!("cannot start the editor {editor}: {error}")),
        };
        if let Some(problem) = problem {
            return Err(Failure::Usage(problem));
        }
        let bytes = fs::read(&self.path).map_err(|error| Self::failed(&error))?;
        let mut text = String::from_utf8(bytes)
            .map_err(|_| Failure::Usage("what was typed is not UTF-8".to_owned()))?;
        // Most editors add a line end after the last line.
        if !before.ends_with('\n') && text.ends_with('\n') {
            text.pop();
        }
        Ok(text)
    }

    /// `$EDITOR` may hold options too, so a shell splits it.
    fn open_in(&self, editor: &str) -> io::Result<ExitStatus> {
        let (shell, option) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
        let mut command = Command::new(shell);
        if cfg!(windows) {
            command.arg(option).arg(editor).arg(&self.path);
        } else {
            command.arg(option).arg(format!("{editor} \"$1\"")).arg(editor).arg(&self.path);
        }
        command.status()
    }

    /// Leaves the file where it is, unless it still holds the text it began with.
    pub(crate) fn keep(self, first: &str) {
        match fs::read(&self.path) {
            Ok(typed) if typed == first.as_bytes() => return,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return,
            _ => {}
        }
        match self.path.keep() {
            Ok(path) => line(&format!("what was typed is in {}", path.display())),
            Err(error) => line(&format!("what was typed is in {}", error.path.display())),
        }
    }
}

fn editor() -> String {
    let mut named = ["VISUAL", "EDITOR"].into_iter().filter_map(|name| env::var(name).ok());
    named.find(|editor| !editor.trim().is_empty()).unwrap_or_else(|| "vi".to_owned())
}
