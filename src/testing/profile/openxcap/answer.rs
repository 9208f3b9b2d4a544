//! The answers of this server, with their texts and media types.

use crate::answer::Conflict;
use crate::selector::Application;
use crate::testing::denial::{Denial, Unauthorized};
use crate::testing::http::Response;
use crate::xml;

use crate::testing::profile::rfc4825;

/// 500: an error that the server did not expect. It closes the connection a little later.
pub(super) fn failed() -> Denial {
    let mut response = Response::text(500, "Internal Server Error");
    response.body = b"Internal Server Error".to_vec();
    Denial::Answer(response)
}

/// 404 for a document. The answer is empty and has the media type that the document would have.
pub(super) fn no_document(usage: &Application) -> Denial {
    Denial::Answer(Response::new(404).body(&usage.media_type, ""))
}

/// 404 for anything else.
pub(super) fn not_found(text: impl Into<String>) -> Denial {
    Denial::Answer(Response::new(404).body("text/plain", text.into()))
}

pub(super) fn no_parent() -> Denial {
    Denial::Conflict(Conflict::new("no-parent"))
}

pub(super) fn json(status: u16, detail: &str) -> Response {
    Response::new(status).body("application/json", format!("{{\"detail\":{detail}}}"))
}

/// An answer whose body is a JSON string.
pub(super) fn detail(status: u16, text: &str) -> Response {
    json(status, &quoted(text))
}

/// The text as a JSON string.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

pub(super) fn refuse(denial: Denial) -> Response {
    match denial {
        Denial::NotModified(_) => Response::new(304),
        Denial::BadRequest(text) => json(400, &format!("[{}]", quoted(&text))),
        Denial::Unauthorized(why) => detail(401, reason(why)),
        Denial::Forbidden(text) => detail(403, text),
        Denial::NotFound(text) => detail(404, &text),
        Denial::NotAllowed(methods) => detail(405, "Method Not Allowed").field("Allow", methods),
        Denial::Conflict(conflict) => {
            Response::new(409).body(Conflict::MEDIA_TYPE, report(&conflict))
        }
        Denial::PreconditionFailed => Response::new(412).body(
            "text/html; charset=utf-8",
            "<html><head><title>Precondition Failed</title></head>\
             <body><h1>Precondition Failed</h1></body></html>",
        ),
        Denial::WrongMediaType(_) => detail(415, ""),
        other @ (Denial::Full | Denial::Answer(_)) => rfc4825::refuse(other),
    }
}

fn reason(why: Unauthorized) -> &'static str {
    match why {
        Unauthorized::Missing => "Digest authentication required",
        Unauthorized::Malformed => "Invalid Digest authentication format",
        Unauthorized::Stale | Unauthorized::Spent => "Invalid or expired nonce",
        Unauthorized::Wrong | Unauthorized::OtherTarget => "Invalid credentials or response",
        Unauthorized::OtherUser => "Invalid credentials",
    }
}

/// An xcap-error. A comment inside the condition explains it.
fn report(conflict: &Conflict) -> String {
    let name = conflict.name();
    let mut phrase = String::new();
    let mut inside = String::new();
    match conflict.phrase() {
        Some(text) if matches!(name, "cannot-insert" | "cannot-delete" | "constraint-failure") => {
            phrase = format!(" phrase=\"{}\"", xml::escape_text(text).replace('"', "&quot;"));
        }
        Some(text) => inside = format!("<!--\n{}\n-->", text.replace("--", "- -")),
        None => {}
    }
    for exists in conflict.exists() {
        inside.push_str(&format!("<exists field=\"{}\"/>", xml::escape_text(&exists.field)));
    }
    let condition = if inside.is_empty() {
        format!("<{name}{phrase}/>")
    } else {
        format!("<{name}{phrase}>{inside}</{name}>")
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <xcap-error xmlns=\"urn:ietf:params:xml:ns:xcap-error\">{condition}</xcap-error>"
    )
}
