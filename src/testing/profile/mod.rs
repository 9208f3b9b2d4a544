//! The servers that a test can have: RFC 4825 to the letter, and two that are found in the field.
//!
//! [`Behaviour`](behaviour::Behaviour) is what each of them decides. A server that works in the
//! order of RFC 4825 decides the rest by [`Editing`](editing::Editing). The provided methods of
//! both are RFC 4825, so the file of another server is a list of its quirks.

pub(super) mod behaviour;
mod editing;
mod kamailio;
mod libxml;
mod openxcap;
mod rfc4825;

use behaviour::Behaviour;
use editing::Rfc4825;

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
    /// OpenXCAP 3.2, after the record of a running one with its database on SQLite.
    ///
    /// - Elements are found by scanning the text. An element written `<a/>` takes no first child
    ///   (409 `cannot-insert`; 500 for the root), what is put behind one may land one tag too far,
    ///   and with a prefix, white space in an end tag, or more than ASCII before the end, a GET is
    ///   cut short and a change is a 409 or 500. White space around a body is stored with it; a
    ///   comment beside it is a 409 and a declaration a 500.
    /// - A selector that matches several elements is a 500; on the way, all of them are searched.
    ///   `*` without a position at the end of a PUT stands for the body's name in the usage's
    ///   namespace, and a position of the root is a 500 for what is new.
    /// - Attribute values have no quotes, in either direction, and more than ASCII is a 500. A
    ///   change of one writes the whole document anew; creating one is a 200. Below `*` no
    ///   attribute is found. `namespace::*` gives text that is no XML.
    /// - The media type is told first (as text, so a charset is a 415; that of a document is not
    ///   looked at), then a malformed body, the missing document, the conditions, the missing node.
    /// - An identical PUT is a 200 with the old ETag and the document as its body, whatever
    ///   `If-Match` says. A weak tag, or a list with spaces, in a condition is a 500. No ETag with
    ///   304, 404, 412 and the DELETE of a document.
    /// - The path is decoded twice and the query dropped, so a prefix in a selector is a 400.
    ///   References such as `&amp;` in a value match nothing.
    /// - A nonce works once. Its second use, a wrong password and another user's documents are all
    ///   a 401 without a challenge. The challenge has parameters without quotes; `Authorization` is
    ///   split on comma and space. A colon in a password for Basic is a 500. The global tree, which
    ///   holds the capabilities alone, needs no password.
    /// - After a 500 the connection is closed without a word of it, and so is one that is idle for
    ///   5 seconds. 400, 401, 405 and 415 have JSON bodies, 412 HTML. HEAD is a 405, a Host other
    ///   than the server's own a 404, and the directory a 500. A success has the media type of what
    ///   was named, be its body empty or not.
    ///
    /// It has the usages of that server, `test-app` among them, beside the test's own. In place of
    /// their schemas only the root element is looked at, and of their constraints only that names
    /// and URIs in resource-lists are unique.
    OpenXcap,
    /// Kamailio 5.6 with its module `xcap_server`.
    ///
    /// - 200 for what is created; an empty 500 for whatever would be a 409, and for a DELETE of
    ///   what is not there. No media type and no root element is looked at. Subdirectories are
    ///   made.
    /// - An element that is put goes to the end of its parent, whether it is new or not and
    ///   whatever the selector says. All matches are meant: a GET gives them with commas between
    ///   them, as the document's media type, a PUT replaces and a DELETE removes each of them. A
    ///   change writes the whole document anew, with an XML declaration and `"` around all values.
    ///   What stands beside the element in a body is dropped.
    /// - The PUT of an attribute is a 500, and the DELETE of one leaves it empty. `namespace::*` is
    ///   a 501. The query is dropped; a selector with a prefix, or of the root element alone, is a
    ///   500. References such as `&amp;` in a value match nothing.
    /// - `If-Match: *` is a 412 and `If-None-Match: *` overwrites. A 304 has no ETag.
    /// - A path of more than 255 characters is a 414. HEAD, and a GET without any header, closes
    ///   the connection; a chunked body that comes in one piece with its head, or one of more than
    ///   1 MiB, is never answered.
    /// - A nonce counts to 255. The capabilities name 5 usages; neither they nor the directory have
    ///   ETags, and the directory has no dates.
    Kamailio,
}

impl Profile {
    pub(super) fn behaviour(self) -> &'static dyn Behaviour {
        match self {
            Self::Rfc4825 => &Rfc4825,
            Self::OpenXcap => &openxcap::OpenXcap,
            Self::Kamailio => &kamailio::Kamailio,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::testing::digest::Nonces;

    #[test]
    fn what_a_test_cannot_wait_for() {
        assert_eq!(Profile::OpenXcap.behaviour().keep_alive(), Duration::from_secs(5));
        assert_eq!(Profile::OpenXcap.behaviour().nonces(), Nonces::Once);
        assert_eq!(Profile::Kamailio.behaviour().nonces(), Nonces::Reusable);
    }
}
