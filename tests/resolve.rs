//! Hosts that are where the caller says: the address that is connected to, and what stays the
//! root's.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

#[path = "support/raw.rs"]
mod raw;
#[path = "support/relay.rs"]
mod relay;

use std::net::{Ipv4Addr, SocketAddr};

use raw::{ok, reply};
use relay::Relay;
use xcaplib::testing::{Auth, Server};
use xcaplib::{XCAPClient, XCAPClientBuilder};

const ALICE: &str = "sip:alice@example.com";
const USAGE: &str = "resource-lists";
const LISTS: &str = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;

fn started(auth: Auth) -> Server {
    let server = Server::builder().auth(auth).user(ALICE, "secret").start().unwrap();
    server.set_document(USAGE, ALICE, "index", LISTS);
    server
}

#[track_caller]
fn is_served(client: XCAPClientBuilder) {
    assert_eq!(client.build().unwrap().get(USAGE, None, None, None).unwrap(), LISTS);
}

/// A client of a host that no DNS knows, which this server is to be.
fn behind(server: &Server, root: &str, host: &str) -> XCAPClientBuilder {
    XCAPClient::builder(root, ALICE).resolve(host, server.address())
}

#[test]
fn a_host_is_where_the_caller_says() {
    let server = started(Auth::Digest);
    for (root, host, sent) in [
        ("http://xcap.invalid/xcap-root", "xcap.invalid", "xcap.invalid"),
        ("http://xcap.invalid:8080/xcap-root", "XCAP.Invalid", "xcap.invalid:8080"),
        ("http://[2001:db8::1]/xcap-root", "2001:DB8::1", "[2001:db8::1]"),
        ("http://[2001:db8::1]:81/xcap-root", "[2001:db8:0::1]", "[2001:db8::1]:81"),
        ("http://192.0.2.1/xcap-root", "192.0.2.1", "192.0.2.1"),
    ] {
        let client = behind(&server, root, host).password("secret").build().unwrap();
        // Of several connections each goes there.
        for _ in 0..2 {
            assert_eq!(client.get(USAGE, None, None, None).unwrap(), LISTS);
            client.clone().open(USAGE).unwrap();
        }
        let requests = server.requests();
        assert!(
            requests.iter().all(|request| request.header("host") == Some(sent)),
            "{requests:?}"
        );
        server.clear_requests();
    }
}

#[test]
fn what_follows_a_redirect_goes_to_the_same_address() {
    let server = raw::Server::start([
        reply(307, &["Location: http://xcap.invalid/a"], "").close(),
        reply(307, &["Location: //xcap.invalid/b"], ""),
        ok(LISTS),
    ]);
    let address = server.origin().strip_prefix("http://").unwrap().parse().unwrap();
    let builder = XCAPClient::builder("http://xcap.invalid", ALICE);
    let client = builder.resolve("xcap.invalid", address).build().unwrap();
    assert_eq!(client.get(USAGE, None, None, None).unwrap(), LISTS);
    let hosts = server.requests().into_iter().map(|request| request.fields("host").concat());
    assert_eq!(hosts.collect::<Vec<_>>(), ["xcap.invalid"; 3]);
}

#[test]
fn a_host_that_the_root_does_not_name_is_of_no_effect() {
    let server = started(Auth::None);
    let nobody = SocketAddr::from((Ipv4Addr::LOCALHOST, 1));
    is_served(XCAPClient::builder(&server.root(), ALICE).resolve("xcap.invalid", nobody));
    let root = "http://xcap.invalid/xcap-root";
    let client = XCAPClient::builder(root, ALICE)
        .resolve("xcap.invalid", nobody)
        .resolve("a.invalid", nobody)
        .resolve("Xcap.Invalid", server.address())
        .resolve("b.invalid", nobody);
    is_served(client);
}

#[test]
fn an_address_of_this_machine_is_reached_without_the_proxy() {
    let server = started(Auth::Basic);
    let relay = Relay::proxy(server.address(), None);
    let proxy = format!("http://127.0.0.1:{}", relay.port());
    let root = "http://xcap.invalid/xcap-root";
    let client = behind(&server, root, "xcap.invalid").proxy(proxy.as_str()).password("secret");
    // What goes to this machine may be Basic over http.
    is_served(client);
    assert_eq!(relay.connections(), 0);
}

#[test]
fn a_proxy_is_asked_for_the_address() {
    let server = started(Auth::Basic);
    // `user:p@ss` in base64.
    let relay = Relay::proxy(server.address(), Some("Basic dXNlcjpwQHNz"));
    let proxy = format!("http://user:p%40ss@127.0.0.1:{}", relay.port());
    for (address, asked) in
        [("192.0.2.1:8080", "192.0.2.1:8080"), ("[2001:db8::2]:81", "[2001:db8::2]:81")]
    {
        let builder = XCAPClient::builder("http://xcap.invalid/xcap-root", ALICE)
            .resolve("xcap.invalid", address.parse().unwrap())
            .proxy(proxy.as_str());
        let error = builder.clone().password("secret").build().unwrap();
        let error = error.get(USAGE, None, None, None).unwrap_err();
        assert!(error.to_string().contains("allow_basic_over_http"), "{error}");
        let client = builder.password("secret").allow_basic_over_http(true).build().unwrap();
        assert_eq!(client.get(USAGE, None, None, None).unwrap(), LISTS);
        let connects = relay.connects();
        let head = connects.last().unwrap();
        let begin = format!("CONNECT {asked} HTTP/1.1\r\nHost: {asked}\r\n");
        assert!(head.starts_with(&begin) && !head.contains("invalid"), "{head}");
    }
    for request in server.requests() {
        assert_eq!(request.header("host"), Some("xcap.invalid"));
    }
}

#[test]
fn a_root_of_this_machine_that_is_elsewhere_gets_no_basic() {
    let server = started(Auth::Basic);
    let relay = Relay::proxy(server.address(), None);
    let proxy = format!("http://127.0.0.1:{}", relay.port());
    // The proxy is at the same host, and is where it was.
    let client = XCAPClient::builder("http://127.0.0.1/xcap-root", ALICE)
        .password("secret")
        .resolve("127.0.0.1", "192.0.2.1:80".parse().unwrap())
        .proxy(proxy.as_str())
        .build()
        .unwrap();
    let error = client.get(USAGE, None, None, None).unwrap_err();
    assert!(error.to_string().contains("allow_basic_over_http"), "{error}");
    assert_eq!(relay.connections(), 1);
}

#[test]
fn an_address_where_nobody_listens_is_named() {
    let server = Server::start().unwrap();
    let address = server.address();
    drop(server);
    let root = "http://xcap.invalid/xcap-root";
    let client = XCAPClient::builder(root, ALICE).resolve("xcap.invalid", address).retries(0);
    let error = client.build().unwrap().put(USAGE, LISTS, None, None, None).unwrap_err();
    assert!(error.is_transport() && !error.is_unsure(), "{error}");
    let reason = format!("the connection to {address}, the address of `resolve`, was refused");
    assert!(error.to_string().ends_with(&reason), "{error}");
}

/// A process that the environment gives a proxy.
#[test]
fn the_proxy_of_the_environment_is_asked_for_other_addresses_alone() {
    const CHILD: &str = "XCAPLIB_TEST_RESOLVED";
    let name = "the_proxy_of_the_environment_is_asked_for_other_addresses_alone";
    let root = "http://xcap.invalid/xcap-root";
    if let Ok(address) = std::env::var(CHILD) {
        let address = address.parse().unwrap();
        is_served(XCAPClient::builder(root, ALICE).resolve("xcap.invalid", address));
        return;
    }
    let server = started(Auth::None);
    let relay = Relay::proxy(server.address(), None);
    let run = |address: SocketAddr, no_proxy: &str| {
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name])
            .env(CHILD, address.to_string())
            .env("http_proxy", format!("http://127.0.0.1:{}", relay.port()))
            .env("no_proxy", no_proxy)
            .env_remove("NO_PROXY")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        relay.connections()
    };
    assert_eq!(run(server.address(), "other.invalid"), 0);
    assert_eq!(run("192.0.2.1:80".parse().unwrap(), "other.invalid"), 1);
    assert!(relay.connects()[0].starts_with("CONNECT 192.0.2.1:80 HTTP/1.1\r\n"));
}

#[test]
fn what_is_no_host_is_refused_by_build() {
    let builder = || XCAPClient::builder("http://xcap.example.com", ALICE);
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 80));
    let refused = |builder: XCAPClientBuilder, text: &str| {
        let error = builder.build().unwrap_err();
        assert!(error.is_invalid_input());
        assert_eq!(error.to_string(), text);
    };
    refused(
        builder().resolve("xcap.example.com:443", address),
        "`resolve` of `xcap.example.com:443`: it is not a host; give a name or an address, without \
         scheme, port and path",
    );
    refused(
        builder().resolve("xcap.example.com", (Ipv4Addr::LOCALHOST, 0).into()),
        "`resolve` of `xcap.example.com`: its port is 0, and no connection can be made to that",
    );
}
