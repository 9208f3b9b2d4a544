//! Questions to the user at the terminal.

use std::io::{self, IsTerminal as _};

use crate::args::Failure;

/// Whether a terminal is attached. Without one, nothing is asked, so that no script waits for an
/// answer.
fn is_attended() -> bool {
    io::stdin().is_terminal() || io::stderr().is_terminal()
}

/// Asks for a password without showing it. `None` if there is nobody to ask.
pub(crate) fn ask_password(prompt: &str) -> Result<Option<String>, Failure> {
    if is_attended() { device::ask(prompt, device::Shown::No) } else { Ok(None) }
}

/// Asks for a line. `None` if there is nobody to ask.
pub(crate) fn ask(prompt: &str) -> Result<Option<String>, Failure> {
    if is_attended() { device::ask(prompt, device::Shown::Yes) } else { Ok(None) }
}

#[cfg(unix)]
mod device {
    use std::fs::{File, OpenOptions};
    use std::io::{self, Read as _, Write as _};

    use rustix::termios::{
        LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
    };

    use crate::args::Failure;

    /// The character that Ctrl-C types.
    const INTERRUPT: u8 = 3;

    #[derive(Clone, Copy, PartialEq, Eq)]
    pub(super) enum Shown {
        Yes,
        No,
    }

    /// The terminal while a line is typed. Ctrl-C ends the line as Return does, instead of killing
    /// the program. So the settings of the terminal are always restored.
    struct Typing<'a> {
        terminal: &'a File,
        before: Termios,
    }

    impl<'a> Typing<'a> {
        fn begin(terminal: &'a File, shown: Shown) -> io::Result<Self> {
            let before = tcgetattr(terminal)?;
            let mut modes = before.clone();
            modes.local_modes.remove(LocalModes::ISIG);
            modes.local_modes.insert(LocalModes::ICANON);
            modes.local_modes.set(LocalModes::ECHO, shown == Shown::Yes);
            modes.special_codes[SpecialCodeIndex::VEOL] = INTERRUPT;
            tcsetattr(terminal, OptionalActions::Flush, &modes)?;
            Ok(Self { terminal, before })
        }
    }

    impl Drop for Typing<'_> {
        fn drop(&mut self) {
            // A failure means that the terminal is gone.
            let _ = tcsetattr(self.terminal, OptionalActions::Now, &self.before);
        }
    }

    /// Asks on the controlling terminal, because standard input may be the body. `None` if the
    /// process has no terminal.
    pub(super) fn ask(prompt: &str, shown: Shown) -> Result<Option<String>, Failure> {
        let Ok(terminal) = OpenOptions::new().read(true).write(true).open("/dev/tty") else {
            return Ok(None);
        };
        let line = typed(&terminal, prompt, shown)
            .map_err(|error| Failure::Usage(format!("cannot ask on the terminal: {error}")))?;
        if line.last() == Some(&INTERRUPT) {
            return Err(Failure::Interrupted);
        }
        let line = String::from_utf8(line)
            .map_err(|_| Failure::Usage("what was typed is not UTF-8".to_owned()))?;
        // A line without a line end was ended by Ctrl-D. That is not an answer.
        Ok(line.strip_suffix('\n').map(str::to_owned))
    }

    fn typed(mut terminal: &File, prompt: &str, shown: Shown) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        {
            let _typing = Typing::begin(terminal, shown)?;
            terminal.write_all(prompt.as_bytes())?;
            let mut byte = [0];
            while !matches!(line.last(), Some(b'\n' | &INTERRUPT)) && terminal.read(&mut byte)? > 0
            {
                line.extend(byte);
            }
        }
        if shown == Shown::No || line.last() != Some(&b'\n') {
            terminal.write_all(b"\n")?;
        }
        Ok(line)
    }
}

#[cfg(not(unix))]
mod device {
    use crate::args::Failure;

    pub(super) enum Shown {
        Yes,
        No,
    }

    /// Asks nothing, because echo and Ctrl-C cannot be controlled here.
    pub(super) fn ask(_prompt: &str, _shown: Shown) -> Result<Option<String>, Failure> {
        Ok(None)
    }
}
