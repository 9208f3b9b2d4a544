//! What a 409 says: `application/xcap-error+xml` (RFC 4825 section 11).

use crate::conflict::{Conflict, Exists};
use crate::element::Element;

pub(super) const MEDIA_TYPE: &str = "application/xcap-error+xml";
const NAMESPACE: &str = "urn:ietf:params:xml:ns:xcap-error";

/// A detailed conflict report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Report {
    name: String,
    phrase: Option<String>,
    ancestor: Option<String>,
    exists: Vec<Exists>,
}

impl Report {
    pub(super) fn new(name: &str, phrase: impl Into<String>) -> Self {
        let phrase = Some(phrase.into());
        Self { name: name.to_owned(), phrase, ancestor: None, exists: Vec::new() }
    }

    /// The URI of the closest ancestor that exists, for `no-parent`.
    pub(super) fn ancestor(mut self, uri: String) -> Self {
        self.ancestor = Some(uri);
        self
    }

    pub(super) fn is(&self, name: &str) -> bool {
        self.name == name
    }

    pub(super) fn to_xml(&self) -> String {
        let mut element = Element::new(&self.name);
        if let Some(phrase) = &self.phrase {
            element = element.attr("phrase", phrase);
        }
        if let Some(ancestor) = &self.ancestor {
            element = element.child(Element::new("ancestor").text(ancestor));
        }
        for exists in &self.exists {
            let mut child = Element::new("exists").attr("field", &exists.field);
            for value in &exists.alt_values {
                child = child.child(Element::new("alt-value").text(value));
            }
            element = element.child(child);
        }
        let root = Element::new("xcap-error").attr("xmlns", NAMESPACE).child(element);
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{root}\n")
    }
}

impl From<&Conflict> for Report {
    fn from(conflict: &Conflict) -> Self {
        Self {
            name: conflict.name().to_owned(),
            phrase: conflict.phrase().map(str::to_owned),
            ancestor: conflict.ancestor().map(str::to_owned),
            exists: conflict.exists().to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_reads_back() {
        let report = Report {
            exists: vec![Exists { field: "a/@b".to_owned(), alt_values: vec!["<c>".to_owned()] }],
            ..Report::new("uniqueness-failure", "\"taken\" & gone")
        };
        let conflict = Conflict::parse(&report.to_xml()).unwrap();
        assert_eq!(Report::from(&conflict), report);
        let report = Report::new("no-parent", "x").ancestor("http://h/a%5B1%5D".to_owned());
        assert_eq!(Report::from(&Conflict::parse(&report.to_xml()).unwrap()), report);
    }
}
