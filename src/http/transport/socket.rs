//! A connection below TLS that can still be read after a write has failed.

use std::time::Duration;
use std::{io, mem};

use ureq::Error;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};

use super::failure::is_closed;

/// Time limits are rounded up to whole ticks. The TCP transport below sets its socket's limits
/// again whenever they change, and the time left for a call changes by nanoseconds each time.
const TICK: Duration = Duration::from_millis(1);

/// Makes a [`Socket`] of each connection.
#[derive(Debug)]
pub(super) struct Sockets;

/// Treats a write to a closed connection as done. The server may have answered before it closed,
/// with a 413 or with the reason why TLS ended, and only a read shows that. TLS reads nothing after
/// a failed write, so this stands below TLS.
#[derive(Debug)]
pub(super) struct Socket<T> {
    below: T,
    /// Why nothing more is written.
    broken: Option<io::ErrorKind>,
    /// Whether input came since the last question whether the connection is open.
    is_fresh: bool,
}

impl<In: Transport> Connector<In> for Sockets {
    type Out = Socket<In>;

    fn connect(
        &self,
        _: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        Ok(chained.map(|below| Socket { below, broken: None, is_fresh: false }))
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
        match self.below.transmit_output(amount, in_ticks(timeout)) {
            Err(Error::Io(error)) if is_closed(error.kind()) => {
                self.broken = Some(error.kind());
                Ok(())
            }
            sent => sent,
        }
    }

    /// After a failed write no end is a good one: data may be lost on the way.
    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let found = self.below.await_input(in_ticks(timeout));
        self.is_fresh = matches!(found, Ok(true));
        match (self.broken, found) {
            (Some(kind), Ok(false) | Err(Error::Io(_))) => Err(io::Error::from(kind).into()),
            (_, found) => found,
        }
    }

    /// The HTTP library asks this when it puts a connection away, and again when it takes it out.
    /// The answer takes three system calls. The first time they are not needed: the answer that has
    /// just come shows that the connection is open.
    fn is_open(&mut self) -> bool {
        let is_fresh = mem::take(&mut self.is_fresh);
        self.broken.is_none() && (is_fresh || self.below.is_open())
    }

    fn is_tls(&self) -> bool {
        self.below.is_tls()
    }
}

/// Rounds the limit up to whole ticks, so that it stays the same from call to call. No limit gets
/// shorter.
fn in_ticks(mut timeout: NextTimeout) -> NextTimeout {
    let over = timeout.after.subsec_nanos() % TICK.subsec_nanos();
    if over > 0 {
        let missing = TICK.saturating_sub(Duration::from_nanos(over.into()));
        timeout.after = timeout.after.saturating_add(missing).into();
    }
    timeout
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_rounded_up_to_whole_milliseconds() {
        for (nanoseconds, rounded) in
            [(0, 0), (1, 1), (999_999, 1), (1_000_000, 1), (1_000_001, 2), (19_999_100_000, 20_000)]
        {
            let after = Duration::from_nanos(nanoseconds).into();
            let timeout = in_ticks(NextTimeout { after, ..NextTimeout::default() });
            assert_eq!(*timeout.after, Duration::from_millis(rounded));
        }
        let endless = in_ticks(NextTimeout::default());
        assert!(endless.after.is_not_happening());
    }
}
