//! What a server answered, as the types that a caller holds, and what can go wrong.

pub(crate) mod bindings;
pub(crate) mod conflict;
mod error;
mod etag;
mod headers_arg;
mod kind;
mod reason;
mod request_line;
mod require;
mod resource;
mod response;

pub use conflict::{Conflict, Exists};
pub(crate) use error::is_unsure_status;
pub use error::{Error, ErrorKind, Result};
pub use etag::{ETag, ETagArg};
pub use headers_arg::HeadersArg;
pub use kind::ResourceKind;
pub(crate) use reason::reason_text;
pub(crate) use request_line::{RequestLine, RequestUrl};
pub use resource::Resource;
pub use response::Response;
