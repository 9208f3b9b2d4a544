//! The output of `-v`: the library's log, which contains no secrets.

use log::{Level, LevelFilter, Log, Metadata, Record};

use crate::stderr::line;

struct Heads;

/// From now on, shows the head of each request and answer, followed by a line with the time.
pub(crate) fn show() {
    // The program has no other logger.
    if log::set_logger(&Heads).is_ok() {
        log::set_max_level(LevelFilter::Trace);
    }
}

impl Log for Heads {
    /// Only the library itself: the crates below it log secrets.
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "xcaplib"
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let mark = if record.level() == Level::Trace { "" } else { "* " };
            line(&format!("{mark}{}", record.args()));
        }
    }

    fn flush(&self) {}
}
