//! The users of a server.

use super::store::xui;

/// A user with a home directory.
#[derive(Clone)]
pub(super) struct User {
    pub(super) xui: String,
    /// The part before the `@`, without the scheme.
    pub(super) name: String,
    pub(super) domain: String,
    pub(super) password: String,
}

impl User {
    pub(super) fn new(id: &str, password: &str) -> Self {
        let xui = xui(id);
        let address = xui.split_once(':').map_or(xui.as_str(), |(_, address)| address);
        let (name, domain) = address.split_once('@').unwrap_or((address, ""));
        let (name, domain) = (name.to_owned(), domain.to_owned());
        Self { xui, name, domain, password: password.to_owned() }
    }

    /// Whether the name may stand for this user.
    pub(super) fn is_called(&self, name: &str) -> bool {
        self.name == name || self.xui == name || self.xui.strip_prefix("sip:") == Some(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_several_names() {
        let user = User::new("alice@example.com", "");
        assert_eq!(user.xui, "sip:alice@example.com");
        assert_eq!((user.name.as_str(), user.domain.as_str()), ("alice", "example.com"));
        for name in ["alice", "alice@example.com", "sip:alice@example.com"] {
            assert!(user.is_called(name));
        }
        assert!(!user.is_called("bob"));
    }
}
