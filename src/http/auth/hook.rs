//! The caller's own way to authorize a request: AKA, GBA, a bearer token.

use std::fmt;
use std::sync::Arc;

/// The closure behind
/// [`XCAPClientBuilder::authorization`](crate::XCAPClientBuilder::authorization).
pub(crate) type Hook = Arc<dyn Fn(&AuthorizationRequest<'_>) -> Option<String> + Send + Sync>;

/// A request that is about to be sent, for the closure of
/// [`XCAPClientBuilder::authorization`](crate::XCAPClientBuilder::authorization).
///
/// ```
/// # let server = xcaplib::testing::Server::start()?;
/// let client = server
///     .client_builder("sip:alice@example.com")
///     .authorization(|request| {
///         let asked = !request.challenges().is_empty();
///         let (method, target) = (request.method(), request.target());
///         let text = format!("{method} {target}, {} bytes", request.body().len());
///         println!("{text}{}", if asked { ", after a challenge" } else { "" });
///         Some("Bearer token".to_owned())
///     })
///     .build()?;
/// client.request("resource-lists").optional().get()?;
/// assert_eq!(server.requests()[0].header("authorization"), Some("Bearer token"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct AuthorizationRequest<'a> {
    pub(super) message: Message<'a>,
    pub(super) challenges: &'a [String],
}

/// A request without its headers.
#[derive(Clone, Copy)]
pub(super) struct Message<'a> {
    pub(super) method: &'a str,
    pub(super) target: &'a str,
    pub(super) body: &'a [u8],
}

impl AuthorizationRequest<'_> {
    /// `GET`, `PUT` or `DELETE`.
    #[must_use]
    pub fn method(&self) -> &str {
        self.message.method
    }

    /// The request-target, path and query, exactly as it goes on the wire.
    #[must_use]
    pub fn target(&self) -> &str {
        self.message.target
    }

    /// The `WWW-Authenticate` values of the 401 that came before in the same call, as the server
    /// sent them. The list is empty if there was no 401.
    #[must_use]
    pub fn challenges(&self) -> &[String] {
        self.challenges
    }

    /// The body. It is empty if there is none.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        self.message.body
    }
}

impl fmt::Debug for AuthorizationRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizationRequest")
            .field("method", &self.message.method)
            .field("target", &self.message.target)
            .field("challenges", &self.challenges.len())
            .finish_non_exhaustive()
    }
}
