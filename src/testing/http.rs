//! HTTP/1.1 of the test server: reads requests within limits, and writes complete answers.

use std::io::{self, Read, Write};

use crate::http_types::text_of;

use super::date;

/// The longest head of a request, in bytes.
const MAX_HEAD: usize = 64 * 1024;
/// The most header fields of a request.
const MAX_FIELDS: usize = 100;
/// The longest body of a request, in bytes.
const MAX_BODY: usize = 16 * 1024 * 1024;
/// The longest line with the size of a chunk, and the longest trailer section.
const MAX_CHUNK_LINE: usize = 1024;
const MAX_TRAILER: usize = 8 * 1024;
/// How much is read from the socket at once.
const READ_SIZE: usize = 16 * 1024;

/// Header fields in the order of the message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fields(pub(super) Vec<(String, String)>);

impl Fields {
    /// The first field of this name, whatever its case.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// The fields of this name, joined into one list (RFC 9110 section 5.3).
    pub(super) fn list(&self, name: &str) -> Option<String> {
        let values: Vec<&str> = self.all(name).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    fn has_token(&self, name: &str, token: &str) -> bool {
        self.all(name).flat_map(|v| v.split(',')).any(|t| t.trim().eq_ignore_ascii_case(token))
    }
}

/// A complete request.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) method: String,
    /// The request-target, exactly as it came.
    pub(super) target: String,
    pub(super) fields: Fields,
    pub(super) body: Vec<u8>,
    pub(super) is_http_1_0: bool,
    /// The client wants the connection closed after the answer.
    pub(super) is_last: bool,
    /// The body came in chunks, and with the head in one piece.
    pub(super) is_one_chunked_piece: bool,
}

/// Why no request could be read.
#[derive(Debug)]
pub(super) enum Unreadable {
    /// The connection ended or failed, or stayed idle for too long.
    Gone,
    /// Not a request that this server accepts. With a status and a reason.
    Refused(u16, &'static str),
}

impl From<io::Error> for Unreadable {
    fn from(_: io::Error) -> Self {
        Self::Gone
    }
}

const fn refused(status: u16, reason: &'static str) -> Unreadable {
    Unreadable::Refused(status, reason)
}

/// The requests of one connection, one after the other.
pub(super) struct Requests<S> {
    stream: S,
    /// Bytes that were read but belong to no request yet.
    buffer: Vec<u8>,
    /// Sent before the body of a request with `Expect: 100-continue`.
    interim: &'static [u8],
}

/// How long the body is, and how it is framed.
enum Framing {
    Length(usize),
    Chunked,
}

struct Head {
    method: String,
    target: String,
    fields: Fields,
    is_http_1_0: bool,
}

impl<S: Read + Write> Requests<S> {
    pub(super) fn new(stream: S, interim: &'static [u8]) -> Self {
        Self { stream, buffer: Vec::new(), interim }
    }

    pub(super) fn stream(&mut self) -> &mut S {
        &mut self.stream
    }

    /// Reads the next request. Calls `started` when its first byte is here.
    pub(super) fn next(&mut self, started: impl FnOnce(&S)) -> Result<Request, Unreadable> {
        if self.buffer.is_empty() {
            self.fill()?;
        }
        started(&self.stream);
        let head = self.head()?;
        let framing = framing(&head)?;
        let in_buffer = self.buffer.len();
        let is_chunked = matches!(framing, Framing::Chunked);
        self.go_on(&head, &framing)?;
        let (body, was_complete) = match framing {
            Framing::Length(length) => (self.take(length)?, false),
            Framing::Chunked => self.chunked(in_buffer)?,
        };
        let is_last = head.is_http_1_0 || head.fields.has_token("connection", "close");
        Ok(Request {
            method: head.method,
            target: head.target,
            fields: head.fields,
            body,
            is_http_1_0: head.is_http_1_0,
            is_last,
            is_one_chunked_piece: is_chunked && was_complete,
        })
    }

    fn fill(&mut self) -> Result<(), Unreadable> {
        let mut piece = vec![0; READ_SIZE];
        let read = loop {
            match self.stream.read(&mut piece) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        if read == 0 {
            return Err(Unreadable::Gone);
        }
        self.buffer.extend_from_slice(piece.get(..read).unwrap_or_default());
        Ok(())
    }

    fn head(&mut self) -> Result<Head, Unreadable> {
        loop {
            if let Some((head, length)) = parse_head(&self.buffer)? {
                self.buffer.drain(..length);
                return Ok(head);
            }
            if self.buffer.len() >= MAX_HEAD {
                return Err(refused(431, "the head of the request is too long"));
            }
            self.fill()?;
        }
    }

    /// Tells a client that is waiting to send its body (RFC 9110 section 10.1.1).
    fn go_on(&mut self, head: &Head, framing: &Framing) -> Result<(), Unreadable> {
        let Some(expectation) = head.fields.get("expect") else { return Ok(()) };
        if !expectation.eq_ignore_ascii_case("100-continue") {
            return Err(refused(417, "the only expectation met here is 100-continue"));
        }
        let has_body = !matches!(framing, Framing::Length(0));
        if has_body && self.buffer.is_empty() && !head.is_http_1_0 {
            self.stream.write_all(self.interim)?;
        }
        Ok(())
    }

    /// Takes this many bytes. Missing bytes are read in small pieces, so that a large announced
    /// length does not take memory by itself.
    fn take(&mut self, length: usize) -> Result<Vec<u8>, Unreadable> {
        while self.buffer.len() < length {
            self.fill()?;
        }
        let rest = self.buffer.split_off(length);
        Ok(std::mem::replace(&mut self.buffer, rest))
    }

    /// A chunked body, and whether all of it was in the first `in_buffer` bytes.
    fn chunked(&mut self, in_buffer: usize) -> Result<(Vec<u8>, bool), Unreadable> {
        let mut body = Vec::new();
        let mut taken = 0;
        loop {
            let (line, size) = self.chunk_size()?;
            self.take(line)?;
            taken += line;
            if size == 0 {
                break;
            }
            if body.len() + size > MAX_BODY {
                return Err(refused(413, "the body is too long"));
            }
            body.extend(self.take(size)?);
            if self.take(2)? != b"\r\n" {
                return Err(refused(400, "a chunk is longer than its size"));
            }
            taken += size + 2;
        }
        taken += self.trailer()?;
        Ok((body, taken <= in_buffer))
    }

    /// The length of the line with the size of a chunk, and that size.
    fn chunk_size(&mut self) -> Result<(usize, usize), Unreadable> {
        loop {
            match httparse::parse_chunk_size(&self.buffer) {
                Ok(httparse::Status::Complete((line, size))) => {
                    let size = usize::try_from(size).ok().filter(|size| *size <= MAX_BODY);
                    let size = size.ok_or(refused(413, "the body is too long"))?;
                    return Ok((line, size));
                }
                Ok(httparse::Status::Partial) if self.buffer.len() < MAX_CHUNK_LINE => {
                    self.fill()?;
                }
                _ => return Err(refused(400, "a chunk has no size")),
            }
        }
    }

    /// Skips the trailer section and returns its length.
    fn trailer(&mut self) -> Result<usize, Unreadable> {
        let mut length = 0;
        loop {
            let end = loop {
                match self.buffer.windows(2).position(|pair| pair == b"\r\n") {
                    Some(at) => break at,
                    None if self.buffer.len() < MAX_TRAILER => self.fill()?,
                    None => return Err(refused(431, "the trailer section is too long")),
                }
            };
            self.take(end + 2)?;
            length += end + 2;
            if end == 0 {
                return Ok(length);
            }
            if length > MAX_TRAILER {
                return Err(refused(431, "the trailer section is too long"));
            }
        }
    }
}

fn parse_head(buffer: &[u8]) -> Result<Option<(Head, usize)>, Unreadable> {
    let mut storage = [httparse::EMPTY_HEADER; MAX_FIELDS];
    let mut parsed = httparse::Request::new(&mut storage);
    let length = match parsed.parse(buffer) {
        Ok(httparse::Status::Complete(length)) if length <= MAX_HEAD => length,
        Ok(httparse::Status::Complete(_)) => {
            return Err(refused(431, "the head of the request is too long"));
        }
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => {
            return Err(refused(431, "the request has too many header fields"));
        }
        Err(httparse::Error::Version) => return Err(refused(505, "this server speaks HTTP/1.1")),
        Err(_) => return Err(refused(400, "this is not an HTTP request")),
    };
    let (Some(method), Some(target), Some(version)) = (parsed.method, parsed.path, parsed.version)
    else {
        return Err(refused(400, "this is not an HTTP request"));
    };
    let fields = parsed
        .headers
        .iter()
        .map(|h| (h.name.to_owned(), text_of(h.value.trim_ascii()).into_owned()))
        .collect();
    let head = Head {
        method: method.to_owned(),
        target: target.to_owned(),
        fields: Fields(fields),
        is_http_1_0: version == 0,
    };
    Ok(Some((head, length)))
}

/// RFC 9112 section 6.3, without its leniencies.
fn framing(head: &Head) -> Result<Framing, Unreadable> {
    let lengths: Vec<&str> = head.fields.all("content-length").collect();
    match (head.fields.list("transfer-encoding"), lengths.as_slice()) {
        (None, []) => Ok(Framing::Length(0)),
        (None, [length]) => content_length(length),
        (None, _) => Err(refused(400, "the request has several Content-Lengths")),
        (Some(_), [_, ..]) => {
            Err(refused(400, "the request has Content-Length and Transfer-Encoding"))
        }
        (Some(coding), []) if coding.eq_ignore_ascii_case("chunked") && !head.is_http_1_0 => {
            Ok(Framing::Chunked)
        }
        (Some(_), []) => Err(refused(501, "the only transfer coding taken here is chunked")),
    }
}

fn content_length(text: &str) -> Result<Framing, Unreadable> {
    // `parse` accepts a sign, and HTTP does not.
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(refused(400, "the Content-Length is not a number"));
    }
    let length = text.parse().ok().filter(|length| *length <= MAX_BODY);
    Ok(Framing::Length(length.ok_or(refused(413, "the body is too long"))?))
}

/// An answer, without the fields for framing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) fields: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Response {
    pub(super) fn new(status: u16) -> Self {
        Self { status, fields: Vec::new(), body: Vec::new() }
    }

    pub(super) fn field(mut self, name: &str, value: impl Into<String>) -> Self {
        self.fields.push((name.to_owned(), value.into()));
        self
    }

    pub(super) fn body(self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let mut response = self.field("Content-Type", media_type);
        response.body = body.into();
        response
    }

    pub(super) fn date(self) -> Self {
        self.field("Date", date::http(std::time::SystemTime::now()))
    }

    pub(super) fn text(status: u16, text: &str) -> Self {
        Self::new(status).body("text/plain; charset=utf-8", format!("{text}\n"))
    }

    /// The head as it is sent, for a body of this length.
    pub(super) fn head(&self, length: usize, is_last: bool) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        for (name, value) in &self.fields {
            // A field must not end its line. A fault may contain any text.
            let clean = |text: &str| text.replace(['\r', '\n', '\0'], " ");
            head.push_str(&format!("{}: {}\r\n", clean(name), clean(value)));
        }
        // A 204 has no length (RFC 9110 section 8.6). The length for a 304 is not known here.
        if !matches!(self.status, 204 | 304) {
            head.push_str(&format!("Content-Length: {length}\r\n"));
        }
        if is_last {
            head.push_str("Connection: close\r\n");
        }
        head.push_str("\r\n");
        head.into_bytes()
    }

    /// Whether the status allows a body.
    pub(super) fn may_have_body(&self) -> bool {
        !matches!(self.status, 100..200 | 204 | 304)
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        409 => "Conflict",
        412 => "Precondition Failed",
        413 => "Content Too Large",
        414 => "URI Too Long",
        415 => "Unsupported Media Type",
        417 => "Expectation Failed",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        507 => "Insufficient Storage",
        _ => "Unknown",
    }
}
