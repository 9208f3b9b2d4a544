//! What a client has learnt about its server from the answers to its changes. Clones share it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What the client has seen the server do.
#[derive(Default)]
pub(crate) struct Habits {
    usages: Mutex<HashMap<String, Habit>>,
    /// A change was answered without a body.
    answers_changes_bare: AtomicBool,
    /// A PUT of a document was answered with that document, by a server that had checked the
    /// condition.
    answers_with_documents: AtomicBool,
}

/// How the server keeps the documents of one application usage. `None` means not seen yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Habit {
    pub(crate) conditions: Option<Conditions>,
    pub(crate) storage: Option<Storage>,
}

/// What the server does with `If-Match`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Conditions {
    /// A condition that did not match was answered with 412.
    Honoured,
    /// A condition that could not match did not prevent a change.
    Ignored,
}

/// What the server makes of a document that is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Storage {
    /// What was sent, byte for byte.
    AsSent,
    Altered,
}

impl Habits {
    pub(crate) fn of(&self, auid: &str) -> Habit {
        self.usages().get(auid).copied().unwrap_or_default()
    }

    pub(crate) fn learn_conditions(&self, auid: &str, conditions: Conditions) {
        self.usages().entry(auid.to_owned()).or_default().conditions = Some(conditions);
    }

    pub(crate) fn learn_storage(&self, auid: &str, storage: Storage) {
        self.usages().entry(auid.to_owned()).or_default().storage = Some(storage);
    }

    pub(crate) fn learn_bare_answer(&self) {
        self.answers_changes_bare.store(true, Ordering::Relaxed);
    }

    /// Whether the server is known to answer a change without a body. OpenXCAP is such a server.
    /// But if a PUT repeats the document that is already there, it answers with that document,
    /// whatever the condition says.
    pub(crate) fn answers_changes_bare(&self) -> bool {
        self.answers_changes_bare.load(Ordering::Relaxed)
    }

    pub(crate) fn learn_document_answer(&self) {
        self.answers_with_documents.store(true, Ordering::Relaxed);
    }

    pub(crate) fn answers_with_documents(&self) -> bool {
        self.answers_with_documents.load(Ordering::Relaxed)
    }

    fn usages(&self) -> MutexGuard<'_, HashMap<String, Habit>> {
        self.usages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
