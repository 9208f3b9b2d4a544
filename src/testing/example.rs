//! What most examples of the documentation begin with.

use std::io;

use crate::client::XCAPClient;

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
