//! Which header fields hold a secret. The library and the command line have this rule in common.

/// Parts of the names of fields whose values are secrets, whoever made them up.
const PARTS: [&str; 6] = ["auth", "cookie", "key", "passw", "secret", "token"];

/// Whether the value of a field of this name, in lower case, may serve somebody else.
pub(crate) fn is_secret_name(name: &str) -> bool {
    PARTS.iter().any(|part| name.contains(part))
}
