//! The document that a request is about.

use roxmltree::Document;

use crate::xml::Source;

use super::refusal::Refusal;

pub(super) fn parse<'x>(source: &'x Source<'_>) -> Result<Document<'x>, Refusal> {
    source.parse().map_err(|fault| Refusal::not_well_formed(&fault))
}
