//! The request-target: a document, and a node in it (RFC 4825 section 6).

use percent_encoding::percent_decode_str;

use crate::selector::{NodeSelector, SEPARATOR};

use super::denial::Denial;
use super::store::{Owner, Place};

/// The target of a request.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) place: Place,
    pub(super) node: Option<Node>,
}

/// A node of a document, as a request names it.
#[derive(Debug)]
pub(super) enum Node {
    Selector(NodeSelector),
    /// An unparsed expression, for a server that reads it in its own way.
    Expression(String),
    /// A selector that this server does not understand. It may belong to an extension.
    Unknown,
}

/// Path and query of a request-target in origin-form or absolute-form.
pub(super) fn path_and_query(target: &str) -> &str {
    let Some((_, rest)) = target.split_once("://").filter(|_| !target.starts_with('/')) else {
        return target;
    };
    rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/")
}

/// The part of a path below the XCAP root.
pub(super) fn below_root<'a>(path: &'a str, root: &str) -> Result<&'a str, Denial> {
    path.strip_prefix(root)
        .and_then(|rest| rest.strip_prefix('/'))
        .ok_or_else(|| Denial::not_found("this is not below the XCAP root"))
}

/// A target by the rules of RFC 4825 and RFC 3986.
pub(super) fn strict(target: &str, root: &str) -> Result<Target, Denial> {
    check_characters(target)?;
    let target = path_and_query(target);
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    let path = below_root(path, root)?;
    let segments: Vec<&str> = path.split('/').collect();
    let decoded: Vec<String> =
        segments.iter().map(|segment| decode(segment)).collect::<Result<_, _>>()?;
    let split = decoded.iter().position(|segment| segment == SEPARATOR);
    let document = decoded.get(..split.unwrap_or(decoded.len())).unwrap_or_default();
    let node = match split {
        Some(at) => Some(node(segments.get(at + 1..).unwrap_or_default(), query)?),
        None => None,
    };
    Ok(Target { place: place(document)?, node })
}

/// Checks that RFC 3986 allows the characters of a request-target.
fn check_characters(target: &str) -> Result<(), Denial> {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@/?%".contains(c);
    if let Some(c) = target.chars().find(|c| !is_allowed(*c)) {
        return Err(Denial::BadRequest(format!(
            "the request-target holds `{}`, which must be percent-encoded",
            c.escape_debug()
        )));
    }
    let is_escape = |at: usize| {
        let digits = target.as_bytes().get(at + 1..at + 3);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    if target.match_indices('%').any(|(at, _)| !is_escape(at)) {
        return Err(Denial::BadRequest("a `%` without two hex digits".to_owned()));
    }
    Ok(())
}

fn decode(text: &str) -> Result<String, Denial> {
    percent_decode_str(text)
        .decode_utf8()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| Denial::BadRequest("the request-target does not decode to UTF-8".to_owned()))
}

/// The place that is named by the segments before the node selector separator.
pub(super) fn place<S: AsRef<str>>(segments: &[S]) -> Result<Place, Denial> {
    let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
    let (auid, owner, filename) = match segments.as_slice() {
        [auid, "global", filename @ ..] => (auid, Owner::Global, filename),
        [auid, "users", xui, filename @ ..] => (auid, Owner::User((*xui).to_owned()), filename),
        _ => return Err(Denial::not_found("the path has neither `users` nor `global`")),
    };
    let is_name = |segment: &&str| !matches!(*segment, "" | "." | "..") && !segment.contains('/');
    if filename.is_empty() || !filename.iter().all(is_name) {
        return Err(Denial::not_found("the path names no document"));
    }
    Ok(Place { auid: (*auid).to_owned(), owner, filename: filename.join("/") })
}

fn node(segments: &[&str], query: Option<&str>) -> Result<Node, Denial> {
    // A second separator further on would otherwise be taken for the first.
    let path = format!("{SEPARATOR}/{}", segments.join("/"));
    let Ok(selector) = NodeSelector::from_encoded(&path) else { return Ok(Node::Unknown) };
    let selector = match query {
        Some(query) => NodeSelector::from_encoded(&format!("{path}?{query}"))
            .map_err(|error| Denial::BadRequest(error.to_string()))?,
        None => selector,
    };
    match selector.check_bindings() {
        Ok(()) => Ok(Node::Selector(selector)),
        Err(error) => Err(Denial::BadRequest(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(target: &str) -> Result<Target, Denial> {
        strict(target, "/root")
    }

    #[test]
    fn a_target_is_document_and_node() {
        let target = read("/root/a/users/sip:x@y/d/i").unwrap();
        let owner = Owner::User("sip:x@y".to_owned());
        let place = Place { auid: "a".to_owned(), owner, filename: "d/i".to_owned() };
        assert_eq!(target.place, place);
        assert!(target.node.is_none());
        let target = read("http://h:1/root/a/global/i%5B/%7e~/b/~~%5B1%5D").unwrap();
        assert_eq!(target.place.filename, "i[");
        assert!(matches!(target.node, Some(Node::Unknown)));
        let target = read("/root/a/global/i/~~/p:b/c%5B@d=%22/~~/%22%5D?xmlns(p=urn:x)").unwrap();
        let Some(Node::Selector(selector)) = target.node else { panic!("no selector") };
        assert_eq!(selector.to_string(), r#"/p:b/c[@d="/~~/"]"#);
    }

    #[test]
    fn what_is_no_target() {
        for target in [
            "/other/a/global/i",
            "/rooted/a/global/i",
            "/root/a/other/i",
            "/root/a/users/x",
            "/root/a/users/x/",
            "/root/a/global/../i",
            "/root/a/global/b%2Fc",
            "/root/a/users/x/~~/b",
            "*",
        ] {
            assert!(matches!(read(target), Err(Denial::NotFound(_))), "{target}");
        }
        for target in [
            "/root/a/global/i/~~/b[1]",
            "/root/a/global/i/~~/p:b",
            "/root/a/global/i/~~/b?xmlns(",
            "/root/a/global/%ff",
            "/root/a/global/%4",
            "/root/a/global/i\u{e9}",
        ] {
            assert!(matches!(read(target), Err(Denial::BadRequest(_))), "{target}");
        }
        let nodes = ["", "/", "/b/", "/@a", "/b%5B0%5D", "/foo()"];
        for node in nodes {
            let target = read(&format!("/root/a/global/i/~~{node}")).unwrap();
            assert!(matches!(target.node, Some(Node::Unknown)), "{node}");
        }
    }
}
