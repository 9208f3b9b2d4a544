//! Handles a request in this server's order: the media type, whether the body is XML at all, the
//! document, the conditions, and only then the node.

use crate::answer::{ETag, ResourceKind};
use crate::testing::call::Call;
use crate::testing::condition::Verdict;
use crate::testing::denial::Denial;
use crate::testing::generated;
use crate::testing::http::Response;
use crate::testing::profile::behaviour::{Behaviour, new_etag};
use crate::testing::store::Owner;
use crate::testing::target::Node;
use crate::xml;

use super::answer::{failed, no_document, no_parent, not_found};
use super::selector::{self, Selector, Terminal};
use super::steps::Step;
use super::usages::{self, Written};
use super::{attribute, condition, fragment, scan};

pub(super) fn serve(server: &dyn Behaviour, call: &mut Call<'_>) -> Result<Response, Denial> {
    let Some(Node::Expression(expression)) = &call.target.node else {
        return match call.request.method.as_str() {
            "GET" => get_document(call),
            "PUT" => put_document(server, call),
            _ => delete_document(call),
        };
    };
    let selector = selector::read(expression, namespace(call).as_deref())?;
    match call.request.method.as_str() {
        "GET" => get_node(call, &selector),
        "PUT" => put_node(server, call, selector),
        _ => delete_node(server, call, &selector),
    }
}

fn get_document(call: &Call<'_>) -> Result<Response, Denial> {
    let (text, etag) = admitted(call)?.ok_or_else(|| no_document(call.usage))?;
    Ok(success(200, &call.usage.media_type, Some(&etag), text))
}

fn get_node(call: &Call<'_>, selector: &Selector) -> Result<Response, Denial> {
    let (text, etag) = admitted(call)?.ok_or_else(|| not_found("there is no such document"))?;
    let body = match &selector.terminal {
        None => scan::get(&text, &selector.steps)?
            .filter(|element| !element.is_empty())
            .ok_or_else(|| not_found("there is no such element"))?,
        Some(Terminal::Attribute(name)) => {
            attribute::get(&text, &selector.steps, name)?.into_bytes()
        }
        Some(Terminal::Namespaces) => attribute::bindings(&text, &selector.steps)?.into_bytes(),
    };
    Ok(success(200, media_type(call, selector), Some(&etag), body))
}

fn put_document(server: &dyn Behaviour, call: &mut Call<'_>) -> Result<Response, Denial> {
    if written(call).is_some() {
        return Err(read_only());
    }
    let text = fragment::document(&call.request.body)?.to_owned();
    usages::check(&text, call.usage)?;
    if is_shut(call) {
        return Err(failed());
    }
    let media_type = call.usage.media_type.to_string();
    let is_new = call.stored().is_none();
    store(server, call, &media_type, &text, is_new)
}

fn put_node(
    server: &dyn Behaviour,
    call: &mut Call<'_>,
    mut selector: Selector,
) -> Result<Response, Denial> {
    if selector.terminal == Some(Terminal::Namespaces) {
        return Err(failed());
    }
    let media_type = media_type(call, &selector);
    if call.request.fields.get("content-type") != Some(media_type) {
        return Err(Denial::WrongMediaType(media_type.to_owned()));
    }
    let body = &call.request.body;
    let (text, is_new) = match &selector.terminal {
        Some(Terminal::Attribute(name)) => {
            let (text, _) = admitted(call)?.ok_or_else(no_parent)?;
            (attribute::put(&text, &selector.steps, name, body)?, false)
        }
        _ => {
            let body = fragment::element(body)?;
            let (text, _) = admitted(call)?.ok_or_else(no_parent)?;
            name_star(&mut selector.steps, body, namespace(call).as_deref())?;
            scan::put(&text, &selector.steps, body)?
        }
    };
    keep(server, call, media_type, &text, is_new)
}

fn delete_document(call: &mut Call<'_>) -> Result<Response, Denial> {
    if written(call).is_some() {
        return Err(failed());
    }
    let (_, etag) = call.stored().ok_or_else(|| no_document(call.usage))?;
    check_conditions(call, Some(&etag))?;
    call.store.remove(&call.target.place);
    Ok(success(200, &call.usage.media_type, None, ""))
}

fn delete_node(
    server: &dyn Behaviour,
    call: &mut Call<'_>,
    selector: &Selector,
) -> Result<Response, Denial> {
    if selector.terminal == Some(Terminal::Namespaces) {
        return Err(failed());
    }
    let (text, _) = admitted(call)?.ok_or_else(|| not_found("there is no such document"))?;
    let text = match &selector.terminal {
        Some(Terminal::Attribute(name)) => attribute::delete(&text, &selector.steps, name)?,
        _ => scan::delete(&text, &selector.steps)?,
    };
    keep(server, call, media_type(call, selector), &text, false)
}

/// What happens with the document of a usage that nobody can write.
fn written(call: &Call<'_>) -> Option<Written> {
    let is_global = call.target.place.owner == Owner::Global;
    usages::written(&call.target.place.auid, is_global, call.site)
}

/// Whether the global tree has no documents. A test can change that.
fn is_shut(call: &Call<'_>) -> bool {
    call.target.place.owner == Owner::Global && !call.site.has_writable_global
}

/// The document and its ETag, if the conditions hold. For a document that the server writes itself,
/// the conditions are ignored.
fn admitted(call: &Call<'_>) -> Result<Option<(String, ETag)>, Denial> {
    let stored = call.stored();
    if let Some((_, etag)) = &stored {
        check_conditions(call, Some(etag))?;
        return Ok(stored);
    }
    match written(call) {
        Some(Written::Text(text)) => {
            let etag = generated::etag(&text);
            Ok(Some((text, etag)))
        }
        Some(Written::Broken) => Err(failed()),
        Some(Written::Elsewhere) => Err(not_found("the documents are in the other tree")),
        None if is_shut(call) => Err(not_found("there are no documents in the global tree")),
        None => Ok(None),
    }
}

fn check_conditions(call: &Call<'_>, etag: Option<&ETag>) -> Result<(), Denial> {
    let fields = &call.request.fields;
    match condition::evaluate(fields, etag.map(ETag::opaque), call.is_read())? {
        Verdict::Proceed => Ok(()),
        Verdict::Failed => Err(Denial::PreconditionFailed),
        Verdict::NotModified => {
            Err(etag.map_or(Denial::PreconditionFailed, |etag| Denial::NotModified(etag.clone())))
        }
    }
}

/// Stores a document after a change of one of its nodes.
fn keep(
    server: &dyn Behaviour,
    call: &mut Call<'_>,
    media_type: &str,
    text: &str,
    is_new: bool,
) -> Result<Response, Denial> {
    if written(call).is_some() {
        return Err(read_only());
    }
    usages::check(text, call.usage)?;
    store(server, call, media_type, text, is_new)
}

/// Stores a document. If it is identical to the stored one, it keeps its ETag and is the answer's
/// body, whatever the conditions are.
fn store(
    server: &dyn Behaviour,
    call: &mut Call<'_>,
    media_type: &str,
    text: &str,
    is_new: bool,
) -> Result<Response, Denial> {
    let old = call.stored();
    if let Some((old, etag)) = old.as_ref().filter(|(old, _)| old == text) {
        return Ok(success(200, media_type, Some(etag), old.as_str()));
    }
    check_conditions(call, old.as_ref().map(|(_, etag)| etag))?;
    let place = &call.target.place;
    if !call.store.has_room(place, text.len()) {
        return Err(Denial::Full);
    }
    let etag = call.store.set(place.clone(), text, new_etag(server)).etag();
    Ok(success(if is_new { 201 } else { 200 }, media_type, Some(etag), ""))
}

/// An answer with the media type of its target, whether it is empty or not.
fn success(
    status: u16,
    media_type: &str,
    etag: Option<&ETag>,
    body: impl Into<Vec<u8>>,
) -> Response {
    let response = Response::new(status).body(media_type, body);
    match etag {
        Some(etag) => response.field("ETag", etag.to_string()),
        None => response,
    }
}

fn read_only() -> Denial {
    not_found("This application does not support PUT method")
}

fn media_type<'a>(call: &Call<'a>, selector: &Selector) -> &'a str {
    let kind = match selector.terminal {
        None => ResourceKind::Element,
        Some(Terminal::Attribute(_)) => ResourceKind::Attribute,
        Some(Terminal::Namespaces) => ResourceKind::NamespaceBindings,
    };
    call.usage.media_type_of(kind)
}

/// The namespace of names without a prefix: that of the usage. If it is not known, as for a usage
/// of the test, it is the namespace of the root element.
fn namespace(call: &Call<'_>) -> Option<String> {
    if let Some(namespace) = call.usage.default_namespace.as_deref() {
        return Some(namespace.to_owned()).filter(|namespace| !namespace.is_empty());
    }
    let (text, _) = call.stored()?;
    let source = xml::Source::new(&text);
    let document = source.parse().ok()?;
    document.root_element().tag_name().namespace().map(str::to_owned)
}

/// In the last step of a PUT, `*` without a position stands for the name of the body, in the
/// namespace of names without a prefix.
fn name_star(steps: &mut [Step], body: &str, namespace: Option<&str>) -> Result<(), Denial> {
    let Some(last) = steps.last_mut() else { return Ok(()) };
    if last.name.is_some() || last.position.is_some() {
        return Ok(());
    }
    let Some(tag) = body.trim_start().strip_prefix('<') else { return Ok(()) };
    let name = tag.split([' ', '>', '/']).next().unwrap_or_default();
    if name.matches(':').count() == 1 {
        return Err(failed());
    }
    last.name = Some((namespace.map(str::to_owned), name.to_owned()));
    Ok(())
}
