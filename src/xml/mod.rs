//! XML as this crate needs it: one guarded parse, character classes, escaping.

mod attribute;
mod chars;
mod declaration;
mod element;
mod escape;
mod fault;
mod growing;
mod guard;
mod joint;
mod parse;
mod renamed;
mod strict;
mod text;

pub(crate) use attribute::attribute;
#[cfg(feature = "test-server")]
pub(crate) use attribute::attribute_node;
pub(crate) use chars::{is_char, is_ncname, is_plain, is_whitespace, ncname_len};
pub(crate) use declaration::Declaration;
pub use element::Element;
pub(crate) use escape::{escape_text, resolve_references, unquoted, write_attribute};
pub(crate) use fault::{Fault, UNCLOSED, position};
pub(crate) use growing::Growing;
pub(crate) use joint::mend;
pub(crate) use parse::{Source, check};
pub(crate) use renamed::{expanded_name, written, written_name};
pub(crate) use text::text;
