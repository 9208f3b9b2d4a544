//! The addresses of a server, looked up once for as long as a connection to it may be idle.

use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// Remembers the last lookup for a while.
///
/// The HTTP library looks up the host before every request, also where it then takes an idle
/// connection; with a time limit that is a thread each time, which costs more than the request.
#[derive(Debug)]
pub(super) struct Lookup {
    lookup: DefaultResolver,
    kept: Duration,
    /// What there is to find without a lookup.
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
    /// Looks a host up again when its addresses were found so long ago.
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
        if let Some(address) = self.fixed {
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
            origin: "http://127.0.0.1/a".parse().unwrap(),
            addresses: vec![known],
            at: Instant::now(),
        };
        let looked_up: SocketAddr = "127.0.0.1:80".parse().unwrap();
        let kept = Lookup::new(Duration::from_secs(60), None);
        *kept.last.lock().unwrap() = Some(found());
        assert_eq!(resolved(&kept, "http://127.0.0.1/b?c"), [known]);

        let other: SocketAddr = "127.0.0.1:81".parse().unwrap();
        for _ in 0..2 {
            assert_eq!(resolved(&kept, "http://127.0.0.1:81/a"), [other]);
        }
        assert_eq!(resolved(&kept, "http://127.0.0.1/a"), [looked_up]);

        let forgotten = Lookup::new(Duration::ZERO, None);
        *forgotten.last.lock().unwrap() = Some(found());
        assert_eq!(resolved(&forgotten, "http://127.0.0.1/a"), [looked_up]);
    }
}
