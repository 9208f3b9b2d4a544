//! What a client and its clones share.

use std::borrow::Cow;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::answer::Response;
use crate::http::Exchange;
use crate::selector::{Application, UserId};

pub(crate) struct Core {
    pub(crate) user: UserId,
    pub(crate) exchange: Exchange,
    pub(crate) applications: Vec<Application>,
    pub(crate) validate: bool,
    pub(crate) timeout: Duration,
    /// A change was answered without a document.
    pub(crate) puts_bring_no_body: AtomicBool,
}

impl Core {
    /// What is known about an application usage: the user's own first, then the registry.
    pub(crate) fn application(&self, auid: &str) -> Cow<'static, Application> {
        let own = self.applications.iter().rfind(|application| application.auid == auid);
        match (own, Application::lookup(auid)) {
            (Some(own), _) => Cow::Owned(own.clone()),
            (None, Some(registered)) => Cow::Borrowed(registered),
            (None, None) => Cow::Owned(Application::new(auid.to_owned())),
        }
    }

    /// Takes note of the answer to a PUT that succeeded.
    pub(crate) fn learn_answer(&self, response: &Response) {
        if response.body().is_empty() {
            self.puts_bring_no_body.store(true, Ordering::Relaxed);
        }
    }

    /// Whether the server is known to answer a change without a document, so that a PUT answered with
    /// one changed nothing.
    pub(crate) fn puts_bring_no_body(&self) -> bool {
        self.puts_bring_no_body.load(Ordering::Relaxed)
    }
}

/// As a client's, which shows what its clones share.
impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = &self.exchange.root;
        f.debug_struct("XCAPClient")
            .field("root", &format_args!("{}{}", root.origin(), root.path()))
            .field("user", &self.user.as_str())
            .finish_non_exhaustive()
    }
}
