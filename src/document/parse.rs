//! The document that a request is about.

use roxmltree::Document;

use crate::xml;

use super::refusal::Refusal;

pub(super) fn parse(xml: &str) -> Result<Document<'_>, Refusal> {
    xml::parse(xml).map_err(|fault| Refusal::not_well_formed(&fault))
}
