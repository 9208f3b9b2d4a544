//! The address that a caller gives for the root's host, instead of a lookup.

use std::net::{Ipv6Addr, SocketAddr};

use url::Host;

use crate::answer::{Error, Result};
use crate::selector::Root;
use crate::text::printable;

/// The address given for this root's host. If there are several, the last one counts.
pub(crate) fn address(root: &Root, given: &[(String, SocketAddr)]) -> Result<Option<SocketAddr>> {
    let mut found = None;
    for (host, address) in given {
        if address.port() == 0 {
            return Err(refuse(host, "its port is 0, and no connection can be made to that"));
        }
        if canonical(host)? == root.host() {
            found = Some(*address);
        }
    }
    Ok(found)
}

/// Whether what goes to this address stays on this machine.
pub(crate) fn is_loopback(address: SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}

/// A host as a root has it: in lower case, and in brackets if it is an IPv6 address.
fn canonical(host: &str) -> Result<String> {
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    if let Ok(address) = bare.parse::<Ipv6Addr>() {
        return Ok(Host::<&str>::Ipv6(address).to_string());
    }
    let is_wild = host.contains('*');
    let parsed = Host::parse(host).ok().filter(|_| !is_wild);
    parsed.map(|parsed| parsed.to_string()).ok_or_else(|| {
        refuse(host, "it is not a host; give a name or an address, without scheme, port and path")
    })
}

/// The text before an `@` may hold a password, so it is not shown.
fn refuse(host: &str, fault: &str) -> Error {
    let shown = printable(host.rsplit('@').next().unwrap_or_default());
    Error::invalid_input(format!("`resolve` of `{shown}`: {fault}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn address_of(root: &str, host: &str) -> Option<SocketAddr> {
        let at = "192.0.2.1:8080".parse().unwrap();
        address(&Root::new(root).unwrap(), &[(host.to_owned(), at)]).unwrap()
    }

    #[test]
    fn a_host_is_known_in_each_of_its_forms() {
        for (root, host) in [
            ("http://xcap.example.com:81/a", "xcap.example.com"),
            ("https://xcap.example.com", "XCAP.Example.COM"),
            ("https://b\u{fc}cher.example", "B\u{dc}CHER.example"),
            ("https://b\u{fc}cher.example", "xn--bcher-kva.example"),
            ("http://[2001:db8::1]", "2001:DB8:0::1"),
            ("http://[2001:db8::1]:81", "[2001:db8::1]"),
            ("http://10.0.0.1", "10.0.0.1"),
        ] {
            assert!(address_of(root, host).is_some(), "{root} {host}");
        }
        for (root, host) in [
            ("http://xcap.example.com", "example.com"),
            ("http://xcap.example.com", "a.xcap.example.com"),
            ("http://[2001:db8::1]", "2001:db8::2"),
        ] {
            assert_eq!(address_of(root, host), None, "{root} {host}");
        }
    }

    #[test]
    fn of_several_addresses_the_last_counts() {
        let root = Root::new("http://b.example").unwrap();
        let given = ["a.example", "B.example", "b.example", "c.example"].iter().zip(1..);
        let given: Vec<_> =
            given.map(|(host, port)| ((*host).to_owned(), ([192, 0, 2, 1], port).into())).collect();
        assert_eq!(address(&root, &given).unwrap(), Some(([192, 0, 2, 1], 3).into()));
    }

    #[test]
    fn this_machine_is_known_by_its_address() {
        for (address, is_local) in [
            ("127.0.0.1:1", true),
            ("127.9.9.9:1", true),
            ("[::1]:1", true),
            ("[::ffff:127.0.0.1]:1", true),
            ("0.0.0.0:1", false),
            ("192.0.2.1:1", false),
        ] {
            assert_eq!(is_loopback(address.parse().unwrap()), is_local, "{address}");
        }
    }

    #[test]
    fn what_is_no_host_is_refused() {
        let root = Root::new("http://xcap.example.com").unwrap();
        let refused = |host: &str, port: u16| {
            let error = address(&root, &[(host.to_owned(), ([192, 0, 2, 1], port).into())]);
            let error = error.unwrap_err();
            assert!(error.is_invalid_input());
            error.to_string()
        };
        for (host, shown) in [
            ("", ""),
            (" ", " "),
            ("xcap.example.com:443", "xcap.example.com:443"),
            ("http://xcap.example.com", "http://xcap.example.com"),
            ("alice:hunter2@xcap.example.com", "xcap.example.com"),
            ("xcap.example.com/a", "xcap.example.com/a"),
            ("*", "*"),
            ("*.example.com", "*.example.com"),
            ("[::1", "[::1"),
            ("[10.0.0.1]", "[10.0.0.1]"),
            ("[::1]:80", "[::1]:80"),
        ] {
            let expected = format!(
                "`resolve` of `{shown}`: it is not a host; give a name or an address, without \
                 scheme, port and path"
            );
            assert_eq!(refused(host, 80), expected);
        }
        let port = "`resolve` of `a.example`: its port is 0, and no connection can be made to that";
        assert_eq!(refused("a.example", 0), port);
    }
}
