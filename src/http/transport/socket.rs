//! A connection below TLS, that reads on where it can no longer write.

use std::time::Duration;
use std::{io, mem};

use ureq::Error;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};

use super::failure::is_closed;

/// What a time limit is rounded up to. The TCP transport below sets the limits of its socket anew
/// whenever they change, and what is left of a call is another number of nanoseconds each time.
const TICK: Duration = Duration::from_millis(1);

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
    /// Whether it brought input since it was last asked whether it is open.
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

    /// Behind a failed write there is no good end: what was on the way may be lost.
    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let found = self.below.await_input(in_ticks(timeout));
        self.is_fresh = matches!(found, Ok(true));
        match (self.broken, found) {
            (Some(kind), Ok(false) | Err(Error::Io(_))) => Err(io::Error::from(kind).into()),
            (_, found) => found,
        }
    }

    /// The HTTP library asks when it puts a connection away, and again when it takes it out. Three
    /// system calls tell; the first time, the answer that has just come tells as much.
    fn is_open(&mut self) -> bool {
        let is_fresh = mem::take(&mut self.is_fresh);
        self.broken.is_none() && (is_fresh || self.below.is_open())
    }

    fn is_tls(&self) -> bool {
        self.below.is_tls()
    }
}

/// With a limit in whole ticks, which stays the same from call to call. None becomes shorter.
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
