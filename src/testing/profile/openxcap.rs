//! OpenXCAP 3.2 (Python, FastAPI), as far as a client can see it.

use std::collections::HashMap;
use std::time::Duration;

use percent_encoding::percent_decode_str;

use crate::application::Application;
use crate::conflict::Conflict;
use crate::etag::ETag;
use crate::resource::ResourceKind;
use crate::selector::{NodeSelector, Terminal};
use crate::xml;

use crate::document::{self as engine, Edit};
use crate::testing::call::Call;
use crate::testing::condition::Verdict;
use crate::testing::denial::{Denial, Unauthorized};
use crate::testing::digest::{Algorithm, Answer, Nonces};
use crate::testing::http::{Fields, Request, Response};
use crate::testing::site::Site;
use crate::testing::target::{self, Node, Target};
use crate::testing::user::User;

use super::conduct::Conduct;
use super::editing::{self, Editing};
use super::rfc4825::{self, reason};

const OPAQUE: &str = "eee38d7sacbefv2a3450ciny7QMkPqMAFRtzCUYo5tdS";
const METHODS: &str = "GET, PUT, DELETE";

pub(super) struct OpenXcap;

impl Conduct for OpenXcap {
    fn keep_alive(&self) -> Duration {
        Duration::from_secs(5)
    }

    /// The router knows three methods, and the application one host.
    fn admit(&self, site: &Site, request: &Request) -> Result<(), Denial> {
        if !matches!(request.method.as_str(), "GET" | "PUT" | "DELETE") {
            return Err(Denial::NotAllowed(METHODS));
        }
        if request.fields.get("host") != Some(site.address.to_string().as_str()) {
            return Err(Denial::not_found("Not Found"));
        }
        Ok(())
    }

    fn target(&self, site: &Site, request: &Request) -> Result<Target, Denial> {
        target_of(&request.target, &site.path)
    }

    fn nonces(&self) -> Nonces {
        Nonces::Once
    }

    /// `opaque`, `algorithm` and `qop` have no quotes, and nothing is ever stale.
    fn challenge(&self, realm: &str, nonce: &str, algorithm: Algorithm, _is_stale: bool) -> String {
        let algorithm = algorithm.name();
        format!(
            "Digest realm=\"{realm}\", nonce=\"{nonce}\", opaque={OPAQUE}, \
             algorithm={algorithm}, qop=auth"
        )
    }

    /// There is one, but nobody looks at it.
    fn opaque(&self) -> Option<&'static str> {
        None
    }

    /// Split on comma and space, then on the first `=`.
    fn parameters(&self, text: &str) -> Option<HashMap<String, String>> {
        text.split(", ")
            .map(|part| {
                let (name, value) = part.split_once('=')?;
                Some((name.trim().to_owned(), value.trim().trim_matches('"').to_owned()))
            })
            .collect()
    }

    /// The realm is the domain of the user, whatever the client says it is.
    fn identity<'a>(
        &self,
        user: &'a User,
        answer: &'a Answer,
        _realm: &'a str,
    ) -> Option<(&'a str, &'a str)> {
        let name = answer.username.split('@').next().unwrap_or_default();
        let name = name.strip_prefix("sip:").unwrap_or(name);
        (name == user.name).then_some((user.name.as_str(), user.domain.as_str()))
    }

    fn check_password(&self, password: &str) -> Result<(), Denial> {
        if password.contains(':') { Err(internal_error()) } else { Ok(()) }
    }

    fn other_user(&self) -> Denial {
        Denial::Unauthorized(Unauthorized::OtherUser)
    }

    fn evaluate(
        &self,
        fields: &Fields,
        current: Option<&str>,
        is_read: bool,
    ) -> Result<Verdict, Denial> {
        let is = |tag: &str| match tag.trim() {
            "*" => current.is_some(),
            tag => {
                current.is_some_and(|current| current.trim_matches('"') == tag.trim_matches('"'))
            }
        };
        if fields.get("if-match").is_some_and(|tag| !is(tag)) {
            return Ok(Verdict::Failed);
        }
        match fields.get("if-none-match") {
            Some(tag) if tag.contains(',') || tag.trim().starts_with("W/") => Err(internal_error()),
            Some(tag) if is(tag) && is_read => Ok(Verdict::NotModified),
            Some(tag) if is(tag) => Ok(Verdict::Failed),
            _ => Ok(Verdict::Proceed),
        }
    }

    fn serve(&self, call: &mut Call<'_>) -> Result<Response, Denial> {
        editing::serve(self, call)
    }

    fn challenges(&self, why: Unauthorized) -> bool {
        why == Unauthorized::Missing
    }

    fn refuse(&self, denial: Denial) -> Response {
        match denial {
            Denial::NotModified(_) => Response::new(304),
            Denial::BadRequest(_) => {
                json(400, "[{\"type\":\"value_error\",\"msg\":\"invalid node selector\"}]")
            }
            Denial::Unauthorized(Unauthorized::Missing) => detail(401, "Not authenticated"),
            Denial::Unauthorized(Unauthorized::Stale | Unauthorized::Spent) => {
                detail(401, "Invalid or expired nonce")
            }
            Denial::Unauthorized(why) => detail(401, reason(why)),
            Denial::Forbidden(text) => detail(403, text),
            Denial::NotFound(text) => {
                Response::new(404).body("text/html; charset=utf-8", format!("<p>{text}</p>"))
            }
            Denial::NotAllowed(methods) => {
                detail(405, "Method Not Allowed").field("Allow", methods.replace(", HEAD", ""))
            }
            Denial::Conflict(conflict) => {
                let xml =
                    conflict.to_document().replacen("<xcap-error", "<!-- 409 -->\n<xcap-error", 1);
                Response::new(409).body(Conflict::MEDIA_TYPE, xml)
            }
            Denial::PreconditionFailed => Response::new(412).body(
                "text/html; charset=utf-8",
                "<html><body><h1>412 Precondition Failed</h1></body></html>",
            ),
            Denial::WrongMediaType(_) => detail(415, "Unsupported Media Type"),
            other @ (Denial::Full | Denial::Answer(_)) => rfc4825::refuse(other),
        }
    }

    /// One date of the application and one of its HTTP server.
    fn finish(&self, response: Response) -> Response {
        let mut response = response.date().date().field("Server", "uvicorn");
        response.fields.retain(|(name, _)| name != "Cache-Control");
        response
    }
}

impl Editing for OpenXcap {
    /// Compared as text, and for documents not at all.
    fn check_media_type(
        &self,
        kind: ResourceKind,
        usage: &Application,
        given: Option<&str>,
    ) -> Result<(), Denial> {
        let wanted = kind.media_type(usage);
        if kind == ResourceKind::Document || given == Some(wanted) {
            return Ok(());
        }
        Err(Denial::WrongMediaType(wanted.to_owned()))
    }

    /// Attributes without their quotes and references, bindings as text that is no XML, elements
    /// cut short where there is more than ASCII.
    fn get_node(
        &self,
        text: &str,
        selector: &NodeSelector,
        usage: &Application,
    ) -> Result<(String, String), Denial> {
        let selected = engine::get(text, selector, usage.default_namespace.as_deref())?;
        let found = selected.as_str();
        let body = match selected.kind() {
            ResourceKind::Attribute => {
                xml::resolve_references(found).map_or_else(|_| found.to_owned(), Into::into)
            }
            ResourceKind::NamespaceBindings => bindings(found),
            _ => truncated(text, found),
        };
        Ok((selected.kind().media_type(usage).to_owned(), body))
    }

    /// An attribute's body is its value, quotes and all.
    fn put_node(
        &self,
        text: &str,
        selector: &NodeSelector,
        body: &[u8],
        usage: &Application,
    ) -> Result<Edit, Denial> {
        if matches!(selector.terminal(), Some(Terminal::Attribute(_))) {
            return rfc4825::put_node(text, selector, quoted(body)?.as_bytes(), usage);
        }
        if text.is_ascii() {
            rfc4825::put_node(text, selector, body, usage)
        } else {
            Err(internal_error())
        }
    }

    /// The old ETag and the whole document, whatever `If-Match` says.
    fn unchanged(&self, text: &str, etag: &ETag, usage: &Application) -> Option<Response> {
        let response = Response::new(200).field("ETag", etag.to_string());
        Some(response.body(&usage.media_type, text))
    }
}

fn json(status: u16, detail: &str) -> Response {
    Response::new(status).body("application/json", format!("{{\"detail\":{detail}}}"))
}

fn detail(status: u16, text: &str) -> Response {
    json(status, &format!("\"{text}\""))
}

fn internal_error() -> Denial {
    Denial::Answer(Response::text(500, "Internal Server Error"))
}

/// Decoded once by the HTTP server and once more by the application; the query is dropped, and so
/// is what follows a `?` or `#` that the first decoding brings out.
fn target_of(target: &str, root: &str) -> Result<Target, Denial> {
    let target = target::path_and_query(target);
    let path = target.split('?').next().unwrap_or_default();
    let once = percent_decode_str(path).decode_utf8_lossy();
    let once = once.split(['?', '#']).next().unwrap_or_default();
    let twice = percent_decode_str(once).decode_utf8_lossy();
    let path = target::below_root(&twice, root)?;
    let (document, node) = match path.split_once("~~") {
        Some((document, node)) => (document.trim_end_matches('/'), Some(node)),
        None => (path, None),
    };
    let segments: Vec<&str> = document.split('/').collect();
    Ok(Target { place: target::place(&segments)?, node: node.map(node_of).transpose()? })
}

/// References in values are not resolved, so they match nothing; no prefix is ever bound.
fn node_of(expression: &str) -> Result<Node, Denial> {
    let selector: Option<NodeSelector> = expression.replace('&', "&amp;").parse().ok();
    selector
        .filter(|selector| selector.check_bindings().is_ok())
        .map(Node::Selector)
        .ok_or_else(|| Denial::BadRequest("invalid node selector".to_owned()))
}

/// The `AttValue` of a bare value.
fn quoted(body: &[u8]) -> Result<String, Denial> {
    let Ok(value) = std::str::from_utf8(body) else {
        return Err(Denial::conflict("not-utf-8", "the body is not UTF-8"));
    };
    let mut text = String::new();
    match xml::write_attribute(&mut text, value) {
        Ok(()) => Ok(text),
        Err(std::fmt::Error) => Err(internal_error()),
    }
}

/// `<{namespace}name  xmlns="namespace"/>`: a name as the XML library writes it.
fn bindings(element: &str) -> String {
    let Ok(document) = xml::parse(element) else { return element.to_owned() };
    let tag = document.root_element().tag_name();
    let declarations = element.split_once(' ').map_or("/>", |(_, rest)| rest);
    match tag.namespace() {
        Some(namespace) => format!("<{{{namespace}}}{}  {declarations}", tag.name()),
        None => format!("<{}  {declarations}", tag.name()),
    }
}

/// Bytes are taken for characters: an element loses as many characters at its end as the document
/// has bytes more than characters.
fn truncated(document: &str, element: &str) -> String {
    let more = document.len() - document.chars().count();
    let kept = element.chars().count().saturating_sub(more);
    element.chars().take(kept).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_decoded_twice_and_queries_dropped() {
        let read = |target: &str| target_of(target, "/r");
        let target = read("/r/a/users/sip:x@y/i/~~/b%255B@c=%2522d%2522%255D?xmlns(p=q)").unwrap();
        let Some(Node::Selector(selector)) = target.node else { panic!("no selector") };
        assert_eq!(selector.to_string(), r#"/b[@c="d"]"#);
        for node in ["p:b?xmlns(p=urn:x)", "b%5B@c=%22d%23%22%5D", "b%5B@c=%22d%3F%22%5D"] {
            let target = read(&format!("/r/a/global/i/~~/{node}"));
            assert!(matches!(target, Err(Denial::BadRequest(_))), "{node}");
        }
        let target = read("/r/a/global/i/~~/b%5B@c='&quot;'%5D").unwrap();
        let Some(Node::Selector(selector)) = target.node else { panic!("no selector") };
        assert_eq!(selector.to_string(), r#"/b[@c="&amp;quot;"]"#);
    }

    #[test]
    fn bindings_are_no_xml() {
        assert_eq!(bindings(r#"<p:a xmlns:p="u"/>"#), r#"<{u}a  xmlns:p="u"/>"#);
        assert_eq!(bindings("<a/>"), "<a  />");
    }

    #[test]
    fn elements_lose_their_ends() {
        assert_eq!(truncated("<a><b/></a>", "<b/>"), "<b/>");
        assert_eq!(truncated("<a>\u{e9}<b/></a>", "<b/>"), "<b/");
    }

    #[test]
    fn a_bare_comma_is_no_separator() {
        let found = OpenXcap.parameters(r#"username="a", uri="/x?y=z,nc", nc=1"#).unwrap();
        assert_eq!((found["uri"].as_str(), found.len()), ("/x?y=z,nc", 3));
        assert_eq!(OpenXcap.parameters(r#"username="a",nc=1"#).unwrap().len(), 1);
    }
}
