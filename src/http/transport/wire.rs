//! The connections that the HTTP library uses. It writes requests to a [`Wire`] and reads answers
//! from it. The wire corrects what the library has no option for.
//!
//! - The library refuses an `Authorization` that is not ASCII, but a Digest answer has to repeat
//!   the bytes of the realm. So the value comes here [`carried`], and the wire puts the bytes back.
//! - If a connection breaks in a body, the library takes that for the body's end. Here it is an
//!   error.
//! - The library reuses a connection that brought a 5xx. OpenXCAP soon closes such a connection
//!   without notice.
//! - The library gives a proxy the whole connect time for each read of its answer. Here that time
//!   is for all reads together.
//! - The library asks a proxy for the host in the URL. If the caller gave an address, the wire asks
//!   for that address.
//! - The library does not say how far a request came. Each wire notes the [`Stage`].
//!
//! Only methods that the library's traits had in 3.5.0 are used, because the traits may change in
//! any minor release.

use std::io;
use std::mem;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use ureq::Error;
use ureq::http::HeaderValue;
use ureq::unversioned::transport::time::Instant as Moment;
use ureq::unversioned::transport::{
    Buffers, ConnectProxyConnector, ConnectionDetails, Connector, NextTimeout, TcpConnector,
    Transport,
};

use super::failure::is_closed;
use super::socket::Sockets;
use super::stage::Stage;

/// Makes the connections, with or without a proxy: TCP, then TLS if the URL asks for it, then a
/// wire around both.
pub(super) fn connector(has_proxy: bool, address: Option<SocketAddr>) -> impl Connector {
    let sockets = ().chain(ConnectProxyConnector::default()).chain(TcpConnector::default());
    let below = sockets.chain(Sockets);
    #[cfg(feature = "rustls")]
    let below = below.chain(ureq::unversioned::transport::RustlsConnector::default());
    #[cfg(all(feature = "native-tls", not(feature = "rustls")))]
    let below = below.chain(ureq::unversioned::transport::NativeTlsConnector::default());
    Wires { below, has_proxy, address }
}

#[derive(Debug)]
struct Wires<C> {
    below: C,
    has_proxy: bool,
    /// The address to ask a proxy for, in place of the server's host and port.
    address: Option<SocketAddr>,
}

#[derive(Debug)]
struct Wire<T> {
    below: T,
    to: Peer,
    is_in_head: bool,
    /// The last answer on this connection means that it is not used again.
    is_spent: bool,
}

/// Who is at the other end.
#[derive(Debug)]
enum Peer {
    Server,
    /// A proxy, which must have made its connection by this time. The wire to the server goes
    /// through this one.
    Proxy {
        by: Option<Instant>,
        question: Option<Question>,
    },
}

/// The request to a proxy that replaces the library's own.
#[derive(Debug)]
struct Question {
    address: SocketAddr,
    /// What the library has written so far of its own request.
    written: Vec<u8>,
}

impl<C: Connector> Connector for Wires<C> {
    type Out = Wire<C::Out>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        _: Option<()>,
    ) -> Result<Option<Self::Out>, Error> {
        Stage::Connecting.set();
        let below = self.below.connect(details, None)?;
        // While the connection to the server is being made, the one to the proxy is made first.
        let (stage, to) = if self.has_proxy && details.config.proxy().is_none() {
            let by = end(details.now, *details.timeout.after);
            let question = self.address.map(|address| Question { address, written: Vec::new() });
            (Stage::AskingProxy, Peer::Proxy { by, question })
        } else {
            (Stage::Connected, Peer::Server)
        };
        stage.set();
        Ok(below.map(|below| Wire { below, to, is_in_head: true, is_spent: false }))
    }
}

fn end(begin: Moment, after: Duration) -> Option<Instant> {
    match begin {
        Moment::Exact(begin) => begin.checked_add(after),
        Moment::AlreadyHappened | Moment::NotHappening => None,
    }
}

impl<T: Transport> Wire<T> {
    /// Shortens the time for an input to what the proxy has left to answer.
    fn within(&self, mut timeout: NextTimeout) -> Result<NextTimeout, Error> {
        if let (Peer::Proxy { by: Some(by), .. }, Stage::AskingProxy) =
            (&self.to, Stage::of_this_thread())
        {
            let left = by.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Error::Timeout(timeout.reason));
            }
            timeout.after = timeout.after.min(left.into());
        }
        Ok(timeout)
    }

    /// Once the head of the proxy's answer is there, all that follows comes from the server.
    fn note_proxy(&mut self) {
        if Stage::of_this_thread() == Stage::AskingProxy {
            let input = self.below.buffers().input();
            if [&b"\r\n\r\n"[..], b"\n\n"].iter().any(|end| has(input, end)) {
                Stage::Connecting.set();
            }
        }
    }

    /// Puts the bytes of a carried `Authorization` back, and returns the new length of the output.
    fn restore(&mut self, amount: usize) -> usize {
        let output = self.below.buffers().output();
        let sent = output.get(..amount).unwrap_or_default();
        self.is_in_head = !has(sent, b"\r\n\r\n");
        if !sent.contains(&MARK) {
            return amount;
        }
        let mut restored = Vec::with_capacity(amount);
        for line in sent.split_inclusive(|byte| *byte == b'\n') {
            match line.split_at_checked(FIELD.len()) {
                Some((name, value)) if name.eq_ignore_ascii_case(FIELD) => {
                    restored.extend_from_slice(name);
                    restore_into(&mut restored, value);
                }
                _ => restored.extend_from_slice(line),
            }
        }
        // The restored head is never longer than the carried one.
        output.iter_mut().zip(&restored).for_each(|(byte, restored)| *byte = *restored);
        restored.len()
    }
}

impl<T: Transport> Transport for Wire<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        let buffers = self.below.buffers();
        // The library looks here for each head, and again after an interim answer.
        let input = buffers.input();
        self.is_spent |= input.starts_with(b"HTTP/1.") && input.get(9) == Some(&b'5');
        buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        Stage::note_output();
        if let (Peer::Proxy { question: Some(question), .. }, Stage::AskingProxy) =
            (&mut self.to, Stage::of_this_thread())
        {
            let output = self.below.buffers().output();
            question.written.extend_from_slice(output.get(..amount).unwrap_or_default());
            return question.take().map_or(Ok(()), |head| send(&mut self.below, &head, timeout));
        }
        let amount = match self.to {
            Peer::Server if self.is_in_head => self.restore(amount),
            Peer::Server | Peer::Proxy { .. } => amount,
        };
        self.below.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        // What goes out after an answer is the next request.
        self.is_in_head = true;
        let found = self.below.await_input(self.within(timeout)?);
        if let Peer::Proxy { .. } = self.to {
            self.note_proxy();
        }
        match found {
            // For a closed connection, this is the only kind that the library treats as an error.
            Err(Error::Io(error)) if is_closed(error.kind()) => {
                Err(io::Error::new(io::ErrorKind::BrokenPipe, error).into())
            }
            found => found,
        }
    }

    fn is_open(&mut self) -> bool {
        !self.is_spent && self.below.is_open()
    }

    fn is_tls(&self) -> bool {
        self.below.is_tls()
    }
}

impl Question {
    /// The whole head, once the library has written all of it.
    fn take(&mut self) -> Option<Vec<u8>> {
        if !self.written.ends_with(b"\r\n\r\n") {
            return None;
        }
        let address = self.address;
        let is_line = |line: &[u8], name: &[u8]| {
            line.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name))
        };
        let lines = mem::take(&mut self.written);
        let asked = lines.split_inclusive(|byte| *byte == b'\n').map(|line| match line {
            line if is_line(line, b"connect ") => {
                format!("CONNECT {address} HTTP/1.1\r\n").into_bytes()
            }
            line if is_line(line, b"host:") => format!("Host: {address}\r\n").into_bytes(),
            line => line.to_vec(),
        });
        Some(asked.collect::<Vec<_>>().concat())
    }
}

fn send(to: &mut impl Transport, bytes: &[u8], timeout: NextTimeout) -> Result<(), Error> {
    let most = to.buffers().output().len().max(1);
    for part in bytes.chunks(most) {
        let output = to.buffers().output();
        output.iter_mut().zip(part).for_each(|(byte, sent)| *byte = *sent);
        to.transmit_output(part.len(), timeout)?;
    }
    Ok(())
}

fn has(text: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(text, part).is_some()
}

/// The line of a head that is restored.
const FIELD: &[u8] = b"authorization:";
/// A mark stands before two hexadecimal digits. It is the only control character that the library
/// accepts.
const MARK: u8 = b'\t';

/// An `Authorization` value in a form that the HTTP library takes: a byte that is not ASCII becomes
/// [`MARK`] and two digits, and so does the mark.
pub(super) fn carried(value: &HeaderValue) -> HeaderValue {
    let is_plain = |byte: &u8| byte.is_ascii() && *byte != MARK;
    if value.as_bytes().iter().all(is_plain) {
        return value.clone();
    }
    let mut text = Vec::with_capacity(value.len() * 2);
    for byte in value.as_bytes() {
        if is_plain(byte) {
            text.push(*byte);
        } else {
            text.push(MARK);
            text.extend_from_slice(format!("{byte:02x}").as_bytes());
        }
    }
    let mut carried = HeaderValue::from_bytes(&text).unwrap_or_else(|_| value.clone());
    carried.set_sensitive(true);
    carried
}

fn restore_into(restored: &mut Vec<u8>, mut carried: &[u8]) {
    while let Some((first, rest)) = carried.split_first() {
        let digits = rest.get(..2).filter(|_| *first == MARK);
        let byte =
            digits.and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
        restored.push(byte.unwrap_or(*first));
        carried = if byte.is_some() { rest.get(2..).unwrap_or_default() } else { rest };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_carried_comes_back() {
        for value in [
            &b"Digest realm=\"B\xfcro\""[..],
            "Digest realm=\"B\u{fc}ro\", nonce=\"\t09\"".as_bytes(),
            b"Basic YWxpY2U6c2VjcmV0",
            b"\xff\t\xfe",
            b"",
        ] {
            let carried = carried(&HeaderValue::from_bytes(value).unwrap());
            assert!(carried.to_str().is_ok(), "{value:?}");
            let mut restored = Vec::new();
            restore_into(&mut restored, carried.as_bytes());
            assert_eq!(restored, value);
        }
    }

    #[test]
    fn what_was_not_carried_stays() {
        for text in [&b"\t"[..], b"\tx", b"\tx1", b"a\r\n"] {
            let mut restored = Vec::new();
            restore_into(&mut restored, text);
            assert_eq!(restored, text);
        }
    }
}
