//! What well-formed means, twice.

use roxmltree::Document;
use xcaplib::{NodeSelector, document};

/// To the parser, which is lenient here and there, and to this crate, which makes up for it.
pub(crate) fn is_well_formed(text: &str) -> bool {
    let root = NodeSelector::root("*");
    Document::parse(text).is_ok() && document::get(text, &root, None).is_ok()
}
