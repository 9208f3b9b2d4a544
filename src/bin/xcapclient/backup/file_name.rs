//! File names that any file system can hold. No two texts get the same name.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// The file with the list of what is saved.
pub(super) const MANIFEST: &str = "manifest.json";

/// The longest name, in bytes; most file systems take 255.
const LONGEST: usize = 180;

/// Names that Windows reserves for devices, whatever their ending.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// The file name for a percent-encoded text, which may contain a `/`.
///
/// Upper-case letters are percent-encoded too, because some file systems do not distinguish them
/// from lower-case ones.
pub(super) fn of(encoded: &str) -> String {
    let mut name = String::with_capacity(encoded.len());
    let is_special = is_special(encoded);
    let (mut digits, last) = (0, encoded.len().saturating_sub(1));
    for (at, c) in encoded.char_indices() {
        let is_end = c == '.' && (at == 0 || at == last);
        if digits > 0 {
            digits -= 1;
            name.push(c.to_ascii_lowercase());
        } else if c == '%' {
            digits = 2;
            name.push(c);
        } else if is_plain(c) && !is_end && !(at == 0 && is_special) {
            name.push(c);
        } else {
            let _ = write!(name, "%{:02x}", u32::from(c));
        }
    }
    match name.get(..LONGEST) {
        // In every other name, two digits follow a `%`.
        Some(beginning) if name.len() > LONGEST + 66 => {
            format!("{beginning}%~{}", sha256(encoded.as_bytes()))
        }
        _ => name,
    }
}

fn is_plain(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || "-._~!$&'(),;=@+".contains(c)
}

/// Whether it would be a device, or the file with the list of what is saved.
fn is_special(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    let is_port = |port: &str| {
        let number = stem.strip_prefix(port);
        number.is_some_and(|number| number.len() == 1 && number.chars().all(|c| c.is_ascii_digit()))
    };
    name == MANIFEST || DEVICES.contains(&stem) || is_port("com") || is_port("lpt")
}

/// The SHA-256 of some bytes, in hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_name_is_one_that_any_file_system_holds() {
        for (encoded, expected) in [
            ("index", "index"),
            ("org.openmobilealliance.pres-rules", "org.openmobilealliance.pres-rules"),
            ("Friends%20%C3%89", "%46riends%20%c3%89"),
            ("a/b", "a%2fb"),
            ("a%2Fb", "a%2fb"),
            ("sip:a@b*", "sip%3aa@b%2a"),
            (".ssh", "%2essh"),
            ("a.", "a%2e"),
            ("...", "%2e.%2e"),
            ("con", "%63on"),
            ("nul.xml", "%6eul.xml"),
            ("com7", "%63om7"),
            ("com77", "com77"),
            ("console", "console"),
            ("manifest.json", "%6danifest.json"),
        ] {
            assert_eq!(of(encoded), expected, "{encoded}");
        }
    }

    #[test]
    fn long_names_stay_short_and_apart() {
        let long = |end: &str| of(&format!("{}{end}", "%C3%A9".repeat(200)));
        let names: BTreeSet<_> = ["a", "b", "A", ""].map(long).into_iter().collect();
        assert_eq!(names.len(), 4);
        assert!(names.iter().all(|name| name.len() < 255));
        // The name that a long text gets is not the name of another text.
        assert!(names.iter().all(|name| name.contains("%~")));
        let whole = "x".repeat(LONGEST + 66);
        assert_eq!(of(&whole), whole);
    }
}
