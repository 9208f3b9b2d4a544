//! The watcher, and how the rules name him (RFC 4745 sections 7.1.3 and 7.2).

use crate::usages::uri::Uri;

/// A watcher as the server knows him, by an authenticated URI.
pub(super) struct Watcher {
    /// `None` for a watcher whom no rule names.
    uri: Option<Uri>,
    domain: Option<Domain>,
}

impl Watcher {
    pub(super) fn of(uri: &str) -> Self {
        let domain = domain_of(uri).map(Domain::read);
        Self { uri: Some(Uri::read(uri)), domain }
    }

    /// A watcher whom no rule names, neither individually nor by domain.
    pub(super) fn stranger() -> Self {
        Self { uri: None, domain: None }
    }

    pub(super) fn is(&self, id: &Id) -> bool {
        self.uri.as_ref().is_some_and(|uri| uri.is_same(&id.uri))
    }

    pub(super) fn is_of(&self, domain: &Domain) -> bool {
        self.domain.as_ref().is_some_and(|own| own.is_same(domain))
    }
}

/// A URI as a rule names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Id {
    pub(super) text: String,
    uri: Uri,
}

impl Id {
    pub(super) fn read(text: &str) -> Self {
        Self { text: text.to_owned(), uri: Uri::read(text) }
    }
}

/// A domain as a rule names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Domain {
    pub(super) text: String,
    /// In ASCII. `None` equals no domain.
    ascii: Option<String>,
}

impl Domain {
    /// Escapes are undone, and each label goes through `ToASCII` (RFC 4745 section 7.1.3).
    pub(super) fn read(text: &str) -> Self {
        let ascii = url::Host::parse(text).ok().map(|host| host.to_string());
        Self { text: text.to_owned(), ascii }
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.ascii.is_some() && self.ascii == other.ascii
    }
}

/// The domain of a user's URI. A telephone number has none.
fn domain_of(uri: &str) -> Option<&str> {
    let (scheme, rest) = uri.split_once(':')?;
    let is_sip = ["sip", "sips"].iter().any(|sip| scheme.eq_ignore_ascii_case(sip));
    let host = match (rest.split_once('@'), is_sip) {
        (None, true) => rest,
        (Some((_, host)), _) if !scheme.eq_ignore_ascii_case("tel") => host,
        _ => return None,
    };
    let end = if host.starts_with('[') {
        host.find(']')? + 1
    } else {
        host.find([':', ';', '?', '/', '#']).unwrap_or(host.len())
    };
    host.get(..end)
}

#[cfg(test)]
mod tests {
    use super::{Domain, domain_of};

    #[test]
    fn the_domain_of_a_uri_is_its_host() {
        for (uri, domain) in [
            ("sip:bob@example.com", Some("example.com")),
            ("SIPS:bob:secret@Example.com:5061;transport=tcp?subject=x", Some("Example.com")),
            ("sip:example.com;lr", Some("example.com")),
            ("sip:a;b?c/d@[2001:db8::1]:5060", Some("[2001:db8::1]")),
            ("sip:bob@[2001:db8::1", None),
            ("pres:bob@example.com?x", Some("example.com")),
            ("mailto:bob@example.net", Some("example.net")),
            ("tel:+1-212-555-1234", None),
            ("tel:+1;x=a@example.com", None),
            ("urn:example:1", None),
            ("bob", None),
        ] {
            assert_eq!(domain_of(uri), domain, "{uri}");
        }
    }

    #[test]
    fn domains_are_compared_by_label_in_ascii() {
        for (one, other, is_same) in [
            ("example.com", "EXAMPLE.com", true),
            ("ex%61mple.com", "example.com", true),
            ("bücher.example", "xn--bcher-kva.example", true),
            ("b%C3%BCcher.example", "BÜCHER.example", true),
            ("a.example.com", "example.com", false),
            ("example.com", "example.com.", false),
            ("no domain", "no domain", false),
            ("", "", false),
        ] {
            assert_eq!(Domain::read(one).is_same(&Domain::read(other)), is_same, "{one} {other}");
        }
    }
}
