//! How far this thread's request has come.

use std::cell::Cell;

/// The HTTP library handles a request in the thread that asks for it, and its errors do not say
/// what was sent before. So its connections note that here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nothing was done yet.
    Begun,
    /// A connection is being made, with TLS where that is wanted.
    Connecting,
    /// The proxy was asked for a connection, and has not answered.
    AskingProxy,
    /// There is a new connection, and nothing was sent on it.
    Connected,
    /// The request or a part of it was sent. `was_idle`: on a connection that had been idle, not on
    /// a new one.
    Sent { was_idle: bool },
    /// The head of the answer was read.
    InAnswer,
}

thread_local! {
    static STAGE: Cell<Stage> = const { Cell::new(Stage::Begun) };
}

impl Stage {
    pub(super) fn of_this_thread() -> Self {
        STAGE.get()
    }

    pub(super) fn set(self) {
        STAGE.set(self);
    }

    /// Bytes go out. They belong to the request, unless a connection is still being made.
    pub(super) fn note_output() {
        match STAGE.get() {
            Self::Begun => Self::Sent { was_idle: true }.set(),
            Self::Connected => Self::Sent { was_idle: false }.set(),
            Self::Connecting | Self::AskingProxy | Self::Sent { .. } | Self::InAnswer => {}
        }
    }

    /// Whether a part of the request was sent to the server.
    pub(super) fn is_sent(self) -> bool {
        matches!(self, Self::Sent { .. } | Self::InAnswer)
    }
}
