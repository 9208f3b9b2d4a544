//! Which header fields hold a secret. The library and the command line share this rule.

/// Parts of names of fields with secret values, standard or not.
const PARTS: [&str; 6] = ["auth", "cookie", "key", "passw", "secret", "token"];

/// Whether the value of a field with this lower-case name could be misused by somebody else.
pub(crate) fn is_secret_name(name: &str) -> bool {
    PARTS.iter().any(|part| name.contains(part))
}
