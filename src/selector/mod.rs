//! Selectors (RFC 4825 section 6): which document, and which node of it.

mod application;
mod arg;
mod check;
mod document;
mod names;
mod node;
mod of_root;
mod parse;
mod registry;
mod root;
mod step;
mod target;
mod wire;
mod xmlns;

pub use application::{Application, RootElement};
pub use arg::NodeArg;
pub use document::Tree;
pub(crate) use document::{DocumentSelector, UserId, shown_user, username};
pub use node::NodeSelector;
pub(crate) use registry::{CAPABILITIES, DIRECTORY, XCAP_CAPS, XCAP_DIRECTORY};
pub(crate) use root::Root;
pub use step::{AttributeTest, NameOrAny, QName, Step, Terminal};
pub(crate) use target::Target;
#[cfg(feature = "test-server")]
pub(crate) use wire::SEPARATOR;
pub(crate) use wire::malformed_escape;
