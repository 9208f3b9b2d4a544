//! What the threads of a server share.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::answer::ETag;
use crate::selector::Application;

use super::access::Access;
use super::connection::Connections;
use super::fault::Faults;
use super::profile::Conduct;
use super::record::Records;
use super::store::Store;

pub(super) struct Core {
    pub(super) address: SocketAddr,
    /// The path of the XCAP root, empty or with a leading slash.
    pub(super) path: String,
    pub(super) conduct: &'static dyn Conduct,
    /// The test's own application usages.
    pub(super) applications: Vec<Application>,
    pub(super) access: Access,
    pub(super) has_writable_global: bool,
    pub(super) keep_alive: Duration,
    pub(super) connections: Connections,
    pub(super) store: Mutex<Store>,
    pub(super) faults: Mutex<Faults>,
    pub(super) records: Mutex<Records>,
}

/// Locks, whatever became of another thread.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Core {
    /// The XCAP root.
    pub(super) fn root(&self) -> String {
        format!("http://{}{}", self.address, self.path)
    }

    /// All application usages, the test's own first.
    pub(super) fn usages(&self) -> impl Iterator<Item = &Application> {
        self.applications.iter().rev().chain(Application::registry())
    }

    pub(super) fn usage(&self, auid: &str) -> Option<&Application> {
        self.usages().find(|usage| usage.auid == auid)
    }

    /// An ETag that no document of this process has had.
    pub(super) fn new_etag(&self) -> ETag {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        ETag::strong(&self.conduct.etag(NEXT.fetch_add(1, Ordering::Relaxed)))
    }
}
