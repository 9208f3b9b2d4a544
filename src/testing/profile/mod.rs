//! The servers that a test can have: RFC 4825 to the letter, and two that are found in the field.
//!
//! [`Conduct`] is what a profile decides. Its provided methods are RFC 4825; the two other
//! profiles override what they do in their own way, so each of their files is a list of quirks.

mod kamailio;
mod libxml;
mod openxcap;
mod rfc4825;

use std::collections::HashMap;
use std::time::Duration;

use crate::answer::{ETag, ResourceKind};
use crate::selector::{Application, NodeSelector};

use super::access::{self, User};
use super::condition::{self, Verdict};
use super::core::Core;
use super::denial::{Denial, Unauthorized};
use super::digest::{self, Algorithm, Answer, Nonces};
use super::engine::Edit;
use super::generated;
use super::http::{Fields, Request, Response};
use super::store::Place;
use super::target::{self, Target};

/// Which server a [`Server`](crate::testing::Server) behaves like.
///
/// ```
/// use xcaplib::testing::{Profile, Server};
///
/// let server = Server::builder().profile(Profile::Kamailio).start()?;
/// let client = server.client("alice@example.com")?;
/// let error = client.delete("resource-lists", None, None, None).unwrap_err();
/// assert_eq!(error.status(), Some(500)); // where RFC 4825 wants a 404
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Profile {
    /// RFC 4825 and RFC 9110 to the letter.
    #[default]
    Rfc4825,
    /// OpenXCAP 3.2.
    ///
    /// - A nonce works once. Its second use, a wrong password and another user's documents are all
    ///   a 401 without a challenge. The challenge has parameters without quotes; `Authorization` is
    ///   split on comma and space. A colon in a password for Basic is a 500.
    /// - The path is decoded twice and the query dropped, so prefixes in selectors are a 400 and a
    ///   `#` or `?` in a value cannot be sent. References such as `&quot;` in a value match nothing.
    /// - An identical PUT is a 200 with the old ETag and the document as its body, whatever
    ///   `If-Match` says. The media type of an element or attribute is compared as text, so a
    ///   charset is a 415; that of a document is not looked at.
    /// - Attribute values have no quotes, in either direction. `namespace::*` gives text that is no
    ///   XML. With more than ASCII in the document, a GET of an element is cut short and a PUT is a
    ///   500.
    /// - No ETag with 304, 404, 412 and the DELETE of a document; a list or a weak tag in
    ///   `If-None-Match` is a 500.
    /// - 400, 401, 405 and 415 have JSON bodies, 404 and 412 HTML, a 409 has XML comments; all have
    ///   two dates. HEAD is a 405, and a Host other than the server's own a 404.
    /// - Idle connections are closed after 5 seconds.
    OpenXcap,
    /// Kamailio 5.6 with its module `xcap_server`.
    ///
    /// - 200 for what is created; an empty 500 for whatever would be a 409, and for a DELETE of what
    ///   is not there. No media type and no root element is looked at. Subdirectories are made.
    /// - An element that is put goes to the end of its parent, whether it is new or not and whatever
    ///   the selector says. All matches are meant: a GET gives them with commas between them, as the
    ///   document's media type, a PUT replaces and a DELETE removes each of them. A change writes the
    ///   whole document anew, with an XML declaration and `"` around all values.
    /// - The PUT of an attribute is a 500, and the DELETE of one leaves it empty. `namespace::*` is
    ///   a 501. The query is dropped; a selector with a prefix, or of the root element alone, is a
    ///   500.
    /// - `If-Match: *` is a 412 and `If-None-Match: *` overwrites. A 304 has no ETag.
    /// - A path of more than 255 characters is a 414. HEAD, and a GET without any header, closes the
    ///   connection; a chunked body that comes in one piece with its head, or one of more than
    ///   1 MiB, is never answered.
    /// - A nonce counts to 255. The capabilities name 5 usages; neither they nor the directory have
    ///   ETags, and the directory has no dates.
    Kamailio,
}

impl Profile {
    pub(super) fn conduct(self) -> &'static dyn Conduct {
        match self {
            Self::Rfc4825 => &rfc4825::Rfc4825,
            Self::OpenXcap => &openxcap::OpenXcap,
            Self::Kamailio => &kamailio::Kamailio,
        }
    }
}

const OPAQUE: &str = "5ccc069c403ebaf9f0171e9517f40e41";

/// What comes of a request.
#[derive(Debug)]
pub(super) enum Outcome {
    Answer(Response),
    /// The connection is closed without an answer.
    Close,
    /// The connection stays open, and no answer ever comes.
    Silence,
}

/// What a profile decides. The provided methods are RFC 4825.
pub(super) trait Conduct: Sync {
    /// How long a connection may be idle.
    fn keep_alive(&self) -> Duration {
        Duration::from_secs(60)
    }

    /// What answers `Expect: 100-continue`.
    fn interim(&self) -> &'static [u8] {
        b"HTTP/1.1 100 Continue\r\n\r\n"
    }

    /// The text of an ETag, for a number that is given once.
    fn etag(&self, number: u64) -> String {
        format!("{number:08x}")
    }

    /// Whether a request gets no answer at all.
    fn ignores(&self, _request: &Request) -> Option<Outcome> {
        None
    }

    /// What is looked at before anything else.
    fn admit(&self, _core: &Core, request: &Request) -> Result<(), Denial> {
        rfc4825::check_host(request)
    }

    fn target(&self, core: &Core, request: &Request) -> Result<Target, Denial> {
        target::strict(&request.target, &core.path)
    }

    /// What is looked at once it is known who asks.
    fn admit_known(&self, _request: &Request) -> Result<(), Denial> {
        Ok(())
    }

    /// Whether anybody can have documents, known or not.
    fn takes_any_user(&self) -> bool {
        false
    }

    /// How long nonces live where the test does not say.
    fn nonces(&self) -> Nonces {
        Nonces::Reusable
    }

    /// The highest `nc` of a nonce.
    fn max_nonce_count(&self) -> u32 {
        u32::MAX
    }

    fn challenge(&self, realm: &str, nonce: &str, algorithm: Algorithm, is_stale: bool) -> String {
        let stale = if is_stale { ", stale=true" } else { "" };
        format!(
            "Digest realm=\"{realm}\", nonce=\"{nonce}\", opaque=\"{OPAQUE}\", algorithm={}, \
             qop=\"auth\"{stale}",
            algorithm.name()
        )
    }

    /// The `opaque` that a challenge has and an answer must have.
    fn opaque(&self) -> Option<&'static str> {
        Some(OPAQUE)
    }

    /// The parameters of an `Authorization: Digest` field.
    fn parameters(&self, text: &str) -> Option<HashMap<String, String>> {
        digest::parameters(text)
    }

    /// The name and realm that the hash of an answer is made of, if it may be this user's.
    fn identity<'a>(
        &self,
        user: &'a User,
        answer: &'a Answer,
        realm: &'a str,
    ) -> Option<(&'a str, &'a str)> {
        access::identity(user, answer, realm)
    }

    /// What a password for Basic does to the server.
    fn check_password(&self, _password: &str) -> Result<(), Denial> {
        Ok(())
    }

    /// The answer to a user who asks for another's documents.
    fn other_user(&self) -> Denial {
        Denial::Forbidden("these are another user's documents")
    }

    fn evaluate(
        &self,
        fields: &Fields,
        current: Option<&str>,
        is_read: bool,
    ) -> Result<Verdict, Denial> {
        condition::evaluate(fields, current, is_read).map_err(|condition::Malformed(name)| {
            Denial::BadRequest(format!("{name} is no list of entity tags"))
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

    /// The text of a document that is put, if it can be kept.
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

    /// Whether a document is still one of its usage after a change of a node.
    fn check_result(&self, text: &str, usage: &Application) -> Result<(), Denial> {
        rfc4825::check_root(text, usage)
    }

    /// The answer to a PUT that changes nothing, if it is one of its own.
    fn unchanged(&self, _text: &str, _etag: &ETag, _usage: &Application) -> Option<Response> {
        None
    }

    /// The status for what is new.
    fn created(&self) -> u16 {
        201
    }

    /// The answer to a PUT of a node where there is no document.
    fn no_document(&self, core: &Core, place: &Place) -> Denial {
        rfc4825::no_document(core, place)
    }

    /// The answer to a PUT of a document in a directory that is not there.
    fn no_directory(&self, core: &Core, place: &Place, closest: Option<&str>) -> Denial {
        rfc4825::no_directory(core, place, closest)
    }

    /// The answer to a DELETE that failed for this reason.
    fn nothing_to_delete(&self, denial: Denial) -> Denial {
        denial
    }

    /// The text of the capabilities document.
    fn capabilities(&self, core: &Core) -> String {
        generated::capabilities(core.usages())
    }

    /// Whether a directory document tells when each document was changed, and its size.
    fn has_full_directory(&self) -> bool {
        true
    }

    /// Whether the documents that the server writes itself have ETags.
    fn tags_generated(&self) -> bool {
        true
    }

    /// Whether a PUT makes the directories that it needs.
    fn makes_directories(&self) -> bool {
        false
    }

    /// Puts a refusal into words.
    fn refuse(&self, core: &Core, denial: Denial) -> Response {
        rfc4825::refuse(core, denial)
    }

    /// Adds what every answer has.
    fn finish(&self, response: Response) -> Response {
        response.date()
    }
}

/// The text of a 401.
fn reason(why: Unauthorized) -> &'static str {
    match why {
        Unauthorized::Missing => "this needs credentials",
        Unauthorized::Wrong => "the credentials are wrong",
        Unauthorized::Stale | Unauthorized::Spent => "the nonce is no longer good",
        Unauthorized::OtherTarget => "the credentials were made for another request-target",
        Unauthorized::Malformed => "the credentials cannot be read",
        Unauthorized::OtherUser => "these are another user's documents",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_test_cannot_wait_for() {
        assert_eq!(Profile::OpenXcap.conduct().keep_alive(), Duration::from_secs(5));
        assert_eq!(Profile::OpenXcap.conduct().nonces(), Nonces::Once);
        assert_eq!(Profile::Kamailio.conduct().nonces(), Nonces::Reusable);
    }
}
