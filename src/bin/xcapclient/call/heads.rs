//! What `-v` shows: the library's log, which leaves secrets out.

use log::{Level, LevelFilter, Log, Metadata, Record};

use crate::stderr::line;

struct Heads;

/// Shows the head of each request and answer from now on, and behind them a line with the time.
pub(crate) fn show() {
    // There is no other logger here.
    if log::set_logger(&Heads).is_ok() {
        log::set_max_level(LevelFilter::Trace);
    }
}

impl Log for Heads {
    /// What lies below the library logs secrets.
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
