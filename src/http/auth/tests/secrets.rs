//! What is secret, and what threads share.

use super::super::Auth;
use super::server::{COUNTED, Server};
use super::talk::{auth, call, exchange};
use crate::random;

#[test]
fn nothing_secret_is_shown() {
    let (auth, _) = auth();
    let server = Server::new(COUNTED);
    exchange(&auth, &server, "GET");
    assert_eq!(
        format!("{auth:?}"),
        "Auth { identity: Known(Credentials { user: \"alice\", .. }), basic_allowed: true, \
         has_hook: false, idle_sessions: 1, .. }"
    );
    assert_eq!(format!("{:?}", call(&auth, "GET").plan()), "Send(authorized)");
}

#[test]
fn a_cnonce_is_128_bits_and_another_each_time() {
    let (one, other) = (random::hex(), random::hex());
    assert!(one.len() == 32 && one.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_ne!(one, other);
}

#[test]
fn an_auth_is_shared_by_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Auth>();
}
