//! One fault, and what comes of it for get, put and delete.

use super::*;

/// One fault and what comes of it.
pub struct Row {
    pub name: String,
    pub server: Peer,
    /// Whether the first answer goes to a GET that succeeds and leaves an idle connection.
    pub is_primed: bool,
    /// Whether it takes a processor long, so that no two such rows should run at a time.
    pub is_heavy: bool,
    pub body: usize,
    pub timeout: Duration,
    pub connect_timeout: Duration,
    pub max_body: u64,
    /// For get, put and delete.
    pub wants: [Want; 3],
    /// How many requests the server sees.
    pub requests: [usize; 3],
    /// Why a call fails where curl succeeds.
    pub why: Option<&'static str>,
}

pub enum Peer {
    Scripted(Script),
    /// An address where nobody listens.
    Nobody,
    /// One that takes no further connection.
    Full,
}

/// What a caller gets.
#[derive(Clone, Debug)]
pub struct Want {
    /// The kind of the error, none for a success.
    pub kind: Option<ErrorKind>,
    pub status: Option<u16>,
    pub body: Option<Vec<u8>>,
    /// The bytes of the ETag, which go back with the next change.
    pub etag: Option<Vec<u8>>,
    /// A part of the error's text.
    pub says: String,
    /// Whether the text says that the change may have been made.
    pub is_unsure: bool,
    pub conflict: Option<&'static str>,
}

pub fn found(body: impl AsRef<[u8]>) -> Want {
    Want { body: Some(body.as_ref().to_vec()), ..done(200) }
}

/// A GET that was answered with an empty body.
pub fn nothing_found() -> Want {
    let says = "the server answered 200 with nothing where a document should be";
    refused(ErrorKind::MalformedResponse, 200, says)
}

pub fn done(status: u16) -> Want {
    Want {
        kind: None,
        status: Some(status),
        body: None,
        etag: None,
        says: String::new(),
        is_unsure: false,
        conflict: None,
    }
}

/// An error without an answer.
pub fn fails(kind: ErrorKind, says: &str) -> Want {
    Want { kind: Some(kind), status: None, says: says.to_owned(), ..done(0) }
}

/// An error with an answer.
pub fn refused(kind: ErrorKind, status: u16, says: &str) -> Want {
    Want { status: Some(status), ..fails(kind, says) }
}

impl Want {
    pub fn unsure(self) -> Self {
        Self { is_unsure: true, ..self }
    }
}

pub fn row(name: &str, script: Script) -> Row {
    served_by(name, Peer::Scripted(script))
}

pub fn served_by(name: &str, server: Peer) -> Row {
    Row {
        name: name.to_owned(),
        server,
        is_primed: false,
        is_heavy: false,
        body: 0,
        timeout: LONG,
        connect_timeout: LONG,
        max_body: 16 * 1024 * 1024,
        wants: [found("<a/>"), done(200), done(200)],
        requests: [1; 3],
        why: None,
    }
}

impl Row {
    pub fn get(self, want: Want) -> Self {
        let [_, put, delete] = self.wants;
        Self { wants: [want, put, delete], ..self }
    }

    pub fn put(self, want: Want) -> Self {
        let [get, _, delete] = self.wants;
        Self { wants: [get, want, delete], ..self }
    }

    /// What a put and a delete get.
    pub fn change(self, want: Want) -> Self {
        let [get, ..] = self.wants;
        Self { wants: [get, want.clone(), want], ..self }
    }

    pub fn all(self, want: Want) -> Self {
        self.get(want.clone()).change(want)
    }

    /// No answer that can be used: whether a change was made is not known.
    pub fn broken(self, kind: ErrorKind, says: &str) -> Self {
        self.all(fails(kind, says)).unsure_changes()
    }

    pub fn lost(self) -> Self {
        self.broken(ErrorKind::Transport, "the connection was closed before an answer came")
    }

    pub fn cut(self) -> Self {
        self.broken(ErrorKind::Transport, "the connection was closed in the middle of the answer")
    }

    /// The body of the answer is larger than the client takes; its status tells all the same.
    pub fn too_large(self, status: u16) -> Self {
        let says = format!(
            "larger than {} bytes, the client's max_body; its status is {status}",
            self.max_body
        );
        self.all(refused(ErrorKind::TooLarge, status, &says))
    }

    /// The head of the answer is.
    pub fn head_too_large(self) -> Self {
        self.broken(ErrorKind::TooLarge, "the head of the answer is larger than 65536 bytes")
    }

    pub fn malformed(self, says: &str) -> Self {
        self.broken(ErrorKind::MalformedResponse, &format!("the answer is not HTTP: {says}"))
    }

    /// The time for the call is short, and runs out.
    pub fn times_out(self) -> Self {
        let says = "no complete answer came within 2s, the time for the call";
        Self { timeout: SHORT, ..self.broken(ErrorKind::Timeout, says) }
    }

    pub fn unsure_changes(self) -> Self {
        let [get, put, delete] = self.wants;
        Self { wants: [get, put.unsure(), delete.unsure()], ..self }
    }

    pub fn etag(mut self, etag: &[u8]) -> Self {
        for want in &mut self.wants {
            want.etag = Some(etag.to_vec());
        }
        self
    }

    pub fn conflict(mut self, name: &'static str) -> Self {
        for want in &mut self.wants {
            want.conflict = Some(name);
        }
        self
    }

    pub fn requests(self, count: usize) -> Self {
        self.requests_each([count; 3])
    }

    pub fn requests_each(self, requests: [usize; 3]) -> Self {
        Self { requests, ..self }
    }

    pub fn why(self, why: &'static str) -> Self {
        Self { why: Some(why), ..self }
    }

    pub fn primed(self) -> Self {
        Self { is_primed: true, ..self }
    }

    /// The size of the body that a put sends.
    pub fn body(self, body: usize) -> Self {
        Self { body, ..self }
    }

    pub fn max_body(self, max_body: u64) -> Self {
        Self { max_body, ..self }
    }

    /// A second more than the time for the call; where that is not waited for, two seconds, or what
    /// a parser without optimisation takes.
    pub fn within(&self) -> Duration {
        let waits = self.timeout.min(self.connect_timeout);
        if waits < LONG {
            waits + Duration::from_secs(1)
        } else {
            Duration::from_secs(if self.is_heavy { 15 } else { 2 })
        }
    }
}
