//! The plainest HTTP client: it sends what it is given to one server, and reads the answer.

#![allow(dead_code, unreachable_pub, reason = "no test binary uses all of it")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails where its server does")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// A connection that was idle for longer is not used again: the server may be about to close it.
const IDLE: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(20);

/// One kept connection to a server.
pub struct Upstream {
    address: SocketAddr,
    connection: Option<(BufReader<TcpStream>, Instant)>,
}

/// Names and values of header fields.
pub type Fields = Vec<(String, String)>;

/// An answer as it came.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub fields: Fields,
    pub body: Vec<u8>,
}

impl Answer {
    /// One without fields and body.
    pub fn bare(status: u16) -> Self {
        Self { status, fields: Fields::new(), body: Vec::new() }
    }

    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        let found = fields.find(|(found, _)| found.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("a UTF-8 body")
    }
}

impl Upstream {
    pub fn new(address: SocketAddr) -> Self {
        Self { address, connection: None }
    }

    /// Sends one request, once.
    pub fn send(
        &mut self,
        method: &str,
        target: &str,
        fields: &[(String, String)],
        body: &[u8],
    ) -> Answer {
        let kept = self.connection.take().filter(|(_, used)| used.elapsed() < IDLE);
        let mut connection = kept.map_or_else(|| self.connect(), |(connection, _)| connection);
        let mut head = format!("{method} {target} HTTP/1.1\r\nHost: {}\r\n", self.address);
        for (name, value) in fields {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
        let mut bytes: Vec<u8> = head.chars().map(|c| u8::try_from(c).unwrap()).collect();
        bytes.extend_from_slice(body);
        connection.get_mut().write_all(&bytes).expect("the server takes a request");
        let answer = read(&mut connection);
        let closes = answer.field("connection").is_some_and(|v| v.eq_ignore_ascii_case("close"));
        // After a 500 some servers close it without saying so.
        if answer.status < 500 && !closes {
            self.connection = Some((connection, Instant::now()));
        }
        answer
    }

    fn connect(&self) -> BufReader<TcpStream> {
        let stream = TcpStream::connect(self.address).expect("the server listens");
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        BufReader::new(stream)
    }
}

fn read(connection: &mut BufReader<TcpStream>) -> Answer {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let length = connection.read_until(b'\n', &mut head).expect("the server answers");
        assert_ne!(length, 0, "the server closed the connection");
    }
    let head: String = head.into_iter().map(char::from).collect();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let fields = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
        .collect();
    let mut answer = Answer { status, fields, body: Vec::new() };
    let length = answer.field("content-length").map_or(0, |length| length.parse().unwrap());
    if !matches!(status, 204 | 304) {
        answer.body.resize(length, 0);
        connection.read_exact(&mut answer.body).expect("a whole answer");
    }
    answer
}
