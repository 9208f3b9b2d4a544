//! A document held here and edited in step with the server (RFC 4825 section 7.11).

mod applied;
mod change;
mod copy;
mod delivery;
mod fault;
mod open;
mod state;
mod target;
mod updated;

pub use applied::Applied;
pub use copy::CachedDocument;
pub use updated::UpdatedText;
