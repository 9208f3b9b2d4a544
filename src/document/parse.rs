//! The document that a request is about.

use std::borrow::Cow;

use crate::xml::Parsed;

use super::refusal::Refusal;

pub(super) fn parse<'x>(xml: impl Into<Cow<'x, str>>) -> Result<Parsed<'x>, Refusal> {
    Parsed::read(xml).map_err(|fault| Refusal::not_well_formed(&fault))
}
