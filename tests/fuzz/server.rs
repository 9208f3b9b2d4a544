//! A server that one client at a time talks to, and what it does is a script.

#[path = "../support/head.rs"]
mod head;
#[path = "../support/listener.rs"]
mod listener;

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use xcaplib::{XCAPClient, XCAPClientBuilder};

use listener::Listener;

/// What no request, error or log may show.
pub(crate) const PASSWORD: &str = "pass-4825-word";
/// How Basic would send it.
const BASIC: &str = "Basic YWxpY2U6cGFzcy00ODI1LXdvcmQ=";
/// A client that got half an answer waits for the rest; this ends its waiting.
const PATIENCE: Duration = Duration::from_millis(10);
/// For what is certain to come.
const LONG: Duration = Duration::from_secs(5);

static SERVER: LazyLock<Server> = LazyLock::new(Server::start);
/// Tests run side by side, and one script at a time.
static TURN: Mutex<()> = Mutex::new(());

/// An answer, and whether the connection is kept after it.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    bytes: Vec<u8>,
    is_kept: bool,
}

/// These bytes, then nothing more.
pub(crate) fn raw(bytes: &[u8]) -> Reply {
    Reply { bytes: bytes.to_vec(), is_kept: false }
}

/// A whole answer; the header lines end with LF alone.
pub(crate) fn reply(status: &[u8], headers: &[u8], body: &[u8]) -> Reply {
    let fields = headers.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    Reply { bytes: head::answer(&[status, b" X"].concat(), fields, body), is_kept: true }
}

/// One request as it came, and the answer that it got.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
    pub(crate) answer: Vec<u8>,
}

impl Request {
    pub(crate) fn method(&self) -> &str {
        self.head.split(' ').next().unwrap()
    }

    pub(crate) fn target(&self) -> &str {
        self.head.split(' ').nth(1).unwrap()
    }

    pub(crate) fn fields<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let lines = self.head.split("\r\n").skip(1).filter_map(|line| line.split_once(": "));
        lines.filter(move |(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub(crate) fn authorization(&self) -> Option<&str> {
        self.fields("authorization").next()
    }
}

struct Server {
    listener: Listener,
    run: Arc<Mutex<Run>>,
}

/// What the server does for the client of this number, and what that has asked.
#[derive(Default)]
struct Run {
    number: u64,
    script: VecDeque<Reply>,
    requests: Vec<Request>,
}

/// Gives these answers in turn to the client that `call` gets, then a 599 to each request; the
/// client's requests, and what the call gave.
pub(crate) fn serve<T>(
    script: impl IntoIterator<Item = Reply>,
    build: impl FnOnce(XCAPClientBuilder) -> XCAPClientBuilder,
    call: impl FnOnce(&XCAPClient) -> T,
) -> (Vec<Request>, T) {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let number = {
        let mut run = SERVER.run();
        *run = Run {
            number: run.number + 1,
            script: script.into_iter().collect(),
            requests: Vec::new(),
        };
        run.number
    };
    let root = format!("http://{}/root", SERVER.listener.address());
    let builder = XCAPClient::builder(&root, "sip:alice@h.example")
        .password(PASSWORD)
        .timeout(Duration::from_secs(5))
        // A request of an earlier client may still be on its way.
        .user_agent(&number.to_string());
    let client = build(builder).build().unwrap();
    let result = call(&client);
    let requests = std::mem::take(&mut SERVER.run().requests);
    for request in &requests {
        is_sound(request);
    }
    (requests, result)
}

/// What holds for every request, whatever was answered before.
fn is_sound(request: &Request) {
    let head = &request.head;
    let line = head.split("\r\n").next().unwrap();
    let parts: Vec<_> = line.split(' ').collect();
    assert!(matches!(parts[..], ["GET" | "PUT" | "DELETE", _, "HTTP/1.1"]), "{head}");
    assert!(request.target().starts_with('/'), "{head}");
    assert!(request.target().bytes().all(|byte| byte.is_ascii_graphic()), "{head}");
    // A quoted string may hold a TAB.
    let is_control = |c: char| c.is_ascii_control() && c != '\t';
    assert!(!head.replace("\r\n", "").contains(is_control), "{head:?}");
    assert_eq!(
        request.fields("host").collect::<Vec<_>>(),
        [SERVER.listener.address().to_string()],
        "{head}"
    );
    assert!(request.fields("authorization").count() <= 1, "{head}");
    assert!(!head.contains(PASSWORD), "{head}");
    if let Some(value) = request.authorization() {
        assert!(value.starts_with("Digest ") || value == BASIC, "{head}");
    }
}

impl Server {
    fn start() -> Self {
        let run = Arc::<Mutex<Run>>::default();
        let of_listener = Arc::clone(&run);
        let listener = Listener::start(listener::ANY, move |_, stream| {
            // A client that goes away is no fault of the server's.
            let _ = converse(stream, &of_listener);
        });
        Self { listener, run }
    }

    fn run(&self) -> MutexGuard<'_, Run> {
        self.run.lock().unwrap()
    }
}

fn converse(mut stream: &TcpStream, run: &Mutex<Run>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(LONG))?;
    let mut reader = BufReader::new(stream);
    while !reader.fill_buf()?.is_empty() {
        stream.set_read_timeout(Some(LONG))?;
        let Some((head, body)) = head::read(&mut reader)? else { return Ok(()) };
        let head = head.into_iter().map(char::from).collect();
        let mut request = Request { head, body, answer: Vec::new() };
        let reply = {
            let mut run = run.lock().unwrap();
            if request.fields("user-agent").next() != Some(&run.number.to_string()) {
                return Ok(());
            }
            let end = || reply(b"599", b"", b"the script is at its end");
            let reply = run.script.pop_front().unwrap_or_else(end);
            request.answer.clone_from(&reply.bytes);
            run.requests.push(request);
            reply
        };
        stream.write_all(&reply.bytes)?;
        if !reply.is_kept {
            break;
        }
        stream.set_read_timeout(Some(PATIENCE))?;
    }
    Ok(())
}
