//! All that a request consists of, except its client.

use std::borrow::Cow;

use crate::http::{CallTime, RequestHeaders};
use crate::selector::{Application, NodeArg, Tree, UserId};

/// All that a request consists of, except its client.
#[derive(Clone)]
pub(crate) struct RequestOptions {
    pub(super) application: Cow<'static, Application>,
    pub(super) owner: Owner,
    pub(super) filename: Option<String>,
    pub(super) node: NodeArg<'static>,
    pub(super) headers: RequestHeaders,
    pub(super) validate: bool,
    pub(super) with_namespaces: bool,
    pub(super) time: CallTime,
    /// Whether the request comes from a copy, which has its own way around what a server cannot do.
    pub(super) is_of_copy: bool,
}

/// Whose document is meant.
#[derive(Clone)]
pub(super) enum Owner {
    /// The client's user's.
    Own,
    /// Another user's, as the caller writes the user id.
    Named(String),
    /// Another user's, as a server writes the user id.
    Exact(UserId),
    /// Everybody's: it is in the global tree.
    Everybody,
}

impl Owner {
    pub(super) fn tree(&self) -> Tree {
        if matches!(self, Self::Everybody) { Tree::Global } else { Tree::Users }
    }
}
