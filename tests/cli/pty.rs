//! A terminal with the program on it.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};

/// After this long nothing comes any more.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Terminal {
    pty: Arc<File>,
    screen: Arc<Screen>,
    pub(crate) child: Child,
    before: Termios,
}

/// What was written on it.
#[derive(Default)]
struct Screen {
    written: Mutex<Written>,
    changed: Condvar,
}

#[derive(Default)]
struct Written {
    text: String,
    /// How much of it was waited for.
    seen: usize,
    is_over: bool,
}

impl Terminal {
    /// Starts a program whose terminal it is, and whatever of its streams `redirect` leaves.
    pub(crate) fn run(command: &Command, redirect: impl FnOnce(&mut Command)) -> Self {
        let pty = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&pty).unwrap();
        unlockpt(&pty).unwrap();
        let mut before = tcgetattr(&pty).unwrap();
        // Else the kernel, after it has sent the signal of a Ctrl-C, throws away what is written and
        // not read yet: that may be the answer to the signal.
        before.local_modes |= LocalModes::NOFLSH;
        tcsetattr(&pty, OptionalActions::Now, &before).unwrap();
        let name = ptsname(&pty, Vec::new()).unwrap().into_string().unwrap();
        let mut command = at_terminal(command, &name);
        redirect(&mut command);
        let child = command.spawn().unwrap();
        // Else it would be open here, and be no end of it.
        drop(command);
        let pty = File::from(pty);
        let (pty, screen) = (Arc::new(pty), Arc::<Screen>::default());
        let reader = (Arc::clone(&pty), Arc::clone(&screen));
        thread::spawn(move || reader.1.follow(&reader.0));
        Self { pty, screen, child, before }
    }

    /// Waits until this is written, after what was waited for before.
    #[track_caller]
    pub(crate) fn wait_for(&self, text: &str) {
        let found = self.screen.wait(|written| {
            let at = written.text[written.seen..].find(text)?;
            written.seen += at + text.len();
            Some(())
        });
        assert!(found.is_some(), "no {text:?} in {:?}", self.text());
    }

    pub(crate) fn type_keys(&self, keys: &str) {
        (&*self.pty).write_all(keys.as_bytes()).unwrap();
    }

    /// Waits for the end; all that was written, its lines ended by LF.
    pub(crate) fn end(mut self) -> (ExitStatus, String) {
        let over = self.screen.wait(|written| written.is_over.then_some(()));
        assert!(over.is_some(), "it does not end: {:?}", self.text());
        let status = self.child.wait().unwrap();
        let now = tcgetattr(&*self.pty).unwrap();
        assert_eq!(now.local_modes, self.before.local_modes, "the terminal is as it was");
        let end_of_line = SpecialCodeIndex::VEOL;
        assert_eq!(now.special_codes[end_of_line], self.before.special_codes[end_of_line]);
        (status, self.text().replace("\r\n", "\n"))
    }

    pub(crate) fn echoes(&self) -> bool {
        tcgetattr(&*self.pty).unwrap().local_modes.contains(LocalModes::ECHO)
    }

    fn text(&self) -> String {
        self.screen.written.lock().unwrap().text.clone()
    }
}

impl Screen {
    fn follow(&self, mut pty: &File) {
        let mut bytes = [0; 4096];
        // It ends with an error once the last process on it is gone.
        while let Ok(length @ 1..) = pty.read(&mut bytes) {
            self.change(|written| written.text += std::str::from_utf8(&bytes[..length]).unwrap());
        }
        self.change(|written| written.is_over = true);
    }

    fn change(&self, change: impl FnOnce(&mut Written)) {
        change(&mut self.written.lock().unwrap());
        self.changed.notify_all();
    }

    /// Waits until something is found; `None` if the time is over, or the program and it is not
    /// there.
    fn wait<T>(&self, mut find: impl FnMut(&mut Written) -> Option<T>) -> Option<T> {
        let mut written = self.written.lock().unwrap();
        loop {
            if let Some(found) = find(&mut written) {
                return Some(found);
            }
            if written.is_over {
                return None;
            }
            let (changed, time) = self.changed.wait_timeout(written, PATIENCE).unwrap();
            if time.timed_out() {
                return None;
            }
            written = changed;
        }
    }
}

/// The same program with all its streams on a terminal, which is that of its session: on Linux the
/// first one that the head of a session opens.
fn at_terminal(command: &Command, terminal: &str) -> Command {
    let mut at_terminal = Command::new("setsid");
    at_terminal.args(["sh", "-c", r#": <>"$0"; exec "$@""#, terminal]);
    at_terminal.arg(command.get_program()).args(command.get_args());
    if let Some(directory) = command.get_current_dir() {
        at_terminal.current_dir(directory);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => at_terminal.env(name, value),
            None => at_terminal.env_remove(name),
        };
    }
    let stream = || {
        let flags = OFlags::RDWR | OFlags::NOCTTY;
        Stdio::from(rustix::fs::open(terminal, flags, Mode::empty()).unwrap())
    };
    at_terminal.stdin(stream()).stdout(stream()).stderr(stream());
    at_terminal
}
