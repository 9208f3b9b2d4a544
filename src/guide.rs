//! Pages for a closer look; they are files too, in `docs/`.
//!
//! The links of a page are definitions at its end, which name files. Here others stand before them,
//! and of two definitions the first counts.

/// [errors]: crate::guide::errors
/// [servers]: crate::guide::servers
/// [command line]: crate::guide::xcapclient
/// [trust]: crate::guide::xcapclient#trust-and-identity
/// [not done]: crate::guide::limits
#[doc = include_str!("../docs/porting.md")]
pub mod porting {}

#[doc = include_str!("../docs/xcapclient.md")]
pub mod xcapclient {}

/// [servers]: crate::guide::servers
#[doc = include_str!("../docs/errors.md")]
pub mod errors {}

/// [errors]: crate::guide::errors#by-status
#[doc = include_str!("../docs/servers.md")]
pub mod servers {}

/// [no answer]: crate::guide::errors#no-answer-or-none-that-can-be-used
/// [options]: crate::guide::porting#options-of-the-client
#[doc = include_str!("../docs/embedded.md")]
pub mod embedded {}

/// [copies]: crate::guide::servers#what-a-copy-costs-where
#[doc = include_str!("../docs/limits.md")]
pub mod limits {}

#[doc = include_str!("../docs/dependencies.md")]
pub mod dependencies {}
