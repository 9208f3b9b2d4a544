//! HTTP as this crate uses it: the only file that knows ureq.

use std::io;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use ureq::http::header::{ACCEPT, CONTENT_LENGTH, ETAG, TRANSFER_ENCODING};
use ureq::http::request::Request;
use ureq::http::response::Parts;
use ureq::http::uri::Scheme;
use ureq::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, Version};
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Timeout};

/// The types of HTTP that the rest of the crate uses.
pub(crate) use ureq::http;

use crate::error::{Error, ErrorKind, Result};
use crate::etag::ETag;
use crate::logging;
use crate::lookup::Lookup;
use crate::resource::Response;

/// OpenXCAP closes idle connections after 5 seconds; one about to be closed is not worth a try.
const IDLE: Duration = Duration::from_secs(4);
/// Connections kept for later calls, at most: one for each thread of a busy program.
const MAX_IDLE: usize = 64;
/// The longest head of an answer that is read, in bytes: less than the HTTP library's buffer, which
/// takes a full one for a closed connection.
const MAX_HEAD: usize = 64 * 1024;
/// The longest URI that the HTTP library takes, in bytes.
const MAX_URI: usize = 65_534;

/// As good as endless; the HTTP library panics where a time limit is past the end of its clock.
const MAX_TIME: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// How a client's connections are made.
#[derive(Clone)]
pub(crate) struct Options {
    pub(crate) timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) user_agent: String,
    pub(crate) max_body: u64,
    pub(crate) tls: TlsOptions,
}

/// How the two ends of a connection know each other.
#[derive(Clone, Default)]
pub(crate) struct TlsOptions {
    /// Certificates to trust beside the usual ones, as PEM.
    pub(crate) ca_certificates: Vec<Vec<u8>>,
    /// Our own certificate, those between it and its authority, and its private key, as PEM.
    pub(crate) client_certificate: Option<Vec<u8>>,
    pub(crate) accept_invalid: bool,
}

/// What to do where TLS is asked of a build without it.
pub(crate) const NEEDS_TLS: &str =
    "needs TLS; turn on one of the features `rustls`, `platform-verifier` and `native-tls`";

pub(crate) struct Transport {
    agent: Agent,
    timeout: Duration,
    connect_timeout: Duration,
    max_body: u64,
    /// When an answer was last read to its end, which is when a connection may have gone idle.
    last_answer: Mutex<Option<Instant>>,
}

/// One request, ready to go out.
pub(crate) struct Outgoing<'a> {
    pub(crate) method: Method,
    pub(crate) url: String,
    /// Path and query of the URL.
    pub(crate) target: &'a str,
    pub(crate) headers: HeaderMap,
    /// `None` sends no body and no Content-Length. A PUT has always a body: without one the HTTP
    /// library would announce a chunked one.
    pub(crate) body: Option<&'a [u8]>,
    pub(crate) time: CallTime,
}

/// The time for one call, whatever number of requests it takes.
#[derive(Clone, Copy)]
pub(crate) struct CallTime {
    began: Instant,
    limit: Duration,
}

/// Why no usable answer came.
pub(crate) struct Failure {
    pub(crate) kind: ErrorKind,
    pub(crate) reason: String,
    pub(crate) source: Option<Box<dyn std::error::Error + Send + Sync>>,
    /// The answer without its body, if that is what was too large.
    pub(crate) response: Option<Box<Response>>,
    /// A connection that had been idle may have been closed under the request.
    pub(crate) was_stale: bool,
    /// There was no connection to send it on.
    pub(crate) was_unconnected: bool,
    /// The server may have got the request all the same.
    pub(crate) may_have_arrived: bool,
}

/// What a failure is told of.
struct Attempt {
    uri: Uri,
    time: CallTime,
}

/// How far an attempt came.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Connecting, sending, waiting.
    BeforeAnswer,
    /// Its head was read.
    InAnswer,
}

impl Transport {
    pub(crate) fn new(options: &Options, proxy: Option<ureq::Proxy>) -> Result<Self> {
        // The HTTP library takes no time for a second.
        if options.connect_timeout.is_zero() {
            return Err(Error::invalid_input(
                "connect_timeout is zero, which leaves no time to connect",
            ));
        }
        let timeout = options.timeout.min(MAX_TIME);
        let connect_timeout = options.connect_timeout.min(MAX_TIME);
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(options.user_agent.as_str())
            // Some servers answer 406 to an Accept-Encoding.
            .accept_encoding("")
            .max_idle_age(IDLE)
            .max_idle_connections(MAX_IDLE)
            .max_idle_connections_per_host(MAX_IDLE)
            .max_response_header_size(MAX_HEAD)
            .timeout_global(Some(timeout))
            .timeout_connect(Some(connect_timeout))
            .proxy(proxy);
        #[cfg(any(feature = "rustls", feature = "native-tls"))]
        let config = config.tls_config(crate::tls::config(&options.tls)?);
        #[cfg(not(any(feature = "rustls", feature = "native-tls")))]
        check_without_tls(&options.tls)?;
        Ok(Self {
            agent: Agent::with_parts(
                config.build(),
                DefaultConnector::default(),
                Lookup::new(IDLE),
            ),
            timeout,
            connect_timeout,
            max_body: options.max_body,
            last_answer: Mutex::new(None),
        })
    }

    /// Sends one request and reads the whole answer, whatever its status.
    pub(crate) fn send(&self, outgoing: Outgoing<'_>) -> Result<Response, Failure> {
        let began = Instant::now();
        let may_be_stale = self.has_idle(began);
        let (method, target) = (outgoing.method.clone(), outgoing.target);
        let result = self.exchange(outgoing);
        let ended = Instant::now();
        logging::sent(&method, target, &result, ended.saturating_duration_since(began));
        match result {
            Ok(response) => {
                *self.last_answer() = Some(ended);
                Ok(response)
            }
            Err(mut failure) => {
                failure.was_stale &= may_be_stale;
                Err(failure)
            }
        }
    }

    fn exchange(&self, outgoing: Outgoing<'_>) -> Result<Response, Failure> {
        let time = outgoing.time;
        let left = time.left();
        if left.is_zero() {
            return Err(Failure::new(ErrorKind::Timeout, time.ran_out()));
        }
        let attempt = Attempt { uri: uri(outgoing.url)?, time };
        let mut request = Request::new(());
        *request.method_mut() = outgoing.method;
        *request.uri_mut() = attempt.uri.clone();
        *request.headers_mut() = outgoing.headers;
        // An empty field is not sent, nor is the HTTP library's own in its place.
        let is_without_accept = request.headers().get(ACCEPT).is_some_and(HeaderValue::is_empty);
        // A config of its own costs a copy, so only a request that needs one gets it.
        if left != self.timeout || is_without_accept {
            let mut config = self.agent.configure_request(request).timeout_global(Some(left));
            if is_without_accept {
                config = config.accept("");
            }
            request = config.build();
        }
        if is_without_accept {
            request.headers_mut().remove(ACCEPT);
        }
        let answer = match outgoing.body {
            Some(body) => self.agent.run(request.map(|()| body)),
            None => self.agent.run(request),
        };
        let answer = answer.map_err(|error| self.failure(error, Stage::BeforeAnswer, &attempt))?;
        let (parts, mut body) = answer.into_parts();
        if parts.version == Version::HTTP_10 && parts.headers.contains_key(TRANSFER_ENCODING) {
            return Err(Failure::faulty_framing());
        }
        if declared_length(parts.status, &parts.headers).is_some_and(|n| n > self.max_body) {
            return Err(self.too_large(parts));
        }
        match body.with_config().limit(self.max_body).read_to_vec() {
            Ok(bytes) => Ok(response(parts, bytes)),
            Err(ureq::Error::BodyExceedsLimit(_)) => Err(self.too_large(parts)),
            Err(error) => Err(self.failure(error, Stage::InAnswer, &attempt)),
        }
    }

    fn has_idle(&self, now: Instant) -> bool {
        self.last_answer().is_some_and(|last| now.saturating_duration_since(last) <= IDLE)
    }

    fn last_answer(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.last_answer.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The status tells what became of the request, so of a change that is known.
    fn too_large(&self, head: Parts) -> Failure {
        let response = response(head, Vec::new());
        let reason = format!(
            "the body of the answer is larger than {} bytes, the client's max_body; its status is {}",
            self.max_body,
            response.status()
        );
        Failure { response: Some(Box::new(response)), ..Failure::new(ErrorKind::TooLarge, reason) }
    }

    fn failure(&self, error: ureq::Error, stage: Stage, attempt: &Attempt) -> Failure {
        let kind = kind(&error, stage, attempt);
        let reason = self.reason(&error, kind, stage, attempt);
        let is_before = stage == Stage::BeforeAnswer;
        let was_stale = is_before && matches!(&error, ureq::Error::Io(e) if is_closed(e.kind()));
        let was_unconnected = is_before && was_unconnected(&error);
        let may_have_arrived = !(is_before && did_not_arrive(&error));
        let source = Some(Box::from(error));
        let failure = Failure::new(kind, reason);
        Failure { source, was_stale, was_unconnected, may_have_arrived, ..failure }
    }

    fn reason(
        &self,
        error: &ureq::Error,
        kind: ErrorKind,
        stage: Stage,
        attempt: &Attempt,
    ) -> String {
        match error {
            ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => format!(
                "connecting took longer than {:?}, the client's connect_timeout",
                self.connect_timeout
            ),
            ureq::Error::Timeout(_) => attempt.time.ran_out(),
            ureq::Error::HostNotFound => attempt.host_not_found(),
            ureq::Error::ConnectProxyFailed(e) => format!("the proxy made no connection: {e}"),
            ureq::Error::ConnectionFailed => "the connection could not be made".to_owned(),
            ureq::Error::Io(e) if kind == ErrorKind::Tls => format!("TLS: {e}"),
            ureq::Error::Io(e) => io_reason(e, stage, attempt),
            ureq::Error::Protocol(e) => format!("the answer is not HTTP: {e}"),
            ureq::Error::LargeResponseHeader(..) => {
                format!("the head of the answer is larger than {MAX_HEAD} bytes")
            }
            ureq::Error::TlsRequired => {
                format!("https {NEEDS_TLS}")
            }
            _ if kind == ErrorKind::Tls => format!("TLS: {error}"),
            _ if stage == Stage::InAnswer => format!("the answer could not be read: {error}"),
            _ => error.to_string(),
        }
    }
}

impl Attempt {
    fn is_https(&self) -> bool {
        self.uri.scheme() == Some(&Scheme::HTTPS)
    }

    fn host_not_found(&self) -> String {
        format!("the host {} was not found", self.uri.host().unwrap_or_default())
    }
}

fn io_reason(error: &io::Error, stage: Stage, attempt: &Attempt) -> String {
    match (error.kind(), stage) {
        _ if is_failed_lookup(error) => attempt.host_not_found(),
        (kind, Stage::BeforeAnswer) if is_closed(kind) => {
            "the connection was closed before an answer came".to_owned()
        }
        (kind, Stage::InAnswer) if is_closed(kind) => {
            "the connection was closed in the middle of the answer".to_owned()
        }
        (io::ErrorKind::ConnectionRefused, _) => "the connection was refused".to_owned(),
        (_, Stage::InAnswer) => format!("input failed in the middle of the answer: {error}"),
        _ => format!("input or output failed: {error}"),
    }
}

impl CallTime {
    /// Begins now.
    pub(crate) fn new(limit: Duration) -> Self {
        Self { began: Instant::now(), limit: limit.min(MAX_TIME) }
    }

    /// Begins again.
    pub(crate) fn restart(&mut self) {
        self.began = Instant::now();
    }

    /// The whole time for the first request of a call, what is left of it for those that follow.
    fn left(self) -> Duration {
        let spent = self.began.elapsed();
        // As good as nothing: the agent's own timeout serves the request without a copy.
        if spent < Duration::from_millis(1) { self.limit } else { self.limit.saturating_sub(spent) }
    }

    fn ran_out(self) -> String {
        format!("no complete answer came within {:?}, the time for the call", self.limit)
    }
}

fn uri(url: String) -> Result<Uri, Failure> {
    let invalid = |reason: String| Failure::new(ErrorKind::InvalidInput, reason);
    if url.len() > MAX_URI {
        return Err(invalid(format!("the URI is longer than {MAX_URI} bytes")));
    }
    Uri::try_from(url).map_err(|error| invalid(error.to_string()))
}

fn response(head: Parts, body: Vec<u8>) -> Response {
    let etag = head.headers.get(ETAG).and_then(|value| ETag::from_bytes(value.as_bytes()));
    Response::new(head.status.as_u16(), readable(head.headers), etag, body)
}

/// The length of the body that comes; a 304 may name that of the body it does not send, and a 204 has
/// none.
fn declared_length(status: StatusCode, headers: &HeaderMap) -> Option<u64> {
    if matches!(status, StatusCode::NOT_MODIFIED | StatusCode::NO_CONTENT) {
        return None;
    }
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.trim().parse().ok()
}

/// Header values as UTF-8, each byte of any other taken as one character (Latin-1).
fn readable(mut headers: HeaderMap) -> HeaderMap {
    for value in headers.values_mut() {
        if std::str::from_utf8(value.as_bytes()).is_err() {
            let text: String = value.as_bytes().iter().copied().map(char::from).collect();
            if let Ok(text) = HeaderValue::from_bytes(text.as_bytes()) {
                *value = text;
            }
        }
    }
    headers
}

/// Without TLS an option of it is a mistake that must not pass unnoticed.
#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
fn check_without_tls(options: &TlsOptions) -> Result<()> {
    let name = if !options.ca_certificates.is_empty() {
        "ca_certificates"
    } else if options.client_certificate.is_some() {
        "client_certificate"
    } else if options.accept_invalid {
        "danger_accept_invalid_certs"
    } else {
        return Ok(());
    };
    Err(Error::invalid_input(format!("`{name}` {NEEDS_TLS}")))
}

impl Failure {
    fn new(kind: ErrorKind, reason: String) -> Self {
        Self {
            kind,
            reason,
            source: None,
            response: None,
            was_stale: false,
            was_unconnected: false,
            may_have_arrived: false,
        }
    }

    /// HTTP/1.0 knows no Transfer-Encoding, so where the body ends is not known (RFC 9112 section
    /// 6.1): its chunks would be taken for text.
    fn faulty_framing() -> Self {
        let reason = "the answer is not HTTP: a Transfer-Encoding in HTTP/1.0".to_owned();
        Self { may_have_arrived: true, ..Self::new(ErrorKind::MalformedResponse, reason) }
    }
}

/// Whether the server certainly did not get the request. Of everything else that is not known.
fn did_not_arrive(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::Timeout(at) => matches!(at, Timeout::Resolve | Timeout::Connect),
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed | ureq::Error::BadUri(_) => true,
        ureq::Error::Tls(_) | ureq::Error::TlsRequired => true,
        // Nothing but the CONNECT went out.
        ureq::Error::ConnectProxyFailed(_) => true,
        #[cfg(any(feature = "rustls", feature = "native-tls"))]
        ureq::Error::Pem(_) => true,
        #[cfg(feature = "rustls")]
        ureq::Error::Rustls(_) => true,
        #[cfg(feature = "native-tls")]
        ureq::Error::NativeTls(_) | ureq::Error::Der(_) => true,
        ureq::Error::Io(e) => {
            e.kind() == io::ErrorKind::ConnectionRefused
                || is_failed_lookup(e)
                || is_refused_certificate(e)
        }
        _ => false,
    }
}

/// The standard library has no kind for it.
fn is_failed_lookup(error: &io::Error) -> bool {
    // WSAHOST_NOT_FOUND, WSATRY_AGAIN, WSANO_RECOVERY, WSANO_DATA
    let has_code = cfg!(windows) && matches!(error.raw_os_error(), Some(11001..=11004));
    has_code || error.to_string().starts_with("failed to lookup address information")
}

/// rustls gives a failed handshake and a record broken later the same kind; a certificate is looked
/// at before anything is sent.
fn is_refused_certificate(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::InvalidData
        && error.to_string().starts_with("invalid peer certificate")
}

/// Not where connecting took too long: the time for the call is not there to be spent on that again.
fn was_unconnected(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::ConnectionFailed => true,
        ureq::Error::Io(e) => e.kind() == io::ErrorKind::ConnectionRefused,
        _ => false,
    }
}

fn is_closed(kind: io::ErrorKind) -> bool {
    matches!(
        kind,
        io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
    )
}

fn kind(error: &ureq::Error, stage: Stage, attempt: &Attempt) -> ErrorKind {
    let may_be_handshake = stage == Stage::BeforeAnswer && attempt.is_https();
    match error {
        ureq::Error::Timeout(_) => ErrorKind::Timeout,
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

    fn attempt(scheme: &str) -> Attempt {
        let uri = uri(format!("{scheme}://xcap.example.com/a")).ok().unwrap();
        Attempt { uri, time: CallTime::new(Duration::from_secs(1)) }
    }

    fn transport() -> Transport {
        let options = Options {
            timeout: Duration::from_secs(1),
            connect_timeout: Duration::from_secs(1),
            user_agent: String::new(),
            max_body: 1,
            tls: TlsOptions::default(),
        };
        Transport::new(&options, None).unwrap()
    }

    fn invalid_data(text: &str) -> ureq::Error {
        ureq::Error::Io(io::Error::new(io::ErrorKind::InvalidData, text))
    }

    #[track_caller]
    fn check(error: ureq::Error, stage: Stage, kind: ErrorKind, reason: &str, may_arrive: bool) {
        let failure = transport().failure(error, stage, &attempt("https"));
        assert_eq!((failure.kind, failure.reason.as_str()), (kind, reason));
        assert_eq!(failure.may_have_arrived, may_arrive);
        assert!(failure.source.is_some() && !failure.was_stale);
    }

    #[test]
    fn what_did_not_arrive_is_known() {
        let checked = |error, reason: &str| {
            check(error, Stage::BeforeAnswer, ErrorKind::Transport, reason, false);
        };
        let lookup = "failed to lookup address information: Name or service not known";
        checked(
            ureq::Error::Io(io::Error::other(lookup)),
            "the host xcap.example.com was not found",
        );
        checked(ureq::Error::HostNotFound, "the host xcap.example.com was not found");
        checked(ureq::Error::ConnectionFailed, "the connection could not be made");
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        checked(ureq::Error::Io(refused), "the connection was refused");
        for at in [Timeout::Resolve, Timeout::Connect] {
            check(
                ureq::Error::Timeout(at),
                Stage::BeforeAnswer,
                ErrorKind::Timeout,
                "connecting took longer than 1s, the client's connect_timeout",
                false,
            );
        }
        check(
            invalid_data("invalid peer certificate: UnknownIssuer"),
            Stage::BeforeAnswer,
            ErrorKind::Tls,
            "TLS: invalid peer certificate: UnknownIssuer",
            false,
        );
    }

    #[test]
    fn of_all_else_it_is_not_known() {
        let checked = |error, reason: &str| {
            check(error, Stage::BeforeAnswer, ErrorKind::Transport, reason, true);
        };
        checked(
            ureq::Error::Io(io::Error::new(io::ErrorKind::HostUnreachable, "no route")),
            "input or output failed: no route",
        );
        checked(ureq::Error::Other("odd".into()), "other: odd");
        check(
            invalid_data("cannot decrypt peer's message"),
            Stage::BeforeAnswer,
            ErrorKind::Tls,
            "TLS: cannot decrypt peer's message",
            true,
        );
        // An answer has begun, so the request was there.
        check(
            invalid_data("cannot decrypt peer's message"),
            Stage::InAnswer,
            ErrorKind::Transport,
            "input failed in the middle of the answer: cannot decrypt peer's message",
            true,
        );
    }

    #[test]
    fn without_https_no_fault_is_one_of_tls() {
        let error = invalid_data("odd");
        let failure = transport().failure(error, Stage::BeforeAnswer, &attempt("http"));
        assert_eq!(failure.kind, ErrorKind::Transport);
        assert!(failure.may_have_arrived);
    }
}
