//! Demands of RFC 4825 that take more than a line of code.

use crate::answer::{Conflict, ResourceKind};
use crate::document::{self as engine, Edit, Refusal};
use crate::selector::{Application, NodeSelector};
use crate::testing::denial::{Denial, Unauthorized};
use crate::testing::http::{Request, Response};
use crate::testing::site::Site;
use crate::testing::store::Place;
use crate::xml::{self, Declaration};

/// RFC 9112 section 3.2.
pub(super) fn check_host(request: &Request) -> Result<(), Denial> {
    match request.fields.all("host").count() {
        1 => Ok(()),
        0 if request.is_http_1_0 => Ok(()),
        _ => Err(Denial::BadRequest("a request has one Host".to_owned())),
    }
}

/// Section 8.2.2. Parameters such as a charset may follow.
pub(super) fn check_media_type(
    kind: ResourceKind,
    usage: &Application,
    given: Option<&str>,
) -> Result<(), Denial> {
    let wanted = usage.media_type_of(kind);
    let essence = given.and_then(|given| given.split(';').next()).map(str::trim);
    if essence.is_some_and(|essence| essence.eq_ignore_ascii_case(wanted)) {
        return Ok(());
    }
    Err(Denial::WrongMediaType(wanted.to_owned()))
}

/// Sections 8.2.2 and 8.2.5, as far as they can be checked without a schema.
pub(super) fn read_document(body: &[u8], usage: &Application) -> Result<String, Denial> {
    let Ok(text) = std::str::from_utf8(body) else {
        return Err(Denial::conflict("not-utf-8", "the body is not UTF-8"));
    };
    check_encoding(text)?;
    check_well_formed(text)?;
    check_root(text, usage)?;
    engine::check(text, None, usage.default_namespace.as_deref())?;
    Ok(text.to_owned())
}

/// Whether the declared encoding of a document is its actual one.
pub(super) fn check_encoding(text: &str) -> Result<(), Denial> {
    let declaration = Declaration::read(text).ok().flatten();
    match declaration.and_then(|declaration| declaration.encoding) {
        Some((_, encoding)) if !encoding.eq_ignore_ascii_case("utf-8") => {
            let phrase = format!("the body declares the encoding {encoding}");
            Err(Denial::conflict("not-utf-8", phrase))
        }
        _ => Ok(()),
    }
}

pub(super) fn check_well_formed(text: &str) -> Result<(), Denial> {
    match xml::check(text) {
        Ok(()) => Ok(()),
        Err(fault) => {
            let phrase = format!("line {}: {}", fault.position.row, fault.reason);
            Err(Denial::conflict("not-well-formed", phrase))
        }
    }
}

pub(super) fn check_root(text: &str, usage: &Application) -> Result<(), Denial> {
    let Some(wanted) = &usage.root else { return Ok(()) };
    let source = xml::Source::new(text);
    let is_root = source.parse().is_ok_and(|document| {
        let (namespace, name) = xml::expanded_name(document.root_element());
        name == wanted.name && namespace.unwrap_or_default() == wanted.namespace
    });
    if is_root {
        return Ok(());
    }
    let phrase = format!("the root element must be {} of {}", wanted.name, wanted.namespace);
    Err(Denial::conflict("schema-validation-error", phrase))
}

pub(super) fn get_node(
    text: &str,
    selector: &NodeSelector,
    usage: &Application,
) -> Result<(String, String), Denial> {
    let selected = engine::get(text, selector, usage.default_namespace.as_deref())?;
    let body = selected.att_value().unwrap_or_else(|| selected.as_str());
    Ok((usage.media_type_of(selected.kind()).to_owned(), body.to_owned()))
}

pub(super) fn put_node(
    text: &str,
    selector: &NodeSelector,
    body: &[u8],
    usage: &Application,
) -> Result<Edit, Denial> {
    Ok(engine::put(text, selector, body, usage.default_namespace.as_deref())?)
}

pub(super) fn delete_node(
    text: &str,
    selector: &NodeSelector,
    usage: &Application,
) -> Result<String, Denial> {
    Ok(engine::delete(text, selector, usage.default_namespace.as_deref())?)
}

impl From<Refusal> for Denial {
    fn from(refusal: Refusal) -> Self {
        match refusal.status() {
            400 => Self::BadRequest(refusal.to_string()),
            405 => Self::NotAllowed("GET, HEAD"),
            409 => Self::Conflict(match refusal.conflict() {
                Some(conflict) => conflict.clone(),
                None => Conflict::new("constraint-failure").with_phrase(&refusal.to_string()),
            }),
            _ => Self::NotFound(refusal.to_string()),
        }
    }
}

pub(super) fn no_document(site: &Site, place: &Place) -> Denial {
    let directory = place.filename.rsplit_once('/').map(|(directory, _)| directory);
    Denial::Conflict(
        Conflict::new("no-parent")
            .with_phrase("there is no such document")
            .with_ancestor(Some(directory_uri(site, place, directory))),
    )
}

pub(super) fn no_directory(site: &Site, place: &Place, closest: Option<&str>) -> Denial {
    Denial::Conflict(
        Conflict::new("no-parent")
            .with_phrase("there is no such directory")
            .with_ancestor(Some(directory_uri(site, place, closest))),
    )
}

/// The URI of a directory. Without a name, it is the home directory.
fn directory_uri(site: &Site, place: &Place, name: Option<&str>) -> String {
    let filename = name.map_or(String::new(), |name| format!("{name}/"));
    Place { filename, ..place.clone() }.uri(&site.root())
}

pub(super) fn refuse(denial: Denial) -> Response {
    match denial {
        Denial::NotModified(etag) => Response::new(304).field("ETag", etag.to_string()),
        Denial::BadRequest(text) => Response::text(400, &text),
        // RFC 7616 section 3.4.6 asks for a 400, which also fits the general meaning of a 4xx.
        Denial::Unauthorized(why @ (Unauthorized::OtherTarget | Unauthorized::Malformed)) => {
            Response::text(400, reason(why))
        }
        Denial::Unauthorized(why) => Response::text(401, reason(why)),
        Denial::Forbidden(text) => Response::text(403, text),
        Denial::NotFound(text) => Response::text(404, &text),
        Denial::NotAllowed(methods) => {
            Response::text(405, &format!("allowed is {methods}")).field("Allow", methods)
        }
        Denial::Conflict(conflict) => {
            Response::new(409).body(Conflict::MEDIA_TYPE, conflict.to_document())
        }
        Denial::PreconditionFailed => {
            Response::text(412, "the document is not what the condition names")
        }
        Denial::WrongMediaType(wanted) => Response::text(415, &format!("send {wanted}")),
        Denial::Full => Response::text(507, "the server is full"),
        Denial::Answer(response) => response,
    }
}

/// The text of a 401.
pub(super) fn reason(why: Unauthorized) -> &'static str {
    match why {
        Unauthorized::Missing => "this needs credentials",
        Unauthorized::Wrong => "the credentials are wrong",
        Unauthorized::Stale | Unauthorized::Spent => "the nonce is no longer good",
        Unauthorized::OtherTarget => "the credentials were made for another request-target",
        Unauthorized::Malformed => "the credentials cannot be read",
        Unauthorized::OtherUser => "these are another user's documents",
    }
}
