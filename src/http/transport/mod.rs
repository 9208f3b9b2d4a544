//! HTTP as this crate uses it: the only module that knows ureq.

mod failure;
mod handshake;
mod lookup;
mod options;
pub(crate) mod proxy;
mod received;
pub(crate) mod resolved;
mod socket;
mod stage;
#[cfg(any(feature = "rustls", feature = "native-tls"))]
mod tls;
mod wire;

use std::net::SocketAddr;
use std::time::Duration;

use ureq::Agent;
use ureq::http::header::{
    ACCEPT, AUTHORIZATION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING, USER_AGENT,
};
use ureq::http::request::Request;
use ureq::http::response::Parts;
use ureq::http::{HeaderMap, HeaderValue, StatusCode, Uri, Version};

use crate::answer::{Error, ErrorKind, RequestLine, Result};

use super::fields::ADDED;
use super::prepared::Prepared;
use super::time::MAX_TIME;

use failure::Attempt;
use lookup::Lookup;
use options::MAX_HEAD;
use stage::Stage;

pub(crate) use failure::{Failure, Reached};
pub(crate) use options::{TlsOptions, TransportOptions};
pub(crate) use received::Received;

/// At most this many connections are kept for later calls: one for each thread of a busy program.
const MAX_IDLE: usize = 64;
/// The longest URI that the HTTP library takes, in bytes.
const MAX_URI: usize = 65_534;

pub(crate) struct Transport {
    agent: Agent,
    address: Option<SocketAddr>,
    user_agent: String,
    timeout: Duration,
    connect_timeout: Duration,
    max_body: u64,
}

impl Transport {
    /// If `address` is given, connections go there, whatever the host. With a proxy, the proxy is
    /// asked for that address.
    pub(crate) fn new(
        options: &TransportOptions,
        proxy: Option<ureq::Proxy>,
        address: Option<SocketAddr>,
    ) -> Result<Self> {
        // The HTTP library treats a timeout of zero as one second.
        if options.connect_timeout.is_zero() {
            return Err(Error::invalid_input(
                "connect_timeout is zero, which leaves no time to connect",
            ));
        }
        let timeout = options.timeout.min(MAX_TIME);
        let connect_timeout = options.connect_timeout.min(MAX_TIME);
        let idle_timeout = options.idle_timeout.min(MAX_TIME);
        let connector = wire::connector(proxy.is_some(), address);
        // With a proxy, only the proxy's host is looked up.
        let lookup = Lookup::new(idle_timeout, address.filter(|_| proxy.is_none()));
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(options.user_agent.as_str())
            // Some servers answer 406 to an Accept-Encoding.
            .accept_encoding("")
            .max_idle_age(idle_timeout)
            .max_idle_connections(MAX_IDLE)
            .max_idle_connections_per_host(MAX_IDLE)
            .max_response_header_size(MAX_HEAD)
            .timeout_global(Some(timeout))
            .timeout_connect(Some(connect_timeout))
            .proxy(proxy);
        #[cfg(any(feature = "rustls", feature = "native-tls"))]
        let config = config.tls_config(tls::config(&options.tls)?);
        #[cfg(not(any(feature = "rustls", feature = "native-tls")))]
        options::check_without_tls(&options.tls)?;
        Ok(Self {
            agent: Agent::with_parts(config.build(), connector, lookup),
            address,
            user_agent: options.user_agent.clone(),
            timeout,
            connect_timeout,
            max_body: options.max_body,
        })
    }

    /// The fields that the HTTP library adds to a request, for the log.
    pub(crate) fn own_fields(
        &self,
        prepared: &Prepared<'_>,
        line: &RequestLine,
    ) -> Vec<(&'static str, String)> {
        let uri = Uri::try_from(line.url.as_str()).ok();
        let host = uri.and_then(|uri| uri.authority().map(ToString::to_string));
        let length = prepared.payload.body().map(|body| body.len().to_string());
        let fields = [
            (HOST, "host", host),
            (USER_AGENT, "user-agent", Some(self.user_agent.clone())),
            (ACCEPT, "accept", Some("*/*".to_owned())),
            (CONTENT_LENGTH, "content-length", length),
        ];
        let given = &prepared.headers;
        let own = fields.into_iter().filter(|(field, ..)| !given.contains_key(field));
        own.filter_map(|(_, name, value)| Some((name, value.filter(|v| !v.is_empty())?))).collect()
    }

    /// Sends one request and reads the whole answer, whatever its status.
    pub(crate) fn send(
        &self,
        prepared: &Prepared<'_>,
        line: &RequestLine,
        authorization: Option<&HeaderValue>,
    ) -> Result<Received, Failure> {
        let time = prepared.time;
        let left = time.left();
        if left.is_zero() {
            return Err(Failure::unsent(ErrorKind::Timeout, time.ran_out()));
        }
        let attempt = Attempt {
            uri: uri(line.url.as_str())?,
            time,
            connect_timeout: self.connect_timeout,
            proxy: self.agent.config().proxy().map(ureq::Proxy::host),
            address: self.address,
        };
        let mut request = Request::new(());
        *request.method_mut() = line.method.clone();
        *request.uri_mut() = attempt.uri.clone();
        *request.headers_mut() = prepared.headers.clone();
        if let Some(value) = authorization {
            request.headers_mut().insert(AUTHORIZATION, wire::carried(value));
        }
        let request = self.configured(request, left);
        Stage::Begun.set();
        let answer = match prepared.payload.body() {
            Some(body) => self.agent.run(request.map(|()| body)),
            None => self.agent.run(request),
        };
        let answer =
            answer.map_err(|error| Failure::of(error, Stage::of_this_thread(), &attempt))?;
        self.read(answer, &attempt)
    }

    /// The request, with a config of its own if the agent's does not fit.
    fn configured(&self, mut request: Request<()>, left: Duration) -> Request<()> {
        // For an empty field nothing is sent, not even the HTTP library's own field.
        let [is_without_accept, is_without_agent] = ADDED.map(|name| {
            let is_empty = request.headers().get(&name).is_some_and(HeaderValue::is_empty);
            is_empty && request.headers_mut().remove(&name).is_some()
        });
        // A separate config costs a copy, so only a request that needs one gets it.
        if left == self.timeout && !is_without_accept && !is_without_agent {
            return request;
        }
        let mut config = self.agent.configure_request(request).timeout_global(Some(left));
        if is_without_accept {
            config = config.accept("");
        }
        if is_without_agent {
            config = config.user_agent("");
        }
        config.build()
    }

    /// Reads an answer to its end.
    fn read(
        &self,
        answer: ureq::http::Response<ureq::Body>,
        attempt: &Attempt<'_>,
    ) -> Result<Received, Failure> {
        let (parts, mut body) = answer.into_parts();
        if parts.version == Version::HTTP_10 && parts.headers.contains_key(TRANSFER_ENCODING) {
            return Err(Failure::faulty_framing());
        }
        if declared_length(parts.status, &parts.headers).is_some_and(|n| n > self.max_body) {
            return Err(self.too_large(parts));
        }
        // Versions of the library differ on whether a body of exactly the limit is too large.
        match body.with_config().limit(self.max_body.saturating_add(1)).read_to_vec() {
            Ok(bytes) if bytes.len() as u64 > self.max_body => Err(self.too_large(parts)),
            Ok(bytes) => Ok(Received::new(parts, bytes)),
            Err(ureq::Error::BodyExceedsLimit(_)) => Err(self.too_large(parts)),
            Err(error) => Err(Failure::of(error, Stage::InAnswer, attempt)),
        }
    }

    fn too_large(&self, head: Parts) -> Failure {
        let head = Received::new(head, Vec::new());
        let reason = format!(
            "the body of the answer is larger than {} bytes, the client's max_body; its status is \
             {}",
            self.max_body,
            head.response.status()
        );
        Failure::too_large(reason, head)
    }
}

fn uri(url: &str) -> Result<Uri, Failure> {
    let invalid = |reason: String| Failure::unsent(ErrorKind::InvalidInput, reason);
    if url.len() > MAX_URI {
        return Err(invalid(format!("the URI is longer than {MAX_URI} bytes")));
    }
    Uri::try_from(url).map_err(|error| invalid(error.to_string()))
}

/// The length of the body that follows. A 204 has no body. A 304 may give the length of a body that
/// it does not send.
fn declared_length(status: StatusCode, headers: &HeaderMap) -> Option<u64> {
    if matches!(status, StatusCode::NOT_MODIFIED | StatusCode::NO_CONTENT) {
        return None;
    }
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.trim().parse().ok()
}
