//! HTTP as this crate uses it: the only file that knows ureq.

use std::io;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use ureq::http::header::{CONTENT_LENGTH, ETAG, TRANSFER_ENCODING};
use ureq::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri, Version};
#[cfg(any(feature = "rustls", feature = "native-tls"))]
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, TlsProvider};
use ureq::{Agent, Timeout};

use crate::error::{Error, ErrorKind, Result};
use crate::etag::ETag;
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
    /// Certificates to trust beside the usual ones, as PEM.
    pub(crate) ca_certificates: Vec<Vec<u8>>,
}

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
    pub(crate) headers: HeaderMap,
    /// `None` sends no body and no Content-Length; a PUT has always both.
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
    /// A connection that had been idle may have been closed under the request.
    pub(crate) was_stale: bool,
    /// The server may have got the request all the same.
    pub(crate) may_have_arrived: bool,
}

impl Transport {
    pub(crate) fn new(options: &Options) -> Result<Self> {
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
            .proxy(None);
        #[cfg(any(feature = "rustls", feature = "native-tls"))]
        let config = config.tls_config(tls_config(options)?);
        #[cfg(not(any(feature = "rustls", feature = "native-tls")))]
        if !options.ca_certificates.is_empty() {
            return Err(Error::invalid_input(
                "ca_certificates needs TLS; turn on one of the features `rustls` and `native-tls`",
            ));
        }
        Ok(Self {
            agent: config.build().new_agent(),
            timeout,
            connect_timeout,
            max_body: options.max_body,
            last_answer: Mutex::new(None),
        })
    }

    /// Sends one request and reads the whole answer, whatever its status.
    pub(crate) fn send(&self, outgoing: Outgoing<'_>) -> Result<Response, Failure> {
        let may_be_stale = self.has_idle();
        let result = self.exchange(outgoing);
        match result {
            Ok(response) => {
                *self.last_answer() = Some(Instant::now());
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
        let uri = uri(outgoing.url)?;
        let mut request = Request::new(());
        *request.method_mut() = outgoing.method;
        *request.uri_mut() = uri;
        *request.headers_mut() = outgoing.headers;
        // A config of its own costs a copy, so only a request with less time gets one.
        if left != self.timeout {
            request = self.agent.configure_request(request).timeout_global(Some(left)).build();
        }
        // Without a body the HTTP library would announce a chunked one.
        let is_put = *request.method() == Method::PUT;
        let answer = match outgoing.body.or(is_put.then_some(&[])) {
            Some(body) => self.agent.run(request.map(|()| body)),
            None => self.agent.run(request),
        };
        let answer = answer.map_err(|error| self.before_answer(error, time))?;
        let (parts, mut body) = answer.into_parts();
        if parts.version == Version::HTTP_10 && parts.headers.contains_key(TRANSFER_ENCODING) {
            return Err(Failure::faulty_framing());
        }
        if declared_length(parts.status, &parts.headers).is_some_and(|n| n > self.max_body) {
            return Err(self.too_large());
        }
        let bytes = match body.with_config().limit(self.max_body).read_to_vec() {
            Ok(bytes) => bytes,
            Err(ureq::Error::BodyExceedsLimit(_)) => return Err(self.too_large()),
            Err(error) => return Err(self.in_body(error, time)),
        };
        let etag = parts.headers.get(ETAG).and_then(|value| ETag::from_bytes(value.as_bytes()));
        Ok(Response::new(parts.status.as_u16(), readable(parts.headers), etag, bytes))
    }

    fn has_idle(&self) -> bool {
        self.last_answer().is_some_and(|last| last.elapsed() <= IDLE)
    }

    fn last_answer(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.last_answer.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn too_large(&self) -> Failure {
        let reason = format!(
            "the body of the answer is larger than {} bytes, the client's max_body",
            self.max_body
        );
        Failure { may_have_arrived: true, ..Failure::new(ErrorKind::TooLarge, reason) }
    }

    fn before_answer(&self, error: ureq::Error, time: CallTime) -> Failure {
        let was_stale = matches!(&error, ureq::Error::Io(e) if is_closed(e.kind()));
        let closed = "the connection was closed before an answer came";
        Failure { was_stale, ..self.failure(error, closed, time) }
    }

    fn in_body(&self, error: ureq::Error, time: CallTime) -> Failure {
        let closed = "the connection was closed in the middle of the answer";
        Failure { may_have_arrived: true, ..self.failure(error, closed, time) }
    }

    fn failure(&self, error: ureq::Error, closed: &str, time: CallTime) -> Failure {
        let kind = kind(&error);
        let reason = match &error {
            ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => format!(
                "connecting took longer than {:?}, the client's connect_timeout",
                self.connect_timeout
            ),
            ureq::Error::Timeout(_) => time.ran_out(),
            ureq::Error::HostNotFound => "the host was not found".to_owned(),
            ureq::Error::ConnectionFailed => "the connection could not be made".to_owned(),
            ureq::Error::Io(e) if kind == ErrorKind::Tls => format!("TLS: {e}"),
            ureq::Error::Io(e) if is_closed(e.kind()) => closed.to_owned(),
            ureq::Error::Io(e) if e.kind() == io::ErrorKind::ConnectionRefused => {
                "the connection was refused".to_owned()
            }
            ureq::Error::Io(e) => format!("input or output failed: {e}"),
            ureq::Error::Protocol(e) => format!("the answer is not HTTP: {e}"),
            ureq::Error::LargeResponseHeader(..) => {
                format!("the head of the answer is larger than {MAX_HEAD} bytes")
            }
            ureq::Error::TlsRequired => {
                "https needs TLS; turn on one of the features `rustls` and `native-tls`".to_owned()
            }
            _ if kind == ErrorKind::Tls => format!("TLS: {error}"),
            _ => error.to_string(),
        };
        let may_have_arrived = may_have_arrived(&error);
        Failure { source: Some(Box::new(error)), may_have_arrived, ..Failure::new(kind, reason) }
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

#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn tls_config(options: &Options) -> Result<TlsConfig> {
    let provider =
        if cfg!(feature = "rustls") { TlsProvider::Rustls } else { TlsProvider::NativeTls };
    let mut config = TlsConfig::builder().provider(provider);
    if !options.ca_certificates.is_empty() {
        let mut roots: Vec<Certificate<'static>> = webpki_root_certs::TLS_SERVER_ROOT_CERTS
            .iter()
            .map(|der| Certificate::from_der(der).to_owned())
            .collect();
        for pem in &options.ca_certificates {
            roots.extend(certificates(pem)?);
        }
        config = config.root_certs(RootCerts::from(roots));
    }
    Ok(config.build())
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn certificates(pem: &[u8]) -> Result<Vec<Certificate<'static>>> {
    let refuse = |fault: &str| Error::invalid_input(format!("ca_certificates: {fault}"));
    let mut found = Vec::new();
    for item in ureq::tls::parse_pem(pem) {
        match item {
            Ok(PemItem::Certificate(certificate)) => found.push(certificate),
            Ok(_) => {}
            Err(_) => return Err(refuse("the text is not PEM")),
        }
    }
    if found.is_empty() {
        return Err(refuse("the text holds no `-----BEGIN CERTIFICATE-----`"));
    }
    Ok(found)
}

impl Failure {
    fn new(kind: ErrorKind, reason: String) -> Self {
        Self { kind, reason, source: None, was_stale: false, may_have_arrived: false }
    }

    /// HTTP/1.0 knows no Transfer-Encoding, so where the body ends is not known (RFC 9112 section
    /// 6.1): its chunks would be taken for text.
    fn faulty_framing() -> Self {
        let reason = "the answer is not HTTP: a Transfer-Encoding in HTTP/1.0".to_owned();
        Self { may_have_arrived: true, ..Self::new(ErrorKind::MalformedResponse, reason) }
    }
}

fn may_have_arrived(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::Timeout(stage) => !matches!(stage, Timeout::Resolve | Timeout::Connect),
        ureq::Error::Io(e) => is_closed(e.kind()),
        ureq::Error::Protocol(_) | ureq::Error::LargeResponseHeader(..) => true,
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

fn kind(error: &ureq::Error) -> ErrorKind {
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
        ureq::Error::Io(e) if e.kind() == io::ErrorKind::InvalidData => ErrorKind::Tls,
        ureq::Error::Protocol(_) | ureq::Error::Http(_) => ErrorKind::MalformedResponse,
        ureq::Error::LargeResponseHeader(..) | ureq::Error::BodyExceedsLimit(_) => {
            ErrorKind::TooLarge
        }
        ureq::Error::BadUri(_) => ErrorKind::InvalidInput,
        _ => ErrorKind::Transport,
    }
}
