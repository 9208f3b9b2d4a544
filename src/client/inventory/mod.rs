//! What a server says about itself: what it supports, and which documents it has.

mod capabilities;
mod directory;
mod server_document;

pub use capabilities::Capabilities;
pub use directory::DocumentEntry;
