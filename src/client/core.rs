//! What a client and its clones share.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use crate::http::Exchange;
use crate::http_types::HeaderMap;
use crate::selector::{Application, UserId};

use super::habits::Habits;

pub(crate) struct Core {
    pub(crate) user: UserId,
    pub(crate) exchange: Exchange,
    /// The fields of every request. A request's own fields take precedence.
    pub(crate) headers: HeaderMap,
    pub(crate) applications: Vec<Application>,
    pub(crate) validate: bool,
    pub(crate) timeout: Duration,
    pub(crate) habits: Habits,
}

impl Core {
    /// What is known about an application usage. The caller's own entries come first, then the
    /// registry.
    pub(crate) fn application(&self, auid: &str) -> Cow<'static, Application> {
        let own = self.applications.iter().rfind(|application| application.auid == auid);
        match (own, Application::lookup(auid)) {
            (Some(own), _) => Cow::Owned(own.clone()),
            (None, Some(registered)) => Cow::Borrowed(registered),
            (None, None) => Cow::Owned(Application::new(auid.to_owned())),
        }
    }
}

/// A client and its clones share this `Debug` form.
impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = &self.exchange.root;
        f.debug_struct("XCAPClient")
            .field("root", &format_args!("{}{}", root.origin(), root.path()))
            .field("user", &self.user.as_str())
            .finish_non_exhaustive()
    }
}
