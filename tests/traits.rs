//! What the public types can do beyond their methods: programs rely on it, and a private field can
//! take it away.

use std::fmt::Debug;

use xcaplib::diff::{Decision, PatchError, XcapDiff};
use xcaplib::document::{Edit, Refusal, Selected};
use xcaplib::testing::Server;
use xcaplib::usages::{Bar, Divert, PresenceRule, PresenceRulesData, SimServsData};
use xcaplib::{
    Application, Applied, CachedDocument, Capabilities, Challenge, Conflict, Credentials,
    DocumentEntry, ETag, Element, Error, NodeSelector, OptionalRequest, Request, Resource,
    Response, XCAPClient, XCAPClientBuilder, green,
};

fn shared<T: Send + Sync + Debug + 'static>() {}
fn copied<T: Clone + Send + Sync + Debug + 'static>() {}
fn sent<T: Send>(_: &T) {}

#[test]
fn everything_goes_to_other_threads() {
    copied::<XCAPClient>();
    copied::<XCAPClientBuilder>();
    copied::<Request<'static>>();
    copied::<OptionalRequest<'static>>();
    copied::<CachedDocument>();
    copied::<Resource>();
    copied::<Response>();
    copied::<ETag>();
    copied::<Element>();
    copied::<NodeSelector>();
    copied::<Application>();
    copied::<Applied>();
    copied::<Capabilities>();
    copied::<DocumentEntry>();
    copied::<Challenge>();
    copied::<Conflict>();
    copied::<Credentials>();
    copied::<XcapDiff>();
    copied::<Decision>();
    copied::<PatchError>();
    copied::<Edit>();
    copied::<Refusal>();
    copied::<Selected<'static>>();
    copied::<PresenceRule>();
    copied::<PresenceRulesData>();
    copied::<SimServsData>();
    copied::<Divert>();
    copied::<Bar>();
    copied::<green::XCAPClient>();
    copied::<green::Request>();
    copied::<green::CachedDocument>();
    shared::<Error>();
    shared::<Server>();
}

#[test]
fn futures_go_to_other_threads() -> xcaplib::Result<()> {
    let client = XCAPClient::new("http://127.0.0.1:1", "sip:alice@example.com", None)?;
    sent(&green::XCAPClient::from(client).get("resource-lists", None, None, None));
    Ok(())
}

#[test]
fn an_error_is_small_and_one_of_the_standard_library() {
    fn error<E: std::error::Error + Send + Sync + 'static>() {}
    error::<Error>();
    error::<PatchError>();
    assert!(size_of::<Error>() <= 9 * size_of::<usize>(), "{}", size_of::<Error>());
}
