//! The addresses of a server. A lookup is kept for as long as a connection may be idle.

use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// Remembers the last lookup for a while.
///
/// The HTTP library looks up the host before every request, even if it then takes an idle
/// connection. With a time limit each lookup starts a thread, which costs more than the request.
#[derive(Debug)]
pub(super) struct Lookup {
    lookup: DefaultResolver,
    kept: Duration,
    /// The address to use without any lookup.
    fixed: Option<SocketAddr>,
    last: Mutex<Option<Found>>,
}

#[derive(Debug)]
struct Found {
    /// Scheme, host and port.
    origin: Uri,
    addresses: Vec<SocketAddr>,
    at: Instant,
}

impl Lookup {
    /// A lookup is used again for the time `kept`.
    pub(super) fn new(kept: Duration, fixed: Option<SocketAddr>) -> Self {
        Self { lookup: DefaultResolver::default(), kept, fixed, last: Mutex::new(None) }
    }
}

impl Found {
    fn is_of(&self, uri: &Uri) -> bool {
        self.origin.scheme() == uri.scheme() && self.origin.authority() == uri.authority()
    }
}

impl Resolver for Lookup {
    fn resolve(
        &self,
        uri: &Uri,
        config: &ureq::config::Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        if let Some(address) = self.fixed.or_else(|| literal(uri)) {
            let mut addresses = self.empty();
            addresses.push(address);
            return Ok(addresses);
        }
        let last = || self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = last().as_ref().filter(|found| found.is_of(uri)) {
            if found.at.elapsed() < self.kept {
                let mut addresses = self.empty();
                found.addresses.iter().for_each(|address| addresses.push(*address));
                return Ok(addresses);
            }
        }
        let addresses = self.lookup.resolve(uri, config, timeout)?;
        let found = addresses.iter().copied().collect();
        *last() = Some(Found { origin: uri.clone(), addresses: found, at: Instant::now() });
        Ok(addresses)
    }
}

/// The address, if the host is one. It needs no lookup and no thread.
fn literal(uri: &Uri) -> Option<SocketAddr> {
    let host = uri.host()?;
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    let port = match uri.scheme_str() {
        Some("http") => 80,
        Some("https") => 443,
        _ => return None,
    };
    Some(SocketAddr::new(bare.parse().ok()?, uri.port_u16().unwrap_or(port)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(lookup: &Lookup, uri: &str) -> Vec<SocketAddr> {
        let config = ureq::config::Config::default();
        let uri = uri.parse().unwrap();
        lookup.resolve(&uri, &config, NextTimeout::default()).unwrap().to_vec()
    }

    #[test]
    fn a_host_is_looked_up_once_in_a_while() {
        let known: SocketAddr = "192.0.2.1:80".parse().unwrap();
        let found = || Found {
            origin: "http://localhost/a".parse().unwrap(),
            addresses: vec![known],
            at: Instant::now(),
        };
        let is_looked_up = |lookup: &Lookup, uri: &str, port: u16| {
            let addresses = resolved(lookup, uri);
            assert!(addresses.iter().all(|it| it.ip().is_loopback() && it.port() == port), "{uri}");
        };
        let kept = Lookup::new(Duration::from_secs(60), None);
        *kept.last.lock().unwrap() = Some(found());
        assert_eq!(resolved(&kept, "http://localhost/b?c"), [known]);
        for _ in 0..2 {
            is_looked_up(&kept, "http://localhost:81/a", 81);
        }
        is_looked_up(&kept, "http://localhost/a", 80);

        let forgotten = Lookup::new(Duration::ZERO, None);
        *forgotten.last.lock().unwrap() = Some(found());
        is_looked_up(&forgotten, "http://localhost/a", 80);
    }

    #[test]
    fn an_address_is_not_looked_up() {
        let lookup = Lookup::new(Duration::from_secs(60), None);
        for (uri, address) in [
            ("http://192.0.2.7/a", "192.0.2.7:80"),
            ("https://192.0.2.7", "192.0.2.7:443"),
            ("https://[2001:db8::1]/a", "[2001:db8::1]:443"),
            ("http://[2001:db8::1]:81/a", "[2001:db8::1]:81"),
        ] {
            assert_eq!(literal(&uri.parse().unwrap()), Some(address.parse().unwrap()), "{uri}");
            assert_eq!(resolved(&lookup, uri), [address.parse().unwrap()], "{uri}");
        }
        for uri in ["http://localhost/a", "http://192.0.2/a", "socks5://192.0.2.7", "/a"] {
            assert_eq!(literal(&uri.parse().unwrap()), None, "{uri}");
        }
        assert!(lookup.last.lock().unwrap().is_none());
    }
}
