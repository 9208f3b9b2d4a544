//! A connection below TLS, that reads on where it can no longer write.

use std::io;

use ureq::Error;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};

use super::failure::is_closed;

/// Makes a [`Socket`] of each connection.
#[derive(Debug)]
pub(super) struct Sockets;

/// Takes a write to a closed connection for done: the server may have answered before it closed,
/// with a 413 or the reason why TLS ended, and only a read tells. TLS reads nothing after a failed
/// write, so this stands below it.
#[derive(Debug)]
pub(super) struct Socket<T> {
    below: T,
    /// Why nothing more is written.
    broken: Option<io::ErrorKind>,
}

impl<In: Transport> Connector<In> for Sockets {
    type Out = Socket<In>;

    fn connect(
        &self,
        _: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        Ok(chained.map(|below| Socket { below, broken: None }))
    }
}

impl<T: Transport> Transport for Socket<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.below.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        if self.broken.is_some() {
            return Ok(());
        }
        match self.below.transmit_output(amount, timeout) {
            Err(Error::Io(error)) if is_closed(error.kind()) => {
                self.broken = Some(error.kind());
                Ok(())
            }
            sent => sent,
        }
    }

    /// Behind a failed write there is no good end: what was on the way may be lost.
    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let found = self.below.await_input(timeout);
        match (self.broken, found) {
            (Some(kind), Ok(false) | Err(Error::Io(_))) => Err(io::Error::from(kind).into()),
            (_, found) => found,
        }
    }

    fn is_open(&mut self) -> bool {
        self.broken.is_none() && self.below.is_open()
    }

    fn is_tls(&self) -> bool {
        self.below.is_tls()
    }
}
