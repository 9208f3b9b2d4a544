//! What all calls of a client share.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::http_types::text_of;
use crate::random;

use super::authorization::Authorization;
use super::hook::{AuthorizationRequest, Hook, Message};
use super::identity::Identity;
use super::pool::Pool;

/// What all calls of a client know about authentication.
pub(crate) struct Auth {
    pub(super) identity: Identity,
    pub(super) basic_allowed: bool,
    hook: Option<Hook>,
    /// The path of the XCAP root.
    root: String,
    pub(super) environment: Environment,
    pool: Mutex<Pool>,
}

/// The sources of random numbers and of the time, which tests replace. A cnonce foils precomputed
/// tables (RFC 7616 section 5.10). It is not a key.
pub(super) struct Environment {
    pub(super) cnonce: Box<dyn Fn() -> String + Send + Sync>,
    pub(super) now: Box<dyn Fn() -> Instant + Send + Sync>,
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auth")
            .field("identity", &self.identity)
            .field("basic_allowed", &self.basic_allowed)
            .field("has_hook", &self.hook.is_some())
            .field("idle_sessions", &self.pool().idle())
            .finish_non_exhaustive()
    }
}

impl Auth {
    /// `basic_allowed`: the connection is private (https, loopback), or the builder allowed Basic
    /// without that.
    pub(crate) fn new(identity: Identity, basic_allowed: bool) -> Self {
        let environment =
            Environment { cnonce: Box::new(random::hex), now: Box::new(Instant::now) };
        Self {
            identity,
            basic_allowed,
            hook: None,
            root: String::new(),
            environment,
            pool: Mutex::default(),
        }
    }

    /// The targets of application usages stand below this path.
    pub(crate) fn below(self, root: &str) -> Self {
        Self { root: root.to_owned(), ..self }
    }

    /// The application usage of a target: the first segment below the root. Each usage may have its
    /// own realm.
    pub(super) fn usage<'t>(&self, target: &'t str) -> &'t str {
        let below = target.strip_prefix(self.root.as_str()).unwrap_or(target);
        below.trim_start_matches('/').split(['/', '?']).next().unwrap_or_default()
    }

    /// Asks `hook` before anything else.
    pub(crate) fn with_hook(self, hook: Option<Hook>) -> Self {
        Self { hook, ..self }
    }

    /// What the caller's own closure makes of a request, after a 401 with these challenges.
    pub(super) fn own(&self, message: Message<'_>, challenges: &[&[u8]]) -> Option<Authorization> {
        let hook = self.hook.as_ref()?;
        let challenges: Vec<_> =
            challenges.iter().map(|bytes| text_of(bytes).into_owned()).collect();
        let value = hook(&AuthorizationRequest { message, challenges: &challenges })?;
        Some(Authorization::own(value.as_bytes()))
    }

    pub(super) fn now(&self) -> Instant {
        (self.environment.now)()
    }

    /// The lock is never held while a caller's code runs, so even a poisoned lock guards a
    /// consistent state.
    pub(super) fn pool(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
