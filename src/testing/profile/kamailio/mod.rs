//! Kamailio 5.6.3 with the module `xcap_server`. Its configuration guards it against requests that
//! would crash it.

mod nodes;

use std::ops::Range;
use std::sync::LazyLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use percent_encoding::percent_decode_str;
use roxmltree::{Document, Node as XmlNode};

use crate::answer::ResourceKind;
use crate::selector::{Application, NodeSelector, Terminal};
use crate::xml::{self, Source};

use crate::document::Edit;
use crate::testing::call::Call;
use crate::testing::condition::Verdict;
use crate::testing::denial::{Denial, Unauthorized};
use crate::testing::digest::Algorithm;
use crate::testing::generated;
use crate::testing::http::{Fields, Request, Response};
use crate::testing::site::Site;
use crate::testing::store::Place;
use crate::testing::target::{self, Node, Target};

use super::behaviour::{Behaviour, Outcome};
use super::editing::{self, Editing};
use super::libxml;
use super::rfc4825::{self, reason};
use nodes::{appended, elements, walk, without};

/// `XCAP_MAX_URI_SIZE`
const MAX_PATH: usize = 255;
/// `buf_size`
const MAX_BODY: usize = 1_048_576;
/// The usages in its capabilities document.
const CAPABILITIES: [&str; 5] =
    ["pres-rules", "resource-lists", "rls-services", "pidf-manipulation", "xcap-caps"];
/// `xcaps_auid_list`, except for the search, which has no documents.
const AUIDS: [&str; 9] = [
    "pres-rules",
    "org.openmobilealliance.pres-rules",
    "resource-lists",
    "rls-services",
    "pidf-manipulation",
    "xcap-caps",
    "org.openmobilealliance.user-profile",
    "org.openmobilealliance.pres-content",
    "org.openmobilealliance.xcap-directory",
];

static USAGES: LazyLock<Vec<Application>> =
    LazyLock::new(|| AUIDS.iter().filter_map(|auid| Application::lookup(auid)).cloned().collect());

pub(super) struct Kamailio;

impl Behaviour for Kamailio {
    fn usages(&self) -> &'static [Application] {
        &USAGES
    }

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

    fn admit(&self, site: &Site, request: &Request) -> Result<(), Denial> {
        target::below_root(target::path_and_query(&request.target), &site.path).map(|_| ())
    }

    fn target(&self, site: &Site, request: &Request) -> Result<Target, Denial> {
        target_of(&request.target, &site.path)
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

    /// Without `opaque`, and without `algorithm` for MD5.
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

    fn serve(&self, call: &mut Call<'_>) -> Result<Response, Denial> {
        editing::serve(self, call)
    }

    fn challenges(&self, why: Unauthorized) -> bool {
        why != Unauthorized::Spent
    }

    fn refuse(&self, denial: Denial) -> Response {
        match denial {
            Denial::NotModified(_) => Response::new(304),
            Denial::Unauthorized(Unauthorized::Spent) => Response::new(401),
            Denial::Unauthorized(why) => Response::new(401).body("text/plain", reason(why)),
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

impl Editing for Kamailio {
    /// The tag is searched for in the field, and `*` has no meaning.
    fn evaluate(
        &self,
        fields: &Fields,
        current: Option<&str>,
        is_read: bool,
    ) -> Result<Verdict, Denial> {
        let names = |field: &str| {
            let tags = fields.get(field)?;
            Some(current.is_some_and(|current| tags.contains(current)))
        };
        Ok(match (names("if-match"), names("if-none-match")) {
            (Some(false), _) => Verdict::Failed,
            (_, Some(true)) if is_read => Verdict::NotModified,
            (_, Some(true)) => Verdict::Failed,
            _ => Verdict::Proceed,
        })
    }

    fn check_media_type(
        &self,
        _kind: ResourceKind,
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

    /// All matches, separated by `,`, with the document's media type.
    fn get_node(
        &self,
        text: &str,
        selector: &NodeSelector,
        usage: &Application,
    ) -> Result<(String, String), Denial> {
        check_selector(selector)?;
        if selector.steps().len() + usize::from(selector.terminal().is_some()) < 2 {
            return Err(failed());
        }
        let source = Source::new(text);
        let document = parse(&source)?;
        let elements = elements(&document, selector).into_iter();
        let matches: Vec<String> = match selector.terminal() {
            Some(Terminal::Attribute(name)) => elements
                .filter_map(|element| xml::attribute(element, name.local()).map(str::to_owned))
                .collect(),
            _ => elements
                .filter_map(|element| libxml::fragment(text.get(element.range())?))
                .collect(),
        };
        if matches.is_empty() {
            return Err(Denial::not_found(""));
        }
        Ok((usage.media_type.to_string(), matches.join(",")))
    }

    /// Removes each match. For each of them, appends the body to the parent, whatever the body is.
    fn put_node(
        &self,
        text: &str,
        selector: &NodeSelector,
        body: &[u8],
        _usage: &Application,
    ) -> Result<Edit, Denial> {
        check_selector(selector)?;
        if selector.terminal().is_some() {
            return Err(failed());
        }
        let body = std::str::from_utf8(body).map_err(|_| failed())?;
        // The body is parsed as a document of its own, so a prefix may be unbound. Only its element
        // is used.
        let source = Source::new(body);
        let body = match source.parse() {
            Ok(parsed) => body.get(parsed.root_element().range()).unwrap_or(body),
            Err(fault) if fault.unbound_prefix.is_some() => body.trim(),
            Err(_) => return Err(failed()),
        };
        let stored = Source::new(text);
        let document = parse(&stored)?;
        let old: Vec<Range<usize>> =
            elements(&document, selector).iter().map(XmlNode::range).collect();
        let above = selector.steps().split_last().map_or(&[][..], |(_, above)| above);
        let parent = walk(&document, above).into_iter().next().ok_or_else(failed)?;
        let created = old.is_empty();
        // The server would run out of memory.
        if old.len().saturating_mul(body.len()) > MAX_BODY {
            return Err(failed());
        }
        let text = if parent.is_element() {
            let new = body.repeat(old.len().max(1));
            appended(text, parent.range(), old, &new).ok_or_else(failed)?
        } else {
            body.to_owned()
        };
        Ok(Edit { text: written(&text)?, created })
    }

    /// Removes each match. An attribute stays, but becomes empty.
    fn delete_node(
        &self,
        text: &str,
        selector: &NodeSelector,
        _usage: &Application,
    ) -> Result<String, Denial> {
        check_selector(selector)?;
        let source = Source::new(text);
        let document = parse(&source)?;
        let elements = elements(&document, selector);
        let ranges: Vec<Range<usize>> = match selector.terminal() {
            Some(Terminal::Attribute(name)) => elements
                .iter()
                .filter_map(|element| xml::attribute_node(*element, name.local()))
                .map(|attribute| attribute.range_value())
                .collect(),
            _ => elements.iter().map(XmlNode::range).collect(),
        };
        if ranges.is_empty() {
            return Err(failed());
        }
        written(&without(text, ranges).ok_or_else(failed)?)
    }

    fn check_result(&self, _text: &str, _usage: &Application) -> Result<(), Denial> {
        Ok(())
    }

    fn created(&self) -> u16 {
        200
    }

    fn no_document(&self, _site: &Site, _place: &Place) -> Denial {
        failed()
    }

    fn no_directory(&self, _site: &Site, _place: &Place, _closest: Option<&str>) -> Denial {
        failed()
    }

    fn nothing_to_delete(&self, _denial: Denial) -> Denial {
        failed()
    }

    fn capabilities(&self, _site: &Site) -> String {
        generated::capabilities(CAPABILITIES.iter().filter_map(|auid| Application::lookup(auid)))
    }

    fn has_full_directory(&self) -> bool {
        false
    }

    fn tags_generated(&self) -> bool {
        false
    }

    fn makes_directories(&self) -> bool {
        true
    }
}

/// 500 and nothing else.
fn failed() -> Denial {
    Denial::Answer(Response::new(500))
}

/// The answer of the configuration, before the module sees the request.
fn guarded(status: u16, text: &str) -> Denial {
    Denial::Answer(Response::new(status).body("text/plain", format!("{text}\n")))
}

/// The target, without its query. The configuration refuses a long path and `namespace::*`.
fn target_of(target: &str, root: &str) -> Result<Target, Denial> {
    let target = target::path_and_query(target);
    let path = target.split('?').next().unwrap_or_default();
    let lower = path.to_ascii_lowercase();
    if lower.contains("namespace::") || lower.contains("namespace%3a%3a") {
        return Err(guarded(501, "namespace selectors not supported"));
    }
    if path.len() > MAX_PATH {
        return Err(guarded(414, "URI too long for xcap_server"));
    }
    let path = percent_decode_str(path).decode_utf8_lossy();
    let path = target::below_root(&path, root)?;
    let (document, node) = match path.split_once("/~~/") {
        Some((document, node)) => (document, Some(node)),
        None => (path, None),
    };
    let segments: Vec<&str> = document.split('/').collect();
    // References in values are not resolved.
    let unresolved = |node: &str| node.replace('&', "&amp;").parse().map(Node::Selector);
    let node = node.map(unresolved).transpose();
    let node = node.map_err(|_| failed())?;
    Ok(Target { place: target::place(&segments)?, node })
}

fn parse<'x>(source: &'x Source<'_>) -> Result<Document<'x>, Denial> {
    source.parse().map_err(|_| failed())
}

/// A prefix is never bound, whatever the query says.
fn check_selector(selector: &NodeSelector) -> Result<(), Denial> {
    selector.check_bindings().map_err(|_| failed())
}

/// The text of a changed document.
fn written(text: &str) -> Result<String, Denial> {
    xml::check(text).map_err(|_| failed())?;
    libxml::document(text).ok_or_else(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "<a xmlns='u'><b i='1'/><b i='2'/><c/></a>";

    fn doc(root: &str) -> String {
        format!("<?xml version=\"1.0\"?>\n{root}\n")
    }

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
            doc(r#"<a xmlns="u"><b i="2"/><c/><b i="3"/></a>"#)
        );
        assert_eq!(
            put("/a/c/d", "<e/>").unwrap(),
            doc(r#"<a xmlns="u"><b i="1"/><b i="2"/><c><e/></c></a>"#)
        );
        assert_eq!(put("/a/b", "<d/>").unwrap(), doc(r#"<a xmlns="u"><c/><d/><d/></a>"#));
        assert_eq!(put("/a", "<d/>").unwrap(), doc("<d/>"));
        for (at, body) in [("/a/x/y", "<y/>"), ("/a/b", "<b>"), ("/a/b", ""), ("/a/b/@i", "x")] {
            assert!(put(at, body).is_err(), "{at} {body}");
        }
    }

    #[test]
    fn the_element_alone_is_taken() {
        for body in ["\n<d/>\n", "<?xml version='1.0'?><!-- e --><d/>"] {
            let put = Kamailio.put_node("<a/>", &selector("/a/d"), body.as_bytes(), &usage());
            assert_eq!(put.unwrap().text, doc("<a><d/></a>"), "{body}");
        }
        let put = Kamailio.put_node("<a/>", &selector("/a/d"), b" <p:d/>\n", &usage());
        assert!(put.is_err());
    }

    #[test]
    fn references_are_not_resolved() {
        let target = target_of("/r/a/users/x/i/~~/a/b%5B@c=%22&amp;%22%5D", "/r").unwrap();
        let Some(Node::Selector(selector)) = target.node else { panic!("no selector") };
        assert_eq!(selector.to_string(), r#"/a/b[@c="&amp;amp;"]"#);
    }

    #[test]
    fn several_matches_are_joined() {
        let get = |at: &str| Kamailio.get_node(TEXT, &selector(at), &usage()).map(|found| found.1);
        assert_eq!(get("/a/b").unwrap(), r#"<b i="1"/>,<b i="2"/>"#);
        assert_eq!(get("/a/b[2]/@i").unwrap(), "2");
        assert!(get("/a/rl:b").is_err());
        assert!(get("/a").is_err());
    }

    #[test]
    fn an_attribute_is_emptied() {
        let delete = |at: &str| Kamailio.delete_node(TEXT, &selector(at), &usage());
        assert_eq!(
            delete("/a/b[1]/@i").unwrap(),
            doc(r#"<a xmlns="u"><b i=""/><b i="2"/><c/></a>"#)
        );
        assert_eq!(delete("/a/c").unwrap(), doc(r#"<a xmlns="u"><b i="1"/><b i="2"/></a>"#));
        assert_eq!(delete("/a/b").unwrap(), doc(r#"<a xmlns="u"><c/></a>"#));
        assert!(delete("/a/d").is_err());
    }
}
