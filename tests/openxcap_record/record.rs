//! The lines of a record.

use std::path::{Path, PathBuf};
use std::{env, fs};

use serde_json::Value;

/// The lines of a file of the record.
pub(crate) fn lines(file: &str) -> Vec<Value> {
    let directory = env::var_os("OPENXCAP_RECORD").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/openxcap"),
        PathBuf::from,
    );
    let path = directory.join(file);
    let text =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A request, and what was answered.
pub(crate) struct Record<'a>(&'a Value);

impl<'a> Record<'a> {
    pub(crate) fn of(line: &'a Value) -> Self {
        Self(line)
    }

    pub(crate) fn class(&self) -> &'a str {
        self.0["class"].as_str().unwrap()
    }

    pub(crate) fn method(&self) -> &'a str {
        self.0["method"].as_str().unwrap()
    }

    pub(crate) fn path(&self) -> &'a str {
        self.0["path"].as_str().unwrap()
    }

    pub(crate) fn headers(&self) -> Vec<(&'a str, &'a str)> {
        let headers = self.0["request_headers"].as_object().unwrap();
        headers.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect()
    }

    /// `None`: there was no body, and no length.
    pub(crate) fn body(&self) -> Option<Vec<u8>> {
        bytes(self.0, "body")
    }

    pub(crate) fn status(&self) -> u64 {
        self.0["status"].as_u64().unwrap()
    }

    /// A field of the answer; `absent` where there was none.
    pub(crate) fn answered(&self, name: &str) -> &'a str {
        self.0["response_headers"][name].as_str().unwrap_or("absent")
    }

    pub(crate) fn answer_body(&self) -> Vec<u8> {
        bytes(self.0, "response_body").unwrap_or_default()
    }

    /// The document afterwards: `same`, a text, or none. What is no text is not compared.
    pub(crate) fn after(&self) -> Option<&'a str> {
        self.0["after"].as_str()
    }

    pub(crate) fn has_text_after(&self) -> bool {
        self.0.get("after_base64").is_none()
    }
}

/// The bytes of a field, or of the one that has them in Base64.
fn bytes(line: &Value, name: &str) -> Option<Vec<u8>> {
    if let Some(text) = line[name].as_str() {
        return Some(text.as_bytes().to_vec());
    }
    line.get(format!("{name}_base64")).map(|text| base64(text.as_str().unwrap()))
}

fn base64(text: &str) -> Vec<u8> {
    let digit = |c: u8| -> u32 {
        let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        u32::try_from(digits.iter().position(|digit| *digit == c).unwrap()).unwrap()
    };
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for c in text.trim_end_matches('=').bytes() {
        bits = bits << 6 | digit(c);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    bytes
}
