//! Why no usable answer came, and how far the request got.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use ureq::Timeout;
use ureq::http::Uri;
use ureq::http::uri::Scheme;

use crate::answer::ErrorKind;

use super::handshake::{is_refused_by_tls, tls_reason};
use super::options::{MAX_HEAD, NEEDS_TLS};
use super::received::Received;
use super::stage::Stage;
use crate::http::time::CallTime;

/// Why no usable answer came.
pub(crate) struct Failure {
    pub(crate) kind: ErrorKind,
    pub(crate) reason: String,
    pub(crate) source: Option<Box<dyn std::error::Error + Send + Sync>>,
    /// The answer without its body, if the body was too large.
    pub(crate) received: Option<Box<Received>>,
    pub(crate) reached: Reached,
}

/// How far a request without an answer got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reached {
    /// There was no connection to send it on. Another try may find one.
    Nowhere,
    /// The server certainly did not get it, and another try would end the same way: the host is not
    /// known, connecting took too long, or a certificate or a proxy stopped it.
    NotTheServer,
    /// The connection had been idle, and the server may have closed it before the request arrived.
    /// The server may still have got the request.
    StaleConnection,
    /// The server may have got it.
    Perhaps,
}

impl Reached {
    /// Whether the server may have got the request.
    pub(crate) fn may_be_server(self) -> bool {
        matches!(self, Self::StaleConnection | Self::Perhaps)
    }
}

/// The attempt that a failure is about.
pub(super) struct Attempt<'a> {
    pub(super) uri: Uri,
    pub(super) time: CallTime,
    pub(super) connect_timeout: Duration,
    /// The host of the proxy in between, if any. Then this host is looked up and connected to.
    pub(super) proxy: Option<&'a str>,
    /// The address to connect to, in place of one of the URL's host.
    pub(super) address: Option<SocketAddr>,
}

impl Failure {
    /// Nothing was sent.
    pub(super) fn unsent(kind: ErrorKind, reason: String) -> Self {
        Self { kind, reason, source: None, received: None, reached: Reached::NotTheServer }
    }

    /// HTTP/1.0 has no Transfer-Encoding, so it is not known where the body ends (RFC 9112 section
    /// 6.1). Its chunks would be taken for text.
    pub(super) fn faulty_framing() -> Self {
        let reason = "the answer is not HTTP: a Transfer-Encoding in HTTP/1.0".to_owned();
        let failure = Self::unsent(ErrorKind::MalformedResponse, reason);
        Self { reached: Reached::Perhaps, ..failure }
    }

    /// The body of an answer is larger than the limit. The status still tells what became of the
    /// request.
    pub(super) fn too_large(reason: String, head: Received) -> Self {
        let failure = Self::unsent(ErrorKind::TooLarge, reason);
        Self { received: Some(Box::new(head)), ..failure }
    }

    /// Describes an error of the HTTP library in an attempt that reached `stage`.
    pub(super) fn of(error: ureq::Error, stage: Stage, attempt: &Attempt<'_>) -> Self {
        let kind = kind(&error, stage, attempt);
        let reason = reason(&error, kind, stage, attempt);
        let reached = reached(&error, stage);
        let source = (!is_repeated(&error, &reason)).then(|| Box::from(error));
        Self { kind, reason, source, received: None, reached }
    }
}

/// Whether a text already contains the words of an error or of one of its sources. Printing both
/// would say them twice.
fn is_repeated(error: &ureq::Error, text: &str) -> bool {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = next {
        if text.contains(&error.to_string()) {
            return true;
        }
        next = error.source();
    }
    match error {
        ureq::Error::Io(inner) => text.contains(&inner.to_string()),
        ureq::Error::Protocol(inner) => text.contains(&inner.to_string()),
        _ => false,
    }
}

impl Attempt<'_> {
    fn is_https(&self) -> bool {
        self.uri.scheme() == Some(&Scheme::HTTPS)
    }

    fn host_not_found(&self) -> String {
        match self.proxy {
            Some(host) => format!("the proxy's host {host} was not found"),
            None => format!("the host {} was not found", self.uri.host().unwrap_or_default()),
        }
    }
}

fn reason(error: &ureq::Error, kind: ErrorKind, stage: Stage, attempt: &Attempt<'_>) -> String {
    match error {
        ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => format!(
            "connecting took longer than {:?}, the client's connect_timeout",
            attempt.connect_timeout
        ),
        ureq::Error::Timeout(_) => attempt.time.ran_out(),
        ureq::Error::HostNotFound => attempt.host_not_found(),
        _ if stage == Stage::AskingProxy => {
            format!("the proxy made no connection: {}", proxy_reason(error))
        }
        ureq::Error::ConnectProxyFailed(e) => format!("the proxy made no connection: {e}"),
        ureq::Error::ConnectionFailed => "the connection could not be made".to_owned(),
        ureq::Error::Io(e) if kind == ErrorKind::Tls => tls_reason(&e.to_string()),
        ureq::Error::Io(e) => io_reason(e, stage, attempt),
        ureq::Error::Protocol(e) if !stage.is_sent() => format!("the request cannot be sent: {e}"),
        ureq::Error::Protocol(e) => format!("the answer is not HTTP: {e}"),
        ureq::Error::LargeResponseHeader(..) => {
            format!("the head of the answer is larger than {MAX_HEAD} bytes")
        }
        ureq::Error::TlsRequired => format!("https {NEEDS_TLS}"),
        _ if kind == ErrorKind::Tls => tls_reason(&error.to_string()),
        _ if stage == Stage::InAnswer => format!("the answer could not be read: {error}"),
        _ => error.to_string(),
    }
}

/// What a proxy did instead of making a connection.
fn proxy_reason(error: &ureq::Error) -> String {
    match error {
        ureq::Error::ConnectProxyFailed(e) => e.clone(),
        ureq::Error::Protocol(e) => format!("its answer is not HTTP: {e}"),
        ureq::Error::Io(e) if is_closed(e.kind()) => "it closed the connection".to_owned(),
        _ => error.to_string(),
    }
}

fn io_reason(error: &io::Error, stage: Stage, attempt: &Attempt<'_>) -> String {
    match error.kind() {
        _ if is_failed_lookup(error) => attempt.host_not_found(),
        kind if is_closed(kind) => match stage {
            Stage::InAnswer => "the connection was closed in the middle of the answer".to_owned(),
            Stage::Sent { .. } => "the connection was closed before an answer came".to_owned(),
            _ => "the connection was closed while it was made".to_owned(),
        },
        io::ErrorKind::ConnectionRefused if attempt.proxy.is_some() => {
            "the connection to the proxy was refused".to_owned()
        }
        io::ErrorKind::ConnectionRefused => match attempt.address {
            Some(address) => {
                format!("the connection to {address}, the address of `resolve`, was refused")
            }
            None => "the connection was refused".to_owned(),
        },
        _ if stage == Stage::InAnswer => {
            format!("input failed in the middle of the answer: {error}")
        }
        _ => format!("input or output failed: {error}"),
    }
}

/// If nothing was sent, the server certainly got nothing. Otherwise it may have got the request,
/// unless TLS ended before the server would have looked at it.
fn reached(error: &ureq::Error, stage: Stage) -> Reached {
    match stage {
        Stage::Sent { .. } | Stage::InAnswer if is_refused_by_tls(error) => Reached::NotTheServer,
        Stage::InAnswer | Stage::Sent { was_idle: false } => Reached::Perhaps,
        Stage::Sent { was_idle: true } => match error {
            ureq::Error::Io(e) if is_closed(e.kind()) => Reached::StaleConnection,
            _ => Reached::Perhaps,
        },
        _ if was_unconnected(error) => Reached::Nowhere,
        _ => Reached::NotTheServer,
    }
}

/// The standard library has no error kind for a failed lookup.
fn is_failed_lookup(error: &io::Error) -> bool {
    // WSAHOST_NOT_FOUND, WSATRY_AGAIN, WSANO_RECOVERY, WSANO_DATA
    let has_code = cfg!(windows) && matches!(error.raw_os_error(), Some(11001..=11004));
    has_code || error.to_string().starts_with("failed to lookup address information")
}

/// False if connecting took too long: the time of the call is not to be spent on that again.
fn was_unconnected(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::ConnectionFailed => true,
        ureq::Error::Io(e) => e.kind() == io::ErrorKind::ConnectionRefused,
        _ => false,
    }
}

/// Whether the other end, or the way to it, is gone.
pub(super) fn is_closed(kind: io::ErrorKind) -> bool {
    matches!(
        kind,
        io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
    )
}

fn kind(error: &ureq::Error, stage: Stage, attempt: &Attempt<'_>) -> ErrorKind {
    let may_be_handshake = stage != Stage::InAnswer && attempt.is_https();
    match error {
        ureq::Error::Timeout(_) => ErrorKind::Timeout,
        _ if stage == Stage::AskingProxy => ErrorKind::Transport,
        ureq::Error::Tls(_) | ureq::Error::TlsRequired => ErrorKind::Tls,
        #[cfg(any(feature = "rustls", feature = "native-tls"))]
        ureq::Error::Pem(_) => ErrorKind::Tls,
        #[cfg(feature = "rustls")]
        ureq::Error::Rustls(_) => ErrorKind::Tls,
        #[cfg(feature = "native-tls")]
        ureq::Error::NativeTls(_) | ureq::Error::Der(_) => ErrorKind::Tls,
        // How rustls reports a failed handshake.
        ureq::Error::Io(e) if may_be_handshake && e.kind() == io::ErrorKind::InvalidData => {
            ErrorKind::Tls
        }
        ureq::Error::Io(_) if may_be_handshake && is_refused_by_tls(error) => ErrorKind::Tls,
        ureq::Error::Protocol(_) | ureq::Error::Http(_) if !stage.is_sent() => {
            ErrorKind::InvalidInput
        }
        ureq::Error::Protocol(_) | ureq::Error::Http(_) => ErrorKind::MalformedResponse,
        ureq::Error::LargeResponseHeader(..) | ureq::Error::BodyExceedsLimit(_) => {
            ErrorKind::TooLarge
        }
        ureq::Error::BadUri(_) => ErrorKind::InvalidInput,
        _ => ErrorKind::Transport,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENT: Stage = Stage::Sent { was_idle: false };

    fn attempt(scheme: &str) -> Attempt<'static> {
        let uri = Uri::try_from(format!("{scheme}://xcap.example.com/a")).unwrap();
        let second = Duration::from_secs(1);
        let time = CallTime::new(second);
        Attempt { uri, time, connect_timeout: second, proxy: None, address: None }
    }

    fn invalid_data(text: &str) -> ureq::Error {
        ureq::Error::Io(io::Error::new(io::ErrorKind::InvalidData, text))
    }

    fn closed() -> ureq::Error {
        ureq::Error::Io(io::ErrorKind::ConnectionReset.into())
    }

    #[track_caller]
    fn check(error: ureq::Error, stage: Stage, kind: ErrorKind, reason: &str, reached: Reached) {
        let failure = Failure::of(error, stage, &attempt("https"));
        assert_eq!((failure.kind, failure.reason.as_str()), (kind, reason));
        assert_eq!(failure.reached, reached);
        if let Some(source) = failure.source {
            assert!(!reason.contains(&source.to_string()), "{source} is said twice");
        }
    }

    #[test]
    fn what_did_not_arrive_is_known() {
        let checked = |error, reason: &str, reached| {
            check(error, Stage::Connecting, ErrorKind::Transport, reason, reached);
        };
        let lookup = "failed to lookup address information: Name or service not known";
        let not_found = "the host xcap.example.com was not found";
        checked(ureq::Error::Io(io::Error::other(lookup)), not_found, Reached::NotTheServer);
        checked(ureq::Error::HostNotFound, not_found, Reached::NotTheServer);
        checked(
            ureq::Error::ConnectionFailed,
            "the connection could not be made",
            Reached::Nowhere,
        );
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        checked(ureq::Error::Io(refused), "the connection was refused", Reached::Nowhere);
        checked(closed(), "the connection was closed while it was made", Reached::NotTheServer);
        checked(
            ureq::Error::Io(io::Error::new(io::ErrorKind::HostUnreachable, "no route")),
            "input or output failed: no route",
            Reached::NotTheServer,
        );
        for at in [Timeout::Resolve, Timeout::Connect] {
            check(
                ureq::Error::Timeout(at),
                Stage::Connecting,
                ErrorKind::Timeout,
                "connecting took longer than 1s, the client's connect_timeout",
                Reached::NotTheServer,
            );
        }
        check(
            invalid_data("invalid peer certificate: UnknownIssuer"),
            Stage::Connecting,
            ErrorKind::Tls,
            "TLS: invalid peer certificate: UnknownIssuer",
            Reached::NotTheServer,
        );
    }

    #[test]
    fn where_a_proxy_is_connected_to_it_is_the_one_at_fault() {
        let attempt = Attempt { proxy: Some("proxy.example.com"), ..attempt("http") };
        let lookup = "failed to lookup address information: Name or service not known";
        for (error, stage, reason) in [
            (
                io::Error::other(lookup).into(),
                Stage::Connecting,
                "the proxy's host proxy.example.com was not found",
            ),
            (
                ureq::Error::Io(io::ErrorKind::ConnectionRefused.into()),
                Stage::Connecting,
                "the connection to the proxy was refused",
            ),
            (
                closed(),
                Stage::AskingProxy,
                "the proxy made no connection: it closed the connection",
            ),
            (
                ureq::Error::ConnectProxyFailed("proxy server responded 407/407".to_owned()),
                Stage::AskingProxy,
                "the proxy made no connection: proxy server responded 407/407",
            ),
        ] {
            let failure = Failure::of(error, stage, &attempt);
            assert_eq!((failure.kind, failure.reason.as_str()), (ErrorKind::Transport, reason));
            assert!(!failure.reached.may_be_server());
        }
    }

    #[test]
    fn of_all_that_was_sent_it_is_not_known() {
        let checked = |error, reason: &str| {
            check(error, SENT, ErrorKind::Transport, reason, Reached::Perhaps);
        };
        checked(
            ureq::Error::Io(io::Error::new(io::ErrorKind::HostUnreachable, "no route")),
            "input or output failed: no route",
        );
        checked(ureq::Error::Other("odd".into()), "other: odd");
        checked(closed(), "the connection was closed before an answer came");
        check(
            closed(),
            Stage::Sent { was_idle: true },
            ErrorKind::Transport,
            "the connection was closed before an answer came",
            Reached::StaleConnection,
        );
        check(
            invalid_data("cannot decrypt peer's message"),
            SENT,
            ErrorKind::Tls,
            "TLS: cannot decrypt peer's message",
            Reached::Perhaps,
        );
        check(
            invalid_data("cannot decrypt peer's message"),
            Stage::InAnswer,
            ErrorKind::Transport,
            "input failed in the middle of the answer: cannot decrypt peer's message",
            Reached::Perhaps,
        );
    }

    #[test]
    fn without_https_no_fault_is_one_of_tls() {
        let failure = Failure::of(invalid_data("odd"), SENT, &attempt("http"));
        assert_eq!(failure.kind, ErrorKind::Transport);
        assert!(failure.reached.may_be_server());
    }
}
