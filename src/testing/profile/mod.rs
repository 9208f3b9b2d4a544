//! The servers that a test can use: RFC 4825 to the letter, and two that are in use.
//!
//! [`Behaviour`](behaviour::Behaviour) contains the decisions of a server. A server that works in
//! the order of RFC 4825 makes the rest of its decisions in [`Editing`](editing::Editing). The
//! provided methods of both follow RFC 4825, so the file of another server lists its quirks.

pub(super) mod behaviour;
mod editing;
mod kamailio;
mod libxml;
mod openxcap;
mod rfc4825;

use behaviour::Behaviour;
use editing::Rfc4825;

/// Which server a [`Server`](crate::testing::Server) imitates.
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
    /// OpenXCAP 3.2, as a running server with its database on SQLite was recorded.
    ///
    /// - It finds elements by scanning the text. An element that is written `<a/>` takes no first
    ///   child (409 `cannot-insert`; 500 for the root), and an element that is put after one may
    ///   land one tag too far. If an element has a prefix, white space in an end tag, or characters
    ///   beyond ASCII before its end, a GET of it is cut short and a change is a 409 or 500. White
    ///   space around a body is stored with it. A comment beside the body is a 409, and a
    ///   declaration is a 500.
    /// - A selector that matches several elements is a 500, but if a step on the way does, all of
    ///   them are searched. `*` without a position at the end of a PUT stands for the body's name
    ///   in the usage's namespace. A position of the root is a 500 if something new is put.
    /// - Attribute values have no quotes, in either direction, and characters beyond ASCII are a
    ///   500. A change of an attribute writes the whole document anew, and creating one is a 200.
    ///   No attribute is found below `*`. `namespace::*` returns text that is not XML.
    /// - The media type is checked first. It is compared as text, so a charset is a 415; that of a
    ///   document is not checked. Then come a malformed body, the missing document, the conditions,
    ///   and the missing node.
    /// - An identical PUT is a 200 with the old ETag and the document as its body, whatever
    ///   `If-Match` says. A weak tag, or a list with spaces, in a condition is a 500. There is no
    ///   ETag with 304, 404, 412 and the DELETE of a document.
    /// - The path is decoded twice and the query is dropped, so a prefix in a selector is a 400.
    ///   References such as `&amp;` in a value match nothing.
    /// - A nonce works once. Its second use, a wrong password and another user's documents are all
    ///   a 401 without a challenge. The challenge has parameters without quotes, and
    ///   `Authorization` is split at comma and space. A colon in a password for Basic is a 500. The
    ///   global tree, which has only the capabilities, needs no password.
    /// - After a 500 the connection is closed without an announcement, and so is one that is idle
    ///   for 5 seconds. 400, 401, 405 and 415 have JSON bodies, and 412 has HTML. HEAD is a 405, a
    ///   Host other than the server's own is a 404, and the directory is a 500. A success has the
    ///   media type of its target, even if its body is empty.
    ///
    /// It has the usages of that server, including `test-app`, and those of the test. In place of
    /// their schemas it checks only the root element, and of their constraints only that names and
    /// URIs in resource-lists are unique.
    OpenXcap,
    /// Kamailio 5.6 with its module `xcap_server`.
    ///
    /// - A PUT of something new is a 200. Whatever should be a 409 is an empty 500, and so is a
    ///   DELETE of something that does not exist. Neither the media type nor the root element is
    ///   checked. Subdirectories are created.
    /// - An element that is put goes to the end of its parent, whether it is new or not and
    ///   whatever the selector says. All matches are meant: a GET returns them with commas in
    ///   between, as the document's media type, a PUT replaces and a DELETE removes each of them. A
    ///   change writes the whole document anew, with an XML declaration and `"` around all values.
    ///   Anything beside the element in a body is dropped.
    /// - The PUT of an attribute is a 500, and the DELETE of one leaves it empty. `namespace::*` is
    ///   a 501. The query is dropped. A selector with a prefix, or of the root element alone, is a
    ///   500. References such as `&amp;` in a value match nothing.
    /// - `If-Match: *` is a 412, and `If-None-Match: *` overwrites. A 304 has no ETag.
    /// - A path of more than 255 characters is a 414. HEAD, and a GET without any header, closes
    ///   the connection. A chunked body that comes in one piece with its head, or one of more than
    ///   1 MiB, is never answered.
    /// - A nonce counts to 255. The capabilities name 5 usages. Neither they nor the directory have
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
