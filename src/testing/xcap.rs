//! What a server does with a request (RFC 4825 section 8).
//!
//! The order of section 8 is kept: application usage and user, authentication, authorization,
//! prefixes, method. Conditions come last before a change, for a request that would fail without
//! them fails for its own reason (RFC 9110 section 13.2.1). Where a profile differs, it is asked.

use crate::answer::{ETag, ResourceKind};
use crate::selector::{Application, NodeSelector, Terminal};

use super::access::User;
use super::condition::Verdict;
use super::core::{Core, lock};
use super::denial::{Denial, Unauthorized};
use super::generated;
use super::http::{Request, Response};
use super::profile::Outcome;
use super::store::{Misplaced, Owner, Place, Store};
use super::target::{Node, Target};

const READ_ONLY: &str = "GET, HEAD";
const ALL: &str = "GET, HEAD, PUT, DELETE";

/// Answers a request.
pub(super) fn answer(core: &Core, request: &Request) -> Outcome {
    if let Some(outcome) = core.conduct.ignores(request) {
        return outcome;
    }
    let response = served(core, request).unwrap_or_else(|denial| core.conduct.refuse(core, denial));
    Outcome::Answer(core.conduct.finish(response))
}

fn served(core: &Core, request: &Request) -> Result<Response, Denial> {
    let conduct = core.conduct;
    conduct.admit(core, request)?;
    let target = conduct.target(core, request);
    let usage = match &target {
        Ok(target) => Some(check_known(core, &target.place)?),
        Err(_) => None,
    };
    let user = core.access.authenticate(conduct, request)?;
    // What is wrong with a target is for somebody known to hear.
    let (target, Some(usage)) = (target?, usage) else { return Err(no_document()) };
    conduct.admit_known(request)?;
    check_allowed(core, request, &target, user)?;
    match request.method.as_str() {
        "GET" | "HEAD" => get(core, request, &target, usage),
        "PUT" => put(core, request, &target, usage),
        "DELETE" => delete(core, request, &target, usage),
        _ => Err(Denial::NotAllowed(ALL)),
    }
}

fn check_known<'a>(core: &'a Core, place: &Place) -> Result<&'a Application, Denial> {
    let usage = core
        .usage(&place.auid)
        .ok_or_else(|| Denial::not_found("there is no such application usage"))?;
    if core.conduct.takes_any_user() || core.access.knows(&place.owner) {
        return Ok(usage);
    }
    Err(Denial::not_found("there is no such user"))
}

/// The default authorization policy (section 5.7), and what nobody can change.
fn check_allowed(
    core: &Core,
    request: &Request,
    target: &Target,
    user: Option<&User>,
) -> Result<(), Denial> {
    if let (Some(user), Owner::User(xui)) = (user, &target.place.owner) {
        if user.xui != *xui {
            return Err(core.conduct.other_user());
        }
    }
    let is_read = matches!(request.method.as_str(), "GET" | "HEAD");
    if is_read {
        return Ok(());
    }
    if generated::is_generated(&target.place.auid) || is_bindings(target) {
        return Err(Denial::NotAllowed(READ_ONLY));
    }
    if target.place.owner == Owner::Global && !core.has_writable_global {
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
        Node::Unknown => {
            Err(Denial::not_found("this server does not understand the node selector"))
        }
    }
}

/// The text and the ETag of a document.
fn find(core: &Core, store: &Store, place: &Place) -> Option<(String, ETag)> {
    if let Some(document) = store.get(place) {
        return Some((document.text().to_owned(), document.etag().clone()));
    }
    let text = generated::document(core, store, place)?;
    let etag = generated::etag(&text);
    Some((text, etag))
}

fn no_document() -> Denial {
    Denial::not_found("there is no such document")
}

/// Section 8.3.
fn get(
    core: &Core,
    request: &Request,
    target: &Target,
    usage: &Application,
) -> Result<Response, Denial> {
    let store = lock(&core.store);
    let (text, etag) = find(core, &store, &target.place).ok_or_else(no_document)?;
    let (media_type, body) = match &target.node {
        None => (usage.media_type.to_string(), text),
        Some(node) => core.conduct.get_node(&text, selector(node)?, usage)?,
    };
    check_conditions(core, request, Some(&etag))?;
    let is_tagged = core.conduct.tags_generated() || store.get(&target.place).is_some();
    let response = Response::new(200).field("Cache-Control", "no-cache").body(&media_type, body);
    Ok(if is_tagged { response.field("ETag", etag.to_string()) } else { response })
}

fn check_conditions(core: &Core, request: &Request, etag: Option<&ETag>) -> Result<(), Denial> {
    let is_read = matches!(request.method.as_str(), "GET" | "HEAD");
    let field = etag.map(ETag::to_string);
    match core.conduct.evaluate(&request.fields, field.as_deref(), is_read)? {
        Verdict::Proceed => Ok(()),
        Verdict::Failed => Err(Denial::PreconditionFailed),
        Verdict::NotModified => match etag {
            Some(etag) => Err(Denial::NotModified(etag.clone())),
            None => Ok(()),
        },
    }
}

/// Section 8.2.
fn put(
    core: &Core,
    request: &Request,
    target: &Target,
    usage: &Application,
) -> Result<Response, Denial> {
    let mut store = lock(&core.store);
    let old = find(core, &store, &target.place);
    let etag = old.as_ref().map(|(_, etag)| etag);
    let change = tentative(core, request, target, usage, &store, old.as_ref());
    if let Err(denial) = change {
        if !denial.outranks_conditions() {
            check_conditions(core, request, etag)?;
        }
        return Err(denial);
    }
    let (text, is_created) = change?;
    if let Some((old, etag)) = old.as_ref().filter(|(old, _)| *old == text) {
        if let Some(response) = core.conduct.unchanged(old, etag, usage) {
            return Ok(response);
        }
    }
    check_conditions(core, request, etag)?;
    let etag = store.set(target.place.clone(), &text, core.new_etag()).etag();
    let status = if is_created { core.conduct.created() } else { 200 };
    Ok(Response::new(status).field("ETag", etag.to_string()))
}

/// The document as the change would make it, and whether the change creates something.
fn tentative(
    core: &Core,
    request: &Request,
    target: &Target,
    usage: &Application,
    store: &Store,
    old: Option<&(String, ETag)>,
) -> Result<(String, bool), Denial> {
    let conduct = core.conduct;
    let media_type = request.fields.get("content-type");
    let (text, is_created) = match &target.node {
        None => {
            if !conduct.makes_directories() {
                check_place(core, store, &target.place)?;
            }
            conduct.check_media_type(ResourceKind::Document, usage, media_type)?;
            (conduct.read_document(&request.body, usage)?, old.is_none())
        }
        Some(node) => {
            let selector = selector(node)?;
            let (text, _) = old.ok_or_else(|| conduct.no_document(core, &target.place))?;
            conduct.check_media_type(selector.kind(), usage, media_type)?;
            let edit = conduct.put_node(text, selector, &request.body, usage)?;
            conduct.check_result(&edit.text, usage)?;
            (edit.text, edit.created)
        }
    };
    if !store.has_room(&target.place, text.len()) {
        return Err(Denial::Full);
    }
    Ok((text, is_created))
}

/// Whether the directory of a new document is there (section 8.2.1).
fn check_place(core: &Core, store: &Store, place: &Place) -> Result<(), Denial> {
    match store.check(place) {
        Ok(()) => Ok(()),
        Err(Misplaced::IsDirectory) => {
            Err(Denial::conflict("constraint-failure", "a directory has this name"))
        }
        Err(Misplaced::NoDirectory(closest)) => {
            Err(core.conduct.no_directory(core, place, closest.as_deref()))
        }
    }
}

/// Section 8.4.
fn delete(
    core: &Core,
    request: &Request,
    target: &Target,
    usage: &Application,
) -> Result<Response, Denial> {
    let mut store = lock(&core.store);
    let (text, etag) = find(core, &store, &target.place)
        .ok_or_else(|| core.conduct.nothing_to_delete(no_document()))?;
    let Some(node) = &target.node else {
        check_conditions(core, request, Some(&etag))?;
        store.remove(&target.place);
        return Ok(Response::new(200));
    };
    let change = selector(node)
        .and_then(|selector| core.conduct.delete_node(&text, selector, usage))
        .map_err(|denial| core.conduct.nothing_to_delete(denial));
    if change.as_ref().err().is_some_and(Denial::outranks_conditions) {
        return change.map(|_| Response::new(200));
    }
    check_conditions(core, request, Some(&etag))?;
    let text = change?;
    core.conduct.check_result(&text, usage)?;
    let etag = store.set(target.place.clone(), &text, core.new_etag()).etag();
    Ok(Response::new(200).field("ETag", etag.to_string()))
}

/// The challenge of a 401, if there is to be one.
pub(super) fn unauthorized(core: &Core, why: Unauthorized, response: Response) -> Response {
    let is_stale = match why {
        Unauthorized::Spent | Unauthorized::OtherUser => return response,
        Unauthorized::Stale => true,
        _ => false,
    };
    core.access
        .challenges(core.conduct, is_stale)
        .into_iter()
        .fold(response, |response, challenge| response.field("WWW-Authenticate", challenge))
}
