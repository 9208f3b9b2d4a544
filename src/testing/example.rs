//! The start of most examples in the documentation.

use std::io;

use crate::answer::Error;
use crate::client::XCAPClient;
use crate::diff::XcapDiff;

use super::server::Server;

const USER: &str = "sip:alice@example.com";

/// A server on which Alice has one list, `friends`, with Bob in it, and a client of hers.
#[doc(hidden)]
pub fn example() -> io::Result<(Server, XCAPClient)> {
    example_of(r#"<list name="friends"><entry uri="sip:bob@example.com"/></list>"#)
}

/// The same, with these lists.
#[doc(hidden)]
pub fn example_of(lists: &str) -> io::Result<(Server, XCAPClient)> {
    const NAMESPACE: &str = "urn:ietf:params:xml:ns:resource-lists";
    let server = Server::start()?;
    let document = format!(r#"<resource-lists xmlns="{NAMESPACE}">{lists}</resource-lists>"#);
    server.set_document("resource-lists", USER, "index", &document);
    let client = server.client(USER).map_err(io::Error::other)?;
    Ok((server, client))
}

/// A diff that takes the note out of one document.
#[doc(hidden)]
pub fn example_diff() -> Result<XcapDiff, Error> {
    XcapDiff::parse(
        r#"<d:xcap-diff xmlns:d="urn:ietf:params:xml:ns:xcap-diff"
    xcap-root="http://xcap.example.com/"><d:document previous-etag="a" new-etag="b"
    sel="tests/users/sip:joe@example.com/index"><d:remove sel="*/note"/></d:document></d:xcap-diff>"#,
    )
}
