//! A document or node in the user's own editor, put back under its ETag.

use std::env;
use std::fs;
use std::io::{self, Write as _};
use std::process::{Command, ExitStatus};

use tempfile::{NamedTempFile, TempPath};
use xcaplib::{Application, ETag, Error, Response, XCAPClient};

use crate::call::{self, Call, Outcome};
use crate::diff;
use crate::failure::Failure;
use crate::output::line;
use crate::session::Session;
use crate::terminal;

/// What the server has, which a change depends on.
struct Base {
    text: String,
    /// `None` where there is no document yet.
    etag: Option<ETag>,
}

/// Edits until the server takes it or the user gives up; `None` where nothing was changed. Unless it
/// is taken, what was typed stays in its file.
pub(crate) fn run(call: &Call<'_>, session: &mut Session<'_>) -> Result<Option<Outcome>, Failure> {
    let base = match fetch(call, session)? {
        Ok(base) => base,
        Err(error) => return call::outcome(error, &[]).map(Some),
    };
    let draft = Draft::new(&base.text).map_err(|error| Draft::failed(&error))?;
    let result = rounds(call, session, base, &draft);
    let is_done = match &result {
        Ok(Some(Outcome::Answer(answer))) => (200..300).contains(&answer.status()),
        Ok(Some(Outcome::Exists(_))) | Err(_) => false,
        Ok(None) => true,
    };
    if !is_done {
        draft.keep();
    }
    result
}

fn rounds(
    call: &Call<'_>,
    session: &mut Session<'_>,
    mut base: Base,
    draft: &Draft,
) -> Result<Option<Outcome>, Failure> {
    loop {
        let text = draft.edit(&base.text)?;
        if text == base.text {
            return Ok(None);
        }
        let error = match session.call(|client| put(call, client, &base, &text))? {
            Ok(answer) => return Ok(Some(Outcome::Answer(answer))),
            Err(error) => error,
        };
        line(&call::shown(&error, text.as_bytes()));
        if error.is_precondition_failed() {
            match fetch(call, session)? {
                Ok(theirs) => {
                    line("what is there now differs from what you began with:");
                    line(diff::unified(&base.text, &theirs.text, "the server's").trim_end());
                    draft.write(&diff::merged(&base.text, &text, &theirs.text))?;
                    base = theirs;
                }
                Err(error) => return call::outcome(error, &[]).map(Some),
            }
        }
        match terminal::ask("edit again? [Y/n] ")? {
            Some(answer) if !answer.trim_start().starts_with(['n', 'N']) => {}
            _ => return call::outcome(error, text.as_bytes()).map(Some),
        }
    }
}

/// The node as it is, or the beginning of a document that is not there.
fn fetch(call: &Call<'_>, session: &mut Session<'_>) -> Result<Result<Base, Error>, Failure> {
    let found = session.call(|client| call.request(client).get())?;
    match found {
        Ok(found) => match found.etag().cloned() {
            Some(etag) => Ok(Ok(Base { text: found.into_string(), etag: Some(etag) })),
            None => Err(Failure::Fatal(
                "the server gives no ETag, so that changes of others could be lost; use get and put"
                    .to_owned(),
            )),
        },
        Err(error) if error.is_not_found() && call.is_document() => {
            Ok(Ok(Base { text: beginning(&call.application), etag: None }))
        }
        Err(error) => Ok(Err(error)),
    }
}

/// An empty document of an application usage.
fn beginning(application: &str) -> String {
    let root = Application::lookup(application).and_then(|usage| usage.root.as_ref());
    let root = root.map(|root| format!("<{} xmlns=\"{}\">\n</{0}>\n", root.name, root.namespace));
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}", root.unwrap_or_default())
}

fn put(call: &Call<'_>, client: &XCAPClient, base: &Base, text: &str) -> Result<Response, Error> {
    let request = call.request(client);
    match &base.etag {
        Some(etag) => request.if_match(etag).put(text),
        None => request.if_none_match("*").put(text),
    }
}

/// The file that is edited, which goes with the program unless it is kept.
struct Draft(TempPath);

impl Draft {
    /// Only its owner can read it.
    fn new(text: &str) -> io::Result<Self> {
        let name = tempfile::Builder::new().prefix("xcapclient-").suffix(".xml").tempfile();
        let mut file: NamedTempFile = name?;
        file.write_all(text.as_bytes())?;
        Ok(Self(file.into_temp_path()))
    }

    fn failed(error: &io::Error) -> Failure {
        Failure::Usage(format!("cannot use a file to edit: {error}"))
    }

    fn write(&self, text: &str) -> Result<(), Failure> {
        fs::write(&self.0, text).map_err(|error| Self::failed(&error))
    }

    /// The text after the editor.
    fn edit(&self, before: &str) -> Result<String, Failure> {
        let editor = editor();
        let status = self.open_in(&editor);
        let problem = match &status {
            Ok(status) if status.success() => None,
            Ok(status) => Some(format!("the editor {editor} ended with {status}")),
            Err(error) => Some(format!("cannot start the editor {editor}: {error}")),
        };
        if let Some(problem) = problem {
            return Err(Failure::Usage(problem));
        }
        let bytes = fs::read(&self.0).map_err(|error| Self::failed(&error))?;
        let text = String::from_utf8(bytes)
            .map_err(|_| Failure::Usage("what was typed is not UTF-8".to_owned()))?;
        // Most editors end the last line.
        let has_added = !before.ends_with('\n') && text.ends_with('\n');
        let whole = text.strip_suffix('\n').filter(|_| has_added);
        Ok(whole.map_or(text.clone(), str::to_owned))
    }

    /// The shell knows how to take an editor apart from its options.
    fn open_in(&self, editor: &str) -> io::Result<ExitStatus> {
        let (shell, option) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
        let mut command = Command::new(shell);
        if cfg!(windows) {
            command.arg(option).arg(editor).arg(&self.0);
        } else {
            command.arg(option).arg(format!("{editor} \"$1\"")).arg(editor).arg(&self.0);
        }
        command.status()
    }

    fn keep(self) {
        match self.0.keep() {
            Ok(path) => line(&format!("what was typed is in {}", path.display())),
            Err(error) => line(&format!("what was typed is in {}", error.path.display())),
        }
    }
}

fn editor() -> String {
    let named = ["VISUAL", "EDITOR"].into_iter().filter_map(|name| env::var(name).ok());
    named.filter(|editor| !editor.trim().is_empty()).next().unwrap_or_else(|| "vi".to_owned())
}
