//! Kamailio 5.6.3 with the module `xcap_server`, and a configuration that guards it where it would
//! die.

use std::ops::Range;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use percent_encoding::percent_decode_str;
use roxmltree::{Document, Node as XmlNode};

use crate::application::Application;
use crate::selector::{NameOrAny, NodeSelector, QName, Step, Terminal};
use crate::xml;

use super::super::condition::Verdict;
use super::super::core::Core;
use super::super::denial::{Denial, Unauthorized};
use super::super::digest::Algorithm;
use super::super::engine::Edit;
use super::super::generated;
use super::super::http::{Fields, Request, Response};
use super::super::store::Place;
use super::super::target::{self, Node, Target};
use super::super::xcap;
use super::{Conduct, Kind, Outcome, reason, rfc4825};

/// `XCAP_MAX_URI_SIZE`
const MAX_PATH: usize = 255;
/// `buf_size`
const MAX_BODY: usize = 1_048_576;
/// The prefixes that the server knows (`xml_ns`), whatever the query binds.
const PREFIXES: [(&str, &str); 3] = [
    ("rl", "urn:ietf:params:xml:ns:resource-lists"),
    ("rls", "urn:ietf:params:xml:ns:rls-services"),
    ("cp", "urn:ietf:params:xml:ns:common-policy"),
];
/// The usages that its capabilities name.
const CAPABILITIES: [&str; 5] =
    ["pres-rules", "resource-lists", "rls-services", "pidf-manipulation", "xcap-caps"];

pub(super) struct Kamailio;

impl Conduct for Kamailio {
    fn keep_alive(&self) -> Duration {
        Duration::from_secs(600)
    }

    fn interim(&self) -> &'static [u8] {
        b"HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n"
    }

    fn etag(&self, number: u64) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        format!("sr-{now}-{}-{number}", std::process::id())
    }

    fn ignores(&self, request: &Request) -> Option<Outcome> {
        if request.method == "HEAD" || (request.method == "GET" && request.fields.0.is_empty()) {
            return Some(Outcome::Close);
        }
        (request.is_one_chunked_piece || request.body.len() > MAX_BODY).then_some(Outcome::Silence)
    }

    fn admit(&self, core: &Core, request: &Request) -> Result<(), Denial> {
        target::below_root(target::path_and_query(&request.target), &core.path).map(|_| ())
    }

    fn target(&self, core: &Core, request: &Request) -> Result<Target, Denial> {
        target_of(&request.target, &core.path)
    }

    fn admit_known(&self, request: &Request) -> Result<(), Denial> {
        if !matches!(request.method.as_str(), "GET" | "PUT" | "DELETE") {
            return Err(Denial::NotAllowed("GET, PUT, DELETE"));
        }
        Ok(())
    }

    fn takes_any_user(&self) -> bool {
        true
    }

    fn max_nonce_count(&self) -> u32 {
        255
    }

    /// No `opaque`, and no `algorithm` for MD5.
    fn challenge(&self, realm: &str, nonce: &str, algorithm: Algorithm, is_stale: bool) -> String {
        let stale = if is_stale { ", stale=true" } else { "" };
        let algorithm = match algorithm {
            Algorithm::Md5 => String::new(),
            other => format!(", algorithm={}", other.name()),
        };
        format!("Digest realm=\"{realm}\", nonce=\"{nonce}\", qop=\"auth\"{algorithm}{stale}")
    }

    fn opaque(&self) -> Option<&'static str> {
        None
    }

    fn other_user(&self) -> Denial {
        Denial::Forbidden("not your document")
    }

    /// The tag is looked for in the field, and `*` means nothing.
    fn evaluate(
        &self,
        fields: &Fields,
        current: Option<&str>,
        is_read: bool,
    ) -> Result<Verdict, Denial> {
        let Some(current) = current else { return Ok(Verdict::Proceed) };
        let names = |field: &str| fields.get(field).map(|tags| tags.contains(current));
        Ok(match (names("if-match"), names("if-none-match")) {
            (Some(false), _) => Verdict::Failed,
            (_, Some(true)) if is_read => Verdict::NotModified,
            (_, Some(true)) => Verdict::Failed,
            _ => Verdict::Proceed,
        })
    }

    fn check_media_type(
        &self,
        _kind: Kind,
        _usage: &Application,
        _given: Option<&str>,
    ) -> Result<(), Denial> {
        Ok(())
    }

    fn read_document(&self, body: &[u8], _usage: &Application) -> Result<String, Denial> {
        let text = std::str::from_utf8(body).map_err(|_| failed())?;
        rfc4825::check_well_formed(text).map_err(|_| failed())?;
        Ok(text.to_owned())
    }

    /// All matches, a `,` between two, as the document's media type.
    fn get_node(
        &self,
        text: &str,
        selector: &NodeSelector,
        usage: &Application,
    ) -> Result<(String, String), Denial> {
        let document = parse(text)?;
        let matches: Vec<&str> = match selector.terminal() {
            Some(Terminal::Attribute(name)) => elements(&document, selector)
                .filter_map(|element| element.attribute(name.local()))
                .collect(),
            _ => elements(&document, selector)
                .filter_map(|element| text.get(element.range()))
                .collect(),
        };
        if matches.is_empty() {
            return Err(Denial::not_found(""));
        }
        Ok((usage.media_type.to_string(), matches.join(",")))
    }

    /// The first match is removed, and the body appended to the parent, whatever it is.
    fn put_node(
        &self,
        text: &str,
        selector: &NodeSelector,
        body: &[u8],
        _usage: &Application,
    ) -> Result<Edit, Denial> {
        if selector.terminal().is_some() {
            return Err(failed());
        }
        let body = std::str::from_utf8(body).map_err(|_| failed())?;
        let document = parse(text)?;
        let above = selector.steps().split_last().map_or(&[][..], |(_, above)| above);
        let parent =
            walk(&document, above).into_iter().find(XmlNode::is_element).ok_or_else(failed)?;
        let old = elements(&document, selector).next().map(|element| element.range());
        let text = appended(text, parent.range(), old.clone(), body).ok_or_else(failed)?;
        if body.trim().is_empty() || xml::parse(&text).is_err() {
            return Err(failed());
        }
        Ok(Edit { text, created: old.is_none() })
    }

    /// An attribute stays, without a value.
    fn delete_node(
        &self,
        text: &str,
        selector: &NodeSelector,
        _usage: &Application,
    ) -> Result<String, Denial> {
        let document = parse(text)?;
        let element = elements(&document, selector).next().ok_or_else(failed)?;
        let range = match selector.terminal() {
            Some(Terminal::Attribute(name)) => {
                let mut attributes = element.attributes();
                let found = attributes.find(|attribute| attribute.name() == name.local());
                found.ok_or_else(failed)?.range_value()
            }
            _ => element.range(),
        };
        let text = replaced(text, range, "").ok_or_else(failed)?;
        if xml::parse(&text).is_err() { Err(failed()) } else { Ok(text) }
    }

    fn check_result(&self, _text: &str, _usage: &Application) -> Result<(), Denial> {
        Ok(())
    }

    fn created(&self) -> u16 {
        200
    }

    fn no_document(&self, _core: &Core, _place: &Place) -> Denial {
        failed()
    }

    fn no_directory(&self, _core: &Core, _place: &Place, _closest: Option<&str>) -> Denial {
        failed()
    }

    fn nothing_to_delete(&self, _denial: Denial) -> Denial {
        failed()
    }

    fn capabilities(&self, _core: &Core) -> String {
        generated::capabilities(CAPABILITIES.iter().filter_map(|auid| Application::lookup(auid)))
    }

    fn has_directory(&self) -> bool {
        false
    }

    fn refuse(&self, core: &Core, denial: Denial) -> Response {
        match denial {
            Denial::NotModified(etag) => Response::new(304).field("ETag", etag.to_string()),
            Denial::Unauthorized(Unauthorized::Spent) => Response::new(401),
            Denial::Unauthorized(why) => {
                xcap::unauthorized(core, why, Response::new(401).body("text/plain", reason(why)))
            }
            Denial::Forbidden(text) => Response::text(403, text),
            Denial::NotFound(_) => Response::new(404),
            Denial::NotAllowed(methods) => {
                Response::new(405).field("Allow", methods.replace(", HEAD", ""))
            }
            Denial::PreconditionFailed => Response::new(412),
            Denial::Answer(response) => response,
            Denial::BadRequest(_)
            | Denial::Conflict(_)
            | Denial::WrongMediaType(_)
            | Denial::Full => Response::new(500),
        }
    }

    fn finish(&self, response: Response) -> Response {
        let mut response = response.field("Server", "kamailio (5.6.3 (x86_64/linux))");
        response.fields.retain(|(name, _)| name != "Cache-Control");
        response
    }
}

/// 500 and nothing more.
fn failed() -> Denial {
    Denial::Answer(Response::new(500))
}

/// The query is dropped; a long path and `namespace::*` are what the configuration guards.
fn target_of(target: &str, root: &str) -> Result<Target, Denial> {
    let target = target::path_and_query(target);
    let path = target.split('?').next().unwrap_or_default();
    let lower = path.to_ascii_lowercase();
    if lower.contains("namespace::") || lower.contains("namespace%3a%3a") {
        let text = "namespace selectors not supported";
        return Err(Denial::Answer(Response::text(501, text)));
    }
    if path.len() > MAX_PATH {
        let text = "URI too long for xcap_server";
        return Err(Denial::Answer(Response::text(414, text)));
    }
    let path = percent_decode_str(path).decode_utf8_lossy();
    let path = target::below_root(&path, root)?;
    let (document, node) = match path.split_once("/~~/") {
        Some((document, node)) => (document, Some(node)),
        None => (path, None),
    };
    let segments: Vec<&str> = document.split('/').collect();
    let node = node.map(|node| node.parse().map_or(Node::Unknown, Node::Selector));
    Ok(Target { place: target::place(&segments)?, node })
}

fn parse(text: &str) -> Result<Document<'_>, Denial> {
    xml::parse(text).map_err(|_| failed())
}

/// The elements that a selector's steps match: any number of them.
fn elements<'a, 'd>(
    document: &'a Document<'d>,
    selector: &NodeSelector,
) -> impl Iterator<Item = XmlNode<'a, 'd>> {
    walk(document, selector.steps()).into_iter().filter(XmlNode::is_element)
}

/// As XPath has it: a step goes on from each match of the one before.
fn walk<'a, 'd>(document: &'a Document<'d>, steps: &[Step]) -> Vec<XmlNode<'a, 'd>> {
    steps.iter().fold(vec![document.root()], |found, step| {
        found.into_iter().flat_map(|parent| children(parent, step)).collect()
    })
}

fn children<'a, 'd>(parent: XmlNode<'a, 'd>, step: &Step) -> Vec<XmlNode<'a, 'd>> {
    let Step::Element { name, position, attribute } = step else { return Vec::new() };
    let named = parent.children().filter(|child| child.is_element() && is_named(*child, name));
    let placed: Vec<XmlNode<'a, 'd>> = match position {
        Some(position) => named.skip(position.saturating_sub(1)).take(1).collect(),
        None => named.collect(),
    };
    let Some(test) = attribute else { return placed };
    placed
        .into_iter()
        .filter(|element| element.attribute(test.name.local()) == Some(test.value.as_str()))
        .collect()
}

/// Default namespaces are taken out of documents, so a name without a prefix means an element
/// without one.
fn is_named(element: XmlNode<'_, '_>, name: &NameOrAny) -> bool {
    let NameOrAny::Name(name) = name else { return true };
    element.tag_name().name() == name.local() && has_namespace(element, name)
}

fn has_namespace(element: XmlNode<'_, '_>, name: &QName) -> bool {
    let tag = element.document().input_text().get(element.range()).unwrap_or_default();
    let end = tag.find(|c: char| xml::is_whitespace(c) || matches!(c, '>' | '/'));
    let has_prefix = tag.get(..end.unwrap_or(tag.len())).is_some_and(|tag| tag.contains(':'));
    match name.prefix() {
        None => !has_prefix,
        Some(prefix) => {
            has_prefix
                && PREFIXES.iter().any(|(known, namespace)| {
                    *known == prefix && element.tag_name().namespace() == Some(namespace)
                })
        }
    }
}

/// A document without one element, and with another at the end of the parent.
fn appended(
    text: &str,
    parent: Range<usize>,
    old: Option<Range<usize>>,
    new: &str,
) -> Option<String> {
    let element = text.get(parent.clone())?;
    let (at, new) = match element.strip_suffix("/>") {
        Some(head) => {
            let end = element.find(|c: char| xml::is_whitespace(c) || matches!(c, '>' | '/'))?;
            let name = element.get(1..end)?;
            (parent.start + head.len()..parent.end, format!(">{new}</{name}>"))
        }
        None => {
            let end = parent.start + element.rfind("</")?;
            (end..end, new.to_owned())
        }
    };
    let text = replaced(text, at, &new)?;
    match old {
        Some(old) => replaced(&text, old, ""),
        None => Some(text),
    }
}

fn replaced(text: &str, range: Range<usize>, new: &str) -> Option<String> {
    Some([text.get(..range.start)?, new, text.get(range.end..)?].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "<a xmlns='u'><b i='1'/><b i='2'/><c/></a>";

    fn selector(text: &str) -> NodeSelector {
        text.parse().unwrap()
    }

    fn usage() -> Application {
        Application::new("x")
    }

    #[test]
    fn what_is_put_goes_last() {
        let put = |at: &str, body: &str| {
            Kamailio.put_node(TEXT, &selector(at), body.as_bytes(), &usage()).map(|edit| edit.text)
        };
        assert_eq!(
            put("/a/b[1]", "<b i='3'/>").unwrap(),
            "<a xmlns='u'><b i='2'/><c/><b i='3'/></a>"
        );
        assert_eq!(
            put("/a/c/d", "<e/>").unwrap(),
            "<a xmlns='u'><b i='1'/><b i='2'/><c><e/></c></a>"
        );
        for (at, body) in [("/a/x/y", "<y/>"), ("/a/b", "<b>"), ("/a/b", ""), ("/a/b/@i", "x")] {
            assert!(put(at, body).is_err(), "{at} {body}");
        }
    }

    #[test]
    fn several_matches_are_joined() {
        let get = |at: &str| Kamailio.get_node(TEXT, &selector(at), &usage()).map(|found| found.1);
        assert_eq!(get("/a/b").unwrap(), "<b i='1'/>,<b i='2'/>");
        assert_eq!(get("/a/b[2]/@i").unwrap(), "2");
        assert!(get("/a/rl:b").is_err());
    }

    #[test]
    fn an_attribute_is_emptied() {
        let delete = |at: &str| Kamailio.delete_node(TEXT, &selector(at), &usage());
        assert_eq!(delete("/a/b[1]/@i").unwrap(), TEXT.replace("'1'", "''"));
        assert_eq!(delete("/a/c").unwrap(), TEXT.replace("<c/>", ""));
        assert!(delete("/a/d").is_err());
    }
}
