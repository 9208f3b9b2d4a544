//! The document that a request is about.

use crate::xml::Parsed;

use super::refusal::Refusal;

pub(super) fn parse(xml: &str) -> Result<Parsed, Refusal> {
    parse_owned(xml.to_owned())
}

pub(super) fn parse_owned(xml: String) -> Result<Parsed, Refusal> {
    Parsed::read(xml).map_err(|fault| Refusal::not_well_formed(&fault))
}
