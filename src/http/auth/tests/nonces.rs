//! What the nonces of a server cost, and what is learnt about them.

use std::sync::atomic::Ordering;

use super::super::{Auth, Plan, Verdict};
use super::server::{COUNTED, Policy, Server};
use super::talk::{auth, call, costs, end, exchange, value};

// Steady states.

#[test]
fn a_reusable_nonce_is_used_until_it_is_retired() {
    let (auth, _) = auth();
    let server = Server::new(COUNTED);
    for method in ["GET", "PUT", "DELETE", "GET"].iter().cycle().take(1000) {
        assert_eq!(exchange(&auth, &server, method), Verdict::Accept);
    }
    // The nonce is refused after 255, 510 and 765 requests, and each refusal costs one request.
    assert_eq!(server.requests(), 1001 + 3);
}

#[test]
fn one_time_nonces_are_learnt_with_one_wasted_request() {
    let (auth, seconds) = auth();
    let server = Server::new(Policy::Once);
    costs(&auth, &server, "GET", Verdict::Accept, 2);
    seconds.fetch_add(3600, Ordering::SeqCst);
    costs(&auth, &server, "PUT", Verdict::Accept, 3);
    server.refused_puts();
    for method in ["GET", "PUT", "DELETE"].iter().cycle().take(1000) {
        seconds.fetch_add(3600, Ordering::SeqCst);
        costs(&auth, &server, method, Verdict::Accept, 2);
    }
    assert_eq!(server.refused_puts(), 0);
}

#[test]
fn one_time_nonces_refused_with_a_challenge_are_learnt_by_counting() {
    for stale in [false, true] {
        let (auth, _) = auth();
        let server = Server::new(Policy::OnceChallenged { stale });
        for _ in 0..4 {
            costs(&auth, &server, "PUT", Verdict::Accept, 2);
        }
        server.refused_puts();
        for method in ["GET", "PUT", "DELETE"].iter().cycle().take(1000) {
            costs(&auth, &server, method, Verdict::Accept, 2);
        }
        assert_eq!(server.refused_puts(), 0);
    }
}

#[test]
fn nextnonce_is_one_request_per_call() {
    let (auth, _) = auth();
    let server = Server::new(Policy::NextNonce);
    costs(&auth, &server, "GET", Verdict::Accept, 2);
    for _ in 0..100 {
        costs(&auth, &server, "PUT", Verdict::Accept, 1);
    }
    // `nextnonce` is noticed even if the server was thought not to send it.
    auth.pool().take("t");
    auth.pool().one_time_for_tests();
    costs(&auth, &server, "PUT", Verdict::Accept, 2);
    costs(&auth, &server, "PUT", Verdict::Accept, 1);
}

// Threads.

fn sixteen_threads(auth: &Auth, server: &Server) {
    std::thread::scope(|scope| {
        for thread in 0..16 {
            scope.spawn(move || {
                for number in 0..625 {
                    let method = if (thread + number) % 2 == 0 { "GET" } else { "PUT" };
                    assert_eq!(exchange(auth, server, method), Verdict::Accept);
                }
            });
        }
    });
}

#[test]
fn threads_share_reusable_nonces() {
    let (auth, _) = auth();
    let server = Server::new(COUNTED);
    sixteen_threads(&auth, &server);
    let extra = server.requests() - 10_000;
    // At most one nonce for each thread, and one refusal for each 255 uses.
    assert!((1..=16 + 10_000 / 255).contains(&extra), "{extra}");
    assert!(auth.pool().idle() <= 16);
}

#[test]
fn threads_share_what_is_learnt_of_one_time_nonces() {
    let (auth, _) = auth();
    let server = Server::new(Policy::Once);
    sixteen_threads(&auth, &server);
    let extra = server.requests() - 20_000;
    assert!((1..=16).contains(&extra), "{extra}");
    assert_eq!(auth.pool().idle(), 0);
}

#[test]
fn threads_share_nextnonces() {
    let (auth, _) = auth();
    let server = Server::new(Policy::NextNonce);
    sixteen_threads(&auth, &server);
    assert!(server.requests() <= 10_016);
}

#[test]
fn one_time_mode_fetches_a_nonce_for_everything_but_a_get() {
    let (auth, _) = auth();
    auth.pool().one_time_for_tests();
    assert_eq!(call(&auth, "GET").plan(), Plan::Send(None));
    assert_eq!(call(&auth, "PUT").plan(), Plan::FetchNonce);
    assert_eq!(call(&auth, "DELETE").plan(), Plan::FetchNonce);
}

// What must not be learnt, or must not be kept for long.

#[test]
fn nonces_that_expire_with_stale_are_not_one_time() {
    let (auth, seconds) = auth();
    let server = Server::new(COUNTED);
    for (uses, rest) in
        [(1, 0), (1, 0), (2, 0), (1, 0), (1, 0), (1, 300), (1, 300), (1, 6), (1, 6), (3, 0)]
    {
        for _ in 0..uses {
            assert_eq!(exchange(&auth, &server, "GET"), Verdict::Accept);
        }
        server.forget_nonces();
        seconds.fetch_add(rest, Ordering::SeqCst);
        assert!(!auth.pool().is_one_time());
    }
}

#[test]
fn a_restarted_server_is_not_one_time() {
    for stale in [false, true] {
        let (auth, _) = auth();
        let server = Server::new(Policy::Counted { stale });
        for _ in 0..5 {
            for _ in 0..2 {
                server.forget_nonces();
                costs(&auth, &server, "GET", Verdict::Accept, 2);
            }
            costs(&auth, &server, "GET", Verdict::Accept, 1);
        }
    }
}

#[test]
fn a_second_success_refutes_what_was_learnt() {
    let (auth, _) = auth();
    let server = Server::new(COUNTED);
    costs(&auth, &server, "GET", Verdict::Accept, 2);
    let call = call(&auth, "GET");
    let answer = server.answer("GET", "/t", Some(&value(&call)));
    auth.pool().one_time_for_tests();
    assert_eq!(end(call, &answer), Verdict::Accept);
    costs(&auth, &server, "GET", Verdict::Accept, 1);
}

#[test]
fn another_realm_is_not_a_used_nonce() {
    let (auth, _) = auth();
    let server = Server::new(Policy::OnceChallenged { stale: false });
    costs(&auth, &server, "GET", Verdict::Accept, 2);
    server.set_realm("elsewhere.example");
    costs(&auth, &server, "GET", Verdict::Accept, 2);
    assert!(!auth.pool().is_one_time());
}
