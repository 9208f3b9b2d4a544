//! The client for event loops: no call holds up the loop that polls it, whatever the executor.
//!
//! The calls go through a [`Gate`] that passes an answer on only when the event loop has ticked
//! [`TICKS`] times since the answer came: a call that blocks the loop is never answered.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use async_executor::{Executor, LocalExecutor};
use futures_lite::future::{self, block_on};
use xcaplib::green::{CachedDocument, Call, XCAPClient};
use xcaplib::testing::{Auth, Fault, Server};
use xcaplib::{Element, Method, Result};

const ALICE: &str = "sip:alice@example.com";
const USAGE: &str = "resource-lists";
const LISTS: &str = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="a"/></resource-lists>"#;
const LIST: &str = r#"/resource-lists/list[@name="a"]"#;
const OTHER: &str = r#"/resource-lists/list[@name="b"]"#;

/// How often the event loop ticks before an answer is passed on.
const TICKS: usize = 100;
/// How long a call waits for an answer: on a loop that it blocks, in vain.
const PATIENCE: Duration = Duration::from_secs(20);

/// Stands before a server and asks the event loop, with a sender for its consent, before it passes
/// on what the server says.
struct Gate {
    address: SocketAddr,
    asked: Receiver<Sender<()>>,
}

impl Gate {
    fn before(server: &Server) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (ask, asked) = mpsc::channel();
        let behind = server.address();
        thread::spawn(move || {
            for client in listener.incoming() {
                let (client, server) = (client.unwrap(), TcpStream::connect(behind).unwrap());
                let (requests, answers) =
                    (client.try_clone().unwrap(), server.try_clone().unwrap());
                thread::spawn(move || pass(requests, server, || true));
                let ask = ask.clone();
                thread::spawn(move || pass(answers, client, || consents(&ask)));
            }
        });
        Self { address, asked }
    }

    fn client(&self, server: &Server) -> XCAPClient {
        let root = format!("http://{}/xcap-root", self.address);
        assert!(server.root().ends_with("/xcap-root"));
        let builder = xcaplib::XCAPClient::builder(&root, ALICE).password("secret");
        builder.timeout(PATIENCE).build().unwrap().into()
    }

    /// Ticks, and consents to what has waited for [`TICKS`] ticks.
    async fn tick(self) {
        let mut waiting: Vec<(usize, Sender<()>)> = Vec::new();
        loop {
            waiting.extend(self.asked.try_iter().map(|consent| (0, consent)));
            waiting.retain_mut(|(ticks, consent)| {
                *ticks += 1;
                *ticks < TICKS || consent.send(()).is_err()
            });
            future::yield_now().await;
        }
    }
}

/// Whether the event loop consents; it does not once it is gone.
fn consents(ask: &Sender<Sender<()>>) -> bool {
    let (consent, consented) = mpsc::channel();
    ask.send(consent).is_ok() && consented.recv().is_ok()
}

fn pass(mut from: TcpStream, mut to: TcpStream, may_pass: impl Fn() -> bool) {
    let mut bytes = [0; 4096];
    while let Ok(length @ 1..) = from.read(&mut bytes) {
        if !may_pass() || to.write_all(&bytes[..length]).is_err() {
            break;
        }
    }
    // Whoever has gone away needs no answer.
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}

fn server() -> Server {
    Server::builder().auth(Auth::Digest).user(ALICE, "secret").start().unwrap()
}

/// Every call once.
async fn all_calls(client: XCAPClient) -> Result<()> {
    assert!(
        client.url(USAGE, None)?.ends_with("/resource-lists/users/sip:alice@example.com/index")
    );
    assert!(client.get(USAGE, None, None, None).await.unwrap_err().is_not_found());
    assert!(client.request(USAGE).optional().get().await?.is_none());
    assert!(client.insert(USAGE, LISTS, None, None, None).await?.is_created());
    let error = client.insert(USAGE, LISTS, None, None, None).await.unwrap_err();
    assert!(error.is_already_exists());
    let put = client.put(USAGE, "<list name='b'/>", OTHER, None, None).await?;
    let (old, new) = client.replace(USAGE, LISTS, None, put.etag(), None).await?;
    assert_eq!(old.etag(), put.etag());
    let error = client.delete(USAGE, LIST, put.etag(), None).await.unwrap_err();
    assert!(error.is_precondition_failed());
    assert!(client.put(USAGE, "<list", LIST, None, None).await.unwrap_err().is_invalid_input());

    requests(&client).await?;
    let found = client.request(USAGE).if_none_match(new.etag()).get().await;
    assert!(found.unwrap_err().is_not_modified());
    changes(client.open(USAGE).await?.retries(1), &client).await?;

    assert_eq!(client.capabilities().await?.supports_application(USAGE), Some(true));
    let documents = client.documents().await?;
    assert_eq!((documents.len(), documents[0].application()), (1, USAGE));
    let copy = client.request_for(&documents[0]).open().await?;
    assert_eq!(copy.etag(), documents[0].etag());
    client.delete(USAGE, None, copy.etag(), None).await?;
    Ok(())
}

/// Requests with options.
async fn requests(client: &XCAPClient) -> Result<()> {
    let request = client.request(USAGE).filename("other").timeout(PATIENCE);
    let put = request.clone().content_type("application/resource-lists+xml").put(LISTS).await?;
    let got = request.clone().if_match(put.etag()).header("X-Test", "1").node(LIST).get().await?;
    assert_eq!(got, r#"<list name="a"/>"#);
    let got = request.clone().node(LIST).with_namespaces().get().await?;
    assert!(got.as_str().starts_with("<list xmlns=\"urn:ietf"), "{got}");
    let raw = request.clone().validate(false).send_raw(Method::Put, Some(b"<")).await?;
    assert_eq!(raw.status(), 409);
    let (old, _) = request.clone().replace(LISTS).await?;
    assert_eq!(old, LISTS);
    request.clone().delete().await?;
    assert!(request.clone().insert(LISTS).await?.is_created());
    assert!(request.clone().user("bob").get().await.unwrap_err().is_not_found());
    assert!(request.clone().global().get().await.unwrap_err().is_not_found());
    request.delete().await?;
    Ok(())
}

/// Changes of a copy, and one of somebody else's.
async fn changes(mut copy: CachedDocument, client: &XCAPClient) -> Result<()> {
    copy.insert(OTHER, Element::new("list").attr("name", "b")).await?;
    assert_eq!(copy.get(OTHER)?.as_str(), r#"<list name="b"/>"#);
    client.put(USAGE, "<list name='c'/>", "/resource-lists/list[@name='c']", None, None).await?;
    copy.replace(OTHER, "<list name='b'></list>").await?;
    assert!(copy.text().contains("<list name='b'></list><list name='c'/>"), "{}", copy.text());
    copy.put(OTHER, "<list name='b'/>").await?;
    copy.delete(OTHER).await?;
    assert!(copy.delete(OTHER).await.unwrap_err().is_not_found());
    let name = "c".to_owned();
    copy.update(move |text| text.replace(&format!("<list name='{name}'/>"), "")).await?;
    assert!(!copy.refresh().await?);
    assert_eq!((copy.text(), copy.is_stale()), (LISTS, false));
    Ok(())
}

/// Many calls at the same time.
async fn at_once(client: XCAPClient) -> Result<()> {
    let executor = LocalExecutor::new();
    client.put(USAGE, LISTS, None, None, None).await?;
    let calls: Vec<_> =
        (0..20).map(|_| executor.spawn(client.get(USAGE, LIST, None, None))).collect();
    executor
        .run(async {
            for call in calls {
                assert_eq!(call.await?, r#"<list name="a"/>"#);
            }
            Ok(())
        })
        .await
}

#[test]
fn a_single_future_is_not_held_up() {
    let server = server();
    let gate = Gate::before(&server);
    let client = gate.client(&server);
    let calls = async {
        all_calls(client.clone()).await?;
        at_once(client).await
    };
    let ticking = async {
        gate.tick().await;
        Ok(())
    };
    pollster::block_on(future::or(calls, ticking)).unwrap();
}

#[test]
fn an_event_loop_of_one_thread_is_not_held_up() {
    let server = server();
    let gate = Gate::before(&server);
    let client = gate.client(&server);
    let executor = LocalExecutor::new();
    let ticking = executor.spawn(gate.tick());
    let calls = [executor.spawn(all_calls(client.clone()))];
    block_on(executor.run(async {
        for call in calls {
            call.await.unwrap();
        }
        executor.spawn(at_once(client)).await.unwrap();
    }));
    drop(ticking);
}

#[test]
fn an_executor_of_two_threads_is_not_held_up() {
    let server = server();
    let gate = Gate::before(&server);
    let client = gate.client(&server);
    let executor = Executor::new();
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..2 {
            let end = until(|| is_over.load(Ordering::Relaxed));
            scope.spawn(|| block_on(executor.run(end)));
        }
        let ticking = executor.spawn(gate.tick());
        let calls = executor.spawn(all_calls(client.clone()));
        block_on(calls).unwrap();
        let calls: Vec<_> =
            (0..20).map(|_| executor.spawn(client.get(USAGE, None, None, None))).collect();
        for call in calls {
            assert!(block_on(call).unwrap_err().is_not_found());
        }
        drop(ticking);
        is_over.store(true, Ordering::Relaxed);
    });
}

/// The test of the test: without the loop no answer passes.
#[test]
fn a_call_that_blocks_the_loop_is_never_answered() {
    let server = server();
    let gate = Gate::before(&server);
    let client = gate.client(&server);
    let executor = LocalExecutor::new();
    let ticking = executor.spawn(gate.tick());
    block_on(executor.run(async {
        let request = client.blocking().request(USAGE).timeout(Duration::from_millis(100));
        assert!(request.get().unwrap_err().is_timeout());
    }));
    drop(ticking);
}

#[test]
fn a_call_owns_what_it_needs() {
    fn check<T: 'static>(
        call: Call<'static, T>,
    ) -> impl Future<Output = Result<T>> + Send + 'static {
        call
    }
    let server = server();
    let client = XCAPClient::from(server.client(ALICE).unwrap());
    let call = {
        let (usage, node) = (USAGE.to_owned(), LIST.to_owned());
        let (etag, body) = ("\"x\"".to_owned(), LISTS.as_bytes().to_vec());
        let header = ("X-Test".to_owned(), "1".to_owned());
        let headers = [(header.0.as_str(), header.1.as_str())];
        drop(check(client.put(USAGE, &body, &node, &etag, &headers)));
        client.get(&usage, &node, &etag, &headers)
    };
    drop(client);
    // The future that was never polled has sent nothing.
    assert_eq!(server.requests().len(), 0);
    assert!(block_on(check(call)).unwrap_err().is_not_found());
    let request = server.requests().pop().unwrap();
    assert_eq!((request.method(), request.header("x-test")), ("GET", Some("1")));
    assert_eq!(request.header("if-match"), Some("\"x\""));
}

#[test]
fn connections_and_sessions_are_shared() {
    let server = server();
    let blocking = server.client(ALICE).unwrap();
    blocking.put(USAGE, LISTS, None, None, None).unwrap();
    assert_eq!(server.requests().len(), 2);
    let client = XCAPClient::from(blocking.clone());
    block_on(client.get(USAGE, None, None, None)).unwrap();
    client.blocking().get(USAGE, None, None, None).unwrap();
    let copy = block_on(client.open(USAGE)).unwrap();
    assert!(!copy.into_blocking().refresh().unwrap());
    assert_eq!((server.requests().len(), server.connections()), (6, 1));
    assert!(!format!("{client:?} {:?}", client.request(USAGE)).contains("secret"));
}

#[test]
fn errors_are_the_same() {
    let server = Server::start().unwrap();
    let blocking = server.client(ALICE).unwrap();
    let client = XCAPClient::from(blocking.clone());
    server.set_document(USAGE, ALICE, "index", LISTS);
    for fault in [Fault::status(503, "later"), Fault::CloseInAnswer, Fault::NotUtf8] {
        server.misbehave(2, fault.clone());
        let error = blocking.get(USAGE, None, None, None).unwrap_err();
        server.behave();
        server.misbehave(2, fault);
        let same = block_on(client.get(USAGE, None, None, None)).unwrap_err();
        server.behave();
        assert_eq!((error.kind(), error.status()), (same.kind(), same.status()));
        assert_eq!(error.to_string(), same.to_string());
    }
    assert!(XCAPClient::new("ftp://a", ALICE, None).unwrap_err().is_invalid_input());
    assert!(XCAPClient::new("http://a", ALICE, "secret").is_ok());
}

/// Polls until the server has changed; nothing else is waited for.
async fn until(is_so: impl Fn() -> bool) {
    while !is_so() {
        future::yield_now().await;
    }
}

#[test]
fn a_dropped_future_leaves_the_client_usable() {
    let server = server();
    let gate = Gate::before(&server);
    let client = gate.client(&server);
    let executor = LocalExecutor::new();
    let ticking = executor.spawn(gate.tick());
    block_on(executor.run(async {
        // Never polled: never sent.
        drop(client.put(USAGE, LISTS, None, None, None));
        assert!(client.get(USAGE, None, None, None).await.unwrap_err().is_not_found());

        // Dropped on its way: the PUT lands all the same.
        let mut put = client.put(USAGE, LISTS, None, None, None);
        assert!(future::poll_once(&mut put).await.is_none());
        until(|| server.document(USAGE, ALICE, "index").is_some()).await;
        drop(put);
        assert_eq!(client.get(USAGE, None, None, None).await.unwrap(), LISTS);

        // Dropped at any moment, many of them.
        for _ in 0..20 {
            let mut get = client.get(USAGE, None, None, None);
            assert!(future::poll_once(&mut get).await.is_none());
        }
        assert_eq!(client.get(USAGE, LIST, None, None).await.unwrap(), r#"<list name="a"/>"#);
    }));
    drop(ticking);
}

#[test]
fn a_copy_survives_a_dropped_change() {
    let server = server();
    let gate = Gate::before(&server);
    let client = gate.client(&server);
    let executor = LocalExecutor::new();
    let ticking = executor.spawn(gate.tick());
    block_on(executor.run(async {
        let etag = server.set_document(USAGE, ALICE, "index", LISTS);
        let mut copy = client.open(USAGE).await.unwrap();
        drop(copy.delete(LIST));
        assert!(!copy.is_stale());
        let mut refresh = copy.refresh();
        assert!(future::poll_once(&mut refresh).await.is_none());
        drop(refresh);
        assert!(!copy.is_stale());

        let mut put = copy.put(OTHER, "<list name='b'/>");
        assert!(future::poll_once(&mut put).await.is_none());
        until(|| server.document(USAGE, ALICE, "index").unwrap().etag() != &etag).await;
        drop(put);
        assert_eq!((copy.text(), copy.etag(), copy.is_stale()), (LISTS, Some(&etag), true));

        // The next change reads what became of it.
        copy.put(LIST, "<list name='a'></list>").await.unwrap();
        assert!(!copy.is_stale());
        assert_eq!(copy.text(), server.document(USAGE, ALICE, "index").unwrap().text());
        assert!(copy.text().contains("<list name='b'/>"));
    }));
    drop(ticking);
}
