//! A call as a future.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::answer::Result;

/// A call that is under way, or will be when it is first polled: a future of its result.
///
/// A call of a client or a request owns all that it needs and is `'static`. A call that changes a
/// [`CachedDocument`](super::CachedDocument) borrows the copy. All calls are `Send`. The
/// [module](super#when-a-future-is-dropped) says what happens when a call is dropped.
///
/// ```
/// # let server = xcaplib::testing::Server::start()?;
/// # let blocking = server.client("sip:alice@example.com")?;
/// # let client = xcaplib::green::XCAPClient::from(blocking);
/// # pollster::block_on(async {
/// use xcaplib::Resource;
/// use xcaplib::green::Call;
///
/// let call: Call<'static, Resource> = client.get("resource-lists", None, None, None);
/// assert!(server.requests().is_empty()); // nothing is sent before it is polled
/// assert!(call.await.unwrap_err().is_not_found());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a call does nothing until it is polled"]
pub struct Call<'f, T>(Pin<Box<dyn Future<Output = Result<T>> + Send + 'f>>);

impl<T: Send + 'static> Call<'static, T> {
    /// A call whose work a thread of the pool does.
    pub(super) fn new(work: impl FnOnce() -> Result<T> + Send + 'static) -> Self {
        Self::of(async { blocking::unblock(work).await })
    }
}

impl<'f, T> Call<'f, T> {
    pub(super) fn of(future: impl Future<Output = Result<T>> + Send + 'f) -> Self {
        Self(Box::pin(future))
    }
}

impl<T> Future for Call<'_, T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(context)
    }
}

impl<T> fmt::Debug for Call<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").finish_non_exhaustive()
    }
}
