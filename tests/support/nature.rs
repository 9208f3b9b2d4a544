//! What a server may be like that is not as RFC 4825 has it.

#![allow(dead_code, unreachable_pub, reason = "no test binary uses all of it")]

use super::upstream::{Answer, Fields};

/// A trait of a server; it may have several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// It makes each PUT and DELETE, whatever the condition says.
    IgnoresConditions,
    /// It answers each GET with 200 besides.
    IgnoresAllConditions,
    /// It stores each document with one more line end.
    AddsLineEnds,
    /// It stores each document with spaces between the tags.
    AddsSpaces,
    /// It answers the PUT of a document with this status and an empty body.
    RefusesDocuments(u16),
    /// The same, but what a condition comes to is told first.
    RefusesGuardedDocuments(u16),
    /// It answers the PUT of a document with a 409 and this xcap-error.
    Conflicts(&'static str),
    /// It answers the PUT of a node with this status and an empty body.
    RefusesNodes(u16),
    /// It answers the PUT of a node as if it had made it, and changes nothing but the ETag.
    SwallowsNodes,
    NoETags,
    WeakETags,
    /// The ETag of a version is weak the first time that it is shown, as with a server that has
    /// weak ones for a second.
    WeakAtFirst,
    /// Its answers to changes have no ETag.
    NoETagsOfChanges,
}

/// A request on its way to the server.
pub struct Passing<'r> {
    pub method: &'r str,
    pub is_node: bool,
    pub fields: Fields,
    pub body: Vec<u8>,
}

impl Passing<'_> {
    pub fn is_read(&self) -> bool {
        self.method == "GET"
    }

    pub fn puts(&self, node: bool) -> bool {
        self.method == "PUT" && self.is_node == node
    }

    fn drop_conditions(&mut self) {
        self.fields.retain(|(name, _)| !is_condition(name));
    }
}

impl Nature {
    /// Whether conditions of changes hold.
    pub fn honours_conditions(self) -> bool {
        !matches!(self, Self::IgnoresConditions | Self::IgnoresAllConditions)
    }

    /// Whether a change can be guarded at all.
    pub fn has_strong_etags(self) -> bool {
        !matches!(self, Self::NoETags | Self::WeakETags)
    }

    /// Whether documents are stored as they are sent.
    pub fn is_exact(self) -> bool {
        !matches!(self, Self::AddsLineEnds | Self::AddsSpaces)
    }

    pub fn takes_documents(self) -> bool {
        !matches!(
            self,
            Self::RefusesDocuments(_) | Self::RefusesGuardedDocuments(_) | Self::Conflicts(_)
        )
    }

    /// What it does with a request before the server sees it; an answer goes back in its place.
    /// `current` is the ETag of the document.
    pub fn meet(self, request: &mut Passing<'_>, current: Option<&str>) -> Option<Answer> {
        match self {
            Self::IgnoresConditions if !request.is_read() => request.drop_conditions(),
            Self::IgnoresAllConditions => request.drop_conditions(),
            Self::AddsLineEnds if request.puts(false) => request.body.push(b'\n'),
            Self::AddsSpaces if request.puts(false) => request.body = spaced(&request.body),
            Self::RefusesDocuments(status) if request.puts(false) => {
                return Some(Answer::bare(status));
            }
            Self::RefusesGuardedDocuments(status) if request.puts(false) => {
                let mut guards =
                    request.fields.iter().filter(|(name, _)| name.eq_ignore_ascii_case("if-match"));
                let is_failed = guards.any(|(_, value)| current != Some(value.as_str()));
                return Some(Answer::bare(if is_failed { 412 } else { status }));
            }
            Self::Conflicts(name) if request.puts(false) => {
                let body = format!(
                    "<xcap-error xmlns=\"urn:ietf:params:xml:ns:xcap-error\"><{name}/></xcap-error>"
                );
                let media_type = "application/xcap-error+xml".to_owned();
                let fields = vec![("Content-Type".to_owned(), media_type)];
                return Some(Answer { status: 409, fields, body: body.into_bytes() });
            }
            Self::RefusesNodes(status) if request.puts(true) => return Some(Answer::bare(status)),
            Self::WeakETags | Self::WeakAtFirst => return compare_weakly(self, request),
            _ => {}
        }
        None
    }

    /// The ETag as it shows it, if it does. `is_new` says that this version was not shown before.
    pub fn shown(self, etag: &str, is_read: bool, is_new: bool) -> Option<String> {
        match self {
            Self::NoETags => None,
            Self::NoETagsOfChanges if !is_read => None,
            Self::WeakETags => Some(format!("W/{etag}")),
            Self::WeakAtFirst if is_new => Some(format!("W/{etag}")),
            _ => Some(etag.to_owned()),
        }
    }
}

fn is_condition(name: &str) -> bool {
    name.eq_ignore_ascii_case("if-match") || name.eq_ignore_ascii_case("if-none-match")
}

/// `If-Match` holds for no weak tag, and `If-None-Match` for tags weak and strong (RFC 9110 section
/// 13.1), whatever the server behind makes of weak tags.
fn compare_weakly(nature: Nature, request: &mut Passing<'_>) -> Option<Answer> {
    for (name, value) in &mut request.fields {
        if name.eq_ignore_ascii_case("if-match")
            && (value.starts_with("W/") || nature == Nature::WeakETags)
        {
            return Some(Answer::bare(412));
        }
        if name.eq_ignore_ascii_case("if-none-match") {
            *value = value.trim_start_matches("W/").to_owned();
        }
    }
    None
}

/// Spaces between the tags, and one more before the last end: no text stays as it was.
fn spaced(body: &[u8]) -> Vec<u8> {
    let Ok(text) = std::str::from_utf8(body) else { return body.to_vec() };
    let mut text = text.replace("><", "> <");
    if let Some(end) = text.rfind("</").or_else(|| text.rfind("/>")) {
        text.insert(end, ' ');
    }
    text.into_bytes()
}
