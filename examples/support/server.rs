//! Which server an example talks to: yours, or one in its own process.

use std::env;
use std::error::Error;

use xcaplib::XCAPClient;
use xcaplib::testing::{Auth, Server};

const USER: &str = "sip:alice@example.com";

/// A client of the server that `XCAP_ROOT`, `XCAP_USER` and `XCAP_PASSWORD` name, or else of one
/// that lives as long as what is returned beside it.
pub(crate) fn client() -> Result<(XCAPClient, Option<Server>), Box<dyn Error>> {
    if let Ok(root) = env::var("XCAP_ROOT") {
        let user = env::var("XCAP_USER").map_err(|_| "XCAP_USER is not set: who are you there?")?;
        let password = env::var("XCAP_PASSWORD").ok();
        return Ok((XCAPClient::new(&root, &user, password.as_deref())?, None));
    }
    println!("XCAP_ROOT is not set, so this runs against a server in its own process.\n");
    let server = Server::builder().auth(Auth::Digest).user(USER, "secret").start()?;
    Ok((server.client(USER)?, Some(server)))
}
