//! XML as this crate needs it: one guarded parse, character classes, escaping, the one reader of
//! tags and the one edit of a text.

mod attribute;
mod chars;
mod declaration;
mod element;
mod escape;
mod fault;
mod growing;
mod guard;
mod markup;
mod named;
mod parse;
mod renamed;
mod splice;
mod strict;
mod text;

pub(crate) use attribute::attribute;
#[cfg(feature = "test-server")]
pub(crate) use attribute::attribute_node;
pub(crate) use chars::{is_char, is_ncname, is_plain, is_whitespace, ncname_len};
pub(crate) use declaration::Declaration;
pub use element::Element;
pub(crate) use escape::{escape_text, escape_value, resolve_references, unquoted, write_attribute};
pub(crate) use fault::{Fault, UNCLOSED, position};
pub(crate) use growing::Growing;
#[cfg(feature = "test-server")]
pub(crate) use markup::{Attribute, first_tag};
pub(crate) use markup::{
    Attributes, Tag, Token, Tokens, att_value, content, end_tag, qname, split_qname,
};
pub(crate) use named::{is_named, is_named_or_bare};
pub(crate) use parse::{Parsed, Source, check};
pub(crate) use renamed::{expanded_name, written, written_name};
pub(crate) use splice::{Splice, without};
pub(crate) use text::text;
