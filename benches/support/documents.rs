//! Documents of any size.

pub const NAMESPACE: &str = "urn:ietf:params:xml:ns:resource-lists";

/// One buddy list.
pub struct Document {
    pub text: String,
    pub entries: usize,
}

/// A list of as many entries as make the text about so many bytes long.
pub fn list(bytes: usize) -> Document {
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<resource-lists xmlns=\"{NAMESPACE}\">\n  <list name=\"friends\">\n"
    );
    let mut entries = 0;
    while text.len() + 120 < bytes {
        text.push_str(&format!("    {}\n", entry(entries)));
        entries += 1;
    }
    text.push_str("  </list>\n</resource-lists>\n");
    Document { text, entries }
}

pub fn entry(number: usize) -> String {
    let uri = uri(number);
    format!("<entry uri=\"{uri}\"><display-name>Friend {number}</display-name></entry>")
}

pub fn uri(number: usize) -> String {
    format!("sip:friend{number}@example.com")
}
