//! A server that handles requests in the order of RFC 4825 section 8.
//!
//! The conditions are checked last before a change: a request that would fail without them fails
//! for its own reason (RFC 9110 section 13.2.1).

use crate::answer::{ETag, ResourceKind};
use crate::document::Edit;
use crate::selector::{Application, CAPABILITIES, DIRECTORY, NodeSelector, Terminal};
use crate::testing::call::Call;
use crate::testing::condition::{self, Verdict};
use crate::testing::denial::Denial;
use crate::testing::generated;
use crate::testing::http::{Fields, Response};
use crate::testing::site::Site;
use crate::testing::store::{Misplaced, Owner, Place};
use crate::testing::target::{Node, Target};

use super::behaviour::{Behaviour, new_etag};
use super::rfc4825;

const READ_ONLY: &str = "GET, HEAD";
const ALL: &str = "GET, HEAD, PUT, DELETE";

/// The decisions of a server that works in this order. The provided methods follow RFC 4825.
pub(super) trait Editing: Behaviour {
    fn evaluate(
        &self,
        fields: &Fields,
        current: Option<&str>,
        is_read: bool,
    ) -> Result<Verdict, Denial> {
        condition::evaluate(fields, current, is_read).map_err(|condition::Malformed(name)| {
            Denial::BadRequest(format!("{name} is not a list of entity tags"))
        })
    }

    fn check_media_type(
        &self,
        kind: ResourceKind,
        usage: &Application,
        given: Option<&str>,
    ) -> Result<(), Denial> {
        rfc4825::check_media_type(kind, usage, given)
    }

    /// The text of a document that was put, if it can be stored.
    fn read_document(&self, body: &[u8], usage: &Application) -> Result<String, Denial> {
        rfc4825::read_document(body, usage)
    }

    /// The media type and text of a node.
    fn get_node(
        &self,
        text: &str,
        selector: &NodeSelector,
        usage: &Application,
    ) -> Result<(String, String), Denial> {
        rfc4825::get_node(text, selector, usage)
    }

    fn put_node(
        &self,
        text: &str,
        selector: &NodeSelector,
        body: &[u8],
        usage: &Application,
    ) -> Result<Edit, Denial> {
        rfc4825::put_node(text, selector, body, usage)
    }

    fn delete_node(
        &self,
        text: &str,
        selector: &NodeSelector,
        usage: &Application,
    ) -> Result<String, Denial> {
        rfc4825::delete_node(text, selector, usage)
    }

    /// Checks that a document still fits its usage after a change of a node.
    fn check_result(&self, text: &str, usage: &Application) -> Result<(), Denial> {
        rfc4825::check_root(text, usage)
    }

    /// The status after something was created.
    fn created(&self) -> u16 {
        201
    }

    /// The answer to a PUT of a node if there is no document.
    fn no_document(&self, site: &Site, place: &Place) -> Denial {
        rfc4825::no_document(site, place)
    }

    /// The answer to a PUT of a document into a directory that does not exist.
    fn no_directory(&self, site: &Site, place: &Place, closest: Option<&str>) -> Denial {
        rfc4825::no_directory(site, place, closest)
    }

    /// The answer to a DELETE that failed for this reason.
    fn nothing_to_delete(&self, denial: Denial) -> Denial {
        denial
    }

    /// The text of the capabilities document.
    fn capabilities(&self, site: &Site) -> String {
        generated::capabilities(site.usages())
    }

    /// Whether a directory document gives the time of the last change and the size of each
    /// document.
    fn has_full_directory(&self) -> bool {
        true
    }

    /// Whether generated documents have ETags.
    fn tags_generated(&self) -> bool {
        true
    }

    /// Whether a PUT creates the directories that it needs.
    fn makes_directories(&self) -> bool {
        false
    }
}

/// RFC 4825 to the letter.
pub(super) struct Rfc4825;

impl Behaviour for Rfc4825 {
    fn serve(&self, call: &mut Call<'_>) -> Result<Response, Denial> {
        serve(self, call)
    }
}

impl Editing for Rfc4825 {}

/// Carries out a request.
pub(super) fn serve(server: &impl Editing, call: &mut Call<'_>) -> Result<Response, Denial> {
    check_allowed(call)?;
    match call.request.method.as_str() {
        "GET" | "HEAD" => get(server, call),
        "PUT" => put(server, call),
        "DELETE" => delete(server, call),
        _ => Err(Denial::NotAllowed(ALL)),
    }
}

/// Refuses changes that nobody may make.
fn check_allowed(call: &Call<'_>) -> Result<(), Denial> {
    if call.is_read() {
        return Ok(());
    }
    if generated::is_generated(&call.target.place.auid) || is_bindings(call.target) {
        return Err(Denial::NotAllowed(READ_ONLY));
    }
    if call.target.place.owner == Owner::Global && !call.site.has_writable_global {
        return Err(Denial::Forbidden("the global tree can only be read"));
    }
    Ok(())
}

fn is_bindings(target: &Target) -> bool {
    let Some(Node::Selector(selector)) = &target.node else { return false };
    selector.terminal() == Some(&Terminal::Namespaces)
}

fn selector(node: &Node) -> Result<&NodeSelector, Denial> {
    match node {
        Node::Selector(selector) => Ok(selector),
        Node::Expression(_) | Node::Unknown => {
            Err(Denial::not_found("this server does not understand the node selector"))
        }
    }
}

/// The text and ETag of a stored or generated document.
fn find(server: &impl Editing, call: &Call<'_>) -> Option<(String, ETag)> {
    call.stored().or_else(|| {
        let text = generate(server, call)?;
        let etag = generated::etag(&text);
        Some((text, etag))
    })
}

/// The document that the server generates at this place. `None` if it generates none there.
fn generate(server: &impl Editing, call: &Call<'_>) -> Option<String> {
    let place = &call.target.place;
    let usage =
        Application::lookup(&place.auid).filter(|usage| usage.filename == place.filename)?;
    if usage.tree != place.owner.tree() {
        return None;
    }
    match place.auid.as_str() {
        CAPABILITIES => Some(server.capabilities(call.site)),
        DIRECTORY => {
            let is_full = server.has_full_directory();
            Some(generated::directory(&call.site.root(), call.store, &place.owner, is_full))
        }
        _ => None,
    }
}

fn no_document() -> Denial {
    Denial::not_found("there is no such document")
}

/// Section 8.3.
fn get(server: &impl Editing, call: &Call<'_>) -> Result<Response, Denial> {
    let (text, etag) = find(server, call).ok_or_else(no_document)?;
    let (media_type, body) = match &call.target.node {
        None => (call.usage.media_type.to_string(), text),
        Some(node) => server.get_node(&text, selector(node)?, call.usage)?,
    };
    check_conditions(server, call, Some(&etag))?;
    let is_tagged = server.tags_generated() || call.store.get(&call.target.place).is_some();
    let response = Response::new(200).field("Cache-Control", "no-cache").body(&media_type, body);
    Ok(if is_tagged { response.field("ETag", etag.to_string()) } else { response })
}

fn check_conditions(
    server: &impl Editing,
    call: &Call<'_>,
    etag: Option<&ETag>,
) -> Result<(), Denial> {
    let field = etag.map(ETag::to_string);
    match server.evaluate(&call.request.fields, field.as_deref(), call.is_read())? {
        Verdict::Proceed => Ok(()),
        Verdict::Failed => Err(Denial::PreconditionFailed),
        Verdict::NotModified => match etag {
            Some(etag) => Err(Denial::NotModified(etag.clone())),
            None => Ok(()),
        },
    }
}

/// Section 8.2.
fn put(server: &impl Editing, call: &mut Call<'_>) -> Result<Response, Denial> {
    let old = find(server, call);
    let etag = old.as_ref().map(|(_, etag)| etag);
    let change = tentative(server, call, old.as_ref());
    if let Err(denial) = change {
        if !denial.outranks_conditions() {
            check_conditions(server, call, etag)?;
        }
        return Err(denial);
    }
    let (text, is_created) = change?;
    check_conditions(server, call, etag)?;
    let etag = call.store.set(call.target.place.clone(), &text, new_etag(server)).etag();
    let status = if is_created { server.created() } else { 200 };
    Ok(Response::new(status).field("ETag", etag.to_string()))
}

/// The document after the change, and whether the change creates something.
fn tentative(
    server: &impl Editing,
    call: &Call<'_>,
    old: Option<&(String, ETag)>,
) -> Result<(String, bool), Denial> {
    let Call { usage, site, request, .. } = call;
    let place = &call.target.place;
    let media_type = request.fields.get("content-type");
    let (text, is_created) = match &call.target.node {
        None => {
            if !server.makes_directories() {
                check_place(server, call)?;
            }
            server.check_media_type(ResourceKind::Document, usage, media_type)?;
            (server.read_document(&request.body, usage)?, old.is_none())
        }
        Some(node) => {
            let selector = selector(node)?;
            let (text, _) = old.ok_or_else(|| server.no_document(site, place))?;
            server.check_media_type(selector.kind(), usage, media_type)?;
            let edit = server.put_node(text, selector, &request.body, usage)?;
            server.check_result(&edit.text, usage)?;
            (edit.text, edit.created)
        }
    };
    if !call.store.has_room(place, text.len()) {
        return Err(Denial::Full);
    }
    Ok((text, is_created))
}

/// Checks that the directory of a new document exists (section 8.2.1).
fn check_place(server: &impl Editing, call: &Call<'_>) -> Result<(), Denial> {
    match call.store.check(&call.target.place) {
        Ok(()) => Ok(()),
        Err(Misplaced::IsDirectory) => {
            Err(Denial::conflict("constraint-failure", "a directory has this name"))
        }
        Err(Misplaced::NoDirectory(closest)) => {
            Err(server.no_directory(call.site, &call.target.place, closest.as_deref()))
        }
    }
}

/// Section 8.4.
fn delete(server: &impl Editing, call: &mut Call<'_>) -> Result<Response, Denial> {
    let (text, etag) = find(server, call).ok_or_else(|| server.nothing_to_delete(no_document()))?;
    let Some(node) = &call.target.node else {
        check_conditions(server, call, Some(&etag))?;
        call.store.remove(&call.target.place);
        return Ok(Response::new(200));
    };
    let change = selector(node)
        .and_then(|selector| server.delete_node(&text, selector, call.usage))
        .map_err(|denial| server.nothing_to_delete(denial));
    if change.as_ref().err().is_some_and(Denial::outranks_conditions) {
        return change.map(|_| Response::new(200));
    }
    check_conditions(server, call, Some(&etag))?;
    let text = change?;
    server.check_result(&text, call.usage)?;
    let etag = call.store.set(call.target.place.clone(), &text, new_etag(server)).etag();
    Ok(Response::new(200).field("ETag", etag.to_string()))
}
