//! GET and PUT against a server in another process, and against a bare ureq agent that sends and
//! reads the same: `cargo bench --no-default-features --bench loopback`.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark may")]

mod support;

use std::hint::black_box;

use support::documents::list;
use support::server::{Server, serve_if_asked};
use support::{heading, is_wanted, measure, ratio, verdict};
use xcaplib::XCAPClient;

const USER: &str = "sip:alice@example.com";
const APPLICATION: &str = "resource-lists";
const CALLS: usize = 1_000;

fn main() {
    serve_if_asked();
    if !is_wanted() {
        return;
    }
    heading("CPU time of a call, against that of the HTTP library alone");
    for (size, bytes) in [("1 kB", 1_000), ("100 kB", 100_000)] {
        let document = list(bytes).text;
        for way in ["none", "basic", "digest"] {
            exchanges(size, &document, way);
        }
    }

    println!("\nRequests and connections of {CALLS} calls\n");
    println!("| what | requests | at most | connections | at most | |");
    println!("|---|---:|---:|---:|---:|---|");
    let document = list(1_000).text;
    for (way, most) in [("none", 1_000), ("basic", 1_001), ("digest", 1_001), ("one-time", 2_002)] {
        requests("GET", way, most, &document, |client| drop(get(client)));
        requests("PUT", way, most, &document, |client| put(client, &document));
    }
}

fn client(server: &Server, way: &str) -> XCAPClient {
    let password = (way != "none").then_some("secret");
    let client = XCAPClient::new(&server.root(way), USER, password).unwrap();
    client.put(APPLICATION, list(0).text, None, None, None).unwrap();
    client
}

fn get(client: &XCAPClient) -> xcaplib::Resource {
    client.get(APPLICATION, None, None, None).unwrap()
}

fn put(client: &XCAPClient, document: &str) {
    client.put(APPLICATION, document, None, None, None).unwrap();
}

/// The same requests by the HTTP library alone, on a connection of its own.
struct Bare {
    agent: ureq::Agent,
    url: String,
    fields: Vec<(String, String)>,
}

impl Bare {
    /// Sends the fields of the last request that the server saw.
    fn like_the_last(server: &Server, url: &str) -> Self {
        let own = ["host", "content-length"];
        let mut fields = server.seen().fields;
        fields.retain(|(name, _)| !own.contains(&name.as_str()));
        Self { agent: ureq::Agent::new_with_defaults(), url: url.to_owned(), fields }
    }

    fn get(&self) -> Vec<u8> {
        let request = self.agent.get(&self.url);
        let request =
            self.fields.iter().fold(request, |request, (name, value)| request.header(name, value));
        request.call().unwrap().body_mut().read_to_vec().unwrap()
    }

    fn put(&self, document: &str) -> Vec<u8> {
        drop(black_box(roxmltree::Document::parse(document).unwrap()));
        let request = self.agent.put(&self.url);
        let request =
            self.fields.iter().fold(request, |request, (name, value)| request.header(name, value));
        request.send(document).unwrap().body_mut().read_to_vec().unwrap()
    }
}

fn exchanges(size: &str, document: &str, way: &str) {
    let server = Server::start();
    let client = client(&server, way);
    let url = client.url(APPLICATION, None).unwrap();

    put(&client, document);
    let sent = server.seen();
    let bare = Bare::like_the_last(&server, &url);
    bare.put(document);
    assert_eq!(lengths(&sent.fields), lengths(&server.seen().fields));
    let samples =
        measure(&mut [&mut || drop(black_box(bare.put(document))), &mut || put(&client, document)]);
    ratio(&format!("PUT of {size}, {way}"), &samples, |row| row[1] / row[0], None);

    let found = get(&client);
    assert_eq!(found.as_str(), document);
    let sent = server.seen();
    let bare = Bare::like_the_last(&server, &url);
    assert_eq!(bare.get(), document.as_bytes());
    assert_eq!(lengths(&sent.fields), lengths(&server.seen().fields));
    let samples =
        measure(&mut [&mut || drop(black_box(bare.get())), &mut || drop(black_box(get(&client)))]);
    ratio(&format!("GET of {size}, {way}"), &samples, |row| row[1] / row[0], None);
}

/// The names of the fields and how long each is, in their order.
fn lengths(fields: &[(String, String)]) -> Vec<(&str, usize)> {
    let mut lengths: Vec<_> =
        fields.iter().map(|(name, value)| (name.as_str(), value.len())).collect();
    lengths.sort_unstable();
    lengths
}

fn requests(what: &str, way: &str, most: usize, document: &str, call: impl Fn(&XCAPClient)) {
    let server = Server::start();
    // What is fetched is put there by a client of its own.
    put(&client(&server, way), document);
    let before = server.seen();
    let password = (way != "none").then_some("secret");
    let client = XCAPClient::new(&server.root(way), USER, password).unwrap();
    for _ in 0..CALLS {
        call(&client);
    }
    let seen = server.seen();
    let requests = seen.requests - before.requests;
    let connections = seen.connections - before.connections;
    let verdict = verdict(requests <= most && connections <= 1);
    println!("| {what}, {way} | {requests} | {most} | {connections} | 1 | {verdict} |");
}
