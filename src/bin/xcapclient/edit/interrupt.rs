//! Ctrl-C and Ctrl-\ while an editor runs.

pub(super) use platform::Interrupt;

#[cfg(unix)]
mod platform {
    use std::io;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use signal_hook::consts::{SIGINT, SIGQUIT};
    use signal_hook::flag::register_conditional_default;

    /// Makes the program ignore the signals of Ctrl-C and Ctrl-\ while an editor runs. The editor
    /// uses these keys itself.
    pub(crate) struct Interrupt(Arc<AtomicBool>);

    impl Interrupt {
        pub(crate) fn new() -> io::Result<Self> {
            let is_ours = Arc::new(AtomicBool::new(true));
            for signal in [SIGINT, SIGQUIT] {
                register_conditional_default(signal, Arc::clone(&is_ours))?;
            }
            Ok(Self(is_ours))
        }

        pub(crate) fn leave_to<T>(&self, editor: impl FnOnce() -> T) -> T {
            self.0.store(false, Ordering::SeqCst);
            let result = editor();
            self.0.store(true, Ordering::SeqCst);
            result
        }
    }
}

#[cfg(not(unix))]
mod platform {
    use std::io;

    /// Does nothing, because this system has no such signals.
    pub(crate) struct Interrupt;

    impl Interrupt {
        pub(crate) fn new() -> io::Result<Self> {
            Ok(Self)
        }

        pub(crate) fn leave_to<T>(&self, editor: impl FnOnce() -> T) -> T {
            editor()
        }
    }
}
