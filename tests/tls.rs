//! Certificates good and bad, ours and theirs, and a proxy in between; the same for each TLS
//! feature.

#![cfg(any(feature = "rustls", feature = "native-tls"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[path = "support/relay.rs"]
mod relay;
#[path = "support/tls.rs"]
mod tls;

use std::error::Error as _;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::thread;
use std::time::Duration;

use relay::Relay;
use tls::{Certificates, TlsServer};
use xcaplib::{Error, XCAPClient, XCAPClientBuilder};

// Without a colon: `openssl s_server` takes no path with one.
const ALICE: &str = "alice";
const PATH: &str = "/xcap-root/resource-lists/users/alice/index";
const LISTS: &str = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;

fn serve(certificates: &Certificates, name: &str) -> TlsServer {
    certificates.serve(name, false, PATH, LISTS)
}

fn builder(server: &TlsServer, host: &str) -> XCAPClientBuilder {
    let root = format!("https://{host}:{}/xcap-root", server.address().port());
    XCAPClient::builder(&root, ALICE)
}

#[track_caller]
fn is_served(builder: XCAPClientBuilder) {
    let client = builder.build().unwrap();
    for _ in 0..2 {
        assert_eq!(client.get("resource-lists", None, None, None).unwrap(), LISTS);
    }
}

#[track_caller]
fn refused(builder: XCAPClientBuilder) -> Error {
    builder.build().unwrap().get("resource-lists", None, None, None).unwrap_err()
}

/// A client that trusts `ca` does not take this certificate; the text says why in one of these
/// words.
#[track_caller]
fn is_refused(name: &str, reasons: &[&str]) {
    let Some(certificates) = Certificates::make() else { return };
    let server = serve(&certificates, name);
    let trusting = || builder(&server, "localhost").ca_certificates(certificates.read("ca.pem"));
    let error = refused(trusting());
    assert!(error.is_tls() && error.is_transport(), "{error}");
    let text = error.to_string().to_lowercase();
    assert!(reasons.iter().any(|reason| text.contains(reason)), "{error}");
    is_served(trusting().danger_accept_invalid_certs(true));
}

#[test]
fn a_certificate_of_ones_own_authority_is_taken() {
    let Some(certificates) = Certificates::make() else { return };
    let server = serve(&certificates, "good");
    for host in ["localhost", "127.0.0.1"] {
        is_served(builder(&server, host).ca_certificates(certificates.read("ca.pem")));
    }
    // Two authorities in one text, and others beside them.
    let both = [certificates.read("unknown-ca.pem"), certificates.read("ca.pem")].concat();
    is_served(builder(&server, "localhost").ca_certificates(both));
}

#[test]
fn an_expired_certificate_is_refused() {
    is_refused("expired", &["expired"]);
}

#[test]
fn a_certificate_of_another_name_is_refused() {
    is_refused("elsewhere", &["not valid for", "hostname mismatch"]);
}

#[test]
fn a_self_signed_certificate_is_refused() {
    is_refused("self-signed", &["unknownissuer", "self-signed", "self signed"]);
}

#[test]
fn a_certificate_of_an_unknown_authority_is_refused() {
    is_refused("unknown", &["unknownissuer", "unable to get local issuer", "self-signed"]);
}

#[test]
fn nothing_but_the_usual_authorities_is_trusted_by_default() {
    let Some(certificates) = Certificates::make() else { return };
    let server = serve(&certificates, "good");
    let error = refused(builder(&server, "localhost"));
    assert!(error.is_tls(), "{error}");
    assert!(error.to_string().contains("TLS: "), "{error}");
}

#[test]
fn a_client_certificate_is_shown_where_it_is_asked_for() {
    let Some(certificates) = Certificates::make() else { return };
    let server = certificates.serve("good", true, PATH, LISTS);
    let trusting = || builder(&server, "localhost").ca_certificates(certificates.read("ca.pem"));
    is_served(trusting().client_certificate(certificates.pair("client")));
    // In TLS 1.3 the request may be on its way when the server says so, whatever its size.
    for size in [0, 4_000_000] {
        let put = |builder: XCAPClientBuilder| {
            let client = builder.retries(0).validate(false).build().unwrap();
            client.put("resource-lists", vec![b'x'; size], None, None, None).unwrap_err()
        };
        for (error, words) in [
            (
                put(trusting()),
                "TLS: the server wants a certificate of the client; give it one with `client_certificate`",
            ),
            (
                // Of an authority that the server does not know.
                put(trusting().client_certificate(certificates.pair("unknown"))),
                "TLS: the server does not take the client's certificate, the one of `client_certificate`",
            ),
        ] {
            assert!(error.is_tls() && error.to_string().ends_with(words), "{size}: {error}");
            assert!(!error.is_unsure(), "{size}: {error}");
        }
    }
}

#[test]
fn a_port_that_does_not_speak_tls_is_said_to_be_one() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let root = format!("https://{}", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        assert!(stream.read(&mut [0; 1_000]).unwrap() > 0);
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").unwrap();
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let error = refused(XCAPClient::builder(&root, ALICE));
    server.join().unwrap();
    assert!(error.is_tls() && !error.is_unsure(), "{error}");
    let words =
        "TLS: what answers at this port does not speak TLS; if it speaks http, so must the root";
    assert!(error.to_string().ends_with(words), "{error}");
    assert!(error.source().is_some_and(|source| !error.to_string().contains(&source.to_string())));
}

#[test]
fn what_ends_before_tls_is_there_was_not_sent() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let root = format!("https://{}", listener.local_addr().unwrap());
    let put = |timeout: Duration| {
        let client = XCAPClient::builder(&root, ALICE).timeout(timeout).build().unwrap();
        client.put("resource-lists", LISTS, None, None, None).unwrap_err()
    };
    // Nobody takes the connection, but the system.
    let error = put(Duration::from_millis(200));
    assert!(error.is_timeout() && !error.is_unsure(), "{error}");
    let server = thread::spawn(move || {
        // The first is that of before, and gone.
        for _ in 0..2 {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 10_000]);
        }
    });
    let error = put(Duration::from_secs(60));
    server.join().unwrap();
    assert!(error.is_transport() && !error.is_timeout() && !error.is_unsure(), "{error}");
    // OpenSSL keeps to itself how it ended.
    let words = if cfg!(feature = "rustls") { "closed while it was made" } else { "EOF" };
    assert!(error.to_string().ends_with(words), "{error}");
}

/// OpenSSL takes the certificate of an authority for a server's; webpki does not.
#[cfg(feature = "rustls")]
#[test]
fn the_certificate_of_an_authority_is_no_servers() {
    let Some(certificates) = Certificates::make() else { return };
    certificates.plain("plain", "");
    let server = serve(&certificates, "plain");
    let trusting =
        |name: &str| builder(&server, "localhost").ca_certificates(certificates.read(name));
    let error = refused(trusting("plain.pem"));
    assert!(error.is_tls() && !error.is_unsure(), "{error}");
    let text = error.to_string();
    let words = "TLS: the server's certificate says that it is an authority's (CA:TRUE)";
    assert!(text.contains(words), "{error}");
    // What the text says has to work.
    let (_, command) = text.split_once("`openssl req -x509 ").unwrap();
    let (options, _) = command.split_once(" ..`").unwrap();
    certificates.plain("right", &options.replace("xcap.example.com", "localhost"));
    let server = serve(&certificates, "right");
    is_served(builder(&server, "localhost").ca_certificates(certificates.read("right.pem")));
}

#[test]
fn what_a_text_says_its_source_does_not_repeat() {
    let Some(certificates) = Certificates::make() else { return };
    let server = serve(&certificates, "expired");
    let error = refused(builder(&server, "localhost").ca_certificates(certificates.read("ca.pem")));
    let mut source = error.source();
    while let Some(next) = source {
        let words = next.to_string();
        let words = words.strip_prefix("io: ").unwrap_or(&words);
        assert!(!error.to_string().contains(words), "{error}; {words}");
        source = next.source();
    }
}

#[track_caller]
fn is_no_certificate(pem: impl AsRef<[u8]>, reason: &str) {
    let builder = XCAPClient::builder("https://xcap.example.com", ALICE);
    let error = builder.client_certificate(pem).build().unwrap_err();
    assert!(error.is_invalid_input(), "{error}");
    assert!(error.to_string().starts_with("client_certificate: "), "{error}");
    assert!(error.to_string().contains(reason), "{error}");
}

#[test]
fn a_client_certificate_is_checked_by_build() {
    let Some(certificates) = Certificates::make() else { return };
    let (certificate, key) = (certificates.read("client.pem"), certificates.read("client.key"));
    is_no_certificate(b"", "no `-----BEGIN CERTIFICATE-----`");
    is_no_certificate(&key, "no `-----BEGIN CERTIFICATE-----`");
    is_no_certificate(&certificate, "no private key");
    is_no_certificate([certificate.clone(), key.clone(), key.clone()].concat(), "several");
    is_no_certificate("-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----\n", "not PEM");
    // A key that is not what its label says.
    let label = |name: &str| String::from_utf8(key.clone()).unwrap().replace("PRIVATE", name);
    for name in ["RSA PRIVATE", "EC PRIVATE"] {
        is_no_certificate([certificate.clone(), label(name).into_bytes()].concat(), "private key");
    }
}

#[cfg(feature = "rustls")]
#[test]
fn a_key_of_another_certificate_is_refused_by_build() {
    let Some(certificates) = Certificates::make() else { return };
    let pem = [certificates.read("client.pem"), certificates.read("good.key")].concat();
    is_no_certificate(pem, "the private key is not usable");
}

#[test]
fn a_proxy_stands_in_between() {
    let Some(certificates) = Certificates::make() else { return };
    let server = serve(&certificates, "good");
    // `user:p@ss` in base64.
    let relay = Relay::proxy(server.address(), Some("Basic dXNlcjpwQHNz"));
    let through = |userinfo: &str| {
        let proxy = format!("http://{userinfo}127.0.0.1:{}", relay.port());
        XCAPClient::builder("https://xcap.example.com/xcap-root", ALICE)
            .ca_certificates(certificates.read("ca.pem"))
            .proxy(proxy.as_str())
    };
    is_served(through("user:p%40ss@"));
    let connects = relay.connects();
    assert!(connects[0].starts_with("CONNECT xcap.example.com:443 HTTP/1.1\r\n"), "{connects:?}");
    // The server's name is checked behind a proxy as well.
    let error = refused(through("user:hunter2@"));
    assert!(error.is_transport() && !error.is_tls(), "{error}");
    assert!(error.to_string().contains("407"), "{error}");
    assert!(!format!("{error:?}").contains("hunter2"));
}

#[test]
fn a_proxy_does_not_hide_a_wrong_name() {
    let Some(certificates) = Certificates::make() else { return };
    let server = serve(&certificates, "elsewhere");
    let relay = Relay::proxy(server.address(), None);
    let proxy = format!("http://127.0.0.1:{}", relay.port());
    let client = XCAPClient::builder("https://xcap.example.com/xcap-root", ALICE)
        .ca_certificates(certificates.read("ca.pem"))
        .proxy(proxy.as_str());
    assert!(refused(client).is_tls());
}

#[test]
fn a_resolved_host_keeps_its_name() {
    let Some(certificates) = Certificates::make() else { return };
    let resolved = |server: &TlsServer, host: &str| {
        XCAPClient::builder(&format!("https://{host}/xcap-root"), ALICE)
            .ca_certificates(certificates.read("ca.pem"))
            .resolve(host, server.address())
    };
    let server = serve(&certificates, "good");
    is_served(resolved(&server, "xcap.example.com"));
    // The address that is connected to is in the certificate, the root's host is not.
    let error = refused(resolved(&server, "elsewhere.example.com"));
    assert!(error.is_tls(), "{error}");
    let server = serve(&certificates, "elsewhere");
    is_served(resolved(&server, "elsewhere.example.com"));
    assert!(refused(resolved(&server, "xcap.example.com")).is_tls());
}

#[test]
fn a_resolved_host_is_the_one_that_tls_asks_for() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        // A record begins with type, version and length (RFC 8446 section 5.1).
        let mut head = [0; 5];
        stream.read_exact(&mut head).unwrap();
        let mut hello = vec![0; usize::from(u16::from_be_bytes([head[3], head[4]]))];
        stream.read_exact(&mut hello).unwrap();
        String::from_utf8_lossy(&hello).into_owned()
    });
    let client = XCAPClient::builder("https://xcap.example.com:8443/xcap-root", ALICE)
        .resolve("xcap.example.com", address);
    let error = refused(client);
    assert!(error.is_transport(), "{error}");
    let hello = server.join().unwrap();
    assert!(hello.contains("xcap.example.com"), "{hello:?}");
}

#[test]
fn a_proxy_is_asked_for_the_address_of_a_resolved_host() {
    let Some(certificates) = Certificates::make() else { return };
    let asked = |server: &TlsServer| {
        let relay = Relay::proxy(server.address(), None);
        let proxy = format!("http://127.0.0.1:{}", relay.port());
        let builder = XCAPClient::builder("https://xcap.example.com/xcap-root", ALICE)
            .ca_certificates(certificates.read("ca.pem"))
            .resolve("xcap.example.com", "192.0.2.1:8443".parse().unwrap())
            .proxy(proxy.as_str());
        (relay, builder)
    };
    let elsewhere = serve(&certificates, "elsewhere");
    let (relay, builder) = asked(&elsewhere);
    assert!(refused(builder).is_tls());
    drop(relay);
    let server = serve(&certificates, "good");
    let (relay, builder) = asked(&server);
    is_served(builder);
    let connects = relay.connects();
    let begin = "CONNECT 192.0.2.1:8443 HTTP/1.1\r\nHost: 192.0.2.1:8443\r\n";
    assert!(connects.iter().all(|head| head.starts_with(begin)), "{connects:?}");
}

/// The system's roots are what this variable names, for a process that is started with it.
#[cfg(all(feature = "platform-verifier", target_os = "linux"))]
#[test]
fn the_systems_roots_are_trusted() {
    const SERVER: &str = "XCAPLIB_TEST_TLS_ROOT";
    if let Ok(root) = std::env::var(SERVER) {
        is_served(XCAPClient::builder(&root, ALICE));
        return;
    }
    let Some(certificates) = Certificates::make() else { return };
    let server = serve(&certificates, "good");
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_systems_roots_are_trusted"])
        .env(SERVER, format!("https://localhost:{}/xcap-root", server.address().port()))
        .env("SSL_CERT_FILE", certificates.path("ca.pem"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    // With authorities of the caller's own beside them.
    let unknown = serve(&certificates, "unknown");
    let both = builder(&unknown, "localhost").ca_certificates(certificates.read("unknown-ca.pem"));
    is_served(both);
}
