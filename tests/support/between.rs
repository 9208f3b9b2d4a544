//! A relay between a client and an XCAP server, which makes another server of it, by natures; it
//! loses requests and answers when told, lets another writer in, and keeps every version that the
//! document ever had. It takes one request at a time.

#![allow(dead_code, unreachable_pub, reason = "no test binary uses all of it")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails where its relay does"
)]

#[path = "nature.rs"]
pub mod nature;
#[path = "raw.rs"]
mod raw;
#[path = "upstream.rs"]
pub mod upstream;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use nature::{Nature, Passing};
use upstream::{Answer, Upstream};

/// What happens to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// The connection is closed; the server saw nothing.
    RequestLost,
    /// The connection is closed; the server did what it was asked.
    AnswerLost,
    /// The same, with the first half of the answer.
    AnswerCut,
    /// The server did what it was asked and answered; then the connection is closed, unannounced.
    ClosedAfter,
    /// This status; the server saw nothing.
    Status(u16),
    /// This status; the server did what it was asked.
    StatusAfter(u16),
}

/// What another writer makes of the document; `None` leaves it.
pub type Rewrite = Box<dyn FnOnce(&str) -> Option<String> + Send>;

/// What happens at one of the requests to come.
pub enum Event {
    Mishap(Mishap),
    /// Just before it.
    Write(Rewrite),
}

/// One version of the document.
#[derive(Clone, Debug)]
pub struct Version {
    /// As the server has it, with its quotes.
    pub etag: String,
    pub text: String,
    pub author: Author,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    Client,
    Another,
}

/// A request that came from the client.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    pub is_node: bool,
}

impl Request {
    pub fn is_read(&self) -> bool {
        self.method == "GET"
    }
}

/// The relay, on a port of its own of 127.0.0.1; stopped on drop.
pub struct Between {
    server: raw::Server,
    state: Arc<Mutex<State>>,
}

struct State {
    upstream: Upstream,
    natures: Vec<Nature>,
    /// The path of the document.
    path: String,
    versions: Vec<Version>,
    requests: Vec<Request>,
    events: Vec<(usize, Event)>,
    /// The ETag that an answer last had.
    shown: Option<String>,
}

impl Between {
    /// A relay to a server whose document at this path it looks after.
    pub fn start(upstream: SocketAddr, path: &str, natures: &[Nature]) -> Self {
        let state = Arc::new(Mutex::new(State {
            upstream: Upstream::new(upstream),
            natures: natures.to_vec(),
            path: path.to_owned(),
            versions: Vec::new(),
            requests: Vec::new(),
            events: Vec::new(),
            shown: None,
        }));
        let shared = Arc::clone(&state);
        let server = raw::Server::answering(move |request| shared.lock().unwrap().answer(request));
        Self { server, state }
    }

    /// The XCAP root for clients.
    pub fn root(&self) -> String {
        format!("{}/xcap-root", self.server.origin())
    }

    /// Another writer puts this there.
    pub fn create(&self, text: &str) {
        self.state().store(text);
    }

    /// Another writer changes the document; whether it did.
    pub fn write(&self, rewrite: Rewrite) -> bool {
        self.state().rewrite(rewrite)
    }

    /// What is to happen at a request, counted from 0 at the last `begin`.
    pub fn plan(&self, request: usize, event: Event) {
        self.state().events.push((request, event));
    }

    /// Forgets the requests so far and what was planned.
    pub fn begin(&self) {
        let mut state = self.state();
        state.requests.clear();
        state.events.clear();
    }

    /// The requests since the last `begin`.
    pub fn requests(&self) -> Vec<Request> {
        self.state().requests.clone()
    }

    /// Every version so far, the first one first.
    pub fn versions(&self) -> Vec<Version> {
        self.state().versions.clone()
    }

    pub fn version_count(&self) -> usize {
        self.state().versions.len()
    }

    /// The document as it is.
    pub fn text(&self) -> String {
        self.state().versions.last().unwrap().text.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

impl State {
    fn answer(&mut self, request: &raw::Request) -> raw::Reply {
        let (line, target) = (request.line(), request.target());
        let method = line.split(' ').next().unwrap_or_default();
        let is_node = target.contains("/~~/");
        let number = self.requests.len();
        self.requests.push(Request { method: method.to_owned(), is_node });
        let mishap = self.happen(number);
        match mishap {
            Some(Mishap::RequestLost) => return raw::nothing(),
            Some(Mishap::Status(status)) => return raw::reply(status, &[], ""),
            _ => {}
        }
        let is_own = |name: &str| {
            ["host", "connection", "content-length"]
                .iter()
                .any(|own| name.eq_ignore_ascii_case(own))
        };
        let mut fields = request.all_fields();
        fields.retain(|(name, _)| !is_own(name));
        let passing = Passing { method, is_node, fields, body: request.body.clone() };
        let reply = reply(&self.pass(passing, &target));
        match mishap {
            Some(Mishap::AnswerLost) => raw::nothing(),
            Some(Mishap::AnswerCut) => reply.cut_in_half(),
            Some(Mishap::ClosedAfter) => reply.close(),
            Some(Mishap::StatusAfter(status)) => raw::reply(status, &[], ""),
            _ => reply,
        }
    }

    /// Lets the other writer in, and says what is to go wrong.
    fn happen(&mut self, number: usize) -> Option<Mishap> {
        let (now, later) =
            std::mem::take(&mut self.events).into_iter().partition(|(at, _)| *at == number);
        self.events = later;
        let now: Vec<(usize, Event)> = now;
        let mut mishap = None;
        for (_, event) in now {
            match event {
                Event::Mishap(planned) => mishap = Some(planned),
                Event::Write(rewrite) => drop(self.rewrite(rewrite)),
            }
        }
        mishap
    }

    /// What the server behind, with the natures, answers.
    fn pass(&mut self, mut request: Passing<'_>, target: &str) -> Answer {
        for nature in self.natures.clone() {
            let current = self.versions.last().map(|version| version.etag.as_str());
            if let Some(answer) = nature.meet(&mut request, current) {
                return answer;
            }
        }
        let mut answer = if request.puts(true) && self.natures.contains(&Nature::SwallowsNodes) {
            let text = self.versions.last().unwrap().text.clone();
            self.put(&text)
        } else {
            self.upstream.send(request.method, target, &request.fields, &request.body)
        };
        if !request.is_read() {
            self.look(Author::Client);
        }
        self.show(&mut answer, request.is_read());
        answer
    }

    fn show(&mut self, answer: &mut Answer, is_read: bool) {
        let Some(etag) = answer.field("etag").map(str::to_owned) else { return };
        let is_new = self.shown.as_ref() != Some(&etag);
        let shown = self
            .natures
            .iter()
            .try_fold(etag.clone(), |etag, nature| nature.shown(&etag, is_read, is_new));
        answer.fields.retain(|(name, _)| !name.eq_ignore_ascii_case("etag"));
        answer.fields.extend(shown.map(|etag| ("ETag".to_owned(), etag)));
        self.shown = Some(etag);
    }

    fn rewrite(&mut self, rewrite: Rewrite) -> bool {
        let text = self.versions.last().and_then(|version| rewrite(&version.text));
        if let Some(text) = &text {
            self.store(text);
        }
        text.is_some()
    }

    fn store(&mut self, text: &str) {
        let answer = self.put(text);
        assert!(answer.is_success(), "{answer:?}\n{text}");
        self.look(Author::Another);
        assert_eq!(self.versions.last().unwrap().text, text);
    }

    fn put(&mut self, text: &str) -> Answer {
        let usage = self.path.split('/').nth(2).unwrap();
        let media_type = match xcaplib::Application::lookup(usage) {
            Some(known) => known.media_type.to_string(),
            None => "application/xml".to_owned(),
        };
        let fields = [("Content-Type".to_owned(), media_type)];
        self.upstream.send("PUT", &self.path, &fields, text.as_bytes())
    }

    /// Reads the document and keeps it, if it is another version.
    fn look(&mut self, author: Author) {
        let fields = [("Accept".to_owned(), "*/*".to_owned())];
        let found = self.upstream.send("GET", &self.path, &fields, b"");
        let Some(etag) = found.field("etag").filter(|_| found.status == 200) else { return };
        let version = Version { etag: etag.to_owned(), text: found.text().to_owned(), author };
        let is_known = |last: &Version| last.etag == version.etag && last.text == version.text;
        if !self.versions.last().is_some_and(is_known) {
            self.versions.push(version);
        }
    }
}

fn reply(answer: &Answer) -> raw::Reply {
    let kept = answer.fields.iter().filter(|(name, _)| {
        let framing = ["content-length", "connection", "keep-alive", "transfer-encoding"];
        !framing.iter().any(|own| name.eq_ignore_ascii_case(own))
    });
    let lines: Vec<String> = kept.map(|(name, value)| format!("{name}: {value}")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    raw::reply(answer.status, &lines, &answer.body)
}
